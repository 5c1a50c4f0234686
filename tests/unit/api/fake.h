/* A hub that the test plays, and a responder that keeps what it was given. Each test binary of api/
 * includes this once: it defines all hub_* functions, so that none of the real hub is linked. */
#pragma once

/* clang-format off: in this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
/* clang-format on */

#include "api/inner.h"
#include "base/clock.h"

#include <stdio.h>

/* ---- the hub ---- */

struct fake {
    struct hub_job job;
    const struct hub_client *client;
    void *ctx;
    bool chatting; /* a call is open */
    int cancelled, paused, resumed, counted, unwatched;
    bool answer_at_once; /* hub_chat calls back before it returns */
    struct chat_request rq;
    struct err read_err;
    hub_query_fn fn;
    struct hub_query query;
    struct arena *arena;
    void (*asked)(void *ctx, struct arena *arena, struct str out, const struct err *e_opt);
    void (*counter)(void *ctx, int64_t tokens, const struct err *e_opt);
    void (*watcher)(void *ctx, struct str name, struct str json);
    enum hub_caller_kind kind;
    bool refuse;
    struct hub_health health;
    char key[128];
    char last_query[256];
    bool query_fails;
};
static struct fake F;
static int fake_hub_object;
#define FAKE_HUB ((struct hub *)(void *)&fake_hub_object)

static void drop_arena(void) {
    if (F.arena) {
        arena_end(F.arena);
        free(F.arena);
        F.arena = NULL;
    }
}

bool hub_authenticate(struct hub *h, struct arena *a, bool peer_is_owner, bool peer_is_local,
                      struct str key, struct hub_caller *out, struct err *e) {
    (void)h;
    (void)a;
    (void)peer_is_local;
    snprintf(F.key, sizeof F.key, STR_FMT, STR_ARG(key));
    if (F.refuse) {
        return err_set(e, ERR_UNAUTHORIZED, "Unknown access key.");
    }
    out->kind = peer_is_owner ? CALLER_OWNER : F.kind;
    out->name = STR("test");
    return true;
}

static const struct hub_route ROUTE = {.decision = STR_INIT("d7f3a"),
                                       .zone = ZONE_DEVICE,
                                       .model = STR_INIT("smollm2"),
                                       .asked = STR_INIT("auto"),
                                       .left_bytes = 0};

static bool fake_read(void) {
    F.rq = (struct chat_request){.claims = F.job.claims};
    if (F.job.refusal.kind) {
        F.read_err = F.job.refusal;
        return false;
    }
    return F.job.read(F.job.arena, F.job.body, &F.rq, &F.read_err);
}

struct hub_call *hub_chat(struct hub *h, const struct hub_job *job, const struct hub_client *client,
                          void *ctx) {
    (void)h;
    F.job = *job;
    F.arena = job->arena;
    F.client = client;
    F.ctx = ctx;
    F.chatting = true;
    if (F.answer_at_once) {
        F.chatting = false;
        struct err e = {0};
        assert_false(job->read(job->arena, job->body, &F.rq, &e));
        client->on_error(ctx, &e, &ROUTE);
        drop_arena();
    }
    return (struct hub_call *)(void *)&F;
}

void hub_cancel(struct hub_call *c) {
    (void)c;
    F.cancelled++;
    F.chatting = false;
    drop_arena();
}

void hub_pause(struct hub_call *c) {
    (void)c;
    F.paused++;
}

void hub_resume(struct hub_call *c) {
    (void)c;
    F.resumed++;
}

void hub_count(struct hub *h, const struct hub_job *job,
               void (*done)(void *ctx, int64_t tokens, const struct err *e_opt), void *ctx) {
    (void)h;
    F.job = *job;
    F.arena = job->arena;
    F.counter = done;
    F.ctx = ctx;
}

void hub_ask(struct hub *h, hub_query_fn fn, struct arena *arena, const struct hub_query *q,
             void (*done)(void *ctx, struct arena *arena, struct str out, const struct err *e_opt),
             void *ctx) {
    (void)h;
    F.fn = fn;
    F.arena = arena;
    F.query = *q;
    F.asked = done;
    F.ctx = ctx;
}

/* The worker's part of hub_ask, and the answer. */
UNUSED static void fake_run_query(void) {
    struct str out = {0};
    struct err e = {0};
    bool ok = F.fn(FAKE_HUB, F.arena, &F.query, &out, &e);
    F.asked(F.ctx, F.arena, out, ok ? NULL : &e);
    drop_arena();
}

struct hub_watch *hub_watch_events(struct hub *h,
                                   void (*on_event)(void *ctx, struct str name, struct str json),
                                   void *ctx) {
    (void)h;
    F.watcher = on_event;
    F.ctx = ctx;
    return (struct hub_watch *)(void *)&F;
}

