/* A whole gate in a temporary folder: stores, loop on its own thread, a policy that tests can swap,
 * and one call at a time that collects what it is told. */
#pragma once

#include "base/clock.h"
#include "codec/http1.h"
#include "gate/inside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

#include <cmocka.h>

struct fixture {
    char dir[64];
    struct arena arena;
    struct loop *loop;
    struct workers *workers;
    pthread_t thread;
    struct store *ledger, *head;
    struct seal *seal;
    struct gate *gate;
    pthread_mutex_t lock;
    const struct policy *policy; /* under lock */
    struct label label;
    struct policy_request request;
};

static const struct policy *fixture_policy(void *ctx, void **held) {
    struct fixture *f = ctx;
    LOCKED(&f->lock);
    *held = NULL;
    return f->policy;
}

static void fixture_release(void *ctx, void *held) {
    (void)ctx;
    (void)held;
}

static void *fixture_loop(void *arg) {
    struct fixture *f = arg;
    loop_run(f->loop);
    return NULL;
}

static const char *fixture_path(struct fixture *f, const char *name) {
    return str_cstr(&f->arena, str_fmt(&f->arena, "%s/%s", f->dir, name));
}

static void fixture_set_policy(struct fixture *f, const char *text) {
    struct policy *p = arena_new(&f->arena, struct policy);
    struct err e = {0};
    policy_read(&f->arena, str_dup(&f->arena, str_of(text)), "policy.toml", NULL, p, &e);
    LOCKED(&f->lock);
    f->policy = p;
}

static void fixture_open(struct fixture *f) {
    struct err e = {0};
    f->loop = loop_new();
    f->workers = workers_new(f->loop, 2);
    if (!store_open(STORE_LEDGER, fixture_path(f, "ledger.db"), &f->ledger, &e)
        || !store_open(STORE_HEAD, fixture_path(f, "ledger-head.db"), &f->head, &e)
        || !seal_open(fixture_path(f, "seal.key"), &f->seal, &e)) {
        fail_msg("%s", e.text);
    }
    struct gate_options o = {.loop = f->loop,
                             .workers = f->workers,
                             .ledger = f->ledger,
                             .head = f->head,
                             .seal_opt = f->seal,
                             .state_dir = f->dir,
                             .policy = fixture_policy,
                             .release = fixture_release,
                             .ctx = f};
    if (!gate_new(&o, &f->gate, &e)) {
        fail_msg("%s", e.text);
    }
    pthread_create(&f->thread, NULL, fixture_loop, f);
}

static void fixture_close(struct fixture *f) {
    loop_stop(f->loop);
    pthread_join(f->thread, NULL);
    workers_free(f->workers);
    gate_free(f->gate);
    store_close(f->ledger);
    store_close(f->head);
    seal_free(f->seal);
    loop_free(f->loop);
}

static void fixture_start(struct fixture *f) {
    memset(f, 0, sizeof *f);
    f->arena = arena_make(SIZE_MAX);
    pthread_mutex_init(&f->lock, NULL);
    const char *root = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(f->dir, sizeof f->dir, "%s/weir-gate-XXXXXX", root);
    if (!mkdtemp(f->dir)) {
        abort();
    }
    f->label = label_make(&f->arena);
    f->request =
        (struct policy_request){.caller = STR("owner"), .date = "2026-11-23", .minute = 600};
    fixture_set_policy(f, "preset = \"careful\"\n");
    fixture_open(f);
}

static void fixture_end(struct fixture *f) {
    fixture_close(f);
    const char *const argv[] = {"rm", "-rf", f->dir, NULL};
    struct str out = {0};
    struct err e = {0};
    assert_true(proc_capture(&f->arena, argv, 10000, 4096, &out, &e));
    pthread_mutex_destroy(&f->lock);
    arena_end(&f->arena);
}

static struct gate_target fixture_target(struct fixture *f, int port) {
    return (struct gate_target){
        .name = STR("openai"),
        .base_url = str_fmt(&f->arena, "http://127.0.0.1:%d/v1", port),
        .zone = ZONE_CLOUD,
        .auth_header = STR("authorization"),
        .auth_prefix = STR("Bearer "),
        .connect_timeout_ms = 5000,
        .idle_timeout_ms = 20000,
        .total_timeout_ms = 60000,
    };
}

static struct gate_order fixture_order(struct fixture *f, const struct gate_target *t,
                                       const char *body) {
    return (struct gate_order){
        .target = t,
        .path = STR("/chat/completions"),
        .method = STR("POST"),
        .body = str_of(body),
        .decision = STR("d1"),
        .caller = STR("owner"),
        .channel = STR("openai"),
        .model = STR("gpt-5.2"),
        .transform = TRANSFORM_AS_IS,
        .label = &f->label,
        .request = &f->request,
    };
}

/* ---- one call ---- */

struct call {
    struct fixture *f;
    const struct gate_target *t;
    struct gate_pass *pass;
    struct str body;
    struct gate_call *call;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool started, ended, failed;
    int status;
    char headers[4096];
    struct buf data;
    struct err e;
    bool pause_at_head;                                    /* pauses in on_head */
    void (*on_data_opt)(struct call *c, struct str bytes); /* loop thread */
    void (*job)(struct call *c);
    bool posted; /* it has not run yet */
};

