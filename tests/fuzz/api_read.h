/* What every request reader promises, whatever the bytes: a request that can be worked with, or an
 * error that its client can parse; and the same again the second time. */
#pragma once

#include "api/inner.h"
#include "codec/utf8.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(what)                                   \
    do {                                              \
        if (!(what)) {                                \
            fprintf(stderr, "not true: %s\n", #what); \
            abort();                                  \
        }                                             \
    } while (0)

static void check_error(struct err *e, enum api_shape shape) {
    CHECK(e->kind == ERR_INVALID || e->kind == ERR_TOO_LARGE);
    CHECK(e->text[0] != 0);
    CHECK(reply_status(shape, e) == 400 || reply_status(shape, e) == 413);
    struct arena a = arena_make(SIZE_MAX);
    AUTO_BUF out;
    buf_init(&out, 65536);
    error_write(&out, shape, e, STR("req_1"));
    struct err bad = {0};
    const struct jval *v = json_parse(&a, buf_str(&out), &JSON_LIMITS, &bad);
    CHECK(jval_is(jval_get(v, "error"), JOBJECT));
    CHECK(jval_str(jval_get(jval_get(v, "error"), "message")).len > 0);
    CHECK(jval_str(jval_get(jval_get(v, "error"), "type")).len > 0);
    arena_end(&a);
}

static void check_parts(const struct chat_part *parts, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const struct chat_part *p = &parts[i];
        CHECK(utf8_is_valid(p->text) && utf8_is_valid(p->name) && utf8_is_valid(p->id));
        CHECK(p->kind != PART_UNKNOWN || p->raw.len > 0);
        CHECK(p->kind != PART_TOOL_CALL || p->arguments.len > 0);
        CHECK(p->url.len == 0 || str_istarts(p->url, STR("http")));
        check_parts(p->parts, p->part_count);
    }
}

static void check_request(const struct chat_request *rq, const struct api_memory *m) {
    CHECK(jval_is(rq->doc, JOBJECT));
    CHECK(rq->model.len > 0 && utf8_is_valid(rq->model));
    CHECK(rq->message_count > 0);
    CHECK(rq->n >= 1 && rq->n <= API_CHOICES);
    CHECK(rq->max_tokens >= 0 && rq->thinking_budget >= 0 && rq->top_k >= 0);
    CHECK(rq->choice != CHOICE_NAMED || rq->choice_name.ptr);
    CHECK(rq->format != FORMAT_JSON_SCHEMA || rq->schema.len > 0);
    CHECK(atomic_load(&m->seen) == (rq->stream ? SEEN_STREAM : SEEN_PLAIN));
    CHECK(m->n == rq->n && m->include_usage == rq->include_usage);
    CHECK(!rq->claims.files);
    for (size_t i = 0; i < rq->message_count; i++) {
        check_parts(rq->messages[i].parts, rq->messages[i].part_count);
    }
}

/* A reader and the shape its errors have. */
struct subject {
    bool (*read)(struct arena *a, struct str body, struct chat_request *rq, struct err *e);
    enum api_shape shape;
};

static bool read_once(const struct subject *s, struct str body, size_t *messages) {
    struct api_memory m = {.arena = arena_make(64 << 20)};
    struct chat_request rq = {0};
    struct err e = {0};
    bool ok = s->read(&m.arena, body, &rq, &e);
    if (ok) {
        check_request(&rq, &m);
    } else {
        check_error(&e, s->shape);
        CHECK(atomic_load(&m.seen) == SEEN_NOTHING);
    }
    *messages = ok ? rq.message_count : 0;
    arena_end(&m.arena);
    return ok;
}

static void check_reader(const struct subject *s, struct str body) {
    size_t first = 0;
    size_t second = 0;
    bool ok = read_once(s, body, &first);
    CHECK(read_once(s, body, &second) == ok);
    CHECK(first == second);
}
