#include "codec/escape.h"

#include <ctype.h>

/* The n bytes before i are hexadecimal digits. */
static bool hex_before(struct str s, size_t i, size_t n) {
    if (i < n) {
        return false;
    }
    for (size_t k = i - n; k < i; k++) {
        if (!isxdigit((unsigned char)s.ptr[k])) {
            return false;
        }
    }
    return true;
}

static bool stands_before(struct str s, size_t i, struct str what) {
    return i >= what.len && str_eq(str_sub(s, i - what.len, i), what);
}

bool escape_ends(struct str s, size_t i) {
    if (i < 2 || i > s.len) {
        return false;
    }
    if (s.ptr[i - 2] == '\\' && char_is_of(s.ptr[i - 1], "nrtbfv0ae")) {
        return true;
    }
    if (!hex_before(s, i, 2)) {
        return false;
    }
    size_t percent = i - 2;
    while (stands_before(s, percent, STR("25"))) {
        percent -= 2;
    }
    return stands_before(s, percent, STR("%")) || stands_before(s, i - 2, STR("\\x"))
           || (hex_before(s, i, 4) && stands_before(s, i - 4, STR("\\u")));
}
