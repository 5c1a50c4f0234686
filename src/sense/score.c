/* What a word scores as by the weights: none, a person, an organisation, a place. */
#include "sense/tagger_inside.h"

enum { SCORE_DOUBT = 40 }; /* what may be a name is taken for one */

/* Four bytes to four sums of 16 bits each. */
static inline uint64_t spread(uint32_t weights) {
    uint64_t w = (weights | (uint64_t)weights << 16) & 0x0000ffff0000ffffULL;
    return (w | w << 8) & 0x00ff00ff00ff00ffULL;
}

uint8_t name_score(const struct word *w, const struct passage *p, uint32_t before, int *margin) {
    uint32_t at[FEATURE_STATIC];
    uint32_t moving[FEATURE_MOVING];
    uint64_t all = 0; /* every class has the same 128s in it */
    feature_static(w, p, at);
    feature_moving(w, moving);
    for (unsigned i = 0; i < FEATURE_STATIC; i++) {
        all += spread(NAME_WEIGHTS[feature_bucket(at[i])]);
    }
    for (unsigned i = 0; i < FEATURE_MOVING; i++) {
        uint32_t kinds = i ? before % 4 + 1 : before;
        all += spread(
            NAME_WEIGHTS[feature_bucket(feature_hash(FEATURE_STATIC + i, moving[i], kinds))]);
    }
    int sums[FEATURE_CLASSES];
    for (unsigned c = 0; c < FEATURE_CLASSES; c++) {
        sums[c] = (int)(all >> (16 * c) & 0xffff);
    }
    /* One that is missed is worse than one too many, where the word means nothing else. */
    sums[0] -= w->flags & (WORD_IS_COMMON | WORD_CAPITAL) ? 0 : SCORE_DOUBT;
    unsigned best = 1;
    for (unsigned c = 2; c < FEATURE_CLASSES; c++) {
        best = sums[c] > sums[best] ? c : best;
    }
    *margin = sums[best] - sums[0];
    return *margin > 0 ? (uint8_t)best : TAGGER_NONE;
}
