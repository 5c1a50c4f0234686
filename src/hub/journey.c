/* A request's journey (DESIGN.md 3): prepare (read, label, permit, choose, shape, record) → relay →
 * finish. */
#include "hub/call.h"

enum {
    INLINE_BODY = 16 << 10, /* bytes; a bigger body is read and scanned on a worker */
    WAITING_US = 8000000,
    REST_TICKS = 3, /* seconds without a call, then memory is given back */
};

/* ---- prepare ---- */

bool journey_read(const struct hub_job *job, struct chat_request *rq, struct err *e) {
    *rq = (struct chat_request){.claims = job->claims, .dialect = job->dialect, .body = job->body};
    if (job->refusal.kind) {
        *e = job->refusal;
        return false;
    }
    return job->read(job->arena, job->body, rq, e);
}

static bool decide(struct hub_call *c, struct err *e) {
    struct arena *a = c->job.arena;
    if (!c->read_ok) {
        bool read = journey_read(&c->job, &c->rq, e);
        c->choice.asked = c->rq.model;
        TRY(read && label_request(c->hub, c->snap, a, &c->rq, &c->job, &c->labelled, e));
        c->read_ok = true;
    }
    if (c->relabel) {
        c->relabel = false;
        label_settle(c->hub, c->snap, a, &c->rq, &c->job, &c->labelled);
    }
    struct str preview = c->rq.claims.preview;
    TRY(!preview.len
        || previews_pin(c->hub, a, c->snap, preview, c->job.caller.name, clock_wall_ms(),
                        &c->choice.pinned, e));
    TRY(choose(c->hub, c->snap, a, &c->rq, &c->job, &c->labelled, c->tried, c->tried_count,
               &c->choice, e));
    if (c->choice.result.chosen < 0 && preview.len && !c->tried_count) {
        choose_refusal(c->hub, c->snap, a, &c->job, &c->labelled, &c->choice, false, e);
        return previews_explain(preview, e);
    }
    if (c->choice.result.chosen < 0) {
        if (c->tried_count) {
            *e = c->tried_err; /* why it failed says more than that nothing else is left */
            return false;
        }
        choose_refusal(c->hub, c->snap, a, &c->job, &c->labelled, &c->choice, true, e);
        return false;
    }
    if (look_is_wanted(c->snap, &c->labelled, &c->choice)) {
        c->look = look_new(c->hub, c->snap, a, &c->labelled);
        c->relabel = true;
        return c->look || decide(c, e); /* else when it has looked */
    }
    const struct candidate *cand = &c->choice.candidates[c->choice.result.chosen];
    c->leaves = cand->zone != ZONE_DEVICE;
    if (!journey_shape(c->hub, c->snap, &c->job, &c->rq, &c->labelled, &c->choice, &c->shaped, e)) {
        /* What could not be disguised after all may run where nothing needs to be hidden. */
        if (e->kind != ERR_FORBIDDEN || c->choice.wish.named || c->tried_count >= MOST_TRIES) {
            return false;
        }
        c->tried[c->tried_count++] = cand->name;
        c->tried_err = *e;
        *e = (struct err){0};
        return decide(c, e);
    }
    if (preview.len) {
        struct sha256 hash = sha256_of(c->shaped.body.bytes);
        return previews_match(c->hub, preview, &hash, e);
    }
    return true;
}

bool journey_shape(struct hub *h, const struct snapshot *s, const struct hub_job *job,
                   const struct chat_request *rq, const struct labelled *l, const struct choice *c,
                   struct shaped *out, struct err *e) {
    struct arena *a = job->arena;
    const struct target *t = &c->targets[c->result.chosen];
    enum chat_dialect dialect = t->is_engine ? DIALECT_OPENAI : t->provider->dialect;
    enum backend_quirks quirks = t->is_engine ? BACKEND_ENGINE : BACKEND_PLAIN;
    const struct backend *b = backend_find(dialect);
    if (!b) {
        b = backend_find(
            DIALECT_OPENAI); /* scripted: what "leaves" is the request as OpenAI JSON */
    }
    book_drop(TAKE(out->book));
    *out = (struct shaped){0};
    TRY(b->build(a, rq, t->model, quirks, &out->body, e));
    if (t->is_engine) {
        out->body.path = str_fmt(a, "/v1" STR_FMT, STR_ARG(out->body.path));
    }
    const struct candidate *chosen = &c->candidates[c->result.chosen];
    struct policy_backend to = {.name = chosen->backend, .zone = chosen->zone};
    if (chosen->zone != ZONE_DEVICE) {
        struct media media = {0};
        TRY(media_clean(a, rq, out->body.bytes, &media, e));
        out->body.bytes = media.body;
        out->metadata = (int64_t)media.removed;
        out->positions = (int64_t)media.positions;
    }
    return chosen->transform != TRANSFORM_PSEUDONYMISE
           || journey_disguise(h, s, a, l, &to, job->caller.name, out, e);
}

