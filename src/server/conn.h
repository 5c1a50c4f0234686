/* Inside the server: the server's and a connection's state, and what its files call of each other.
 *
 *   server.c  listeners, accept, limits, clocks, stop
 *   conn.c    bytes in, the turns of a connection, half-close, its end
 *   request.c one request: parser, body, dispatch     sweep.c   timeouts, clients that left
 *   refuse.c  answers the server gives itself: refusals, OPTIONS
 *   reply.c   bytes out: the responder, framing, the write queue
 *   edge.c    Host, Origin, target      peer.c   who is at the other end      listen.c  binding
 *
 * One connection answers one request at a time. All of it runs on the loop thread. */
#pragma once

#include "api/api.h"
#include "base/buf.h"
#include "server/edge.h"
#include "server/peer.h"
#include "server/server.h"

#include <uv.h>

enum {
    READ_BYTES = 64 * 1024,
    AHEAD_BYTES = 64 * 1024, /* kept of what a client sends before its answer has ended */
    PEEK_BYTES = 128,
    LINGER_MS = 2000,
    SPARE_PARSERS = 16,
    FACTS_SLOTS = 32,
    FACTS_PATH = 64,
    FACTS_ALLOW = 64,
};

enum conn_state {
    CONN_IDLE,   /* between requests */
    CONN_HEAD,   /* some bytes of a head are there */
    CONN_BODY,   /* the head is there */
    CONN_BUSY,   /* the request is there, its answer has not ended */
    CONN_LINGER, /* the last answer is on its way out; what still comes in is dropped */
    CONN_CLOSED  /* waits for libuv to let go of it */
};

/* An answer of the server's own, instead of the api's. */
struct own_answer {
    int status; /* 0: none */
    const char *code_opt;
    const char *message; /* NULL: no body (OPTIONS) */
    bool names_methods;  /* with an Allow header */
    bool is_preflight;
};

/* A parser is a connection's only while it reads a request: idle connections and streams have none.
 */
struct parser {
    struct http1 *http;
    struct conn *conn;
    struct parser *next; /* of the spare ones */
};

struct conn {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } uv;
    struct server *server;
    struct conn *next, *prev; /* of all connections */
    struct conn *next_ready;  /* of those with work that must not run inside the api's calls */
    enum conn_state state;
    enum peer_kind peer_kind;
    bool is_same_user;
    bool is_ready;  /* in the ready list */
    bool is_broken; /* a write failed; to be told to the api from the ready list */
    bool has_eof;   /* the peer sends no more */
    bool is_paused; /* not reading: too much came ahead */
    int64_t since;  /* uv_now when the state began, or when the last byte of the body came */
    char local_ip[64];

    /* the request being read */
    struct parser *parser; /* NULL: none */
    struct arena *arena;   /* NULL once it is the api's */
    struct api_request *rq;
    struct own_answer own;
    char *body;
    size_t body_len, body_cap;
    int64_t body_length;   /* -1: not told */
    bool must_invite;      /* 100 Continue */
    char peek[PEEK_BYTES]; /* its first bytes, for the path when it cannot be parsed */
    size_t peek_len;
    struct buf ahead;
    bool has_more; /* conn_take still holds bytes of a next request */

    /* the answer */
    struct api_call *call;
    const struct str *cors; /* the origin that may be told; NULL: none */
    size_t body_most;       /* the limit when the request began */
    bool vary_origin;
    bool is_head, is_old, keep; /* the method HEAD; HTTP/1.0; keep the connection */
    bool is_get;
    bool serving; /* inside api_serve: the end of the answer is only noted */
    bool answered;
    bool has_head, is_chunked, has_no_body;
    int64_t length, sent;

    /* bytes that the socket did not take at once */
    struct buf queue;  /* not yet given to libuv */
    struct buf flying; /* given */
    uv_write_t write;
    bool was_full;      /* the api has been told of more than the low-water mark */
    size_t flying_left; /* when last looked at */
    int64_t moved_at;   /* when that last changed */
};

/* What the api says of a path, kept so that a request does not ask again. */
struct path_facts {
    char path[FACTS_PATH];
    size_t path_len;
    char allow[FACTS_ALLOW];
    size_t allow_len; /* 0: no such path */
    bool is_dialect;
    bool is_set;
};

struct listener {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } uv;
    struct server *server;
    bool is_unix;
};

struct server {
    struct loop *loop;
    uv_loop_t *uv;
    struct api *api;
    struct arena memory; /* what was copied out of the options */
    struct edge edge;
    struct server_options limits; /* with the defaults filled in; its pointers are not used */
    int port;
    char *unix_path; /* NULL: none, or not ours any more */
    uint64_t unix_inode;

    struct listener *listeners;
    size_t listener_count;
    size_t open_handles; /* listeners and connections not yet let go by libuv */
    uv_prepare_t prepare;
    bool prepare_is_open;
    struct timer *sweep; /* runs while there are connections */
    struct timer *soon;  /* a second look at a peer that sent its last byte */
    struct peer_lookup lookup;

    struct parser *spare;
    size_t spare_count;
    struct conn *conns;
    size_t conn_count;
    struct conn *ready;
    struct conn *pending; /* whose head is in `scratch`, unsent */
    struct buf scratch;
    int64_t date_s;
    char date[40];
    int64_t complained_at; /* of accept */
    struct path_facts facts[FACTS_SLOTS];

    bool stopping;
    struct timer *grace;
    void (*stopped)(void *ctx);
    void *stopped_ctx;
    char read_buf[READ_BYTES];
};

/* server.c */
void server_ready(struct conn *c); /* conn_ready(c) before the loop sleeps next */
void server_look_soon(struct server *s);
void server_handle_closed(struct server *s);

/* conn.c */
NODISCARD bool conn_begin(struct conn *c); /* accepted: look at the peer, start reading */
void conn_ready(struct conn *c);
void conn_finish_answer(struct conn *c); /* the answer has ended */
void conn_shut(struct conn *c);          /* send what is queued, then close */
void conn_gone(struct conn *c);          /* the peer is not there any more */
void conn_close(struct conn *c);         /* at once */
int64_t conn_now(const struct conn *c);

/* request.c */
void request_free_parsers(struct server *s);
/* Gives the parser what is there; false: not a whole request yet. */
NODISCARD bool request_read(struct conn *c, struct str *bytes);
void request_drop(struct conn *c); /* forgets what was read of it */

/* sweep.c */
void conn_watch_peer(struct conn *c);         /* is anybody still there, after the last byte? */
void conn_sweep(struct conn *c, int64_t now); /* timeouts */

/* refuse.c */
/* spare: room for a path too long to be kept. Valid until the next call. */
const struct path_facts *facts_of(struct server *s, struct str path, struct path_facts *spare);
void refuse(struct conn *c, int status, const char *code_opt, const char *message);
/* Gives c->own, in the shape that fits the path. The connection stays only if the request was read
 * whole. */
void refuse_send(struct conn *c, struct str path, bool request_is_whole);
struct str refuse_peeked_path(const struct conn *c);

/* reply.c */
struct api_responder reply_responder(struct conn *c);
void reply_begin(struct conn *c); /* before a request is answered */
void reply_flush(struct server *s);
size_t reply_queued(const struct conn *c);
void reply_raw(struct conn *c, struct str bytes); /* outside any framing */
