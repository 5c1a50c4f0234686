/* The server as a whole: what it listens on, whom it lets in, its clock, its end. */
#include "base/log.h"
#include "server/conn.h"
#include "server/listen.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum {
    LOOK_SOON_MS = 10,
    SWEEP_MOST_MS = 1000,
    SWEEP_LEAST_MS = 5,
    COMPLAIN_EVERY_MS = 10000,
    SCRATCH_BYTES = 1 << 20,
};

/* ---- the loop's turns ---- */

void server_ready(struct conn *c) {
    struct server *s = c->server;
    if (!c->is_ready && c->state != CONN_CLOSED) {
        c->is_ready = true;
        c->next_ready = s->ready;
        s->ready = c;
    }
}

/* Before the loop sleeps: what waited to be done or sent. */
static void on_prepare(uv_prepare_t *p) {
    struct server *s = p->data;
    while (s->ready) {
        struct conn *c = s->ready;
        s->ready = c->next_ready;
        c->is_ready = false;
        conn_ready(c);
    }
    reply_flush(s);
}

static void on_sweep(void *arg) {
    struct server *s = arg;
    struct conn *next = NULL;
    int64_t now = (int64_t)uv_now(s->uv);
    for (struct conn *c = s->conns; c; c = next) {
        next = c->next;
        conn_sweep(c, now);
    }
    if (!s->conns) {
        timer_stop(s->sweep);
        s->sweep = NULL;
    }
}

static void start_sweep(struct server *s) {
    const struct server_options *o = &s->limits;
    int64_t least = o->head_timeout_ms;
    least = o->body_timeout_ms < least ? o->body_timeout_ms : least;
    least = o->idle_timeout_ms < least ? o->idle_timeout_ms : least;
    least = o->stall_timeout_ms < least ? o->stall_timeout_ms : least;
    int64_t every = least / 4;
    every = every > SWEEP_MOST_MS ? SWEEP_MOST_MS : every;
    every = every < SWEEP_LEAST_MS ? SWEEP_LEAST_MS : every;
    if (!s->sweep) {
        s->sweep = timer_start(s->loop, every, every, on_sweep, s);
    }
}

static void on_look(void *arg) {
    struct server *s = arg;
    struct conn *next = NULL;
    timer_stop(s->soon);
    s->soon = NULL;
    for (struct conn *c = s->conns; c; c = next) {
        next = c->next;
        if (c->has_eof && c->state == CONN_BUSY) {
            int64_t now = (int64_t)uv_now(s->uv);
            conn_sweep(c, now);
        }
    }
}

/* A program that closes its socket is seen leaving in two steps; between them it looks half-closed.
 */
void server_look_soon(struct server *s) {
    if (!s->soon) {
        s->soon = timer_start(s->loop, LOOK_SOON_MS, 0, on_look, s);
    }
}

/* ---- accepting ---- */

static void complain(struct server *s, const char *what) {
    int64_t now = (int64_t)uv_now(s->uv);
    if (s->complained_at == 0 || now - s->complained_at >= COMPLAIN_EVERY_MS) {
        s->complained_at = now;
        log_warn("%s", what);
    }
}

/* The connection that has been idle longest makes room. */
static bool close_an_idle(struct server *s) {
    struct conn *oldest = NULL;
    for (struct conn *c = s->conns; c; c = c->next) {
        bool idle = c->state == CONN_IDLE && c->ahead.len == 0;
        if (idle && (!oldest || c->since < oldest->since)) {
            oldest = c;
        }
    }
    if (oldest) {
        conn_close(oldest);
    }
    return oldest != NULL;
}

static void turn_away(struct conn *c) {
    complain(c->server, "too many connections; new ones are turned away");
    c->peek_len = 0;
    c->keep = false;
    c->cors = NULL;
    refuse(c, 503, NULL, "too many connections; try again soon");
    refuse_send(c, STR(""), false);
}

static void on_connection(uv_stream_t *stream, int status) {
    struct listener *l = stream->data;
    struct server *s = l->server;
    if (status < 0) {
        complain(s, "cannot accept a connection; is the limit of open files reached?");
        return;
    }
    bool is_full = s->conn_count >= s->limits.connections && !close_an_idle(s);
    struct conn *c = calloc(1, sizeof *c);
    if (!c) {
        abort();
    }
    c->server = s;
    if (l->is_unix) {
        uv_pipe_init(s->uv, &c->uv.pipe, 0);
    } else {
        uv_tcp_init(s->uv, &c->uv.tcp);
    }
    c->uv.handle.data = c;
    c->next = s->conns;
    if (c->next) {
        c->next->prev = c;
    }
    s->conns = c;
    s->conn_count++;
    s->open_handles++;
    start_sweep(s);
    if (uv_accept(stream, &c->uv.stream) != 0) {
        conn_close(c);
        return;
    }
    if (!l->is_unix) {
        uv_tcp_nodelay(&c->uv.tcp, 1);
    }
    if (!conn_begin(c)) {
        conn_close(c);
    } else if (is_full) {
        turn_away(c);
    }
}

