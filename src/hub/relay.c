/* Upstream bytes → events → the client, on the loop. */
#include "codec/http1.h"
#include "hub/call.h"

enum { LARGEST_KEPT = 1 << 20 };

static void settle_route(struct hub_call *c) {
    const struct candidate *cand = &c->choice.candidates[c->choice.result.chosen];
    const struct target *t = &c->choice.targets[c->choice.result.chosen];
    bool engine = t->is_engine;
    c->route = (struct hub_route){
        .decision = c->choice.decision,
        .zone = cand->zone,
        .model = engine ? t->model : cand->name,
        .asked = c->choice.asked,
        .left_bytes = c->left_bytes,
        .input_tokens = c->choice.features.input_tokens,
        /* A disguised request's answer is never relayed as it came. */
        .same_dialect = !engine && t->provider->dialect == c->job.dialect && !c->shaped.book,
        .is_engine = engine,
    };
}

static void tell_route(struct hub_call *c) {
    if (!c->routed) {
        c->routed = true;
        c->client->on_route(c->ctx, &c->route);
    }
}

/* Something came from the client's side while we told it: it may be gone. */
static bool over(const struct hub_call *c) {
    return c->cancelled || c->ended;
}

static void tell_event(void *ctx, const struct chat_event *ev) {
    struct hub_call *c = ctx;
    if (over(c)) {
        return;
    }
    c->last_us = clock_mono_us();
    if (ev->kind == EVENT_USAGE || ev->kind == EVENT_START) {
        const struct chat_usage *u = &ev->usage;
        if (ev->kind == EVENT_USAGE) {
            c->usage = *u;
        }
    } else if (!c->first_us && ev->kind != EVENT_WIRE) {
        c->first_us = c->last_us;
    }
    if (c->collects && ev->choice == 0) {
        struct err ignored = {0};
        if (!chat_answer_add(&c->answer, ev, &ignored)) {
            chat_answer_end(&c->answer);
            c->collects =
                false; /* longer than what is kept; the conversation still carries the label */
        }
    }
    tell_route(c);
    if (!over(c)) {
        c->client->on_event(c->ctx, ev);
    }
}

static void take_event(void *ctx, const struct chat_event *ev) {
    struct hub_call *c = ctx;
    if (over(c) || c->failed) {
        return;
    }
    if (ev->kind == EVENT_ERROR) {
        c->failed = true;
        c->failure = ev->err;
    } else if (c->veil) {
        veil_take(c->veil, ev, tell_event, c);
    } else {
        tell_event(c, ev);
    }
}

/* ---- failing ---- */

/* Another candidate may do what this one could not, as long as the client saw nothing. A named
 * model stays with itself. */
static bool try_another(struct hub_call *c, const struct err *e) {
    if (c->routed || c->choice.wish.named || c->tried_count >= MOST_TRIES
        || c->rq.claims.preview.len) {
        return false;
    }
    bool worth = err_row(e->kind)->retryable || e->kind == ERR_UNAUTHORIZED
                 || e->kind == ERR_UPSTREAM || e->kind == ERR_NOT_FOUND;
    if (!worth) {
        return false;
    }
    const struct candidate *cand = &c->choice.candidates[c->choice.result.chosen];
    log_info("decision " STR_FMT ": " STR_FMT " failed (%s), choosing again",
             STR_ARG(c->choice.decision), STR_ARG(cand->name), e->text);
    c->tried[c->tried_count++] = cand->name;
    c->tried_err = *e;
    backend_reader_free(TAKE(c->reader));
    c->failed = false;
    c->status = 0;
    c->err = (struct err){0};
    call_prepare(c, true);
    return true;
}

void call_failed(struct hub_call *c, const struct err *e) {
    struct err copy = *e;
    if (!try_another(c, &copy)) {
        finish_error(c, &copy);
    }
}

/* ---- upstream's stream ---- */

static struct str header(const struct http_header *headers, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++) {
        if (str_ieq(headers[i].name, str_of(name))) {
            return headers[i].value;
        }
    }
    return (struct str){0};
}

static void on_head(void *ctx, int status, const struct http_header *headers, size_t count) {
    struct hub_call *c = ctx;
    if (over(c)) {
        return;
    }
    c->status = status;
    c->last_us = clock_mono_us();
    int64_t seconds = 0;
    if (str_to_i64(str_trim(header(headers, count, "retry-after")), &seconds) && seconds > 0
        && seconds < 86400) {
        c->retry_after_s = (int)seconds;
    }
    backend_reader_free(TAKE(c->reader));
    c->reader = backend_reader_new(c->backend, &c->rq, c->quirks, status,
                                   header(headers, count, "content-type"));
}

static void stop_upstream(struct hub_call *c) {
    if (c->gate) {
        gate_cancel(TAKE(c->gate));
    }
    if (c->engine) {
        engine_cancel(TAKE(c->engine));
    }
    if (c->step_timer) {
        timer_stop(TAKE(c->step_timer));
    }
}

static void on_data(void *ctx, struct str bytes) {
    struct hub_call *c = ctx;
    if (over(c) || !c->reader) {
        return;
    }
    call_enter(c);
    c->bytes_in += (int64_t)bytes.len;
    struct err e = {0};
    bool ok = backend_reader_feed(c->reader, bytes, take_event, c, &e);
    if (!over(c) && c->status < 400) {
        if (c->failed) {
            stop_upstream(c);
            call_failed(c, &c->failure);
        } else if (!ok) {
            stop_upstream(c);
            call_failed(c, &e);
        }
    }
    call_leave(c);
}

