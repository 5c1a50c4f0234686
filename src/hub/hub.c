/* Building and ending everything. */
#include "hub/inner.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

enum { SCAN_US = 30000000 }; /* a request whose scan takes longer goes nowhere */

/* ---- what others ask the hub for ---- */

static const struct policy *newest_policy(void *ctx, void **held) {
    struct snapshot *s = snapshot_hold(ctx);
    *held = s;
    return &s->policy;
}

static void release_policy(void *ctx, void *held) {
    (void)ctx;
    snapshot_drop(held);
}

static void on_engine_change(void *ctx, struct str model, enum engine_state state) {
    struct hub *h = ctx;
    char json[256];
    snprintf(json, sizeof json, "{\"model\":\"" STR_FMT "\",\"state\":\"%s\"}",
             STR_ARG(str_sub(model, 0, 120)), ENGINE_STATE_NAMES[state]);
    watch_tell(h, "engine", str_of(json));
}

static struct engine_options engine_options(struct hub *h, const struct config *c) {
    return (struct engine_options){.loop = h->o.loop,
                                   .workers = h->o.workers,
                                   .binary = c->engine_binary,
                                   .data_dir = h->o.places.data,
                                   .runtime_dir = h->o.places.runtime,
                                   .home = h->o.places.home,
                                   .dirs = c->model_dirs,
                                   .dir_count = c->model_dir_count,
                                   .default_model = c->default_model,
                                   .keep_alive_ms = c->keep_alive_ms,
                                   .memory_bytes = c->engine_memory,
                                   .sets = c->sets,
                                   .set_count = c->set_count,
                                   .on_change = on_engine_change,
                                   .ctx = h};
}

/* ---- start ---- */

static bool open_stores(struct hub *h, struct err *e) {
    struct arena *a = &h->arena;
    TRY(store_open(STORE_MAIN, path_join(a, h->o.places.data, "weir.db").ptr, &h->main, e));
    TRY(store_open(STORE_LEDGER, path_join(a, h->o.places.state, "ledger.db").ptr, &h->ledger, e));
    return store_open(STORE_HEAD, path_join(a, h->o.places.state, "ledger-head.db").ptr, &h->head,
                      e);
}

static bool on_part_key(void *ctx, const struct store_value *c, size_t n) {
    struct hub *h = ctx;
    struct sha256 key = {0};
    if (n && sha256_from_hex(c[0].s, &key)) {
        memcpy(h->part_key, key.bytes, sizeof h->part_key);
    }
    return true;
}

/* The key of answers' hashes; made once. */
static bool load_part_key(struct hub *h, struct err *e) {
    struct store_value name = sv_text(STR("part_key"));
    TRY(store_read(h->main, ST_SETTING_GET, &name, 1, on_part_key, h, e));
    static const unsigned char none[KEYED_KEY];
    if (memcmp(h->part_key, none, sizeof none) != 0) {
        return true;
    }
    struct sha256 key;
    id_random(key.bytes, sizeof key.bytes);
    memcpy(h->part_key, key.bytes, sizeof h->part_key);
    char hex[65];
    sha256_hex(&key, hex);
    struct store_value v[] = {name, sv_text(str_of(hex))};
    struct store_step step = {ST_SETTING_PUT, v, 2};
    return store_write_wait(h->main, &step, 1, e);
}

static bool on_spent(void *ctx, const struct store_value *c, size_t n) {
    struct hub *h = ctx;
    h->month_micros = n ? c[0].i : 0;
    return true;
}

static bool load_spent(struct hub *h, struct err *e) {
    char date[11];
    int minute = 0;
    clock_local(clock_wall_ms(), date, &minute);
    memcpy(h->month, date, 7);
    struct store_value v = sv_text(str_of(h->month));
    return store_read(h->main, ST_SPEND_MONTH, &v, 1, on_spent, h, e);
}

/* Replays must find the policy that decided, even after it changed. */
static void keep_policy_text(struct hub *h) {
    struct snapshot *s = snapshot_hold(h);
    if (!s->policy.broken) {
        struct arena a = arena_make(1 << 20);
        struct store_value v[] = {sv_text(str_fmt(&a, "policy:%s", s->policy_hash)),
                                  sv_text(s->policy.text)};
        struct store_step step = {ST_SETTING_PUT, v, 2};
        store_write(h->main, &step, 1, NULL, NULL);
        arena_end(&a);
    }
    snapshot_drop(s);
}

/* Sealed bodies whose time is over; all of them when none are to be kept. */
static void forget_bodies(struct hub *h) {
    struct snapshot *s = snapshot_hold(h);
    ledger_forget_bodies(h->gate,
                         s->config->bodies_ms ? clock_wall_ms() - s->config->bodies_ms : INT64_MAX);
    snapshot_drop(s);
}

static bool start_gate(struct hub *h, struct err *e) {
    struct gate_options o = {.loop = h->o.loop,
                             .workers = h->o.workers,
                             .ledger = h->ledger,
                             .head = h->head,
                             .seal_opt = h->seal,
                             .state_dir = h->o.places.state.ptr,
                             .policy = newest_policy,
                             .release = release_policy,
                             .ctx = h};
    return gate_new(&o, &h->gate, e);
}

