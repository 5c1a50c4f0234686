/* json_parse and the readers: what is accepted, what is refused and where, numbers, limits. */
#include "codec/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct arena arena;
static struct err err;

static int begin(void **state) {
    (void)state;
    arena = arena_make(64u << 20);
    err = (struct err){0};
    return 0;
}

static int end(void **state) {
    (void)state;
    arena_end(&arena);
    return 0;
}

static const struct jval *parse(const char *text) {
    return json_parse(&arena, str_of(text), &JSON_LIMITS, &err);
}

static const struct jval *good(const char *text) {
    const struct jval *v = parse(text);
    if (!v) {
        fail_msg("%s: %s", text, err.text);
    }
    return v;
}

static void assert_str(struct str s, const char *expected) {
    if (!str_is(s, expected)) {
        fail_msg("\"" STR_FMT "\" is not \"%s\"", STR_ARG(s), expected);
    }
}

static void test_kinds(void **state) {
    (void)state;
    assert_int_equal(jval_kind(good("null")), JNULL);
    assert_int_equal(jval_kind(good(" true ")), JBOOL);
    assert_int_equal(jval_kind(good("0")), JNUMBER);
    assert_int_equal(jval_kind(good("\"\"")), JSTRING);
    assert_int_equal(jval_kind(good("[]")), JARRAY);
    assert_int_equal(jval_kind(good("\t{\r\n}")), JOBJECT);
    assert_int_equal(jval_kind(NULL), JNULL);
    assert_true(jval_is(good("null"), JNULL));
    assert_false(jval_is(NULL, JNULL));
    assert_false(jval_is(good("[]"), JOBJECT));
}

static void test_absent_chains(void **state) {
    (void)state;
    const struct jval *v = good("{\"a\":{\"b\":[1,\"x\"]}}");
    assert_str(jval_str(jval_at(jval_get(jval_get(v, "a"), "b"), 1)), "x");
    assert_null(jval_get(jval_get(v, "nothing"), "b"));
    assert_null(jval_at(jval_get(v, "a"), 0));
    assert_null(jval_at(jval_get(jval_get(v, "a"), "b"), 2));
    assert_null(jval_get(good("[1]"), "a"));
    assert_null(jval_get(v, ""));
    assert_int_equal(jval_len(NULL), 0);
    assert_int_equal(jval_len(good("\"abc\"")), 0);
    assert_int_equal(jval_len(good("[1,2,3]")), 3);
    assert_int_equal(jval_len(v), 1);
    assert_str(jval_str(NULL), "");
    assert_str(jval_str(good("12")), "");
    assert_str(jval_str_or(good("12"), "else"), "else");
    assert_str(jval_str_or(good("\"\""), "else"), "");
    assert_true(jval_bool(good("true"), false));
    assert_false(jval_bool(good("false"), true));
    assert_true(jval_bool(NULL, true));
    assert_true(jval_bool(good("\"false\""), true));
}

static void test_strings(void **state) {
    (void)state;
    assert_str(jval_str(good("\"a\\n\\t\\\"\\\\\\/\\b\\f\\r\"")), "a\n\t\"\\/\b\f\r");
    assert_str(jval_str(good("\"\\u00e4\\u20ac\\ud83d\\ude00\"")), "ä€😀");
    struct str nul = jval_str(good("\"\\u0000x\""));
    assert_int_equal(nul.len, 2);
    assert_int_equal(nul.ptr[0], 0);
    assert_int_equal(nul.ptr[1], 'x');
    assert_str(jval_str(jval_get(good("{\"\\u0061\":\"v\"}"), "a")), "v");
    assert_str(jval_str(jval_get_str(good("{\"ab\":\"v\"}"), str_sub(STR("abc"), 0, 2))), "v");
}

static void test_input_may_go_away(void **state) {
    (void)state;
    char text[] = "{\"key\":[\"value\",17]}";
    const struct jval *v = json_parse(&arena, str_of(text), &JSON_LIMITS, &err);
    memset(text, '#', sizeof text - 1);
    assert_str(jval_print(&arena, v), "{\"key\":[\"value\",17]}");
}

