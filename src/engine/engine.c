/* Models' processes and their states. One runs at a time: the model of the oldest waiting call;
 * another one is drained first. */
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "engine/inside.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

const char *const ENGINE_STATE_NAMES[ENGINE_STATES] = {"stopped", "starting", "ready", "draining",
                                                       "failed"};

enum {
    DEFAULT_CONTEXT = 8192,
    PROBE_MS = 25,
    LOAD_MS = 600000,
    END_MS = 5000,
    RESTART_MS = 250, /* doubled with each crash */
    MOST_CRASHES = 3,
};

/* Someone waits for a model to be loaded or unloaded. */
struct load_wait {
    struct load_wait *next;
    void (*done)(void *ctx, const struct err *e_opt);
    void *ctx;
    bool unload;
};

static void set_state(struct engine *g, struct slot *s, enum engine_state state) {
    {
        LOCKED(&g->lock);
        s->info.state = state;
    }
    s->since_us = clock_mono_us();
    log_info("model " STR_FMT ": %s", STR_ARG(s->info.name), ENGINE_STATE_NAMES[state]);
    if (g->o.on_change) {
        g->o.on_change(g->o.ctx, s->info.name, state);
    }
}

static bool runs(const struct slot *s) {
    return s->proc != NULL;
}

struct slot *slot_find(struct engine *g, struct str name) {
    for (struct slot *s = g->slots; s; s = s->next) {
        if (str_ieq(s->info.name, name)) {
            return s;
        }
    }
    return NULL;
}

static void tell_loads(struct slot *s, bool unload, const struct err *e_opt) {
    struct load_wait **at = &s->loads;
    while (*at) {
        struct load_wait *w = *at;
        if (w->unload != unload) {
            at = &w->next;
            continue;
        }
        *at = w->next;
        w->done(w->ctx, e_opt);
        free(w);
    }
}

static bool is_loading_wanted(const struct slot *s) {
    for (const struct load_wait *w = s->loads; w; w = w->next) {
        if (!w->unload) {
            return true;
        }
    }
    return false;
}

static void fail_calls(struct engine_call **list, const struct err *e) {
    struct engine_call *c;
    while ((c = *list)) {
        call_end(c, e);
    }
}

/* ---- ending ---- */

static void kill_hard(void *arg) {
    struct slot *s = arg;
    s->health_timer = NULL;
    if (s->proc) {
        proc_kill(s->proc, SIGKILL);
    }
}

static void stop_timers(struct slot *s) {
    timer_stop(s->health_timer);
    timer_stop(s->idle_timer);
    s->health_timer = NULL;
    s->idle_timer = NULL;
    probe_cancel(s->probe);
    s->probe = NULL;
}

static void end_process(struct engine *g, struct slot *s) {
    if (!s->proc || s->ending) {
        return;
    }
    stop_timers(s);
    s->ending = true;
    set_state(g, s, ENGINE_DRAINING);
    proc_kill(s->proc, SIGTERM);
    s->health_timer = timer_start(g->o.loop, END_MS, 0, kill_hard, s);
}

static void all_stopped(struct engine *g) {
    for (struct slot *s = g->slots; s; s = s->next) {
        if (runs(s)) {
            return;
        }
    }
    if (g->stopping && g->stopped) {
        void (*stopped)(void *ctx) = g->stopped;
        g->stopped = NULL;
        stopped(g->stopped_ctx);
    }
}

/* ---- starting ---- */

struct owner { /* the proc's callbacks need both */
    struct engine *g;
    struct slot *s;
};

static void on_line(void *ctx, struct str line) {
    struct owner *o = ctx;
    bool bad = str_icontains(line, STR("error")) || str_icontains(line, STR("failed"));
    if (o->s->info.state == ENGINE_STARTING && bad) {
        snprintf(o->s->last_words, sizeof o->s->last_words, STR_FMT,
                 STR_ARG(str_sub(line, 0, 200)));
    }
}

static void restart(void *arg) {
    struct owner *o = arg;
    struct engine *g = o->g;
    o->s->restart_timer = NULL;
    free(o);
    engine_pump(g);
}

