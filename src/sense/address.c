/* A row of numbers and words with a capital is kept until another word ends it; then the heart of
 * an address is looked for in it (number and street, or a box), and what follows belongs to it as
 * long as it looks like flat, town, postal code or country. */
#include "sense/address.h"

#include <pthread.h>

enum part {
    PART_NUMBER,
    PART_NAME,   /* with a capital, known as nothing else */
    PART_COMMON, /* with a capital, a word of every day */
    PART_STREET, /* "Street", also at a word's end */
    PART_BEFORE, /* "rue" */
    PART_UNIT,   /* "Apt" */
    PART_STATE,  /* two or three capitals */
    PART_FIRST,  /* a first name */
    PART_SMALL,  /* "de la" */
    PART_WORD    /* another short word: "nad", "and" */
};

enum {
    STREET_NAME = 4,
    PIECE_NAMES = 4,
    MOST_COMMON = 2 /* "2 Internal Solid State Hard Drive" */
};

/* ---- words ---- */

static const struct str STREET_ENDS[] = {
    STR_INIT("straße"), STR_INIT("strasse"), STR_INIT("weg"),    STR_INIT("gasse"),
    STR_INIT("platz"),  STR_INIT("allee"),   STR_INIT("damm"),   STR_INIT("gata"),
    STR_INIT("gatan"),  STR_INIT("gade"),    STR_INIT("vägen"),  STR_INIT("vej"),
    STR_INIT("veien"),  STR_INIT("vænget"),  STR_INIT("katu"),   STR_INIT("kuja"),
    STR_INIT("laan"),   STR_INIT("straat"),  STR_INIT("plein"),  STR_INIT("gracht"),
    STR_INIT("utca"),   STR_INIT("stræde"),  STR_INIT("stigen"), STR_INIT("ufer"),
    STR_INIT("gränd"),  STR_INIT("backen"),  STR_INIT("torget"), STR_INIT("parken"),
    STR_INIT("vangen"), STR_INIT("krogen"),  STR_INIT("bakken"), STR_INIT("plads"),
    STR_INIT("gaten"),  STR_INIT("vegen"),   STR_INIT("gade"),   STR_INIT("polku"),
    STR_INIT("raitti"), STR_INIT("brücke"),  STR_INIT("graben"), STR_INIT("steig"),
    STR_INIT("kade"),   STR_INIT("singel"),  STR_INIT("dijk"),   STR_INIT("steeg"),
    STR_INIT("ulice"),  STR_INIT("stien"),
};
enum { SHORTEST_END = 3, END_BITS = 10 };

/* A bit for the last three bytes of each: most words end as none of them. */
static uint64_t street_ends[(1 << END_BITS) / 64];

static unsigned end_of(struct str s) {
    const unsigned char *p = (const unsigned char *)s.ptr + s.len - SHORTEST_END;
    return (p[0] << 16 | p[1] << 8 | p[2]) * 0x9e3779b1U >> (32 - END_BITS);
}

static void index_ends(void) {
    for (size_t i = 0; i < ARRAY_LEN(STREET_ENDS); i++) {
        unsigned end = end_of(STREET_ENDS[i]);
        street_ends[end / 64] |= 1ULL << (end % 64);
    }
}

/* "Goethestraße" */
static bool ends_as_street(struct str word) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, index_ends);
    if (word.len <= SHORTEST_END + 2) {
        return false;
    }
    unsigned end = end_of(word);
    if (!(street_ends[end / 64] >> (end % 64) & 1)) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(STREET_ENDS); i++) {
        if (word.len > STREET_ENDS[i].len + 2 && str_ends(word, STREET_ENDS[i])) {
            return true;
        }
    }
    return false;
}

/* Words of every day that countries are called by. */
static bool of_country(struct str word) {
    return str_is(word, "United") || str_is(word, "Kingdom") || str_is(word, "States")
           || str_is(word, "Republic") || str_is(word, "Emirates");
}

