/* A recording HTTP provider for tests: real sockets on 127.0.0.1, one thread per connection. It
 * keeps what it was sent and answers as its `answer` function says. */
#pragma once

#include "base/buf.h"
#include "base/hash.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>

struct provider;
struct provider_request {
    char *head; /* NUL-terminated */
    char *body;
    size_t body_len;
    struct sha256 hash;
};
struct provider {
    int fd, port;
    pthread_t thread;
    /* Writes the answer; false: close the connection. */
    bool (*answer)(struct provider *p, int fd, const struct provider_request *rq);
    void (*on_request_opt)(struct provider *p, const struct provider_request *rq);
    void *ctx;
    bool forget; /* keeps no records */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct provider_request *records;
    size_t count, cap;
    size_t connections, open;
    bool peer_closed; /* some client closed while an answer was being written */
    atomic_bool stop;
    int fds[256];
};

static bool provider_say(int fd, const char *text, size_t n) {
    while (n) {
        ssize_t w = send(fd, text, n, MSG_NOSIGNAL);
        if (w < 0 && errno == EINTR) {
            continue;
        }
        if (w <= 0) {
            return false;
        }
        text += w;
        n -= (size_t)w;
    }
    return true;
}

static bool provider_reply(int fd, const char *status_and_headers, const char *body) {
    char head[1024];
    int n = snprintf(head, sizeof head, "HTTP/1.1 %s\r\ncontent-length: %zu\r\n\r\n%s",
                     status_and_headers, strlen(body), body);
    return provider_say(fd, head, (size_t)n);
}

static bool provider_ok(struct provider *p, int fd, const struct provider_request *rq) {
    (void)p;
    (void)rq;
    return provider_reply(fd, "200 OK\r\ncontent-type: application/json", "{\"ok\":true}");
}

/* Waits until the client closes its end; false: it never did. */
static bool provider_await_close(struct provider *p, int fd) {
    struct pollfd f = {fd, POLLIN, 0};
    char c = 0;
    bool closed = poll(&f, 1, 20000) > 0 && recv(fd, &c, 1, 0) <= 0;
    pthread_mutex_lock(&p->lock);
    p->peer_closed = closed;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    return closed;
}

static size_t provider_body_len(const char *head) {
    const char *at = strcasestr(head, "\r\ncontent-length:");
    return at ? strtoul(at + strlen("\r\ncontent-length:"), NULL, 10) : 0;
}

/* One request from fd; false: closed or unreadable. */
static bool provider_read(struct buf *in, int fd, struct provider_request *rq) {
    char *end = NULL;
    size_t need = 0;
    for (;;) {
        if (!end && in->len) {
            end = memmem(in->ptr, in->len, "\r\n\r\n", 4);
            if (end) {
                *end = 0;
                need = (size_t)(end - in->ptr) + 4 + provider_body_len(in->ptr);
            }
        }
        if (end && in->len >= need) {
            break;
        }
        size_t at = end ? (size_t)(end - in->ptr) : 0;
        char *room = buf_room(in, 65536);
        ssize_t n = room ? recv(fd, room, 65536, 0) : -1;
        if (n <= 0) {
            return false;
        }
        in->len += (size_t)n;
        end = end ? in->ptr + at : NULL;
    }
    size_t head = (size_t)(end - in->ptr) + 4;
    rq->head = strdup(in->ptr);
    rq->body_len = need - head;
    rq->body = malloc(rq->body_len + 1);
    memcpy(rq->body, in->ptr + head, rq->body_len);
    rq->body[rq->body_len] = 0;
    rq->hash = sha256_of((struct str){rq->body, rq->body_len});
    buf_drop(in, need);
    return true;
}

struct provider_conn {
    struct provider *p;
    int fd;
};