/* ---- start ---- */

static void on_listener_closed(uv_handle_t *h) {
    struct listener *l = h->data;
    server_handle_closed(l->server);
}

/* Connections may hold what was there before, so it stays; the same list is not copied again. */
static void copy_strings(struct server *s, const struct str *from, size_t n, const struct str **to,
                         size_t *count) {
    bool same = n == *count;
    for (size_t i = 0; same && i < n; i++) {
        same = str_eq((*to)[i], from[i]);
    }
    if (same) {
        return;
    }
    struct str *list = arena_array(&s->memory, struct str, n + 1);
    for (size_t i = 0; i < n; i++) {
        list[i] = str_dup(&s->memory, from[i]);
    }
    *to = list;
    *count = n;
}

static void fill_limits(struct server *s, const struct server_options *o) {
    struct server_options *l = &s->limits;
    *l = *o;
    l->body_bytes = o->body_bytes ? o->body_bytes : HTTP1_LIMITS.body_bytes;
    l->connections = o->connections ? o->connections : 4096;
    l->head_timeout_ms = o->head_timeout_ms ? o->head_timeout_ms : 10000;
    l->body_timeout_ms = o->body_timeout_ms ? o->body_timeout_ms : 60000;
    l->idle_timeout_ms = o->idle_timeout_ms ? o->idle_timeout_ms : 75000;
    l->stall_timeout_ms = o->stall_timeout_ms ? o->stall_timeout_ms : 120000;
}

/* A stream needs two descriptors; the usual soft limit of 1,024 is for programs that call select.
 */
static void raise_file_limit(size_t connections) {
    struct rlimit r = {0};
    if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < connections * 2 + 256) {
        r.rlim_cur = r.rlim_max;
        setrlimit(RLIMIT_NOFILE, &r);
    }
}

static bool start_listener(struct server *s, int fd, bool is_unix, struct err *e) {
    struct listener *l = &s->listeners[s->listener_count++];
    int rc = 0;
    l->server = s;
    l->is_unix = is_unix;
    if (is_unix) {
        uv_pipe_init(s->uv, &l->uv.pipe, 0);
        rc = uv_pipe_open(&l->uv.pipe, fd);
    } else {
        uv_tcp_init(s->uv, &l->uv.tcp);
        rc = uv_tcp_open(&l->uv.tcp, fd);
    }
    l->uv.handle.data = l;
    s->open_handles++;
    if (rc != 0) {
        close(fd);
    } else {
        rc = uv_listen(&l->uv.stream, 4096, on_connection);
    }
    return rc == 0 || err_set(e, ERR_UNAVAILABLE, "cannot listen: %s", uv_strerror(rc));
}

static void note_socket_file(struct server *s, const char *path) {
    struct stat st = {0};
    if (lstat(path, &st) == 0) {
        s->unix_path = str_cstr(&s->memory, str_of(path));
        s->unix_inode = st.st_ino;
    }
}

/* Everything that can be taken by somebody else comes first, before anything is in the loop. */
static bool start(struct server *s, const struct server_options *o, int *fds, struct err *e) {
    size_t tcp = 0;
    int unix_fd = -1;
    TRY(listen_tcp(o->listen, o->listen_count, &s->port, fds, &tcp, e));
    if (o->unix_path && !listen_unix(o->unix_path, &unix_fd, e)) {
        for (size_t i = 0; i < tcp; i++) {
            close(fds[i]);
        }
        return false;
    }
    if (o->unix_path) {
        note_socket_file(s, o->unix_path);
    }
    uv_prepare_init(s->uv, &s->prepare);
    s->prepare.data = s;
    s->prepare_is_open = true;
    uv_prepare_start(&s->prepare, on_prepare);
    uv_unref((uv_handle_t *)&s->prepare);
    for (size_t i = 0; i < tcp; i++) {
        TRY(start_listener(s, fds[i], false, e));
    }
    return unix_fd < 0 || start_listener(s, unix_fd, true, e);
}

