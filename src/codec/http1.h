/* HTTP/1.1 messages (RFC 9112) in both directions: llhttp, strict, behind limits. No I/O.
 *
 * One parser per connection. It collects the head into its own memory, calls `on_head` once it is
 * complete, then `on_body` per piece and `on_end`. After a message it stops (http1_feed returns
 * with *used < bytes.len): the owner decides when the next message may start (http1_next). CL with
 * TE, bare LF, obs-fold, spaces before colons, and anything llhttp calls lenient are refused. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

enum http1_kind { HTTP1_REQUEST, HTTP1_RESPONSE };

struct http_header {
    struct str name; /* as sent */
    struct str value;
};

struct http1_limits {
    size_t head_bytes; /* request line or status line and headers */
    size_t headers;    /* how many */
    size_t body_bytes;
};
extern const struct http1_limits HTTP1_LIMITS; /* 64 KiB, 128, 64 MiB */

struct http1_head {
    struct str method; /* requests */
    struct str target; /* requests: as sent */
    int status;        /* responses */
    int minor;         /* HTTP/1.minor */
    const struct http_header *headers;
    size_t header_count;
    int64_t content_length; /* -1: none given */
    bool chunked;
    bool keep_alive;
    bool upgrade;
    bool expect_continue;
};

struct http1_ops {
    /* False stops parsing (the message is refused); head is valid until http1_next. */
    bool (*on_head)(void *ctx, const struct http1_head *head);
    bool (*on_body)(void *ctx, struct str piece);
    void (*on_end)(void *ctx);
};

struct http1;
struct http1 *http1_new(enum http1_kind kind, const struct http1_limits *l,
                        const struct http1_ops *ops, void *ctx);
void http1_free(struct http1 *h);
/* Feeds bytes; *used says how many were taken: fewer than given once a message is complete.
 * False: bad or over a limit (ERR_INVALID 400, ERR_TOO_LARGE: 413 body, code "headers_too_large":
 * 431). */
NODISCARD bool http1_feed(struct http1 *h, struct str bytes, size_t *used, struct err *e);
/* The peer closed: ends a response without length; false if a message was cut. */
NODISCARD bool http1_eof(struct http1 *h, struct err *e);
bool http1_is_done(const struct http1 *h); /* a whole message has been read */
void http1_next(struct http1 *h);          /* forget it, read another */
/* The next response answers a HEAD: it has no body. */
void http1_expect_no_body(struct http1 *h);

/* Value of the first header of that name (case-insensitive); NULL ptr: none. */
struct str http1_header(const struct http1_head *head, const char *name);
const char *http1_reason(int status); /* "Not Found" */
/* Header values and names from outside that would break framing (CR, LF, NUL) are refused. */
bool http1_is_clean(struct str value);
AUTO_DEFINE(http1);
