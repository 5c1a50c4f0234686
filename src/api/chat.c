/* A chat from its request to its end: the job for the hub, and what the hub tells. With a stream
 * every event goes out at once; without, the answer is collected and goes out whole. Loop thread.
 */
#include "api/inner.h"
#include "base/clock.h"
#include "base/id.h"

#include <stdio.h>

enum { LONGEST_ANSWER = 64 << 20 };

static char *copy(struct str s) {
    char *p = malloc(s.len + 1);
    if (!p) {
        abort();
    }
    if (s.len) {
        memcpy(p, s.ptr, s.len);
    }
    p[s.len] = 0;
    return p;
}

/* What the worker saw in the body, as soon as it did. The memory is the hub's, and still there: the
 * call has not ended. */
static bool learn(struct api_call *c) {
    if (c->learned) {
        return true;
    }
    int seen = atomic_load(&c->memory->seen);
    if (seen == SEEN_NOTHING) {
        return false;
    }
    c->learned = true;
    c->streaming = seen == SEEN_STREAM;
    c->include_usage = c->memory->include_usage;
    c->receipt = c->memory->receipt;
    c->n = c->memory->n;
    c->model = copy(c->memory->model);
    return true;
}

/* The dialect's writer, ready. */
static void begin(struct api_call *c) {
    if (!c->begun) {
        c->begun = true;
        c->created_s = clock_wall_ms() / 1000;
        if (!c->model) {
            c->model = copy(STR(""));
        }
        c->d->begin(c);
    }
}

static void keep_route(struct api_call *c, const struct hub_route *r) {
    c->has_route = true;
    c->zone = r->zone;
    c->left_bytes = r->left_bytes;
    c->input_tokens = r->input_tokens;
    c->same_dialect = r->same_dialect;
    c->is_engine = r->is_engine;
    snprintf(c->decision, sizeof c->decision, STR_FMT, STR_ARG(r->decision));
    free(c->ran);
    c->ran = copy(r->model);
    if (!c->model) {
        c->model = copy(r->asked);
    }
}

static void keep_failure(struct api_call *c, const struct err *e) {
    if (!c->failed_opt) {
        c->failed_opt = malloc(sizeof *c->failed_opt);
        if (!c->failed_opt) {
            abort();
        }
        *c->failed_opt = *e;
    }
}

void call_fail(struct api_call *c, enum err_kind kind, const char *text) {
    struct err e = {0};
    err_set(&e, kind, "%s", text);
    keep_failure(c, &e);
}

static void open_stream(struct api_call *c) {
    if (!c->head_sent) {
        reply_stream_head(c);
    }
    begin(c);
}

/* ---- what the hub tells ---- */

static void on_route(void *ctx, const struct hub_route *r) {
    struct api_call *c = ctx;
    learn(c);
    keep_route(c, r);
    if (!c->streaming) {
        begin(c);
        c->answers = arena_array(&c->answer_arena, struct chat_answer, (size_t)c->n);
        for (int i = 0; i < c->n; i++) {
            chat_answer_init(&c->answers[i], &c->answer_arena, LONGEST_ANSWER / (size_t)c->n);
        }
    } else if (c->is_engine) {
        /* An engine answers only after the prompt is read; the client should not wait for the head
         * that long. A provider's head comes at once, and a refusal can still be told by our
         * status. */
        open_stream(c);
    }
}

static void collect(struct api_call *c, const struct chat_event *ev) {
    struct err e = {0};
    int i = ev->choice < 0 || ev->choice >= c->n ? 0 : ev->choice;
    if (c->answers && !chat_answer_add(&c->answers[i], ev, &e)) {
        keep_failure(c, &e);
    }
}

/* Whether the backend's own JSON is relayed is settled by the first event that has either. */
static void settle_mode(struct api_call *c, const struct chat_event *ev) {
    if (c->mode != MODE_OPEN) {
        return;
    }
    bool may_relay = c->same_dialect && c->d->wire;
    if (may_relay && ev->wire.len) {
        c->mode = MODE_WIRE;
    } else if (!may_relay || (ev->kind != EVENT_START && ev->kind != EVENT_USAGE)) {
        c->mode = MODE_PRINT;
    }
}

