/* Approvals (POLICY.md 4): bound to caller, conversation, backend, transform and the labelled
 * items. Any thread. */
#include "codec/toml.h"
#include "codec/url.h"
#include "hub/inner.h"

#include <stdio.h>

enum approval_state {
    APPROVAL_PENDING,
    APPROVAL_ONCE,
    APPROVAL_CONVERSATION,
    APPROVAL_RULE,
    APPROVAL_DENIED,
    APPROVAL_SPENT
};
static const char *const STATE_NAMES[] = {"pending", "once",   "conversation",
                                          "rule",    "denied", "spent"};
enum { ONCE_MS = 15 * 60 * 1000 };

struct approval {
    struct approval *next;
    struct arena arena;
    struct str id, caller, conversation, backend, decision, rule;
    enum zone zone;
    enum transform transform;
    struct label items;
    enum approval_state state;
    enum approval_state before; /* of a copy: what the original was */
    int64_t made_ms, decided_ms;
};

struct approvals {
    pthread_mutex_t deciding; /* one word of the person at a time, with its ledger row and rule */
    pthread_mutex_t lock;     /* what follows */
    struct approval *first;
    size_t count;
};

struct approvals *approvals_new(void) {
    struct approvals *p = calloc(1, sizeof *p);
    if (!p) {
        abort();
    }
    pthread_mutex_init(&p->deciding, NULL);
    pthread_mutex_init(&p->lock, NULL);
    return p;
}

static void approval_free(struct approval *ap) {
    struct arena a = ap->arena;
    arena_end(&a);
}

void approvals_free(struct approvals *p) {
    if (!p) {
        return;
    }
    for (struct approval *ap = p->first; ap;) {
        struct approval *next = ap->next;
        approval_free(ap);
        ap = next;
    }
    pthread_mutex_destroy(&p->lock);
    pthread_mutex_destroy(&p->deciding);
    free(p);
}

static struct approval *approval_new(struct approvals *p) {
    struct arena arena = arena_make(1 << 20);
    struct approval *ap = arena_new(&arena, struct approval);
    ap->arena = arena;
    ap->items = label_make(&ap->arena);
    ap->next = p->first;
    p->first = ap;
    p->count++;
    return ap;
}

/* ---- as JSON: stored, and shown ---- */

static void write_json(struct jout *j, struct arena *a, const struct approval *ap) {
    jout_object(j);
    jout_kstr(j, "id", ap->id);
    jout_kcstr(j, "state", STATE_NAMES[ap->state]);
    jout_kstr(j, "caller", ap->caller);
    jout_kstr(j, "conversation", ap->conversation);
    jout_kstr(j, "backend", ap->backend);
    jout_kcstr(j, "zone", ZONE_NAMES[ap->zone]);
    jout_kcstr(j, "transform", TRANSFORM_NAMES[ap->transform]);
    jout_kstr(j, "decision", ap->decision);
    jout_kstr(j, "rule", ap->rule);
    jout_kstr(j, "label", label_text(a, &ap->items));
    jout_ki64(j, "made_ms", ap->made_ms);
    jout_ki64(j, "decided_ms", ap->decided_ms);
    jout_key(j, "items");
    items_write(j, &ap->items);
    jout_end_object(j);
}

static void store(struct hub *h, const struct approval *ap) {
    struct arena a = arena_make(1 << 20);
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 20);
    struct jout j = jout_make(&b);
    write_json(&j, &a, ap);
    struct store_value v[] = {sv_text(ap->id), sv_text(buf_str(&b)), sv_int(ap->made_ms)};
    struct store_step step = {ST_APPROVAL_PUT, v, ARRAY_LEN(v)};
    store_write(h->main, &step, 1, NULL, NULL);
    arena_end(&a);
}

