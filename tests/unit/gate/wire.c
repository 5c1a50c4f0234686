/* The wire against a real (local) provider: what leaves, what comes back, and what curl must not do
 * by itself. */
#include "fixture.h"
#include "provider.h"

static int setup(void **state) {
    struct fixture *f = malloc(sizeof *f);
    fixture_start(f);
    fixture_set_policy(f, "preset = \"cloud-first\"\n");
    *state = f;
    return 0;
}

static int teardown(void **state) {
    fixture_end(*state);
    free(*state);
    return 0;
}

static const struct jval *newest(struct fixture *f) {
    return jval_at(fixture_rows(f), 0);
}

static void sends_exactly_the_body(void **state) {
    struct fixture *f = *state;
    struct provider p = {0};
    provider_start(&p);
    struct gate_target t = fixture_target(f, p.port);
    const struct http_pair headers[] = {{STR_INIT("x-team"), STR_INIT("blue")}};
    t.headers = headers;
    t.header_count = 1;
    setenv("WEIR_TEST_KEY", "sk-test-1234567890", 1);
    t.key = (struct secret_ref){.source = SECRET_ENV, .env = "WEIR_TEST_KEY"};
    struct gate_order o =
        fixture_order(f, &t, "{\"model\":\"gpt-5.2\",\"x\":\"\\u0000 \xc3\xa4\"}");
    struct call c;
    call_whole(&c, f, &o);
    assert_false(c.failed);
    assert_int_equal(c.status, 200);
    assert_true(str_is(buf_str(&c.data), "{\"ok\":true}"));
    assert_non_null(strstr(c.headers, "content-type: application/json"));
    assert_int_equal(p.count, 1);
    const struct provider_request *rq = &p.records[0];
    assert_true(str_eq((struct str){rq->body, rq->body_len}, o.body));
    assert_ptr_equal(strstr(rq->head, "POST /v1/chat/completions HTTP/1.1\r\n"), rq->head);
    assert_non_null(strcasestr(rq->head, "\r\nauthorization: Bearer sk-test-1234567890"));
    assert_non_null(strcasestr(rq->head, "\r\nx-team: blue"));
    assert_non_null(strcasestr(rq->head, "\r\ncontent-type: application/json"));
    assert_null(strcasestr(rq->head, "\r\nexpect:"));
    assert_null(strcasestr(rq->head, "\r\naccept-encoding:"));
    assert_null(strcasestr(rq->head, "\r\ncookie:"));
    const struct jval *row = newest(f);
    char hex[65];
    sha256_hex(&rq->hash, hex);
    assert_member(row, "sha256", hex);
    assert_member(row, "result", "ok");
    assert_member(row, "host", "127.0.0.1");
    assert_int_equal(member_int(row, "bytes"), rq->body_len);
    assert_int_equal(member_int(row, "bytes_in"), 11);
    assert_int_equal(member_int(row, "status"), 200);
    call_finish(&c);
    provider_stop(&p);
}

static void big_bodies_arrive_whole(void **state) {
    struct fixture *f = *state;
    struct provider p = {0};
    provider_start(&p);
    struct gate_target t = fixture_target(f, p.port);
    static const size_t sizes[] = {0, 1, 4095, 4096, 4097, 65536, 3000001};
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        char *body = arena_alloc(&f->arena, sizes[i] + 1);
        for (size_t k = 0; k < sizes[i]; k++) {
            body[k] = (char)('a' + k % 23);
        }
        struct gate_order o = fixture_order(f, &t, "");
        o.body = (struct str){body, sizes[i]};
        struct call c;
        call_whole(&c, f, &o);
        assert_false(c.failed);
        struct sha256 want = sha256_of(o.body);
        assert_true(sha256_eq(&p.records[i].hash, &want));
        assert_int_equal(p.records[i].body_len, sizes[i]);
        call_finish(&c);
    }
    assert_int_equal(p.connections, 1); /* kept alive */
    provider_stop(&p);
}

