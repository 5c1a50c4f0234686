/* Numbers of patients, of doctors and of insurances. */
#include "sense/numbers.h"

/* A letter counts as two digits, A 01 to Z 26; ones and twos in turn, digits of the products added.
 */
static bool letter_luhn(const char *d, size_t letter, size_t n, const char *weights) {
    int sum = 0;
    size_t w = 0;
    for (size_t i = 0; i < n; i++) {
        int place = d[i] - (i == letter ? 'A' - 1 : '0');
        int parts[] = {place / 10, place % 10};
        for (int k = i == letter ? 0 : 1; k < 2; k++) {
            int v = parts[k] * (weights[w++] - '0');
            sum += v / 10 + v % 10;
        }
    }
    return sum % 10 == d[n] - '0';
}

/* Australia's Medicare: begins with 2 to 6, the ninth digit is the check, the tenth a card's count.
 */
enum verdict valid_medicare_au(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    return id_agreed(d[0] >= '2' && d[0] <= '6' && d[9] != '0'
                     && sum_weighted(d, "13791379", 10) == d[8] - '0');
}

/* A provider in the US: Luhn, as if 80840 stood before it. */
enum verdict valid_npi_us(const struct matched *m) {
    char d[ID_MOST];
    char all[ID_MOST] = "80840";
    id_digits(m, d);
    memcpy(all + 5, d, 10);
    return id_agreed((d[0] == '1' || d[0] == '2') && !id_all_same(d, 9) && sum_luhn(all, 15));
}

/* Who may prescribe in the US: a letter for the sort, one of the name or a 9. One of ten such codes
 * is right. */
enum verdict valid_dea_us(const struct matched *m) {
    char d[ID_MOST];
    id_signs(m, d);
    if (!strchr("ABCDEFGHJKLMPRSTUX", d[0])) {
        return MATCH_NO;
    }
    int sum = sum_weighted(d + 2, "121212", 1 << 20);
    bool second = id_is_letter(d[1]) || d[1] == '9';
    return id_agreed(second && !id_all_same(d + 2, 7) && sum % 10 == d[8] - '0');
}

/* A German doctor: weights 4 and 9 in turn; two digits of the field follow. */
enum verdict valid_lanr_de(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int field = id_two(d + 7);
    bool ok = (10 - sum_weighted(d, "494949", 10)) % 10 == d[6] - '0';
    return id_agreed(ok && field >= 1 && !id_all_same(d, 6));
}

/* A German practice: no checksum, but a region that exists. */
enum verdict valid_bsnr_de(const struct matched *m) {
    static const unsigned char regions[] = {
        1,  2,  3,  17, 20, 21, 24, 25, 27, 28, 31, 35, 37, 38, 39, 40, 41, 42, 43, 44,
        45, 46, 47, 48, 49, 50, 51, 52, 55, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70,
        71, 72, 73, 78, 79, 80, 81, 83, 85, 86, 87, 88, 93, 94, 95, 96, 97, 98, 99};
    char d[ID_MOST];
    id_digits(m, d);
    for (size_t i = 0; i < ARRAY_LEN(regions); i++) {
        if (id_two(d) == regions[i]) {
            return id_all_same(d + 2, 7) ? MATCH_NO : MATCH_YES;
        }
    }
    return MATCH_NO;
}

/* The number of who is insured in Germany, for life. */
enum verdict valid_kvnr_de(const struct matched *m) {
    char d[ID_MOST];
    id_signs(m, d);
    return id_agreed(!id_all_same(d + 1, 8) && letter_luhn(d, 0, 9, "1212121212"));
}

/* Germany's pension number: region, date of birth, the name's letter, serial, check. */
enum verdict valid_rvnr_de(const struct matched *m) {
    char d[ID_MOST];
    id_signs(m, d);
    int day = id_two(d + 2);
    int month = id_two(d + 4);
    day = day > 50 ? day - 50 : day;
    bool date = day <= 31 && month <= 12; /* zeros where it is not known */
    int region =
        id_two(d) >= 42 && id_two(d) < 80 ? id_two(d) - 40 : id_two(d); /* the state's own */
    bool known = (region >= 2 && region <= 29) || (region >= 38 && region <= 40) || region >= 80;
    bool ok = date && known && region < 90 && letter_luhn(d, 8, 11, "212571212121");
    return ok ? MATCH_CERTAIN : MATCH_NO;
}
