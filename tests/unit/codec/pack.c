/* What was packed comes back; words are told once; bad bytes fail and give empty values. */
#include "codec/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const char *const SIZES[] = {"small", "big"};

static void test_integers(void **state) {
    (void)state;
    static const int64_t values[] = {0, 1, -1, 63, 64, -64, -65, 300, INT64_MAX, INT64_MIN};
    AUTO_BUF b = {.max = 1000};
    struct pack p;
    pack_to(&p, &b);
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        int64_t v = values[i];
        size_t before = b.len;
        pack_i64(&p, &v);
        assert_true(v != 63 || b.len == before + 1);
        assert_true(v != 300 || b.len == before + 2);
    }
    pack_from(&p, NULL, buf_str(&b));
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        int64_t v = 7;
        pack_i64(&p, &v);
        assert_true(v == values[i]);
    }
    assert_true(!p.failed && p.in.len == 0);
}

static void test_words_are_told_once(void **state) {
    (void)state;
    AUTO_BUF b = {.max = 1000};
    char copy[] = "personal";
    struct pack p;
    pack_to(&p, &b);
    struct str words[] = {STR("personal"), STR("open"), str_of(copy), STR("")};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        pack_word(&p, &words[i]);
    }
    assert_int_equal(b.len, 1 + 1 + 8 + 1 + 1 + 4 + 1 + 1 + 1);
    pack_from(&p, NULL, buf_str(&b));
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        struct str s = {0};
        pack_word(&p, &s);
        assert_true(str_eq(s, words[i]));
    }
    assert_false(p.failed);
}

static void test_more_words_than_are_remembered(void **state) {
    (void)state;
    AUTO_BUF b = {.max = 100000};
    char text[2 * PACK_WORDS][16];
    struct pack p;
    pack_to(&p, &b);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 2 * PACK_WORDS; i++) {
            snprintf(text[i], sizeof text[i], "w%d", i);
            struct str s = str_of(text[i]);
            pack_word(&p, &s);
        }
    }
    pack_from(&p, NULL, buf_str(&b));
    for (int i = 0; i < 4 * PACK_WORDS; i++) {
        struct str s = {0};
        pack_word(&p, &s);
        assert_true(str_is(s, text[i % (2 * PACK_WORDS)]));
    }
    assert_false(p.failed);
}

static void test_names_go_by_their_text(void **state) {
    (void)state;
    static const char *const sorted[] = {"big", "small"};
    AUTO_BUF b = {.max = 1000};
    struct pack p;
    int v = 1;
    pack_to(&p, &b);
    PACK_ENUM(&p, v, SIZES);
    pack_from(&p, NULL, buf_str(&b));
    PACK_ENUM(&p, v, sorted);
    assert_true(!p.failed && v == 0);
    static const char *const others[] = {"none", "tall"};
    pack_from(&p, NULL, buf_str(&b));
    PACK_ENUM(&p, v, others);
    assert_true(p.failed && v == 0);
}

static void test_bad_bytes(void **state) {
    (void)state;
    struct arena a = arena_make(1 << 20);
    struct str s = STR("before");
    size_t n = 9;
    uint8_t small = 1;
    struct pack p;
    pack_from(&p, &a,
              STR("\x05"
                  "ab"));
    pack_str(&p, &s);
    assert_true(p.failed && s.len == 0);
    pack_from(&p, &a,
              STR("\x03"
                  "ab"));
    pack_count(&p, &n);
    assert_true(p.failed && n == 0);
    pack_from(&p, &a, STR("\x05"));
    pack_word(&p, &s);
    assert_true(p.failed && s.len == 0);
    pack_from(&p, &a, STR("\x80\x10")); /* 1024 */
    PACK_INT(&p, small);
    assert_true(p.failed);
    pack_from(&p, &a, STR("\xff\xff"));
    int64_t v = 3;
    pack_i64(&p, &v);
    assert_true(p.failed && v == 0);
    arena_end(&a);
}

static void test_a_full_buffer_is_a_failure(void **state) {
    (void)state;
    AUTO_BUF b = {.max = 4};
    struct pack p;
    struct str s = STR("longer than four");
    pack_to(&p, &b);
    pack_str(&p, &s);
    assert_true(p.failed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_words_are_told_once),
        cmocka_unit_test(test_more_words_than_are_remembered),
        cmocka_unit_test(test_names_go_by_their_text),
        cmocka_unit_test(test_bad_bytes),
        cmocka_unit_test(test_a_full_buffer_is_a_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
