/* What the topics' scan shares with the tagger, its build tool and its training. Private to sense/.
 *
 *   words ──topics.c──▶ sentence ──topic_look.c──▶ numbers ──weights──▶ told, mentioned or nothing
 *                                ──topic_said.c──▶ told or nothing, by the sense of all its words
 */
#pragma once

#include "sense/tagger_inside.h"
#include "sense/topics.h"

enum {
    SENTENCE_WORDS = 48, /* a longer one is read in parts */
    TOPIC_FEATURES = 30,
    TOPIC_BITS = 15,
    TOPIC_BUCKETS = 1 << TOPIC_BITS,
    TOPIC_CLASSES = 3 /* nothing, mentioned, told */
};

/* The part that a word plays in a sentence: one line of topics.txt or more for each, the last three
 * by its digits. The same in all languages, so that what is learnt of one serves the others. */
enum part {
    PART_NONE,
    PART_ME,
    PART_MY,
    PART_THEY,
    PART_YOU,
    PART_KIN,     /* "wife", "friend" */
    PART_GENERIC, /* "people", "someone" */
    PART_HAVE,
    PART_BE,
    PART_SUFFER,
    PART_SAY,
    PART_FEEL,
    PART_TAKE,
    PART_DID, /* "cannot", "missed" */
    PART_TIME,
    PART_NOT,
    PART_IF,
    PART_ASK,
    PART_HELP,
    PART_TASK,   /* "write", "explain" */
    PART_POLISH, /* "proofread": what follows is the writer's own */
    PART_FICTION,
    PART_STUDY, /* "article", "lesson" */
    PART_CODE,
    PART_PREP,
    PART_DET,
    PART_AND,
    PART_MORE,
    PART_NUMBER,
    PART_AGE,   /* a small number */
    PART_MONEY, /* a sum */
    PARTS,
    GROUPS = 64 /* of topics' words: of several topics, or of one */
};

struct topic_word {
    uint32_t from, to, hash;
    uint8_t group; /* of a topic's words; 0: none */
    uint8_t part;  /* enum part */
    bool apart;    /* more than a blank stands before it */
    bool joined;   /* with the word before it is a term: that one has the group */
    bool sign;     /* stands behind a sign that programs use */
    uint16_t said; /* its place in SAID_WORDS; 0: it has none, or is a program's */
};

/* The sentence that is read now, and what is known of the text before. Zeros at the beginning. */
struct topics {
    struct topic_word words[SENTENCE_WORDS];
    unsigned count;
    bool any;        /* a word of a topic is among them */
    bool begins;     /* the last one may be the first of a term of two */
    uint32_t before; /* bits of enum part: of the sentence before */
    uint32_t text;   /* of the text so far */
};

struct topic_sentence;
struct topic_sink {
    /* Either what is found, or, for the training, what the model is told of each word of a topic.
     */
    topic_hit_fn on_hit;
    void (*on_look)(void *ctx, const struct topic_word *w, enum topic_field field,
                    const uint16_t at[TOPIC_FEATURES]);
    void (*on_said)(void *ctx, const struct topic_sentence *s, const uint16_t *at, unsigned count);
    void *ctx;
};

/* The text ends. */
void topics_end(struct topics *t, struct str text, const struct topic_sink *sink);

/* ---- topic_look.c ---- */

/* A sentence as it is judged: what a word is, is asked for once. */
struct topic_sentence {
    const struct topic_word *words;
    unsigned count;
    uint32_t parts;        /* bits of enum part: which there are */
    uint32_t before, text; /* struct topics */
    bool asks;             /* ends with a question mark */
    /* enum part, or PARTS + the group; [i + LOOK_MARGIN] is word i's. */
    uint8_t sym[SENTENCE_WORDS + 8];
};
enum { LOOK_MARGIN = 4 };
/* The buckets of word i as one of `field`. */
void topic_look(const struct topic_sentence *s, int i, enum topic_field field,
                uint16_t out[TOPIC_FEATURES]);

/* ---- topic_said.c ---- */
enum { SAID_MOST = 48, SAID_BITS = 13, SAID_BUCKETS = 1 << SAID_BITS };
/* What a sentence tells by the sense of its words: of which topic most, by which word, and how much
 * speaks for it (sixteenths of a logit). */
