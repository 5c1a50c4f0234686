/* The owner's routes of approvals: what waits, and the owner's word on it, which is a row of the
 * ledger before it counts. */
#include "codec/url.h"
#include "hub/approvals_inside.h"

bool hub_approvals(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                   struct err *e) {
    static const char *const parameters[] = {"all"};
    TRY(query_check(q->query, parameters, ARRAY_LEN(parameters), e));
    bool all = str_is(url_query(a, q->query, "all"), "1");
    AUTO_BUF b = {0};
    buf_init(&b, 16 << 20);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_key(&j, "approvals");
    jout_array(&j);
    {
        LOCKED(&h->approvals->lock);
        for (struct approval *ap = h->approvals->first; ap; ap = ap->next) {
            if (all || ap->state == APPROVAL_PENDING || approval_alive(h, ap)) {
                approval_write(&j, a, ap);
            }
        }
    }
    jout_end_array(&j);
    jout_end_object(&j);
    *out = str_dup(a, buf_str(&b));
    return true;
}

static bool note(struct hub *h, struct arena *a, const struct approval *ap, struct str who,
                 struct err *e) {
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 20);
    struct jout j = jout_make(&b);
    approval_write(&j, a, ap);
    return ledger_note(h->gate, STR("approval"), who, buf_str(&b), e);
}

static void copy_of(struct arena *a, const struct approval *ap, struct approval *out) {
    *out = (struct approval){.id = str_dup(a, ap->id),
                             .caller = str_dup(a, ap->caller),
                             .conversation = str_dup(a, ap->conversation),
                             .backend = str_dup(a, ap->backend),
                             .decision = str_dup(a, ap->decision),
                             .rule = str_dup(a, ap->rule),
                             .zone = ap->zone,
                             .transform = ap->transform,
                             .before = ap->state,
                             .made_ms = ap->made_ms};
    approval_copy_items(a, &out->items, &ap->items);
}

/* What the approval becomes by this word: a copy, as the ledger and the rule see it. */
static bool decided(struct hub *h, struct arena *a, struct str id, struct str verb,
                    struct approval *out, struct err *e) {
    LOCKED(&h->approvals->lock);
    const struct approval *ap = approval_find(h->approvals, id);
    if (!ap) {
        return err_set(e, ERR_NOT_FOUND,
                       "There is no approval `" STR_FMT "`; `weir approvals` lists what waits.",
                       STR_ARG(id));
    }
    bool taken_back = str_is(verb, "deny") && approval_alive(h, ap);
    if (ap->state != APPROVAL_PENDING && !taken_back) {
        return err_set(e, ERR_CONFLICT, "The approval " STR_FMT " is no longer waiting: it is %s.",
                       STR_ARG(ap->id), APPROVAL_STATE_NAMES[ap->state]);
    }
    copy_of(a, ap, out);
    out->decided_ms = clock_wall_ms();
    if (str_is(verb, "once")) {
        out->state = APPROVAL_ONCE;
    } else if (str_is(verb, "conversation")) {
        out->state = APPROVAL_CONVERSATION;
    } else if (str_is(verb, "rule")) {
        out->state = APPROVAL_RULE;
    } else if (str_is(verb, "deny")) {
        out->state = APPROVAL_DENIED;
    } else {
        return err_set(e, ERR_INVALID, "`as` is once, conversation, rule or deny");
    }
    return true;
}

/* In force from here on; nobody else decided it meanwhile. */
static bool settle(struct hub *h, const struct approval *after, enum approval_state before,
                   struct err *e) {
    LOCKED(&h->approvals->lock);
    struct approval *ap = approval_find(h->approvals, after->id);
    if (!ap || ap->state != before) {
        return err_set(e, ERR_CONFLICT, "The approval " STR_FMT " was decided meanwhile.",
                       STR_ARG(after->id));
    }
    ap->state = after->state;
    ap->decided_ms = after->decided_ms;
    approval_store(h, ap);
    return true;
}

static void write_decided(struct arena *a, const struct approval *after, struct str rule,
                          struct str *out) {
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 20);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kstr(&j, "id", after->id);
    jout_kcstr(&j, "state", APPROVAL_STATE_NAMES[after->state]);
    if (rule.len) {
        jout_kstr(&j, "rule", rule);
    }
    jout_end_object(&j);
    *out = str_dup(a, buf_str(&b));
}

/* {"as": "rule", "show": true} only says what would be written. */
bool hub_approve(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                 struct err *e) {
    static const struct member members[] = {{"as", JSTRING}, {"show", JBOOL}};
    struct approval after = {0};
    TRY(members_check(q->body, members, ARRAY_LEN(members), e));
    LOCKED(&h->approvals->deciding);
    TRY(decided(h, a, q->id, jval_str(jval_get(q->body, "as")), &after, e));
    struct str rule = after.state == APPROVAL_RULE ? approval_rules(a, &after) : STR("");
    if (jval_bool(jval_get(q->body, "show"), false)) {
        after.state = after.before;
        write_decided(a, &after, rule, out);
        return true;
    }
    TRY(note(h, a, &after, q->caller.name, e));
    TRY(!rule.len || policy_file_append(h, a, rule, e));
    TRY(settle(h, &after, after.before, e));
    approval_tell(h, a, &after);
    write_decided(a, &after, rule, out);
    return true;
}
