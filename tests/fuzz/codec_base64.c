/* Any bytes encode and decode to themselves; any text that decodes looks like base64 and has the
 * right length. */
#include "codec/base64.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(what)                                   \
    do {                                              \
        if (!(what)) {                                \
            fprintf(stderr, "not true: %s\n", #what); \
            abort();                                  \
        }                                             \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str bytes = {(const char *)data, size};
    struct arena a = arena_make(1 << 20);
    struct str out = {0};
    AUTO_BUF b = {.max = (size + 2) / 3 * 4};
    CHECK(base64_encode(&b, bytes));
    CHECK(b.len == b.max);
    CHECK(base64_decode(&a, buf_str(&b), &out) && str_eq(out, bytes));
    bool looks = base64_looks_like(bytes, 0);
    CHECK(looks == base64_decode(&a, bytes, &out));
    CHECK(!looks || (out.len <= size / 4 * 3 + 2 && out.len + 3 > size / 4 * 3));
    arena_end(&a);
    return 0;
}