/* It ended by itself. */
static void crashed(struct engine *g, struct slot *s, int status, int signum, bool was_ready) {
    s->crashes++;
    struct err e = {0};
    if (was_ready) {
        err_set(&e, ERR_UPSTREAM,
                "the engine of " STR_FMT
                " crashed (%s %d); it is started again with the next request",
                STR_ARG(s->info.name), signum ? "signal" : "exit", signum ? signum : status);
    } else {
        err_set(&e, ERR_UNAVAILABLE, "the engine could not load " STR_FMT " (%s %d)%s%s",
                STR_ARG(s->info.name), signum ? "signal" : "exit", signum ? signum : status,
                s->last_words[0] ? ": " : "", s->last_words);
    }
    log_error("%s", e.text);
    {
        LOCKED(&g->lock);
        s->info.quarantined = s->crashes >= MOST_CRASHES;
    }
    set_state(g, s, ENGINE_FAILED);
    fail_calls(&s->active, &e);
    if (!was_ready || s->info.quarantined) {
        fail_calls(&s->waiting, &e);
        tell_loads(s, false, &e);
    }
    if (s->waiting && !g->stopping) {
        struct owner *o = calloc(1, sizeof *o);
        if (!o) {
            abort();
        }
        *o = (struct owner){g, s};
        s->restart_timer = timer_start(g->o.loop, RESTART_MS << (s->crashes - 1), 0, restart, o);
    }
}

static void on_exit_(void *ctx, int status, int signum) {
    struct owner *o = ctx;
    struct engine *g = o->g;
    struct slot *s = o->s;
    free(o);
    bool asked = s->ending;
    bool was_ready = s->info.state == ENGINE_READY;
    stop_timers(s);
    s->proc = NULL;
    s->ending = false;
    s->lost = false;
    unlink(s->socket.ptr);
    if (asked) {
        set_state(g, s, ENGINE_STOPPED);
        tell_loads(s, true, NULL);
    } else {
        crashed(g, s, status, signum, was_ready);
    }
    if (g->stopping) {
        all_stopped(g);
    } else {
        engine_pump(g);
    }
}

static void on_health(struct slot *s, bool healthy);

static void probe_again(void *arg) {
    struct slot *s = arg;
    s->health_timer = NULL;
    s->probe = probe_start(s->g, s, on_health);
}

static void on_health(struct slot *s, bool healthy) {
    struct engine *g = s->g;
    s->probe = NULL;
    if (s->ending || !s->proc) {
        return;
    }
    if (healthy) {
        set_state(g, s, ENGINE_READY);
        tell_loads(s, false, NULL);
        engine_pump(g);
        return;
    }
    if (clock_mono_us() - s->since_us > LOAD_MS * 1000LL) {
        snprintf(s->last_words, sizeof s->last_words, "it did not get ready in ten minutes");
        proc_kill(s->proc, SIGKILL);
        return;
    }
    s->health_timer = timer_start(g->o.loop, PROBE_MS, 0, probe_again, s);
}

static bool launch(struct engine *g, struct slot *s, struct err *e) {
    struct arena a = arena_make(1 << 20);
    struct str dir = path_join(&a, g->o.runtime_dir, "engine");
    bool ok = dir_make(dir.ptr, 0700, e);
    if (!s->socket.len) {
        s->socket = str_fmt(&s->arena, STR_FMT "/" STR_FMT ".sock", STR_ARG(dir),
                            STR_ARG(id_make(&a, "m", 8)));
    }
    struct str context = str_fmt(&a, "%d", s->context * s->slots);
    struct str slots = str_fmt(&a, "%d", s->slots);
    const char *argv[] = {str_cstr(&a, g->binary),
                          "--host",
                          s->socket.ptr,
                          "--model",
                          s->info.path.ptr,
                          "--alias",
                          s->info.name.ptr,
                          "--ctx-size",
                          context.ptr,
                          "--parallel",
                          slots.ptr,
                          "--offline",
                          "--no-webui",
                          "--jinja",
                          "--no-slots",
                          "--cache-ram",
                          "1024",
                          "--log-colors",
                          "off",
                          NULL};
    struct owner *o = calloc(1, sizeof *o);
    if (!o) {
        abort();
    }
    *o = (struct owner){g, s};
    struct proc_options po = {.argv = argv,
                              .no_network = true,
                              .drop_root = true,
                              .on_line_opt = on_line,
                              .on_exit = on_exit_,
                              .ctx = o};
    s->last_words[0] = 0;
    unlink(s->socket.ptr);
    ok = ok && proc_start(g->o.loop, &po, &s->proc, e);
    if (ok) {
        LOCKED(&g->lock);
        g->own_network = proc_has_own_network(s->proc);
        g->was_started = true;
    } else {
        s->proc = NULL;
        free(o);
    }
    arena_end(&a);
    return ok;
}

