/* The dialects spoken to clients: one file per dialect and a table of routes. The server gives a
 * whole request and a responder; everything runs on the loop thread. */
#pragma once

#include "base/str.h"
#include "codec/http1.h"

struct hub;
struct chat_request;
struct err;

struct api_peer {
    bool is_owner; /* Unix socket, the daemon's own uid */
    bool is_local; /* loopback, the daemon's own uid */
};

struct api_request {
    struct arena
        *arena; /* heap; the api owns it (and everything below lives in it) from api_serve on */
    struct str method;
    struct str
        path; /* percent-decoded only where routes need it; without query, trailing slash cut */
    struct str query;
    const struct http_header *headers;
    size_t header_count;
    struct str body;
    struct api_peer peer;
    struct str origin; /* "" none; already checked by the server */
};

/* How to answer; implemented by the server. Exactly one head, then data, then end; or abort at any
 * time. The server adds Date, Connection, CORS headers and framing (Content-Length, else chunked).
 */
struct api_responder {
    /* length -1: a stream. Headers are copied. */
    void (*head)(void *ctx, int status, const struct http_header *headers, size_t count,
                 int64_t length);
    /* Copied or sent before it returns; one write per call. Gives the bytes that are still queued
     * for the client. */
    size_t (*data)(void *ctx, struct str bytes);
    void (*end)(void *ctx);
    /* The stream cannot be ended properly: the connection is cut. */
    void (*abort)(void *ctx);
    void *ctx;
};

struct api;
struct api_call;
struct api *api_new(struct hub *h);
void api_free(struct api *a);
/* NULL: already answered. Else the call lives until it ended the response; the server tells it
 * meanwhile: */
struct api_call *api_serve(struct api *a, const struct api_request *rq, struct api_responder r);
void api_gone(
    struct api_call *c); /* the client hung up; the responder is not used any more, c is gone */
void api_drained(
    struct api_call *c); /* what was queued for the client fell below the low-water mark */

/* For hub_options.read: the body of POST route, preview and scan. `a` is the one that came with
 * hub_ask. Worker. */
bool api_read_chat(struct arena *a, struct str body, struct chat_request *rq, struct err *e);

/* For the server, before there is a request: an error in the shape that fits the path, as body and
 * content type. */
struct str api_error_body(struct arena *a, struct str path, int status, const char *code_opt,
                          struct str message, struct str request_id);
/* May other Origins (configured) use this path? Only dialect routes. */
bool api_is_dialect_route(struct str path);
/* Methods a path answers, "GET, HEAD, OPTIONS"; ptr NULL: no such path. For 405 and OPTIONS. */
struct str api_allow(struct arena *a, struct str path);
/* Queue high-water mark per stream: above it the upstream is paused (DESIGN.md 5). */
enum { API_HIGH_WATER = 256 * 1024, API_LOW_WATER = 64 * 1024 };