static bool goes_through_gate(const struct hub_call *c) {
    const struct target *t = &c->choice.targets[c->choice.result.chosen];
    return !t->is_engine && (c->leaves || t->provider->dialect != DIALECT_SCRIPTED);
}

static void prepared(struct hub_call *c) {
    call_enter(c);
    if (c->cancelled) {
        /* freed below */
    } else if (c->prepared) {
        relay_start(c);
    } else {
        finish_error(c, &c->err);
    }
    call_leave(c);
}

/* The ledger's row is durable, or why there is none. Loop thread. */
static void authorised(void *ctx, bool ok, const struct err *e) {
    struct hub_call *c = ctx;
    int64_t kept_ms = c->snap->config->bodies_ms;
    c->working = false;
    c->has_pass = c->prepared = ok;
    if (!ok) {
        c->err = *e;
        if (c->choice.approval.len) {
            approvals_return(c->hub, c->choice.approval);
        }
        if (c->rq.claims.preview.len && c->err.kind == ERR_FORBIDDEN) {
            (void)!previews_explain(c->rq.claims.preview, &c->err);
        }
    } else if (kept_ms) {
        ledger_forget_bodies(c->hub->gate, clock_wall_ms() - kept_ms);
    }
    prepared(c);
}

static void refused(void *arg) {
    struct hub_call *c = arg;
    c->working = false;
    c->prepared = false;
    prepared(c);
}

/* Leave to send, with the ledger's row. Worker thread, or the loop where the gate does not block.
 */
static void authorise(void *arg) {
    struct hub_call *c = arg;
    const struct candidate *cand = &c->choice.candidates[c->choice.result.chosen];
    const struct target *t = &c->choice.targets[c->choice.result.chosen];
    struct gate_order order = {.target = &t->provider->target,
                               .path = c->shaped.body.path,
                               .method = STR("POST"),
                               .body = c->shaped.body.bytes,
                               .decision = c->choice.decision,
                               .caller = c->job.caller.name,
                               .channel = c->job.channel,
                               .client = c->job.client,
                               .model = t->model,
                               .keep_body = c->snap->config->bodies_ms > 0,
                               .transform = cand->transform,
                               .book = c->shaped.book,
                               .disguised = c->shaped.disguised.originals,
                               .label = &c->labelled.raised,
                               .request = &c->labelled.request,
                               .approved = c->choice.approval.len > 0,
                               .approval = c->choice.approval};
    order.count_count = evidence_counts(c->job.arena, &c->labelled, &c->shaped, &order.counts);
    if (order.approved && !approvals_take(c->hub, order.approval)) {
        err_code(&c->err, ERR_FORBIDDEN, "needs_approval",
                 "The approval for " STR_FMT " was used by another request meanwhile.",
                 STR_ARG(cand->name));
        loop_post(c->hub->o.loop, refused, c);
        return;
    }
    gate_authorise_then(c->hub->gate, c->job.arena, &order, &c->pass, authorised, c);
}

/* It looked, as far as it came. Loop thread. */
static void looked(void *ctx) {
    struct hub_call *c = ctx;
    call_enter(c);
    c->look = NULL;
    if (c->hub->stopping) {
        err_set(&c->err, ERR_UNAVAILABLE, "weir is stopping");
        c->prepared = false;
        prepared(c);
    } else {
        call_prepare(c, false);
    }
    call_leave(c);
}

static void decided(struct hub_call *c) {
    if (c->look && !c->cancelled) {
        look_ask(c->look, looked, c);
        return;
    }
    if (!c->prepared || c->cancelled || !goes_through_gate(c)) {
        prepared(c);
        return;
    }
    c->working = true;
    const struct target *t = &c->choice.targets[c->choice.result.chosen];
    if (gate_may_block(&t->provider->target)) {
        workers_run(c->hub->o.workers, authorise, NULL, c);
    } else {
        authorise(c);
    }
}

static void decide_work(void *arg) {
    struct hub_call *c = arg;
    c->prepared = decide(c, &c->err);
}

static void decide_done(void *arg) {
    struct hub_call *c = arg;
    c->working = false;
    decided(c);
}

