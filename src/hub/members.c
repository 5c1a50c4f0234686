/* What the bodies and queries of the own routes may hold. What is misspelt or of another type must
 * not pass for something that was not said: it is refused, and the message names what there is. */
#include "codec/url.h"
#include "hub/inner.h"

static const char *kind_name(enum jkind kind) {
    static const char *const names[] = {"null",     "true or false", "a number",
                                        "a string", "an array",      "an object"};
    return names[kind];
}

static bool unknown(const char *what, struct str name, const char *const *names, size_t n,
                    struct err *e) {
    const char *near = str_nearest(name, names, n);
    if (near) {
        return err_code(e, ERR_INVALID, "unknown_parameter",
                        "unknown %s `" STR_FMT "`; did you mean `%s`?", what,
                        STR_ARG(str_sub(name, 0, 60)), near);
    }
    AUTO_BUF list = {0};
    buf_init(&list, 300);
    for (size_t i = 0; i < n; i++) {
        buf_addf(&list, "%s%s", i ? ", " : "", names[i]);
    }
    return err_code(e, ERR_INVALID, "unknown_parameter",
                    "unknown %s `" STR_FMT "`; there %s " STR_FMT, what,
                    STR_ARG(str_sub(name, 0, 60)), n == 1 ? "is" : "are", STR_ARG(buf_str(&list)));
}

static bool check_one(struct str key, const struct jval *value, const struct member *rows, size_t n,
                      struct err *e) {
    const char *names[MEMBERS_MOST];
    for (size_t i = 0; i < n && i < MEMBERS_MOST; i++) {
        names[i] = rows[i].name;
        if (!str_is(key, rows[i].name)) {
            continue;
        }
        enum jkind is = jval_kind(value);
        return is == rows[i].kind || is == JNULL
               || err_code(e, ERR_INVALID, "invalid_type", "`%s` must be %s, not %s", rows[i].name,
                           kind_name(rows[i].kind), kind_name(is));
    }
    return unknown("member", key, names, n, e);
}

bool members_check(const struct jval *body_opt, const struct member *rows, size_t n,
                   struct err *e) {
    if (body_opt && !jval_is(body_opt, JOBJECT)) {
        return err_code(e, ERR_INVALID, "invalid_type", "the body must be an object, not %s",
                        kind_name(jval_kind(body_opt)));
    }
    for (struct jiter it = jval_iter(body_opt); jiter_next(&it);) {
        TRY(check_one(it.key, it.value, rows, n, e));
    }
    return true;
}

bool query_check(struct str query, const char *const *names, size_t n, struct err *e) {
    uint64_t seen = 0;
    while (query.len) {
        struct str pair = {0};
        struct str key = {0};
        struct str value = {0};
        str_cut(query, '&', &pair, &query);
        str_cut(pair, '=', &key, &value);
        size_t i = 0;
        while (i < n && !str_is(key, names[i])) {
            i++;
        }
        if (key.len && i == n) {
            return unknown("parameter", key, names, n, e);
        }
        if (key.len && (seen & 1ULL << i)) {
            return err_set(e, ERR_INVALID, "`%s` is given twice", names[i]);
        }
        seen |= key.len ? 1ULL << i : 0;
    }
    return true;
}

bool query_number(struct arena *a, struct str query, const char *key, int64_t min, int64_t max,
                  int64_t *out, struct err *e) {
    struct str text = url_query(a, query, key);
    int64_t n = 0;
    if (!text.ptr) {
        return true;
    }
    if (!str_to_i64(text, &n) || n < min || n > max) {
        return max == INT64_MAX
                   ? err_set(e, ERR_INVALID, "`%s` is a whole number from %lld", key,
                             (long long)min)
                   : err_set(e, ERR_INVALID, "`%s` is a whole number from %lld to %lld", key,
                             (long long)min, (long long)max);
    }
    *out = n;
    return true;
}
