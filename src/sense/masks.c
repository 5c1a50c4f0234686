/* Numbers found by their shape. Only where a digit stands is anything compared: blocks without one
 * are passed over, and shapes are tried by how many letters and digits a number begins with. */
#include "sense/masks.h"

#include "base/eight.h"
#include "sense/near.h"

#include <pthread.h>

enum {
    BLOCK = 32,
    MOST_LEAD = 6,     /* letters before the first digit */
    MOST_RUN = 24,     /* digits in a row */
    MOST_SHAPES = 512, /* different ones */
    MOST_ROWS_OF = 512,
    MOST_MASKS = 2000, /* of all shapes, each once for a beginning that it may have */
    MOST_BESIDE = 4    /* tokens before the first digit that may belong to the number */
};

/* Rows share shapes. */
struct shape {
    struct str text;
    uint16_t rows; /* the first of row_of, plus one */
};
struct row_of {
    uint16_t row;
    uint16_t next; /* of the same shape, plus one; 0 the last */
};
struct mask {
    uint16_t shape;
    uint16_t next;   /* in its bucket, plus one; 0 the last */
    uint32_t second; /* how many digits may stand behind a sign there, a bit each; 0: a letter */
};

static struct shape shapes[MOST_SHAPES];
static struct row_of rows_of[MOST_ROWS_OF];
static struct mask masks[MOST_MASKS];
static size_t shape_count, row_of_count, mask_count;

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

static char sign(struct str shape, size_t at) {
    return at < shape.len ? shape.ptr[at] : '\0';
}

/* How many digits can stand in a row from there on. */
static uint32_t runs_from(struct str shape, size_t at, size_t run) {
    char c = sign(shape, at);
    uint32_t ended = 1U << run;
    switch (c) {
    case '9':
        return runs_from(shape, at + 1, run + 1);
    case '0':
        return runs_from(shape, at + 1, run + 1) | runs_from(shape, at + 1, run);
    case ' ':
    case '@':
        return runs_from(shape, at + 1, run) | ended;
    case 'X':
        return runs_from(shape, at + 1, run + 1) | ended;
    default:
        return ended;
    }
}

static void put(size_t shape, size_t at, size_t lead, size_t run) {
    struct str text = shapes[shape].text;
    char c = sign(text, at);
    enum then then = !c ? THEN_END : parts(c) ? THEN_SIGN : THEN_LETTER;
    uint32_t second = then == THEN_SIGN ? runs_from(text, at + 1, 0) : 1;
    uint16_t *bucket = &buckets[lead][run][then];
    for (size_t i = *bucket; i; i = masks[i - 1].next) {
        if (masks[i - 1].shape == shape) {
            masks[i - 1].second |= second;
            return;
        }
    }
    if (mask_count == ARRAY_LEN(masks)) {
        abort(); /* the table has more shapes than the room above */
    }
    masks[mask_count++] = (struct mask){(uint16_t)shape, *bucket, second};
    *bucket = (uint16_t)mask_count;
}

/* Follows a shape through its first digits, all its choices: where a run can end, the shape is put.
 */
static void follow(size_t shape, size_t at, size_t lead, size_t run) {
    if (lead > MOST_LEAD || run > MOST_RUN) {
        return;
    }
    char c = sign(shapes[shape].text, at);
    switch (c) {
    case '9':
        follow(shape, at + 1, lead, run + 1);
        return;
    case '0':
        follow(shape, at + 1, lead, run + 1);
        follow(shape, at + 1, lead, run);
        return;
    case ' ':
        follow(shape, at + 1, lead, run); /* nothing there: the run goes on */
        break;
    case '@':
        follow(shape, at + 1, lead, run);
        if (!run) {
            follow(shape, at + 1, lead + 1, run);
            return;
        }
        break;
    case 'X':
        follow(shape, at + 1, lead, run + 1);
        if (!run) {
            follow(shape, at + 1, lead + 1, run);
            return;
        }
        break;
    default:
        break;
    }
    if (run) {
        put(shape, at, lead, run);
    } else if (c) {
        follow(shape, at + 1, lead + !parts(c), run);
    }
}

static struct shape *shape_of(struct str text) {
    for (size_t i = 0; i < shape_count; i++) {
        if (str_eq(shapes[i].text, text)) {
            return &shapes[i];
        }
    }
    if (shape_count == ARRAY_LEN(shapes)) {
        abort();
    }
    shapes[shape_count] = (struct shape){.text = text};
    follow(shape_count, 0, 0, 0);
    return &shapes[shape_count++];
}

static void make(void) {
    near_open();
    for (size_t row = 0; row < SENSE_TABLE_COUNT; row++) {
        const char *at = SENSE_TABLE[row].masks;
        while (*at) {
            size_t len = strcspn(at, "|");
            struct shape *shape = shape_of((struct str){at, len});
            if (row_of_count == ARRAY_LEN(rows_of)) {
                abort();
            }
            rows_of[row_of_count++] = (struct row_of){(uint16_t)row, shape->rows};
            shape->rows = (uint16_t)row_of_count;
            at += len + (at[len] == '|');
        }
    }
}

void masks_open(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make);
}

/* ---- one number ---- */

/* Whether the shape fits at `at`; its end. */
static bool fits(struct str shape, struct str text, size_t at, size_t *end) {
    for (size_t i = 0; i < shape.len; i++) {
        char c = at < text.len ? text.ptr[at] : '\0';
        bool ok = true;
        bool may = false; /* be missing */
        switch (shape.ptr[i]) {
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
            ok = small(c) == shape.ptr[i];
        }
        if (!ok && !may) {
            return false;
        }
        at += ok;
    }
    *end = at;
    return true;
}

