/* The life of a connection: IDLE → HEAD → BODY → BUSY → IDLE …, LINGER, CLOSED; and its bytes until
 * request.c makes requests of them.
 *
 * Nothing here calls the api from inside one of the api's own calls: a failed write, a request that
 * waits its turn and the like go to the ready list first. */
#include "server/conn.h"

#include <sys/socket.h>

int64_t conn_now(const struct conn *c) {
    return (int64_t)uv_now(c->server->uv);
}

/* Keeps what came before its time. Past the limit the socket is not read, so that TCP slows the
 * client. */
static void keep_ahead(struct conn *c, struct str bytes) {
    buf_add(&c->ahead, bytes);
    if (c->ahead.len >= AHEAD_BYTES && !c->is_paused) {
        c->is_paused = true;
        uv_read_stop(&c->uv.stream);
    }
}

static void take(struct conn *c, struct str bytes) {
    while (bytes.len > 0) {
        switch (c->state) {
        case CONN_LINGER:
        case CONN_CLOSED:
            return;
        case CONN_BUSY:
            keep_ahead(c, bytes);
            return;
        case CONN_IDLE:
        case CONN_HEAD:
        case CONN_BODY:
            if (!request_read(c, &bytes)) {
                return;
            }
        }
    }
}

/* ---- reading ---- */

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *out) {
    (void)suggested;
    struct conn *c = h->data;
    *out = uv_buf_init(c->server->read_buf, READ_BYTES);
}

static void on_eof(struct conn *c) {
    c->has_eof = true;
    switch (c->state) {
    case CONN_BUSY:
        conn_watch_peer(c);
        return;
    case CONN_LINGER:
        if (reply_queued(c) > 0) {
            return; /* it still reads */
        }
        break;
    case CONN_IDLE:
        if (c->ahead.len > 0) {
            return; /* its turn comes from the ready list */
        }
        break;
    case CONN_HEAD:
    case CONN_BODY:
    case CONN_CLOSED:
        break;
    }
    conn_gone(c);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf) {
    struct conn *c = stream->data;
    if (c->state == CONN_CLOSED || n == 0) {
        return;
    }
    if (n == UV_EOF) {
        on_eof(c);
    } else if (n < 0) {
        conn_gone(c);
    } else {
        struct str bytes = {buf->base, (size_t)n};
        if (c->ahead.len > 0) {
            keep_ahead(c, bytes); /* behind what waits already */
        } else {
            take(c, bytes);
        }
        reply_flush(c->server);
    }
}

bool conn_begin(struct conn *c) {
    struct peer_facts facts = {0};
    int fd = -1;
    buf_init(&c->ahead, AHEAD_BYTES + READ_BYTES);
    buf_init(&c->queue, 1 << 30);
    c->since = conn_now(c);
    if (uv_fileno(&c->uv.handle, &fd) != 0 || !peer_look(&c->server->lookup, fd, &facts)) {
        return false;
    }
    c->peer_kind = facts.kind;
    c->is_same_user = facts.is_same_user;
    memcpy(c->local_ip, facts.local_ip, sizeof c->local_ip);
    return uv_read_start(&c->uv.stream, on_alloc, on_read) == 0;
}

/* ---- after an answer, and the end ---- */

void conn_finish_answer(struct conn *c) {
    c->call = NULL;
    c->since = conn_now(c);
    if (c->has_eof && c->ahead.len == 0 && !c->has_more) {
        c->keep = false;
    }
    if (!c->keep || c->is_broken) {
        conn_shut(c);
        return;
    }
    c->state = CONN_IDLE;
    if (c->ahead.len > 0) {
        server_ready(c);
    }
}

/* The requests that waited while another was answered. */
static void take_ahead(struct conn *c) {
    struct buf ahead = c->ahead;
    buf_init(&c->ahead, AHEAD_BYTES + READ_BYTES);
    take(c, buf_str(&ahead));
    buf_finish(&ahead);
    if (c->state == CONN_CLOSED) {
        return;
    }
    if (c->is_paused && c->ahead.len < AHEAD_BYTES) {
        c->is_paused = false;
        if (uv_read_start(&c->uv.stream, on_alloc, on_read) != 0) {
            conn_gone(c);
            return;
        }
    }
    if (c->has_eof && c->state != CONN_BUSY && c->state != CONN_LINGER) {
        conn_gone(c); /* what is left is no whole request */
    }
}

void conn_ready(struct conn *c) {
    if (c->state == CONN_CLOSED) {
        return;
    }
    if (c->is_broken) {
        conn_gone(c);
    } else if (c->state == CONN_BUSY && c->is_head && c->has_head && c->length < 0 && c->call) {
        struct api_call *call = c->call;
        c->call = NULL;
        api_gone(call);
        reply_flush(c->server);
        conn_finish_answer(c);
    } else if (c->state == CONN_IDLE && c->ahead.len > 0) {
        take_ahead(c);
    }
}

void conn_shut(struct conn *c) {
    int fd = -1;
    if (c->state == CONN_CLOSED) {
        return;
    }
    if (c->server->pending == c) {
        reply_flush(c->server);
    }
    if (c->state != CONN_LINGER) {
        c->state = CONN_LINGER;
        c->since = conn_now(c);
    }
    if (c->is_broken) {
        return; /* closed from the ready list */
    }
    if (reply_queued(c) > 0) {
        return; /* again once that has gone */
    }
    /* Closing now could destroy the answer: bytes that arrive at a closed socket are answered by a
     * reset. */
    if (c->has_eof || uv_fileno(&c->uv.handle, &fd) != 0 || shutdown(fd, SHUT_WR) != 0) {
        conn_close(c);
        return;
    }
    buf_finish(&c->ahead);
    if (c->is_paused) {
        c->is_paused = false;
        (void)uv_read_start(&c->uv.stream, on_alloc, on_read);
    }
}

static void on_closed(uv_handle_t *h) {
    struct conn *c = h->data;
    struct server *s = c->server;
    buf_finish(&c->ahead);
    buf_finish(&c->queue);
    buf_finish(&c->flying);
    free(c);
    server_handle_closed(s);
}

void conn_close(struct conn *c) {
    struct server *s = c->server;
    if (c->state == CONN_CLOSED) {
        return;
    }
    if (s->pending == c) {
        s->pending = NULL;
        buf_clear(&s->scratch);
    }
    if (c->is_ready) {
        struct conn **at = &s->ready;
        while (*at != c) {
            at = &(*at)->next_ready;
        }
        *at = c->next_ready;
        c->is_ready = false;
    }
    request_drop(c);
    /* c->next stays: somebody may be walking the list. */
    *(c->prev ? &c->prev->next : &s->conns) = c->next;
    if (c->next) {
        c->next->prev = c->prev;
    }
    s->conn_count--;
    c->state = CONN_CLOSED;
    uv_close(&c->uv.handle, on_closed);
}

void conn_gone(struct conn *c) {
    struct api_call *call = c->call;
    c->call = NULL;
    conn_close(c);
    if (call) {
        api_gone(call);
    }
}
