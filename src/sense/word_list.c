/* What the lists know of a word: words.txt and cues.txt, as it stands there or by its stem, and
 * topics.txt, also by its ending. */
#include "sense/topics_inside.h"
#include "sense/words_inside.h"

/* Cue and flags. */
static inline uint32_t row_of(uint32_t hash) {
    for (uint32_t i = hash & (WORD_SLOTS - 1); WORD_TABLE[i]; i = (i + 1) & (WORD_SLOTS - 1)) {
        if ((WORD_TABLE[i] ^ hash) >> WORD_CHECK == 0) {
            return WORD_TABLE[i] & ((1U << WORD_CHECK) - 1);
        }
    }
    return 0;
}

/* Without its last `cut` letters, and `e` instead of them if so. */
static bool is_stem(const struct word *w, const struct letters *l, unsigned cut, bool e) {
    struct letters stem = *l;
    size_t n = w->length - cut;
    size_t last = n % 8;
    stem.eight[n / 8] &= (1ULL << (8 * last)) - 1;
    stem.eight[n / 8] |= e ? (uint64_t)'e' << (8 * last) : 0;
    n += e;
    uint32_t common = n >= 3 ? row_of(letters_hash(&stem, n)) & WORD_IS_COMMON : 0;
    bool rare = common == WORD_IS_COMMON;
    return common && (!rare || l->small);
}

#define ENDS_IN_2(w, a, b) ((w)->suffix >> 16 == ((a) | (b) << 8))
#define ENDS_IN_3(w, a, b, c) ((w)->suffix >> 8 == ((a) | (b) << 8 | (c) << 16))

/* A common word with an ending is one too: "walks", "walked", "making". */
static unsigned flags_by_stem(const struct word *w, const struct letters *l) {
    bool found = false;
    if (w->length < 4) {
        return 0;
    }
    if (w->suffix >> 24 == 's') {
        found = is_stem(w, l, 1, false) || (ENDS_IN_2(w, 'e', 's') && is_stem(w, l, 2, false));
    } else if (ENDS_IN_2(w, 'e', 'd') || ENDS_IN_2(w, 'e', 'r')) {
        found = is_stem(w, l, 2, false) || is_stem(w, l, 2, true);
    } else if (ENDS_IN_3(w, 'i', 'n', 'g')) {
        found = is_stem(w, l, 3, false) || is_stem(w, l, 3, true);
    } else if (ENDS_IN_2(w, 'l', 'y')) {
        found = is_stem(w, l, 2, false);
    }
    return found ? WORD_COMMON : 0;
}

/* A word that no list knows; or one in small letters that is known as somebody's name alone:
 * "ties", "greater". */
static bool is_stem_worth(uint32_t row, unsigned shape) {
    const unsigned often = WORD_IS_COMMON | WORD_FIRST_OFTEN | WORD_PLACE_BIG | WORD_ORG;
    return !(row & 0xffff) || (shape == SHAPE_LOWER && !(row & often));
}

/* A rare word is one of the language in small letters; with a capital it may as well be a brand. */
static uint32_t row_as(uint32_t row, unsigned shape) {
    bool rare = (row & WORD_IS_COMMON) == WORD_IS_COMMON;
    return rare ? row & ~(uint32_t)(shape == SHAPE_LOWER ? WORD_FUNCTION : WORD_IS_COMMON) : row;
}

/* 1: may be a word of a topic, 2: may begin a term of two. */
static unsigned may_be(uint32_t hash) {
    uint32_t at = 2 * (hash & (TERM_BITS - 1));
    return TERM_FILTER[at / 64] >> (at % 64) & 3;
}

/* A word that no list knows, long enough to have an ending: "labyrinthitis". */
static bool is_rare(const struct word *w) {
    enum { LONG_WORD = 7 };
    return !w->flags && w->length >= LONG_WORD && w->shape != SHAPE_DIGITS;
}

static void look_up_topic(struct word *w) {
    unsigned may = may_be(w->hash);
    uint32_t term = term_of(w->hash);
    uint32_t of = may & 1 ? term : is_rare(w) ? term_of(word_hash_name(0, w->suffix)) : 0;
    w->part = term & ((1U << TERM_GROUP) - 1);
    w->group = (uint8_t)(of >> TERM_GROUP);
    w->leads = may & 2;
    w->said = w->shape == SHAPE_DIGITS ? 0 : said_of(w->hash);
}

/* The tables are larger than the processor's caches: all of them are fetched at once. */
void list_look_up(struct word *w, const struct letters *l) {
    __builtin_prefetch(&TERM_TABLE[w->hash & (TERM_SLOTS - 1)]);
    __builtin_prefetch(&SAID_WORDS[w->hash & (SAID_SLOTS - 1)]);
    uint32_t row = row_as(row_of(w->hash), w->shape);
    if (is_stem_worth(row, w->shape)) {
        row |= flags_by_stem(w, l);
    }
    w->flags = (uint16_t)row;
    w->cue = (uint8_t)(row >> WORD_CUE);
    look_up_topic(w);
}
