/* TOML: kinds, order, places, errors that name them, limits, quoting. */
#include "codec/toml.h"

#include <math.h>
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

static const struct tval *parse(const char *text) {
    const struct tval *v = NULL;
    return toml_parse(&arena, str_of(text), "test.toml", &v, &err) ? v : NULL;
}

static const struct tval *good(const char *text) {
    const struct tval *v = parse(text);
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
    const struct tval *t =
        good("s = \"a\\u00e4\\n\"\ni = -1_000\nh = 0xff\nf = 1.5\ninf = -inf\nb = true\n"
             "d = 2026-11-23\nt = 07:32:00.5\ndt = 2026-11-23T07:32:00Z\n"
             "dl = 2026-11-23T07:32:00\ndo = 2026-11-23 07:32:00.123456-08:30\n"
             "l = [1, \"x\", [true]]\nn = {a = 1}\nlit = 'c:\\x'\nml = \"\"\"\nx\ny\"\"\"\n");
    assert_int_equal(t->kind, TTABLE);
    assert_int_equal(t->count, 15);
    assert_str(tval_get(t, "s")->string, "aä\n");
    assert_int_equal(tval_get(t, "s")->kind, TSTRING);
    assert_int_equal(tval_get(t, "i")->integer, -1000);
    assert_int_equal(tval_get(t, "i")->kind, TINTEGER);
    assert_int_equal(tval_get(t, "h")->integer, 255);
    assert_true(tval_get(t, "f")->number == 1.5 && tval_get(t, "f")->kind == TFLOAT);
    assert_true(isinf(tval_get(t, "inf")->number));
    assert_true(tval_get(t, "b")->boolean && tval_get(t, "b")->kind == TBOOL);
    assert_int_equal(tval_get(t, "d")->kind, TDATE);
    assert_str(tval_get(t, "d")->string, "2026-11-23");
    assert_int_equal(tval_get(t, "t")->kind, TTIME);
    assert_str(tval_get(t, "t")->string, "07:32:00.5");
    assert_int_equal(tval_get(t, "dt")->kind, TDATETIME);
    assert_str(tval_get(t, "dt")->string, "2026-11-23T07:32:00Z");
    assert_str(tval_get(t, "dl")->string, "2026-11-23T07:32:00");
    assert_str(tval_get(t, "do")->string, "2026-11-23T07:32:00.123456-08:30");
    const struct tval *l = tval_get(t, "l");
    assert_int_equal(l->kind, TARRAY);
    assert_int_equal(l->count, 3);
    assert_int_equal(l->items[0].integer, 1);
    assert_str(l->items[1].string, "x");
    assert_int_equal(l->items[1].key.len, 0);
    assert_true(l->items[2].items[0].boolean);
    assert_int_equal(tval_get(tval_get(t, "n"), "a")->integer, 1);
    assert_str(tval_get(t, "lit")->string, "c:\\x");
    assert_str(tval_get(t, "ml")->string, "x\ny");
    assert_null(tval_get(t, "nothing"));
    assert_null(tval_get(tval_get(t, "s"), "a"));
    assert_null(tval_get(l, ""));
    assert_null(tval_get(NULL, "a"));
    assert_int_equal(good("")->count, 0);
    assert_str(tval_get(good("a = \"\"\"\\\n  äx\"\"\""), "a")->string, "äx");
    assert_int_equal(good("a = [\n[+1],\n [{b = 1}],\n]\n[ t ]\n[[ \"u\" ]]")->count, 3);
    assert_int_equal(good("\xef\xbb\xbf"
                          "a = 'ä' # ä\n\"ä\" = 1")
                         ->count,
                     2);
}

static void test_order_and_places(void **state) {
    (void)state;
    const struct tval *t =
        good("zebra = 1\n  \"a b\" = \"x\"\nmiddle = [\n  1,\n  22 ]\n\n[later]\nq.w = 1\n\n"
             "[[rule]]\nname = 'a'\n[[rule]]\nname = 'b'\n");
    static const char *const keys[] = {"zebra", "a b", "middle", "later", "rule"};
    static const int places[][4] = {
        {1, 1, 1, 9}, {2, 3, 2, 11}, {3, 1, 3, 10}, {7, 2, 7, 1}, {10, 3, 10, 1}};
    assert_int_equal(t->count, 5);
    for (size_t i = 0; i < 5; i++) {
        const struct tval *v = &t->items[i];
        assert_str(v->key, keys[i]);
        assert_int_equal(v->key_line, places[i][0]);
        assert_int_equal(v->key_column, places[i][1]);
        assert_int_equal(v->line, places[i][2]);
        assert_int_equal(v->column, places[i][3]);
    }
    const struct tval *second = &tval_get(t, "middle")->items[1];
    assert_int_equal(second->line, 5);
    assert_int_equal(second->column, 3);
    const struct tval *rule = tval_get(t, "rule");
    assert_int_equal(rule->kind, TARRAY);
    assert_int_equal(rule->count, 2);
    assert_int_equal(rule->items[1].line, 12);
    assert_str(tval_get(&rule->items[1], "name")->string, "b");
    const struct tval *q = tval_get(tval_get(t, "later"), "q");
    assert_int_equal(q->kind, TTABLE);
    assert_int_equal(q->line, 8);
    assert_int_equal(tval_get(q, "w")->column, 7);
    assert_int_equal(t->line, 1);
    assert_int_equal(t->column, 1);
}

