/* From scored words to names: words of one kind in a row are one name; a name found anywhere in the
 * request is one wherever it stands. Reads a text once; nothing is allocated. */
#include "sense/tagger.h"

#include "sense/address.h"
#include "sense/terms.h"
#include "sense/topics_inside.h"
#include "sense/whose.h"

#include <ctype.h>

enum {
    SMALL = 32,       /* so many words in small letters are remembered */
    SURE_KNOWN = 48,  /* makes the same word a name elsewhere */
    KNOWN_AS = 64,    /* the margin of a word that is known to be a name */
    MAYBE = 48,       /* so much worse than none is perhaps still a name … */
    MAYBE_COMMON = 16 /* … a word of every day, or without its capital, from here */
};

struct scan {
    tagger_hit_fn on_hit;
    void *ctx;
    struct whose whose;
    struct topics topics;
    struct addresses addresses;
    struct terms terms;
    struct topic_sink sink;
    struct spans spans;
    uint8_t kinds[2]; /* of the last two words that got one: [0] the later */
    uint32_t kinds_number[2];
    uint32_t small[SMALL]; /* words that no list knows, in small letters */
    uint32_t smalls;
};

/* Written without its capital, too, between sentences that have theirs: a term, no name. */
static bool is_term(const struct scan *k, uint32_t hash) {
    for (uint32_t i = 0; i < k->smalls && i < SMALL; i++) {
        if (k->small[i] == hash) {
            return true;
        }
    }
    return false;
}

/* ---- at the end ---- */

static void report(struct scan *k, const struct span *s) {
    if (s->to - s->from < 2) {
        return; /* one letter names nobody, and cannot be hidden wherever it stands */
    }
    enum tagger_kind kind = whose_is(&k->whose, s);
    unsigned sure = 50 + (unsigned)(s->margin > 0 ? s->margin : 0) / 2;
    k->on_hit(k->ctx, &(struct tagger_hit){kind, s->from, s->to, (uint8_t)(sure > 95 ? 95 : sure)});
}

/* Scored a little worse than none: a word with a capital that no sentence gave it, or one that no
 * list knows. */
static bool is_maybe(const struct span *s) {
    const unsigned known = WORD_IS_COMMON | WORD_CAPITAL | WORD_ROLE | WORD_TITLE | WORD_ORG_PART;
    const unsigned never = WORD_FUNCTION | WORD_CAPITAL | WORD_ROLE | WORD_TITLE;
    bool begins = s->line || s->before == GAP_STOP;
    bool plain = s->last_flags & known || !s->capital || begins;
    bool fits = (s->capital && !begins) || !(s->last_flags & known);
    return fits && !(s->last_flags & never) && s->margin > (plain ? -MAYBE_COMMON : -MAYBE);
}

/* First names, and nobody who is called by more; that is when it is worth to ask for the text. */
static bool is_story(const struct scan *k) {
    bool bare = false;
    for (size_t i = 0; i < k->spans.count; i++) {
        const struct span *s = &k->spans.spans[i];
        if (s->kind == TAGGER_PERSON && !span_is_single(s) && !famous_name(s->name)) {
            return false;
        }
        bare = bare || (s->kind == TAGGER_PERSON && s->last_flags & WORD_IS_FIRST);
    }
    return bare && story_is(k->whose.text);
}

static void flush(struct scan *k) {
    k->whose.story = is_story(k);
    k->whose.affair = whose_affair(&k->whose);
    for (size_t i = 0; i < k->spans.count; i++) {
        const struct span *s = &k->spans.spans[i];
        bool nobody = span_is_capital_word(s) || (k->whose.story && span_is_single(s));
        if (s->kind == TAGGER_PERSON && s->margin >= SURE_KNOWN && !nobody) {
            tagger_know(k->whose.known, s->first);
            tagger_know(k->whose.known, s->last);
        }
    }
    for (size_t i = 0; i < k->spans.count; i++) {
        struct span *s = &k->spans.spans[i];
        bool common = s->kind == TAGGER_NONE && s->last_flags & WORD_IS_COMMON;
        unsigned of = s->last_flags & (WORD_ORG | WORD_IS_FIRST | WORD_IS_LAST);
        if (s->kind == TAGGER_PERSON && span_is_single(s) && of == WORD_ORG) {
            s->kind = TAGGER_ORGANISATION;
        }
        bool other = s->kind != TAGGER_NONE && s->kind != TAGGER_PERSON
                     && (!span_is_single(s) || s->last_flags & (WORD_IS_PLACE | WORD_ORG));
        if (!common && !other && k->whose.known->count
            && tagger_is_known(k->whose.known, s->last)) {
            s->kind = TAGGER_PERSON;
            s->margin = s->margin > KNOWN_AS ? s->margin : KNOWN_AS;
        }
        bool term = span_is_single(s) && s->capital && !(s->last_flags & WORD_IS_NAME)
                    && s->cue != CUE_NAMES && is_term(k, s->last);
        if (!term && (s->kind != TAGGER_NONE || is_maybe(s))) {
            report(k, s);
        }
    }
    k->spans.count = 0;
}

