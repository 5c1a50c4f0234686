/* The ledger's rows: how they are written (canonical JSON, members in one fixed order) and how they
 * are shown.
 *
 *   send          what is about to leave; durable before the first byte
 *   outcome       how that went (ref); a send without one may have left
 *   usage         tokens and money of it (ref)
 *   tail_missing  the second store knew of rows that are gone
 *   anything else a note: approvals, policy changes, the panic switch
 *
 * Shown are sends and notes; outcome and usage are joined to their send. */
#include "base/clock.h"
#include "base/log.h"
#include "gate/inside.h"

enum { BODY_BYTES = 1 << 20, LIST_MOST = 1000 };
static const size_t EXPORT_BYTES = (size_t)1 << 30;

static const char *const RESULT_NAMES[] = {"ok", "error", "cancelled", "not_sent"};

/* ---- writing ---- */

struct kind_count {
    struct str kind;
    int64_t n;
};

static void write_counts(struct jout *j, struct arena *a, const struct label *l) {
    struct kind_count *counts = arena_array(a, struct kind_count, l->count + 1);
    size_t n = 0;
    for (size_t i = 0; i < l->count; i++) {
        struct str kind = l->items[i].kind;
        if (kind.len == 0) {
            continue;
        }
        size_t at = 0;
        while (at < n && str_cmp(counts[at].kind, kind) < 0) {
            at++;
        }
        if (at == n || !str_eq(counts[at].kind, kind)) {
            memmove(counts + at + 1, counts + at, (n - at) * sizeof *counts);
            counts[at] = (struct kind_count){kind, 0};
            n++;
        }
        counts[at].n++;
    }
    jout_key(j, "counts");
    jout_object(j);
    for (size_t i = 0; i < n; i++) {
        jout_key_str(j, counts[i].kind);
        jout_i64(j, counts[i].n);
    }
    jout_end_object(j);
}

struct str ledger_send_body(struct arena *a, const struct gate_order *o, const struct label *raised,
                            const struct sha256 *body, struct str host, struct str rule,
                            int64_t at_ms) {
    AUTO_BUF b = {0};
    buf_init(&b, BODY_BYTES);
    char hex[65];
    sha256_hex(body, hex);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kcstr(&j, "kind", "send");
    jout_ki64(&j, "at", at_ms);
    jout_kstr(&j, "decision", o->decision);
    jout_kstr(&j, "caller", o->caller);
    jout_kstr(&j, "channel", o->channel);
    jout_kstr(&j, "target", o->target->name);
    jout_kstr(&j, "host", host);
    jout_kcstr(&j, "zone", ZONE_NAMES[o->target->zone]);
    jout_kstr(&j, "model", o->model);
    jout_kstr(&j, "method", o->method);
    jout_kstr(&j, "path", o->path);
    jout_ki64(&j, "bytes", (int64_t)o->body.len);
    jout_kcstr(&j, "sha256", hex);
    jout_kcstr(&j, "transform", TRANSFORM_NAMES[o->transform]);
    jout_kstr(&j, "rule", rule);
    jout_kstr(&j, "approval", o->approval);
    jout_kcstr(&j, "level", LEVEL_NAMES[label_level(raised)]);
    write_counts(&j, a, raised);
    jout_end_object(&j);
    return b.failed ? (struct str){0} : str_dup(a, buf_str(&b));
}

void ledger_outcome(struct gate *g, int64_t id, enum ledger_result r, int status, int64_t bytes_in,
                    const struct err *e_opt) {
    AUTO_BUF b = {0};
    buf_init(&b, BODY_BYTES);
    int64_t now = clock_wall_ms();
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kcstr(&j, "kind", "outcome");
    jout_ki64(&j, "at", now);
    jout_ki64(&j, "ref", id);
    jout_kcstr(&j, "result", RESULT_NAMES[r]);
    jout_ki64(&j, "status", status);
    jout_ki64(&j, "bytes_in", bytes_in);
    jout_kcstr(&j, "error", e_opt ? err_row(e_opt->kind)->name : "");
    jout_end_object(&j);
    struct chain_row row = {.kind = "outcome", .at_ms = now, .ref = id, .body = buf_str(&b)};
    chain_append(g->chain, &row);
}

