/* Requests out of bytes that arrive in any pieces. */
#define _GNU_SOURCE
#include "mock.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct bytes header(struct bytes head, const char *name) {
    size_t n = strlen(name);
    const char *end = head.data + head.len;
    const char *p = head.data;
    while (p && p + n < end) {
        const char *eol = memchr(p, '\n', (size_t)(end - p));
        if (p[n] == ':' && strncasecmp(p, name, n) == 0) {
            p += n + 1;
            p += strspn(p, " \t");
            return (struct bytes){p, strcspn(p, "\r\n")};
        }
        p = eol ? eol + 1 : NULL;
    }
    return (struct bytes){"", 0};
}

bool value_is(struct bytes v, const char *word) {
    return v.len == strlen(word) && strncasecmp(v.data, word, v.len) == 0;
}

/* Walks a chunked body; with join it also moves the pieces together. Sets *used past its end. */
static enum parse walk_chunks(char *p, size_t len, bool join, size_t *joined, size_t *used) {
    size_t at = 0, out = 0;
    for (;;) {
        char *eol = memchr(p + at, '\n', len - at);
        if (!eol) {
            return PARSE_MORE;
        }
        size_t size = strtoul(p + at, NULL, 16);
        at = (size_t)(eol - p) + 1;
        if (size > MAX_REQUEST) {
            return PARSE_BAD;
        }
        if (len - at < size + 2) {
            return PARSE_MORE;
        }
        if (join) {
            memmove(p + out, p + at, size);
        }
        out += size;
        at += size + 2;
        if (size == 0) {
            *joined = out;
            *used = at;
            return PARSE_DONE;
        }
    }
}

static enum parse parse_body(char *p, size_t len, struct request *r) {
    size_t size = strtoul(header(r->head, "content-length").data, NULL, 10);
    size_t used = size;
    if (value_is(header(r->head, "transfer-encoding"), "chunked")) {
        /* First look whether all of it is there: joining changes the bytes. */
        enum parse e = walk_chunks(p, len, false, &size, &used);
        if (e != PARSE_DONE) {
            return e;
        }
        walk_chunks(p, len, true, &size, &used);
    }
    if (size > MAX_REQUEST) {
        return PARSE_BAD;
    }
    if (len < used) {
        return PARSE_MORE;
    }
    r->body = (struct bytes){p, size};
    r->total = r->head.len + used;
    return PARSE_DONE;
}

/* The input always has a zero after it, so the string functions above stop. */
enum parse parse(struct conn *c, struct request *r) {
    const char *end = c->in_len ? memmem(c->in, c->in_len, "\r\n\r\n", 4) : NULL;
    if (!end) {
        return c->in_len > READ_STEP ? PARSE_BAD : PARSE_MORE;
    }
    r->head = (struct bytes){c->in, (size_t)(end - c->in) + 4};
    r->line = (struct bytes){c->in, strcspn(c->in, "\r\n")};
    r->close = value_is(header(r->head, "connection"), "close");
    return parse_body(c->in + r->head.len, c->in_len - r->head.len, r);
}

bool has(struct bytes where, const char *what) {
    return memmem(where.data, where.len, what, strlen(what)) != NULL;
}

/* Inside a JSON string the quotes would be escaped, so this finds only a real key. */
bool wants_stream(struct bytes body) {
    const char *p = memmem(body.data, body.len, "\"stream\"", 8);
    if (!p) {
        return false;
    }
    p += 8;
    p += strspn(p, " \t\r\n");
    if (*p++ != ':') {
        return false;
    }
    p += strspn(p, " \t\r\n");
    return strncmp(p, "true", 4) == 0;
}

uint64_t asked(struct bytes body, const char *marker, uint64_t usual) {
    const char *p = memmem(body.data, body.len, marker, strlen(marker));
    uint64_t v = p ? strtoull(p + strlen(marker), NULL, 10) : 0;
    return v ? v : usual;
}
