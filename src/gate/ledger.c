/* The ledger's rows: how they are written (canonical JSON, members in one fixed order).
 *
 *   send          what is about to leave; durable before the first byte
 *   outcome       how that went (ref); a send without one may have left
 *   usage         tokens and money of it (ref)
 *   tail_missing  the second store knew of rows that are gone
 *   anything else a note: approvals, policy changes, the panic switch
 * */
#include "base/clock.h"
#include "base/log.h"
#include "gate/inside.h"

enum { BODY_BYTES = 1 << 20 };

static const char *const RESULT_NAMES[] = {"ok", "error", "cancelled", "not_sent"};

/* ---- writing ---- */

/* Kinds in the order of the alphabet, so that equal rows are equal bytes. */
static void write_counts(struct jout *j, struct arena *a, const struct gate_order *o) {
    struct gate_count *counts = arena_array(a, struct gate_count, o->count_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < o->count_count; i++) {
        size_t at = n++;
        for (; at > 0 && str_cmp(counts[at - 1].kind, o->counts[i].kind) > 0; at--) {
            counts[at] = counts[at - 1];
        }
        counts[at] = o->counts[i];
    }
    jout_key(j, "counts");
    jout_object(j);
    for (size_t i = 0; i < n; i++) {
        jout_key_str(j, counts[i].kind);
        jout_i64(j, counts[i].n);
    }
    jout_end_object(j);
}

/* "personal", "private health", "private nightingale": each once. */
static void write_labels(struct jout *j, struct arena *a, const struct label *l) {
    struct str *seen = arena_array(a, struct str, l->count + 1);
    size_t n = 0;
    jout_key(j, "labels");
    jout_array(j);
    for (size_t i = 0; i < l->count; i++) {
        const struct item *it = &l->items[i];
        struct str about = it->compartment.len ? it->compartment : str_of(TOPIC_NAMES[it->topic]);
        struct str text = str_fmt(a, "%s%s" STR_FMT, LEVEL_NAMES[it->level], about.len ? " " : "",
                                  STR_ARG(about));
        bool there = false;
        for (size_t k = 0; k < n && !there; k++) {
            there = str_eq(seen[k], text);
        }
        if (!there) {
            seen[n++] = text;
            jout_str(j, text);
        }
    }
    jout_end_array(j);
}

struct str ledger_send_body(struct arena *a, const struct ledger_send *s) {
    const struct gate_order *o = s->order;
    AUTO_BUF b = {0};
    buf_init(&b, BODY_BYTES);
    char hex[65];
    sha256_hex(&s->body, hex);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kcstr(&j, "kind", "send");
    jout_ki64(&j, "at", s->at_ms);
    jout_kstr(&j, "decision", o->decision);
    jout_kstr(&j, "caller", o->caller);
    jout_kstr(&j, "client", str_sub(o->client, 0, 200));
    jout_kstr(&j, "channel", o->channel);
    jout_kstr(&j, "target", o->target->name);
    jout_kstr(&j, "host", s->host);
    jout_kcstr(&j, "zone", ZONE_NAMES[o->target->zone]);
    jout_kstr(&j, "model", o->model);
    jout_kstr(&j, "method", o->method);
    jout_kstr(&j, "path", o->path);
    jout_ki64(&j, "bytes", (int64_t)o->body.len);
    jout_kcstr(&j, "sha256", hex);
    jout_kcstr(&j, "permit", TRANSFORM_NAMES[s->word->permit]);
    jout_kcstr(&j, "transform", TRANSFORM_NAMES[o->transform]);
    jout_ki64(&j, "disguised", o->disguised);
    jout_kstr(&j, "rule", s->word->rule);
    jout_kstr(&j, "ask_rule", s->word->ask_rule);
    jout_kstr(&j, "approval", o->approval);
    jout_kcstr(&j, "level", LEVEL_NAMES[label_level(s->raised)]);
    write_labels(&j, a, s->raised);
    write_counts(&j, a, o);
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

void gate_account(struct gate *g, int64_t ledger_id, const struct gate_usage *u) {
    AUTO_BUF b = {0};
    buf_init(&b, BODY_BYTES);
    int64_t now = clock_wall_ms();
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kcstr(&j, "kind", "usage");
    jout_ki64(&j, "at", now);
    jout_ki64(&j, "ref", ledger_id);
    kint_or_null(&j, "tokens_in", u->tokens_in);
    kint_or_null(&j, "tokens_out", u->tokens_out);
    kint_or_null(&j, "micros", u->micros);
    jout_ki64(&j, "restored", u->restored);
    jout_ki64(&j, "unresolved", u->unresolved);
    jout_ki64(&j, "invented", u->invented);
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
