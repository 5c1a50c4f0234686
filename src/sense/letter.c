/* What a letter is, of which script and case, and what is left of it without accents. */
#include "sense/words_inside.h"

/* Two places a letter, U+00C0 to U+024F: what is left without accents. Blank: kept as it is. */
static const char FOLDED[] = "a a a a a a aec e e e e i i i i "
                             "d n o o o o o   o u u u u y thss"
                             "a a a a a a aec e e e e i i i i "
                             "d n o o o o o   o u u u u y thy "
                             "a a a a a a c c c c c c c c d d "
                             "d d e e e e e e e e e e g g g g "
                             "g g g g h h     i i i i i i i i "
                             "i i     j j k k   l l l l l l   "
                             "  l l n n n n n n       o o o o "
                             "o o oeoer r r r r r s s s s s s "
                             "s s t t t t     u u u u u u u u "
                             "u u u u w w y y y z z z z z z   "
                             "                                "
                             "                                "
                             "o o                           u "
                             "u                               "
                             "                          a a i "
                             "i o o u u u u u u u u u u   a a "
                             "a a         g g k k o o o o     "
                             "j       g g     n n a a         "
                             "a a a a e e e e i i i i o o o o "
                             "r r r r u u u u s s t t     h h "
                             "            a a e e o o o o o o "
                             "o o y y                         "
                             "                                ";
/* A bit each: capitals among them. */
static const unsigned char CAPITALS[50] = {
    0xff, 0xff, 0x7f, 0x7f, 0x00, 0x00, 0x00, 0x00, 0x55, 0x55, 0x55, 0x55, 0x55,
    0x55, 0x55, 0xaa, 0xaa, 0x54, 0x55, 0x55, 0x55, 0x55, 0x55, 0x2b, 0xd6, 0xce,
    0xdb, 0xb1, 0xd5, 0xd2, 0xae, 0x11, 0x90, 0xa4, 0xaa, 0x4a, 0x55, 0x55, 0xd2,
    0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x05, 0x6c, 0x7a, 0x55};

enum { LATIN_FIRST = 0xc0, LATIN_LAST = 0x24f };

const unsigned char LETTER_SORTS[256] = {['a' ... 'z'] = SORT_SMALL,
                                         ['A' ... 'Z'] = SORT_CAPITAL,
                                         ['0' ... '9'] = SORT_DIGIT,
                                         [0x80 ... 0xff] = SORT_WIDE};

#define SMALL(c) [c] = SORT_SMALL << 8 | (c), [(c)-32] = SORT_CAPITAL << 8 | (c)
const uint16_t LETTER_ASCII[256] = {SMALL('a'), SMALL('b'), SMALL('c'),
                                    SMALL('d'), SMALL('e'), SMALL('f'),
                                    SMALL('g'), SMALL('h'), SMALL('i'),
                                    SMALL('j'), SMALL('k'), SMALL('l'),
                                    SMALL('m'), SMALL('n'), SMALL('o'),
                                    SMALL('p'), SMALL('q'), SMALL('r'),
                                    SMALL('s'), SMALL('t'), SMALL('u'),
                                    SMALL('v'), SMALL('w'), SMALL('x'),
                                    SMALL('y'), SMALL('z'), ['0' ... '9'] = SORT_DIGIT << 8 | '0'};
#undef SMALL

/* One of another alphabet; bytes that are no UTF-8 are no letters. */
struct letter letter_wide(struct str s, size_t i) {
    unsigned char lead = (unsigned char)s.ptr[i];
    unsigned n = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || i + n > s.len) {
        return (struct letter){SORT_NONE, 1, lead};
    }
    uint32_t code = lead & (0xffU >> (n + 1));
    for (unsigned k = 1; k < n; k++) {
        unsigned char c = (unsigned char)s.ptr[i + k];
        if ((c & 0xc0) != 0x80) {
            return (struct letter){SORT_NONE, 1, lead};
        }
        code = code << 6 | (c & 0x3fU);
    }
    if (code >= LATIN_FIRST && code <= LATIN_LAST && code != 0xd7 && code != 0xf7) {
        unsigned at = code - LATIN_FIRST;
        bool capital = (CAPITALS[at / 8] >> (at % 8) & 1) != 0;
        return (struct letter){capital ? SORT_CAPITAL : SORT_SMALL, n, code};
    }
    if (code >= 0x370 && code < 0x530) { /* Greek and Cyrillic */
        bool capital = (code >= 0x386 && code <= 0x3ab) || (code >= 0x400 && code <= 0x42f);
        return (struct letter){capital ? SORT_CAPITAL : SORT_SMALL, n, code};
    }
    bool caseless = (code >= 0x530 && code < 0x2000) || (code >= 0x2e80 && code < 0x3000)
                    || (code >= 0x3040 && code < 0xd800);
    return (struct letter){caseless ? SORT_CASELESS : SORT_NONE, n, code};
}

const char *letter_folded(uint32_t code) {
    if (code < LATIN_FIRST || code > LATIN_LAST) {
        return NULL;
    }
    const char *f = FOLDED + 2 * (size_t)(code - LATIN_FIRST);
    return f[0] != ' ' ? f : NULL;
}
