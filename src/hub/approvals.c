/* Approvals (POLICY.md 4): bound to caller, conversation, backend, transform and the labelled
 * items. Any thread. */
#include "hub/approvals_inside.h"

const char *const APPROVAL_STATE_NAMES[APPROVAL_STATES] = {"pending", "once",   "conversation",
                                                           "rule",    "denied", "spent"};
enum { ONCE_MS = 15 * 60 * 1000 };

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

void approval_write(struct jout *j, struct arena *a, const struct approval *ap) {
    jout_object(j);
    jout_kstr(j, "id", ap->id);
    jout_kcstr(j, "state", APPROVAL_STATE_NAMES[ap->state]);
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

void approval_store(struct hub *h, const struct approval *ap) {
    struct arena a = arena_make(1 << 20);
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 20);
    struct jout j = jout_make(&b);
    approval_write(&j, &a, ap);
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
        for (size_t i = 0; i < APPROVAL_STATES; i++) {
            if (str_is(jval_str(jval_get(v, "state")), APPROVAL_STATE_NAMES[i])) {
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

bool approval_alive(struct hub *h, const struct approval *ap) {
    return ap->state == APPROVAL_CONVERSATION
           || (ap->state == APPROVAL_RULE && approval_rules_stand(h, ap))
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
            && approval_alive(h, ap)) {
            return str_dup(a, ap->id);
        }
    }
    return (struct str){0};
}

void approval_copy_items(struct arena *a, struct label *into, const struct label *from) {
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
    return !approval_alive(h, ap) && ap->state != APPROVAL_PENDING ? 0 : lasts ? 2 : 1;
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
void approval_tell(struct hub *h, struct arena *a, const struct approval *ap) {
    watch_tell(h, "approval",
               str_fmt(a, "{\"id\":\"" STR_FMT "\",\"state\":\"%s\",\"backend\":\"" STR_FMT "\"}",
                       STR_ARG(ap->id), APPROVAL_STATE_NAMES[ap->state], STR_ARG(ap->backend)));
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
    approval_copy_items(own, &ap->items, l);
    approval_store(h, ap);
    approval_tell(h, a, ap);
    return str_dup(a, ap->id);
}

struct approval *approval_find(struct approvals *p, struct str id) {
    for (struct approval *ap = p->first; ap; ap = ap->next) {
        if (str_eq(ap->id, id)) {
            return ap;
        }
    }
    return NULL;
}

bool approvals_take(struct hub *h, struct str id) {
    LOCKED(&h->approvals->lock);
    struct approval *ap = approval_find(h->approvals, id);
    if (!ap || !approval_alive(h, ap)) {
        return false;
    }
    if (ap->state == APPROVAL_ONCE) {
        ap->state = APPROVAL_SPENT;
        approval_store(h, ap);
    }
    return true;
}

void approvals_return(struct hub *h, struct str id) {
    LOCKED(&h->approvals->lock);
    struct approval *ap = approval_find(h->approvals, id);
    if (ap && ap->state == APPROVAL_SPENT) {
        ap->state = APPROVAL_ONCE; /* its fifteen minutes go on */
        approval_store(h, ap);
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
