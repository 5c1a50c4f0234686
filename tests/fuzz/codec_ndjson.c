/* Any bytes → lines, whole and byte by byte: the same lines. */
#include "codec/ndjson.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(what)                                   \
    do {                                              \
        if (!(what)) {                                \
            fprintf(stderr, "not true: %s\n", #what); \
            abort();                                  \
        }                                             \
    } while (0)

enum { MOST = 64 };

static void note(struct str line, struct buf *out) {
    CHECK(line.len > 0 && line.len <= MOST && str_find_char(line, '\n') < 0);
    buf_addf(out, "%zu:", line.len);
    buf_add(out, line);
}

static bool decode(struct str bytes, size_t step, struct buf *out) {
    CLEANUP(ndjson_finish) struct ndjson n;
    struct err e = {0};
    struct str line = {0};
    ndjson_init(&n, MOST);
    while (bytes.len > 0) {
        if (!ndjson_feed(&n, str_sub(bytes, 0, step), &e)) {
            CHECK(e.kind == ERR_TOO_LARGE);
            return false;
        }
        bytes = str_sub(bytes, step, bytes.len);
        while (ndjson_next(&n, &line)) {
            note(line, out);
        }
    }
    if (ndjson_rest(&n, &line)) {
        note(line, out);
    }
    CHECK(!ndjson_rest(&n, &line) && !ndjson_next(&n, &line));
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str bytes = {(const char *)data, size};
    AUTO_BUF whole = {.max = SIZE_MAX / 4};
    AUTO_BUF single = {.max = SIZE_MAX / 4};
    AUTO_BUF some = {.max = SIZE_MAX / 4};
    bool fine = decode(bytes, size ? size : 1, &whole);
    CHECK(fine == decode(bytes, 1, &single));
    CHECK(fine == decode(bytes, 5, &some));
    CHECK(!fine || str_eq(buf_str(&whole), buf_str(&single)));
    CHECK(!fine || str_eq(buf_str(&whole), buf_str(&some)));
    return 0;
}
