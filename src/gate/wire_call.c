/* One call outward: how its handle is set up, and what curl asks and tells about it.
 *
 * What curl could do by itself is switched off: redirects, proxies and netrc from the environment,
 * cookies, other protocols, guessing, trying a request twice. An address is checked twice, before
 * connect() and again right before the request goes out, so that a pooled connection is checked as
 * well. */
#include "base/clock.h"
#include "gate/wire.h"

#include <arpa/inet.h>
#include <stdio.h>

enum {
    HEAD_BYTES = 64 * 1024,
    HEAD_LINES = 256,
    COPIED_BODY = 4096, /* a small body goes out with its head in one write, from curl's copy */
};

/* ---- what curl asks and tells ---- */

static bool address_ok(struct wire_call *c, const char *numeric) {
    if (gate_address_allowed(c->zone, c->host, numeric)) {
        return true;
    }
    err_code(&c->why, ERR_FORBIDDEN, "zone_mismatch",
             STR_FMT " is at %s, which is no address of zone %s", STR_ARG(c->name), numeric,
             ZONE_NAMES[c->zone]);
    c->refused = true;
    return false;
}

/* This computer is in the network that the target names, and speaks to it from there: not through a
 * tunnel or another interface. local_opt: the connection's own address, once there is one. */
static bool network_ok(struct wire_call *c, const char *local_opt) {
    struct net here = {0};
    struct err why = {0};
    char seen[NET_FINGERPRINT + 1] = {0};
    if (!c->network.len) {
        return true;
    }
    if (net_here(&here, &why)) {
        net_fingerprint(&here, seen);
        if (str_is(c->network, seen) && (!local_opt || net_holds(&here, local_opt))) {
            return true;
        }
        err_set(&why, ERR_FORBIDDEN, "this is network %s", seen);
    }
    err_code(&c->why, ERR_FORBIDDEN, "zone_mismatch",
             STR_FMT " is at home in network " STR_FMT ", and is not reached from there: %s",
             STR_ARG(c->name), STR_ARG(c->network), why.text);
    c->refused = true;
    return false;
}

