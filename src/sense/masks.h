/* Numbers that an office gave: found by their shape, judged by their arithmetic, and by a word near
 * them where the shape alone is common. Private to sense/.
 *
 * A row's masks are alternatives parted by `|`: `9` a digit, `0` a digit or none, `A` a letter, `@`
 * a letter or none, `X` either, ` ` one of " -./:_" or nothing, `-` one of these; other signs are
 * themselves, without case. At most six letters stand before the first digit.
 *
 * A row's `near` are words parted by `|`, in small letters, of which one must stand near; "" none.
 * Without one the number counts where the validator says MATCH_CERTAIN, or if the text is nothing
 * but numbers (an answer to a question that stands elsewhere); never if `near` begins with `!`.
 */
#pragma once

#include "sense/table.h"

struct mask_hit {
    size_t row, from, to;
    size_t lead, end; /* with the word near it */
    bool validated;
};

/* Once, before any scan. */
void masks_open(void);
/* Each row's matches in the text; key: the name of the value that the text is, "" none; whole: it
 * is what somebody said, so that a number may stand alone. */
void masks_scan(struct str text, struct str key, bool whole,
                void (*on_hit)(void *ctx, const struct mask_hit *hit), void *ctx);

/* ---- alone.c ---- */
/* Nothing but numbers: each word has a digit or is short, and no word is a long one. */
bool alone_text(struct str text);
/* Whether a number of the row, of which the validator said v, counts without a word near it. */
bool alone_counts(const struct detector_row *row, struct str number, enum verdict v);
/* All digits are the same, and there are no letters: nobody's, with words or without. */
bool alone_is_same(struct str number);