void hub_unwatch(struct hub_watch *w) {
    (void)w;
    F.unwatched++;
}

struct hub_health hub_health(struct hub *h) {
    (void)h;
    return F.health;
}

size_t hub_models(struct hub *h, struct arena *a, struct hub_model **out) {
    (void)h;
    *out = arena_array(a, struct hub_model, 4);
    static const char *const ids[] = {"auto", "smollm2-135m-instruct", "openai/gpt-5.2",
                                      "qwen3:8b"};
    static const char *const owners[] = {"weir", "local", "openai", "local"};
    for (size_t i = 0; i < 4; i++) {
        (*out)[i] = (struct hub_model){.id = str_of(ids[i]),
                                       .owner = str_of(owners[i]),
                                       .created_s = 1700000000,
                                       .context = i == 1 ? 8192 : 0};
    }
    return 4;
}

bool hub_model(struct hub *h, struct arena *a, struct str name, struct hub_model *out,
               struct err *e) {
    struct hub_model *models = NULL;
    size_t n = hub_models(h, a, &models);
    for (size_t i = 0; i < n; i++) {
        if (str_eq(models[i].id, name)) {
            *out = models[i];
            return true;
        }
    }
    return err_code(e, ERR_NOT_FOUND, "model_not_found", "The model does not exist.");
}

#define FAKE_QUERY(name)                                                                       \
    bool name(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,      \
              struct err *e) {                                                                 \
        (void)h;                                                                               \
        snprintf(F.last_query, sizeof F.last_query, #name " " STR_FMT " " STR_FMT " body %d",  \
                 STR_ARG(q->id), STR_ARG(q->query), jval_is(q->body, JOBJECT));                \
        if (F.query_fails) {                                                                   \
            return err_code(e, ERR_NOT_FOUND, "no_such_thing", "There is nothing like that."); \
        }                                                                                      \
        *out = str_dup(a, STR("{\"ok\":true}"));                                               \
        return true;                                                                           \
    }
FAKE_QUERY(hub_status)
FAKE_QUERY(hub_doctor)
FAKE_QUERY(hub_log)
FAKE_QUERY(hub_route_explain)
FAKE_QUERY(hub_preview)
FAKE_QUERY(hub_scan)
FAKE_QUERY(hub_decisions)
FAKE_QUERY(hub_decision)
FAKE_QUERY(hub_replay)
FAKE_QUERY(hub_outcome)
FAKE_QUERY(hub_ledger)
FAKE_QUERY(hub_ledger_row)
FAKE_QUERY(hub_ledger_verify)
FAKE_QUERY(hub_ledger_export)
FAKE_QUERY(hub_policy)
FAKE_QUERY(hub_policy_put)
FAKE_QUERY(hub_policy_check)
FAKE_QUERY(hub_policy_explain)
FAKE_QUERY(hub_policy_test)
FAKE_QUERY(hub_approvals)
FAKE_QUERY(hub_approve)
FAKE_QUERY(hub_models_list)
FAKE_QUERY(hub_model_load)
FAKE_QUERY(hub_model_unload)
FAKE_QUERY(hub_model_remove)
FAKE_QUERY(hub_engines)
FAKE_QUERY(hub_providers)
FAKE_QUERY(hub_provider_add)
FAKE_QUERY(hub_provider_remove)
FAKE_QUERY(hub_provider_test)
FAKE_QUERY(hub_keys)
FAKE_QUERY(hub_key_add)
FAKE_QUERY(hub_key_revoke)
FAKE_QUERY(hub_detectors)
FAKE_QUERY(hub_labels)
FAKE_QUERY(hub_label_change)
FAKE_QUERY(hub_gate_close)
FAKE_QUERY(hub_gate_open)
FAKE_QUERY(hub_config)
FAKE_QUERY(hub_metrics)

/* ---- the client ---- */

struct got {
    int status, heads, ends, aborts, writes;
    int64_t length;
    char head[4096];
    char body[65536];
    size_t len;
    size_t queued; /* what data() says */
};
static struct got G;

static void got_head(void *ctx, int status, const struct http_header *headers, size_t count,
                     int64_t length) {
    (void)ctx;
    G.status = status;
    G.heads++;
    G.length = length;
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        assert_true(http1_is_clean(headers[i].value));
        n += (size_t)snprintf(G.head + n, sizeof G.head - n, STR_FMT ": " STR_FMT "\n",
                              STR_ARG(headers[i].name), STR_ARG(headers[i].value));
    }
}

static size_t got_data(void *ctx, struct str bytes) {
    (void)ctx;
    assert_int_equal(G.heads, 1);
    assert_int_equal(G.ends, 0);
    assert_true(G.len + bytes.len < sizeof G.body);
    memcpy(G.body + G.len, bytes.ptr, bytes.len);
    G.len += bytes.len;
    G.body[G.len] = 0;
    G.writes++;
    return G.queued;
}

