/* Any bytes → TOML: no exception gets out, every complaint has a place, every value lies where the
 * text is, and any bytes quoted are a TOML string. */
#include "codec/toml.h"
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

static void walk(const struct tval *v, int lines, int depth) {
    CHECK(depth <= 64 && v->line >= 1 && v->line <= lines && v->column >= 1);
    CHECK(utf8_is_valid(v->string) && utf8_is_valid(v->key));
    CHECK((v->kind == TTABLE || v->kind == TARRAY) || v->count == 0);
    for (size_t i = 0; i < v->count; i++) {
        const struct tval *item = &v->items[i];
        if (v->kind == TTABLE) {
            CHECK(item->key_line >= 1 && item->key_column >= 1);
            CHECK(i == 0 || item->key_line >= v->items[i - 1].key_line);
        }
        walk(item, lines, depth + 1);
    }
}

static void check_quote(struct arena *a, struct str bytes) {
    AUTO_BUF b = {.max = SIZE_MAX / 4};
    const struct tval *v = NULL;
    struct err e = {0};
    buf_add(&b, STR("k = "));
    CHECK(toml_quote(&b, bytes));
    CHECK(toml_parse(a, buf_str(&b), NULL, &v, &e));
    CHECK(!utf8_is_valid(bytes) || str_eq(tval_get(v, "k")->string, bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str text = {(const char *)data, size};
    struct arena a = arena_make(1 << 20);
    const struct tval *v = NULL;
    struct err e = {0};
    int lines = 1;
    for (size_t i = 0; i < size; i++) {
        lines += data[i] == '\n';
    }
    if (toml_parse(&a, text, "f", &v, &e)) {
        walk(v, lines, 0);
    } else {
        CHECK(e.kind == ERR_INVALID && str_starts(str_of(e.text), STR("f:")));
    }
    check_quote(&a, text);
    arena_end(&a);
    return 0;
}
