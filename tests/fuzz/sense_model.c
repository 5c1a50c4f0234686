/* "PIECE\0ANSWER": whatever a local model answers, what counts of it stands in the piece, in order,
 * is of a row of the model's, and is bounded; and the same answer gives the same again. */
#include "sense/sense.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(what)                                   \
    do {                                              \
        if (!(what)) {                                \
            fprintf(stderr, "not true: %s\n", #what); \
            abort();                                  \
        }                                             \
    } while (0)

enum { MOST = 8 * 32 };

static bool is_of_model(struct str id) {
    size_t n = 0;
    const struct detector *d = sense_detectors(&n);
    for (size_t i = 0; i < n; i++) {
        if (str_is(id, d[i].id)) {
            return d[i].model;
        }
    }
    return false;
}

static void check(struct str piece, const struct sense_result *r) {
    CHECK(r->count <= MOST && !r->rule_count);
    for (size_t i = 0; i < r->count; i++) {
        const struct evidence *ev = &r->evidence[i];
        CHECK(ev->from < ev->to && ev->to <= piece.len && !ev->segment);
        CHECK(!i || ev[-1].from <= ev->from);
        CHECK(is_of_model(ev->detector) && kind_find(ev->kind) && !str_is(ev->kind, "undecided"));
    }
}

static void cut_all(struct str text) {
    for (size_t from = 0; from < text.len;) {
        size_t to = sense_piece(text, from);
        CHECK(to > from && to <= text.len && to - from <= SENSE_PIECE);
        from = to;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct sense *s;
    struct err e = {0};
    CHECK(s || sense_new(NULL, 0, &s, &e));
    struct str all = {(const char *)data, size};
    struct str piece = all;
    struct str answer = {0};
    str_cut(all, 0, &piece, &answer);
    cut_all(all);
    struct arena a = arena_make(64 << 20);
    struct sense_result first = {0};
    struct sense_result again = {0};
    bool ok = sense_answer(s, &a, piece, answer, &first, &e);
    CHECK(ok == sense_answer(s, &a, piece, answer, &again, &e) && first.count == again.count);
    check(piece, &first);
    CHECK(json_parse(&a, sense_ask(&a, piece, all), &JSON_LIMITS, &e));
    arena_end(&a);
    return 0;
}