static void got_end(void *ctx) {
    (void)ctx;
    assert_int_equal(G.heads, 1);
    G.ends++;
}

static void got_abort(void *ctx) {
    (void)ctx;
    G.aborts++;
}

static const struct api_responder RESPONDER = {got_head, got_data, got_end, got_abort, NULL};

static bool has(const char *haystack, const char *needle) {
    return strstr(haystack, needle) != NULL;
}

/* Random identifiers become stars, so that answers can be compared. */
static void mask(const char *prefix) {
    for (char *p = G.body; (p = strstr(p, prefix));) {
        p += strlen(prefix);
        char *from = p;
        while ((*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z')) {
            p++;
        }
        if (p > from) {
            *from = '*';
            memmove(from + 1, p, strlen(p) + 1);
            p = from + 1;
        }
    }
}

UNUSED static void mask_all(void) {
    static const char *const prefixes[] = {"chatcmpl-", "\"cmpl-", "msg_",
                                           "call_",     "toolu_",  "\"req_"};
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
        mask(prefixes[i]);
    }
    G.len = strlen(G.body);
}

/* ---- driving ---- */

static struct api *A;

static int fake_setup(void **state) {
    (void)state;
    F = (struct fake){.kind = CALLER_LOCAL};
    G = (struct got){0};
    clock_fake(1700000000123);
    A = api_new(FAKE_HUB);
    return 0;
}

static int fake_teardown(void **state) {
    (void)state;
    api_free(A);
    drop_arena();
    clock_fake(0);
    return 0;
}

/* headers: name, value pairs */
static struct api_call *request_with(const char *method, const char *path, const char *body,
                                     bool is_owner, size_t pairs, const char *const headers[]) {
    struct arena *a = malloc(sizeof *a);
    assert_non_null(a);
    *a = arena_make(SIZE_MAX);
    struct http_header *list = arena_array(a, struct http_header, pairs + 1);
    for (size_t i = 0; i < pairs; i++) {
        list[i] = (struct http_header){str_dup(a, str_of(headers[2 * i])),
                                       str_dup(a, str_of(headers[2 * i + 1]))};
    }
    struct str whole = str_of(path);
    struct str p = {0};
    struct str query = {0};
    str_cut(whole, '?', &p, &query);
    struct api_request rq = {.arena = a,
                             .method = str_dup(a, str_of(method)),
                             .path = str_dup(a, p),
                             .query = str_dup(a, query),
                             .headers = list,
                             .header_count = pairs,
                             .body = str_dup(a, str_of(body)),
                             .peer = {.is_owner = is_owner, .is_local = true},
                             .origin = STR("")};
    G = (struct got){.queued = G.queued};
    return api_serve(A, &rq, RESPONDER);
}

UNUSED static inline struct api_call *request(const char *method, const char *path,
                                              const char *body) {
    return request_with(method, path, body, false, 0, NULL);
}

UNUSED static inline void tell(struct chat_event ev) {
    F.client->on_event(F.ctx, &ev);
}

UNUSED static inline void tell_text(const char *text) {
    tell((struct chat_event){.kind = EVENT_TEXT, .text = str_of(text)});
}

UNUSED static inline void tell_stop(enum chat_stop stop) {
    tell((struct chat_event){.kind = EVENT_STOP, .stop = stop});
}

UNUSED static inline void tell_tool(int index, const char *id, const char *name) {
    tell((struct chat_event){
        .kind = EVENT_TOOL_CALL, .index = index, .id = str_of(id), .name = str_of(name)});
}

UNUSED static inline void tell_arguments(int index, const char *text) {
    tell((struct chat_event){.kind = EVENT_TOOL_ARGUMENTS, .index = index, .text = str_of(text)});
}

static const struct hub_receipt RECEIPT = {
    .route = {.decision = STR_INIT("d7f3a"), .model = STR_INIT("smollm2")},
    .usage = {.input_tokens = 12, .cached_tokens = 4, .output_tokens = 3},
    .json = STR_INIT("{\"decision\":\"d7f3a\"}"),
};

UNUSED static inline void tell_done(void) {
    F.chatting = false;
    F.client->on_done(F.ctx, &RECEIPT);
    drop_arena();
}

UNUSED static inline void tell_error(const struct err *e) {
    F.chatting = false;
    F.client->on_error(F.ctx, e, &ROUTE);
    drop_arena();
}

UNUSED static inline void begin(const struct hub_route *route) {
    if (!fake_read()) {
        fail_msg("the body was refused: %s", F.read_err.text);
    }
    F.client->on_route(F.ctx, route);
}
