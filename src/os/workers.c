/* Worker threads: a queue, and results that go back to the loop. */
#include "os/os.h"

struct task {
    struct task *next;
    void (*work)(void *arg);
    void (*done)(void *arg);
    void *arg;
};

struct workers {
    struct loop *loop;
    pthread_mutex_t lock;
    pthread_cond_t some;
    struct task *first, *last;
    bool ending;
    int running; /* threads that have not ended */
    void (*ended)(void *ctx);
    void *ended_ctx;
    int count;
    pthread_t threads[];
};

static struct task *next_task(struct workers *w) {
    LOCKED(&w->lock);
    while (!w->first && !w->ending) {
        pthread_cond_wait(&w->some, &w->lock);
    }
    struct task *t = w->ending ? NULL : w->first;
    if (t) {
        w->first = t->next;
        if (!w->first) {
            w->last = NULL;
        }
    }
    return t;
}

static void *run(void *arg) {
    struct workers *w = arg;
    for (struct task *t; (t = next_task(w));) {
        t->work(t->arg);
        if (t->done) {
            loop_post(w->loop, t->done, t->arg);
        }
        free(t);
    }
    LOCKED(&w->lock);
    if (--w->running == 0 && w->ended) {
        loop_post(w->loop, w->ended, w->ended_ctx);
    }
    return NULL;
}

struct workers *workers_new(struct loop *l, int threads) {
    struct workers *w = calloc(1, sizeof *w + sizeof w->threads[0] * (size_t)threads);
    if (!w) {
        abort();
    }
    w->loop = l;
    w->count = threads;
    w->running = threads;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->some, NULL);
    for (int i = 0; i < threads; i++) {
        if (pthread_create(&w->threads[i], NULL, run, w) != 0) {
            abort();
        }
    }
    return w;
}

void workers_end(struct workers *w, void (*ended_opt)(void *ctx), void *ctx) {
    LOCKED(&w->lock);
    w->ending = true;
    w->ended = ended_opt;
    w->ended_ctx = ctx;
    pthread_cond_broadcast(&w->some);
}

void workers_free(struct workers *w) {
    workers_end(w, NULL, NULL);
    for (int i = 0; i < w->count; i++) {
        pthread_join(w->threads[i], NULL);
    }
    while (w->first) {
        struct task *t = w->first;
        w->first = t->next;
        if (t->done) {
            t->done(t->arg);
        }
        free(t);
    }
    pthread_cond_destroy(&w->some);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

void workers_run(struct workers *w, void (*work)(void *arg), void (*done_opt)(void *arg),
                 void *arg) {
    struct task *t = calloc(1, sizeof *t);
    if (!t) {
        abort();
    }
    *t = (struct task){NULL, work, done_opt, arg};
    {
        LOCKED(&w->lock);
        if (w->last) {
            w->last->next = t;
        } else {
            w->first = t;
        }
        w->last = t;
    }
    pthread_cond_signal(&w->some); /* without the lock, which the worker takes first of all */
}
