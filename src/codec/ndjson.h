/* Newline-delimited JSON: lines out of bytes that arrive in any pieces. No I/O. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct ndjson {
    struct buf pending;
    size_t at;        /* bytes given out */
    size_t line_from; /* where the unfinished line begins */
    size_t max_line;
};
void ndjson_init(struct ndjson *n, size_t max_line_bytes);
void ndjson_finish(struct ndjson *n);
NODISCARD bool ndjson_feed(struct ndjson *n, struct str bytes, struct err *e);
/* The next whole line without its end, blank ones skipped; valid until the next call on n. */
bool ndjson_next(struct ndjson *n, struct str *line);
/* The last line when it had no end; false: nothing left. */
bool ndjson_rest(struct ndjson *n, struct str *line);
