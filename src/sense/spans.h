/* Words of one kind in a row are one name. Private to sense/. */
#pragma once

#include "sense/tagger_inside.h"

enum { SPANS = 96 }; /* names and possible names that wait for the text's end */

struct span {
    uint32_t from, to;
    uint32_t begin;             /* of the second word before it */
    uint32_t first, last, name; /* hashes: of the first and last word, of all */
    uint16_t first_flags, last_flags;
    int16_t margin; /* how much better this kind, or the best one, scored than none */
    uint8_t kind, words;
    uint8_t before, after; /* gaps */
    uint8_t cue;           /* of the word before, or of the one before that */
    bool capital, line, employs;
    bool code, year; /* in a program; behind digits */
    bool numbered;   /* "Exper. 7" */
    bool famous;     /* all of its words that are names everybody knows as one */
    bool named;      /* at least one of them */
    bool leads, led; /* words behind it, before it may belong to a name that everybody knows */
};

struct spans {
    struct span spans[SPANS];
    size_t count;
    uint32_t last_number;     /* of the word that the last span ends with */
    uint32_t particle_number; /* "van" behind a name: may go on */
    uint32_t employs_number;
};

/* As at the beginning of a text. */
void spans_begin(struct spans *k);

static inline bool span_is_single(const struct span *s) {
    return s->words == 1;
}

/* The word goes on what the last span began. Returns the kind that it got at last, TAGGER_NONE: it
 * stands for itself. */
uint8_t spans_join(struct spans *k, const struct word *w, uint8_t kind, int margin,
                   uint32_t number);
/* The word begins a span; there must be room for it. */
void spans_add(struct spans *k, const struct word *w, const struct passage *p, uint8_t kind,
               int margin, uint32_t number);
