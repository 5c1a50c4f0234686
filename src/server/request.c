/* One request, from its first byte until it is answered: head, body, limits. The parser's callbacks
 * only note things; what answers (the api, or a refusal) is called after the parser has returned.
 */
#include "base/log.h"
#include "server/conn.h"

enum {
    BODY_STEP = 1 << 20,  /* given at once to a body that says its length */
    CHUNKED_STEP = 16384, /* the first room of one that does not */
};

/* ---- the head ---- */

static struct str copied(char **at, struct str s) {
    struct str out = {*at, s.len};
    if (s.len) {
        memcpy(*at, s.ptr, s.len);
    }
    *at += s.len;
    return out;
}

/* The request in its own memory: it may outlive this connection. */
static void copy_head(struct conn *c, const struct http1_head *h, const struct edge_verdict *v) {
    size_t bytes = h->method.len + v->target.path.len + v->target.query.len + v->origin.len + 1;
    for (size_t i = 0; i < h->header_count; i++) {
        bytes += h->headers[i].name.len + h->headers[i].value.len;
    }
    struct api_request *rq = arena_new(c->arena, struct api_request);
    struct http_header *headers = arena_array(c->arena, struct http_header, h->header_count + 1);
    char *at = arena_alloc(c->arena, bytes);
    for (size_t i = 0; i < h->header_count; i++) {
        headers[i].name = copied(&at, h->headers[i].name);
        headers[i].value = copied(&at, h->headers[i].value);
    }
    rq->arena = c->arena;
    rq->method = copied(&at, h->method);
    rq->path = copied(&at, v->target.path);
    rq->query = copied(&at, v->target.query);
    rq->origin = copied(&at, v->origin);
    rq->headers = headers;
    rq->header_count = h->header_count;
    rq->peer = (struct api_peer){.is_owner = c->peer_kind == PEER_UNIX && c->is_same_user,
                                 .is_local = c->peer_kind != PEER_REMOTE && c->is_same_user};
    c->rq = rq;
}

static void check_path(struct conn *c, const struct http1_head *h, const struct edge_verdict *v) {
    struct path_facts spare = {0};
    const struct path_facts *f = facts_of(c->server, v->target.path, &spare);
    struct str allow = {f->allow, f->allow_len};
    bool is_options = str_is(h->method, "OPTIONS");
    c->vary_origin = f->is_dialect && c->server->edge.origin_count > 0;
    if (v->origin_kind == EDGE_LISTED_ORIGIN) {
        if (!f->is_dialect) {
            refuse(c, 403, "origin_not_allowed",
                   "web pages of other origins may use only the model APIs, not this path");
            return;
        }
        c->cors = &c->server->edge.origins[v->which_origin];
    }
    if (is_options && (allow.len > 0 || str_is(v->target.path, "*"))) {
        refuse(c, 204, NULL, NULL);
        c->own.names_methods = allow.len > 0;
        c->own.is_preflight = v->is_preflight;
    } else if (allow.len == 0) {
        refuse(c, 404, NULL, "there is nothing at this path");
    } else if (!edge_allows(allow, h->method)) {
        refuse(c, 405, NULL, "this path does not take this method");
        c->own.names_methods = true;
    }
}

static const char TOO_LARGE[] = "the request's body is larger than this server takes";

static bool on_head(void *ctx, const struct http1_head *h) {
    struct conn *c = ((struct parser *)ctx)->conn;
    const struct server *s = c->server;
    struct edge_verdict v = {0};
    c->is_head = str_is(h->method, "HEAD");
    c->is_get = str_is(h->method, "GET");
    c->is_old = h->minor == 0;
    c->keep = h->keep_alive;
    c->body_length = h->content_length;
    edge_check(&s->edge, h, c->peer_kind == PEER_UNIX, str_of(c->local_ip), &v);
    if (v.status) {
        refuse(c, v.status, v.code_opt, v.message);
    } else {
        check_path(c, h, &v);
    }
    if (!c->own.status && h->content_length >= 0 && (uint64_t)h->content_length > c->body_most) {
        refuse(c, 413, NULL, TOO_LARGE);
    }
    c->must_invite = h->expect_continue && h->minor > 0 && !c->own.status;
    copy_head(c, h, &v);
    c->state = CONN_BODY;
    return true;
}

/* ---- the body ---- */

/* Room for n more bytes. A body that says how long it is gets all of it once it has shown that it
 * comes. */
static void body_room(struct conn *c, size_t n) {
    size_t need = c->body_len + n;
    if (need <= c->body_cap) {
        return;
    }
    size_t cap = c->body_cap ? c->body_cap * 4 : CHUNKED_STEP;
    if (c->body_length >= 0) {
        cap = c->body_cap ? (size_t)c->body_length : BODY_STEP;
        cap = cap > (size_t)c->body_length ? (size_t)c->body_length : cap;
    }
    cap = cap < need ? need : cap;
    char *p = arena_alloc(c->arena, cap);
    if (c->body_len) {
        memcpy(p, c->body, c->body_len);
    }
    c->body = p;
    c->body_cap = cap;
}

