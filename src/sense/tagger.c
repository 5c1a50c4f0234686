/* From scored words to names: words of one kind in a row are one name; a name found anywhere in the
 * request is one wherever it stands; names of public life and of stories are told apart by what
 * stands around them. Reads a text once, in passages; nothing is allocated. */
#include "sense/tagger.h"

#include "sense/address.h"
#include "sense/terms.h"
#include "sense/topics_inside.h"

#include <ctype.h>

enum {
    PASSAGE_WORDS = 192, /* read at once */
    OPENING = 14,        /* words that say what is to be done */
    PASSAGE_AROUND = 2,  /* words that a word is judged by, to each side */
    SPANS = 96,          /* names and possible names that wait for the text's end */
    SCORE_DOUBT = 40,    /* what may be a name is taken for one … */
    FAMOUS = 8,          /* so many people everybody knows are remembered */
    MOST_WORDS = 12,     /* of one name; more are a list without commas */
    SMALL = 32,          /* so many words in small letters are remembered */
    SURE_PERSON = 16,    /* … but is somebody's only from this margin on */
    SURE_TASK = 64,      /* … and in orders and questions from this */
    SURE_BEGINS = 48,    /* a single word with the sentence's capital is somebody */
    SURE_ALONE = 160,    /* a single word that is hardly one is somebody */
    SURE_PRIVATE = 64,   /* an organisation is somebody's */
    SURE_KNOWN = 48,     /* makes the same word a name elsewhere */
    MAYBE = 48,          /* so much worse than none is perhaps still a name … */
    MAYBE_COMMON = 16    /* … a word of every day, or without its capital, from here */
};

/* ---- reading ---- */

/* What kind of text a passage is, by the words that were read for it. */
static struct passage passage_of(const struct word *w, size_t n, unsigned cues[CUES]) {
    unsigned shapes[8] = {0};
    unsigned german = cues[CUE_GERMAN];
    unsigned others = cues[CUE_OTHERS];
    unsigned begun[2] = {0}; /* sentences: with a small letter, with a capital */
    unsigned code = 0;
    unsigned foreign = 0;
    for (size_t i = 0; i < n; i++) {
        shapes[w[i].shape & 7]++;
        foreign += word_is_foreign(&w[i]);
        code += w[i].gap == GAP_CODE || w[i].gap == GAP_BRACKET || w[i].gap == GAP_OTHER;
        if (w[i].gap == GAP_STOP && w[i].shape != SHAPE_DIGITS && w[i].shape != SHAPE_OTHER) {
            begun[w[i].shape != SHAPE_LOWER]++;
        }
        bool said = w[i].cue == CUE_TASK && w[i].shape == SHAPE_LOWER && !w[i].line && i >= OPENING;
        if (w[i].cue != CUE_NONE && !said) {
            cues[w[i].cue]++; /* "Design a …", "You should design a …" are orders, but not "of this
                                 design" */
        }
    }
    unsigned small = shapes[SHAPE_LOWER];
    unsigned capitals = (unsigned)n - small - shapes[SHAPE_DIGITS] - shapes[SHAPE_OTHER];
    struct passage p = {.capitals = 1, .cues = cues};
    if ((capitals * 25 < small || capitals == 0) && begun[1] <= begun[0]) {
        p.capitals = 0; /* long sentences have few, too */
    } else if (capitals > small) {
        p.capitals = 2;
    }
    german = cues[CUE_GERMAN] - german;
    others = cues[CUE_OTHERS] - others;
    p.language = german * 6UL > n ? 1 : others * 6UL > n ? 2 : 0;
    p.code = code > 3 && code * 8UL > n;
    p.foreign = foreign * 2UL > n;
    return p;
}

