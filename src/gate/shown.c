/* The ledger as people see it: sends and notes, with outcome and usage joined to their send; the
 * export of all rows; sealed bodies. Worker threads. */
#include "base/clock.h"
#include "gate/inside.h"

enum { BODY_BYTES = 1 << 20, LIST_MOST = 1000 };
static const size_t EXPORT_BYTES = (size_t)1 << 30;

enum { FILTERS = 9 };
static void filter_values(const struct ledger_filter *f, struct store_value v[FILTERS]) {
    v[0] = sv_int(f->before_id > 0 ? f->before_id : INT64_MAX);
    v[1] = sv_int(f->since_ms);
    v[2] = sv_int(f->until_ms > 0 ? f->until_ms : INT64_MAX);
    v[3] = sv_text(f->target);
    v[4] = sv_text(f->decision);
    v[5] = sv_text(f->zone);
    v[6] = sv_text(f->caller);
    v[7] = sv_text(f->rule);
    v[8] = sv_int(f->limit <= 0 ? 100 : f->limit > LIST_MOST ? LIST_MOST : f->limit);
}

/* ---- list, and one row ---- */

struct shown {
    int64_t id, at_ms;
    bool is_send;
    struct str body, hash;
};
struct rows {
    struct arena *a;
    struct shown *v;
    size_t n, cap;
};

/* Columns: id, at, kind, ref, target, decision, body, hash. */
static bool on_row(void *ctx, const struct store_value *col, size_t count) {
    struct rows *rows = ctx;
    if (count < 8) {
        return false;
    }
    *arena_push(rows->a, rows->v, rows->n, rows->cap) =
        (struct shown){col[0].i, col[1].i, str_is(col[2].s, "send"), str_dup(rows->a, col[6].s),
                       str_dup(rows->a, col[7].s)};
    return true;
}

static void show_members(struct jout *j, struct arena *a, struct str body) {
    struct err e = {0};
    const struct jval *v = json_parse(a, body, &JSON_LIMITS, &e);
    for (struct jiter it = jval_iter(v); jiter_next(&it);) {
        jout_key_str(j, it.key);
        jout_raw(j, jval_print(a, it.value));
    }
    if (!v) {
        jout_kstr(j, "unreadable", body);
    }
}

/* The members of outcome and usage, without their own kind, at and ref. */
static bool show_joined(struct gate *g, struct arena *a, struct jout *j, int64_t id,
                        struct err *e) {
    struct rows joined = {.a = a};
    struct store_value v[] = {sv_int(id)};
    TRY(store_read(g->o.ledger, ST_LEDGER_REF, v, ARRAY_LEN(v), on_row, &joined, e));
    bool ended = false;
    bool counted = false;
    for (size_t i = 0; i < joined.n; i++) {
        const struct jval *body = json_parse(a, joined.v[i].body, &JSON_LIMITS, e);
        bool outcome = str_is(jval_str(jval_get(body, "kind")), "outcome");
        bool *seen = outcome ? &ended : &counted;
        if (*seen) {
            continue; /* the first counts; a second one is in the export */
        }
        *seen = true;
        for (struct jiter it = jval_iter(body); jiter_next(&it);) {
            if (!str_is(it.key, "kind") && !str_is(it.key, "at") && !str_is(it.key, "ref")) {
                jout_key_str(j, it.key);
                jout_raw(j, jval_print(a, it.value));
            }
        }
    }
    if (!ended) {
        jout_kcstr(j, "result", "may have left");
    }
    return true;
}

static bool show(struct gate *g, struct arena *a, struct jout *j, const struct shown *row,
                 struct err *e) {
    jout_object(j);
    jout_ki64(j, "id", row->id);
    jout_kstr(j, "time", clock_rfc3339(a, row->at_ms));
    show_members(j, a, row->body);
    if (row->is_send) {
        TRY(show_joined(g, a, j, row->id, e));
    }
    jout_kstr(j, "hash", row->hash);
    jout_end_object(j);
    return true;
}

