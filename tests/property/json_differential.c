/* links: codec lib:jansson */
/* Our JSON against jansson's on made and damaged documents: the same verdict, the same values; and
 * what printing, spans and cuts promise. The generator is seeded by a constant: every run is the
 * same run. Set aside, because jansson cannot do it: numbers past a double, NUL in keys, NUL behind
 * the document. */
#include "codec/json.h"
#include "random.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ROUNDS = 200000, DEPTH = 6 };

static uint64_t seed = 0x9e3779b97f4a7c15u;

/* ---- making documents ---- */

static void add_any(struct buf *b, const char *const *words, size_t n) {
    buf_add(b, str_of(words[below(&seed, n)]));
}

static void add_blanks(struct buf *b) {
    static const char *const blanks[] = {"", "", "", "", " ", "\n", "\t", "\r\n", "  "};
    add_any(b, blanks, ARRAY_LEN(blanks));
}

static void add_number(struct buf *b) {
    static const char *const odd[] = {"0",
                                      "-0",
                                      "0.0",
                                      "-0.0e1",
                                      "1e5",
                                      "1E-5",
                                      "9007199254740993",
                                      "1e308",
                                      "9223372036854775807",
                                      "-9223372036854775808",
                                      "9223372036854775808",
                                      "12345678901234567890",
                                      "0.7",
                                      "5e-324",
                                      "1e-400",
                                      "1.50",
                                      "100000000000000000000000000000000",
                                      "2.2250738585072011e-308"};
    switch (below(&seed, 4)) {
    case 0:
        if (below(&seed, 40) == 0) {
            buf_add(b, STR("1e400"));
            break;
        }
        add_any(b, odd, ARRAY_LEN(odd));
        break;
    case 1:
        buf_addf(b, "%lld", (long long)(random_next(&seed) >> 11) - (1ll << 52));
        break;
    case 2:
        buf_addf(b, "%.*g", (int)below(&seed, 20), (double)(random_next(&seed) >> 11) / 1e9);
        break;
    default:
        buf_addf(b, "%zu", below(&seed, 100));
    }
}

static void add_string(struct buf *b, const char *before) {
    static const char *const pieces[] = {"a",       "key",
                                         "b c",     "\\n",
                                         "\\\"",    "\\\\",
                                         "\\/",     "\\u0041",
                                         "\\u00e4", "\\ud83d\\ude00",
                                         "\\u0000", "ä",
                                         "€",       "😀",
                                         "{",       "}",
                                         "]",       ",",
                                         ":",       "\\u001f",
                                         "\x7f",    "\\b\\f\\r\\t",
                                         "x",       "y",
                                         "z"};
    buf_add_char(b, '"');
    buf_add(b, str_of(before));
    for (size_t n = below(&seed, 4); n > 0; n--) {
        add_any(b, pieces, ARRAY_LEN(pieces));
    }
    buf_add_char(b, '"');
}

static void add_value(struct buf *b, size_t depth);

static void add_container(struct buf *b, size_t depth, bool is_object) {
    size_t n = below(&seed, 5);
    buf_add_char(b, is_object ? '{' : '[');
    for (size_t i = 0; i < n; i++) {
        buf_add(b, i ? STR(",") : STR(""));
        add_blanks(b);
        if (is_object) {
            static const char *const fronts[] = {"", "k1", "k2", "k3", "k4"};
            add_string(b, fronts[below(&seed, 8) ? i : 0]); /* seldom the same one twice */
            add_blanks(b);
            buf_add_char(b, ':');
        }
        add_value(b, depth);
    }
    add_blanks(b);
    buf_add_char(b, is_object ? '}' : ']');
}

static void add_value(struct buf *b, size_t depth) {
    static const char *const words[] = {"true", "false", "null"};
    size_t kind = below(&seed, depth > 0 ? 7 : 3);
    add_blanks(b);
    if (kind == 0) {
        add_any(b, words, ARRAY_LEN(words));
    } else if (kind == 1) {
        add_number(b);
    } else if (kind == 2) {
        add_string(b, "");
    } else {
        add_container(b, depth - 1, kind > 4);
    }
    add_blanks(b);
}

static void damage(struct buf *b) {
    static const char bytes[] =
        "{}[]\",:\\0123456789.eE+-tfnu \n\x01\x7f\x80\xc3\xa4\xe2\xf0\xff/*";
    for (size_t n = below(&seed, 3); n > 0 && b->len > 0; n--) {
        size_t at = below(&seed, b->len);
        switch (below(&seed, 4)) {
        case 0:
            b->ptr[at] = bytes[below(&seed, sizeof bytes - 1)];
            break;
        case 1:
            memmove(b->ptr + at, b->ptr + at + 1, b->len - at - 1);
            b->len--;
            break;
        case 2:
            buf_add_char(b, ' ');
            memmove(b->ptr + at + 1, b->ptr + at, b->len - at - 1);
            b->ptr[at] = bytes[below(&seed, sizeof bytes - 1)];
            break;
        default:
            b->len = at;
        }
    }
}

/* ---- comparing ---- */

struct aside {
    bool range; /* a number that no double holds */
    bool nul;   /* a key with NUL in it */
};

static void look(const struct jval *v, struct aside *a) {
    double d = 0;
    if (jval_is(v, JNUMBER) && !jval_double(v, &d)) {
        a->range = true;
    }
    for (struct jiter it = jval_iter(v); jiter_next(&it);) {
        a->nul |= str_find_char(it.key, 0) >= 0;
        look(it.value, a);
    }
}

static bool same_number(const struct jval *v, const json_t *t) {
    int64_t i = 0;
    double d = 0;
    if (!jval_double(v, &d)) {
        return false;
    }
    if (json_is_integer(t)) {
        return jval_i64(v, &i) && i == json_integer_value(t);
    }
    return json_is_real(t) && d == json_real_value(t);
}

