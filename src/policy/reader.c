/* Words, lists and complaints: what every part of policy.toml is read with. */
#include "policy/reader.h"

#include <stdarg.h>
#include <stdio.h>

enum { MOST_SHOWN = 60 };

bool reader_bad(struct reader *r, int line, int column, const char *fmt, ...) {
    char text[400];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return err_set(r->e, ERR_INVALID, "%s:%d:%d: %s", r->file, line, column, text);
}

const char *reader_show(struct reader *r, struct str s) {
    size_t n = s.len > MOST_SHOWN ? MOST_SHOWN : s.len;
    while (n < s.len && n > 0 && ((unsigned char)s.ptr[n] & 0xc0) == 0x80) {
        n--; /* not in the middle of a character */
    }
    char *out = str_cstr(r->a, str_sub(s, 0, n));
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)out[i] < 0x20 || out[i] == 0x7f) {
            out[i] = '?';
        }
    }
    return n < s.len ? str_fmt(r->a, "%s…", out).ptr : out;
}

static const char *listed(struct reader *r, const char *const *words, size_t n) {
    AUTO_BUF b = {0};
    buf_init(&b, 4096);
    for (size_t i = 0; i < n; i++) {
        buf_addf(&b, "%s%s", i == 0 ? "" : i + 1 == n ? " and " : ", ", words[i]);
    }
    return str_dup(r->a, buf_str(&b)).ptr;
}

const char *reader_near(struct reader *r, struct str word, const char *const *words, size_t n,
                        const char *otherwise) {
    const char *near = str_nearest(word, words, n);
    return near ? str_fmt(r->a, "; did you mean `%s`?", near).ptr : otherwise;
}

const char *reader_hint(struct reader *r, struct str word, const char *const *words, size_t n) {
    return reader_near(r, word, words, n, str_fmt(r->a, "; there are %s", listed(r, words, n)).ptr);
}

static bool is_one_of(struct str s, const char *const *words, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (str_is(s, words[i])) {
            return true;
        }
    }
    return false;
}

bool reader_keys(struct reader *r, const struct tval *t, const char *what, const char *example,
                 const char *const *keys, size_t n) {
    if (t->kind != TTABLE) {
        return BAD(r, t, "%s is a table; write %s", what, example);
    }
    for (size_t i = 0; i < t->count; i++) {
        const struct tval *v = &t->items[i];
        if (!is_one_of(v->key, keys, n)) {
            return BAD_KEY(r, v, "unknown key `%s` in %s%s", reader_show(r, v->key), what,
                           n > 20 ? reader_near(r, v->key, keys, n, "")
                                  : reader_hint(r, v->key, keys, n));
        }
    }
    return true;
}

bool reader_one_of(struct reader *r, const struct tval *v, const char *what,
                   const char *const *names, size_t from, size_t n, int *out) {
    if (v->kind != TSTRING) {
        return BAD(r, v, "a %s is written as a text: %s", what, listed(r, names + from, n - from));
    }
    for (size_t i = from; i < n; i++) {
        if (str_is(v->string, names[i])) {
            *out = (int)i;
            return true;
        }
    }
    return BAD(r, v, "unknown %s `%s`%s", what, reader_show(r, v->string),
               reader_hint(r, v->string, names + from, n - from));
}

bool reader_zone(struct reader *r, const struct tval *v, enum zone *out) {
    int i = 0;
    TRY(reader_one_of(r, v, "zone", ZONE_NAMES, 0, ZONES, &i));
    *out = (enum zone)i;
    return true;
}

bool reader_level(struct reader *r, const struct tval *v, enum level *out) {
    int i = 0;
    TRY(reader_one_of(r, v, "level", LEVEL_NAMES, 0, LEVELS, &i));
    *out = (enum level)i;
    return true;
}

bool reader_transform(struct reader *r, const struct tval *v, enum transform *out) {
    int i = 0;
    TRY(reader_one_of(r, v, "transform", TRANSFORM_NAMES, 0, TRANSFORM_FORBIDDEN, &i));
    *out = (enum transform)i;
    return true;
}

bool reader_texts(struct reader *r, const struct tval *v, const char *example, struct texts *out) {
    size_t n = reader_length(v);
    struct str *list = arena_array(r->a, struct str, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct tval *x = reader_nth(v, i);
        if (x->kind != TSTRING || !x->string.len) {
            return BAD(r, x, "`" STR_FMT "` is a text or a list of texts: %s", STR_ARG(v->key),
                       example);
        }
        list[i] = x->string;
    }
    if (!n) {
        return BAD(r, v,
                   "`" STR_FMT
                   "` is an empty list and would match nothing; leave it out, or write %s",
                   STR_ARG(v->key), example);
    }
    *out = (struct texts){list, n};
    return true;
}

const char *const *reader_kind_names(struct reader *r) {
    const char **names = arena_array(r->a, const char *, LABEL_KIND_COUNT);
    for (size_t i = 0; i < LABEL_KIND_COUNT; i++) {
        names[i] = LABEL_KINDS[i].name;
    }
    return names;
}
