/* What a match must be beyond its shape: checksums, ranges, and the well-known values that mean
 * nobody. */
#include "sense/look.h"
#include "sense/tagger_inside.h"

/* ---- personal ---- */

enum verdict valid_email(const struct matched *m) {
    static const char *const open[] = {
        "example.com",       "example.org",        "example.net",
        "test.com",          "localhost",          "domain.com",
        "email.com",         "git@github.com",     "git@gitlab.com",
        "git@bitbucket.org", "noreply.github.com", "git@codeberg.org",
        "yourdomain",        "your-domain",        "yourcompany",
        "company.com",       "acme.com",           "foo.com",
        "bar.com",           "example.edu"};
    static const char *const nobody[] = {"noreply", "no-reply", "donotreply", "do-not-reply"};
    struct str user = {0};
    struct str host = {0};
    size_t end = m->from + m->text.len;
    if (after(m) == '.' && end + 1 < m->whole.len
        && isalnum((unsigned char)m->whole.ptr[end + 1])) {
        return MATCH_NO; /* the host goes on: the longer match decides */
    }
    str_cut(m->text, '@', &user, &host);
    for (size_t i = 0; i < ARRAY_LEN(nobody); i++) {
        if (str_ieq(user, str_of(nobody[i]))) {
            return MATCH_NO;
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(open); i++) {
        struct str o = str_of(open[i]);
        bool whole = str_contains(o, STR("@"));
        if (whole ? str_ieq(m->text, o) : str_icontains(host, o)) {
            return MATCH_NO;
        }
    }
    if (str_ends(host, STR(".example")) || str_ends(host, STR(".test"))
        || str_ends(host, STR(".invalid")) || str_ends(host, STR(".png"))
        || str_ends(host, STR(".jpg"))) {
        return MATCH_NO;
    }
    return MATCH_VALIDATED;
}

static bool in_number(const struct matched *m) {
    unsigned char b = before(m);
    unsigned char a = after(m);
    bool group = b == ' ' && m->from > 1 && isdigit((unsigned char)m->whole.ptr[m->from - 2]);
    return isdigit(b) || isdigit(a) || b == '.' || group
           || (a == '.' && m->from + m->text.len + 1 < m->whole.len
               && isdigit((unsigned char)m->whole.ptr[m->from + m->text.len + 1]));
}

/* Whether a country has it (ITU-T E.164, assigned codes). */
static bool is_country(const char *d) {
    static const char two[] =
        "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 "
        "56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98";
    static const char three[] =
        "211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 "
        "237 238 239 240 241 242 243 244 245 246 247 248 249 250 251 252 253 254 255 256 257 258 "
        "260 261 262 263 264 265 266 267 268 269 290 291 297 298 299 350 351 352 353 354 355 356 "
        "357 358 359 370 371 372 373 374 375 376 377 378 379 380 381 382 383 385 386 387 389 420 "
        "421 423 500 501 502 503 504 505 506 507 508 509 590 591 592 593 594 595 596 597 598 599 "
        "670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690 691 692 800 "
        "808 850 852 853 855 856 870 878 880 881 882 883 886 888 960 961 962 963 964 965 966 967 "
        "968 970 971 972 973 974 975 976 977 979 992 993 994 995 996 998";
    bool found = d[0] == '1' || d[0] == '7';
    for (size_t i = 0; i + 2 < sizeof two && !found; i += 3) {
        found = memcmp(two + i, d, 2) == 0;
    }
    for (size_t i = 0; i + 3 < sizeof three && !found; i += 4) {
        found = memcmp(three + i, d, 3) == 0;
    }
    return found;
}

/* A plus behind a letter or a digit is of a version or a sum: `1.2+20220202101403`. */
enum verdict valid_phone(const struct matched *m) {
    char d[24];
    size_t n = digits_of(m->text, d, sizeof d - 1);
    bool abroad = m->text.ptr[0] == '+';
    bool time = n == 14 && memcmp(d, "20", 2) == 0 && d[4] <= '1' && d[6] <= '3';
    if (n < 7 || n > 15 || all_same(d, n) || in_number(m)
        || (abroad && (isalnum(before(m)) || time || !is_country(d)))) {
        return MATCH_NO;
    }
    d[n] = 0;
    return strstr(d, "5550100") || strncmp(d, "12345678", 8) == 0 ? MATCH_NO : MATCH_YES;
}

/* Turkey's areas begin with 2, 3, 4, mobiles with 5. */
enum verdict valid_phone_tr(const struct matched *m) {
    char d[12];
    size_t n = digits_of(m->text, d, 11);
    return n == 10 && d[0] >= '2' && d[0] <= '5' && !all_same(d, n) ? MATCH_YES : MATCH_NO;
}

/* China's have eleven digits, India's ten in two halves. */
enum verdict valid_phone_mobile(const struct matched *m) {
    char d[12];
    size_t n = digits_of(m->text, d, 11);
    bool china = n == 11 && d[0] == '1' && d[1] >= '3';
    bool india = n == 10 && d[0] >= '6';
    return (china || india) && !all_same(d + 1, n - 1) ? MATCH_YES : MATCH_NO;
}

/* With the zero that stands for the country. */
enum verdict valid_phone_local(const struct matched *m) {
    char d[16];
    size_t n = digits_of(m->text, d, sizeof d - 1);
    bool alone = before(m) != '-' && before(m) != '/' && after(m) != '-' && after(m) != '/';
    return n >= 9 && n <= 12 && alone && !in_number(m) && !all_same(d, n) ? MATCH_YES : MATCH_NO;
}

enum verdict valid_phone_us(const struct matched *m) {
    char d[16];
    size_t n = digits_of(m->text, d, sizeof d - 1);
    bool alone = !in_number(m) && before(m) != '-' && after(m) != '-';
    bool mixed = str_find_char(m->text, '.') >= 0 && str_find_char(m->text, '-') >= 0; /* a law's */
    return n == 10 && alone && !mixed ? MATCH_YES : MATCH_NO;
}

/* Of one's own data, not of a database system or of its manual. */
enum verdict valid_table_name(const struct matched *m) {
    static const char *const open[] = {"sqlite_",    "pg_",   "information_", "my_table",
                                       "table_name", "your_", "test_",        "example"};
    return any_of(m->text, open, ARRAY_LEN(open)) ? MATCH_NO : MATCH_YES;
}

/* What it is called is no word that things are called by: "Project Manager", "Test Suite". */
enum verdict valid_project(const struct matched *m) {
    static const char *const before_it[] = {"Project", "Operation", "Codename"};
    struct word first = {0};
    struct word second = {0};
    size_t at = 0;
    if (!word_next(m->text, &at, &first) || !word_next(m->text, &at, &second)) {
        return MATCH_NO;
    }
    struct str leads = str_sub(m->text, first.from, first.to);
    bool led = false;
    for (size_t i = 0; i < ARRAY_LEN(before_it); i++) {
        led = led || str_eq(leads, str_of(before_it[i]));
    }
    const unsigned plain = WORD_IS_COMMON | WORD_CAPITAL | WORD_ORG_PART | WORD_ROLE | WORD_ORG;
    return (led ? second.flags : first.flags) & plain ? MATCH_NO : MATCH_YES;
}

/* Standards and weaknesses that everybody knows are numbered alike. */
enum verdict valid_ticket(const struct matched *m) {
    static const char *const known[] = {"CVE-", "RFC-", "ISO-", "PEP-", "CWE-", "GHSA-", "UTF-"};
    bool is_known = after(m) == '-';
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        is_known = is_known || str_starts(m->text, str_of(known[i]));
    }
    return is_known ? MATCH_NO : MATCH_YES;
}

