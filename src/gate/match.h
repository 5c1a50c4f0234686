/* Finding a book's originals in a text. Private to gate/ and its tests. */
#pragma once

#include "gate/book.h"

struct hit {
    size_t from, to;
    size_t entity;
    struct str text; /* as it is written there */
    bool is_number;  /* a JSON number: what replaces it needs quotes */
    bool is_escaped; /* written with escapes in a text that is no JSON: its signs, as they stand */
};
struct hits {
    struct hit *v;
    size_t count, cap;
    bool again; /* one gave way to a weightier one: what is left of it may hold another */
};

struct match_pattern {
    struct str folded; /* white space as one blank */
    struct str exact;
    size_t entity;
    size_t skip;   /* in front of what is replaced: "/home/" */
    uint32_t next; /* in its chain, + 1 */
    bool is_exact; /* letter case counts: short, a code, or a word of the dictionary */
    bool is_name;  /* may have an s behind it */
    int weight;
};
enum { MATCH_HEADS = 4096 };
struct matcher {
    struct match_pattern *patterns;
    size_t count, cap;
    uint32_t heads[MATCH_HEADS];
    bool first[256]; /* bytes that a pattern may begin with, as they are written */
    bool has_short;
    int heaviest; /* weight of a pattern */
    const char *tag;
};
/* The book's lock is held; the matcher lives in a and is good while no new form came. */
void matcher_make(struct matcher *m, struct arena *a, const struct book *b);
/* Could a pattern that is not decided yet begin at `from`, up to the end of the text? */
bool matcher_may_begin(const struct matcher *m, struct str text, size_t from);
/* Which of two that reach over each other's end stays: a secret before anything, and what somebody
 * has a word for before what only may be known by few. */
int match_weight(enum token_type type);
/* "Herr", "von", "Dr.": no part of a name by which somebody is known. */
bool match_is_title(struct str word);
/* Whole words of the text, the longest first at each place; placeholders of the book are no text.
 */
void matcher_find(const struct matcher *m, struct arena *a, struct str text, struct hits *out);

/* ---- walk.c ---- */
/* Places in a body (JSON) where its decoded strings and keys, but the name of the model, hold a
 * pattern; in any order, and some may overlap. */
void matcher_walk(const struct matcher *m, struct arena *a, struct str body, struct hits *out);
