/* Whose a name is: somebody's, known to everybody, nobody's. Private to sense/. */
#pragma once

#include "sense/spans.h"

enum { WHOSE_FAMOUS = 8 };

/* What a text says of the names in it. */
struct whose {
    struct str text;
    struct tagger_known *known;
    unsigned cues[CUES];
    uint32_t famous[WHOSE_FAMOUS]; /* the last words of names that everybody knows */
    uint32_t famous_count;
    bool story;  /* bare first names are nobody's */
    bool affair; /* what is known to everybody says whose it is, too */
};

bool tagger_is_known(const struct tagger_known *k, uint32_t hash);
void tagger_know(struct tagger_known *k, uint32_t hash);

/* A single word that is written with a capital, and is nobody's name: "Monday". */
bool span_is_capital_word(const struct span *s);
/* A letter, an application, a company's papers: somebody's affairs, as far as the text was read. */
bool whose_affair(const struct whose *k);
/* What is told of the span; remembers who is known to everybody. */
enum tagger_kind whose_is(struct whose *k, const struct span *s);
