/* What every reader of a backend's answer promises, whatever the bytes: events with clean text, in
 * an order that a front-end can write, an end that says what went wrong, and all of it the same
 * wherever the network cut the bytes. */
#pragma once

#include "backend/backend.h"
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

struct told {
    struct buf all; /* every event, written down */
    bool failed;
};

static void tell(void *ctx, const struct chat_event *ev) {
    struct told *t = ctx;
    CHECK(!t->failed);
    CHECK(ev->index >= 0 && ev->choice >= 0);
    CHECK(utf8_is_valid(ev->text) && utf8_is_valid(ev->id) && utf8_is_valid(ev->name));
    CHECK(utf8_is_valid(ev->stop_sequence));
    CHECK(ev->usage.input_tokens >= -1 && ev->usage.output_tokens >= -1);
    CHECK(ev->kind != EVENT_WIRE || ev->wire.len > 0);
    if (ev->kind == EVENT_ERROR) {
        t->failed = true;
        CHECK(ev->err.kind != ERR_NONE && ev->err.text[0]);
        CHECK(utf8_is_valid(str_of(ev->err.text)));
    }
    /* An id is made up where it lacks. */
    buf_addf(&t->all, "%d %d %d %d " STR_FMT "|%d|" STR_FMT "|" STR_FMT "|" STR_FMT "|%s\n",
             (int)ev->kind, ev->index, ev->choice, (int)ev->stop, STR_ARG(ev->text), ev->id.len > 0,
             STR_ARG(ev->name), STR_ARG(ev->raw), STR_ARG(ev->wire),
             ev->kind == EVENT_ERROR ? ev->err.text : "");
}

/* The first byte says what kind of answer it is. */
enum { IS_STREAM = 1, IS_ENGINE = 2, IS_REFUSED = 4, ASKED_STREAM = 8 };

static bool read_in_pieces(enum chat_dialect dialect, int flags, struct str body, size_t piece,
                           struct told *t) {
    struct chat_request rq = {.dialect = dialect, .stream = flags & ASKED_STREAM, .n = 1};
    struct backend_reader *r = backend_reader_new(
        backend_find(dialect), &rq, flags & IS_ENGINE ? BACKEND_ENGINE : BACKEND_PLAIN,
        flags & IS_REFUSED ? 429 : 200,
        flags & IS_STREAM ? STR("text/event-stream") : STR("application/json"));
    CHECK(r);
    struct err e = {0};
    bool ok = true;
    for (size_t i = 0; ok && !t->failed && i < body.len; i += piece) {
        ok = backend_reader_feed(r, str_sub(body, i, i + piece < body.len ? i + piece : body.len),
                                 tell, t, &e);
    }
    if (ok && !t->failed) {
        ok = backend_reader_end(r, 0, tell, t, &e);
    }
    CHECK(ok || (e.kind != ERR_NONE && e.text[0]));
    CHECK(!(flags & IS_REFUSED) || t->failed || !ok);
    backend_reader_free(r);
    return ok;
}

static void fuzz_backend(enum chat_dialect dialect, const uint8_t *data, size_t size) {
    if (size < 1 || size > 1 << 16) {
        return;
    }
    struct str body = {(const char *)data + 1, size - 1};
    struct told whole = {.all = {.max = 64u << 20}};
    bool ok = read_in_pieces(dialect, data[0], body, size, &whole);
    static const size_t pieces[] = {1, 7};
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
        struct told cut = {.all = {.max = 64u << 20}};
        CHECK(read_in_pieces(dialect, data[0], body, pieces[i], &cut) == ok);
        if (!str_eq(buf_str(&cut.all), buf_str(&whole.all))) {
            fprintf(stderr, "whole:\n" STR_FMT "in pieces of %zu:\n" STR_FMT,
                    STR_ARG(buf_str(&whole.all)), pieces[i], STR_ARG(buf_str(&cut.all)));
            abort();
        }
        buf_finish(&cut.all);
    }
    buf_finish(&whole.all);
}