bool server_new(const struct server_options *o, struct server **out, struct err *e) {
    AUTO(server) s = calloc(1, sizeof *s);
    if (!s) {
        abort();
    }
    s->loop = o->loop;
    s->uv = loop_uv(o->loop);
    s->api = o->api;
    s->port = o->port;
    s->memory = arena_make(SIZE_MAX);
    buf_init(&s->scratch, SCRATCH_BYTES);
    peer_lookup_init(&s->lookup);
    copy_strings(s, o->hosts, o->host_count, &s->edge.hosts, &s->edge.host_count);
    copy_strings(s, o->origins, o->origin_count, &s->edge.origins, &s->edge.origin_count);
    fill_limits(s, o);
    raise_file_limit(s->limits.connections);
    signal(SIGPIPE, SIG_IGN); /* a write to a client that has left is an error, not the end */
    s->listeners = arena_array(&s->memory, struct listener, o->listen_count + 1);
    int *fds = arena_array(&s->memory, int, o->listen_count + 1);
    TRY(start(s, o, fds, e));
    *out = TAKE(s);
    return true;
}

void server_adjust(struct server *s, const struct str *hosts, size_t host_count,
                   const struct str *origins, size_t origin_count, size_t body_bytes) {
    copy_strings(s, hosts, host_count, &s->edge.hosts, &s->edge.host_count);
    copy_strings(s, origins, origin_count, &s->edge.origins, &s->edge.origin_count);
    s->limits.body_bytes = body_bytes;
}

int server_port(const struct server *s) {
    return s->port;
}

/* ---- end ---- */

static void on_prepare_closed(uv_handle_t *h) {
    struct server *s = h->data;
    void (*stopped)(void *) = s->stopped;
    s->prepare_is_open = false;
    s->stopped = NULL;
    if (stopped) {
        stopped(s->stopped_ctx);
    }
}

static void close_prepare(struct server *s) {
    if (s->prepare_is_open && !uv_is_closing((uv_handle_t *)&s->prepare)) {
        uv_close((uv_handle_t *)&s->prepare, on_prepare_closed);
    }
}

void server_handle_closed(struct server *s) {
    s->open_handles--;
    if (s->stopping && s->open_handles == 0) {
        timer_stop(TAKE(s->grace));
        timer_stop(TAKE(s->sweep));
        timer_stop(TAKE(s->soon));
        close_prepare(s);
    }
}

static void close_listeners(struct server *s) {
    struct stat st = {0};
    if (s->unix_path && lstat(s->unix_path, &st) == 0 && st.st_ino == s->unix_inode) {
        unlink(s->unix_path); /* unless another daemon has put its own there */
    }
    s->unix_path = NULL;
    for (size_t i = 0; i < s->listener_count; i++) {
        if (!uv_is_closing(&s->listeners[i].uv.handle)) {
            uv_close(&s->listeners[i].uv.handle, on_listener_closed);
        }
    }
}

static void end_all(void *arg) {
    struct server *s = arg;
    struct conn *next = NULL;
    timer_stop(TAKE(s->grace));
    for (struct conn *c = s->conns; c; c = next) {
        next = c->next;
        conn_gone(c);
    }
}

void server_stop(struct server *s, int64_t grace_ms, void (*stopped)(void *ctx), void *ctx) {
    struct conn *next = NULL;
    s->stopping = true;
    s->stopped = stopped;
    s->stopped_ctx = ctx;
    s->open_handles++; /* this call itself: the end must not come before it returns */
    close_listeners(s);
    for (struct conn *c = s->conns; c; c = next) {
        next = c->next;
        if (c->state == CONN_IDLE && c->ahead.len == 0) {
            conn_close(c);
        } else if (c->state == CONN_BUSY && c->is_get && c->has_head && c->length < 0) {
            conn_gone(c); /* somebody who watches: that would never end by itself */
        }
    }
    if (grace_ms <= 0) {
        end_all(s);
    } else if (s->conns) {
        s->grace = timer_start(s->loop, grace_ms, 0, end_all, s);
    }
    server_handle_closed(s);
}

void server_free(struct server *s) {
    if (!s) {
        return;
    }
    if (s->prepare_is_open) { /* never stopped, or the start failed halfway */
        s->stopped = NULL;
        server_stop(s, 0, NULL, NULL);
        while (s->prepare_is_open) {
            uv_run(s->uv, UV_RUN_NOWAIT);
        }
    }
    request_free_parsers(s);
    peer_lookup_finish(&s->lookup);
    buf_finish(&s->scratch);
    arena_end(&s->memory);
    free(s);
}
