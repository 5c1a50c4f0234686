/* A stream of events becomes one answer; small questions about requests. */
#include "chat/chat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct desk {
    struct arena arena;
    struct chat_answer answer;
};

static int begin(void **state) {
    static struct desk d;
    d.arena = arena_make(8 << 20);
    chat_answer_init(&d.answer, &d.arena, 64);
    *state = &d;
    return 0;
}

static int end(void **state) {
    struct desk *d = *state;
    arena_end(&d->arena);
    return 0;
}

static void add(struct desk *d, struct chat_event ev) {
    struct err e = {0};
    if (!chat_answer_add(&d->answer, &ev, &e)) {
        fail_msg("%s", e.text);
    }
}

static void assert_text(struct str got, const char *want) {
    if (!str_is(got, want)) {
        fail_msg("\"" STR_FMT "\" is not \"%s\"", STR_ARG(got), want);
    }
}

static void pieces_of_one_kind_are_one_part(void **state) {
    struct desk *d = *state;
    add(d, (struct chat_event){.kind = EVENT_START});
    add(d, (struct chat_event){.kind = EVENT_REASONING, .text = STR("hm")});
    add(d, (struct chat_event){.kind = EVENT_REASONING, .text = STR(", so")});
    add(d, (struct chat_event){.kind = EVENT_TEXT, .text = STR("Hel")});
    add(d, (struct chat_event){.kind = EVENT_TEXT, .text = STR("lo")});
    add(d,
        (struct chat_event){.kind = EVENT_USAGE, .usage = {.input_tokens = 3, .output_tokens = 2}});
    add(d, (struct chat_event){
               .kind = EVENT_STOP, .stop = STOP_SEQUENCE, .stop_sequence = STR("END")});
    chat_answer_end(&d->answer);
    assert_int_equal(d->answer.count, 2);
    assert_int_equal(d->answer.parts[0].kind, PART_REASONING);
    assert_text(d->answer.parts[0].text, "hm, so");
    assert_text(d->answer.parts[1].text, "Hello");
    assert_int_equal(d->answer.stop, STOP_SEQUENCE);
    assert_text(d->answer.stop_sequence, "END");
    assert_int_equal(d->answer.usage.input_tokens, 3);
}

/* A signed block is finished: what comes then is another one. */
static void a_signed_block_is_not_continued(void **state) {
    struct desk *d = *state;
    add(d, (struct chat_event){.kind = EVENT_REASONING, .text = STR("one")});
    add(d, (struct chat_event){.kind = EVENT_SIGNATURE, .text = STR("s1")});
    add(d, (struct chat_event){.kind = EVENT_REASONING, .text = STR("two")});
    add(d, (struct chat_event){.kind = EVENT_REDACTED_REASONING, .text = STR("opaque")});
    chat_answer_end(&d->answer);
    assert_int_equal(d->answer.count, 3);
    assert_text(d->answer.parts[0].signature, "s1");
    assert_text(d->answer.parts[1].text, "two");
    assert_false(d->answer.parts[1].redacted);
    assert_true(d->answer.parts[2].redacted);
    assert_text(d->answer.parts[2].signature, "opaque");
}

/* Arguments find their call by its number, whatever came in between. */
static void arguments_find_their_call(void **state) {
    struct desk *d = *state;
    add(d,
        (struct chat_event){.kind = EVENT_TOOL_CALL, .index = 0, .id = STR("a"), .name = STR("f")});
    add(d,
        (struct chat_event){.kind = EVENT_TOOL_CALL, .index = 1, .id = STR("b"), .name = STR("g")});
    add(d, (struct chat_event){.kind = EVENT_TOOL_ARGUMENTS, .index = 1, .text = STR("{\"x\"")});
    add(d, (struct chat_event){.kind = EVENT_TEXT, .text = STR("!")});
    add(d, (struct chat_event){.kind = EVENT_TOOL_ARGUMENTS, .index = 1, .text = STR(":1}")});
    struct chat_event stray = {.kind = EVENT_TOOL_ARGUMENTS, .index = 2, .text = STR("{}")};
    struct err e = {0};
    assert_false(chat_answer_add(&d->answer, &stray, &e));
    assert_int_equal(e.kind, ERR_UPSTREAM);
    chat_answer_end(&d->answer);
    assert_int_equal(d->answer.count, 3);
    assert_text(d->answer.parts[0].arguments, "{}"); /* none came: an empty object */
    assert_text(d->answer.parts[1].name, "g");
    assert_text(d->answer.parts[1].arguments, "{\"x\":1}");
}

