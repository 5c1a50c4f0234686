/* Any bytes: the head is read or refused; what it gives is within limits and comes from the bytes.
 */
#include "engine/gguf.h"

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
    struct gguf g = {0};
    struct err e = {0};
    if (gguf_read(&a, bytes, &g, &e)) {
        CHECK(g.architecture.len > 0 && g.architecture.len <= 64);
        CHECK(str_contains(bytes, g.architecture));
        CHECK(g.title.len <= 200 && g.size_label.len <= 32);
        CHECK(g.context_tokens >= 0 && g.context_tokens <= INT32_MAX);
        CHECK(!g.tools || g.has_template);
    } else {
        CHECK(e.kind == ERR_INVALID && e.text[0]);
    }
    arena_end(&a);
    return 0;
}
