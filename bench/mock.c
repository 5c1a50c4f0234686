/* mock: an upstream that answers like an OpenAI-compatible model server, as cheaply as possible.
 *
 * Each thread owns an epoll set; all threads share one listening socket. Plain answers are one
 * buffer rendered at start. Streams carry their send time, so a client on the same machine can
 * tell how long each event was under way. With --unix it stands in for a local engine. A prompt
 * that holds `[pace-us=N]` or `[events=N]` sets these for its own stream. */
#define _GNU_SOURCE
#include "mock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void die(const char *what) {
    perror(what);
    exit(1);
}

void *xrealloc(void *p, size_t n) {
    p = realloc(p, n);
    if (!p) {
        die("out of memory");
    }
    return p;
}

static int listen_on(unsigned port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) != 0 || listen(fd, 4096) != 0) {
        die("listen");
    }
    return fd;
}

static int listen_on_path(const char *path) {
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if (fd < 0 || strlen(path) >= sizeof a.sun_path) {
        die(path);
    }
    memcpy(a.sun_path, path, strlen(path));
    unlink(path);
    if (bind(fd, (struct sockaddr *)&a, sizeof a) != 0 || listen(fd, 4096) != 0) {
        die(path);
    }
    return fd;
}

static void start_worker(struct worker *w) {
    w->epoll = epoll_create1(EPOLL_CLOEXEC);
    /* Exclusive: a new connection wakes one thread, not all. */
    struct epoll_event ev = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.ptr = NULL};
    if (w->epoll < 0 || epoll_ctl(w->epoll, EPOLL_CTL_ADD, w->listener, &ev) != 0) {
        die("epoll");
    }
}

static void usage(void) {
    fprintf(stderr,
            "usage: mock [--port 9100] [--threads 1] [--body-bytes 1024] [--events 200]\n"
            "            [--pace-us 2000] [--keep-last] [--unix PATH]\n"
            "POST /v1/chat/completions, GET /v1/models; with --keep-last, GET /last shows the\n"
            "latest request as it arrived. Listens on 127.0.0.1 only, or on the socket PATH.\n");
    exit(2);
}

static unsigned long number(const char *text, unsigned long min, unsigned long max) {
    char *end;
    errno = 0;
    unsigned long v = strtoul(text, &end, 10);
    if (errno || end == text || *end || *text == '-' || v < min || v > max) {
        fprintf(stderr, "mock: %s is not a number from %lu to %lu\n", text, min, max);
        exit(2);
    }
    return v;
}

static void parse_options(int argc, char **argv, struct options *o) {
    static const struct option names[] = {
        {"port", required_argument, NULL, 'p'},       {"threads", required_argument, NULL, 't'},
        {"body-bytes", required_argument, NULL, 'b'}, {"events", required_argument, NULL, 'e'},
        {"pace-us", required_argument, NULL, 'u'},    {"keep-last", no_argument, NULL, 'k'},
        {"unix", required_argument, NULL, 'x'},       {0},
    };
    int ch;
    while ((ch = getopt_long(argc, argv, "", names, NULL)) != -1) {
        switch (ch) {
        case 'p':
            o->port = (unsigned)number(optarg, 1, 65535);
            break;
        case 't':
            o->threads = (unsigned)number(optarg, 1, 64);
            break;
        case 'b':
            o->body_bytes = number(optarg, 0, 64u << 20);
            break;
        case 'e':
            o->events = (unsigned)number(optarg, 1, 10000000);
            break;
        case 'u':
            o->pace_ns = number(optarg, 0, 60000000) * 1000u;
            break;
        case 'x':
            o->unix_path = optarg;
            break;
        case 'k':
            o->keep_last = true;
            break;
        default:
            usage();
        }
    }
    if (optind != argc) {
        usage();
    }
}

int main(int argc, char **argv) {
    struct options opt = {
        .port = 9100, .threads = 1, .events = 200, .body_bytes = 1024, .pace_ns = 2000000};
    struct answers ans;
    parse_options(argc, argv, &opt);
    render_answers(&ans, &opt);
    signal(SIGPIPE, SIG_IGN);

    int listener = opt.unix_path ? listen_on_path(opt.unix_path) : listen_on(opt.port);
    struct worker *workers = calloc(opt.threads, sizeof *workers);
    if (!workers) {
        die("out of memory");
    }
    for (unsigned i = 0; i < opt.threads; i++) {
        workers[i] = (struct worker){.opt = &opt, .ans = &ans, .listener = listener};
        start_worker(&workers[i]);
    }
    for (unsigned i = 1; i < opt.threads; i++) {
        pthread_t t;
        if (pthread_create(&t, NULL, run_worker, &workers[i]) != 0) {
            die("pthread_create");
        }
    }
    run_worker(&workers[0]);
}
