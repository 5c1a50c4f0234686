/* Dialects spoken to backends: IR → request bytes, response bytes → IR events. Pure, no I/O; one
 * file per dialect and a row in the table. The engine speaks "openai" with a few liberties
 * (backend_quirks). */
#pragma once

#include "chat/chat.h"

enum backend_quirks {
    BACKEND_PLAIN = 0,
    BACKEND_ENGINE = 1, /* llama-server: tool choice and json_object enforced by a schema,
                           cache_prompt, timings */
};

struct backend_body {
    struct str bytes; /* in the arena */
    struct str path;  /* to append to the backend's base URL: "/chat/completions", "/messages" */
};

struct backend_reader; /* state of one response */

struct backend {
    const char *name; /* "openai" */
    enum chat_dialect dialect;
    const char *default_path;
    const char *auth_header; /* "authorization" with "Bearer " or "x-api-key" */
    const char *auth_prefix;
    const char *const *headers; /* fixed name, value pairs, NULL-terminated: anthropic-version … */
    /* Builds the body for `model` (the backend's own name of it). Same dialect as the client's: the
     * original bytes with ranges replaced (json_splice): model, weir, stream_options. Other
     * dialect: written from the IR. ERR_INVALID for what this dialect cannot say (an image by URL
     * for an engine …). */
    bool (*build)(struct arena *a, const struct chat_request *rq, struct str model,
                  enum backend_quirks quirks, struct backend_body *out, struct err *e);
};
const struct backend *backend_find(enum chat_dialect dialect); /* NULL: not spoken yet */
/* The client's own bytes go there, with parts that the IR has no words for. */
bool backend_is_verbatim(enum chat_dialect dialect, enum backend_quirks quirks,
                         const struct chat_request *rq);

/* Reading a response: feed the bytes as they come, take events out. One reader per response. */
struct backend_reader *backend_reader_new(const struct backend *b, const struct chat_request *rq,
                                          enum backend_quirks quirks, int status,
                                          struct str content_type);
void backend_reader_free(struct backend_reader *r);
/* on_event is called for each event, texts valid during the call. After EVENT_ERROR or EVENT_STOP
 * of the last choice nothing follows but EVENT_USAGE. False: unusable bytes (ERR_UPSTREAM). */
NODISCARD bool backend_reader_feed(struct backend_reader *r, struct str bytes,
                                   void (*on_event)(void *ctx, const struct chat_event *ev),
                                   void *ctx, struct err *e);
/* The response ended. False: it was cut (no stop, no terminal event). For status ≥ 400 gives
 * EVENT_ERROR with kind, text and retry_after_s from the dialect's error object. */
NODISCARD bool backend_reader_end(struct backend_reader *r, int retry_after_s,
                                  void (*on_event)(void *ctx, const struct chat_event *ev),
                                  void *ctx, struct err *e);

/* The scripted backend (SURFACE.md 6): a script with its times, no bytes at all. */
struct scripted_step {
    int64_t wait_ms; /* before the event */
    struct chat_event event;
    bool cut; /* end here without a terminal event */
};
/* All steps of the answer, in the arena; bounded by 1 MiB and 60 s. The body that "leaves" is the
 * chat request as OpenAI JSON. */
NODISCARD bool scripted_plan(struct arena *a, const struct chat_request *rq,
                             struct scripted_step **out, size_t *count, struct err *e);
int64_t scripted_count(const struct chat_request *rq); /* its input tokens: words */
