/* Eight bytes of a text at once, on any processor. A mask has the highest bit of each byte of which
 * something is so. */
#pragma once

#include <stdint.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first byte is the lowest one");

/* The same byte eight times. */
#define EIGHT(c) (0x0101010101010101ULL * (unsigned char)(c))

static inline uint64_t eight_at(const char *p) {
    uint64_t x = 0;
    memcpy(&x, p, sizeof x);
    return x;
}

static inline uint64_t eight_equal(uint64_t x, unsigned char c) {
    x ^= EIGHT(c);
    return ~(((x & EIGHT(0x7f)) + EIGHT(0x7f)) | x) & EIGHT(0x80);
}

/* Both ends belong to it; ASCII. */
static inline uint64_t eight_within(uint64_t x, unsigned char from, unsigned char to) {
    uint64_t low = x & EIGHT(0x7f);
    return (low + EIGHT(0x80 - from)) & ~(low + EIGHT(0x7f - to)) & ~x & EIGHT(0x80);
}

/* Letters of ASCII. */
static inline uint64_t eight_letters(uint64_t x) {
    return eight_within(x | EIGHT(0x20), 'a', 'z');
}

static inline unsigned eight_count(uint64_t mask) {
    return (unsigned)((mask >> 7) * EIGHT(1) >> 56);
}

/* A bit for each byte, the first one's lowest. */
static inline unsigned eight_bits(uint64_t mask) {
    return (unsigned)((mask >> 7) * 0x0102040810204080ULL >> 56);
}
