/* HTTP/1.1: what a head holds, every way a body ends, what is refused, limits, any pieces. */
#include "codec/http1.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct seen {
    struct buf log; /* what was reported, in order */
    size_t heads;
    size_t ends;
    bool refuse_head;
    bool refuse_body;
};

static bool on_head(void *ctx, const struct http1_head *h) {
    struct seen *s = ctx;
    s->heads++;
    buf_addf(&s->log, "[" STR_FMT " " STR_FMT " %d 1.%d cl=%lld%s%s%s%s]", STR_ARG(h->method),
             STR_ARG(h->target), h->status, h->minor, (long long)h->content_length,
             h->chunked ? " chunked" : "", h->keep_alive ? " keep" : "",
             h->upgrade ? " upgrade" : "", h->expect_continue ? " expect" : "");
    for (size_t i = 0; i < h->header_count; i++) {
        buf_addf(&s->log, "{" STR_FMT "=" STR_FMT "}", STR_ARG(h->headers[i].name),
                 STR_ARG(h->headers[i].value));
    }
    return !s->refuse_head;
}

static bool on_body(void *ctx, struct str piece) {
    struct seen *s = ctx;
    buf_add(&s->log, piece);
    return !s->refuse_body;
}

static void on_end(void *ctx) {
    struct seen *s = ctx;
    buf_add(&s->log, STR("."));
    s->ends++;
}

static const struct http1_ops OPS = {on_head, on_body, on_end};

/* Feeds all in steps, message after message; false at the first refusal. */
static bool feed(struct http1 *h, struct str bytes, size_t step, struct err *e) {
    for (size_t at = 0; at < bytes.len;) {
        size_t used = 0;
        struct str piece = str_sub(bytes, at, at + step);
        if (!http1_feed(h, piece, &used, e)) {
            return false;
        }
        assert_true(used <= piece.len);
        assert_true(used == piece.len || http1_is_done(h));
        at += used;
        if (http1_is_done(h) && at < bytes.len) {
            http1_next(h);
        }
    }
    return true;
}

static bool run(enum http1_kind kind, const struct http1_limits *l, const char *text, size_t step,
                bool eof, struct buf *log, struct err *e) {
    struct seen s = {.log = {.max = 1 << 20}};
    AUTO(http1) h = http1_new(kind, l, &OPS, &s);
    bool fine = feed(h, str_of(text), step, e) && (!eof || http1_eof(h, e));
    buf_add(log, buf_str(&s.log));
    buf_finish(&s.log);
    return fine;
}

static void good(enum http1_kind kind, const char *text, bool eof, const char *expected) {
    for (size_t step = 1; step <= strlen(text); step++) {
        AUTO_BUF log = {.max = 1 << 20};
        struct err e = {0};
        if (!run(kind, &HTTP1_LIMITS, text, step, eof, &log, &e)) {
            fail_msg("%s: %s", text, e.text);
        }
        if (!str_is(buf_str(&log), expected)) {
            fail_msg("%s\ngave " STR_FMT "\nnot %s", text, STR_ARG(buf_str(&log)), expected);
        }
    }
}

static void bad(enum http1_kind kind, const char *text, bool eof) {
    for (size_t step = 1; step <= strlen(text); step++) {
        AUTO_BUF log = {.max = 1 << 20};
        struct err e = {0};
        if (run(kind, &HTTP1_LIMITS, text, step, eof, &log, &e)) {
            fail_msg("accepted in steps of %zu: %s", step, text);
        }
        assert_int_equal(e.kind, ERR_INVALID);
        assert_true(e.text[0] != 0);
    }
}

