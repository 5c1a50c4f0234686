/* What the arithmetic of identity numbers shares: digits taken out of a match. Private to sense/.
 */
#pragma once

#include "sense/sums.h"
#include "sense/table.h"

enum { ID_MOST = 24 };

static inline bool id_is_digit(char c) {
    return c >= '0' && c <= '9';
}
static inline bool id_is_letter(char c) {
    return c >= 'A' && c <= 'Z';
}
static inline char id_upper(char c) {
    return (char)(c >= 'a' && c <= 'z' ? c - 32 : c);
}
static inline int id_two(const char *d) {
    return (d[0] - '0') * 10 + (d[1] - '0');
}
static inline enum verdict id_agreed(bool ok) {
    return ok ? MATCH_VALIDATED : MATCH_NO;
}
static inline enum verdict id_certain(bool ok) {
    return ok ? MATCH_CERTAIN : MATCH_NO;
}
/* A checksum agreed; letters, or signs that part digits as nothing else does, make it certain. */
static inline enum verdict id_shaped(bool ok, const struct matched *m) {
    char first = m->text.ptr[0];
    char last = m->text.ptr[m->text.len - 1];
    bool capital = id_is_letter(first) || id_is_letter(last);
    bool hyphen = id_is_digit(first) && memchr(m->text.ptr, '-', m->text.len) != NULL;
    return !ok ? MATCH_NO : capital || hyphen ? MATCH_CERTAIN : MATCH_VALIDATED;
}
/* Digits of s, up to `cap`; returns how many were kept. */
static inline size_t id_digits_of(struct str s, char *out, size_t cap) {
    size_t n = 0;
    for (size_t i = 0; i < s.len && n < cap; i++) {
        if (id_is_digit(s.ptr[i])) {
            out[n++] = s.ptr[i];
        }
    }
    return n;
}
/* The same with letters, as capitals. */
static inline size_t id_alnum_of(struct str s, char *out, size_t cap) {
    size_t n = 0;
    for (size_t i = 0; i < s.len && n < cap; i++) {
        char c = id_upper(s.ptr[i]);
        if (id_is_digit(c) || id_is_letter(c)) {
            out[n++] = c;
        }
    }
    return n;
}
/* ID_MOST characters, zeros behind the digits of the match. */
static inline size_t id_digits(const struct matched *m, char *d) {
    memset(d, '0', ID_MOST);
    return id_digits_of(m->text, d, ID_MOST);
}
static inline size_t id_signs(const struct matched *m, char *d) {
    memset(d, '0', ID_MOST);
    return id_alnum_of(m->text, d, ID_MOST);
}
static inline bool id_all_same(const char *s, size_t n) {
    for (size_t i = 1; i < n; i++) {
        if (s[i] != s[0]) {
            return false;
        }
    }
    return true;
}
