/* Routes whose answer is the hub's JSON: a query on a worker, then its text. And the owner's
 * events. */
#include "api/inner.h"

/* Worker thread: the body is parsed here, then the real query runs. */
static bool run_query(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                      struct err *e) {
    const struct api_memory *m = api_memory_of(a);
    struct hub_query with = *q;
    struct str text = str_trim(q->body_text);
    bool is_json = text.len && (text.ptr[0] == '{' || (text.ptr[0] == '[' && !m->text_body));
    if (text.len && (is_json || !m->text_body)) {
        with.body = json_parse(a, q->body_text, &JSON_LIMITS, e);
        if (!with.body) {
            return err_while(e, "The body is not valid JSON");
        }
    }
    return m->fn(h, a, &with, out, e);
}

bool api_read_chat(struct arena *a, struct str body, struct chat_request *rq, struct err *e) {
    rq->claims = api_memory_of(a)->claims;
    return openai_read(a, body, rq, e);
}

static void on_answer(void *ctx, struct arena *arena, struct str out, const struct err *e_opt) {
    (void)arena;
    struct api_call *c = ctx;
    c->asked = false;
    if (c->gone) {
        call_free(c);
    } else if (e_opt) {
        reply_error(c, e_opt);
    } else {
        reply_body(c, 200, c->content_type, out);
    }
}

void serve_query(struct api_call *c, const struct visit *v) {
    struct api_memory *m = c->memory;
    struct err e = {0};
    if (v->row->has_claims
        && !claims_from_headers(&m->arena, v->rq->headers, v->rq->header_count, &m->claims, &e)) {
        reply_error(c, &e);
        return;
    }
    m->fn = v->row->fn;
    m->text_body = v->row->text_body;
    c->content_type = v->row->type ? v->row->type : "application/json";
    c->asked = true;
    struct hub_query *q = arena_new(&m->arena, struct hub_query);
    *q = (struct hub_query){
        .caller = v->caller, .id = v->id, .query = v->rq->query, .body_text = v->rq->body};
    hub_ask(c->api->hub, run_query, call_give_memory(c), q, on_answer, c);
}

/* ---- events ---- */

static void on_event(void *ctx, struct str name, struct str json) {
    struct api_call *c = ctx;
    struct buf *out = reply_scratch(c);
    buf_add(out, STR("event: "));
    buf_add(out, name);
    buf_add(out, STR("\ndata: "));
    buf_add(out, json);
    buf_add(out, STR("\n\n"));
    if (c->r.data(c->r.ctx, buf_str(out)) > API_HIGH_WATER && !c->gone) {
        /* Nobody reads, and the sender cannot be held: the watcher comes back and asks for the
         * status. */
        hub_unwatch(c->watch);
        c->watch = NULL;
        c->ended = true;
        c->r.abort(c->r.ctx);
        if (!c->serving) {
            call_free(c);
        }
    }
}

void serve_events(struct api_call *c, const struct visit *v) {
    (void)v;
    reply_stream_head(c);
    if (c->head_only) {
        reply_end(c);
        return;
    }
    c->r.data(c->r.ctx, STR(": weir\n\n"));
    c->watch = hub_watch_events(c->api->hub, on_event, c);
}
