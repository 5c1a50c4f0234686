/* Numbers found by their shape. Only where a digit stands is anything compared: blocks without one
 * are passed over, and rows are asked by how many letters and digits a number begins with. */
#include "sense/masks.h"

#include <ctype.h>
#include <pthread.h>

enum {
    BLOCK = 32,
    MOST_LEAD = 6,     /* letters before the first digit */
    MOST_RUN = 24,     /* digits in a row */
    MOST_MASKS = 2000, /* of all rows, each once for a beginning that it may have */
    MOST_BESIDE = 4,   /* tokens before the first digit that may belong to the number */
    BEFORE = 80,       /* a word as near as this */
    BEHIND = 40,
    LONGEST_ALONE = 96,
    ROWS_MOST = 512,
    THREES = 1 << 15
};

struct mask {
    const char *shape;
    uint16_t row;
    uint16_t next; /* in its bucket, plus one; 0 the last */
};

static struct mask masks[MOST_MASKS];
static size_t mask_count;
/* What stands behind the first digits. */
enum then { THEN_END, THEN_SIGN, THEN_LETTER, THENS };

/* By letters before the first digit, digits that follow, and what stands behind them: the first of
 * the bucket, plus one. */
static uint16_t buckets[MOST_LEAD + 1][MOST_RUN + 1][THENS];

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static bool is_either(char c) {
    return is_digit(c) || is_letter(c);
}
static bool parts(char c) {
    return c == ' ' || c == '-' || c == '.' || c == '/' || c == ':' || c == '_';
}
static char small(char c) {
    return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

/* ---- the buckets ---- */

static void put(const char *shape, const char *at, size_t row, size_t lead, size_t run) {
    enum then then = !*at || *at == '|' ? THEN_END : parts(*at) ? THEN_SIGN : THEN_LETTER;
    uint16_t *bucket = &buckets[lead][run][then];
    for (size_t i = *bucket; i; i = masks[i - 1].next) {
        if (masks[i - 1].shape == shape && masks[i - 1].row == row) {
            return;
        }
    }
    if (mask_count == ARRAY_LEN(masks)) {
        abort(); /* the table has more shapes than the room above */
    }
    masks[mask_count++] = (struct mask){shape, (uint16_t)row, *bucket};
    *bucket = (uint16_t)mask_count;
}

/* Follows a shape through its first digits, all its choices: where a run can end, the shape is put.
 */
static void follow(const char *shape, const char *at, size_t row, size_t lead, size_t run) {
    if (lead > MOST_LEAD || run > MOST_RUN) {
        return;
    }
    switch (*at) {
    case '9':
        follow(shape, at + 1, row, lead, run + 1);
        return;
    case '0':
        follow(shape, at + 1, row, lead, run + 1);
        follow(shape, at + 1, row, lead, run);
        return;
    case ' ':
        follow(shape, at + 1, row, lead, run); /* nothing there: the run goes on */
        break;
    case '@':
        follow(shape, at + 1, row, lead, run);
        if (!run) {
            follow(shape, at + 1, row, lead + 1, run);
            return;
        }
        break;
    case 'X':
        follow(shape, at + 1, row, lead, run + 1);
        if (!run) {
            follow(shape, at + 1, row, lead + 1, run);
            return;
        }
        break;
    default:
        break;
    }
    if (run) {
        put(shape, at, row, lead, run);
    } else if (*at && *at != '|') {
        follow(shape, at + 1, row, lead + !parts(*at), run);
    }
}

static void make(void) {
    if (SENSE_TABLE_COUNT > ROWS_MOST) {
        abort();
    }
    for (size_t row = 0; row < SENSE_TABLE_COUNT; row++) {
        const char *shape = SENSE_TABLE[row].masks;
        while (shape && *shape) {
            follow(shape, shape, row, 0, 0);
            const char *bar = strchr(shape, '|');
            shape = bar ? bar + 1 : NULL;
        }
    }
}

void masks_open(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make);
}

/* ---- one number ---- */

/* Whether the shape fits at `at`; its end. */
static bool fits(const char *shape, struct str text, size_t at, size_t *end) {
    for (; *shape && *shape != '|'; shape++) {
        char c = at < text.len ? text.ptr[at] : '\0';
        bool ok = true;
        bool may = false; /* be missing */
        switch (*shape) {
        case '9':
            ok = is_digit(c);
            break;
        case '0':
            ok = is_digit(c);
            may = true;
            break;
        case 'A':
            ok = is_letter(c);
            break;
        case '@':
            ok = is_letter(c);
            may = true;
            break;
        case 'X':
            ok = is_either(c);
            break;
        case ' ':
            ok = parts(c);
            may = true;
            break;
        case '-':
            ok = parts(c);
            break;
        default:
            ok = small(c) == *shape;
        }
        if (!ok && !may) {
            return false;
        }
        at += ok;
    }
    *end = at;
    return true;
}

