/* The server's own answers: what is refused before the api is asked, and OPTIONS. */
#include "base/hash.h"
#include "base/id.h"
#include "server/conn.h"

enum { MAX_HEADERS = 12 };

const struct path_facts *facts_of(struct server *s, struct str path, struct path_facts *spare) {
    bool fits = path.len <= FACTS_PATH;
    struct path_facts *f = fits ? &s->facts[hash_table(path) % FACTS_SLOTS] : spare;
    if (fits && f->is_set && str_eq((struct str){f->path, f->path_len}, path)) {
        return f;
    }
    struct arena a = arena_make(1 << 20);
    struct str allow = api_allow(&a, path);
    *f = (struct path_facts){.is_set = true, .path_len = fits ? path.len : 0};
    if (fits) {
        memcpy(f->path, path.ptr, path.len);
    }
    if (allow.ptr && allow.len <= FACTS_ALLOW) {
        memcpy(f->allow, allow.ptr, allow.len);
        f->allow_len = allow.len;
    }
    f->is_dialect = api_is_dialect_route(path);
    arena_end(&a);
    return f;
}

void refuse(struct conn *c, int status, const char *code_opt, const char *message) {
    if (!c->own.status) {
        c->own = (struct own_answer){.status = status, .code_opt = code_opt, .message = message};
    }
}

/* The path of a message that was never parsed, as far as its first bytes show it: it decides only
 * the shape of the error. */
struct str refuse_peeked_path(const struct conn *c) {
    struct str first = {c->peek, c->peek_len};
    struct str word = {0};
    str_cut(first, ' ', &word, &first);
    str_cut(first, ' ', &word, &first);
    str_cut(word, '?', &word, &first);
    return word.len > 0 && word.ptr[0] == '/' ? word : STR("");
}

static void add(struct http_header *h, size_t *n, struct str name, struct str value) {
    h[(*n)++] = (struct http_header){name, value};
}

static struct str header_of(const struct conn *c, const char *name) {
    for (size_t i = 0; c->rq && i < c->rq->header_count; i++) {
        if (str_ieq(c->rq->headers[i].name, str_of(name))) {
            return c->rq->headers[i].value;
        }
    }
    return STR("");
}

static void add_preflight(struct conn *c, struct http_header *h, size_t *n, struct str allow) {
    struct str asked = header_of(c, "access-control-request-headers");
    add(h, n, STR("Vary"),
        STR("Access-Control-Request-Method, Access-Control-Request-Headers, "
            "Access-Control-Request-Private-Network"));
    add(h, n, STR("Access-Control-Allow-Methods"), allow);
    if (asked.len > 0) {
        add(h, n, STR("Access-Control-Allow-Headers"), asked);
    }
    add(h, n, STR("Access-Control-Max-Age"), STR("600"));
    if (str_is(header_of(c, "access-control-request-private-network"), "true")) {
        add(h, n, STR("Access-Control-Allow-Private-Network"), STR("true"));
    }
}

void refuse_send(struct conn *c, struct str path, bool request_is_whole) {
    struct http_header h[MAX_HEADERS];
    size_t n = 0;
    struct str body = STR("");
    struct str allow = STR("");
    struct path_facts spare = {0};
    struct arena a = arena_make(1 << 20);
    struct str id = id_make(&a, "req_", 24);
    add(h, &n, STR("x-request-id"), id);
    add(h, &n, STR("request-id"), id);
    if (c->own.names_methods) {
        const struct path_facts *f = facts_of(c->server, path, &spare);
        allow = str_dup(&a, (struct str){f->allow, f->allow_len});
        add(h, &n, STR("Allow"), allow);
    }
    if (c->own.message) {
        body = api_error_body(&a, path, c->own.status, c->own.code_opt, str_of(c->own.message), id);
        add(h, &n, STR("Content-Type"), STR("application/json"));
    }
    if (c->own.code_opt) {
        add(h, &n, STR("weir-code"), str_of(c->own.code_opt));
    }
    if (c->own.is_preflight && c->cors) {
        add_preflight(c, h, &n, allow);
    }
    c->keep = c->keep && request_is_whole;
    c->state = CONN_BUSY;
    c->serving = true;
    reply_begin(c);
    struct api_responder r = reply_responder(c);
    r.head(r.ctx, c->own.status, h, n, (int64_t)body.len);
    r.data(r.ctx, body);
    r.end(r.ctx);
    c->serving = false;
    arena_end(&a);
    conn_finish_answer(c);
}