static bool on_row(void *ctx, const struct store_value *c, size_t n) {
    struct approvals *p = ctx;
    struct arena a = arena_make(4 << 20);
    struct err e = {0};
    const struct jval *v = n ? json_parse(&a, c[0].s, &JSON_LIMITS, &e) : NULL;
    if (v) {
        struct approval *ap = approval_new(p);
        struct arena *own = &ap->arena;
        ap->id = str_dup(own, jval_str(jval_get(v, "id")));
        ap->caller = str_dup(own, jval_str(jval_get(v, "caller")));
        ap->conversation = str_dup(own, jval_str(jval_get(v, "conversation")));
        ap->backend = str_dup(own, jval_str(jval_get(v, "backend")));
        ap->decision = str_dup(own, jval_str(jval_get(v, "decision")));
        ap->rule = str_dup(own, jval_str(jval_get(v, "rule")));
        ap->state = APPROVAL_SPENT;
        for (size_t i = 0; i < ARRAY_LEN(STATE_NAMES); i++) {
            if (str_is(jval_str(jval_get(v, "state")), STATE_NAMES[i])) {
                ap->state = (enum approval_state)i;
            }
        }
        ap->transform = str_is(jval_str(jval_get(v, "transform")), "pseudonymise")
                            ? TRANSFORM_PSEUDONYMISE
                            : TRANSFORM_AS_IS;
        if (!zone_from(jval_str(jval_get(v, "zone")), &ap->zone)) {
            ap->zone = ZONE_CLOUD;
        }
        if (!jval_i64(jval_get(v, "made_ms"), &ap->made_ms)
            || !jval_i64(jval_get(v, "decided_ms"), &ap->decided_ms)) {
            ap->state = APPROVAL_SPENT; /* without its times it covers nothing */
        }
        items_read(own, jval_get(v, "items"), &ap->items);
    }
    arena_end(&a);
    return true;
}

bool approvals_load(struct hub *h, struct err *e) {
    struct store_value most = sv_int(APPROVALS_MOST);
    return store_read(h->main, ST_APPROVAL_ALL, &most, 1, on_row, h->approvals, e);
}

/* ---- covering ---- */

static bool matters(const struct item *it) {
    return it->level != LEVEL_OPEN || it->topic || it->compartment.len || it->kind.len
           || it->folder.len || it->tool.len;
}

/* Every item that matters is one of the approved ones; a new one asks again. */
static bool covers(const struct label *approved, const struct label *l) {
    for (size_t i = 0; i < l->count; i++) {
        bool there = !matters(&l->items[i]);
        for (size_t k = 0; k < approved->count && !there; k++) {
            there = item_eq(&approved->items[k], &l->items[i]);
        }
        if (!there) {
            return false;
        }
    }
    return true;
}

static bool seen_before(const struct label *l, size_t i) {
    for (size_t k = 0; k < i; k++) {
        if (l->items[k].topic == l->items[i].topic
            && str_eq(l->items[k].compartment, l->items[i].compartment)) {
            return true;
        }
    }
    return false;
}

/* One rule for each topic and compartment of the items. */
static struct str rule_name(struct arena *a, const struct approval *ap, int number) {
    return number ? str_fmt(a, "approved " STR_FMT " (%d)", STR_ARG(ap->id), number + 1)
                  : str_fmt(a, "approved " STR_FMT, STR_ARG(ap->id));
}

/* What `--rule` wrote is what the person reads: with one of its rules gone, or run out, the
 * approval is gone. */
static bool rules_stand(struct hub *h, const struct approval *ap) {
    CLEANUP(arena_end) struct arena a = arena_make(1 << 20);
    struct snapshot *s = snapshot_hold(h);
    char date[11];
    int minute = 0;
    int number = 0;
    bool stand = true;
    clock_local(clock_wall_ms(), date, &minute);
    for (size_t i = 0; stand && i < ap->items.count; i++) {
        if (!seen_before(&ap->items, i)) {
            stand = policy_rule_stands(&s->policy, rule_name(&a, ap, number++), date);
        }
    }
    snapshot_drop(s);
    return stand;
}

static bool alive(struct hub *h, const struct approval *ap) {
    return ap->state == APPROVAL_CONVERSATION || (ap->state == APPROVAL_RULE && rules_stand(h, ap))
           || (ap->state == APPROVAL_ONCE && clock_wall_ms() - ap->decided_ms < ONCE_MS);
}

static bool same(const struct approval *ap, struct str caller, struct str conversation,
                 struct str backend, enum transform transform) {
    return str_eq(ap->caller, caller) && str_eq(ap->backend, backend) && ap->transform == transform
           && (ap->state == APPROVAL_RULE || str_eq(ap->conversation, conversation));
}

struct str approvals_cover(struct hub *h, struct arena *a, struct str caller,
                           struct str conversation, struct str backend, enum transform transform,
                           const struct label *l) {
    LOCKED(&h->approvals->lock);
    for (struct approval *ap = h->approvals->first; ap; ap = ap->next) {
        if (same(ap, caller, conversation, backend, transform) && covers(&ap->items, l)
            && alive(h, ap)) {
            return str_dup(a, ap->id);
        }
    }
    return (struct str){0};
}

