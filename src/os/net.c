/* The network's fingerprint. The gateway's hardware address tells one home's 192.168.1.0/24 from
 * another's; where the default route goes through a tunnel there is none, and no network is named.
 */
#include "base/hash.h"
#include "os/os.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum {
    ROUTE_UP = 1,
    ROUTE_GATEWAY = 2,
    NEIGHBOUR_COMPLETE = 2,
    LARGEST_TABLE = 256 << 10 /* bytes */
};

struct route {
    char interface[16];
    uint32_t to, gateway, mask; /* host byte order */
    uint32_t flags;
    uint64_t metric;
};

/* The words of a line between blanks; how many, at most `most`. */
static size_t columns(struct str line, struct str *out, size_t most) {
    size_t n = 0;
    for (size_t i = 0; i < line.len && n < most;) {
        size_t from = i;
        while (i < line.len && line.ptr[i] != ' ' && line.ptr[i] != '\t') {
            i++;
        }
        if (i > from) {
            out[n++] = str_sub(line, from, i);
        } else {
            i++;
        }
    }
    return n;
}

/* 1 to 8 hexadecimal digits. */
static bool hex_read(struct str s, uint32_t *out) {
    uint32_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (!isxdigit(c)) {
            return false;
        }
        n = n << 4 | (uint32_t)(isdigit(c) ? c - '0' : tolower(c) - 'a' + 10);
    }
    *out = n;
    return s.len > 0 && s.len <= 8;
}

static bool name_read(struct str s, char *out, size_t size) {
    if (s.len >= size) {
        return false;
    }
    memcpy(out, s.ptr, s.len);
    out[s.len] = 0;
    return true;
}

/* interface, destination, gateway, flags, references, use, metric, mask; the kernel prints
 * addresses as the number they are in memory. */
static bool route_read(struct str line, struct route *r) {
    struct str c[8];
    uint32_t to = 0;
    uint32_t gateway = 0;
    uint32_t mask = 0;
    if (columns(line, c, ARRAY_LEN(c)) < ARRAY_LEN(c)
        || !name_read(c[0], r->interface, sizeof r->interface) || !hex_read(c[1], &to)
        || !hex_read(c[2], &gateway) || !hex_read(c[3], &r->flags) || !str_to_u64(c[6], &r->metric)
        || !hex_read(c[7], &mask)) {
        return false;
    }
    r->to = ntohl(to);
    r->gateway = ntohl(gateway);
    r->mask = ntohl(mask);
    return r->flags & ROUTE_UP;
}

static bool default_route(struct str routes, struct route *out) {
    bool found = false;
    for (bool more = true; more;) {
        struct str line = {0};
        struct route r = {0};
        more = str_cut(routes, '\n', &line, &routes);
        bool leads_out = route_read(line, &r) && r.to == 0 && r.mask == 0;
        if (leads_out && (!found || r.metric < out->metric)) {
            *out = r;
            found = true;
        }
    }
    return found && out->flags & ROUTE_GATEWAY;
}

/* The narrowest subnet of the interface that the gateway is in. */
static bool subnet_of(struct str routes, const struct route *way, struct net *out) {
    for (bool more = true; more;) {
        struct str line = {0};
        struct route r = {0};
        more = str_cut(routes, '\n', &line, &routes);
        if (route_read(line, &r) && !(r.flags & ROUTE_GATEWAY) && r.mask > out->mask
            && strcmp(r.interface, way->interface) == 0 && (way->gateway & r.mask) == r.to) {
            out->subnet = r.to;
            out->mask = r.mask;
        }
    }
    return out->mask != 0;
}

static bool mac_read(struct str s, unsigned char out[6]) {
    for (int i = 0; i < 6; i++) {
        struct str part = {0};
        uint32_t n = 0;
        if (str_cut(s, ':', &part, &s) != (i < 5) || !hex_read(part, &n) || n > 0xff) {
            return false;
        }
        out[i] = (unsigned char)n;
    }
    return true;
}

/* address, hardware type (1: Ethernet), flags, hardware address, mask, interface */
static bool neighbour(struct str table, struct net *out) {
    for (bool more = true; more;) {
        struct str line = {0};
        struct str c[6];
        uint32_t flags = 0;
        more = str_cut(table, '\n', &line, &table);
        if (columns(line, c, ARRAY_LEN(c)) == ARRAY_LEN(c) && str_is(c[0], out->gateway)
            && str_is(c[1], "0x1") && str_starts(c[2], STR("0x"))
            && hex_read(str_sub(c[2], 2, c[2].len), &flags) && flags & NEIGHBOUR_COMPLETE
            && str_is(c[5], out->interface) && mac_read(c[3], out->mac)) {
            return true;
        }
    }
    return false;
}

bool net_read(struct str routes, struct str neighbours, struct net *out, struct err *e) {
    struct route way = {0};
    *out = (struct net){0};
    if (!default_route(routes, &way)) {
        return err_set(e, ERR_NOT_FOUND, "there is no default route through a gateway");
    }
    memcpy(out->interface, way.interface, sizeof out->interface);
    struct in_addr gateway = {htonl(way.gateway)};
    inet_ntop(AF_INET, &gateway, out->gateway, sizeof out->gateway);
    if (!subnet_of(routes, &way, out)) {
        return err_set(e, ERR_NOT_FOUND, "the gateway %s is in no subnet of %s", out->gateway,
                       out->interface);
    }
    return neighbour(neighbours, out)
           || err_set(e, ERR_NOT_FOUND, "the gateway %s has not been heard of on %s lately",
                      out->gateway, out->interface);
}

/* The kernel's tables say no size. */
static bool table_read(struct arena *a, const char *path, struct str *out, struct err *e) {
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *p = arena_alloc(a, LARGEST_TABLE);
    size_t at = 0;
    ssize_t n = fd < 0 ? -1 : 1;
    while (n > 0 && at < LARGEST_TABLE) {
        n = read(fd, p + at, LARGEST_TABLE - at);
        at += n > 0 ? (size_t)n : 0;
    }
    *out = (struct str){p, at};
    return n == 0 || err_set(e, ERR_NOT_FOUND, "cannot read %s", path);
}

bool net_here(struct net *out, struct err *e) {
    CLEANUP(arena_end) struct arena a = arena_make((size_t)LARGEST_TABLE * 4);
    struct str routes = {0};
    struct str neighbours = {0};
    return table_read(&a, "/proc/net/route", &routes, e)
           && table_read(&a, "/proc/net/arp", &neighbours, e)
           && net_read(routes, neighbours, out, e);
}

void net_fingerprint(const struct net *n, char out[NET_FINGERPRINT + 1]) {
    char text[96];
    int len = snprintf(text, sizeof text, "%s %02x:%02x:%02x:%02x:%02x:%02x %08x/%08x", n->gateway,
                       n->mac[0], n->mac[1], n->mac[2], n->mac[3], n->mac[4], n->mac[5], n->subnet,
                       n->mask);
    struct sha256 hash = sha256_of((struct str){text, (size_t)len});
    char hex[65];
    sha256_hex(&hash, hex);
    memcpy(out, hex, NET_FINGERPRINT);
    out[NET_FINGERPRINT] = 0;
}

bool net_holds(const struct net *n, const char *numeric) {
    struct in_addr address;
    return inet_pton(AF_INET, numeric, &address) == 1
           && (ntohl(address.s_addr) & n->mask) == n->subnet;
}
