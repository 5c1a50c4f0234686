/* A text in words: where each begins and ends, how it is written, what stands before it, and what
 * the word list knows of it. One pass, nothing is allocated. Words are folded for the list: small
 * letters without accents, digits all alike. */
#include "base/eight.h"
#include "sense/tagger_inside.h"

/* ---- letters ---- */

/* Two places a letter, U+00C0 to U+024F: what is left without accents. Blank: kept as it is. */
static const char FOLDED[] = "a a a a a a aec e e e e i i i i "
                             "d n o o o o o   o u u u u y thss"
                             "a a a a a a aec e e e e i i i i "
                             "d n o o o o o   o u u u u y thy "
                             "a a a a a a c c c c c c c c d d "
                             "d d e e e e e e e e e e g g g g "
                             "g g g g h h     i i i i i i i i "
                             "i i     j j k k   l l l l l l   "
                             "  l l n n n n n n       o o o o "
                             "o o oeoer r r r r r s s s s s s "
                             "s s t t t t     u u u u u u u u "
                             "u u u u w w y y y z z z z z z   "
                             "                                "
                             "                                "
                             "o o                           u "
                             "u                               "
                             "                          a a i "
                             "i o o u u u u u u u u u u   a a "
                             "a a         g g k k o o o o     "
                             "j       g g     n n a a         "
                             "a a a a e e e e i i i i o o o o "
                             "r r r r u u u u s s t t     h h "
                             "            a a e e o o o o o o "
                             "o o y y                         "
                             "                                ";
/* A bit each: capitals among them. */
static const unsigned char CAPITALS[50] = {
    0xff, 0xff, 0x7f, 0x7f, 0x00, 0x00, 0x00, 0x00, 0x55, 0x55, 0x55, 0x55, 0x55,
    0x55, 0x55, 0xaa, 0xaa, 0x54, 0x55, 0x55, 0x55, 0x55, 0x55, 0x2b, 0xd6, 0xce,
    0xdb, 0xb1, 0xd5, 0xd2, 0xae, 0x11, 0x90, 0xa4, 0xaa, 0x4a, 0x55, 0x55, 0xd2,
    0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x05, 0x6c, 0x7a, 0x55};

enum { LATIN_FIRST = 0xc0, LATIN_LAST = 0x24f };

/* What a byte, or a letter of another alphabet, is. Letters' values go together with |. */
/* What a letter is; of several letters, all that they are. */
enum sort {
    SORT_NONE = 0,
    SORT_SMALL = 1,
    SORT_CAPITAL = 2,
    SORT_DIGIT = 4,
    SORT_CASELESS = 8, /* its script has no capitals */
    SORT_WIDE = 16     /* a byte of another alphabet: the whole letter decides */
};
static const unsigned char SORTS[256] = {['a' ... 'z'] = SORT_SMALL,
                                         ['A' ... 'Z'] = SORT_CAPITAL,
                                         ['0' ... '9'] = SORT_DIGIT,
                                         [0x80 ... 0xff] = SORT_WIDE};

/* ASCII letters and digits: sort << 8 | folded; 0: anything else. */
#define SMALL(c) [c] = SORT_SMALL << 8 | (c), [(c)-32] = SORT_CAPITAL << 8 | (c)
static const uint16_t ASCII[256] = {SMALL('a'), SMALL('b'), SMALL('c'),
                                    SMALL('d'), SMALL('e'), SMALL('f'),
                                    SMALL('g'), SMALL('h'), SMALL('i'),
                                    SMALL('j'), SMALL('k'), SMALL('l'),
                                    SMALL('m'), SMALL('n'), SMALL('o'),
                                    SMALL('p'), SMALL('q'), SMALL('r'),
                                    SMALL('s'), SMALL('t'), SMALL('u'),
                                    SMALL('v'), SMALL('w'), SMALL('x'),
                                    SMALL('y'), SMALL('z'), ['0' ... '9'] = SORT_DIGIT << 8 | '0'};
