/* Any bytes are refused or cleaned; what was cleaned is clean, no longer than it was, of the same
 * format, and holds no EXIF but which side is up. */
#include "codec/image.h"

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
    struct arena a = arena_make(16 << 20);
    struct image_cleaned once = {0};
    struct image_cleaned twice = {0};
    struct err e = {0};
    if (image_clean(&a, bytes, &once, &e)) {
        CHECK(once.bytes.len <= size + 64);
        CHECK(once.removed > 0 || str_eq(once.bytes, bytes));
        CHECK(image_format(once.bytes) == image_format(bytes));
        CHECK(image_clean(&a, once.bytes, &twice, &e));
        CHECK(twice.removed == 0 && !twice.position);
    } else {
        CHECK(e.kind == ERR_INVALID);
    }
    arena_end(&a);
    return 0;
}
