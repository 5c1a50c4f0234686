/* Both dialects, read and built: the same events wherever the network cuts the bytes. */
#include "backend/backend.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct desk {
    struct arena arena;
    struct buf told; /* the events, a line each */
    struct err e;
};

static int begin(void **state) {
    static struct desk d;
    d = (struct desk){.arena = arena_make(64 << 20)};
    buf_init(&d.told, 1 << 20);
    *state = &d;
    return 0;
}

static int end(void **state) {
    struct desk *d = *state;
    buf_finish(&d->told);
    arena_end(&d->arena);
    return 0;
}

static void on_event(void *ctx, const struct chat_event *ev) {
    struct buf *b = ctx;
    switch (ev->kind) {
    case EVENT_TEXT:
        buf_addf(b, "text " STR_FMT "\n", STR_ARG(ev->text));
        break;
    case EVENT_REASONING:
        buf_addf(b, "think " STR_FMT "\n", STR_ARG(ev->text));
        break;
    case EVENT_SIGNATURE:
        buf_addf(b, "signed " STR_FMT "\n", STR_ARG(ev->text));
        break;
    case EVENT_TOOL_CALL:
        buf_addf(b, "call %d " STR_FMT " " STR_FMT "\n", ev->index, STR_ARG(ev->id),
                 STR_ARG(ev->name));
        break;
    case EVENT_TOOL_ARGUMENTS:
        buf_addf(b, "arguments %d " STR_FMT "\n", ev->index, STR_ARG(ev->text));
        break;
    case EVENT_STOP:
        buf_addf(b, "stop %d\n", (int)ev->stop);
        break;
    case EVENT_ERROR:
        buf_addf(b, "error %d %d %s\n", (int)ev->err.kind, ev->err.retry_after_s, ev->err.text);
        break;
    default:
        break;
    }
}

enum { ALL_AT_ONCE = 1 << 20 };

struct answer {
    enum chat_dialect dialect;
    int status;
    const char *type, *body;
};

/* False: unusable, or cut. */
static bool read_answer(struct desk *d, const struct answer *x, size_t piece) {
    struct chat_request rq = {.dialect = x->dialect, .stream = true, .n = 1};
    struct backend_reader *r = backend_reader_new(backend_find(x->dialect), &rq, BACKEND_PLAIN,
                                                  x->status, str_of(x->type));
    assert_non_null(r);
    buf_clear(&d->told);
    d->e = (struct err){0};
    struct str body = str_of(x->body);
    bool ok = true;
    for (size_t i = 0; ok && i < body.len; i += piece) {
        ok = backend_reader_feed(r, str_sub(body, i, i + piece < body.len ? i + piece : body.len),
                                 on_event, &d->told, &d->e);
    }
    ok = ok && backend_reader_end(r, 7, on_event, &d->told, &d->e);
    backend_reader_free(r);
    return ok;
}

static void assert_read(struct desk *d, const struct answer *x, const char *want) {
    static const size_t pieces[] = {ALL_AT_ONCE, 1, 2, 7, 33};
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
        if (!read_answer(d, x, pieces[i])) {
            fail_msg("pieces of %zu: %s", pieces[i], d->e.text);
        }
        if (!str_is(buf_str(&d->told), want)) {
            fail_msg("pieces of %zu: " STR_FMT, pieces[i], STR_ARG(buf_str(&d->told)));
        }
    }
}

#define CHUNK(choice) "data: {\"choices\":[{\"index\":0," choice "}]}\n\n"
#define EVENT(name, rest) "event: " name "\ndata: {\"type\":\"" name "\"" rest "}\n\n"

static void openai_streams_are_read(void **state) {
    struct answer x = {
        DIALECT_OPENAI, 200, "text/event-stream",
        CHUNK("\"delta\":{\"role\":\"assistant\",\"content\":\"\"}") ": a comment\n\n" CHUNK(
            "\"delta\":{\"reasoning_content\":\"hm\"}")
            CHUNK("\"delta\":{\"content\":\"gr\\u00fc\\u00df\"}")
                CHUNK("\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c1\",\"type\":\"function\","
                      "\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\"\"}}]}")
                    CHUNK("\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\":"
                          "1}\"}}]}")
                        CHUNK("\"delta\":{},\"finish_reason\":\"tool_calls\"") "data: [DONE]\n\n"};
    assert_read(*state, &x,
                "think hm\ntext grüß\ncall 0 c1 f\narguments 0 {\"x\"\narguments 0 :1}\nstop 4\n");
}

