/* TOML 1.0 (its library behind a C shim, the only C++ in weir). A tree of values in an arena, each
 * with the place it was written, so that every complaint can name file, line and column. No I/O. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

enum tkind { TTABLE, TARRAY, TSTRING, TINTEGER, TFLOAT, TBOOL, TDATE, TTIME, TDATETIME };

struct tval {
    enum tkind kind;
    int line, column; /* from 1; of the value */
    struct str key;   /* its key in the table that holds it, "" in arrays */
    int key_line, key_column;
    struct str string; /* TSTRING; dates and times as written in RFC 3339 */
    int64_t integer;
    double number;
    bool boolean;
    const struct tval *items; /* TTABLE: members in the order of the file; TARRAY: elements */
    size_t count;
};

/* file_opt names the file in errors: "policy.toml:3:9: …". At most 1 MiB, 64 levels. ERR_INVALID */
NODISCARD bool toml_parse(struct arena *a, struct str text, const char *file_opt,
                          const struct tval **out, struct err *e);
const struct tval *tval_get(const struct tval *table, const char *key); /* NULL: not there */
/* Any string as a TOML basic string with quotes. */
bool toml_quote(struct buf *out, struct str s);
