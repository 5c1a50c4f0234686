/* Identity and tax numbers of the rest of the world. */
#include "sense/numbers.h"

/* China: modulo 11-2, X for ten; a date within. */
enum verdict valid_id_cn(const struct matched *m) {
    char d[ID_MOST];
    id_signs(m, d);
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < 17; i++) {
        sum += (d[i] - '0') * weights[i];
    }
    return id_certain(is_date(id_two(d + 10), id_two(d + 12)) && d[17] == "10X98765432"[sum % 11]);
}

/* Taiwan: the letter is two digits, as the place is numbered. */
enum verdict valid_id_tw(const struct matched *m) {
    static const char order[] = "ABCDEFGHJKLMNPQRSTUVXYWZIO";
    char d[ID_MOST];
    id_signs(m, d);
    const char *at = strchr(order, d[0]);
    if (!at || !id_is_letter(d[0])) {
        return MATCH_NO;
    }
    int place = (int)(at - order) + 10;
    int sum = place / 10 + place % 10 * 9 + sum_weighted(d + 1, "876543211", 1 << 20);
    return id_agreed((d[1] == '1' || d[1] == '2') && sum % 10 == 0);
}

/* Singapore: the letter depends on the first one's series. */
enum verdict valid_id_sg(const struct matched *m) {
    char d[ID_MOST];
    id_signs(m, d);
    int sum = sum_weighted(d + 1, "2765432", 1 << 20)
              + (d[0] == 'T' || d[0] == 'G' ? 4
                 : d[0] == 'M'              ? 3
                                            : 0);
    int rest = sum % 11;
    char want = d[0] == 'S' || d[0] == 'T'   ? "JZIHGFEDCBA"[rest]
                : d[0] == 'F' || d[0] == 'G' ? "XWUTRQPNMLK"[rest]
                : d[0] == 'M'                ? "KLJNPQRTUWX"[10 - rest]
                                             : '?';
    return d[8] == want ? MATCH_CERTAIN : MATCH_NO;
}

/* Korea: numbers since 2020 have no checksum, so the date decides. */
static enum verdict resident_kr(const struct matched *m, char first, char last) {
    char d[ID_MOST];
    id_digits(m, d);
    bool ok = is_date(id_two(d + 2), id_two(d + 4)) && d[6] >= first && d[6] <= last;
    bool parted = m->text.len > 13 && m->text.ptr[6] == '-';
    return !ok ? MATCH_NO : parted ? MATCH_CERTAIN : MATCH_VALIDATED; /* one of fifty is so */
}
enum verdict valid_id_kr(const struct matched *m) {
    return resident_kr(m, '1', '4');
}
/* Of foreigners. */
enum verdict valid_id_kr_foreign(const struct matched *m) {
    return resident_kr(m, '5', '8');
}

enum verdict valid_id_jp(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int rest = sum_weighted(d, "65432765432", 11);
    return id_agreed(!id_all_same(d, 12) && (rest < 2 ? 0 : 11 - rest) == d[11] - '0');
}

enum verdict valid_id_th(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int sum = (d[0] - '0') * 13 + sum_weighted(d + 1, "<;:98765432", 1 << 20);
    int province = id_two(d + 1);
    bool shape = d[0] >= '1' && d[0] <= '8' && province >= 10 && province <= 96;
    bool ok = shape && !id_all_same(d, 13) && (11 - sum % 11) % 10 == d[12] - '0';
    return !ok ? MATCH_NO : m->text.len > 13 ? MATCH_CERTAIN : MATCH_VALIDATED;
}

enum verdict valid_id_in_aadhaar(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    bool ok = d[0] >= '2' && !id_all_same(d, 12) && sum_verhoeff(d, 12);
    bool years = memcmp(d, "20", 2) == 0 && memcmp(d + 4, "20", 2) == 0; /* "2015 2016 2017" */
    bool parted = m->text.len == 14 && char_is_of(m->text.ptr[4], " -:") && !years;
    return !ok ? MATCH_NO : parted ? MATCH_CERTAIN : MATCH_VALIDATED;
}

/* Nigeria: the same sum over eleven digits. */
enum verdict valid_id_ng(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    return id_agreed(d[0] != '0' && !id_all_same(d, 11) && sum_verhoeff(d, 11));
}

