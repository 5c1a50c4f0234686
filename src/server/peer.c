/* The peer of a loopback connection is a socket of the same kernel, found by its address pair: by
 * NETLINK_SOCK_DIAG (a few µs), else in /proc/net/tcp{,6}. Its row has the owner's uid and an
 * inode, which is 0 once no program holds the socket any more: that tells a client that hung up
 * (close) from one that only stopped sending (shutdown), which look the same from this end. */
#include "server/peer.h"

#include "base/buf.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_storage room;
};

enum { TABLE_BYTES = 8 << 20 };

void peer_lookup_init(struct peer_lookup *l) {
    *l = (struct peer_lookup){.netlink = -1};
}

void peer_lookup_finish(struct peer_lookup *l) {
    if (l->netlink >= 0) {
        close(l->netlink);
    }
    l->netlink = -1;
}

static bool is_loopback(const union address *a) {
    if (a->any.sa_family == AF_INET) {
        return ntohl(a->v4.sin_addr.s_addr) >> 24 == 127;
    }
    if (a->any.sa_family != AF_INET6) {
        return false;
    }
    return IN6_IS_ADDR_LOOPBACK(&a->v6.sin6_addr)
           || (IN6_IS_ADDR_V4MAPPED(&a->v6.sin6_addr) && a->v6.sin6_addr.s6_addr[12] == 127);
}

static void fill_id(struct inet_diag_sockid *id, const union address *own,
                    const union address *other) {
    if (own->any.sa_family == AF_INET) {
        id->idiag_sport = own->v4.sin_port;
        id->idiag_dport = other->v4.sin_port;
        id->idiag_src[0] = own->v4.sin_addr.s_addr;
        id->idiag_dst[0] = other->v4.sin_addr.s_addr;
    } else {
        id->idiag_sport = own->v6.sin6_port;
        id->idiag_dport = other->v6.sin6_port;
        memcpy(id->idiag_src, &own->v6.sin6_addr, sizeof id->idiag_src);
        memcpy(id->idiag_dst, &other->v6.sin6_addr, sizeof id->idiag_dst);
    }
    id->idiag_cookie[0] = INET_DIAG_NOCOOKIE;
    id->idiag_cookie[1] = INET_DIAG_NOCOOKIE;
}

static bool open_netlink(struct peer_lookup *l) {
    if (l->netlink < 0 && !l->has_no_netlink) {
        l->netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
        l->has_no_netlink = l->netlink < 0;
    }
    return l->netlink >= 0;
}

enum answer { ANSWER_FOUND, ANSWER_NONE, ANSWER_FAILED };

/* The kernel has answered by the time send returns, so the read does not wait. */
static enum answer read_answer(struct peer_lookup *l, struct peer_socket *out) {
    union {
        struct nlmsghdr head;
        char bytes[4096];
    } in = {0};
    for (;;) {
        ssize_t n = recv(l->netlink, &in, sizeof in, MSG_DONTWAIT);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < (ssize_t)sizeof in.head) {
            return ANSWER_FAILED;
        }
        if (in.head.nlmsg_seq != l->sequence) {
            continue; /* of a question that was given up */
        }
        if (in.head.nlmsg_type == NLMSG_ERROR
            && n >= (ssize_t)NLMSG_LENGTH(sizeof(struct nlmsgerr))) {
            const struct nlmsgerr *e = NLMSG_DATA(&in.head);
            return e->error == -ENOENT ? ANSWER_NONE : ANSWER_FAILED;
        }
        if (in.head.nlmsg_type != SOCK_DIAG_BY_FAMILY
            || n < (ssize_t)NLMSG_LENGTH(sizeof(struct inet_diag_msg))) {
            return ANSWER_FAILED;
        }
        const struct inet_diag_msg *m = NLMSG_DATA(&in.head);
        *out = (struct peer_socket){.uid = m->idiag_uid, .inode = m->idiag_inode};
        return ANSWER_FOUND;
    }
}

static enum answer ask_netlink(struct peer_lookup *l, const union address *own,
                               const union address *other, struct peer_socket *out) {
    struct {
        struct nlmsghdr head;
        struct inet_diag_req_v2 body;
    } ask = {
        .head = {.nlmsg_len = sizeof ask,
                 .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                 .nlmsg_flags = NLM_F_REQUEST},
        .body = {.sdiag_family = (unsigned char)own->any.sa_family,
                 .sdiag_protocol = IPPROTO_TCP,
                 .idiag_states = ~0u},
    };
    if (!open_netlink(l)) {
        return ANSWER_FAILED;
    }
    ask.head.nlmsg_seq = ++l->sequence;
    fill_id(&ask.body.id, own, other);
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    if (sendto(l->netlink, &ask, sizeof ask, 0, (struct sockaddr *)&kernel, sizeof kernel) < 0) {
        return ANSWER_FAILED;
    }
    return read_answer(l, out);
}

static struct str next_word(struct str *line) {
    struct str word = {0};
    *line = str_trim(*line);
    str_cut(*line, ' ', &word, line);
    return word;
}

bool peer_find_in_table(struct str table, struct str local, struct str remote,
                        struct peer_socket *out) {
    struct str line = {0};
    while (table.len > 0) {
        str_cut(table, '\n', &line, &table);
        struct str word[10] = {
            0}; /* sl local remote st queues timer retransmits uid timeout inode */
        for (size_t i = 0; i < ARRAY_LEN(word); i++) {
            word[i] = next_word(&line);
        }
        uint64_t uid = 0;
        uint64_t inode = 0;
        if (str_ieq(word[1], local) && str_ieq(word[2], remote) && str_to_u64(word[7], &uid)
            && str_to_u64(word[9], &inode)) {
            *out = (struct peer_socket){.uid = (uid_t)uid, .inode = (unsigned long)inode};
            return true;
        }
    }
    return false;
}

