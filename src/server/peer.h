/* What the kernel knows of the program at the other end of a local connection: whose it is, and
 * whether it still has its end open. Loop thread only; one netlink socket, made at first use. */
#pragma once

#include "base/str.h"

#include <sys/types.h>

enum peer_kind { PEER_UNIX, PEER_LOOPBACK, PEER_REMOTE };

struct peer_lookup {
    int netlink; /* -1: not opened yet or not to be had */
    bool has_no_netlink;
    unsigned sequence;
};
void peer_lookup_init(struct peer_lookup *l);
void peer_lookup_finish(struct peer_lookup *l);

struct peer_facts {
    enum peer_kind kind;
    bool is_same_user; /* as this process; false when that cannot be known */
    char local_ip[64]; /* "" on a Unix socket */
};
/* False: the connection is gone already. */
NODISCARD bool peer_look(struct peer_lookup *l, int fd, struct peer_facts *out);

/* After the peer sent its last byte: does a program still hold the other end, so that it may be
 * waiting for an answer? Exact for Unix sockets and loopback; for remote peers PEER_UNSURE. */
enum peer_presence { PEER_THERE, PEER_GONE, PEER_UNSURE };
enum peer_presence peer_presence(struct peer_lookup *l, int fd, enum peer_kind kind);

/* The same question asked of /proc/net/tcp's text instead of netlink; for tests and old kernels.
 * The addresses are as in that file: "0100007F:2483". False: no such line. */
struct peer_socket {
    uid_t uid;
    unsigned long inode; /* 0: no program holds it any more */
};
NODISCARD bool peer_find_in_table(struct str table, struct str local, struct str remote,
                                  struct peer_socket *out);
