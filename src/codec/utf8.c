/* UTF-8: checked by the table of RFC 3629, eight ASCII bytes at a time. Any thread. */
#include "codec/utf8.h"

#include "base/eight.h"

/* Bytes of the sequence at s (1 to 4), 0 when it is none: overlong, a surrogate, too high, cut. */
static size_t sequence(const unsigned char *s, size_t len) {
    unsigned char c = s[0];
    if (c < 0x80) {
        return 1;
    }
    size_t n = c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
    if (n == 0 || n > len) {
        return 0;
    }
    unsigned char lowest = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
    unsigned char highest = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    if (s[1] < lowest || s[1] > highest) {
        return 0;
    }
    for (size_t i = 2; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    return n;
}

size_t utf8_valid_prefix(struct str s) {
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t at = 0;
    while (at < s.len) {
        uint64_t eight = 0;
        if (s.len - at >= sizeof eight) {
            memcpy(&eight, p + at, sizeof eight);
            if ((eight & 0x8080808080808080u) == 0) {
                at += sizeof eight;
                continue;
            }
        }
        size_t n = sequence(p + at, s.len - at);
        if (n == 0) {
            break;
        }
        at += n;
    }
    return at;
}

bool utf8_is_ascii(struct str s) {
    uint64_t high = 0;
    size_t i = 0;
    for (; i + 8 <= s.len; i += 8) {
        high |= eight_at(s.ptr + i);
    }
    for (; i < s.len; i++) {
        high |= (unsigned char)s.ptr[i];
    }
    return (high & EIGHT(0x80)) == 0;
}

size_t utf8_valid_run(struct str s) {
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t at = 0;
    while (at < s.len && p[at] >= 0x80) {
        size_t n = sequence(p + at, s.len - at);
        if (n == 0) {
            break;
        }
        at += n;
    }
    return at;
}

bool utf8_is_valid(struct str s) {
    return utf8_valid_prefix(s) == s.len;
}

bool utf8_next(struct str s, size_t *at, uint32_t *cp) {
    static const unsigned char lead_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    if (*at >= s.len) {
        return false;
    }
    const unsigned char *p = (const unsigned char *)s.ptr + *at;
    size_t n = sequence(p, s.len - *at);
    if (n == 0) {
        *cp = 0xfffd;
        *at += 1;
        return true;
    }
    uint32_t v = p[0] & lead_bits[n];
    for (size_t i = 1; i < n; i++) {
        v = v << 6 | (p[i] & 0x3fu);
    }
    *cp = v;
    *at += n;
    return true;
}

size_t utf8_write(char t[UTF8_MOST], uint32_t cp) {
    size_t n = 0;
    if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff)) {
        cp = 0xfffd;
    }
    if (cp < 0x80) {
        t[n++] = (char)cp;
    } else if (cp < 0x800) {
        t[n++] = (char)(0xc0 | cp >> 6);
        t[n++] = (char)(0x80 | (cp & 0x3f));
    } else if (cp < 0x10000) {
        t[n++] = (char)(0xe0 | cp >> 12);
        t[n++] = (char)(0x80 | (cp >> 6 & 0x3f));
        t[n++] = (char)(0x80 | (cp & 0x3f));
    } else {
        t[n++] = (char)(0xf0 | cp >> 18);
        t[n++] = (char)(0x80 | (cp >> 12 & 0x3f));
        t[n++] = (char)(0x80 | (cp >> 6 & 0x3f));
        t[n++] = (char)(0x80 | (cp & 0x3f));
    }
    return n;
}

bool utf8_add(struct buf *out, uint32_t cp) {
    char t[UTF8_MOST];
    return buf_add(out, (struct str){t, utf8_write(t, cp)});
}

/* C0, DEL and C1 command a terminal; bidirectional overrides make it show a wrong order. */
static bool is_dangerous(uint32_t cp) {
    return (cp < 0x20 && cp != '\n' && cp != '\t') || (cp >= 0x7f && cp < 0xa0)
           || (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

bool utf8_escape_controls(struct buf *out, struct str s) {
    size_t at = 0;
    size_t copied = 0;
    uint32_t cp = 0;
    for (size_t from = 0; utf8_next(s, &at, &cp); from = at) {
        bool is_bad_byte = cp == 0xfffd && at - from == 1;
        if (!is_bad_byte && !is_dangerous(cp)) {
            continue;
        }
        buf_add(out, str_sub(s, copied, from));
        if (is_bad_byte) {
            buf_addf(out, "\\x%02x", (unsigned)(unsigned char)s.ptr[from]);
        } else {
            buf_addf(out, cp < 0x100 ? "\\x%02x" : "\\u%04x", (unsigned)cp);
        }
        copied = at;
    }
    return buf_add(out, str_sub(s, copied, s.len));
}
