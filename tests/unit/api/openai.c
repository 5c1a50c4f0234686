/* What OpenAI clients receive: whole answers, chunks, tool calls, verbatim relay, errors,
 * cancelling and back-pressure. */
#include "fake.h"

#define CHUNK                                                                                   \
    "data: {\"id\":\"chatcmpl-*\",\"object\":\"chat.completion.chunk\",\"created\":1700000000," \
    "\"model\":\"auto\",\"choices\":["
#define ROLE                                                                                  \
    CHUNK "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}" \
          "," NO_END
#define NO_END "\"logprobs\":null,\"finish_reason\":null}]}\n\n"
#define STOP_AS(reason) \
    CHUNK "{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"" reason "\"}]}\n\n"
#define DONE "data: [DONE]\n\n"

static const char PLAIN[] =
    "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
static const char STREAM[] = "{\"model\":\"auto\",\"stream\":true,\"messages\":[{\"role\":\"user\","
                             "\"content\":\"hi\"}]}";
static const char STREAM_USAGE[] =
    "{\"model\":\"auto\",\"stream\":true,\"stream_options\":{\"include_usage\":true},"
    "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
static const char STREAM_RECEIPT[] =
    "{\"model\":\"auto\",\"stream\":true,\"weir\":{\"receipt\":\"body\"},"
    "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

static void expect_body(const char *body) {
    mask_all();
    assert_string_equal(G.body, body);
}

static void plain_answer(void **state) {
    (void)state;
    assert_non_null(request("POST", "/v1/chat/completions", PLAIN));
    begin(&ROUTE);
    F.client->on_waiting(F.ctx);
    assert_int_equal(G.heads, 0);
    tell((struct chat_event){.kind = EVENT_START});
    tell_text("Hel");
    tell_text("lo \"you\"");
    tell_stop(STOP_END);
    tell_done();
    assert_int_equal(G.status, 200);
    assert_int_equal(G.ends, 1);
    assert_int_equal(G.length, G.len);
    expect_body(
        "{\"id\":\"chatcmpl-*\",\"object\":\"chat.completion\",\"created\":1700000000,"
        "\"model\":\"auto\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
        "\"content\":\"Hello \\\"you\\\"\",\"refusal\":null},\"logprobs\":null,"
        "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":3,"
        "\"total_tokens\":15,\"prompt_tokens_details\":{\"cached_tokens\":4},"
        "\"completion_tokens_details\":{\"reasoning_tokens\":0}}}");
    assert_true(has(G.head, "content-type: application/json\n"));
    assert_true(has(G.head, "weir-decision: d7f3a\nweir-zone: device\nweir-model: smollm2\n"));
    assert_true(has(G.head, "weir-left: 0\n"));
    assert_true(has(G.head, "x-request-id: req_"));
    assert_true(has(G.head, "\nrequest-id: req_"));
}

static void plain_tools(void **state) {
    (void)state;
    request("POST", "/chat/completions", PLAIN);
    begin(&ROUTE);
    tell((struct chat_event){.kind = EVENT_REASONING, .text = STR("hm")});
    tell_tool(0, "call_a", "read");
    tell_arguments(0, "{\"p\":");
    tell_arguments(0, "1}");
    tell_tool(1, "", "list");
    tell_stop(STOP_END);
    tell_done();
    mask_all();
    assert_true(has(G.body, "\"content\":null,\"reasoning_content\":\"hm\",\"refusal\":null,"
                            "\"tool_calls\":[{\"id\":\"call_*\",\"type\":\"function\","
                            "\"function\":{\"name\":\"read\",\"arguments\":\"{\\\"p\\\":1}\"}},"
                            "{\"id\":\"call_*\",\"type\":\"function\",\"function\":{\"name\":"
                            "\"list\",\"arguments\":\"{}\"}}]}"));
    assert_true(has(G.body, "\"finish_reason\":\"tool_calls\""));
}

static void plain_receipt(void **state) {
    (void)state;
    static const char *const h[] = {"Weir-Receipt", "body"};
    request_with("POST", "/v1/chat/completions", PLAIN, false, 1, h);
    begin(&ROUTE);
    tell_text("x");
    tell_done();
    assert_true(has(G.body, ",\"weir\":{\"decision\":\"d7f3a\"}}"));
}

