/* Finds names of people, organisations and places in a text: words with a capital, or known as
 * names, are scored by a small linear model over the words around them (scripts/train). Names of
 * public life and of stories are told apart, for they are open. Pure: nothing is allocated, any
 * number of threads. Scripts without capital letters (Arabic, Chinese …) are not read. */
#pragma once

#include "sense/sense.h"
#include "sense/topics.h"

enum tagger_kind {
    TAGGER_NONE,
    TAGGER_PERSON,
    TAGGER_ORGANISATION, /* that everybody knows */
    TAGGER_PLACE,        /* that everybody knows */
    TAGGER_PUBLIC,       /* known to everybody, a character, a quoted author */
    TAGGER_EMPLOYER,
    TAGGER_PRIVATE_ORGANISATION, /* that few know, in somebody's papers */
    TAGGER_UNCERTAIN,            /* perhaps a name */
    TAGGER_SMALL_ORGANISATION,
    TAGGER_SMALL_PLACE,
    TAGGER_ADDRESS,
    TAGGER_EXAMPLE_MAIL, /* somebody's name at example.com */
    TAGGER_TERM,         /* no name, but perhaps known by few: terms.h */
    TAGGER_KINDS
};

struct tagger_hit {
    enum tagger_kind kind;
    size_t from, to;    /* bytes */
    uint8_t confidence; /* per cent */
};
typedef void (*tagger_hit_fn)(void *ctx, const struct tagger_hit *hit);

/* Calls back for names in the order of the text, and for topics (NULL: not looked for) as they
 * begin; whose somebody is comes apart. */
void tagger_scan(struct str text, struct tagger_known *known, tagger_hit_fn on_hit,
                 topic_hit_fn on_topic_opt, void *ctx);
/* Changes when the word list or the weights do. */
uint64_t tagger_version(void);
