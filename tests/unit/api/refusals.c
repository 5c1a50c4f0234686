/* What the readers refuse, and how: status, kind, member, in both dialects. A row for each kind of
 * mistake. */
#include "fake.h"

#define USER "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]"
#define CHAT "{\"model\":\"m\"," USER
#define CLAUDE "{\"model\":\"m\",\"max_tokens\":5," USER

struct row {
    const char *body;
    const char *says; /* in the answer's body */
};

/* The request goes to the hub, whose worker reads it and tells the error. */
static void expect_refusal(const char *path, const struct row *row, int status) {
    request("POST", path, row->body);
    if (fake_read()) {
        fail_msg("was taken: %s", row->body);
    }
    struct err e = F.read_err;
    F.chatting = false;
    F.client->on_error(F.ctx, &e, &ROUTE);
    drop_arena();
    if (G.status != status || !has(G.body, row->says)) {
        fail_msg("%s\n  for %s\n  wanted %d and %s", G.body, row->body, status, row->says);
    }
    assert_int_equal(G.ends, 1);
}

static void openai(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"", "not valid JSON"},
        {"{\"model\":\"m\",", "not valid JSON"},
        {"[]", "must be a JSON object"},
        {CHAT ",\"model\":\"n\"}", "\"code\":null"},
        {"{\"model\":\"m\\ud800\"," USER "}", "not valid JSON"},
        {"{\"model\":\"m\xff\"," USER "}", "not valid JSON"},
        {"{" USER "}", "\"param\":\"model\",\"code\":\"missing_required_parameter\""},
        {"{\"model\":7," USER "}", "\"param\":\"model\",\"code\":\"invalid_type\""},
        {"{\"model\":\" \"," USER "}", "\"param\":\"model\",\"code\":\"invalid_value\""},
        {"{\"model\":\"m\"}", "\"param\":\"messages\",\"code\":\"missing_required_parameter\""},
        {"{\"model\":\"m\",\"messages\":{}}", "\"param\":\"messages\",\"code\":\"invalid_type\""},
        {"{\"model\":\"m\",\"messages\":[]}", "\"param\":\"messages\",\"code\":\"invalid_value\""},
        {"{\"model\":\"m\",\"messages\":[7]}", "\"param\":\"messages[0]\""},
        {"{\"model\":\"m\",\"messages\":[{\"role\":\"bot\",\"content\":\"x\"}]}",
         "\"param\":\"messages[0].role\""},
        {"{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":5}]}",
         "\"param\":\"messages[0].content\""},
        {"{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":null}]}",
         "\"param\":\"messages[0].content\""},
        {"{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}]}",
         "\"param\":\"messages[0].content[0].text\""},
        {"{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\","
         "\"image_url\":{\"url\":\"file:///etc/passwd\"}}]}]}",
         "\"param\":\"messages[0].content[0].image_url.url\""},
        {"{\"model\":\"m\",\"messages\":[{\"role\":\"tool\",\"content\":\"x\"}]}",
         "\"param\":\"messages[0].tool_call_id\""},
        {CHAT ",\"temperature\":2.5}", "\"param\":\"temperature\",\"code\":\"invalid_value\""},
        {CHAT ",\"temperature\":\"hot\"}", "\"param\":\"temperature\",\"code\":\"invalid_type\""},
        {CHAT ",\"n\":0}", "\"param\":\"n\""},
        {CHAT ",\"n\":1.5}", "\"param\":\"n\""},
        {CHAT ",\"max_tokens\":0}", "\"param\":\"max_tokens\""},
        {CHAT ",\"max_completion_tokens\":99999999999999999999}",
         "\"param\":\"max_completion_tokens\""},
        {CHAT ",\"stream\":\"yes\"}", "\"param\":\"stream\""},
        {CHAT ",\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]}", "\"param\":\"stop\""},
        {CHAT ",\"top_logprobs\":2}", "\"param\":\"top_logprobs\""},
        {CHAT ",\"logit_bias\":{\"5\":200}}", "\"param\":\"logit_bias\""},
        {CHAT ",\"reasoning_effort\":\"huge\"}", "\"param\":\"reasoning_effort\""},
        {CHAT ",\"tools\":{}}", "\"param\":\"tools\""},
        {CHAT ",\"tools\":[{\"type\":\"function\"}]}", "\"param\":\"tools[0].function\""},
        {CHAT ",\"tool_choice\":\"required\"}", "\"param\":\"tool_choice\""},
        {CHAT ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}}}",
         "\"param\":\"tool_choice.function.name\""},
        {CHAT ",\"response_format\":{\"type\":\"xml\"}}", "\"param\":\"response_format.type\""},
        {CHAT ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\","
              "\"schema\":{\"type\":\"objekt\"}}}}",
         "\"param\":\"response_format.json_schema.schema.type\""},
        {CHAT ",\"weir\":[]}", "\"param\":\"weir\""},
        {CHAT ",\"weir\":{\"zone\":\"moon\"}}", "\"param\":\"weir-zone\""},
        {CHAT ",\"weir\":{\"zonne\":\"home\"}}", "did you mean weir-zone?"},
        {CHAT ",\"weir\":{\"files\":[]}}",
         "\"param\":\"weir-files\",\"code\":\"unknown_parameter\""},
        {CHAT ",\"weir\":{\"zone\":1}}", "\"param\":\"weir.zone\",\"code\":\"invalid_type\""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        expect_refusal("/v1/chat/completions", &rows[i], 400);
        assert_true(has(G.body, "{\"error\":{\"message\":\""));
        assert_true(has(G.body, "\"type\":\"invalid_request_error\""));
    }
}

