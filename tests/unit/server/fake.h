/* A server on a loop thread of its own with a scripted api behind it, and blocking clients for the
 * test's thread. Nothing waits for time: the test waits for what it asked for, at most 20 s.
 *
 *   /v1/echo     says what arrived            /v1/hold     answers when fake_answer() is called
 *   /v1/stream   a stream, fed by fake_emit() /v1/big      as many bytes as the query says
 *   /weir/v1/own an owner's route */
#pragma once

/* clang-format off: in this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
/* clang-format on */

#include "api/api.h"
#include "base/buf.h"
#include "os/os.h"
#include "server/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

struct api_call {
    struct api_responder r;
    struct arena *arena;
    struct api_call *next;
};

static struct {
    struct loop *loop;
    struct server *server;
    pthread_t thread;
    int port;
    char unix_path[108];
    char dir[64];
    struct api_call *call; /* the newest that waits; loop thread only */
    sem_t called, gone, drained, done;
    atomic_int served;
    size_t queued; /* what data() said last */
} fake;

/* ---- the api ---- */

static void arena_drop(struct arena *a) {
    arena_end(a);
    free(a);
}

struct str api_error_body(struct arena *a, struct str path, int status, const char *code_opt,
                          struct str message, struct str request_id) {
    assert_true(request_id.len > 0);
    return str_fmt(a,
                   "{\"shape\":\"%s\",\"status\":%d,\"code\":\"%s\",\"message\":\"" STR_FMT "\"}",
                   str_starts(path, STR("/api/")) ? "ollama" : "openai", status,
                   code_opt ? code_opt : "", STR_ARG(message));
}

bool api_is_dialect_route(struct str path) {
    return str_starts(path, STR("/v1/")) || str_starts(path, STR("/api/"));
}

struct str api_allow(struct arena *a, struct str path) {
    static const char *const POSTS[] = {"/v1/hold", "/v1/stream", "/api/chat"};
    for (size_t i = 0; i < ARRAY_LEN(POSTS); i++) {
        if (str_is(path, POSTS[i])) {
            return str_dup(a, STR("POST, OPTIONS"));
        }
    }
    if (str_is(path, "/v1/echo") || str_is(path, "/weir/v1/own")) {
        return str_dup(a, STR("GET, HEAD, POST, OPTIONS"));
    }
    if (str_is(path, "/v1/big") || str_is(path, "/v1/events")) {
        return str_dup(a, STR("GET, HEAD, OPTIONS"));
    }
    return (struct str){0};
}

static struct str header_of(const struct api_request *rq, const char *name) {
    for (size_t i = 0; i < rq->header_count; i++) {
        if (str_ieq(rq->headers[i].name, str_of(name))) {
            return rq->headers[i].value;
        }
    }
    return STR("-");
}

static void plain(struct api_responder r, int status, struct str body) {
    struct http_header h[] = {{STR("Content-Type"), STR("text/plain")}};
    r.head(r.ctx, status, h, 1, (int64_t)body.len);
    r.data(r.ctx, body);
    r.end(r.ctx);
}

static void echo(const struct api_request *rq, struct api_responder r) {
    uint64_t sum = 0;
    for (size_t i = 0; i < rq->body.len; i++) {
        sum = sum * 31 + (unsigned char)rq->body.ptr[i];
    }
    plain(r, 200,
          str_fmt(rq->arena,
                  STR_FMT " " STR_FMT " ?" STR_FMT
                          " body=%zu sum=%llu owner=%d local=%d origin=" STR_FMT " x=" STR_FMT "\n",
                  STR_ARG(rq->method), STR_ARG(rq->path), STR_ARG(rq->query), rq->body.len,
                  (unsigned long long)sum, rq->peer.is_owner, rq->peer.is_local,
                  STR_ARG(rq->origin), STR_ARG(header_of(rq, "x-test"))));
}

static void big(const struct api_request *rq, struct api_responder r) {
    uint64_t n = 0;
    assert_true(str_to_u64(rq->query, &n));
    char *p = arena_alloc(rq->arena, n);
    memset(p, 'b', n);
    plain(r, 200, (struct str){p, n});
}

struct api_call *api_serve(struct api *a, const struct api_request *rq, struct api_responder r) {
    (void)a;
    struct arena *arena = rq->arena;
    atomic_fetch_add(&fake.served, 1);
    bool is_stream = str_is(rq->path, "/v1/stream") || str_is(rq->path, "/v1/events");
    if (!is_stream && !str_is(rq->path, "/v1/hold")) {
        if (str_is(rq->path, "/v1/big")) {
            big(rq, r);
        } else {
            echo(rq, r);
        }
        arena_drop(arena);
        return NULL;
    }
    struct api_call *c = calloc(1, sizeof *c);
    assert_non_null(c);
    *c = (struct api_call){.r = r, .arena = arena, .next = fake.call};
    fake.call = c;
    if (is_stream) {
        struct http_header h[] = {{STR("Content-Type"), STR("text/event-stream")}};
        r.head(r.ctx, 200, h, 1, -1);
    }
    sem_post(&fake.called);
    return c;
}