static void get_asks_without_body(void **state) {
    struct fixture *f = *state;
    struct provider p = {0};
    provider_start(&p);
    struct gate_target t = fixture_target(f, p.port);
    struct gate_order o = fixture_order(f, &t, "");
    o.method = STR("GET");
    o.path = STR("/models");
    struct call c;
    call_whole(&c, f, &o);
    assert_int_equal(c.status, 200);
    assert_ptr_equal(strstr(p.records[0].head, "GET /v1/models HTTP/1.1\r\n"), p.records[0].head);
    call_finish(&c);
    provider_stop(&p);
}

static bool redirect(struct provider *p, int fd, const struct provider_request *rq) {
    (void)rq;
    struct provider *other = p->ctx;
    char head[128];
    snprintf(head, sizeof head, "307 Temporary Redirect\r\nlocation: http://127.0.0.1:%d/v1/x",
             other->port);
    return provider_reply(fd, head, "elsewhere");
}

static void redirect_is_not_followed(void **state) {
    struct fixture *f = *state;
    struct provider other = {0};
    struct provider p = {.answer = redirect, .ctx = &other};
    provider_start(&other);
    provider_start(&p);
    struct gate_target t = fixture_target(f, p.port);
    struct gate_order o = fixture_order(f, &t, "{}");
    struct call c;
    call_whole(&c, f, &o);
    assert_true(c.failed);
    assert_int_equal(c.e.kind, ERR_UPSTREAM);
    assert_non_null(strstr(c.e.text, "redirect"));
    assert_int_equal(c.status, 0);
    assert_int_equal(c.data.len, 0);
    assert_int_equal(provider_count(&p), 1);
    assert_int_equal(provider_count(&other), 0);
    assert_int_equal(other.connections, 0);
    assert_member(newest(f), "result", "error");
    assert_int_equal(member_int(newest(f), "status"), 307);
    call_finish(&c);
    provider_stop(&p);
    provider_stop(&other);
}

static void environment_is_ignored(void **state) {
    struct fixture *f = *state;
    struct provider proxy = {0};
    struct provider p = {0};
    provider_start(&proxy);
    provider_start(&p);
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d", proxy.port);
    static const char *const names[] = {"http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy",
                                        "ALL_PROXY"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        setenv(names[i], url, 1);
    }
    char *home = getenv("HOME");
    char *old_home = home ? strdup(home) : NULL;
    struct err e = {0};
    assert_true(file_write(fixture_path(f, ".netrc"), STR("machine 127.0.0.1 login a password b\n"),
                           0600, &e));
    setenv("HOME", f->dir, 1);
    struct gate_target t = fixture_target(f, p.port);
    struct gate_order o = fixture_order(f, &t, "{}");
    struct call c;
    call_whole(&c, f, &o);
    assert_int_equal(c.status, 200);
    assert_int_equal(provider_count(&p), 1);
    assert_int_equal(proxy.connections, 0);
    assert_null(strcasestr(p.records[0].head, "\r\nauthorization:"));
    call_finish(&c);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        unsetenv(names[i]);
    }
    if (old_home) {
        setenv("HOME", old_home, 1);
    }
    free(old_home);
    provider_stop(&p);
    provider_stop(&proxy);
}

static bool cookie(struct provider *p, int fd, const struct provider_request *rq) {
    (void)p;
    (void)rq;
    return provider_reply(fd, "200 OK\r\nset-cookie: a=b; path=/", "x");
}

static void cookies_are_not_kept(void **state) {
    struct fixture *f = *state;
    struct provider p = {.answer = cookie};
    provider_start(&p);
    struct gate_target t = fixture_target(f, p.port);
    struct gate_order o = fixture_order(f, &t, "{}");
    for (int i = 0; i < 2; i++) {
        struct call c;
        call_whole(&c, f, &o);
        assert_int_equal(c.status, 200);
        call_finish(&c);
    }
    assert_null(strcasestr(p.records[1].head, "\r\ncookie:"));
    provider_stop(&p);
}

