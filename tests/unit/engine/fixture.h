/* An engine on a loop thread of its own, in a folder of its own, and calls that the test's thread
 * waits for. Nothing waits for time: the test waits for what it asked for, at most two minutes. */
#pragma once

/* clang-format off: in this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
/* clang-format on */

#include "base/clock.h"
#include "base/log.h"
#include "codec/http1.h"
#include "engine/engine.h"
#include "make_gguf.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

static struct {
    struct loop *loop;
    struct workers *workers;
    struct engine *engine;
    struct engine_options o;
    pthread_t thread;
    struct arena arena;
    char dir[40], models[64], binary[64];
    struct str dirs[1];
    pthread_mutex_t lock;
    char states[4096]; /* "a:starting a:ready " … in the order they came */
    sem_t state_changed;
} fx;

static inline void wait_for(sem_t *s) {
    struct timespec until = {.tv_sec = clock_wall_ms() / 1000 + 120};
    int rc = 0;
    while ((rc = sem_timedwait(s, &until)) != 0 && errno == EINTR) {
    }
    if (rc != 0) {
        print_error("waited for two minutes; states: %s\n", fx.states);
    }
    assert_int_equal(rc, 0);
}

static inline char *in_dir(const char *name) {
    return str_cstr(&fx.arena, path_join(&fx.arena, str_of(fx.dir), name));
}

static inline void save(const char *path, struct str bytes, mode_t mode) {
    struct err e = {0};
    if (!file_write(path, bytes, mode, &e)) {
        fail_msg("%s", e.text);
    }
}

/* A head without tensors: enough for the catalogue, not for the real engine. */
static inline void save_model(const char *name) {
    AUTO_BUF b = {.max = 4096};
    put_model(&b, "llama", 2048);
    save(str_fmt(&fx.arena, "%s/%s", fx.models, name).ptr, buf_str(&b), 0600);
}

/* A "llama-server" that is a shell script. Its words: --host SOCKET --model PATH … */
static inline void save_script(const char *script) {
    save(fx.binary, str_fmt(&fx.arena, "#!/bin/sh\n%s\n", script), 0700);
}

static inline void on_change(void *ctx, struct str model, enum engine_state state) {
    (void)ctx;
    {
        LOCKED(&fx.lock);
        size_t n = strlen(fx.states);
        snprintf(fx.states + n, sizeof fx.states - n, STR_FMT ":%s ", STR_ARG(model),
                 ENGINE_STATE_NAMES[state]);
    }
    sem_post(&fx.state_changed);
}

static inline bool saw(const char *states) {
    LOCKED(&fx.lock);
    return strstr(fx.states, states) != NULL;
}

static inline int count_of(const char *state) {
    LOCKED(&fx.lock);
    int n = 0;
    for (const char *at = fx.states; (at = strstr(at, state)); at++) {
        n++;
    }
    return n;
}

static inline void wait_state(const char *states) {
    while (!saw(states)) {
        wait_for(&fx.state_changed);
    }
}

static inline void *loop_thread(void *arg) {
    (void)arg;
    loop_run(fx.loop);
    return NULL;
}

/* ---- on the loop ---- */

struct on_loop {
    void (*fn)(void *arg);
    void *arg;
    sem_t done;
};

static inline void on_loop_run(void *arg) {
    struct on_loop *o = arg;
    o->fn(o->arg);
    sem_post(&o->done);
}

static inline void on_loop(void (*fn)(void *arg), void *arg) {
    struct on_loop o = {.fn = fn, .arg = arg};
    sem_init(&o.done, 0, 0);
    loop_post(fx.loop, on_loop_run, &o);
    wait_for(&o.done);
}

/* ---- begin and end ---- */

static inline int begin(void **state) {
    (void)state;
    memset(&fx, 0, sizeof fx);
    log_level_set(LOG_ERROR);
    fx.arena = arena_make(1 << 20);
    pthread_mutex_init(&fx.lock, NULL);
    sem_init(&fx.state_changed, 0, 0);
    snprintf(fx.dir, sizeof fx.dir, "/tmp/weir-engine-XXXXXX");
    if (!mkdtemp(fx.dir)) {
        return -1;
    }
    snprintf(fx.models, sizeof fx.models, "%s/folder", fx.dir);
    snprintf(fx.binary, sizeof fx.binary, "%s/llama-server", fx.dir);
    fx.dirs[0] = str_of(fx.models);
    fx.loop = loop_new();
    fx.workers = workers_new(fx.loop, 2);
    fx.o = (struct engine_options){.loop = fx.loop,
                                   .workers = fx.workers,
                                   .binary = str_of(fx.binary),
                                   .data_dir = str_of(in_dir("data")),
                                   .runtime_dir = str_of(in_dir("run")),
                                   .home = str_of(in_dir("home")),
                                   .dirs = fx.dirs,
                                   .dir_count = 1,
                                   .keep_alive_ms = -1,
                                   .on_change = on_change};
    return mkdir(fx.models, 0700);
}

static inline void start_engine(void) {
    struct err e = {0};
    assert_true(engine_new(&fx.o, &fx.engine, &e));
    assert_int_equal(pthread_create(&fx.thread, NULL, loop_thread, NULL), 0);
}

