/* Requests out, answers in: what is sent, parsed and timed on one connection. */
#define _GNU_SOURCE
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_BYTES = 64 << 10 };

#define STAMP_MARK "[ts="

void open_conn(struct bench *b, struct conn *c) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)b->arm->port)};
    inet_pton(AF_INET, b->arm->host, &a.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        die("socket");
    }
    if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0) {
        die(b->arm->name);
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    fcntl(fd, F_SETFL, O_NONBLOCK);
    memset(c, 0, sizeof *c);
    c->fd = fd;
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(b->epoll, EPOLL_CTL_ADD, fd, &ev) != 0) {
        die("epoll_ctl");
    }
}

void close_conn(struct conn *c) {
    if (c->fd >= 0) {
        close(c->fd);
    }
    c->fd = -1;
}

static void watch(struct bench *b, struct conn *c, bool blocked) {
    if (c->blocked == blocked) {
        return;
    }
    struct epoll_event ev = {.events = EPOLLIN | (blocked ? EPOLLOUT : 0), .data.ptr = c};
    if (epoll_ctl(b->epoll, EPOLL_CTL_MOD, c->fd, &ev) != 0) {
        die("epoll_ctl");
    }
    c->blocked = blocked;
}

/* Sends what the socket takes. Says whether the connection is still usable. */
static bool send_request(struct bench *b, struct conn *c) {
    const struct arm *a = b->arm;
    while (c->out_at < a->request_len) {
        ssize_t n = send(c->fd, a->request + c->out_at, a->request_len - c->out_at, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0 && errno == EAGAIN) {
            watch(b, c, true);
            return true;
        }
        if (n < 0) {
            return false;
        }
        c->out_at += (size_t)n;
    }
    watch(b, c, false);
    return true;
}

static void report_error(struct bench *b, const struct conn *c, const char *why) {
    b->round->errors++;
    if (b->arm->told) {
        return;
    }
    b->arm->told = true;
    fprintf(stderr, "load: %s: first error: %s (status %d) %.200s\n", b->arm->name, why, c->status,
            c->line_len ? c->line : "");
}

static bool may_issue(const struct bench *b, uint64_t now) {
    return b->issued < b->limit && now < b->stop_at;
}

static void reset_answer(struct conn *c) {
    c->in_body = c->close_after = false;
    c->out_at = c->head_len = c->line_len = c->small_len = 0;
    c->left = c->stream_events = c->read_events = 0;
    c->status = 0;
}

void start_request(struct bench *b, struct conn *c) {
    uint64_t now = now_ns();
    if (!may_issue(b, now)) {
        return;
    }
    reset_answer(c);
    c->sent_at = now;
    c->busy = true;
    b->issued++;
    b->busy++;
    if (!send_request(b, c)) {
        /* The server closed an idle connection: once more on a fresh one, then let it show as an
         * error. */
        close_conn(c);
        open_conn(b, c);
        c->sent_at = now;
        c->busy = true;
        send_request(b, c);
    }
}

void drop(struct bench *b, struct conn *c, const char *why) {
    report_error(b, c, why);
    b->busy--;
    close_conn(c);
    open_conn(b, c);
    start_request(b, c);
}

static void count_stream(struct round *r, uint64_t events) {
    if (r->requests == 1 || events < r->events_min) {
        r->events_min = events;
    }
    if (events > r->events_max) {
        r->events_max = events;
    }
}

static void finish(struct bench *b, struct conn *c, uint64_t now) {
    b->busy--;
    c->busy = false;
    if (c->status == 200) {
        b->round->requests++;
        add_sample(&b->round->latency, now - c->sent_at);
        if (b->opt.stream) {
            count_stream(b->round, c->stream_events);
        }
    } else {
        report_error(b, c, "not 200");
    }
    if (c->close_after) {
        close_conn(c);
        open_conn(b, c);
    }
    start_request(b, c);
}

/* ---- answers ---- */

static void on_line(struct bench *b, struct conn *c, const char *line, size_t len, uint64_t now) {
    if (len < 5 || memcmp(line, "data:", 5) != 0) {
        return;
    }
    const char *mark = memmem(line, len, STAMP_MARK, strlen(STAMP_MARK));
    if (!mark) {
        return;
    }
    uint64_t sent = strtoull(mark + strlen(STAMP_MARK), NULL, 10);
    if (c->stream_events++ == 0) {
        add_sample(&b->round->first, now - c->sent_at);
    }
    if (c->read_events++ > 0) {
        b->round->coalesced++;
    }
    b->round->events++;
    add_sample(&b->round->relay, now > sent ? now - sent : 0);
}

static void keep_part(struct conn *c, const char *p, size_t n) {
    size_t room = LINE_BYTES - 1 - c->line_len;
    size_t take = n < room ? n : room;
    memcpy(c->line + c->line_len, p, take);
    c->line_len += take;
    c->line[c->line_len] = 0;
}

/* Cuts the body into lines; a line may arrive in any number of pieces. */
static void on_stream_bytes(struct bench *b, struct conn *c, const char *p, size_t n,
                            uint64_t now) {
    while (n) {
        const char *eol = memchr(p, '\n', n);
        size_t len = eol ? (size_t)(eol - p) : n;
        keep_part(c, p, len);
        if (!eol) {
            return;
        }
        on_line(b, c, c->line, c->line_len, now);
        c->line_len = 0;
        n -= len + 1;
        p = eol + 1;
    }
}

static void on_body(struct bench *b, struct conn *c, const char *p, size_t n, uint64_t now) {
    b->round->bytes += n;
    if (c->status != 200) {
        keep_part(c, p, n); /* for the error message */
    } else if (b->opt.stream) {
        on_stream_bytes(b, c, p, n, now);
    }
}