struct said {
    enum topic_field field;
    int word, sum;
};
/* Whether it tells a fact. `note`: the text is no longer than what somebody types as a note, in
 * which nobody need say "I". */
bool said_tells(const struct topic_sentence *s, bool note, struct said *out);
/* Its words speak so much against a fact that a word of a topic in it tells none. */
bool said_denies(const struct topic_sentence *s);
/* The buckets of what the sentence is like, apart from its words' sense; returns how many. */
unsigned said_look(const struct topic_sentence *s, uint16_t out[SAID_MOST]);

/* ---- made by the build from data/ ---- */
/* By the hash's low bits: a word's check (16 bits of its hash, the highest ones) and a byte for
 * each topic of the model, 128 more than how much it speaks for a fact; 0: free. Place 0 stays
 * free. */
enum { SAID_SLOTS = 1 << 15, SAID_CHECK = 48 };
extern const uint64_t SAID_WORDS[SAID_SLOTS];
extern const uint64_t SAID_WEIGHTS[SAID_BUCKETS]; /* the same bytes */
static inline uint16_t said_of(uint32_t hash) {
    for (uint32_t i = hash & (SAID_SLOTS - 1); SAID_WORDS[i]; i = (i + 1) & (SAID_SLOTS - 1)) {
        if (SAID_WORDS[i] >> SAID_CHECK == hash >> 16) {
            return (uint16_t)i;
        }
    }
    return 0;
}

enum { TERM_SLOTS = 1 << 15, TERM_BITS = 1 << 16, TERM_GROUP = 5, TERM_CHECK = 12 };
/* By the hash's low bits, two for each word: it may be a word of a topic, it may begin a term of
 * two. */
extern const uint64_t TERM_FILTER[2 * TERM_BITS / 64];
/* The same for the hash of two words: they may be a term. */
extern const uint64_t TERM_PAIRS[TERM_BITS / 64];
/* The hash's highest bits, the group, the part (enum part); 0: free. */
extern const uint32_t TERM_TABLE[TERM_SLOTS];
extern const uint8_t GROUP_FIELDS[GROUPS];          /* a bit for each field */
extern const uint32_t TOPIC_WEIGHTS[TOPIC_BUCKETS]; /* a byte for each class, 128 more */

/* Group and part of a word; 0: it has none. */
static inline uint32_t term_of(uint32_t hash) {
    for (uint32_t i = hash & (TERM_SLOTS - 1); TERM_TABLE[i]; i = (i + 1) & (TERM_SLOTS - 1)) {
        if ((TERM_TABLE[i] ^ hash) >> TERM_CHECK == 0) {
            return TERM_TABLE[i] & ((1U << TERM_CHECK) - 1);
        }
    }
    return 0;
}

static inline bool term_may_be_pair(uint32_t both) {
    return TERM_PAIRS[both % TERM_BITS / 64] >> (both % 64) & 1;
}

/* The next word; text is what it stands in. A sentence that ends is judged. Inline: most words are
 * of no topic, and only remembered. */
void topics_look(struct topics *t, struct str text, const struct word *w);
static inline void topics_word(struct topics *t, struct str text, const struct word *w,
                               const struct topic_sink *sink) {
    if (t->count == SENTENCE_WORDS || (t->count && (w->line || w->gap == GAP_STOP))) {
        topics_end(t, text, sink);
    }
    bool call = w->gap == GAP_BRACKET && t->count && w->from == t->words[t->count - 1].to + 1;
    bool sign = w->glued || w->gap == GAP_CODE || w->gap == GAP_DOT || call; /* "f(x" */
    uint8_t group = w->glued ? 0 : w->group; /* a part of a path says nothing */
    t->words[t->count++] = (struct topic_word){
        .from = w->from,
        .to = w->to,
        .hash = w->hash,
        .group = group,
        .part = w->part,
        .apart = w->gap != GAP_BLANK && w->gap != GAP_HYPHEN,
        .sign = sign,
        .said = sign ? 0 : w->said,
    };
    t->any = t->any || group;
    if (t->begins || w->shape == SHAPE_DIGITS) {
        topics_look(t, text, w);
    }
    t->begins = w->leads && !w->glued;
}
