/* struct str: comparing, finding, cutting, numbers, globs, suggestions. */
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct arena arena;

static int end(void **state) {
    (void)state;
    arena_end(&arena);
    return 0;
}

static void test_comparing(void **state) {
    (void)state;
    assert_true(str_eq(STR("ab"), STR("ab")));
    assert_false(str_eq(STR("ab"), STR("aB")));
    assert_false(str_eq(STR("ab"), STR("abc")));
    assert_true(str_eq((struct str){NULL, 0}, STR("")));
    assert_true(str_ieq(STR("aZ[{"), STR("Az[{")));
    assert_false(str_ieq(STR("["), STR("{"))); /* 32 apart, but no letters */
    assert_false(str_ieq(STR("@"), STR("`")));
    assert_false(str_ieq(STR("a"), STR("ab")));
    assert_true(str_cmp(STR("a"), STR("b")) < 0);
    assert_true(str_cmp(STR("b"), STR("a")) > 0);
    assert_true(str_cmp(STR("a"), STR("ab")) < 0);
    assert_true(str_cmp(STR("ab"), STR("a")) > 0);
    assert_int_equal(str_cmp(STR("a"), STR("a")), 0);
    assert_true(str_cmp(STR("\xff"), STR("a")) > 0);
    assert_int_equal(str_of(NULL).len, 0);
    assert_true(str_is(STR("x"), "x"));
}

static void test_one_of(void **state) {
    (void)state;
    assert_true(char_is_of('b', "abc"));
    assert_false(char_is_of('d', "abc"));
    assert_false(char_is_of('\0', "abc")); /* as strchr would have it */
    assert_false(char_is_of('a', ""));
}

static void test_sub(void **state) {
    (void)state;
    struct str s = STR("abcdef");
    assert_true(str_is(str_sub(s, 1, 3), "bc"));
    assert_true(str_is(str_sub(s, 4, 99), "ef"));
    assert_int_equal(str_sub(s, 99, 3).len, 0);
    assert_int_equal(str_sub(s, 3, 2).len, 0);
    assert_int_equal(str_sub(s, SIZE_MAX, SIZE_MAX).len, 0);
}

static void test_finding(void **state) {
    (void)state;
    struct str s = STR("hello world");
    assert_true(str_starts(s, STR("hello")) && !str_starts(s, STR("ello"))
                && str_starts(s, STR("")));
    assert_false(str_starts(STR("he"), STR("hello")));
    assert_true(str_istarts(s, STR("HELLO")) && !str_istarts(s, STR("world")));
    assert_true(str_ends(s, STR("world")) && !str_ends(s, STR("worl")) && str_ends(s, STR("")));
    assert_false(str_ends(STR("d"), STR("world")));
    assert_int_equal(str_find(s, STR("o w")), 4);
    assert_int_equal(str_find(s, STR("xyz")), -1);
    assert_int_equal(str_find(s, STR("")), 0);
    assert_int_equal(str_find(STR(""), STR("a")), -1);
    assert_int_equal(str_find_char(s, 'o'), 4);
    assert_int_equal(str_find_char(s, 'z'), -1);
    assert_int_equal(str_find_char((struct str){NULL, 0}, 'z'), -1);
    assert_true(str_contains(s, STR("lo")) && !str_contains(s, STR("LO")));
    assert_true(str_icontains(s, STR("LO W")) && str_icontains(s, STR("WORLD")));
    assert_false(str_icontains(s, STR("worlds")));
    assert_false(str_icontains(STR("a"), STR("ab")));
    assert_true(str_icontains(s, STR("")));
}

static void test_trim_and_cut(void **state) {
    (void)state;
    struct str head = {0};
    struct str rest = {0};
    assert_true(str_is(str_trim(STR(" \t\r\n a b \n")), "a b"));
    assert_true(str_is(str_trim(STR(" \t")), ""));
    assert_true(str_is(str_trim(STR("x")), "x"));
    assert_true(str_cut(STR("a:b:c"), ':', &head, &rest));
    assert_true(str_is(head, "a") && str_is(rest, "b:c"));
    assert_true(str_cut(STR("a:"), ':', &head, &rest));
    assert_true(str_is(head, "a") && rest.len == 0);
    assert_false(str_cut(STR("abc"), ':', &head, &rest));
    assert_true(str_is(head, "abc") && rest.len == 0 && !rest.ptr);
}

