/* European identity and tax numbers: each by its own arithmetic. Shapes are in the table; here the
 * digits are taken out and computed. */
#include "sense/numbers.h"

/* A digit that Italy writes as a letter where two people's codes would be the same; -1 none. */
static int digit_it(char c) {
    const char *at = strchr("LMNPQRSTUV", c);
    return id_is_digit(c) ? c - '0' : at && c ? (int)(at - "LMNPQRSTUV") : -1;
}

/* Italy: characters at odd places count by a table of their own; the day of women is 40 later. */
enum verdict valid_id_it(const struct matched *m) {
    static const signed char odd[] = {1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                      20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
    char d[ID_MOST];
    id_signs(m, d);
    int day = digit_it(d[9]) * 10 + digit_it(d[10]);
    bool born = day >= 1 && day <= 71 && day % 40 >= 1 && day % 40 <= 31;
    if (!strchr("ABCDEHLMPRST", d[8]) || !born) {
        return MATCH_NO;
    }
    int sum = 0;
    for (int i = 0; i < 15; i++) {
        int v = id_is_digit(d[i]) ? d[i] - '0' : d[i] - 'A';
        sum += i % 2 ? v : odd[v];
    }
    return id_certain(id_is_letter(d[15]) && sum % 26 == d[15] - 'A');
}

/* France: 97 minus the first thirteen digits modulo 97; Corsica's 2A and 2B count as 19 and 18. */
enum verdict valid_id_fr(const struct matched *m) {
    char d[ID_MOST];
    id_signs(m, d);
    if (id_is_letter(d[6])) {
        bool corsica = d[5] == '2' && d[6] <= 'B';
        d[5] = corsica ? '1' : 'X';
        d[6] = d[6] == 'A' ? '9' : '8';
    }
    if (d[5] == 'X') {
        return MATCH_NO;
    }
    bool shape = (d[0] == '1' || d[0] == '2') && id_two(d + 3) >= 1
                 && (id_two(d + 3) <= 12 || id_two(d + 3) >= 20);
    return id_certain(shape && 97 - sum_modulo(d, 13, 97) == id_two(d + 13));
}

/* Germany: of the first ten digits one is there twice or thrice, all others once at most. */
enum verdict valid_id_de(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int again = 0;
    int most = 0;
    for (int c = '0'; c <= '9'; c++) {
        int n = 0;
        for (int i = 0; i < 10; i++) {
            n += d[i] == c;
        }
        again += n > 1;
        most = n > most ? n : most;
    }
    return id_certain(d[0] != '0' && again == 1 && most <= 3 && sum_mod11_10(d, 11));
}

enum verdict valid_id_nl(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int sum = sum_weighted(d, "98765432", 11);
    return id_agreed(!id_all_same(d, 9) && sum == (d[8] - '0') % 11);
}

/* Belgium: 97 minus the first nine modulo 97; those born from 2000 have a 2 before them. */
enum verdict valid_id_be(const struct matched *m) {
    char d[ID_MOST] = {0};
    char later[ID_MOST] = {'2'};
    id_digits(m, d);
    memcpy(later + 1, d, 9);
    int check = id_two(d + 9);
    bool date = id_two(d + 2) <= 12 && id_two(d + 4) <= 31;
    bool ok = 97 - sum_modulo(d, 9, 97) == check || 97 - sum_modulo(later, 10, 97) == check;
    return !ok || !date ? MATCH_NO : m->text.len > 13 ? MATCH_CERTAIN : MATCH_VALIDATED;
}

enum verdict valid_id_pl(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int sum = sum_weighted(d, "1379137913", 10);
    return id_agreed(is_date(id_two(d + 2) % 20, id_two(d + 4)) && (10 - sum) % 10 == d[10] - '0');
}

/* Sweden: ten digits by Luhn, of a date; the century may stand before. A hyphen makes it one, or a
 * plus for who is a hundred; but "250312-1430" is a time. */
enum verdict valid_id_se(const struct matched *m) {
    char d[ID_MOST];
    char all[ID_MOST];
    size_t n = id_digits_of(m->text, all, ID_MOST);
    memset(d, '0', sizeof d);
    memcpy(d, n == 12 ? all + 2 : all, 10);
    int day = id_two(d + 4);
    bool century = n != 12 || (id_two(all) >= 18 && id_two(all) <= 20);
    bool ok = century && is_date(id_two(d + 2), day > 60 ? day - 60 : day) && sum_luhn(d, 10);
    bool time = id_two(d + 6) < 24 && id_two(d + 8) < 60;
    bool hyphen = str_find_char(m->text, '-') >= 0;
    return !ok ? MATCH_NO : hyphen && !time ? MATCH_CERTAIN : MATCH_VALIDATED;
}

enum verdict valid_id_fi(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    memmove(d + 6, m->text.ptr + 7, 3);
    char last = id_upper(m->text.ptr[m->text.len - 1]);
    return id_certain(is_date(id_two(d + 2), id_two(d))
                      && last == "0123456789ABCDEFHJKLMNPRSTUVWXY"[sum_modulo(d, 9, 31)]);
}

enum verdict valid_id_no(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int day = id_two(d) % 40;
    int month = id_two(d + 2) % 40;
    return id_certain(is_date(month, day) && sum_weighted(d, "3761894521", 11) == 0
                      && sum_weighted(d, "54327654321", 11) == 0);
}

/* Denmark's numbers have no checksum any more; the date must be one. */
enum verdict valid_id_dk(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    return is_date(id_two(d + 2), id_two(d)) ? MATCH_YES : MATCH_NO;
}

/* Czechia and Slovakia: divisible by 11, until 1985 also ten more and a zero; months of women plus
 * 50. */
enum verdict valid_id_cz(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    bool ten = d[9] == '0' && sum_modulo(d, 9, 11) == 10;
    return id_agreed(is_date(id_two(d + 2) % 50 % 20, id_two(d + 4))
                     && (ten || sum_modulo(d, 10, 11) == 0));
}

enum verdict valid_id_ro(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int sum = sum_weighted(d, "279146358279", 11);
    return id_agreed(is_date(id_two(d + 3), id_two(d + 5)) && (sum == 10 ? 1 : sum) == d[12] - '0');
}

enum verdict valid_id_bg(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    return id_agreed(is_date(id_two(d + 2) % 20, id_two(d + 4))
                     && sum_weighted(d, "2485:9736", 11) % 10 == d[9] - '0');
}

/* Croatia's OIB, also Germany's former scheme. */
enum verdict valid_id_hr(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    return id_agreed(!id_all_same(d, 11) && sum_mod11_10(d, 11));
}

/* Slovenia, Serbia, Bosnia, Montenegro, North Macedonia: day, month, year, place, check. */
enum verdict valid_id_yu(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int sum = 11 - sum_weighted(d, "765432765432", 11);
    return id_agreed(is_date(id_two(d + 2), id_two(d)) && (sum > 9 ? 0 : sum) == d[12] - '0');
}

/* Estonia and Lithuania: a second row of weights where the first gives ten. */
enum verdict valid_id_ee(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int sum = sum_weighted(d, "1234567891", 11);
    sum = sum == 10 ? sum_weighted(d, "3456789123", 11) % 10 : sum;
    return id_agreed(d[0] >= '1' && d[0] <= '6' && is_date(id_two(d + 3), id_two(d + 5))
                     && sum == d[10] - '0');
}

/* Latvia: a date, and weights that count down from 1101; newer numbers begin with 32 alone. */
enum verdict valid_id_lv(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int sum = (1101 - sum_weighted(d, "16379:5842", 1 << 20)) % 11 % 10;
    bool begins = is_date(id_two(d + 2), id_two(d)) || id_two(d) == 32;
    return id_agreed(begins && sum == d[10] - '0');
}

enum verdict valid_id_gr(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    return id_agreed(is_date(id_two(d + 2), id_two(d)) && sum_luhn(d, 11));
}

enum verdict valid_id_pt(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int sum = sum_weighted(d, "98765432", 11);
    bool sort = strchr("123568", d[0]) || id_two(d) == 45 /* people, companies, the state … */
                || (d[0] == '7' && !strchr("36", d[1])) || (d[0] == '9' && strchr("0189", d[1]));
    return id_agreed(sort && (sum < 2 ? 0 : 11 - sum) == d[8] - '0');
}

/* Switzerland: 756 and the check digit of an EAN, which goods and books have with other beginnings.
 */
enum verdict valid_id_ch(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int sum = sum_weighted(d, "131313131313", 10);
    return id_agreed(memcmp(d, "756", 3) == 0 && (10 - sum) % 10 == d[12] - '0');
}

enum verdict valid_id_at(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    char rest[9];
    memcpy(rest, d, 3);
    memcpy(rest + 3, d + 4, 6);
    return id_agreed(d[0] != '0' && is_date(id_two(d + 6) > 12 ? 12 : id_two(d + 6), id_two(d + 4))
                     && sum_weighted(rest, "379584216", 11) == d[3] - '0');
}

/* Ireland: seven digits and a letter, perhaps a second one that counts nine times. */
enum verdict valid_id_ie(const struct matched *m) {
    char d[ID_MOST];
    size_t n = id_signs(m, d);
    int sum = sum_weighted(d, "8765432", 23 * 9);
    int second = n > 8 && id_is_letter(d[8]) && d[8] != 'W' ? d[8] - 'A' + 1 : 0;
    return id_agreed(d[7] == "WABCDEFGHIJKLMNOPQRSTUV"[(sum + 9 * second) % 23]);
}

/* NHS: weights 10 to 2, modulo 11. */
enum verdict valid_id_nhs(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int sum = 11 - sum_weighted(d, ":98765432", 11);
    return id_agreed(!id_all_same(d, 10) && sum != 10 && sum % 11 == d[9] - '0');
}

enum verdict valid_id_tr(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int tenth =
        (sum_weighted(d, "7070707070", 1 << 20) + 1000 - sum_weighted(d + 1, "10101010", 1 << 20))
        % 10;
    return id_agreed(d[0] != '0' && tenth == d[9] - '0'
                     && sum_weighted(d, "1111111111", 10) == d[10] - '0');
}

/* Ukraine: days from 1900 to the birth of who lives, then the first digit's weight is -1. */
enum verdict valid_id_ua(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int days = id_two(d) * 1000 + sum_modulo(d + 2, 3, 1000);
    bool lives = days > 3600 && days < 50000;
    return id_agreed(lives && sum_weighted(d, ":57946:57", 11) % 10 == d[9] - '0');
}

/* Russia: SNILS, weights 9 to 1; INN of a person, two check digits. */
enum verdict valid_id_ru_snils(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    int sum = sum_weighted(d, "987654321", 101) % 100;
    return id_agreed(!id_all_same(d, 9) && sum == id_two(d + 9));
}

enum verdict valid_id_ru_inn(const struct matched *m) {
    char d[ID_MOST];
    id_digits(m, d);
    return id_agreed(sum_weighted(d, "724:359468", 11) % 10 == d[10] - '0'
                     && sum_weighted(d, "3724:359468", 11) % 10 == d[11] - '0');
}

/* Britain: prefixes that are never given out; QQ is what forms show. */
enum verdict valid_id_uk(const struct matched *m) {
    static const char *const never[] = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"};
    char d[ID_MOST];
    id_signs(m, d);
    for (size_t i = 0; i < ARRAY_LEN(never); i++) {
        if (memcmp(d, never[i], 2) == 0) {
            return MATCH_NO;
        }
    }
    bool shown = d[0] == 'Q' && d[1] == 'Q';
    bool shape = !strchr("DFIQUV", d[0]) && !strchr("DFIOQUV", d[1]) && d[8] <= 'D';
    bool capital = id_is_letter(m->text.ptr[0]) && id_is_letter(m->text.ptr[m->text.len - 1]);
    return !shape && !(shown && d[8] <= 'D') ? MATCH_NO : capital ? MATCH_CERTAIN : MATCH_YES;
}

static bool is_ordinal(const char *end) {
    return memcmp(end, "ST", 2) == 0 || memcmp(end, "ND", 2) == 0 || memcmp(end, "RD", 2) == 0
           || memcmp(end, "TH", 2) == 0;
}

/* Britain's postal code: an area that exists, and letters that are used behind. */
enum verdict valid_postcode_uk(const struct matched *m) {
    static const char areas[] =
        "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT "
        "DY E "
        "EC EH EN EX FK FY G GL GU HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE "
        "LL LN "
        "LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM "
        "SN "
        "SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE ";
    char d[ID_MOST];
    size_t n = id_signs(m, d);
    size_t letters = id_is_letter(d[1]) ? 2 : 1;
    const char *at = areas;
    while (*at && (memcmp(at, d, letters) != 0 || at[letters] != ' ')) {
        at += strcspn(at, " ") + 1;
    }
    bool inner = !strchr("CIKMOV", d[n - 1]) && !strchr("CIKMOV", d[n - 2]);
    bool size = d[n - 1] == 'B' && strchr("GTMK", d[n - 2]); /* of a disk */
    if (id_is_letter(d[n - 4])) { /* "W1A", "EC1A": only some are used there */
        inner = inner && strchr(letters == 2 ? "ABEHMNPRVWXY" : "ABCDEFGHJKPSTUW", d[n - 4]);
    }
    bool ordinal = letters == 1 && is_ordinal(d + n - 2); /* "E1 1ST" */
    bool plain = !ordinal && !size && id_is_letter(m->text.ptr[0])
                 && id_is_letter(m->text.ptr[m->text.len - 1])
                 && m->text.ptr[m->text.len - 4] == ' ';
    return !*at || !inner ? MATCH_NO : plain ? MATCH_CERTAIN : MATCH_YES;
}

/* Spain's DNI (seven digits in old ones), and the NIE of foreigners, whose letter stands for 0
 * to 2. */
enum verdict valid_dni(const struct matched *m) {
    char d[ID_MOST];
    size_t n = id_signs(m, d);
    if (id_is_letter(d[0])) {
        if (d[0] < 'X') {
            return MATCH_NO;
        }
        d[0] = (char)(d[0] - 'X' + '0');
    }
    char last = m->text.ptr[m->text.len - 1];
    bool ok = n >= 8 && d[n - 1] == "TRWAGMYFPDXBNJZSQVHLCKE"[sum_modulo(d, n - 1, 23)];
    return !ok ? MATCH_NO : id_is_letter(last) && n == 9 ? MATCH_CERTAIN : MATCH_VALIDATED;
}

/* A German office's number for a taxpayer: as it is written, or as it is sent, with the land's
 * digits before it and a zero behind the office's number. */
enum verdict valid_tax_number_de(const struct matched *m) {
    char d[ID_MOST];
    size_t n = id_digits(m, d);
    bool parted = str_find_char(m->text, '/') >= 0;
    static const unsigned char lands[] = {10, 11, 21, 22, 23, 24, 26, 27, 28, 30, 31, 32, 40, 41};
    bool land = n == 13 && (id_two(d) <= 16 || d[0] == '5' || d[0] == '9'); /* or by another list */
    for (size_t i = 0; i < ARRAY_LEN(lands); i++) {
        land = land || (n == 13 && id_two(d) == lands[i]);
    }
    bool form = n == 13 && d[4] == '0';
    bool ok = !id_all_same(d, n) && (parted || ((land || form) && id_two(d) > 0));
    return !ok ? MATCH_NO : land && form ? MATCH_VALIDATED : MATCH_YES;
}
