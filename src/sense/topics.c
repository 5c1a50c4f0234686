/* A sentence is kept until it ends; then each word of a topic in it is scored by what is near: who
 * the sentence speaks of, what he does, whether it asks or orders, numbers. */
#include "sense/topics_inside.h"

enum { SURE_TOLD = 8, SURE_MENTIONED = 8, NEAR = 12 };

/* ---- reading ---- */

/* 1: may be a term, 2: may begin one of two words. */
static inline unsigned may_be(uint32_t hash) {
    uint32_t at = 2 * (hash & (TERM_BITS - 1));
    return TERM_FILTER[at / 64] >> (at % 64) & 3;
}

static unsigned fields_of(uint32_t hash) {
    for (uint32_t i = hash >> 16 & (TERM_SLOTS - 1); TERM_TABLE[i];
         i = (i + 1) & (TERM_SLOTS - 1)) {
        if ((TERM_TABLE[i] ^ hash) >> 8 == 0) {
            return TERM_TABLE[i] & 0xff;
        }
    }
    return 0;
}

static bool is_sign_of_money(struct str text, size_t from, size_t to) {
    char before = from > 0 ? text.ptr[from - 1] : ' ';
    char after = to < text.len ? text.ptr[to] : ' ';
    struct str euro = str_sub(text, from >= 3 ? from - 3 : 0, from);
    return before == '$' || after == '$' || str_is(euro, "\xe2\x82\xac")
           || str_starts(str_sub(text, to, to + 4), STR("\xe2\x82\xac"))
           || str_starts(str_sub(text, to, to + 4), STR(" \xe2\x82\xac"))
           || (from >= 2 && str_is(str_sub(text, from - 2, from), "\xc2\xa3"));
}

static uint8_t number_of(struct str text, const struct word *w) {
    uint64_t value = 0;
    size_t end = w->from;
    while (end < w->to && end - w->from < 4 && text.ptr[end] >= '0' && text.ptr[end] <= '9') {
        value = value * 10 + (uint64_t)(text.ptr[end++] - '0');
    }
    bool age = end > w->from && value > 0 && value < 18;
    return (uint8_t)(1 | (age ? 2 : 0) | (is_sign_of_money(text, w->from, w->to) ? 4 : 0));
}

static void judge(struct topics *t, struct str text, const struct topic_sink *sink);

/* The last word may be of a topic, or begin or end a term of two words, or is a number. */
void topics_look(struct topics *t, struct str text, const struct word *w) {
    struct topic_word *x = &t->words[t->count - 1];
    unsigned may = may_be(w->hash);
    if (w->shape == SHAPE_DIGITS) {
        x->number = number_of(text, w);
    }
    if (may & 1) {
        x->fields = (uint8_t)fields_of(w->hash);
    }
    if (t->begins && (w->gap == GAP_BLANK || w->gap == GAP_HYPHEN)) {
        uint32_t pair = word_hash_name(word_hash_name(0, x[-1].hash), x->hash);
        unsigned both = fields_of(pair);
        if (both) {
            x[-1].fields = (uint8_t)both;
            x->joined = true;
            x->fields = 0;
        }
    }
    t->begins = may & 2;
    t->any = t->any || x->fields || x->joined;
}

void topics_end(struct topics *t, struct str text, const struct topic_sink *sink) {
    if (t->any) {
        judge(t, text, sink);
    }
    t->count = 0;
    t->any = false;
    t->begins = false;
}

/* ---- features ---- */

static uint32_t mix(uint32_t a, uint32_t b) {
    return (a * 0x01000193U) ^ (b + 0x7f4a7c15U + (a << 6) + (a >> 2));
}

/* What is known of a sentence for all of its words. */
struct setting {
    const struct topics *t;
    bool asks; /* ends with a question mark */
    bool sum;  /* a sum of money */
    bool age;  /* a small number that may be an age */
    bool task; /* orders something to be written, or asks for knowledge */
};

static uint32_t hash_at(const struct topics *t, int i) {
    return i < 0 || i >= (int)t->count ? 7U : t->words[i].hash;
}

/* The nearest word before i of a kind; -1: none. */
static int nearest(const struct topics *t, int i, uint8_t cue, bool role) {
    for (int k = i - 1; k >= 0 && k >= i - NEAR; k--) {
        if ((cue && t->words[k].cue == cue) || (role && t->words[k].role)) {
            return k;
        }
    }
    return -1;
}

static uint32_t distance(int i, int k) {
    int d = k < 0 ? 99 : i - k;
    return d <= 3 ? (uint32_t)d : d <= 6 ? 6 : d <= NEAR ? 12 : 99;
}

