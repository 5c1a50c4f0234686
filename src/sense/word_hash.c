/* Hashes of words: the scanner's and the build tool's. */
#include "sense/tagger_inside.h"

uint32_t word_settle(uint32_t h) {
    h ^= h >> 15;
    h *= 0x2c1b3c6dU;
    h ^= h >> 12;
    return h ? h : 1;
}

uint32_t word_hash(struct str folded) {
    uint32_t h = WORD_HASH_SEED;
    for (size_t i = 0; i < folded.len; i++) {
        unsigned char c = (unsigned char)folded.ptr[i];
        h = word_step(h, c >= '0' && c <= '9' ? '0' : c);
    }
    return word_settle(h);
}

uint32_t word_hash_name(uint32_t name, uint32_t word) {
    return word_settle((name << 5 | name >> 27) ^ word);
}
