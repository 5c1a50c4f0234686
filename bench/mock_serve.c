/* One thread: its connections, and the streams among them by the time of their next event. */
#define _GNU_SOURCE
#include "mock.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { STAMP_DIGITS = 20, POLL_BATCH = 128 };

static struct {
    pthread_mutex_t lock;
    char *data;
    size_t len;
} last_request = {.lock = PTHREAD_MUTEX_INITIALIZER};

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void remember(const struct request *r) {
    pthread_mutex_lock(&last_request.lock);
    last_request.len = r->head.len + r->body.len;
    last_request.data = xrealloc(last_request.data, last_request.len + 1);
    memcpy(last_request.data, r->head.data, r->head.len);
    memcpy(last_request.data + r->head.len, r->body.data, r->body.len);
    pthread_mutex_unlock(&last_request.lock);
}

static struct bytes recall(struct conn *c) {
    pthread_mutex_lock(&last_request.lock);
    const char *data = last_request.data ? last_request.data : "";
    struct bytes out = render("200 OK", "text/plain", data, last_request.len);
    pthread_mutex_unlock(&last_request.lock);
    c->owned = (char *)out.data;
    return out;
}

static void enqueue(struct worker *w, struct conn *c, uint64_t due) {
    struct conn *before = w->last;
    while (before && before->due > due) {
        before = before->prev;
    }
    c->due = due;
    c->prev = before;
    c->next = before ? before->next : w->first;
    *(before ? &before->next : &w->first) = c;
    *(c->next ? &c->next->prev : &w->last) = c;
    c->queued = true;
    w->queued++;
}

static void dequeue(struct worker *w, struct conn *c) {
    *(c->prev ? &c->prev->next : &w->first) = c->next;
    *(c->next ? &c->next->prev : &w->last) = c->prev;
    c->queued = false;
    w->queued--;
}

static void hang_up(struct worker *w, struct conn *c) {
    if (c->queued) {
        dequeue(w, c);
    }
    close(c->fd);
    free(c->in);
    free(c->owned);
    free(c);
}

static void watch(struct worker *w, struct conn *c, bool blocked) {
    if (c->blocked == blocked) {
        return;
    }
    struct epoll_event ev = {.events = EPOLLIN | (blocked ? EPOLLOUT : 0), .data.ptr = c};
    if (epoll_ctl(w->epoll, EPOLL_CTL_MOD, c->fd, &ev) != 0) {
        die("epoll_ctl");
    }
    c->blocked = blocked;
}

static enum flush flush(struct worker *w, struct conn *c, int flags) {
    while (c->out.len) {
        ssize_t n = send(c->fd, c->out.data, c->out.len, MSG_NOSIGNAL | flags);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0 && errno == EAGAIN) {
            watch(w, c, true);
            return FLUSH_BLOCKED;
        }
        if (n < 0) {
            return FLUSH_GONE;
        }
        c->out.data += n;
        c->out.len -= (size_t)n;
    }
    watch(w, c, false);
    free(c->owned);
    c->owned = NULL;
    return FLUSH_DONE;
}

static void stamp(char *digits, uint64_t t) {
    for (int i = STAMP_DIGITS - 1; i >= 0; i--, t /= 10) {
        digits[i] = (char)('0' + t % 10);
    }
}

/* Puts the next event of a stream, or its end, in front of the connection. */
static void next_event(struct worker *w, struct conn *c) {
    if (c->events_left == 0) {
        c->out = w->ans->stream_tail;
        c->streaming = false;
        return;
    }
    c->events_left--;
    memcpy(c->event, w->ans->event.data, w->ans->event.len);
    stamp(c->event + w->ans->stamp_at, now_ns());
    c->out = (struct bytes){c->event, w->ans->event.len};
}

/* Sends one event and books the next. Says whether the connection is still there. */
static bool step_stream(struct worker *w, struct conn *c) {
    next_event(w, c);
    enum flush f = flush(w, c, 0);
    if (f == FLUSH_DONE && c->streaming) {
        enqueue(w, c, now_ns() + c->pace_ns);
    }
    return f != FLUSH_GONE && !(f == FLUSH_DONE && !c->streaming && c->close_after);
}

static bool start_stream(struct worker *w, struct conn *c, struct bytes body) {
    c->streaming = true;
    c->events_left = (unsigned)asked(body, "[events=", w->opt->events);
    c->pace_ns = asked(body, "[pace-us=", w->opt->pace_ns / 1000) * 1000;
    c->out = w->ans->stream_head;
    /* MSG_MORE: the head travels with the first event, as from a server that has a token ready. */
    if (flush(w, c, MSG_MORE) == FLUSH_GONE) {
        return false;
    }
    return c->blocked || step_stream(w, c);
}

static bool send_plain(struct worker *w, struct conn *c, struct bytes what) {
    c->out = what;
    enum flush f = flush(w, c, 0);
    return f == FLUSH_BLOCKED || (f == FLUSH_DONE && !c->close_after);
}

