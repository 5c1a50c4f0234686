/* What Anthropic clients receive: messages, blocks, tool use, thinking, verbatim relay, pings,
 * errors. */
#include "fake.h"

#define BODY(more)                                    \
    "{\"model\":\"claude-x\",\"max_tokens\":100" more \
    ",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
#define EVENT(name, rest) "event: " name "\ndata: {\"type\":\"" name "\"" rest "}\n\n"
#define START                                                                                  \
    EVENT("message_start",                                                                     \
          ",\"message\":{\"id\":\"msg_*\",\"type\":\"message\",\"role\":\"assistant\","        \
          "\"model\":\"claude-x\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null," \
          "\"usage\":{\"input_tokens\":8,\"cache_creation_input_tokens\":0,"                   \
          "\"cache_read_input_tokens\":4,\"output_tokens\":0}}")
#define DELTA(reason)                                                                            \
    EVENT("message_delta", ",\"delta\":{\"stop_reason\":\"" reason "\",\"stop_sequence\":null}," \
                           "\"usage\":{\"input_tokens\":8,\"cache_creation_input_tokens\":0,"    \
                           "\"cache_read_input_tokens\":4,\"output_tokens\":3}")
#define STOP EVENT("message_stop", "")
#define BLOCK(i, block) EVENT("content_block_start", ",\"index\":" i ",\"content_block\":" block)
#define PIECE(i, delta) EVENT("content_block_delta", ",\"index\":" i ",\"delta\":" delta)
#define CLOSE(i) EVENT("content_block_stop", ",\"index\":" i)

static const struct chat_event STARTED = {.kind = EVENT_START,
                                          .usage = {.input_tokens = 12, .cached_tokens = 4}};

static void open_stream(void) {
    request("POST", "/v1/messages", BODY(",\"stream\":true"));
    begin(&ROUTE);
    tell(STARTED);
}

static void expect_body(const char *body) {
    mask_all();
    assert_string_equal(G.body, body);
}

static void plain_answer(void **state) {
    (void)state;
    request("POST", "/v1/messages", BODY(""));
    begin(&ROUTE);
    tell(STARTED);
    tell_text("Hello");
    tell_stop(STOP_END);
    tell_done();
    assert_int_equal(G.status, 200);
    expect_body(
        "{\"id\":\"msg_*\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude-x\","
        "\"content\":[{\"type\":\"text\",\"text\":\"Hello\"}],\"stop_reason\":\"end_turn\","
        "\"stop_sequence\":null,\"usage\":{\"input_tokens\":8,"
        "\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":4,"
        "\"output_tokens\":3}}");
}

/* A backend that counts only at its end: the first event has the route's estimate. */
static void starts_with_what_is_known(void **state) {
    (void)state;
    struct hub_route route = ROUTE;
    route.input_tokens = 8;
    request("POST", "/v1/messages", BODY(",\"stream\":true"));
    begin(&route);
    tell_text("x");
    assert_true(has(G.body, "\"usage\":{\"input_tokens\":8,"));
    tell_done();
    assert_true(has(G.body, "\"usage\":{\"input_tokens\":8,\"cache_creation_input_tokens\":0,"
                            "\"cache_read_input_tokens\":4,\"output_tokens\":3}"));
}

static void plain_tool(void **state) {
    (void)state;
    request("POST", "/v1/messages", BODY(",\"weir\":{\"receipt\":\"body\"}"));
    begin(&ROUTE);
    tell((struct chat_event){.kind = EVENT_REASONING, .text = STR("hm")});
    tell((struct chat_event){.kind = EVENT_SIGNATURE, .text = STR("sig")});
    tell_tool(0, "toolu_abc", "Read");
    tell_arguments(0, "{\"file\": \"a\"}");
    tell_tool(1, "toolu_abd", "List");
    tell_tool(2, "toolu_abe", "Odd");
    tell_arguments(2, "no object");
    tell_stop(STOP_END);
    tell_done();
    mask_all();
    assert_true(has(G.body,
                    "\"content\":[{\"type\":\"thinking\",\"thinking\":\"hm\",\"signature\":"
                    "\"sig\"},{\"type\":\"tool_use\",\"id\":\"toolu_*\",\"name\":\"Read\","
                    "\"input\":{\"file\": \"a\"}},{\"type\":\"tool_use\",\"id\":\"toolu_*\","
                    "\"name\":\"List\",\"input\":{}},{\"type\":\"tool_use\",\"id\":"
                    "\"toolu_*\",\"name\":\"Odd\",\"input\":{\"arguments\":\"no object\"}}]"));
    assert_true(has(G.body, "\"stop_reason\":\"tool_use\""));
    assert_true(has(G.body, ",\"weir\":{\"decision\":\"d7f3a\"}}"));
}

