/* Whether what a local model quotes can be what it says it is. */
#include "sense/table.h"

#include <ctype.h>

/* Something with a letter in it. */
enum verdict valid_model_words(const struct matched *m) {
    for (size_t i = 0; i < m->text.len; i++) {
        if (isalpha((unsigned char)m->text.ptr[i]) || (unsigned char)m->text.ptr[i] & 0x80) {
            return m->text.len > 1 ? MATCH_YES : MATCH_NO;
        }
    }
    return MATCH_NO;
}

/* A single word tells no fact. */
enum verdict valid_model_fact(const struct matched *m) {
    return str_find_char(m->text, ' ') > 0 ? valid_model_words(m) : MATCH_NO;
}

enum verdict valid_model_number(const struct matched *m) {
    enum { FEWEST = 4 };
    size_t digits = 0;
    for (size_t i = 0; i < m->text.len; i++) {
        digits += isdigit((unsigned char)m->text.ptr[i]) != 0;
    }
    return digits >= FEWEST ? MATCH_YES : MATCH_NO;
}
