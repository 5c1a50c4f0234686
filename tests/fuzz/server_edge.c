/* Bytes of a stranger → HTTP parser → the door's rules. Whatever is let in must have an allowed
 * Host, no foreign Origin and a path; and how the bytes are cut must not matter. */
#include "server/edge.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct str HOSTS[] = {STR_INIT("desk.example")};
static const struct str ORIGINS[] = {STR_INIT("https://app.example")};
static const struct edge EDGE = {HOSTS, 1, ORIGINS, 1};

#define CHECK(what)                                   \
    do {                                              \
        if (!(what)) {                                \
            fprintf(stderr, "not true: %s\n", #what); \
            abort();                                  \
        }                                             \
    } while (0)

struct run {
    struct http1 *parser;
    size_t heads;
    uint64_t trace; /* of all that was decided */
};

static void mix(struct run *r, uint64_t v) {
    r->trace = (r->trace ^ v) * 0x100000001b3u;
}

/* Said again, in other words than the door's own. */
static bool names_this_computer(struct str host) {
    static const char *const NAMES[] = {"localhost", "127.0.0.1", "[::1]", "desk.example"};
    for (size_t i = 0; i < ARRAY_LEN(NAMES); i++) {
        struct str name = str_of(NAMES[i]);
        if (str_ieq(host, name)
            || (str_istarts(host, name) && host.len > name.len && host.ptr[name.len] == ':')) {
            return true;
        }
    }
    return false;
}

static void check_allowed(const struct http1_head *h, const struct edge_verdict *v) {
    struct str host = http1_header(h, "host");
    struct str origin = http1_header(h, "origin");
    CHECK(host.len > 0);
    CHECK(names_this_computer(v->target.authority.len ? v->target.authority : host));
    CHECK(v->target.path.len > 0);
    CHECK(v->target.path.ptr[0] == '/' || str_is(v->target.path, "*"));
    CHECK(str_find_char(v->target.path, '?') < 0);
    CHECK(v->origin_kind != EDGE_FOREIGN_ORIGIN);
    CHECK(!str_is(origin, "null"));
    if (v->origin_kind == EDGE_NO_ORIGIN) {
        CHECK(origin.len == 0);
    } else {
        CHECK(str_eq(v->origin, origin));
    }
    if (v->origin_kind == EDGE_LISTED_ORIGIN) {
        CHECK(v->which_origin < EDGE.origin_count);
    }
}

static bool on_head(void *ctx, const struct http1_head *h) {
    struct run *r = ctx;
    struct edge_verdict v = {0};
    edge_check(&EDGE, h, false, STR(""), &v);
    CHECK(v.status == 0 || v.status == 400 || v.status == 403);
    CHECK(v.status == 0 || v.message);
    if (v.status == 0) {
        check_allowed(h, &v);
    }
    r->heads++;
    mix(r, (uint64_t)v.status);
    mix(r, v.target.path.len);
    mix(r, v.is_preflight);
    return true;
}

static bool on_body(void *ctx, struct str piece) {
    struct run *r = ctx;
    for (size_t i = 0; i < piece.len; i++) {
        mix(r, (unsigned char)piece.ptr[i]);
    }
    return true;
}

static void on_end(void *ctx) {
    struct run *r = ctx;
    mix(r, 77);
}

static void feed_all(struct run *r, struct str bytes, size_t step) {
    static const struct http1_ops OPS = {on_head, on_body, on_end};
    static const struct http1_limits LIMITS = {2048, 16, 4096};
    r->parser = http1_new(HTTP1_REQUEST, &LIMITS, &OPS, r);
    while (bytes.len > 0) {
        struct err e = {0};
        size_t used = 0;
        if (!http1_feed(r->parser, str_sub(bytes, 0, step), &used, &e)) {
            mix(r, 99);
            break;
        }
        CHECK(used <= bytes.len);
        bytes = str_sub(bytes, used, bytes.len);
        if (http1_is_done(r->parser)) {
            http1_next(r->parser);
        } else {
            CHECK(used > 0); /* else it would never go on */
        }
    }
    http1_free(r->parser);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str bytes = {(const char *)data, size};
    struct run whole = {0};
    struct run single = {0};
    feed_all(&whole, bytes, SIZE_MAX);
    feed_all(&single, bytes, 1);
    CHECK(whole.heads == single.heads);
    CHECK(whole.trace == single.trace);
    return 0;
}