static void anthropic_streams_are_read(void **state) {
    struct answer x = {
        DIALECT_ANTHROPIC, 200, "text/event-stream; charset=utf-8",
        EVENT("message_start",
              ",\"message\":{\"id\":\"m\",\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}")
            EVENT("ping", "") EVENT(
                "content_block_start",
                ",\"index\":0,\"content_block\":{\"type\":\"thinking\",\"thinking\":\"\"}")
                EVENT("content_block_delta",
                      ",\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"hm\"}")
                    EVENT(
                        "content_block_delta",
                        ",\"index\":0,\"delta\":{\"type\":\"signature_delta\",\"signature\":\"s\"}")
                        EVENT("content_block_stop", ",\"index\":0")
                            EVENT("content_block_start",
                                  ",\"index\":1,\"content_block\":{\"type\":\"tool_use\",\"id\":"
                                  "\"t1\",\"name\":\"f\",\"input\":{}}")
                                EVENT("content_block_delta",
                                      ",\"index\":1,\"delta\":{\"type\":\"input_json_delta\","
                                      "\"partial_json\":\"{\\\"x\\\":1}\"}")
                                    EVENT("content_block_stop", ",\"index\":1")
                                        EVENT("message_delta",
                                              ",\"delta\":{\"stop_reason\":\"tool_use\"},\"usage\":"
                                              "{\"output_tokens\":9}") EVENT("message_stop", "")};
    assert_read(*state, &x, "think hm\nsigned s\ncall 0 t1 f\narguments 0 {\"x\":1}\nstop 4\n");
}

static void whole_answers_are_read(void **state) {
    struct answer x = {
        DIALECT_OPENAI, 200, "application/json",
        "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"hi\"},"
        "\"finish_reason\":\"length\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}"};
    assert_read(*state, &x, "text hi\nstop 2\n");
    x = (struct answer){
        DIALECT_ANTHROPIC, 200, "application/json",
        "{\"type\":\"message\",\"content\":[{\"type\":\"text\",\"text\":\"hi\"}],"
        "\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}"};
    assert_read(*state, &x, "text hi\nstop 1\n");
}

/* A stream without its end was cut, wherever that happened. */
static void a_cut_is_never_an_end(void **state) {
    struct desk *d = *state;
    static const char whole[] = CHUNK("\"delta\":{\"content\":\"one\"}")
        CHUNK("\"delta\":{},\"finish_reason\":\"stop\"") "data: [DONE]\n\n";
    size_t stop = (size_t)(strstr(whole, "}]}\n\ndata: [DONE]") - whole);
    for (size_t n = 0; n <= stop; n++) {
        struct str text = str_dup(&d->arena, (struct str){whole, n});
        struct answer x = {DIALECT_OPENAI, 200, "text/event-stream", text.ptr};
        if (read_answer(d, &x, ALL_AT_ONCE)) {
            fail_msg("%zu bytes of %zu were taken for an answer", n, sizeof whole - 1);
        }
        assert_int_equal(d->e.kind, ERR_UPSTREAM);
    }
}

static void errors_are_told_in_our_words(void **state) {
    struct desk *d = *state;
    struct answer x = {
        DIALECT_OPENAI, 429, "application/json",
        "{\"error\":{\"message\":\"slow\\ndown\",\"type\":\"rate_limit_exceeded\"}}"};
    read_answer(d, &x, ALL_AT_ONCE);
    assert_true(str_starts(buf_str(&d->told), str_fmt(&d->arena, "error %d 7 ", ERR_RATE_LIMITED)));
    assert_true(str_contains(buf_str(&d->told), STR("slow")));
    assert_false(str_contains(buf_str(&d->told), STR("slow\n")));
    x = (struct answer){
        DIALECT_ANTHROPIC, 529, "application/json",
        "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}"};
    read_answer(d, &x, ALL_AT_ONCE);
    assert_true(str_starts(buf_str(&d->told), str_fmt(&d->arena, "error %d ", ERR_UNAVAILABLE)));
}

/* ---- building ---- */

static void assert_built(struct desk *d, enum chat_dialect to, const struct chat_request *rq,
                         const char *want) {
    struct backend_body out = {0};
    if (!backend_find(to)->build(&d->arena, rq, STR("their-model"), BACKEND_PLAIN, &out, &d->e)) {
        fail_msg("%s", d->e.text);
    }
    if (!str_is(out.bytes, want)) {
        fail_msg(STR_FMT, STR_ARG(out.bytes));
    }
}

