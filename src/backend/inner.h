/* What the files of backend/ share. */
#pragma once

#include "backend/backend.h"
#include "codec/sse.h"

/* Where events go while bytes are read. */
struct sink {
    void (*on_event)(void *ctx, const struct chat_event *ev);
    void *ctx;
    struct str wire, wire_event; /* for the first event of what is read now; taken by it */
};
void sink_tell(struct sink *s, struct chat_event ev);
/* What was read made no event: its bytes still belong to a verbatim relay. */
void sink_flush(struct sink *s);

enum { BACKEND_CALLS = 128, BACKEND_CHOICES = 128 };

struct backend_reader {
    const struct backend *b;
    const struct chat_request *rq;
    enum backend_quirks quirks;
    int status;
    bool is_stream;
    bool began, ended, failed;
    struct sse sse;
    struct buf body;      /* of a plain answer, or of an error */
    struct arena scratch; /* of one event */
    int stops;            /* choices that ended */
    struct chat_usage usage;

    /* OpenAI */
    bool call_began[BACKEND_CALLS];
    int call_choice[BACKEND_CALLS];
    struct buf arguments; /* engine: of the open call, printed canonically at its end */
    int open_call;        /* -1 none */
    struct buf forced;    /* engine: the answer that is really a tool call */
    /* Anthropic */
    int block_call[BACKEND_CALLS]; /* block → tool call, -1 none */
    int calls;
    enum chat_stop stop;
    struct str stop_sequence;
};

/* One parsed event or whole answer of each dialect. False: unusable. */
NODISCARD bool openai_event(struct backend_reader *r, const struct jval *v, struct sink *s,
                            struct err *e);
NODISCARD bool openai_answer(struct backend_reader *r, const struct jval *v, struct sink *s,
                             struct err *e);
NODISCARD bool openai_end(struct backend_reader *r, struct sink *s, struct err *e);
NODISCARD bool anthropic_event(struct backend_reader *r, struct str name, const struct jval *v,
                               struct sink *s, struct err *e);
NODISCARD bool anthropic_answer(struct backend_reader *r, const struct jval *v, struct sink *s,
                                struct err *e);

/* An error object of any dialect, or any other body, as an error of ours. */
void backend_error(struct err *e, int status, const struct jval *doc, struct str body,
                   int retry_after_s);
/* The answer is one forced tool call, enforced by a schema (engine). */
bool is_forced(const struct chat_request *rq, enum backend_quirks quirks);
struct str forced_schema(struct arena *a, const struct chat_request *rq);

/* What the IR has no words for cannot be written anew: ERR_INVALID, as the reader put it. */
NODISCARD bool refuse_unknown(const struct chat_request *rq, struct err *e);
bool openai_build(struct arena *a, const struct chat_request *rq, struct str model,
                  enum backend_quirks quirks, struct backend_body *out, struct err *e);
bool anthropic_build(struct arena *a, const struct chat_request *rq, struct str model,
                     enum backend_quirks quirks, struct backend_body *out, struct err *e);
/* The client's own bytes with `model` replaced, `weir` cut and, for OpenAI streams, usage asked
 * for. */
NODISCARD bool splice_build(struct arena *a, const struct chat_request *rq, struct str model,
                            bool ask_usage, struct str *out, struct err *e);