static void copy_items(struct arena *a, struct label *into, const struct label *from) {
    *into = label_make(a);
    for (size_t i = 0; i < from->count; i++) {
        struct item it = from->items[i];
        it.compartment = str_dup(a, it.compartment);
        it.kind = str_dup(a, it.kind);
        it.folder = str_dup(a, it.folder);
        it.file = str_dup(a, it.file);
        it.tool = str_dup(a, it.tool);
        label_add(a, into, it);
    }
}

/* What makes room first: what is over, then what waits, and last what the person gave for longer: a
 * caller that asks and asks must not push that out. */
static int worth(struct hub *h, const struct approval *ap) {
    bool lasts = ap->state == APPROVAL_CONVERSATION || ap->state == APPROVAL_RULE;
    return !alive(h, ap) && ap->state != APPROVAL_PENDING ? 0 : lasts ? 2 : 1;
}

/* The oldest of the least worth; they stand newest first. */
static void make_room(struct hub *h) {
    struct approvals *p = h->approvals;
    struct approval **least = NULL;
    int least_worth = 0;
    for (struct approval **at = &p->first; *at; at = &(*at)->next) {
        int w = worth(h, *at);
        if (!least || w <= least_worth) {
            least = at;
            least_worth = w;
        }
    }
    if (least) {
        struct approval *gone = *least;
        struct store_value v = sv_text(gone->id);
        struct store_step step = {ST_APPROVAL_REMOVE, &v, 1};
        store_write(h->main, &step, 1, NULL, NULL);
        *least = gone->next;
        p->count--;
        approval_free(gone);
    }
}

/* To whoever watches events: what waits, and what was decided. */
static void tell(struct hub *h, struct arena *a, const struct approval *ap) {
    watch_tell(h, "approval",
               str_fmt(a, "{\"id\":\"" STR_FMT "\",\"state\":\"%s\",\"backend\":\"" STR_FMT "\"}",
                       STR_ARG(ap->id), STATE_NAMES[ap->state], STR_ARG(ap->backend)));
}

struct str approvals_want(struct hub *h, struct arena *a, struct str caller,
                          struct str conversation, struct str backend, enum zone zone,
                          enum transform transform, const struct label *l, struct str decision,
                          struct str rule) {
    LOCKED(&h->approvals->lock);
    struct approvals *p = h->approvals;
    for (struct approval *ap = p->first; ap; ap = ap->next) {
        if (ap->state == APPROVAL_PENDING && same(ap, caller, conversation, backend, transform)
            && covers(&ap->items, l)) {
            return str_dup(a, ap->id);
        }
    }
    if (p->count >= APPROVALS_MOST) {
        make_room(h);
    }
    struct approval *ap = approval_new(p);
    struct arena *own = &ap->arena;
    ap->id = id_make(own, "a", 6);
    ap->caller = str_dup(own, caller);
    ap->conversation = str_dup(own, conversation);
    ap->backend = str_dup(own, backend);
    ap->decision = str_dup(own, decision);
    ap->rule = str_dup(own, rule);
    ap->zone = zone;
    ap->transform = transform;
    ap->made_ms = clock_wall_ms();
    copy_items(own, &ap->items, l);
    store(h, ap);
    tell(h, a, ap);
    return str_dup(a, ap->id);
}

static struct approval *find(struct approvals *p, struct str id) {
    for (struct approval *ap = p->first; ap; ap = ap->next) {
        if (str_eq(ap->id, id)) {
            return ap;
        }
    }
    return NULL;
}

bool approvals_take(struct hub *h, struct str id) {
    LOCKED(&h->approvals->lock);
    struct approval *ap = find(h->approvals, id);
    if (!ap || !alive(h, ap)) {
        return false;
    }
    if (ap->state == APPROVAL_ONCE) {
        ap->state = APPROVAL_SPENT;
        store(h, ap);
    }
    return true;
}

void approvals_return(struct hub *h, struct str id) {
    LOCKED(&h->approvals->lock);
    struct approval *ap = find(h->approvals, id);
    if (ap && ap->state == APPROVAL_SPENT) {
        ap->state = APPROVAL_ONCE; /* its fifteen minutes go on */
        store(h, ap);
    }
}

