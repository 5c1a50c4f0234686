/* Any bytes → JSON. What is accepted prints to something that is accepted and prints the same;
 * spans, cuts and numbers keep their promises; any bytes quoted are a JSON string. */
#include "codec/json.h"
#include "codec/utf8.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(what)                                   \
    do {                                              \
        if (!(what)) {                                \
            fprintf(stderr, "not true: %s\n", #what); \
            abort();                                  \
        }                                             \
    } while (0)

static size_t walk(const struct jval *v) {
    size_t n = 1;
    int64_t i = 0;
    double d = 0;
    if (jval_i64(v, &i) && jval_double(v, &d)) {
        CHECK(d == (double)i);
    }
    CHECK(utf8_is_valid(jval_str(v)));
    for (struct jiter it = jval_iter(v); jiter_next(&it);) {
        CHECK(!jval_is(v, JOBJECT) || jval_get_str(v, it.key) == it.value);
        n += walk(it.value);
    }
    return n;
}

static void check_members(struct arena *a, const struct jval *v, struct str text) {
    struct json_span spans[16];
    struct err e = {0};
    size_t n = json_spans(text, spans, ARRAY_LEN(spans));
    CHECK(n == (jval_is(v, JOBJECT) ? jval_len(v) : 0));
    size_t i = 0;
    for (struct jiter it = jval_iter(v); n > 0 && i < ARRAY_LEN(spans) && jiter_next(&it); i++) {
        struct json_edit cut = json_cut_member(text, spans, n, i);
        AUTO_BUF b = {.max = text.len};
        CHECK(json_splice(&b, text, &cut, 1));
        const struct jval *rest = json_parse(a, buf_str(&b), &JSON_LIMITS, &e);
        CHECK(rest && jval_len(rest) == n - 1 && !jval_get_str(rest, it.key));
        struct str value = str_sub(text, spans[i].from, spans[i].to);
        const struct jval *part = json_parse(a, value, &JSON_LIMITS, &e);
        CHECK(part && str_eq(jval_print(a, part), jval_print(a, it.value)));
    }
}

static void check_quote(struct arena *a, struct str bytes) {
    AUTO_BUF b = {.max = bytes.len * 6 + 2};
    struct err e = {0};
    CHECK(json_quote(&b, bytes));
    const struct jval *v = json_parse(a, buf_str(&b), &JSON_LIMITS, &e);
    CHECK(jval_is(v, JSTRING));
    CHECK(!utf8_is_valid(bytes) || str_eq(jval_str(v), bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str text = {(const char *)data, size};
    struct arena a = arena_make(256u << 20);
    struct err e = {0};
    const struct jval *v = json_parse(&a, text, &JSON_LIMITS, &e);
    CHECK(v || e.kind == ERR_INVALID || e.kind == ERR_TOO_LARGE);
    if (v) {
        struct err again = {0};
        struct str printed = jval_print(&a, v);
        const struct jval *w = json_parse(&a, printed, &JSON_LIMITS, &again);
        CHECK(w && str_eq(jval_print(&a, w), printed));
        CHECK(walk(v) == walk(w));
        check_members(&a, v, text);
    } else {
        struct json_span spans[4];
        (void)json_spans(text, spans, ARRAY_LEN(spans)); /* must only not crash */
    }
    check_quote(&a, text);
    arena_end(&a);
    return 0;
}
