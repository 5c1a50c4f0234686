/* libcurl's multi_socket interface on the libuv loop: its sockets and its one timer. */
#include "gate/wire.h"

struct wire_socket {
    uv_poll_t poll;
    struct wire *w;
    struct wire_socket *next, *prev;
    curl_socket_t fd;
};

enum { POOLED_CONNECTIONS = 64 };

static void on_socket_closed(uv_handle_t *h) {
    free(h->data);
}

static void socket_drop(struct wire_socket *s) {
    if (s->prev) {
        s->prev->next = s->next;
    } else {
        s->w->sockets = s->next;
    }
    if (s->next) {
        s->next->prev = s->prev;
    }
    uv_poll_stop(&s->poll);
    uv_close((uv_handle_t *)&s->poll, on_socket_closed);
}

static void on_poll(uv_poll_t *p, int status, int events) {
    struct wire_socket *s = p->data;
    struct wire *w = s->w;
    int flags = 0;
    if (status < 0) {
        flags = CURL_CSELECT_ERR;
    }
    if (events & UV_READABLE) {
        flags |= CURL_CSELECT_IN;
    }
    if (events & UV_WRITABLE) {
        flags |= CURL_CSELECT_OUT;
    }
    int running = 0;
    wire_enter(w);
    curl_multi_socket_action(w->multi, s->fd, flags, &running);
    wire_leave(w);
}

static struct wire_socket *socket_add(struct wire *w, curl_socket_t fd) {
    struct wire_socket *s = calloc(1, sizeof *s);
    if (!s) {
        abort();
    }
    s->w = w;
    s->fd = fd;
    s->poll.data = s;
    if (uv_poll_init_socket(loop_uv(w->loop), &s->poll, fd) != 0) {
        free(s);
        return NULL;
    }
    s->next = w->sockets;
    if (s->next) {
        s->next->prev = s;
    }
    w->sockets = s;
    return s;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *socket_ctx) {
    (void)easy;
    struct wire *w = ctx;
    struct wire_socket *s = socket_ctx;
    if (what == CURL_POLL_REMOVE) {
        if (s) {
            curl_multi_assign(w->multi, fd, NULL);
            socket_drop(s);
        }
        return 0;
    }
    if (w->freeing) {
        return 0;
    }
    if (!s) {
        s = socket_add(w, fd);
        if (!s) {
            return -1;
        }
        curl_multi_assign(w->multi, fd, s);
    }
    int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
    return uv_poll_start(&s->poll, events, on_poll) == 0 ? 0 : -1;
}

static void on_uv_timer(uv_timer_t *t) {
    struct wire *w = t->data;
    int running = 0;
    wire_enter(w);
    curl_multi_socket_action(w->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    wire_leave(w);
}

static int on_curl_timer(CURLM *multi, long timeout_ms, void *ctx) {
    (void)multi;
    struct wire *w = ctx;
    if (w->freeing) {
        return 0;
    }
    if (timeout_ms < 0) {
        uv_timer_stop(w->timer);
    } else {
        uv_timer_start(w->timer, on_uv_timer, (uint64_t)timeout_ms, 0);
    }
    return 0;
}

CURLM *wire_multi_new(struct wire *w) {
    CURLM *m = curl_multi_init();
    if (!m) {
        abort();
    }
    curl_multi_setopt(m, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(m, CURLMOPT_SOCKETDATA, w);
    curl_multi_setopt(m, CURLMOPT_TIMERFUNCTION, on_curl_timer);
    curl_multi_setopt(m, CURLMOPT_TIMERDATA, w);
    curl_multi_setopt(m, CURLMOPT_MAXCONNECTS, (long)POOLED_CONNECTIONS);
    curl_multi_setopt(m, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
    return m;
}

void wire_sockets_close(struct wire *w) {
    while (w->sockets) {
        socket_drop(w->sockets);
    }
}