bool ledger_list(struct gate *g, struct arena *a, const struct ledger_filter *f,
                 struct str *json_array, struct err *e) {
    chain_settle(g->chain);
    struct rows rows = {.a = a};
    struct store_value v[FILTERS];
    filter_values(f, v);
    TRY(store_read(g->o.ledger, ST_LEDGER_LIST, v, ARRAY_LEN(v), on_row, &rows, e));
    AUTO_BUF b = {0};
    buf_init(&b, EXPORT_BYTES);
    struct jout j = jout_make(&b);
    jout_array(&j);
    for (size_t i = 0; i < rows.n; i++) {
        TRY(show(g, a, &j, &rows.v[i], e));
    }
    jout_end_array(&j);
    *json_array = str_dup(a, buf_str(&b));
    return true;
}

bool ledger_get(struct gate *g, struct arena *a, int64_t id, struct str *json, struct err *e) {
    chain_settle(g->chain);
    struct rows rows = {.a = a};
    struct store_value v[] = {sv_int(id)};
    TRY(store_read(g->o.ledger, ST_LEDGER_GET, v, ARRAY_LEN(v), on_row, &rows, e));
    if (rows.n == 0) {
        return err_set(e, ERR_NOT_FOUND, "the ledger has no row %lld", (long long)id);
    }
    AUTO_BUF b = {0};
    buf_init(&b, EXPORT_BYTES);
    struct jout j = jout_make(&b);
    TRY(show(g, a, &j, &rows.v[0], e));
    *json = str_dup(a, buf_str(&b));
    return true;
}

/* ---- export: every row, oldest first ---- */

static const char *const CSV_COLUMNS[] = {
    "kind",      "at",         "ref",       "decision",  "caller",     "client",   "channel",
    "target",    "host",       "zone",      "model",     "method",     "path",     "bytes",
    "sha256",    "permit",     "transform", "disguised", "rule",       "ask_rule", "approval",
    "level",     "labels",     "counts",    "result",    "status",     "bytes_in", "error",
    "tokens_in", "tokens_out", "micros",    "restored",  "unresolved", "invented", "note",
    "who",       "detail"};

struct export {
    struct buf out;
    bool csv;
};

static void csv_cell(struct buf *out, struct str s) {
    bool quote = false;
    for (size_t i = 0; i < s.len; i++) {
        quote = quote || memchr(",\"\r\n", s.ptr[i], 4) != NULL;
    }
    /* A spreadsheet must not take text for a formula. */
    bool formula = s.len && memchr("=+-@\t", s.ptr[0], 5) != NULL;
    buf_add_char(out, ',');
    if (quote || formula) {
        buf_add_char(out, '"');
    }
    if (formula) {
        buf_add_char(out, '\'');
    }
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '"') {
            buf_add_char(out, '"');
        }
        buf_add_char(out, s.ptr[i]);
    }
    if (quote || formula) {
        buf_add_char(out, '"');
    }
}

static void csv_row(struct buf *out, int64_t id, struct str body, struct str hash) {
    CLEANUP(arena_end) struct arena a = arena_make(BODY_BYTES);
    struct err e = {0};
    const struct jval *v = json_parse(&a, body, &JSON_LIMITS, &e);
    buf_addf(out, "%lld", (long long)id);
    for (size_t i = 0; i < ARRAY_LEN(CSV_COLUMNS); i++) {
        const struct jval *cell = jval_get(v, CSV_COLUMNS[i]);
        bool blank = !cell || jval_is(cell, JNULL);
        csv_cell(out, blank                    ? STR("")
                      : jval_is(cell, JSTRING) ? jval_str(cell)
                                               : jval_print(&a, cell));
    }
    csv_cell(out, hash);
    buf_add(out, STR("\r\n"));
}

