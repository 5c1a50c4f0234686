/* Any bytes → URL: what is accepted has clean parts and, put together again, parses to the same
 * parts. Any bytes encoded and decoded are the same bytes. */
#include "codec/url.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(what)                                   \
    do {                                              \
        if (!(what)) {                                \
            fprintf(stderr, "not true: %s\n", #what); \
            abort();                                  \
        }                                             \
    } while (0)

static void check_clean(struct str s, const char *never) {
    for (size_t i = 0; i < s.len; i++) {
        CHECK(s.ptr[i] > 0x20 && s.ptr[i] < 0x7f && !strchr(never, s.ptr[i]));
    }
}

static void check_parts(struct arena *a, const struct url *u) {
    struct url v = {0};
    struct err e = {0};
    CHECK(u->host.len > 0 && u->port > 0 && u->port < 65536 && u->path.ptr[0] == '/');
    check_clean(u->host, u->ipv6 ? "/?#@[]\\%" : "/?#@:[]\\%");
    check_clean(u->user, "/?#@\\");
    check_clean(u->path, "?#\\");
    check_clean(u->query, "#\\");
    struct str text =
        str_fmt(a, STR_FMT "://" STR_FMT "%s%s" STR_FMT "%s:%d" STR_FMT "?" STR_FMT,
                STR_ARG(u->scheme), STR_ARG(u->user), u->user.len ? "@" : "", u->ipv6 ? "[" : "",
                STR_ARG(u->host), u->ipv6 ? "]" : "", u->port, STR_ARG(u->path), STR_ARG(u->query));
    CHECK(url_parse(a, text, &v, &e));
    CHECK(str_eq(v.scheme, u->scheme) && str_eq(v.user, u->user) && str_eq(v.host, u->host)
          && v.port == u->port && str_eq(v.path, u->path) && str_eq(v.query, u->query)
          && v.ipv6 == u->ipv6);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str bytes = {(const char *)data, size};
    struct arena a = arena_make(1 << 20);
    struct url u = {0};
    struct err e = {0};
    if (url_parse(&a, bytes, &u, &e)) {
        check_parts(&a, &u);
    } else {
        CHECK(e.kind == ERR_INVALID);
    }
    AUTO_BUF b = {.max = size * 3};
    CHECK(url_encode(&b, bytes));
    CHECK(str_eq(url_decode(&a, buf_str(&b)), bytes));
    CHECK(url_decode(&a, bytes).len <= bytes.len);
    struct str value = url_query(&a, bytes, "key");
    CHECK(value.ptr || value.len == 0);
    arena_end(&a);
    return 0;
}
