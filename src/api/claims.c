/* What a caller says beside the dialect (SURFACE.md 5): the weir-* headers and the body's object
 * `weir`. One table for both. Said twice, the tighter counts; what has no order must then be the
 * same. */
#include "api/inner.h"

enum { LONGEST = 256 }; /* of a name or id */

/* A word that stays: set once, or said again the same. */
static bool settle(struct str *at, struct str value, const char *key, struct err *e) {
    if (at->len && !str_eq(*at, value)) {
        return err_code(e, ERR_INVALID, "invalid_value",
                        "'weir-%s' is given twice with different values.", key);
    }
    *at = value;
    return true;
}

/* False, with the nearest of the right words. */
static bool wrong_word(struct str value, const char *key, const char *there_are,
                       const char *const *names, size_t n, struct err *e) {
    const char *near = str_nearest(value, names, n);
    return err_code(e, ERR_INVALID, "invalid_value", "'weir-%s' must be %s%s%s%s", key, there_are,
                    near ? "; did you mean " : ".", near ? near : "", near ? "?" : "");
}

static bool set_zone(struct chat_claims *c, struct str value, struct err *e) {
    enum zone zone = ZONE_DEVICE;
    if (!zone_from(value, &zone)) {
        return wrong_word(value, "zone", "device, home, trusted or cloud", ZONE_NAMES, ZONES, e);
    }
    c->zone = c->has_zone && c->zone < zone ? c->zone : zone;
    c->has_zone = true;
    return true;
}

static bool set_label(struct chat_claims *c, struct str value, struct err *e) {
    enum level level = LEVEL_OPEN;
    if (!level_from(value, &level)) {
        return wrong_word(value, "label", "open, personal, private or secret", LEVEL_NAMES, LEVELS,
                          e);
    }
    c->label = c->has_label && c->label > level ? c->label : level;
    c->has_label = true;
    return true;
}

/* Which profile a profile is tighter than, only the router knows, but none is tighter than
 * `private`. */
static bool set_profile(struct chat_claims *c, struct str value, struct err *e) {
    if (c->profile.len && (str_is(value, "private") || str_is(c->profile, "private"))) {
        c->profile = STR("private");
        return true;
    }
    return settle(&c->profile, value, "profile", e);
}

static bool set_project(struct chat_claims *c, struct str value, struct err *e) {
    return settle(&c->project, value, "project", e);
}

static bool set_conversation(struct chat_claims *c, struct str value, struct err *e) {
    return settle(&c->conversation, value, "conversation", e);
}

static bool set_preview(struct chat_claims *c, struct str value, struct err *e) {
    return settle(&c->preview, value, "preview", e);
}

static bool set_receipt(struct chat_claims *c, struct str value, struct err *e) {
    if (!str_is(value, "body")) {
        return err_code(e, ERR_INVALID, "invalid_value", "'weir-receipt' must be body.");
    }
    c->receipt_in_body = true;
    return true;
}

static const struct claim {
    const char *name;
    bool (*set)(struct chat_claims *c, struct str value, struct err *e);
} CLAIMS[] = {
    {"zone", set_zone},       {"profile", set_profile},           {"label", set_label},
    {"project", set_project}, {"conversation", set_conversation}, {"preview", set_preview},
    {"receipt", set_receipt},
};

static bool find(struct str name, const struct claim **row, struct err *e) {
    const char *names[ARRAY_LEN(CLAIMS) + 1] = {0};
    for (size_t i = 0; i < ARRAY_LEN(CLAIMS); i++) {
        names[i] = CLAIMS[i].name;
        if (str_ieq(name, str_of(CLAIMS[i].name))) {
            *row = &CLAIMS[i];
            return true;
        }
    }
    const char *near = str_nearest(name, names, ARRAY_LEN(CLAIMS));
    return err_code(e, ERR_INVALID, "unknown_parameter", "'weir-" STR_FMT "' is unknown%s%s%s",
                    STR_ARG(str_sub(name, 0, 64)), near ? "; did you mean weir-" : "",
                    near ? near : "", near ? "?" : ".");
}

static bool set(const struct claim *row, struct chat_claims *c, struct str value, struct err *e) {
    if (value.len == 0 || value.len > LONGEST) {
        return err_code(e, ERR_INVALID, "invalid_value",
                        "'weir-%s' must have a value of at most %d bytes.", row->name, LONGEST);
    }
    return row->set(c, value, e);
}

bool claims_from_headers(struct arena *a, const struct http_header *headers, size_t count,
                         struct chat_claims *claims, struct err *e) {
    for (size_t i = 0; i < count; i++) {
        if (str_istarts(headers[i].name, STR("weir-"))) {
            struct str name = str_lower(a, str_sub(headers[i].name, 5, headers[i].name.len));
            const struct claim *row = NULL;
            TRY(find(name, &row, e));
            TRY(set(row, claims, str_trim(headers[i].value), e));
        }
    }
    return true;
}

/* "files": [{"path": "/home/…", "message": 0, "part": 1}] */
static bool add_files(struct arena *a, const struct jval *files, struct chat_claims *c,
                      struct err *e) {
    if (!jval_is(files, JARRAY)) {
        return err_code(e, ERR_INVALID, "invalid_type", "'weir.files' must be an array.");
    }
    size_t n = 0;
    c->files = arena_alloc(a, sizeof *c->files * (jval_len(files) + 1));
    for (struct jiter it = jval_iter(files); jiter_next(&it); n++) {
        int64_t message = 0;
        int64_t part = 0;
        struct str path = jval_str(jval_get(it.value, "path"));
        if (path.len == 0 || path.ptr[0] != '/'
            || !jval_i64(jval_get(it.value, "message"), &message)
            || !jval_i64(jval_get(it.value, "part"), &part) || message < 0 || part < 0
            || message > UINT32_MAX || part > UINT32_MAX) {
            return err_code(e, ERR_INVALID, "invalid_value",
                            "'weir.files' must hold objects with an absolute path, message and "
                            "part.");
        }
        c->files[n].path = path;
        c->files[n].message = (uint32_t)message;
        c->files[n].part = (uint32_t)part;
    }
    c->file_count = n;
    return true;
}

bool claims_from_body(struct arena *a, const struct jval *weir_opt, bool is_owner,
                      struct chat_claims *claims, struct err *e) {
    if (!weir_opt) {
        return true;
    }
    if (!jval_is(weir_opt, JOBJECT)) {
        return err_code(e, ERR_INVALID, "invalid_type", "'weir' must be an object.");
    }
    for (struct jiter it = jval_iter(weir_opt); jiter_next(&it);) {
        if (is_owner && str_is(it.key, "files")) {
            TRY(add_files(a, it.value, claims, e));
            continue;
        }
        const struct claim *row = NULL;
        TRY(find(it.key, &row, e));
        if (!jval_is(it.value, JSTRING)) {
            return err_code(e, ERR_INVALID, "invalid_type", "'weir.%s' must be a string.",
                            row->name);
        }
        TRY(set(row, claims, str_trim(jval_str(it.value)), e));
    }
    return true;
}
