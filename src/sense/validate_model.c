/* Whether what a local model quotes can be what it says it is: a very small one calls a whole
 * sentence a name, and a name a fact. */
#include "sense/table.h"

#include <ctype.h>

static bool has_letter(struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        if (isalpha((unsigned char)s.ptr[i]) || (unsigned char)s.ptr[i] & 0x80) {
            return true;
        }
    }
    return false;
}

static size_t words(struct str s) {
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        bool blank = isspace((unsigned char)s.ptr[i]) != 0;
        n += !blank && (!i || isspace((unsigned char)s.ptr[i - 1]));
    }
    return n;
}

enum verdict valid_model_name(const struct matched *m) {
    enum { MOST = 6 };
    return m->text.len > 1 && has_letter(m->text) && words(m->text) <= MOST ? MATCH_YES : MATCH_NO;
}

/* A word or two tell none. */
enum verdict valid_model_fact(const struct matched *m) {
    enum { FEWEST = 3 };
    return has_letter(m->text) && words(m->text) >= FEWEST ? MATCH_YES : MATCH_NO;
}

enum verdict valid_model_number(const struct matched *m) {
    enum { FEWEST = 4 };
    size_t digits = 0;
    for (size_t i = 0; i < m->text.len; i++) {
        digits += isdigit((unsigned char)m->text.ptr[i]) != 0;
    }
    return digits >= FEWEST ? MATCH_YES : MATCH_NO;
}
