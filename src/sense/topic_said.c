/* Facts told in words that no list has: "my back went out again". Each of some thousand words has
 * a score for each topic, which the training drew from what the word means (vectors of words,
 * scripts/train/README.md): a sentence in which they sum up high tells a fact, by who is spoken of
 * and how. A word that the training never saw counts as its neighbours in meaning do. */
#include "sense/topics_inside.h"

/* Sixteenths of a logit: how sure the model must be; in a long text, which has many sentences that
 * may be mistaken; how sure that nothing is told. A sentence whose words say less than ENOUGH is
 * not looked at further. SURE is where one in twenty of typed sentences that tell nothing, and that
 * a training did not see, is mistaken (train_said.py --hold). */
enum { SURE = 16, SURE_LONG = 56, DENIED = -64, ENOUGH = -32, ENOUGH_LONG = 32, ZERO = 128 };

#define BIT(part) (1U << (part))
/* Of whom a fact may be told in a text that is more than a note. */
static const uint32_t SOMEBODY = BIT(PART_ME) | BIT(PART_MY) | BIT(PART_KIN);

/* The bits of `of` that are in `parts`, close together. */
static uint32_t chosen(uint32_t parts, const uint8_t *of, size_t n) {
    uint32_t out = 0;
    for (size_t i = 0; i < n; i++) {
        out = out << 1 | (parts >> of[i] & 1);
    }
    return out;
}

unsigned said_look(const struct topic_sentence *s, uint16_t out[SAID_MOST]) {
    static const uint8_t persons[] = {PART_ME,  PART_MY,      PART_THEY,
                                      PART_KIN, PART_GENERIC, PART_YOU};
    static const uint8_t manner[] = {PART_TASK, PART_FICTION, PART_STUDY,  PART_CODE,
                                     PART_IF,   PART_ASK,     PART_POLISH, PART_HELP};
    static const uint8_t facts[] = {PART_TIME, PART_AGE, PART_MONEY, PART_NUMBER, PART_NOT};
    uint32_t who = chosen(s->parts, persons, sizeof persons) << 1 | s->asks;
    uint32_t how = chosen(s->parts, manner, sizeof manner);
    uint32_t what = chosen(s->parts, facts, sizeof facts);
    uint32_t before = chosen(s->text, manner, sizeof manner);
    uint32_t first = s->words[0].hash;
    uint32_t second = s->count > 1 ? s->words[1].hash : 0;
    uint32_t sym = s->sym[LOOK_MARGIN];
    uint32_t next = s->sym[LOOK_MARGIN + 1];
    unsigned n = 0;
#define ADD(a, b)                                                                \
    do {                                                                         \
        out[n] = (uint16_t)(feature_hash(96 + n, (a), (b)) >> (32 - SAID_BITS)); \
        n++;                                                                     \
    } while (0)
    ADD(0, 0); /* what is so of every sentence */
    ADD(who, 0);
    ADD(how, s->asks);
    ADD(who, how);
    ADD(who, what);
    ADD(who, before);
    ADD(sym, next);
    ADD(s->count < 12 ? s->count : 12U, who);
    ADD(first, 0);
    ADD(first, second);
#undef ADD
    for (uint32_t rest = s->parts; rest && n < SAID_MOST; rest &= rest - 1) {
        out[n++] =
            (uint16_t)(feature_hash(95, (uint32_t)__builtin_ctz(rest), 0) >> (32 - SAID_BITS));
    }
    return n;
}

/* Six bytes to six sums. */
static void add(int sums[FIELD_PERSON], uint64_t bytes) {
    for (unsigned f = 0; f < FIELD_PERSON; f++) {
        sums[f] += (int)(bytes >> (8 * f) & 0xff) - ZERO;
    }
}

static unsigned highest(const int sums[FIELD_PERSON]) {
    unsigned best = 0;
    for (unsigned f = 1; f < FIELD_PERSON; f++) {
        best = sums[f] > sums[best] ? f : best;
    }
    return best;
}

/* The sums of the words' bytes: three in each number, sixteen bits apart, so that all are added at
 * once; at most SENTENCE_WORDS words. */
static void add_words(const struct topic_sentence *s, int sums[FIELD_PERSON]) {
    const uint64_t every_second = 0x00ff00ff00ffULL;
    uint64_t even = 0;
    uint64_t odd = 0;
    int words = 0;
    for (unsigned i = 0; i < s->count; i++) {
        uint64_t bytes = SAID_WORDS[s->words[i].said];
        even += bytes & every_second;
        odd += bytes >> 8 & every_second;
        words += s->words[i].said != 0;
    }
    for (unsigned f = 0; f < FIELD_PERSON; f++) {
        sums[f] = (int)((f % 2 ? odd : even) >> (8 * (f & ~1U)) & 0xffff) - ZERO * words;
    }
}

/* The one that speaks most for the topic. */
static int word_of(const struct topic_sentence *s, unsigned field) {
    uint64_t best = 0;
    int out = 0;
    for (unsigned i = 0; i < s->count; i++) {
        uint64_t says = SAID_WORDS[s->words[i].said] >> (8 * field) & 0xff;
        out = says > best ? (int)i : out;
        best = says > best ? says : best;
    }
    return out;
}

static void add_buckets(const struct topic_sentence *s, int sums[FIELD_PERSON]) {
    uint16_t at[SAID_MOST];
    unsigned n = said_look(s, at);
    for (unsigned i = 0; i < n; i++) {
        add(sums, SAID_WEIGHTS[at[i]]);
    }
}

/* A word that was said twice before says no more. */
static void leave_repeated(const struct topic_sentence *s, int sums[FIELD_PERSON]) {
    for (unsigned i = 2; i < s->count; i++) {
        unsigned again = 0;
        for (unsigned k = 0; s->words[i].said && k < i; k++) {
            again += s->words[k].said == s->words[i].said;
        }
        uint64_t bytes = SAID_WORDS[s->words[i].said];
        for (unsigned f = 0; again > 1 && f < FIELD_PERSON; f++) {
            sums[f] -= (int)(bytes >> (8 * f) & 0xff) - ZERO;
        }
    }
}

bool said_tells(const struct topic_sentence *s, bool note, struct said *out) {
    int sums[FIELD_PERSON];
    if (!note && !((s->parts | s->before) & SOMEBODY)) {
        return false;
    }
    add_words(s, sums);
    if (sums[highest(sums)] < (note ? ENOUGH : ENOUGH_LONG)) {
        return false;
    }
    add_buckets(s, sums);
    int sure = note ? SURE : SURE_LONG;
    if (sums[highest(sums)] < sure) {
        return false;
    }
    leave_repeated(s, sums);
    unsigned field = highest(sums);
    if (sums[field] < sure) {
        return false;
    }
    *out = (struct said){.field = field, .word = word_of(s, field), .sum = sums[field]};
    return true;
}

bool said_denies(const struct topic_sentence *s) {
    int sums[FIELD_PERSON];
    add_words(s, sums);
    add_buckets(s, sums);
    return sums[highest(sums)] < DENIED;
}
