/* Any answer, whole and in pieces: the same text comes out, with the same counts; and what holds no
 * placeholder keeps its bytes. As a tool call's arguments it is told or kept, never half of it. */
#include "gate/book.h"
#include "gate/restore.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(what)                                   \
    do {                                              \
        if (!(what)) {                                \
            fprintf(stderr, "not true: %s\n", #what); \
            abort();                                  \
        }                                             \
    } while (0)

static struct book *book(void) {
    static struct book *b;
    if (!b) {
        struct vault *v = vault_new(NULL, NULL);
        struct arena a = arena_make(SIZE_MAX);
        b = vault_book(v, STR("c"), STR("owner"));
        vault_free(v);
        memcpy(b->tag, "k7q2mx", TOKEN_TAG);
        size_t anna = book_entity(b, TOKEN_NAME, STR("Anna \"K\""));
        CHECK(book_token(b, &a, anna, STR("Anna \"K\"")).len);
        CHECK(str_is(book_token(b, &a, anna, STR("anna")), "NAME_1b_k7q2mx"));
        book_entity(b, TOKEN_EMAIL, STR("a@b.test"));
        arena_end(&a);
    }
    return b;
}

static struct restore_counts restore(struct str text, size_t step, bool in_json, struct buf *out) {
    CLEANUP(restorer_finish) struct restorer r;
    restorer_init(&r, book(), NULL, in_json);
    for (size_t at = 0; at < text.len;) {
        size_t n = step < text.len - at ? step : text.len - at;
        restorer_feed(&r, str_sub(text, at, at + n), out);
        at += n;
    }
    restorer_end(&r, out);
    return r.counts;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!size) {
        return 0;
    }
    bool in_json = data[0] & 1;
    struct str text = {(const char *)data + 1, size - 1};
    AUTO_BUF whole = {.max = SIZE_MAX / 4};
    struct restore_counts n = restore(text, SIZE_MAX, in_json, &whole);
    CHECK(n.restored || str_eq(buf_str(&whole), text));
    static const size_t steps[] = {1, 2, 5, 13};
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        AUTO_BUF some = {.max = SIZE_MAX / 4};
        struct restore_counts m = restore(text, steps[i], in_json, &some);
        CHECK(str_eq(buf_str(&whole), buf_str(&some)));
        CHECK(n.restored == m.restored && n.kept == m.kept && n.invented == m.invented);
    }
    struct arena a = arena_make(SIZE_MAX);
    struct restore_counts c = {0};
    struct str out = restore_arguments(book(), NULL, &a, STR("tool"), text, NULL, &c);
    CHECK(!c.restored || !c.kept);
    CHECK(c.restored || str_eq(out, text));
    arena_end(&a);
    return 0;
}