static bool start(struct hub *h, struct err *e) {
    TRY(snapshot_load(h, e));
    TRY(open_stores(h, e));
    TRY(load_part_key(h, e));
    TRY(memory_load(h, e));
    TRY(never_load(h, e));
    TRY(approvals_load(h, e));
    TRY(keys_load(h, e));
    TRY(load_spent(h, e));
    TRY(seal_open(path_join(&h->arena, h->o.places.data, "seal.key").ptr, &h->seal, e));
    h->vault = vault_new(h->main, h->seal);
    TRY(vault_load(h->vault, e));
    TRY(start_gate(h, e));
    keep_policy_text(h);
    forget_bodies(h);
    struct engine_options o = engine_options(h, h->now->config);
    return engine_new(&o, &h->engine, e);
}

/* ---- reload ---- */

static struct str listen_text(struct arena *a, const struct config *c) {
    struct str text = str_fmt(a, "%d", c->port);
    for (size_t i = 0; i < c->listen_count; i++) {
        text = str_fmt(a, STR_FMT " " STR_FMT, STR_ARG(text), STR_ARG(c->listen[i]));
    }
    return text;
}

bool hub_listens_elsewhere(struct hub *h, const struct config *c) {
    CLEANUP(arena_end) struct arena a = arena_make(1 << 20);
    return !str_eq(listen_text(&a, c), h->listens);
}

static void reload_on_loop(void *arg) {
    struct hub *h = arg;
    struct snapshot *s = snapshot_hold(h);
    struct engine_options o = engine_options(h, s->config);
    engine_reconfigure(h->engine, &o);
    snapshot_drop(s);
    if (h->o.reloaded) {
        h->o.reloaded(h->o.ctx);
    }
}

static void reload_work(void *arg) {
    struct hub *h = arg;
    struct err e = {0};
    if (!snapshot_load(h, &e)) {
        log_error("weir.toml is not in force, the old configuration stays: %s", e.text);
        watch_tell(h, "config", STR("{\"ok\":false}"));
        return;
    }
    log_info("configuration and policy read");
    struct snapshot *s = snapshot_hold(h);
    if (hub_listens_elsewhere(h, s->config)) {
        log_warn("`port` or `listen` changed: `weir restart` brings them into force");
    }
    bool policy_ok = !s->policy.broken;
    snapshot_drop(s);
    keep_policy_text(h);
    forget_bodies(h);
    retain_changed(h);
    loop_post(h->o.loop, reload_on_loop, h); /* first: who is told finds it so */
    watch_tell(h, "config",
               policy_ok ? STR("{\"ok\":true,\"policy_ok\":true}")
                         : STR("{\"ok\":true,\"policy_ok\":false}"));
}

void hub_reload(struct hub *h) {
    workers_run(h->o.workers, reload_work, NULL, h);
}

static void on_file(void *arg, const char *name);

/* conf.d, which may come later, or go and come again. */
static void watch_conf(struct hub *h) {
    struct arena a = arena_make(64 << 10);
    struct str dir = path_join(&a, h->o.places.config, "conf.d");
    struct err e = {0};
    watch_stop(TAKE(h->conf_watch));
    if (file_exists(dir.ptr) && !watch_start(h->o.loop, dir.ptr, on_file, h, &h->conf_watch, &e)) {
        log_warn("changes in conf.d are not seen by themselves: %s; use SIGHUP", e.text);
    }
    arena_end(&a);
}

static void on_file(void *arg, const char *name) {
    struct hub *h = arg;
    if (str_is(str_of(name), "conf.d")) {
        watch_conf(h);
        hub_reload(h);
    } else if (str_ends(str_of(name), STR(".toml"))) {
        hub_reload(h);
    }
}

bool hub_new(const struct hub_options *o, struct hub **out, struct err *e) {
    struct hub *h = calloc(1, sizeof *h);
    if (!h) {
        abort();
    }
    h->o = *o;
    h->arena = arena_make(8 << 20);
    pthread_mutex_init(&h->lock, NULL);
    watch_init(h);
    h->memory = memory_new();
    h->never = never_new();
    h->ran = ran_new();
    h->scanned = scanned_new();
    h->looks = scanned_new();
    h->look_engine = &LOOK_ENGINE;
    h->scan_limits = SENSE_LIMITS;
    h->scan_us = SCAN_US;
    pthread_mutex_init(&h->loading, NULL);
    pthread_mutex_init(&h->writing, NULL);
    h->approvals = approvals_new();
    h->listings = map_new();
    h->key_arena = arena_make(4 << 20);
    if (!start(h, e)) {
        hub_free(h);
        return false;
    }
    struct err watch_error = {0};
    if (!watch_start(o->loop, o->places.config.ptr, on_file, h, &h->file_watch, &watch_error)) {
        log_warn("changes of the configuration are not seen by themselves: %s; use SIGHUP",
                 watch_error.text);
    }
    watch_conf(h);
    h->listens = listen_text(&h->arena, h->now->config);
    h->retain_ms = h->now->config->decisions_ms;
    h->retain_bytes = h->now->config->decisions_bytes;
    journey_awake(h); /* reading the detectors leaves memory to be given back */
    *out = h;
    return true;
}

