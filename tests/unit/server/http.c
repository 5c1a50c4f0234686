/* Requests and answers on the wire: framing, limits, odd clients. */
#include "fake.h"

#define H "Host: localhost\r\n"

static void answers_a_request(void **state) {
    (void)state;
    AUTO_ANSWER a =
        ask("POST /v1/echo/?a=b&c HTTP/1.1\r\n" H "X-Test: yes\r\nContent-Length: 3\r\n\r\nabc");
    assert_int_equal(a.status, 200);
    assert_string_equal(a.body,
                        "POST /v1/echo ?a=b&c body=3 sum=96354 owner=0 local=1 origin= x=yes\n");
    assert_true(header_is(&a, "content-type", "text/plain"));
    assert_non_null(find_header(&a, "date"));
    assert_null(find_header(&a, "connection"));
    assert_null(find_header(&a, "transfer-encoding"));
    assert_int_equal(a.reads, 1); /* head and body in one write */
}

static void keeps_the_connection(void **state) {
    (void)state;
    int fd = dial();
    for (int i = 0; i < 3; i++) {
        say(fd, "GET /v1/echo HTTP/1.1\r\n" H "\r\n");
        AUTO_ANSWER a = hear(fd);
        assert_int_equal(a.status, 200);
    }
    say(fd, "GET /v1/echo HTTP/1.1\r\n" H "Connection: close\r\n\r\n");
    AUTO_ANSWER a = hear(fd);
    assert_true(header_is(&a, "connection", "close"));
    assert_true(is_closed(fd));
    close(fd);
}

static void reads_bytes_one_by_one(void **state) {
    (void)state;
    const char *request = "POST /v1/echo HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"
                          "3\r\nabc\r\n1;x=y\r\nd\r\n0\r\n\r\n";
    int fd = dial();
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, 1 /* TCP_NODELAY */, &on, sizeof on);
    for (const char *p = request; *p; p++) {
        say_str(fd, (struct str){p, 1});
    }
    AUTO_ANSWER a = hear(fd);
    assert_int_equal(a.status, 200);
    assert_non_null(strstr(a.body, "body=4 sum=2987074 "));
    close(fd);
}

static void takes_large_bodies(void **state) {
    (void)state;
    enum { SIZE = 3 << 20 };
    char *body = malloc(SIZE);
    assert_non_null(body);
    uint64_t sum = 0;
    for (size_t i = 0; i < SIZE; i++) {
        body[i] = (char)(i * 7 + i / 1000);
        sum = sum * 31 + (unsigned char)body[i];
    }
    char want[80];
    snprintf(want, sizeof want, "body=%d sum=%llu ", SIZE, (unsigned long long)sum);
    int fd = dial();
    char head[128];
    snprintf(head, sizeof head, "POST /v1/echo HTTP/1.1\r\n" H "Content-Length: %d\r\n\r\n", SIZE);
    say(fd, head);
    say_str(fd, (struct str){body, SIZE});
    AUTO_ANSWER a = hear(fd);
    assert_non_null(strstr(a.body, want));
    say(fd, "POST /v1/echo HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n");
    for (size_t at = 0; at < SIZE; at += SIZE / 64) {
        snprintf(head, sizeof head, "%x\r\n", (unsigned)SIZE / 64);
        say(fd, head);
        say_str(fd, (struct str){body + at, SIZE / 64});
        say(fd, "\r\n");
    }
    say(fd, "0\r\n\r\n");
    AUTO_ANSWER b = hear(fd);
    assert_non_null(strstr(b.body, want));
    close(fd);
    free(body);
}

