/* Checked reading of members: types, ranges, and failures that name the place; and what a reader
 * leaves for the loop thread. */
#include "api/read.h"

#include "api/inner.h"
#include "codec/utf8.h"

#include <stdio.h>

/* ---- where ---- */

static void where_write(struct buf *out, const struct where *w, bool dots) {
    if (w->up) {
        where_write(out, w->up, dots);
    }
    if (!w->key) {
        buf_addf(out, dots ? ".%zu" : "[%zu]", w->index);
    } else {
        buf_addf(out, "%s%s", out->len ? "." : "", w->key);
    }
}

static struct str where_text(struct reader *r, const struct where *w) {
    AUTO_BUF b = {0};
    buf_init(&b, 256);
    where_write(&b, w, r->dots);
    return str_dup(r->a, buf_str(&b));
}

bool read_missing(struct reader *r, const struct where *w) {
    struct str at = where_text(r, w);
    if (r->dots) {
        return err_set(r->e, ERR_INVALID, STR_FMT ": Field required", STR_ARG(at));
    }
    return err_code(r->e, ERR_INVALID, "missing_required_parameter",
                    "Missing required parameter: '" STR_FMT "'.", STR_ARG(at));
}

bool read_wrong_type(struct reader *r, const struct where *w, const struct jval *v,
                     const char *expected) {
    static const char *const kinds[] = {"null",     "a boolean", "a number",
                                        "a string", "an array",  "an object"};
    const char *got = kinds[jval_kind(v)];
    struct str at = where_text(r, w);
    if (r->dots) {
        return err_set(r->e, ERR_INVALID, STR_FMT ": Input should be %s, got %s", STR_ARG(at),
                       expected, got);
    }
    return err_code(r->e, ERR_INVALID, "invalid_type",
                    "Invalid type for '" STR_FMT "': expected %s, but got %s instead.", STR_ARG(at),
                    expected, got);
}

bool read_wrong_value(struct reader *r, const struct where *w, const char *why) {
    struct str at = where_text(r, w);
    if (r->dots) {
        return err_set(r->e, ERR_INVALID, STR_FMT ": %s", STR_ARG(at), why);
    }
    return err_code(r->e, ERR_INVALID, "invalid_value", "Invalid value for '" STR_FMT "': %s.",
                    STR_ARG(at), why);
}

/* ---- members ---- */

const struct jval *read_get(const struct jval *o, const char *key) {
    const struct jval *v = jval_get(o, key);
    return jval_is(v, JNULL) ? NULL : v;
}

bool read_need_str(struct reader *r, const struct jval *o, const struct where *w, const char *key,
                   struct str *out) {
    if (!jval_get(o, key)) {
        return read_missing(r, AT_KEY(w, key));
    }
    const struct jval *v = jval_get(o, key);
    if (!jval_is(v, JSTRING)) {
        return read_wrong_type(r, AT_KEY(w, key), v, "a string");
    }
    *out = jval_str(v);
    return true;
}

bool read_str(struct reader *r, const struct jval *o, const struct where *w, const char *key,
              struct str *out) {
    const struct jval *v = read_get(o, key);
    if (v && !jval_is(v, JSTRING)) {
        return read_wrong_type(r, AT_KEY(w, key), v, "a string");
    }
    if (v) {
        *out = jval_str(v);
    }
    return true;
}

bool read_bool(struct reader *r, const struct jval *o, const struct where *w, const char *key,
               bool *out) {
    const struct jval *v = read_get(o, key);
    if (v && !jval_is(v, JBOOL)) {
        return read_wrong_type(r, AT_KEY(w, key), v, "a boolean");
    }
    if (v) {
        *out = jval_bool(v, false);
    }
    return true;
}

bool read_int(struct reader *r, const struct jval *o, const struct where *w, const char *key,
              int64_t min, int64_t max, int64_t *out) {
    const struct jval *v = read_get(o, key);
    if (!v) {
        return true;
    }
    int64_t n = 0;
    if (!jval_is(v, JNUMBER)) {
        return read_wrong_type(r, AT_KEY(w, key), v, "an integer");
    }
    if (!jval_i64(v, &n)) {
        return read_wrong_value(r, AT_KEY(w, key), "must be an integer");
    }
    if (n < min || n > max) {
        char why[96];
        if (max == INT64_MAX) {
            snprintf(why, sizeof why, "must be at least %lld", (long long)min);
        } else {
            snprintf(why, sizeof why, "must be between %lld and %lld", (long long)min,
                     (long long)max);
        }
        return read_wrong_value(r, AT_KEY(w, key), why);
    }
    *out = n;
    return true;
}

