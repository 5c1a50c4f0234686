/* What the topics' model is told of a word: numbers of buckets, one for each thing that is so. The
 * training reads the same (scripts/train/look.c), so the two cannot differ. */
#include "sense/topics_inside.h"

enum { NEAR = 14 };

static uint32_t mix(uint32_t a, uint32_t b) {
    return (a * 0x01000193U) ^ (b + 0x7f4a7c15U + (a << 6) + (a >> 2));
}

static uint32_t sym_at(const struct topic_sentence *s, int i) {
    return s->sym[i + LOOK_MARGIN];
}

static uint32_t hash_at(const struct topic_sentence *s, int i) {
    return i < 0 || i >= (int)s->count ? 7U : s->words[i].hash;
}

static bool is_one_of(uint32_t sym, uint32_t parts) {
    return sym < PARTS && parts >> sym & 1;
}

#define BIT(part) (1U << (part))

/* Who a sentence may speak of, what he may do, and what turns it about. */
static const uint32_t WHO =
    BIT(PART_ME) | BIT(PART_THEY) | BIT(PART_YOU) | BIT(PART_KIN) | BIT(PART_GENERIC);
static const uint32_t DOES = BIT(PART_HAVE) | BIT(PART_BE) | BIT(PART_SUFFER) | BIT(PART_SAY)
                             | BIT(PART_FEEL) | BIT(PART_TAKE) | BIT(PART_DID);
static const uint32_t TURNS = BIT(PART_NOT) | BIT(PART_IF) | BIT(PART_ASK);

/* The nearest of `parts` before i; -1: none. */
static int nearest(const struct topic_sentence *s, int i, uint32_t parts) {
    for (int k = i - 1; k >= 0 && k >= i - NEAR; k--) {
        if (is_one_of(sym_at(s, k), parts)) {
            return k;
        }
    }
    return -1;
}

/* The nearest behind i. */
static int nearest_behind(const struct topic_sentence *s, int i, uint32_t parts) {
    for (int k = i + 1; k < (int)s->count && k <= i + NEAR / 2; k++) {
        if (is_one_of(sym_at(s, k), parts)) {
            return k;
        }
    }
    return -1;
}

/* Another word of a topic near i: its group; 0: none. */
static uint32_t other_group(const struct topic_sentence *s, int i) {
    for (int d = 1; d <= NEAR / 2; d++) {
        for (int k = i - d; k <= i + d; k += 2 * d) {
            if (k >= 0 && k < (int)s->count && s->words[k].group) {
                return s->words[k].group;
            }
        }
    }
    return 0;
}

static uint32_t distance(int i, int k) {
    int d = k < 0 ? 99 : i > k ? i - k : k - i;
    return d <= 3 ? (uint32_t)d : d <= 6 ? 6 : d <= NEAR ? 12 : 99;
}

static uint32_t part_at(const struct topic_sentence *s, int i) {
    return i < 0 ? 0 : sym_at(s, i);
}

/* The bits of `of` that are in `parts`, close together. */
static uint32_t chosen(uint32_t parts, const uint8_t *of, size_t n) {
    uint32_t out = 0;
    for (size_t i = 0; i < n; i++) {
        out = out << 1 | (parts >> of[i] & 1);
    }
    return out;
}

void topic_look(const struct topic_sentence *s, int i, enum topic_field field,
                uint16_t out[TOPIC_FEATURES]) {
    static const uint8_t persons[] = {PART_ME, PART_MY, PART_THEY, PART_KIN, PART_GENERIC};
    static const uint8_t manner[] = {PART_TASK, PART_FICTION, PART_STUDY, PART_CODE, PART_IF};
    static const uint8_t facts[] = {PART_TIME, PART_AGE, PART_MONEY, PART_NUMBER, PART_NOT};
    const struct topic_word *w = &s->words[i];
    int behind = i + 1 < (int)s->count && w[1].joined ? i + 2 : i + 1;
    uint32_t term = mix(w->hash, behind == i + 2 ? w[1].hash : 0);
    uint32_t group = mix(w->group, field + 1);
    int who = nearest(s, i, WHO);
    int does = nearest(s, i, DOES);
    int my = nearest(s, i, BIT(PART_MY));
    int next = nearest_behind(
        s, behind - 1, DOES | BIT(PART_TIME) | BIT(PART_NUMBER) | BIT(PART_AGE) | BIT(PART_MONEY));
    int turn = nearest(s, i, TURNS);
    uint32_t near_who = mix(part_at(s, who), distance(i, who));
    uint32_t near_my = distance(i, my);
    uint32_t whose = mix(part_at(s, who), (uint32_t)(who >= 0 && sym_at(s, who - 1) == PART_MY));
    uint32_t all = chosen(s->parts, persons, sizeof persons) << 1 | s->asks;
    uint32_t how = chosen(s->parts, manner, sizeof manner);
    uint32_t what = chosen(s->parts, facts, sizeof facts);
    uint32_t text =
        chosen(s->text, manner, sizeof manner) << 5 | chosen(s->before, persons, sizeof persons);
    unsigned n = 0;
#define ADD(a, b)                                                                 \
    do {                                                                          \
        out[n] = (uint16_t)(feature_hash(64 + n, (a), (b)) >> (32 - TOPIC_BITS)); \
        n++;                                                                      \
    } while (0)
    /* what only this word, or its neighbours, can say: the training hides these now and then */
    ADD(term, field);
    ADD(mix(term, field), all);
    ADD(hash_at(s, i - 1), group);
    ADD(hash_at(s, behind), group);
    ADD(hash_at(s, i - 1), hash_at(s, i - 2));
    ADD(hash_at(s, behind), hash_at(s, behind + 1));
    ADD(hash_at(s, 0), hash_at(s, 1));
    ADD(hash_at(s, who < 0 ? -1 : who + 1), part_at(s, who));
    /* what holds for its group, or for every word */
    ADD(group, 0);
    ADD(group, all);
    ADD(group, near_who);
    ADD(group, near_my);
    ADD(group, mix(sym_at(s, i - 1), sym_at(s, i - 2)));
    ADD(group, mix(sym_at(s, behind), sym_at(s, behind + 1)));
    ADD(group, mix(part_at(s, does), whose));
    ADD(group, mix(part_at(s, next), near_my));
    ADD(group, mix(what, all & 62));
    ADD(group, mix(how, s->asks));
    ADD(group, other_group(s, i));
    ADD(mix(sym_at(s, i - 1), sym_at(s, i - 2)), mix(sym_at(s, i - 3), field));
    ADD(mix(near_who, near_my), part_at(s, does));
    ADD(mix(whose, part_at(s, does)), mix(part_at(s, turn), (uint32_t)(turn > who)));
    ADD(mix(sym_at(s, 0), sym_at(s, 1)), mix(sym_at(s, 2), s->asks));
    ADD(mix(sym_at(s, 0), s->asks), all);
    ADD(text, mix(all, s->asks));
    ADD(mix(how, all), text >> 5);
    ADD(mix(sym_at(s, i - 1), sym_at(s, behind)), near_my);
    ADD(mix(part_at(s, next), whose), distance(i, next));
    ADD(s->count < 6 ? s->count : s->count < 12 ? 6U : 12U, mix(all, what));
    ADD(mix(whose, what), mix(part_at(s, does), field));
#undef ADD
}
