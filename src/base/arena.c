/* Blocks in a list, newest first; each about half as large as all before it together, so that a
 * request holds little more than it uses. A thread keeps some of those that ended for the next
 * arena: a request's memory is asked for once. */
#include "base/arena.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define GAP 16
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define GAP 0
#endif

enum { ALIGN = 16, FIRST_BLOCK = 4096, LARGEST_STEP = 1 << 20, MOST_KEPT = 128 << 10 };

struct arena_block {
    struct arena_block *next;
    size_t size;
    size_t used;
    char bytes[] __attribute__((aligned(ALIGN)));
};

struct arena arena_make(size_t limit) {
    return (struct arena){NULL, 0, limit};
}

/* ---- what a thread keeps ---- */

static _Thread_local struct arena_block *kept; /* no order */
static _Thread_local size_t kept_bytes;
static pthread_key_t kept_key;

static void free_kept(void *mark) {
    (void)mark;
    while (kept) {
        struct arena_block *next = kept->next;
        ASAN_UNPOISON_MEMORY_REGION(kept->bytes, kept->size);
        free(kept);
        kept = next;
    }
    kept_bytes = 0;
}

static void make_key(void) {
    if (pthread_key_create(&kept_key, free_kept) != 0) {
        abort();
    }
}

/* False: the thread keeps enough. */
static bool keep(struct arena_block *b) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    if (b->size > MOST_KEPT - kept_bytes) {
        return false;
    }
    if (!kept) { /* so that they are freed with the thread */
        pthread_once(&once, make_key);
        pthread_setspecific(kept_key, &kept_key);
    }
    ASAN_POISON_MEMORY_REGION(b->bytes, b->size);
    b->next = kept;
    kept = b;
    kept_bytes += b->size;
    return true;
}

/* One of at least `size` bytes, and not of twice as many: what lives long should not hold much. */
static struct arena_block *take_kept(size_t size) {
    for (struct arena_block **at = &kept; *at; at = &(*at)->next) {
        struct arena_block *b = *at;
        if (b->size >= size && b->size / 2 < size) {
            *at = b->next;
            kept_bytes -= b->size;
            return b;
        }
    }
    return NULL;
}

/* ---- blocks ---- */

void arena_end(struct arena *a) {
    struct arena_block *next = NULL;
    for (struct arena_block *b = a->head; b; b = next) {
        next = b->next;
        if (!keep(b)) {
            ASAN_UNPOISON_MEMORY_REGION(b->bytes, b->size);
            free(b);
        }
    }
    a->head = NULL;
    a->used = 0;
}

static struct arena_block *block_new(struct arena *a, size_t need) {
    size_t size = a->used / 2 / FIRST_BLOCK * FIRST_BLOCK;
    if (size < FIRST_BLOCK) {
        size = FIRST_BLOCK;
    }
    if (size > LARGEST_STEP) {
        size = LARGEST_STEP;
    }
    if (size < need) {
        size = need;
    }
    struct arena_block *b = take_kept(size);
    size = b ? b->size : size;
    b = b ? b : malloc(sizeof *b + size);
    if (!b) {
        return NULL;
    }
    *b = (struct arena_block){.next = a->head, .size = size};
    ASAN_POISON_MEMORY_REGION(b->bytes, size);
    a->head = b;
    return b;
}

static void *take(struct arena *a, size_t size) {
    size_t need = 0;
    if (__builtin_add_overflow(size, (size_t)ALIGN - 1 + GAP, &need)) {
        return NULL;
    }
    need &= ~(size_t)(ALIGN - 1);
    struct arena_block *b = a->head;
    if (!b || b->size - b->used < need) {
        b = block_new(a, need);
        if (!b) {
            return NULL;
        }
    }
    char *p = b->bytes + b->used;
    b->used += need;
    a->used += need;
    ASAN_UNPOISON_MEMORY_REGION(p, size);
    memset(p, 0, size);
    return p;
}

void *arena_try(struct arena *a, size_t size) {
    if (size > a->limit || a->used > a->limit - size) {
        return NULL;
    }
    return take(a, size);
}

void *arena_alloc(struct arena *a, size_t size) {
    void *p = take(a, size);
    if (!p) {
        fputs("weir: out of memory\n", stderr);
        abort();
    }
    return p;
}

void *arena_grow_(struct arena *a, void *old, size_t n, size_t *cap, size_t size) {
    if (n < *cap) {
        return old;
    }
    size_t more = *cap ? *cap * 2 : 8;
    void *p = arena_alloc(a, more * size);
    if (n) {
        memcpy(p, old, n * size);
    }
    *cap = more;
    return p;
}
