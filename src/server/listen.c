/* Binding. SO_REUSEADDR, so that a restart does not wait for old connections; never SO_REUSEPORT,
 * which would let two daemons share a port. */
#include "server/listen.h"

#include "base/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 4096, PORT_TRIES = 16 };

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static bool parse_address(struct str text, int port, union address *out, socklen_t *len,
                          struct err *e) {
    char ip[64] = {0};
    if (text.len > 1 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']') {
        text = str_sub(text, 1, text.len - 1);
    }
    if (text.len < sizeof ip) {
        memcpy(ip, text.ptr, text.len);
    }
    *out = (union address){0};
    if (inet_pton(AF_INET, ip, &out->v4.sin_addr) == 1) {
        out->v4.sin_family = AF_INET;
        out->v4.sin_port = htons((uint16_t)port);
        *len = sizeof out->v4;
        return true;
    }
    if (inet_pton(AF_INET6, ip, &out->v6.sin6_addr) == 1) {
        out->v6.sin6_family = AF_INET6;
        out->v6.sin6_port = htons((uint16_t)port);
        *len = sizeof out->v6;
        return true;
    }
    return err_set(e, ERR_INVALID, "cannot listen on \"" STR_FMT "\": not an IP address",
                   STR_ARG(text));
}

static bool conflict(struct err *e, struct str address, int port) {
    if (errno == EADDRINUSE) {
        return err_set(e, ERR_CONFLICT,
                       "port %d on " STR_FMT
                       " is taken; stop the program that has it (another weir?), "
                       "or choose another: `port` in weir.toml, or `weir serve --port 0`",
                       port, STR_ARG(address));
    }
    return err_set(e, ERR_UNAVAILABLE, "cannot listen on " STR_FMT " port %d: %m", STR_ARG(address),
                   port);
}

static bool bind_one(struct str text, int *port, int *out, struct err *e) {
    union address a = {0};
    socklen_t len = 0;
    int on = 1;
    TRY(parse_address(text, *port, &a, &len, e));
    AUTO_CLOSE int fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return conflict(e, text, *port);
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (a.any.sa_family == AF_INET6) {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    }
    if (bind(fd, &a.any, len) != 0 || listen(fd, BACKLOG) != 0
        || getsockname(fd, &a.any, &len) != 0) {
        return conflict(e, text, *port);
    }
    *port = ntohs(a.any.sa_family == AF_INET ? a.v4.sin_port : a.v6.sin6_port);
    *out = fd;
    fd = -1;
    return true;
}

static void close_all(int *fds, size_t n) {
    for (size_t i = 0; i < n; i++) {
        close(fds[i]);
    }
}

static bool bind_all(const struct str *addresses, size_t count, int *port, int *fds, size_t *used,
                     struct err *e) {
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        errno = 0;
        if (bind_one(addresses[i], port, &fds[n], e)) {
            n++;
            continue;
        }
        bool has_no_ipv6 = errno == EADDRNOTAVAIL || errno == EAFNOSUPPORT;
        if (has_no_ipv6 && str_is(addresses[i], "::1") && count > 1) {
            log_debug("this system has no ::1; listening without it");
            continue;
        }
        close_all(fds, n);
        return false;
    }
    *used = n;
    return true;
}

bool listen_tcp(const struct str *addresses, size_t count, int *port, int *fds, size_t *used,
                struct err *e) {
    /* A free port of the first address may be taken on the second: then another one. */
    for (int i = 0;; i++) {
        int chosen = *port;
        if (bind_all(addresses, count, &chosen, fds, used, e)) {
            *port = chosen;
            return true;
        }
        if (*port != 0 || e->kind != ERR_CONFLICT || i == PORT_TRIES) {
            return false;
        }
    }
}

static bool remove_stale(const char *path, const struct sockaddr_un *a, struct err *e) {
    struct stat st = {0};
    if (lstat(path, &st) != 0) {
        return errno == ENOENT || err_set(e, ERR_UNAVAILABLE, "cannot look at %s: %m", path);
    }
    if (!S_ISSOCK(st.st_mode)) {
        return err_set(e, ERR_CONFLICT, "%s is in the way and is no socket; move it", path);
    }
    AUTO_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return err_set(e, ERR_UNAVAILABLE, "cannot make a socket: %m");
    }
    /* EAGAIN: it answers, but its queue is full. */
    if (connect(fd, (const struct sockaddr *)a, sizeof *a) == 0 || errno == EAGAIN) {
        return err_set(e, ERR_CONFLICT, "another weir answers on %s; stop it first: `weir stop`",
                       path);
    }
    if (errno == ENOENT) {
        return true;
    }
    if (errno != ECONNREFUSED) {
        return err_set(e, ERR_UNAVAILABLE, "cannot tell whether somebody answers on %s: %m", path);
    }
    return unlink(path) == 0 || errno == ENOENT
           || err_set(e, ERR_UNAVAILABLE, "cannot remove the old %s: %m", path);
}

bool listen_unix(const char *path, int *out, struct err *e) {
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof a.sun_path) {
        return err_set(e, ERR_INVALID, "a socket's path has at most %zu bytes, this one %zu: %s",
                       sizeof a.sun_path - 1, len, path);
    }
    memcpy(a.sun_path, path, len);
    TRY(remove_stale(path, &a, e));
    AUTO_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    /* The mode set before bind is the file's mode from its first moment. */
    if (fd < 0 || fchmod(fd, 0600) != 0) {
        return err_set(e, ERR_UNAVAILABLE, "cannot make a socket: %m");
    }
    if (bind(fd, (const struct sockaddr *)&a, sizeof a) != 0) {
        enum err_kind kind = errno == EADDRINUSE ? ERR_CONFLICT : ERR_UNAVAILABLE;
        return err_set(e, kind, "cannot listen on %s: %m", path);
    }
    if (listen(fd, BACKLOG) != 0) {
        return err_set(e, ERR_UNAVAILABLE, "cannot listen on %s: %m", path);
    }
    *out = fd;
    fd = -1;
    return true;
}