static void test_iteration(void **state) {
    (void)state;
    size_t n = 0;
    for (struct jiter it = jval_iter(good("[[1,2],{\"a\":[]},3]")); jiter_next(&it); n++) {
        static const enum jkind kinds[] = {JARRAY, JOBJECT, JNUMBER};
        assert_int_equal(jval_kind(it.value), kinds[n]);
        assert_int_equal(it.key.len, 0);
    }
    assert_int_equal(n, 3);
    static const char *const keys[] = {"z", "a", "m"};
    n = 0;
    for (struct jiter it = jval_iter(good("{\"z\":[1,[2]],\"a\":{\"q\":{}},\"m\":0}"));
         jiter_next(&it); n++) {
        assert_str(it.key, keys[n]);
    }
    assert_int_equal(n, 3);
    struct jiter none = jval_iter(NULL);
    assert_false(jiter_next(&none));
    none = jval_iter(good("\"abc\""));
    assert_false(jiter_next(&none));
    none = jval_iter(good("{}"));
    assert_false(jiter_next(&none));
}

static void test_numbers_keep_their_text(void **state) {
    (void)state;
    static const char *const numbers[] = {"0",
                                          "-0",
                                          "0.7",
                                          "1.0",
                                          "9007199254740993",
                                          "1e5",
                                          "1E+5",
                                          "1e-400",
                                          "1e999",
                                          "-1.50",
                                          "12345678901234567890123",
                                          "0.1000000000000000055511151231257827"};
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        const struct jval *v = good(numbers[i]);
        assert_str(jval_raw_number(v), numbers[i]);
        assert_str(jval_print(&arena, v), numbers[i]);
    }
    assert_str(jval_raw_number(good("\"1\"")), "");
    assert_str(jval_raw_number(NULL), "");
}

static void test_integers(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } exact[] = {{"0", 0},
                 {"-0", 0},
                 {"1", 1},
                 {"1.0", 1},
                 {"1e3", 1000},
                 {"1E+3", 1000},
                 {"-12", -12},
                 {"1200e-2", 12},
                 {"1.5e1", 15},
                 {"0.001e3", 1},
                 {"0e999999999999999999999", 0},
                 {"0.000", 0},
                 {"10.50e1", 105},
                 {"9223372036854775807", INT64_MAX},
                 {"-9223372036854775808", INT64_MIN},
                 {"9007199254740993", 9007199254740993},
                 {"9007199254740993.000", 9007199254740993},
                 {"922337203685477580700e-2", INT64_MAX},
                 {"1e18", 1000000000000000000}};
    for (size_t i = 0; i < ARRAY_LEN(exact); i++) {
        int64_t v = 77;
        if (!jval_i64(good(exact[i].text), &v) || v != exact[i].value) {
            fail_msg("%s gave %lld", exact[i].text, (long long)v);
        }
    }
    static const char *const others[] = {"1.5",
                                         "1e-1",
                                         "0.1",
                                         "9223372036854775808",
                                         "1e19",
                                         "-1e19",
                                         "-9223372036854775809",
                                         "1e99999999999999999999",
                                         "\"1\"",
                                         "true",
                                         "null",
                                         "1e-99999999999999999999",
                                         "18446744073709551616",
                                         "123456789012345678901234567890"};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        int64_t v = 77;
        if (jval_i64(good(others[i]), &v) || v != 77) {
            fail_msg("%s was taken for an integer", others[i]);
        }
    }
    int64_t v = 77;
    assert_false(jval_i64(NULL, &v));
}

static void test_doubles(void **state) {
    (void)state;
    double v = 7;
    assert_true(jval_double(good("0.1"), &v) && v == 0.1);
    assert_true(jval_double(good("-2"), &v) && v == -2.0);
    assert_true(jval_double(good("1e308"), &v) && v == 1e308);
    assert_true(jval_double(good("5e-324"), &v) && v == 5e-324);
    assert_true(jval_double(good("1e-999"), &v) && v == 0.0);
    assert_true(jval_double(good("18446744073709551615"), &v) && v == 18446744073709551616.0);
    v = 7;
    assert_false(jval_double(good("1e999"), &v));
    assert_false(jval_double(good("\"1\""), &v));
    assert_false(jval_double(NULL, &v));
    assert_true(v == 7);
}

