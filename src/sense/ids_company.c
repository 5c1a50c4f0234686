/* Numbers of companies and other businesses: often those of a person who works alone. */
#include "sense/numbers.h"

/* Australia's ABN: the first digit less one, weights 10, 1, 3, 5 … 19, modulo 89. */
enum verdict valid_abn_au(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    d[0]--;
    return id_agreed(d[0] >= '0' && sum_weighted(d, ":13579;=?AC", 89) == 0);
}

enum verdict valid_acn_au(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    return id_agreed(!id_all_same(d, 9)
                     && (10 - sum_weighted(d, "87654321", 10)) % 10 == d[8] - '0');
}

/* India's GSTIN holds a PAN between the state and the check sign, which counts to 36. */
enum verdict valid_gstin_in(const struct matched *m) {
    char d[ID_MOST];
    id_signs(m, d);
    int sum = 0;
    for (int i = 0; i < 14; i++) {
        int v = (id_is_digit(d[i]) ? d[i] - '0' : d[i] - 'A' + 10) * (1 + i % 2);
        sum += v / 36 + v % 36;
    }
    int check = id_is_digit(d[14]) ? d[14] - '0' : d[14] - 'A' + 10;
    bool shape = id_two(d) >= 1 && id_two(d) <= 37 && d[12] != '0' && d[13] == 'Z';
    return !shape ? MATCH_NO : (36 - sum % 36) % 36 == check ? MATCH_CERTAIN : MATCH_YES;
}

/* Germany's VAT number, by ISO 7064. */
enum verdict valid_vat_de(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    return d[0] != '0' && sum_mod11_10(d, 9) ? MATCH_CERTAIN : MATCH_NO;
}

/* Austria: U and eight digits, by Luhn's rule with 96 for what is left. */
enum verdict valid_vat_at(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int sum = 4;
    for (int i = 0; i < 7; i++) {
        int v = (d[i] - '0') * (1 + i % 2);
        sum += v / 10 + v % 10;
    }
    return (10 - sum % 10) % 10 == d[7] - '0' ? MATCH_CERTAIN : MATCH_NO;
}

/* Italy's partita IVA: Luhn, and an office that exists. */
enum verdict valid_vat_it(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int office = id_two(d + 7) * 10 + (d[9] - '0');
    bool shape = !id_all_same(d, 7) && ((office >= 1 && office <= 121) || office > 800);
    return id_agreed(shape && sum_luhn(d, 11));
}

/* Britain: weights 8 to 2 modulo 97, newer ones 55 further. */
enum verdict valid_vat_gb(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int sum = sum_weighted(d, "8765432", 1 << 20) + id_two(d + 7);
    return id_agreed(!id_all_same(d, 7) && (sum % 97 == 0 || (sum + 55) % 97 == 0));
}

enum verdict valid_vat_be(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    return id_agreed(d[0] <= '1' && d[1] != '0' && 97 - sum_modulo(d, 8, 97) == id_two(d + 8));
}

/* France's SIREN and the SIRET of one of its places. */
enum verdict valid_siren_fr(const struct matched *m) {
    char d[ID_MOST];
    size_t n = id_digits(m, d);
    return id_agreed((n == 9 || n == 14) && !id_all_same(d, 9) && sum_luhn(d, n));
}

/* The same for its VAT: two signs before it, which are computed of it where they are digits. */
enum verdict valid_vat_fr(const struct matched *m) {
    char d[ID_MOST];
    id_signs(m, d);
    bool digits = id_is_digit(d[2]) && id_is_digit(d[3]);
    bool key = !digits || id_two(d + 2) == (12 + 3 * sum_modulo(d + 4, 9, 97)) % 97;
    return key && sum_luhn(d + 4, 9) ? MATCH_CERTAIN : MATCH_NO;
}

/* The Netherlands: a person's number (BSN) behind NL in older ones, else ISO 7064 modulo 97 with
 * letters counted from 10; B and two digits. */
enum verdict valid_vat_nl(const struct matched *m) {
    char d[ID_MOST];
    char all[] = "2321.........11..";
    id_digits(m, d);
    memcpy(all + 4, d, 9);
    memcpy(all + 15, d + 9, 2);
    bool person = sum_weighted(d, "98765432", 11) == d[8] - '0';
    return !id_all_same(d, 9) && (person || sum_modulo(all, 17, 97) == 1) ? MATCH_CERTAIN
                                                                          : MATCH_NO;
}

/* Spain: a letter, seven digits, and a sign that is a digit or a letter by the kind of company; ES
 * may stand before it. */
