/* Structs ⇄ compact bytes, for what is stored often and read rarely. One function per struct names
 * its fields in order and serves both directions, so that writing and reading cannot differ:
 *
 *     static void pack_point(struct pack *p, struct point *at) {
 *         PACK_INT(p, at->x);
 *         PACK_INT(p, at->y);
 *         pack_word(p, &at->colour);
 *     }
 *
 * Integers take as many bytes as they need; a word that comes again is a number. Reading never goes
 * past the end: bad bytes make it `failed` and leave empty values. One thread at a time. */
#pragma once

#include "base/buf.h"

enum { PACK_WORDS = 128 };

struct pack {
    struct buf *out;      /* NULL: reading */
    struct arena *memory; /* reading: what is made lies here; texts stay in the bytes */
    struct str in;        /* reading: what is left */
    bool failed;
    size_t word_count, word_last; /* the one that was packed last */
    struct str words[PACK_WORDS];
};
void pack_to(struct pack *p, struct buf *out);
void pack_from(struct pack *p, struct arena *a, struct str bytes);

void pack_i64(struct pack *p, int64_t *v);
void pack_bool(struct pack *p, bool *v);
void pack_str(struct pack *p, struct str *s);
/* A text that is likely to come again in the same bytes. Writing: it stays valid until the end. */
void pack_word(struct pack *p, struct str *s);
/* One of n names, by its text: their order may change. */
void pack_name(struct pack *p, int *v, const char *const *names, int n);
/* Elements that follow, of at least a byte each. */
void pack_count(struct pack *p, size_t *n);
/* Reading: room for the n elements counted before; writing: what is there. */
#define PACK_ARRAY(p, type, ptr, n)                      \
    do {                                                 \
        pack_count((p), &(n));                           \
        if (!(p)->out) {                                 \
            (ptr) = arena_array((p)->memory, type, (n)); \
        }                                                \
    } while (0)
/* Any integer field. Reading: one that does not fit is a failure. */
#define PACK_INT(p, field)                        \
    do {                                          \
        int64_t wide_ = (field);                  \
        pack_i64((p), &wide_);                    \
        (field) = (__typeof__(field))wide_;       \
        (p)->failed |= (int64_t)(field) != wide_; \
    } while (0)
/* An enum with its names. */
#define PACK_ENUM(p, field, names)                               \
    do {                                                         \
        int index_ = (int)(field);                               \
        pack_name((p), &index_, (names), (int)ARRAY_LEN(names)); \
        (field) = (__typeof__(field))index_;                     \
    } while (0)
