/* The daemon's life: start, stop, restart, status. */
#include "base/clock.h"
#include "cli/simple.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>

enum { STOP_MS = 15000 };

static void begin(struct client *c) {
    c->arena = arena_make(1 << 30);
    c->places = places_of(&c->arena);
}

static int start(struct client *c) {
    struct err e = {0};
    if (client_find(c)) {
        fprintf(stderr, "weir: running already on http://127.0.0.1:%d\n", c->port);
        return 0;
    }
    if (!client_start(c, &e)) {
        fprintf(stderr, "weir: %s\n", e.text);
        return 1;
    }
    fprintf(stderr, "weir: running on http://127.0.0.1:%d\n", c->port);
    return 0;
}

static bool daemon_pid(struct client *c, pid_t *pid) {
    struct err e = {0};
    struct str text = {0};
    struct str path = path_join(&c->arena, c->places.runtime, "weir.json");
    if (!file_exists(path.ptr) || !file_read(&c->arena, path.ptr, 64 << 10, &text, &e)) {
        return false;
    }
    int64_t n = 0;
    if (!jval_i64(jval_get(json_parse(&c->arena, text, &JSON_LIMITS, &e), "pid"), &n) || n < 2) {
        return false;
    }
    *pid = (pid_t)n;
    return true;
}

static int stop(struct client *c) {
    pid_t pid = 0;
    if (!client_find(c) || !daemon_pid(c, &pid)) {
        fprintf(stderr, "weir: no daemon is running\n");
        return 0;
    }
    if (kill(pid, SIGTERM) != 0) {
        fprintf(stderr, "weir: cannot stop the daemon (pid %d): %m\n", (int)pid);
        return 1;
    }
    int64_t until = clock_mono_us() + STOP_MS * 1000LL;
    while (kill(pid, 0) == 0 && clock_mono_us() < until) {
        poll(NULL, 0, 20);
    }
    if (kill(pid, 0) == 0) {
        fprintf(stderr, "weir: the daemon (pid %d) still finishes what is under way\n", (int)pid);
        return 1;
    }
    fprintf(stderr, "weir: stopped\n");
    return 0;
}

static int no_options(int argc, char **argv, int (*act)(struct client *c)) {
    struct client c = {0};
    begin(&c);
    struct words w = {0};
    bool ok = options_read(&c.arena, argc, argv, NULL, 0, &w) && simple_words_fit(argv[0], &w, 0);
    int code = ok ? act(&c) : 2;
    client_close(&c);
    return code;
}

static int run_start(int argc, char **argv) {
    return no_options(argc, argv, start);
}
static int run_stop(int argc, char **argv) {
    return no_options(argc, argv, stop);
}
static int restart(struct client *c) {
    int code = stop(c);
    return code ? code : start(c);
}
static int run_restart(int argc, char **argv) {
    return no_options(argc, argv, restart);
}

const struct cli_command CLI_START = {"start", "", "starts the daemon in the background",
                                      "  weir start\n", run_start};
const struct cli_command CLI_STOP = {"stop", "", "stops the daemon; what is under way may finish",
                                     "  weir stop\n", run_stop};
const struct cli_command CLI_RESTART = {"restart", "", "stop, then start", "  weir restart\n",
                                        run_restart};

/* ---- status ---- */

static void show(struct client *c, const struct jval *s) {
    struct arena *a = &c->arena;
    const struct jval *policy = jval_get(s, "policy");
    const struct jval *config = jval_get(s, "config");
    printf("weir " STR_FMT " on " STR_FMT ", up %llds\n", STR_ARG(jval_str(jval_get(s, "version"))),
           STR_ARG(jval_str(jval_get(s, "address"))), (long long)out_number(s, "uptime_s", 0));
    printf("engine     %s\n",
           jval_bool(jval_get(s, "engine"), false) ? "found" : "missing: weir doctor");
    for (struct jiter it = jval_iter(jval_get(s, "models")); jiter_next(&it);) {
        printf("model      " STR_FMT " (" STR_FMT ")\n",
               STR_ARG(jval_str(jval_get(it.value, "name"))),
               STR_ARG(jval_str(jval_get(it.value, "state"))));
    }
    printf("providers  %lld\n", (long long)out_number(s, "providers", 0));
    bool ok = jval_bool(jval_get(policy, "ok"), false);
    printf("policy     " STR_FMT "\n",
           STR_ARG(ok ? str_fmt(a, "preset " STR_FMT, STR_ARG(jval_str(jval_get(policy, "preset"))))
                      : str_fmt(a, "broken, nothing leaves: " STR_FMT,
                                STR_ARG(jval_str(jval_get(policy, "why"))))));
    struct str looser = jval_str(jval_get(policy, "looser"));
    if (looser.len) {
        printf("           " STR_FMT "\n", STR_ARG(looser));
    }
    if (!jval_bool(jval_get(config, "ok"), true)) {
        printf("config     not in force: " STR_FMT "\n",
               STR_ARG(jval_str(jval_get(config, "why"))));
    }
    printf("gate       " STR_FMT "\n", STR_ARG(jval_str(jval_get(s, "gate"))));
    printf("requests   %lld, " STR_FMT " left\n", (long long)out_number(s, "requests", 0),
           STR_ARG(out_size(a, out_number(s, "left_bytes", 0))));
    int64_t waiting = out_number(s, "approvals_pending", 0);
    if (waiting) {
        printf("approvals  %lld waiting: weir approvals\n", (long long)waiting);
    }
}

static bool wait_for(struct client *c, uint64_t n) {
    int64_t until = clock_mono_us() + (int64_t)n * 1000000;
    while (!client_find(c)) {
        if (clock_mono_us() >= until) {
            fprintf(stderr, "weir: no daemon is running; `weir start` starts one\n");
            return false;
        }
        poll(NULL, 0, 20);
    }
    return true;
}

static int run_status(int argc, char **argv) {
    struct client c = {0};
    begin(&c);
    bool line = false;
    struct str wait = {0};
    const struct option o[] = {{"--json", NULL, &c.json, NULL},
                               {"--line", NULL, &line, NULL},
                               {"--wait", NULL, NULL, &wait}};
    struct words w = {0};
    int code = 2;
    uint64_t seconds = 0;
    if (!options_read(&c.arena, argc, argv, o, ARRAY_LEN(o), &w)
        || !simple_words_fit("status", &w, 0)) {
        /* told */
    } else if (wait.len && (!str_to_u64(wait, &seconds) || seconds > 3600)) {
        fprintf(stderr, "weir status: --wait takes a number of seconds, at most 3600\n");
    } else {
        code = 1;
        if (wait_for(&c, seconds)) {
            const struct jval *s = client_get(&c, "GET", STR("/weir/v1/status"), STR(""), &code);
            if (s && line) {
                printf("weir is at " STR_FMT "\n", STR_ARG(jval_str(jval_get(s, "address"))));
            } else if (s && !c.json) {
                show(&c, s);
            }
        }
    }
    client_close(&c);
    return code;
}

const struct cli_command CLI_STATUS = {"status", "[--json] [--line] [--wait SECONDS]",
                                       "whether the daemon runs, and how it is",
                                       "      --line           only the address\n      --wait "
                                       "SECONDS   until it runs\n\n  weir status\n",
                                       run_status};