static void call_head(void *ctx, int status, const struct http_header *h, size_t n) {
    struct call *c = ctx;
    pthread_mutex_lock(&c->lock);
    c->status = status;
    for (size_t i = 0; i < n; i++) {
        size_t at = strlen(c->headers);
        snprintf(c->headers + at, sizeof c->headers - at, STR_FMT ": " STR_FMT "\n",
                 STR_ARG(h[i].name), STR_ARG(h[i].value));
    }
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
    if (c->pause_at_head) {
        gate_pause(c->call);
    }
}

static void call_data(void *ctx, struct str bytes) {
    struct call *c = ctx;
    pthread_mutex_lock(&c->lock);
    buf_add(&c->data, bytes);
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
    if (c->on_data_opt) {
        c->on_data_opt(c, bytes);
    }
}

static void call_end(void *ctx, const struct err *e_opt) {
    struct call *c = ctx;
    LOCKED(&c->lock);
    c->ended = true;
    c->call = NULL;
    if (e_opt) {
        c->failed = true;
        c->e = *e_opt;
    }
    pthread_cond_broadcast(&c->changed);
}

static void call_send(void *arg) {
    static const struct stream_ops ops = {call_head, call_data, call_end};
    struct call *c = arg;
    struct gate_call *call = gate_send(c->f->gate, c->t, c->pass, c->body, &ops, c);
    LOCKED(&c->lock);
    c->call = call;
    c->started = true;
    pthread_cond_broadcast(&c->changed);
}

static void call_init(struct call *c, struct fixture *f, const struct gate_target *t,
                      struct gate_pass *pass, struct str body) {
    memset(c, 0, sizeof *c);
    c->f = f;
    c->t = t;
    c->pass = pass;
    c->body = body;
    buf_init(&c->data, (size_t)1 << 28);
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->changed, NULL);
}

static void call_finish(struct call *c) {
    buf_finish(&c->data);
    pthread_mutex_destroy(&c->lock);
    pthread_cond_destroy(&c->changed);
}

static void call_await_end(struct call *c) {
    LOCKED(&c->lock);
    while (!c->ended) {
        pthread_cond_wait(&c->changed, &c->lock);
    }
}

static void call_await_head(struct call *c) {
    LOCKED(&c->lock);
    while (!c->status && !c->ended) {
        pthread_cond_wait(&c->changed, &c->lock);
    }
}

static void call_await_data(struct call *c, size_t n) {
    LOCKED(&c->lock);
    while (c->data.len < n && !c->ended) {
        pthread_cond_wait(&c->changed, &c->lock);
    }
}

static void call_job_run(void *arg) {
    struct call *c = arg;
    void (*job)(struct call *) = c->job;
    if (job) {
        job(c);
    }
    LOCKED(&c->lock);
    c->posted = false;
    pthread_cond_broadcast(&c->changed);
}

/* job(c) on the loop thread, NULL: nothing; and waits for it. */
static void call_on_loop(struct call *c, void (*job)(struct call *c)) {
    LOCKED(&c->lock);
    c->job = job;
    c->posted = true;
    loop_post(c->f->loop, call_job_run, c);
    while (c->posted) {
        pthread_cond_wait(&c->changed, &c->lock);
    }
}

/* Authorises, sends and waits for the end; what it was told is in c. */
static void call_whole(struct call *c, struct fixture *f, const struct gate_order *o) {
    struct err e = {0};
    struct gate_pass *pass = arena_new(&f->arena, struct gate_pass);
    if (!gate_authorise(f->gate, &f->arena, o, pass, &e)) {
        fail_msg("%s", e.text);
    }
    call_init(c, f, o->target, pass, o->body);
    loop_post(f->loop, call_send, c);
    call_await_end(c);
}

/* ---- the ledger as JSON ---- */

static const struct jval *fixture_rows(struct fixture *f) {
    struct ledger_filter filter = {0};
    struct str json = {0};
    struct err e = {0};
    assert_true(ledger_list(f->gate, &f->arena, &filter, &json, &e));
    const struct jval *v = json_parse(&f->arena, json, &JSON_LIMITS, &e);
    assert_non_null(v);
    return v;
}

static void assert_member(const struct jval *row, const char *key, const char *want) {
    struct str got = jval_str(jval_get(row, key));
    if (!str_is(got, want)) {
        fail_msg("%s is \"" STR_FMT "\", not \"%s\"", key, STR_ARG(got), want);
    }
}

static int64_t member_int(const struct jval *row, const char *key) {
    int64_t v = -1;
    assert_true(jval_i64(jval_get(row, key), &v));
    return v;
}

static bool fixture_verify(struct fixture *f, struct ledger_check *check) {
    struct err e = {0};
    if (!ledger_verify(f->gate, &f->arena, check, &e)) {
        fail_msg("%s", e.text);
    }
    return check->ok;
}

/* Not every test uses every helper. */
static inline void fixture_unused(void) {
    (void)fixture_start;
    (void)fixture_end;
    (void)fixture_target;
    (void)fixture_order;
    (void)call_whole;
    (void)call_finish;
    (void)call_await_head;
    (void)call_await_data;
    (void)call_on_loop;
    (void)fixture_rows;
    (void)assert_member;
    (void)member_int;
    (void)fixture_verify;
}