static void test_glob(void **state) {
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool fits;
    } rows[] = {{"", "", true},
                {"", "a", false},
                {"*", "", true},
                {"*", "abc", true},
                {"a*", "abc", true},
                {"*c", "abc", true},
                {"a*c", "abc", true},
                {"a*c", "abcd", false},
                {"a*b*c", "aXbYbZc", true},
                {"a*b*c", "acb", false},
                {"**", "x", true},
                {"a**", "a", true},
                {"abc", "abc", true},
                {"abc", "abd", false},
                {"*ab", "aab", true},
                {"*ab", "aba", false},
                {"a.c", "abc", false},
                {"*a*a*", "a", false},
                {"gpt-*-mini", "gpt-4-mini", true},
                {"?", "a", false}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_glob(str_of(rows[i].pattern), str_of(rows[i].text)) != rows[i].fits) {
            fail_msg("%s on %s", rows[i].pattern, rows[i].text);
        }
    }
}

static void test_copies(void **state) {
    (void)state;
    char text[] = "AbÄ";
    struct str copy = str_dup(&arena, str_of(text));
    struct str low = str_lower(&arena, str_of(text));
    char *c = str_cstr(&arena, str_sub(str_of(text), 0, 2));
    text[0] = 'x';
    assert_true(str_is(copy, "AbÄ"));
    assert_int_equal(copy.ptr[copy.len], 0);
    assert_true(str_is(low, "abÄ"));
    assert_string_equal(c, "Ab");
    assert_true(str_is(str_fmt(&arena, "%d/%s", 7, "x"), "7/x"));
    assert_true(str_is(str_dup(&arena, (struct str){NULL, 0}), ""));
    char shown[16];
    snprintf(shown, sizeof shown, STR_FMT "|" STR_FMT, STR_ARG(STR("a")),
             STR_ARG(((struct str){NULL, 0})));
    assert_string_equal(shown, "a|");
}

static void test_numbers(void **state) {
    (void)state;
    uint64_t u = 7;
    int64_t i = 7;
    double d = 7;
    assert_true(str_to_u64(STR("0"), &u) && u == 0);
    assert_true(str_to_u64(STR("18446744073709551615"), &u) && u == UINT64_MAX);
    u = 7;
    static const char *const not_u64[] = {
        "", "18446744073709551616", "-1", "+1", " 1", "1 ", "1x", "0x1", "99999999999999999999"};
    for (size_t k = 0; k < ARRAY_LEN(not_u64); k++) {
        assert_false(str_to_u64(str_of(not_u64[k]), &u));
    }
    assert_int_equal(u, 7);
    assert_true(str_to_i64(STR("-9223372036854775808"), &i) && i == INT64_MIN);
    assert_true(str_to_i64(STR("9223372036854775807"), &i) && i == INT64_MAX);
    i = 7;
    assert_false(str_to_i64(STR("9223372036854775808"), &i));
    assert_false(str_to_i64(STR("-9223372036854775809"), &i));
    assert_false(str_to_i64(STR("-"), &i));
    assert_false(str_to_i64(STR("--1"), &i));
    assert_int_equal(i, 7);
    assert_true(str_to_double(STR("-1.5e3"), &d) && d == -1500.0);
    d = 7;
    static const char *const not_double[] = {"", " 1", "1 ", "1x", "x", "1e999"};
    for (size_t k = 0; k < ARRAY_LEN(not_double); k++) {
        assert_false(str_to_double(str_of(not_double[k]), &d));
    }
    assert_false(str_to_double((struct str){"1\0", 2}, &d));
    assert_true(d == 7);
}

static void test_nearest(void **state) {
    (void)state;
    static const char *const words[] = {"policy", "models", "keys", "status"};
    assert_string_equal(str_nearest(STR("polcy"), words, 4), "policy");
    assert_string_equal(str_nearest(STR("MODEL"), words, 4), "models");
    assert_string_equal(str_nearest(STR("kyes"), words, 4), "keys");
    assert_null(str_nearest(STR("xyzzyx"), words, 4));
    assert_null(str_nearest(STR("a"), words, 0));
    assert_null(
        str_nearest(STR("a word that is longer than any table of words could hold"), words, 4));
}

int main(void) {
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_comparing),
                                              cmocka_unit_test(test_one_of),
                                              cmocka_unit_test(test_sub),
                                              cmocka_unit_test(test_finding),
                                              cmocka_unit_test(test_trim_and_cut),
                                              cmocka_unit_test(test_glob),
                                              cmocka_unit_test_teardown(test_copies, end),
                                              cmocka_unit_test(test_numbers),
                                              cmocka_unit_test(test_nearest)};
    arena = arena_make(1 << 20);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