static void several_answers(void **state) {
    (void)state;
    request("POST", "/v1/chat/completions",
            "{\"model\":\"m\",\"n\":2,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
    begin(&ROUTE);
    tell((struct chat_event){.kind = EVENT_TEXT, .choice = 1, .text = STR("two")});
    tell((struct chat_event){.kind = EVENT_TEXT, .choice = 0, .text = STR("one")});
    tell_done();
    assert_true(
        has(G.body, "{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"one\""));
    assert_true(
        has(G.body, "{\"index\":1,\"message\":{\"role\":\"assistant\",\"content\":\"two\""));
}

static void stream_text(void **state) {
    (void)state;
    request("POST", "/v1/chat/completions", STREAM);
    begin(&ROUTE);
    assert_int_equal(G.heads, 0); /* a backend may still refuse with a status */
    tell((struct chat_event){.kind = EVENT_START});
    assert_int_equal(G.heads, 1);
    assert_int_equal(G.length, -1);
    assert_true(has(G.head, "content-type: text/event-stream\n"));
    assert_true(has(G.head, "cache-control: no-cache\n"));
    assert_true(has(G.head, "x-accel-buffering: no\n"));
    assert_true(has(G.head, "weir-model: smollm2\n"));
    tell_text("Hi");
    tell_stop(STOP_LENGTH);
    tell((struct chat_event){.kind = EVENT_USAGE, .usage = RECEIPT.usage});
    tell_done();
    assert_int_equal(G.writes, 4);
    expect_body(ROLE CHUNK "{\"index\":0,\"delta\":{\"content\":\"Hi\"}," NO_END STOP_AS("length")
                    DONE);
    assert_int_equal(G.ends, 1);
}

static void stream_tools(void **state) {
    (void)state;
    request("POST", "/v1/chat/completions", STREAM);
    begin(&ROUTE);
    tell_tool(0, "call_a", "read");
    tell_arguments(0, "{\"p\"");
    tell_arguments(0, ":1}");
    tell_tool(1, "call_b", "list");
    tell_stop(STOP_END);
    tell_done();
    expect_body(ROLE CHUNK
                "{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"call_*\",\"type\":"
                "\"function\",\"function\":{\"name\":\"read\",\"arguments\":\"\"}}]}," NO_END CHUNK
                "{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":"
                "{\"arguments\":\"{\\\"p\\\"\"}}]}," NO_END CHUNK
                "{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":"
                "{\"arguments\":\":1}\"}}]}," NO_END CHUNK
                "{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":1,\"id\":\"call_*\",\"type\":"
                "\"function\",\"function\":{\"name\":\"list\",\"arguments\":\"\"}}]}," NO_END CHUNK
                "{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":1,\"function\":"
                "{\"arguments\":\"{}\"}}]}," NO_END STOP_AS("tool_calls") DONE);
}

static void stream_usage(void **state) {
    (void)state;
    request("POST", "/v1/chat/completions", STREAM_USAGE);
    begin(&ROUTE);
    tell_text("Hi");
    tell_stop(STOP_END);
    tell_done();
    mask_all();
    assert_true(has(G.body, "\"finish_reason\":\"stop\"}],\"usage\":null}\n\n"));
    assert_true(has(G.body, CHUNK "],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":3,"
                                  "\"total_tokens\":15,"));
    assert_true(has(G.body, "}}}\n\ndata: [DONE]\n\n"));
}

static void stream_receipt(void **state) {
    (void)state;
    request("POST", "/v1/chat/completions", STREAM_RECEIPT);
    begin(&ROUTE);
    tell_text("Hi");
    tell_stop(STOP_END);
    tell_done();
    mask_all();
    assert_true(has(G.body, STOP_AS("stop") CHUNK "],\"weir\":{\"decision\":\"d7f3a\"}}\n\n" DONE));
}

static void wire(const char *json) {
    tell((struct chat_event){
        .kind = EVENT_TEXT, .text = STR("never printed"), .wire = str_of(json)});
    tell_text("never printed either");
}

static void stream_verbatim(void **state) {
    (void)state;
    struct hub_route route = ROUTE;
    route.same_dialect = true;
    request("POST", "/v1/chat/completions", STREAM);
    begin(&route);
    tell((struct chat_event){.kind = EVENT_START});
    wire("{ \"id\":\"x\", \"usage\":null, \"model\":\"gpt-9\", \"choices\":[{\"delta\":{}}], "
         "\"odd\":1.50}");
    wire("{\"model\":\"gpt-9\",\"weird\":1,\"choices\":[{}],\"weir\":{\"a\":1},\"usage\":{\"x\":1}"
         "}");
    wire("{\"choices\":[],\"model\":\"gpt-9\",\"usage\":{\"prompt_tokens\":1}}");
    tell_done();
    assert_true(has(G.body, "\"model\":\"auto\", \"choices\":[{\"delta\":{}}], \"odd\":1.50}\n\n"));
    assert_true(has(G.body, "data: {\"model\":\"auto\",\"choices\":[{}]}\n\n"));
    assert_false(has(G.body, "usage"));
    assert_false(has(G.body, "gpt-9"));
    assert_false(has(G.body, "never printed"));
    assert_int_equal(G.writes, 3);
}

static void stream_verbatim_usage(void **state) {
    (void)state;
    struct hub_route route = ROUTE;
    route.same_dialect = true;
    request("POST", "/v1/chat/completions", STREAM_USAGE);
    begin(&route);
    wire("{\"model\":\"m\",\"choices\":[{}],\"usage\":null}");
    wire("{\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":1}}");
    tell_done();
    expect_body(
        "data: {\"model\":\"auto\",\"choices\":[{}],\"usage\":null}\n\n"
        "data: {\"model\":\"auto\",\"choices\":[],\"usage\":{\"prompt_tokens\":1}}\n\n" DONE);
}