/* A piece of something longer: of a word, an amount, a path, a number with more groups. Of what
 * stands before it … */
static bool goes_on_before(struct str text, size_t from) {
    char b = from ? text.ptr[from - 1] : ' ';
    char bb = from > 1 ? text.ptr[from - 2] : ' ';
    bool joined = b == '-' || b == '/' || b == '_' || ((b == '.' || b == ':') && is_digit(bb));
    return is_either(b) || char_is_of(b, "+$%&@\\") || (joined && is_either(bb));
}

/* … and behind it. */
static bool goes_on_behind(struct str text, size_t from, size_t to) {
    const char *s = text.ptr;
    char a = to < text.len ? s[to] : ' ';
    char aa = to + 1 < text.len ? s[to + 1] : ' ';
    if (is_either(a) || a == '%' || a == '@' || (a != ' ' && parts(a) && is_digit(aa))) {
        return true;
    }
    bool more =
        (a == ' ' && is_digit(aa)) || (from > 1 && s[from - 1] == ' ' && is_digit(s[from - 2]));
    return more && memchr(s + from, ' ', to - from) != NULL;
}

/* ---- the scan ---- */

struct walk {
    struct str text;
    struct near *near;
    bool whole;
    int alone; /* -1: not asked yet */
    void (*on_hit)(void *ctx, const struct mask_hit *hit);
    void *ctx;
};

static bool stands_alone(struct walk *w) {
    if (w->alone < 0) {
        w->alone = w->whole && alone_text(w->text);
    }
    return w->alone;
}

/* 1563810117.297 is counted, whatever its digits would be. */
static bool is_decimal(struct str s) {
    size_t dots = 0;
    for (size_t i = 0; i < s.len; i++) {
        dots += s.ptr[i] == '.';
        if (!is_digit(s.ptr[i]) && s.ptr[i] != '.') {
            return false;
        }
    }
    return dots == 1;
}

static void try_row(struct walk *w, size_t number, size_t from, size_t to) {
    const struct detector_row *row = &SENSE_TABLE[number];
    struct mask_hit h = {.row = number, .from = from, .to = to, .lead = from, .end = to};
    bool must = *row->near == '!';
    if (must && !near_find(w->near, &h)) {
        return;
    }
    struct matched m = {.text = str_sub(w->text, from, to), .whole = w->text, .from = from};
    enum verdict v = row->validate ? row->validate(&m) : MATCH_YES;
    bool identifier = strcmp(row->face.kind, "plate") == 0 && str_find_char(m.text, '_') >= 0;
    bool decimal = strcmp(row->face.kind, "coordinates") != 0 && is_decimal(m.text);
    v = identifier || decimal || (v != MATCH_NO && alone_is_same(m.text)) ? MATCH_NO : v;
    bool enough = must || v == MATCH_CERTAIN || !*row->near;
    if (v != MATCH_NO
        && (enough || near_find(w->near, &h)
            || (alone_counts(row, m.text, v) && stands_alone(w)))) {
        h.validated = v >= MATCH_VALIDATED;
        w->on_hit(w->ctx, &h);
    }
}

/* second: so many digits stand behind the sign that follows. */
static void try_bucket(struct walk *w, size_t from, size_t digit, size_t bucket, size_t second) {
    for (size_t at = bucket; at; at = masks[at - 1].next) {
        if (!(masks[at - 1].second >> second & 1)) {
            continue;
        }
        const struct shape *shape = &shapes[masks[at - 1].shape];
        size_t to = 0;
        if (!fits(shape->text, w->text, from, &to) || to <= digit
            || goes_on_behind(w->text, from, to)) {
            continue;
        }
        for (size_t i = shape->rows; i; i = rows_of[i - 1].next) {
            try_row(w, rows_of[i - 1].row, from, to);
        }
    }
}

static size_t digits_from(struct str text, size_t at) {
    size_t n = 0;
    while (n <= MOST_RUN && at + n < text.len && is_digit(text.ptr[at + n])) {
        n++;
    }
    return n;
}

static void try_at(struct walk *w, size_t from, size_t digit, size_t lead, size_t run) {
    const uint16_t *of = buckets[lead][run];
    if (goes_on_before(w->text, from)) {
        return;
    }
    size_t end = digit + run;
    char c = end < w->text.len ? w->text.ptr[end] : ' ';
    char next = end + 1 < w->text.len ? w->text.ptr[end + 1] : ' ';
    if (is_letter(c)) {
        try_bucket(w, from, digit, of[THEN_LETTER], 0);
        return;
    }
    if (parts(c) && is_either(next)) {
        try_bucket(w, from, digit, of[THEN_SIGN], digits_from(w->text, end + 1));
    }
    if (c == ' ' || !parts(c) || !is_digit(next)) {
        try_bucket(w, from, digit, of[THEN_END], 0);
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
    while (i + sizeof(uint64_t) <= text.len) {
        uint64_t digits = eight_within(eight_at(text.ptr + i), '0', '9');
        if (digits) {
            return i + (size_t)__builtin_ctzll(digits) / 8;
        }
        i += sizeof digits;
        while (i + BLOCK <= text.len && !has_digit(text.ptr + i)) {
            i += BLOCK;
        }
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
    UNSET struct near near;
    near_begin(&near, text, key);
    struct walk w = {
        .text = text, .near = &near, .whole = whole, .alone = -1, .on_hit = on_hit, .ctx = ctx};
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
