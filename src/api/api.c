/* One request from the server to its row: request id, route, method, credentials. Loop thread. */
#include "api/inner.h"
#include "base/id.h"
#include "codec/url.h"

struct api *api_new(struct hub *h) {
    struct api *a = calloc(1, sizeof *a);
    if (!a) {
        abort();
    }
    a->hub = h;
    buf_init(&a->out, (size_t)256 << 20);
    return a;
}

void api_free(struct api *a) {
    if (a) {
        buf_finish(&a->out);
        free(a);
    }
}

/* Takes the request's memory over into ours, which readers can be told things by (inner.h). */
static struct api_call *call_new(struct api *a, const struct api_request *rq,
                                 struct api_responder r) {
    struct api_call *c = calloc(1, sizeof *c);
    struct api_memory *m = calloc(1, sizeof *m);
    if (!c || !m) {
        abort();
    }
    m->arena = *rq->arena;
    free(rq->arena);
    c->api = a;
    c->r = r;
    c->memory = m;
    c->owns_memory = true;
    c->serving = true;
    c->n = 1;
    c->usage = (struct chat_usage){.input_tokens = -1, .output_tokens = -1};
    buf_init(&c->prefix, 64UL << 10);
    c->answer_arena = arena_make(SIZE_MAX);
    struct str id = id_make(&m->arena, "req_", 24);
    memcpy(c->request_id, id.ptr, id.len);
    return c;
}

/* What came as credential: the schemes of all dialects. */
static struct str credential(const struct api_request *rq) {
    struct str value = str_trim(api_header(rq, "authorization"));
    if (str_istarts(value, STR("bearer"))) {
        value = str_trim(str_sub(value, 6, value.len));
    }
    static const char *const names[] = {"x-api-key", "api-key"};
    for (size_t i = 0; i < ARRAY_LEN(names) && value.len == 0; i++) {
        value = str_trim(api_header(rq, names[i]));
    }
    return value.len ? value : STR("");
}

static bool admit(struct api_call *c, struct visit *v, struct err *e) {
    if (v->row->auth == AUTH_NONE) {
        return true;
    }
    TRY(hub_authenticate(c->api->hub, &c->memory->arena, v->rq->peer.is_owner, v->rq->peer.is_local,
                         credential(v->rq), &v->caller, e));
    c->memory->is_owner = v->caller.kind == CALLER_OWNER;
    if (v->row->auth == AUTH_OWNER && v->caller.kind != CALLER_OWNER) {
        return err_code(e, ERR_FORBIDDEN, "owner_only",
                        "Only the owner may do this: on the command line (weir …) or through the "
                        "Unix socket.");
    }
    if (v->row->auth == AUTH_NAMED && v->caller.kind == CALLER_LOCAL) {
        return err_code(e, ERR_UNAUTHORIZED, "key_needed",
                        "This needs the owner or an access key (weir keys add).");
    }
    return true;
}

/* OPTIONS on any path; HEAD where there is no GET. */
static void serve_allow(struct api_call *c, int status, struct str allow) {
    reply_head(c, status, "", 0, NULL, allow);
    reply_end(c);
}

static void serve_unknown(struct api_call *c, const struct api_request *rq) {
    struct err e = {0};
    err_set(&e, ERR_NOT_FOUND, "There is no " STR_FMT " " STR_FMT " here.",
            STR_ARG(str_sub(rq->method, 0, 16)), STR_ARG(str_sub(rq->path, 0, 200)));
    reply_error(c, &e);
}

static void serve_wrong_method(struct api_call *c, const struct api_request *rq, struct str allow) {
    struct err e = {0};
    err_code(&e, ERR_INVALID, "method_not_allowed",
             STR_FMT " is not possible here, only " STR_FMT ".",
             STR_ARG(str_sub(rq->method, 0, 16)), STR_ARG(allow));
    reply_error_status(c, 405, &e, allow);
}

static void dispatch(struct api_call *c, const struct api_request *rq) {
    struct arena *a = &c->memory->arena;
    bool known = false;
    struct visit v = {.rq = rq};
    c->head_only = str_is(rq->method, "HEAD");
    c->shape = route_shape(rq->path);
    struct str method = c->head_only ? STR("GET") : rq->method;
    v.row = route_find(method, rq->path, &v.id, &known);
    struct str allow = known && !v.row ? api_allow(a, rq->path) : (struct str){0};
    if (!known) {
        serve_unknown(c, rq);
    } else if (str_is(rq->method, "OPTIONS")) {
        serve_allow(c, 204, allow);
    } else if (!v.row && c->head_only) {
        serve_allow(c, 200, allow);
    } else if (!v.row) {
        serve_wrong_method(c, rq, allow);
    } else {
        struct err e = {0};
        v.id = url_decode(a, v.id);
        if (!admit(c, &v, &e)) {
            reply_error(c, &e);
            return;
        }
        v.row->serve(c, &v);
    }
}

struct api_call *api_serve(struct api *a, const struct api_request *rq, struct api_responder r) {
    struct api_request request = *rq; /* the caller's may go away with its arena */
    struct api_call *c = call_new(a, &request, r);
    dispatch(c, &request);
    c->serving = false;
    if (c->ended && !c->asked) {
        call_free(c);
        return NULL;
    }
    return c;
}

void api_gone(struct api_call *c) {
    c->gone = true;
    if (c->hub) {
        hub_cancel(c->hub);
        c->hub = NULL;
    }
    if (c->watch) {
        hub_unwatch(c->watch);
        c->watch = NULL;
    }
    if (!c->asked) { /* else it is freed when what was asked comes back */
        call_free(c);
    }
}

void api_drained(struct api_call *c) {
    if (c->paused && c->hub) {
        c->paused = false;
        hub_resume(c->hub);
    }
}
