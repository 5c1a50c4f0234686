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

enum verdict valid_phone(const struct matched *m) {
    char d[24];
    size_t n = digits_of(m->text, d, sizeof d - 1);
    if (n < 7 || n > 15 || all_same(d, n) || in_number(m)) {
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
    return n == 10 && alone ? MATCH_YES : MATCH_NO;
}

/* 12.34.56.78 */
static bool is_counted(struct str s) {
    char last = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (isdigit((unsigned char)c) && last && c != last + 1) {
            return false;
        }
        last = isdigit((unsigned char)c) ? c : last;
    }
    return true;
}

enum verdict valid_ip(const struct matched *m) {
    int part[4] = {0};
    size_t k = 0;
    struct str rest = m->text;
    struct str head = {0};
    while (k < 4) {
        str_cut(rest, '.', &head, &rest);
        uint64_t v = 0;
        if (!str_to_u64(head, &v) || v > 255 || (head.len > 1 && head.ptr[0] == '0')) {
            return MATCH_NO;
        }
        part[k++] = (int)v;
    }
    unsigned char b = before(m);
    if (b == '.' || b == 'v' || b == 'V' || b == '-' || (after(m) == '.' && isdigit(after(m)))) {
        return MATCH_NO;
    }
    bool private_ = part[0] == 10 || part[0] == 127 || part[0] == 0 || part[0] == 255
                    || (part[0] == 172 && part[1] >= 16 && part[1] < 32)
                    || (part[0] == 192 && part[1] == 168) || (part[0] == 169 && part[1] == 254)
                    || (part[0] == 100 && part[1] >= 64 && part[1] < 128)
                    || (part[0] == 192 && part[1] == 0 && part[2] == 2)
                    || (part[0] == 198 && part[1] == 51 && part[2] == 100)
                    || (part[0] == 203 && part[1] == 0 && part[2] == 113)
                    || (part[0] == 198 && (part[1] == 18 || part[1] == 19));
    bool version = part[0] < 10 && part[1] < 30 && part[2] < 30
                   && part[3] < 30; /* 1.2.3.4 is rather a version, 23.3.1.1 a section */
    version = version || (part[0] < 32 && part[1] < 10 && part[2] < 10 && part[3] < 10);
    /* Groups of receivers that everybody knows or that end where a network of one's own does (RFC
     * 5771, 2365, 6676); any other is somebody's. */
    bool group = (part[0] == 224 && part[1] == 0 && part[2] <= 1) || part[0] == 239
                 || (part[0] == 233 && part[1] == 252 && part[2] == 0);
    bool known = group || str_is(m->text, "8.8.8.8") || str_is(m->text, "8.8.4.4")
                 || str_is(m->text, "1.1.1.1") || str_is(m->text, "1.0.0.1")
                 || str_is(m->text, "9.9.9.9");
    struct str behind = str_sub(m->whole, m->from + m->text.len, m->whole.len);
    bool reversed = str_starts(behind, STR(".in-addr"));
    return private_ || version || known || reversed || is_counted(m->text) ? MATCH_NO
                                                                           : MATCH_VALIDATED;
}

/* What is routed everywhere, and groups that nobody assigned for all (RFC 4291: the second nibble
 * says so, the third one how far they reach). */
enum verdict valid_ip6(const struct matched *m) {
    static const char *const open[] = {
        "2001:db8:", "2001:0db8:", "3fff:", "2001:4860:4860::", "2606:4700:4700::", "2620:fe::"};
    int groups = 1;
    for (size_t i = 0; i < m->text.len; i++) {
        groups += m->text.ptr[i] == ':';
    }
    bool known = false;
    for (size_t i = 0; i < ARRAY_LEN(open); i++) {
        known = known || str_istarts(m->text, str_of(open[i]));
    }
    bool shape = groups >= 4 && groups <= 8 && (groups == 8 || str_contains(m->text, STR("::")));
    return !known && shape && before(m) != ':' && after(m) != ':' ? MATCH_VALIDATED : MATCH_NO;
}

/* Names that every container and every page about them has. */
enum verdict valid_internal_host(const struct matched *m) {
    static const char *const open[] = {"host.docker.internal", "gateway.docker.internal",
                                       "metadata.google.internal", "example.", "compute.internal"};
    unsigned char b = before(m);
    unsigned char a = after(m);
    bool user = b == '@' && m->from > 1 && isalnum((unsigned char)m->whole.ptr[m->from - 2]);
    bool part =
        b == '.' || b == '_' || b == '$' || (b == '@' && !user) || a == '(' || a == '_' || a == '=';
    return part || any_of(m->text, open, ARRAY_LEN(open)) ? MATCH_NO : MATCH_YES;
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

/* Six pairs that one sign parts, or three fours that dots do and that are no numbers. */
static bool is_mac_shape(struct str s) {
    bool dots = s.ptr[2] != ':' && s.ptr[2] != '-';
    bool letter = false;
    bool digit = false;
    for (size_t i = 0; i < s.len; i++) {
        letter = letter || isalpha((unsigned char)s.ptr[i]);
        digit = digit || isdigit((unsigned char)s.ptr[i]);
        if (!dots && i % 3 == 2 && s.ptr[i] != s.ptr[2]) {
            return false;
        }
    }
    return !dots || (letter && digit);
}

/* An odd first byte addresses a group (IEEE 802); the others are what manuals show. */
enum verdict valid_mac(const struct matched *m) {
    static const char *const shown[] = {"000000000000", "aabbccddeeff", "001122334455",
                                        "123456789abc", "0123456789ab", "deadbeefcafe"};
    char d[13] = "";
    size_t n = 0;
    for (size_t i = 0; i < m->text.len && n < 12; i++) {
        char c = m->text.ptr[i];
        if (isalnum((unsigned char)c)) {
            d[n++] = (char)tolower((unsigned char)c);
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
        if (strcmp(d, shown[i]) == 0) {
            return MATCH_NO;
        }
    }
    bool group = char_is_of(d[1], "13579bdf");
    unsigned char b = before(m);
    unsigned char a = after(m);
    bool longer = a == ':' || b == ':' || b == '.' || (a == '-' && m->text.ptr[2] == '-')
                  || (b == '-' && m->text.ptr[2] == '-');
    return group || longer || !is_mac_shape(m->text) ? MATCH_NO : MATCH_YES;
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
        "user",    "ubuntu",   "runner", "vscode", "node",   "app",      "dev",      "me",
        "you",     "username", "name",   "Shared", "build",  "circleci", "jenkins",  "docker",
        "pi",      "Public",   "admin",  "test",   "git",    "work",     "youruser", "yourname",
        "vagrant", "example",  "foo",    "bar",    "foobar", "someone",  "somebody", "your_name"};
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

enum verdict valid_card(const struct matched *m) {
    char d[20];
    size_t n = digits_of(m->text, d, 19);
    bool shape = n >= 13 && n <= 19 && !all_same(d, n) && !in_number(m);
    return shape && luhn(d, n) ? MATCH_VALIDATED : MATCH_NO;
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
