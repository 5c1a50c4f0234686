/* Bytes out. A head is written into the server's one scratch buffer and waits there until its first
 * body bytes come, so that both leave in one system call; it leaves without them when another
 * connection needs the scratch, or before the loop sleeps. Body bytes go straight from the caller's
 * memory to the socket; only what the socket does not take is copied. */
#include "base/clock.h"
#include "base/log.h"
#include "server/conn.h"

#include <stdio.h>

enum { QUEUE_BYTES = 1 << 30, DECIMAL = 24 };

static uv_buf_t out_of(struct str s) {
    uv_buf_t b = {.len = s.len};
    memcpy(&b.base, &s.ptr, sizeof b.base); /* libuv's type lacks a const */
    return b;
}

size_t reply_queued(const struct conn *c) {
    size_t flying = c->flying.len ? uv_stream_get_write_queue_size(&c->uv.stream) : 0;
    return flying + c->queue.len;
}

static void break_off(struct conn *c) {
    c->is_broken = true;
    server_ready(c);
}

static void fly(struct conn *c);

static void on_written(uv_write_t *w, int status) {
    struct conn *c = w->data;
    buf_finish(&c->flying);
    if (c->state == CONN_CLOSED) {
        return;
    }
    if (status < 0) {
        break_off(c);
        return;
    }
    c->moved_at = (int64_t)uv_now(c->server->uv);
    if (c->queue.len > 0) {
        fly(c);
    }
    if (c->was_full && reply_queued(c) < API_LOW_WATER) {
        c->was_full = false;
        if (c->call) {
            api_drained(c->call);
        }
    }
    if (c->state == CONN_LINGER && reply_queued(c) == 0) {
        conn_shut(c);
    }
}

/* Hands the queue to libuv, which sends it when the socket takes more. */
static void fly(struct conn *c) {
    c->flying = c->queue;
    buf_init(&c->queue, QUEUE_BYTES);
    c->write.data = c;
    c->flying_left = c->flying.len;
    c->moved_at = (int64_t)uv_now(c->server->uv);
    uv_buf_t b = out_of(buf_str(&c->flying));
    if (uv_write(&c->write, &c->uv.stream, &b, 1, on_written) != 0) {
        buf_finish(&c->flying);
        break_off(c);
    }
}

static void send_parts(struct conn *c, uv_buf_t *parts, unsigned count) {
    size_t done = 0;
    if (c->is_broken || c->state == CONN_CLOSED) {
        return;
    }
    if (c->flying.len == 0) {
        int n = uv_try_write(&c->uv.stream, parts, count);
        if (n < 0 && n != UV_EAGAIN) {
            break_off(c);
            return;
        }
        done = n < 0 ? 0 : (size_t)n;
    }
    for (unsigned i = 0; i < count; i++) {
        size_t skip = done < parts[i].len ? done : parts[i].len;
        done -= skip;
        if (!buf_add(&c->queue, (struct str){parts[i].base + skip, parts[i].len - skip})) {
            break_off(c);
            return;
        }
    }
    if (c->queue.len > 0 && c->flying.len == 0) {
        fly(c);
    }
}

void reply_raw(struct conn *c, struct str bytes) {
    reply_flush(c->server);
    uv_buf_t b = out_of(bytes);
    send_parts(c, &b, 1);
}

void reply_flush(struct server *s) {
    struct conn *c = s->pending;
    if (c) {
        s->pending = NULL;
        uv_buf_t b = out_of(buf_str(&s->scratch));
        send_parts(c, &b, 1);
        buf_clear(&s->scratch);
    }
}

/* ---- the head ---- */