static void test_requests(void **state) {
    (void)state;
    good(HTTP1_REQUEST, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", true,
         "[GET / 0 1.1 cl=-1 keep]{Host=a}.");
    good(HTTP1_REQUEST, "\r\n\r\nGET /p?q=1 HTTP/1.0\r\n\r\n", true, "[GET /p?q=1 0 1.0 cl=-1].");
    good(HTTP1_REQUEST, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true,
         "[GET / 0 1.0 cl=-1 keep]{Connection=keep-alive}.");
    good(HTTP1_REQUEST, "POST /x HTTP/1.1\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
         true, "[POST /x 0 1.1 cl=5]{Content-Length=5}{Connection=close}hello.");
    good(HTTP1_REQUEST, "POST /x HTTP/1.1\r\ncontent-length: 0\r\nExpect: 100-Continue\r\n\r\n",
         true, "[POST /x 0 1.1 cl=0 keep expect]{content-length=0}{Expect=100-Continue}.");
    good(HTTP1_REQUEST,
         "GET / HTTP/1.1\r\nA:\r\nB:   \r\nC: \t x \t \r\nD:y\r\nE: \xc3\xa4\r\n\r\n", true,
         "[GET / 0 1.1 cl=-1 keep]{A=}{B=}{C=x}{D=y}{E=\xc3\xa4}.");
    good(HTTP1_REQUEST, "GET http://a/b HTTP/1.1\r\n\r\n", true,
         "[GET http://a/b 0 1.1 cl=-1 keep].");
    good(HTTP1_REQUEST, "OPTIONS * HTTP/1.1\r\n\r\n", true, "[OPTIONS * 0 1.1 cl=-1 keep].");
    good(HTTP1_REQUEST, "GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", true,
         "[GET / 0 1.1 cl=-1 keep upgrade]{Connection=Upgrade}{Upgrade=h2c}.");
}

static void test_pipelined(void **state) {
    (void)state;
    good(HTTP1_REQUEST,
         "GET /a HTTP/1.1\r\n\r\nPOST /b HTTP/1.1\r\nContent-Length: 2\r\n\r\nxyGET /c "
         "HTTP/1.1\r\nX: 1\r\n\r\n",
         true,
         "[GET /a 0 1.1 cl=-1 keep].[POST /b 0 1.1 cl=2 keep]{Content-Length=2}xy."
         "[GET /c 0 1.1 cl=-1 keep]{X=1}.");
    good(HTTP1_REQUEST, "GET /a HTTP/1.1\r\nConnection: close\r\n\r\nGET /c HTTP/1.1\r\n\r\n", true,
         "[GET /a 0 1.1 cl=-1]{Connection=close}.[GET /c 0 1.1 cl=-1 keep].");
}