static const char *find_header(const char *head, const char *name) {
    size_t n = strlen(name);
    for (const char *p = strchr(head, '\n'); p; p = strchr(p, '\n')) {
        p++;
        if (strncasecmp(p, name, n) == 0 && p[n] == ':') {
            return p + n + 1 + strspn(p + n + 1, " \t");
        }
    }
    return NULL;
}

static void read_head(struct conn *c) {
    const char *length = find_header(c->head, "content-length");
    const char *coding = find_header(c->head, "transfer-encoding");
    const char *close = find_header(c->head, "connection");
    sscanf(c->head, "HTTP/1.%*d %d", &c->status);
    c->close_after = close && strncasecmp(close, "close", 5) == 0;
    c->chunk = CHUNK_SIZE;
    c->in_body = true;
    if (coding && strncasecmp(coding, "chunked", 7) == 0) {
        c->kind = BODY_CHUNKED;
    } else if (length) {
        c->kind = BODY_LENGTH;
        c->left = strtoull(length, NULL, 10);
    } else {
        c->kind = BODY_UNTIL_CLOSE;
    }
}

/* Returns how many bytes belonged to the head, or -1 when it is too long. */
static ssize_t feed_head(struct conn *c, const char *p, size_t n) {
    size_t before = c->head_len, room = HEAD_BYTES - 1 - before;
    size_t take = n < room ? n : room;
    memcpy(c->head + before, p, take);
    c->head[before + take] = 0;
    size_t from = before > 3 ? before - 3 : 0;
    const char *end = strstr(c->head + from, "\r\n\r\n");
    if (!end) {
        c->head_len += take;
        return take < n ? -1 : (ssize_t)n;
    }
    size_t used = (size_t)(end - c->head) + 4 - before;
    c->head[before + used] = 0;
    read_head(c);
    return (ssize_t)used;
}

/* Collects a short line. Returns the bytes used; *whole says whether the line is complete. */
static size_t feed_small(struct conn *c, const char *p, size_t n, bool *whole) {
    const char *eol = memchr(p, '\n', n);
    size_t used = eol ? (size_t)(eol - p) + 1 : n;
    for (size_t i = 0; i < used && c->small_len < sizeof c->small - 1; i++) {
        c->small[c->small_len++] = p[i];
    }
    c->small[c->small_len] = 0;
    *whole = eol != NULL;
    return used;
}

/* Eats a part of a chunked body. *done is set at its end. */
static size_t feed_chunk(struct bench *b, struct conn *c, const char *p, size_t n, uint64_t now,
                         bool *done) {
    if (c->chunk == CHUNK_DATA) {
        size_t take = n < c->left ? n : (size_t)c->left;
        on_body(b, c, p, take, now);
        c->left -= take;
        if (c->left == 0) {
            c->chunk = CHUNK_GAP;
        }
        return take;
    }
    bool whole;
    size_t used = feed_small(c, p, n, &whole);
    if (!whole) {
        return used;
    }
    if (c->chunk == CHUNK_SIZE) {
        c->left = strtoull(c->small, NULL, 16);
        c->chunk = c->left ? CHUNK_DATA : CHUNK_TRAILER;
    } else if (c->chunk == CHUNK_GAP) {
        c->chunk = CHUNK_SIZE;
    } else if (c->small[0] == '\r' || c->small[0] == '\n') {
        *done = true;
    }
    c->small_len = 0;
    return used;
}

static size_t feed_body(struct bench *b, struct conn *c, const char *p, size_t n, uint64_t now,
                        bool *done) {
    if (c->kind == BODY_CHUNKED) {
        return feed_chunk(b, c, p, n, now, done);
    }
    size_t take = c->kind == BODY_LENGTH && c->left < n ? (size_t)c->left : n;
    on_body(b, c, p, take, now);
    c->left -= c->kind == BODY_LENGTH ? take : 0;
    *done = c->kind == BODY_LENGTH && c->left == 0;
    return take;
}

/* Feeds what one read brought. Returns false when the answer is not understood. */
static bool feed(struct bench *b, struct conn *c, const char *p, size_t n, uint64_t now,
                 bool *done) {
    while (n && !*done) {
        size_t used;
        if (!c->in_body) {
            ssize_t u = feed_head(c, p, n);
            if (u < 0) {
                return false;
            }
            used = (size_t)u;
            *done = c->in_body && c->kind == BODY_LENGTH && c->left == 0;
        } else {
            used = feed_body(b, c, p, n, now, done);
        }
        p += used;
        n -= used;
    }
    return true;
}

static void on_closed(struct bench *b, struct conn *c, uint64_t now) {
    if (!c->busy) {
        close_conn(c);
        open_conn(b, c);
    } else if (c->in_body && c->kind == BODY_UNTIL_CLOSE) {
        c->close_after = true;
        finish(b, c, now);
    } else {
        drop(b, c, "connection closed early");
    }
}

static void on_readable(struct bench *b, struct conn *c) {
    static char buf[READ_BYTES];
    ssize_t n = recv(c->fd, buf, sizeof buf, 0);
    uint64_t now = now_ns();
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (n <= 0) {
        on_closed(b, c, now);
        return;
    }
    if (!c->busy) {
        return; /* bytes after an answer: not ours */
    }
    bool done = false;
    c->read_events = 0;
    if (!feed(b, c, buf, (size_t)n, now, &done)) {
        drop(b, c, "answer not understood");
    } else if (done) {
        finish(b, c, now);
    }
}

void on_event(struct bench *b, struct conn *c, uint32_t events) {
    if ((events & EPOLLOUT) && !send_request(b, c)) {
        drop(b, c, "send failed");
    } else if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
        on_readable(b, c);
    }
}