static bool listings_are_known(const struct hub_call *c) {
    for (size_t i = 0; i < c->snap->config->provider_count; i++) {
        const struct config_provider *p = &c->snap->config->providers[i];
        if (p->auto_ok && !listing_is_known(c->hub, p)) {
            return false;
        }
    }
    return true;
}

/* A small body is decided right here, because waking another thread costs more than the work; what
 * blocks (a provider's list, a key's command) is a worker's. */
void call_prepare(struct hub_call *c, bool again) {
    bool looks = c->snap->config->sense_model.len && c->labelled.looked.state == LOOK_OFF;
    bool here = ((again && !looks) || c->job.body.len <= INLINE_BODY) && listings_are_known(c);
    if (!here) {
        c->working = true;
        workers_run(c->hub->o.workers, decide_work, decide_done, c);
        return;
    }
    c->prepared = decide(c, &c->err);
    decided(c);
}

/* ---- the call's life ---- */

static void call_free(struct hub_call *c) {
    struct hub *h = c->hub;
    *c->at = c->next;
    if (c->next) {
        c->next->at = c->at;
    }
    if (c->has_pass) {
        gate_abandon(h->gate, &c->pass);
    }
    if (c->collects) {
        chat_answer_end(&c->answer);
    }
    backend_reader_free(c->reader);
    veil_free(c->veil);
    book_drop(c->shaped.book);
    snapshot_drop(c->snap);
    arena_end(c->job.arena);
    free(c->job.arena);
    atomic_fetch_sub(&h->active, 1);
    free(c);
}

void call_enter(struct hub_call *c) {
    c->busy++;
}

void call_leave(struct hub_call *c) {
    if (--c->busy == 0 && !c->working && (c->cancelled || c->ended)) {
        call_free(c);
    }
}

static void give_back(void *arg) {
    (void)arg;
    memory_give_back();
}

static void journey_tick(void *hub) {
    struct hub *h = hub;
    int64_t now = clock_mono_us();
    h->idle_ticks = h->calls ? 0 : h->idle_ticks + 1;
    if (h->idle_ticks == REST_TICKS) {
        timer_stop(TAKE(h->ticker));
        workers_run(h->o.workers, give_back, NULL, NULL);
    }
    for (struct hub_call *c = h->calls; c;) {
        struct hub_call *next = c->next;
        if (!c->cancelled && !c->ended && !c->paused && now - c->last_us >= WAITING_US) {
            c->last_us = now;
            call_enter(c);
            c->client->on_waiting(c->ctx);
            call_leave(c);
        }
        c = next;
    }
}

void journey_awake(struct hub *h) {
    h->idle_ticks = 0;
    if (!h->ticker) {
        h->ticker = timer_start(h->o.loop, 1000, 1000, journey_tick, h);
    }
}

struct hub_call *hub_chat(struct hub *h, const struct hub_job *job, const struct hub_client *client,
                          void *ctx) {
    struct hub_call *c = calloc(1, sizeof *c);
    if (!c) {
        abort();
    }
    c->hub = h;
    c->job = *job;
    c->client = client;
    c->ctx = ctx;
    c->snap = snapshot_hold(h);
    c->started_us = clock_mono_us();
    c->last_us = c->started_us;
    c->usage = (struct chat_usage){.input_tokens = -1, .output_tokens = -1};
    /* Every answer names its decision, also that of a request which cannot be read. */
    c->choice.decision = id_make(c->job.arena, "", 12);
    c->choice.result = (struct route_result){.chosen = -1, .runner_up = -1};
    c->next = h->calls;
    c->at = &h->calls;
    if (c->next) {
        c->next->at = &c->next;
    }
    h->calls = c;
    atomic_fetch_add(&h->active, 1);
    atomic_fetch_add(&h->requests, 1);
    journey_awake(h);
    call_enter(c);
    call_prepare(c, false);
    call_leave(c);
    return c;
}

void hub_cancel(struct hub_call *c) {
    if (c->cancelled || c->ended) {
        return;
    }
    call_enter(c);
    c->cancelled = true;
    if (!c->working && c->look) {
        look_cancel(TAKE(c->look));
    }
    relay_cut(c);
    if (!c->working && c->read_ok) {
        finish_cancelled(c);
    }
    call_leave(c);
}

void hub_pause(struct hub_call *c) {
    c->paused = true;
    if (c->gate) {
        gate_pause(c->gate);
    }
    if (c->engine) {
        engine_pause(c->engine);
    }
}

void hub_resume(struct hub_call *c) {
    c->paused = false;
    c->last_us = clock_mono_us();
    if (c->gate) {
        gate_resume(c->gate);
    }
    if (c->engine) {
        engine_resume(c->engine);
    }
}
