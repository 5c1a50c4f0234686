/* The table of dialects, and reading any of them: collecting or splitting the bytes, one parse per
 * event. */
#include "backend/inner.h"

enum { LARGEST_EVENT = 8 << 20, LARGEST_ANSWER = 64 << 20, LARGEST_ERROR = 64 << 10 };

static const char *const NO_HEADERS[] = {NULL};
static const char *const ANTHROPIC_HEADERS[] = {"anthropic-version", "2023-06-01", NULL};

static const struct backend BACKENDS[] = {
    {"openai", DIALECT_OPENAI, "/chat/completions", "authorization", "Bearer ", NO_HEADERS,
     openai_build},
    {"anthropic", DIALECT_ANTHROPIC, "/messages", "x-api-key", "", ANTHROPIC_HEADERS,
     anthropic_build},
};

const struct backend *backend_find(enum chat_dialect dialect) {
    for (size_t i = 0; i < ARRAY_LEN(BACKENDS); i++) {
        if (BACKENDS[i].dialect == dialect) {
            return &BACKENDS[i];
        }
    }
    return NULL;
}

bool backend_is_verbatim(enum chat_dialect dialect, enum backend_quirks quirks,
                         const struct chat_request *rq) {
    return rq->dialect == dialect && !(quirks & BACKEND_ENGINE) && rq->body.len > 0;
}

bool refuse_unknown(const struct chat_request *rq, struct err *e) {
    const struct chat_part *part = chat_unknown(rq);
    return !part || err_code(e, ERR_INVALID, "invalid_value", STR_FMT, STR_ARG(part->why));
}

void sink_tell(struct sink *s, struct chat_event ev) {
    ev.wire = s->wire;
    ev.wire_event = s->wire_event;
    s->wire = (struct str){0};
    s->wire_event = (struct str){0};
    s->on_event(s->ctx, &ev);
}

void sink_flush(struct sink *s) {
    if (s->wire.len) {
        sink_tell(s, (struct chat_event){.kind = EVENT_WIRE});
    }
}

struct backend_reader *backend_reader_new(const struct backend *b, const struct chat_request *rq,
                                          enum backend_quirks quirks, int status,
                                          struct str content_type) {
    struct backend_reader *r = calloc(1, sizeof *r);
    if (!r) {
        abort();
    }
    r->b = b;
    r->rq = rq;
    r->quirks = quirks;
    r->status = status;
    r->is_stream = status < 300 && str_istarts(str_trim(content_type), STR("text/event-stream"));
    r->open_call = -1;
    r->usage = (struct chat_usage){.input_tokens = -1, .output_tokens = -1};
    r->scratch = arena_make(LARGEST_ANSWER * 2ULL);
    sse_init(&r->sse, LARGEST_EVENT);
    buf_init(&r->body, status < 300 ? LARGEST_ANSWER : LARGEST_ERROR);
    buf_init(&r->arguments, LARGEST_EVENT);
    buf_init(&r->forced, LARGEST_EVENT);
    return r;
}

void backend_reader_free(struct backend_reader *r) {
    if (r) {
        sse_finish(&r->sse);
        buf_finish(&r->body);
        buf_finish(&r->arguments);
        buf_finish(&r->forced);
        arena_end(&r->scratch);
        free(r);
    }
}

static bool unusable(struct err *e, const struct err *why) {
    return err_set(e, ERR_UPSTREAM, "the backend sent something unusable: %s", why->text);
}

/* One SSE event. */
static bool read_event(struct backend_reader *r, const struct sse_event *ev, struct sink *s,
                       struct err *e) {
    if (str_is(str_trim(ev->data), "[DONE]")) {
        r->ended = true;
        return true;
    }
    if (!str_trim(ev->data).len) {
        return true;
    }
    arena_end(&r->scratch);
    r->scratch = arena_make(LARGEST_ANSWER * 2ULL);
    struct err why = {0};
    const struct jval *v = json_parse(&r->scratch, ev->data, &JSON_LIMITS, &why);
    if (!v || !jval_is(v, JOBJECT)) {
        return unusable(e, &why);
    }
    if (!(r->quirks & BACKEND_ENGINE)) {
        s->wire = ev->data;
        s->wire_event = ev->event;
    }
    const struct jval *error = jval_get(v, "error");
    if (error && !jval_is(error, JNULL)) {
        struct chat_event out = {.kind = EVENT_ERROR};
        backend_error(&out.err, 0, v, ev->data, 0);
        r->failed = true;
        sink_tell(s, out);
        return true;
    }
    bool ok = r->b->dialect == DIALECT_OPENAI ? openai_event(r, v, s, e)
                                              : anthropic_event(r, ev->event, v, s, e);
    if (ok) {
        sink_flush(s);
    }
    return ok;
}

bool backend_reader_feed(struct backend_reader *r, struct str bytes,
                         void (*on_event)(void *ctx, const struct chat_event *ev), void *ctx,
                         struct err *e) {
    struct sink s = {.on_event = on_event, .ctx = ctx};
    if (r->failed || r->ended) {
        return true; /* nothing counts behind the end */
    }
    if (!r->is_stream) {
        if (!buf_add(&r->body, bytes) && r->status < 300) {
            return err_set(e, ERR_UPSTREAM, "the backend's answer is longer than %d bytes",
                           LARGEST_ANSWER);
        }
        return true;
    }
    struct err why = {0};
    if (!sse_feed(&r->sse, bytes, &why)) {
        return unusable(e, &why);
    }
    struct sse_event ev = {0};
    while (!r->failed && !r->ended && sse_next(&r->sse, &ev)) {
        TRY(read_event(r, &ev, &s, e));
    }
    return true;
}

static bool end_error(struct backend_reader *r, int retry_after_s, struct sink *s) {
    struct err ignored = {0};
    struct chat_event ev = {.kind = EVENT_ERROR};
    const struct jval *doc = json_parse(&r->scratch, buf_str(&r->body), &JSON_LIMITS, &ignored);
    backend_error(&ev.err, r->status, doc, buf_str(&r->body), retry_after_s);
    sink_tell(s, ev);
    return true;
}

bool backend_reader_end(struct backend_reader *r, int retry_after_s,
                        void (*on_event)(void *ctx, const struct chat_event *ev), void *ctx,
                        struct err *e) {
    struct sink s = {.on_event = on_event, .ctx = ctx};
    if (r->failed) {
        return true;
    }
    if (r->status >= 300) {
        return end_error(r, retry_after_s, &s);
    }
    if (!r->is_stream) {
        struct err why = {0};
        const struct jval *v = json_parse(&r->scratch, buf_str(&r->body), &JSON_LIMITS, &why);
        if (!v) {
            return unusable(e, &why);
        }
        if (jval_is(jval_get(v, "error"), JOBJECT)) {
            return end_error(r, retry_after_s, &s);
        }
        return r->b->dialect == DIALECT_OPENAI ? openai_answer(r, v, &s, e)
                                               : anthropic_answer(r, v, &s, e);
    }
    if (r->b->dialect == DIALECT_OPENAI && r->stops > 0) {
        return openai_end(r, &s, e);
    }
    if (!r->stops) {
        return err_set(e, ERR_UPSTREAM, "the backend's stream was cut before its end");
    }
    return true;
}
