/* A model's process: how it starts, gets ready, crashes and ends. Loop thread. */
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "engine/inside.h"

#include <signal.h>
#include <stdio.h>
#include <sys/un.h>

enum {
    PROBE_MS = 25,
    LOAD_MS = 600000,
    END_MS = 5000,
    RESTART_MS = 250, /* doubled with each crash */
    MOST_CRASHES = 3,
    LONGEST_SOCKET_NAME = 16, /* "/m12345678.sock" and its end */
};

/* ---- ending ---- */

static void kill_hard(void *arg) {
    struct slot *s = arg;
    s->health_timer = NULL;
    if (s->proc) {
        proc_kill(s->proc, SIGKILL);
    }
}

void slot_stop_timers(struct slot *s) {
    timer_stop(s->health_timer);
    timer_stop(s->idle_timer);
    s->health_timer = NULL;
    s->idle_timer = NULL;
    probe_cancel(s->probe);
    s->probe = NULL;
}

void slot_end(struct engine *g, struct slot *s) {
    if (!s->proc || s->ending) {
        return;
    }
    slot_stop_timers(s);
    s->ending = true;
    slot_set_state(g, s, ENGINE_DRAINING);
    proc_kill(s->proc, SIGTERM);
    s->health_timer = timer_start(g->o.loop, END_MS, 0, kill_hard, s);
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
        const char *words = s->last_words;
        if (signum == SIGILL) {
            words = "this llama-server was built for another processor; `make run` gets one that "
                    "fits, or set [engine] binary in weir.toml";
        }
        err_set(&e, ERR_UNAVAILABLE, "the engine could not load " STR_FMT " (%s %d)%s%s",
                STR_ARG(s->info.name), signum ? "signal" : "exit", signum ? signum : status,
                words[0] ? ": " : "", words);
    }
    log_error("%s", e.text);
    int crashes = 0;
    {
        LOCKED(&g->lock);
        crashes = ++s->crashes;
        s->info.quarantined = crashes >= MOST_CRASHES;
    }
    slot_set_state(g, s, ENGINE_FAILED);
    if (!g->stopping && !s->info.quarantined) { /* until then whoever asks waits */
        s->restart_timer = timer_start(g->o.loop, RESTART_MS << (crashes - 1), 0, restart, s);
    }
    calls_fail(&s->active, &e);
    if (!was_ready || s->info.quarantined) {
        calls_fail(&s->waiting, &e);
        slot_tell_loads(s, false, &e);
    }
}

static void on_exit_(void *ctx, int status, int signum) {
    struct slot *s = ctx;
    struct engine *g = s->g;
    engine_hold(g);
    bool asked = s->ending;
    bool was_ready = s->info.state == ENGINE_READY;
    slot_stop_timers(s);
    call_drop_idle(s);
    s->proc = NULL;
    s->ending = false;
    s->lost = false;
    unlink(s->socket.ptr);
    if (asked) {
        slot_set_state(g, s, ENGINE_STOPPED);
        slot_tell_loads(s, true, NULL);
    } else {
        crashed(g, s, status, signum, was_ready);
    }
    if (s->stale && !g->stopping) {
        s->stale = false;
        engine_rescan(g);
    }
    engine_release(g);
    if (g->stopping) {
        engine_all_stopped(g);
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
        slot_set_state(g, s, ENGINE_READY);
        slot_tell_loads(s, false, NULL);
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
    enum { WORDS = 20 };
    const char *argv[WORDS + SAMPLING_WORDS + 1] = {str_cstr(&a, g->binary),
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
                                                    "off"};
    size_t words = WORDS - 1;
    if (s->info.embeddings) {
        argv[words++] = "--embeddings";
    } else {
        words += sampling_words(&a, &s->info.sampling, argv + words);
    }
    /* Threads that wait for one another sleep: where other programs run, too, those that spin keep
     * the one they wait for from running (docs/measured.md). */
    static const char *const env[] = {"OMP_WAIT_POLICY=passive", NULL};
    struct proc_options po = {.argv = argv,
                              .env_more_opt = env,
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
    engine_hold(s->g);
    slot_set_state(s->g, s, ENGINE_FAILED);
    slot_tell_loads(s, false, &e);
    calls_fail(&s->waiting, &e);
    engine_release(s->g);
}

void slot_start(struct engine *g, struct slot *s) {
    slot_set_state(g, s, ENGINE_STARTING);
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