static void stream_text(void **state) {
    (void)state;
    open_stream();
    tell_text("Hi");
    tell_text(" you");
    tell_stop(STOP_LENGTH);
    tell_done();
    expect_body(START BLOCK("0", "{\"type\":\"text\",\"text\":\"\"}")
                    PIECE("0", "{\"type\":\"text_delta\",\"text\":\"Hi\"}")
                        PIECE("0", "{\"type\":\"text_delta\",\"text\":\" you\"}") CLOSE("0")
                            DELTA("max_tokens") STOP);
    assert_int_equal(G.ends, 1);
}

static void stream_blocks(void **state) {
    (void)state;
    open_stream();
    tell((struct chat_event){.kind = EVENT_REASONING, .text = STR("hm")});
    tell_text("Hi");
    tell_tool(0, "toolu_abc", "Read");
    tell_arguments(0, "{\"a\"");
    tell_arguments(0, ":1}");
    tell_tool(1, "toolu_abd", "List");
    tell_stop(STOP_END);
    tell_done();
    expect_body(
        START BLOCK("0", "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}")
            PIECE("0", "{\"type\":\"thinking_delta\",\"thinking\":\"hm\"}")
                PIECE("0", "{\"type\":\"signature_delta\",\"signature\":\"\"}") CLOSE("0")
                    BLOCK("1", "{\"type\":\"text\",\"text\":\"\"}")
                        PIECE("1", "{\"type\":\"text_delta\",\"text\":\"Hi\"}") CLOSE("1") BLOCK(
                            "2", "{\"type\":\"tool_use\",\"id\":\"toolu_*\",\"name\":\"Read\","
                                 "\"input\":{}}")
                            PIECE("2", "{\"type\":\"input_json_delta\",\"partial_json\":"
                                       "\"{\\\"a\\\"\"}")
                                PIECE("2", "{\"type\":\"input_json_delta\",\"partial_json\":"
                                           "\":1}\"}") CLOSE("2")
                                    BLOCK("3", "{\"type\":\"tool_use\",\"id\":\"toolu_*\","
                                               "\"name\":\"List\",\"input\":{}}") CLOSE("3")
                                        DELTA("tool_use") STOP);
}

static void redacted_thinking(void **state) {
    (void)state;
    open_stream();
    tell((struct chat_event){.kind = EVENT_REDACTED_REASONING, .text = STR("abc")});
    tell_stop(STOP_REFUSAL);
    tell_done();
    expect_body(START BLOCK("0", "{\"type\":\"redacted_thinking\",\"data\":\"abc\"}") CLOSE("0")
                    DELTA("refusal") STOP);
}

static void stop_sequence(void **state) {
    (void)state;
    open_stream();
    tell((struct chat_event){
        .kind = EVENT_STOP, .stop = STOP_SEQUENCE, .stop_sequence = STR("END\"")});
    tell_done();
    assert_true(has(G.body, "\"stop_reason\":\"stop_sequence\",\"stop_sequence\":\"END\\\"\""));
}

static void receipt_at_the_end(void **state) {
    (void)state;
    request("POST", "/v1/messages", BODY(",\"stream\":true,\"weir\":{\"receipt\":\"body\"}"));
    begin(&ROUTE);
    tell_text("x");
    tell_done();
    assert_true(has(G.body, EVENT("message_stop", ",\"weir\":{\"decision\":\"d7f3a\"}")));
}

static void mixed_arguments(void **state) {
    (void)state;
    open_stream();
    tell_tool(0, "toolu_abc", "Read");
    tell_tool(1, "toolu_abd", "List");
    tell_arguments(0, "{}");
    tell_text("nothing goes out any more");
    tell_done();
    assert_true(
        has(G.body, "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\""));
    assert_false(has(G.body, "any more"));
    assert_false(has(G.body, "message_stop"));
}

