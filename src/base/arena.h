/* Memory that ends with its request. Anything returned by a function that takes `struct arena *a`
 * lives until arena_end(a). One thread at a time; handing an arena over hands its memory over.
 * Sanitizer builds poison what is not handed out, with a gap after each piece. */
#pragma once

#include "base/attr.h"

#include <stddef.h>

struct arena_block;
struct arena {
    struct arena_block *head;
    size_t used;  /* bytes handed out */
    size_t limit; /* bytes; arena_try fails beyond it */
};

/* limit in bytes for arena_try. The first block comes with the first allocation. */
struct arena arena_make(size_t limit);
void arena_end(struct arena *a);
/* 16-aligned, zeroed. NULL over the limit: for sizes that come from outside. */
NODISCARD void *arena_try(struct arena *a, size_t size);
/* 16-aligned, zeroed. Never NULL; not counted against the limit; aborts when the system has none.
 */
void *arena_alloc(struct arena *a, size_t size);
#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_alloc((a), sizeof(type) * (n)))

/* A growing array in an arena: `v` grows to hold at least n + 1 elements. */
void *arena_grow_(struct arena *a, void *old, size_t n, size_t *cap, size_t size);
#define arena_push(a, v, n, cap) \
    ((v) = arena_grow_((a), (v), (n), &(cap), sizeof(*(v))), &(v)[(n)++])