static bool say_status(struct provider *p, int fd, const struct provider_request *rq) {
    (void)rq;
    return provider_reply(fd, p->ctx, "{\"error\":{}}");
}

static void refusals_are_passed_on(void **state) {
    struct fixture *f = *state;
    static const struct {
        const char *head;
        int status;
        const char *error;
    } rows[] = {
        {"401 Unauthorized", 401, "unauthorized"},
        {"429 Too Many Requests\r\nretry-after: 7", 429, "rate_limited"},
        {"400 Bad Request", 400, "invalid"},
        {"500 Internal Server Error", 500, "upstream"},
        {"529 Overloaded", 529, "upstream"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct provider p = {.answer = say_status};
        char head[128];
        snprintf(head, sizeof head, "%s", rows[i].head);
        p.ctx = head;
        provider_start(&p);
        struct gate_target t = fixture_target(f, p.port);
        struct gate_order o = fixture_order(f, &t, "{}");
        struct call c;
        call_whole(&c, f, &o);
        assert_false(c.failed); /* the dialect reads status and body */
        assert_int_equal(c.status, rows[i].status);
        assert_true(str_is(buf_str(&c.data), "{\"error\":{}}"));
        const struct jval *row = newest(f);
        assert_member(row, "result", "error");
        assert_member(row, "error", rows[i].error);
        assert_int_equal(member_int(row, "status"), rows[i].status);
        if (rows[i].status == 429) {
            assert_non_null(strstr(c.headers, "retry-after: 7\n"));
        }
        assert_int_equal(p.count, 1); /* nothing is tried again here */
        call_finish(&c);
        provider_stop(&p);
    }
}

static bool cut_chunks(struct provider *p, int fd, const struct provider_request *rq) {
    (void)p;
    (void)rq;
    static const char text[] =
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n";
    provider_say(fd, text, sizeof text - 1);
    return false;
}

static void cut_stream_is_an_error(void **state) {
    struct fixture *f = *state;
    struct provider p = {.answer = cut_chunks};
    provider_start(&p);
    struct gate_target t = fixture_target(f, p.port);
    struct gate_order o = fixture_order(f, &t, "{}");
    struct call c;
    call_whole(&c, f, &o);
    assert_true(c.failed);
    assert_int_equal(c.e.kind, ERR_UPSTREAM);
    assert_int_equal(c.status, 200);
    assert_true(str_is(buf_str(&c.data), "hello"));
    assert_member(newest(f), "result", "error");
    assert_int_equal(member_int(newest(f), "bytes_in"), 5);
    call_finish(&c);
    provider_stop(&p);
}

static bool hang_up(struct provider *p, int fd, const struct provider_request *rq) {
    (void)rq;
    (void)fd;
    return provider_count(p) == 1 && provider_ok(p, fd, rq);
}

/* The second request meets a pooled connection that closes on it: curl by itself would send it
 * again. */
static void request_is_never_sent_twice(void **state) {
    struct fixture *f = *state;
    struct provider p = {.answer = hang_up};
    provider_start(&p);
    struct gate_target t = fixture_target(f, p.port);
    struct gate_order o = fixture_order(f, &t, "{}");
    struct call c;
    call_whole(&c, f, &o);
    assert_int_equal(c.status, 200);
    call_finish(&c);
    call_whole(&c, f, &o);
    assert_true(c.failed);
    assert_int_equal(c.e.kind, ERR_UPSTREAM);
    assert_int_equal(provider_count(&p), 2);
    assert_member(newest(f), "result", "error");
    call_finish(&c);
    provider_stop(&p);
}

static bool endless(struct provider *p, int fd, const struct provider_request *rq) {
    (void)rq;
    static const char head[] =
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n";
    provider_say(fd, head, sizeof head - 1);
    provider_await_close(p, fd);
    return false;
}

static void cancel_job(struct call *c) {
    if (c->call) {
        gate_cancel(c->call);
    }
}

static void start_call(struct call *c, struct fixture *f, const struct gate_order *o) {
    struct err e = {0};
    struct gate_pass *pass = arena_new(&f->arena, struct gate_pass);
    if (!gate_authorise(f->gate, &f->arena, o, pass, &e)) {
        fail_msg("%s", e.text);
    }
    call_init(c, f, o->target, pass, o->body);
    loop_post(f->loop, call_send, c);
}

static void await_closed(struct provider *p) {
    LOCKED(&p->lock);
    while (!p->peer_closed) {
        pthread_cond_wait(&p->changed, &p->lock);
    }
}

static void cancel_closes_the_connection(void **state) {
    struct fixture *f = *state;
    struct provider p = {.answer = endless};
    provider_start(&p);
    struct gate_target t = fixture_target(f, p.port);
    struct gate_order o = fixture_order(f, &t, "{}");
    struct call c;
    start_call(&c, f, &o);
    call_await_data(&c, 5);
    call_on_loop(&c, cancel_job);
    await_closed(&p);
    assert_false(c.ended); /* no callback follows */
    const struct jval *row = newest(f);
    assert_member(row, "result", "cancelled");
    assert_int_equal(member_int(row, "bytes_in"), 5);
    call_finish(&c);
    provider_stop(&p);
}

static void cancel_in_data(struct call *c, struct str bytes) {
    (void)bytes;
    gate_cancel(c->call);
}

static void cancel_from_its_own_callback(void **state) {
    struct fixture *f = *state;
    struct provider p = {.answer = endless};
    provider_start(&p);
    struct gate_target t = fixture_target(f, p.port);
    struct gate_order o = fixture_order(f, &t, "{}");
    struct call c;
    struct err e = {0};
    struct gate_pass pass = {0};
    assert_true(gate_authorise(f->gate, &f->arena, &o, &pass, &e));
    call_init(&c, f, &t, &pass, o.body);
    c.on_data_opt = cancel_in_data;
    loop_post(f->loop, call_send, &c);
    await_closed(&p);
    assert_member(newest(f), "result", "cancelled");
    assert_false(c.ended);
    call_finish(&c);
    provider_stop(&p);
}

static bool silent(struct provider *p, int fd, const struct provider_request *rq) {
    (void)rq;
    provider_await_close(p, fd);
    return false;
}

enum { MUCH = 8 << 20 };

static bool much(struct provider *p, int fd, const struct provider_request *rq) {
    (void)p;
    (void)rq;
    char head[128];
    snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n", MUCH);
    if (!provider_say(fd, head, strlen(head))) {
        return false;
    }
    char block[4096];
    for (int at = 0; at < MUCH; at += (int)sizeof block) {
        memset(block, 'a' + at / (int)sizeof block % 26, sizeof block);
        if (!provider_say(fd, block, sizeof block)) {
            return false;
        }
    }
    return true;
}

/* On the loop, where the end comes, too: a call that is over is gone. */
static void pause_job(struct call *c) {
    if (!c->ended) {
        gate_pause(c->call);
    }
}
static void resume_job(struct call *c) {
    if (!c->ended) {
        gate_resume(c->call);
    }
}

static void pause_holds_the_stream(void **state) {
    struct fixture *f = *state;
    struct provider p = {.answer = much};
    provider_start(&p);
    struct gate_target t = fixture_target(f, p.port);
    t.idle_timeout_ms = 1000; /* a paused call is not a silent one */
    struct gate_order o = fixture_order(f, &t, "{}");
    struct gate_pass pass = {0};
    struct err e = {0};
    assert_true(gate_authorise(f->gate, &f->arena, &o, &pass, &e));
    struct call c;
    call_init(&c, f, &t, &pass, o.body);
    c.pause_at_head = true;
    loop_post(f->loop, call_send, &c);
    call_await_head(&c);
    /* Another call is silent for longer than this one may be: it ends, the paused one does not. */
    struct provider quiet = {.answer = silent};
    provider_start(&quiet);
    struct gate_target slow = fixture_target(f, quiet.port);
    slow.name = STR("slow");
    slow.idle_timeout_ms = 2000;
    struct gate_order slow_order = fixture_order(f, &slow, "{}");
    struct call other;
    call_whole(&other, f, &slow_order);
    assert_int_equal(other.e.kind, ERR_TIMEOUT);
    call_finish(&other);
    provider_stop(&quiet);
    pthread_mutex_lock(&c.lock);
    assert_false(c.ended);
    assert_int_equal(c.data.len, 0);
    pthread_mutex_unlock(&c.lock);
    call_on_loop(&c, resume_job);
    call_await_data(&c, 1 << 20);
    call_on_loop(&c, pause_job);
    size_t held = c.data.len; /* the loop runs nothing of this call now */
    for (int i = 0; i < 200; i++) {
        call_on_loop(&c, NULL);
    }
    pthread_mutex_lock(&c.lock);
    bool whole = c.ended;
    assert_true(whole || c.data.len == held);
    pthread_mutex_unlock(&c.lock);
    if (!whole) {
        call_on_loop(&c, resume_job);
    }
    call_await_end(&c);
    assert_false(c.failed);
    assert_int_equal(c.data.len, MUCH);
    for (size_t i = 0; i < MUCH; i += 4096) {
        assert_int_equal(c.data.ptr[i], 'a' + i / 4096 % 26);
    }
    call_finish(&c);
    provider_stop(&p);
}

static void silence_ends_a_call(void **state) {
    struct fixture *f = *state;
    struct provider p = {.answer = silent};
    provider_start(&p);
    struct gate_target t = fixture_target(f, p.port);
    t.idle_timeout_ms = 40;
    struct gate_order o = fixture_order(f, &t, "{}");
    struct call c;
    call_whole(&c, f, &o);
    assert_true(c.failed);
    assert_int_equal(c.e.kind, ERR_TIMEOUT);
    await_closed(&p);
    assert_member(newest(f), "error", "timeout");
    call_finish(&c);
    provider_stop(&p);
}

static void total_time_ends_a_call(void **state) {
    struct fixture *f = *state;
    struct provider p = {.answer = silent};
    provider_start(&p);
    struct gate_target t = fixture_target(f, p.port);
    t.total_timeout_ms = 60;
    struct gate_order o = fixture_order(f, &t, "{}");
    struct call c;
    call_whole(&c, f, &o);
    assert_true(c.failed);
    assert_int_equal(c.e.kind, ERR_TIMEOUT);
    call_finish(&c);
    provider_stop(&p);
}

static bool long_head(struct provider *p, int fd, const struct provider_request *rq) {
    (void)p;
    (void)rq;
    static const char head[] = "HTTP/1.1 200 OK\r\n";
    provider_say(fd, head, sizeof head - 1);
    char line[1024];
    memset(line, 'a', sizeof line);
    memcpy(line, "x: ", 3);
    memcpy(line + sizeof line - 2, "\r\n", 2);
    for (int i = 0; i < 80; i++) {
        provider_say(fd, line, sizeof line);
    }
    provider_say(fd, "\r\n", 2);
    return false;
}

static void head_is_limited(void **state) {
    struct fixture *f = *state;
    struct provider p = {.answer = long_head};
    provider_start(&p);
    struct gate_target t = fixture_target(f, p.port);
    struct gate_order o = fixture_order(f, &t, "{}");
    struct call c;
    call_whole(&c, f, &o);
    assert_true(c.failed);
    assert_int_equal(c.e.kind, ERR_UPSTREAM);
    assert_int_equal(c.status, 0);
    call_finish(&c);
    provider_stop(&p);
}

static bool interim(struct provider *p, int fd, const struct provider_request *rq) {
    (void)p;
    (void)rq;
    static const char text[] = "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n"
                               "HTTP/1.1 200 OK\r\nx-a: 1\r\ntransfer-encoding: chunked\r\n\r\n"
                               "2\r\nok\r\n0\r\nx-trailer: t\r\n\r\n";
    return provider_say(fd, text, sizeof text - 1);
}

static void interim_heads_and_trailers(void **state) {
    struct fixture *f = *state;
    struct provider p = {.answer = interim};
    provider_start(&p);
    struct gate_target t = fixture_target(f, p.port);
    struct gate_order o = fixture_order(f, &t, "{}");
    struct call c;
    call_whole(&c, f, &o);
    assert_false(c.failed);
    assert_int_equal(c.status, 200);
    assert_null(strstr(c.headers, "link"));
    assert_null(strstr(c.headers, "x-trailer"));
    assert_non_null(strstr(c.headers, "x-a: 1\n"));
    assert_true(str_is(buf_str(&c.data), "ok"));
    call_finish(&c);
    provider_stop(&p);
}

static void nobody_listens(void **state) {
    struct fixture *f = *state;
    struct provider p = {0};
    provider_start(&p);
    int port = p.port;
    provider_stop(&p);
    struct gate_target t = fixture_target(f, port);
    struct gate_order o = fixture_order(f, &t, "{}");
    for (int i = 0; i < BREAKER_FAILURES; i++) {
        assert_true(gate_is_up(f->gate, t.name));
        struct call c;
        call_whole(&c, f, &o);
        assert_true(c.failed);
        assert_int_equal(c.e.kind, ERR_UNAVAILABLE);
        assert_member(newest(f), "result", "not_sent"); /* not a byte of it went out */
        call_finish(&c);
    }
    assert_false(gate_is_up(f->gate, t.name));
    struct gate_pass pass = {0};
    struct err e = {0};
    assert_false(gate_authorise(f->gate, &f->arena, &o, &pass, &e));
    assert_int_equal(e.kind, ERR_UNAVAILABLE);
    assert_in_range(e.retry_after_s, 1, 30);
    assert_int_equal(jval_len(fixture_rows(f)), BREAKER_FAILURES);
}

/* A name that leads inwards is not connected to, whoever answers there. */
static void address_must_fit_the_zone(void **state) {
    struct fixture *f = *state;
    struct provider p = {0};
    provider_start(&p);
    struct gate_target t = fixture_target(f, p.port);
    static const struct {
        const char *host;
        enum zone zone;
        bool fits;
    } rows[] = {
        {"localhost", ZONE_CLOUD, true},    {"localhost", ZONE_HOME, true},
        {"127.0.0.1", ZONE_DEVICE, true},   {"127.0.0.1", ZONE_TRUSTED, true},
        {"api.localhost", ZONE_HOME, true}, {"api.localhost", ZONE_CLOUD, false},
        {"127.1", ZONE_CLOUD, false},       {"0x7f000001", ZONE_CLOUD, false},
        {"0.0.0.0", ZONE_HOME, false},      {"2130706433", ZONE_TRUSTED, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        size_t before = provider_count(&p);
        size_t connections = p.connections;
        t.base_url = str_fmt(&f->arena, "http://%s:%d", rows[i].host, p.port);
        t.zone = rows[i].zone;
        t.name = str_fmt(&f->arena, "t%zu", i);
        struct gate_order o = fixture_order(f, &t, "{}");
        struct gate_pass pass = {0};
        struct err e = {0};
        if (!gate_authorise(f->gate, &f->arena, &o, &pass, &e)) {
            assert_false(rows[i].fits);
            assert_int_equal(e.kind, ERR_INVALID); /* a host that can be read in two ways */
            continue;
        }
        struct call c;
        call_init(&c, f, &t, &pass, o.body);
        loop_post(f->loop, call_send, &c);
        call_await_end(&c);
        if (c.failed == rows[i].fits) {
            fail_msg("%s in zone %s: %s", rows[i].host, ZONE_NAMES[rows[i].zone], c.e.text);
        }
        assert_int_equal(provider_count(&p), before + (rows[i].fits ? 1 : 0));
        if (!rows[i].fits) {
            assert_int_equal(p.connections, connections);
            assert_member(newest(f), "result", "not_sent");
        }
        call_finish(&c);
    }
    provider_stop(&p);
}

/* A connection that one target may use is not lent to another one whose zone it does not fit. */
static void pooled_connection_is_checked_too(void **state) {
    struct fixture *f = *state;
    struct provider p = {0};
    provider_start(&p);
    struct gate_target t = fixture_target(f, p.port);
    t.zone = ZONE_HOME;
    t.base_url = str_fmt(&f->arena, "http://api.localhost:%d", p.port);
    struct gate_order o = fixture_order(f, &t, "{}");
    struct call c;
    call_whole(&c, f, &o);
    assert_int_equal(c.status, 200);
    call_finish(&c);
    t.zone = ZONE_CLOUD;
    t.name = STR("other");
    call_whole(&c, f, &o);
    assert_true(c.failed);
    assert_string_equal(c.e.code, "zone_mismatch");
    assert_int_equal(provider_count(&p), 1);
    assert_member(newest(f), "result", "not_sent");
    call_finish(&c);
    provider_stop(&p);
}

static void unknown_interface(void **state) {
    struct fixture *f = *state;
    struct provider p = {0};
    provider_start(&p);
    struct gate_target t = fixture_target(f, p.port);
    t.via = STR("nosuch0");
    struct gate_order o = fixture_order(f, &t, "{}");
    struct call c;
    call_whole(&c, f, &o);
    assert_true(c.failed);
    assert_int_equal(provider_count(&p), 0);
    assert_member(newest(f), "result", "not_sent");
    call_finish(&c);
    provider_stop(&p);
}

static void headers_cannot_be_smuggled(void **state) {
    struct fixture *f = *state;
    struct provider p = {0};
    provider_start(&p);
    static const struct http_pair bad[] = {
        {STR_INIT("x-a"), STR_INIT("1\r\nhost: evil")},
        {STR_INIT("Host"), STR_INIT("evil")},
        {STR_INIT("content-length"), STR_INIT("3")},
        {STR_INIT("x:y"), STR_INIT("3")},
        {STR_INIT(""), STR_INIT("3")},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct gate_target t = fixture_target(f, p.port);
        t.headers = &bad[i];
        t.header_count = 1;
        struct gate_order o = fixture_order(f, &t, "{}");
        struct call c;
        call_whole(&c, f, &o);
        assert_true(c.failed);
        assert_int_equal(c.e.kind, ERR_INVALID);
        assert_member(newest(f), "result", "not_sent");
        call_finish(&c);
    }
    assert_int_equal(p.connections, 0);
    provider_stop(&p);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(sends_exactly_the_body),
        T(big_bodies_arrive_whole),
        T(get_asks_without_body),
        T(redirect_is_not_followed),
        T(environment_is_ignored),
        T(cookies_are_not_kept),
        T(refusals_are_passed_on),
        T(cut_stream_is_an_error),
        T(request_is_never_sent_twice),
        T(cancel_closes_the_connection),
        T(cancel_from_its_own_callback),
        T(pause_holds_the_stream),
        T(silence_ends_a_call),
        T(total_time_ends_a_call),
        T(head_is_limited),
        T(interim_heads_and_trailers),
        T(nobody_listens),
        T(address_must_fit_the_zone),
        T(pooled_connection_is_checked_too),
        T(unknown_interface),
        T(headers_cannot_be_smuggled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