enum verdict valid_cif_es(const struct matched *m) {
    char all[ID_MOST];
    const char *d = id_signs(m, all) > 9 ? all + 2 : all;
    int sum = 0;
    for (int i = 1; i <= 7; i++) {
        int v = (d[i] - '0') * (1 + i % 2);
        sum += v / 10 + v % 10;
    }
    int check = (10 - sum % 10) % 10;
    bool kind = strchr("ABCDEFGHJNPQRSUVW", d[0]) != NULL;
    return id_agreed(kind && (d[8] - '0' == check || d[8] == "JABCDEFGHI"[check]));
}

enum verdict valid_nip_pl(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    return id_agreed(d[0] != '0' && !id_all_same(d, 10)
                     && sum_weighted(d, "657234567", 11) == d[9] - '0');
}

enum verdict valid_uid_ch(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int rest = 11 - sum_weighted(d, "54327654", 11);
    return rest != 10 && rest % 11 == d[8] - '0' ? MATCH_CERTAIN : MATCH_NO;
}

enum verdict valid_org_no(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int rest = 11 - sum_weighted(d, "32765432", 11);
    return id_agreed((d[0] == '8' || d[0] == '9') && rest % 11 == d[8] - '0');
}

enum verdict valid_cvr_dk(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    return id_agreed(d[0] != '0' && !id_all_same(d, 8) && sum_weighted(d, "27654321", 11) == 0);
}

enum verdict valid_org_fi(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int rest = (11 - sum_weighted(d, "79:5842", 11)) % 11;
    bool ok = !id_all_same(d, 7) && rest == d[7] - '0';
    return !ok ? MATCH_NO : m->text.len > 8 ? MATCH_VALIDATED : MATCH_YES;
}

/* Sweden: like a person's number with a month that is none. */
enum verdict valid_org_se(const struct matched *m) {
    char d[ID_MOST];
    size_t n = id_digits(m, d);
    const char *ten = n == 12 ? d + 2 : d;
    bool shape = n == 10 || (n == 12 && id_two(d) == 16);
    return id_shaped(shape && ten[0] != '0' && ten[2] >= '2' && sum_luhn(ten, 10), m);
}

enum verdict valid_brn_kr(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int sum = sum_weighted(d, "137137135", 1 << 20) + (d[8] - '0') * 5 / 10;
    bool given = memcmp(d, "101", 3) >= 0 && id_two(d + 3) > 0 && memcmp(d + 5, "0000", 4) != 0;
    return id_shaped(given && !id_all_same(d, 10) && (10 - sum % 10) % 10 == d[9] - '0', m);
}

/* Singapore: businesses, companies (by year), and all others (by year and a sort of two letters).
 */
enum verdict valid_uen_sg(const struct matched *m) {
    char d[ID_MOST];
    size_t n = id_signs(m, d);
    if (n == 9) {
        return id_agreed(d[8] == "XMKECAWLJDB"[sum_weighted(d, ":4938271", 11)]);
    }
    if (id_is_digit(d[0])) {
        int year = id_two(d) * 100 + id_two(d + 2);
        bool shape = year >= 1800 && year <= 2100;
        return id_shaped(shape && d[9] == "ZKCMDNERGWH"[sum_weighted(d, ":86497531", 11)], m);
    }
    static const char order[] = "ABCDEFGHJKLMNPQRSTUVWX0123456789";
    static const int weights[] = {4, 3, 5, 3, 10, 2, 2, 5, 7};
    int sum = 0;
    for (int i = 0; i < 9; i++) {
        const char *at = strchr(order, d[i]);
        if (!at || !d[i]) {
            return MATCH_NO;
        }
        sum += (int)(at - order) * weights[i];
    }
    bool shape = strchr("RST", d[0]) != NULL;
    return shape && d[9] == order[(sum + 6) % 11] ? MATCH_CERTAIN : MATCH_NO;
}

/* Brazil's CNPJ: two check digits, weights that go 2 to 9 from the right. */
enum verdict valid_cnpj_br(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int first = sum_weighted(d, "543298765432", 11);
    int second = sum_weighted(d, "6543298765432", 11);
    bool ok = (first < 2 ? 0 : 11 - first) == d[12] - '0'
              && (second < 2 ? 0 : 11 - second) == d[13] - '0';
    if (!ok || id_all_same(d, 14)) {
        return MATCH_NO;
    }
    return m->text.len > 14 ? MATCH_CERTAIN : MATCH_VALIDATED; /* a time is 14 digits, too */
}
