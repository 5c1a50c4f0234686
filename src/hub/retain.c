/* What of weir.db has a bound, and is forgotten beyond it: decisions by age and size ([decisions]
 * in weir.toml), the rest by number. The ledger is another file, and never cut. */
#include "hub/inner.h"

enum {
    STEP_ROWS = 2000, /* of one transaction: others write in between */
    MOST_POLICIES = 200,
    EVERY_US = 3600 * 1000000LL,
    SHARE = 8, /* of their size: so much may be too much before it is looked at again */
};

/* Rows come newest first. Each of the two is the newest row that is too much. */
struct bounds {
    const struct retain *r;
    int64_t bytes;
    int64_t too_big, too_old; /* n, 0 none */
};

static bool on_decision(void *ctx, const struct store_value *c, size_t n) {
    struct bounds *b = ctx;
    if (n < 3) {
        return false;
    }
    b->bytes += c[2].i;
    if (!b->too_big && b->bytes > b->r->size_bytes) {
        b->too_big = c[0].i;
    }
    if (!b->too_old && c[1].i < b->r->before_ms) {
        b->too_old = c[0].i;
    }
    return !b->too_big || !b->too_old;
}

static bool on_any(void *ctx, const struct store_value *c, size_t n) {
    (void)c;
    *(bool *)ctx = n > 0;
    return false;
}

/* All up to row n that are older than before_ms. */
static bool forget(struct store *main, int64_t n, int64_t before_ms, struct err *e) {
    bool more = n > 0;
    while (more) {
        struct store_value v[] = {sv_int(n), sv_int(before_ms), sv_int(STEP_ROWS)};
        struct store_step step = {ST_DECISION_FORGET, v, ARRAY_LEN(v)};
        TRY(store_write_wait(main, &step, 1, e));
        more = false;
        TRY(store_read(main, ST_DECISION_BEYOND, v, 2, on_any, &more, e));
    }
    return true;
}

static bool forget_decisions(struct store *main, const struct retain *r, struct err *e) {
    struct bounds b = {.r = r};
    TRY(store_write_wait(main, NULL, 0, e)); /* what is queued counts */
    TRY(store_read(main, ST_DECISION_SIZES, NULL, 0, on_decision, &b, e));
    return forget(main, b.too_big, INT64_MAX, e) && forget(main, b.too_old, r->before_ms, e);
}

bool retain_apply(struct store *main, const struct retain *r, struct err *e) {
    static const struct {
        enum store_stmt stmt;
        int64_t most;
    } numbers[] = {{ST_CONVERSATION_FORGET, MEMORY_CONVERSATIONS},
                   {ST_ANSWER_PART_FORGET, MEMORY_PARTS},
                   {ST_VAULT_FORGET, VAULT_BOOKS},
                   {ST_APPROVAL_FORGET, APPROVALS_MOST},
                   {ST_POLICY_FORGET, MOST_POLICIES}};
    TRY(forget_decisions(main, r, e));
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        struct store_value v = sv_int(numbers[i].most);
        struct store_step step = {numbers[i].stmt, &v, 1};
        TRY(store_write_wait(main, &step, 1, e));
    }
    return true;
}

static void run(struct hub *h) {
    struct snapshot *s = snapshot_hold(h);
    int64_t keep = s->config->decisions_ms;
    struct retain r = {.before_ms = keep >= 0 ? clock_wall_ms() - keep : INT64_MIN,
                       .size_bytes = s->config->decisions_bytes};
    struct err e = {0};
    if (!retain_apply(h->main, &r, &e)) {
        log_warn("old decisions are not forgotten: %s", e.text);
    }
    snapshot_drop(s);
}

void retain_changed(struct hub *h) {
    struct snapshot *s = snapshot_hold(h);
    bool same = false;
    {
        LOCKED(&h->lock);
        same = h->retain_ms == s->config->decisions_ms
               && h->retain_bytes == s->config->decisions_bytes;
        h->retain_ms = s->config->decisions_ms;
        h->retain_bytes = s->config->decisions_bytes;
    }
    snapshot_drop(s);
    if (!same) {
        run(h);
    }
}

static void work(void *arg) {
    run(arg);
}

static void done(void *arg) {
    struct hub *h = arg;
    h->retaining = false;
}

/* A pass reads all that is kept, so it must be rare beside what is written. */
void retain_soon(struct hub *h, size_t bytes) {
    int64_t now = clock_mono_us();
    int64_t enough = 0;
    {
        LOCKED(&h->lock);
        enough = h->retain_bytes / SHARE;
    }
    h->kept_bytes += (int64_t)bytes;
    bool first = h->retained_us == 0;
    if (h->retaining || (!first && h->kept_bytes < enough && now - h->retained_us < EVERY_US)) {
        return;
    }
    h->retaining = true;
    h->retained_us = now;
    h->kept_bytes = 0;
    workers_run(h->o.workers, work, done, h);
}