bool read_double(struct reader *r, const struct jval *o, const struct where *w, const char *key,
                 double min, double max, bool *has_opt, double *out) {
    const struct jval *v = read_get(o, key);
    if (!v) {
        return true;
    }
    double d = 0;
    if (!jval_is(v, JNUMBER) || !jval_double(v, &d)) {
        return read_wrong_type(r, AT_KEY(w, key), v, "a number");
    }
    if (!(d >= min && d <= max)) {
        char why[96];
        snprintf(why, sizeof why, "must be between %g and %g", min, max);
        return read_wrong_value(r, AT_KEY(w, key), why);
    }
    if (has_opt) {
        *has_opt = true;
    }
    *out = d;
    return true;
}

bool read_strings(struct reader *r, const struct jval *o, const struct where *w, const char *key,
                  bool single, size_t max, struct str **out, size_t *count) {
    const struct jval *v = read_get(o, key);
    if (!v) {
        return true;
    }
    if (single && jval_is(v, JSTRING)) {
        *out = arena_new(r->a, struct str);
        **out = jval_str(v);
        *count = 1;
        return true;
    }
    if (!jval_is(v, JARRAY)) {
        return read_wrong_type(r, AT_KEY(w, key), v,
                               single ? "a string or an array of strings" : "an array of strings");
    }
    if (jval_len(v) > max) {
        char why[64];
        snprintf(why, sizeof why, "must have at most %zu entries", max);
        return read_wrong_value(r, AT_KEY(w, key), why);
    }
    struct str *list = arena_array(r->a, struct str, jval_len(v) + 1);
    size_t n = 0;
    for (struct jiter it = jval_iter(v); jiter_next(&it); n++) {
        if (!jval_is(it.value, JSTRING)) {
            return read_wrong_type(r, AT_INDEX(AT_KEY(w, key), n), it.value, "a string");
        }
        list[n] = jval_str(it.value);
    }
    *out = list;
    *count = n;
    return true;
}

bool read_kind(struct reader *r, const struct jval *o, const struct where *w, const char *key,
               enum jkind kind, const struct jval **out) {
    const struct jval *v = read_get(o, key);
    if (v && !jval_is(v, kind)) {
        return read_wrong_type(r, AT_KEY(w, key), v,
                               kind == JARRAY    ? "an array"
                               : kind == JOBJECT ? "an object"
                                                 : "another type");
    }
    *out = v;
    return true;
}

bool read_one_of(struct reader *r, const struct where *w, struct str value,
                 const char *const *words, size_t n, size_t *out) {
    for (size_t i = 0; i < n; i++) {
        if (str_is(value, words[i])) {
            *out = i;
            return true;
        }
    }
    AUTO_BUF b = {0};
    buf_init(&b, 512);
    buf_add(&b, STR("must be one of "));
    for (size_t i = 0; i < n; i++) {
        buf_addf(&b, "%s'%s'", i ? ", " : "", words[i]);
    }
    buf_add_char(&b, 0);
    return read_wrong_value(r, w, b.failed ? "unknown value" : b.ptr);
}

/* ---- schemas ---- */

static bool schema_type(struct reader *r, const struct where *w, const struct jval *type) {
    static const char *const names[] = {"string", "number", "integer", "boolean",
                                        "object", "array",  "null"};
    size_t i = 0;
    if (jval_is(type, JSTRING)) {
        return read_one_of(r, w, jval_str(type), names, ARRAY_LEN(names), &i);
    }
    if (!jval_is(type, JARRAY)) {
        return read_wrong_type(r, w, type, "a string or an array of strings");
    }
    for (struct jiter it = jval_iter(type); jiter_next(&it);) {
        if (!jval_is(it.value, JSTRING)) {
            return read_wrong_type(r, w, it.value, "a string");
        }
        TRY(read_one_of(r, w, jval_str(it.value), names, ARRAY_LEN(names), &i));
    }
    return true;
}

static bool schema_strings(struct reader *r, const struct jval *schema, const struct where *w,
                           const char *key) {
    struct str *list = NULL;
    size_t n = 0;
    return read_strings(r, schema, w, key, false, SIZE_MAX, &list, &n);
}

static bool schema_map(struct reader *r, const struct jval *schema, const struct where *w,
                       const char *key) {
    const struct jval *map = NULL;
    TRY(read_kind(r, schema, w, key, JOBJECT, &map));
    for (struct jiter it = jval_iter(map); jiter_next(&it);) {
        const char *name = str_cstr(r->a, it.key);
        TRY(read_schema(r, AT_KEY(AT_KEY(w, key), name), it.value));
    }
    return true;
}