#undef SMALL

struct letter {
    unsigned sort;
    unsigned size; /* bytes */
    uint32_t code;
};

/* One of another alphabet; bytes that are no UTF-8 are no letters. */
static struct letter letter_wide(struct str s, size_t i) {
    unsigned char lead = (unsigned char)s.ptr[i];
    unsigned n = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || i + n > s.len) {
        return (struct letter){SORT_NONE, 1, lead};
    }
    uint32_t code = lead & (0xffU >> (n + 1));
    for (unsigned k = 1; k < n; k++) {
        unsigned char c = (unsigned char)s.ptr[i + k];
        if ((c & 0xc0) != 0x80) {
            return (struct letter){SORT_NONE, 1, lead};
        }
        code = code << 6 | (c & 0x3fU);
    }
    if (code >= LATIN_FIRST && code <= LATIN_LAST && code != 0xd7 && code != 0xf7) {
        unsigned at = code - LATIN_FIRST;
        bool capital = (CAPITALS[at / 8] >> (at % 8) & 1) != 0;
        return (struct letter){capital ? SORT_CAPITAL : SORT_SMALL, n, code};
    }
    if (code >= 0x370 && code < 0x530) { /* Greek and Cyrillic */
        bool capital = (code >= 0x386 && code <= 0x3ab) || (code >= 0x400 && code <= 0x42f);
        return (struct letter){capital ? SORT_CAPITAL : SORT_SMALL, n, code};
    }
    bool caseless = (code >= 0x530 && code < 0x2000) || (code >= 0x2e80 && code < 0x3000)
                    || (code >= 0x3040 && code < 0xd800);
    return (struct letter){caseless ? SORT_CASELESS : SORT_NONE, n, code};
}

static inline struct letter letter_at(struct str s, size_t i) {
    unsigned char c = (unsigned char)s.ptr[i];
    if (SORTS[c] == SORT_WIDE) {
        return letter_wide(s, i);
    }
    return (struct letter){SORTS[c], 1, c};
}

/* ---- spelling ---- */

struct spelling {
    char folded[WORD_ROOM]; /* zeros behind */
    unsigned length;        /* at most WORD_ROOM */
    unsigned letters;
    unsigned first, others; /* sorts */
};

static inline void spell(struct spelling *s, char c) {
    if (s->length < WORD_ROOM) {
        s->folded[s->length] = c;
    }
    s->length++;
}

static void spell_wide(struct spelling *s, struct letter l, const char *bytes) {
    if (l.code >= LATIN_FIRST && l.code <= LATIN_LAST) {
        const char *f = FOLDED + 2 * (size_t)(l.code - LATIN_FIRST);
        if (f[0] != ' ') {
            spell(s, f[0]);
            if (f[1] != ' ') {
                spell(s, f[1]);
            }
            return;
        }
    }
    for (unsigned i = 0; i < l.size; i++) {
        spell(s, bytes[i]);
    }
}

static enum shape shape_of(const struct spelling *s) {
    unsigned all = s->first | s->others;
    if (all & SORT_DIGIT) {
        return SHAPE_DIGITS;
    }
    bool camel = s->first == SORT_SMALL && s->others & SORT_CAPITAL; /* "createElement" */
    if (all & SORT_CASELESS || camel) {
        return SHAPE_OTHER;
    }
    if (!(all & SORT_CAPITAL)) {
        return SHAPE_LOWER;
    }
    if (!(all & SORT_SMALL)) {
        return s->letters <= 2 && s->length == 1 ? SHAPE_INITIAL : SHAPE_UPPER;
    }
    return s->first == SORT_CAPITAL && !(s->others & SORT_CAPITAL) ? SHAPE_CAPITAL : SHAPE_MIXED;
}

/* ---- the lists ---- */

