/* Passports, identity cards, licences, plates and devices. */
#include "sense/look.h"
#include "sense/numbers.h"

static bool is_small(struct str s) {
    bool any = false;
    for (size_t i = 0; i < s.len; i++) {
        any = any || (s.ptr[i] >= 'a' && s.ptr[i] <= 'z');
    }
    return any;
}

/* Machine-readable documents: letters count from 10, weights 7, 3, 1. */
static bool sum_731(const char *d, size_t n) {
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        int v = id_is_digit(d[i]) ? d[i] - '0' : d[i] - 'A' + 10;
        sum += v * (i % 3 == 0 ? 7 : i % 3 == 1 ? 3 : 1);
    }
    return sum % 10 == d[n] - '0';
}

/* Germany's passports and identity cards: no vowels, the check digit last. */
static enum verdict document_de(const struct matched *m, const char *firsts) {
    char d[ID_MOST];
    size_t n = id_signs(m, d);
    for (size_t i = 0; i < n && i < 9; i++) {
        if (!id_is_digit(d[i]) && !strchr("CFGHJKLMNPRTVWXYZ", d[i])) {
            return MATCH_NO;
        }
    }
    bool shape = (n == 9 || n == 10) && strchr(firsts, d[0]) && id_is_digit(d[n - 1]);
    return id_shaped(shape && sum_731(d, n - 1), m);
}

enum verdict valid_passport_de(const struct matched *m) {
    return document_de(m, "CFGHJKL");
}
enum verdict valid_id_card_de(const struct matched *m) {
    return document_de(m, "LMNPRTVWXYZ");
}

/* Poland's identity card: the digit behind the letters checks the rest. */
enum verdict valid_id_card_pl(const struct matched *m) {
    char d[ID_MOST];
    id_signs(m, d);
    int sum = 0;
    for (int i = 0; i < 9; i++) {
        int v = id_is_digit(d[i]) ? d[i] - '0' : d[i] - 'A' + 10;
        sum += i == 3 ? 0 : v * ("731073173"[i] - '0');
    }
    return id_agreed(sum % 10 == d[3] - '0');
}

/* Numbers without a checksum: not made of one digit. */
enum verdict valid_shape(const struct matched *m) {
    char d[ID_MOST];
    size_t n = id_digits(m, d);
    return n > 4 && id_all_same(d, n) ? MATCH_NO : MATCH_YES;
}

/* Nigeria's plates: a number from 1 on. */
enum verdict valid_plate_ng(const struct matched *m) {
    char d[ID_MOST];
    size_t n = id_digits(m, d);
    return id_all_same(d, n) && d[0] == '0' ? MATCH_NO : MATCH_YES;
}

/* India's: no zero where none is given out. */
enum verdict valid_passport_in(const struct matched *m) {
    char d[ID_MOST];
    id_signs(m, d);
    return d[1] != '0' && d[7] != '0' && !strchr("QXZ", d[0]) ? MATCH_YES : MATCH_NO;
}

/* Korea's: M for many journeys, S for one, R, O, D; newer ones have a letter within. */
enum verdict valid_passport_kr(const struct matched *m) {
    char d[ID_MOST];
    size_t n = id_signs(m, d);
    bool inner = n == 9 && id_is_letter(d[4]);
    return !strchr("MSROD", d[0]) || id_all_same(d + 1, 8) ? MATCH_NO
           : inner && !is_small(m->text)                   ? MATCH_CERTAIN
                                                           : MATCH_YES;
}

/* ---- driving licences ---- */

/* Britain: five letters of the name, then the date of birth, the months of women plus 50. */
enum verdict valid_licence_uk(const struct matched *m) {
    char d[ID_MOST];
    id_signs(m, d);
    int month = id_two(d + 6);
    return is_date(month > 50 ? month - 50 : month, id_two(d + 8)) ? MATCH_CERTAIN : MATCH_NO;
}

/* Korea: the region that gave it; two digits each of year and check. */
enum verdict valid_licence_kr(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    bool region = id_two(d) >= 11 && id_two(d) <= 28 && id_two(d) != 27;
    bool joined = m->text.len == 15 && m->text.ptr[2] == '-';
    return !region || id_all_same(d + 4, 6) ? MATCH_NO : joined ? MATCH_CERTAIN : MATCH_YES;
}

/* Germany: the office (a letter, or two, and digits), a serial, a check sign. */
enum verdict valid_licence_de(const struct matched *m) {
    char d[ID_MOST];
    size_t n = id_signs(m, d);
    return n == 11 && !id_all_same(d + 3, 6) ? MATCH_YES : MATCH_NO;
}

/* ---- plates ---- */

static bool is_listed(const char *list, const char *code, size_t n) {
    size_t at = 0;
    while (list[at]) {
        size_t len = strcspn(list + at, " ");
        if (len == n && memcmp(list + at, code, n) == 0) {
            return true;
        }
        at += len + (list[at + len] == ' ');
    }
    return false;
}