static void logprobs_are_one_list(void **state) {
    struct desk *d = *state;
    add(d, (struct chat_event){.kind = EVENT_LOGPROBS, .raw = STR("{\"content\":[{\"t\":1.50}]}")});
    add(d, (struct chat_event){.kind = EVENT_LOGPROBS, .raw = STR("{\"content\":[{\"t\":2}]}")});
    chat_answer_end(&d->answer);
    assert_text(d->answer.logprobs, "[{\"t\":1.50},{\"t\":2}]"); /* numbers as they came */
}

static void it_ends_at_its_limit(void **state) {
    struct desk *d = *state;
    char text[64];
    memset(text, 'x', sizeof text);
    add(d, (struct chat_event){.kind = EVENT_TEXT, .text = {text, sizeof text}});
    struct chat_event more = {.kind = EVENT_REASONING, .text = STR("y")}; /* another part */
    struct err e = {0};
    assert_false(chat_answer_add(&d->answer, &more, &e));
    assert_int_equal(e.kind, ERR_UPSTREAM);
    chat_answer_end(&d->answer);
    assert_int_equal(d->answer.parts[0].text.len, sizeof text);
}

static void a_message_is_its_texts(void **state) {
    struct desk *d = *state;
    struct chat_part parts[] = {{.kind = PART_TEXT, .text = STR("a")},
                                {.kind = PART_IMAGE, .data = STR("AAAA")},
                                {.kind = PART_TEXT, .text = STR("b")}};
    struct chat_message messages[] = {{.role = CHAT_USER, .parts = parts, .part_count = 3},
                                      {.role = CHAT_ASSISTANT}};
    assert_text(chat_message_text(&d->arena, &messages[0]), "a\nb");
    assert_text(chat_message_text(&d->arena, &messages[1]), "");
    struct chat_request rq = {.messages = messages, .message_count = 2};
    assert_ptr_equal(chat_last_user(&rq), &messages[0]);
    rq.messages = &messages[1];
    rq.message_count = 1;
    assert_null(chat_last_user(&rq));
    chat_answer_end(&d->answer);
}

/* More text never needs fewer tokens; an image needs many more than its few bytes here. */
static void the_estimate_grows_with_the_request(void **state) {
    struct desk *d = *state;
    char text[4000];
    memset(text, 'x', sizeof text);
    struct chat_part part = {.kind = PART_TEXT};
    struct chat_message message = {.role = CHAT_USER, .parts = &part, .part_count = 1};
    struct chat_request rq = {.messages = &message, .message_count = 1};
    int64_t last = 0;
    for (size_t n = 0; n <= sizeof text; n += 40) {
        part.text = (struct str){text, n};
        int64_t tokens = chat_estimate_tokens(&rq);
        assert_true(tokens >= last);
        last = tokens;
    }
    assert_in_range(last, sizeof text / 5, sizeof text / 3);
    part = (struct chat_part){.kind = PART_IMAGE, .data = STR("AAAA")};
    assert_true(chat_estimate_tokens(&rq) > 500);
    chat_answer_end(&d->answer);
}

static void arguments_have_one_form(void **state) {
    struct desk *d = *state;
    struct arena *a = &d->arena;
    assert_text(chat_canonical_arguments(a, STR(" { \"b\" : 1.50 , \"a\" : [ ] } ")),
                "{\"b\":1.50,\"a\":[]}");
    assert_text(chat_canonical_arguments(a, STR("{\"cut")), "{\"cut");
    chat_answer_end(&d->answer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pieces_of_one_kind_are_one_part, begin, end),
        cmocka_unit_test_setup_teardown(a_signed_block_is_not_continued, begin, end),
        cmocka_unit_test_setup_teardown(arguments_find_their_call, begin, end),
        cmocka_unit_test_setup_teardown(logprobs_are_one_list, begin, end),
        cmocka_unit_test_setup_teardown(it_ends_at_its_limit, begin, end),
        cmocka_unit_test_setup_teardown(a_message_is_its_texts, begin, end),
        cmocka_unit_test_setup_teardown(the_estimate_grows_with_the_request, begin, end),
        cmocka_unit_test_setup_teardown(arguments_have_one_form, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
