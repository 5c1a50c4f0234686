/* A text in words: where each begins and ends, how it is written, what stands before it, and what
 * the word list knows of it. One pass, nothing is allocated. Words are folded for the list: small
 * letters without accents, digits all alike. */
#include "sense/words_inside.h"

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
    const char *f = letter_folded(l.code);
    if (f) {
        spell(s, f[0]);
        if (f[1] != ' ') {
            spell(s, f[1]);
        }
        return;
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
static __attribute__((noinline)) bool goes_on(struct str s, size_t i) {
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
        unsigned ascii = LETTER_ASCII[(unsigned char)text.ptr[i]];
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
    unsigned ascii = LETTER_ASCII[*p];
    unsigned others = 0;
    s->first = ascii >> 8;
    if (ascii) {
        *to++ = (char)ascii;
        for (p++; p < end && (ascii = LETTER_ASCII[*p]) != 0; p++) {
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
    w->hash = letters_hash(l, n);
    w->prefix = l->eight[0] & 0xffffff;
    memcpy(&w->suffix, s->folded + (n > 4 ? n - 4 : 0), 4);
    w->length = (uint8_t)n;
    w->shape = (uint8_t)shape_of(s);
}

/* Words that were looked up before on this thread, as they are written: a text's words are few, and
 * the lists are larger than the processor's caches. The fields stand as in struct word, so that
 * they are copied at once. */
struct looked_up {
    uint64_t low, high; /* letters; the highest bit: with a capital */
    uint16_t flags, said;
    uint8_t cue, part, group;
    bool leads;
};
enum { LOOKED_UP = 1 << 11 };
static _Thread_local struct looked_up looked_up[LOOKED_UP];

static inline void look_up_plain(struct word *w, uint64_t low, uint64_t high, bool capital) {
    struct looked_up *m = &looked_up[w->hash % LOOKED_UP];
    uint64_t marked = high | (capital ? 1ULL << 63 : 0);
    if (m->low != low || m->high != marked) {
        list_look_up(w, &(struct letters){.eight = {low, high}, .small = !capital});
        *m =
            (struct looked_up){low, marked, w->flags, w->said, w->cue, w->part, w->group, w->leads};
        return;
    }
    w->flags = m->flags;
    w->cue = m->cue;
    w->part = m->part;
    w->group = m->group;
    w->leads = m->leads;
    w->said = m->said;
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
    low |= (uint64_t)capital << 5;
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
    if (n == 0 || LETTER_ASCII[next] || next >= 0x80 || next == '\'') {
        return false;
    }
    uint64_t hash = word_hash_step(WORD_HASH_SEED + n, low);
    w->hash = word_hash_end(n > 8 ? word_hash_step(hash, high) : hash);
    w->prefix = low & 0xffffff;
    w->suffix = (uint32_t)low;
    if (n > 4) {
        memcpy(&w->suffix, p + n - 4, 4);
    }
    w->length = (uint8_t)n;
    w->shape = capital ? n == 1 ? SHAPE_INITIAL : SHAPE_CAPITAL : SHAPE_LOWER;
    w->to = (uint32_t)(from + n);
    w->glued = next != ' ' && goes_on(text, w->to);
    look_up_plain(w, low, high, capital);
    return true;
}

/* A word of whatever letters. Not inline: most words should not pay for what it needs. */
static __attribute__((noinline)) void word_spelled(struct str text, size_t from, struct word *w) {
    struct spelling s = {.length = 0};
    struct letters l;
    w->to = (uint32_t)read_word(text, from, &s);
    fill_in(w, &s, &l);
    list_look_up(w, &l);
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
    if (p[0] == ' ' && LETTER_ASCII[(unsigned char)p[1]]) {
        *gap = GAP_BLANK;
        return at + 1;
    }
    *gap = (enum gap)signs[(unsigned char)p[0]];
    return *gap != GAP_NOTHING && p[1] == ' ' && LETTER_ASCII[(unsigned char)p[2]] ? at + 2 : 0;
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
