/* Paths, methods, credentials, own routes, models, and errors in the shape that fits the path. */
#include "fake.h"

static struct api_call *owner(const char *method, const char *path, const char *body) {
    return request_with(method, path, body, true, 0, NULL);
}

static void unknown_paths(void **state) {
    (void)state;
    assert_null(request("GET", "/v1/files", ""));
    assert_int_equal(G.status, 404);
    assert_true(has(G.body, "\"param\":null,\"code\":null}}"));
    request("GET", "/v1/messages/batches", "");
    assert_int_equal(G.status, 404);
    assert_true(has(G.body, "\"type\":\"not_found_error\""));
    request("GET", "/api/nothing", "");
    assert_true(has(G.body, "{\"error\":\"/api/nothing is not there yet; weir speaks "
                            "/v1/chat/completions and /v1/messages.\"}"));
    request("GET", "/weir/v1/nothing", "");
    assert_int_equal(G.status, 404);
    assert_true(has(G.body, "\"code\":null,\"type\":\"not_found\"}}"));
    request("HEAD", "/nothing", "");
    assert_int_equal(G.status, 404);
    assert_int_equal(G.len, 0);
}

static void methods(void **state) {
    (void)state;
    request("GET", "/v1/chat/completions", "");
    assert_int_equal(G.status, 405);
    assert_true(has(G.head, "allow: POST, HEAD, OPTIONS\n"));
    assert_true(has(G.body, "\"code\":\"method_not_allowed\""));
    request("HEAD", "/v1/chat/completions", "");
    assert_int_equal(G.status, 200);
    assert_int_equal(G.len, 0);
    request("OPTIONS", "/v1/chat/completions", "");
    assert_int_equal(G.status, 204);
    assert_true(has(G.head, "allow: POST, HEAD, OPTIONS\n"));
    request("DELETE", "/v1/messages", "");
    assert_int_equal(G.status, 405);
    assert_true(has(G.body, "\"type\":\"error\""));
    request("PATCH", "/weir/v1/policy", "");
    assert_true(has(G.head, "allow: GET, PUT, HEAD, OPTIONS\n"));
    request("HEAD", "/api/hello", "");
    assert_int_equal(G.status, 200);
    assert_int_equal(G.len, 0);
}

static void allow_for_the_server(void **state) {
    (void)state;
    struct arena a = arena_make(SIZE_MAX);
    assert_true(str_is(api_allow(&a, STR("/v1/models/x")), "GET, HEAD, OPTIONS"));
    assert_true(str_is(api_allow(&a, STR("/models")), "GET, HEAD, OPTIONS"));
    assert_true(str_is(api_allow(&a, STR("/v1/v1/messages")), "POST, HEAD, OPTIONS"));
    assert_null(api_allow(&a, STR("/v2/models")).ptr);
    assert_true(api_is_dialect_route(STR("/v1/anything")));
    assert_true(api_is_dialect_route(STR("/chat/completions")));
    assert_false(api_is_dialect_route(STR("/weir/v1/status")));
    assert_false(api_is_dialect_route(STR("/metrics")));
    struct str body =
        api_error_body(&a, STR("/v1/messages"), 413, NULL, STR("too \"big\""), STR("req_1"));
    assert_true(str_is(body, "{\"type\":\"error\",\"error\":{\"type\":\"request_too_large\","
                             "\"message\":\"too \\\"big\\\"\"},\"request_id\":\"req_1\"}"));
    body = api_error_body(&a, STR("/"), 403, "bad_host", STR("no"), STR("req_2"));
    assert_true(str_is(body, "{\"error\":{\"message\":\"no\",\"code\":\"bad_host\",\"type\":"
                             "\"forbidden\"}}"));
    arena_end(&a);
}

