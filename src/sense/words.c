/* A text in words: where each begins and ends, how it is written, what stands before it, and what
 * the word list knows of it. One pass, nothing is allocated. Words are folded for the list: small
 * letters without accents, digits all alike. */
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

enum sort { SORT_NONE, SORT_SMALL, SORT_CAPITAL, SORT_CASELESS, SORT_DIGIT };

struct letter {
    enum sort sort;
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
        bool capital = CAPITALS[at / 8] >> (at % 8) & 1;
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
    if (c >= 'a' && c <= 'z') {
        return (struct letter){SORT_SMALL, 1, c};
    }
    if (c >= 'A' && c <= 'Z') {
        return (struct letter){SORT_CAPITAL, 1, c};
    }
    if (c >= 0x80) {
        return letter_wide(s, i);
    }
    return (struct letter){c >= '0' && c <= '9' ? SORT_DIGIT : SORT_NONE, 1, c};
}

/* ---- spelling ---- */

struct spelling {
    uint32_t hash, prefix, suffix, stems[4]; /* hashes so far; stems: one to four letters ago */
    unsigned length;
};

static inline void spell(struct spelling *s, unsigned char c) {
    s->stems[3] = s->stems[2];
    s->stems[2] = s->stems[1];
    s->stems[1] = s->stems[0];
    s->stems[0] = s->hash;
    s->hash = word_step(s->hash, c);
    s->suffix = s->suffix << 8 | c;
    s->length++;
    if (s->length == 3) {
        s->prefix = s->hash;
    }
}

static void spell_letter(struct spelling *s, struct letter l, const char *bytes) {
    if (l.code < 0x80) {
        unsigned char c = (unsigned char)l.code;
        spell(s, l.sort == SORT_DIGIT ? '0' : l.sort == SORT_CAPITAL ? (unsigned char)(c + 32) : c);
        return;
    }
    if (l.code >= LATIN_FIRST && l.code <= LATIN_LAST) {
        const char *f = FOLDED + 2 * (l.code - LATIN_FIRST);
        if (f[0] != ' ') {
            spell(s, (unsigned char)f[0]);
            if (f[1] != ' ') {
                spell(s, (unsigned char)f[1]);
            }
            return;
        }
    }
    for (unsigned i = 0; i < l.size; i++) {
        spell(s, (unsigned char)bytes[i]);
    }
}

/* ---- the lists ---- */

static unsigned flags_of(uint32_t hash) {
    for (uint32_t i = hash & (WORD_SLOTS - 1); WORD_TABLE[i]; i = (i + 1) & (WORD_SLOTS - 1)) {
        if ((WORD_TABLE[i] ^ hash) >> 16 == 0) {
            return WORD_TABLE[i] & 0xffff;
        }
    }
    return 0;
}

static bool is_common(uint32_t unsettled) {
    return flags_of(word_settle(unsettled)) & WORD_IS_COMMON;
}

/* A common word with an ending is one too: "walks", "walked", "making". */
static unsigned flags_by_stem(const struct spelling *s) {
    uint32_t end = s->suffix;
    bool found = false;
    if (s->length < 4) {
        return 0;
    }
    if ((end & 0xff) == 's') {
        found = is_common(s->stems[0])
                || ((end >> 8 & 0xff) == 'e' && s->length > 4 && is_common(s->stems[1]));
    } else if ((end & 0xffff) == ('e' << 8 | 'd') || (end & 0xffff) == ('e' << 8 | 'r')) {
        found = s->length > 4 && (is_common(s->stems[1]) || is_common(s->stems[0]));
        found = found || is_common(word_step(s->stems[1], 'e'));
    } else if ((end & 0xffffff) == ('i' << 16 | 'n' << 8 | 'g')) {
        found = s->length > 5 && (is_common(s->stems[2]) || is_common(word_step(s->stems[2], 'e')));
    } else if ((end & 0xffff) == ('l' << 8 | 'y')) {
        found = s->length > 4 && is_common(s->stems[1]);
    }
    return found ? WORD_COMMON : 0;
}

static uint8_t cue_of(uint32_t hash) {
    for (uint32_t i = hash >> 20 & (CUE_SLOTS - 1); CUE_TABLE[i]; i = (i + 1) & (CUE_SLOTS - 1)) {
        if ((CUE_TABLE[i] ^ hash) >> 4 == 0) {
            return (uint8_t)(CUE_TABLE[i] & 15);
        }
    }
    return CUE_NONE;
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

static enum shape shape_of(unsigned capitals, unsigned small, unsigned digits, unsigned caseless,
                           bool first) {
    if (digits) {
        return SHAPE_DIGITS;
    }
    if (caseless) {
        return SHAPE_OTHER;
    }
    if (!capitals) {
        return SHAPE_LOWER;
    }
    if (!small) {
        return capitals == 1 ? SHAPE_INITIAL : SHAPE_UPPER;
    }
    return capitals == 1 && first ? SHAPE_CAPITAL : SHAPE_MIXED;
}

/* An apostrophe within a word: "O'Brien", "don't", but not "Anna's". Its size, or 0. */
static unsigned apostrophe(struct str s, size_t i) {
    unsigned n = s.ptr[i] == '\'' ? 1 : 0;
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
    return (c == ':' && d == '/')
           || (c != ':' && ((d >= 'a' && d <= 'z') || (d >= '0' && d <= '9')));
}

bool word_next(struct str text, size_t *at, struct word *out) {
    bool line = false;
    bool tight = false;
    enum gap gap = gap_next(text, at, &line, &tight);
    if (*at >= text.len) {
        return false;
    }
    size_t from = *at;
    struct spelling s = {.hash = WORD_HASH_SEED};
    unsigned sorts[5] = {0};
    bool first = false;
    size_t i = from;
    while (i < text.len) {
        struct letter l = letter_at(text, i);
        if (l.sort == SORT_NONE) {
            unsigned n = apostrophe(text, i);
            if (!n) {
                break;
            }
            spell(&s, '\'');
            i += n;
            continue;
        }
        first = first || (i == from && l.sort == SORT_CAPITAL);
        sorts[l.sort]++;
        spell_letter(&s, l, text.ptr + i);
        i += l.size;
    }
    *at = i;
    *out = (struct word){.from = (uint32_t)from, .to = (uint32_t)i, .hash = word_settle(s.hash)};
    out->prefix = s.length < 3 ? out->hash : s.prefix;
    out->suffix = s.suffix;
    out->length = (uint8_t)(s.length < 255 ? s.length : 255);
    out->shape = (uint8_t)shape_of(sorts[SORT_CAPITAL], sorts[SORT_SMALL], sorts[SORT_DIGIT],
                                   sorts[SORT_CASELESS], first);
    out->gap = (uint8_t)gap;
    out->line = line;
    out->flags = (uint16_t)flags_of(out->hash);
    if (!out->flags) {
        out->flags = (uint16_t)flags_by_stem(&s);
    }
    out->cue = cue_of(out->hash);
    out->glued =
        (tight && (gap == GAP_AT || gap == GAP_CODE || gap == GAP_DOT)) || goes_on(text, i);
    if (tight && gap == GAP_DOT && out->shape != SHAPE_LOWER && out->shape != SHAPE_DIGITS
        && !goes_on(text, i)) {
        out->glued = false; /* "J.K.Smith", a full stop without its blank */
    }
    return true;
}
