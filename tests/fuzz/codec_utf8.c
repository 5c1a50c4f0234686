/* Any bytes → code points: the whole input is walked, the valid prefix is what it says, rewriting
 * makes it valid, and nothing that commands a terminal survives escaping. */
#include "codec/utf8.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(what)                                   \
    do {                                              \
        if (!(what)) {                                \
            fprintf(stderr, "not true: %s\n", #what); \
            abort();                                  \
        }                                             \
    } while (0)

static void check_escaped(struct str bytes) {
    AUTO_BUF b = {.max = SIZE_MAX / 4};
    size_t at = 0;
    uint32_t cp = 0;
    CHECK(utf8_escape_controls(&b, bytes));
    CHECK(utf8_is_valid(buf_str(&b)));
    while (utf8_next(buf_str(&b), &at, &cp)) {
        CHECK(cp == '\n' || cp == '\t' || (cp >= 0x20 && cp < 0x7f) || cp >= 0xa0);
        CHECK(cp < 0x202a || cp > 0x202e);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str bytes = {(const char *)data, size};
    AUTO_BUF b = {.max = SIZE_MAX / 4};
    size_t at = 0;
    size_t good = utf8_valid_prefix(bytes);
    uint32_t cp = 0;
    CHECK(good <= size && (good == size) == utf8_is_valid(bytes));
    for (size_t from = 0; utf8_next(bytes, &at, &cp); from = at) {
        CHECK(at > from && at <= size && at - from <= 4);
        CHECK(cp <= 0x10ffff && (cp < 0xd800 || cp > 0xdfff));
        CHECK(from >= good || at <= good);
        CHECK(from != good || cp == 0xfffd);
        CHECK(utf8_add(&b, cp));
    }
    CHECK(at == size);
    CHECK(utf8_is_valid(buf_str(&b)));
    CHECK(good < size || str_eq(buf_str(&b), bytes));
    check_escaped(bytes);
    return 0;
}
