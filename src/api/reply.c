/* Answering: heads with what every answer carries, whole bodies, streams with back-pressure, and
 * the end of a call. Loop thread. */
#include "api/inner.h"

#include <stdio.h>

enum { HEADERS = 16, LONGEST_VALUE = 160 };

struct head {
    struct http_header h[HEADERS];
    size_t n;
    char number[2][24];
    char clean[2][LONGEST_VALUE];
};

static void add(struct head *h, const char *name, struct str value) {
    if (value.len && h->n < HEADERS) {
        h->h[h->n++] = (struct http_header){str_of(name), value};
    }
}

/* Text from outside: only what may stand in a header, cut to size. */
static struct str cleaned(char out[LONGEST_VALUE], struct str s) {
    size_t n = 0;
    for (size_t i = 0; i < s.len && n < LONGEST_VALUE; i++) {
        if (s.ptr[i] >= ' ' && s.ptr[i] <= '~') {
            out[n++] = s.ptr[i];
        }
    }
    return (struct str){out, n};
}

static void add_route(struct head *h, const struct api_call *c) {
    add(h, "weir-decision", str_of(c->decision));
    if (c->ran && *c->ran) { /* without a model nothing has been chosen */
        add(h, "weir-zone", str_of(ZONE_NAMES[c->zone]));
        add(h, "weir-model", cleaned(h->clean[0], str_of(c->ran)));
    }
    int n = snprintf(h->number[0], sizeof h->number[0], "%lld", (long long)c->left_bytes);
    add(h, "weir-left", (struct str){h->number[0], (size_t)n});
}

static void add_error(struct head *h, const struct err *e) {
    static const enum err_kind refusals[] = {ERR_FORBIDDEN, ERR_CONFLICT, ERR_UNAVAILABLE,
                                             ERR_UPSTREAM, ERR_TIMEOUT};
    for (size_t i = 0; e->code && i < ARRAY_LEN(refusals); i++) {
        if (e->kind == refusals[i]) {
            add(h, "weir-code", cleaned(h->clean[1], str_of(e->code)));
        }
    }
    if (e->retry_after_s > 0) {
        int n = snprintf(h->number[1], sizeof h->number[1], "%d", e->retry_after_s);
        add(h, "retry-after", (struct str){h->number[1], (size_t)n});
    }
    if (e->kind == ERR_UNAUTHORIZED) {
        add(h, "www-authenticate", STR("Bearer"));
    }
}

void reply_head(struct api_call *c, int status, const char *type, int64_t length,
                const struct err *e_opt, struct str allow) {
    struct head h = {0};
    add(&h, "content-type", str_of(type));
    add(&h, "x-request-id", str_of(c->request_id));
    add(&h, "request-id", str_of(c->request_id));
    add(&h, "allow", allow);
    if (length < 0) {
        add(&h, "cache-control", STR("no-cache"));
        add(&h, "x-accel-buffering", STR("no"));
    }
    if (c->has_route) {
        add_route(&h, c);
    }
    if (e_opt) {
        add_error(&h, e_opt);
    }
    c->head_sent = true;
    c->r.head(c->r.ctx, status, h.h, h.n, length);
}

void reply_body(struct api_call *c, int status, const char *type, struct str body) {
    reply_head(c, status, type, (int64_t)body.len, NULL, (struct str){0});
    if (body.len && !c->head_only) {
        c->r.data(c->r.ctx, body);
    }
    reply_end(c);
}

void reply_error_status(struct api_call *c, int status, const struct err *e, struct str allow) {
    struct buf *out = reply_scratch(c);
    error_write(out, c->shape, e, str_of(c->request_id));
    reply_head(c, status, "application/json", (int64_t)out->len, e, allow);
    if (!c->head_only) {
        c->r.data(c->r.ctx, buf_str(out));
    }
    reply_end(c);
}

void reply_error(struct api_call *c, const struct err *e) {
    reply_error_status(c, reply_status(c->shape, e), e, (struct str){0});
}

void reply_stream_head(struct api_call *c) {
    reply_head(c, 200, "text/event-stream", -1, NULL, (struct str){0});
}

void reply_send(struct api_call *c, struct str bytes) {
    if (c->ended || c->gone) {
        return;
    }
    size_t queued = c->r.data(c->r.ctx, bytes);
    if (queued > API_HIGH_WATER && !c->paused && c->hub) {
        c->paused = true;
        hub_pause(c->hub);
    }
}

struct buf *reply_scratch(struct api_call *c) {
    struct buf *out = &c->api->out;
    enum { KEPT = 1 << 20 };
    if (out->cap > KEPT) {
        size_t max = out->max;
        buf_finish(out);
        buf_init(out, max);
    }
    buf_clear(out);
    return out;
}

void reply_end(struct api_call *c) {
    if (c->ended) {
        return;
    }
    c->ended = true;
    c->hub = NULL;
    c->r.end(c->r.ctx);
    if (!c->serving && !c->asked) {
        call_free(c);
    }
}

struct arena *call_give_memory(struct api_call *c) {
    c->owns_memory = false;
    return &c->memory->arena;
}

void answers_end(struct api_call *c) {
    for (int i = 0; c->answers && !c->answers_ended && i < c->n; i++) {
        chat_answer_end(&c->answers[i]);
    }
    c->answers_ended = true;
}

void call_free(struct api_call *c) {
    if (c->owns_memory) {
        arena_end(&c->memory->arena);
        free(c->memory);
    }
    answers_end(c);
    arena_end(&c->answer_arena);
    buf_finish(&c->prefix);
    free(c->ran);
    free(c->model);
    free(c->failed_opt);
    free(c->anthropic.stop_sequence);
    free(c);
}
