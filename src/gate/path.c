/* Which places a target may reach: a path must stay below the configured URL, an address must fit
 * the zone. Pure. */
#include "codec/url.h"
#include "gate/inside.h"

#include <arpa/inet.h>

/* ---- paths ---- */

/* RFC 3986 pchar without what could be read two ways, and the query's own. */
static bool is_path_char(unsigned char c, bool in_query) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
        return true;
    }
    return memchr("-._~/:%=&+,!$*'()@;", c, 19) != NULL || (in_query && c == '?');
}

/* An escape of something that a server might take for structure. */
static bool hides_structure(struct str escape) {
    static const char *const hidden[] = {"2e", "2f", "5c", "25", "3f", "23"};
    for (size_t i = 0; i < ARRAY_LEN(hidden); i++) {
        if (str_ieq(escape, str_of(hidden[i]))) {
            return true;
        }
    }
    return false;
}

static bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_plain_text(struct str s) {
    bool in_query = false;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '?' && !in_query) {
            in_query = true;
            continue;
        }
        if (!is_path_char(c, in_query)) {
            return false;
        }
        if (c == '%') {
            struct str escape = str_sub(s, i + 1, i + 3);
            if (escape.len != 2 || !is_hex(escape.ptr[0]) || !is_hex(escape.ptr[1])
                || escape.ptr[0] < '2' || str_ieq(escape, STR("7f"))
                || (!in_query && hides_structure(escape))) {
                return false;
            }
        }
    }
    return true;
}

/* "/a/b": no empty segment, no "." and no "..". */
static bool is_plain_path(struct str path) {
    struct str rest = {0};
    struct str only = {0};
    str_cut(path, '?', &only, &rest);
    if (only.len == 0 || only.ptr[0] != '/' || !is_plain_text(path)) {
        return false;
    }
    struct str left = str_sub(only, 1, only.len);
    for (;;) {
        struct str segment = {0};
        bool more = str_cut(left, '/', &segment, &left);
        if (segment.len == 0 || str_is(segment, ".") || str_is(segment, "..")) {
            return false;
        }
        if (!more) {
            return true;
        }
    }
}

static bool place_of_scripted(struct arena *a, struct str path, struct gate_place *out) {
    *out = (struct gate_place){.url = str_fmt(a, "scripted:" STR_FMT, STR_ARG(path)),
                               .host = STR("scripted"),
                               .scheme = STR("scripted")};
    return true;
}

bool gate_place_of(struct arena *a, const struct gate_target *t, struct str path,
                   struct gate_place *out, struct err *e) {
    enum { LONGEST = 4096 };
    if (path.len > LONGEST || !is_plain_path(path)) {
        return err_set(e, ERR_INVALID, "not a plain path below " STR_FMT, STR_ARG(t->name));
    }
    if (t->scripted) {
        return place_of_scripted(a, path, out);
    }
    struct url url = {0};
    if (!url_parse(a, t->base_url, &url, e)) {
        return err_while(e, "the URL of " STR_FMT, STR_ARG(t->name));
    }
    struct str base = t->base_url;
    while (str_ends(base, STR("/"))) {
        base.len--;
    }
    bool plain = url.user.len == 0 && url.query.len == 0 && str_find_char(base, '@') < 0
                 && str_find_char(base, '?') < 0 && str_find_char(base, '#') < 0
                 && str_find_char(base, '\\') < 0 && url.host.len > 0;
    struct str below = url.path;
    while (str_ends(below, STR("/"))) {
        below.len--;
    }
    if (!plain || (below.len && !is_plain_path(below))) {
        return err_set(e, ERR_INVALID,
                       "the URL of " STR_FMT " must be scheme, host and a plain path",
                       STR_ARG(t->name));
    }
    if (t->pin.len && !str_is(url.scheme, "https")) {
        return err_set(e, ERR_INVALID, STR_FMT " has a pin, which needs https", STR_ARG(t->name));
    }
    *out = (struct gate_place){
        .url = str_fmt(a, STR_FMT STR_FMT, STR_ARG(base), STR_ARG(path)),
        .host = url.host,
        .scheme = url.scheme,
        .port = url.port,
    };
    return true;
}

/* ---- addresses ---- */

enum reach { REACH_NOWHERE, REACH_LOOPBACK, REACH_HOME, REACH_PUBLIC };

