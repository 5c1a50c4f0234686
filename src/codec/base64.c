/* Base64 both ways. The two alphabets differ in two characters; a text uses one. Any thread. */
#include "codec/base64.h"

enum { NONE = 255, STANDARD = 1, URL_SAFE = 2 };

static unsigned value_of(unsigned char c) {
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26u;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52u;
    }
    if (c == '+' || c == '-') {
        return 62;
    }
    return c == '/' || c == '_' ? 63 : NONE;
}

static unsigned alphabet_of(char c) {
    return c == '+' || c == '/' ? STANDARD : c == '-' || c == '_' ? URL_SAFE : 0;
}

/* The text without its padding; false when padding or length cannot be. */
static bool without_padding(struct str *text) {
    size_t n = text->len;
    while (n > 0 && text->len - n < 2 && text->ptr[n - 1] == '=') {
        n--;
    }
    if ((n != text->len && text->len % 4 != 0) || n % 4 == 1) {
        return false;
    }
    text->len = n;
    return true;
}

bool base64_looks_like(struct str text, size_t min) {
    unsigned seen = 0;
    if (text.len < min || !without_padding(&text)) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (value_of((unsigned char)text.ptr[i]) == NONE) {
            return false;
        }
        seen |= alphabet_of(text.ptr[i]);
    }
    return seen != (STANDARD | URL_SAFE);
}

bool base64_decode(struct arena *a, struct str text, struct str *out) {
    if (!base64_looks_like(text, 0) || !without_padding(&text)) {
        return false;
    }
    size_t len = text.len / 4 * 3 + (text.len % 4 ? text.len % 4 - 1 : 0);
    char *p = arena_alloc(a, len + 1);
    size_t n = 0;
    unsigned bits = 0;
    unsigned held = 0;
    for (size_t i = 0; i < text.len; i++) {
        bits = bits << 6 | value_of((unsigned char)text.ptr[i]);
        held += 6;
        if (held >= 8) {
            held -= 8;
            p[n++] = (char)(bits >> held & 0xff);
            bits &= (1u << held) - 1;
        }
    }
    *out = (struct str){p, n};
    return true;
}

bool base64_encode(struct buf *out, struct str bytes) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *s = (const unsigned char *)bytes.ptr;
    size_t len = (bytes.len + 2) / 3 * 4;
    if (len == 0) {
        return !out->failed;
    }
    char *p = buf_room(out, len);
    if (!p) {
        return false;
    }
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        unsigned v = (unsigned)s[i] << 16 | (left > 1 ? (unsigned)s[i + 1] << 8 : 0)
                     | (left > 2 ? s[i + 2] : 0u);
        *p++ = digits[v >> 18];
        *p++ = digits[v >> 12 & 63];
        *p++ = left > 1 ? digits[v >> 6 & 63] : '=';
        *p++ = left > 2 ? digits[v & 63] : '=';
    }
    out->len += len;
    return true;
}