static bool schema_list(struct reader *r, const struct jval *schema, const struct where *w,
                        const char *key) {
    const struct jval *list = NULL;
    TRY(read_kind(r, schema, w, key, JARRAY, &list));
    size_t i = 0;
    for (struct jiter it = jval_iter(list); jiter_next(&it); i++) {
        TRY(read_schema(r, AT_INDEX(AT_KEY(w, key), i), it.value));
    }
    if (list && i == 0) {
        return read_wrong_value(r, AT_KEY(w, key), "must not be empty");
    }
    return true;
}

bool read_schema(struct reader *r, const struct where *w, const struct jval *schema) {
    if (jval_is(schema, JBOOL)) {
        return true;
    }
    if (!jval_is(schema, JOBJECT)) {
        return read_wrong_type(r, w, schema, "a JSON Schema (an object)");
    }
    const struct jval *type = jval_get(schema, "type");
    TRY(!type || schema_type(r, AT_KEY(w, "type"), type));
    static const char *const maps[] = {"properties", "$defs", "definitions", "patternProperties"};
    for (size_t i = 0; i < ARRAY_LEN(maps); i++) {
        TRY(schema_map(r, schema, w, maps[i]));
    }
    static const char *const lists[] = {"anyOf", "oneOf", "allOf", "prefixItems"};
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        TRY(schema_list(r, schema, w, lists[i]));
    }
    const struct jval *items = jval_get(schema, "items");
    TRY(!items || jval_is(items, JARRAY) || read_schema(r, AT_KEY(w, "items"), items));
    const struct jval *more = jval_get(schema, "additionalProperties");
    TRY(!more || read_schema(r, AT_KEY(w, "additionalProperties"), more));
    const struct jval *values = NULL;
    TRY(read_kind(r, schema, w, "enum", JARRAY, &values));
    return schema_strings(r, schema, w, "required");
}

/* ---- parts ---- */

struct chat_part *parts_add(struct arena *a, struct parts *p, enum chat_part_kind kind) {
    struct chat_part *part = arena_push(a, p->v, p->n, p->cap);
    *part = (struct chat_part){.kind = kind};
    return part;
}

void parts_text(struct arena *a, struct parts *p, struct str text) {
    parts_add(a, p, PART_TEXT)->text = text;
}

void parts_unknown(struct reader *r, struct parts *p, const struct jval *v, const struct where *w) {
    struct str type = jval_str(jval_get(v, "type"));
    type = str_sub(type, 0, utf8_valid_prefix(str_sub(type, 0, 60)));
    struct str why = str_fmt(r->a,
                             "a part like this (type '" STR_FMT "') can only go as it is, to a "
                             "provider of this API, and none may take this request",
                             STR_ARG(type));
    struct err e = {0};
    struct reader quiet = {.a = r->a, .e = &e, .dots = r->dots};
    (void)!read_wrong_value(&quiet, w, why.ptr);
    struct chat_part *part = parts_add(r->a, p, PART_UNKNOWN);
    part->raw = jval_print(r->a, v);
    part->why = str_dup(r->a, str_of(e.text));
}

bool part_from_url(struct chat_part *p, struct str url) {
    if (str_istarts(url, STR("http://")) || str_istarts(url, STR("https://"))) {
        p->url = url;
        return true;
    }
    struct str head = {0};
    struct str data = {0};
    if (!str_istarts(url, STR("data:")) || !str_cut(str_sub(url, 5, url.len), ',', &head, &data)
        || !str_ends(head, STR(";base64"))) {
        return false;
    }
    struct str rest = {0};
    str_cut(head, ';', &p->media_type, &rest);
    p->data = data;
    return p->media_type.len > 0;
}

void messages_add(struct arena *a, struct messages *m, enum chat_role role, const struct parts *p) {
    *arena_push(a, m->v, m->n, m->cap) =
        (struct chat_message){.role = role, .parts = p->v, .part_count = p->n};
}

void api_saw(struct arena *a, const struct chat_request *rq) {
    struct api_memory *m = api_memory_of(a);
    if (atomic_load(&m->seen) != SEEN_NOTHING) {
        return; /* what is read later, as the scripted backend does, is not what the client said */
    }
    m->include_usage = rq->include_usage;
    m->receipt = rq->claims.receipt_in_body;
    m->n = rq->n;
    m->model = rq->model;
    atomic_store(&m->seen, rq->stream ? SEEN_STREAM : SEEN_PLAIN);
}