/* A piece of something longer: of a word, an amount, a path, a number with more groups. */
static bool is_piece(struct str text, size_t from, size_t to) {
    const char *s = text.ptr;
    char b = from ? s[from - 1] : ' ';
    char bb = from > 1 ? s[from - 2] : ' ';
    char a = to < text.len ? s[to] : ' ';
    char aa = to + 1 < text.len ? s[to + 1] : ' ';
    bool spaced = memchr(s + from, ' ', to - from) != NULL;
    if (is_either(b) || is_either(a) || (b && strchr("+$%&@\\", b)) || (a && strchr("%@", a))) {
        return true;
    }
    if (b == ' ' || a == ' ') {
        bool more = (b == ' ' && is_digit(bb)) || (a == ' ' && is_digit(aa));
        if (spaced && more) {
            return true;
        }
    }
    bool joined = b == '-' || b == '/' || b == '_' || ((b == '.' || b == ':') && is_digit(bb));
    return (joined && is_either(bb)) || (a != ' ' && parts(a) && is_digit(aa));
}

/* ---- words near it ---- */

/* Of a key or a text: `_` and `-` part words as blanks do. */
static bool same(char in_text, char wanted) {
    char c = small(in_text);
    return c == wanted || (wanted == ' ' && (c == '_' || c == '-'));
}

/* Where the word stands in s, as a word of its own (a plural too); -1 nowhere. */
static ptrdiff_t word_in(struct str s, const char *word, size_t n) {
    for (size_t i = 0; i + n <= s.len; i++) {
        size_t k = 0;
        while (k < n && same(s.ptr[i + k], word[k])) {
            k++;
        }
        if (k < n) {
            continue;
        }
        size_t end = i + n + (i + n < s.len && small(s.ptr[i + n]) == 's');
        bool ascii = !((unsigned char)word[n - 1] & 0x80);
        bool apart = (!i || !is_letter(s.ptr[i - 1]) || !is_letter(word[0]))
                     && (!ascii || end >= s.len || !is_letter(s.ptr[end]));
        if (apart) {
            return (ptrdiff_t)i;
        }
    }
    return -1;
}

/* Which threes of signs a text holds: nearly always enough to say that a row's words are not there.
 */
struct threes {
    uint64_t bits[THREES / 64];
};

static size_t three_at(const char *s) {
    size_t at = 0;
    for (size_t i = 0; i < 3; i++) {
        char c = s[i] == '_' || s[i] == '-' ? ' ' : s[i];
        at = at << 5 | (c & 31); /* letters of both cases are one */
    }
    return at;
}

static void read_threes(struct threes *t, struct str text) {
    memset(t, 0, sizeof *t);
    for (size_t i = 0; i + 3 <= text.len; i++) {
        size_t at = three_at(text.ptr + i);
        t->bits[at / 64] |= (uint64_t)1 << at % 64;
    }
}

static bool may_hold(const struct threes *t, const char *words) {
    words += *words == '!';
    while (*words) {
        size_t n = strcspn(words, "|");
        bool all = true;
        for (size_t i = 0; i + 3 <= n && all; i++) {
            size_t at = three_at(words + i);
            all = t->bits[at / 64] >> at % 64 & 1;
        }
        if (all) {
            return true;
        }
        words += n + (words[n] == '|');
    }
    return false;
}

static bool near_word(const char *words, struct str text, struct str key, struct mask_hit *h) {
    size_t from = h->from;
    size_t to = h->to;
    size_t begin = from > BEFORE ? from - BEFORE : 0;
    struct str before = str_sub(text, begin, from);
    struct str behind = str_sub(text, to, to + BEHIND < text.len ? to + BEHIND : text.len);
    const char *line = behind.len ? memchr(behind.ptr, '\n', behind.len) : NULL;
    behind.len = line ? (size_t)(line - behind.ptr) : behind.len;
    while (*words) {
        size_t n = strcspn(words, "|");
        ptrdiff_t at = word_in(before, words, n);
        if (at >= 0) {
            h->lead = begin + (size_t)at;
            return true;
        }
        at = word_in(behind, words, n);
        if (at >= 0) {
            h->end = to + (size_t)at + n;
            return true;
        }
        if (word_in(key, words, n) >= 0) {
            return true;
        }
        words += n + (words[n] == '|');
    }
    return false;
}

/* Nothing but numbers: each word has a digit or is short, and no word is a long one. */
static bool is_alone(struct str text) {
    size_t letters = 0;
    size_t signs = 0; /* of the word so far */
    bool digit = false;
    if (text.len > LONGEST_ALONE) {
        return false;
    }
    for (size_t i = 0; i <= text.len; i++) {
        char c = i < text.len ? text.ptr[i] : ' ';
        if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
            if (!digit && signs > 3) {
                return false;
            }
            signs = 0;
            digit = false;
            letters = 0;
            continue;
        }
        letters = is_letter(c) ? letters + 1 : 0;
        signs += is_either(c);
        digit = digit || is_digit(c);
        bool known = is_either(c) || parts(c) || strchr(",;()+*\"'", c);
        if (!known || letters > 5) {
            return false;
        }
    }
    return true;
}

/* ---- the scan ---- */

enum known { KNOWN_NOT, WORDS_MAY_BE, WORDS_ARE_NOT };