/* Instead of socket(): the address is known here and nothing has been sent to it yet. */
static curl_socket_t on_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *to) {
    struct wire_call *c = ctx;
    char text[INET6_ADDRSTRLEN] = {0};
    const void *bytes = NULL;
    struct sockaddr_in6 six = {0};
    struct sockaddr_in four = {0};
    if (to->family == AF_INET) {
        memcpy(&four, &to->addr, sizeof four);
        bytes = &four.sin_addr;
    } else if (to->family == AF_INET6 && to->addrlen >= sizeof six) {
        memcpy(&six, (const char *)to + offsetof(struct curl_sockaddr, addr), sizeof six);
        bytes = &six.sin6_addr;
    }
    if (purpose != CURLSOCKTYPE_IPCXN || c->dead || !bytes
        || !inet_ntop(to->family, bytes, text, sizeof text) || !address_ok(c, text)
        || !network_ok(c, NULL)) {
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* Connected, TLS done, nothing of the request sent yet; also on a connection out of the pool. Once
 * per call: curl would repeat a request whose pooled connection died, but a pass is for one
 * sending. */
static int on_ready(void *ctx, char *remote_ip, char *local_ip, int remote_port, int local_port) {
    (void)remote_port;
    (void)local_port;
    struct wire_call *c = ctx;
    if (atomic_load(c->w->shut)) {
        c->failed = true;
        err_code(&c->why, ERR_FORBIDDEN, "gate_closed", "the gate is shut: nothing leaves");
    }
    if (c->dead || c->failed || c->w->cut) {
        return CURL_PREREQFUNC_ABORT;
    }
    if (!address_ok(c, remote_ip) || !network_ok(c, local_ip)) {
        c->failed = true;
        return CURL_PREREQFUNC_ABORT;
    }
    long sent = 0;
    curl_easy_getinfo(c->easy, CURLINFO_REQUEST_SIZE, &sent);
    if (c->tried && sent > 0) {
        c->failed = true;
        err_set(&c->why, ERR_UPSTREAM, STR_FMT " closed the connection without an answer",
                STR_ARG(c->name));
        return CURL_PREREQFUNC_ABORT;
    }
    c->tried = true;
    c->refused = false;
    c->last_us = clock_mono_us();
    return CURL_PREREQFUNC_OK;
}

/* The head is whole: says it to the caller, unless it must not be believed. */
static bool head_done(struct wire_call *c) {
    long status = 0;
    curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
    c->status = (int)status;
    if (status < 200) { /* 100, 103: another head follows */
        c->head_count = 0;
        return true;
    }
    c->head_told = true;
    if (status >= 300 && status < 400) {
        c->failed = true;
        return err_set(
            &c->why, ERR_UPSTREAM,
            STR_FMT
            " answered with a redirect (%ld), which is not followed; correct its url in weir.toml",
            STR_ARG(c->name), status);
    }
    c->ops->on_head(c->ctx, c->status, c->head, c->head_count);
    return !c->dead;
}

static bool head_line(struct wire_call *c, struct str line) {
    c->head_bytes += line.len;
    if (c->head_bytes > HEAD_BYTES || c->head_count >= HEAD_LINES) {
        c->failed = true;
        return err_set(&c->why, ERR_UPSTREAM, "the answer's head is over %d bytes or %d lines",
                       HEAD_BYTES, HEAD_LINES);
    }
    if (c->head_told) {
        return true; /* trailers */
    }
    struct str text = str_trim(line);
    if (text.len == 0) {
        return head_done(c);
    }
    struct str name = {0};
    struct str value = {0};
    if (str_starts(text, STR("HTTP/"))) {
        c->head_count = 0;
        return true;
    }
    if (str_cut(text, ':', &name, &value)) {
        *arena_push(&c->arena, c->head, c->head_count, c->head_cap) = (struct http_header){
            str_dup(&c->arena, str_trim(name)), str_dup(&c->arena, str_trim(value))};
    }
    return true;
}

static size_t on_header(char *ptr, size_t size, size_t n, void *ctx) {
    struct wire_call *c = ctx;
    size_t len = size * n;
    c->last_us = clock_mono_us();
    return !c->dead && head_line(c, (struct str){ptr, len}) ? len : 0;
}

static size_t on_body(char *ptr, size_t size, size_t n, void *ctx) {
    struct wire_call *c = ctx;
    size_t len = size * n;
    c->last_us = clock_mono_us();
    if (c->dead || c->failed) {
        return len ? 0 : 1;
    }
    if (c->paused) {
        return CURL_WRITEFUNC_PAUSE; /* paused before there was a connection to pause */
    }
    if (len) {
        c->bytes_in += (int64_t)len;
        c->ops->on_data(c->ctx, (struct str){ptr, len});
    }
    return c->dead ? 0 : len;
}

/* Bigger bodies are read in pieces, so that a cancelled call never looks at its body again. Without
 * a way to seek, curl cannot start over either. */
static size_t on_upload(char *to, size_t size, size_t n, void *ctx) {
    struct wire_call *c = ctx;
    if (c->dead || c->failed) {
        return CURL_READFUNC_ABORT;
    }
    struct str piece = str_sub(c->body, c->body_at, c->body_at + size * n);
    if (piece.len) {
        memcpy(to, piece.ptr, piece.len);
    }
    c->body_at += piece.len;
    c->last_us = clock_mono_us();
    return piece.len;
}

/* ---- setting up ---- */

static void headers_free(struct curl_slist *list) {
    for (struct curl_slist *h = list; h; h = h->next) {
        explicit_bzero(h->data, strlen(h->data)); /* one of them holds the key */
    }
    curl_slist_free_all(list);
}

static bool header_add(struct wire_call *c, struct str name, struct str prefix, struct str value,
                       struct err *e) {
    if (name.len == 0 || !http1_is_clean(name) || !http1_is_clean(prefix) || !http1_is_clean(value)
        || str_find_char(name, ':') >= 0) {
        return err_set(e, ERR_INVALID, "a header for " STR_FMT " holds what a header cannot hold",
                       STR_ARG(c->name));
    }
    size_t room = name.len + prefix.len + value.len + 3;
    AUTO_FREE char *line = malloc(room);
    if (!line) {
        abort();
    }
    /* curl leaves out "name:"; "name;" is its way to send an empty one. */
    int n = prefix.len + value.len == 0 ? snprintf(line, room, STR_FMT ";", STR_ARG(name))
                                        : snprintf(line, room, STR_FMT ": " STR_FMT STR_FMT,
                                                   STR_ARG(name), STR_ARG(prefix), STR_ARG(value));
    struct curl_slist *longer = n > 0 ? curl_slist_append(c->headers, line) : NULL;
    explicit_bzero(line, room);
    if (!longer) {
        abort();
    }
    c->headers = longer;
    return true;
}

/* These are curl's: they say what the bytes are and where they go. */
static bool is_fixed(struct str name) {
    static const char *const fixed[] = {"host",       "content-length",  "transfer-encoding",
                                        "connection", "accept-encoding", "expect",
                                        "upgrade",    "cookie",          "proxy-authorization"};
    for (size_t i = 0; i < ARRAY_LEN(fixed); i++) {
        if (str_ieq(name, str_of(fixed[i]))) {
            return true;
        }
    }
    return false;
}

static bool headers_set(struct wire_call *c, const struct wire_order *o, struct err *e) {
    const struct gate_target *t = o->target;
    bool typed = false;
    for (size_t i = 0; i < t->header_count; i++) {
        struct str name = t->headers[i].name;
        if (is_fixed(name)) {
            return err_set(e, ERR_INVALID, "header " STR_FMT " of " STR_FMT " is not yours to set",
                           STR_ARG(name), STR_ARG(t->name));
        }
        typed = typed || str_ieq(name, STR("content-type"));
        TRY(header_add(c, name, STR(""), t->headers[i].value, e));
    }
    if (o->key_opt && t->auth_header.len) {
        TRY(header_add(c, t->auth_header, t->auth_prefix, secret_reveal(o->key_opt), e));
    }
    if (!typed && str_is(o->method, "POST")) {
        TRY(header_add(c, STR("content-type"), STR(""), STR("application/json"), e));
    }
    struct curl_slist *longer = curl_slist_append(c->headers, "Expect:");
    if (!longer) {
        abort();
    }
    c->headers = longer;
    return true;
}

/* curl must read the URL the way we did. */
static bool same_reading(struct wire_call *c, const struct wire_order *o, struct err *e) {
    CURLU *u = curl_url();
    char *url = str_cstr(&c->arena, o->place.url);
    char *host = NULL;
    char *user = NULL;
    bool same = u && curl_url_set(u, CURLUPART_URL, url, CURLU_PATH_AS_IS) == CURLUE_OK
                && curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK
                && curl_url_get(u, CURLUPART_USER, &user, 0) == CURLUE_NO_USER;
    if (same) {
        struct str h = str_of(host);
        if (str_starts(h, STR("["))) {
            h = str_sub(h, 1, h.len - 1);
        }
        same = str_ieq(h, o->place.host);
    }
    curl_free(host);
    curl_free(user);
    curl_url_cleanup(u);
    return same
           || err_set(e, ERR_INVALID, "the URL of " STR_FMT " can be read in two ways",
                      STR_ARG(c->name));
}

static void set_limits(CURL *h, const struct gate_target *t) {
    curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(t->connect_timeout_ms > 0 ? t->connect_timeout_ms : 30000));
    curl_easy_setopt(h, CURLOPT_TIMEOUT_MS,
                     (long)(t->total_timeout_ms > 0 ? t->total_timeout_ms : 0));
    curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(h, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(h, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(h, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(h, CURLOPT_HTTP09_ALLOWED, 0L);
}

static bool set_door(struct wire_call *c, const struct gate_target *t, struct err *e) {
    CURL *h = c->easy;
    CURLcode bad = CURLE_OK;
    bad |= curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
    bad |= curl_easy_setopt(h, CURLOPT_REDIR_PROTOCOLS_STR, "https");
    bad |= curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
    bad |= curl_easy_setopt(h, CURLOPT_MAXREDIRS, 0L);
    bad |= curl_easy_setopt(h, CURLOPT_PROXY, "");
    bad |= curl_easy_setopt(h, CURLOPT_NOPROXY, "*");
    bad |= curl_easy_setopt(h, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    bad |= curl_easy_setopt(h, CURLOPT_PATH_AS_IS, 1L);
    bad |= curl_easy_setopt(h, CURLOPT_OPENSOCKETFUNCTION, on_open);
    bad |= curl_easy_setopt(h, CURLOPT_OPENSOCKETDATA, c);
    bad |= curl_easy_setopt(h, CURLOPT_PREREQFUNCTION, on_ready);
    bad |= curl_easy_setopt(h, CURLOPT_PREREQDATA, c);
    if (c->via.len) {
        char *via = str_cstr(&c->arena, str_fmt(&c->arena, "if!" STR_FMT, STR_ARG(c->via)));
        bad |= curl_easy_setopt(h, CURLOPT_INTERFACE, via);
    }
    if (t->pin.len) {
        bad |= curl_easy_setopt(h, CURLOPT_PINNEDPUBLICKEY, str_cstr(&c->arena, t->pin));
        if (t->zone == ZONE_HOME || t->zone == ZONE_DEVICE) {
            /* One's own machine has a certificate that nobody signed: there the pinned key is the
             * proof. */
            bad |= curl_easy_setopt(h, CURLOPT_SSL_VERIFYPEER, 0L);
            bad |= curl_easy_setopt(h, CURLOPT_SSL_VERIFYHOST, 0L);
        }
    }
    return bad == CURLE_OK || err_set(e, ERR_BUG, "libcurl refuses an option that weir relies on");
}

static bool set_request(struct wire_call *c, const struct wire_order *o, struct err *e) {
    CURL *h = c->easy;
    TRY(headers_set(c, o, e));
    curl_easy_setopt(h, CURLOPT_URL, str_cstr(&c->arena, o->place.url));
    curl_easy_setopt(h, CURLOPT_HTTPHEADER, c->headers);
    curl_easy_setopt(h, CURLOPT_USERAGENT, "weir/" WEIR_VERSION);
    if (str_is(o->method, "POST")) {
        curl_easy_setopt(h, CURLOPT_POST, 1L);
        curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)o->body.len);
        if (o->body.len <= COPIED_BODY) {
            curl_easy_setopt(h, CURLOPT_COPYPOSTFIELDS, o->body.len ? o->body.ptr : "");
        } else {
            c->body = o->body;
            curl_easy_setopt(h, CURLOPT_READFUNCTION, on_upload);
            curl_easy_setopt(h, CURLOPT_READDATA, c);
        }
    } else if (str_is(o->method, "GET") && o->body.len == 0) {
        curl_easy_setopt(h, CURLOPT_HTTPGET, 1L);
    } else {
        return err_set(e, ERR_INVALID, "only POST, and GET without a body, can be sent");
    }
    curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(h, CURLOPT_HEADERDATA, c);
    curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(h, CURLOPT_WRITEDATA, c);
    curl_easy_setopt(h, CURLOPT_ERRORBUFFER, c->error);
    curl_easy_setopt(h, CURLOPT_PRIVATE, c);
    return true;
}

void wire_call_free(struct wire_call *c) {
    struct wire *w = c->w;
    if (c->easy) {
        /* Nothing of this call may stay in the handle: its options go, its memory is ours. */
        curl_easy_reset(c->easy);
        if (w->spares < SPARE_HANDLES && !w->freeing) {
            w->spare[w->spares++] = c->easy;
        } else {
            curl_easy_cleanup(c->easy);
        }
    }
    headers_free(c->headers);
    arena_end(&c->arena);
    free(c);
}

struct wire_call *wire_call_new(struct wire *w, const struct wire_order *o,
                                const struct wire_ops *ops, void *ctx, struct err *e) {
    struct wire_call *c = calloc(1, sizeof *c);
    if (!c) {
        abort();
    }
    c->w = w;
    c->ops = ops;
    c->ctx = ctx;
    c->arena = arena_make(1 << 20);
    c->zone = o->target->zone;
    c->name = str_dup(&c->arena, o->target->name);
    c->host = str_dup(&c->arena, o->place.host);
    c->via = str_dup(&c->arena, o->target->via);
    c->network = str_dup(&c->arena, o->target->network);
    c->idle_us = o->target->idle_timeout_ms * 1000;
    c->last_us = clock_mono_us();
    c->easy = w->spares ? w->spare[--w->spares] : curl_easy_init();
    if (!c->easy) {
        abort();
    }
    set_limits(c->easy, o->target);
    if (!same_reading(c, o, e) || !set_door(c, o->target, e) || !set_request(c, o, e)) {
        wire_call_free(c);
        return NULL;
    }
    return c;
}
