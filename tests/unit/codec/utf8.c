/* UTF-8: every code point, the table's edges, terminals. */
#include "codec/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_every_code_point(void **state) {
    (void)state;
    AUTO_BUF b = {.max = 16};
    for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
        bool is_surrogate = cp >= 0xd800 && cp <= 0xdfff;
        uint32_t back = 0;
        size_t at = 0;
        buf_clear(&b);
        utf8_add(&b, cp);
        if (!utf8_is_valid(buf_str(&b)) || !utf8_next(buf_str(&b), &at, &back) || at != b.len
            || back != (is_surrogate ? 0xfffd : cp)) {
            fail_msg("U+%04X", (unsigned)cp);
        }
    }
    buf_clear(&b);
    utf8_add(&b, 0x110000);
    assert_true(str_is(buf_str(&b), "\xef\xbf\xbd"));
}

/* Said again without a table: decode loosely, then ask whether the code point needs this length. */
static size_t slow_length(const unsigned char *s, size_t len) {
    size_t n = s[0] < 0x80             ? 1
               : (s[0] & 0xe0) == 0xc0 ? 2
               : (s[0] & 0xf0) == 0xe0 ? 3
               : (s[0] & 0xf8) == 0xf0 ? 4
                                       : 0;
    if (n == 0 || n > len) {
        return 0;
    }
    uint32_t cp = n == 1 ? s[0] : s[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            return 0;
        }
        cp = cp << 6 | (s[i] & 0x3fu);
    }
    size_t needs = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    return needs != n || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000) ? 0 : n;
}

static void test_every_start(void **state) {
    (void)state;
    static const unsigned char thirds[] = {0x00, 0x7f, 0x80, 0xbf, 0xc0, 0xff};
    for (unsigned lead = 0; lead < 256; lead++) {
        for (unsigned second = 0; second < 256; second++) {
            for (size_t i = 0; i < ARRAY_LEN(thirds) * ARRAY_LEN(thirds); i++) {
                unsigned char s[4] = {(unsigned char)lead, (unsigned char)second, thirds[i % 6],
                                      thirds[i / 6]};
                for (size_t len = 1; len <= 4; len++) {
                    size_t want = slow_length(s, len);
                    size_t at = 0;
                    uint32_t cp = 0;
                    assert_true(utf8_next((struct str){(const char *)s, len}, &at, &cp));
                    if (at != (want ? want : 1) || (want == 0 && cp != 0xfffd)
                        || (want == 0)
                               != (utf8_valid_prefix((struct str){(const char *)s, len}) == 0)) {
                        fail_msg("%02x %02x %02x %02x, length %zu", s[0], s[1], s[2], s[3], len);
                    }
                }
            }
        }
    }
}

static void test_prefix(void **state) {
    (void)state;
    assert_int_equal(utf8_valid_prefix(STR("")), 0);
    assert_int_equal(utf8_valid_prefix((struct str){NULL, 0}), 0);
    assert_true(
        utf8_is_valid(STR("plain text, longer than eight bytes, then ä € 😀 and more text")));
    assert_int_equal(utf8_valid_prefix(STR("0123456789\xff")), 10);
    assert_int_equal(utf8_valid_prefix(STR("01234567\xc3")), 8);
    assert_int_equal(utf8_valid_prefix(STR("ab\xe2\x82")), 2);
    assert_false(utf8_is_valid(STR("ab\xe2\x82")));
    for (size_t bad = 0; bad < 40; bad++) {
        char text[40];
        memset(text, 'a', sizeof text);
        text[bad] = (char)0x80;
        assert_int_equal(utf8_valid_prefix((struct str){text, sizeof text}), bad);
    }
}

static void test_next_ends(void **state) {
    (void)state;
    size_t at = 0;
    uint32_t cp = 7;
    assert_false(utf8_next(STR(""), &at, &cp));
    assert_int_equal(at, 0);
    assert_int_equal(cp, 7);
}

static void check_escaped(struct str s, const char *expected) {
    AUTO_BUF b = {.max = 256};
    assert_true(utf8_escape_controls(&b, s));
    if (!str_is(buf_str(&b), expected)) {
        fail_msg(STR_FMT " is not %s", STR_ARG(buf_str(&b)), expected);
    }
}

static void test_escape_controls(void **state) {
    (void)state;
    check_escaped(STR("plain\n\tä😀"), "plain\n\tä😀");
    check_escaped(STR("\x1b[31mred\r\x7f"), "\\x1b[31mred\\x0d\\x7f");
    check_escaped(STR("a\xc2\x9bz"), "a\\x9bz");
    check_escaped(STR("a\x9bz\xff"), "a\\x9bz\\xff");
    check_escaped(STR("\xe2\x80\xae"
                      "abc\xe2\x81\xa6"),
                  "\\u202eabc\\u2066");
    check_escaped(STR("\xef\xbf\xbd\xc2\xa0"), "\xef\xbf\xbd\xc2\xa0");
    check_escaped((struct str){"\0", 1}, "\\x00");
    check_escaped(STR(""), "");
    AUTO_BUF tiny = {.max = 2};
    assert_false(utf8_escape_controls(&tiny, STR("\x1b")));
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_code_point), cmocka_unit_test(test_every_start),
        cmocka_unit_test(test_prefix),           cmocka_unit_test(test_next_ends),
        cmocka_unit_test(test_escape_controls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
