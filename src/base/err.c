/* Error records and the one table that maps a kind to every dialect. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

PRINTF(5, 0)
static void fill(struct err *e, const char *where, enum err_kind kind, const char *code,
                 const char *fmt, va_list args) {
    e->kind = kind;
    e->where = where;
    e->code = code;
    e->retry_after_s = 0;
    vsnprintf(e->text, sizeof e->text, fmt, args);
}

bool err_set_at(struct err *e, const char *where, enum err_kind kind, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    fill(e, where, kind, NULL, fmt, args);
    va_end(args);
    return false;
}

bool err_code_at(struct err *e, const char *where, enum err_kind kind, const char *code,
                 const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    fill(e, where, kind, code, fmt, args);
    va_end(args);
    return false;
}

bool err_while(struct err *e, const char *fmt, ...) {
    char inner[sizeof e->text];
    memcpy(inner, e->text, sizeof inner);
    inner[sizeof inner - 1] = 0;
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(e->text, sizeof e->text, fmt, args);
    va_end(args);
    if (n >= 0 && (size_t)n + 3 < sizeof e->text) {
        size_t room = sizeof e->text - (size_t)n - 3; /* a text too long is cut: it is for people */
        size_t keep = strnlen(inner, room);
        memcpy(e->text + n, ": ", 2);
        memcpy(e->text + n + 2, inner, keep);
        e->text[(size_t)n + 2 + keep] = 0;
    }
    return false;
}

const struct err_row *err_row(enum err_kind kind) {
    static const struct err_row rows[ERR_KINDS] = {
        [ERR_NONE] = {"none", 200, "", "", 0, false},
        [ERR_INVALID] = {"invalid", 400, "invalid_request_error", "invalid_request_error", 2,
                         false},
        [ERR_UNAUTHORIZED] = {"unauthorized", 401, "authentication_error", "authentication_error",
                              1, false},
        [ERR_FORBIDDEN] = {"forbidden", 403, "permission_error", "permission_error", 3, false},
        [ERR_NOT_FOUND] = {"not_found", 404, "invalid_request_error", "not_found_error", 1, false},
        [ERR_CONFLICT] = {"conflict", 409, "invalid_request_error", "invalid_request_error", 1,
                          false},
        [ERR_TOO_LARGE] = {"too_large", 413, "invalid_request_error", "request_too_large", 1,
                           false},
        [ERR_RATE_LIMITED] = {"rate_limited", 429, "rate_limit_error", "rate_limit_error", 1, true},
        [ERR_TIMEOUT] = {"timeout", 504, "server_error", "api_error", 1, true},
        [ERR_CANCELLED] = {"cancelled", 499, "server_error", "api_error", 130, false},
        [ERR_UNAVAILABLE] = {"unavailable", 503, "server_error", "overloaded_error", 1, true},
        [ERR_UPSTREAM] = {"upstream", 502, "server_error", "api_error", 1, true},
        [ERR_STORAGE] = {"storage", 500, "server_error", "api_error", 1, false},
        [ERR_BUG] = {"bug", 500, "server_error", "api_error", 1, false},
    };
    return &rows[kind < ERR_KINDS ? kind : ERR_BUG];
}
