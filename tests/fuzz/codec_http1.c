/* Any bytes → HTTP messages of both kinds, whole and byte by byte: the same heads, bodies and
 * verdict, and heads that no two readers can see differently. */
#include "codec/http1.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(what)                                   \
    do {                                              \
        if (!(what)) {                                \
            fprintf(stderr, "not true: %s\n", #what); \
            abort();                                  \
        }                                             \
    } while (0)

static const struct http1_limits LIMITS = {512, 8, 300};

struct run {
    struct buf log;
    size_t body;
};

static void check_framing(const struct http1_head *h) {
    size_t lengths = 0;
    size_t codings = 0;
    for (size_t i = 0; i < h->header_count; i++) {
        struct http_header f = h->headers[i];
        CHECK(f.name.len > 0 && http1_is_clean(f.name) && http1_is_clean(f.value));
        CHECK(str_find_char(f.name, ' ') < 0 && str_find_char(f.name, ':') < 0);
        CHECK(str_eq(str_trim(f.value), f.value));
        lengths += str_ieq(f.name, STR("content-length"));
        codings += str_ieq(f.name, STR("transfer-encoding"));
    }
    CHECK(lengths + codings <= 1);
    CHECK((lengths == 1) == (h->content_length >= 0));
    CHECK((codings == 1) == h->chunked);
}

static bool on_head(void *ctx, const struct http1_head *h) {
    struct run *r = ctx;
    CHECK(h->header_count <= LIMITS.headers && (h->minor == 0 || h->minor == 1));
    CHECK((h->status >= 100 && h->status < 600) || (h->method.len > 0 && h->target.len > 0));
    CHECK(str_find_char(h->target, ' ') < 0 && http1_is_clean(h->target));
    check_framing(h);
    r->body = 0;
    buf_addf(&r->log, "[%d %d %lld %d%d%d%d ", h->status, h->minor, (long long)h->content_length,
             h->chunked, h->keep_alive, h->upgrade, h->expect_continue);
    buf_add(&r->log, h->method);
    buf_add(&r->log, h->target);
    for (size_t i = 0; i < h->header_count; i++) {
        buf_addf(&r->log, "{%zu ", h->headers[i].name.len);
        buf_add(&r->log, h->headers[i].name);
        buf_add(&r->log, h->headers[i].value);
    }
    return true;
}

static bool on_body(void *ctx, struct str piece) {
    struct run *r = ctx;
    r->body += piece.len;
    CHECK(piece.len > 0 && r->body <= LIMITS.body_bytes);
    buf_add(&r->log, piece);
    return true;
}

static void on_end(void *ctx) {
    struct run *r = ctx;
    buf_add(&r->log, STR("."));
}

static void run(struct run *r, enum http1_kind kind, struct str bytes, size_t step, bool no_body) {
    static const struct http1_ops ops = {on_head, on_body, on_end};
    AUTO(http1) h = http1_new(kind, &LIMITS, &ops, r);
    struct err e = {0};
    r->log = (struct buf){.max = SIZE_MAX / 4};
    if (no_body) {
        http1_expect_no_body(h);
    }
    while (bytes.len > 0) {
        size_t used = 0;
        struct str piece = str_sub(bytes, 0, step);
        if (!http1_feed(h, piece, &used, &e)) {
            CHECK(e.kind == ERR_INVALID || e.kind == ERR_TOO_LARGE);
            buf_add_char(&r->log, '!'); /* which of two wrongs is seen first may differ */
            return;
        }
        CHECK(used <= piece.len && (used == piece.len || http1_is_done(h)));
        bytes = str_sub(bytes, used, bytes.len);
        if (http1_is_done(h) && bytes.len > 0) {
            http1_next(h);
        }
    }
    buf_add(&r->log, http1_eof(h, &e) ? STR("eof") : STR("cut"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str bytes = {(const char *)data, size};
    for (int kind = 0; kind < 3; kind++) {
        static const size_t steps[] = {SIZE_MAX, 1, 11};
        struct run runs[3] = {0};
        for (size_t i = 0; i < 3; i++) {
            run(&runs[i], kind ? HTTP1_RESPONSE : HTTP1_REQUEST, bytes, steps[i], kind == 2);
            CHECK(str_eq(buf_str(&runs[i].log), buf_str(&runs[0].log)));
        }
        for (size_t i = 0; i < 3; i++) {
            buf_finish(&runs[i].log);
        }
    }
    return 0;
}