/* The kernel prints each 32-bit word of the address as a number of this machine. */
static struct str table_address(const union address *a, char text[48]) {
    const uint32_t *words = a->any.sa_family == AF_INET ? (const uint32_t *)&a->v4.sin_addr
                                                        : (const uint32_t *)&a->v6.sin6_addr;
    size_t count = a->any.sa_family == AF_INET ? 1 : 4;
    in_port_t port = a->any.sa_family == AF_INET ? a->v4.sin_port : a->v6.sin6_port;
    int n = 0;
    for (size_t i = 0; i < count; i++) {
        n += snprintf(text + n, 48 - (size_t)n, "%08X", words[i]);
    }
    n += snprintf(text + n, 48 - (size_t)n, ":%04X", (unsigned)ntohs(port));
    return (struct str){text, (size_t)n};
}

/* A mapped address is in the table of IPv4 when the other program spoke plain IPv4. */
static union address unmapped(const union address *a) {
    union address out = *a;
    if (a->any.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&a->v6.sin6_addr)) {
        out = (union address){.v4 = {.sin_family = AF_INET, .sin_port = a->v6.sin6_port}};
        memcpy(&out.v4.sin_addr, a->v6.sin6_addr.s6_addr + 12, 4);
    }
    return out;
}

static enum answer read_table(const union address *own, const union address *other,
                              struct peer_socket *out) {
    union address from = unmapped(own);
    union address to = unmapped(other);
    const char *path = from.any.sa_family == AF_INET ? "/proc/net/tcp" : "/proc/net/tcp6";
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return ANSWER_FAILED;
    }
    AUTO_BUF text;
    buf_init(&text, TABLE_BYTES);
    for (;;) {
        char *room = buf_room(&text, 16384);
        ssize_t n = room ? read(fd, room, 16384) : -1;
        if (n < 0) {
            return ANSWER_FAILED;
        }
        if (n == 0) {
            break;
        }
        text.len += (size_t)n;
    }
    char a[48];
    char b[48];
    bool found =
        peer_find_in_table(buf_str(&text), table_address(&from, a), table_address(&to, b), out);
    return found ? ANSWER_FOUND : ANSWER_NONE;
}

/* The socket at the other end: its own address is our remote one. */
static enum answer find_peer(struct peer_lookup *l, const union address *local,
                             const union address *remote, struct peer_socket *out) {
    enum answer a = ask_netlink(l, remote, local, out);
    return a == ANSWER_FAILED ? read_table(remote, local, out) : a;
}

static bool addresses(int fd, union address *local, union address *remote) {
    socklen_t a = sizeof *local;
    socklen_t b = sizeof *remote;
    return getsockname(fd, &local->any, &a) == 0 && getpeername(fd, &remote->any, &b) == 0;
}

static bool look_unix(int fd, struct peer_facts *out) {
    struct ucred who = {0};
    socklen_t len = sizeof who;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) != 0) {
        return false;
    }
    out->is_same_user = who.uid == geteuid();
    return true;
}

bool peer_look(struct peer_lookup *l, int fd, struct peer_facts *out) {
    union address local = {0};
    union address remote = {0};
    *out = (struct peer_facts){.kind = PEER_UNIX};
    if (!addresses(fd, &local, &remote)) {
        return false;
    }
    if (local.any.sa_family == AF_UNIX) {
        return look_unix(fd, out);
    }
    union address shown = unmapped(&local);
    const void *ip = shown.any.sa_family == AF_INET ? (const void *)&shown.v4.sin_addr
                                                    : (const void *)&shown.v6.sin6_addr;
    if (!inet_ntop(shown.any.sa_family, ip, out->local_ip, sizeof out->local_ip)) {
        out->local_ip[0] = 0;
    }
    out->kind = is_loopback(&remote) && is_loopback(&local) ? PEER_LOOPBACK : PEER_REMOTE;
    struct peer_socket s = {0};
    if (out->kind == PEER_LOOPBACK && find_peer(l, &local, &remote, &s) == ANSWER_FOUND) {
        /* An abandoned socket is shown as root's: only one that a program holds says whose it is.
         */
        out->is_same_user = s.inode != 0 && s.uid == geteuid();
    }
    return true;
}

enum peer_presence peer_presence(struct peer_lookup *l, int fd, enum peer_kind kind) {
    struct pollfd p = {.fd = fd, .events = 0};
    if (poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR | POLLNVAL))) {
        return PEER_GONE; /* on a Unix socket only close does this */
    }
    if (kind != PEER_LOOPBACK) {
        return kind == PEER_UNIX ? PEER_THERE : PEER_UNSURE;
    }
    union address local = {0};
    union address remote = {0};
    struct peer_socket s = {0};
    if (!addresses(fd, &local, &remote)) {
        return PEER_GONE;
    }
    switch (find_peer(l, &local, &remote, &s)) {
    case ANSWER_FOUND:
        return s.inode ? PEER_THERE : PEER_GONE;
    case ANSWER_NONE:
        return PEER_GONE;
    case ANSWER_FAILED:
        break;
    }
    return PEER_UNSURE;
}
