/* Checked reading of TOML members. */
#include "hub/config_read.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const KIND_NAMES[] = {"a table",    "an array", "a string",
                                         "an integer", "a number", "true or false",
                                         "a date",     "a time",   "a date and time"};

bool config_bad(struct config_reader *r, const struct tval *v, const char *fmt, ...) {
    char text[380];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return err_set(r->e, ERR_INVALID, "%s:%d:%d: %s", r->file, v->line, v->column, text);
}

static bool wrong_kind(struct config_reader *r, const struct tval *v, const char *expected) {
    return config_bad(r, v, "`" STR_FMT "` must be %s, not %s", STR_ARG(v->key), expected,
                      KIND_NAMES[v->kind]);
}

bool config_table(struct config_reader *r, const struct tval *v, const char *what) {
    if (v->kind != TTABLE) {
        return config_bad(r, v, "`%s` must be a table: [%s]", what, what);
    }
    return true;
}

bool config_keys(struct config_reader *r, const struct tval *table, const char *what,
                 const char *const *keys) {
    TRY(config_table(r, table, what));
    size_t n = 0;
    while (keys[n]) {
        n++;
    }
    for (size_t i = 0; i < table->count; i++) {
        const struct tval *v = &table->items[i];
        bool known = false;
        for (size_t k = 0; k < n; k++) {
            known = known || str_is(v->key, keys[k]);
        }
        if (!known) {
            const char *near = str_nearest(v->key, keys, n);
            struct tval at = *v;
            at.line = v->key_line;
            at.column = v->key_column;
            if (near) {
                return config_bad(r, &at, "unknown key `" STR_FMT "` in %s; did you mean `%s`?",
                                  STR_ARG(v->key), what, near);
            }
            AUTO_BUF list = {0};
            buf_init(&list, 300);
            for (size_t k = 0; k < n; k++) {
                buf_addf(&list, "%s%s", k ? ", " : "", keys[k]);
            }
            return config_bad(r, &at, "unknown key `" STR_FMT "` in %s; the keys are: " STR_FMT,
                              STR_ARG(v->key), what, STR_ARG(buf_str(&list)));
        }
    }
    return true;
}

bool config_str(struct config_reader *r, const struct tval *table, const char *key,
                struct str *out) {
    const struct tval *v = tval_get(table, key);
    if (!v) {
        return true;
    }
    if (v->kind != TSTRING) {
        return wrong_kind(r, v, "a string in quotes");
    }
    *out = v->string;
    return true;
}

bool config_bool(struct config_reader *r, const struct tval *table, const char *key, bool *out) {
    const struct tval *v = tval_get(table, key);
    if (!v) {
        return true;
    }
    if (v->kind != TBOOL) {
        return wrong_kind(r, v, "true or false");
    }
    *out = v->boolean;
    return true;
}

bool config_int(struct config_reader *r, const struct tval *table, const char *key, int64_t min,
                int64_t max, int64_t *out) {
    const struct tval *v = tval_get(table, key);
    if (!v) {
        return true;
    }
    if (v->kind != TINTEGER) {
        return wrong_kind(r, v, "an integer");
    }
    if (v->integer < min || v->integer > max) {
        return config_bad(r, v, "`%s` must be from %lld to %lld", key, (long long)min,
                          (long long)max);
    }
    *out = v->integer;
    return true;
}

bool config_time(struct config_reader *r, const struct tval *table, const char *key, int64_t *ms) {
    const struct tval *v = tval_get(table, key);
    if (!v) {
        return true;
    }
    if (v->kind != TSTRING || !unit_time(v->string, ms)) {
        return config_bad(
            r, v, "`%s` must be a time with its unit, like \"30s\", \"10m\" or \"2h\"", key);
    }
    return true;
}

bool config_strs(struct config_reader *r, const struct tval *table, const char *key,
                 struct str **out, size_t *count) {
    const struct tval *v = tval_get(table, key);
    if (!v) {
        return true;
    }
    if (v->kind != TARRAY) {
        return wrong_kind(r, v, "a list of strings: [\"…\"]");
    }
    *out = arena_array(r->a, struct str, v->count + 1);
    *count = v->count;
    for (size_t i = 0; i < v->count; i++) {
        if (v->items[i].kind != TSTRING) {
            return config_bad(r, &v->items[i], "`%s` holds strings only", key);
        }
        (*out)[i] = v->items[i].string;
    }
    return true;
}

bool config_zone(struct config_reader *r, const struct tval *table, const char *key,
                 enum zone *out) {
    const struct tval *v = tval_get(table, key);
    if (!v) {
        return true;
    }
    if (v->kind != TSTRING || !zone_from(v->string, out)) {
        const char *near = v->kind == TSTRING ? str_nearest(v->string, ZONE_NAMES, ZONES) : NULL;
        return config_bad(r, v, "`%s` must be device, home, trusted or cloud%s%s%s", key,
                          near ? "; did you mean `" : "", near ? near : "", near ? "`?" : "");
    }
    return true;
}

bool config_number(struct config_reader *r, const struct tval *v, const char *what, double *out) {
    if (v->kind == TINTEGER) {
        *out = (double)v->integer;
        return true;
    }
    if (v->kind == TFLOAT) {
        *out = v->number;
        return true;
    }
    return config_bad(r, v, "`%s` must be a number", what);
}

bool config_is_host(struct str s) {
    bool fine = s.len > 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        fine = fine && c > ' ' && c != 0x7f && c != '/' && c != ':' && c != '@' && c != '*';
    }
    return fine || (s.len > 2 && s.ptr[0] == '[' && s.ptr[s.len - 1] == ']');
}

bool config_is_origin(struct str s) {
    ptrdiff_t at = str_find(s, STR("://"));
    struct str rest = at > 0 ? str_sub(s, (size_t)at + 3, s.len) : STR("");
    return rest.len > 0 && str_find_char(rest, '/') < 0 && str_find_char(rest, ' ') < 0
           && str_find_char(rest, '*') < 0;
}
