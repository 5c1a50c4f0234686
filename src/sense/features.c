/* What the tagger's model is told of a word: numbers of buckets, one for each thing that is so. The
 * training reads the same (scripts/train/learn.c), so the two cannot differ. */
#include "sense/tagger_inside.h"

/* What the list says, in few classes: each a digit. */
/* NOLINTNEXTLINE(readability-function-cognitive-complexity): a table in the form of choices */
static uint32_t known_as(unsigned f) {
    unsigned first = f & WORD_FIRST_OFTEN ? 2 : f & WORD_FIRST ? 1 : 0;
    unsigned last = f & (WORD_LAST_OFTEN | WORD_PUBLIC) ? 2 : f & WORD_LAST ? 1 : 0;
    unsigned place = f & WORD_PLACE_BIG ? 2 : f & WORD_PLACE ? 1 : 0;
    unsigned common = f & WORD_FUNCTION ? 2 : f & WORD_COMMON ? 1 : 0;
    unsigned other = f & WORD_TITLE      ? 1
                     : f & WORD_ROLE     ? 2
                     : f & WORD_ORG      ? 3
                     : f & WORD_ORG_PART ? 4
                     : f & WORD_CAPITAL  ? 5
                     : f & WORD_PARTICLE ? 6
                     : f & WORD_STORY    ? 7
                                         : 0;
    return first + 3 * (last + 3 * (place + 3 * (common + 3 * other)));
}

/* The same for neighbours, coarser. */
static uint32_t mostly(const struct word *w) {
    unsigned f = w->flags;
    if (f & WORD_TITLE) {
        return 1;
    }
    if (f & WORD_FUNCTION) {
        return 2;
    }
    if (f & WORD_ROLE) {
        return 3;
    }
    if (f & WORD_ORG_PART) {
        return 4;
    }
    if (f & WORD_PARTICLE) {
        return 5;
    }
    unsigned common = f & (WORD_COMMON | WORD_CAPITAL) ? 1 : 0;
    if (f & WORD_IS_FIRST) {
        return 6 + common;
    }
    if (f & (WORD_IS_LAST | WORD_PUBLIC | WORD_STORY)) {
        return 8 + common;
    }
    if (f & WORD_IS_PLACE) {
        return 10 + common;
    }
    if (f & WORD_ORG) {
        return 12;
    }
    return common ? 13 : 0;
}

static bool is_capital(const struct word *w) {
    return w->shape == SHAPE_CAPITAL || w->shape == SHAPE_UPPER || w->shape == SHAPE_INITIAL
           || w->shape == SHAPE_MIXED;
}

enum looked feature_looked(const struct word *w, const struct passage *p) {
    if (w->glued || w->shape == SHAPE_DIGITS || w->shape == SHAPE_OTHER || w->length > 30) {
        return LOOKED_NEVER;
    }
    if (is_capital(w)) {
        bool plain = w->flags & WORD_IS_COMMON && !(w->flags & WORD_IS_NAME);
        bool begins = w->flags & WORD_FUNCTION || w->line || w->gap == GAP_STOP;
        return plain && begins && !is_capital(w + 1) ? LOOKED_BEHIND : LOOKED_ALWAYS;
    }
    if (w->flags & WORD_FUNCTION || w->length < 3) {
        return LOOKED_NEVER;
    }
    bool common = w->flags & (WORD_COMMON | WORD_CAPITAL | WORD_ROLE | WORD_TITLE | WORD_ORG_PART);
    if (w->flags & WORD_IS_NAME && (!common || p->capitals == 0)) {
        return LOOKED_ALWAYS;
    }
    if (!common && (w[-1].cue == CUE_NAMES || (p->capitals == 0 && !w->flags && w->length > 3))) {
        return LOOKED_ALWAYS; /* a word that no list knows, where nobody writes capitals */
    }
    return LOOKED_BEHIND;
}

static uint32_t mix(uint32_t a, uint32_t b) {
    return (a * 0x01000193U) ^ (b + 0x7f4a7c15U + (a << 6) + (a >> 2));
}

void feature_static(const struct word *w, const struct passage *p, uint32_t out[FEATURE_STATIC]) {
    const struct word *a = w - 1;
    const struct word *b = w + 1;
    uint32_t f = known_as(w->flags);
    uint32_t fa = mostly(a);
    uint32_t fb = mostly(b);
    uint32_t here = w->shape + 8U * p->capitals + 32U * p->language; /* "Haus", "Anna" */
    uint32_t gaps = w->gap + 16U * b->gap;
    uint32_t known = mix(f, here);
    unsigned n = 0;
#define ADD(x, y)                           \
    do {                                    \
        out[n] = feature_hash(n, (x), (y)); \
        n++;                                \
    } while (0)
    ADD(here, 1);
    ADD(w->hash, 0);
    ADD(a->hash, 0);
    ADD(b->hash, 0);
    ADD(w[-2].hash, 0);
    ADD(w[2].hash, 0);
    ADD(here, w->gap);
    ADD(mix(here, b->shape), b->gap);
    ADD(mix(here, a->shape), w->gap);
    ADD(f, 0);
    ADD(known, 0);
    ADD(mix(f, fa), w->gap);
    ADD(mix(f, fb), b->gap);
    ADD(mix(f, fa), fb);
    ADD(a->hash, known);
    ADD(b->hash, known);
    ADD(a->hash, w[-2].hash);
    ADD(b->hash, w[2].hash);
    ADD(w->suffix >> 8, 0);
    ADD(w->suffix >> 16, here);
    ADD(w->prefix, w->shape);
    ADD(gaps, here);
    ADD(gaps, mix(f, w->line));
    ADD(w->length, here);
    ADD(p->language, known);
    ADD(a->hash, mix(w->gap, here));
    ADD(mix(fa, mostly(&w[-2])), mix(w->gap, here));
    ADD(mix(a->cue, a->shape), mix(w->gap, known));
    ADD(mix(w[-2].cue, a->cue), mix(f, w->gap));
    ADD(mix(b->shape, a->shape), mix(known, gaps));
#undef ADD
}

void feature_moving(const struct word *w, uint32_t out[FEATURE_MOVING]) {
    uint32_t f = known_as(w->flags);
    out[0] = 1;
    out[1] = mix(f, w->gap);
    out[2] = w->hash;
    out[3] = mix(w->shape, w->gap);
    out[4] = mix(mix(f, w->shape), w[-1].shape);
}
