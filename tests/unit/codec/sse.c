/* Server-sent events: line ends, pieces of any size, comments, limits, writing. */
#include "codec/sse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* All events of `text`, fed in pieces of `step` bytes, as "event=data|" in one text; raw ones
 * joined in raw_opt. */
static bool decode(struct str text, size_t step, size_t max, struct buf *out, struct buf *raw_opt) {
    CLEANUP(sse_finish) struct sse s;
    struct err e = {0};
    bool fine = true;
    sse_init(&s, max);
    for (size_t at = 0; fine && at < text.len; at += step) {
        fine = sse_feed(&s, str_sub(text, at, at + step), &e);
        struct sse_event ev;
        while (fine && sse_next(&s, &ev)) {
            buf_addf(out, STR_FMT "=" STR_FMT "|", STR_ARG(ev.event), STR_ARG(ev.data));
            if (raw_opt) {
                buf_add(raw_opt, ev.raw);
            }
        }
    }
    assert_true(fine || e.kind == ERR_TOO_LARGE);
    return fine;
}

static void check(const char *text, const char *expected) {
    struct str t = str_of(text);
    for (size_t step = 1; step <= t.len; step++) {
        AUTO_BUF out = {.max = 4096};
        assert_true(decode(t, step, 1000, &out, NULL));
        if (!str_is(buf_str(&out), expected)) {
            fail_msg("%s in steps of %zu: " STR_FMT, text, step, STR_ARG(buf_str(&out)));
        }
    }
}

static void test_events(void **state) {
    (void)state;
    check("data: a\n\n", "=a|");
    check("data:a\n\ndata:  b\n\n", "=a|= b|");
    check("event: e\ndata: {\"x\":1}\n\n", "e={\"x\":1}|");
    check("data: a\ndata: b\ndata\ndata:\n\n", "=a\nb\n\n|");
    check("data\n\n", "=|");
    check("data:\n\n", "=|");
    check("event: first\nevent: second\ndata: x\n\n", "second=x|");
    check("event: x\n\ndata: y\n\n", "=y|");
    check("id: 7\nretry: 10\nunknown: z\ndata: y\n\n", "=y|");
    check("datax: no\nDATA: no\n\n", "");
    check("data: unfinished\n", "");
    check("data: unfinished", "");
    check("\n\n\n\ndata: x\n\n\n\n", "=x|");
    check("data: a:b: c\n\n", "=a:b: c|");
}

static void test_line_ends(void **state) {
    (void)state;
    check("data: a\r\n\r\ndata: b\r\n\r\n", "=a|=b|");
    check("data: a\r\rdata: b\r\r", "=a|=b|");
    check("data: a\ndata: b\r\ndata: c\rdata: d\n\r\n", "=a\nb\nc\nd|");
    check("data: a\r\n\rdata: b\n\n", "=a|=b|");
    check("data: a\r\r\ndata: b\r\n\n", "=a|=b|");
    check("data: a\n\rdata: b\n\n", "=a|=b|");
}

static void test_comments_and_bom(void **state) {
    (void)state;
    check(": ping\n\ndata: a\n\n: pong\n\n", "=a|");
    check(":\n:\n:\ndata: a\n: inside\ndata: b\n\n", "=a\nb|");
    check("\xef\xbb\xbf"
          "data: a\n\n",
          "=a|");
    check("\xef\xbb\xbf\xef\xbb\xbf"
          "data: a\n\n",
          "");
    check("data: a\n\n\xef\xbb\xbf"
          "data: b\n\n",
          "=a|");
    check("\xef\xbb"
          "data: a\n\n",
          "");
}

static void test_raw_is_what_came(void **state) {
    (void)state;
    static const char *const streams[] = {"event: x\nid: 1\ndata: a\n\ndata: b\ndata: c\n\n",
                                          "event: x\r\nid: 1\r\ndata: a\r\n\r\ndata: b\r\n\r\n",
                                          "data: a\r\rdata: b\r\r"};
    for (size_t i = 0; i < ARRAY_LEN(streams); i++) {
        struct str text = str_of(streams[i]);
        for (size_t step = 1; step <= text.len; step++) {
            AUTO_BUF out = {.max = 4096};
            AUTO_BUF raw = {.max = 4096};
            assert_true(decode(text, step, 1000, &out, &raw));
            assert_true(str_eq(buf_str(&raw), text));
        }
    }
    AUTO_BUF out = {.max = 4096};
    AUTO_BUF raw = {.max = 4096};
    assert_true(decode(STR(": c\n\nevent: none\n\n: d\ndata: a\n: e\n\n"), 100, 1000, &out, &raw));
    assert_true(str_is(buf_str(&raw), "data: a\n: e\n\n"));
}

static void test_a_bare_cr_is_not_awaited(void **state) {
    (void)state;
    CLEANUP(sse_finish) struct sse s;
    struct err e = {0};
    struct sse_event ev;
    sse_init(&s, 100);
    assert_true(sse_feed(&s, STR("data: a\r\r"), &e));
    assert_true(sse_next(&s, &ev));
    assert_true(sse_feed(&s, STR("\ndata: b\n\n"), &e));
    assert_true(sse_next(&s, &ev));
    assert_true(str_is(ev.data, "b") && str_is(ev.raw, "data: b\n\n"));
    assert_false(sse_next(&s, &ev));
}

static void test_limit(void **state) {
    (void)state;
    struct str text =
        STR("data: 0123\n\ndata: 0123\n\n: comment\n\n: a comment far longer\n\ndata: 4\n\n");
    for (size_t step = 1; step <= text.len; step++) {
        AUTO_BUF out = {.max = 4096};
        assert_true(decode(str_sub(text, 0, 24), step, 12, &out, NULL));
        assert_false(decode(str_sub(text, 0, 24), step, 11, &out, NULL));
        assert_false(decode(text, step, 12, &out, NULL));
        assert_true(decode(text, step, 23, &out, NULL));
    }
    AUTO_BUF out = {.max = 4096};
    assert_false(decode(STR("data: endless, without any end of line"), 1, 20, &out, NULL));
    assert_false(decode(STR("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm\nn\n"), 1, 20, &out, NULL));
    assert_true(decode(STR(":\n:\n:\n:\n:\n:\n:\n:\n:\n:\n:\n:\n:\n:\n"), 1, 20, &out, NULL));
}

static void test_write(void **state) {
    (void)state;
    AUTO_BUF b = {.max = 4096};
    assert_true(sse_write(&b, NULL, STR("{}")));
    assert_true(sse_write(&b, "ping", STR("a\nb\r\nc\rd\n")));
    assert_true(sse_write(&b, NULL, STR("")));
    assert_true(str_is(buf_str(&b), "data: {}\n\nevent: ping\ndata: a\ndata: b\ndata: c\ndata: d\n"
                                    "data: \n\ndata: \n\n"));
    assert_false(sse_write(&b, "a\nb", STR("")));
    assert_false(sse_write(&b, "a\rb", STR("")));
    AUTO_BUF tiny = {.max = 5};
    assert_false(sse_write(&tiny, NULL, STR("{}")));
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_line_ends),
        cmocka_unit_test(test_comments_and_bom),
        cmocka_unit_test(test_raw_is_what_came),
        cmocka_unit_test(test_a_bare_cr_is_not_awaited),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