static void invites_a_body(void **state) {
    (void)state;
    int fd = dial();
    say(fd, "POST /v1/echo HTTP/1.1\r\n" H "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    AUTO_ANSWER go = hear(fd);
    assert_int_equal(go.status, 100);
    say(fd, "hi");
    AUTO_ANSWER a = hear(fd);
    assert_int_equal(a.status, 200);
    /* Who would be refused is not invited. */
    say(fd, "POST /nowhere HTTP/1.1\r\n" H "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    AUTO_ANSWER no = hear(fd);
    assert_int_equal(no.status, 404);
    assert_true(header_is(&no, "connection", "close"));
    close(fd);
}

static void head_has_no_body(void **state) {
    (void)state;
    int fd = dial();
    say(fd, "HEAD /v1/echo HTTP/1.1\r\n" H "\r\n");
    AUTO_ANSWER a = hear_method(fd, true, NULL);
    assert_int_equal(a.status, 200);
    assert_non_null(find_header(&a, "content-length"));
    assert_string_equal(strstr(a.text, "\r\n\r\n"), "\r\n\r\n");
    /* A stream would not end by itself: its call is ended, the connection goes on. */
    say(fd, "HEAD /v1/events HTTP/1.1\r\n" H "\r\n");
    AUTO_ANSWER s = hear_method(fd, true, NULL);
    assert_int_equal(s.status, 200);
    await(&fake.gone);
    say(fd, "GET /v1/echo HTTP/1.1\r\n" H "\r\n");
    AUTO_ANSWER b = hear(fd);
    assert_int_equal(b.status, 200);
    close(fd);
}

static void unknown_paths_and_methods(void **state) {
    (void)state;
    AUTO_ANSWER a = ask("GET /api/nothing HTTP/1.1\r\n" H "\r\n");
    assert_int_equal(a.status, 404);
    assert_non_null(strstr(a.body, "\"shape\":\"ollama\""));
    AUTO_ANSWER b = ask("DELETE /v1/echo HTTP/1.1\r\n" H "\r\n");
    assert_int_equal(b.status, 405);
    assert_true(header_is(&b, "allow", "GET, HEAD, POST, OPTIONS"));
    assert_non_null(strstr(b.body, "\"shape\":\"openai\""));
    AUTO_ANSWER c = ask("OPTIONS /api/chat HTTP/1.1\r\n" H "\r\n");
    assert_int_equal(c.status, 204);
    assert_true(header_is(&c, "allow", "POST, OPTIONS"));
    AUTO_ANSWER d = ask("OPTIONS * HTTP/1.1\r\n" H "\r\n");
    assert_int_equal(d.status, 204);
    AUTO_ANSWER e = ask("GET http://localhost:1/v1/echo?q HTTP/1.1\r\n" H "\r\n");
    assert_non_null(strstr(e.body, "GET /v1/echo ?q "));
    AUTO_ANSWER f =
        ask("GET /v1/echo HTTP/1.1\r\n" H "Upgrade: h2c\r\nConnection: upgrade\r\n\r\n");
    assert_int_equal(f.status, 200); /* an upgrade is an offer; it is not taken */
    assert_int_equal(atomic_load(&fake.served), 2);
}

static void a_refusal_keeps_the_connection_if_it_can(void **state) {
    (void)state;
    int fd = dial();
    say(fd, "POST /nowhere HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc");
    AUTO_ANSWER a = hear(fd);
    assert_int_equal(a.status, 404);
    say(fd, "GET /v1/echo HTTP/1.1\r\n" H "\r\n");
    AUTO_ANSWER b = hear(fd);
    assert_int_equal(b.status, 200);
    close(fd);
}

static void one_after_the_other(void **state) {
    (void)state;
    AUTO_BUF rest;
    buf_init(&rest, 1 << 20);
    int fd = dial();
    say(fd, "POST /v1/hold HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n"
            "GET /v1/echo?second HTTP/1.1\r\n" H "\r\n"
            "GET /v1/echo?third HTTP/1.1\r\n" H "\r\n");
    await(&fake.called);
    assert_int_equal(atomic_load(&fake.served), 1); /* the second waits for the first */
    fake_answer();
    struct answer a = hear_method(fd, false, &rest);
    assert_string_equal(a.body, "held\n");
    struct answer b = hear_method(fd, false, &rest);
    assert_non_null(strstr(b.body, "?second "));
    struct answer c = hear_method(fd, false, &rest);
    assert_non_null(strstr(c.body, "?third "));
    answer_drop(&a);
    answer_drop(&b);
    answer_drop(&c);
    close(fd);
}

/* More than what is kept ahead: TCP holds it back, nothing is lost, and nothing is served early. */
static void holds_back_a_flood(void **state) {
    (void)state;
    AUTO_BUF rest;
    buf_init(&rest, 16 << 20);
    int fd = dial();
    say(fd, "POST /v1/hold HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n");
    await(&fake.called);
    enum { MANY = 6000 };
    AUTO_BUF flood;
    buf_init(&flood, 16 << 20);
    for (int i = 0; i < MANY; i++) {
        buf_addf(&flood, "GET /v1/echo?%d HTTP/1.1\r\n" H "\r\n", i);
    }
    size_t sent = 0;
    while (sent < flood.len) {
        ssize_t n = send(fd, flood.ptr + sent, flood.len - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0) {
            break; /* the pipe is full; the rest follows while the answers are read */
        }
        sent += (size_t)n;
    }
    fake_answer();
    struct answer first = hear_method(fd, false, &rest);
    assert_string_equal(first.body, "held\n");
    answer_drop(&first);
    for (int i = 0; i < MANY; i++) {
        while (sent < flood.len) {
            ssize_t n = send(fd, flood.ptr + sent, flood.len - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (n <= 0) {
                break;
            }
            sent += (size_t)n;
        }
        char want[32];
        snprintf(want, sizeof want, " ?%d ", i);
        struct answer a = hear_method(fd, false, &rest);
        assert_non_null(strstr(a.body, want));
        answer_drop(&a);
    }
    assert_int_equal(sent, flood.len);
    close(fd);
}

static void refuses_garbage(void **state) {
    (void)state;
    static const char *const BAD[] = {
        "\x16\x03\x01\x02\x05 hello TLS\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET /v1/echo HTTP/1.1\r\nHost : localhost\r\n\r\n",
        "GET /v1/echo HTTP/1.1\r\n" H "A: b\r\n folded\r\n\r\n",
        "POST /v1/echo HTTP/1.1\r\n" H
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /v1/echo HTTP/1.1\r\n" H "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST /v1/echo HTTP/1.1\r\n" H "Content-Length: -1\r\n\r\n",
        "POST /v1/echo HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET nowhere HTTP/1.1\r\n" H "\r\n",
        "GET ftp://localhost/ HTTP/1.1\r\n" H "\r\n",
    };
    for (size_t i = 0; i < ARRAY_LEN(BAD); i++) {
        int fd = dial();
        say(fd, BAD[i]);
        AUTO_ANSWER a = hear(fd);
        if (a.status != 400) {
            fail_msg("%s: %d", BAD[i], a.status);
        }
        if (i < 8) {
            assert_true(header_is(&a, "connection", "close"));
            assert_true(is_closed(fd));
        }
        close(fd);
    }
    assert_int_equal(atomic_load(&fake.served), 0);
}

static void refuses_what_is_too_large(void **state) {
    (void)state;
    AUTO_BUF b;
    buf_init(&b, 1 << 20);
    buf_addf(&b, "GET /api/chat HTTP/1.1\r\n" H);
    for (int i = 0; i < 200; i++) {
        buf_addf(&b, "X-%d: 1\r\n", i);
    }
    buf_addf(&b, "\r\n");
    int fd = dial();
    say_str(fd, buf_str(&b));
    struct answer many = hear(fd);
    assert_int_equal(many.status, 431);
    assert_non_null(strstr(many.body, "ollama")); /* in the shape of the path that was asked */
    answer_drop(&many);
    close(fd);
    buf_clear(&b);
    buf_addf(&b, "GET /v1/echo HTTP/1.1\r\n" H "X: ");
    for (int i = 0; i < 70000; i++) {
        buf_add_char(&b, 'x');
    }
    fd = dial();
    say_str(fd, buf_str(&b));
    struct answer longer = hear(fd);
    assert_int_equal(longer.status, 431);
    answer_drop(&longer);
    close(fd);
    /* Told beforehand: refused before a byte of the body. */
    fd = dial();
    say(fd, "POST /api/chat HTTP/1.1\r\n" H "Content-Length: 4194305\r\n\r\n");
    struct answer told = hear(fd);
    assert_int_equal(told.status, 413);
    assert_non_null(strstr(told.body, "ollama"));
    answer_drop(&told);
    close(fd);
    /* Not told, and sent all the same: the answer still arrives. */
    fd = dial();
    say(fd, "POST /v1/echo HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n");
    char *chunk = malloc(1 << 20);
    assert_non_null(chunk);
    memset(chunk, 'x', 1 << 20);
    for (int i = 0; i < 5; i++) {
        say(fd, "100000\r\n");
        say_str(fd, (struct str){chunk, 1 << 20});
        say(fd, "\r\n");
    }
    free(chunk);
    struct answer untold = hear(fd);
    assert_int_equal(untold.status, 413);
    answer_drop(&untold);
    close(fd);
    assert_int_equal(atomic_load(&fake.served), 0);
}

static void speaks_http_1_0(void **state) {
    (void)state;
    int fd = dial();
    say(fd, "GET /v1/echo HTTP/1.0\r\n" H "Connection: keep-alive\r\n\r\n");
    AUTO_ANSWER a = hear(fd);
    assert_true(header_is(&a, "connection", "keep-alive"));
    say(fd, "POST /v1/stream HTTP/1.0\r\n" H "Content-Length: 0\r\n\r\n");
    await(&fake.called);
    fake_emit("data: 1\n\n");
    fake_end();
    AUTO_ANSWER b = hear(fd);
    assert_true(header_is(&b, "connection", "close"));
    assert_null(find_header(&b, "transfer-encoding"));
    assert_string_equal(b.body, "data: 1\n\n");
    close(fd);
}

static void streams(void **state) {
    (void)state;
    int fd = dial();
    say(fd, "POST /v1/stream HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n");
    await(&fake.called);
    char text[4096] = {0};
    size_t len = 0;
    while (!strstr(text, "\r\n\r\n")) { /* the head comes alone, before there is an event */
        ssize_t n = recv(fd, text + len, sizeof text - 1 - len, 0);
        assert_true(n > 0);
        len += (size_t)n;
    }
    assert_string_equal(strstr(text, "\r\n\r\n"), "\r\n\r\n");
    assert_non_null(strstr(text, "Transfer-Encoding: chunked\r\n"));
    for (int i = 0; i < 20; i++) { /* each event leaves at once, whole, in one piece */
        fake_emit("data: hello\n\n");
        ssize_t n = recv(fd, text, sizeof text - 1, 0);
        text[n > 0 ? n : 0] = 0;
        assert_string_equal(text, "d\r\ndata: hello\n\n\r\n");
    }
    fake_end();
    ssize_t n = recv(fd, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = 0;
    assert_string_equal(text, "0\r\n\r\n");
    say(fd, "GET /v1/echo HTTP/1.1\r\n" H "\r\n");
    AUTO_ANSWER a = hear(fd);
    assert_int_equal(a.status, 200);
    close(fd);
}

static void shows_that_a_stream_was_cut(void **state) {
    (void)state;
    int fd = dial();
    say(fd, "POST /v1/stream HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n");
    await(&fake.called);
    fake_emit("data: 1\n\n");
    fake_abort();
    AUTO_ANSWER a = hear(fd);
    assert_true(a.was_cut);
    assert_int_equal(a.body_len, 9);
    close(fd);
    fd = dial();
    say(fd, "POST /v1/hold HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n");
    await(&fake.called);
    fake_abort();
    assert_true(is_closed(fd));
    close(fd);
}

static void sends_large_answers(void **state) {
    (void)state;
    int fd = dial();
    say(fd, "GET /v1/big?9000000 HTTP/1.1\r\n" H "\r\n");
    AUTO_ANSWER a = hear(fd);
    assert_int_equal(a.body_len, 9000000);
    assert_null(strpbrk(a.body, "\r\n"));
    say(fd, "GET /v1/big?5000000 HTTP/1.1\r\n" H "Connection: close\r\n\r\n");
    AUTO_ANSWER b = hear(fd);
    assert_int_equal(b.body_len, 5000000);
    assert_true(is_closed(fd));
    close(fd);
}

#define T(f) cmocka_unit_test_setup_teardown(f, fake_start, fake_stop)
int main(void) {
    const struct CMUnitTest tests[] = {
        T(answers_a_request),
        T(keeps_the_connection),
        T(reads_bytes_one_by_one),
        T(takes_large_bodies),
        T(invites_a_body),
        T(head_has_no_body),
        T(unknown_paths_and_methods),
        T(a_refusal_keeps_the_connection_if_it_can),
        T(one_after_the_other),
        T(holds_back_a_flood),
        T(refuses_garbage),
        T(refuses_what_is_too_large),
        T(speaks_http_1_0),
        T(streams),
        T(shows_that_a_stream_was_cut),
        T(sends_large_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
