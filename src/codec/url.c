/* URLs: the strict grammar of RFC 3986 for http and https, and percent-encoding. Pure functions,
 * any thread. */
#include "codec/url.h"

#include <arpa/inet.h>

static int hex_of(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
           || c == '.' || c == '_' || c == '~';
}

static bool is_escape(struct str s, size_t at) {
    return s.ptr[at] == '%' && s.len - at > 2 && hex_of(s.ptr[at + 1]) >= 0
           && hex_of(s.ptr[at + 2]) >= 0;
}

/* Unreserved characters, escapes, sub-delims and whatever `more` holds. */
static bool holds_only(struct str s, const char *more) {
    static const char sub_delims[] = "!$&'()*+,;=";
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!is_unreserved(c) && !char_is_of(c, sub_delims) && !char_is_of(c, more)
            && !is_escape(s, i)) {
            return false;
        }
    }
    return true;
}

static bool read_port(struct str text, struct url *u, struct err *e) {
    uint64_t v = 0;
    if (text.len == 0) {
        return true; /* "host:" means the scheme's own */
    }
    if (!str_to_u64(text, &v) || v == 0 || v > 65535) {
        return err_set(e, ERR_INVALID, "the port must be a number from 1 to 65535");
    }
    u->port = (int)v;
    return true;
}

/* "[::1]:80" or "name:80" */
static bool read_host(struct arena *a, struct str text, struct url *u, struct err *e) {
    struct str host = {0};
    struct str port = {0};
    if (str_starts(text, STR("["))) {
        ptrdiff_t end = str_find_char(text, ']');
        struct in6_addr unused;
        host = end < 0 ? text : str_sub(text, 1, (size_t)end);
        port = str_sub(text, host.len + 2, text.len);
        u->ipv6 = true;
        if (end < 0 || host.len > 45 || str_find_char(host, 0) >= 0
            || inet_pton(AF_INET6, str_cstr(a, host), &unused) != 1
            || (port.len && port.ptr[0] != ':')) {
            return err_set(e, ERR_INVALID, "between [ and ] there must be an IPv6 address");
        }
        port = str_sub(port, 1, port.len);
    } else {
        str_cut(text, ':', &host, &port);
        if (host.len == 0) {
            return err_set(e, ERR_INVALID, "the URL names no host");
        }
        if (host.len > 253 || str_find_char(host, '%') >= 0 || !holds_only(host, "")) {
            return err_set(e, ERR_INVALID, "the host's name is not one");
        }
    }
    u->host = str_lower(a, host);
    return read_port(port, u, e);
}

static bool read_authority(struct arena *a, struct str text, struct url *u, struct err *e) {
    struct str user = STR("");
    for (size_t i = text.len; i > 0; i--) {
        if (text.ptr[i - 1] == '@') {
            user = str_sub(text, 0, i - 1);
            text = str_sub(text, i, text.len);
            break;
        }
    }
    if (!holds_only(user, ":")) {
        return err_set(e, ERR_INVALID, "bad characters before the @");
    }
    u->user = str_dup(a, user);
    return read_host(a, text, u, e);
}

static size_t find_any(struct str s, const char *set) {
    size_t i = 0;
    while (i < s.len && !char_is_of(s.ptr[i], set)) {
        i++;
    }
    return i;
}

bool url_parse(struct arena *a, struct str text, struct url *out, struct err *e) {
    struct url u = {0};
    if (str_istarts(text, STR("https://"))) {
        u.scheme = STR("https");
        u.port = 443;
    } else if (str_istarts(text, STR("http://"))) {
        u.scheme = STR("http");
        u.port = 80;
    } else {
        return err_set(e, ERR_INVALID, "a URL here begins with http:// or https://");
    }
    struct str rest = str_sub(text, u.scheme.len + 3, text.len);
    size_t end = find_any(rest, "/?#");
    TRY(read_authority(a, str_sub(rest, 0, end), &u, e));
    rest = str_sub(rest, end, rest.len);
    struct str fragment = {0};
    struct str query = {0};
    struct str path = {0};
    str_cut(rest, '#', &rest, &fragment);
    str_cut(rest, '?', &path, &query);
    if (!holds_only(path, ":@/") || !holds_only(query, ":@/?") || !holds_only(fragment, ":@/?")) {
        return err_set(e, ERR_INVALID, "the URL holds characters that must be written as %%XX");
    }
    u.path = path.len ? str_dup(a, path) : STR("/");
    u.query = str_dup(a, query);
    *out = u;
    return true;
}

struct str url_decode(struct arena *a, struct str s) {
    char *p = arena_alloc(a, s.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (is_escape(s, i)) {
            p[n++] = (char)(hex_of(s.ptr[i + 1]) << 4 | hex_of(s.ptr[i + 2]));
            i += 2;
        } else {
            p[n++] = s.ptr[i];
        }
    }
    return (struct str){p, n};
}

bool url_encode(struct buf *out, struct str s) {
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (is_unreserved(s.ptr[i])) {
            buf_add_char(out, s.ptr[i]);
        } else {
            buf_add(out, (struct str){(char[]){'%', digits[c >> 4], digits[c & 15]}, 3});
        }
    }
    return !out->failed;
}

struct str url_query(struct arena *a, struct str query, const char *key) {
    while (query.len > 0) {
        struct str pair = {0};
        struct str name = {0};
        struct str value = {0};
        str_cut(query, '&', &pair, &query);
        str_cut(pair, '=', &name, &value);
        if (pair.len > 0 && str_is(url_decode(a, name), key)) {
            return url_decode(a, value);
        }
    }
    return (struct str){NULL, 0};
}