/* Whose home it is. */
static bool is_home_of(struct str path, const char *const *names, size_t n) {
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != '/' && path.ptr[at - 1] != '\\') {
        at--;
    }
    struct str who = str_sub(path, at, path.len);
    for (size_t i = 0; i < n; i++) {
        if (str_ieq(who, str_of(names[i]))) {
            return true;
        }
    }
    return false;
}

/* Who has one in manuals; somebody may be called so, too. */
static const char *const EXAMPLES[] = {"fred", "alice", "bob", "jdoe", "johndoe", "janedoe"};

enum verdict valid_home_path(const struct matched *m) {
    static const char *const nobody[] = {
        "user",    "ubuntu",   "runner", "vscode", "node",   "app",      "dev",       "me",
        "you",     "username", "name",   "Shared", "build",  "circleci", "jenkins",   "docker",
        "pi",      "Public",   "admin",  "test",   "git",    "work",     "youruser",  "yourname",
        "vagrant", "example",  "foo",    "bar",    "foobar", "someone",  "somebody",  "your_name",
        "www",     "www-data", "ftp",    "httpd",  "nginx",  "apache",   "mysql",     "postgres",
        "oracle",  "deploy",   "svc",    "centos", "debian", "ec2-user", "service",   "azureuser",
        "hadoop",  "spark",    "jovyan", "coder",  "gitpod", "student",  "codespace", "airflow",
        "guest",   "nobody",   "public", "shared", "share",  "common",   "backup",    "data"};
    bool shown = is_home_of(m->text, nobody, ARRAY_LEN(nobody))
                 || is_home_of(m->text, EXAMPLES, ARRAY_LEN(EXAMPLES));
    return shown ? MATCH_NO : MATCH_YES;
}