/* The client's own bytes, but for the model, weir's own member and what asks for usage. */
static void the_same_dialect_keeps_its_bytes(void **state) {
    struct desk *d = *state;
    struct chat_request rq = {
        .dialect = DIALECT_OPENAI,
        .stream = true,
        .n = 1,
        .body = STR("{ \"weir\":{\"zone\":\"cloud\"}, "
                    "\"x\":1.50,\"model\":\"auto\",\"stream\":true,\"messages\":[ ] }")};
    rq.doc = json_parse(&d->arena, rq.body, &JSON_LIMITS, &d->e);
    struct backend_body out = {0};
    assert_true(backend_find(DIALECT_OPENAI)
                    ->build(&d->arena, &rq, STR("a\"b"), BACKEND_PLAIN, &out, &d->e));
    assert_false(str_contains(out.bytes, STR("weir")));
    assert_true(str_contains(
        out.bytes,
        STR("\"x\":1.50,\"model\":\"a\\\"b\",\"stream_options\":{\"include_usage\":true}")));
    assert_true(str_ends(out.bytes, STR("\"messages\":[ ] }")));
    assert_non_null(json_parse(&d->arena, out.bytes, &JSON_LIMITS, &d->e));
}

/* A turn with a tool, from the one dialect into the other. */
static void the_other_dialect_is_written_anew(void **state) {
    struct desk *d = *state;
    struct chat_part rule = {.kind = PART_TEXT, .text = STR("Be short.")};
    struct chat_part ask = {.kind = PART_TEXT, .text = STR("Weather?")};
    struct chat_part call = {
        .kind = PART_TOOL_CALL, .id = STR("c1"), .name = STR("f"), .arguments = STR("{\"x\":1}")};
    struct chat_part result = {.kind = PART_TOOL_RESULT, .id = STR("c1"), .text = STR("rain")};
    struct chat_message messages[] = {{.role = CHAT_SYSTEM, .parts = &rule, .part_count = 1},
                                      {.role = CHAT_USER, .parts = &ask, .part_count = 1},
                                      {.role = CHAT_ASSISTANT, .parts = &call, .part_count = 1},
                                      {.role = CHAT_TOOL, .parts = &result, .part_count = 1}};
    struct chat_tool tool = {
        .name = STR("f"), .description = STR("D"), .schema = STR("{\"type\":\"object\"}")};
    struct chat_request rq = {.dialect = DIALECT_OPENAI,
                              .messages = messages,
                              .message_count = 4,
                              .tools = &tool,
                              .tool_count = 1,
                              .choice = CHOICE_NAMED,
                              .choice_name = STR("f"),
                              .parallel_calls = true,
                              .max_tokens = 50,
                              .n = 1};
    assert_built(
        d, DIALECT_ANTHROPIC, &rq,
        "{\"model\":\"their-model\",\"system\":\"Be "
        "short.\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":"
        "\"Weather?\"}]},{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"c1\","
        "\"name\":\"f\",\"input\":{\"x\":1}}]},{\"role\":\"user\",\"content\":[{\"type\":\"tool_"
        "result\",\"tool_use_id\":\"c1\",\"content\":\"rain\"}]}],\"tools\":[{\"name\":\"f\","
        "\"description\":\"D\",\"input_schema\":{\"type\":\"object\"}}],\"tool_choice\":{\"type\":"
        "\"tool\",\"name\":\"f\"},\"max_tokens\":50}");
    rq.dialect = DIALECT_ANTHROPIC;
    assert_built(
        d, DIALECT_OPENAI, &rq,
        "{\"model\":\"their-model\",\"messages\":[{\"role\":\"system\",\"content\":\"Be "
        "short.\"},{\"role\":\"user\",\"content\":\"Weather?\"},{\"role\":\"assistant\","
        "\"content\":\"\",\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\",\"function\":{"
        "\"name\":\"f\",\"arguments\":\"{\\\"x\\\":1}\"}}]},{\"role\":\"tool\",\"tool_call_id\":"
        "\"c1\",\"content\":\"rain\"}],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":"
        "\"f\",\"description\":\"D\",\"parameters\":{\"type\":\"object\"}}}],\"tool_choice\":{"
        "\"type\":\"function\",\"function\":{\"name\":\"f\"}},\"max_tokens\":50}");
}

/* What a dialect cannot say is an error, never left out. */
static void what_cannot_be_said_is_an_error(void **state) {
    struct desk *d = *state;
    struct chat_part sound = {
        .kind = PART_AUDIO, .data = STR("AAAA"), .media_type = STR("audio/wav")};
    struct chat_message user = {.role = CHAT_USER, .parts = &sound, .part_count = 1};
    struct chat_request rq = {
        .dialect = DIALECT_OPENAI, .messages = &user, .message_count = 1, .n = 1};
    struct backend_body out = {0};
    assert_false(backend_find(DIALECT_ANTHROPIC)
                     ->build(&d->arena, &rq, STR("m"), BACKEND_PLAIN, &out, &d->e));
    assert_int_equal(d->e.kind, ERR_INVALID);
    sound.kind = PART_FILE;
    d->e = (struct err){0};
    assert_false(
        backend_find(DIALECT_OPENAI)->build(&d->arena, &rq, STR("m"), BACKEND_ENGINE, &out, &d->e));
    assert_int_equal(d->e.kind, ERR_INVALID);
    assert_non_null(strstr(d->e.text, "reads no files"));
    assert_null(backend_find(DIALECT_GEMINI));
}