static void credentials(void **state) {
    (void)state;
    static const char *const bearer[] = {"Authorization", "Bearer sk-1"};
    static const char *const empty[] = {"Authorization", "Bearer ", "x-api-key", "sk-2"};
    static const char *const azure[] = {"api-key", "sk-3"};
    request_with("GET", "/v1/models", "", false, 1, bearer);
    assert_string_equal(F.key, "sk-1");
    request_with("GET", "/v1/models", "", false, 2, empty);
    assert_string_equal(F.key, "sk-2");
    request_with("GET", "/v1/models", "", false, 1, azure);
    assert_string_equal(F.key, "sk-3");
    F.refuse = true;
    request("POST", "/v1/chat/completions", "{}");
    assert_int_equal(G.status, 401);
    assert_true(has(G.head, "www-authenticate: Bearer\n"));
    assert_true(has(G.body, "\"type\":\"authentication_error\",\"param\":null,"
                            "\"code\":\"invalid_api_key\""));
    request("POST", "/v1/messages", "{}");
    assert_int_equal(G.status, 401);
    assert_true(has(G.body, "\"error\":{\"type\":\"authentication_error\""));
    request("GET", "/healthz", "");
    assert_int_equal(G.status, 200);
}

static void who_may_what(void **state) {
    (void)state;
    static const char *const open[] = {"route", "preview", "scan"};
    static const char *const closed[] = {"gate/open",   "gate/close",        "labels",
                                         "keys",        "providers",         "policy/check",
                                         "approvals/x", "decisions/x/replay"};
    char path[64];
    F.kind = CALLER_KEY;
    for (size_t i = 0; i < ARRAY_LEN(open); i++) {
        snprintf(path, sizeof path, "/weir/v1/%s", open[i]);
        assert_non_null(request("POST", path, "{}"));
        fake_run_query();
        assert_int_equal(G.status, 200);
    }
    for (size_t i = 0; i < ARRAY_LEN(closed); i++) {
        snprintf(path, sizeof path, "/weir/v1/%s", closed[i]);
        assert_null(request("POST", path, "{}"));
        assert_int_equal(G.status, 403);
        assert_true(has(G.head, "weir-code: owner_only\n"));
        assert_non_null(owner("POST", path, "{}"));
        fake_run_query();
        assert_int_equal(G.status, 200);
    }
    /* Every row but those four and the events is the owner's. */
    size_t others = 0;
    for (size_t i = 0; i < API_OWN_ROUTE_COUNT; i++) {
        others += API_OWN_ROUTES[i].auth != AUTH_OWNER;
    }
    assert_int_equal(others, 4);
}

static void metrics(void **state) {
    (void)state;
    assert_null(request("GET", "/metrics", ""));
    assert_int_equal(G.status, 401);
    F.kind = CALLER_KEY;
    request("GET", "/metrics", "");
    fake_run_query();
    assert_int_equal(G.status, 200);
    assert_true(has(G.head, "content-type: text/plain; version=0.0.4"));
}

