/* What stands between two words. */
#include "sense/words_inside.h"

static enum gap gap_of(uint32_t c) {
    switch (c) {
    case ' ':
    case '\t':
    case 0xa0:
        return GAP_BLANK;
    case ',':
    case ';':
        return GAP_COMMA;
    case '.':
    case '!':
    case '?':
    case 0x2026:
        return GAP_STOP;
    case ':':
        return GAP_COLON;
    case '"':
    case 0x201c:
    case 0x201d:
    case 0x201e:
    case 0xab:
    case 0xbb:
        return GAP_QUOTE;
    case '\'':
    case '`':
    case 0x2018:
    case 0x2019:
        return GAP_APOSTROPHE;
    case '(':
    case ')':
    case '[':
    case ']':
        return GAP_BRACKET;
    case '-':
        return GAP_HYPHEN;
    case 0x2013:
    case 0x2014:
        return GAP_DASH;
    case '\n':
    case '\r':
        return GAP_LINE;
    case '@':
        return GAP_AT;
    case '/':
    case '\\':
    case '_':
    case '=':
    case '<':
    case '>':
    case '{':
    case '}':
    case '$':
    case '#':
        return GAP_CODE;
    default:
        return GAP_OTHER;
    }
}

/* Sums up what stands between two words: a blank alone says least, a line end most, else the last
 * sign. */
enum gap gap_next(struct str s, size_t *at, bool *line, bool *tight) {
    enum gap out = GAP_NOTHING;
    bool blank = false;
    *line = *at == 0;
    while (*at < s.len) {
        struct letter l = letter_at(s, *at);
        if (l.sort != SORT_NONE) {
            break;
        }
        enum gap g = gap_of(l.code);
        if (g == GAP_LINE) {
            *line = true;
        }
        blank = blank || g == GAP_BLANK || g == GAP_LINE;
        if (out == GAP_NOTHING || out == GAP_BLANK || (g != GAP_BLANK && out != GAP_LINE)) {
            out = g;
        }
        *at += l.size;
    }
    if (*line && out != GAP_QUOTE && out != GAP_BRACKET) {
        out = GAP_LINE;
    }
    if (out == GAP_STOP && !blank) {
        out = GAP_DOT;
    }
    if (out == GAP_HYPHEN && blank) {
        out = GAP_DASH;
    }
    *tight = !blank;
    return out;
}