static void call_drop(struct api_call *c) {
    struct api_call **at = &fake.call;
    while (*at != c) {
        at = &(*at)->next;
    }
    *at = c->next;
    arena_drop(c->arena);
    free(c);
}

void api_gone(struct api_call *c) {
    call_drop(c);
    sem_post(&fake.gone);
}

void api_drained(struct api_call *c) {
    (void)c;
    sem_post(&fake.drained);
}

/* ---- told to the api by the test ---- */

UNUSED static void await(sem_t *s) {
    struct timespec t = {0};
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_sec += 20;
    while (sem_timedwait(s, &t) != 0) {
        assert_int_equal(errno, EINTR);
    }
}

static void do_emit(void *arg) {
    struct str *s = arg;
    fake.queued = fake.call->r.data(fake.call->r.ctx, *s);
    sem_post(&fake.done);
}
static void do_end(void *arg) {
    (void)arg;
    struct api_call *c = fake.call;
    c->r.end(c->r.ctx);
    call_drop(c);
    sem_post(&fake.done);
}
static void do_abort(void *arg) {
    (void)arg;
    struct api_call *c = fake.call;
    c->r.abort(c->r.ctx);
    call_drop(c);
    sem_post(&fake.done);
}
static void do_answer(void *arg) {
    (void)arg;
    struct api_call *c = fake.call;
    plain(c->r, 200, STR("held\n"));
    call_drop(c);
    sem_post(&fake.done);
}
/* With the api: on the newest call, on the loop thread; back when it is done. */
UNUSED static void fake_emit(const char *text) {
    struct str s = str_of(text);
    loop_post(fake.loop, do_emit, &s);
    await(&fake.done);
}
UNUSED static void fake_emit_str(struct str s) {
    loop_post(fake.loop, do_emit, &s);
    await(&fake.done);
}
UNUSED static void fake_end(void) {
    loop_post(fake.loop, do_end, NULL);
    await(&fake.done);
}
UNUSED static void fake_abort(void) {
    loop_post(fake.loop, do_abort, NULL);
    await(&fake.done);
}
UNUSED static void fake_answer(void) {
    loop_post(fake.loop, do_answer, NULL);
    await(&fake.done);
}

/* ---- start and stop ---- */

static void *run_loop(void *arg) {
    loop_run(arg);
    return NULL;
}

static const struct str LISTEN[] = {STR_INIT("127.0.0.1"), STR_INIT("::1")};
static const struct str HOSTS[] = {STR_INIT("desk.example")};
static const struct str ORIGINS[] = {STR_INIT("https://app.example"),
                                     STR_INIT("http://localhost:3000")};

static struct server_options fake_options(void) {
    return (struct server_options){.loop = fake.loop,
                                   .listen = LISTEN,
                                   .listen_count = 2,
                                   .unix_path = fake.unix_path,
                                   .hosts = HOSTS,
                                   .host_count = 1,
                                   .origins = ORIGINS,
                                   .origin_count = 2,
                                   .body_bytes = 4 << 20};
}

static void fake_prepare(void) {
    memset(&fake, 0, sizeof fake);
    sem_init(&fake.called, 0, 0);
    sem_init(&fake.gone, 0, 0);
    sem_init(&fake.drained, 0, 0);
    sem_init(&fake.done, 0, 0);
    memcpy(fake.dir, "/tmp/weir-server-XXXXXX", 24);
    assert_non_null(mkdtemp(fake.dir));
    snprintf(fake.unix_path, sizeof fake.unix_path, "%s/api.sock", fake.dir);
    fake.loop = loop_new();
}

static void fake_start_with(const struct server_options *o) {
    struct err e = {0};
    if (!server_new(o, &fake.server, &e)) {
        fail_msg("%s", e.text);
    }
    fake.port = server_port(fake.server);
    assert_int_equal(pthread_create(&fake.thread, NULL, run_loop, fake.loop), 0);
}

UNUSED static int fake_start(void **state) {
    (void)state;
    fake_prepare();
    struct server_options o = fake_options();
    fake_start_with(&o);
    return 0;
}

static void on_stopped(void *ctx) {
    (void)ctx;
    loop_stop(fake.loop);
    sem_post(&fake.done);
}
static void do_stop(void *arg) {
    server_stop(fake.server, *(int64_t *)arg, on_stopped, NULL);
}

static void fake_clean(void) {
    server_free(fake.server);
    loop_free(fake.loop);
    unlink(fake.unix_path);
    rmdir(fake.dir);
}

UNUSED static int fake_stop(void **state) {
    (void)state;
    static int64_t grace; /* 0 */
    loop_post(fake.loop, do_stop, &grace);
    await(&fake.done);
    pthread_join(fake.thread, NULL);
    fake_clean();
    return 0;
}

/* ---- clients ---- */

static void set_deadline(int fd) {
    struct timeval t = {.tv_sec = 20};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t);
}

UNUSED static int dial(void) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)fake.port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    set_deadline(fd);
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    return fd;
}

