/* HTTP over the daemon's Unix socket; one connection per exchange. */
#include "cli/client.h"

#include "base/clock.h"
#include "codec/http1.h"
#include "codec/sse.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

enum { LARGEST_EVENT = 16 << 20, START_MS = 20000 };

static int dial(const struct client *c) {
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if (!c->socket.len || c->socket.len >= sizeof a.sun_path) {
        errno = ENOENT;
        return -1;
    }
    memcpy(a.sun_path, c->socket.ptr, c->socket.len);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) != 0) {
        int keep = errno;
        close(fd);
        errno = keep;
        return -1;
    }
    return fd;
}

bool client_find(struct client *c) {
    struct err e = {0};
    struct str text = {0};
    struct str path = path_join(&c->arena, c->places.runtime, "weir.json");
    if (!file_exists(path.ptr) || !file_read(&c->arena, path.ptr, 64 << 10, &text, &e)) {
        return false;
    }
    const struct jval *v = json_parse(&c->arena, text, &JSON_LIMITS, &e);
    int64_t port = 0;
    c->socket = str_dup(&c->arena, jval_str(jval_get(v, "socket")));
    c->port = jval_i64(jval_get(v, "port"), &port) ? (int)port : 0;
    int fd = dial(c);
    if (fd < 0) {
        return false;
    }
    close(fd);
    return true;
}

/* The daemon in the background: its own session, its log in the state folder. */
static pid_t spawn_daemon(const char *log) {
    pid_t pid = fork();
    if (pid != 0) {
        return pid;
    }
    setsid();
    int null = open("/dev/null", O_RDONLY);
    int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (null < 0 || out < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0) {
        _exit(127);
    }
    execl("/proc/self/exe", "weir", "serve", (char *)NULL);
    _exit(127);
}

/* The last line that the daemon wrote behind `from`, which is why it ended; "" when there is none.
 */
