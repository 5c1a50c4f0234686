/* URLs and percent-encoding (RFC 3986). No I/O. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct url {
    struct str scheme; /* lower case: "https" */
    struct str user;   /* userinfo, "" if none */
    struct str host;   /* without brackets for IPv6; lower case */
    int port;          /* the scheme's own when not written */
    struct str path;   /* with the leading slash, without query; "/" when empty */
    struct str query;  /* behind "?", "" if none */
    bool ipv6;
};
/* http and https only; parts are copied into a. */
NODISCARD bool url_parse(struct arena *a, struct str text, struct url *out, struct err *e);
/* "%41" → "A"; '+' stays. Bad escapes stay as they are. */
struct str url_decode(struct arena *a, struct str s);
/* Everything but unreserved characters becomes %XX. */
bool url_encode(struct buf *out, struct str s);
/* The value of `key` in a query string, decoded; NULL ptr: none. */
struct str url_query(struct arena *a, struct str query, const char *key);