void tagger_words(struct str text, unsigned cues[CUES],
                  void (*on_word)(void *ctx, const struct word *w, const struct passage *p,
                                  uint32_t number),
                  void *ctx) {
    enum { ROOM = PASSAGE_WORDS + 2 * PASSAGE_AROUND };
    struct word words[ROOM];
    memset(words, 0, sizeof words[0] * PASSAGE_AROUND);
    size_t at = 0;
    size_t n = PASSAGE_AROUND; /* read so far */
    size_t next = PASSAGE_AROUND;
    uint32_t number = 0;
    bool more = true;
    while (more) {
        size_t first = n;
        while (n < ROOM && (more = word_next(text, &at, &words[n])) != 0) {
            n++;
        }
        size_t end = more ? n - PASSAGE_AROUND : n;
        if (!more) { /* nothing stands behind the last */
            for (size_t i = n; i < n + PASSAGE_AROUND && i < ROOM; i++) {
                words[i] = (struct word){.gap = GAP_LINE, .line = true};
            }
        }
        if (!more && n + PASSAGE_AROUND > ROOM) { /* … for which there is no room yet */
            end = n - PASSAGE_AROUND;
            more = true;
        }
        struct passage p = passage_of(words + first, n - first, cues);
        for (; next < end; next++) {
            on_word(ctx, &words[next], &p, number++);
        }
        size_t keep = end - PASSAGE_AROUND; /* the two before the next one */
        memmove(words, words + keep, sizeof words[0] * (n - keep));
        n -= keep;
        next -= keep;
    }
}

/* ---- scanning ---- */

struct span {
    uint32_t from, to;
    uint32_t begin;             /* of the second word before it */
    uint32_t first, last, name; /* hashes: of the first and last word, of all */
    uint16_t first_flags, last_flags;
    int16_t margin; /* how much better this kind, or the best one, scored than none */
    uint8_t kind, words;
    uint8_t before, after; /* gaps */
    uint8_t cue;           /* of the word before, or of the one before that */
    bool capital, line, employs;
    bool code, year; /* in a program; behind digits */
    bool numbered;   /* "Exper. 7" */
    bool famous;     /* all of its words that are names everybody knows as one */
    bool named;      /* at least one of them */
    bool leads, led; /* words behind it, before it may belong to a name that everybody knows */
};

struct scan {
    struct tagger_known *known;
    tagger_hit_fn on_hit;
    void *ctx;
    unsigned cues[CUES];
    struct str text;
    struct topics topics;
    struct addresses addresses;
    struct terms terms;
    struct topic_sink sink;
    struct span spans[SPANS];
    size_t count;
    uint32_t last_number;     /* of the word that the last span ends with */
    uint32_t particle_number; /* "van" behind a name: may go on */
    uint8_t kinds[2];         /* of the last two words that got one: [0] the later */
    uint32_t kinds_number[2];
    uint32_t employs_number;
    uint32_t small[SMALL]; /* words that no list knows, in small letters */
    uint32_t smalls;
    uint32_t famous[FAMOUS]; /* the last words of names that everybody knows */
    uint32_t famous_count;
    bool story; /* bare first names are nobody's */
};

static bool is_known(const struct tagger_known *k, uint32_t hash) {
    unsigned n = k->count < TAGGER_KNOWN ? k->count : TAGGER_KNOWN;
    for (unsigned i = 0; i < n; i++) {
        if (k->hash[i] == hash) {
            return true;
        }
    }
    return false;
}

static void know(struct tagger_known *k, uint32_t hash) {
    if (!is_known(k, hash)) {
        k->hash[k->count++ % TAGGER_KNOWN] = hash;
    }
}

/* Written without its capital, too, between sentences that have theirs: a term, no name. */
static bool is_term(const struct scan *k, uint32_t hash) {
    for (uint32_t i = 0; i < k->smalls && i < SMALL; i++) {
        if (k->small[i] == hash) {
            return true;
        }
    }
    return false;
}

/* ---- deciding ---- */

static bool is_single(const struct span *s) {
    return s->words == 1;
}