static void on_end(void *ctx, const struct err *e_opt) {
    struct hub_call *c = ctx;
    c->gate = NULL;
    c->engine = NULL;
    if (over(c)) {
        return;
    }
    call_enter(c);
    struct err e = {0};
    if (e_opt) {
        call_failed(c, e_opt);
    } else if (!c->reader) {
        err_set(&e, ERR_UPSTREAM, "the backend ended without an answer");
        call_failed(c, &e);
    } else {
        bool ok = backend_reader_end(c->reader, c->retry_after_s, take_event, c, &e);
        if (over(c)) {
            /* freed below */
        } else if (c->failed) {
            call_failed(c, &c->failure);
        } else if (!ok) {
            call_failed(c, &e);
        } else {
            tell_route(c);
            if (!over(c)) {
                finish_done(c);
            }
        }
    }
    call_leave(c);
}

static const struct stream_ops OPS = {on_head, on_data, on_end};

/* ---- the scripted backend: a script with its times ---- */

static void script_end(struct hub_call *c, const struct err *e_opt) {
    if (c->has_pass) {
        c->has_pass = false;
        gate_note(c->hub->gate, &c->pass, e_opt ? err_row(e_opt->kind)->http_status : 200,
                  c->bytes_in, e_opt);
    }
    if (e_opt) {
        call_failed(c, e_opt);
    } else {
        tell_route(c);
        if (!over(c)) {
            finish_done(c);
        }
    }
}

static void script_wait(struct hub_call *c);

static void script_step(void *arg) {
    struct hub_call *c = arg;
    c->step_timer = NULL;
    if (over(c)) {
        return;
    }
    if (c->paused) {
        c->step_timer = timer_start(c->hub->o.loop, 5, 0, script_step, c);
        return;
    }
    call_enter(c);
    struct err e = {0};
    do {
        const struct scripted_step *s = &c->steps[c->step++];
        if (s->cut) {
            err_set(&e, ERR_UPSTREAM, "the backend cut the stream before its end");
            script_end(c, &e);
            break;
        }
        c->bytes_in += (int64_t)s->event.text.len;
        take_event(c, &s->event);
        if (c->failed) {
            script_end(c, &c->failure);
            break;
        }
        if (!over(c) && c->step == c->step_count) {
            script_end(c, NULL);
            break;
        }
    } while (!over(c) && c->steps[c->step].wait_ms == 0 && !c->paused);
    if (!over(c) && !c->failed && !e.kind && c->step < c->step_count) {
        script_wait(c);
    }
    call_leave(c);
}

static void script_wait(struct hub_call *c) {
    c->step_timer = timer_start(c->hub->o.loop, c->steps[c->step].wait_ms, 0, script_step, c);
}

static void script_start(struct hub_call *c) {
    struct err e = {0};
    c->step = 0;
    struct chat_request seen = c->rq;
    if (c->shaped.book) { /* it sees what leaves */
        seen = (struct chat_request){.dialect = DIALECT_OPENAI, .body = c->shaped.body.bytes};
    }
    if ((c->shaped.book && !c->hub->o.read(c->job.arena, c->shaped.body.bytes, &seen, &e))
        || !scripted_plan(c->job.arena, &seen, &c->steps, &c->step_count, &e)) {
        script_end(c, &e);
    } else if (!c->step_count) {
        script_end(c, NULL);
    } else {
        const struct chat_event *last = &c->steps[c->step_count - 1].event;
        if (last->kind == EVENT_USAGE) {
            c->route.input_tokens = last->usage.input_tokens;
        }
        script_wait(c);
    }
}

/* ---- start and cut ---- */

static void collect(struct hub_call *c) {
    c->collects = label_level(&c->labelled.raised) > LEVEL_OPEN;
    if (c->collects) {
        chat_answer_init(&c->answer, c->job.arena, LARGEST_KEPT);
    }
}

void relay_start(struct hub_call *c) {
    const struct target *t = &c->choice.targets[c->choice.result.chosen];
    struct hub *h = c->hub;
    if (!c->collects) {
        collect(c);
    }
    c->quirks = t->is_engine ? BACKEND_ENGINE : BACKEND_PLAIN;
    c->backend = backend_find(t->is_engine ? DIALECT_OPENAI : t->provider->dialect);
    c->sent_us = clock_mono_us();
    if (c->leaves) {
        c->left_bytes += (int64_t)c->shaped.body.bytes.len;
        atomic_fetch_add(&h->left_bytes, (long long)c->shaped.body.bytes.len);
    }
    if (c->has_pass && c->ledger_count < ARRAY_LEN(c->ledger_ids)) {
        c->ledger_ids[c->ledger_count++] = c->pass.ledger_id;
    }
    veil_free(TAKE(c->veil));
    if (c->shaped.book) {
        c->tools =
            (struct restore_tools){c->snap->policy.outward, c->snap->policy.inward,
                                   c->snap->policy.outward_count, c->snap->policy.inward_count};
        c->veil = veil_new(c->shaped.book, c->shaped.disguised.faces, c->rq.format != FORMAT_TEXT,
                           &c->tools);
    }
    settle_route(c);
    if (t->is_engine) {
        c->engine = engine_call(h->engine, t->model, STR("POST"), c->shaped.body.path,
                                c->shaped.body.bytes, &OPS, c);
    } else if (t->provider->dialect == DIALECT_SCRIPTED) {
        script_start(c);
    } else {
        c->has_pass = false;
        c->gate = gate_send(h->gate, &t->provider->target, &c->pass, c->shaped.body.bytes, &OPS, c);
    }
    if (c->paused) {
        hub_pause(c);
    }
}

void relay_cut(struct hub_call *c) {
    stop_upstream(c);
}