static void start(struct engine *g, struct slot *s) {
    struct err e = {0};
    set_state(g, s, ENGINE_STARTING);
    if (launch(g, s, &e)) {
        s->health_timer = timer_start(g->o.loop, PROBE_MS, 0, probe_again, s);
        return;
    }
    log_error("%s", e.text);
    set_state(g, s, ENGINE_FAILED);
    e.kind = ERR_UNAVAILABLE;
    tell_loads(s, false, &e);
    fail_calls(&s->waiting, &e);
}

void engine_lost(struct engine_call *c) {
    struct slot *s = c->slot;
    call_unlink(c);
    call_link(c, &s->waiting);
    if (s->proc && !s->lost) {
        s->lost = true;
        proc_kill(s->proc, SIGKILL);
    }
    engine_pump(s->g);
}

/* ---- what runs ---- */

static void rest(void *arg) {
    struct slot *s = arg;
    struct engine *g = s->g;
    s->idle_timer = NULL;
    if (!s->active && !s->waiting) {
        end_process(g, s);
    }
}

static void begin_rest(struct engine *g, struct slot *s) {
    if (!s->active && !s->waiting && !s->idle_timer && g->o.keep_alive_ms >= 0
        && s->info.state == ENGINE_READY) {
        s->idle_timer = timer_start(g->o.loop, g->o.keep_alive_ms, 0, rest, s);
    }
}

static void dispatch(struct slot *s) {
    timer_stop(s->idle_timer);
    s->idle_timer = NULL;
    struct engine_call *c;
    while ((c = s->waiting)) {
        call_unlink(c);
        call_link(c, &s->active);
        call_send(c);
    }
}

/* The model whose call or load waits longest. */
static struct slot *wanted(struct engine *g) {
    struct slot *best = NULL;
    for (struct slot *s = g->slots; s; s = s->next) {
        if (s->restart_timer) {
            continue;
        }
        if (s->waiting
            && (!best || !best->waiting || s->waiting->queued_us < best->waiting->queued_us)) {
            best = s;
        } else if (!best && is_loading_wanted(s) && s->info.state != ENGINE_READY) {
            best = s;
        }
    }
    return best;
}

void engine_pump(struct engine *g) {
    if (g->stopping) {
        return;
    }
    struct slot *now = NULL;
    for (struct slot *s = g->slots; s; s = s->next) {
        now = runs(s) ? s : now;
    }
    struct slot *next = wanted(g);
    if (now && now->info.state == ENGINE_READY && !now->ending && !now->lost) {
        if (!next || next == now) {
            dispatch(now);
            begin_rest(g, now);
        } else if (!now->active) {
            end_process(g, now);
        }
    } else if (!now && next) {
        start(g, next);
    }
}

/* ---- the catalogue in memory ---- */

static void copy_found(struct engine *g, struct slot *s, const struct found *f) {
    struct arena old = s->arena;
    struct str socket = s->socket;
    struct arena *a = &s->arena;
    s->arena = arena_make(1 << 20);
    struct engine_model *m = &s->info;
    m->name = str_dup(a, f->name);
    m->path = str_dup(a, f->path);
    m->source = str_dup(a, f->source);
    m->architecture = str_dup(a, f->architecture);
    m->quantisation = str_dup(a, f->quantisation);
    m->problem = str_dup(a, f->problem);
    m->size_bytes = f->size_bytes;
    m->trained_tokens = f->trained_tokens;
    m->modified_s = f->modified_s;
    m->tools = f->tools;
    m->embeddings = f->embeddings;
    s->socket = str_dup(a, socket);
    s->gone = false;
    s->context = f->trained_tokens > 0 && f->trained_tokens < DEFAULT_CONTEXT
                     ? (int)f->trained_tokens
                     : DEFAULT_CONTEXT;
    s->slots = 2;
    for (size_t i = 0; i < g->o.set_count; i++) {
        if (str_ieq(g->o.sets[i].name, m->name)) {
            s->context = g->o.sets[i].context > 0 ? (int)g->o.sets[i].context : s->context;
            s->slots = g->o.sets[i].slots > 0 ? g->o.sets[i].slots : s->slots;
        }
    }
    m->context_tokens = s->context;
    arena_end(&old);
}

static struct slot *slot_new(struct engine *g) {
    struct slot *s = calloc(1, sizeof *s);
    if (!s) {
        abort();
    }
    s->arena = arena_make(1 << 20);
    s->g = g;
    struct slot **at = &g->slots;
    while (*at) {
        at = &(*at)->next;
    }
    *at = s;
    return s;
}