/* A single word that is written with a capital, and is nobody's name: "Monday". */
static bool is_capital_word(const struct span *s) {
    return is_single(s) && s->last_flags & WORD_CAPITAL && !(s->last_flags & WORD_IS_NAME);
}

/* Somebody everybody knows, as far as the lists say: a full name, or a single word, when either
 * nobody else is called so or the text is of such people. */
static bool is_listed(struct scan *k, const struct span *s) {
    bool titled = !is_single(s) && !(s->first_flags & WORD_IS_FIRST); /* "Queen Anne" */
    bool longer = s->leads || s->led || titled;
    bool often = s->first_flags & WORD_FIRST_OFTEN && s->last_flags & WORD_LAST_OFTEN;
    unsigned own = k->cues[CUE_ME] + k->cues[CUE_LETTER];
    if (often && own > k->cues[CUE_KNOWN] + k->cues[CUE_STORY] + k->cues[CUE_TASK]) {
        return false; /* "my boss James Brown" */
    }
    if (famous_name(s->name) || (longer && famous_is(k->text, s->begin, s->from, s->to))) {
        k->famous[k->famous_count++ % FAMOUS] = s->last;
        return true;
    }
    for (uint32_t i = 0; is_single(s) && i < k->famous_count && i < FAMOUS; i++) {
        if (k->famous[i] == s->last) {
            return true; /* "Al Capone … Capone" */
        }
    }
    if (!is_single(s) || !(s->last_flags & (WORD_PUBLIC | WORD_STORY))) {
        return false;
    }
    bool others = s->last_flags & (WORD_IS_FIRST | WORD_IS_LAST);
    bool about = k->cues[CUE_KNOWN] + k->cues[CUE_STORY] + k->cues[CUE_TASK] > 0;
    return !others || (about && !k->cues[CUE_ME]);
}

/* Open: known to everybody, or nobody at all (POLICY.md 1). */
static enum tagger_kind person_kind(struct scan *k, const struct span *s) {
    if (k->story && is_single(s) && !is_known(k->known, s->last)) {
        return TAGGER_PUBLIC;
    }
    bool introduced = s->cue == CUE_NAMES || s->cue == CUE_LETTER;
    unsigned me = k->cues[CUE_ME];
    unsigned letter = k->cues[CUE_LETTER] + k->cues[CUE_NAMES];
    if (introduced) {
        return TAGGER_PERSON;
    }
    if (is_listed(k, s)) {
        return TAGGER_PUBLIC;
    }
    if (s->margin < SURE_PERSON) {
        return TAGGER_UNCERTAIN; /* perhaps no name at all: hidden with the others, but nobody's */
    }
    bool named = (s->first_flags | s->last_flags) & WORD_IS_FIRST;
    bool common = is_single(s) && s->last_flags & (WORD_IS_COMMON | WORD_CAPITAL);
    bool joined = s->before == GAP_CODE || s->before == GAP_OTHER; /* "high→max" */
    bool small = !s->capital && (common || !named || s->year || joined);
    if (is_single(s) && (s->code || s->numbered || small) && s->margin < SURE_ALONE) {
        return TAGGER_UNCERTAIN; /* a value in a program, "Exper. 7", "15 min", "violet" */
    }
    bool begins = s->line || s->before == GAP_STOP;
    bool often = s->last_flags & (WORD_IS_FIRST | WORD_LAST_OFTEN);
    if (is_single(s) && begins && !often && s->margin < SURE_BEGINS) {
        return TAGGER_UNCERTAIN; /* "Pass the salt" */
    }
    bool doubtful = common && s->margin < SURE_TASK && !(named && s->capital);
    if (doubtful || is_capital_word(s)) {
        return TAGGER_UNCERTAIN; /* "Parts", "violet"; "Greek" */
    }
    if (k->cues[CUE_TASK] && me + letter <= 2 && !(named && s->margin >= SURE_TASK)) {
        return TAGGER_UNCERTAIN;
    }
    bool exercise = k->cues[CUE_STORY] >= 2 || (k->cues[CUE_COUNT] >= 2 && k->cues[CUE_STORY] + 1);
    if (is_single(s) && exercise && me <= 1 && letter <= 1) {
        return TAGGER_PUBLIC;
    }
    unsigned known = k->cues[CUE_KNOWN];
    bool about = known >= (k->cues[CUE_TASK] ? 2 : 4) && known > me + letter;
    return about ? TAGGER_PUBLIC : TAGGER_PERSON;
}