static void own_queries(void **state) {
    (void)state;
    static const struct {
        const char *method, *path, *body, *expect;
    } rows[] = {
        {"GET", "/weir/v1/ledger?limit=2", "", "hub_ledger  limit=2 body 0"},
        {"GET", "/weir/v1/ledger/export", "", "hub_ledger_export   body 0"},
        {"GET", "/weir/v1/ledger/17", "", "hub_ledger_row 17  body 0"},
        {"POST", "/weir/v1/decisions/d1/outcome", "{\"a\":1}", "hub_outcome d1  body 1"},
        {"GET", "/weir/v1/decisions/d1", "", "hub_decision d1  body 0"},
        {"POST", "/weir/v1/models/local%2Fx/load", "", "hub_model_load local/x  body 0"},
        {"POST", "/weir/v1/models/local/x/unload", "", "hub_model_unload local/x  body 0"},
        {"DELETE", "/weir/v1/models/local/x", "", "hub_model_remove local/x  body 0"},
        {"PUT", "/weir/v1/policy", "preset = \"careful\"", "hub_policy_put   body 0"},
        {"PUT", "/weir/v1/policy", "{\"text\":\"\"}", "hub_policy_put   body 1"},
        {"DELETE", "/weir/v1/keys/ci", "", "hub_key_revoke ci  body 0"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_non_null(owner(rows[i].method, rows[i].path, rows[i].body));
        fake_run_query();
        assert_string_equal(F.last_query, rows[i].expect);
        assert_string_equal(G.body, "{\"ok\":true}");
    }
}

static void own_errors(void **state) {
    (void)state;
    F.query_fails = true;
    owner("GET", "/weir/v1/decisions/none", "");
    fake_run_query();
    assert_int_equal(G.status, 404);
    assert_string_equal(G.body, "{\"error\":{\"message\":\"There is nothing like that.\","
                                "\"code\":\"no_such_thing\",\"type\":\"not_found\"}}");
    owner("POST", "/weir/v1/scan", "{oops");
    fake_run_query();
    assert_int_equal(G.status, 400);
    assert_true(has(G.body, "not valid JSON"));
}

static void gone_while_asking(void **state) {
    (void)state;
    api_gone(owner("GET", "/weir/v1/status", ""));
    fake_run_query();
    assert_int_equal(G.heads, 0);
}

static void events(void **state) {
    (void)state;
    assert_null(request("GET", "/weir/v1/events", ""));
    assert_int_equal(G.status, 403);
    struct api_call *c = owner("GET", "/weir/v1/events", "");
    assert_non_null(c);
    F.watcher(F.ctx, STR("gate"), STR("{\"closed\":true}"));
    assert_true(has(G.body, "event: gate\ndata: {\"closed\":true}\n\n"));
    api_gone(c);
    assert_int_equal(F.unwatched, 1);
    owner("GET", "/weir/v1/events", "");
    G.queued = API_HIGH_WATER + 1;
    F.watcher(F.ctx, STR("gate"), STR("{}"));
    assert_int_equal(G.aborts, 1);
    assert_int_equal(F.unwatched, 2);
    G.queued = 0;
    assert_null(owner("HEAD", "/weir/v1/events", ""));
    assert_int_equal(F.unwatched, 2);
}

static void models_openai(void **state) {
    (void)state;
    assert_null(request("GET", "/v1/models", ""));
    assert_true(has(G.body, "{\"object\":\"list\",\"data\":[{\"id\":\"auto\",\"object\":\"model\","
                            "\"created\":1700000000,\"owned_by\":\"weir\"},"));
    request("GET", "/v1/models/openai/gpt-5.2", "");
    assert_int_equal(G.status, 200);
    assert_true(has(G.body, "{\"id\":\"openai/gpt-5.2\",\"object\":\"model\""));
    request("GET", "/models/openai%2Fgpt-5.2", "");
    assert_int_equal(G.status, 200);
    request("GET", "/v1/models/qwen3%3A8b", "");
    assert_int_equal(G.status, 200);
    request("HEAD", "/v1/models", "");
    assert_int_equal(G.status, 200);
    assert_true(G.length > 0);
    assert_int_equal(G.len, 0);
    request("GET", "/v1/models/none", "");
    assert_int_equal(G.status, 404);
    assert_true(has(G.body, "\"param\":\"model\",\"code\":\"model_not_found\""));
    request("POST", "/v1/images/generations", "{}");
    assert_int_equal(G.status, 404);
    assert_true(has(G.body, "model_not_found"));
}

static void models_anthropic(void **state) {
    (void)state;
    static const char *const h[] = {"Anthropic-Version", "2023-06-01"};
    request_with("GET", "/v1/models?limit=2", "", false, 1, h);
    assert_true(has(G.body,
                    "{\"data\":[{\"type\":\"model\",\"id\":\"auto\",\"display_name\":\"auto\","
                    "\"created_at\":\"2023-11-14T22:13:20Z\"}"));
    assert_true(has(G.body, "],\"has_more\":true,\"first_id\":\"auto\",\"last_id\":"
                            "\"smollm2-135m-instruct\"}"));
    request_with("GET", "/v1/models?limit=2&after_id=smollm2-135m-instruct", "", false, 1, h);
    assert_true(has(G.body, "\"has_more\":false,\"first_id\":\"openai/gpt-5.2\",\"last_id\":"
                            "\"qwen3:8b\"}"));
    request_with("GET", "/v1/models?limit=1&before_id=openai%2Fgpt-5.2", "", false, 1, h);
    assert_true(has(G.body, "\"has_more\":true,\"first_id\":\"smollm2-135m-instruct\","
                            "\"last_id\":\"smollm2-135m-instruct\"}"));
    request_with("GET", "/v1/models?limit=0", "", false, 1, h);
    assert_int_equal(G.status, 400);
    assert_true(has(G.body, "invalid_request_error"));
    request_with("GET", "/v1/models/none", "", false, 1, h);
    assert_int_equal(G.status, 404);
    assert_true(has(G.body, "\"type\":\"not_found_error\""));
}

static void page(void **state) {
    (void)state;
    static const char *const h[] = {"Host", "127.0.0.1:9347"};
    static const char *const bad[] = {"Host", "<script>"};
    request_with("GET", "/", "", false, 1, h);
    assert_int_equal(G.status, 200);
    assert_true(has(G.head, "content-type: text/html; charset=utf-8\n"));
    assert_true(has(G.body, "http://127.0.0.1:9347/v1"));
    assert_false(has(G.body, "<script"));
    assert_true(has(G.body, "weir policy check") && has(G.body, "weir config check")
                && has(G.body, "weir gate open"));
    F.health = (struct hub_health){true, true, true};
    request_with("GET", "/", "", false, 1, h);
    assert_false(has(G.body, "policy check") || has(G.body, "config check")
                 || has(G.body, "gate open"));
    request_with("GET", "/", "", false, 1, bad);
    assert_false(has(G.body, "<script"));
    request("GET", "/healthz", "");
    assert_string_equal(G.body, "ok\n");
}

static void claims_in_headers(void **state) {
    (void)state;
    static const char *const unknown[] = {"weir-zonne", "device"};
    static const char *const bad[] = {"weir-zone", "moon"};
    static const char *const good[] = {"weir-zone", "home",         "weir-label",
                                       "private",   "Weir-Project", "tax"};
    static const char BODY[] =
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],"
        "\"weir\":{\"zone\":\"device\",\"label\":\"personal\"}}";
    request_with("POST", "/v1/chat/completions", BODY, false, 1, unknown);
    assert_false(fake_read());
    tell_error(&F.read_err);
    assert_int_equal(G.status, 400);
    assert_true(has(G.body, "did you mean weir-zone?"));
    assert_true(has(G.body, "\"param\":\"weir-zonne\""));
    request_with("POST", "/v1/chat/completions", BODY, false, 1, bad);
    assert_false(fake_read());
    tell_error(&F.read_err);
    assert_int_equal(G.status, 400);
    request_with("POST", "/v1/chat/completions", BODY, false, 3, good);
    begin(&ROUTE);
    assert_int_equal(F.rq.claims.zone, ZONE_DEVICE);
    assert_int_equal(F.rq.claims.label, LEVEL_PRIVATE);
    assert_true(str_is(F.rq.claims.project, "tax"));
    tell_done();
}

