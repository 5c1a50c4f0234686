/* Originals in a body: every string and key of the JSON. A string is read decoded; where that holds
 * escapes again (JSON inside of a string, code) it is decoded once more, and so on. Places found in
 * any reading are brought back to the body's bytes, so everything around them stays as it was. */
#include "chat/chat.h"
#include "codec/utf8.h"
#include "gate/match.h"

#include <ctype.h>

enum { DEEPEST = 4 };

/* ---- readings ---- */

struct reading {
    struct str text;
    const uint32_t *map; /* place in the text → place in the body; NULL: from + place */
    size_t from;
};

static size_t place_of(const struct reading *r, size_t i) {
    return r->map ? r->map[i] : r->from + i;
}

static int hex4(struct str s, size_t i) {
    int v = 0;
    for (size_t k = i; k < i + 4; k++) {
        if (k >= s.len || !isxdigit((unsigned char)s.ptr[k])) {
            return -1;
        }
        int c = tolower((unsigned char)s.ptr[k]);
        v = v * 16 + (c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return v;
}

/* One escape at i: what it says, and how long it is. */
static size_t escape_at(struct str s, size_t i, struct buf *out) {
    static const char from[] = "nrtbf\"\\/";
    static const char to[] = "\n\r\t\b\f\"\\/";
    char c = i + 1 < s.len ? s.ptr[i + 1] : 0;
    int code = c == 'u' ? hex4(s, i + 2) : -1;
    if (code >= 0) {
        size_t len = 6;
        uint32_t point = (uint32_t)code;
        int low =
            code >= 0xD800 && code < 0xDC00 && str_starts(str_sub(s, i + 6, s.len), STR("\\u"))
                ? hex4(s, i + 8)
                : -1;
        if (low >= 0xDC00 && low < 0xE000) {
            point = 0x10000 + (((uint32_t)code - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
            len = 12;
        }
        utf8_add(out, point);
        return len;
    }
    const char *found = c ? strchr(from, c) : NULL;
    if (found) {
        buf_add_char(out, to[found - from]);
        return 2;
    }
    buf_add_char(out, '\\');
    return 1;
}

static bool has_escape(struct str s) {
    return s.len && memchr(s.ptr, '\\', s.len);
}

static struct reading unescape(struct arena *a, const struct reading *r) {
    AUTO_BUF b = {0};
    buf_init(&b, r->text.len * 3 + 16);
    uint32_t *map = arena_array(a, uint32_t, r->text.len + 8);
    size_t n = 0;
    for (size_t i = 0; i < r->text.len;) {
        const char *next = memchr(r->text.ptr + i, '\\', r->text.len - i);
        size_t to = next ? (size_t)(next - r->text.ptr) : r->text.len;
        buf_add(&b, str_sub(r->text, i, to));
        for (; i < to; i++) {
            map[n++] = (uint32_t)place_of(r, i);
        }
        size_t len = i < r->text.len ? escape_at(r->text, i, &b) : 0;
        for (; n < b.len; n++) {
            map[n] = (uint32_t)place_of(r, i);
        }
        i += len;
    }
    map[n] = (uint32_t)place_of(r, r->text.len);
    return (struct reading){.text = str_dup(a, buf_str(&b)), .map = map};
}

/* ---- the walk ---- */

struct walk {
    const struct matcher *m;
    struct arena *a;
    struct str body;
    struct hits hits; /* places in the body */
    size_t depth;
    bool is_model; /* the value of the outermost "model" comes next */
};

/* The place in a reading of what stands at `place` in the body; its end, where that is behind it.
 */
static size_t index_of(const struct reading *r, size_t place) {
    size_t from = 0;
    size_t to = r->text.len;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (place_of(r, middle) < place) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from;
}

static bool is_json(struct arena *a, struct str text) {
    struct str s = str_trim(text);
    struct err e = {0};
    return s.len > 1 && char_is_of(s.ptr[0], "{[\"") && json_parse(a, s, &JSON_LIMITS, &e) != NULL;
}

/* The readings of one string. An escape is one where the text is JSON: there the original is what
 * it says. In any other text its signs are signs (a pattern, a path), and come back as they stood.
 */
struct readings {
    struct reading v[DEEPEST];
    size_t count;
    enum { JSON_UNASKED, JSON_NO, JSON_YES } json; /* is the first one? */
};

static const struct reading *spelled(struct walk *w, struct readings *all) {
    if (all->json == JSON_UNASKED) {
        all->json = is_json(w->a, all->v[0].text) ? JSON_YES : JSON_NO;
    }
    return &all->v[all->json == JSON_YES];
}

static void look(struct walk *w, struct readings *all, size_t depth) {
    const struct reading *r = &all->v[depth];
    struct hits found = {0};
    matcher_find(w->m, w->a, r->text, &found);
    w->hits.again = w->hits.again || found.again;
    for (size_t i = 0; i < found.count; i++) {
        struct hit h = found.v[i];
        h.from = place_of(r, h.from);
        h.to = place_of(r, h.to);
        const struct reading *as = depth ? spelled(w, all) : r;
        if (as < r) {
            struct str text = str_sub(as->text, index_of(as, h.from), index_of(as, h.to));
            h.is_escaped = !str_eq(text, h.text);
            h.text = text;
        }
        *arena_push(w->a, w->hits.v, w->hits.count, w->hits.cap) = h;
    }
}

static void on_string(struct walk *w, size_t from, size_t to) {
    struct reading raw = {.text = str_sub(w->body, from, to), .from = from};
    if (chat_is_word(raw.text)) {
        return;
    }
    struct readings all = {.count = 0};
    all.v[all.count++] = has_escape(raw.text) ? unescape(w->a, &raw) : raw;
    look(w, &all, 0);
    while (all.count < DEEPEST && has_escape(all.v[all.count - 1].text)) {
        struct reading deeper = unescape(w->a, &all.v[all.count - 1]);
        if (str_eq(deeper.text, all.v[all.count - 1].text)) {
            break; /* backslashes that escape nothing */
        }
        all.v[all.count++] = deeper;
        look(w, &all, all.count - 1);
    }
}

/* A number that is an original becomes a string. */
static void on_number(struct walk *w, size_t from, size_t to) {
    struct reading r = {.text = str_sub(w->body, from, to), .from = from};
    struct readings all = {.v = {r}, .count = 1};
    size_t before = w->hits.count;
    look(w, &all, 0);
    if (w->hits.count > before) {
        struct hit *h = &w->hits.v[before];
        *h = (struct hit){from, to, h->entity, r.text, true, false};
        w->hits.count = before + 1;
    }
}

static size_t string_end(struct str s, size_t i) {
    while (i < s.len && s.ptr[i] != '"') {
        i += s.ptr[i] == '\\' ? 2 : 1;
    }
    return i < s.len ? i : s.len;
}

static void walk_json(struct walk *w) {
    struct str s = w->body;
    for (size_t i = 0; i < s.len;) {
        char c = s.ptr[i];
        if (c == '"') {
            size_t to = string_end(s, i + 1);
            bool is_model = w->is_model;
            w->is_model = w->depth == 1 && str_is(str_sub(s, i + 1, to), "model")
                          && str_starts(str_trim(str_sub(s, to + 1, to + 64)), STR(":"));
            if (!is_model) {
                on_string(w, i + 1, to);
            }
            i = to + 1;
        } else if (c == '-' || isdigit((unsigned char)c)) {
            size_t to = i + 1;
            while (to < s.len
                   && (isalnum((unsigned char)s.ptr[to]) || s.ptr[to] == '.' || s.ptr[to] == '+'
                       || s.ptr[to] == '-')) {
                to++;
            }
            on_number(w, i, to);
            i = to;
        } else {
            w->depth += c == '{' || c == '[';
            w->depth -= c == '}' || c == ']';
            i++;
        }
    }
}

void matcher_walk(const struct matcher *m, struct arena *a, struct str body, struct hits *out) {
    struct walk w = {.m = m, .a = a, .body = body};
    walk_json(&w);
    *out = w.hits;
}