/* An organisation that few know, said for sure, in a letter, in somebody's own affairs or at the
 * head of code: whose it is. Behind a year it is who holds a right. */
static bool is_private(const struct scan *k, const struct span *s) {
    unsigned own = k->cues[CUE_ME] + k->cues[CUE_LETTER] + k->cues[CUE_NAMES];
    bool about = s->code || (own > 1 && own > k->cues[CUE_KNOWN]);
    return s->words > 1 && s->margin >= SURE_PRIVATE && about && !s->year;
}

static void report(struct scan *k, const struct span *s) {
    enum tagger_kind kind = s->kind;
    if (s->to - s->from < 2) {
        return; /* one letter names nobody, and cannot be hidden wherever it stands */
    }
    bool famous = s->famous && s->named;
    bool place = is_single(s) && s->last_flags & WORD_PLACE_BIG
                 && !(s->last_flags & (WORD_FIRST_OFTEN | WORD_IS_LAST));
    bool introduced = s->cue == CUE_NAMES || s->cue == CUE_LETTER;
    if (kind == TAGGER_PERSON && place && (!introduced || s->after == GAP_CODE)) {
        kind = TAGGER_PLACE; /* "Asia/Tokyo" */
    } else if (kind == TAGGER_PERSON) {
        kind = person_kind(k, s);
    } else if (kind == TAGGER_ORGANISATION) {
        kind = s->employs         ? TAGGER_EMPLOYER
               : famous           ? kind
               : is_private(k, s) ? TAGGER_PRIVATE_ORGANISATION
                                  : TAGGER_SMALL_ORGANISATION;
    } else if (kind == TAGGER_PLACE && !famous) {
        kind = TAGGER_SMALL_PLACE;
    } else if (kind == TAGGER_NONE) {
        kind = TAGGER_UNCERTAIN;
    }
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
    for (size_t i = 0; i < k->count; i++) {
        const struct span *s = &k->spans[i];
        if (s->kind == TAGGER_PERSON && !is_single(s) && !famous_name(s->name)) {
            return false;
        }
        bare = bare || (s->kind == TAGGER_PERSON && s->last_flags & WORD_IS_FIRST);
    }
    return bare && story_is(k->text);
}

static void flush(struct scan *k) {
    k->story = is_story(k);
    for (size_t i = 0; i < k->count; i++) {
        const struct span *s = &k->spans[i];
        bool nobody = is_capital_word(s) || (k->story && is_single(s));
        if (s->kind == TAGGER_PERSON && s->margin >= SURE_KNOWN && !nobody) {
            know(k->known, s->first);
            know(k->known, s->last);
        }
    }
    for (size_t i = 0; i < k->count; i++) {
        struct span *s = &k->spans[i];
        bool common = s->kind == TAGGER_NONE && s->last_flags & WORD_IS_COMMON;
        unsigned of = s->last_flags & (WORD_ORG | WORD_IS_FIRST | WORD_IS_LAST);
        if (s->kind == TAGGER_PERSON && is_single(s) && of == WORD_ORG) {
            s->kind = TAGGER_ORGANISATION;
        }
        bool other = s->kind != TAGGER_NONE && s->kind != TAGGER_PERSON
                     && (!is_single(s) || s->last_flags & (WORD_IS_PLACE | WORD_ORG));
        if (!common && !other && k->known->count && is_known(k->known, s->last)) {
            s->kind = TAGGER_PERSON;
            s->margin = s->margin > SURE_TASK ? s->margin : SURE_TASK;
        }
        bool term = is_single(s) && s->capital && !(s->last_flags & WORD_IS_NAME)
                    && s->cue != CUE_NAMES && is_term(k, s->last);
        if (!term && (s->kind != TAGGER_NONE || is_maybe(s))) {
            report(k, s);
        }
    }
    k->count = 0;
}

