/* Where rows of the table match. A row that matches at ends that follow each other byte by byte
 * matched once, and may have gone on: only the last of them is told. */
#include "sense/inside.h"

#include <hs.h>

struct spots {
    struct hs_scratch *hs;
    uint64_t open[MOST_ROWS / 64]; /* a bit for each row that has an end waiting … */
    uint32_t ends[MOST_ROWS];      /* … here */
    spot_fn on_spot;
    void *ctx;
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
    size_t end = to;
    if (s->open[id / 64] & bit && s->ends[id] + 1ULL != end) {
        s->on_spot(s->ctx, id, s->ends[id]);
    }
    s->open[id / 64] |= bit;
    s->ends[id] = (uint32_t)end;
    return 0;
}

bool spots_find(struct spots *s, const struct hs_database *db, struct str text, spot_fn on_spot,
                void *ctx, struct err *e) {
    s->on_spot = on_spot;
    s->ctx = ctx;
    hs_error_t rc = hs_scan(db, text.ptr, (unsigned)text.len, 0, s->hs, on_match, s);
    for (size_t i = 0; i < ARRAY_LEN(s->open); i++) {
        for (; s->open[i]; s->open[i] &= s->open[i] - 1) {
            size_t row = 64 * i + (unsigned)__builtin_ctzll(s->open[i]);
            on_spot(ctx, row, s->ends[row]);
        }
    }
    return rc == HS_SUCCESS || err_set(e, ERR_BUG, "the scanner failed (%d)", rc);
}
