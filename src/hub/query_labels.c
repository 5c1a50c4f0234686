/* Labels and detectors for the owner: what is known of conversations, and what the person decided
 * about it. Worker threads. */
#include "hub/inner.h"

static void put(struct arena *a, struct str *out, const struct buf *b) {
    *out = str_dup(a, buf_str(b));
}

bool hub_detectors(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                   struct err *e) {
    (void)q;
    (void)e;
    struct snapshot *s = snapshot_hold(h);
    AUTO_BUF b = {0};
    buf_init(&b, 4 << 20);
    struct jout j = jout_make(&b);
    size_t n = 0;
    const struct detector *d = sense_detectors(&n);
    jout_object(&j);
    jout_key(&j, "detectors");
    jout_array(&j);
    for (size_t i = 0; i < n; i++) {
        const struct kind_row *row = kind_find(str_of(d[i].kind));
        enum level level =
            policy_kind_level(&s->policy, str_of(d[i].kind), row ? row->level : LEVEL_PRIVATE);
        jout_object(&j);
        jout_kcstr(&j, "id", d[i].id);
        jout_kcstr(&j, "kind", d[i].kind);
        jout_kcstr(&j, "level", LEVEL_NAMES[level]);
        jout_kcstr(&j, "topic", row ? TOPIC_NAMES[row->topic] : "");
        jout_kcstr(&j, "about", d[i].about);
        jout_kcstr(&j, "fires", d[i].fires);
        jout_kcstr(&j, "not", d[i].not );
        jout_kbool(&j, "validated", d[i].validated);
        jout_end_object(&j);
    }
    jout_end_array(&j);
    jout_end_object(&j);
    snapshot_drop(s);
    put(a, out, &b);
    return true;
}

bool hub_labels(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                struct err *e) {
    (void)q;
    (void)e;
    AUTO_BUF b = {0};
    buf_init(&b, 16 << 20);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_key(&j, "conversations");
    memory_list(h, &j);
    jout_ki64(&j, "never_flag", (int64_t)memory_flag_count(h));
    jout_end_object(&j);
    put(a, out, &b);
    return true;
}

/* {"reset": "c…"}, {"treat": "c…", "as": "open"}, {"never_flag": "text"}, {"flag_again": "text"}.
 * Each is a row of the ledger, without the text. */
bool hub_label_change(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                      struct err *e) {
    struct str reset = jval_str(jval_get(q->body, "reset"));
    struct str treat = jval_str(jval_get(q->body, "treat"));
    struct str never = jval_str(jval_get(q->body, "never_flag"));
    struct str again = jval_str(jval_get(q->body, "flag_again"));
    struct str note = {0};
    if (reset.len) {
        note = str_fmt(a, "{\"change\":\"reset\",\"conversation\":\"" STR_FMT "\"}",
                       STR_ARG(str_sub(reset, 0, 40)));
        TRY(memory_reset(h, reset, e));
    } else if (treat.len) {
        enum level level = LEVEL_OPEN;
        if (!level_from(jval_str(jval_get(q->body, "as")), &level) || level == LEVEL_SECRET) {
            return err_set(e, ERR_INVALID, "`as` is open, personal or private");
        }
        note = str_fmt(a, "{\"change\":\"treat\",\"conversation\":\"" STR_FMT "\",\"as\":\"%s\"}",
                       STR_ARG(str_sub(treat, 0, 40)), LEVEL_NAMES[level]);
        TRY(memory_treat(h, treat, level, e));
    } else if (never.len || again.len) {
        note = str_fmt(a, "{\"change\":\"%s\"}", never.len ? "never-flag" : "flag-again");
        TRY(memory_flag(h, never.len ? never : again, never.len > 0, e));
    } else {
        return err_set(
            e, ERR_INVALID,
            "Say {\"reset\": ID}, {\"treat\": ID, \"as\": LEVEL}, {\"never_flag\": TEXT} or "
            "{\"flag_again\": TEXT}");
    }
    TRY(ledger_note(h->gate, STR("label"), q->caller.name, note, e));
    *out = note;
    return true;
}