static void test_refused(void **state) {
    (void)state;
    static const char *const bad[] = {"",
                                      " ",
                                      "{",
                                      "}",
                                      "[",
                                      "]",
                                      "[1,]",
                                      "[,1]",
                                      "{\"a\"}",
                                      "{\"a\":}",
                                      "{\"a\":1,}",
                                      "{a:1}",
                                      "{'a':1}",
                                      "01",
                                      "-",
                                      "-01",
                                      "+1",
                                      "1.",
                                      ".5",
                                      "1e",
                                      "1e+",
                                      "0x10",
                                      "NaN",
                                      "Infinity",
                                      "nul",
                                      "True",
                                      "\"",
                                      "\"\t\"",
                                      "\"\\x\"",
                                      "\"\\u12\"",
                                      "\"\\ud800\"",
                                      "\"\\udc00\"",
                                      "\"\\ud800\\u0041\"",
                                      "1 2",
                                      "{} {}",
                                      "{\"a\":1} trailing",
                                      "[1]x",
                                      "// c\n1",
                                      "/* c */ 1",
                                      "[1 2]",
                                      "{\"a\" 1}",
                                      "{\"a\":1 \"b\":2}",
                                      "{1:2}",
                                      "\xef\xbb\xbf{}",
                                      "\"\xff\"",
                                      "\"\xc0\x80\"",
                                      "\"\xed\xa0\x80\"",
                                      "\"\xf4\x90\x80\x80\"",
                                      "\"\xe2\x82\"",
                                      "\xc3\xa4",
                                      "\f1"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        err = (struct err){0};
        if (parse(bad[i])) {
            fail_msg("accepted: %s", bad[i]);
        }
        assert_int_equal(err.kind, ERR_INVALID);
        assert_true(str_contains(str_of(err.text), STR("at byte ")));
    }
    struct str nul = {"1\0", 2};
    assert_null(json_parse(&arena, nul, &JSON_LIMITS, &err));
}

static void test_errors_name_the_place(void **state) {
    (void)state;
    assert_null(parse("{\n  \"ä\": tru\n}"));
    assert_non_null(strstr(err.text, "byte 10 (line 2, column 8)"));
    assert_null(parse("{\"a\":1,\n \"a\":2}"));
    assert_int_equal(err.kind, ERR_INVALID);
    assert_non_null(strstr(err.text, "byte 9 (line 2, column 2)"));
    assert_non_null(strstr(err.text, "twice"));
}

static void test_duplicates(void **state) {
    (void)state;
    assert_null(parse("{\"a\":1,\"\\u0061\":2}"));
    assert_null(parse("[{\"x\":{\"a\":1,\"b\":0,\"a\":3}}]"));
    assert_null(parse("{\"\":1,\"\":2}"));
    assert_non_null(parse("{\"a\":{\"a\":{\"a\":1}},\"A\":1}"));
    assert_non_null(parse("[{\"a\":1},{\"a\":2}]"));
    assert_non_null(parse("{\"a\":\"a\",\"b\":\"a\"}"));
    assert_non_null(parse("{\"a\\u0000\":1,\"a\":2}"));
}

static struct str many_keys(struct buf *b, size_t n, size_t again) {
    struct jout j = jout_make(b);
    jout_object(&j);
    for (size_t i = 0; i < n; i++) {
        char key[32];
        snprintf(key, sizeof key, "k%zu", i == n - 1 ? again : i);
        jout_ki64(&j, key, (int64_t)i);
    }
    jout_end_object(&j);
    return buf_str(b);
}

static void test_duplicates_among_many(void **state) {
    (void)state;
    for (size_t n = 3; n < 200; n++) {
        AUTO_BUF fine = {.max = 1 << 20};
        AUTO_BUF wrong = {.max = 1 << 20};
        struct str text = many_keys(&fine, n, n);
        assert_int_equal(jval_len(json_parse(&arena, text, &JSON_LIMITS, &err)), n);
        text = many_keys(&wrong, n, (n - 1) / 2);
        assert_null(json_parse(&arena, text, &JSON_LIMITS, &err));
    }
}

static const struct jval *nested(size_t levels, size_t most, char open, char close) {
    AUTO_BUF b = {.max = 1 << 20};
    for (size_t i = 0; i < levels; i++) {
        buf_add(&b, open == '{' ? STR("{\"[{\":") : STR("["));
    }
    buf_add(&b, STR("0"));
    for (size_t i = 0; i < levels; i++) {
        buf_add_char(&b, close);
    }
    struct json_limits l = {1 << 20, most};
    return json_parse(&arena, buf_str(&b), &l, &err);
}

