/* The thin HTTP/1.1 client over the engine's Unix socket: uv pipe and the codec's parser. One
 * connection a call. Loop thread. */
#include "codec/http1.h"
#include "engine/inside.h"

#include <uv.h>

/* A connection lives until libuv has closed it, longer than the call that used it. */
enum {
    MOST_IDLE = 64, /* connections kept per model */
    HEAD_BYTES = 64 << 10,
};

struct conn {
    uv_pipe_t pipe;
    uv_connect_t connect;
    uv_write_t write;
    struct engine_call *call; /* NULL: nobody listens any more */
    struct engine_probe *probe;
    struct http1 *parser;
    struct buf head;
    bool reading, done, heard;
    bool keep;   /* the engine lets the connection be used again */
    bool reused; /* it was: the engine may have closed it in the meantime */
    struct slot *slot;
    struct conn *next, **at; /* slot->idle */
};

struct engine_probe {
    struct slot *slot;
    struct conn *conn;
    void (*done)(struct slot *s, bool healthy);
    int status;
};

static void free_conn(uv_handle_t *h) {
    struct conn *k = h->data;
    http1_free(k->parser);
    buf_finish(&k->head);
    free(k);
}

static void leave_pool(struct conn *k) {
    if (k->at) {
        *k->at = k->next;
        if (k->next) {
            k->next->at = k->at;
        }
        k->at = NULL;
        k->slot->idle_count--;
    }
}

static void close_conn(struct conn *k) {
    leave_pool(k);
    k->call = NULL;
    k->probe = NULL;
    if (!uv_is_closing((uv_handle_t *)&k->pipe)) {
        uv_close((uv_handle_t *)&k->pipe, free_conn);
    }
}

/* ---- the answer ---- */

/* For the next call, as it is: connecting costs more than keeping a few. */
static bool rest_in_pool(struct conn *k) {
    struct slot *s = k->slot;
    if (!k->call || !k->keep || !k->done || !k->reading || s->idle_count >= MOST_IDLE) {
        return false;
    }
    k->call = NULL;
    k->next = s->idle;
    k->at = &s->idle;
    if (k->next) {
        k->next->at = &k->next;
    }
    s->idle = k;
    s->idle_count++;
    return true;
}

static void finish(struct conn *k, const struct err *e_opt) {
    struct engine_call *c = k->call;
    struct engine_probe *p = k->probe;
    if (e_opt || !rest_in_pool(k)) {
        close_conn(k);
    }
    if (c) {
        c->conn = NULL;
        call_end(c, e_opt);
    } else if (p) {
        struct slot *s = p->slot;
        bool healthy = !e_opt && p->status == 200;
        void (*done)(struct slot * s, bool healthy) = p->done;
        free(p);
        done(s, healthy);
    }
}

static bool on_head(void *ctx, const struct http1_head *head) {
    struct conn *k = ctx;
    k->heard = true;
    k->keep = head->keep_alive;
    if (k->call) {
        k->call->ops->on_head(k->call->ctx, head->status, head->headers, head->header_count);
    } else if (k->probe) {
        k->probe->status = head->status;
    }
    return true;
}

static bool on_body(void *ctx, struct str piece) {
    struct conn *k = ctx;
    if (k->call) {
        k->call->ops->on_data(k->call->ctx, piece);
    }
    return true;
}

static void on_message_end(void *ctx) {
    ((struct conn *)ctx)->done = true;
}

static const struct http1_ops OPS = {on_head, on_body, on_message_end};

static bool orphaned(const struct conn *k) {
    return !k->call && !k->probe;
}

/* A call whose process died before it said a word waits for the next process, once. */
static void fail(struct conn *k, const char *how) {
    struct engine_call *c = k->call;
    if (c && !k->heard && k->reused) {
        close_conn(k);
        c->conn = NULL;
        call_send(c); /* another one, or a new one */
        return;
    }
    if (c && !k->heard && !c->again) {
        close_conn(k);
        c->conn = NULL;
        c->again = true;
        engine_lost(c);
        return;
    }
    struct err e = {0};
    err_set(&e, ERR_UPSTREAM, "the engine %s", how);
    finish(k, &e);
}

