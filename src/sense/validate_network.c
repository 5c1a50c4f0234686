/* Addresses of networks, hosts and cards: those of documentation, of networks of one's own and of
 * what everybody has are nobody's. */
#include "sense/look.h"

enum { SECTIONS = 64 }; /* as many parts has no part of a text */

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

/* A fifth number follows. */
static bool goes_on(const struct matched *m) {
    size_t to = m->from + m->text.len;
    return after(m) == '.' && to + 1 < m->whole.len && isdigit((unsigned char)m->whole.ptr[to + 1]);
}

/* "5.6.31.2. Testsuite" on a line, "section 5.6.31.2": numbers of a text's parts, which stay small.
 */
static bool is_section(const struct matched *m, const int part[4]) {
    static const char *const words[] = {"section ", "sections ", "chapter ", "clause ", "\xc2\xa7"};
    if (part[0] >= SECTIONS || part[1] >= SECTIONS || part[2] >= SECTIONS || part[3] >= SECTIONS) {
        return false;
    }
    struct str head = str_sub(m->whole, 0, m->from);
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (head.len >= strlen(words[i])
            && str_ieq(str_sub(head, head.len - strlen(words[i]), head.len), str_of(words[i]))) {
            return true;
        }
    }
    size_t at = m->from;
    while (at && char_is_of(m->whole.ptr[at - 1], " \t#*")) {
        at--;
    }
    size_t to = m->from + m->text.len;
    to += to < m->whole.len && m->whole.ptr[to] == '.';
    size_t title = to;
    while (title < m->whole.len && char_is_of(m->whole.ptr[title], " \t")) {
        title++;
    }
    bool titled = title > to && title < m->whole.len && isupper((unsigned char)m->whole.ptr[title]);
    return titled && (!at || m->whole.ptr[at - 1] == '\n');
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
    if (b == '.' || b == 'v' || b == 'V' || b == '-' || goes_on(m) || is_section(m, part)) {
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
    bool version = part[0] < 10 && part[1] < 100 && part[2] < 30
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

/* Cards that a program made up for its machines: Docker, QEMU, VMware, VirtualBox, Xen, Hyper-V. */
static bool is_virtual(const char *d) {
    static const char *const makers[] = {"0242",   "525400", "005056", "000c29",
                                         "000569", "080027", "00163e", "00155d"};
    for (size_t i = 0; i < ARRAY_LEN(makers); i++) {
        if (strncmp(d, makers[i], strlen(makers[i])) == 0) {
            return true;
        }
    }
    return false;
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
    bool nobody = char_is_of(d[1], "13579bdf") || is_virtual(d);
    unsigned char b = before(m);
    unsigned char a = after(m);
    bool longer = a == ':' || b == ':' || b == '.' || (a == '-' && m->text.ptr[2] == '-')
                  || (b == '-' && m->text.ptr[2] == '-');
    return nobody || longer || !is_mac_shape(m->text) ? MATCH_NO : MATCH_YES;
}