static void anthropic(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"{", "not valid JSON"},
        {"null", "must be a JSON object"},
        {"{\"model\":\"m\xc3(\"," USER "}", "not valid JSON"},
        {"{\"max_tokens\":5," USER "}", "model: Field required"},
        {"{\"model\":[],\"max_tokens\":5," USER "}", "model: Input should be a string"},
        {"{\"model\":\"m\"," USER "}", "max_tokens: Field required"},
        {"{\"model\":\"m\",\"max_tokens\":0," USER "}", "max_tokens: must be at least 1"},
        {"{\"model\":\"m\",\"max_tokens\":\"5\"," USER "}",
         "max_tokens: Input should be an integer"},
        {"{\"model\":\"m\",\"max_tokens\":5}", "messages: Field required"},
        {"{\"model\":\"m\",\"max_tokens\":5,\"messages\":[]}", "messages: at least one message"},
        {"{\"model\":\"m\",\"max_tokens\":5,\"messages\":[{\"role\":\"tool\",\"content\":\"x\"}]}",
         "messages.0.role: must be one of"},
        {"{\"model\":\"m\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":[{}]}]}",
         "messages.0.content.0.type: Field required"},
        {"{\"model\":\"m\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":[{"
         "\"type\":"
         "\"tool_result\"}]}]}",
         "messages.0.content.0.tool_use_id: Field required"},
        {"{\"model\":\"m\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":[{"
         "\"type\":"
         "\"image\",\"source\":{\"type\":\"url\",\"url\":\"file:///x\"}}]}]}",
         "messages.0.content.0.source.url: must be http(s)"},
        {CLAUDE ",\"temperature\":1.5}", "temperature: must be between 0 and 1"},
        {CLAUDE ",\"system\":5}", "system: Input should be a string or a list of blocks"},
        {CLAUDE ",\"tools\":[{\"name\":\"t\"}]}", "tools.0.input_schema: Field required"},
        {CLAUDE ",\"tool_choice\":{\"type\":\"tool\",\"name\":\"t\"}}",
         "tool_choice.name: no such tool"},
        {CLAUDE ",\"thinking\":{\"type\":\"enabled\"}}", "thinking.budget_tokens: Field required"},
        {CLAUDE ",\"stop_sequences\":\"x\"}", "stop_sequences: Input should be an array"},
        {CLAUDE ",\"weir\":{\"label\":\"low\"}}", "'weir-label' must be"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        expect_refusal("/v1/messages", &rows[i], 400);
        assert_true(
            has(G.body, "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\","));
        assert_true(has(G.body, "\"request_id\":\"req_"));
    }
    /* Counting asks for the same, but for max_tokens. */
    F.read_err = (struct err){0};
    request("POST", "/v1/messages/count_tokens", "{\"model\":\"m\"," USER "}");
    assert_true(fake_read());
    F.counter(F.ctx, 3, NULL);
}

/* What the hub refuses later, in each dialect's words. */
static void by_the_hub(void **state) {
    (void)state;
    static const struct {
        enum err_kind kind;
        const char *code;
        int openai, anthropic;
        const char *openai_says, *anthropic_says;
    } rows[] = {
        {ERR_NOT_FOUND, "model_not_found", 404, 404,
         "\"param\":\"model\",\"code\":\"model_not_found\"", "\"type\":\"not_found_error\""},
        {ERR_RATE_LIMITED, NULL, 429, 429, "\"code\":\"rate_limit_exceeded\"",
         "\"type\":\"rate_limit_error\""},
        {ERR_TOO_LARGE, NULL, 413, 413, "\"error\":{", "\"type\":\"request_too_large\""},
        {ERR_FORBIDDEN, "policy_refused", 403, 403, "\"code\":\"policy_refused\"",
         "\"type\":\"permission_error\""},
        {ERR_UPSTREAM, NULL, 502, 502, "\"error\":{", "\"type\":\"api_error\""},
        {ERR_UNAVAILABLE, NULL, 503, 529, "\"error\":{", "\"type\":\"overloaded_error\""},
        {ERR_BUG, NULL, 500, 500, "\"error\":{", "\"type\":\"api_error\""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err e = {0};
        err_set(&e, rows[i].kind, "that \"cannot\" be\n");
        e.code = rows[i].code;
        e.retry_after_s = 7;
        request("POST", "/v1/chat/completions", CHAT "}");
        assert_true(fake_read());
        tell_error(&e);
        assert_int_equal(G.status, rows[i].openai);
        assert_true(has(G.body, rows[i].openai_says));
        assert_true(has(G.body, "that \\\"cannot\\\" be\\n"));
        assert_true(has(G.head, "retry-after: 7\n"));
        request("POST", "/v1/messages", CLAUDE "}");
        assert_true(fake_read());
        tell_error(&e);
        assert_int_equal(G.status, rows[i].anthropic);
        assert_true(has(G.body, rows[i].anthropic_says));
    }
}

/* The texts that agents look for when they shorten a conversation. */
static void overflow(void **state) {
    (void)state;
    struct err e = {0};
    err_code(&e, ERR_INVALID, "context_length_exceeded",
             "request (9000 tokens) exceeds the available context size (8192 tokens)");
    request("POST", "/v1/chat/completions", CHAT "}");
    assert_true(fake_read());
    tell_error(&e);
    assert_int_equal(G.status, 400);
    assert_true(has(G.body, "maximum context length is 8192 tokens"));
    assert_true(has(G.body, "resulted in 9000 tokens"));
    assert_true(has(G.body, "\"code\":\"context_length_exceeded\""));
    request("POST", "/v1/messages", CLAUDE "}");
    assert_true(fake_read());
    tell_error(&e);
    assert_int_equal(G.status, 400);
    assert_true(has(G.body, "\"message\":\"prompt is too long: 9000 tokens > 8192 maximum\""));
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)
    const struct CMUnitTest tests[] = {T(openai), T(anthropic), T(by_the_hub), T(overflow)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