static void verbatim(void **state) {
    (void)state;
    struct hub_route route = ROUTE;
    route.same_dialect = true;
    request("POST", "/v1/messages", BODY(",\"stream\":true"));
    begin(&route);
    static const struct {
        const char *name, *json;
    } events[] = {
        {"message_start", "{\"type\":\"message_start\",\"message\":{\"id\":\"msg_0\", \"model\": "
                          "\"claude-real\",\"usage\":{\"input_tokens\":1}}}"},
        {"ping", "{\"type\":\"ping\"}"},
        {"", "{\"type\":\"content_block_delta\",\"index\":0,\"weir_x\":1,\"delta\":{}}"},
        {"message_delta", "{\"type\":\"message_delta\",\"delta\":{},\"usage\":{}}"},
        {"message_stop", "{\"type\":\"message_stop\"}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(events); i++) {
        tell((struct chat_event){.kind = EVENT_WIRE,
                                 .wire = str_of(events[i].json),
                                 .wire_event = str_of(events[i].name)});
    }
    tell_text("made of the last");
    tell_done();
    expect_body(
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":"
        "\"msg_*\", \"model\": \"claude-x\",\"usage\":{\"input_tokens\":1}}}\n\n"
        "event: ping\ndata: {\"type\":\"ping\"}\n\n"
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
        "\"delta\":{}}\n\n"
        "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{},\"usage\":{}}\n\n"
        "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
}

static void ping_while_waiting(void **state) {
    (void)state;
    request("POST", "/v1/messages", BODY(",\"stream\":true"));
    assert_true(fake_read());
    F.client->on_waiting(F.ctx);
    assert_string_equal(G.body, "event: ping\ndata: {\"type\":\"ping\"}\n\n");
    F.client->on_route(F.ctx, &ROUTE);
    tell_done();
    assert_true(has(G.body, "event: message_start\n"));
    assert_true(has(G.body, STOP));
}

static void overflow(void **state) {
    (void)state;
    request("POST", "/v1/messages", BODY(",\"stream\":true"));
    assert_true(fake_read());
    struct err e = {0};
    err_code(
        &e, ERR_INVALID, "context_length_exceeded",
        "This model's maximum context length is 8192 tokens. However, your messages resulted in "
        "9000 tokens.");
    tell_error(&e);
    assert_int_equal(G.status, 400);
    expect_body(
        "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"prompt "
        "is too long: 9000 tokens > 8192 maximum\",\"details\":{\"error_code\":"
        "\"context_length_exceeded\"}},\"request_id\":\"req_*\"}");
}

static void overloaded(void **state) {
    (void)state;
    request("POST", "/v1/messages", BODY(""));
    begin(&ROUTE);
    struct err e = {0};
    err_set(&e, ERR_UNAVAILABLE, "openai cannot be reached.");
    tell_error(&e);
    assert_int_equal(G.status, 529);
    assert_true(has(G.body, "\"type\":\"overloaded_error\""));
}

static void count_tokens(void **state) {
    (void)state;
    assert_non_null(
        request("POST", "/v1/messages/count_tokens",
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"));
    assert_true(fake_read());
    F.counter(F.ctx, 42, NULL);
    assert_int_equal(G.status, 200);
    expect_body("{\"input_tokens\":42}");
}

static void count_tokens_gone(void **state) {
    (void)state;
    struct api_call *c = request("POST", "/v1/messages/count_tokens", "{}");
    assert_false(fake_read());
    api_gone(c);
    F.counter(F.ctx, -1, &F.read_err);
    assert_int_equal(G.heads, 0);
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)
    const struct CMUnitTest tests[] = {
        T(plain_answer),       T(starts_with_what_is_known),
        T(plain_tool),         T(stream_text),
        T(stream_blocks),      T(redacted_thinking),
        T(stop_sequence),      T(receipt_at_the_end),
        T(mixed_arguments),    T(verbatim),
        T(ping_while_waiting), T(overflow),
        T(overloaded),         T(count_tokens),
        T(count_tokens_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