/* Cue and flags. */
static inline uint32_t row_of(uint32_t hash) {
    for (uint32_t i = hash & (WORD_SLOTS - 1); WORD_TABLE[i]; i = (i + 1) & (WORD_SLOTS - 1)) {
        if ((WORD_TABLE[i] ^ hash) >> WORD_CHECK == 0) {
            return WORD_TABLE[i] & ((1U << WORD_CHECK) - 1);
        }
    }
    return 0;
}

/* A word's folded letters, zeros behind. */
struct letters {
    uint64_t eight[WORD_ROOM / 8];
    bool small; /* the first one is written so */
};

static uint32_t hash_of(const struct letters *l, size_t n) {
    uint64_t h = WORD_HASH_SEED + n;
    for (size_t i = 0; i < n; i += 8) {
        h = word_hash_step(h, l->eight[i / 8]);
    }
    return word_hash_end(h);
}

/* Without its last `cut` letters, and `e` instead of them if so. */
static bool is_stem(const struct word *w, const struct letters *l, unsigned cut, bool e) {
    struct letters stem = *l;
    size_t n = w->length - cut;
    size_t last = n % 8;
    stem.eight[n / 8] &= (1ULL << (8 * last)) - 1;
    stem.eight[n / 8] |= e ? (uint64_t)'e' << (8 * last) : 0;
    n += e;
    uint32_t common = n >= 3 ? row_of(hash_of(&stem, n)) & WORD_IS_COMMON : 0;
    bool rare = common == WORD_IS_COMMON;
    return common && (!rare || l->small);
}

#define ENDS_IN_2(w, a, b) ((w)->suffix >> 16 == ((a) | (b) << 8))
#define ENDS_IN_3(w, a, b, c) ((w)->suffix >> 8 == ((a) | (b) << 8 | (c) << 16))

/* A common word with an ending is one too: "walks", "walked", "making". */
static unsigned flags_by_stem(const struct word *w, const struct letters *l) {
    bool found = false;
    if (w->length < 4) {
        return 0;
    }
    if (w->suffix >> 24 == 's') {
        found = is_stem(w, l, 1, false) || (ENDS_IN_2(w, 'e', 's') && is_stem(w, l, 2, false));
    } else if (ENDS_IN_2(w, 'e', 'd') || ENDS_IN_2(w, 'e', 'r')) {
        found = is_stem(w, l, 2, false) || is_stem(w, l, 2, true);
    } else if (ENDS_IN_3(w, 'i', 'n', 'g')) {
        found = is_stem(w, l, 3, false) || is_stem(w, l, 3, true);
    } else if (ENDS_IN_2(w, 'l', 'y')) {
        found = is_stem(w, l, 2, false);
    }
    return found ? WORD_COMMON : 0;
}

/* A word that no list knows; or one in small letters that is known as somebody's name alone:
 * "ties", "greater". */
static bool is_stem_worth(uint32_t row, unsigned shape) {
    const unsigned often = WORD_IS_COMMON | WORD_FIRST_OFTEN | WORD_PLACE_BIG | WORD_ORG;
    return !(row & 0xffff) || (shape == SHAPE_LOWER && !(row & often));
}

/* A rare word is one of the language in small letters; with a capital it may as well be a brand. */
static uint32_t row_as(uint32_t row, unsigned shape) {
    bool rare = (row & WORD_IS_COMMON) == WORD_IS_COMMON;
    return rare ? row & ~(uint32_t)(shape == SHAPE_LOWER ? WORD_FUNCTION : WORD_IS_COMMON) : row;
}

/* What the lists know of a word. */
static void look_up(struct word *w, const struct letters *l) {
    uint32_t row = row_as(row_of(w->hash), w->shape);
    if (is_stem_worth(row, w->shape)) {
        row |= flags_by_stem(w, l);
    }
    w->flags = (uint16_t)row;
    w->cue = (uint8_t)(row >> WORD_CUE);
}

/* ---- between words ---- */

