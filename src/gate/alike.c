/* Numbers and dates like another: each digit and letter changed, the shape kept, and the checksum
 * where everybody knows it. */
#include "base/id.h"
#include "gate/surrogate.h"

#include <ctype.h>

static const char *const MONTHS[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};

static size_t below(size_t n) {
    return (size_t)(id_random_u64() % n);
}

/* Digits for digits, letters for letters; `keep` bytes in front stay. */
bool alike_text(struct str s, size_t keep, bool is_hex, struct buf *out) {
    size_t changed = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if ((unsigned char)c >= 0x80) {
            return false;
        }
        if (i >= keep && isdigit((unsigned char)c)) {
            bool first = !i || !isalnum((unsigned char)s.ptr[i - 1]);
            c = first && c != '0' ? (char)('1' + below(9)) : (char)('0' + below(10));
            changed++;
        } else if (i >= keep && isalpha((unsigned char)c)) {
            c = (char)((isupper((unsigned char)c) ? 'A' : 'a') + below(is_hex ? 6 : 26));
            changed++;
        }
        buf_add_char(out, c);
    }
    return changed >= 3; /* fewer could be guessed, or stand anywhere */
}

/* "+49 171 …": the country stays. */
bool alike_phone(struct str s, struct buf *out) {
    size_t keep = 0;
    if (s.len && s.ptr[0] == '+') {
        keep = 1;
        while (keep < s.len && keep < 4 && isdigit((unsigned char)s.ptr[keep])) {
            keep++;
        }
        keep = keep < s.len && isdigit((unsigned char)s.ptr[keep]) ? 3 : keep;
    }
    return alike_text(s, keep, false, out);
}

bool alike_card(struct str s, struct buf *out) {
    if (!alike_text(s, 0, false, out)) {
        return false;
    }
    int sum = 0;
    bool twice = true;
    size_t last = out->len;
    for (size_t i = out->len; i-- > 0;) {
        if (!isdigit((unsigned char)out->ptr[i])) {
            continue;
        }
        if (last == out->len) {
            last = i;
            continue;
        }
        int d = (out->ptr[i] - '0') * (twice ? 2 : 1);
        sum += d > 9 ? d - 9 : d;
        twice = !twice;
    }
    if (last < out->len) {
        out->ptr[last] = (char)('0' + (10 - sum % 10) % 10);
    }
    return true;
}

bool alike_iban(struct str s, struct buf *out) {
    if (s.len < 15 || !alike_text(s, 4, false, out)) {
        return false;
    }
    int rest = 0;
    for (int part = 0; part < 2; part++) { /* what is behind the first four, then those with 00 */
        for (size_t i = part ? 0 : 4; i < (part ? 4 : out->len); i++) {
            char c = part && i >= 2 ? '0' : out->ptr[i];
            if (isdigit((unsigned char)c)) {
                rest = (rest * 10 + (c - '0')) % 97;
            } else if (isalpha((unsigned char)c)) {
                rest = (rest * 100 + (toupper((unsigned char)c) - 'A' + 10)) % 97;
            }
        }
    }
    out->ptr[2] = (char)('0' + (98 - rest) / 10);
    out->ptr[3] = (char)('0' + (98 - rest) % 10);
    return true;
}

static bool make_month(struct str word, struct buf *out) {
    for (size_t i = 0; i < ARRAY_LEN(MONTHS); i++) {
        struct str month = str_of(MONTHS[i]);
        if (str_ieq(word, month) || str_ieq(word, str_sub(month, 0, 3))) {
            struct str other = str_of(MONTHS[below(ARRAY_LEN(MONTHS))]);
            buf_add(out, word.len == month.len ? other : str_sub(other, 0, 3));
            return true;
        }
    }
    return false;
}

/* A year, a day or a month as a number: another that may stand there. */
static bool make_date_number(size_t digits, struct buf *out) {
    if (digits == 4) {
        buf_addf(out, "%zu", 1950 + below(50));
    } else if (digits == 2) {
        buf_addf(out, "%02zu", 1 + below(12));
    } else if (digits == 1) {
        buf_addf(out, "%zu", 1 + below(9));
    } else {
        return false;
    }
    return true;
}

static size_t run_of(struct str s, size_t from, int (*is)(int)) {
    size_t to = from;
    while (to < s.len && is((unsigned char)s.ptr[to])) {
        to++;
    }
    return to;
}

bool alike_date(struct str s, struct buf *out) {
    for (size_t i = 0; i < s.len;) {
        unsigned char c = (unsigned char)s.ptr[i];
        size_t to = run_of(s, i, isdigit(c) ? isdigit : isalpha);
        struct str piece = str_sub(s, i, to);
        if (c >= 0x80 || (isdigit(c) && !make_date_number(piece.len, out))
            || (isalpha(c) && !str_ieq(piece, STR("of")) && !make_month(piece, out))) {
            return false;
        }
        if (!piece.len) {
            buf_add_char(out, (char)c);
            to = i + 1;
        }
        i = to;
    }
    return out->len > 5;
}

/* Latitude and longitude: each number stays below 60. */
bool alike_coordinates(struct str s, struct buf *out) {
    bool fraction = false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if ((unsigned char)c >= 0x80 || isalpha((unsigned char)c)) {
            return false;
        }
        if (isdigit((unsigned char)c)) {
            bool first = !i || !isdigit((unsigned char)s.ptr[i - 1]);
            c = fraction ? (char)('0' + below(10))
                         : (char)(first ? '1' + below(5) : '0' + below(10));
        } else {
            fraction = c == '.';
        }
        buf_add_char(out, c);
    }
    return out->len > 6;
}
