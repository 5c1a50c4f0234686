/* A message that is nothing but a number: the answer to a question that stands elsewhere. Of ten
 * digits about two in three are right for some office's checksum, so what is found says little of
 * whose it is; but who sends nothing else sends somebody's more often than not. */
#include "sense/masks.h"

enum { LONGEST_ALONE = 96 };

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Nothing but numbers: each word has a digit or is short, and no word is a long one. */
bool alone_text(struct str text) {
    size_t letters = 0;
    size_t signs = 0; /* of the word so far */
    bool digit = false;
    if (text.len > LONGEST_ALONE) {
        return false;
    }
    for (size_t i = 0; i <= text.len; i++) {
        char c = i < text.len ? text.ptr[i] : ' ';
        if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
            if (!digit && signs > 3) {
                return false;
            }
            signs = 0;
            digit = false;
            letters = 0;
            continue;
        }
        letters = is_letter(c) ? letters + 1 : 0;
        bool either = is_digit(c) || is_letter(c);
        signs += either;
        digit = digit || is_digit(c);
        bool known = either || char_is_of(c, "-./:_,;()+*\"'");
        if (!known || letters > 5) {
            return false;
        }
    }
    return true;
}

/* 999 999 999: nobody's. 123456789: typed to try something. */
enum run { RUN_NONE, RUN_SAME, RUN_COUNTED };

static enum run run_of(struct str number) {
    bool same = true;
    bool counted = true;
    char last = '\0';
    for (size_t i = 0; i < number.len; i++) {
        char c = number.ptr[i];
        if (is_letter(c)) {
            return RUN_NONE;
        }
        if (!is_digit(c)) {
            continue;
        }
        same = same && (!last || c == last);
        counted = counted && (!last || (c - last + 10) % 10 == 1);
        last = c;
    }
    return same ? RUN_SAME : counted ? RUN_COUNTED : RUN_NONE;
}

bool alone_is_same(struct str number) {
    return run_of(number) == RUN_SAME;
}

static bool has_other(struct str number) {
    size_t i = 0;
    while (i < number.len && is_digit(number.ptr[i])) {
        i++;
    }
    return i < number.len;
}

/* Without a word near it: digits in a row only where their checksum is right or a date is in them,
 * for without one any would do; telephone numbers are what is sent alone most often. */
bool alone_counts(const struct detector_row *row, struct str number, enum verdict v) {
    bool phone = strcmp(row->face.kind, "phone") == 0;
    return has_other(number) || ((phone || v >= MATCH_VALIDATED) && run_of(number) == RUN_NONE);
}