/* ---- word by word ---- */

/* The words before an @ name somebody: "anna.krause@…". An address at example.com is open, but
 * hidden with the name that it is made of. */
static void know_mailbox(struct scan *k, const struct word *w) {
    uint32_t from = 0;
    bool named = false;
    for (int i = -1; i >= -2 && w[-1].to + 1 == w->from; i--) { /* nothing but the @ between */
        const struct word *part = &w[i];
        bool word = part->length >= 4 && part->shape != SHAPE_DIGITS
                    && !(part->flags & (WORD_IS_COMMON | WORD_CAPITAL | WORD_ORG_PART | WORD_ROLE));
        if (word) {
            tagger_know(k->whose.known, part->hash);
        }
        from = part->from;
        named = named || part->flags & (WORD_IS_FIRST | WORD_IS_LAST)
                || tagger_is_known(k->whose.known, part->hash);
        if (part->gap != GAP_DOT && part->gap != GAP_CODE) {
            break;
        }
    }
    if (named && str_istarts(str_sub(k->whose.text, w->from, k->whose.text.len), STR("example."))) {
        size_t to = w->from;
        while (to < k->whose.text.len
               && (isalnum((unsigned char)k->whose.text.ptr[to]) || k->whose.text.ptr[to] == '-'
                   || (k->whose.text.ptr[to] == '.' && to + 1 < k->whose.text.len
                       && isalnum((unsigned char)k->whose.text.ptr[to + 1])))) {
            to++;
        }
        k->on_hit(k->ctx, &(struct tagger_hit){TAGGER_EXAMPLE_MAIL, from, to, 80});
    }
}

/* Of the two words before `number`: previous + 4 × the one before it. */
static uint32_t kinds_before(const struct scan *k, uint32_t number) {
    uint32_t near = k->kinds_number[0] + 1 == number ? k->kinds[0] : TAGGER_NONE;
    uint32_t far = TAGGER_NONE;
    for (unsigned i = 0; i < 2; i++) {
        far = k->kinds_number[i] + 2 == number ? k->kinds[i] : far;
    }
    return near + 4 * far;
}

static void set_kind(struct scan *k, uint8_t kind, uint32_t number) {
    k->kinds[1] = k->kinds[0];
    k->kinds_number[1] = k->kinds_number[0];
    k->kinds[0] = kind;
    k->kinds_number[0] = number;
}

/* "SDK", "NotebookEdit": a capital inside, or nothing but capitals, makes a name of an acronym or
 * of something in a program, unless it is known as a name, or built like one ("McArthur",
 * "DiCaprio"). */
static bool is_coined(const struct scan *k, const struct word *w, const struct passage *p,
                      uint8_t kind) {
    enum { LONGEST_ACRONYM = 5 };
    static const char *const parts[] = {"Mc", "Mac", "De",  "Di",  "Da",  "La",
                                        "Le", "Du",  "Lo",  "Van", "Von", "Fitz",
                                        "St", "Del", "Des", "El",  "Al",  "Ben"};
    static const char *const from[] = {"at", "from", "with", "bei", "chez"};
    struct str lead = str_sub(k->whose.text, w[-1].from, w[-1].to);
    for (size_t i = 0; i < ARRAY_LEN(from) && kind == TAGGER_ORGANISATION && w->length > 3; i++) {
        if (w->gap == GAP_BLANK && str_eq(lead, str_of(from[i]))) {
            return false; /* "from InGen" */
        }
    }
    bool next = w[1].shape == SHAPE_CAPITAL || w[1].shape == SHAPE_INITIAL;
    if (w->length == 1) { /* of a figure, of a formula; before a name its first letter */
        return !next || w[1].line || w[1].gap > GAP_STOP;
    }
    const unsigned well =
        WORD_FIRST_OFTEN | WORD_LAST_OFTEN | WORD_PLACE_BIG | WORD_ORG | WORD_PUBLIC;
    if (w->shape == SHAPE_UPPER && w->length <= 4 && p->capitals < 2 && !(w->flags & well)) {
        return true; /* "ABE" */
    }
    if (w->flags & WORD_IS_NAME) {
        return false;
    }
    if (w->shape == SHAPE_UPPER) {
        return w->length <= LONGEST_ACRONYM;
    }
    if (w->shape != SHAPE_MIXED && w->shape != SHAPE_OTHER) {
        return false;
    }
    struct str s = str_sub(k->whose.text, w->from, w->to);
    size_t inner = 1;
    while (inner < s.len && !(s.ptr[inner] >= 'A' && s.ptr[inner] <= 'Z')) {
        inner++;
    }
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (str_eq(str_sub(s, 0, inner), str_of(parts[i]))) {
            return false;
        }
    }
    return inner < s.len;
}

