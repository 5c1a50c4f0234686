/* What is no name by its words, but may say who or what is meant: codes of letters and digits,
 * accounts, links, acronyms and coined words that no list knows, words of another script. Of source
 * code, configuration and logs only links, accounts with an @ and codes of some digits: they are
 * made of such words. Nothing is raised by it; it is hidden beside what is. Reads the tagger's
 * words; nothing is allocated. Private to sense/. */
#pragma once

#include "sense/tagger_inside.h"

enum { TERMS_TOLD = 64 };

/* How many bytes of each sort. */
struct made {
    unsigned small, capital, digit, line, dot, dash, slash;
    unsigned inner; /* capitals behind a small letter */
    unsigned mixed; /* of another script */
};

/* The token that was looked at last. */
struct terms_token {
    size_t run_from, run_to; /* bytes in a row that a token can have */
    size_t from, to;         /* of the text, what `made` is of */
    struct made made;
};

/* Zeros at the beginning of a text. */
struct terms {
    uint32_t
        told[TERMS_TOLD]; /* hashes: once in a text is enough, it is hidden wherever it stands */
    unsigned count;
    uint32_t end;                  /* of the last token that was looked at */
    uint32_t title_from, title_to; /* words with a capital that wait for the next; 0: none */
    struct terms_token token;
    uint8_t source; /* of a program or made by one: 0 not asked yet, 1 no, 2 yes */
};

/* A word that is not in small letters alone, or a part of something longer. */
void terms_word(struct terms *t, struct str text, const struct word *w, const struct passage *p,
                tagger_hit_fn on_hit, void *ctx);
/* The text ends. */
void terms_end(struct terms *t, struct str text, tagger_hit_fn on_hit, void *ctx);
