/* The table of routes and how a path finds its row. Paths come without query and trailing slash. */
#include "api/inner.h"

/* clang-format off */
static const struct api_route ROUTES[] = {
    {ROW("POST", "/v1/chat/completions", SHAPE_OPENAI, AUTH_CALLER, serve_chat), .d = &API_OPENAI, .bare = true},
    {ROW("POST", "/v1/completions", SHAPE_OPENAI, AUTH_CALLER, serve_chat), .d = &API_COMPLETIONS, .bare = true},
    {ROW("GET", "/v1/models", SHAPE_OPENAI, AUTH_CALLER, serve_models), .bare = true},
    {ROW("GET", "/v1/models/*", SHAPE_OPENAI, AUTH_CALLER, serve_model), .bare = true},
    {ROW("POST", "/v1/embeddings", SHAPE_OPENAI, AUTH_CALLER, serve_no_model), .bare = true},
    {ROW("POST", "/v1/images/*", SHAPE_OPENAI, AUTH_CALLER, serve_no_model), .bare = true},
    {ROW("POST", "/v1/audio/*", SHAPE_OPENAI, AUTH_CALLER, serve_no_model), .bare = true},
    {ROW("POST", "/v1/messages", SHAPE_ANTHROPIC, AUTH_CALLER, serve_chat), .d = &API_ANTHROPIC},
    {ROW("POST", "/v1/messages/count_tokens", SHAPE_ANTHROPIC, AUTH_CALLER, serve_count), .d = &API_ANTHROPIC},
    {ROW("GET", "/api/hello", SHAPE_ANTHROPIC, AUTH_NONE, serve_hello)},
    /* What SURFACE.md 5 names and later work brings. */
    {ROW("POST", "/v1/responses", SHAPE_OPENAI, AUTH_CALLER, serve_not_yet), .bare = true},
    {ROW("GET", "/v1/responses", SHAPE_OPENAI, AUTH_CALLER, serve_not_yet), .bare = true},
    {ROW("GET", "/api/*", SHAPE_OLLAMA, AUTH_CALLER, serve_not_yet)},
    {ROW("POST", "/api/*", SHAPE_OLLAMA, AUTH_CALLER, serve_not_yet)},
    {ROW("DELETE", "/api/*", SHAPE_OLLAMA, AUTH_CALLER, serve_not_yet)},
    {ROW("GET", "/mcp", SHAPE_OWN, AUTH_CALLER, serve_not_yet)},
    {ROW("POST", "/mcp", SHAPE_OWN, AUTH_CALLER, serve_not_yet)},
    {ROW("GET", "/healthz", SHAPE_OWN, AUTH_NONE, serve_health)},
    {ROW("GET", "/metrics", SHAPE_OWN, AUTH_NAMED, serve_query), .fn = hub_metrics,
     .type = "text/plain; version=0.0.4; charset=utf-8"},
    {ROW("GET", "/", SHAPE_OWN, AUTH_NONE, serve_page)},
};
/* clang-format on */

/* Some clients add /v1 to a base that has it already. */
static struct str without_doubles(struct str path) {
    while (str_starts(path, STR("/v1/v1/"))) {
        path = str_sub(path, 3, path.len);
    }
    if (path.len > 1 && str_ends(path, STR("/"))) {
        path = str_sub(path, 0, path.len - 1);
    }
    return path.len ? path : STR("/");
}

/* `*` is one or more bytes; what it stood for goes into *id. */
static bool matches(struct str pattern, struct str path, struct str *id) {
    ptrdiff_t star = str_find_char(pattern, '*');
    if (star < 0) {
        *id = STR("");
        return str_eq(pattern, path);
    }
    struct str head = str_sub(pattern, 0, (size_t)star);
    struct str tail = str_sub(pattern, (size_t)star + 1, pattern.len);
    if (path.len <= head.len + tail.len || !str_starts(path, head) || !str_ends(path, tail)) {
        return false;
    }
    *id = str_sub(path, head.len, path.len - tail.len);
    return true;
}

