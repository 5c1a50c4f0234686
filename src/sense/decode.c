/* Other readings of a text, so that an encoding hides nothing. */
#include "codec/base64.h"
#include "codec/url.h"
#include "codec/utf8.h"
#include "sense/inside.h"

#include <ctype.h>

enum { SHORTEST_BASE64 = 20, BINARY_FROM = 256, MOST_RUNS = 4096 };

static void whole(struct str text, struct str decoded,
                  void (*fn)(void *ctx, const struct reading *r), void *ctx) {
    if (decoded.len && !str_eq(decoded, text)) {
        struct reading r = {.text = decoded, .from = 0, .to = text.len};
        fn(ctx, &r);
    }
}

static void percent(struct arena *a, struct str text,
                    void (*fn)(void *ctx, const struct reading *r), void *ctx) {
    for (size_t i = 0; i + 2 < text.len; i++) {
        if (text.ptr[i] == '%' && isxdigit((unsigned char)text.ptr[i + 1])
            && isxdigit((unsigned char)text.ptr[i + 2])) {
            whole(text, url_decode(a, text), fn, ctx);
            return;
        }
    }
}

static int hex_at(struct str s, size_t at, size_t n) {
    int v = 0;
    for (size_t i = at; i < at + n; i++) {
        if (i >= s.len || !isxdigit((unsigned char)s.ptr[i])) {
            return -1;
        }
        int c = tolower((unsigned char)s.ptr[i]);
        v = v * 16 + (c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return v;
}

/* JSON inside of a string: \" \n \/ \u0040 \x40 */
static void backslashes(struct arena *a, struct str text,
                        void (*fn)(void *ctx, const struct reading *r), void *ctx) {
    if (str_find_char(text, '\\') < 0) {
        return;
    }
    AUTO_BUF b = {0};
    buf_init(&b, text.len + 64);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c != '\\' || i + 1 == text.len) {
            buf_add_char(&b, c);
            continue;
        }
        char next = text.ptr[++i];
        int code = next == 'u' ? hex_at(text, i + 1, 4) : next == 'x' ? hex_at(text, i + 1, 2) : -1;
        if (code >= 0) {
            utf8_add(&b, (uint32_t)code);
            i += next == 'u' ? 4 : 2;
        } else {
            buf_add_char(&b, next == 'n' || next == 'r' || next == 't' ? ' ' : next);
        }
    }
    whole(text, str_dup(a, buf_str(&b)), fn, ctx);
}

static void entities(struct arena *a, struct str text,
                     void (*fn)(void *ctx, const struct reading *r), void *ctx) {
    if (!str_contains(text, STR("&#")) && !str_contains(text, STR("&commat;"))) {
        return;
    }
    AUTO_BUF b = {0};
    buf_init(&b, text.len + 64);
    for (size_t i = 0; i < text.len; i++) {
        struct str rest = str_sub(text, i, i + 10);
        ptrdiff_t end = str_find_char(rest, ';');
        bool hex = str_istarts(rest, STR("&#x"));
        uint64_t code = 0;
        int v = end > 3 && hex ? hex_at(text, i + 3, (size_t)end - 3) : -1;
        if (v >= 0) {
            code = (uint64_t)v;
        } else if (end < 3 || !str_starts(rest, STR("&#"))
                   || !str_to_u64(str_sub(rest, 2, (size_t)end), &code)) {
            code = 0;
        }
        if (str_starts(rest, STR("&commat;"))) {
            code = '@';
            end = 7;
        }
        if (code && code < 0x110000 && end > 0) {
            utf8_add(&b, (uint32_t)code);
            i += (size_t)end;
        } else {
            buf_add_char(&b, text.ptr[i]);
        }
    }
    whole(text, str_dup(a, buf_str(&b)), fn, ctx);
}