static void completions(void **state) {
    (void)state;
    request("POST", "/v1/completions", "{\"model\":\"auto\",\"prompt\":\"Once\",\"echo\":false}");
    begin(&ROUTE);
    assert_int_equal(F.rq.message_count, 1);
    assert_string_equal(
        str_cstr(F.job.arena, F.rq.body),
        "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"Once\"}]}");
    tell_text("upon");
    tell_stop(STOP_END);
    tell_done();
    mask_all();
    assert_true(has(G.body, "\"object\":\"text_completion\""));
    assert_true(has(G.body, "\"choices\":[{\"text\":\"upon\",\"index\":0,\"logprobs\":null,"
                            "\"finish_reason\":\"stop\"}]"));
}

static void refused_before_the_head(void **state) {
    (void)state;
    request("POST", "/v1/chat/completions", STREAM);
    begin(&ROUTE);
    struct err e = {0};
    err_set(&e, ERR_RATE_LIMITED, "Too many requests at openai.");
    e.retry_after_s = 7;
    tell_error(&e);
    assert_int_equal(G.status, 429);
    assert_true(has(G.head, "retry-after: 7\n"));
    expect_body(
        "{\"error\":{\"message\":\"Too many requests at openai.\",\"type\":\"rate_limit_error\","
        "\"param\":null,\"code\":\"rate_limit_exceeded\"}}");
}

static void refused_by_policy(void **state) {
    (void)state;
    request("POST", "/v1/chat/completions", PLAIN);
    assert_true(fake_read());
    struct err e = {0};
    err_code(&e, ERR_FORBIDDEN, "policy_refused", "This would have to stay at home.");
    tell_error(&e);
    assert_int_equal(G.status, 403);
    assert_true(has(G.head, "weir-code: policy_refused\n"));
    assert_true(has(G.head, "weir-decision: d7f3a\n"));
    assert_true(has(G.body, "\"code\":\"policy_refused\""));
}

