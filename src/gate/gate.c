/* The hard stage. gate_authorise asks every question and writes the `send` row; gate_send
 * (loop) asks again what may have changed since and hands the bytes to the wire.
 *
 *   pass given ──► gate_send ──► outcome ok | error | cancelled | not_sent
 *        │  └────► gate_note (scripted) ──► outcome
 *        └───────► gate_abandon ──► outcome not_sent
 *
 * What a pass allows is remembered here by its ledger row and taken out by its first use, so
 * neither a copied nor a changed pass opens anything. One lock for that table; calls belong to the
 * loop thread. */
#include "base/clock.h"
#include "base/log.h"
#include "gate/disguise.h"
#include "gate/inside.h"

struct gate_call {
    struct gate *g;
    struct gate_call *next, *prev;
    struct wire_call *wire; /* NULL: refused before it began, or over */
    struct gate_live *live;
    const struct stream_ops *ops;
    void *ctx;
    struct err refused; /* told from the loop, never from inside gate_send */
    bool cancelled;
};

/* ---- life ---- */

static void noop_release(void *ctx, void *held) {
    (void)ctx;
    (void)held;
}

bool gate_new(const struct gate_options *o, struct gate **out, struct err *e) {
    struct gate *g = calloc(1, sizeof *g);
    if (!g) {
        abort();
    }
    g->o = *o;
    g->o.release = o->release ? o->release : noop_release;
    panic_init(&g->panic, o->state_dir);
    g->o.state_dir = g->panic.dir;
    if (!chain_open(o->ledger, o->head, &g->chain, e)
        || !wire_new(o->loop, &g->panic.shut, &g->wire, e)) {
        chain_close(g->chain);
        panic_finish(&g->panic);
        free(g);
        return false;
    }
    g->breaker = breaker_new();
    g->live = map_new();
    pthread_mutex_init(&g->lock, NULL);
    *out = g;
    return true;
}

static void live_free(struct gate_live *l) {
    if (l) {
        struct arena a = l->arena; /* l lives in it */
        arena_end(&a);
    }
}

void gate_free(struct gate *g) {
    if (!g) {
        return;
    }
    wire_free(g->wire);
    for (struct gate_call *c = g->calls; c; c = g->calls) {
        g->calls = c->next;
        live_free(c->live);
        free(c);
    }
    size_t at = 0;
    struct str key = {0};
    void *value = NULL;
    while (map_next(g->live, &at, &key, &value)) {
        live_free(value);
    }
    map_free(g->live);
    chain_close(g->chain);
    breaker_free(g->breaker);
    panic_finish(&g->panic);
    pthread_mutex_destroy(&g->lock);
    free(g);
}

/* ---- passes that are out ---- */

static struct str key_of(const int64_t *id) {
    return (struct str){(const char *)id, sizeof *id};
}

static void live_put(struct gate *g, struct gate_live *l) {
    LOCKED(&g->lock);
    live_free(map_set(g->live, key_of(&l->id), l));
}

static struct gate_live *live_take(struct gate *g, int64_t id) {
    LOCKED(&g->lock);
    return map_remove(g->live, key_of(&id));
}

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

static bool same_target(const struct gate_target *a, const struct gate_target *b) {
    return str_eq(a->name, b->name) && str_eq(a->base_url, b->base_url) && a->zone == b->zone
           && str_eq(a->via, b->via) && str_eq(a->pin, b->pin) && str_eq(a->network, b->network)
           && a->scripted == b->scripted;
}

/* ---- authorise ---- */