static void look(const struct setting *s, int i, uint32_t field, uint16_t out[TOPIC_FEATURES]) {
    const struct topics *t = s->t;
    const struct topic_word *w = &t->words[i];
    int behind = i + 1 < (int)t->count && t->words[i + 1].joined ? i + 2 : i + 1;
    uint32_t term = behind == i + 2 ? mix(w->hash, t->words[i + 1].hash) : w->hash;
    int me = nearest(t, i, CUE_ME, false);
    int they = nearest(t, i, CUE_THEY, true);
    uint32_t who = me < 0 ? 0 : hash_at(t, me);
    uint32_t does = me < 0 ? 0 : hash_at(t, me + 1);
    uint32_t they_do = they < 0 ? 0 : hash_at(t, they + 1);
    uint32_t stance = (me >= 0) | (they >= 0) << 1 | s->asks << 2 | s->task << 3;
    uint32_t before = hash_at(t, i - 1);
    uint32_t after = hash_at(t, behind);
    unsigned n = 0;
#define ADD(a, b)                                                                             \
    do {                                                                                      \
        out[n] = (uint16_t)(feature_hash(64 + n, mix((a), field), (b)) >> (32 - TOPIC_BITS)); \
        n++;                                                                                  \
    } while (0)
    ADD(1, 0);
    ADD(term, 0);
    ADD(term, stance);
    ADD(before, 0);
    ADD(before, hash_at(t, i - 2));
    ADD(after, 0);
    ADD(after, hash_at(t, behind + 1));
    ADD(before, after);
    ADD(who, distance(i, me));
    ADD(who, does);
    ADD(mix(who, does), before);
    ADD(does, hash_at(t, me < 0 ? -1 : me + 2));
    ADD(they_do, distance(i, they));
    ADD(they < 0 ? 0 : hash_at(t, they), they_do);
    ADD(they < 0 ? 0 : hash_at(t, they - 1), distance(i, they));
    ADD(hash_at(t, 0), s->asks);
    ADD(hash_at(t, 0), hash_at(t, 1));
    ADD(stance, distance(i, me));
    ADD(stance, s->sum | s->age << 1);
    ADD(s->sum | s->age << 1 | (me >= 0) << 2, before);
    ADD(hash_at(t, i - 2), hash_at(t, i - 3));
    ADD(i < 3 ? (uint32_t)i : 3, stance);
    ADD(t->count < 6 ? t->count : t->count < 12 ? 6U : 12U, stance);
    ADD(mix(before, hash_at(t, i - 2)), term);
#undef ADD
}

/* ---- scores ---- */

static void score(const struct topics *t, int i, enum topic_field field,
                  const uint16_t at[TOPIC_FEATURES], const struct topic_sink *sink) {
    int sums[TOPIC_CLASSES] = {0};
    for (unsigned k = 0; k < TOPIC_FEATURES; k++) {
        for (unsigned c = 0; c < TOPIC_CLASSES; c++) {
            sums[c] += (int)(TOPIC_WEIGHTS[at[k]] >> (8 * c) & 0xff);
        }
    }
    bool told = sums[2] - sums[0] >= SURE_TOLD && sums[2] > sums[1];
    bool mentioned = sums[1] - sums[0] >= SURE_MENTIONED || sums[2] - sums[0] >= SURE_MENTIONED;
    if (told || mentioned) {
        int margin = sums[told ? 2 : 1] - sums[0];
        bool joined = i + 1 < (int)t->count && t->words[i + 1].joined;
        sink->on_hit(sink->ctx, &(struct topic_hit){
                                    .field = field,
                                    .told = told,
                                    .from = t->words[i].from,
                                    .to = t->words[joined ? i + 1 : i].to,
                                    .confidence = (uint8_t)(margin > 90 ? 95 : 50 + margin / 2),
                                });
    }
}

static void judge(struct topics *t, struct str text, const struct topic_sink *sink) {
    struct setting s = {.t = t};
    size_t end = t->words[t->count - 1].to;
    for (size_t i = end; i < text.len && i < end + 3 && !s.asks; i++) {
        s.asks = text.ptr[i] == '?';
    }
    for (unsigned i = 0; i < t->count; i++) {
        s.sum = s.sum || t->words[i].number & 4;
        s.age = s.age || t->words[i].number & 2;
        s.task = s.task || t->words[i].cue == CUE_TASK;
    }
    for (unsigned i = 0; i < t->count; i++) {
        for (unsigned f = 0; f < FIELDS; f++) {
            uint16_t at[TOPIC_FEATURES];
            if (!(t->words[i].fields >> f & 1)) {
                continue;
            }
            look(&s, (int)i, f + 1, at);
            if (sink->on_look) {
                sink->on_look(sink->ctx, &t->words[i], (enum topic_field)f, at);
            } else {
                score(t, (int)i, (enum topic_field)f, at, sink);
            }
        }
    }
}
