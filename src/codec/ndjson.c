/* Lines out of pieces. `pending` holds what came; [0, at) of it was given out. One thread at a
 * time. */
#include "codec/ndjson.h"

void ndjson_init(struct ndjson *n, size_t max_line_bytes) {
    *n = (struct ndjson){.max_line = max_line_bytes};
    buf_init(&n->pending, SIZE_MAX / 4);
}

void ndjson_finish(struct ndjson *n) {
    buf_finish(&n->pending);
    n->at = 0;
    n->line_from = 0;
}

bool ndjson_feed(struct ndjson *n, struct str bytes, struct err *e) {
    buf_drop(&n->pending, n->at);
    n->line_from -= n->at;
    n->at = 0;
    size_t scan = n->pending.len;
    if (!buf_add(&n->pending, bytes)) {
        return err_set(e, ERR_TOO_LARGE, "no memory for a line");
    }
    struct str all = buf_str(&n->pending);
    while (true) {
        ptrdiff_t end = str_find_char(str_sub(all, scan, all.len), '\n');
        size_t to = end < 0 ? all.len : scan + (size_t)end;
        if (to - n->line_from > n->max_line) {
            return err_set(e, ERR_TOO_LARGE, "a line is longer than %zu bytes", n->max_line);
        }
        if (end < 0) {
            return true;
        }
        scan = to + 1;
        n->line_from = scan;
    }
}

/* Blank lines say nothing. */
static bool worth(struct str *line) {
    if (line->len && line->ptr[line->len - 1] == '\r') {
        line->len--;
    }
    return str_trim(*line).len > 0;
}

bool ndjson_next(struct ndjson *n, struct str *line) {
    while (n->at < n->line_from) { /* a whole line lies there */
        struct str rest = str_sub(buf_str(&n->pending), n->at, n->line_from);
        struct str found = str_sub(rest, 0, (size_t)str_find_char(rest, '\n'));
        n->at += found.len + 1;
        if (worth(&found)) {
            *line = found;
            return true;
        }
    }
    return false;
}

bool ndjson_rest(struct ndjson *n, struct str *line) {
    struct str rest = str_sub(buf_str(&n->pending), n->line_from, n->pending.len);
    n->at = n->pending.len;
    n->line_from = n->at;
    *line = rest;
    return worth(line);
}
