/* Why something failed: for the log, for the client and for the retry logic.
 *
 * A function that can fail returns bool and takes a caller-owned `struct err *e` last. Library code
 * records and returns; whoever handles the error logs it once. Nothing here allocates. */
#pragma once

#include "base/attr.h"

#include <stdbool.h>

enum err_kind {
    ERR_NONE,
    ERR_INVALID,      /* the caller sent something wrong */
    ERR_UNAUTHORIZED, /* no key, or a wrong one */
    ERR_FORBIDDEN,    /* policy said no */
    ERR_NOT_FOUND,
    ERR_CONFLICT,
    ERR_TOO_LARGE,
    ERR_RATE_LIMITED,
    ERR_TIMEOUT,
    ERR_CANCELLED,
    ERR_UNAVAILABLE, /* try again, perhaps elsewhere */
    ERR_UPSTREAM,    /* a backend answered with something unusable */
    ERR_STORAGE,
    ERR_BUG, /* our fault */
    ERR_KINDS
};

struct err {
    enum err_kind kind;
    int retry_after_s; /* 0: no advice */
    const char *where; /* function that first failed */
    const char *
        code; /* static; a refusal's code (POLICY.md 4) or "context_length_exceeded"; may be NULL */
    char text[480];
};

/* Records a failure and returns false, so that callers can write `return err_set(e, …)`. */
PRINTF(4, 5)
bool err_set_at(struct err *e, const char *where, enum err_kind kind, const char *fmt, ...);
#define err_set(e, kind, ...) err_set_at((e), __func__, (kind), __VA_ARGS__)

/* The same with a machine-readable code (a string literal). */
PRINTF(5, 6)
bool err_code_at(struct err *e, const char *where, enum err_kind kind, const char *code,
                 const char *fmt, ...);
#define err_code(e, kind, code, ...) err_code_at((e), __func__, (kind), (code), __VA_ARGS__)

/* Prefixes the text with what we were trying to do; returns false. */
PRINTF(2, 3) bool err_while(struct err *e, const char *fmt, ...);

/* One row per kind, so that the dialects cannot drift. */
struct err_row {
    const char *name;           /* "not_found" */
    int http_status;            /* RFC 9110 */
    const char *openai_type;    /* "invalid_request_error" */
    const char *anthropic_type; /* "not_found_error" */
    int exit_code;              /* SURFACE.md 2 */
    bool retryable;             /* worth another try without the person changing anything */
};
const struct err_row *err_row(enum err_kind kind);