size_t approvals_pending(struct hub *h) {
    LOCKED(&h->approvals->lock);
    size_t n = 0;
    for (struct approval *ap = h->approvals->first; ap; ap = ap->next) {
        n += ap->state == APPROVAL_PENDING;
    }
    return n;
}

/* ---- the owner's routes ---- */

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
            if (all || ap->state == APPROVAL_PENDING || alive(h, ap)) {
                write_json(&j, a, ap);
            }
        }
    }
    jout_end_array(&j);
    jout_end_object(&j);
    *out = str_dup(a, buf_str(&b));
    return true;
}

/* The rules that `--rule` appends: what was asked for, for this caller and these topics and
 * compartments, and nothing else. An ask is never overruled by a grant, so it is the standing
 * approval that answers the next ones. */
static void add_rule(struct buf *b, const struct approval *ap, struct str name, const char *key,
                     struct str value) {
    buf_addf(b, "%s[[rule]]\nname  = \"" STR_FMT "\"\nmatch = { level = \"%s\", caller = ",
             b->len ? "\n" : "", STR_ARG(name), LEVEL_NAMES[label_level(&ap->items)]);
    toml_quote(b, ap->caller);
    if (value.len) {
        buf_addf(b, ", %s = ", key);
        toml_quote(b, value);
    }
    buf_addf(b, " }\nreach = \"%s\"\nas    = \"%s\"\nonly  = [\"" STR_FMT "\"]\n",
             ZONE_NAMES[ap->zone], TRANSFORM_NAMES[ap->transform], STR_ARG(ap->backend));
}

static struct str rules_of(struct arena *a, const struct approval *ap) {
    AUTO_BUF b = {0};
    buf_init(&b, 64 << 10);
    int number = 0;
    for (size_t i = 0; i < ap->items.count; i++) {
        const struct item *it = &ap->items.items[i];
        if (seen_before(&ap->items, i)) {
            continue;
        }
        if (it->compartment.len) {
            add_rule(&b, ap, rule_name(a, ap, number++), "compartment", it->compartment);
        } else {
            add_rule(&b, ap, rule_name(a, ap, number++), "topic", str_of(TOPIC_NAMES[it->topic]));
        }
    }
    return str_dup(a, buf_str(&b));
}

static bool note(struct hub *h, struct arena *a, const struct approval *ap, struct str who,
                 struct err *e) {
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 20);
    struct jout j = jout_make(&b);
    write_json(&j, a, ap);
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
    copy_items(a, &out->items, &ap->items);
}

/* What the approval becomes by this word: a copy, as the ledger and the rule see it. */
static bool decided(struct hub *h, struct arena *a, struct str id, struct str verb,
                    struct approval *out, struct err *e) {
    LOCKED(&h->approvals->lock);
    const struct approval *ap = find(h->approvals, id);
    if (!ap) {
        return err_set(e, ERR_NOT_FOUND,
                       "There is no approval `" STR_FMT "`; `weir approvals` lists what waits.",
                       STR_ARG(id));
    }
    bool taken_back = str_is(verb, "deny") && alive(h, ap);
    if (ap->state != APPROVAL_PENDING && !taken_back) {
        return err_set(e, ERR_CONFLICT, "The approval " STR_FMT " is no longer waiting: it is %s.",
                       STR_ARG(ap->id), STATE_NAMES[ap->state]);
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
    struct approval *ap = find(h->approvals, after->id);
    if (!ap || ap->state != before) {
        return err_set(e, ERR_CONFLICT, "The approval " STR_FMT " was decided meanwhile.",
                       STR_ARG(after->id));
    }
    ap->state = after->state;
    ap->decided_ms = after->decided_ms;
    store(h, ap);
    return true;
}

static void write_decided(struct arena *a, const struct approval *after, struct str rule,
                          struct str *out) {
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 20);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kstr(&j, "id", after->id);
    jout_kcstr(&j, "state", STATE_NAMES[after->state]);
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
    struct str rule = after.state == APPROVAL_RULE ? rules_of(a, &after) : STR("");
    if (jval_bool(jval_get(q->body, "show"), false)) {
        after.state = after.before;
        write_decided(a, &after, rule, out);
        return true;
    }
    TRY(note(h, a, &after, q->caller.name, e));
    TRY(!rule.len || policy_file_append(h, a, rule, e));
    TRY(settle(h, &after, after.before, e));
    tell(h, a, &after);
    write_decided(a, &after, rule, out);
    return true;
}