struct range4 {
    uint32_t net;
    int bits;
    enum reach reach;
};
/* IANA's special-purpose registry; what is not listed is public. */
static const struct range4 RANGES4[] = {
    {0x00000000, 8, REACH_NOWHERE}, /* this network */
    {0x0a000000, 8, REACH_HOME},    /* private */
    {0x64400000, 10, REACH_HOME},   /* shared space: overlay networks of one's own */
    {0x7f000000, 8, REACH_LOOPBACK}, {0xa9fe0000, 16, REACH_HOME}, /* link-local */
    {0xac100000, 12, REACH_HOME},                                  /* private */
    {0xc0000000, 24, REACH_NOWHERE},                               /* protocol assignments */
    {0xc0000200, 24, REACH_NOWHERE},                               /* documentation */
    {0xc0a80000, 16, REACH_HOME},                                  /* private */
    {0xc6120000, 15, REACH_NOWHERE},                               /* benchmarks */
    {0xc6336400, 24, REACH_NOWHERE},                               /* documentation */
    {0xcb007100, 24, REACH_NOWHERE},                               /* documentation */
    {0xe0000000, 3, REACH_NOWHERE}, /* multicast, reserved, broadcast */
};

static enum reach reach_of4(uint32_t address) {
    for (size_t i = 0; i < ARRAY_LEN(RANGES4); i++) {
        uint32_t mask = UINT32_MAX << (32 - RANGES4[i].bits);
        if ((address & mask) == RANGES4[i].net) {
            return RANGES4[i].reach;
        }
    }
    return REACH_PUBLIC;
}

static uint32_t four(const unsigned char *b) {
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static enum reach reach_of6(const unsigned char b[16]) {
    static const unsigned char zero[16];
    static const unsigned char nat64[12] = {0x00, 0x64, 0xff, 0x9b};
    if (memcmp(b, zero, 10) == 0 && b[10] == 0xff && b[11] == 0xff) {
        return reach_of4(four(b + 12)); /* IPv4 in IPv6 clothes */
    }
    if (memcmp(b, nat64, 12) == 0) {
        return reach_of4(four(b + 12));
    }
    if (b[0] == 0x20 && b[1] == 0x02) {
        return reach_of4(four(b + 2)); /* 6to4 */
    }
    if (memcmp(b, zero, 15) == 0 && b[15] == 1) {
        return REACH_LOOPBACK;
    }
    if ((b[0] & 0xfe) == 0xfc || (b[0] == 0xfe && (b[1] & 0x80) == 0x80)) {
        return REACH_HOME; /* unique local; link-local and the old site-local */
    }
    bool documentation = b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0d && b[3] == 0xb8;
    bool assigned = b[0] == 0x20 && b[1] == 0x01 && (b[2] & 0xfe) == 0; /* Teredo and its like */
    bool global = (b[0] & 0xe0) == 0x20;
    return global && !documentation && !assigned ? REACH_PUBLIC : REACH_NOWHERE;
}

/* The address in 16 bytes, IPv4 mapped; false: not a numeric address. */
static bool numeric_bytes(const char *text, unsigned char out[16]) {
    char bare[INET6_ADDRSTRLEN] = {0};
    size_t n = strcspn(text, "%"); /* fe80::1%eth0 */
    if (n >= sizeof bare) {
        return false;
    }
    memcpy(bare, text, n);
    memset(out, 0, 16);
    if (inet_pton(AF_INET, bare, out + 12) == 1) {
        out[10] = out[11] = 0xff;
        return true;
    }
    return inet_pton(AF_INET6, bare, out) == 1;
}

bool gate_address_fits(enum zone zone, const char *numeric) {
    unsigned char b[16];
    if (!numeric_bytes(numeric, b)) {
        return false;
    }
    enum reach reach = reach_of6(b);
    switch (zone) {
    case ZONE_DEVICE:
        return reach == REACH_LOOPBACK;
    case ZONE_HOME:
        return reach == REACH_LOOPBACK || reach == REACH_HOME;
    case ZONE_TRUSTED:
    case ZONE_CLOUD:
        return reach == REACH_PUBLIC;
    case ZONES:
        break;
    }
    return false;
}

bool gate_address_allowed(enum zone zone, struct str host, const char *numeric) {
    if (gate_address_fits(zone, numeric)) {
        return true;
    }
    unsigned char want[16];
    unsigned char got[16];
    char text[INET6_ADDRSTRLEN + 1] = {0};
    if ((zone != ZONE_TRUSTED && zone != ZONE_CLOUD) || host.len >= sizeof text
        || !numeric_bytes(numeric, got)) {
        return false;
    }
    memcpy(text, host.ptr, host.len);
    bool loopback = reach_of6(got) == REACH_LOOPBACK;
    if (str_is(host, "localhost")) {
        return loopback;
    }
    return numeric_bytes(text, want) && memcmp(want, got, sizeof got) == 0;
}