static struct str date_now(struct server *s) {
    int64_t now = clock_wall_ms() / 1000;
    if (now != s->date_s) {
        static const char DAYS[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
        static const char MONTHS[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        time_t t = (time_t)now;
        struct tm tm = {0};
        gmtime_r(&t, &tm);
        snprintf(s->date, sizeof s->date, "%s, %02d %s %04d %02d:%02d:%02d GMT",
                 DAYS[tm.tm_wday % 7], tm.tm_mday, MONTHS[tm.tm_mon % 12],
                 (tm.tm_year + 1900) % 10000, tm.tm_hour, tm.tm_min, tm.tm_sec);
        s->date_s = now;
    }
    return str_of(s->date);
}

/* Digits of v at the end of text[DECIMAL]. */
static struct str digits(uint64_t v, unsigned base, char text[DECIMAL]) {
    size_t at = DECIMAL;
    do {
        text[--at] = "0123456789abcdef"[v % base];
        v /= base;
    } while (v);
    return (struct str){text + at, DECIMAL - at};
}

static void add_line(struct buf *b, struct str name, struct str value) {
    buf_add(b, name);
    buf_add(b, STR(": "));
    buf_add(b, value);
    buf_add(b, STR("\r\n"));
}

/* The server's own business, and what would break the framing. */
static bool is_ours(struct str name) {
    switch (name.len) {
    case 4:
        return str_ieq(name, STR("date"));
    case 10:
        return str_ieq(name, STR("connection")) || str_ieq(name, STR("keep-alive"));
    case 14:
        return str_ieq(name, STR("content-length"));
    case 17:
        return str_ieq(name, STR("transfer-encoding"));
    default:
        return str_istarts(name, STR("access-control-allow-origin"));
    }
}

static void add_given(struct buf *b, const struct http_header *headers, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct str name = headers[i].name;
        struct str value = headers[i].value;
        if (is_ours(name)) {
            continue;
        }
        bool clean = name.len > 0 && http1_is_clean(name) && http1_is_clean(value)
                     && str_find_char(name, ':') < 0;
        if (!clean) {
            log_error("a header of an answer would break its framing and is left out");
            continue;
        }
        add_line(b, name, value);
    }
}

static void add_cors(const struct conn *c, struct buf *b) {
    if (c->vary_origin) {
        buf_add(b, STR("Vary: Origin\r\n"));
    }
    if (c->cors) {
        add_line(b, STR("Access-Control-Allow-Origin"), *c->cors);
        buf_add(b, STR("Access-Control-Expose-Headers: weir-decision, weir-zone, weir-model, "
                       "weir-left, weir-code, x-request-id, request-id, retry-after\r\n"));
    }
}

static void add_framing(struct conn *c, struct buf *b) {
    char text[DECIMAL];
    if (c->length >= 0) {
        if (c->length > 0 || !c->has_no_body || c->is_head) {
            add_line(b, STR("Content-Length"), digits((uint64_t)c->length, 10, text));
        }
    } else if (c->is_chunked) {
        buf_add(b, STR("Transfer-Encoding: chunked\r\n"));
    }
    if (!c->keep) {
        buf_add(b, STR("Connection: close\r\n"));
    } else if (c->is_old) {
        buf_add(b, STR("Connection: keep-alive\r\n"));
    }
}

static void reply_head(void *ctx, int status, const struct http_header *headers, size_t count,
                       int64_t length) {
    struct conn *c = ctx;
    struct server *s = c->server;
    char text[DECIMAL];
    if (c->state != CONN_BUSY || c->has_head) {
        log_error("an answer's head came twice or too late");
        return;
    }
    reply_flush(s);
    bool bodiless = status == 204 || status == 304;
    c->has_head = true;
    c->has_no_body = c->is_head || bodiless;
    c->length = bodiless ? 0 : length;
    c->is_chunked = c->length < 0 && !c->is_old;
    bool is_last = s->stopping || (c->has_eof && c->ahead.len == 0 && !c->has_more);
    if (is_last || (c->length < 0 && c->is_old)) {
        c->keep = false;
    }
    struct buf *b = &s->scratch;
    buf_add(b, STR("HTTP/1.1 "));
    buf_add(b, digits((uint64_t)status, 10, text));
    buf_add_char(b, ' ');
    buf_add(b, str_of(http1_reason(status)));
    buf_add(b, STR("\r\nDate: "));
    buf_add(b, date_now(s));
    buf_add(b, STR("\r\n"));
    add_given(b, headers, count);
    add_cors(c, b);
    add_framing(c, b);
    buf_add(b, STR("\r\n"));
    if (b->failed) {
        log_error("an answer's head is too long");
        buf_clear(b);
        break_off(c);
        return;
    }
    s->pending = c;
    if (c->is_head && length < 0) {
        server_ready(c); /* a stream for HEAD would never end by itself */
    }
}

/* ---- the body ---- */

static size_t reply_data(void *ctx, struct str bytes) {
    struct conn *c = ctx;
    struct server *s = c->server;
    if (c->state != CONN_BUSY || !c->has_head || c->is_broken) {
        return 0;
    }
    if (c->length >= 0 && (int64_t)bytes.len > c->length - c->sent) {
        if (!c->has_no_body) {
            log_error("an answer is longer than it said");
            c->keep = false;
        }
        bytes.len = (size_t)(c->length - c->sent);
    }
    c->sent += (int64_t)bytes.len;
    if (bytes.len == 0 || c->has_no_body) {
        return reply_queued(c);
    }
    if (s->pending != c) {
        reply_flush(s);
    }
    uv_buf_t parts[4];
    unsigned n = 0;
    char text[DECIMAL + 2];
    if (s->pending) {
        parts[n++] = out_of(buf_str(&s->scratch));
    }
    if (c->is_chunked) {
        struct str size = digits(bytes.len, 16, text);
        memcpy(text + DECIMAL, "\r\n", 2);
        parts[n++] = out_of((struct str){size.ptr, size.len + 2});
    }
    parts[n++] = out_of(bytes);
    if (c->is_chunked) {
        parts[n++] = out_of(STR("\r\n"));
    }
    s->pending = NULL;
    send_parts(c, parts, n);
    buf_clear(&s->scratch);
    size_t queued = reply_queued(c);
    c->was_full |= queued >= API_LOW_WATER;
    return queued;
}

static void reply_end(void *ctx) {
    struct conn *c = ctx;
    struct server *s = c->server;
    if (c->state != CONN_BUSY) {
        return;
    }
    c->call = NULL;
    if (!c->has_head) {
        log_error("an answer ended before it began");
        c->keep = false;
    } else if (c->is_chunked && !c->has_no_body) {
        if (s->pending == c) {
            buf_add(&s->scratch, STR("0\r\n\r\n"));
            reply_flush(s);
        } else {
            reply_raw(c, STR("0\r\n\r\n"));
        }
    } else if (c->length > c->sent && !c->has_no_body) {
        log_error("an answer is shorter than it said");
        c->keep = false;
    }
    if (s->pending == c) {
        reply_flush(s);
    }
    c->answered = true;
    if (!c->serving) {
        conn_finish_answer(c);
    }
}

static void reply_abort(void *ctx) {
    struct conn *c = ctx;
    if (c->state != CONN_BUSY) {
        return;
    }
    c->call = NULL;
    c->keep = false;
    if (c->server->pending == c) {
        reply_flush(c->server);
    }
    /* Chunked and counted answers show that they were cut; one that ends with the connection does
     * not. */
    if (c->is_old && c->has_head && c->length < 0) {
        struct linger hard = {.l_onoff = 1};
        int fd = -1;
        if (uv_fileno(&c->uv.handle, &fd) == 0) {
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        }
        break_off(c);
    }
    c->answered = true;
    if (!c->serving) {
        conn_finish_answer(c);
    }
}

struct api_responder reply_responder(struct conn *c) {
    return (struct api_responder){
        .head = reply_head, .data = reply_data, .end = reply_end, .abort = reply_abort, .ctx = c};
}

void reply_begin(struct conn *c) {
    c->answered = c->has_head = c->is_chunked = c->has_no_body = false;
    c->was_full = false;
    c->length = -1;
    c->sent = 0;
}