/* ---- stop ---- */

static void engines_stopped(void *ctx) {
    struct hub *h = ctx;
    h->stopped(h->stopped_ctx);
}

void hub_stop(struct hub *h, void (*stopped)(void *ctx), void *ctx) {
    h->stopping = true;
    h->stopped = stopped;
    h->stopped_ctx = ctx;
    watch_stop(TAKE(h->file_watch));
    watch_stop(TAKE(h->conf_watch));
    gate_stop(h->gate);
    engine_stop_all(h->engine, engines_stopped, h);
}

void hub_free(struct hub *h) {
    if (!h) {
        return;
    }
    engine_free(h->engine);
    gate_free(h->gate);
    watch_finish(h);
    vault_free(h->vault);
    seal_free(h->seal);
    store_close(h->main);
    store_close(h->ledger);
    store_close(h->head);
    scanned_free(h->scanned);
    scanned_free(h->looks);
    memory_free(h->memory);
    never_free(h->never);
    ran_free(h->ran);
    approvals_free(h->approvals);
    listing_free_all(h);
    for (size_t i = 0; i < PREVIEWS; i++) {
        previews_finish(&h->previews[i]);
    }
    arena_end(&h->key_arena);
    snapshot_drop(h->now);
    pthread_mutex_destroy(&h->writing);
    pthread_mutex_destroy(&h->loading);
    pthread_mutex_destroy(&h->lock);
    arena_end(&h->arena);
    free(h);
}

/* ---- small things ---- */

void hub_listen(struct hub *h, struct arena *a, struct hub_listen *out) {
    struct snapshot *s = snapshot_hold(h);
    const struct config *c = s->config;
    *out = (struct hub_listen){.port = c->port,
                               .host_count = c->host_count,
                               .origin_count = c->origin_count,
                               .listen_count = c->listen_count,
                               .body_bytes = c->body_bytes};
    struct str **lists[] = {&out->hosts, &out->origins, &out->listen};
    const struct str *from[] = {c->hosts, c->origins, c->listen};
    const size_t counts[] = {c->host_count, c->origin_count, c->listen_count};
    for (size_t k = 0; k < 3; k++) {
        *lists[k] = arena_array(a, struct str, counts[k] + 1);
        for (size_t i = 0; i < counts[k]; i++) {
            (*lists[k])[i] = str_dup(a, from[k][i]);
        }
    }
    snapshot_drop(s);
}

void hub_bound(struct hub *h, int port) {
    h->port = port;
}

struct on_loop {
    void (*fn)(void *arg);
    void *arg;
    pthread_mutex_t lock;
    pthread_cond_t done;
    bool ended;
};

static void run_on_loop(void *arg) {
    struct on_loop *o = arg;
    o->fn(o->arg);
    LOCKED(&o->lock);
    o->ended = true;
    pthread_cond_signal(&o->done);
}

void hub_on_loop(struct hub *h, void (*fn)(void *arg), void *arg) {
    struct on_loop o = {.fn = fn, .arg = arg};
    pthread_mutex_init(&o.lock, NULL);
    pthread_cond_init(&o.done, NULL);
    loop_post(h->o.loop, run_on_loop, &o);
    pthread_mutex_lock(&o.lock);
    while (!o.ended) {
        pthread_cond_wait(&o.done, &o.lock);
    }
    pthread_mutex_unlock(&o.lock);
    pthread_cond_destroy(&o.done);
    pthread_mutex_destroy(&o.lock);
}

/* ---- queries ---- */

struct asked {
    struct hub *hub;
    hub_query_fn fn;
    struct arena *arena;
    struct hub_query query;
    struct str out;
    struct err err;
    bool ok;
    void (*done)(void *ctx, struct arena *arena, struct str out, const struct err *e_opt);
    void *ctx;
};

static void ask_work(void *arg) {
    struct asked *k = arg;
    k->ok = k->fn(k->hub, k->arena, &k->query, &k->out, &k->err);
}

static void ask_done(void *arg) {
    struct asked *k = arg;
    k->done(k->ctx, k->arena, k->out, k->ok ? NULL : &k->err);
    arena_end(k->arena);
    free(k->arena);
    free(k);
}

void hub_ask(struct hub *h, hub_query_fn fn, struct arena *arena, const struct hub_query *q,
             void (*done)(void *ctx, struct arena *arena, struct str out, const struct err *e_opt),
             void *ctx) {
    struct asked *k = calloc(1, sizeof *k);
    if (!k) {
        abort();
    }
    *k = (struct asked){.hub = h, .fn = fn, .arena = arena, .query = *q, .done = done, .ctx = ctx};
    workers_run(h->o.workers, ask_work, ask_done, k);
}
