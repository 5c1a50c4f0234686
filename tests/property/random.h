/* Random choices of a search, the same ones for the same seed, and what the environment asks of
 * it. */
#pragma once

#include "base/str.h"

#include <stdlib.h>

/* splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014); any state
 * is good. */
static inline uint64_t random_next(uint64_t *state) {
    uint64_t x = *state += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

static inline size_t below(uint64_t *state, size_t n) {
    return (size_t)(random_next(state) % n);
}

static inline bool chance(uint64_t *state, size_t percent) {
    return below(state, 100) < percent;
}

#define PICK(state, list) ((list)[below((state), ARRAY_LEN(list))])

/* A number of the environment: WEIR_SEED, WEIR_RUNS … */
static inline uint64_t setting(const char *name, uint64_t otherwise) {
    uint64_t v = 0;
    return str_to_u64(str_of(getenv(name)), &v) ? v : otherwise;
}
