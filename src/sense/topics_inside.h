/* What the topics' scan shares with the tagger, its build tool and its training. Private to sense/.
 */
#pragma once

#include "sense/tagger_inside.h"
#include "sense/topics.h"

enum {
    SENTENCE_WORDS = 48, /* a longer one is read in parts */
    TOPIC_FEATURES = 24,
    TOPIC_BITS = 13,
    TOPIC_BUCKETS = 1 << TOPIC_BITS,
    TOPIC_CLASSES = 3 /* nothing, mentioned, told */
};

struct topic_word {
    uint32_t from, to, hash;
    uint8_t cue, fields; /* a bit for each field that it speaks of */
    uint8_t number;      /* 1: digits, 2: a small number: an age perhaps, 4: a sum of money */
    bool role;           /* somebody's: "mother", "boss" */
    bool begins;         /* may be the first word of a term of two */
    bool joined;         /* with the word before it is a term: that one has the fields */
};

/* The sentence that is read now. Zeros at the beginning. */
struct topics {
    struct topic_word words[SENTENCE_WORDS];
    unsigned count;
    bool any;    /* a word of a topic is among them */
    bool begins; /* the last one may be the first of a term of two */
};

struct topic_sink {
    /* Either what is found, or, for the training, what the model is told of each word of a topic.
     */
    topic_hit_fn on_hit;
    void (*on_look)(void *ctx, const struct topic_word *w, enum topic_field field,
                    const uint16_t at[TOPIC_FEATURES]);
    void *ctx;
};

/* The text ends. */
void topics_end(struct topics *t, struct str text, const struct topic_sink *sink);

/* ---- made by the build from data/ ---- */
enum { TERM_SLOTS = 1 << 12, TERM_BITS = 1 << 15 };
/* By the hash's low bits, two for each word: it may be a term, it may begin one of two words. */
extern const uint64_t TERM_FILTER[2 * TERM_BITS / 64];
extern const uint32_t TERM_TABLE[TERM_SLOTS];       /* hash & ~255 | fields; 0: free */
extern const uint32_t TOPIC_WEIGHTS[TOPIC_BUCKETS]; /* a byte for each class, 128 more */

/* The next word; text is what it stands in. A sentence that ends is judged. Inline: most words are
 * of no topic, and only remembered. */
void topics_look(struct topics *t, struct str text, const struct word *w);
static inline void topics_word(struct topics *t, struct str text, const struct word *w,
                               const struct topic_sink *sink) {
    if (t->count == SENTENCE_WORDS || (t->count && (w->line || w->gap == GAP_STOP))) {
        topics_end(t, text, sink);
    }
    t->words[t->count++] = (struct topic_word){
        .from = w->from, .to = w->to, .hash = w->hash, .cue = w->cue, .role = w->flags & WORD_ROLE};
    uint32_t at = 2 * (w->hash & (TERM_BITS - 1));
    if (t->begins || w->shape == SHAPE_DIGITS || TERM_FILTER[at / 64] >> (at % 64) & 3) {
        topics_look(t, text, w);
    }
}
