/* Writing JSON, the spans of top-level members, and splicing. */
#include "codec/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void assert_str(struct str s, const char *expected) {
    if (!str_is(s, expected)) {
        fail_msg("\"" STR_FMT "\" is not \"%s\"", STR_ARG(s), expected);
    }
}

static void test_writer(void **state) {
    (void)state;
    AUTO_BUF b = {.max = 4096};
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kstr(&j, "s", STR("x\"y"));
    jout_kcstr(&j, "c", NULL);
    jout_kcstr(&j, "d", "text");
    jout_ki64(&j, "i", INT64_MIN);
    jout_kdouble(&j, "f", 0.7);
    jout_kbool(&j, "t", true);
    jout_kbool(&j, "u", false);
    jout_knull(&j, "n");
    jout_kraw(&j, "r", STR("[1,2]"));
    jout_kraw(&j, "e", STR(""));
    jout_key_str(&j, STR("a\n"));
    jout_array(&j);
    jout_array(&j);
    jout_end_array(&j);
    jout_object(&j);
    jout_end_object(&j);
    jout_i64(&j, 1);
    jout_str(&j, STR(""));
    jout_bool(&j, true);
    jout_null(&j);
    jout_double(&j, 1e300);
    jout_raw(&j, STR("{}"));
    jout_cstr(&j, "z");
    assert_int_equal(j.depth, 2);
    jout_end_array(&j);
    jout_end_object(&j);
    assert_int_equal(j.depth, 0);
    assert_str(buf_str(&b),
               "{\"s\":\"x\\\"y\",\"c\":null,\"d\":\"text\",\"i\":-9223372036854775808,\"f\":0.7,"
               "\"t\":true,\"u\":false,\"n\":null,\"r\":[1,2],\"e\":null,"
               "\"a\\n\":[[],{},1,\"\",true,null,1e300,{},\"z\"]}");
    assert_false(b.failed);
}

static void test_doubles_read_back(void **state) {
    (void)state;
    static const double values[] = {
        0.1, 1.0 / 3.0, 1e-7, 123456789.125, 5e-324, 1.7976931348623157e308, -2.5, 100.0, 0.0};
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        AUTO_BUF b = {.max = 256};
        struct jout j = jout_make(&b);
        jout_double(&j, values[i]);
        double back = -1;
        struct arena a = arena_make(1 << 20);
        struct err e = {0};
        assert_true(jval_double(json_parse(&a, buf_str(&b), &JSON_LIMITS, &e), &back));
        assert_true(back == values[i]);
        arena_end(&a);
    }
    AUTO_BUF b = {.max = 256};
    struct jout j = jout_make(&b);
    jout_array(&j);
    jout_double(&j, (double)NAN);
    jout_double(&j, (double)INFINITY);
    jout_double(&j, -(double)INFINITY);
    jout_double(&j, 0.1);
    jout_end_array(&j);
    assert_str(buf_str(&b), "[null,null,null,0.1]");
}