static bool same(const struct jval *v, const json_t *t) {
    switch (jval_kind(v)) {
    case JNULL:
        return v && json_is_null(t);
    case JBOOL:
        return json_is_boolean(t) && jval_bool(v, json_is_false(t)) == json_is_true(t);
    case JNUMBER:
        return same_number(v, t);
    case JSTRING:
        return json_is_string(t)
               && str_eq(jval_str(v), (struct str){json_string_value(t), json_string_length(t)});
    case JARRAY:
        if (!json_is_array(t) || json_array_size(t) != jval_len(v)) {
            return false;
        }
        for (size_t i = 0; i < jval_len(v); i++) {
            if (!same(jval_at(v, i), json_array_get(t, i))) {
                return false;
            }
        }
        return true;
    default:
        break;
    }
    if (!json_is_object(t) || json_object_size(t) != jval_len(v)) {
        return false;
    }
    for (struct jiter it = jval_iter(v); jiter_next(&it);) {
        if (jval_get_str(v, it.key) != it.value
            || !same(it.value, json_object_getn(t, it.key.ptr, it.key.len))) {
            return false;
        }
    }
    return true;
}

static json_t *theirs(struct str text) {
    size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL;
    json_t *t = json_loadb(text.ptr ? text.ptr : "", text.len, flags, NULL);
    return t ? t
             : json_loadb(text.ptr ? text.ptr : "", text.len, flags | JSON_DECODE_INT_AS_REAL,
                          NULL);
}

static void fail_on(const char *what, struct str text) {
    fail_msg("%s: " STR_FMT, what, STR_ARG(text));
}

static void check_printing(struct arena *a, const struct jval *v, const json_t *t,
                           struct str text) {
    struct err e = {0};
    struct str printed = jval_print(a, v);
    const struct jval *again = json_parse(a, printed, &JSON_LIMITS, &e);
    if (!again || !same(again, t) || !str_eq(jval_print(a, again), printed)) {
        fail_on("printing changes it", text);
    }
}

static void check_spans(struct arena *a, const struct jval *v, struct str text) {
    struct json_span spans[8];
    struct err e = {0};
    size_t n = json_spans(text, spans, ARRAY_LEN(spans));
    size_t i = 0;
    if (n != (jval_is(v, JOBJECT) ? jval_len(v) : 0)) {
        fail_on("the number of members", text);
    }
    for (struct jiter it = jval_iter(v); n > 0 && jiter_next(&it); i++) {
        struct str value = str_sub(text, spans[i].from, spans[i].to);
        const struct jval *part = json_parse(a, value, &JSON_LIMITS, &e);
        struct str key = str_sub(text, spans[i].key_from, spans[i].key_from + spans[i].key.len + 2);
        if (!part || !str_eq(jval_print(a, part), jval_print(a, it.value))
            || !str_eq(jval_str(json_parse(a, key, &JSON_LIMITS, &e)), it.key)) {
            fail_on("a span", text);
        }
        struct json_edit cut = json_cut_member(text, spans, n, i);
        AUTO_BUF shorter = {.max = 1 << 20};
        assert_true(json_splice(&shorter, text, &cut, 1));
        const struct jval *rest = json_parse(a, buf_str(&shorter), &JSON_LIMITS, &e);
        if (!rest || jval_len(rest) != n - 1 || jval_get_str(rest, it.key)) {
            fail_on("a member cut out", text);
        }
    }
}

/* True: both took it. */
static bool check(struct str text) {
    struct arena a = arena_make(8u << 20);
    struct err e = {0};
    struct aside aside = {0};
    const struct jval *v = json_parse(&a, text, &JSON_LIMITS, &e);
    json_t *t = theirs(text);
    bool both = v && t;
    look(v, &aside);
    if (!v && t && text.len && text.ptr[text.len - 1] != 0) {
        fail_on(e.text, text);
    }
    if (v && !t && !aside.range && !aside.nul) {
        fail_on("we take what jansson refuses", text);
    }
    if (both) {
        if (!same(v, t)) {
            fail_on("not the same values", text);
        }
        check_printing(&a, v, t, text);
        check_spans(&a, v, text);
    }
    json_decref(t);
    arena_end(&a);
    return both;
}

static void test_against_jansson(void **state) {
    (void)state;
    size_t taken = 0;
    AUTO_BUF b = {.max = 1 << 20};
    for (int i = 0; i < ROUNDS; i++) {
        buf_clear(&b);
        if (i % 4) {
            add_container(&b, DEPTH, i % 2);
        } else {
            add_value(&b, DEPTH);
        }
        if (i % 3 == 0) {
            damage(&b);
        }
        taken += check(buf_str(&b));
    }
    assert_true(taken > ROUNDS / 2);
    assert_true(taken < ROUNDS - ROUNDS / 20);
}

static void test_quoting_any_bytes(void **state) {
    (void)state;
    AUTO_BUF text = {.max = 1 << 16};
    AUTO_BUF quoted = {.max = 1 << 16};
    for (int i = 0; i < ROUNDS / 4; i++) {
        buf_clear(&text);
        buf_clear(&quoted);
        for (size_t n = below(&seed, 12); n > 0; n--) {
            buf_add_char(&text, (char)(below(&seed, 4) ? below(&seed, 128) : below(&seed, 256)));
        }
        assert_true(json_quote(&quoted, buf_str(&text)));
        if (!check(buf_str(&quoted))) {
            fail_on("a quoted text is refused", buf_str(&quoted));
        }
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_jansson),
                                              cmocka_unit_test(test_quoting_any_bytes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
