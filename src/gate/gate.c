/* The hard stage. gate_authorise asks every question and writes the `send` row; gate_send
 * (loop) asks again what may have changed since and hands the bytes to the wire.
 *
 *   pass given ──► gate_send ──► outcome ok | error | cancelled | not_sent
 *        │  └────► gate_note (scripted) ──► outcome
 *        └───────► gate_abandon ──► outcome not_sent
 *
 * Giving passes: authorise.c. What a pass allows is remembered here by its ledger row and taken out
 * by its first use, so neither a copied nor a changed pass opens anything. One lock for that table;
 * calls belong to the loop thread. */
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

void gate_live_free(struct gate_live *l) {
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
        gate_live_free(c->live);
        free(c);
    }
    size_t at = 0;
    struct str key = {0};
    void *value = NULL;
    while (map_next(g->live, &at, &key, &value)) {
        gate_live_free(value);
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

void gate_live_put(struct gate *g, struct gate_live *l) {
    LOCKED(&g->lock);
    gate_live_free(map_set(g->live, key_of(&l->id), l));
}

static struct gate_live *live_take(struct gate *g, int64_t id) {
    LOCKED(&g->lock);
    return map_remove(g->live, key_of(&id));
}

static bool same_target(const struct gate_target *a, const struct gate_target *b) {
    return str_eq(a->name, b->name) && str_eq(a->base_url, b->base_url) && a->zone == b->zone
           && str_eq(a->via, b->via) && str_eq(a->pin, b->pin) && str_eq(a->network, b->network)
           && a->scripted == b->scripted;
}

bool gate_is_open(struct gate *g, struct err *e) {
    if (atomic_load(&g->stopping)) {
        return err_set(e, ERR_UNAVAILABLE, "weir is stopping");
    }
    return !atomic_load(&g->panic.shut)
           || err_code(
               e, ERR_FORBIDDEN, "gate_closed",
               "the gate is shut: nothing leaves until the owner opens it (weir gate open)");
}

void gate_abandon(struct gate *g, struct gate_pass *p) {
    secret_free(TAKE(p->key));
    struct gate_live *l = live_take(g, p->ledger_id);
    if (l) {
        ledger_outcome(g, l->id, RESULT_NOT_SENT, 0, 0, NULL);
        breaker_tell(g->breaker, l->target.name, BREAKER_NEITHER, clock_mono_us());
        gate_live_free(l);
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
    gate_live_free(c->live);
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
    TRY(gate_is_open(g, e));
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
    gate_live_free(l);
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

void gate_stop(struct gate *g) {
    struct err e = {0};
    atomic_store(&g->stopping, true);
    err_set(&e, ERR_UNAVAILABLE, "weir is stopping");
    wire_cut(g->wire, &e);
}

bool gate_is_shut(const struct gate *g) {
    return atomic_load(&g->panic.shut);
}