static void test_depth(void **state) {
    (void)state;
    assert_non_null(nested(128, 128, '[', ']'));
    assert_null(nested(129, 128, '[', ']'));
    assert_int_equal(err.kind, ERR_TOO_LARGE);
    assert_non_null(strstr(err.text, "byte 128 "));
    assert_non_null(nested(3, 3, '{', '}'));
    assert_null(nested(4, 3, '{', '}'));
    assert_non_null(strstr(err.text, "byte 18 "));
    assert_non_null(nested(0, 0, '[', ']'));
    assert_null(nested(1, 0, '[', ']'));
    assert_null(nested(2000, SIZE_MAX, '[', ']'));
    assert_non_null(nested(1000, SIZE_MAX, '[', ']'));
    struct json_limits two = {100, 2};
    assert_non_null(json_parse(&arena, STR("[[],[],{\"a\":[]}]"), &JSON_LIMITS, &err));
    assert_non_null(json_parse(&arena, STR("[[],[1],{},[]]"), &two, &err));
}

static void test_size(void **state) {
    (void)state;
    struct json_limits l = {5, 10};
    assert_non_null(json_parse(&arena, STR("[1,2]"), &l, &err));
    assert_null(json_parse(&arena, STR("[1,2] "), &l, &err));
    assert_int_equal(err.kind, ERR_TOO_LARGE);
    struct arena small = arena_make(1000);
    AUTO_BUF b = {.max = 1 << 20};
    assert_null(json_parse(&small, many_keys(&b, 100, 100), &JSON_LIMITS, &err));
    assert_int_equal(err.kind, ERR_TOO_LARGE);
    arena_end(&small);
}

static void test_odd_shapes(void **state) {
    (void)state;
    /* a text with few commas and one with nothing else: both sizes of the parser's memory are
     * enough */
    AUTO_BUF b = {.max = 1 << 22};
    buf_add_char(&b, '[');
    for (int i = 0; i < 200000; i++) {
        buf_add(&b, i ? STR(",0") : STR("0"));
    }
    buf_add_char(&b, ']');
    assert_int_equal(jval_len(json_parse(&arena, buf_str(&b), &JSON_LIMITS, &err)), 200000);
    buf_clear(&b);
    buf_add_char(&b, '"');
    for (int i = 0; i < 100000; i++) {
        buf_add(&b, STR("some text "));
    }
    buf_add_char(&b, '"');
    assert_int_equal(jval_str(json_parse(&arena, buf_str(&b), &JSON_LIMITS, &err)).len, 1000000);
    buf_clear(&b);
    for (int i = 0; i < 100; i++) {
        buf_add(&b, STR("          \n"));
    }
    buf_add(&b, STR("[ {\n\n\"a\"   :   {   } , \"b\" : [ ] } ]"));
    assert_str(jval_print(&arena, json_parse(&arena, buf_str(&b), &JSON_LIMITS, &err)),
               "[{\"a\":{},\"b\":[]}]");
}

static void test_print(void **state) {
    (void)state;
    assert_str(
        jval_print(&arena,
                   good(" { \"b\" : [ 1.50 , true , null ] , \"a\" : \"\\u00e4\\/\\u001f\" } ")),
        "{\"b\":[1.50,true,null],\"a\":\"ä/\\u001F\"}");
    assert_str(jval_print(&arena, NULL), "null");
    assert_str(jval_print(&arena, jval_get(good("{\"a\":[{}]}"), "a")), "[{}]");
    assert_str(jval_print(&arena, jval_at(good("[1,\"x\",2]"), 1)), "\"x\"");
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_kinds, begin, end),
        cmocka_unit_test_setup_teardown(test_absent_chains, begin, end),
        cmocka_unit_test_setup_teardown(test_strings, begin, end),
        cmocka_unit_test_setup_teardown(test_input_may_go_away, begin, end),
        cmocka_unit_test_setup_teardown(test_iteration, begin, end),
        cmocka_unit_test_setup_teardown(test_numbers_keep_their_text, begin, end),
        cmocka_unit_test_setup_teardown(test_integers, begin, end),
        cmocka_unit_test_setup_teardown(test_doubles, begin, end),
        cmocka_unit_test_setup_teardown(test_refused, begin, end),
        cmocka_unit_test_setup_teardown(test_errors_name_the_place, begin, end),
        cmocka_unit_test_setup_teardown(test_duplicates, begin, end),
        cmocka_unit_test_setup_teardown(test_duplicates_among_many, begin, end),
        cmocka_unit_test_setup_teardown(test_depth, begin, end),
        cmocka_unit_test_setup_teardown(test_size, begin, end),
        cmocka_unit_test_setup_teardown(test_odd_shapes, begin, end),
        cmocka_unit_test_setup_teardown(test_print, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