static void test_chunked(void **state) {
    (void)state;
    good(HTTP1_REQUEST,
         "POST / HTTP/1.1\r\nTransfer-Encoding: "
         "Chunked\r\n\r\n5\r\nhello\r\nA;x=\"y\"\r\n0123456789\r\n"
         "0\r\nTrailer: z\r\nMore: w\r\n\r\nGET / HTTP/1.1\r\n\r\n",
         true,
         "[POST / 0 1.1 cl=-1 chunked keep]{Transfer-Encoding=Chunked}hello0123456789."
         "[GET / 0 1.1 cl=-1 keep].");
    bad(HTTP1_REQUEST, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", true);
    bad(HTTP1_REQUEST, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", false);
    bad(HTTP1_REQUEST, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", false);
    bad(HTTP1_REQUEST, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n",
        false);
    bad(HTTP1_REQUEST,
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n0\r\n\r\n", false);
    bad(HTTP1_REQUEST, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello0\r\n\r\n",
        false);
    bad(HTTP1_REQUEST,
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloo\r\n0\r\n\r\n", false);
    bad(HTTP1_REQUEST, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n11111111111111111\r\n",
        false);
}

static void test_smuggling(void **state) {
    (void)state;
    static const char *const heads[] = {
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: -5\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length: 5 6\r\n",
        "Content-Length: \r\n",
        "Content-Length: 99999999999999999999999\r\n",
        "Content-Length : 5\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked, chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding:\vchunked\r\n",
        "Transfer-Encoding\t: chunked\r\n",
        " Host: a\r\n",
        "A: b\r\n c\r\n",
        "A: b\r\n\tc\r\n",
        "A: b\n",
        "A: b\rB: c\r\n",
        "A: b\x01\r\n",
        "A: b\x7f\r\n",
        "A b: c\r\n",
        "A(b): c\r\n",
        ": c\r\n",
        "NoColon\r\n",
        "A\xc3\xa4: c\r\n",
    };
    for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
        AUTO_BUF b = {.max = 4096};
        buf_addf(&b, "POST / HTTP/1.1\r\nHost: x\r\n%s\r\nhello", heads[i]);
        buf_add_char(&b, 0);
        bad(HTTP1_REQUEST, b.ptr, false);
    }
    bad(HTTP1_REQUEST, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", false);
}

static void test_first_lines_refused(void **state) {
    (void)state;
    static const char *const lines[] = {"GET /\r\n",
                                        "GET / HTTP/0.9\r\n",
                                        "GET / HTTP/2.0\r\n",
                                        "GET / HTTP/1.2\r\n",
                                        "GET / HTTP/1.1 \r\n",
                                        "GET  / HTTP/1.1\r\n",
                                        "GET /  HTTP/1.1\r\n",
                                        " GET / HTTP/1.1\r\n",
                                        "GET / RTSP/1.0\r\n",
                                        "OPTIONS * RTSP/1.0\r\n",
                                        "SOURCE / ICE/1.0\r\n",
                                        "GET / http/1.1\r\n",
                                        "get / HTTP/1.1\r\n",
                                        "FOO / HTTP/1.1\r\n",
                                        "GET / HTTP/1.1\n",
                                        "GET /a b HTTP/1.1\r\n",
                                        "GET / HTTP/1.1\r",
                                        "GET\t/ HTTP/1.1\r\n",
                                        "GET / HTTP/11\r\n",
                                        "PRI * HTTP/2.0\r\n",
                                        "\x16\x03\x01\x02",
                                        "GET /\x01 HTTP/1.1\r\n",
                                        "DESCRIBE / RTSP/1.0\r\n"};
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        AUTO_BUF b = {.max = 4096};
        buf_addf(&b, "%sHost: a\r\n\r\n", lines[i]);
        buf_add_char(&b, 0);
        bad(HTTP1_REQUEST, b.ptr, false);
    }
}

static void test_responses(void **state) {
    (void)state;
    good(HTTP1_RESPONSE, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", true,
         "[  200 1.1 cl=2 keep]{Content-Length=2}hi.");
    good(HTTP1_RESPONSE,
         "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", true,
         "[  404 1.1 cl=-1 chunked keep]{Transfer-Encoding=chunked}x.");
    good(HTTP1_RESPONSE, "HTTP/1.0 200 OK\r\n\r\nuntil the end", true,
         "[  200 1.0 cl=-1]until the end.");
    good(HTTP1_RESPONSE, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", true,
         "[  100 1.1 cl=-1 keep].[  204 1.1 cl=-1 keep].");
    good(HTTP1_RESPONSE, "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n", true,
         "[  304 1.1 cl=10 keep]{Content-Length=10}.");
    bad(HTTP1_RESPONSE, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi", true);
    bad(HTTP1_RESPONSE, "HTTP/1.1 200 OK\r\nContent-Le", true);
    bad(HTTP1_RESPONSE, "HTTP/1.1 20 OK\r\n\r\n", false);
    bad(HTTP1_RESPONSE, "HTTP/1.1 600 No\r\n\r\n", false);
    bad(HTTP1_RESPONSE, "HTTP/2.0 200 OK\r\n\r\n", false);
    bad(HTTP1_RESPONSE, "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", false);
    bad(HTTP1_RESPONSE, "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n", false);
    bad(HTTP1_RESPONSE, "HTTP/1.1 200 OK\rContent-Length: 0\r\n\r\n", false);
    bad(HTTP1_RESPONSE, "HTTP/1.1 200 OK\r\rA: b\r\n\r\n", false);
    bad(HTTP1_RESPONSE, "HTTP/1.1 200\rA: b\r\n\r\n", false);
}

static void test_answer_to_head(void **state) {
    (void)state;
    struct seen s = {.log = {.max = 4096}};
    struct err e = {0};
    AUTO(http1) h = http1_new(HTTP1_RESPONSE, &HTTP1_LIMITS, &OPS, &s);
    http1_expect_no_body(h);
    assert_true(feed(h,
                     STR("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
                         "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"),
                     999, &e));
    assert_true(http1_is_done(h));
    assert_int_equal(s.ends, 3);
    assert_true(str_ends(buf_str(&s.log), STR("{Content-Length=1}x.")));
    buf_finish(&s.log);
}

static void test_stops_after_a_message(void **state) {
    (void)state;
    struct seen s = {.log = {.max = 4096}};
    struct err e = {0};
    size_t used = 99;
    AUTO(http1) h = http1_new(HTTP1_REQUEST, &HTTP1_LIMITS, &OPS, &s);
    assert_true(http1_eof(h, &e)); /* nothing was begun */
    assert_false(http1_is_done(h));
    struct str two = STR("GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n");
    assert_true(http1_feed(h, two, &used, &e));
    assert_int_equal(used, two.len / 2);
    assert_true(http1_is_done(h));
    assert_true(http1_feed(h, str_sub(two, used, two.len), &used, &e));
    assert_int_equal(used, 0);
    assert_int_equal(s.heads, 1);
    assert_true(http1_eof(h, &e));
    http1_next(h);
    assert_false(http1_is_done(h));
    assert_true(http1_eof(h, &e));
    assert_true(http1_feed(h, STR("GET /b HT"), &used, &e));
    assert_int_equal(used, 9);
    assert_false(http1_eof(h, &e));
    assert_int_equal(e.kind, ERR_INVALID);
    buf_finish(&s.log);
}

static void test_owner_refuses(void **state) {
    (void)state;
    struct seen s = {.log = {.max = 4096}, .refuse_head = true};
    struct err e = {0};
    size_t used = 0;
    AUTO(http1) h = http1_new(HTTP1_REQUEST, &HTTP1_LIMITS, &OPS, &s);
    assert_false(http1_feed(h, STR("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nxy"), &used, &e));
    assert_int_equal(s.ends, 0);
    e = (struct err){0};
    assert_false(http1_feed(h, STR("GET / HTTP/1.1\r\n\r\n"), &used, &e)); /* and stays so */
    assert_int_equal(e.kind, ERR_INVALID);
    assert_int_equal(s.heads, 1);
    http1_next(h);
    s.refuse_head = false;
    s.refuse_body = true;
    assert_false(http1_feed(h, STR("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nxy"), &used, &e));
    assert_int_equal(s.heads, 2);
    assert_int_equal(s.ends, 0);
    buf_finish(&s.log);
}

static void limited(struct http1_limits l, const char *text, enum err_kind kind, const char *code) {
    for (size_t step = 1; step <= strlen(text); step++) {
        AUTO_BUF log = {.max = 1 << 20};
        struct err e = {0};
        bool fine = run(HTTP1_REQUEST, &l, text, step, false, &log, &e);
        assert_int_equal(fine, kind == ERR_NONE);
        assert_int_equal(e.kind, kind);
        assert_true(str_eq(str_of(e.code), str_of(code)));
    }
}

static void test_limits(void **state) {
    (void)state;
    const char *get = "GET / HTTP/1.1\r\nA: b\r\nC: d\r\n\r\n"; /* 30 bytes */
    limited((struct http1_limits){30, 2, 0}, get, ERR_NONE, NULL);
    limited((struct http1_limits){29, 2, 0}, get, ERR_TOO_LARGE, "headers_too_large");
    limited((struct http1_limits){1, 2, 0}, get, ERR_TOO_LARGE, "headers_too_large");
    limited((struct http1_limits){30, 1, 0}, get, ERR_TOO_LARGE, "headers_too_large");
    limited((struct http1_limits){30, 0, 0}, get, ERR_TOO_LARGE, "headers_too_large");
    limited((struct http1_limits){30, 2, 0},
            "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n", ERR_TOO_LARGE,
            "headers_too_large");
    const char *post = "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello";
    limited((struct http1_limits){99, 2, 5}, post, ERR_NONE, NULL);
    limited((struct http1_limits){99, 2, 4}, post, ERR_TOO_LARGE, NULL);
    const char *chunks =
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    limited((struct http1_limits){99, 2, 5}, chunks, ERR_NONE, NULL);
    limited((struct http1_limits){99, 2, 4}, chunks, ERR_TOO_LARGE, NULL);
    /* A chunk is refused by the size that it says, before a byte of it comes. */
    limited((struct http1_limits){99, 2, 5},
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\n", ERR_TOO_LARGE,
            NULL);
    limited((struct http1_limits){99, 2, 5},
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
            ERR_TOO_LARGE, NULL);
    limited((struct http1_limits){60, 2, 99},
            "POST / HTTP/1.1\r\nTransfer-Encoding: "
            "chunked\r\n\r\n1;abcdefghijklmnopqrstuvwxyzabcdefghijklmnop"
            "qrstuvwxyzabcdefghijkl\r\nx\r\n0\r\n\r\n",
            ERR_TOO_LARGE, "headers_too_large");
    limited((struct http1_limits){60, 2, 99},
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: "
            "012345678901234567890\r\n"
            "B: 0123456789012345678901234567890\r\n\r\n",
            ERR_TOO_LARGE, "headers_too_large");
}

static void test_body_limit_delivers_what_fits(void **state) {
    (void)state;
    AUTO_BUF log = {.max = 4096};
    struct err e = {0};
    struct http1_limits l = {99, 2, 4};
    assert_false(run(HTTP1_RESPONSE, &l, "HTTP/1.1 200 OK\r\n\r\nhello", 99, false, &log, &e));
    assert_true(str_ends(buf_str(&log), STR("]hell")));
}

static void test_helpers(void **state) {
    (void)state;
    struct http_header fields[] = {{STR_INIT("Host"), STR_INIT("a")},
                                   {STR_INIT("HOST"), STR_INIT("b")},
                                   {STR_INIT("Empty"), STR_INIT("")}};
    struct http1_head head = {.headers = fields, .header_count = 3};
    assert_true(str_is(http1_header(&head, "host"), "a"));
    assert_non_null(http1_header(&head, "empty").ptr);
    assert_null(http1_header(&head, "hos").ptr);
    assert_string_equal(http1_reason(404), "Not Found");
    assert_string_equal(http1_reason(200), "OK");
    assert_string_equal(http1_reason(299), "Unknown");
    assert_true(http1_is_clean(STR("a\tb \xc3\xa4")));
    assert_true(http1_is_clean(STR("")));
    assert_false(http1_is_clean(STR("a\rb")));
    assert_false(http1_is_clean(STR("a\n")));
    assert_false(http1_is_clean((struct str){"a\0b", 3}));
    assert_false(http1_is_clean(STR("\x7f")));
    http1_free(NULL);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_pipelined),
        cmocka_unit_test(test_chunked),
        cmocka_unit_test(test_smuggling),
        cmocka_unit_test(test_first_lines_refused),
        cmocka_unit_test(test_responses),
        cmocka_unit_test(test_answer_to_head),
        cmocka_unit_test(test_stops_after_a_message),
        cmocka_unit_test(test_owner_refuses),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_body_limit_delivers_what_fits),
        cmocka_unit_test(test_helpers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