static inline void all_ended(void *ctx) {
    (void)ctx;
    loop_stop(fx.loop);
}

static inline void end_on_loop(void *arg) {
    (void)arg;
    engine_stop_all(fx.engine, all_ended, NULL);
}

static inline int remove_one(const char *path, const struct stat *st, int type, struct FTW *at) {
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static inline int end(void **state) {
    (void)state;
    if (fx.engine) {
        loop_post(fx.loop, end_on_loop, NULL);
        pthread_join(fx.thread, NULL);
    }
    workers_free(fx.workers);
    engine_free(fx.engine);
    loop_free(fx.loop);
    arena_end(&fx.arena);
    return nftw(fx.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- calls ---- */

struct call {
    const char *model, *path, *body;
    struct engine_call *handle; /* loop thread; NULL once it has ended */
    struct buf got;
    int status, heads, ends;
    bool failed, retry; /* retry: asks again from within on_end, once */
    struct call *cancel_too;
    struct err err;
    sem_t data, end;
};

static inline void call_begin(void *arg);

static inline void call_head(void *ctx, int status, const struct http_header *h, size_t n) {
    struct call *c = ctx;
    (void)h;
    (void)n;
    c->status = status;
    c->heads++;
}

static inline void call_data(void *ctx, struct str bytes) {
    struct call *c = ctx;
    {
        LOCKED(&fx.lock);
        buf_add(&c->got, bytes);
    }
    sem_post(&c->data);
}

static inline void call_ended(void *ctx, const struct err *e_opt) {
    struct call *c = ctx;
    c->handle = NULL;
    c->ends++;
    c->failed = e_opt != NULL;
    if (e_opt) {
        c->err = *e_opt;
    }
    if (c->cancel_too && c->cancel_too->handle) {
        engine_cancel(TAKE(c->cancel_too->handle));
    }
    if (c->retry) {
        c->retry = false;
        call_begin(c);
        return;
    }
    sem_post(&c->end);
}

static inline void call_begin(void *arg) {
    static const struct stream_ops ops = {call_head, call_data, call_ended};
    struct call *c = arg;
    c->handle = engine_call(fx.engine, str_of(c->model), STR("POST"), str_of(c->path),
                            str_of(c->body), &ops, c);
}

static inline void call_init(struct call *c, const char *model, const char *path,
                             const char *body) {
    *c = (struct call){.model = model, .path = path, .body = body};
    buf_init(&c->got, 16 << 20);
    sem_init(&c->data, 0, 0);
    sem_init(&c->end, 0, 0);
}

static inline void call_cancel(void *arg) {
    struct call *c = arg;
    if (c->handle) {
        engine_cancel(TAKE(c->handle));
    }
}

static inline void call_pause(void *arg) {
    engine_pause(((struct call *)arg)->handle);
}

static inline void call_resume(void *arg) {
    struct call *c = arg;
    if (c->handle) {
        engine_resume(c->handle);
    }
}

static inline void check_fails(struct call *c, enum err_kind kind, const char *text) {
    wait_for(&c->end);
    assert_int_equal(c->ends, 1);
    assert_true(c->failed);
    if (c->err.kind != kind || !strstr(c->err.text, text)) {
        fail_msg("want %d with `%s`, have %d: %s", (int)kind, text, (int)c->err.kind, c->err.text);
    }
}

static inline void check_refused(const char *model, enum err_kind kind, const char *text) {
    struct call c;
    call_init(&c, model, "/x", "{}");
    on_loop(call_begin, &c);
    check_fails(&c, kind, text);
    assert_int_equal(c.heads, 0);
    buf_finish(&c.got);
}

/* ---- load and unload ---- */

struct loading {
    const char *model;
    bool unload, failed;
    int ends;
    struct err err;
    sem_t end;
};

static inline void loading_ended(void *ctx, const struct err *e_opt) {
    struct loading *l = ctx;
    l->ends++;
    l->failed = e_opt != NULL;
    if (e_opt) {
        l->err = *e_opt;
    }
    sem_post(&l->end);
}

static inline void loading_begin(void *arg) {
    struct loading *l = arg;
    (l->unload ? engine_unload : engine_load)(fx.engine, str_of(l->model), loading_ended, l);
}

static inline struct loading *loading_make(const char *model, bool unload) {
    struct loading *l = arena_new(&fx.arena, struct loading);
    *l = (struct loading){.model = model, .unload = unload};
    sem_init(&l->end, 0, 0);
    return l;
}

static inline struct loading *loading(const char *model, bool unload) {
    struct loading *l = loading_make(model, unload);
    on_loop(loading_begin, l);
    return l;
}

/* Begun in one step of the loop: no engine ends in between. */
struct together {
    struct call *calls[3];
    struct loading *load_opt;
};

static inline void begin_together(void *arg) {
    struct together *t = arg;
    for (size_t i = 0; i < ARRAY_LEN(t->calls); i++) {
        call_begin(t->calls[i]);
    }
    if (t->load_opt) {
        loading_begin(t->load_opt);
    }
}

static inline enum engine_state state_of(const char *model) {
    struct engine_model m = {0};
    assert_true(engine_find(fx.engine, &fx.arena, str_of(model), &m));
    return m.state;
}