static void on_alloc(uv_handle_t *h, size_t size, uv_buf_t *out) {
    (void)size;
    struct engine *g = ((struct conn *)h->data)->slot->g;
    *out = uv_buf_init(g->read_buf, sizeof g->read_buf);
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b) {
    struct conn *k = s->data;
    struct err e = {0};
    if (k->at) {
        close_conn(k); /* nothing is expected here: the engine hung up, or is out of step */
        return;
    }
    if (orphaned(k)) {
        return;
    }
    if (n < 0) {
        struct err cut = {0};
        bool whole = n == UV_EOF && http1_eof(k->parser, &cut) && k->done;
        if (orphaned(k)) {
            return;
        }
        if (whole) {
            finish(k, NULL);
        } else {
            fail(k, "ended in the middle of the answer");
        }
        return;
    }
    size_t used = 0;
    bool ok = http1_feed(k->parser, (struct str){b->base, (size_t)n}, &used, &e);
    if (orphaned(k)) {
        return;
    }
    if (!ok) {
        err_while(&e, "the engine's answer");
        e.kind = ERR_UPSTREAM;
        finish(k, &e);
    } else if (k->done) {
        finish(k, NULL);
    }
}

/* ---- the request ---- */

static void read_on(struct conn *k) {
    if (!k->reading && !orphaned(k) && !uv_is_closing((uv_handle_t *)&k->pipe)) {
        k->reading = true;
        uv_read_start((uv_stream_t *)&k->pipe, on_alloc, on_read);
    }
}

static void on_written(uv_write_t *w, int status) {
    struct conn *k = w->data;
    if (status < 0 && !orphaned(k)) {
        fail(k, "hung up");
    }
}

/* What the socket takes at once needs no callback; a small request is gone then. */
static void send_request(struct conn *k) {
    struct str body = k->call ? k->call->body : (struct str){0};
    uv_stream_t *stream = (uv_stream_t *)&k->pipe;
    uv_buf_t bufs[2] = {uv_buf_init(k->head.ptr, (unsigned)k->head.len),
                        uv_buf_init((char *)(uintptr_t)body.ptr, (unsigned)body.len)};
    int taken = uv_try_write(stream, bufs, 2);
    size_t sent = taken > 0 ? (size_t)taken : 0;
    for (size_t i = 0; i < 2; i++) {
        size_t of_this = sent < bufs[i].len ? sent : bufs[i].len;
        bufs[i] = uv_buf_init(bufs[i].base + of_this, (unsigned)(bufs[i].len - of_this));
        sent -= of_this;
    }
    if (bufs[0].len + bufs[1].len) {
        k->write.data = k;
        uv_write(&k->write, stream, bufs, 2, on_written);
    }
    if (!k->call || !k->call->paused) {
        read_on(k);
    }
}

static void on_connected(uv_connect_t *r, int status) {
    struct conn *k = r->data;
    if (orphaned(k)) {
        return;
    }
    if (status < 0) {
        fail(k, "does not answer");
        return;
    }
    send_request(k);
}

static struct conn *dial(struct engine *g, struct slot *s) {
    struct conn *k = calloc(1, sizeof *k);
    if (!k) {
        abort();
    }
    static const struct http1_limits limits = {4 << 10, 32, 1UL << 40};
    uv_pipe_init(loop_uv(g->o.loop), &k->pipe, 0);
    k->slot = s;
    k->pipe.data = k;
    k->connect.data = k;
    k->parser = http1_new(HTTP1_RESPONSE, &limits, &OPS, k);
    buf_init(&k->head, HEAD_BYTES);
    uv_pipe_connect(&k->connect, &k->pipe, s->socket.ptr, on_connected);
    return k;
}

static void write_head(struct buf *head, const struct engine_call *c) {
    buf_clear(head);
    buf_add(head, c->method);
    buf_add_char(head, ' ');
    buf_add(head, c->path);
    buf_add(head, STR(" HTTP/1.1\r\nhost: engine\r\nconnection: keep-alive\r\n"
                      "content-type: application/json\r\ncontent-length: "));
    buf_add_i64(head, (int64_t)c->body.len);
    buf_add(head, STR("\r\n\r\n"));
}