struct walk {
    struct str text, key;
    bool whole;
    bool began;               /* threes and words are of this text */
    uint8_t words[ROWS_MOST]; /* enum known, of each row */
    struct threes threes;
    int alone; /* -1: not asked yet */
    void (*on_hit)(void *ctx, const struct mask_hit *hit);
    void *ctx;
};

/* Whether one of the row's words can stand anywhere in the text. */
static bool words_may_be(struct walk *w, size_t row) {
    if (w->key.len) {
        return true;
    }
    if (!w->began) {
        read_threes(&w->threes, w->text);
        memset(w->words, KNOWN_NOT, sizeof w->words);
        w->began = true;
    }
    if (w->words[row] == KNOWN_NOT) {
        bool may = may_hold(&w->threes, SENSE_TABLE[row].near);
        w->words[row] = may ? WORDS_MAY_BE : WORDS_ARE_NOT;
    }
    return w->words[row] == WORDS_MAY_BE;
}

static bool counts(struct walk *w, enum verdict v, struct mask_hit *h) {
    const char *near = SENSE_TABLE[h->row].near;
    bool must = *near == '!';
    near += must;
    if (!*near || (v == MATCH_CERTAIN && !must)
        || (words_may_be(w, h->row) && near_word(near, w->text, w->key, h))) {
        return true;
    }
    if (must || !w->whole) {
        return false;
    }
    if (w->alone < 0) {
        w->alone = is_alone(w->text);
    }
    return w->alone;
}

static void try_bucket(struct walk *w, size_t from, size_t digit, size_t bucket) {
    for (size_t at = bucket; at; at = masks[at - 1].next) {
        const struct mask *mask = &masks[at - 1];
        const struct detector_row *row = &SENSE_TABLE[mask->row];
        size_t to = 0;
        if (*row->near == '!' && !words_may_be(w, mask->row)) {
            continue;
        }
        if (!fits(mask->shape, w->text, from, &to) || to <= digit || is_piece(w->text, from, to)) {
            continue;
        }
        struct matched m = {.text = str_sub(w->text, from, to), .whole = w->text, .from = from};
        enum verdict v = row->validate ? row->validate(&m) : MATCH_YES;
        struct mask_hit h = {mask->row, from, to, from, to, v >= MATCH_VALIDATED};
        if (v != MATCH_NO && counts(w, v, &h)) {
            w->on_hit(w->ctx, &h);
        }
    }
}

static void try_at(struct walk *w, size_t from, size_t digit, size_t lead, size_t run) {
    const uint16_t *of = buckets[lead][run];
    size_t end = digit + run;
    char c = end < w->text.len ? w->text.ptr[end] : ' ';
    char next = end + 1 < w->text.len ? w->text.ptr[end + 1] : ' ';
    if (is_letter(c)) {
        try_bucket(w, from, digit, of[THEN_LETTER]);
        return;
    }
    if (parts(c) && is_either(next)) {
        try_bucket(w, from, digit, of[THEN_SIGN]);
    }
    if (c == ' ' || !parts(c) || !is_digit(next)) {
        try_bucket(w, from, digit, of[THEN_END]);
    }
}

/* A run of digits at `digit`: what begins with it, with the letters before it, or with a short word
 * or two before those. */
static void try_run(struct walk *w, size_t digit, size_t run) {
    const char *s = w->text.ptr;
    size_t from = digit;
    size_t lead = 0;
    for (int tokens = 0; tokens < MOST_BESIDE && lead <= MOST_LEAD; tokens++) {
        size_t letters = lead;
        while (from && is_letter(s[from - 1]) && lead <= MOST_LEAD) {
            from--;
            lead++;
        }
        bool grown = tokens == 0 || lead > letters;
        if (!grown || lead > MOST_LEAD || (from && is_digit(s[from - 1]))) {
            return;
        }
        try_at(w, from, digit, lead, run);
        if (!from || !parts(s[from - 1]) || from < 2 || !is_letter(s[from - 2])) {
            return;
        }
        from--;
    }
}

static bool has_digit(const char *s) {
    unsigned char any = 0;
    for (int i = 0; i < BLOCK; i++) {
        any |= (unsigned char)((unsigned char)(s[i] - '0') < 10);
    }
    return any != 0;
}

static size_t next_digit(struct str text, size_t i) {
    while (i + BLOCK <= text.len && !has_digit(text.ptr + i)) {
        i += BLOCK;
    }
    while (i < text.len && !is_digit(text.ptr[i])) {
        i++;
    }
    return i;
}

void masks_scan(struct str text, struct str key, bool whole,
                void (*on_hit)(void *ctx, const struct mask_hit *hit), void *ctx) {
    size_t i = next_digit(text, 0);
    if (i == text.len) {
        return;
    }
    struct walk w = {
        .text = text, .key = key, .whole = whole, .alone = -1, .on_hit = on_hit, .ctx = ctx};
    while (i < text.len) {
        size_t run = 1;
        while (i + run < text.len && is_digit(text.ptr[i + run])) {
            run++;
        }
        if (run <= MOST_RUN) {
            try_run(&w, i, run);
        }
        i = next_digit(text, i + run);
    }
}
