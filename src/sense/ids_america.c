/* Numbers of the Americas that are not in ids_world.c, and of banks there. */
#include "sense/numbers.h"

/* A US bank's routing number: a district that exists, weights 3, 7, 1. */
enum verdict valid_aba_us(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int district = id_two(d);
    bool known = district <= 12 || (district >= 21 && district <= 32)
                 || (district >= 61 && district <= 72) || district == 80;
    return id_agreed(known && !id_all_same(d, 9) && sum_weighted(d, "371371371", 10) == 0);
}

/* A US taxpayer's number: 9 and a group that is given out. */
enum verdict valid_itin_us(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int group = id_two(d + 3);
    bool given = (group >= 50 && group <= 65) || (group >= 70 && group <= 88)
                 || (group >= 90 && group <= 99 && group != 93);
    bool parted = m->text.len == 11 && (m->text.ptr[3] == '-' || m->text.ptr[3] == ' ')
                  && m->text.ptr[6] == m->text.ptr[3];
    bool ok = d[0] == '9' && given; /* as one of thirty is */
    return !ok ? MATCH_NO : parted ? MATCH_CERTAIN : MATCH_VALIDATED;
}

/* A US social security number that is written without its hyphens, or with one of them. */
enum verdict valid_ssn_plain(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    struct str s = m->text;
    bool even = s.len < 11 || s.ptr[3] == s.ptr[6];
    bool never = memcmp(d, "000", 3) == 0 || memcmp(d, "666", 3) == 0 || d[0] == '9'
                 || memcmp(d + 3, "00", 2) == 0 || memcmp(d + 5, "0000", 4) == 0
                 || memcmp(d, "123456789", 9) == 0 || memcmp(d, "078051120", 9) == 0;
    return never || !even || id_all_same(d, 9) ? MATCH_NO : MATCH_YES;
}

/* A US Medicare number: letters without S, L, O, I, B, Z. */
enum verdict valid_mbi_us(const struct matched *m) {
    char d[ID_MOST];
    id_signs(m, d);
    for (int i = 0; i < 11; i++) {
        if (strchr("SLOIBZ", d[i]) && d[i]) {
            return MATCH_NO;
        }
    }
    return d[0] != '0' ? MATCH_CERTAIN : MATCH_NO;
}

/* Who pays tax in the Philippines: weights 9 to 2, modulo 11; a branch may follow. */
enum verdict valid_tin_ph(const struct matched *m) {
    char d[ID_MOST];
    size_t n = id_digits(m, d);
    bool address = str_find_char(m->text, '.') >= 0; /* of the network */
    bool agreed = !address && !id_all_same(d, 9) && sum_weighted(d, "98765432", 11) == d[8] - '0';
    return !agreed ? MATCH_NO : n >= 12 && m->text.ptr[3] == '-' ? MATCH_CERTAIN : MATCH_VALIDATED;
}

/* Canada's postal code: letters that look like digits are not used. */
enum verdict valid_postcode_ca(const struct matched *m) {
    char d[ID_MOST];
    id_signs(m, d);
    bool shape = !strchr("DFIOQUWZ", d[0]) && !strchr("DFIOQU", d[2]) && !strchr("DFIOQU", d[4]);
    bool plain = m->text.len == 7 && m->text.ptr[3] == ' ' && id_is_letter(m->text.ptr[0])
                 && id_is_letter(m->text.ptr[2]) && id_is_letter(m->text.ptr[5]);
    return !shape ? MATCH_NO : plain ? MATCH_CERTAIN : MATCH_YES;
}