enum verdict valid_example_home(const struct matched *m) {
    size_t end = m->from + m->text.len;
    bool goes_on = char_is_of((char)after(m), ".-_") && end + 1 < m->whole.len
                   && isalnum((unsigned char)m->whole.ptr[end + 1]);
    return goes_on ? MATCH_NO : MATCH_YES;
}

/* ---- private ---- */

static bool luhn(const char *d, size_t n) {
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        int v = d[n - 1 - i] - '0';
        if (i % 2) {
            v *= 2;
            v = v > 9 ? v - 9 : v;
        }
        sum += v;
    }
    return sum % 10 == 0;
}

/* How long a card's number is that begins so (ISO/IEC 7812 and what the issuers publish); any
 * number of thirteen digits is right by Luhn in one of ten cases. */
static bool is_card_length(const char *d, size_t n) {
    int two = (d[0] - '0') * 10 + (d[1] - '0');
    int four = two * 100 + (d[2] - '0') * 10 + (d[3] - '0');
    if (two == 34 || two == 37 || four == 1800 || four == 2131) {
        return n == 15;
    }
    if (two == 30 || two == 36 || two == 38 || two == 39) {
        return n == 14 || n == 16;
    }
    if (d[0] == '4') {
        return n == 13 || n == 16 || n == 19;
    }
    bool maestro = four == 5018 || four == 5020 || four == 5038 || four == 5893 || four == 6304
                   || four == 6759 || (four >= 6761 && four <= 6763);
    bool longer = d[0] == '6' || two == 50 || (two >= 56 && two <= 58) || four / 10 == 352;
    return n == 16 || (maestro && n >= 13) || (longer && n > 16);
}

enum verdict valid_card(const struct matched *m) {
    char d[20];
    size_t n = digits_of(m->text, d, 19);
    bool shape = n >= 13 && n <= 19 && !all_same(d, n) && !in_number(m);
    return shape && is_card_length(d, n) && luhn(d, n) ? MATCH_VALIDATED : MATCH_NO;
}

enum verdict valid_card_said(const struct matched *m) {
    char d[20];
    size_t n = digits_of(m->text, d, 19);
    bool shape = n >= 12 && n <= 19 && !all_same(d, n) && !in_number(m);
    return shape && luhn(d, n) ? MATCH_VALIDATED : MATCH_NO;
}

/* How long each country's are: the registry of ISO 13616, and those that use one without being in
 * it. */
static size_t iban_length(const char *country) {
    static const struct {
        unsigned char length;
        const char *countries;
    } lengths[] = {{15, "NO"},
                   {16, "BE"},
                   {18, "DK FI FK FO GL NL SD"},
                   {19, "MK SI"},
                   {20, "AT BA EE KZ LT LU MN XK"},
                   {21, "CH HR LI LV"},
                   {22, "BG BH CR DE GB GE IE ME RS VA"},
                   {23, "AE GI IL IQ OM SO TL"},
                   {24, "AD CZ ES MD PK RO SA SE SK TN VG"},
                   {25, "AO CV GW LY MZ PT ST"},
                   {26, "DZ IR IS TR"},
                   {27, "BI CF CG CM DJ FR GA GQ GR IT KM MC MG MR SM TD"},
                   {28, "AL AZ BF BJ BY CI CY DO GT HN HU LB MA ML NE NI PL SN SV TG"},
                   {29, "BR EG PS QA UA"},
                   {30, "JO KW MU YE"},
                   {31, "MT SC"},
                   {32, "LC"},
                   {33, "RU"}};
    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        for (const char *c = lengths[i].countries; *c; c += 2 + (c[2] == ' ')) {
            if (memcmp(c, country, 2) == 0) {
                return lengths[i].length;
            }
        }
    }
    return 0;
}