/* Characters that are not seen, and the wide forms of Latin ones. */
static void invisible(struct arena *a, struct str text,
                      void (*fn)(void *ctx, const struct reading *r), void *ctx) {
    bool any = false;
    for (size_t i = 0; i < text.len && !any; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        any = c == 0xe2 || c == 0xef || c == 0xc2;
    }
    if (!any) {
        return;
    }
    AUTO_BUF b = {0};
    buf_init(&b, text.len + 64);
    size_t at = 0;
    uint32_t cp = 0;
    bool changed = false;
    while (utf8_next(text, &at, &cp)) {
        bool hidden = cp == 0xad || (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x202a && cp <= 0x202e)
                      || cp == 0x2060 || cp == 0xfeff;
        if (hidden) {
            changed = true;
        } else if (cp >= 0xff01 && cp <= 0xff5e) {
            buf_add_char(&b, (char)(cp - 0xfee0));
            changed = true;
        } else if (cp == 0xa0 || cp == 0x202f || cp == 0x2009) {
            buf_add_char(&b, ' ');
            changed = true;
        } else if (cp == 0x2010 || cp == 0x2011 || cp == 0x2013) {
            buf_add_char(&b, '-');
            changed = true;
        } else {
            utf8_add(&b, cp);
        }
    }
    if (changed) {
        whole(text, str_dup(a, buf_str(&b)), fn, ctx);
    }
}

static bool is_base64(unsigned char c) {
    unsigned v = c;
    return (v | 32U) - 'a' < 26U || v - '0' < 10U || v == '+' || v == '/' || v == '-' || v == '_';
}

static bool is_text(struct str s) {
    if (!utf8_is_valid(s)) {
        return false;
    }
    size_t odd = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        odd += c < 0x20 && c != '\n' && c != '\r' && c != '\t';
    }
    return odd == 0;
}

/* Upper and lower case or digits mixed: a word or a path of one case is no base64. */
static bool is_mixed(struct str s) {
    bool upper = false;
    bool lower = false;
    bool digit = false;
    for (size_t i = 0; i < s.len; i++) {
        upper = upper || isupper((unsigned char)s.ptr[i]);
        lower = lower || islower((unsigned char)s.ptr[i]);
        digit = digit || isdigit((unsigned char)s.ptr[i]);
    }
    return upper && lower && (digit || s.len >= 24);
}

/* A run that is long enough covers one of every SHORTEST_BASE64 bytes: only there is looked. */
static void base64_runs(struct arena *a, struct str text,
                        void (*fn)(void *ctx, const struct reading *r), void *ctx) {
    size_t runs = 0;
    size_t done = 0;
    for (size_t i = SHORTEST_BASE64 - 1; i < text.len && runs < MOST_RUNS; i += SHORTEST_BASE64) {
        if (!is_base64((unsigned char)text.ptr[i])) {
            continue;
        }
        size_t from = i;
        while (from > done && is_base64((unsigned char)text.ptr[from - 1])) {
            from--;
        }
        size_t to = i + 1;
        while (to < text.len && is_base64((unsigned char)text.ptr[to])) {
            to++;
        }
        done = to;
        size_t end = to;
        while (end < text.len && text.ptr[end] == '=' && end - to < 2) {
            end++;
        }
        i = end > i ? end - 1 : i; /* the next run begins behind it */
        struct str run = str_sub(text, from, end);
        struct str decoded = {0};
        if (to - from < SHORTEST_BASE64 || !is_mixed(run)) {
            continue;
        }
        runs++;
        if (base64_decode(a, run, &decoded)) {
            struct reading r = {
                .text = decoded, .from = from, .to = end, .binary = !is_text(decoded)};
            if (!r.binary || decoded.len >= BINARY_FROM) {
                fn(ctx, &r);
            }
        }
    }
}

void decode_readings(struct arena *a, struct str text,
                     void (*fn)(void *ctx, const struct reading *r), void *ctx) {
    percent(a, text, fn, ctx);
    backslashes(a, text, fn, ctx);
    entities(a, text, fn, ctx);
    invisible(a, text, fn, ctx);
    base64_runs(a, text, fn, ctx);
}