static void find_binary(struct engine *g) {
    struct arena *a = &g->arena;
    g->binary = (struct str){0};
    if (g->o.binary.len) {
        if (access(str_cstr(a, g->o.binary), X_OK) == 0) {
            g->binary = g->o.binary;
        }
        return;
    }
    const char *path = getenv("PATH");
    struct str rest = str_of(path ? path : "");
    struct str dir = {0};
    while (rest.len && !g->binary.len) {
        str_cut(rest, ':', &dir, &rest);
        struct str file = path_join(a, dir, "llama-server");
        if (dir.len && access(file.ptr, X_OK) == 0) {
            g->binary = file;
        }
    }
    struct str own = path_join(a, g->o.data_dir, "engine/llama-server");
    if (!g->binary.len && access(own.ptr, X_OK) == 0) {
        g->binary = own;
    }
}

/* A model's data changes only while nothing runs it. */
static void take_found(struct engine *g, const struct found *f, size_t n) {
    LOCKED(&g->lock);
    find_binary(g);
    for (struct slot *s = g->slots; s; s = s->next) {
        s->gone = true;
    }
    for (size_t i = 0; i < n; i++) {
        struct slot *s = slot_find(g, f[i].name);
        s = s ? s : slot_new(g);
        s->gone = false;
        if (!runs(s) && !s->waiting && !s->active) {
            copy_found(g, s, &f[i]);
        }
    }
}

struct rescan {
    struct engine *g;
    struct arena arena;
    struct found *found;
    size_t count;
};

static void rescan_done(void *arg) {
    struct rescan *r = arg;
    take_found(r->g, r->found, r->count);
    arena_end(&r->arena);
    free(r);
}

static void scan(struct engine *g, struct rescan *r) {
    struct catalogue_options o = {g->o.data_dir, g->o.home, g->o.dirs, g->o.dir_count};
    r->arena = arena_make(256 << 20);
    r->count = catalogue_scan(&r->arena, &o, &r->found);
}

/* The calling thread reads the files, the loop takes the result over. */
void engine_rescan(struct engine *g) {
    struct rescan *r = calloc(1, sizeof *r);
    if (!r) {
        abort();
    }
    r->g = g;
    scan(g, r);
    if (loop_is_current(g->o.loop)) {
        rescan_done(r);
    } else {
        loop_post(g->o.loop, rescan_done, r);
    }
}

/* ---- the public face ---- */

static void copy_options(struct engine *g, const struct engine_options *o) {
    struct arena *a = &g->arena;
    g->o = *o;
    g->o.binary = str_dup(a, o->binary);
    g->o.data_dir = str_dup(a, o->data_dir);
    g->o.runtime_dir = str_dup(a, o->runtime_dir);
    g->o.home = str_dup(a, o->home);
    g->o.default_model = str_dup(a, o->default_model);
    struct str *dirs = arena_array(a, struct str, o->dir_count + 1);
    for (size_t i = 0; i < o->dir_count; i++) {
        dirs[i] = str_dup(a, o->dirs[i]);
    }
    g->o.dirs = dirs;
    struct engine_set *sets = arena_array(a, struct engine_set, o->set_count + 1);
    for (size_t i = 0; i < o->set_count; i++) {
        sets[i] = o->sets[i];
        sets[i].name = str_dup(a, o->sets[i].name);
    }
    g->o.sets = sets;
}

bool engine_new(const struct engine_options *o, struct engine **out, struct err *e) {
    (void)e;
    struct engine *g = calloc(1, sizeof *g);
    if (!g) {
        abort();
    }
    g->arena = arena_make(64 << 20);
    pthread_mutex_init(&g->lock, NULL);
    copy_options(g, o);
    struct rescan r = {.g = g};
    scan(g, &r);
    take_found(g, r.found, r.count);
    arena_end(&r.arena);
    *out = g;
    return true;
}

void engine_reconfigure(struct engine *g, const struct engine_options *o) {
    {
        LOCKED(&g->lock);
        copy_options(g, o); /* what was there stays in the arena: a reload is rare and small */
    }
    engine_rescan(g);
}

void engine_stop_all(struct engine *g, void (*stopped)(void *ctx), void *ctx) {
    g->stopping = true;
    g->stopped = stopped;
    g->stopped_ctx = ctx;
    struct err e = {0};
    err_set(&e, ERR_UNAVAILABLE, "weir is stopping");
    for (struct slot *s = g->slots; s; s = s->next) {
        fail_calls(&s->waiting, &e);
        fail_calls(&s->active, &e);
        tell_loads(s, false, &e);
        end_process(g, s);
    }
    all_stopped(g);
}