static bool on_body(void *ctx, struct str piece) {
    struct conn *c = ((struct parser *)ctx)->conn;
    if (c->own.status) {
        return true;
    }
    if (piece.len > c->body_most - c->body_len) {
        refuse(c, 413, NULL, TOO_LARGE);
        return true;
    }
    body_room(c, piece.len);
    memcpy(c->body + c->body_len, piece.ptr, piece.len);
    c->body_len += piece.len;
    return true;
}

static void on_end(void *ctx) {
    (void)ctx; /* http1_is_done says it */
}

/* ---- one request ---- */

static void take_parser(struct conn *c) {
    static const struct http1_ops ops = {on_head, on_body, on_end};
    struct server *s = c->server;
    struct parser *p = s->spare;
    if (p) {
        s->spare = p->next;
        s->spare_count--;
    } else {
        struct http1_limits limits = HTTP1_LIMITS;
        limits.body_bytes = SIZE_MAX / 2; /* counted here, where the path is known */
        p = calloc(1, sizeof *p);
        if (!p) {
            abort();
        }
        p->http = http1_new(HTTP1_REQUEST, &limits, &ops, p);
    }
    p->conn = c;
    c->parser = p;
}

static void give_parser_back(struct conn *c) {
    struct server *s = c->server;
    struct parser *p = TAKE(c->parser);
    if (!p) {
        return;
    }
    if (s->spare_count >= SPARE_PARSERS) {
        http1_free(p->http);
        free(p);
        return;
    }
    http1_next(p->http);
    p->conn = NULL;
    p->next = s->spare;
    s->spare = p;
    s->spare_count++;
}

void request_drop(struct conn *c) {
    give_parser_back(c);
    if (c->arena) {
        arena_end(c->arena);
        free(c->arena);
    }
    c->arena = NULL;
    c->rq = NULL;
    c->body = NULL;
    c->body_len = c->body_cap = 0;
}

static void begin_request(struct conn *c) {
    take_parser(c);
    c->arena = malloc(sizeof *c->arena);
    if (!c->arena) {
        abort();
    }
    c->body_most = c->server->limits.body_bytes;
    *c->arena = arena_make(c->body_most * 4 + (16u << 20));
    c->own = (struct own_answer){0};
    c->body_length = -1;
    c->cors = NULL;
    c->vary_origin = c->is_head = c->is_old = c->must_invite = false;
    c->keep = true;
    c->peek_len = 0;
    c->state = CONN_HEAD;
    c->since = conn_now(c);
}

static void keep_peek(struct conn *c, struct str bytes) {
    size_t n = PEEK_BYTES - c->peek_len;
    n = n < bytes.len ? n : bytes.len;
    memcpy(c->peek + c->peek_len, bytes.ptr, n);
    c->peek_len += n;
}

static void serve(struct conn *c) {
    struct api_request *rq = c->rq;
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a whole request has one */
    rq->body = (struct str){c->body ? c->body : "", c->body_len};
    c->arena = NULL;
    request_drop(c);
    reply_begin(c);
    c->state = CONN_BUSY;
    c->serving = true;
    struct api_call *call = api_serve(c->server->api, rq, reply_responder(c));
    c->serving = false;
    if (c->answered) {
        conn_finish_answer(c);
        return;
    }
    c->call = call;
    if (!call) {
        log_error("a request was given back without an answer");
        conn_close(c);
    }
}

static void refuse_unreadable(struct conn *c, const struct err *e) {
    int status = 400;
    if (e->kind == ERR_TOO_LARGE) {
        status = e->code && strcmp(e->code, "headers_too_large") == 0 ? 431 : 413;
    }
    refuse(c, status, NULL, e->text);
    struct str path = c->rq ? c->rq->path : refuse_peeked_path(c);
    c->keep = false;
    refuse_send(c, path, false);
    request_drop(c);
}

bool request_read(struct conn *c, struct str *bytes) {
    struct err e = {0};
    size_t used = 0;
    if (c->state == CONN_IDLE) {
        begin_request(c);
    }
    if (c->state == CONN_HEAD) {
        keep_peek(c, *bytes);
    }
    bool fine = http1_feed(c->parser->http, *bytes, &used, &e);
    *bytes = str_sub(*bytes, used, bytes->len);
    c->has_more = bytes->len > 0;
    if (!fine) {
        refuse_unreadable(c, &e);
        return true;
    }
    bool whole = http1_is_done(c->parser->http);
    if (c->own.status && c->rq) {
        refuse_send(c, c->rq->path, whole);
        request_drop(c);
        return true;
    }
    if (whole) {
        serve(c);
        return true;
    }
    if (c->state == CONN_BODY) {
        c->since = conn_now(c);
        if (c->must_invite) {
            c->must_invite = false;
            reply_raw(c, STR("HTTP/1.1 100 Continue\r\n\r\n"));
        }
    }
    return false;
}

void request_free_parsers(struct server *s) {
    while (s->spare) {
        struct parser *p = s->spare;
        s->spare = p->next;
        http1_free(p->http);
        free(p);
    }
}
