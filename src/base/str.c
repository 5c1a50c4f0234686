#include "base/str.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool str_ieq(struct str a, struct str b) {
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i])) {
            return false;
        }
    }
    return true;
}

int str_cmp(struct str a, struct str b) {
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
    return c ? c : (a.len > b.len) - (a.len < b.len);
}

bool str_starts(struct str s, struct str prefix) {
    return s.len >= prefix.len && str_eq(str_sub(s, 0, prefix.len), prefix);
}

bool str_istarts(struct str s, struct str prefix) {
    return s.len >= prefix.len && str_ieq(str_sub(s, 0, prefix.len), prefix);
}

bool str_ends(struct str s, struct str suffix) {
    return s.len >= suffix.len && str_eq(str_sub(s, s.len - suffix.len, s.len), suffix);
}

ptrdiff_t str_find(struct str s, struct str needle) {
    if (needle.len == 0) {
        return 0;
    }
    if (s.len < needle.len) {
        return -1;
    }
    const char *at = memmem(s.ptr, s.len, needle.ptr, needle.len);
    return at ? at - s.ptr : -1;
}

ptrdiff_t str_find_char(struct str s, char c) {
    const char *at = s.len ? memchr(s.ptr, c, s.len) : NULL;
    return at ? at - s.ptr : -1;
}

bool str_contains(struct str s, struct str needle) {
    return str_find(s, needle) >= 0;
}

bool str_icontains(struct str s, struct str needle) {
    char first = needle.len ? lower(needle.ptr[0]) : '\0';
    for (size_t i = 0; needle.len && i + needle.len <= s.len; i++) {
        if (lower(s.ptr[i]) == first && str_ieq(str_sub(s, i, i + needle.len), needle)) {
            return true;
        }
    }
    return !needle.len;
}

struct str str_trim(struct str s) {
    while (s.len && is_space(s.ptr[0])) {
        s = str_sub(s, 1, s.len);
    }
    while (s.len && is_space(s.ptr[s.len - 1])) {
        s.len--;
    }
    return s;
}

bool str_cut(struct str s, char c, struct str *head, struct str *rest) {
    ptrdiff_t at = str_find_char(s, c);
    if (at < 0) {
        *head = s;
        *rest = (struct str){NULL, 0};
        return false;
    }
    *head = str_sub(s, 0, (size_t)at);
    *rest = str_sub(s, (size_t)at + 1, s.len);
    return true;
}

bool str_glob(struct str pattern, struct str s) {
    size_t p = 0, i = 0, star = SIZE_MAX, mark = 0;
    while (i < s.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            mark = i;
        } else if (p < pattern.len && pattern.ptr[p] == s.ptr[i]) {
            p++;
            i++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            i = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*') {
        p++;
    }
    return p == pattern.len;
}

struct str str_dup(struct arena *a, struct str s) {
    char *p = arena_alloc(a, s.len + 1);
    if (s.len) {
        memcpy(p, s.ptr, s.len);
    }
    return (struct str){p, s.len};
}

char *str_cstr(struct arena *a, struct str s) {
    char *p = arena_alloc(a, s.len + 1);
    if (s.len) {
        memcpy(p, s.ptr, s.len);
    }
    return p;
}

struct str str_fmt(struct arena *a, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0) {
        return (struct str){"", 0};
    }
    char *p = arena_alloc(a, (size_t)n + 1);
    va_start(args, fmt);
    vsnprintf(p, (size_t)n + 1, fmt, args);
    va_end(args);
    return (struct str){p, (size_t)n};
}

struct str str_lower(struct arena *a, struct str s) {
    char *p = arena_alloc(a, s.len + 1);
    for (size_t i = 0; i < s.len; i++) {
        p[i] = lower(s.ptr[i]);
    }
    return (struct str){p, s.len};
}

bool str_to_u64(struct str s, uint64_t *out) {
    uint64_t v = 0;
    if (s.len == 0) {
        return false;
    }
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9' || __builtin_mul_overflow(v, 10, &v)
            || __builtin_add_overflow(v, (uint64_t)(s.ptr[i] - '0'), &v)) {
            return false;
        }
    }
    *out = v;
    return true;
}

bool str_to_i64(struct str s, int64_t *out) {
    bool minus = s.len && s.ptr[0] == '-';
    uint64_t v = 0;
    if (!str_to_u64(minus ? str_sub(s, 1, s.len) : s, &v) || v > (uint64_t)INT64_MAX + minus) {
        return false;
    }
    *out = minus ? (int64_t)(0 - v) : (int64_t)v;
    return true;
}

bool str_to_double(struct str s, double *out) {
    char text[64];
    if (s.len == 0 || s.len >= sizeof text || is_space(s.ptr[0])) {
        return false;
    }
    memcpy(text, s.ptr, s.len);
    text[s.len] = 0;
    char *end = NULL;
    errno = 0;
    double v = strtod(text, &end);
    if (errno || end != text + s.len) {
        return false;
    }
    *out = v;
    return true;
}

enum { NEAREST_MAX = 40 };

static size_t distance(struct str a, struct str b) {
    size_t row[NEAREST_MAX + 1];
    for (size_t j = 0; j <= b.len; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t keep = row[j];
            size_t best = corner + (lower(a.ptr[i - 1]) != lower(b.ptr[j - 1]));
            best = row[j] + 1 < best ? row[j] + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            row[j] = best;
            corner = keep;
        }
    }
    return row[b.len];
}

const char *str_nearest(struct str word, const char *const *words, size_t n) {
    const char *best = NULL;
    size_t least = word.len / 2 + 1;
    for (size_t i = 0; i < n && word.len <= NEAREST_MAX; i++) {
        struct str w = str_of(words[i]);
        size_t d = w.len <= NEAREST_MAX ? distance(word, w) : SIZE_MAX;
        if (d < least) {
            least = d;
            best = words[i];
        }
    }
    return best;
}
