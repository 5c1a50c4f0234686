/* Text inside weir: a pointer and a length, not NUL-terminated. Terminated only at the edges. */
#pragma once

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *ptr;
    size_t len;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_INIT(literal) \
    { "" literal, sizeof(literal) - 1 }
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)(s).len, (s).ptr ? (s).ptr : ""

static inline struct str str_of(const char *cstr_opt) {
    return (struct str){cstr_opt, cstr_opt ? strlen(cstr_opt) : 0};
}
static inline bool str_eq(struct str a, struct str b) {
    /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): what has a length has bytes */
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}
static inline bool str_is(struct str a, const char *b) {
    return str_eq(a, str_of(b));
}
/* [from, to) clipped to the string. */
static inline struct str str_sub(struct str s, size_t from, size_t to) {
    to = to > s.len ? s.len : to;
    from = from > to ? to : from;
    return (struct str){from ? s.ptr + from : s.ptr, to - from}; /* NULL + 0 is undefined in C */
}
bool str_ieq(struct str a, struct str b); /* ASCII case-insensitive */
int str_cmp(struct str a, struct str b);  /* bytewise, for sorting */
bool str_starts(struct str s, struct str prefix);
bool str_istarts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
/* Offset of the first occurrence, or -1. */
ptrdiff_t str_find(struct str s, struct str needle);
ptrdiff_t str_find_char(struct str s, char c);
bool str_contains(struct str s, struct str needle);
bool str_icontains(struct str s, struct str needle);
struct str str_trim(struct str s); /* blanks, tabs, line ends at both ends */
/* Splits at the first `c`: *head before it, *rest after it. False: no `c`, *head is all, *rest
 * empty. */
bool str_cut(struct str s, char c, struct str *head, struct str *rest);
/* `*` matches any run of bytes; everything else itself. */
bool str_glob(struct str pattern, struct str s);

struct str str_dup(struct arena *a, struct str s); /* also NUL-terminated behind its end */
char *str_cstr(struct arena *a, struct str s);
PRINTF(2, 3) struct str str_fmt(struct arena *a, const char *fmt, ...);
struct str str_lower(struct arena *a, struct str s); /* ASCII */

/* Whole string, decimal, in range; false otherwise and *out untouched. */
NODISCARD bool str_to_u64(struct str s, uint64_t *out);
NODISCARD bool str_to_i64(struct str s, int64_t *out);
NODISCARD bool str_to_double(struct str s, double *out);

/* One of the bytes of `set`. A zero byte, which a text can hold, is of none; strchr finds it at the
 * end of each. */
static inline bool char_is_of(char c, const char *set) {
    return c && strchr(set, c);
}

/* The nearest of `n` words by edit distance (Levenshtein), or NULL when none is near enough to
 * suggest. */
const char *str_nearest(struct str word, const char *const *words, size_t n);
