/* Postal addresses as blocks: a house number with a street, and what belongs to it: flat, town,
 * postal code, country, in one line or one below the other, in many countries' order. Reads the
 * tagger's words one by one; nothing is allocated. Private to sense/. */
#pragma once

#include "sense/tagger_inside.h"

enum { ADDRESS_WORDS = 40 };

struct address_word {
    uint32_t from, to;
    uint16_t flags;
    uint8_t part;  /* enum in address.c */
    uint8_t piece; /* counts commas and lines */
};

/* Words in a row that may be of an address. Zeros at the beginning but for the first three. */
struct addresses {
    struct str text;
    tagger_hit_fn on_hit; /* is told of each block */
    void *ctx;
    struct address_word words[ADDRESS_WORDS];
    unsigned count;
    unsigned pieces;
    bool number, joined; /* there is one; two by a word: "and" */
    bool small_letters;  /* nobody writes capitals here */
    uint32_t end;        /* of the last word */
};

/* The next word; a block that ends is told. One in small letters need not be given while no block
 * is open: it begins none. */
void addresses_word(struct addresses *a, const struct word *w, const struct passage *p);
/* The text ends. */
void addresses_end(struct addresses *a);
