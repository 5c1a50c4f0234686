#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

void buf_init(struct buf *b, size_t max) {
    *b = (struct buf){.max = max};
}

void buf_finish(struct buf *b) {
    free(b->ptr);
    *b = (struct buf){.max = b->max};
}

void buf_clear(struct buf *b) {
    b->len = 0;
    b->failed = false;
}

char *buf_room(struct buf *b, size_t n) {
    size_t need = 0;
    if (b->failed || __builtin_add_overflow(b->len, n, &need) || need > b->max) {
        b->failed = true;
        return NULL;
    }
    if (need > b->cap) {
        size_t cap = b->cap ? b->cap * 2 : 256;
        cap = cap < need ? need : cap;
        cap = cap > b->max ? b->max : cap;
        char *p = realloc(b->ptr, cap);
        if (!p) {
            b->failed = true;
            return NULL;
        }
        b->ptr = p;
        b->cap = cap;
    }
    return b->ptr + b->len;
}

bool buf_add_i64(struct buf *b, int64_t v) {
    char digits[20];
    size_t at = sizeof digits;
    uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (v < 0) {
        digits[--at] = '-';
    }
    return buf_add(b, (struct str){digits + at, sizeof digits - at});
}

bool buf_addf(struct buf *b, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    char *p = n < 0 ? NULL : buf_room(b, (size_t)n + 1);
    if (!p) {
        b->failed = true;
        return false;
    }
    va_start(args, fmt);
    vsnprintf(p, (size_t)n + 1, fmt, args);
    va_end(args);
    b->len += (size_t)n;
    return true;
}

void buf_drop(struct buf *b, size_t n) {
    n = n > b->len ? b->len : n;
    if (n) {
        memmove(b->ptr, b->ptr + n, b->len - n);
        b->len -= n;
    }
}

char *buf_take(struct buf *b, size_t *len) {
    char *p = b->ptr;
    *len = b->len;
    *b = (struct buf){.max = b->max};
    return p;
}
