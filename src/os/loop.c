/* The loop: one thread owns every uv handle; others post to it. */
#include "os/os.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <uv.h>

struct post {
    struct post *next;
    void (*fn)(void *arg);
    void *arg;
};

struct loop {
    uv_loop_t uv;
    uv_async_t wake;
    pthread_mutex_t lock;
    struct post *first, *last;
    bool stopped;
    pthread_t thread; /* set before running */
    atomic_bool running;
    struct timer *timers; /* what runs, to be freed with the loop */
    struct on_signal *signals;
};

static void *must(void *p) {
    if (!p) {
        abort();
    }
    return p;
}

static struct post *take_posts(struct loop *l) {
    LOCKED(&l->lock);
    struct post *list = l->first;
    l->first = NULL;
    l->last = NULL;
    return list;
}

static void on_wake(uv_async_t *a) {
    struct loop *l = a->data;
    struct post *list = take_posts(l);
    while (list) {
        struct post *p = list;
        list = p->next;
        p->fn(p->arg);
        free(p);
    }
    bool stopped;
    {
        LOCKED(&l->lock);
        stopped = l->stopped;
    }
    if (stopped) {
        uv_stop(&l->uv);
    }
}

struct loop *loop_new(void) {
    struct loop *l = must(calloc(1, sizeof *l));
    if (uv_loop_init(&l->uv) != 0 || uv_async_init(&l->uv, &l->wake, on_wake) != 0) {
        abort();
    }
    l->wake.data = l;
    pthread_mutex_init(&l->lock, NULL);
    return l;
}

struct on_signal {
    struct on_signal *next;
    uv_signal_t uv;
    void (*fn)(void *arg, int signal);
    void *arg;
};

struct timer {
    struct timer *next, **at;
    uv_timer_t uv;
    void (*fn)(void *arg);
    void *arg;
    bool once, inside, stopped;
};

static void free_timer(uv_handle_t *h) {
    free(h->data);
}

static void close_timer(struct timer *t) {
    if (t->at) {
        *t->at = t->next;
        if (t->next) {
            t->next->at = t->at;
        }
        t->at = NULL;
        uv_close((uv_handle_t *)&t->uv, free_timer);
    }
}

static void close_handle(uv_handle_t *h, void *arg) {
    (void)arg;
    if (!uv_is_closing(h)) {
        uv_close(h, NULL);
    }
}

void loop_free(struct loop *l) {
    for (struct post *p = take_posts(l); p;) {
        struct post *next = p->next;
        free(p);
        p = next;
    }
    while (l->timers) {
        close_timer(l->timers);
    }
    uv_walk(&l->uv, close_handle, NULL);
    uv_run(&l->uv, UV_RUN_DEFAULT);
    uv_loop_close(&l->uv);
    while (l->signals) {
        struct on_signal *next = l->signals->next;
        free(l->signals);
        l->signals = next;
    }
    pthread_mutex_destroy(&l->lock);
    free(l);
}

void loop_run(struct loop *l) {
    l->thread = pthread_self();
    atomic_store(&l->running, true);
    uv_run(&l->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *l) {
    {
        LOCKED(&l->lock);
        l->stopped = true;
    }
    uv_async_send(&l->wake);
}

struct uv_loop_s *loop_uv(struct loop *l) {
    return &l->uv;
}

bool loop_is_current(const struct loop *l) {
    return atomic_load(&l->running) && pthread_equal(l->thread, pthread_self());
}

void loop_post(struct loop *l, void (*fn)(void *arg), void *arg) {
    struct post *p = must(calloc(1, sizeof *p));
    *p = (struct post){NULL, fn, arg};
    {
        LOCKED(&l->lock);
        if (l->stopped) {
            free(p);
            return;
        }
        if (l->last) {
            l->last->next = p;
        } else {
            l->first = p;
        }
        l->last = p;
    }
    uv_async_send(&l->wake);
}

/* ---- timers ---- */

static void on_timer(uv_timer_t *u) {
    struct timer *t = u->data;
    t->inside = true;
    t->fn(t->arg);
    t->inside = false;
    if (t->once || t->stopped) {
        close_timer(t);
    }
}

struct timer *timer_start(struct loop *l, int64_t after_ms, int64_t every_ms, void (*fn)(void *arg),
                          void *arg) {
    struct timer *t = must(calloc(1, sizeof *t));
    t->fn = fn;
    t->arg = arg;
    t->once = every_ms == 0;
    uv_timer_init(&l->uv, &t->uv);
    t->uv.data = t;
    t->next = l->timers;
    t->at = &l->timers;
    if (t->next) {
        t->next->at = &t->next;
    }
    l->timers = t;
    uv_update_time(&l->uv);
    uv_timer_start(&t->uv, on_timer, (uint64_t)(after_ms < 0 ? 0 : after_ms), (uint64_t)every_ms);
    return t;
}

void timer_stop(struct timer *t) {
    if (!t) {
        return;
    }
    t->stopped = true;
    if (!t->inside) {
        close_timer(t);
    }
}

/* ---- signals ---- */

static void free_signal(uv_handle_t *h) {
    free(h->data);
}

static void signalled(uv_signal_t *u, int signum) {
    struct on_signal *s = u->data;
    s->fn(s->arg, signum);
}

bool loop_on_signal(struct loop *l, int signum, void (*fn)(void *arg, int signal), void *arg,
                    struct err *e) {
    struct on_signal *s = must(calloc(1, sizeof *s));
    s->fn = fn;
    s->arg = arg;
    uv_signal_init(&l->uv, &s->uv);
    s->uv.data = s;
    int rc = uv_signal_start(&s->uv, signalled, signum);
    if (rc != 0) {
        uv_close((uv_handle_t *)&s->uv, free_signal);
        return err_set(e, ERR_UNAVAILABLE, "cannot watch signal %d: %s", signum, uv_strerror(rc));
    }
    s->next = l->signals;
    l->signals = s;
    return true;
}