static enum gap gap_of(uint32_t c) {
    switch (c) {
    case ' ':
    case '\t':
    case 0xa0:
        return GAP_BLANK;
    case ',':
    case ';':
        return GAP_COMMA;
    case '.':
    case '!':
    case '?':
    case 0x2026:
        return GAP_STOP;
    case ':':
        return GAP_COLON;
    case '"':
    case 0x201c:
    case 0x201d:
    case 0x201e:
    case 0xab:
    case 0xbb:
        return GAP_QUOTE;
    case '\'':
    case '`':
    case 0x2018:
    case 0x2019:
        return GAP_APOSTROPHE;
    case '(':
    case ')':
    case '[':
    case ']':
        return GAP_BRACKET;
    case '-':
        return GAP_HYPHEN;
    case 0x2013:
    case 0x2014:
        return GAP_DASH;
    case '\n':
    case '\r':
        return GAP_LINE;
    case '@':
        return GAP_AT;
    case '/':
    case '\\':
    case '_':
    case '=':
    case '<':
    case '>':
    case '{':
    case '}':
    case '$':
    case '#':
        return GAP_CODE;
    default:
        return GAP_OTHER;
    }
}

/* Sums up what stands between two words: a blank alone says least, a line end most, else the last
 * sign. `tight`: without any blank. */
static enum gap gap_next(struct str s, size_t *at, bool *line, bool *tight) {
    enum gap out = GAP_NOTHING;
    bool blank = false;
    *line = *at == 0;
    while (*at < s.len) {
        struct letter l = letter_at(s, *at);
        if (l.sort != SORT_NONE) {
            break;
        }
        enum gap g = gap_of(l.code);
        if (g == GAP_LINE) {
            *line = true;
        }
        blank = blank || g == GAP_BLANK || g == GAP_LINE;
        if (out == GAP_NOTHING || out == GAP_BLANK || (g != GAP_BLANK && out != GAP_LINE)) {
            out = g;
        }
        *at += l.size;
    }
    if (*line && out != GAP_QUOTE && out != GAP_BRACKET) {
        out = GAP_LINE;
    }
    if (out == GAP_STOP && !blank) {
        out = GAP_DOT;
    }
    if (out == GAP_HYPHEN && blank) {
        out = GAP_DASH;
    }
    *tight = !blank;
    return out;
}

/* ---- words ---- */

/* An apostrophe within a word: "O'Brien", "don't", but not "Anna's". Its size, or 0. */
static unsigned apostrophe(struct str s, size_t i) {
    unsigned char c = (unsigned char)s.ptr[i];
    unsigned n = c == '\'' ? 1 : 0;
    if (c != '\'' && c != 0xe2) {
        return 0;
    }
    if (!n && i + 2 < s.len && memcmp(s.ptr + i, "\xe2\x80\x99", 3) == 0) {
        n = 3;
    }
    if (!n || i + n >= s.len) {
        return 0;
    }
    struct letter l = letter_at(s, i + n);
    if (l.sort != SORT_SMALL && l.sort != SORT_CAPITAL) {
        return 0;
    }
    bool ends = i + n + l.size >= s.len || letter_at(s, i + n + l.size).sort == SORT_NONE;
    return l.code == 's' && ends ? 0 : n;
}

/* Behind the word an address, a path or code goes on. */
static bool goes_on(struct str s, size_t i) {
    if (i >= s.len) {
        return false;
    }
    char c = s.ptr[i];
    if (c == '_' || c == '\\') {
        return true;
    }
    if (i + 1 >= s.len || (c != '@' && c != '.' && c != ':')) {
        return false;
    }
    char d = s.ptr[i + 1];
    return (c == ':' && (d == '/' || d == ':'))
           || (c != ':' && ((d >= 'a' && d <= 'z') || (d >= '0' && d <= '9')));
}

