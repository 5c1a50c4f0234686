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
        jout_kbool(&j, "on",
                   sense_speaks(s->sense, i) && (!d[i].model || s->config->sense_model.len));
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
    jout_ki64(&j, "never_flag", (int64_t)never_count(h));
    jout_end_object(&j);
    put(a, out, &b);
    return true;
}

struct change {
    struct str reset, treat, never, again;
    enum level level;
};

static bool read_change(struct hub *h, const struct jval *body, struct change *c, struct err *e) {
    static const struct member members[] = {{"reset", JSTRING},
                                            {"treat", JSTRING},
                                            {"as", JSTRING},
                                            {"never_flag", JSTRING},
                                            {"flag_again", JSTRING}};
    TRY(members_check(body, members, ARRAY_LEN(members), e));
    *c = (struct change){.reset = jval_str(jval_get(body, "reset")),
                         .treat = jval_str(jval_get(body, "treat")),
                         .never = str_trim(jval_str(jval_get(body, "never_flag"))),
                         .again = str_trim(jval_str(jval_get(body, "flag_again")))};
    if ((c->reset.len > 0) + (c->treat.len > 0) + (c->never.len > 0) + (c->again.len > 0) != 1) {
        return err_set(
            e, ERR_INVALID,
            "Say {\"reset\": ID}, {\"treat\": ID, \"as\": LEVEL}, {\"never_flag\": TEXT} "
            "or {\"flag_again\": TEXT}");
    }
    if (c->treat.len
        && (!level_from(jval_str(jval_get(body, "as")), &c->level) || c->level == LEVEL_SECRET)) {
        return err_set(e, ERR_INVALID, "`as` is open, personal or private");
    }
    struct str about = c->reset.len ? c->reset : c->treat;
    if (about.len && !memory_has(h, about)) {
        return err_set(e, ERR_NOT_FOUND,
                       "There is no labelled conversation `" STR_FMT "`: `weir label show` lists "
                       "them",
                       STR_ARG(str_sub(about, 0, 40)));
    }
    if (c->again.len && !never_has(h, c->again)) {
        return err_set(e, ERR_NOT_FOUND, "This text was flagged all the time: nothing to undo.");
    }
    return true;
}

/* {"reset": "c…"}, {"treat": "c…", "as": "open"}, {"never_flag": "text"}, {"flag_again": "text"}.
 * Each is a row of the ledger, without the text, before it is in force. */
bool hub_label_change(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                      struct err *e) {
    struct change c = {0};
    TRY(read_change(h, q->body, &c, e));
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 16);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kcstr(&j, "change",
               c.reset.len   ? "reset"
               : c.treat.len ? "treat"
               : c.never.len ? "never-flag"
                             : "flag-again");
    if (c.reset.len || c.treat.len) {
        jout_kstr(&j, "conversation", c.reset.len ? c.reset : c.treat);
    }
    if (c.treat.len) {
        jout_kcstr(&j, "as", LEVEL_NAMES[c.level]);
    }
    jout_end_object(&j);
    struct str note = str_dup(a, buf_str(&b));
    TRY(ledger_note(h->gate, STR("label"), q->caller.name, note, e));
    *out = note;
    if (c.reset.len) {
        vault_forget(h->vault, c.reset);
        return memory_reset(h, c.reset, e);
    }
    if (c.treat.len) {
        return memory_treat(h, c.treat, c.level, e);
    }
    return never_set(h, c.never.len ? c.never : c.again, c.never.len > 0, e);
}
