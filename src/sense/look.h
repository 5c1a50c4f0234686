/* What validators look at in a match and around it. */
#pragma once

#include "sense/table.h"

#include <ctype.h>
#include <math.h>

static inline size_t digits_of(struct str s, char *out, size_t most) {
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (isdigit((unsigned char)s.ptr[i])) {
            if (n == most) {
                return most + 1;
            }
            out[n++] = s.ptr[i];
        }
    }
    return n;
}

static inline bool all_same(const char *s, size_t n) {
    for (size_t i = 1; i < n; i++) {
        if (s[i] != s[0]) {
            return false;
        }
    }
    return true;
}

static inline double entropy(struct str s) {
    int counts[256] = {0};
    double bits = 0;
    for (size_t i = 0; i < s.len; i++) {
        counts[(unsigned char)s.ptr[i]]++;
    }
    for (int i = 0; i < 256; i++) {
        if (counts[i]) {
            double p = (double)counts[i] / (double)s.len;
            bits -= p * log2(p);
        }
    }
    return bits;
}

static inline bool any_of(struct str s, const char *const *words, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (str_icontains(s, str_of(words[i]))) {
            return true;
        }
    }
    return false;
}

static inline unsigned char before(const struct matched *m) {
    return m->from ? (unsigned char)m->whole.ptr[m->from - 1] : ' ';
}

static inline unsigned char after(const struct matched *m) {
    size_t at = m->from + m->text.len;
    return at < m->whole.len ? (unsigned char)m->whole.ptr[at] : ' ';
}