static void provider_record(struct provider *p, const struct provider_request *rq) {
    pthread_mutex_lock(&p->lock);
    if (p->count == p->cap) {
        p->cap = p->cap ? p->cap * 2 : 64;
        p->records = realloc(p->records, p->cap * sizeof *p->records);
    }
    p->records[p->count++] = *rq;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

static void *provider_serve(void *arg) {
    struct provider_conn *c = arg;
    struct provider *p = c->p;
    struct buf in = {0};
    buf_init(&in, (size_t)1 << 28);
    struct provider_request rq = {0};
    while (provider_read(&in, c->fd, &rq)) {
        if (p->on_request_opt) {
            p->on_request_opt(p, &rq);
        }
        bool keep = false;
        if (p->forget) {
            keep = p->answer(p, c->fd, &rq);
            free(rq.head);
            free(rq.body);
        } else {
            provider_record(p, &rq);
            keep = p->answer(p, c->fd, &rq);
        }
        if (!keep) {
            break;
        }
    }
    buf_finish(&in);
    pthread_mutex_lock(&p->lock);
    for (size_t i = 0; i < ARRAY_LEN(p->fds); i++) {
        if (p->fds[i] == c->fd) {
            p->fds[i] = -1;
        }
    }
    close(c->fd);
    p->open--;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    free(c);
    return NULL;
}

static void *provider_accept(void *arg) {
    struct provider *p = arg;
    for (;;) {
        int fd = accept4(p->fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0 || atomic_load(&p->stop)) {
            if (fd >= 0) {
                close(fd);
            }
            return NULL;
        }
        int one = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct provider_conn *c = malloc(sizeof *c);
        *c = (struct provider_conn){p, fd};
        pthread_mutex_lock(&p->lock);
        p->connections++;
        p->open++;
        for (size_t i = 0; i < ARRAY_LEN(p->fds); i++) {
            if (p->fds[i] < 0) {
                p->fds[i] = fd;
                break;
            }
        }
        pthread_cond_broadcast(&p->changed);
        pthread_mutex_unlock(&p->lock);
        pthread_t t;
        pthread_create(&t, NULL, provider_serve, c);
        pthread_detach(t);
    }
}

static void provider_start(struct provider *p) {
    for (size_t i = 0; i < ARRAY_LEN(p->fds); i++) {
        p->fds[i] = -1;
    }
    if (!p->answer) {
        p->answer = provider_ok;
    }
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->changed, NULL);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socklen_t len = sizeof at;
    if (bind(p->fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(p->fd, 128) != 0
        || getsockname(p->fd, (struct sockaddr *)&at, &len) != 0) {
        abort();
    }
    p->port = ntohs(at.sin_port);
    pthread_create(&p->thread, NULL, provider_accept, p);
}

/* Takes no more, and waits for those under way; the records stay. */
static void provider_stop_serving(struct provider *p) {
    atomic_store(&p->stop, true);
    shutdown(p->fd, SHUT_RDWR);
    pthread_join(p->thread, NULL);
    close(p->fd);
    pthread_mutex_lock(&p->lock);
    for (size_t i = 0; i < ARRAY_LEN(p->fds); i++) {
        if (p->fds[i] >= 0) {
            shutdown(p->fds[i], SHUT_RDWR);
        }
    }
    while (p->open) {
        pthread_cond_wait(&p->changed, &p->lock);
    }
    pthread_mutex_unlock(&p->lock);
}

static void provider_forget(struct provider *p) {
    for (size_t i = 0; i < p->count; i++) {
        free(p->records[i].head);
        free(p->records[i].body);
    }
    free(p->records);
    p->records = NULL;
    p->count = 0;
}

static void provider_stop(struct provider *p) {
    provider_stop_serving(p);
    provider_forget(p);
}

static size_t provider_count(struct provider *p) {
    pthread_mutex_lock(&p->lock);
    size_t n = p->count;
    pthread_mutex_unlock(&p->lock);
    return n;
}

/* Not every test uses every helper. */
static inline void provider_unused(void) {
    (void)provider_start;
    (void)provider_stop;
    (void)provider_count;
    (void)provider_await_close;
}
