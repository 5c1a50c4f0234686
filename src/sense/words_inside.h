/* What the files share that read a text in words. Private to sense/.
 *
 *   text ──gap.c──▶ a word begins ──words.c──▶ its letters ──word_list.c──▶ what is known of it
 */
#pragma once

#include "base/eight.h"
#include "sense/tagger_inside.h"

/* ---- letter.c ---- */

/* What a letter is; of several letters, all that they are. */
enum sort {
    SORT_NONE = 0,
    SORT_SMALL = 1,
    SORT_CAPITAL = 2,
    SORT_DIGIT = 4,
    SORT_CASELESS = 8, /* its script has no capitals */
    SORT_WIDE = 16     /* a byte of another alphabet: the whole letter decides */
};
/* What a byte is. */
extern const unsigned char LETTER_SORTS[256];
/* ASCII letters and digits: sort << 8 | folded; 0: anything else. */
extern const uint16_t LETTER_ASCII[256];

struct letter {
    unsigned sort;
    unsigned size; /* bytes */
    uint32_t code;
};

/* One of another alphabet; bytes that are no UTF-8 are no letters. */
struct letter letter_wide(struct str s, size_t i);
static inline struct letter letter_at(struct str s, size_t i) {
    unsigned char c = (unsigned char)s.ptr[i];
    if (LETTER_SORTS[c] == SORT_WIDE) {
        return letter_wide(s, i);
    }
    return (struct letter){LETTER_SORTS[c], 1, c};
}
/* A Latin letter without accents and small: two letters, the second may be a blank. NULL: it is
 * kept as it is. */
const char *letter_folded(uint32_t code);

/* ---- gap.c ---- */

/* What stands between two words, from *at on, which is moved behind it. `line`: a new one begins;
 * `tight`: there is no blank. */
enum gap gap_next(struct str s, size_t *at, bool *line, bool *tight);

/* ---- word_list.c ---- */

/* A word's folded letters, zeros behind. */
struct letters {
    uint64_t eight[WORD_ROOM / 8];
    bool small; /* the first one is written so */
};

static inline uint32_t letters_hash(const struct letters *l, size_t n) {
    uint64_t h = WORD_HASH_SEED + n;
    for (size_t i = 0; i < n; i += 8) {
        h = word_hash_step(h, l->eight[i / 8]);
    }
    return word_hash_end(h);
}

/* What the lists know of a word: its flags and cue, by its hash, suffix, length and shape. */
void list_look_up(struct word *w, const struct letters *l);
