/* `weir` is the daemon or a command, by its arguments. Here is the daemon's life: places, loop,
 * hub, server, and their end in the opposite order. */
#include "api/api.h"
#include "base/clock.h"
#include "base/log.h"
#include "cli/cli.h"
#include "codec/json.h"
#include "hub/hub.h"
#include "os/os.h"
#include "server/server.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>

enum { WORKERS = 4, GRACE_MS = 5000 };

struct daemon {
    struct loop *loop;
    struct workers *workers;
    struct hub *hub;
    struct api *api;
    struct server *server;
    struct places places;
    struct arena arena;
    bool stopping;
};

static void workers_ended(void *ctx) {
    struct daemon *d = ctx;
    loop_stop(d->loop);
}

static void hub_stopped(void *ctx) {
    struct daemon *d = ctx;
    workers_end(d->workers, workers_ended, d);
}

static void server_stopped(void *ctx) {
    struct daemon *d = ctx;
    hub_stop(d->hub, hub_stopped, d);
}

static void on_signal(void *arg, int signal) {
    struct daemon *d = arg;
    if (signal == SIGHUP) {
        hub_reload(d->hub);
    } else if (!d->stopping) {
        d->stopping = true;
        log_info("stopping; what is under way may finish for %d s", GRACE_MS / 1000);
        server_stop(d->server, GRACE_MS, server_stopped, d);
    }
}

static struct str discovery_path(struct daemon *d) {
    return path_join(&d->arena, d->places.runtime, "weir.json");
}

/* Where clients of the daemon find it (SURFACE.md 1). */
static bool write_discovery(struct daemon *d, struct err *e) {
    int port = server_port(d->server);
    AUTO_BUF b = {0};
    buf_init(&b, 64 << 10);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_ki64(&j, "pid", getpid());
    jout_ki64(&j, "port", port);
    jout_kstr(&j, "socket", path_join(&d->arena, d->places.runtime, "api.sock"));
    jout_kcstr(&j, "version", WEIR_VERSION);
    jout_kstr(&j, "page", str_fmt(&d->arena, "http://127.0.0.1:%d/", port));
    jout_end_object(&j);
    buf_add_char(&b, '\n');
    return file_write(discovery_path(d).ptr, buf_str(&b), 0600, e);
}

/* One daemon per set of places: the lock lives as long as the process. */
static bool take_lock(struct daemon *d, struct err *e) {
    struct str path = path_join(&d->arena, d->places.state, "lock");
    int fd = open(path.ptr, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        return err_set(e, ERR_STORAGE, "cannot write " STR_FMT ": %m", STR_ARG(path));
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        return err_set(
            e, ERR_CONFLICT,
            "a weir daemon runs here already: `weir status` shows it, `weir stop` ends it");
    }
    return true;
}

static bool start_server(struct daemon *d, int port, struct err *e) {
    struct hub_listen l = {0};
    hub_listen(d->hub, &d->arena, &l);
    struct str socket = path_join(&d->arena, d->places.runtime, "api.sock");
    struct server_options o = {.loop = d->loop,
                               .api = d->api,
                               .listen = l.listen,
                               .listen_count = l.listen_count,
                               .port = port >= 0 ? port : l.port,
                               .unix_path = socket.ptr,
                               .hosts = l.hosts,
                               .host_count = l.host_count,
                               .origins = l.origins,
                               .origin_count = l.origin_count,
                               .body_bytes = (size_t)l.body_bytes};
    TRY(server_new(&o, &d->server, e));
    hub_bound(d->hub, server_port(d->server));
    return write_discovery(d, e);
}

static bool signals(struct daemon *d, struct err *e) {
    static const int list[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < ARRAY_LEN(list); i++) {
        TRY(loop_on_signal(d->loop, list[i], on_signal, d, e));
    }
    return true;
}

/* Port and addresses stay as they were taken; weir doctor says when weir.toml wants others. */
static void on_reloaded(void *ctx) {
    struct daemon *d = ctx;
    struct arena a = arena_make(8 << 20);
    struct hub_listen l = {0};
    hub_listen(d->hub, &a, &l);
    server_adjust(d->server, l.hosts, l.host_count, l.origins, l.origin_count,
                  (size_t)l.body_bytes);
    arena_end(&a);
}

static bool run(struct daemon *d, int port, int64_t started_us, struct err *e) {
    struct hub_options o = {.loop = d->loop,
                            .workers = d->workers,
                            .places = d->places,
                            .started_us = started_us,
                            .read = api_read_chat,
                            .reloaded = on_reloaded,
                            .ctx = d};
    TRY(hub_new(&o, &d->hub, e));
    d->api = api_new(d->hub);
    TRY(start_server(d, port, e));
    TRY(signals(d, e));
    log_info("weir " WEIR_VERSION " on http://127.0.0.1:%d after %lld ms", server_port(d->server),
             (long long)((clock_mono_us() - started_us) / 1000));
    loop_run(d->loop);
    unlink(discovery_path(d).ptr);
    return true;
}

/* "--port N" or "--port=N" */
static bool read_port(int argc, char **argv, int *i, int *port) {
    struct str word = str_of(argv[*i]);
    struct str value = {0};
    uint64_t n = 0;
    if (word.len > 6) {
        value = str_sub(word, 7, word.len);
    } else if (*i + 1 < argc) {
        value = str_of(argv[++*i]);
    }
    if (!str_to_u64(value, &n) || n > 65535) {
        fprintf(stderr, "weir serve: --port takes a number from 0 (any free one) to 65535\n");
        return false;
    }
    *port = (int)n;
    return true;
}

static bool arguments(int argc, char **argv, int *port) {
    for (int i = 1; i < argc; i++) {
        struct str word = str_of(argv[i]);
        if (str_is(word, "--port") || str_starts(word, STR("--port="))) {
            TRY(read_port(argc, argv, &i, port));
        } else if (str_is(str_of(argv[i]), "--debug")) {
            log_level_set(LOG_DEBUG);
        } else {
            fprintf(stderr,
                    "weir serve: I do not know `%s`; there are --port N (0: any free one) and "
                    "--debug\n",
                    argv[i]);
            return false;
        }
    }
    return true;
}

static int serve(int argc, char **argv) {
    int64_t started_us = clock_mono_us();
    int port = -1;
    if (!arguments(argc, argv, &port)) {
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    struct daemon d = {.arena = arena_make(8 << 20)};
    struct err e = {0};
    d.places = places_of(&d.arena);
    int code = 0;
    if (!places_make(&d.places, &e) || !take_lock(&d, &e)) {
        fprintf(stderr, "weir: %s\n", e.text);
        arena_end(&d.arena);
        return 1;
    }
    d.loop = loop_new();
    d.workers = workers_new(d.loop, WORKERS);
    if (!run(&d, port, started_us, &e)) {
        fprintf(stderr, "weir: %s\n", e.text);
        code = 1;
    }
    workers_free(d.workers);
    server_free(d.server);
    if (d.api) {
        api_free(d.api);
    }
    hub_free(d.hub);
    loop_free(d.loop);
    arena_end(&d.arena);
    return code;
}

int main(int argc, char **argv) {
    return cli_main(argc, argv, serve);
}
