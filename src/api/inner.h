/* What the files of api/ share: one call from its request to the end of its response, the row of a
 * dialect, and the verbs for answering. Loop thread only, but for the `read` functions, which run
 * on a worker and see nothing but the request's memory. */
#pragma once

#include "api/api.h"
#include "base/buf.h"
#include "base/err.h"
#include "chat/chat.h"
#include "hub/hub.h"

#include <stdatomic.h>

struct api {
    struct hub *hub;
    struct buf out; /* scratch: everything that is sent is printed here first */
};

/* The error objects that clients understand; told by the path. */
enum api_shape { SHAPE_OPENAI, SHAPE_ANTHROPIC, SHAPE_OLLAMA, SHAPE_OWN };

/* A request's memory together with what the worker saw in the body. The hub hands `arena` back to
 * the read function, and frees the whole with it: the arena is the first member. */
enum { SEEN_NOTHING, SEEN_PLAIN, SEEN_STREAM };
struct api_memory {
    struct arena arena;
    _Atomic int seen; /* written last by the worker; the fields below are for readers that saw it */
    bool include_usage;
    bool receipt;
    int n;
    struct str model;
    bool is_owner;             /* set before the worker runs */
    hub_query_fn fn;           /* own routes: what really answers */
    bool text_body;            /* own routes: a body that is no JSON is fine */
    struct chat_claims claims; /* route, preview, scan: the headers' */
};
static inline struct api_memory *api_memory_of(struct arena *a) {
    return (struct api_memory *)a;
}
/* For read functions, at their end. The first one that was read in this memory counts: the
 * client's. */
void api_saw(struct arena *a, const struct chat_request *rq);

struct api_call;

/* A dialect's front-end for chat: one row, one reader, one writer. */
struct api_dialect {
    const char *channel;
    enum chat_dialect dialect;
    bool (*read)(struct arena *a, struct str body, struct chat_request *rq, struct err *e);
    void (*begin)(struct api_call *c); /* what the writer needs; before anything below, once */
    /* Streams */
    void (*event)(struct api_call *c, const struct chat_event *ev);
    void (*wire)(struct api_call *c, const struct chat_event *ev); /* relayed verbatim */
    void (*waiting)(struct api_call *c);
    void (*done)(struct api_call *c, const struct hub_receipt *r);
    void (*error)(struct api_call *c, const struct err *e);
    /* Without stream: the whole answer. */
    void (*answer)(struct api_call *c, const struct hub_receipt *r, struct buf *out);
};
extern const struct api_dialect API_OPENAI, API_ANTHROPIC, API_COMPLETIONS;

enum { API_CHOICES = 128 }; /* most answers to one request */

struct openai_state {
    uint64_t begun[API_CHOICES / 64];
    uint64_t called[API_CHOICES / 64];
    uint64_t stopped[API_CHOICES / 64];
    int tool, tool_choice; /* the call whose arguments have not begun; tool -1: none */
    bool usage_sent;
};

struct anthropic_state {
    bool started;
    int block;                /* index of the open block, or of the next one */
    enum chat_part_kind open; /* PART_UNKNOWN: none */
    int tool;                 /* the open call */
    bool is_signed;
    bool called;
    bool delta_sent; /* message_delta has gone */
    enum chat_stop stop;
    char *stop_sequence; /* malloc'ed */
};

/* How a stream's events go out; settled by the first one that has content. */
enum api_mode { MODE_OPEN, MODE_PRINT, MODE_WIRE };

struct api_call {
    struct api *api;
    struct api_responder r;
    enum api_shape shape;
    struct api_memory *memory; /* the hub's from hub_chat, hub_ask and hub_count on */
    bool owns_memory;
    struct hub_call *hub;
    struct hub_watch *watch;
    bool serving; /* inside api_serve, which frees it */
    bool asked;   /* hub_ask or hub_count will call back, come what may */
    bool gone;
    bool ended;
    bool head_sent;
    bool head_only; /* HEAD */
    bool paused;
    char request_id[32];
    const char *content_type; /* of what hub_ask gives */

    /* chat */
    const struct api_dialect *d;
    bool learned, streaming, include_usage, receipt, begun;
    bool has_route, is_engine, same_dialect;
    enum api_mode mode;
    enum zone zone;
    int n;
    int64_t left_bytes, input_tokens, created_s;
    char id[40]; /* of the answer */
    char decision[40];
    char *ran;         /* the model that runs; malloc'ed */
    char *model;       /* as asked; malloc'ed, NUL-terminated */
    struct buf prefix; /* OpenAI: what every chunk begins with; holds model_json */
    struct str model_json;
    struct chat_usage usage;
    struct err *failed_opt;      /* malloc'ed: ends the call at the next on_done */
    struct chat_answer *answers; /* without stream: n of them, in answer_arena */
    bool answers_ended;
    struct arena answer_arena;
    struct openai_state openai;
    struct anthropic_state anthropic;
};

