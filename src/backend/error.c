/* Errors of providers and engines, as ours: what it was, whether another try helps, and what to do.
 */
#include "backend/inner.h"
#include "codec/utf8.h"

enum { LONGEST_EXCERPT = 320 }; /* bytes of a backend's own words */

static const struct {
    int status;
    enum err_kind kind;
} STATUSES[] = {{400, ERR_INVALID},      {401, ERR_UNAUTHORIZED}, {402, ERR_FORBIDDEN},
                {403, ERR_UNAUTHORIZED}, {404, ERR_NOT_FOUND},    {408, ERR_TIMEOUT},
                {409, ERR_CONFLICT},     {413, ERR_TOO_LARGE},    {422, ERR_INVALID},
                {429, ERR_RATE_LIMITED}, {503, ERR_UNAVAILABLE},  {504, ERR_TIMEOUT},
                {529, ERR_UNAVAILABLE}};

static enum err_kind kind_of(int status) {
    for (size_t i = 0; i < ARRAY_LEN(STATUSES); i++) {
        if (STATUSES[i].status == status) {
            return STATUSES[i].kind;
        }
    }
    return status >= 400 && status < 500 ? ERR_INVALID : ERR_UPSTREAM;
}

/* In-stream errors carry no status but a type. */
static int status_of_type(struct str type) {
    static const struct {
        const char *type;
        int status;
    } types[] = {{"overloaded_error", 529},    {"rate_limit_error", 429},
                 {"rate_limit_exceeded", 429}, {"authentication_error", 401},
                 {"permission_error", 403},    {"invalid_request_error", 400},
                 {"not_found_error", 404},     {"request_too_large", 413},
                 {"timeout_error", 504},       {"insufficient_quota", 429},
                 {"unavailable_error", 503},   {"exceed_context_size_error", 400}};
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (str_is(type, types[i].type)) {
            return types[i].status;
        }
    }
    return 500;
}

static bool is_overflow(struct str text, struct str code, struct str type) {
    static const char *const signs[] = {
        "maximum context length", "exceeds the available context size", "prompt is too long",
        "exceeds the context window", "input length and `max_tokens` exceed"};
    if (str_is(code, "context_length_exceeded") || str_is(type, "exceed_context_size_error")) {
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
        if (str_contains(text, str_of(signs[i]))) {
            return true;
        }
    }
    return false;
}

static struct str message_of(const struct jval *doc, struct str body) {
    const struct jval *error = jval_get(doc, "error");
    struct str text =
        jval_is(error, JSTRING) ? jval_str(error) : jval_str(jval_get(error, "message"));
    if (!text.len) {
        text = jval_str(jval_get(doc, "message"));
    }
    if (!text.len) {
        text = jval_str(jval_get(doc, "detail"));
    }
    if (text.len) {
        return text;
    }
    body = str_trim(body);
    return str_starts(body, STR("<")) ? STR("an HTML page instead of an answer")
                                      : str_sub(body, 0, 200);
}

/* What can be shown: whole characters on one line. */
static void add_excerpt(struct buf *out, struct str s) {
    size_t at = 0;
    for (uint32_t cp = 0; out->len < LONGEST_EXCERPT && utf8_next(s, &at, &cp);) {
        utf8_add(out, cp < 0x20 || cp == 0x7f ? ' ' : cp);
    }
}

void backend_error(struct err *e, int status, const struct jval *doc, struct str body,
                   int retry_after_s) {
    const struct jval *error = jval_get(doc, "error");
    struct str type = jval_str(jval_get(error, "type"));
    struct str code = jval_str(jval_get(error, "code"));
    AUTO_BUF excerpt = {.max = LONGEST_EXCERPT + 4};
    add_excerpt(&excerpt, message_of(doc, body));
    struct str text = buf_str(&excerpt);
    if (!status) {
        status = status_of_type(type.len ? type : code);
    }
    if (is_overflow(text, code, type)) {
        err_code(e, ERR_INVALID, "context_length_exceeded", STR_FMT, STR_ARG(text));
    } else if (status >= 300 && status < 400) {
        err_set(e, ERR_UPSTREAM,
                "the backend wants to send the request elsewhere (HTTP %d); weir does not follow "
                "redirects: "
                "correct its url in weir.toml",
                status);
    } else if (status == 401 || status == 403) {
        err_set(e, ERR_UNAUTHORIZED,
                "the provider refused its key (HTTP %d): " STR_FMT "; see `key` in weir.toml",
                status, STR_ARG(text));
    } else {
        err_set(e, kind_of(status), "the backend answered with an error (HTTP %d): " STR_FMT,
                status, STR_ARG(text));
    }
    e->retry_after_s = retry_after_s;
}
