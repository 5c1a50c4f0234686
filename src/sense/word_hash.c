/* Hashes of words: the scanner's and the build tool's. */
#include "sense/tagger_inside.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the weights were made for these hashes");

uint32_t word_hash(struct str folded) {
    char room[WORD_ROOM] = {0};
    size_t n = folded.len < WORD_ROOM ? folded.len : WORD_ROOM;
    for (size_t i = 0; i < n; i++) {
        char c = folded.ptr[i];
        room[i] = (char)(c >= '0' && c <= '9' ? '0' : c);
    }
    return word_hash_folded(room, n);
}

uint32_t word_hash_name(uint32_t name, uint32_t word) {
    uint32_t h = ((name << 5 | name >> 27) ^ word) * 0x2c1b3c6dU;
    h ^= h >> 15;
    return h ? h : 1;
}