void call_send(struct engine_call *c) {
    struct conn *k = c->slot->idle;
    bool reused = k != NULL;
    if (reused) {
        leave_pool(k);
        http1_next(k->parser);
        k->done = false;
        k->heard = false;
        k->reused = true;
    } else {
        k = dial(c->g, c->slot);
    }
    k->call = c;
    c->conn = k;
    write_head(&k->head, c);
    if (reused) {
        send_request(k);
    }
}

void call_drop_idle(struct slot *s) {
    while (s->idle) {
        close_conn(s->idle);
    }
}

struct engine_probe *probe_start(struct engine *g, struct slot *s,
                                 void (*done)(struct slot *s, bool healthy)) {
    struct engine_probe *p = calloc(1, sizeof *p);
    if (!p) {
        abort();
    }
    p->slot = s;
    p->done = done;
    p->conn = dial(g, s);
    p->conn->probe = p;
    buf_add(&p->conn->head,
            STR("GET /health HTTP/1.1\r\nhost: engine\r\nconnection: close\r\n\r\n"));
    return p;
}

void probe_cancel(struct engine_probe *p) {
    if (p) {
        close_conn(p->conn);
        free(p);
    }
}

/* ---- the call's life ---- */

void call_link(struct engine_call *c, struct engine_call **list) {
    struct engine_call **at = list; /* at the end: first come, first served */
    while (*at) {
        at = &(*at)->next;
    }
    c->next = NULL;
    c->at = at;
    *at = c;
}

void call_unlink(struct engine_call *c) {
    if (c->at) {
        *c->at = c->next;
        if (c->next) {
            c->next->at = c->at;
        }
        c->at = NULL;
        c->next = NULL;
    }
}

void call_end(struct engine_call *c, const struct err *e_opt) {
    struct engine *g = c->g;
    call_unlink(c);
    if (c->conn) {
        close_conn(c->conn);
    }
    c->ops->on_end(c->ctx, e_opt);
    free(c);
    engine_pump(g);
}

static void fail_soon(void *arg) {
    struct engine_call *c = arg;
    c->fail_timer = NULL;
    struct err e = c->fail;
    call_end(c, &e);
}

struct engine_call *engine_call(struct engine *g, struct str model, struct str method,
                                struct str path, struct str body, const struct stream_ops *ops,
                                void *ctx) {
    struct engine_call *c = calloc(1, sizeof *c);
    if (!c) {
        abort();
    }
    *c = (struct engine_call){
        .g = g, .method = method, .path = path, .body = body, .ops = ops, .ctx = ctx};
    c->slot = slot_find(g, model);
    struct slot *s = c->slot;
    if (!engine_refuses(g, s, model, &c->fail) && s->info.quarantined) {
        err_set(&c->fail, ERR_UNAVAILABLE,
                "the model " STR_FMT " crashed three times and rests: weir models load " STR_FMT,
                STR_ARG(s->info.name), STR_ARG(s->info.name));
    }
    if (c->fail.kind) {
        c->fail_timer = timer_start(g->o.loop, 0, 0, fail_soon, c);
        return c;
    }
    static int64_t counter;
    c->queued_us = ++counter;
    call_link(c, &s->waiting);
    engine_pump(g);
    return c;
}

void engine_cancel(struct engine_call *c) {
    struct engine *g = c->g;
    if (c->fail_timer) {
        timer_stop(c->fail_timer);
    }
    if (c->conn) {
        close_conn(c->conn);
    }
    call_unlink(c);
    free(c);
    engine_pump(g);
}

void engine_pause(struct engine_call *c) {
    c->paused = true;
    if (c->conn && c->conn->reading) {
        c->conn->reading = false;
        uv_read_stop((uv_stream_t *)&c->conn->pipe);
    }
}

void engine_resume(struct engine_call *c) {
    c->paused = false;
    if (c->conn && uv_is_readable((uv_stream_t *)&c->conn->pipe)) {
        read_on(c->conn);
    }
}
