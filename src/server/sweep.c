/* What no event tells: timeouts, readers that take nothing, and clients that left after their last
 * byte. */
#include "base/log.h"
#include "server/conn.h"

#include <sys/socket.h>

void conn_watch_peer(struct conn *c) {
    int fd = -1;
    if (uv_fileno(&c->uv.handle, &fd) != 0) {
        conn_gone(c);
        return;
    }
    switch (peer_presence(&c->server->lookup, fd, c->peer_kind)) {
    case PEER_THERE:
        server_look_soon(c->server);
        return;
    case PEER_GONE:
        conn_gone(c);
        return;
    case PEER_UNSURE:
        /* A stream finds out with its next write; who waits for a plain answer does not half-close.
         */
        if (!(c->has_head && c->length < 0)) {
            conn_gone(c);
        }
    }
}

/* A peer that sent more than it may cannot be heard leaving: is it still connected both ways? */
static void watch_paused(struct conn *c) {
    int fd = -1;
    char byte = 0;
    if (uv_fileno(&c->uv.handle, &fd) != 0) {
        conn_gone(c);
        return;
    }
    enum peer_presence p = peer_presence(&c->server->lookup, fd, c->peer_kind);
    if (p == PEER_GONE || (p == PEER_UNSURE && recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)) {
        conn_gone(c);
    }
}

static void time_out(struct conn *c) {
    refuse(c, 408, NULL, "the request did not arrive in time");
    c->keep = false;
    c->has_more = false;
    refuse_send(c, c->rq ? c->rq->path : refuse_peeked_path(c), false);
    request_drop(c);
    reply_flush(c->server);
}

static bool is_stalled(struct conn *c, int64_t now) {
    if (c->flying.len == 0) {
        return false;
    }
    size_t left = uv_stream_get_write_queue_size(&c->uv.stream);
    if (left != c->flying_left) {
        c->flying_left = left;
        c->moved_at = now;
    }
    return now - c->moved_at >= c->server->limits.stall_timeout_ms;
}

void conn_sweep(struct conn *c, int64_t now) {
    const struct server_options *o = &c->server->limits;
    int64_t waited = now - c->since;
    if (c->state != CONN_CLOSED && is_stalled(c, now)) {
        log_info("a client took nothing for too long; its connection is cut");
        conn_gone(c);
        return;
    }
    switch (c->state) {
    case CONN_IDLE:
        if (waited >= o->idle_timeout_ms) {
            conn_close(c);
        }
        return;
    case CONN_HEAD:
        if (waited >= o->head_timeout_ms) {
            time_out(c);
        }
        return;
    case CONN_BODY:
        if (waited >= o->body_timeout_ms) {
            time_out(c);
        }
        return;
    case CONN_BUSY:
        if (c->has_eof) {
            conn_watch_peer(c);
        } else if (c->is_paused) {
            watch_paused(c);
        }
        return;
    case CONN_LINGER:
        if (reply_queued(c) == 0 && waited >= LINGER_MS) {
            conn_close(c);
        }
        return;
    case CONN_CLOSED:
        return;
    }
}