/* Returns the kind that the word got at last. */
static uint8_t add_word(struct scan *k, const struct word *w, const struct passage *p, uint8_t kind,
                        int margin, uint32_t number) {
    uint8_t joined = spans_join(&k->spans, w, kind, margin, number);
    if (joined != TAGGER_NONE) {
        return joined;
    }
    if (k->spans.count == SPANS) {
        flush(k);
    }
    spans_add(&k->spans, w, p, kind, margin, number);
    return kind;
}

/* "anna k. berg", "Castro de la Vega": a word in small letters that a name goes on behind. */
static bool goes_on(const struct scan *k, const struct word *w, uint32_t before, uint32_t number) {
    bool particle = w->flags & WORD_PARTICLE;
    bool person = before % 4 == TAGGER_PERSON && (particle || w->length == 1);
    bool second = particle && k->spans.particle_number + 1 == number;
    bool place = before % 4 == TAGGER_PLACE && particle;
    return w->gap == GAP_BLANK && (person || place || second);
}

/* Not inline: most words are done before, and should not pay for what it needs. */
static __attribute__((noinline)) void consider(struct scan *k, const struct word *w,
                                               const struct passage *p, uint32_t number) {
    if (w->cue == CUE_EMPLOYS) {
        k->spans.employs_number = number;
    }
    if (w->gap == GAP_AT && w->glued) {
        know_mailbox(k, w);
    }
    if (w->shape == SHAPE_LOWER && !w->flags && p->capitals == 1 && !w->glued && w->length > 3) {
        k->small[k->smalls++ % SMALL] = w->hash;
    }
    enum looked looked = feature_looked(w, p);
    uint32_t before = kinds_before(k, number);
    bool behind = before % 4 != TAGGER_NONE;
    if (looked == LOOKED_ALWAYS || (looked == LOOKED_BEHIND && behind)) {
        int margin = 0;
        uint8_t kind = name_score(w, p, before, &margin);
        bool todo = kind == TAGGER_PERSON && w->shape == SHAPE_UPPER && !(w->flags & WORD_IS_NAME);
        bool coined = (!behind || w->shape == SHAPE_MIXED) && is_coined(k, w, p, kind);
        if ((todo && !behind) || coined) {
            kind = TAGGER_NONE;
        }
        bool name = !(w->flags & WORD_IS_COMMON) || w->flags & WORD_IS_FIRST;
        bool goes_on = k->spans.count && k->spans.last_number + 1 == number;
        bool near = looked == LOOKED_ALWAYS && margin > -MAYBE_COMMON;
        bool maybe = (((name || goes_on) && w->shape != SHAPE_LOWER) || near) && w->length > 1;
        if (kind != TAGGER_NONE || (maybe && !coined)) {
            kind = add_word(k, w, p, kind, margin, number);
        }
        if (kind != TAGGER_NONE) {
            set_kind(k, kind, number);
        }
    } else if (goes_on(k, w, before, number)) {
        k->spans.particle_number = number;
        if (before % 4 == TAGGER_PERSON) {
            set_kind(k, TAGGER_PERSON, number);
        }
    }
}

static void on_word(void *ctx, const struct word *w, const struct passage *p, uint32_t number) {
    struct scan *k = ctx;
    if (k->sink.on_hit) {
        topics_word(&k->topics, k->whose.text, w, &k->sink);
    }
    if (w->shape != SHAPE_LOWER || k->addresses.count) { /* most words are of no address */
        addresses_word(&k->addresses, w, p);
    }
    if (w->shape != SHAPE_LOWER || w->glued || word_is_foreign(w)) {
        terms_word(&k->terms, k->whose.text, w, p, k->on_hit, k->ctx);
    }
    /* A small common word that is no name, and stands behind none: most of a text. */
    bool common = w->flags & WORD_IS_COMMON && !(w->flags & (WORD_IS_NAME | WORD_PARTICLE));
    if (w->shape == SHAPE_LOWER && common && w->cue != CUE_EMPLOYS && w->gap == GAP_BLANK
        && number != k->kinds_number[0] + 1) {
        return;
    }
    consider(k, w, p, number);
}

void tagger_scan(struct str text, struct tagger_known *known, tagger_hit_fn on_hit,
                 topic_hit_fn on_topic_opt, void *ctx) {
    struct scan k = {.whose = {.text = text, .known = known},
                     .addresses = {.text = text, .on_hit = on_hit, .ctx = ctx},
                     .on_hit = on_hit,
                     .ctx = ctx};
    k.sink = (struct topic_sink){.on_hit = on_topic_opt, .ctx = ctx};
    k.kinds_number[0] = k.kinds_number[1] = UINT32_MAX - 4;
    spans_begin(&k.spans);
    tagger_words(text, k.whose.cues, on_word, &k);
    topics_end(&k.topics, text, &k.sink);
    addresses_end(&k.addresses);
    terms_end(&k.terms, text, on_hit, ctx);
    flush(&k);
}

uint64_t tagger_version(void) {
    return SENSE_MODEL_VERSION;
}
