/* Leave to send: every question is asked, and the `send` row is durable before there is a pass.
 * With and without waiting for it; what may block is the key's command or file, and the disk. */
#include "base/clock.h"
#include "gate/disguise.h"
#include "gate/inside.h"

static struct gate_live *live_new(const struct gate_order *o, const struct gate_place *place,
                                  const struct permit_ask *ask) {
    struct arena arena = arena_make(SIZE_MAX);
    struct gate_live *l = arena_new(&arena, struct gate_live);
    struct arena *a = &arena;
    l->target.name = str_dup(a, o->target->name);
    l->target.base_url = str_dup(a, o->target->base_url);
    l->target.zone = o->target->zone;
    l->target.via = str_dup(a, o->target->via);
    l->target.pin = str_dup(a, o->target->pin);
    l->target.network = str_dup(a, o->target->network);
    l->target.scripted = o->target->scripted;
    l->place = *place;
    l->place.url = str_dup(a, place->url);
    l->place.host = str_dup(a, place->host);
    l->place.scheme = str_dup(a, place->scheme);
    l->method = str_dup(a, o->method);
    l->path = str_dup(a, o->path);
    gate_ask_dup(a, ask, &l->ask);
    l->ask.target = &l->target;
    l->bytes = o->body.len;
    l->arena = arena;
    return l;
}

static bool method_ok(const struct gate_order *o, struct err *e) {
    bool post = str_is(o->method, "POST");
    bool get = str_is(o->method, "GET") && o->body.len == 0;
    return post || get || err_set(e, ERR_INVALID, "only POST, and GET without a body, can be sent");
}

static bool fetch_key(const struct gate_target *t, struct secret **key, struct err *e) {
    if (t->key.source == SECRET_NONE || t->scripted) {
        return true;
    }
    return secret_fetch(&t->key, key, e) || err_while(e, "the key of " STR_FMT, STR_ARG(t->name));
}

/* Bound to its hash, so that a box moved to another row does not open. */
static struct str sealed(struct gate *g, struct arena *a, const struct gate_order *o,
                         const struct sha256 *body) {
    if (!o->keep_body || !g->o.seal_opt) {
        return (struct str){0};
    }
    return seal_close_box(g->o.seal_opt, a, o->body,
                          (struct str){(const char *)body->bytes, sizeof body->bytes});
}

static bool take_turn(struct gate *g, struct str target, struct err *e) {
    int wait_s = 0;
    if (breaker_take(g->breaker, target, clock_mono_us(), &wait_s)) {
        return true;
    }
    err_set(e, ERR_UNAVAILABLE, STR_FMT " has failed %d times in a row and rests for %d s",
            STR_ARG(target), BREAKER_FAILURES, wait_s);
    e->retry_after_s = wait_s;
    return false;
}

/* The same matcher that disguised looks again, whoever built the body. */
static bool is_disguised(const struct gate_order *o, struct err *e) {
    if (o->transform != TRANSFORM_PSEUDONYMISE || (o->book && !disguise_leaks(o->book, o->body))) {
        return true;
    }
    return err_code(e, ERR_FORBIDDEN, "policy_refused",
                    "The request was to be disguised, but originals are left in it: nothing was "
                    "sent to " STR_FMT ".",
                    STR_ARG(o->target->name));
}

/* A pass on its way: all questions are answered, the row is not on the disk yet. */
struct pending {
    struct gate *g;
    struct gate_live *live;
    struct secret *key;
    struct arena *arena;
    struct gate_pass *out;
    void (*done)(void *ctx, bool ok, const struct err *e);
    void *ctx;
    struct err err;
};

static bool row_of(struct gate *g, struct arena *a, const struct gate_order *o,
                   struct ledger_send *s, struct gate_live *l, struct chain_row *row,
                   struct err *e) {
    l->body = sha256_of(o->body);
    s->body = l->body;
    s->host = l->place.host;
    s->at_ms = clock_wall_ms();
    *row = (struct chain_row){.kind = "send",
                              .at_ms = s->at_ms,
                              .target = o->target->name,
                              .decision = o->decision,
                              .body = ledger_send_body(a, s),
                              .box = sealed(g, a, o, &s->body)};
    return row->body.len
           || err_set(e, ERR_STORAGE, "the ledger's row for this request would be too large");
}