/* A letter that is not ASCII, or an apostrophe; its size, 0: the word ends. */
static unsigned read_other(struct str text, size_t i, struct spelling *s) {
    struct letter l = letter_at(text, i);
    if (l.sort == SORT_NONE) {
        unsigned n = apostrophe(text, i);
        if (n) {
            spell(s, '\'');
        }
        return n;
    }
    spell_wide(s, l, text.ptr + i);
    s->others |= l.sort;
    return l.size;
}

/* The rest of a word behind its ASCII beginning. */
static size_t read_rest(struct str text, size_t i, struct spelling *s) {
    while (i < text.len) {
        unsigned ascii = ASCII[(unsigned char)text.ptr[i]];
        unsigned size = 1;
        if (ascii) {
            spell(s, (char)ascii);
            s->others |= ascii >> 8;
        } else {
            size = read_other(text, i, s);
        }
        if (!size) {
            break;
        }
        i += size;
    }
    s->length = s->length < WORD_ROOM ? s->length : WORD_ROOM;
    return i;
}

/* Everything of the word but where it stands. Returns its end. */
static inline size_t read_word(struct str text, size_t from, struct spelling *s) {
    const unsigned char *begin = (const unsigned char *)text.ptr + from;
    const unsigned char *p = begin;
    const unsigned char *end = p + (text.len - from < WORD_ROOM ? text.len - from : WORD_ROOM);
    char *to = s->folded;
    unsigned ascii = ASCII[*p];
    unsigned others = 0;
    s->first = ascii >> 8;
    if (ascii) {
        *to++ = (char)ascii;
        for (p++; p < end && (ascii = ASCII[*p]) != 0; p++) {
            *to++ = (char)ascii;
            others |= ascii;
        }
    } else {
        s->first = letter_at(text, from).sort;
    }
    s->others = others >> 8;
    s->length = (unsigned)(to - s->folded);
    size_t i = from + (size_t)(p - begin);
    if (i < text.len && (*p >= 0x80 || *p == '\'' || p == end)) {
        i = read_rest(text, i, s);
    }
    s->letters = (unsigned)(i - from);
    return i;
}

static void fill_in(struct word *w, const struct spelling *s, struct letters *l) {
    size_t n = s->length;
    memcpy(l->eight, s->folded, sizeof l->eight);
    l->small = s->first == SORT_SMALL;
    w->hash = hash_of(l, n);
    w->prefix = l->eight[0] & 0xffffff;
    memcpy(&w->suffix, s->folded + (n > 4 ? n - 4 : 0), 4);
    w->length = (uint8_t)n;
    w->shape = (uint8_t)shape_of(s);
}

/* Words that were looked up before on this thread, as they are written: a text's words are few, and
 * the lists are larger than the processor's caches. */
struct looked_up {
    uint64_t low, high; /* letters; the highest bit: with a capital */
    uint32_t row;
};
enum { LOOKED_UP = 1 << 11 };
static _Thread_local struct looked_up looked_up[LOOKED_UP];

static void look_up_plain(struct word *w, const struct letters *l) {
    struct looked_up *m = &looked_up[w->hash % LOOKED_UP];
    uint64_t high = l->eight[1] | (l->small ? 0 : 1ULL << 63);
    if (m->low != l->eight[0] || m->high != high) {
        look_up(w, l);
        *m = (struct looked_up){l->eight[0], high, w->flags | (uint32_t)w->cue << WORD_CUE};
        return;
    }
    w->flags = (uint16_t)m->row;
    w->cue = (uint8_t)(m->row >> WORD_CUE);
}

/* Most words: at most fifteen small letters, the first perhaps a capital. Everything of it but what
 * stands before it; false: it is another one. */
