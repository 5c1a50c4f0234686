/* Lines out of pieces. */
#include "codec/ndjson.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static bool decode(struct str text, size_t step, size_t max, struct buf *out) {
    CLEANUP(ndjson_finish) struct ndjson n;
    struct err e = {0};
    struct str line = {0};
    ndjson_init(&n, max);
    for (size_t at = 0; at < text.len; at += step) {
        if (!ndjson_feed(&n, str_sub(text, at, at + step), &e)) {
            assert_int_equal(e.kind, ERR_TOO_LARGE);
            return false;
        }
        while (ndjson_next(&n, &line)) {
            buf_addf(out, "<" STR_FMT ">", STR_ARG(line));
        }
    }
    if (ndjson_rest(&n, &line)) {
        buf_addf(out, "rest<" STR_FMT ">", STR_ARG(line));
    }
    assert_false(ndjson_rest(&n, &line));
    assert_false(ndjson_next(&n, &line));
    return true;
}

static void check(const char *text, const char *expected) {
    struct str t = str_of(text);
    for (size_t step = 1; step <= t.len + 1; step++) {
        AUTO_BUF out = {.max = 4096};
        assert_true(decode(t, step, 1000, &out));
        if (!str_is(buf_str(&out), expected)) {
            fail_msg("%s in steps of %zu: " STR_FMT, text, step, STR_ARG(buf_str(&out)));
        }
    }
}

static void test_lines(void **state) {
    (void)state;
    check("", "");
    check("{}\n", "<{}>");
    check("{}\r\n[]\n", "<{}><[]>");
    check("\n\n \t\r\n{\"a\":1}\n\n2", "<{\"a\":1}>rest<2>");
    check("1", "rest<1>");
    check("1\n \r", "<1>");
    check("1\r", "rest<1>");
    check(" 1 \n", "< 1 >");
}

static void test_without_draining(void **state) {
    (void)state;
    CLEANUP(ndjson_finish) struct ndjson n;
    struct err e = {0};
    struct str line = {0};
    ndjson_init(&n, 10);
    assert_true(ndjson_feed(&n, STR("1\n2\n3"), &e));
    assert_true(ndjson_next(&n, &line) && str_is(line, "1"));
    assert_true(ndjson_feed(&n, STR("\n4\n"), &e));
    assert_true(ndjson_next(&n, &line) && str_is(line, "2"));
    assert_true(ndjson_next(&n, &line) && str_is(line, "3"));
    assert_true(ndjson_next(&n, &line) && str_is(line, "4"));
    assert_false(ndjson_next(&n, &line));
}

static void test_limit(void **state) {
    (void)state;
    struct str text = STR("12345\n12345\n123456");
    for (size_t step = 1; step <= text.len; step++) {
        AUTO_BUF out = {.max = 4096};
        assert_false(decode(text, step, 5, &out));
        assert_true(decode(text, step, 6, &out));
        assert_true(decode(str_sub(text, 0, 17), step, 5, &out));
        assert_false(decode(str_sub(text, 0, 12), step, 4, &out));
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines),
                                              cmocka_unit_test(test_without_draining),
                                              cmocka_unit_test(test_limit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