static void refused_by_the_reader(void **state) {
    (void)state;
    request(
        "POST", "/v1/chat/completions",
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"temperature\":3}");
    assert_false(fake_read());
    F.client->on_error(F.ctx, &F.read_err, &ROUTE);
    assert_int_equal(G.status, 400);
    assert_false(has(G.head, "weir-code"));
    expect_body(
        "{\"error\":{\"message\":\"Invalid value for 'temperature': must be between 0 and 2.\","
        "\"type\":\"invalid_request_error\",\"param\":\"temperature\","
        "\"code\":\"invalid_value\"}}");
}

static void fails_in_the_stream(void **state) {
    (void)state;
    request("POST", "/v1/chat/completions", STREAM);
    begin(&ROUTE);
    tell_text("Hi");
    struct err e = {0};
    err_set(&e, ERR_UPSTREAM, "The backend stopped in the middle.");
    tell((struct chat_event){.kind = EVENT_ERROR, .err = e});
    tell_error(&e);
    mask_all();
    assert_int_equal(G.status, 200);
    assert_true(has(G.body, "data: {\"error\":{\"message\":\"The backend stopped in the middle.\","
                            "\"type\":\"server_error\",\"param\":null,\"code\":null}}\n\n"));
    assert_false(has(G.body, "[DONE]"));
    assert_int_equal(G.ends, 1);
}

static void waiting_for_a_model(void **state) {
    (void)state;
    struct api_call *c = request("POST", "/v1/chat/completions", STREAM);
    F.client->on_waiting(F.ctx); /* nothing known yet */
    assert_int_equal(G.heads, 0);
    assert_true(fake_read());
    F.client->on_waiting(F.ctx);
    assert_int_equal(G.status, 200);
    assert_string_equal(G.body, ": keep-alive\n\n");
    F.client->on_waiting(F.ctx);
    assert_int_equal(G.writes, 2);
    struct err e = {0};
    err_set(&e, ERR_BUG, "The engine crashed.");
    tell_error(&e);
    assert_true(has(G.body, "data: {\"error\":{\"message\":\"The engine crashed.\""));
    assert_non_null(c);
}

static void head_at_once_for_an_engine(void **state) {
    (void)state;
    struct hub_route route = ROUTE;
    route.is_engine = true;
    request("POST", "/v1/chat/completions", STREAM);
    begin(&route);
    assert_int_equal(G.status, 200);
    assert_int_equal(G.writes, 0);
    tell_done();
    mask_all();
    assert_true(has(G.body, STOP_AS("stop") DONE));
}

static void back_pressure(void **state) {
    (void)state;
    struct api_call *c = request("POST", "/v1/chat/completions", STREAM);
    begin(&ROUTE);
    tell_text("a");
    assert_int_equal(F.paused, 0);
    G.queued = API_HIGH_WATER + 1;
    tell_text("b");
    tell_text("c");
    assert_int_equal(F.paused, 1);
    api_drained(c);
    api_drained(c);
    assert_int_equal(F.resumed, 1);
    G.queued = 0;
    tell_done();
}

static void client_gone(void **state) {
    (void)state;
    struct api_call *c = request("POST", "/v1/chat/completions", STREAM);
    begin(&ROUTE);
    tell_text("a");
    api_gone(c);
    assert_int_equal(F.cancelled, 1);
    assert_int_equal(G.ends, 0);
}

static void ends_inside_hub_chat(void **state) {
    (void)state;
    F.answer_at_once = true;
    assert_null(request("POST", "/v1/chat/completions", "not json"));
    assert_int_equal(G.status, 400);
    assert_true(has(G.body, "\"type\":\"invalid_request_error\""));
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)
    const struct CMUnitTest tests[] = {
        T(plain_answer),
        T(plain_tools),
        T(plain_receipt),
        T(several_answers),
        T(stream_text),
        T(stream_tools),
        T(stream_usage),
        T(stream_receipt),
        T(stream_verbatim),
        T(stream_verbatim_usage),
        T(completions),
        T(refused_before_the_head),
        T(refused_by_policy),
        T(refused_by_the_reader),
        T(fails_in_the_stream),
        T(waiting_for_a_model),
        T(head_at_once_for_an_engine),
        T(back_pressure),
        T(client_gone),
        T(ends_inside_hub_chat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