static void on_event(void *ctx, const struct chat_event *ev) {
    struct api_call *c = ctx;
    if (c->ended || c->failed_opt) {
        return;
    }
    if (ev->kind == EVENT_ERROR) { /* the hub ends the call next; if it does so well, it was not */
        keep_failure(c, &ev->err);
        return;
    }
    if (ev->kind == EVENT_START || ev->kind == EVENT_USAGE) {
        c->usage = ev->usage;
    }
    if (!c->streaming) {
        collect(c, ev);
        return;
    }
    open_stream(c);
    settle_mode(c, ev);
    if (c->mode == MODE_PRINT) {
        c->d->event(c, ev);
    } else if (c->mode == MODE_WIRE && ev->wire.len && ev->wire.ptr[0] == '{') {
        c->d->wire(c, ev);
    }
}

static void on_waiting(void *ctx) {
    struct api_call *c = ctx;
    if (!c->ended && learn(c) && c->streaming) {
        open_stream(c);
        c->d->waiting(c);
    }
}

static void end_with(struct api_call *c, const struct err *e) {
    c->hub = NULL;
    if (c->head_sent) {
        begin(c);
        c->d->error(c, e);
        reply_end(c);
    } else {
        reply_error(c, e);
    }
}

static void on_done(void *ctx, const struct hub_receipt *r) {
    struct api_call *c = ctx;
    c->hub = NULL;
    if (c->failed_opt) {
        end_with(c, c->failed_opt);
        return;
    }
    if (!c->has_route) {
        keep_route(c, &r->route);
    }
    c->usage = r->usage;
    c->left_bytes = r->left_bytes;
    if (c->streaming) {
        open_stream(c);
        c->d->done(c, r);
        reply_end(c);
        return;
    }
    begin(c);
    answers_end(c);
    struct buf *out = reply_scratch(c);
    c->d->answer(c, r, out);
    reply_body(c, 200, "application/json", buf_str(out));
}

static void on_error(void *ctx, const struct err *e, const struct hub_route *r) {
    struct api_call *c = ctx;
    if (!c->has_route) {
        keep_route(c, r);
    }
    end_with(c, e);
}

static const struct hub_client CLIENT = {on_route, on_event, on_waiting, on_done, on_error};

/* ---- jobs ---- */

static void make_job(struct api_call *c, const struct visit *v, struct hub_job *job) {
    struct arena *a = &c->memory->arena;
    *job = (struct hub_job){
        .arena = a,
        .read = v->row->d->read,
        .body = v->rq->body,
        .caller = v->caller,
        .client = str_sub(api_header(v->rq, "user-agent"), 0, 200),
        .channel = str_of(v->row->d->channel),
        .dialect = v->row->d->dialect,
    };
    (void)!claims_from_headers(a, v->rq->headers, v->rq->header_count, &job->claims, &job->refusal);
    c->d = v->row->d;
}

void serve_chat(struct api_call *c, const struct visit *v) {
    struct hub_job job = {0};
    make_job(c, v, &job);
    call_give_memory(c);
    struct hub_call *hub = hub_chat(c->api->hub, &job, &CLIENT, c);
    if (!c->ended) { /* it may have ended before it returned */
        c->hub = hub;
    }
}

static void on_counted(void *ctx, int64_t tokens, const struct err *e_opt) {
    struct api_call *c = ctx;
    c->asked = false;
    if (c->gone) {
        call_free(c);
        return;
    }
    if (e_opt) {
        reply_error(c, e_opt);
        return;
    }
    struct buf *out = reply_scratch(c);
    buf_addf(out, "{\"input_tokens\":%lld}", (long long)tokens);
    reply_body(c, 200, "application/json", buf_str(out));
}

void serve_count(struct api_call *c, const struct visit *v) {
    struct hub_job job = {0};
    make_job(c, v, &job);
    job.read = anthropic_read_count;
    call_give_memory(c);
    c->asked = true;
    hub_count(c->api->hub, &job, on_counted, c);
}