static bool is_open(struct gate *g, struct err *e) {
    return !atomic_load(&g->panic.shut)
           || err_code(
               e, ERR_FORBIDDEN, "gate_closed",
               "the gate is shut: nothing leaves until the owner opens it (weir gate open)");
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
    live_free(TAKE(p->live));
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
    TRY(is_open(g, e));
    TRY(method_ok(o, e));
    TRY(gate_place_of(a, t, o->path, &place, e));
    TRY(gate_policy_allows(g, a, &ask, &raised, &word, &policy, e));
    TRY(is_disguised(o, e));
    TRY(take_turn(g, t->name, e));
    p->live = live_new(o, &place, &ask);
    p->live->policy = policy;
    struct ledger_send send = {.order = o, .raised = &raised, .word = &word};
    if (fetch_key(t, &p->key, e) && is_open(g, e) /* a key command may take seconds */
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
    live_put(p->g, l);
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

void gate_abandon(struct gate *g, struct gate_pass *p) {
    secret_free(TAKE(p->key));
    struct gate_live *l = live_take(g, p->ledger_id);
    if (l) {
        ledger_outcome(g, l->id, RESULT_NOT_SENT, 0, 0, NULL);
        breaker_tell(g->breaker, l->target.name, BREAKER_NEITHER, clock_mono_us());
        live_free(l);
    }
}

/* ---- send ---- */

/* A 5xx is the target's trouble; 4xx is ours, and 429 only means: later. */
static void tell_breaker(struct gate *g, struct str target, int status, const struct err *e_opt) {
    enum breaker_result r = BREAKER_OK;
    if (e_opt) {
        bool ours = e_opt->kind == ERR_FORBIDDEN || e_opt->kind == ERR_CANCELLED
                    || e_opt->kind == ERR_BUG || e_opt->kind == ERR_INVALID;
        r = ours ? BREAKER_NEITHER : BREAKER_FAILED;
    } else if (status >= 500) {
        r = BREAKER_FAILED;
    }
    breaker_tell(g->breaker, target, r, clock_mono_us());
}

static void status_err(int status, struct err *e) {
    enum err_kind kind = status == 429                    ? ERR_RATE_LIMITED
                         : status == 401                  ? ERR_UNAUTHORIZED
                         : status == 403                  ? ERR_FORBIDDEN
                         : status == 408 || status == 504 ? ERR_TIMEOUT
                         : status >= 500                  ? ERR_UPSTREAM
                                                          : ERR_INVALID;
    err_set(e, kind, "status %d", status);
}

static void write_outcome(struct gate *g, const struct gate_live *l, int status, int64_t bytes_in,
                          bool left, const struct err *e_opt) {
    struct err e = {0};
    if (!e_opt && status >= 400) {
        status_err(status, &e);
    }
    const struct err *why = e_opt ? e_opt : e.kind ? &e : NULL;
    enum ledger_result r = !left ? RESULT_NOT_SENT : why ? RESULT_ERROR : RESULT_OK;
    ledger_outcome(g, l->id, r, status, bytes_in, why);
}

static void call_unlink(struct gate_call *c) {
    if (c->prev) {
        c->prev->next = c->next;
    } else {
        c->g->calls = c->next;
    }
    if (c->next) {
        c->next->prev = c->prev;
    }
}

static void call_free(struct gate_call *c) {
    call_unlink(c);
    live_free(c->live);
    free(c);
}

static void on_head(void *ctx, int status, const struct http_header *headers, size_t count) {
    struct gate_call *c = ctx;
    c->ops->on_head(c->ctx, status, headers, count);
}

static void on_data(void *ctx, struct str bytes) {
    struct gate_call *c = ctx;
    c->ops->on_data(c->ctx, bytes);
}

static void on_end(void *ctx, const struct wire_end *end) {
    struct gate_call *c = ctx;
    write_outcome(c->g, c->live, end->status, end->bytes_in, end->left, end->e_opt);
    tell_breaker(c->g, c->live->target.name, end->status, end->e_opt);
    const struct stream_ops *ops = c->ops;
    void *up = c->ctx;
    call_free(c);
    ops->on_end(up, end->e_opt);
}

static void on_refused(void *arg) {
    struct gate_call *c = arg;
    if (c->cancelled) {
        call_free(c);
        return;
    }
    struct err e = c->refused;
    const struct stream_ops *ops = c->ops;
    void *up = c->ctx;
    call_free(c);
    ops->on_end(up, &e);
}

/* What may have changed since the pass was given, and whether this is what it was given for. */
static bool still_allowed(struct gate *g, const struct gate_target *t, const struct gate_pass *p,
                          const struct gate_live *l, struct str body, struct err *e) {
    if (!l) {
        return err_set(e, ERR_BUG, "no pass, or one that was used already");
    }
    struct sha256 hash = sha256_of(body);
    if (t->scripted || !same_target(t, &l->target) || !str_eq(p->target, l->target.name)
        || !str_eq(p->path, l->path) || !str_eq(p->method, l->method)) {
        return err_set(e, ERR_BUG, "the pass is for another place");
    }
    if (body.len != l->bytes || !sha256_eq(&hash, &l->body) || !sha256_eq(&hash, &p->body)) {
        return err_set(e, ERR_BUG, "the body is not the one the pass was given for");
    }
    TRY(is_open(g, e));
    if (gate_policy_is(g, &l->policy)) {
        return true;
    }
    CLEANUP(arena_end) struct arena a = arena_make(SIZE_MAX);
    struct label raised = {0};
    struct gate_word word = {0};
    struct sha256_bytes newest = {{0}};
    return gate_policy_allows(g, &a, &l->ask, &raised, &word, &newest, e);
}

static bool start(struct gate_call *c, const struct gate_target *t, const struct gate_pass *p,
                  struct str body, struct err *e) {
    static const struct wire_ops ops = {on_head, on_data, on_end};
    TRY(still_allowed(c->g, t, p, c->live, body, e));
    struct wire_order order = {.target = t,
                               .place = c->live->place,
                               .method = c->live->method,
                               .body = body,
                               .key_opt = p->key};
    return wire_start(c->g->wire, &order, &ops, c, &c->wire, e);
}

struct gate_call *gate_send(struct gate *g, const struct gate_target *t, struct gate_pass *p,
                            struct str body, const struct stream_ops *ops, void *ctx) {
    struct gate_call *c = calloc(1, sizeof *c);
    if (!c) {
        abort();
    }
    c->g = g;
    c->ops = ops;
    c->ctx = ctx;
    c->live = live_take(g, p->ledger_id);
    c->next = g->calls;
    if (c->next) {
        c->next->prev = c;
    }
    g->calls = c;
    if (!start(c, t, p, body, &c->refused)) {
        if (c->live) {
            write_outcome(g, c->live, 0, 0, false, &c->refused);
            tell_breaker(g, c->live->target.name, 0, &c->refused);
        }
        loop_post(g->o.loop, on_refused, c);
    }
    secret_free(TAKE(p->key));
    return c;
}

void gate_cancel(struct gate_call *c) {
    if (!c->wire) {
        c->cancelled = true; /* on_refused frees it */
        return;
    }
    struct wire_end end = {0};
    wire_cancel(c->wire, &end);
    ledger_outcome(c->g, c->live->id, RESULT_CANCELLED, end.status, end.bytes_in, NULL);
    breaker_tell(c->g->breaker, c->live->target.name, BREAKER_NEITHER, clock_mono_us());
    call_free(c);
}

void gate_pause(struct gate_call *c) {
    if (c->wire) {
        wire_pause(c->wire);
    }
}

void gate_resume(struct gate_call *c) {
    if (c->wire) {
        wire_resume(c->wire);
    }
}

void gate_note(struct gate *g, struct gate_pass *p, int status, int64_t bytes_in,
               const struct err *e_opt) {
    secret_free(TAKE(p->key));
    struct gate_live *l = live_take(g, p->ledger_id);
    if (!l) {
        log_error("gate: an outcome for a pass that is not out");
        return;
    }
    if (e_opt && e_opt->kind == ERR_CANCELLED) {
        ledger_outcome(g, l->id, RESULT_CANCELLED, status, bytes_in, e_opt);
    } else {
        write_outcome(g, l, status, bytes_in, l->target.scripted, e_opt);
    }
    tell_breaker(g, l->target.name, status, e_opt);
    live_free(l);
}

/* ---- breaker and panic switch ---- */

bool gate_is_up(struct gate *g, struct str target) {
    return breaker_is_up(g->breaker, target, clock_mono_us());
}

static void cut(void *arg) {
    struct gate *g = arg;
    if (!atomic_load(&g->panic.shut)) {
        return; /* opened again meanwhile */
    }
    struct err e = {0};
    err_code(&e, ERR_FORBIDDEN, "gate_closed", "the gate was shut: the connection is cut");
    wire_cut(g->wire, &e);
}

bool gate_shut(struct gate *g, bool shut, struct str who, struct err *e) {
    if (shut) {
        bool kept = panic_set(&g->panic, true, who, e);
        loop_post(g->o.loop, cut, g);
        ledger_note_later(g, STR("gate_shut"), who);
        return kept;
    }
    TRY(ledger_note(g, STR("gate_open"), who, STR(""), e));
    return panic_set(&g->panic, false, who, e);
}

bool gate_is_shut(const struct gate *g) {
    return atomic_load(&g->panic.shut);
}
