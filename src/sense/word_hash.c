/* Hashes of words: the scanner's and the build tool's. */
#include "base/eight.h"
#include "sense/tagger_inside.h"

uint32_t word_hash(struct str folded) {
    char room[WORD_ROOM] = {0};
    size_t n = folded.len < WORD_ROOM ? folded.len : WORD_ROOM;
    for (size_t i = 0; i < n; i++) {
        char c = folded.ptr[i];
        room[i] = (char)(c >= '0' && c <= '9' ? '0' : c);
    }
    uint64_t h = WORD_HASH_SEED + n;
    for (size_t i = 0; i < n; i += 8) {
        h = word_hash_step(h, eight_at(room + i));
    }
    return word_hash_end(h);
}
