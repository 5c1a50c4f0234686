/* What runs: one model at a time, that of the oldest waiting call; another one is drained first. */
#include "base/clock.h"
#include "engine/inside.h"

const char *const ENGINE_STATE_NAMES[ENGINE_STATES] = {"stopped", "starting", "ready", "draining",
                                                       "failed"};

void engine_hold(struct engine *g) {
    g->holding++;
}

void engine_release(struct engine *g) {
    if (--g->holding == 0) {
        engine_pump(g);
    }
}

void engine_all_stopped(struct engine *g) {
    for (struct slot *s = g->slots; s; s = s->next) {
        if (slot_runs(s)) {
            return;
        }
    }
    if (g->stopping && g->stopped) {
        void (*stopped)(void *ctx) = g->stopped;
        g->stopped = NULL;
        stopped(g->stopped_ctx);
    }
}

static void rest(void *arg);

static void rest_in(struct slot *s, int64_t ms) {
    s->idle_timer = timer_start(s->g->o.loop, ms, 0, rest, s);
}

/* A call starts and stops no timer: the one that runs looks how long nothing has been asked. */
static void rest(void *arg) {
    struct slot *s = arg;
    struct engine *g = s->g;
    s->idle_timer = NULL;
    if (s->active || s->waiting) {
        return;
    }
    int64_t left_ms = g->o.keep_alive_ms - (clock_mono_us() - s->idle_since_us) / 1000;
    if (left_ms > 0) {
        rest_in(s, left_ms);
    } else {
        slot_end(g, s);
    }
}

static void begin_rest(struct engine *g, struct slot *s) {
    if (s->active || s->waiting || g->o.keep_alive_ms < 0 || s->info.state != ENGINE_READY) {
        return;
    }
    s->idle_since_us = clock_mono_us();
    if (!s->idle_timer) {
        rest_in(s, g->o.keep_alive_ms);
    }
}

static void dispatch(struct slot *s) {
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
        if (first || (!best && slot_is_load_wanted(s) && s->info.state != ENGINE_READY)) {
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
        now = slot_runs(s) ? s : now;
    }
    struct slot *next = wanted(g);
    if (now && now->info.state == ENGINE_READY && !now->ending && !now->lost) {
        if (!next || next == now) {
            dispatch(now);
            begin_rest(g, now);
        } else if (!now->active) {
            slot_end(g, now);
        }
    } else if (!now && next) {
        slot_start(g, next);
    }
}

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
    models_first(g);
    *out = g;
    return true;
}

void engine_reconfigure(struct engine *g, const struct engine_options *o) {
    {
        LOCKED(&g->lock);
        copy_options(g, o); /* what was there stays in the arena: a reload is rare and small */
        models_find_binary(g);
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
        calls_fail(&s->waiting, &e);
        calls_fail(&s->active, &e);
        slot_tell_loads(s, false, &e);
        slot_end(g, s);
    }
    engine_all_stopped(g);
}

void engine_free(struct engine *g) {
    if (!g) {
        return;
    }
    for (struct slot *s = g->slots; s;) {
        struct slot *next = s->next;
        slot_stop_timers(s);
        timer_stop(s->restart_timer);
        slot_forget_loads(s);
        arena_end(&s->arena);
        free(s);
        s = next;
    }
    models_drop_rescans(g);
    pthread_cond_destroy(&g->taken);
    pthread_mutex_destroy(&g->lock);
    arena_end(&g->arena);
    free(g);
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
    slot_wait(s, false, done, ctx);
    if (!slot_runs(s)) { /* by hand: at once */
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
    engine_hold(g);
    slot_tell_loads(s, false, &e);
    calls_fail(&s->waiting, &e);
    calls_fail(&s->active, &e);
    if (slot_runs(s)) {
        slot_wait(s, true, done, ctx);
        slot_end(g, s);
    } else {
        done(ctx, NULL);
    }
    engine_release(g);
}