UNUSED static int dial_unix(void) {
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    memcpy(a.sun_path, fake.unix_path, strlen(fake.unix_path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    set_deadline(fd);
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    return fd;
}

static void say_str(int fd, struct str s) {
    while (s.len) {
        ssize_t n = send(fd, s.ptr, s.len, MSG_NOSIGNAL);
        assert_true(n > 0);
        s = str_sub(s, (size_t)n, s.len);
    }
}
UNUSED static void say(int fd, const char *text) {
    say_str(fd, str_of(text));
}

/* One answer: bytes up to the end that its framing says, as they came. */
struct answer {
    char *text; /* NUL-terminated; all of it */
    size_t len;
    int status;
    char *body; /* behind the head, chunks joined */
    size_t body_len;
    bool was_cut; /* the connection ended first */
    size_t reads; /* how many recv calls it took */
};

static void answer_drop(struct answer *a) {
    free(a->text);
    free(a->body);
}
#define AUTO_ANSWER CLEANUP(answer_drop) struct answer

static bool more(int fd, struct answer *a) {
    a->text = realloc(a->text, a->len + 65537);
    assert_non_null(a->text);
    ssize_t n = recv(fd, a->text + a->len, 65536, 0);
    if (n < 0 && errno != ECONNRESET) {
        fail_msg("no answer: errno %d", errno);
    }
    a->reads++;
    a->len += n > 0 ? (size_t)n : 0;
    a->text[a->len] = 0;
    return n > 0;
}

static const char *find_header(const struct answer *a, const char *name) {
    size_t n = strlen(name);
    for (const char *p = strstr(a->text, "\r\n"); p && p[2] != '\r'; p = strstr(p + 2, "\r\n")) {
        if (strncasecmp(p + 2, name, n) == 0 && p[2 + n] == ':') {
            return p + 2 + n + 2;
        }
    }
    return NULL;
}

static bool header_is(const struct answer *a, const char *name, const char *value) {
    const char *p = find_header(a, name);
    return p && strncmp(p, value, strlen(value)) == 0 && p[strlen(value)] == '\r';
}

static bool read_chunks(int fd, struct answer *a, size_t at) {
    for (;;) {
        const char *eol = NULL;
        while (!(eol = strstr(a->text + at, "\r\n"))) {
            if (!more(fd, a)) {
                return false;
            }
        }
        size_t size = strtoul(a->text + at, NULL, 16);
        at = (size_t)(eol - a->text) + 2;
        while (a->len < at + size + 2) {
            if (!more(fd, a)) {
                return false;
            }
        }
        a->body = realloc(a->body, a->body_len + size + 1);
        assert_non_null(a->body);
        memcpy(a->body + a->body_len, a->text + at, size);
        a->body_len += size;
        a->body[a->body_len] = 0;
        at += size + 2;
        if (size == 0) {
            return true;
        }
    }
}

/* Reads one answer; `kept` holds what was read of the next, if the client pipelines. */
static struct answer hear_method(int fd, bool is_head, struct buf *kept_opt) {
    struct answer a = {.text = calloc(1, 1)};
    assert_non_null(a.text);
    if (kept_opt && kept_opt->len) {
        a.text = realloc(a.text, kept_opt->len + 1);
        assert_non_null(a.text);
        memcpy(a.text, kept_opt->ptr, kept_opt->len);
        a.len = kept_opt->len;
        a.text[a.len] = 0;
        buf_clear(kept_opt);
    }
    const char *end = NULL;
    while (!(end = strstr(a.text, "\r\n\r\n"))) {
        if (!more(fd, &a)) {
            a.was_cut = true;
            return a;
        }
    }
    size_t at = (size_t)(end - a.text) + 4;
    assert_int_equal(sscanf(a.text, "HTTP/1.1 %d ", &a.status), 1);
    const char *length = find_header(&a, "content-length");
    if (is_head || a.status == 204 || a.status == 100) {
        a.body_len = 0;
    } else if (find_header(&a, "transfer-encoding")) {
        a.was_cut = !read_chunks(fd, &a, at);
        return a;
    } else {
        a.body_len = length ? strtoul(length, NULL, 10) : SIZE_MAX / 2;
    }
    while (a.len < at + a.body_len && more(fd, &a)) {
    }
    a.was_cut = length && a.len < at + a.body_len;
    size_t have = a.len - at < a.body_len ? a.len - at : a.body_len;
    a.body = calloc(1, have + 1);
    assert_non_null(a.body);
    memcpy(a.body, a.text + at, have);
    a.body_len = have;
    if (kept_opt) {
        buf_add(kept_opt, (struct str){a.text + at + have, a.len - at - have});
    } else {
        assert_int_equal(a.len, at + have); /* nothing behind the answer */
    }
    return a;
}
UNUSED static struct answer hear(int fd) {
    return hear_method(fd, false, NULL);
}

/* True when the server has closed its side and sent nothing before. */
UNUSED static bool is_closed(int fd) {
    char byte = 0;
    return recv(fd, &byte, 1, 0) <= 0;
}

/* A request with Host, and the answer to it, on a connection of its own. */
UNUSED static struct answer ask(const char *request) {
    int fd = dial();
    say(fd, request);
    struct answer a = hear(fd);
    close(fd);
    return a;
}
