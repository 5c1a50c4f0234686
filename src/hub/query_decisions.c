/* Decisions, ledger and gate for the owner. Worker threads. */
#include "codec/url.h"
#include "hub/inner.h"

static void put(struct arena *a, struct str *out, const struct buf *b) {
    *out = str_dup(a, buf_str(b));
}

enum { MOST_ROWS = 1000 }; /* of one list */

/* A row's record as JSON; rows of before records were packed hold it as it is. */
static struct str record_of(struct arena *a, const struct store_value *record) {
    struct record r = {0};
    struct err e = {0};
    if (record->kind != SV_BLOB) {
        return record->s;
    }
    if (!record_unpack(a, record->s, &r, &e)) {
        log_error("%s", e.text);
        return STR("");
    }
    return record_json(a, &r, true);
}

/* … with what the person said of it. */
static struct str json_of(struct arena *a, const struct store_value *c, size_t n) {
    struct str json = n ? record_of(a, &c[0]) : STR("");
    if (!json.len || n < 2 || !c[1].s.len) {
        return json;
    }
    return str_fmt(a, STR_FMT ",\"outcome\":\"" STR_FMT "\"}",
                   STR_ARG(str_sub(json, 0, json.len - 1)), STR_ARG(c[1].s));
}

static bool add_row(void *ctx, const struct store_value *c, size_t n) {
    struct jout *j = ctx;
    CLEANUP(arena_end) struct arena a = arena_make(SIZE_MAX);
    struct str json = json_of(&a, c, n);
    if (json.len) {
        jout_raw(j, json);
    }
    return true;
}

/* What was just decided may still wait for its commit. */
static bool flush(struct hub *h, struct err *e) {
    return store_write_wait(h->main, NULL, 0, e);
}

bool hub_decisions(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                   struct err *e) {
    static const char *const parameters[] = {"limit"};
    int64_t limit = 20;
    TRY(query_check(q->query, parameters, ARRAY_LEN(parameters), e));
    TRY(query_number(a, q->query, "limit", 1, MOST_ROWS, &limit, e));
    TRY(flush(h, e));
    AUTO_BUF b = {0};
    buf_init(&b, 256 << 20);
    struct jout j = jout_make(&b);
    struct store_value v = sv_int(limit);
    jout_object(&j);
    jout_key(&j, "decisions");
    jout_array(&j);
    TRY(store_read(h->main, ST_DECISION_LIST, &v, 1, add_row, &j, e));
    jout_end_array(&j);
    jout_end_object(&j);
    put(a, out, &b);
    return true;
}

static bool one_row(void *ctx, const struct store_value *c, size_t n) {
    struct buf *b = ctx;
    CLEANUP(arena_end) struct arena a = arena_make(SIZE_MAX);
    buf_add(b, json_of(&a, c, n));
    return false;
}

/* By id or its beginning; "last": the newest. */
static bool find(struct hub *h, struct str id, struct buf *b, struct err *e) {
    TRY(flush(h, e));
    bool last = str_is(id, "last") || !id.len;
    struct store_value v = sv_text(id);
    TRY(last ? store_read(h->main, ST_DECISION_LATEST, NULL, 0, one_row, b, e)
             : store_read(h->main, ST_DECISION_GET, &v, 1, one_row, b, e));
    if (b->len) {
        return true;
    }
    if (last) {
        return err_set(e, ERR_NOT_FOUND, "There is no decision yet; ask something first.");
    }
    return err_set(e, ERR_NOT_FOUND,
                   "There is no decision `" STR_FMT
                   "`; [decisions] in weir.toml says for how long they are kept.",
                   STR_ARG(str_sub(id, 0, 40)));
}

bool hub_decision(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                  struct err *e) {
    AUTO_BUF b = {0};
    buf_init(&b, 64 << 20);
    TRY(find(h, q->id, &b, e));
    put(a, out, &b);
    return true;
}

bool hub_replay(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                struct err *e) {
    AUTO_BUF b = {0};
    buf_init(&b, 64 << 20);
    TRY(find(h, q->id, &b, e));
    return record_replay(h, a, buf_str(&b), out, e);
}

bool hub_outcome(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                 struct err *e) {
    static const char *const outcomes[] = {"accepted", "edited", "regenerated", "up", "down"};
    static const struct member members[] = {{"outcome", JSTRING}};
    TRY(members_check(q->body, members, ARRAY_LEN(members), e));
    struct str what = jval_str(jval_get(q->body, "outcome"));
    bool known = false;
    for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
        known = known || str_is(what, outcomes[i]);
    }
    if (!known) {
        return err_set(e, ERR_INVALID, "`outcome` is accepted, edited, regenerated, up or down");
    }
    AUTO_BUF b = {0};
    buf_init(&b, 64 << 20);
    TRY(find(h, q->id, &b, e));
    const struct jval *d = json_parse(a, buf_str(&b), &JSON_LIMITS, e);
    struct str id = jval_str(jval_get(d, "id"));
    struct store_value v[] = {sv_text(id), sv_text(what)};
    struct store_step step = {ST_DECISION_OUTCOME, v, ARRAY_LEN(v)};
    TRY(store_write_wait(h->main, &step, 1, e));
    *out = str_fmt(a, "{\"id\":\"" STR_FMT "\",\"outcome\":\"" STR_FMT "\"}", STR_ARG(id),
                   STR_ARG(what));
    return true;
}

