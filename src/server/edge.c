/* The door's rules. A browser tells the truth in Host, Origin and Sec-Fetch-*; these rules keep
 * pages of other sites, and names rebound to this computer, away from the port. Other programs of
 * this computer can write what they like there: those are told apart by uid and key, not here. */
#include "server/edge.h"

static const struct str LOOPBACK_NAMES[] = {STR_INIT("localhost"), STR_INIT("127.0.0.1"),
                                            STR_INIT("[::1]")};

static bool is_port(struct str s) {
    uint64_t port = 0;
    return s.len > 0 && s.len <= 5 && s.ptr[0] != '+' && s.ptr[0] != '-' && str_to_u64(s, &port)
           && port <= 65535;
}

/* "name", "name:80", "[::1]:80" → the name, with its brackets. False: something else. */
static bool cut_port(struct str host, struct str *name) {
    size_t end = host.len;
    if (host.len > 0 && host.ptr[0] == '[') {
        ptrdiff_t close = str_find_char(host, ']');
        if (close < 0) {
            return false;
        }
        end = (size_t)close + 1;
    } else {
        ptrdiff_t colon = str_find_char(host, ':');
        end = colon < 0 ? host.len : (size_t)colon;
    }
    *name = str_sub(host, 0, end);
    struct str rest = str_sub(host, end, host.len);
    return name->len > 0
           && (rest.len == 0 || (rest.ptr[0] == ':' && is_port(str_sub(rest, 1, rest.len))));
}

static bool find_query(struct str raw, struct edge_target *out) {
    struct str path = {0};
    struct str query = {0};
    str_cut(raw, '?', &path, &query);
    if (path.len == 0 || path.ptr[0] != '/' || str_find_char(raw, '#') >= 0) {
        return false;
    }
    if (path.len > 1 && path.ptr[path.len - 1] == '/') {
        path.len--;
    }
    out->path = path;
    out->query = query.len ? query : STR("");
    return true;
}

bool edge_target_split(struct str raw, struct edge_target *out) {
    struct edge_target t = {.path = STR("*"), .query = STR(""), .authority = STR("")};
    if (str_is(raw, "*")) {
        *out = t;
        return true;
    }
    if (str_istarts(raw, STR("http://"))) {
        raw = str_sub(raw, 7, raw.len);
        size_t n = 0;
        while (n < raw.len && raw.ptr[n] != '/' && raw.ptr[n] != '?') {
            n++;
        }
        t.authority = str_sub(raw, 0, n);
        raw = str_sub(raw, n, raw.len);
        if (t.authority.len == 0) {
            return false;
        }
        if (raw.len == 0) {
            raw = STR("/");
        }
    }
    TRY(find_query(raw, &t));
    *out = t;
    return true;
}