/* A part of a kind that nobody here knows goes where the client's own bytes go, or nowhere. */
static void unknown_parts_are_never_left_out(void **state) {
    struct desk *d = *state;
    struct chat_part inner = {
        .kind = PART_UNKNOWN, .raw = STR("{\"type\":\"video_url\"}"), .why = STR("no 'video_url'")};
    struct chat_part result = {
        .kind = PART_TOOL_RESULT, .id = STR("c1"), .parts = &inner, .part_count = 1};
    struct chat_message messages[] = {{.role = CHAT_USER, .parts = &inner, .part_count = 1},
                                      {.role = CHAT_TOOL, .parts = &result, .part_count = 1}};
    for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
        for (int to = DIALECT_OPENAI; to <= DIALECT_ANTHROPIC; to++) {
            struct chat_request rq = {.dialect = (enum chat_dialect)to,
                                      .body = STR("{\"model\":\"auto\",\"messages\":[]}"),
                                      .messages = &messages[i],
                                      .message_count = 1,
                                      .n = 1};
            struct backend_body out = {0};
            const struct backend *b = backend_find(rq.dialect);
            assert_true(b->build(&d->arena, &rq, STR("m"), BACKEND_PLAIN, &out, &d->e));
            rq.dialect = to == DIALECT_OPENAI ? DIALECT_ANTHROPIC : DIALECT_OPENAI;
            assert_false(b->build(&d->arena, &rq, STR("m"), BACKEND_PLAIN, &out, &d->e));
            assert_int_equal(d->e.kind, ERR_INVALID);
            assert_string_equal(d->e.text, "no 'video_url'");
        }
    }
}

/* Pictures that a tool gave back: here a tool can only say text, so they follow as the user's. */
static void pictures_of_tools_follow_their_results(void **state) {
    struct desk *d = *state;
    struct chat_part seen[] = {
        {.kind = PART_TEXT, .text = STR("a plan")},
        {.kind = PART_IMAGE, .media_type = STR("image/png"), .data = STR("AAAA")}};
    struct chat_part first = {
        .kind = PART_TOOL_RESULT, .id = STR("c1"), .parts = seen, .part_count = 2};
    struct chat_part second = {.kind = PART_TOOL_RESULT, .id = STR("c2"), .text = STR("rain")};
    struct chat_message messages[] = {{.role = CHAT_TOOL, .parts = &first, .part_count = 1},
                                      {.role = CHAT_TOOL, .parts = &second, .part_count = 1}};
    struct chat_request rq = {
        .dialect = DIALECT_ANTHROPIC, .messages = messages, .message_count = 2, .n = 1};
    assert_built(d, DIALECT_OPENAI, &rq,
                 "{\"model\":\"their-model\",\"messages\":[{\"role\":\"tool\",\"tool_call_id\":"
                 "\"c1\",\"content\":\"a plan\"},{\"role\":\"tool\",\"tool_call_id\":\"c2\","
                 "\"content\":\"rain\"},{\"role\":\"user\",\"content\":[{\"type\":\"image_url\","
                 "\"image_url\":{\"url\":\"data:image/png;base64,AAAA\"}}]}]}");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(openai_streams_are_read, begin, end),
        cmocka_unit_test_setup_teardown(anthropic_streams_are_read, begin, end),
        cmocka_unit_test_setup_teardown(whole_answers_are_read, begin, end),
        cmocka_unit_test_setup_teardown(a_cut_is_never_an_end, begin, end),
        cmocka_unit_test_setup_teardown(errors_are_told_in_our_words, begin, end),
        cmocka_unit_test_setup_teardown(the_same_dialect_keeps_its_bytes, begin, end),
        cmocka_unit_test_setup_teardown(the_other_dialect_is_written_anew, begin, end),
        cmocka_unit_test_setup_teardown(what_cannot_be_said_is_an_error, begin, end),
        cmocka_unit_test_setup_teardown(unknown_parts_are_never_left_out, begin, end),
        cmocka_unit_test_setup_teardown(pictures_of_tools_follow_their_results, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
