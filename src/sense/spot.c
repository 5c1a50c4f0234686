/* Where rows of the table match: one pass for words over all of the text, one for numbers over what
 * lies around its digits. A row that matches at ends that follow each other byte by byte matched
 * once, and may have gone on: only the last of them is told. */
#include "base/eight.h"
#include "sense/inside.h"

#include <hs.h>

struct spots {
    struct hs_scratch *hs;
    uint64_t open[MOST_ROWS / 64]; /* a bit for each row that has an end waiting … */
    uint32_t ends[MOST_ROWS];      /* … here */
    spot_fn on_spot;
    void *ctx;
    size_t from; /* where what is scanned lies in the text */
};

struct spots *spots_new(const struct hs_scratch *model) {
    struct spots *s = calloc(1, sizeof *s);
    if (s && hs_clone_scratch(model, &s->hs) != HS_SUCCESS) {
        free(s);
        s = NULL;
    }
    return s;
}

void spots_free(struct spots *s) {
    if (s) {
        hs_free_scratch(s->hs);
        free(s);
    }
}

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                    void *ctx) {
    (void)from;
    (void)flags;
    struct spots *s = ctx;
    uint64_t bit = 1ULL << (id % 64);
    size_t end = s->from + to;
    if (s->open[id / 64] & bit && s->ends[id] + 1ULL != end) {
        s->on_spot(s->ctx, id, s->ends[id]);
    }
    s->open[id / 64] |= bit;
    s->ends[id] = (uint32_t)end;
    return 0;
}

static hs_error_t scan(struct spots *s, const struct hs_database *db, struct str text, size_t from,
                       size_t to) {
    s->from = from;
    return hs_scan(db, text.ptr + from, (unsigned)(to - from), 0, s->hs, on_match, s);
}

/* Bits of the digits among eight bytes; the text's last ones, too. */
static unsigned digits_at(struct str text, size_t i) {
    char last[8] = {0};
    const char *eight = text.ptr + i;
    if (text.len - i < sizeof last) {
        memcpy(last, eight, text.len - i);
        eight = last;
    }
    return eight_bits(eight_within(eight_at(eight), '0', '9'));
}

/* A match holds a digit and is no longer than NUMBER_LONGEST, so it lies in the text around that
 * digit, with a byte to spare on both sides: what is cut off there cannot seem to end a word. */
static hs_error_t scan_numbers(struct spots *s, const struct hs_database *db, struct str text) {
    enum { AROUND = NUMBER_LONGEST + 1 };
    hs_error_t rc = HS_SUCCESS;
    size_t first = 0;  /* digit that was seen and not scanned */
    size_t behind = 0; /* the last one; 0: there is none */
    for (size_t i = 0; i < text.len && rc == HS_SUCCESS; i += 8) {
        unsigned bits = digits_at(text, i);
        if (!bits) {
            continue;
        }
        size_t digit = i + (unsigned)__builtin_ctz(bits);
        if (behind && digit > behind + 2UL * AROUND) {
            rc = scan(s, db, text, first > AROUND ? first - AROUND : 0, behind + AROUND);
            behind = 0;
        }
        first = behind ? first : digit;
        behind = i + 32 - (unsigned)__builtin_clz(bits);
    }
    if (behind && rc == HS_SUCCESS) {
        size_t to = behind + AROUND < text.len ? behind + AROUND : text.len;
        rc = scan(s, db, text, first > AROUND ? first - AROUND : 0, to);
    }
    return rc;
}

bool spots_find(struct spots *s, struct hs_database *const db[PATTERN_SETS], struct str text,
                spot_fn on_spot, void *ctx, struct err *e) {
    s->on_spot = on_spot;
    s->ctx = ctx;
    hs_error_t rc = scan(s, db[PATTERNS_WORDS], text, 0, text.len);
    rc = rc == HS_SUCCESS ? scan_numbers(s, db[PATTERNS_NUMBERS], text) : rc;
    for (size_t i = 0; i < ARRAY_LEN(s->open); i++) {
        for (; s->open[i]; s->open[i] &= s->open[i] - 1) {
            size_t row = 64 * i + (unsigned)__builtin_ctzll(s->open[i]);
            on_spot(ctx, row, s->ends[row]);
        }
    }
    return rc == HS_SUCCESS || err_set(e, ERR_BUG, "the scanner failed (%d)", rc);
}
