/* Walking the chain from its first row: every id, every hash, every column against the hashed body,
 * and the end against what the second store and this process remember. Worker threads. */
#include "gate/inside.h"

struct expect {
    int64_t count;
    struct sha256 head;
    bool known, seen;
};
struct walk {
    struct arena *a;
    struct ledger_check *check;
    struct sha256 head;
    struct expect second, own;
};

static void broken(struct walk *w, int64_t id, const char *why) {
    if (w->check->ok) {
        w->check->ok = false;
        w->check->first_broken = id;
        w->check->why = str_fmt(w->a, "row %lld: %s", (long long)id, why);
    }
}

/* The columns are for searching; the body is what was hashed. */
static const char *disagreement(struct arena *a, const struct store_value *col) {
    struct err e = {0};
    const struct jval *v = json_parse(a, col[6].s, &JSON_LIMITS, &e);
    if (!jval_is(v, JOBJECT)) {
        return "its body is no JSON object";
    }
    int64_t at = 0;
    int64_t ref = 0;
    if (!jval_i64(jval_get(v, "at"), &at) || at != col[1].i) {
        return "its time is not the one that was hashed";
    }
    if (jval_get(v, "ref") && !jval_i64(jval_get(v, "ref"), &ref)) {
        return "its body has no readable ref";
    }
    if (ref != col[3].i || ref >= col[0].i) {
        return "it belongs to another row than the one that was hashed";
    }
    if (!str_eq(jval_str(jval_get(v, "kind")), col[2].s)) {
        return "its kind is not the one that was hashed";
    }
    if (!str_eq(jval_str(jval_get(v, "target")), col[4].s)
        || !str_eq(jval_str(jval_get(v, "decision")), col[5].s)) {
        return "its target or decision is not the one that was hashed";
    }
    return NULL;
}

static void compare_end(struct walk *w, struct expect *x, int64_t id) {
    if (x->known && x->count == id) {
        x->seen = true;
        if (!sha256_eq(&x->head, &w->head)) {
            broken(w, id, "another row stood here when it was written");
        }
    }
}

static bool on_row(void *ctx, const struct store_value *col, size_t count) {
    struct walk *w = ctx;
    if (count < 8) {
        return false;
    }
    int64_t expected = w->check->rows + 1;
    if (col[0].i != expected) {
        broken(w, expected, "it is missing");
        return false;
    }
    w->check->rows = expected;
    CLEANUP(arena_end) struct arena a = arena_make(SIZE_MAX);
    struct sha256 stored = {{0}};
    w->head = chain_hash(&w->head, col[6].s);
    if (!sha256_from_hex(col[7].s, &stored) || !sha256_eq(&stored, &w->head)) {
        broken(w, expected, "its content or what was before it has been changed");
        return false;
    }
    const char *why = disagreement(&a, col);
    if (why) {
        broken(w, expected, why);
        return false;
    }
    if (str_is(col[2].s, "tail_missing")) {
        broken(w, expected, "rows that stood from here on are missing");
    }
    compare_end(w, &w->second, expected);
    compare_end(w, &w->own, expected);
    return true;
}

static bool on_head(void *ctx, const struct store_value *col, size_t count) {
    struct expect *x = ctx;
    x->known = count >= 2 && sha256_from_hex(col[1].s, &x->head);
    x->count = count >= 2 ? col[0].i : 0;
    return false;
}

bool ledger_verify(struct gate *g, struct arena *a, struct ledger_check *out, struct err *e) {
    struct ledger_check check = {.ok = true, .why = STR("")};
    struct walk w = {.a = a, .check = &check, .head = CHAIN_START};
    /* The ends first: rows may be added while we walk, never taken away. */
    chain_settle(g->chain);
    chain_head(g->chain, &w.own.count, &w.own.head);
    w.own.known = w.own.count > 0;
    if (g->o.head) {
        TRY(store_read(g->o.head, ST_HEAD_GET, NULL, 0, on_head, &w.second, e));
    }
    TRY(store_read(g->o.ledger, ST_LEDGER_ALL, NULL, 0, on_row, &w, e));
    if (check.ok
        && ((w.second.known && w.second.count > 0 && !w.second.seen)
            || (w.own.known && !w.own.seen))) {
        broken(&w, check.rows + 1, "rows at the end are missing");
    }
    char hex[65];
    sha256_hex(&w.head, hex);
    check.head = str_dup(a, str_of(hex));
    *out = check;
    return true;
}