static bool answer(struct worker *w, struct conn *c, const struct request *r) {
    const struct answers *a = w->ans;
    c->close_after = r->close;
    if (has(r->line, "GET /last ")) {
        return send_plain(w, c, recall(c));
    }
    if (w->opt->keep_last) {
        remember(r);
    }
    if (has(r->line, "/models")) {
        return send_plain(w, c, a->models);
    }
    if (has(r->line, "/health ")) {
        return send_plain(w, c, a->health);
    }
    if (has(r->line, "/props ")) {
        return send_plain(w, c, a->props);
    }
    if (has(r->line, "/tokenize ")) {
        return send_plain(w, c, a->tokens);
    }
    if (!has(r->line, "POST ") || !has(r->line, "/chat/completions")) {
        return send_plain(w, c, a->not_found);
    }
    return wants_stream(r->body) ? start_stream(w, c, r->body) : send_plain(w, c, a->plain);
}

static void consume(struct conn *c, size_t n) {
    c->in_len -= n;
    memmove(c->in, c->in + n, c->in_len);
    c->in[c->in_len] = 0;
}

/* A client that asks first would wait a second before it sends a large body unasked. */
static void invite(struct conn *c, const struct request *r) {
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    if (c->invited || !r->head.len || !value_is(header(r->head, "expect"), "100-continue")) {
        return;
    }
    c->invited = true;
    send(c->fd, go_on, sizeof go_on - 1, MSG_NOSIGNAL);
}

/* Answers every whole request in the input, one at a time. */
static bool serve(struct worker *w, struct conn *c) {
    while (c->in_len && !c->out.len && !c->streaming) {
        struct request r = {0};
        enum parse e = parse(c, &r);
        if (e == PARSE_MORE) {
            invite(c, &r);
            return true;
        }
        if (e == PARSE_BAD) {
            c->close_after = true;
            return send_plain(w, c, w->ans->bad);
        }
        c->invited = false;
        if (!answer(w, c, &r)) {
            return false;
        }
        consume(c, r.total);
    }
    return true;
}

static bool on_readable(struct worker *w, struct conn *c) {
    if (c->in_cap - c->in_len < READ_STEP / 2) {
        c->in_cap = c->in_cap ? c->in_cap * 2 : READ_STEP;
        if (c->in_cap > 2u * MAX_REQUEST) {
            return false;
        }
        c->in = xrealloc(c->in, c->in_cap + 1);
    }
    ssize_t n = recv(c->fd, c->in + c->in_len, c->in_cap - c->in_len, 0);
    if (n < 0) {
        return errno == EAGAIN || errno == EINTR;
    }
    if (n == 0) {
        return false;
    }
    c->in_len += (size_t)n;
    c->in[c->in_len] = 0;
    return serve(w, c);
}

static bool on_writable(struct worker *w, struct conn *c) {
    enum flush f = flush(w, c, 0);
    if (f != FLUSH_DONE) {
        return f == FLUSH_BLOCKED;
    }
    if (c->streaming) {
        return step_stream(w, c);
    }
    return !c->close_after && serve(w, c);
}

static void on_accept(struct worker *w) {
    int fd = accept4(w->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    struct conn *c = calloc(1, sizeof *c);
    if (!c) {
        die("out of memory");
    }
    c->fd = fd;
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(w->epoll, EPOLL_CTL_ADD, fd, &ev) != 0) {
        die("epoll_ctl");
    }
}

static void on_event(struct worker *w, const struct epoll_event *ev) {
    struct conn *c = ev->data.ptr;
    if (!c) {
        on_accept(w);
        return;
    }
    bool alive = true;
    if (ev->events & EPOLLOUT) {
        alive = on_writable(w, c);
    }
    if (alive && (ev->events & (EPOLLIN | EPOLLHUP | EPOLLERR))) {
        alive = on_readable(w, c);
    }
    if (!alive) {
        hang_up(w, c);
    }
}

/* One pass over the streams that were due when it began: at pace 0 none may starve the sockets. */
static void run_streams(struct worker *w) {
    uint64_t now = now_ns();
    for (size_t n = w->queued; n > 0 && w->first && w->first->due <= now; n--) {
        struct conn *c = w->first;
        dequeue(w, c);
        if (!step_stream(w, c) || !serve(w, c)) {
            hang_up(w, c);
        }
    }
}

static struct timespec until_due(const struct worker *w) {
    uint64_t wait = 1000000000u;
    if (w->first) {
        uint64_t now = now_ns();
        wait = w->first->due > now ? w->first->due - now : 0;
    }
    return (struct timespec){(time_t)(wait / 1000000000u), (long)(wait % 1000000000u)};
}

void *run_worker(void *arg) {
    struct worker *w = arg;
    struct epoll_event ev[POLL_BATCH];
    prctl(PR_SET_TIMERSLACK, 1); /* the default lets the pace slip by 50 µs */
    for (;;) {
        struct timespec wait = until_due(w);
        int n = epoll_pwait2(w->epoll, ev, POLL_BATCH, &wait, NULL);
        if (n < 0 && errno != EINTR) {
            die("epoll_pwait2");
        }
        for (int i = 0; i < n; i++) {
            on_event(w, &ev[i]);
        }
        run_streams(w);
    }
    return NULL;
}