enum verdict valid_plate_in(const struct matched *m) {
    static const char states[] =
        "AN AP AR AS BH BR CG CH DD DL DN GA GJ HP HR JH JK KA KL LA LD MH ML "
        "MN MP MZ NL OD OR PB PY RJ SK TN TR TS TG UK UP UT WB";
    char d[ID_MOST];
    id_signs(m, d);
    bool old = id_is_letter(d[2]) && m->text.len == 7; /* three letters, until 1989 */
    return is_listed(states, d, 2) || (old && !is_small(m->text)) ? MATCH_YES : MATCH_NO;
}

/* In small letters the second word is one of every text. */
static bool is_said(struct str plate) {
    static const char words[] = "to of at in is on or by no as if be an we my he me us am so do it";
    struct str first = {0};
    struct str rest = {0};
    ptrdiff_t blank = str_cut(plate, ' ', &first, &rest) ? str_find_char(rest, ' ') : -1;
    return blank > 0 && is_listed(words, rest.ptr, (size_t)blank);
}

/* A district, one or two letters, a number; E for electric, H for old cars. */
enum verdict valid_plate_de(const struct matched *m) {
    struct str s = m->text;
    char d[8] = "";
    size_t digits = digits_of(s, d, 6);
    char last = id_upper(s.ptr[s.len - 1]);
    bool end = id_is_digit(last) || last == 'E' || last == 'H';
    bool parted = s.ptr[1] == ' ' || s.ptr[1] == '-' || id_is_letter(id_upper(s.ptr[1]));
    bool first = strchr("IOQTUX", id_upper(s.ptr[0])) == NULL || id_is_letter(id_upper(s.ptr[1]));
    bool small = is_small(s);
    bool mixed = small && s.ptr[0] >= 'A' && s.ptr[0] <= 'Z';
    bool shape = end && parted && first && !mixed && !(small && is_said(s)); /* "up to 100" */
    return shape && d[0] != '0' && (!small || digits >= 3) ? MATCH_YES : MATCH_NO;
}

/* Turkey: province 01 to 81; no Q, W, X. */
enum verdict valid_plate_tr(const struct matched *m) {
    char d[ID_MOST];
    size_t n = id_signs(m, d);
    size_t letters = 0;
    for (size_t i = 2; i < n; i++) {
        letters += id_is_letter(d[i]);
        if (strchr("QWX", d[i])) {
            return MATCH_NO;
        }
    }
    bool province = id_two(d) >= 1 && id_two(d) <= 81;
    return province && (letters > 1 || !is_small(m->text)) ? MATCH_YES : MATCH_NO;
}

/* Britain: no I, O, Q among the letters, Z only behind; of the present sort the year must have
 * been. */
enum verdict valid_plate_uk(const struct matched *m) {
    char d[ID_MOST];
    size_t n = id_signs(m, d);
    size_t digits = 0;
    bool current = n == 7 && id_is_letter(d[1]) && id_is_digit(d[2]) && id_is_letter(d[4]);
    for (size_t i = 0; i < n; i++) {
        digits += id_is_digit(d[i]);
        bool never = d[i] == 'Q' && (i > 0 || n < 5);
        if (never || (current && strchr("IQ", d[i]))) {
            return MATCH_NO;
        }
    }
    int year = id_two(d + 2);
    bool was = (year >= 2 && year <= 29) || (year >= 51 && year <= 79);
    return (current && !was) || (is_small(m->text) && digits < 2) ? MATCH_NO : MATCH_YES;
}

/* ---- vehicles and devices ---- */

/* A chassis number: no I, O, Q; the ninth sign is a check where the maker counts one (America,
 * China). */
enum verdict valid_vin(const struct matched *m) {
    static const char values[] = "12345678.12345.7.923456789"; /* of A to Z */
    static const int weights[] = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
    char d[ID_MOST];
    id_signs(m, d);
    int sum = 0;
    size_t digits = 0;
    for (int i = 0; i < 17; i++) {
        if (strchr("IOQ", d[i])) {
            return MATCH_NO;
        }
        digits += id_is_digit(d[i]);
        sum += (id_is_digit(d[i]) ? d[i] - '0' : values[d[i] - 'A'] - '0') * weights[i];
    }
    bool serial =
        id_is_digit(d[13]) && id_is_digit(d[14]) && id_is_digit(d[15]) && id_is_digit(d[16]);
    bool agreed = d[8] == "0123456789X"[sum % 11];
    return digits == 17 || !serial        ? MATCH_NO
           : agreed && !is_small(m->text) ? MATCH_CERTAIN
                                          : MATCH_YES;
}

/* IMEI of a telephone, ICCID of its card. */
enum verdict valid_luhn(const struct matched *m) {
    char d[ID_MOST];
    size_t n = id_digits(m, d);
    return id_agreed(!id_all_same(d, n) && sum_luhn(d, n));
}