/* Where nobody writes capitals, any word may be a name but the short ones of every text. */
static enum part part_of(struct str text, const struct word *w, bool small_letters) {
    bool of_text = w->flags & WORD_FUNCTION && w->length <= 4;
    bool small = w->shape == SHAPE_LOWER && (of_text || !small_letters);
    if (w->from >= 2 && str_is(str_sub(text, w->from - 2, w->to), "P.O")) {
        return PART_UNIT;
    }
    if (w->shape == SHAPE_DIGITS) {
        return w->to - w->from <= 7 ? PART_NUMBER : PART_SMALL;
    }
    if (w->cue == CUE_UNIT) {
        return PART_UNIT;
    }
    if (w->cue == CUE_STREET_BEFORE) {
        return PART_BEFORE;
    }
    if (w->cue == CUE_STREET) {
        bool name = w[-1].shape == SHAPE_CAPITAL && w->gap == GAP_BLANK; /* "Elm street" */
        return small && w->length > 3 && !name ? PART_SMALL : PART_STREET;
    }
    if (w->flags & WORD_PARTICLE) {
        return PART_SMALL;
    }
    if (small) {
        return PART_WORD;
    }
    if (ends_as_street(str_sub(text, w->from, w->to))) {
        return PART_STREET;
    }
    if ((w->shape == SHAPE_UPPER && w->length <= 3) || w->shape == SHAPE_INITIAL) {
        return PART_STATE; /* "IL", "København V" */
    }
    if (w->flags & WORD_IS_PLACE || of_country(str_sub(text, w->from, w->to))) {
        return PART_NAME;
    }
    if (w->flags & (WORD_IS_COMMON | WORD_CAPITAL | WORD_TITLE | WORD_ROLE | WORD_ORG_PART)) {
        return PART_COMMON;
    }
    return w->flags & WORD_FIRST_OFTEN ? PART_FIRST : PART_NAME;
}

/* ---- a row ---- */

static bool is_name(const struct address_word *w) {
    return w->part == PART_NAME || w->part == PART_FIRST || w->part == PART_COMMON;
}

static enum part part_at(const struct addresses *a, unsigned i) {
    return i < a->count ? (enum part)a->words[i].part : PART_SMALL;
}

/* Behind the words of a street's name that begins at i; they stand in one piece. */
static unsigned behind_names(const struct addresses *a, unsigned i) {
    unsigned to = i;
    while (to < a->count && to - i < STREET_NAME && a->words[to].piece == a->words[i].piece
           && (is_name(&a->words[to]) || a->words[to].part == PART_SMALL)) {
        to++;
    }
    return to;
}

static bool same_piece(const struct addresses *a, unsigned i, unsigned k) {
    return k < a->count && a->words[i].piece == a->words[k].piece;
}

static unsigned names_in(const struct addresses *a, unsigned from, unsigned to) {
    unsigned n = 0;
    for (unsigned i = from; i < to; i++) {
        n += is_name(&a->words[i]);
    }
    return n;
}

static unsigned commons_in(const struct addresses *a, unsigned from, unsigned to) {
    unsigned n = 0;
    for (unsigned i = from; i < to; i++) {
        n += a->words[i].part == PART_COMMON;
    }
    return n;
}

/* "St. John Street" */
static bool is_saint(const struct addresses *a, unsigned i) {
    return part_at(a, i) == PART_STREET && a->words[i].to - a->words[i].from == 2
           && i + 1 < a->count && is_name(&a->words[i + 1]);
}

/* A street behind its number, which is word i: behind it; 0: there is none. */
static unsigned street_behind(const struct addresses *a, unsigned i) {
    unsigned next = i + 1;
    if (part_at(a, next) == PART_NUMBER && same_piece(a, i, next)) {
        next++; /* "1987 74 Diakou Street" */
    }
    if (!same_piece(a, i, next)) {
        return 0;
    }
    bool small = part_at(a, next + 1) == PART_SMALL && next + 1 < a->count;
    if (part_at(a, next) == PART_STREET && a->words[next].to - a->words[next].from > 6 && !small) {
        return next + 1; /* "12 Goethestraße" */
    }
    bool leads = part_at(a, next) == PART_STREET && small; /* "63 Avenue du Golf" */
    if (leads || part_at(a, next) == PART_BEFORE) {
        unsigned to = behind_names(a, next + 1);
        return to > next + 1 && is_name(&a->words[to - 1]) ? to : 0; /* "12 rue de la Paix" */
    }
    next += is_saint(a, next);
    unsigned to = behind_names(a, next);
    bool flat = part_at(a, to + 1) == PART_UNIT;
    unsigned most = a->small_letters && !flat ? 0 : MOST_COMMON;
    if (to > next && part_at(a, to) == PART_STREET && same_piece(a, i, to)
        && commons_in(a, next, to) <= most) {
        return to + 1;
    }
    /* "450 Nyvang 15": a name between two numbers, and it goes on */
    bool between = !a->small_letters && to > next && names_in(a, next, to) <= 2
                   && part_at(a, to) == PART_NUMBER && same_piece(a, i, to)
                   && a->words[next].part == PART_NAME;
    return between && to + 1 < a->count ? to + 1 : 0;
}