/* Australia: nine digits, eight in old ones, by weights of their own. */
enum verdict valid_id_au_tfn(const struct matched *m) {
    char d[ID_MOST];
    if (id_digits(m, d) == 8) {
        return !id_all_same(d, 8) && sum_weighted(d, ":7846351", 11) == 0 ? MATCH_YES : MATCH_NO;
    }
    return id_agreed(!id_all_same(d, 9) && sum_weighted(d, "14375869:", 11) == 0);
}

/* New Zealand: a second row of weights where the first gives ten; 10 to 200 millions. */
enum verdict valid_id_nz(const struct matched *m) {
    char d[ID_MOST];
    size_t n = id_digits(m, d);
    if (n == 8) {
        memmove(d + 1, d, 8);
        d[0] = '0';
    }
    int rest = (11 - sum_weighted(d, "32765432", 11)) % 11;
    rest = rest == 10 ? (11 - sum_weighted(d, "74325276", 11)) % 11 : rest;
    bool given = d[0] == '1' || (d[0] == '0' && d[1] != '0');
    return id_agreed(given && rest == d[8] - '0' && !id_all_same(d, 9));
}

enum verdict valid_id_ca(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    bool ok = d[0] != '0' && d[0] != '8' && !id_all_same(d, 9) && sum_luhn(d, 9);
    bool joined = m->text.len == 11 && m->text.ptr[3] == '-' && m->text.ptr[7] == '-';
    return !ok ? MATCH_NO : joined ? MATCH_CERTAIN : MATCH_VALIDATED;
}

/* Mexico: characters count by their place in an alphabet with Ñ. */
enum verdict valid_id_mx(const struct matched *m) {
    char d[ID_MOST];
    id_signs(m, d);
    int sum = 0;
    for (int i = 0; i < 17; i++) {
        int v = id_is_digit(d[i]) ? d[i] - '0' : d[i] - 'A' + 10;
        v += d[i] > 'N';
        sum += v * (18 - i);
    }
    return id_certain((d[10] == 'H' || d[10] == 'M') && (10 - sum % 10) % 10 == d[17] - '0');
}

enum verdict valid_id_ar(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int rest = 11 - sum_weighted(d, "5432765432", 11);
    int sort = id_two(d); /* people, companies, who lives elsewhere */
    bool kind = sort == 20 || (sort >= 23 && sort <= 27) || sort == 30 || sort == 33 || sort == 34
                || sort == 50 || sort == 51 || sort == 55;
    return id_agreed(kind && (rest == 11 ? 0 : rest == 10 ? 9 : rest) == d[10] - '0');
}

/* Chile: weights 2 to 7 from the right, K for ten. Without a hyphen any digits would do. */
enum verdict valid_id_cl(const struct matched *m) {
    char d[ID_MOST];
    size_t n = id_alnum_of(m->text, d, ID_MOST - 1);
    int sum = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        sum += (d[n - 2 - i] - '0') * (2 + (int)(i % 6));
    }
    bool ok = n >= 8 && d[n - 1] == "0123456789K0"[(11 - sum % 11) % 11];
    bool parted = str_find_char(m->text, '-') >= 0 || d[n - 1] == 'K';
    return !ok ? MATCH_NO : parted ? MATCH_VALIDATED : MATCH_YES;
}

/* South Africa: a date, whether a citizen, an 8 or 9, Luhn. */
enum verdict valid_id_za(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    bool ok = is_date(id_two(d + 2), id_two(d + 4)) && d[10] <= '2' && sum_luhn(d, 13);
    return !ok ? MATCH_NO : d[11] >= '8' ? MATCH_CERTAIN : MATCH_VALIDATED;
}

/* Israel: Luhn; the zeros that people's begin with may be left out, higher ones are given to
 * others. */
enum verdict valid_id_il(const struct matched *m) {
    char d[ID_MOST];
    size_t n = id_digits(m, d);
    bool ok = !id_all_same(d, n) && sum_luhn(d, n);
    return !ok ? MATCH_NO : n == 9 && d[0] <= '3' ? MATCH_VALIDATED : MATCH_YES;
}
