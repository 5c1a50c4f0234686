/* A small local model's answer: what of it counts. The answer is a stranger's: it only ever adds
 * evidence, of a closed set of kinds, for what really stands in the piece. The piece may hold
 * instructions to the model; the worst they bring about is that it says nothing, or too much, and
 * of that MODEL_ITEMS. Pure. */
#include "sense/inside.h"

#include <ctype.h>

enum { MOST_PLACES = 32 }; /* of one item in the piece */

static const char UNDECIDED[] = "model-undecided";

static bool is_of_word(char c) {
    return isalnum((unsigned char)c) || (unsigned char)c & 0x80;
}

static bool is_whole(struct str piece, size_t from, size_t to) {
    bool begins = !from || !is_of_word(piece.ptr[from - 1]) || !is_of_word(piece.ptr[from]);
    bool ends = to == piece.len || !is_of_word(piece.ptr[to]) || !is_of_word(piece.ptr[to - 1]);
    return begins && ends;
}

/* The row that the model's word stands for; SIZE_MAX: none, or it is silent. */
static size_t row_of(const struct sense *s, struct str word) {
    for (size_t i = 0; i < MODEL_WORD_COUNT; i++) {
        if (word.len && str_is(word, MODEL_WORDS[i].word)) {
            size_t row = detector_row_called(str_of(MODEL_WORDS[i].id));
            return sense_speaks(s, row) ? row : SIZE_MAX;
        }
    }
    return SIZE_MAX;
}

static void add_item(struct arena *a, struct str piece, size_t row, struct str text,
                     struct sense_result *out) {
    const struct detector_row *r = &SENSE_TABLE[row];
    size_t places = 0;
    for (size_t at = 0; at + text.len <= piece.len && places < MOST_PLACES;) {
        ptrdiff_t found = str_find(str_sub(piece, at, piece.len), text);
        if (found < 0) {
            return;
        }
        size_t from = at + (size_t)found;
        size_t to = from + text.len;
        struct matched m = {.text = str_sub(piece, from, to), .whole = piece, .from = from};
        if (is_whole(piece, from, to) && r->validate(&m) != MATCH_NO) {
            *arena_push(a, out->evidence, out->count, out->cap) =
                (struct evidence){.kind = str_of(r->face.kind),
                                  .detector = str_of(r->face.id),
                                  .from = (uint32_t)from,
                                  .to = (uint32_t)to,
                                  .confidence = (uint8_t)r->confidence};
            places++;
        }
        at = to;
    }
}

bool sense_answer(const struct sense *s, struct arena *a, struct str piece, struct str answer,
                  struct sense_result *out, struct err *e) {
    *out = (struct sense_result){0};
    const struct jval *v = json_parse(a, answer, &JSON_LIMITS, e);
    const struct jval *items = jval_get(v, "items");
    if (!jval_is(items, JARRAY)) {
        return err_set(e, ERR_UPSTREAM, "the model's answer is not the JSON that was asked for");
    }
    size_t seen = 0;
    for (struct jiter it = jval_iter(items); jiter_next(&it) && seen < MODEL_ITEMS; seen++) {
        struct str text = str_trim(jval_str(jval_get(it.value, "text")));
        size_t row = row_of(s, jval_str(jval_get(it.value, "kind")));
        if (text.len && row != SIZE_MAX) {
            add_item(a, piece, row, text, out);
        }
    }
    evidence_order(a, out);
    return true;
}

bool sense_undecided(const struct sense *s, const struct sense_text *text, struct evidence *out) {
    size_t row = detector_row_called(str_of(UNDECIDED));
    *out = (struct evidence){.kind = str_of(SENSE_TABLE[row].face.kind),
                             .detector = str_of(UNDECIDED),
                             .segment = text->segment,
                             .to = (uint32_t)text->text.len};
    return sense_speaks(s, row);
}

/* ---- together ---- */

static bool is_before(const struct evidence *x, const struct evidence *y) {
    return x->segment != y->segment ? x->segment < y->segment : x->from < y->from;
}

void sense_join(struct arena *a, struct sense_result *into, const struct sense_result *more) {
    if (!more->count) {
        return;
    }
    size_t n = into->count + more->count;
    struct evidence *all = arena_array(a, struct evidence, n);
    size_t x = 0;
    size_t y = 0;
    for (size_t i = 0; i < n; i++) {
        bool second = x == into->count
                      || (y < more->count && is_before(&more->evidence[y], &into->evidence[x]));
        all[i] = second ? more->evidence[y++] : into->evidence[x++];
    }
    into->evidence = all;
    into->count = n;
    into->cap = n;
}