static inline bool word_plain(struct str text, size_t from, struct word *w) {
    enum { LONGEST = 15 };
    if (from + LONGEST >= text.len) {
        return false;
    }
    const char *p = text.ptr + from;
    uint64_t low = eight_at(p);
    uint64_t high = 0;
    bool capital = (low & 0xff) - 'A' < 26;
    low |= capital ? 0x20 : 0;
    uint64_t end = ~eight_within(low, 'a', 'z') & EIGHT(0x80);
    unsigned n = 0;
    if (end) {
        n = (unsigned)__builtin_ctzll(end) / 8;
        low &= (1ULL << (8 * n)) - 1;
    } else {
        high = eight_at(p + 8);
        end = ~eight_within(high, 'a', 'z') & EIGHT(0x80);
        if (!end) {
            return false;
        }
        unsigned more = (unsigned)__builtin_ctzll(end) / 8;
        high &= (1ULL << (8 * more)) - 1;
        n = 8 + more;
    }
    unsigned char next = (unsigned char)p[n];
    if (n == 0 || ASCII[next] || next >= 0x80 || next == '\'') {
        return false;
    }
    struct letters l = {.eight = {low, high}, .small = !capital};
    w->hash = hash_of(&l, n);
    w->prefix = low & 0xffffff;
    w->suffix = (uint32_t)low;
    if (n > 4) {
        memcpy(&w->suffix, p + n - 4, 4);
    }
    w->length = (uint8_t)n;
    w->shape = capital ? n == 1 ? SHAPE_INITIAL : SHAPE_CAPITAL : SHAPE_LOWER;
    w->to = (uint32_t)(from + n);
    w->glued = next != ' ' && goes_on(text, w->to);
    look_up_plain(w, &l);
    return true;
}

/* A word of whatever letters. */
static void word_spelled(struct str text, size_t from, struct word *w) {
    struct spelling s = {.length = 0};
    struct letters l;
    w->to = (uint32_t)read_word(text, from, &s);
    fill_in(w, &s, &l);
    look_up(w, &l);
    w->glued = w->to < text.len && text.ptr[w->to] != ' ' && goes_on(text, w->to);
}

/* Between words: a blank, or a sign and a blank, before an ASCII letter, nearly always. Where the
 * word begins; 0: it is something else. */
static inline size_t gap_plain(struct str text, size_t at, enum gap *gap) {
    static const unsigned char signs[256] = {
        [','] = GAP_COMMA, [';'] = GAP_COMMA, ['.'] = GAP_STOP,
        ['!'] = GAP_STOP,  ['?'] = GAP_STOP,  [':'] = GAP_COLON};
    if (at == 0 || at + 2 >= text.len) {
        return 0;
    }
    const char *p = text.ptr + at;
    if (p[0] == ' ' && ASCII[(unsigned char)p[1]]) {
        *gap = GAP_BLANK;
        return at + 1;
    }
    *gap = (enum gap)signs[(unsigned char)p[0]];
    return *gap != GAP_NOTHING && p[1] == ' ' && ASCII[(unsigned char)p[2]] ? at + 2 : 0;
}

bool word_next(struct str text, size_t *at, struct word *out) {
    bool line = false;
    bool tight = false;
    enum gap gap = GAP_NOTHING;
    size_t from = gap_plain(text, *at, &gap);
    if (!from) {
        from = *at;
        gap = gap_next(text, &from, &line, &tight);
    }
    *at = from;
    if (from >= text.len) {
        return false;
    }
    *out = (struct word){.from = (uint32_t)from, .gap = (uint8_t)gap, .line = line};
    if (!word_plain(text, from, out)) {
        word_spelled(text, from, out);
    }
    *at = out->to;
    if (tight) {
        bool behind = gap == GAP_AT || gap == GAP_CODE
                      || (gap == GAP_COLON && from >= 2 && text.ptr[from - 2] == ':')
                      || (gap == GAP_DOT /* "J.K.Smith": a full stop without its blank */
                          && (out->shape == SHAPE_LOWER || out->shape == SHAPE_DIGITS));
        out->glued = out->glued || behind;
    }
    return true;
}
