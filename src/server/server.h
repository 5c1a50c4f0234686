/* Sockets: loopback TCP on both families and a Unix socket, HTTP/1.1 with keep-alive, limits, Host
 * and Origin, CORS, callers' credentials of the kernel (SO_PEERCRED; uid behind a loopback
 * connection). Loop thread only. */
#pragma once

#include "base/err.h"
#include "os/os.h"

struct api;
struct server;

struct server_options {
    struct loop *loop;
    struct api *api;
    const struct str *listen; /* "127.0.0.1", "::1" */
    size_t listen_count;
    int port; /* 0: any free one, the same for all addresses */
    const char *unix_path;
    const struct str *hosts; /* further Host names */
    size_t host_count;
    const struct str *origins; /* further Origins for dialect routes */
    size_t origin_count;
    size_t body_bytes;        /* largest body */
    size_t connections;       /* at most; 0: 4096 */
    int64_t head_timeout_ms;  /* from the first byte to the end of the head; 0: 10 s */
    int64_t body_timeout_ms;  /* without a byte of the body; 0: 60 s */
    int64_t idle_timeout_ms;  /* keep-alive; 0: 75 s */
    int64_t stall_timeout_ms; /* a reader that takes nothing; 0: 120 s */
};
/* ERR_CONFLICT when the port is taken, naming it and what to do. */
NODISCARD bool server_new(const struct server_options *o, struct server **out, struct err *e);
int server_port(const struct server *s);
/* What may change while it runs: names, origins, the largest body. For requests from now on. */
void server_adjust(struct server *s, const struct str *hosts, size_t host_count,
                   const struct str *origins, size_t origin_count, size_t body_bytes);
/* No new connections; what is under way may finish for at most grace_ms; then calls back. */
void server_stop(struct server *s, int64_t grace_ms, void (*stopped)(void *ctx), void *ctx);
void server_free(struct server *s); /* after the loop has stopped; before loop_free; NULL is fine */
AUTO_DEFINE(server);