/* ---- spans ---- */

static bool goes_together(const struct span *s, const struct word *w, uint8_t kind) {
    bool plain = w->shape == SHAPE_LOWER && w->flags & WORD_IS_COMMON;
    if (s->kind != kind || w->line || (plain && s->capital)) {
        return false; /* "Metadata keys" */
    }
    switch ((enum gap)w->gap) {
    case GAP_BLANK:
    case GAP_HYPHEN:
    case GAP_NOTHING:
        return true;
    case GAP_DOT:
    case GAP_STOP:
        return kind == TAGGER_PERSON && (w[-1].length == 1 || w[-1].flags & WORD_TITLE);
    case GAP_OTHER:
        return kind == TAGGER_ORGANISATION; /* "Smith & Sons" */
    default:
        return false;
    }
}

static bool has_capital(const struct word *w) {
    return w->shape != SHAPE_LOWER && w->shape != SHAPE_DIGITS && w->shape != SHAPE_OTHER
           && !w->line;
}

static void extend(struct span *s, const struct word *w, int margin) {
    bool name = w->flags & (WORD_PLACE_BIG | WORD_ORG);
    s->named = s->named || name;
    s->famous = s->famous && (name || w->flags & (WORD_IS_COMMON | WORD_CAPITAL | WORD_ORG_PART));
    s->to = w->to;
    s->last = w->hash;
    s->last_flags = w->flags;
    s->name = word_hash_name(s->name, w->hash);
    s->after = w[1].gap;
    s->leads = w[1].gap == GAP_BLANK /* "the Great", "VIII" */
               && (has_capital(&w[1]) || (w[1].flags & WORD_FUNCTION && has_capital(&w[2])));
    s->numbered = w[1].shape == SHAPE_DIGITS
                  && (w[1].gap == GAP_STOP || w[1].gap == GAP_CODE || w[1].gap == GAP_OTHER);
    s->words++;
    s->margin = (int16_t)(margin > s->margin ? margin : s->margin);
}

/* Two words with a capital side by side that scored as different things are one name, when what
 * they are known as says so: its kind, else TAGGER_NONE. */
static uint8_t kind_together(const struct span *s, const struct word *w, uint8_t kind) {
    const unsigned plain = WORD_IS_COMMON | WORD_CAPITAL | WORD_ORG_PART | WORD_ROLE | WORD_TITLE;
    bool beside = (w->gap == GAP_BLANK || w->gap == GAP_HYPHEN) && !w->line;
    if (!beside || !s->capital || w->shape == SHAPE_LOWER || s->kind == kind) {
        return TAGGER_NONE;
    }
    if (kind == TAGGER_ORGANISATION && w->flags & WORD_ORG_PART) {
        return TAGGER_ORGANISATION; /* "Wayne Enterprises" */
    }
    if (w->gap == GAP_HYPHEN) {
        return s->kind;
    }
    unsigned ends = WORD_FUNCTION | WORD_CAPITAL | WORD_ROLE | WORD_TITLE;
    if (kind == TAGGER_NONE && s->kind == TAGGER_ORGANISATION) {
        return w->flags & ends ? TAGGER_NONE : s->kind; /* "Omni Consumer Products" */
    }
    if (s->kind == TAGGER_PERSON && kind == TAGGER_NONE && w[-1].shape == SHAPE_INITIAL) {
        return w->flags & ends ? TAGGER_NONE : TAGGER_PERSON; /* "Stephan M Urner" */
    }
    bool first = is_single(s) && s->first_flags & WORD_IS_FIRST;
    bool last = w->flags & WORD_IS_LAST || !(w->flags & plain);
    if (first && (kind == TAGGER_PERSON || (s->kind == TAGGER_PERSON && last))) {
        return TAGGER_PERSON; /* "Sofia Hernandez", "Priya Ueda" */
    }
    return TAGGER_NONE;
}

