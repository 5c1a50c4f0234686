/* Surrogates: a made-up name for a name, a number of the same shape for a number, instead of a
 * placeholder. Private to gate/ and its tests. */
#pragma once

#include "gate/disguise.h"
#include "gate/match.h"

/* One for a spelling of an entity, like nothing that the book has given so far; words of a person's
 * name that have one keep it. "" when there is none of that type or form. The book's lock is held.
 */
struct str surrogate_make(const struct book *b, struct arena *a, size_t entity, struct str text);
/* The next word of a name at or behind *at, which moves to its end. False: none is left. */
bool surrogate_word(struct str text, size_t *at, struct str *word);
/* s in capitals or small letters, as `like` is and `plain` is not. */
struct str surrogate_cased(struct arena *a, struct str s, struct str like, struct str plain);

/* The surrogates of one body, by what stands for what: only these are put back in its answer. */
struct faces {
    struct book
        shell; /* an entity for each; its form: the surrogate, and as its face the original */
    struct matcher matcher;
};
/* In a, which outlives it. NULL: there are none. */
struct faces *faces_make(struct arena *a, const struct disguised *d);
/* What a place that the matcher found stands for; also a part of a name, and in other letters. */
struct str faces_original(const struct faces *f, struct arena *a, const struct hit *h);

/* ---- alike.c: false where the text has another form. `out` holds what is made. ---- */
bool alike_text(struct str s, size_t keep, bool is_hex, struct buf *out);
bool alike_phone(struct str s, struct buf *out);
bool alike_card(struct str s, struct buf *out);
bool alike_iban(struct str s, struct buf *out);
bool alike_date(struct str s, struct buf *out);
bool alike_coordinates(struct str s, struct buf *out);
