/* Reads a text in passages: words in a row, with what is known of the part of the text they stand
 * in, and each with the words around it. Nothing is allocated. */
#include "sense/tagger_inside.h"

enum {
    PASSAGE_WORDS = 192, /* read at once */
    OPENING = 14,        /* words that say what is to be done */
    PASSAGE_AROUND = 2   /* words that a word is judged by, to each side */
};

/* What kind of text a passage is, by the words that were read for it. */
static struct passage passage_of(const struct word *w, size_t n, unsigned cues[CUES]) {
    unsigned shapes[8] = {0};
    unsigned german = cues[CUE_GERMAN];
    unsigned others = cues[CUE_OTHERS];
    unsigned begun[2] = {0}; /* sentences: with a small letter, with a capital */
    unsigned code = 0;
    unsigned foreign = 0;
    for (size_t i = 0; i < n; i++) {
        shapes[w[i].shape & 7]++;
        foreign += word_is_foreign(&w[i]);
        code += w[i].gap == GAP_CODE || w[i].gap == GAP_BRACKET || w[i].gap == GAP_OTHER;
        if (w[i].gap == GAP_STOP && w[i].shape != SHAPE_DIGITS && w[i].shape != SHAPE_OTHER) {
            begun[w[i].shape != SHAPE_LOWER]++;
        }
        bool said = w[i].cue == CUE_TASK && w[i].shape == SHAPE_LOWER && !w[i].line && i >= OPENING;
        if (w[i].cue != CUE_NONE && !said) {
            cues[w[i].cue]++; /* "Design a …", "You should design a …" are orders, but not "of this
                                 design" */
        }
    }
    unsigned small = shapes[SHAPE_LOWER];
    unsigned capitals = (unsigned)n - small - shapes[SHAPE_DIGITS] - shapes[SHAPE_OTHER];
    struct passage p = {.capitals = 1, .cues = cues};
    if ((capitals * 25 < small || capitals == 0) && begun[1] <= begun[0]) {
        p.capitals = 0; /* long sentences have few, too */
    } else if (capitals > small) {
        p.capitals = 2;
    }
    german = cues[CUE_GERMAN] - german;
    others = cues[CUE_OTHERS] - others;
    p.language = german * 6UL > n ? 1 : others * 6UL > n ? 2 : 0;
    p.code = code > 3 && code * 8UL > n;
    p.foreign = foreign * 2UL > n;
    return p;
}

void tagger_words(struct str text, unsigned cues[CUES],
                  void (*on_word)(void *ctx, const struct word *w, const struct passage *p,
                                  uint32_t number),
                  void *ctx) {
    enum { ROOM = PASSAGE_WORDS + 2 * PASSAGE_AROUND };
    UNSET struct word words[ROOM];
    memset(words, 0, sizeof words[0] * PASSAGE_AROUND);
    size_t at = 0;
    size_t n = PASSAGE_AROUND; /* read so far */
    size_t next = PASSAGE_AROUND;
    uint32_t number = 0;
    bool more = true;
    while (more) {
        size_t first = n;
        while (n < ROOM && (more = word_next(text, &at, &words[n])) != 0) {
            n++;
        }
        size_t end = more ? n - PASSAGE_AROUND : n;
        if (!more) { /* nothing stands behind the last */
            for (size_t i = n; i < n + PASSAGE_AROUND && i < ROOM; i++) {
                words[i] = (struct word){.gap = GAP_LINE, .line = true};
            }
        }
        if (!more && n + PASSAGE_AROUND > ROOM) { /* … for which there is no room yet */
            end = n - PASSAGE_AROUND;
            more = true;
        }
        struct passage p = passage_of(words + first, n - first, cues);
        for (; next < end; next++) {
            on_word(ctx, &words[next], &p, number++);
        }
        size_t keep = end - PASSAGE_AROUND; /* the two before the next one */
        memmove(words, words + keep, sizeof words[0] * (n - keep));
        n -= keep;
        next -= keep;
    }
}
