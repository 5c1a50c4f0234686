/* What wire's files share: the outward connections (wire.c), one call (wire_call.c) and curl on the
 * loop (wire_loop.c). Loop thread only. Private to gate/wire*.c: nobody else sees libcurl. */
#pragma once

#include "gate/inside.h"

#include <curl/curl.h>
#include <uv.h>

enum { SPARE_HANDLES = 32 };

struct wire_socket;

struct wire {
    struct loop *loop;
    CURLM *multi;
    uv_timer_t *timer; /* curl's */
    const atomic_bool *shut;
    struct timer *idle;
    int64_t idle_at_us; /* when `idle` fires; 0: not set */
    struct wire_socket *sockets;
    struct wire_call *calls;
    CURL *spare[SPARE_HANDLES];
    int spares;
    int depth; /* inside curl */
    bool cut, settling;
    struct err cut_err;
    bool freeing;
};

struct wire_call {
    struct wire *w;
    struct wire_call *next, *prev;
    CURL *easy;
    struct curl_slist *headers;
    struct arena arena; /* URL, the answer's head */
    const struct wire_ops *ops;
    void *ctx;
    enum zone zone;
    struct str host;
    struct str via, network;
    struct str name; /* of the target, for messages */
    struct str body; /* the caller's */
    size_t body_at;
    struct http_header *head;
    size_t head_count, head_cap, head_bytes;
    int status;
    bool head_told;
    bool paused, want_resume;
    bool waiting; /* not yet in the multi */
    bool dead;    /* cancelled: nothing is told any more, the body may be gone */
    bool refused; /* an address did not fit: `why`, unless another one does */
    bool failed;  /* why holds the reason, whatever curl says */
    struct err why;
    bool tried; /* the request was allowed to go out */
    int64_t bytes_in;
    int64_t idle_us, last_us;
    char error[CURL_ERROR_SIZE];
};

/* ---- wire.c ---- */
/* Around everything that lets curl call back; what may not happen inside curl follows the last
 * leave. */
void wire_enter(struct wire *w);
void wire_leave(struct wire *w);

/* ---- wire_call.c ---- */
/* A call with its handle set up, not yet in the multi; NULL: refused, e says why. */
struct wire_call *wire_call_new(struct wire *w, const struct wire_order *o,
                                const struct wire_ops *ops, void *ctx, struct err *e);
/* Its handle is kept for the next call. It must be in no list and no multi. */
void wire_call_free(struct wire_call *c);

/* ---- wire_loop.c ---- */
/* A multi handle whose sockets and timer are w's. */
CURLM *wire_multi_new(struct wire *w);
/* The multi is gone: closes what it watched. */
void wire_sockets_close(struct wire *w);