/* ISO 13616: the country and check digits go to the end, letters count from 10, modulo 97 is 1. */
enum verdict valid_iban(const struct matched *m) {
    char s[40];
    size_t n = 0;
    for (size_t i = 0; i < m->text.len && n < sizeof s; i++) {
        if (isalnum((unsigned char)m->text.ptr[i])) {
            s[n++] = (char)toupper((unsigned char)m->text.ptr[i]);
        }
    }
    if (n != iban_length(s)) {
        return MATCH_NO; /* what follows was taken along; where it does not, there is a match, too
                          */
    }
    int rest = 0;
    for (size_t i = 0; i < n; i++) {
        char c = s[(i + 4) % n];
        int v = isdigit((unsigned char)c) ? c - '0' : c - 'A' + 10;
        rest = (v > 9 ? rest * 100 + v : rest * 10 + v) % 97;
    }
    return rest == 1 ? MATCH_VALIDATED : MATCH_NO;
}

enum verdict valid_ssn(const struct matched *m) {
    char d[12];
    if (digits_of(m->text, d, 11) != 9 || in_number(m) || before(m) == '-' || after(m) == '-') {
        return MATCH_NO;
    }
    bool never = memcmp(d, "000", 3) == 0 || memcmp(d, "666", 3) == 0 || d[0] == '9'
                 || memcmp(d + 3, "00", 2) == 0 || memcmp(d + 5, "0000", 4) == 0
                 || memcmp(d, "123456789", 9) == 0 || memcmp(d, "078051120", 9) == 0;
    return never ? MATCH_NO : MATCH_YES;
}

enum verdict valid_coordinates(const struct matched *m) {
    struct str a = {0};
    struct str b = {0};
    double lat = 0;
    double lon = 0;
    str_cut(m->text, ',', &a, &b);
    bool ok = str_to_double(str_trim(a), &lat) && str_to_double(str_trim(b), &lon)
              && fabs(lat) <= 90 && fabs(lon) <= 180;
    return ok && (lat != 0 || lon != 0) ? MATCH_YES : MATCH_NO;
}

/* One of a pair: it says by itself that it is no whole number. */
enum verdict valid_degrees(const struct matched *m) {
    double v = 0;
    return str_to_double(m->text, &v) && v > 0 && v <= 180 ? MATCH_YES : MATCH_NO;
}

/* A day of somebody's life, year first or last. */
enum verdict valid_date(const struct matched *m) {
    uint64_t part[3] = {0};
    size_t k = 0;
    for (size_t i = 0; i < m->text.len && k < 3; i++) {
        char c = m->text.ptr[i];
        if (isdigit((unsigned char)c)) {
            part[k] = part[k] * 10 + (uint64_t)(c - '0');
        } else {
            k++;
        }
    }
    bool first = part[0] > 31;
    uint64_t year = first ? part[0] : part[2];
    uint64_t day = first ? part[2] : part[0];
    bool lived = year < 100 || (year >= 1900 && year < 2100);
    bool could = part[1] >= 1 && day >= 1 && part[1] <= 31 && day <= 31;
    return lived && could && (part[1] <= 12 || day <= 12) ? MATCH_YES : MATCH_NO;
}

/* Where the text says that it is one, numbers that are never given out count too: somebody wrote
 * them down as somebody's. */
enum verdict valid_ssn_said(const struct matched *m) {
    char d[12];
    bool shown = digits_of(m->text, d, 11) != 9 || in_number(m) || all_same(d, 9)
                 || memcmp(d, "000", 3) == 0 || memcmp(d, "666", 3) == 0
                 || memcmp(d + 3, "00", 2) == 0 || memcmp(d + 5, "0000", 4) == 0
                 || memcmp(d, "123456789", 9) == 0 || memcmp(d, "078051120", 9) == 0;
    return shown ? MATCH_NO : MATCH_YES;
}

/* A number that some office gave: with at least three digits, and not made of one. */
enum verdict valid_member_id(const struct matched *m) {
    char d[16];
    size_t n = digits_of(m->text, d, sizeof d - 1);
    unsigned char b = before(m);
    return n < 3 || all_same(d, n) || b == '-' || b == '_' || b == '.' || after(m) == '-'
                   || after(m) == '_'
               ? MATCH_NO
               : MATCH_YES;
}

enum verdict valid_cpf(const struct matched *m) {
    char d[12];
    if (digits_of(m->text, d, 11) != 11 || all_same(d, 11)) {
        return MATCH_NO;
    }
    for (int check = 9; check < 11; check++) {
        int sum = 0;
        for (int i = 0; i < check; i++) {
            sum += (d[i] - '0') * (check + 1 - i);
        }
        int want = sum * 10 % 11 % 10;
        if (want != d[check] - '0') {
            return MATCH_NO;
        }
    }
    return MATCH_VALIDATED;
}