static struct str last_words(struct client *c, const char *log, off_t from) {
    char text[2048];
    int fd = open(log, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : pread(fd, text, sizeof text, from);
    if (fd >= 0) {
        close(fd);
    }
    struct str rest = str_trim((struct str){text, n > 0 ? (size_t)n : 0});
    struct str line = {0};
    while (rest.len) {
        str_cut(rest, '\n', &line, &rest);
    }
    return str_dup(&c->arena, str_starts(line, STR("weir: ")) ? str_sub(line, 6, line.len) : line);
}

bool client_start(struct client *c, struct err *e) {
    TRY(places_make(&c->places, e));
    struct str log = path_join(&c->arena, c->places.state, "daemon.log");
    struct stat before = {0};
    off_t from = stat(log.ptr, &before) == 0 ? before.st_size : 0;
    pid_t pid = spawn_daemon(log.ptr);
    if (pid < 0) {
        return err_set(e, ERR_UNAVAILABLE, "cannot start the daemon: %m");
    }
    int64_t until = clock_mono_us() + START_MS * 1000LL;
    while (clock_mono_us() < until) {
        if (client_find(c)) {
            return true;
        }
        int status = 0;
        if (waitpid(pid, &status, WNOHANG) == pid) {
            struct str why = last_words(c, log.ptr, from);
            return err_set(e, ERR_UNAVAILABLE, "the daemon did not start: " STR_FMT,
                           STR_ARG(why.len ? why : log));
        }
        poll(NULL, 0, 20);
    }
    return err_set(e, ERR_TIMEOUT, "the daemon does not answer; see " STR_FMT, STR_ARG(log));
}

bool client_open(struct client *c) {
    if (!c->arena.limit) {
        c->arena = arena_make(1 << 30);
    }
    signal(SIGPIPE, SIG_IGN);
    c->places = places_of(&c->arena);
    if (client_find(c)) {
        return true;
    }
    struct err e = {0};
    fprintf(stderr, "weir: no daemon is running; starting one\n");
    if (!client_start(c, &e)) {
        fprintf(stderr, "weir: %s\n", e.text);
        return false;
    }
    return true;
}

void client_close(struct client *c) {
    arena_end(&c->arena);
}

/* ---- one exchange ---- */

struct exchange {
    struct arena *a;
    struct reply *out;
    struct buf body;
    bool is_stream, done, stopped;
    struct sse sse;
    bool (*on_data)(void *ctx, struct str event, struct str data);
    void *ctx;
    struct err *e;
};

static bool on_head(void *ctx, const struct http1_head *head) {
    struct exchange *x = ctx;
    x->out->status = head->status;
    x->out->code = str_dup(x->a, http1_header(head, "weir-code"));
    x->out->decision = str_dup(x->a, http1_header(head, "weir-decision"));
    x->is_stream =
        x->on_data && str_starts(http1_header(head, "content-type"), STR("text/event-stream"));
    return true;
}

static bool on_body(void *ctx, struct str piece) {
    struct exchange *x = ctx;
    if (!x->is_stream) {
        return buf_add(&x->body, piece);
    }
    TRY(sse_feed(&x->sse, piece, x->e));
    struct sse_event ev = {0};
    while (!x->stopped && sse_next(&x->sse, &ev)) {
        x->stopped = !x->on_data(x->ctx, ev.event, ev.data);
    }
    return true;
}

static void on_end(void *ctx) {
    ((struct exchange *)ctx)->done = true;
}

static bool send_all(int fd, struct str s, struct err *e) {
    while (s.len) {
        ssize_t n = send(fd, s.ptr, s.len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return err_set(e, ERR_UNAVAILABLE, "the daemon hung up: %m");
        }
        s = str_sub(s, (size_t)n, s.len);
    }
    return true;
}

static bool read_all(int fd, struct http1 *parser, struct exchange *x) {
    char bytes[8192];
    while (!x->done && !x->stopped) {
        ssize_t n = read(fd, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return err_set(x->e, ERR_UNAVAILABLE, "the daemon hung up: %m");
        }
        if (n == 0 && !x->out->status) {
            return err_set(x->e, ERR_UNAVAILABLE,
                           "the daemon ended before it answered; `weir log` says why");
        }
        if (n == 0) {
            return http1_eof(parser, x->e);
        }
        size_t used = 0;
        TRY(http1_feed(parser, (struct str){bytes, (size_t)n}, &used, x->e));
    }
    return true;
}

static bool exchange(struct client *c, const char *method, struct str path, struct str body,
                     struct exchange *x) {
    AUTO_CLOSE int fd = dial(c);
    if (fd < 0) {
        return err_set(x->e, ERR_UNAVAILABLE, "cannot reach the daemon at " STR_FMT ": %m",
                       STR_ARG(c->socket));
    }
    AUTO_BUF head = {0};
    buf_init(&head, 64 << 10);
    buf_addf(&head,
             "%s " STR_FMT " HTTP/1.1\r\nhost: localhost\r\nuser-agent: weir-cli/" WEIR_VERSION
             "\r\nconnection: close\r\n",
             method, STR_ARG(path));
    if (body.len) {
        buf_addf(&head, "content-type: application/json\r\ncontent-length: %zu\r\n", body.len);
    } else if (!str_is(str_of(method), "GET")) {
        buf_add(&head, STR("content-length: 0\r\n"));
    }
    buf_add(&head, STR("\r\n"));
    TRY(send_all(fd, buf_str(&head), x->e));
    TRY(send_all(fd, body, x->e));
    static const struct http1_ops ops = {on_head, on_body, on_end};
    static const struct http1_limits limits = {64 << 10, 128, 512 << 20};
    AUTO(http1) parser = http1_new(HTTP1_RESPONSE, &limits, &ops, x);
    return read_all(fd, parser, x);
}

bool client_stream(struct client *c, struct str path, struct str body,
                   bool (*on_data)(void *ctx, struct str event, struct str data), void *ctx,
                   struct reply *out, struct err *e) {
    *out = (struct reply){0};
    struct exchange x = {.a = &c->arena, .out = out, .on_data = on_data, .ctx = ctx, .e = e};
    buf_init(&x.body, 512 << 20);
    sse_init(&x.sse, LARGEST_EVENT);
    bool ok = exchange(c, body.len ? "POST" : "GET", path, body, &x);
    out->body = str_dup(&c->arena, buf_str(&x.body));
    buf_finish(&x.body);
    sse_finish(&x.sse);
    struct err ignored = {0};
    out->json = out->body.len ? json_parse(&c->arena, out->body, &JSON_LIMITS, &ignored) : NULL;
    return ok;
}

bool client_call(struct client *c, const char *method, struct str path, struct str body,
                 struct reply *out, struct err *e) {
    *out = (struct reply){0};
    struct exchange x = {.a = &c->arena, .out = out, .e = e};
    buf_init(&x.body, 512 << 20);
    bool ok = exchange(c, method, path, body, &x);
    out->body = str_dup(&c->arena, buf_str(&x.body));
    buf_finish(&x.body);
    struct err ignored = {0};
    out->json = out->body.len ? json_parse(&c->arena, out->body, &JSON_LIMITS, &ignored) : NULL;
    return ok;
}

struct str client_error_text(const struct reply *r) {
    struct str text = jval_str(jval_get(jval_get(r->json, "error"), "message"));
    return text.len ? text : STR("the daemon answered with an error");
}

int client_error(const struct reply *r) {
    fprintf(stderr, "weir: " STR_FMT "\n", STR_ARG(client_error_text(r)));
    if (str_is(r->code, "needs_approval")) {
        return 4;
    }
    return r->status == 403 ? 3 : 1;
}

const struct jval *client_get(struct client *c, const char *method, struct str path,
                              struct str body, int *code) {
    struct reply r = {0};
    struct err e = {0};
    *code = 1;
    if (!client_call(c, method, path, body, &r, &e)) {
        fprintf(stderr, "weir: %s\n", e.text);
        return NULL;
    }
    if (r.status >= 400 || !r.json) {
        *code = client_error(&r);
        return NULL;
    }
    *code = 0;
    if (c->json) {
        printf(STR_FMT "\n", STR_ARG(r.body));
    }
    return r.json;
}

/* Once for each run of the daemon, by its pid (POLICY.md 5). */
static void tell_looser(struct client *c, const struct jval *status) {
    struct str text = jval_str(jval_get(jval_get(status, "policy"), "looser"));
    struct str path = path_join(&c->arena, c->places.state, "looser.told");
    struct str run = jval_raw_number(jval_get(status, "pid"));
    struct str told = {0};
    struct err e = {0};
    if (!text.len
        || (file_exists(path.ptr) && file_read(&c->arena, path.ptr, 64, &told, &e)
            && str_eq(told, run))) {
        return;
    }
    fprintf(stderr, "weir: " STR_FMT "\n", STR_ARG(text));
    (void)!file_write(path.ptr, run, 0600, &e); /* else it is said again */
}

void client_tell_problems(struct client *c) {
    struct reply r = {0};
    struct err e = {0};
    if (!client_call(c, "GET", STR("/weir/v1/status"), STR(""), &r, &e) || r.status != 200) {
        return; /* what comes next fails with the reason */
    }
    const struct jval *policy = jval_get(r.json, "policy");
    const struct jval *config = jval_get(r.json, "config");
    if (!jval_bool(jval_get(policy, "ok"), true)) {
        fprintf(stderr, "weir: the policy is broken, nothing leaves: " STR_FMT "\n",
                STR_ARG(jval_str(jval_get(policy, "why"))));
    }
    if (!jval_bool(jval_get(config, "ok"), true)) {
        fprintf(stderr, "weir: weir.toml is not in force, the one before it is: " STR_FMT "\n",
                STR_ARG(jval_str(jval_get(config, "why"))));
    }
    tell_looser(c, r.json);
    if (str_is(jval_str(jval_get(r.json, "gate")), "closed")) {
        fprintf(stderr, "weir: the gate is closed, nothing leaves: weir gate open\n");
    }
}
