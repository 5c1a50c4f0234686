/* Models' processes and their states. One runs at a time: the model of the oldest waiting call;
 * another one is drained first. */
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "engine/inside.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/un.h>

const char *const ENGINE_STATE_NAMES[ENGINE_STATES] = {"stopped", "starting", "ready", "draining",
                                                       "failed"};

enum {
    DEFAULT_CONTEXT = 8192,
    PROBE_MS = 25,
    LOAD_MS = 600000,
    END_MS = 5000,
    RESTART_MS = 250, /* doubled with each crash */
    MOST_CRASHES = 3,
    TAKE_MS = 2000,
    LONGEST_SOCKET_NAME = 16, /* "/m12345678.sock" and its end */
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
    struct load_wait *mine = NULL;
    for (struct load_wait **at = &s->loads; *at;) {
        struct load_wait *w = *at;
        if (w->unload == unload) {
            *at = w->next;
            w->next = mine;
            mine = w;
        } else {
            at = &w->next;
        }
    }
    while (mine) {
        struct load_wait *w = mine;
        mine = w->next;
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

/* Between hold and release nothing starts or ends, whatever callbacks ask for. */
static void hold(struct engine *g) {
    g->holding++;
}

static void release(struct engine *g) {
    if (--g->holding == 0) {
        engine_pump(g);
    }
}

/* Only those that are there now: who hears of it may ask again at once, or cancel others. */
static void fail_calls(struct engine_call **list, const struct err *e) {
    struct engine_call *mine = *list;
    *list = NULL;
    if (mine) {
        mine->at = &mine;
    }
    while (mine) {
        call_end(mine, e);
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

/* The first complaint is the cause, the others follow from it. */
static void on_line(void *ctx, struct str line) {
    struct slot *s = ctx;
    bool bad = str_icontains(line, STR("error")) || str_icontains(line, STR("failed"));
    if (s->info.state == ENGINE_STARTING && bad && !s->last_words[0]) {
        snprintf(s->last_words, sizeof s->last_words, STR_FMT,
                 STR_ARG(str_trim(str_sub(line, 0, 200))));
    }
}

static void restart(void *arg) {
    struct slot *s = arg;
    s->restart_timer = NULL;
    engine_pump(s->g);
}

/* It ended by itself. */
static void crashed(struct engine *g, struct slot *s, int status, int signum, bool was_ready) {
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
    int crashes = 0;
    {
        LOCKED(&g->lock);
        crashes = ++s->crashes;
        s->info.quarantined = crashes >= MOST_CRASHES;
    }
    set_state(g, s, ENGINE_FAILED);
    if (!g->stopping && !s->info.quarantined) { /* until then whoever asks waits */
        s->restart_timer = timer_start(g->o.loop, RESTART_MS << (crashes - 1), 0, restart, s);
    }
    fail_calls(&s->active, &e);
    if (!was_ready || s->info.quarantined) {
        fail_calls(&s->waiting, &e);
        tell_loads(s, false, &e);
    }
}

static void on_exit_(void *ctx, int status, int signum) {
    struct slot *s = ctx;
    struct engine *g = s->g;
    hold(g);
    bool asked = s->ending;
    bool was_ready = s->info.state == ENGINE_READY;
    stop_timers(s);
    call_drop_idle(s);
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
    if (s->stale && !g->stopping) {
        s->stale = false;
        engine_rescan(g);
    }
    release(g);
    if (g->stopping) {
        all_stopped(g);
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
    if (dir.len + LONGEST_SOCKET_NAME > sizeof((struct sockaddr_un){0}).sun_path) {
        ok = err_set(e, ERR_UNAVAILABLE,
                     "the folder " STR_FMT " is too long for a socket: set XDG_RUNTIME_DIR",
                     STR_ARG(dir));
    }
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
                          NULL,
                          NULL};
    size_t words = ARRAY_LEN(argv) - 2;
    argv[words] = s->info.embeddings ? "--embeddings" : NULL;
    struct proc_options po = {.argv = argv,
                              .no_network = true,
                              .drop_root = true,
                              .on_line_opt = on_line,
                              .on_exit = on_exit_,
                              .ctx = s};
    s->last_words[0] = 0;
    unlink(s->socket.ptr);
    ok = ok && proc_start(g->o.loop, &po, &s->proc, e);
    if (ok) {
        LOCKED(&g->lock);
        g->own_network = proc_has_own_network(s->proc);
        g->was_started = true;
    } else {
        s->proc = NULL;
    }
    arena_end(&a);
    return ok;
}

static void launch_failed(void *arg) {
    struct slot *s = arg;
    struct err e = s->launch_error;
    s->restart_timer = NULL;
    log_error("%s", e.text);
    hold(s->g);
    set_state(s->g, s, ENGINE_FAILED);
    tell_loads(s, false, &e);
    fail_calls(&s->waiting, &e);
    release(s->g);
}

static void start(struct engine *g, struct slot *s) {
    set_state(g, s, ENGINE_STARTING);
    if (launch(g, s, &s->launch_error)) {
        s->health_timer = timer_start(g->o.loop, PROBE_MS, 0, probe_again, s);
    } else { /* told later: who asked does not hold its call yet */
        s->launch_error.kind = ERR_UNAVAILABLE;
        s->restart_timer = timer_start(g->o.loop, 0, 0, launch_failed, s);
    }
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
        bool first =
            s->waiting
            && (!best || !best->waiting || s->waiting->queued_us < best->waiting->queued_us);
        if (first || (!best && is_loading_wanted(s) && s->info.state != ENGINE_READY)) {
            best = s;
        }
    }
    return best;
}

void engine_pump(struct engine *g) {
    if (g->stopping || g->holding) {
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
    if (m->modified_s != f->modified_s || m->size_bytes != f->size_bytes) {
        m->quarantined = false; /* another file: it gets its chance */
        s->crashes = 0;
    }
    m->name = str_dup(a, f->name);
    m->path = str_dup(a, f->path);
    m->source = str_dup(a, f->source);
    m->architecture = str_dup(a, f->architecture);
    m->quantisation = str_dup(a, f->quantisation);
    m->title = str_dup(a, f->title);
    m->size_label = str_dup(a, f->size_label);
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

static bool is_program(const char *path) {
    struct stat st = {0};
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* As weir.toml says, else in PATH, else where `make run` put it. */
static struct str look_for_binary(const struct engine *g, struct arena *a) {
    if (g->o.binary.len) {
        struct str file = str_dup(a, g->o.binary);
        return is_program(file.ptr) ? file : (struct str){0};
    }
    const char *path = getenv("PATH");
    struct str rest = str_of(path ? path : "");
    while (rest.len) {
        struct str dir = {0};
        str_cut(rest, ':', &dir, &rest);
        struct str file = path_join(a, dir, "llama-server");
        if (dir.len && dir.ptr[0] == '/' && is_program(file.ptr)) {
            return file;
        }
    }
    struct str own = path_join(a, g->o.data_dir, "engine/llama-server");
    return is_program(own.ptr) ? own : (struct str){0};
}

static void find_binary(struct engine *g) {
    struct arena a = arena_make(1 << 20);
    struct str found = look_for_binary(g, &a);
    if (!str_eq(found, g->binary)) {
        g->binary = str_dup(&g->arena, found);
    }
    arena_end(&a);
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
        s->stale = runs(s) || s->waiting || s->active;
        if (!s->stale) {
            copy_found(g, s, &f[i]);
        }
    }
}

/* Read by one thread, taken over by the loop; whoever of the two is last frees it. */
struct rescan {
    struct rescan *next, **at; /* those on their way: weir may end before the loop takes them */
    struct engine *g;
    struct arena arena;
    struct found *found;
    size_t count;
    int holders;
    bool taken;
};

static void scan(void *arg) {
    struct rescan *r = arg;
    struct catalogue_options o;
    {
        LOCKED(&r->g->lock); /* texts stay in the engine's arena */
        o = (struct catalogue_options){r->g->o.data_dir, r->g->o.home, r->g->o.dirs,
                                       r->g->o.dir_count};
    }
    r->count = catalogue_scan(&r->arena, &o, &r->found);
}

static void rescan_drop(struct rescan *r) {
    {
        LOCKED(&r->g->lock);
        if (--r->holders > 0) {
            return;
        }
        *r->at = r->next;
        if (r->next) {
            r->next->at = r->at;
        }
    }
    arena_end(&r->arena);
    free(r);
}

static void rescan_take(void *arg) {
    struct rescan *r = arg;
    take_found(r->g, r->found, r->count);
    {
        LOCKED(&r->g->lock);
        r->taken = true;
        pthread_cond_broadcast(&r->g->taken);
    }
    rescan_drop(r);
}

static struct rescan *rescan_new(struct engine *g, int holders) {
    struct rescan *r = calloc(1, sizeof *r);
    if (!r) {
        abort();
    }
    *r = (struct rescan){.g = g, .arena = arena_make(256 << 20), .holders = holders};
    LOCKED(&g->lock);
    r->next = g->rescans;
    r->at = &g->rescans;
    if (r->next) {
        r->next->at = &r->next;
    }
    g->rescans = r;
    return r;
}

/* The loop never reads files: it sends a worker. Any other thread reads, hands over and waits, but
 * not for ever: the loop may be at its end. */
void engine_rescan(struct engine *g) {
    if (loop_is_current(g->o.loop)) {
        workers_run(g->o.workers, scan, rescan_take, rescan_new(g, 1));
        return;
    }
    struct rescan *r = rescan_new(g, 2);
    scan(r);
    loop_post(g->o.loop, rescan_take, r);
    int64_t until_us = clock_mono_us() + TAKE_MS * 1000LL;
    struct timespec until = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000};
    {
        LOCKED(&g->lock);
        while (!r->taken
               && pthread_cond_clockwait(&g->taken, &g->lock, CLOCK_MONOTONIC, &until) == 0) {
        }
    }
    rescan_drop(r);
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
    pthread_cond_init(&g->taken, NULL);
    copy_options(g, o);
    struct rescan *r = rescan_new(g, 1);
    scan(r);
    rescan_take(r);
    *out = g;
    return true;
}

void engine_reconfigure(struct engine *g, const struct engine_options *o) {
    {
        LOCKED(&g->lock);
        copy_options(g, o); /* what was there stays in the arena: a reload is rare and small */
        find_binary(g);
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
        timer_stop(s->restart_timer);
        s->restart_timer = NULL;
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
        stop_timers(s);
        timer_stop(s->restart_timer);
        while (s->loads) {
            struct load_wait *w = s->loads;
            s->loads = w->next;
            free(w);
        }
        arena_end(&s->arena);
        free(s);
        s = next;
    }
    while (g->rescans) {
        g->rescans->holders = 1;
        rescan_drop(g->rescans);
    }
    pthread_cond_destroy(&g->taken);
    pthread_mutex_destroy(&g->lock);
    arena_end(&g->arena);
    free(g);
}

static struct engine_model copy_model(struct arena *a, const struct engine_model *from) {
    struct engine_model m = *from;
    struct str *texts[] = {&m.name,         &m.path,  &m.source,     &m.architecture,
                           &m.quantisation, &m.title, &m.size_label, &m.problem};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        *texts[i] = str_dup(a, *texts[i]);
    }
    return m;
}

static int by_name(const void *a, const void *b) {
    return str_cmp(((const struct engine_model *)a)->name, ((const struct engine_model *)b)->name);
}

size_t engine_models(struct engine *g, struct arena *a, struct engine_model **out) {
    LOCKED(&g->lock);
    struct engine_model *v = NULL;
    size_t n = 0;
    size_t cap = 0;
    for (const struct slot *s = g->slots; s; s = s->next) {
        if (!s->gone) {
            *arena_push(a, v, n, cap) = copy_model(a, &s->info);
        }
    }
    if (n) {
        qsort(v, n, sizeof *v, by_name);
    }
    for (size_t i = 1; i < n; i++) { /* the default model first */
        if (str_ieq(v[i].name, g->o.default_model)) {
            struct engine_model m = v[i];
            memmove(v + 1, v, i * sizeof *v);
            v[0] = m;
            break;
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

bool engine_refuses(const struct engine *g, const struct slot *s_opt, struct str model,
                    struct err *e) {
    const struct slot *s = s_opt;
    if (g->stopping) {
        err_set(e, ERR_UNAVAILABLE, "weir is stopping");
    } else if (!s || s->gone) {
        err_code(e, ERR_NOT_FOUND, "model_not_found", "there is no local model `" STR_FMT "`",
                 STR_ARG(model));
    } else if (!g->binary.len) {
        err_set(e, ERR_UNAVAILABLE, "no engine: %s; `weir doctor` says where weir looks",
                g->o.binary.len ? "the configured llama-server is not there or cannot be run"
                                : "llama-server was not found");
    } else if (s->info.problem.len) {
        err_set(e, ERR_UNAVAILABLE, "the model " STR_FMT " cannot run: " STR_FMT,
                STR_ARG(s->info.name), STR_ARG(s->info.problem));
    } else if (g->o.memory_bytes > 0 && s->info.size_bytes > g->o.memory_bytes) {
        err_set(e, ERR_UNAVAILABLE,
                "the model " STR_FMT " needs more than %lld MiB, and [engine] memory allows %lld",
                STR_ARG(s->info.name), (long long)(s->info.size_bytes >> 20),
                (long long)(g->o.memory_bytes >> 20));
    } else {
        return false;
    }
    return true;
}

void engine_load(struct engine *g, struct str model,
                 void (*done)(void *ctx, const struct err *e_opt), void *ctx) {
    struct slot *s = slot_find(g, model);
    struct err e = {0};
    bool refused = engine_refuses(g, s, model, &e);
    if (refused || (s->info.state == ENGINE_READY && !s->lost)) {
        done(ctx, refused ? &e : NULL);
        return;
    }
    {
        LOCKED(&g->lock);
        s->info.quarantined = false;
        s->crashes = 0;
    }
    add_wait(s, false, done, ctx);
    if (!runs(s)) { /* by hand: at once */
        timer_stop(s->restart_timer);
        s->restart_timer = NULL;
    }
    engine_pump(g);
}

void engine_unload(struct engine *g, struct str model,
                   void (*done)(void *ctx, const struct err *e_opt), void *ctx) {
    struct slot *s = slot_find(g, model);
    struct err e = {0};
    if (!s) {
        engine_refuses(g, s, model, &e);
        done(ctx, &e);
        return;
    }
    err_set(&e, ERR_UNAVAILABLE, "the model " STR_FMT " was unloaded", STR_ARG(s->info.name));
    hold(g);
    tell_loads(s, false, &e);
    fail_calls(&s->waiting, &e);
    fail_calls(&s->active, &e);
    if (runs(s)) {
        add_wait(s, true, done, ctx);
        end_process(g, s);
    } else {
        done(ctx, NULL);
    }
    release(g);
}