/* The heart of an address that begins with word i: behind it; 0: there is none. */
static unsigned heart(const struct addresses *a, unsigned i) {
    enum part p = part_at(a, i);
    unsigned next = i + 1;
    if (p == PART_NUMBER) {
        return street_behind(a, i);
    }
    if (p == PART_BEFORE) {
        next += part_at(a, next) == PART_WORD && same_piece(a, i, next); /* "dei" */
        unsigned to = behind_names(a, next);
        return to > next && part_at(a, to) == PART_NUMBER ? to + 1 : 0;
    }
    if (p == PART_STREET && a->words[i].to - a->words[i].from > 6) {
        return part_at(a, next) == PART_NUMBER && same_piece(a, i, next) ? next + 1 : 0;
    }
    if (p == PART_UNIT && part_at(a, next) != PART_NUMBER) {
        bool box = part_at(a, next) == PART_UNIT || part_at(a, next) == PART_STATE;
        bool one = same_piece(a, i, next + 1) && part_at(a, next + 1) == PART_NUMBER;
        return box && one ? next + 2 : 0; /* "P.O. Box 104", "FPO AA 85844" */
    }
    if (p == PART_UNIT) {
        bool twice = part_at(a, next + 1) == PART_UNIT && part_at(a, next + 2) == PART_NUMBER;
        return twice ? next + 3 : 0; /* "PSC 0413, Box 8144" */
    }
    return 0;
}

static bool is_aside(const struct address_word *w) {
    return w->part == PART_SMALL || w->part == PART_WORD;
}

/* "the corner of Elm Street and Rennie Park": behind the second street of a row that stands behind
 * "corner of"; 0: it does not. */
static unsigned corner(const struct addresses *a) {
    static const char *const leads[] = {"corner of ", "intersection of "};
    bool led = false;
    for (size_t l = 0; l < ARRAY_LEN(leads) && a->joined; l++) {
        struct str lead = str_of(leads[l]);
        uint32_t from = a->words[0].from;
        led =
            led || (from >= lead.len && str_istarts(str_sub(a->text, from - lead.len, from), lead));
    }
    bool both = false;
    unsigned to = 0;
    for (; led && same_piece(a, 0, to); to++) {
        both = both || (to && a->words[to].part == PART_WORD);
    }
    return both && !is_aside(&a->words[to - 1]) ? to : 0;
}

/* Holds what only addresses hold: a number, a flat, a state, a place that is known. */
static bool is_sure(const struct addresses *a, unsigned i) {
    bool sure = false;
    for (unsigned k = i; same_piece(a, i, k) && !sure; k++) {
        const struct address_word *w = &a->words[k];
        sure = w->part == PART_NUMBER || w->part == PART_UNIT || w->part == PART_STATE
               || w->flags & WORD_IS_PLACE;
    }
    return sure;
}

/* Behind the piece that begins at i, when it may go on an address; else i. */
static unsigned piece_behind(const struct addresses *a, unsigned i) {
    unsigned to = i;
    unsigned names = 0;
    unsigned numbers = 0;
    bool sure = is_sure(a, i);
    bool wrong = false;
    for (; same_piece(a, i, to); to++) {
        const struct address_word *w = &a->words[to];
        wrong = wrong || (w->part == PART_COMMON && !(w->flags & WORD_IS_PLACE))
                || (w->part == PART_FIRST && !sure);
        names += is_name(w);
        numbers += w->part == PART_NUMBER;
        wrong = wrong || (w->part == PART_WORD && same_piece(a, i, to + 1) && !is_aside(w + 1));
    }
    while (to > i && is_aside(&a->words[to - 1])) {
        to--;
    }
    bool single = names == 1 && to == i + 1;
    bool phone = numbers > 2 && numbers == to - i; /* "416 60 039" */
    return !wrong && !phone && names <= PIECE_NAMES && (sure || single) ? to : i;
}

/* Holds a postal code, a state or a place that is known. */
static bool is_land(const struct addresses *a, unsigned i) {
    enum { SHORTEST_CODE = 4 };
    bool land = false;
    for (unsigned k = i; same_piece(a, i, k) && !land; k++) {
        const struct address_word *w = &a->words[k];
        bool code = w->part == PART_NUMBER && w->to - w->from >= SHORTEST_CODE;
        land = code || w->part == PART_STATE || w->flags & WORD_IS_PLACE;
    }
    return land;
}

/* Behind the piece that begins at i, when it may be a town of whatever words: what comes next must
 * be of an address without doubt. */
static unsigned town_behind(const struct addresses *a, unsigned i) {
    enum { MOST = 5 };
    unsigned to = i;
    unsigned names = 0;
    bool number = false;
    for (; same_piece(a, i, to); to++) {
        names += !is_aside(&a->words[to]);
        number = number || a->words[to].part == PART_NUMBER;
    }
    bool somebody = a->words[i].flags & WORD_IS_FIRST && a->words[to - 1].flags & WORD_IS_LAST;
    bool fits = !number && !somebody && names && to - i <= MOST && to < a->count;
    unsigned next = fits ? piece_behind(a, to) : to;
    return next > to && is_land(a, to) ? next : i;
}