void engine_free(struct engine *g) {
    if (!g) {
        return;
    }
    for (struct slot *s = g->slots; s;) {
        struct slot *next = s->next;
        arena_end(&s->arena);
        free(s);
        s = next;
    }
    pthread_mutex_destroy(&g->lock);
    arena_end(&g->arena);
    free(g);
}

static struct engine_model copy_model(struct arena *a, const struct engine_model *from) {
    struct engine_model m = *from;
    struct str *texts[] = {&m.name,         &m.path,         &m.source,
                           &m.architecture, &m.quantisation, &m.problem};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        *texts[i] = str_dup(a, *texts[i]);
    }
    return m;
}

size_t engine_models(struct engine *g, struct arena *a, struct engine_model **out) {
    LOCKED(&g->lock);
    struct engine_model *v = NULL;
    size_t n = 0;
    size_t cap = 0;
    for (int pass = 0; pass < 2; pass++) { /* the default model first */
        for (struct slot *s = g->slots; s; s = s->next) {
            bool is_default = str_ieq(s->info.name, g->o.default_model);
            if (!s->gone && is_default == (pass == 0)) {
                *arena_push(a, v, n, cap) = copy_model(a, &s->info);
            }
        }
    }
    *out = v;
    return n;
}

bool engine_find(struct engine *g, struct arena *a, struct str name, struct engine_model *out) {
    LOCKED(&g->lock);
    struct slot *s = slot_find(g, name);
    if (!s || s->gone) {
        return false;
    }
    *out = copy_model(a, &s->info);
    return true;
}

struct str engine_binary(struct engine *g, struct arena *a) {
    LOCKED(&g->lock);
    return str_dup(a, g->binary);
}

struct str engine_isolation(struct engine *g, struct arena *a) {
    LOCKED(&g->lock);
    if (!g->was_started) {
        return STR(
            "not started yet; it gets a Unix socket and, where the kernel allows, no network");
    }
    return str_fmt(a, "a Unix socket%s%s",
                   g->own_network ? ", no network of its own"
                                  : "; THE KERNEL ALLOWS NO NETWORK "
                                    "NAMESPACE, so the engine could reach the network",
                   geteuid() == 0 ? ", no capabilities" : "");
}

void engine_measured(struct engine *g, struct str model, double tokens_per_second,
                     double first_ms) {
    LOCKED(&g->lock);
    struct slot *s = slot_find(g, model);
    if (s && tokens_per_second > 0 && tokens_per_second < 1e6) {
        int32_t now = (int32_t)tokens_per_second;
        s->info.tokens_per_second =
            s->info.tokens_per_second ? (s->info.tokens_per_second * 3 + now) / 4 : now;
        s->info.first_ms = first_ms > 0 && first_ms < 1e7 ? (int32_t)first_ms : s->info.first_ms;
        s->crashes = 0; /* it answers */
    }
}

static void add_wait(struct slot *s, bool unload, void (*done)(void *ctx, const struct err *e_opt),
                     void *ctx) {
    struct load_wait *w = calloc(1, sizeof *w);
    if (!w) {
        abort();
    }
    *w = (struct load_wait){s->loads, done, ctx, unload};
    s->loads = w;
}

void engine_load(struct engine *g, struct str model,
                 void (*done)(void *ctx, const struct err *e_opt), void *ctx) {
    struct slot *s = slot_find(g, model);
    struct err e = {0};
    if (!s || s->gone) {
        err_set(&e, ERR_NOT_FOUND, "there is no local model `" STR_FMT "`", STR_ARG(model));
    } else if (!g->binary.len) {
        err_set(&e, ERR_UNAVAILABLE,
                "no engine: llama-server was not found; `weir doctor` says where weir looks");
    } else if (s->info.problem.len) {
        err_set(&e, ERR_UNAVAILABLE, "the model cannot run: " STR_FMT, STR_ARG(s->info.problem));
    }
    if (e.kind || s->info.state == ENGINE_READY) {
        done(ctx, e.kind ? &e : NULL);
        return;
    }
    {
        LOCKED(&g->lock);
        s->info.quarantined = false;
    }
    s->crashes = 0;
    add_wait(s, false, done, ctx);
    engine_pump(g);
}

void engine_unload(struct engine *g, struct str model,
                   void (*done)(void *ctx, const struct err *e_opt), void *ctx) {
    struct slot *s = slot_find(g, model);
    if (!s || !runs(s)) {
        done(ctx, NULL);
        return;
    }
    add_wait(s, true, done, ctx);
    struct err e = {0};
    err_set(&e, ERR_UNAVAILABLE, "the model was unloaded");
    fail_calls(&s->active, &e);
    end_process(g, s);
}
