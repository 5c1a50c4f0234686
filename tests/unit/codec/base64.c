/* Base64: the examples of RFC 4648, both alphabets, every length, what is none. */
#include "codec/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static bool decodes_to(const char *text, const char *expected) {
    struct arena a = arena_make(1 << 20);
    struct str out = {0};
    bool same = base64_decode(&a, str_of(text), &out) && str_is(out, expected);
    arena_end(&a);
    return same;
}

static bool is_none(const char *text) {
    struct arena a = arena_make(1 << 20);
    struct str out = STR("untouched");
    bool refused = !base64_decode(&a, str_of(text), &out) && str_is(out, "untouched")
                   && !base64_looks_like(str_of(text), 0);
    arena_end(&a);
    return refused;
}

static void test_examples(void **state) {
    (void)state;
    static const char *const pairs[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        AUTO_BUF b = {.max = 256};
        assert_true(base64_encode(&b, str_of(pairs[i][0])));
        assert_true(str_is(buf_str(&b), pairs[i][1]));
        assert_true(decodes_to(pairs[i][1], pairs[i][0]));
    }
    assert_true(decodes_to("Zg", "f"));
    assert_true(decodes_to("Zm8", "fo"));
    assert_true(decodes_to("+/+/", "\xfb\xff\xbf"));
    assert_true(decodes_to("-_-_", "\xfb\xff\xbf"));
}

static void test_none(void **state) {
    (void)state;
    static const char *const bad[] = {
        "Z",     "Zg=",    "Zg===", "=",    "==",       "====",  "Zm9v=", "Zm9v==",
        "Zm 9v", "Zm9v\n", "Zm9v*", "Z=g=", "Zg==Zg==", "Zm9vY", "+_+_",  "Zm\xc3\xa4v"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        if (!is_none(bad[i])) {
            fail_msg("accepted: %s", bad[i]);
        }
    }
}

static void test_every_length(void **state) {
    (void)state;
    struct arena a = arena_make(1 << 20);
    for (size_t n = 0; n < 300; n++) {
        AUTO_BUF b = {.max = 1024};
        char bytes[300];
        struct str back = {0};
        for (size_t i = 0; i < n; i++) {
            bytes[i] = (char)(i * 37 + n * 11);
        }
        struct str whole = {bytes, n};
        assert_true(base64_encode(&b, whole));
        assert_int_equal(b.len, (n + 2) / 3 * 4);
        assert_true(base64_looks_like(buf_str(&b), b.len));
        assert_false(base64_looks_like(buf_str(&b), b.len + 1));
        assert_true(base64_decode(&a, buf_str(&b), &back));
        assert_true(str_eq(back, whole));
        while (b.len && b.ptr[b.len - 1] == '=') {
            b.len--;
        }
        assert_true(base64_decode(&a, buf_str(&b), &back));
        assert_true(str_eq(back, whole));
    }
    arena_end(&a);
    AUTO_BUF tiny = {.max = 7};
    assert_false(base64_encode(&tiny, STR("foob")));
}

int main(void) {
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_examples),
                                              cmocka_unit_test(test_none),
                                              cmocka_unit_test(test_every_length)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