/* ---- ledger ---- */

/* "7d" back from now, a day, or RFC 3339; absent: *ms untouched. */
static bool query_when(struct arena *a, struct str query, const char *key, bool end, int64_t *ms,
                       struct err *e) {
    struct str text = url_query(a, query, key);
    int64_t back = 0;
    if (!text.len || clock_from_text(text, end, ms)) {
        return true;
    }
    if (!unit_time(text, &back)) {
        return err_set(e, ERR_INVALID,
                       "`%s` is a time back from now (\"7d\"), a day (\"2026-11-23\") or a moment "
                       "(\"2026-11-23T20:24:44Z\")",
                       key);
    }
    *ms = clock_wall_ms() - back;
    return true;
}

#define FILTERS "since", "until", "target", "provider", "zone", "caller", "rule", "decision"
static const char *const LIST_PARAMETERS[] = {FILTERS, "limit", "before"};
static const char *const EXPORT_PARAMETERS[] = {FILTERS, "format"};

/* `provider` is the person's word for the row's `target`. */
static bool query_filter(struct arena *a, struct str query, struct ledger_filter *f,
                         struct err *e) {
    struct str target = url_query(a, query, "target");
    struct str provider = url_query(a, query, "provider");
    *f = (struct ledger_filter){.limit = 50,
                                .target = provider.len ? provider : target,
                                .decision = url_query(a, query, "decision"),
                                .zone = url_query(a, query, "zone"),
                                .caller = url_query(a, query, "caller"),
                                .rule = url_query(a, query, "rule")};
    enum zone zone = ZONE_DEVICE;
    if (f->zone.len && !zone_from(f->zone, &zone)) {
        return err_set(e, ERR_INVALID, "`zone` is device, home, trusted or cloud");
    }
    TRY(query_number(a, query, "limit", 1, MOST_ROWS, &f->limit, e));
    TRY(query_number(a, query, "before", 1, INT64_MAX, &f->before_id, e));
    return query_when(a, query, "since", false, &f->since_ms, e)
           && query_when(a, query, "until", true, &f->until_ms, e);
}

bool hub_ledger(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                struct err *e) {
    struct ledger_filter f = {0};
    struct str rows = {0};
    TRY(query_check(q->query, LIST_PARAMETERS, ARRAY_LEN(LIST_PARAMETERS), e));
    TRY(query_filter(a, q->query, &f, e));
    TRY(ledger_list(h->gate, a, &f, &rows, e));
    *out = str_fmt(a, "{\"rows\":" STR_FMT "}", STR_ARG(rows));
    return true;
}

/* With ?body=1 the sealed copy of what left. */
bool hub_ledger_row(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                    struct err *e) {
    int64_t id = 0;
    if (!str_to_i64(q->id, &id)) {
        return err_set(e, ERR_INVALID, "A ledger row has a number; `weir ledger` shows it.");
    }
    static const char *const parameters[] = {"body"};
    TRY(query_check(q->query, parameters, ARRAY_LEN(parameters), e));
    if (!str_is(url_query(a, q->query, "body"), "1")) {
        return ledger_get(h->gate, a, id, out, e);
    }
    struct str body = {0};
    TRY(ledger_body(h->gate, a, id, &body, e));
    AUTO_BUF b = {0};
    buf_init(&b, SIZE_MAX / 2);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_ki64(&j, "id", id);
    jout_kstr(&j, "body", body);
    jout_end_object(&j);
    put(a, out, &b);
    return true;
}

bool hub_ledger_verify(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                       struct err *e) {
    (void)q;
    struct ledger_check check = {0};
    TRY(ledger_verify(h->gate, a, &check, e));
    AUTO_BUF b = {0};
    buf_init(&b, 64 << 10);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kbool(&j, "ok", check.ok);
    jout_ki64(&j, "rows", check.rows);
    jout_kstr(&j, "head", check.head);
    if (!check.ok) {
        jout_ki64(&j, "first_broken", check.first_broken);
        jout_kstr(&j, "why", check.why);
    }
    jout_end_object(&j);
    put(a, out, &b);
    return true;
}

bool hub_ledger_export(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                       struct err *e) {
    TRY(query_check(q->query, EXPORT_PARAMETERS, ARRAY_LEN(EXPORT_PARAMETERS), e));
    struct str format = url_query(a, q->query, "format");
    if (format.len && !str_is(format, "csv") && !str_is(format, "jsonl")) {
        return err_set(e, ERR_INVALID, "`format` is jsonl or csv");
    }
    struct ledger_filter f = {0};
    TRY(query_filter(a, q->query, &f, e));
    return ledger_export(h->gate, a, &f, str_is(format, "csv"), out, e);
}

/* ---- the panic switch ---- */

static bool shut(struct hub *h, struct arena *a, const struct hub_query *q, bool closed,
                 struct str *out, struct err *e) {
    TRY(gate_shut(h->gate, closed, q->caller.name, e));
    struct str state = closed ? STR("closed") : STR("open");
    struct str json = str_fmt(a, "{\"gate\":\"" STR_FMT "\"}", STR_ARG(state));
    watch_tell(h, "gate", json);
    *out = json;
    return true;
}

bool hub_gate_close(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                    struct err *e) {
    return shut(h, a, q, true, out, e);
}

bool hub_gate_open(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                   struct err *e) {
    return shut(h, a, q, false, out, e);
}
