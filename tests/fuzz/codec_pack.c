/* Any bytes are read to their end or refused; what was read is written and read again as the same.
 */
#include "codec/pack.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(what)                                   \
    do {                                              \
        if (!(what)) {                                \
            fprintf(stderr, "not true: %s\n", #what); \
            abort();                                  \
        }                                             \
    } while (0)

enum { ROUNDS = 4 };
static const char *const COLOURS[] = {"", "red", "green"};

struct thing {
    int64_t wide;
    uint8_t narrow;
    bool flag;
    struct str text, word, again;
    int colour;
    size_t count;
    struct str *list;
};

static void pack_thing(struct pack *p, struct thing *t) {
    PACK_INT(p, t->wide);
    PACK_INT(p, t->narrow);
    pack_bool(p, &t->flag);
    pack_str(p, &t->text);
    pack_word(p, &t->word);
    pack_word(p, &t->again);
    PACK_ENUM(p, t->colour, COLOURS);
    PACK_ARRAY(p, struct str, t->list, t->count);
    for (size_t i = 0; i < t->count; i++) {
        pack_word(p, &t->list[i]);
    }
}

static bool same(const struct thing *a, const struct thing *b) {
    bool same = a->wide == b->wide && a->narrow == b->narrow && a->flag == b->flag
                && str_eq(a->text, b->text) && str_eq(a->word, b->word)
                && str_eq(a->again, b->again) && a->colour == b->colour && a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++) {
        same = str_eq(a->list[i], b->list[i]);
    }
    return same;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = arena_make(SIZE_MAX);
    struct thing things[ROUNDS] = {0};
    struct pack in;
    pack_from(&in, &a, (struct str){(const char *)data, size});
    for (int i = 0; i < ROUNDS; i++) {
        pack_thing(&in, &things[i]);
        CHECK(things[i].text.len <= size && things[i].count <= size);
    }
    AUTO_BUF bytes = {.max = SIZE_MAX / 2};
    struct pack out;
    pack_to(&out, &bytes);
    for (int i = 0; i < ROUNDS; i++) {
        pack_thing(&out, &things[i]);
    }
    CHECK(!out.failed);
    pack_from(&in, &a, buf_str(&bytes));
    for (int i = 0; i < ROUNDS; i++) {
        struct thing t = {0};
        pack_thing(&in, &t);
        CHECK(!in.failed && same(&t, &things[i]));
    }
    CHECK(in.in.len == 0);
    arena_end(&a);
    return 0;
}