static bool row_matches(const struct api_route *row, struct str path, struct str *id) {
    struct str pattern = str_of(row->path);
    return matches(pattern, path, id)
           || (row->bare && matches(str_sub(pattern, 3, pattern.len), path, id));
}

/* Rows in order, this file's first; NULL: no more. */
static const struct api_route *row_at(size_t i) {
    if (i < ARRAY_LEN(ROUTES)) {
        return &ROUTES[i];
    }
    i -= ARRAY_LEN(ROUTES);
    return i < API_OWN_ROUTE_COUNT ? &API_OWN_ROUTES[i] : NULL;
}

const struct api_route *route_find(struct str method, struct str path, struct str *id,
                                   bool *known) {
    path = without_doubles(path);
    *known = false;
    const struct api_route *row = NULL;
    for (size_t i = 0; (row = row_at(i)); i++) {
        if (!row_matches(row, path, id)) {
            continue;
        }
        *known = true;
        if (str_is(method, row->method)) {
            return row;
        }
    }
    return NULL;
}

struct str api_allow(struct arena *a, struct str path) {
    AUTO_BUF b = {0};
    buf_init(&b, 256);
    path = without_doubles(path);
    const struct api_route *row = NULL;
    for (size_t i = 0; (row = row_at(i)); i++) {
        struct str id = {0};
        if (row_matches(row, path, &id) && !str_contains(buf_str(&b), str_of(row->method))) {
            buf_addf(&b, "%s, ", row->method);
        }
    }
    if (b.len == 0) {
        return (struct str){0};
    }
    buf_add(&b, STR("HEAD, OPTIONS"));
    return str_dup(a, buf_str(&b));
}

enum api_shape route_shape(struct str path) {
    path = without_doubles(path);
    struct str id = {0};
    if (str_starts(path, STR("/v1/messages")) || str_is(path, "/api/hello")) {
        return SHAPE_ANTHROPIC;
    }
    if (str_starts(path, STR("/v1/")) || str_is(path, "/v1")) {
        return SHAPE_OPENAI;
    }
    if (str_starts(path, STR("/api/"))) {
        return SHAPE_OLLAMA;
    }
    for (size_t i = 0; i < ARRAY_LEN(ROUTES); i++) {
        if (row_matches(&ROUTES[i], path, &id)) {
            return ROUTES[i].shape;
        }
    }
    return SHAPE_OWN;
}

bool api_is_dialect_route(struct str path) {
    return route_shape(path) != SHAPE_OWN;
}

struct str api_error_body(struct arena *a, struct str path, int status, const char *code_opt,
                          struct str message, struct str request_id) {
    static const enum err_kind kinds[] = {ERR_INVALID,      ERR_UNAUTHORIZED, ERR_FORBIDDEN,
                                          ERR_NOT_FOUND,    ERR_CONFLICT,     ERR_TOO_LARGE,
                                          ERR_RATE_LIMITED, ERR_UNAVAILABLE};
    struct err e = {.kind = status >= 500 ? ERR_BUG : ERR_INVALID, .code = code_opt};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (err_row(kinds[i])->http_status == status) {
            e.kind = kinds[i];
            break;
        }
    }
    size_t len = message.len < sizeof e.text ? message.len : sizeof e.text - 1;
    memcpy(e.text, message.ptr ? message.ptr : "", len);
    AUTO_BUF b = {0};
    buf_init(&b, 8192);
    error_write(&b, route_shape(path), &e, request_id);
    return str_dup(a, buf_str(&b));
}

struct str api_header(const struct api_request *rq, const char *name) {
    for (size_t i = 0; i < rq->header_count; i++) {
        if (str_ieq(rq->headers[i].name, str_of(name))) {
            return rq->headers[i].value;
        }
    }
    return (struct str){0};
}