/* Returns the kind that the word got at last. */
static uint8_t add_span(struct scan *k, const struct word *w, const struct passage *p, uint8_t kind,
                        int margin, uint32_t number) {
    struct span *last = k->count ? &k->spans[k->count - 1] : NULL;
    bool next = number == k->last_number + 1;
    bool particle = number == k->particle_number + 1 && kind == TAGGER_PERSON;
    next = next && last && last->words < MOST_WORDS;
    if (last && kind != TAGGER_NONE && (next || particle) && goes_together(last, w, kind)) {
        extend(last, w, margin);
        k->last_number = number;
        return last->kind;
    }
    uint8_t together = last && next ? kind_together(last, w, kind) : TAGGER_NONE;
    if (together != TAGGER_NONE) {
        last->kind = together;
        extend(last, w, margin);
        k->last_number = number;
        return last->kind;
    }
    if (k->count == SPANS) {
        flush(k);
    }
    struct span s = {.from = w->from,
                     .begin = w[-2].from,
                     .first = w->hash,
                     .first_flags = w->flags,
                     .kind = kind,
                     .before = w->gap,
                     .line = w->line,
                     .capital = w->shape != SHAPE_LOWER,
                     .margin = INT16_MIN,
                     .famous = true};
    s.cue = w->line && w->gap == GAP_LINE ? 0 : w[-1].cue ? w[-1].cue : w[-2].cue;
    s.led = has_capital(&w[-1]) && !(w[-1].flags & WORD_FUNCTION)
            && (w->gap == GAP_BLANK || w->gap == GAP_STOP || w->gap == GAP_DOT);
    s.code = p->code;
    s.year = w[-1].shape == SHAPE_DIGITS;
    s.employs = k->employs_number && number - k->employs_number < 5;
    extend(&s, w, margin);
    k->spans[k->count++] = s;
    k->last_number = number;
    return kind;
}

/* ---- scores ---- */

/* Four bytes to four sums of 16 bits each. */
static inline uint64_t spread(uint32_t weights) {
    uint64_t w = (weights | (uint64_t)weights << 16) & 0x0000ffff0000ffffULL;
    return (w | w << 8) & 0x00ff00ff00ff00ffULL;
}