static void kint_or_null(struct jout *j, const char *key, int64_t v) {
    if (v < 0) {
        jout_knull(j, key);
    } else {
        jout_ki64(j, key, v);
    }
}

void gate_account(struct gate *g, int64_t ledger_id, int64_t tokens_in, int64_t tokens_out,
                  int64_t micros) {
    AUTO_BUF b = {0};
    buf_init(&b, BODY_BYTES);
    int64_t now = clock_wall_ms();
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kcstr(&j, "kind", "usage");
    jout_ki64(&j, "at", now);
    jout_ki64(&j, "ref", ledger_id);
    kint_or_null(&j, "tokens_in", tokens_in);
    kint_or_null(&j, "tokens_out", tokens_out);
    kint_or_null(&j, "micros", micros);
    jout_end_object(&j);
    struct chain_row row = {.kind = "usage", .at_ms = now, .ref = ledger_id, .body = buf_str(&b)};
    chain_append(g->chain, &row);
}

static bool note(struct gate *g, struct str kind, struct str who, struct str json, bool wait,
                 struct err *e) {
    CLEANUP(arena_end) struct arena a = arena_make(BODY_BYTES);
    AUTO_BUF b = {0};
    buf_init(&b, BODY_BYTES);
    struct jout j = jout_make(&b);
    int64_t now = clock_wall_ms();
    struct err bad = {0};
    const struct jval *detail = json.len ? json_parse(&a, json, &JSON_LIMITS, &bad) : NULL;
    jout_object(&j);
    jout_kcstr(&j, "kind", "note");
    jout_ki64(&j, "at", now);
    jout_kstr(&j, "note", kind);
    jout_kstr(&j, "who", who);
    if (detail) {
        jout_kraw(&j, "detail", jval_print(&a, detail));
    } else {
        jout_kstr(&j, "detail", json);
    }
    jout_end_object(&j);
    if (b.failed) {
        return err_set(e, ERR_TOO_LARGE, "a note in the ledger is at most %d bytes", BODY_BYTES);
    }
    struct chain_row row = {.kind = "note", .at_ms = now, .body = buf_str(&b)};
    int64_t id = 0;
    if (wait) {
        return chain_append_wait(g->chain, &row, &id, e);
    }
    chain_append(g->chain, &row);
    return true;
}

bool ledger_note(struct gate *g, struct str kind, struct str who, struct str json, struct err *e) {
    return note(g, kind, who, json, !loop_is_current(g->o.loop), e);
}

void ledger_note_later(struct gate *g, struct str kind, struct str who) {
    struct err e = {0};
    if (!note(g, kind, who, STR(""), false, &e)) {
        log_error("ledger: %s", e.text);
    }
}

/* ---- showing ---- */

struct shown {
    int64_t id;
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
    *arena_push(rows->a, rows->v, rows->n, rows->cap) = (struct shown){
        col[0].i, str_is(col[2].s, "send"), str_dup(rows->a, col[6].s), str_dup(rows->a, col[7].s)};
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
    int64_t limit = f->limit <= 0 ? 100 : f->limit > LIST_MOST ? LIST_MOST : f->limit;
    struct rows rows = {.a = a};
    struct store_value v[] = {sv_int(f->before_id > 0 ? f->before_id : INT64_MAX),
                              sv_int(f->since_ms),
                              sv_int(f->until_ms > 0 ? f->until_ms : INT64_MAX),
                              sv_text(f->target),
                              sv_text(f->decision),
                              sv_int(limit)};
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
    "kind",       "at",     "ref",    "decision", "caller", "channel",  "target",    "host",
    "zone",       "model",  "method", "path",     "bytes",  "sha256",   "transform", "rule",
    "approval",   "level",  "counts", "result",   "status", "bytes_in", "error",     "tokens_in",
    "tokens_out", "micros", "note",   "who",      "detail"};

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

bool ledger_export(struct gate *g, struct arena *a, bool csv, struct str *out, struct err *e) {
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
    bool ok = store_read(g->o.ledger, ST_LEDGER_ALL, NULL, 0, on_export, &x, e);
    if (ok && x.out.failed) {
        ok = err_set(e, ERR_TOO_LARGE, "the ledger is too large to export in one piece");
    }
    if (ok) {
        *out = str_dup(a, buf_str(&x.out));
    }
    buf_finish(&x.out);
    return ok;
}