/* The rest of a heart's piece; of words of every day two, where an address goes on behind them. */
static unsigned rest_behind(const struct addresses *a, unsigned to) {
    while (to < a->count && same_piece(a, to - 1, to) && !is_aside(&a->words[to])
           && !(a->words[to].part == PART_COMMON && !(a->words[to].flags & WORD_IS_PLACE))) {
        to++;
    }
    unsigned more = to;
    while (more < to + 2 && same_piece(a, to - 1, more) && is_name(&a->words[more])) {
        more++;
    }
    return more < a->count && !same_piece(a, to - 1, more) && is_sure(a, more) ? more : to;
}

/* What goes on from a heart that ends at `to`: the rest of its piece, then further pieces. */
static unsigned goes_on(const struct addresses *a, unsigned to) {
    to = rest_behind(a, to);
    bool whole = to == a->count || !same_piece(a, to - 1, to);
    while (whole && to < a->count) {
        unsigned next = piece_behind(a, to);
        next = next == to ? town_behind(a, to) : next;
        if (next == to) {
            break;
        }
        whole = next == a->count || !same_piece(a, next - 1, next);
        to = next;
    }
    return to;
}

void addresses_end(struct addresses *a) {
    unsigned crossing = corner(a);
    for (unsigned i = 0; (a->number || crossing) && i < a->count; i++) {
        unsigned core = !i && crossing ? crossing : heart(a, i);
        if (!core) {
            continue;
        }
        unsigned from = i;
        while (from > 1 && a->words[from - 1].part == PART_NUMBER
               && a->words[from - 2].part == PART_UNIT && same_piece(a, from - 2, from)) {
            from -= 2; /* "Apt. 675 62314 Mellemvej 32" */
        }
        while (a->words[i].part == PART_STREET && from && is_name(&a->words[from - 1])
               && same_piece(a, from - 1, i)) {
            from--; /* "Neue Bergstraße 4" */
        }
        bool office = from && a->words[from].part == PART_UNIT && same_piece(a, from - 1, from)
                      && a->words[from - 1].to + 1 == a->words[from].from;
        from -= office; /* the P of "P.O." */
        unsigned to = goes_on(a, core);
        a->on_hit(a->ctx, &(struct tagger_hit){TAGGER_ADDRESS, a->words[from].from,
                                               a->words[to - 1].to, 85});
        i = to - 1;
    }
    a->count = 0;
    a->pieces = 0;
    a->number = a->joined = false;
}

/* "Main St. Springfield", "Avda. Colon 5", "Fő u. 15. Apt. 4": the dot ends no sentence. */
static bool goes_behind_dot(const struct addresses *a, const struct word *w, enum part part) {
    enum part last = part_at(a, a->count - 1);
    return last == PART_UNIT || last == PART_STREET || last == PART_BEFORE
           || (last == PART_NUMBER && (w->line || part == PART_UNIT));
}

static bool is_far(struct str text, uint32_t from, uint32_t to) {
    unsigned lines = 0;
    for (uint32_t i = from; i < to; i++) {
        lines += text.ptr[i] == '\n';
    }
    return lines > 1 || to - from > 12;
}

void addresses_word(struct addresses *a, const struct word *w, const struct passage *p) {
    a->small_letters = a->count ? a->small_letters : p->capitals == 0;
    enum part part = part_of(a->text, w, a->small_letters);
    bool particle = w->gap == GAP_BLANK
                    && ((part == PART_SMALL && w->flags & WORD_PARTICLE)
                        || (part == PART_WORD && w->length <= 4));
    bool fits = (part != PART_SMALL && part != PART_WORD) || (particle && a->count);
    bool apart = w->gap == GAP_STOP && a->count && !goes_behind_dot(a, w, part);
    if (a->count
        && (!fits || apart || w->gap == GAP_COLON || w->gap == GAP_CODE || w->gap == GAP_OTHER
            || w->gap == GAP_AT || is_far(a->text, a->end, w->from) || a->count == ADDRESS_WORDS)) {
        addresses_end(a);
    }
    if (!fits || (particle && !a->count)) {
        return;
    }
    bool piece = w->line || w->gap == GAP_COMMA || w->gap == GAP_LINE;
    a->pieces += piece && a->count;
    a->words[a->count++] = (struct address_word){.from = w->from,
                                                 .to = w->to,
                                                 .flags = w->flags,
                                                 .part = (uint8_t)part,
                                                 .piece = (uint8_t)a->pieces};
    a->number = a->number || part == PART_NUMBER;
    a->joined = a->joined || part == PART_WORD;
    a->end = w->to;
}
