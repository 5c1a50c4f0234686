/* What looks like an address and is none, or is the one that every licence says. */
#include "sense/nobody.h"

#include <ctype.h>

enum { ADDRESS = 300, SENTENCE = 80, YEARS = 5 };

bool nobody_foundation(struct str text, size_t from) {
    size_t begin = from > SENTENCE ? from - SENTENCE : 0;
    return str_contains(str_sub(text, begin, from), STR("Foundation, Inc"));
}

/* "51 Franklin St, Fifth Floor, Boston": where they are, as a name. */
bool nobody_franklin(struct str text, size_t from) {
    struct str at = str_sub(text, from, from + ADDRESS);
    return (str_starts(at, STR("Franklin St")) || str_starts(at, STR("Temple Place")))
           && str_contains(at, STR("Boston"));
}

static bool is_month(struct str word) {
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    for (size_t i = 0; i < ARRAY_LEN(months); i++) {
        if (str_ieq(word, str_of(months[i]))) {
            return true;
        }
    }
    return false;
}

/* "24 Jan 2022 13": of digits and a month alone. */
static bool is_day(struct str s) {
    bool month = false;
    for (size_t i = 0; i < s.len;) {
        size_t to = i;
        while (to < s.len && isalpha((unsigned char)s.ptr[to])) {
            to++;
        }
        if (to > i) {
            struct str word = str_sub(s, i, to);
            if (!is_month(word)) {
                return false;
            }
            month = true;
        }
        i = to + 1;
    }
    return month;
}

/* "2013-2019 Anna Krause": years in which somebody held a right. */
static bool is_years(struct str text, size_t at) {
    static const char form[] = "9999-9999";
    bool years = at + sizeof form <= text.len;
    for (size_t i = 0; years && i + 1 < sizeof form; i++) {
        char c = text.ptr[at + i];
        years = form[i] == '9' ? isdigit((unsigned char)c) != 0 : c == '-';
    }
    return years;
}

bool nobody_is_address(struct str text, size_t from, size_t to) {
    for (size_t i = from > YEARS ? from - YEARS : 0; i < from; i++) {
        if (is_years(text, i)) {
            return false;
        }
    }
    for (size_t i = from; i < to; i++) {
        if (char_is_of(text.ptr[i], "[]{}()^=_") || is_years(text, i)) {
            return false;
        }
    }
    return !is_day(str_sub(text, from, to));
}