static bool on_export(void *ctx, const struct store_value *col, size_t count) {
    struct export *x = ctx;
    if (count < 8) {
        return false;
    }
    if (x->csv) {
        csv_row(&x->out, col[0].i, col[6].s, col[7].s);
    } else {
        struct jout j = jout_make(&x->out);
        jout_object(&j);
        jout_ki64(&j, "id", col[0].i);
        jout_kstr(&j, "hash", col[7].s);
        jout_kraw(&j, "body", col[6].s); /* the very bytes that were hashed */
        jout_end_object(&j);
        buf_add_char(&x->out, '\n');
    }
    return !x->out.failed;
}

bool ledger_export(struct gate *g, struct arena *a, const struct ledger_filter *f, bool csv,
                   struct str *out, struct err *e) {
    struct store_value v[FILTERS];
    filter_values(f, v);
    chain_settle(g->chain);
    struct export x = {.csv = csv};
    buf_init(&x.out, EXPORT_BYTES);
    if (csv) {
        buf_add(&x.out, STR("id"));
        for (size_t i = 0; i < ARRAY_LEN(CSV_COLUMNS); i++) {
            csv_cell(&x.out, str_of(CSV_COLUMNS[i]));
        }
        csv_cell(&x.out, STR("hash"));
        buf_add(&x.out, STR("\r\n"));
    }
    bool ok = store_read(g->o.ledger, ST_LEDGER_EXPORT, v, FILTERS - 1, on_export, &x, e);
    if (ok && x.out.failed) {
        ok = err_set(e, ERR_TOO_LARGE, "the ledger is too large to export in one piece");
    }
    if (ok) {
        *out = str_dup(a, buf_str(&x.out));
    }
    buf_finish(&x.out);
    return ok;
}

/* ---- sealed bodies ---- */

struct sealed {
    struct arena *a;
    struct str box;
    bool found;
};

static bool on_box(void *ctx, const struct store_value *col, size_t count) {
    struct sealed *s = ctx;
    s->found = count > 0;
    s->box = count ? str_dup(s->a, col[0].s) : (struct str){0};
    return false;
}

bool ledger_body(struct gate *g, struct arena *a, int64_t id, struct str *body, struct err *e) {
    struct rows rows = {.a = a};
    struct sealed s = {.a = a};
    struct store_value v = sv_int(id);
    struct sha256 hash = {{0}};
    chain_settle(g->chain);
    TRY(store_write_wait(g->o.ledger, NULL, 0, e)); /* what is to be forgotten is */
    TRY(store_read(g->o.ledger, ST_LEDGER_GET, &v, 1, on_row, &rows, e));
    TRY(store_read(g->o.ledger, ST_SEALED_GET, &v, 1, on_box, &s, e));
    if (!rows.n || !s.found || !g->o.seal_opt) {
        return err_set(e, ERR_NOT_FOUND,
                       "no body is kept for row %lld; [ledger] bodies in weir.toml says for how "
                       "long bodies are kept",
                       (long long)id);
    }
    const struct jval *row = json_parse(a, rows.v[0].body, &JSON_LIMITS, e);
    if (!sha256_from_hex(jval_str(jval_get(row, "sha256")), &hash)) {
        return err_set(e, ERR_STORAGE, "row %lld names no body", (long long)id);
    }
    TRY(seal_open_box(g->o.seal_opt, a, s.box,
                      (struct str){(const char *)hash.bytes, sizeof hash.bytes}, body, e));
    struct sha256 now = sha256_of(*body);
    return sha256_eq(&now, &hash)
           || err_set(e, ERR_STORAGE, "the kept body of row %lld is another one", (long long)id);
}

void ledger_forget_bodies(struct gate *g, int64_t before_ms) {
    struct store_value v = sv_int(before_ms);
    struct store_step step = {ST_SEALED_FORGET, &v, 1};
    store_write(g->o.ledger, &step, 1, NULL, NULL);
}
