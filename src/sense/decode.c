/* Other readings of a text, so that an encoding hides nothing. */
#include "base/eight.h"
#include "codec/base64.h"
#include "codec/url.h"
#include "codec/utf8.h"
#include "sense/inside.h"

#include <ctype.h>

enum { SHORTEST_BASE64 = 20, BINARY_FROM = 256, MOST_RUNS = 4096, MOST_MAPPED = 1 << 20 };

/* A reading of a whole text in the making. */
struct made {
    char *text;
    size_t len, max;
    uint32_t *map; /* where in the text each of its bytes comes from; NULL: too long to say */
    bool full;
};

static struct made made_of(struct arena *a, struct str text) {
    struct made m = {.max = text.len + 64};
    m.text = arena_array(a, char, m.max + 1);
    m.map = text.len <= MOST_MAPPED ? arena_array(a, uint32_t, m.max + 1) : NULL;
    return m;
}

static void put_all(struct made *m, size_t from, const char *bytes, size_t n) {
    m->full = m->full || n > m->max - m->len;
    for (size_t i = 0; i < n && !m->full; i++) {
        if (m->map) {
            m->map[m->len] = (uint32_t)from;
        }
        m->text[m->len++] = bytes[i];
    }
}

static void put(struct made *m, size_t from, uint32_t cp) {
    char bytes[UTF8_MOST];
    put_all(m, from, bytes, utf8_write(bytes, cp));
}

static void put_byte(struct made *m, size_t from, char c) {
    put_all(m, from, &c, 1);
}

static void made_end(struct made *m, struct str text,
                     void (*fn)(void *ctx, const struct reading *r), void *ctx) {
    struct str decoded = {m->text, m->len};
    if (m->map) {
        m->map[decoded.len] = (uint32_t)text.len;
    }
    if (decoded.len && !str_eq(decoded, text)) {
        fn(ctx, &(struct reading){.text = decoded, .to = text.len, .map = m->map});
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

static void percent(struct arena *a, struct str text,
                    void (*fn)(void *ctx, const struct reading *r), void *ctx) {
    struct str rest = text;
    ptrdiff_t at = 0;
    while ((at = str_find_char(rest, '%')) >= 0 && hex_at(rest, (size_t)at + 1, 2) < 0) {
        rest = str_sub(rest, (size_t)at + 1, rest.len);
    }
    if (at < 0) {
        return;
    }
    struct made m = made_of(a, text);
    for (size_t i = 0; i < text.len; i++) {
        int code = text.ptr[i] == '%' ? hex_at(text, i + 1, 2) : -1;
        put_byte(&m, i, code >= 0 ? (char)code : text.ptr[i]);
        i += code >= 0 ? 2 : 0;
    }
    made_end(&m, text, fn, ctx);
}

/* JSON inside of a string: \" \n \/ \u0040 \x40 */
static void backslashes(struct arena *a, struct str text,
                        void (*fn)(void *ctx, const struct reading *r), void *ctx) {
    if (str_find_char(text, '\\') < 0) {
        return;
    }
    struct made m = made_of(a, text);
    for (size_t i = 0; i < text.len; i++) {
        size_t from = i;
        char c = text.ptr[i];
        if (c != '\\' || i + 1 == text.len) {
            put_byte(&m, from, c);
            continue;
        }
        char next = text.ptr[++i];
        int code = next == 'u' ? hex_at(text, i + 1, 4) : next == 'x' ? hex_at(text, i + 1, 2) : -1;
        if (code >= 0) {
            put(&m, from, (uint32_t)code);
            i += next == 'u' ? 4 : 2;
        } else {
            put_byte(&m, from, next == 'n' || next == 'r' || next == 't' ? ' ' : next);
        }
    }
    made_end(&m, text, fn, ctx);
}

static void entities(struct arena *a, struct str text,
                     void (*fn)(void *ctx, const struct reading *r), void *ctx) {
    if (str_find_char(text, '&') < 0
        || (!str_contains(text, STR("&#")) && !str_contains(text, STR("&commat;")))) {
        return;
    }
    struct made m = made_of(a, text);
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
            put(&m, i, (uint32_t)code);
            i += (size_t)end;
        } else {
            put_byte(&m, i, text.ptr[i]);
        }
    }
    made_end(&m, text, fn, ctx);
}

/* Characters that are not seen, and the wide forms of Latin ones. */
static void invisible(struct arena *a, struct str text,
                      void (*fn)(void *ctx, const struct reading *r), void *ctx) {
    if (utf8_is_ascii(text)
        || (str_find_char(text, '\xe2') < 0 && str_find_char(text, '\xef') < 0
            && str_find_char(text, '\xc2') < 0)) {
        return;
    }
    struct made m = made_of(a, text);
    size_t at = 0;
    size_t from = 0;
    uint32_t cp = 0;
    for (; utf8_next(text, &at, &cp); from = at) {
        bool hidden = cp == 0xad || (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x202a && cp <= 0x202e)
                      || cp == 0x2060 || cp == 0xfeff;
        if (hidden) {
            continue;
        }
        if (cp >= 0xff01 && cp <= 0xff5e) {
            cp -= 0xfee0;
        } else if (cp == 0xa0 || cp == 0x202f || cp == 0x2009) {
            cp = ' ';
        } else if (cp == 0x2010 || cp == 0x2011 || cp == 0x2013) {
            cp = '-';
        }
        put(&m, from, cp);
    }
    made_end(&m, text, fn, ctx);
}

static const bool BASE64[256] = {
    ['a' ... 'z'] = true, ['A' ... 'Z'] = true, ['0' ... '9'] = true, ['+'] = true,
    ['/'] = true,         ['-'] = true,         ['_'] = true};

static bool is_base64(char c) {
    return BASE64[(unsigned char)c];
}

/* Whether the byte at i may be of a run that is long enough: one that reaches nine bytes to either
 * side. Most words do not. No branches, as each letter of a text is a coin that is tossed. */
static bool is_in_run(struct str s, size_t i) {
    const char *p = s.ptr + i;
    if (i < 9 || i + 9 >= s.len) {
        return is_base64(*p);
    }
    int before = is_base64(p[-3]) + is_base64(p[-6]) + is_base64(p[-9]);
    int behind = is_base64(p[3]) + is_base64(p[6]) + is_base64(p[9]);
    return is_base64(*p) * ((before == 3) + (behind == 3)) > 0;
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
        if (!is_in_run(text, i)) {
            continue;
        }
        size_t from = i;
        while (from > done && is_base64(text.ptr[from - 1])) {
            from--;
        }
        size_t to = i + 1;
        while (to < text.len && is_base64(text.ptr[to])) {
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
