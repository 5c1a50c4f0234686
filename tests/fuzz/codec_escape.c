/* Any bytes, any place: an escape ends only behind a letter or a digit that stands behind a sign,
 * and what is not before the place does not matter. */
#include "codec/escape.h"

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
    for (size_t i = 0; i <= size; i++) {
        struct str before = str_sub(bytes, 0, i);
        bool ends = escape_ends(bytes, i);
        CHECK(ends == escape_ends(before, i));
        CHECK(!ends || str_find_char(before, '\\') >= 0 || str_find_char(before, '%') >= 0);
        CHECK(!ends || ((bytes.ptr[i - 1] | 32) >= 'a' && (bytes.ptr[i - 1] | 32) <= 'z')
              || (bytes.ptr[i - 1] >= '0' && bytes.ptr[i - 1] <= '9'));
    }
    CHECK(!escape_ends(bytes, size + 1));
    return 0;
}