static void test_quote(void **state) {
    (void)state;
    AUTO_BUF b = {.max = 4096};
    assert_true(json_quote(&b, (struct str){"\0\b\t\n\f\r\x1f\x7f\"\\/ä€😀", 20}));
    assert_str(buf_str(&b), "\"\\u0000\\b\\t\\n\\f\\r\\u001F\x7f\\\"\\\\/ä€😀\"");
    buf_clear(&b);
    assert_true(json_quote(&b, STR("a\xff\xc3(\xe2\x82z\xed\xa0\x80")));
    assert_str(buf_str(&b), "\"a\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbdz"
                            "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
    buf_clear(&b);
    assert_true(json_quote(&b, (struct str){NULL, 0}));
    assert_str(buf_str(&b), "\"\"");
    AUTO_BUF tiny = {.max = 4};
    assert_false(json_quote(&tiny, STR("abc")));
}

static void check_span(struct str text, struct json_span s, const char *key, const char *value) {
    assert_str(s.key, key);
    assert_int_equal(text.ptr[s.key_from], '"');
    assert_str(str_sub(text, s.from, s.to), value);
}

static void test_spans(void **state) {
    (void)state;
    struct json_span s[8];
    struct str text =
        STR(" {\"a\":1, \"b\\\"\\\\\" : \"x,}\\\"\" ,\n\"c\":{\"d\":[1,{\"e\":\"]}\"}]},"
            "\"f\":[ ],\"g\":true }");
    assert_int_equal(json_spans(text, s, 8), 5);
    check_span(text, s[0], "a", "1");
    check_span(text, s[1], "b\\\"\\\\", "\"x,}\\\"\"");
    check_span(text, s[2], "c", "{\"d\":[1,{\"e\":\"]}\"}]}");
    check_span(text, s[3], "f", "[ ]");
    check_span(text, s[4], "g", "true");
    struct json_span one[2] = {{.from = 99}, {.from = 99}};
    assert_int_equal(json_spans(text, one, 1), 5);
    assert_int_equal(one[1].from, 99);
    assert_int_equal(json_spans(text, NULL, 0), 5);
    assert_int_equal(json_spans(STR("{}"), s, 8), 0);
    assert_int_equal(json_spans(STR(" [1]"), s, 8), 0);
    assert_int_equal(json_spans(STR(""), s, 8), 0);
    assert_int_equal(json_spans(STR("\"{\""), s, 8), 0);
    text = STR("{\"\":-1.5e3\n}");
    assert_int_equal(json_spans(text, s, 8), 1);
    check_span(text, s[0], "", "-1.5e3");
}

static void check_cut(const char *json, size_t i, const char *expected) {
    struct json_span s[8];
    struct str text = str_of(json);
    size_t n = json_spans(text, s, 8);
    struct json_edit cut = json_cut_member(text, s, n, i);
    AUTO_BUF b = {.max = 4096};
    assert_true(json_splice(&b, text, &cut, 1));
    assert_str(buf_str(&b), expected);
}

static void test_cut(void **state) {
    (void)state;
    check_cut("{\"a\":1}", 0, "{}");
    check_cut("{ \"a\" : [1,2] }", 0, "{  }");
    check_cut("{\"a\":1,\"b\":2,\"c\":3}", 0, "{\"b\":2,\"c\":3}");
    check_cut("{\"a\":1,\"b\":2,\"c\":3}", 1, "{\"a\":1,\"c\":3}");
    check_cut("{\"a\":1,\"b\":2,\"c\":3}", 2, "{\"a\":1,\"b\":2}");
    check_cut("{ \"a\":1 , \"b\":2 }", 0, "{ \"b\":2 }");
    check_cut("{ \"a\":1 , \"b\":2 }", 1, "{ \"a\":1 }");
}

static void test_splice(void **state) {
    (void)state;
    struct json_edit edits[] = {
        {1, 3, STR_INIT("XYZ")}, {3, 3, STR_INIT("+")}, {5, 6, STR_INIT("")}};
    AUTO_BUF b = {.max = 64};
    assert_true(json_splice(&b, STR("abcdef"), edits, 3));
    assert_str(buf_str(&b), "aXYZ+de");
    buf_clear(&b);
    assert_true(json_splice(&b, STR("abc"), NULL, 0));
    assert_str(buf_str(&b), "abc");
    struct json_edit overlap[] = {{1, 3, STR_INIT("")}, {2, 4, STR_INIT("")}};
    assert_false(json_splice(&b, STR("abcdef"), overlap, 2));
    struct json_edit beyond = {1, 9, STR_INIT("")};
    assert_false(json_splice(&b, STR("abcdef"), &beyond, 1));
    struct json_edit backwards = {3, 2, STR_INIT("")};
    assert_false(json_splice(&b, STR("abcdef"), &backwards, 1));
    AUTO_BUF tiny = {.max = 3};
    assert_false(json_splice(&tiny, STR("abcdef"), NULL, 0));
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writer), cmocka_unit_test(test_doubles_read_back),
        cmocka_unit_test(test_quote),  cmocka_unit_test(test_spans),
        cmocka_unit_test(test_cut),    cmocka_unit_test(test_splice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