/* What the hub reads of the body on route, preview and scan: the headers' claims count there too.
 */
static struct chat_request dry_rq;
static bool dry(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                struct err *e) {
    (void)h;
    *out = STR("{}");
    return api_read_chat(a, q->body_text, &dry_rq, e);
}

static void claims_on_dry_runs(void **state) {
    (void)state;
    static const char *const bad[] = {"weir-lable", "secret"};
    static const char *const good[] = {"weir-label", "private"};
    static const char BODY[] =
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],"
        "\"weir\":{\"zone\":\"home\",\"label\":\"personal\"}}";
    assert_null(request_with("POST", "/weir/v1/scan", BODY, false, 1, bad));
    assert_int_equal(G.status, 400);
    assert_true(has(G.body, "did you mean weir-label?"));
    request_with("POST", "/weir/v1/preview", BODY, false, 1, good);
    api_memory_of(F.arena)->fn = dry;
    fake_run_query();
    assert_int_equal(G.status, 200);
    assert_int_equal(dry_rq.claims.label, LEVEL_PRIVATE);
    assert_int_equal(dry_rq.claims.zone, ZONE_HOME);
    request("POST", "/weir/v1/route", "{\"model\":1}");
    api_memory_of(F.arena)->fn = dry;
    fake_run_query();
    assert_int_equal(G.status, 400);
    assert_true(has(G.body, "'model'"));
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)
    const struct CMUnitTest tests[] = {
        T(unknown_paths), T(methods),           T(allow_for_the_server),
        T(credentials),   T(who_may_what),      T(metrics),
        T(own_queries),   T(own_errors),        T(gone_while_asking),
        T(events),        T(models_openai),     T(models_anthropic),
        T(page),          T(claims_in_headers), T(claims_on_dry_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
