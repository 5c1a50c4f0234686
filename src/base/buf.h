/* Growing bytes with a maximum. Past the maximum the buffer is `failed` and takes nothing more:
 * writers may add freely and check once at the end. Owned by whoever initialised it. */
#pragma once

#include "base/str.h"

struct buf {
    char *ptr;
    size_t len;
    size_t cap;
    size_t max;
    bool failed;
};

void buf_init(struct buf *b, size_t max);
void buf_finish(struct buf *b);
void buf_clear(struct buf *b); /* keeps the memory */
PRINTF(2, 3) bool buf_addf(struct buf *b, const char *fmt, ...);
/* n writable bytes at the end, not yet counted; NULL over the maximum. */
NODISCARD char *buf_room(struct buf *b, size_t n);
/* False: over the maximum. */
static inline bool buf_add(struct buf *b, struct str s) {
    if (s.len == 0) {
        return !b->failed;
    }
    char *p = !b->failed && s.len <= b->cap - b->len ? b->ptr + b->len : buf_room(b, s.len);
    if (!p) {
        return false;
    }
    memcpy(p, s.ptr, s.len);
    b->len += s.len;
    return true;
}
static inline bool buf_add_char(struct buf *b, char c) {
    char *p = !b->failed && b->len < b->cap ? b->ptr + b->len : buf_room(b, 1);
    if (!p) {
        return false;
    }
    *p = c;
    b->len++;
    return true;
}
bool buf_add_i64(struct buf *b, int64_t v); /* decimal */
/* Drops n bytes from the front. */
void buf_drop(struct buf *b, size_t n);
/* The bytes, malloc'ed, now the caller's; the buffer is empty again. */
char *buf_take(struct buf *b, size_t *len);
static inline struct str buf_str(const struct buf *b) {
    return (struct str){b->ptr, b->len};
}
#define AUTO_BUF CLEANUP(buf_finish) struct buf
