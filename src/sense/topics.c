/* A sentence is kept until it ends; then each word of a topic in it is scored by what is near: who
 * the sentence speaks of, what he does, whether it asks or orders, numbers. */
#include "sense/topics_inside.h"

/* A fact that is missed is worse than one too many. */
enum { SURE_TOLD = -20, SURE_MENTIONED = 8 };

/* ---- reading ---- */

static bool is_sign_of_money(struct str text, size_t from, size_t to) {
    char before = from > 0 ? text.ptr[from - 1] : ' ';
    char after = to < text.len ? text.ptr[to] : ' ';
    struct str euro = str_sub(text, from >= 3 ? from - 3 : 0, from);
    return before == '$' || after == '$' || str_is(euro, "\xe2\x82\xac")
           || str_starts(str_sub(text, to, to + 4), STR("\xe2\x82\xac"))
           || str_starts(str_sub(text, to, to + 4), STR(" \xe2\x82\xac"))
           || (from >= 2 && str_is(str_sub(text, from - 2, from), "\xc2\xa3"));
}

/* "7", "$500", "38k", "1998". */
static uint8_t number_of(struct str text, const struct word *w) {
    uint64_t value = 0;
    size_t end = w->from;
    while (end < w->to && end - w->from < 4 && text.ptr[end] >= '0' && text.ptr[end] <= '9') {
        value = value * 10 + (uint64_t)(text.ptr[end++] - '0');
    }
    bool thousands = end + 1 == w->to && (text.ptr[end] | 32) == 'k';
    if (thousands || is_sign_of_money(text, w->from, w->to)) {
        return PART_MONEY;
    }
    return end > w->from && value > 0 && value < 18 ? PART_AGE : PART_NUMBER;
}

/* The last word is a number, or may end a term of two words. */
void topics_look(struct topics *t, struct str text, const struct word *w) {
    struct topic_word *x = &t->words[t->count - 1];
    if (w->shape == SHAPE_DIGITS) {
        x->part = number_of(text, w);
    }
    if (t->begins && (w->gap == GAP_BLANK || w->gap == GAP_HYPHEN)) {
        uint32_t hash = word_hash_name(word_hash_name(0, x[-1].hash), x->hash);
        uint32_t both = term_may_be_pair(hash) ? term_of(hash) : 0;
        if (both >> TERM_GROUP) {
            x[-1].group = (uint8_t)(both >> TERM_GROUP);
            x->joined = true;
            x->group = 0;
            t->any = true;
        }
    }
}

/* ---- scores ---- */

/* Where the term that begins with word i ends. */
static size_t term_end(const struct topic_sentence *s, int i) {
    bool joined = i + 1 < (int)s->count && s->words[i + 1].joined;
    return s->words[joined ? i + 1 : i].to;
}

/* Whether a fact is told. */
static bool score(const struct topic_sentence *s, int i, enum topic_field field,
                  const uint16_t at[TOPIC_FEATURES], const struct topic_sink *sink) {
    int sums[TOPIC_CLASSES] = {0};
    for (unsigned k = 0; k < TOPIC_FEATURES; k++) {
        for (unsigned c = 0; c < TOPIC_CLASSES; c++) {
            sums[c] += (int)(TOPIC_WEIGHTS[at[k]] >> (8 * c) & 0xff);
        }
    }
    int margin = sums[2] - sums[0];
    /* Only what is told less surely than not can be denied by the sense of all words. */
    bool told = margin >= SURE_TOLD && sums[2] > sums[1] && (margin >= 0 || !said_denies(s));
    bool mentioned = sums[1] - sums[0] >= SURE_MENTIONED;
    if (told || mentioned) {
        margin = sums[told ? 2 : 1] - sums[0];
        sink->on_hit(sink->ctx, &(struct topic_hit){
                                    .field = field,
                                    .told = told,
                                    .from = s->words[i].from,
                                    .to = term_end(s, i),
                                    .confidence = (uint8_t)(margin > 90  ? 95
                                                            : margin < 0 ? 50
                                                                         : 50 + margin / 2),
                                });
    }
    return told;
}

/* What each word is, and which parts there are. */
static void read_parts(const struct topics *t, struct topic_sentence *s) {
    for (unsigned i = 0; i < t->count; i++) {
        const struct topic_word *w = &t->words[i];
        unsigned part = w->part;
        if (GROUP_FIELDS[w->group] == 1U << FIELD_PERSON) {
            part = PART_KIN;
        } else if (part == PART_ME && i + 1 < t->count && w[1].sign) { /* "I/O" */
            part = 0;
        }
        s->parts |= 1U << part;
        s->sym[i + LOOK_MARGIN] = w->group && !part ? PARTS + w->group : (uint8_t)part;
    }
}

