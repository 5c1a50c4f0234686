/* Who may speak to the port: request targets, the Host and Origin headers. Pure functions over a
 * parsed head, so that they can be tested and fuzzed without a socket. Nothing here allocates. */
#pragma once

#include "codec/http1.h"

/* What the configuration allows; the strings belong to whoever made it. */
struct edge {
    const struct str *hosts;
    size_t host_count;
    const struct str *origins;
    size_t origin_count;
};

struct edge_target {
    struct str path; /* without query, one trailing slash cut; "*" for `OPTIONS *` */
    struct str query;
    struct str authority; /* of an absolute target; else "" */
};
/* Origin form, absolute form (http only) and "*". False: not a target for this server. */
NODISCARD bool edge_target_split(struct str raw, struct edge_target *out);

/* `host` is a Host header's value: a name or address, perhaps a port. local_ip is the address that
 * this connection reached, "" if unknown: an address literal cannot be a rebound name. */
bool edge_host_is_allowed(const struct edge *g, struct str host, struct str local_ip);

enum edge_origin { EDGE_NO_ORIGIN, EDGE_OWN_ORIGIN, EDGE_LISTED_ORIGIN, EDGE_FOREIGN_ORIGIN };
/* *which: index into origins for a listed one. `host` has been allowed before. */
enum edge_origin edge_origin_of(const struct edge *g, struct str origin, struct str host,
                                size_t *which);

/* Everything about a head that is decided before its path means anything. */
struct edge_verdict {
    struct edge_target target;
    struct str origin; /* points into the head */
    enum edge_origin origin_kind;
    size_t which_origin;
    bool is_preflight;
    int status; /* 0: fine; else the refusal */
    const char *code_opt;
    const char *message;
};
/* is_unix: the caller came over the Unix socket, where no browser can be, so any Host will do. */
void edge_check(const struct edge *g, const struct http1_head *head, bool is_unix,
                struct str local_ip, struct edge_verdict *out);

/* Does "GET, HEAD" name this method? */
bool edge_allows(struct str allow, struct str method);