/* ---- routes.c ---- */
enum api_auth { AUTH_NONE, AUTH_CALLER, AUTH_NAMED, AUTH_OWNER };
/* One request at its row. */
struct visit {
    const struct api_request *rq;
    const struct api_route *row;
    struct str id; /* what `*` stood for, decoded */
    struct hub_caller caller;
};
struct api_route {
    const char *method;
    const char *path; /* at most one `*`: anything, also with slashes */
    enum api_shape shape;
    enum api_auth auth;
    void (*serve)(struct api_call *c, const struct visit *v);
    const struct api_dialect *d; /* serve_chat's */
    hub_query_fn fn;             /* serve_query's */
    const char *type;            /* serve_query's: content type, NULL: JSON */
    bool bare;                   /* also without the leading /v1 */
    bool text_body;              /* serve_query's: the body may be something else than JSON */
    bool has_claims;             /* serve_query's: the weir-* headers count, as for a chat */
};
#define ROW(method_, path_, shape_, auth_, serve_) \
    .method = (method_), .path = (path_), .shape = (shape_), .auth = (auth_), .serve = (serve_)
extern const struct api_route API_OWN_ROUTES[];
extern const size_t API_OWN_ROUTE_COUNT;
/* The row for method and path; NULL: none, *known says whether the path has other methods. */
const struct api_route *route_find(struct str method, struct str path, struct str *id, bool *known);
enum api_shape route_shape(struct str path);
struct str api_header(const struct api_request *rq, const char *name); /* ptr NULL: none */

/* ---- reply.c ---- */
int reply_status(enum api_shape shape, const struct err *e);
void error_write(struct buf *out, enum api_shape shape, const struct err *e, struct str request_id);
void reply_head(struct api_call *c, int status, const char *type, int64_t length,
                const struct err *e_opt, struct str allow);
void reply_body(struct api_call *c, int status, const char *type, struct str body);
void reply_error(struct api_call *c, const struct err *e);
void reply_error_status(struct api_call *c, int status, const struct err *e, struct str allow);
void reply_stream_head(struct api_call *c);
/* One event in one write; pauses the hub when the client does not take it. */
void reply_send(struct api_call *c, struct str bytes);
void reply_end(struct api_call *c);
struct buf *reply_scratch(struct api_call *c); /* empty */
void call_free(struct api_call *c);
void answers_end(struct api_call *c);
/* The memory is the hub's from here on. */
struct arena *call_give_memory(struct api_call *c);

/* ---- what answers: chat.c, query.c, models.c, page.c ---- */
void serve_chat(struct api_call *c, const struct visit *v);
void serve_count(struct api_call *c, const struct visit *v);
void serve_query(struct api_call *c, const struct visit *v);
void serve_events(struct api_call *c, const struct visit *v);
void serve_models(struct api_call *c, const struct visit *v);
void serve_model(struct api_call *c, const struct visit *v);
void serve_no_model(struct api_call *c, const struct visit *v);
void serve_not_yet(struct api_call *c, const struct visit *v);
void serve_page(struct api_call *c, const struct visit *v);
void serve_health(struct api_call *c, const struct visit *v);
void serve_hello(struct api_call *c, const struct visit *v);
/* A fault of our own in the middle of an answer: it ends with it. */
void call_fail(struct api_call *c, enum err_kind kind, const char *text);

/* ---- readers, writers, claims ---- */
bool openai_read(struct arena *a, struct str body, struct chat_request *rq, struct err *e);
bool completions_read(struct arena *a, struct str body, struct chat_request *rq, struct err *e);
bool anthropic_read(struct arena *a, struct str body, struct chat_request *rq, struct err *e);
bool anthropic_read_count(struct arena *a, struct str body, struct chat_request *rq, struct err *e);
/* The weir-* headers. An unknown one or a bad value: ERR_INVALID. */
NODISCARD bool claims_from_headers(struct arena *a, const struct http_header *headers, size_t count,
                                   struct chat_claims *claims, struct err *e);
/* The body's object `weir`, joined to what the headers said; NULL: none. */
NODISCARD bool claims_from_body(struct arena *a, const struct jval *weir_opt, bool is_owner,
                                struct chat_claims *claims, struct err *e);
/* Verbatim relay of a backend's event (wire.c). */
void openai_wire(struct api_call *c, const struct chat_event *ev);
void anthropic_wire(struct api_call *c, const struct chat_event *ev);