bool edge_host_is_allowed(const struct edge *g, struct str host, struct str local_ip) {
    struct str name = {0};
    TRY(cut_port(host, &name));
    for (size_t i = 0; i < ARRAY_LEN(LOOPBACK_NAMES); i++) {
        if (str_ieq(name, LOOPBACK_NAMES[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < g->host_count; i++) {
        if (str_ieq(name, g->hosts[i])) {
            return true;
        }
    }
    if (name.ptr[0] == '[') {
        name = str_sub(name, 1, name.len - 1);
    }
    return local_ip.len > 0 && str_ieq(name, local_ip);
}

enum edge_origin edge_origin_of(const struct edge *g, struct str origin, struct str host,
                                size_t *which) {
    if (str_is(origin, "null")) {
        return EDGE_FOREIGN_ORIGIN;
    }
    /* The page itself: it was loaded from the very Host that it now asks, and that Host is ours. */
    struct str rest = {0};
    if (str_istarts(origin, STR("http://"))) {
        rest = str_sub(origin, 7, origin.len);
    } else if (str_istarts(origin, STR("https://"))) {
        rest = str_sub(origin, 8, origin.len);
    }
    if (rest.len > 0 && str_ieq(rest, host)) {
        return EDGE_OWN_ORIGIN;
    }
    for (size_t i = 0; i < g->origin_count; i++) {
        if (str_ieq(origin, g->origins[i])) {
            *which = i;
            return EDGE_LISTED_ORIGIN;
        }
    }
    return EDGE_FOREIGN_ORIGIN;
}

/* What the check needs of the headers, collected in one pass. */
struct found {
    struct str host, origin, site, mode;
    size_t hosts, origins;
    bool preflight;
};

static void collect(const struct http1_head *head, struct found *f) {
    for (size_t i = 0; i < head->header_count; i++) {
        const struct http_header *h = &head->headers[i];
        if (h->name.len == 4 && str_ieq(h->name, STR("host"))) {
            f->host = h->value;
            f->hosts++;
        } else if (h->name.len == 6 && str_ieq(h->name, STR("origin"))) {
            f->origin = h->value;
            f->origins++;
        } else if (h->name.len == 14 && str_ieq(h->name, STR("sec-fetch-site"))) {
            f->site = h->value;
        } else if (h->name.len == 14 && str_ieq(h->name, STR("sec-fetch-mode"))) {
            f->mode = h->value;
        } else if (h->name.len == 29 && str_ieq(h->name, STR("access-control-request-method"))) {
            f->preflight = true;
        }
    }
}

static void refuse(struct edge_verdict *v, int status, const char *code_opt, const char *message) {
    v->status = status;
    v->code_opt = code_opt;
    v->message = message;
}

static void check_origin(const struct edge *g, const struct found *f, struct edge_verdict *v) {
    static const char *const TEXT =
        "requests from this web page's origin are not served; list it under `origins` in weir.toml";
    if (f->origins == 0) {
        /* A page of another site that loads something from here, as a picture or a script. */
        bool other = str_is(f->site, "cross-site") || str_is(f->site, "same-site");
        if (other && !str_is(f->mode, "navigate")) {
            refuse(v, 403, "origin_not_allowed", TEXT);
        }
        return;
    }
    v->origin = f->origin;
    v->origin_kind = edge_origin_of(g, f->origin, f->host, &v->which_origin);
    if (v->origin_kind == EDGE_FOREIGN_ORIGIN) {
        refuse(v, 403, "origin_not_allowed", TEXT);
    }
}

void edge_check(const struct edge *g, const struct http1_head *head, bool is_unix,
                struct str local_ip, struct edge_verdict *out) {
    struct edge_verdict v = {.origin = STR(""),
                             .target = {.path = STR(""), .query = STR(""), .authority = STR("")}};
    struct found f = {.host = STR(""), .origin = STR(""), .site = STR(""), .mode = STR("")};
    collect(head, &f);
    if (!edge_target_split(head->target, &v.target)) {
        refuse(&v, 400, NULL, "the request's target is not a path");
    } else if (f.hosts != 1 || f.host.len == 0) {
        refuse(&v, 400, NULL, "a request needs exactly one Host header");
    } else if (f.origins > 1) {
        refuse(&v, 400, NULL, "a request has at most one Origin header");
    } else {
        if (v.target.authority.len > 0) {
            f.host = v.target.authority; /* RFC 9112, 3.2.2: it counts, not the header */
        }
        if (!is_unix && !edge_host_is_allowed(g, f.host, local_ip)) {
            refuse(&v, 403, "host_not_allowed",
                   "this Host is not served here; use localhost, 127.0.0.1 or [::1], or list the "
                   "name under `hosts` in weir.toml");
        } else {
            check_origin(g, &f, &v);
        }
        v.is_preflight = f.preflight && f.origins == 1 && str_is(head->method, "OPTIONS");
    }
    *out = v;
}

bool edge_allows(struct str allow, struct str method) {
    struct str one = {0};
    while (allow.len > 0) {
        str_cut(allow, ',', &one, &allow);
        if (str_eq(str_trim(one), method)) {
            return true;
        }
    }
    return false;
}