/* "my husband", "our two dear old friends", "a friend of mine": where it begins; i: nobody's. */
static int whose_begins(const struct topic_sentence *s, int i) {
    enum { BETWEEN = 3 };
    const uint32_t never = 1U << PART_PREP | 1U << PART_DET | 1U << PART_AND | 1U << PART_BE
                           | 1U << PART_HAVE | 1U << PART_CODE | 1U << PART_ME | 1U << PART_YOU;
    for (int k = i - 1; k >= 0 && k >= i - 1 - BETWEEN && !s->words[k + 1].apart; k--) {
        unsigned sym = s->sym[k + LOOK_MARGIN];
        if (sym == PART_MY) {
            return k;
        }
        if (sym >= PARTS || never >> sym & 1) {
            break;
        }
    }
    return i;
}

/* "a friend of mine": the last word of it; i: nobody's. */
static int whose_ends(const struct topic_sentence *s, int i) {
    bool of = i + 2 < (int)s->count && s->sym[i + 1 + LOOK_MARGIN] == PART_PREP;
    return of && s->words[i + 2].hash == word_hash(STR("mine")) ? i + 2 : i;
}

static void score_person(const struct topic_sentence *s, int i, const struct topic_sink *sink) {
    int from = whose_begins(s, i);
    int to = whose_ends(s, i);
    bool code = s->sym[i + 1 + LOOK_MARGIN] == PART_CODE; /* "my child process" */
    if (from < to && !code) {
        sink->on_hit(sink->ctx, &(struct topic_hit){.field = FIELD_PERSON,
                                                    .from = s->words[from].from,
                                                    .to = term_end(s, to),
                                                    .confidence = 70});
    }
}

/* A word in a program: signs stand before it, and hold a quarter of the words around it together.
 * What else stands in its sentence does not matter: a fact beside a link or a key is a fact. */
static bool is_code(const struct topics *t, unsigned i) {
    enum { AROUND = 4 };
    unsigned from = i < AROUND ? 0 : i - AROUND;
    unsigned to = i + AROUND < t->count ? i + AROUND : t->count - 1;
    unsigned before = 0;
    unsigned all = 0;
    for (unsigned k = from; k <= to; k++) {
        all += t->words[k].sign;
        before += t->words[k].sign && k <= i;
    }
    return before > 0 && all > 1 && all * 4 > to - from;
}

/* Whether a word of a topic tells a fact. */
static bool judge(const struct topics *t, struct topic_sentence *s, const struct topic_sink *sink) {
    bool told = false;
    for (unsigned i = 0; i < t->count; i++) {
        unsigned fields = GROUP_FIELDS[t->words[i].group];
        if (!fields || is_code(t, i)) {
            continue;
        }
        for (unsigned f = 0; f < FIELD_PERSON; f++) {
            uint16_t at[TOPIC_FEATURES];
            if (!(fields >> f & 1)) {
                continue;
            }
            topic_look(s, (int)i, f, at);
            if (sink->on_look) {
                sink->on_look(sink->ctx, &t->words[i], f, at);
            } else {
                told |= score(s, (int)i, f, at, sink);
            }
        }
        if (fields >> FIELD_PERSON & 1 && !sink->on_look) {
            score_person(s, (int)i, sink);
        }
    }
    return told;
}

/* A fact that the sentence tells by the sense of all its words. */
static void judge_said(const struct topics *t, const struct topic_sentence *s, struct str text,
                       const struct topic_sink *sink) {
    enum { NOTE = 400, LEAST_WORDS = 3 }; /* bytes; a longer text is not read as a note */
    struct said said;
    if (t->count >= LEAST_WORDS && said_tells(s, text.len <= NOTE, &said)
        && !is_code(t, (unsigned)said.word)) {
        int more = said.sum < 90 ? said.sum / 2 : 45;
        sink->on_hit(sink->ctx, &(struct topic_hit){.field = said.field,
                                                    .told = true,
                                                    .from = t->words[said.word].from,
                                                    .to = term_end(s, said.word),
                                                    .confidence = (uint8_t)(50 + more)});
    }
}

/* What the training looks at instead. */
static void show(const struct topics *t, struct topic_sentence *s, const struct topic_sink *sink) {
    uint16_t at[SAID_MOST];
    if (sink->on_said && t->count) {
        sink->on_said(sink->ctx, s, at, said_look(s, at));
    }
    judge(t, s, sink);
}

void topics_end(struct topics *t, struct str text, const struct topic_sink *sink) {
    struct topic_sentence s = {
        .words = t->words, .count = t->count, .before = t->before, .text = t->text};
    size_t end = t->count ? t->words[t->count - 1].to : 0;
    for (size_t i = end; i < text.len && i < end + 3 && !s.asks; i++) {
        s.asks = text.ptr[i] == '?';
    }
    read_parts(t, &s);
    if (!sink->on_hit) {
        show(t, &s, sink);
    } else if (!t->any || !judge(t, &s, sink)) {
        judge_said(t, &s, text, sink);
    }
    t->before = s.parts;
    t->text |= s.parts;
    t->count = 0;
    t->any = false;
    t->begins = false;
}
