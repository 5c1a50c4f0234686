/* The words near a number that say what it is. Each place of a text is looked at once, and only
 * around numbers that ask. Private to sense/. */
#pragma once

#include "sense/masks.h"

enum {
    NEAR_BEFORE = 80, /* a word as near as this */
    NEAR_BEHIND = 40,
    NEAR_WORDS = 1024 /* of all rows; each counts once */
};

/* What was looked at of one text. */
struct near {
    struct str text, key;
    bool began;
    size_t to;                 /* so far; numbers come in their order */
    uint32_t last[NEAR_WORDS]; /* behind where the word begins the last time; 0 nowhere */
};

/* Once, before any scan. */
void near_open(void);
void near_begin(struct near *n, struct str text, struct str key);
/* Whether a word of the row stands near [h->from, h->to); where, in h->lead and h->end. */
bool near_find(struct near *n, struct mask_hit *h);