static void drop_pending(struct pending *p) {
    breaker_tell(p->g->breaker, p->live->target.name, BREAKER_NEITHER, clock_mono_us());
    secret_free(TAKE(p->key));
    gate_live_free(TAKE(p->live));
}

/* Asks every question; blocks only where the key has to be fetched. */
static bool ask_all(struct gate *g, struct arena *a, const struct gate_order *o, struct pending *p,
                    struct chain_row *row, struct err *e) {
    const struct gate_target *t = o->target;
    struct permit_ask ask = {t, o->label, o->request, o->transform, o->approved};
    struct gate_place place = {0};
    struct label raised = {0};
    struct gate_word word = {0};
    struct sha256_bytes policy = {{0}};
    TRY(gate_is_open(g, e));
    TRY(method_ok(o, e));
    TRY(gate_place_of(a, t, o->path, &place, e));
    TRY(gate_policy_allows(g, a, &ask, &raised, &word, &policy, e));
    TRY(is_disguised(o, e));
    TRY(take_turn(g, t->name, e));
    p->live = live_new(o, &place, &ask);
    p->live->policy = policy;
    struct ledger_send send = {.order = o, .raised = &raised, .word = &word};
    if (fetch_key(t, &p->key, e) && gate_is_open(g, e) /* a key command may take seconds */
        && row_of(g, a, o, &send, p->live, row, e)) {
        return true;
    }
    drop_pending(p);
    return false;
}

/* The row is durable: now the pass opens something, once. */
static void give_pass(struct pending *p, int64_t id) {
    struct arena *a = p->arena;
    struct gate_live *l = p->live;
    l->id = id;
    *p->out = (struct gate_pass){.body = l->body,
                                 .target = str_dup(a, l->target.name),
                                 .path = str_dup(a, l->path),
                                 .method = str_dup(a, l->method),
                                 .ledger_id = id,
                                 .key = p->key};
    gate_live_put(p->g, l);
}

bool gate_authorise(struct gate *g, struct arena *a, const struct gate_order *o,
                    struct gate_pass *out, struct err *e) {
    struct pending p = {.g = g, .arena = a, .out = out};
    struct chain_row row = {0};
    int64_t id = 0;
    TRY(ask_all(g, a, o, &p, &row, e));
    if (!chain_append_wait(g->chain, &row, &id, e)) {
        drop_pending(&p);
        return false;
    }
    give_pass(&p, id);
    return true;
}

bool gate_may_block(const struct gate_target *t) {
    return !t->scripted && (t->key.source == SECRET_COMMAND || t->key.source == SECRET_FILE);
}

static void on_settled(void *arg) {
    struct pending *p = arg;
    p->done(p->ctx, p->err.kind == ERR_NONE, &p->err);
}

static void on_written(void *arg) {
    struct pending *p = arg;
    if (p->err.kind) {
        drop_pending(p);
    } else {
        give_pass(p, p->live->id);
    }
    on_settled(p);
}

static void on_row(void *ctx, int64_t id, const struct err *e) {
    struct pending *p = ctx;
    p->err = *e;
    p->live->id = id;
    loop_post(p->g->o.loop, on_written, p);
}

void gate_authorise_then(struct gate *g, struct arena *a, const struct gate_order *o,
                         struct gate_pass *out,
                         void (*done)(void *ctx, bool ok, const struct err *e), void *ctx) {
    struct pending *p = arena_new(a, struct pending);
    struct chain_row row = {0};
    *p = (struct pending){.g = g, .arena = a, .out = out, .done = done, .ctx = ctx};
    if (ask_all(g, a, o, p, &row, &p->err)) {
        chain_append_then(g->chain, &row, on_row, p);
    } else {
        loop_post(g->o.loop, on_settled, p);
    }
}