static uint8_t score(const struct word *w, const struct passage *p, uint32_t before, int *margin) {
    uint32_t at[FEATURE_STATIC];
    uint32_t moving[FEATURE_MOVING];
    uint64_t all = 0; /* every class has the same 128s in it */
    feature_static(w, p, at);
    feature_moving(w, moving);
    for (unsigned i = 0; i < FEATURE_STATIC; i++) {
        all += spread(NAME_WEIGHTS[feature_bucket(at[i])]);
    }
    for (unsigned i = 0; i < FEATURE_MOVING; i++) {
        uint32_t kinds = i ? before % 4 + 1 : before;
        all += spread(
            NAME_WEIGHTS[feature_bucket(feature_hash(FEATURE_STATIC + i, moving[i], kinds))]);
    }
    int sums[FEATURE_CLASSES];
    for (unsigned c = 0; c < FEATURE_CLASSES; c++) {
        sums[c] = (int)(all >> (16 * c) & 0xffff);
    }
    /* One that is missed is worse than one too many, where the word means nothing else. */
    sums[0] -= w->flags & (WORD_IS_COMMON | WORD_CAPITAL) ? 0 : SCORE_DOUBT;
    unsigned best = 1;
    for (unsigned c = 2; c < FEATURE_CLASSES; c++) {
        best = sums[c] > sums[best] ? c : best;
    }
    *margin = sums[best] - sums[0];
    return *margin > 0 ? (uint8_t)best : TAGGER_NONE;
}

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
            know(k->known, part->hash);
        }
        from = part->from;
        named =
            named || part->flags & (WORD_IS_FIRST | WORD_IS_LAST) || is_known(k->known, part->hash);
        if (part->gap != GAP_DOT && part->gap != GAP_CODE) {
            break;
        }
    }
    if (named && str_istarts(str_sub(k->text, w->from, k->text.len), STR("example."))) {
        size_t to = w->from;
        while (to < k->text.len
               && (isalnum((unsigned char)k->text.ptr[to]) || k->text.ptr[to] == '-'
                   || (k->text.ptr[to] == '.' && to + 1 < k->text.len
                       && isalnum((unsigned char)k->text.ptr[to + 1])))) {
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
    struct str lead = str_sub(k->text, w[-1].from, w[-1].to);
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
    struct str s = str_sub(k->text, w->from, w->to);
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

/* Not inline: most words are done before, and should not pay for what it needs. */
static __attribute__((noinline)) void consider(struct scan *k, const struct word *w,
                                               const struct passage *p, uint32_t number) {
    if (w->cue == CUE_EMPLOYS) {
        k->employs_number = number;
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
        uint8_t kind = score(w, p, before, &margin);
        bool todo = kind == TAGGER_PERSON && w->shape == SHAPE_UPPER && !(w->flags & WORD_IS_NAME);
        bool coined = (!behind || w->shape == SHAPE_MIXED) && is_coined(k, w, p, kind);
        if ((todo && !behind) || coined) {
            kind = TAGGER_NONE;
        }
        bool name = !(w->flags & WORD_IS_COMMON) || w->flags & WORD_IS_FIRST;
        bool goes_on = k->count && k->last_number + 1 == number;
        bool near = looked == LOOKED_ALWAYS && margin > -MAYBE_COMMON;
        bool maybe = (((name || goes_on) && w->shape != SHAPE_LOWER) || near) && w->length > 1;
        if (kind != TAGGER_NONE || (maybe && !coined)) {
            kind = add_span(k, w, p, kind, margin, number);
        }
        if (kind != TAGGER_NONE) {
            set_kind(k, kind, number);
        }
    } else if (before % 4 == TAGGER_PERSON && w->gap == GAP_BLANK
               && (w->flags & WORD_PARTICLE || w->length == 1)) { /* "anna k. berg" */
        k->particle_number = number;
        set_kind(k, TAGGER_PERSON, number);
    }
}

static void on_word(void *ctx, const struct word *w, const struct passage *p, uint32_t number) {
    struct scan *k = ctx;
    if (k->sink.on_hit) {
        topics_word(&k->topics, k->text, w, &k->sink);
    }
    if (w->shape != SHAPE_LOWER || k->addresses.count) { /* most words are of no address */
        addresses_word(&k->addresses, k->text, w, k->on_hit, k->ctx);
    }
    if (w->shape != SHAPE_LOWER || w->glued || word_is_foreign(w)) {
        terms_word(&k->terms, k->text, w, p, k->on_hit, k->ctx);
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
    struct scan k = {.known = known, .on_hit = on_hit, .ctx = ctx, .text = text};
    k.sink = (struct topic_sink){.on_hit = on_topic_opt, .ctx = ctx};
    k.last_number = k.particle_number = k.kinds_number[0] = k.kinds_number[1] = UINT32_MAX - 4;
    tagger_words(text, k.cues, on_word, &k);
    topics_end(&k.topics, text, &k.sink);
    addresses_end(&k.addresses, on_hit, ctx);
    terms_end(&k.terms, text, on_hit, ctx);
    flush(&k);
}

uint64_t tagger_version(void) {
    return SENSE_MODEL_VERSION;
}