static void test_errors(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *place;
    } rows[] = {{"a = \n", "test.toml:1:"},
                {"a = 1\nb = tru\n", "test.toml:2:"},
                {"a = 1\na = 2\n", "test.toml:2:"},
                {"[t]\n[t]\n", "test.toml:2:"},
                {"\n\nx = \"open\n", "test.toml:3:"},
                {"a = 01", "test.toml:1:"},
                {"a = \"\xff\"", "test.toml:1:"},
                {"a = 99999999999999999999", "test.toml:1:"},
                {"a.b = 1\na = 2", "test.toml:2:"},
                {"a = 2026-13-01", "test.toml:1:"},
                {"a = 'x'y", "test.toml:1:"},
                {"= 1", "test.toml:1:"},
                {"a = 1\n# ä\x01", "test.toml:2:4: a control"},
                {"a = 'ä\xff'", "test.toml:1:7: a byte"},
                {"[[\x7f", "test.toml:1:3: a control"},
                {"[[", "test.toml:1:"},
                {"[", "test.toml:1:"},
                {"a = 1\n[ä]", "test.toml:2:2: "},
                {"[=]", "test.toml:1:"},
                {"[]", "test.toml:1:"},
                {"[[]]", "test.toml:1:"},
                {"[a.]", "test.toml:1:"},
                {"a. = 1", "test.toml:1:"},
                {"[!]", "test.toml:1:"},
                {".a = 1", "test.toml:1:"},
                {"a = 'x'\xd2\x93", "test.toml:1:8:"}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (parse(rows[i].text)) {
            fail_msg("accepted: %s", rows[i].text);
        }
        assert_int_equal(err.kind, ERR_INVALID);
        if (!str_starts(str_of(err.text), str_of(rows[i].place))) {
            fail_msg("%s: %s", rows[i].text, err.text);
        }
    }
    const struct tval *v = NULL;
    assert_false(toml_parse(&arena, STR("a"), NULL, &v, &err));
    assert_true(str_starts(str_of(err.text), STR("toml:1:")));
    assert_null(v);
}

static bool nested(size_t n, const char *before, const char *each, const char *after) {
    AUTO_BUF b = {.max = 2u << 20};
    const struct tval *v = NULL;
    buf_add(&b, str_of(before));
    for (size_t i = 0; i < n; i++) {
        buf_add(&b, str_of(each));
    }
    buf_add(&b, str_of(after));
    return toml_parse(&arena, buf_str(&b), "x", &v, &err);
}

static void test_limits(void **state) {
    (void)state;
    assert_true(nested(62, "", "a.", "b = 1"));
    assert_false(nested(64, "", "a.", "b = 1"));
    assert_int_equal(err.kind, ERR_INVALID);
    assert_false(nested(300000, "", "a.", "b = 1"));
    assert_false(nested(300000, "[", "a.", "b]"));
    assert_false(nested(100000, "[[", "\"a\".", "b]]"));
    assert_false(nested(100000, "x = {", "'a' . ", "b = 1}"));
    assert_false(nested(100000, "x = \"\"\"\"\"\"\"\"\ny", ".a", " = 1"));
    assert_false(nested(500000, "a = ", "[", ""));
    assert_false(nested(100000, "a = ", "{b=", ""));
    assert_true(nested(1000, "a = \"", "a.", "\"\nb = '''\n.\\'''\n# ......\n"));
    assert_true(nested(1000, "a = [", "1.5,", "]"));
    assert_true(nested(1000, "", "# a.b\n", "c = \"\\\".\""));
    assert_true(nested(1000, "a = '''", "a.", "'''''\nb = \"\"\"....\\\"\"\"\"\n"));
    assert_true(nested(1000000, "# ", "x", ""));
    assert_false(nested((1u << 20) + 1, "", "\n", ""));
    assert_non_null(strstr(err.text, "1 MiB"));
    assert_true(nested(1u << 20, "", "\n", ""));
}

static void test_input_may_go_away(void **state) {
    (void)state;
    char text[] = "key = \"value\"\n";
    const struct tval *v = NULL;
    assert_true(toml_parse(&arena, str_of(text), NULL, &v, &err));
    memset(text, '#', sizeof text - 1);
    assert_str(tval_get(v, "key")->string, "value");
}

static void test_quote(void **state) {
    (void)state;
    AUTO_BUF b = {.max = 4096};
    struct str all = {"\0\x01\b\t\n\f\r\x1f\x7f\"\\/'ä€😀", 22};
    buf_add(&b, STR("k = "));
    assert_true(toml_quote(&b, all));
    const struct tval *v = NULL;
    assert_true(toml_parse(&arena, buf_str(&b), NULL, &v, &err));
    assert_true(str_eq(tval_get(v, "k")->string, all));
    buf_clear(&b);
    assert_true(toml_quote(&b, STR("a\xff")));
    assert_str(buf_str(&b), "\"a\xef\xbf\xbd\"");
    AUTO_BUF tiny = {.max = 3};
    assert_false(toml_quote(&tiny, STR("abc")));
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_kinds, begin, end),
        cmocka_unit_test_setup_teardown(test_order_and_places, begin, end),
        cmocka_unit_test_setup_teardown(test_errors, begin, end),
        cmocka_unit_test_setup_teardown(test_limits, begin, end),
        cmocka_unit_test_setup_teardown(test_input_may_go_away, begin, end),
        cmocka_unit_test_setup_teardown(test_quote, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
