/* The scripted backend says what SURFACE.md 6 says it says. */
#include "backend/backend.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct desk {
    struct arena arena;
    struct scripted_step *steps;
    size_t count;
    struct err e;
};

static int begin(void **state) {
    static struct desk d;
    d = (struct desk){.arena = arena_make(64 << 20)};
    *state = &d;
    return 0;
}

static int end(void **state) {
    struct desk *d = *state;
    arena_end(&d->arena);
    return 0;
}

static bool plan(struct desk *d, struct str script) {
    struct chat_part part = {.kind = PART_TEXT, .text = script};
    struct chat_message user = {.role = CHAT_USER, .parts = &part, .part_count = 1};
    struct chat_request rq = {.messages = &user, .message_count = 1};
    return scripted_plan(&d->arena, &rq, &d->steps, &d->count, &d->e);
}

/* Everything the plan does, one word an event. */
static void assert_plan(struct desk *d, const char *script, const char *want) {
    assert_true(plan(d, str_of(script)));
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 20);
    for (size_t i = 0; i < d->count; i++) {
        const struct scripted_step *s = &d->steps[i];
        const struct chat_event *ev = &s->event;
        if (s->wait_ms) {
            buf_addf(&b, "[%lldms]", (long long)s->wait_ms);
        }
        switch (ev->kind) {
        case EVENT_TEXT:
            buf_addf(&b, "<" STR_FMT ">", STR_ARG(ev->text));
            break;
        case EVENT_REASONING:
            buf_addf(&b, "(" STR_FMT ")", STR_ARG(ev->text));
            break;
        case EVENT_TOOL_CALL:
            buf_addf(&b, "call%d " STR_FMT, ev->index, STR_ARG(ev->name));
            break;
        case EVENT_TOOL_ARGUMENTS:
            buf_add(&b, ev->text);
            break;
        case EVENT_ERROR:
            buf_addf(&b, "error %d %s", (int)ev->err.kind, ev->err.text);
            break;
        case EVENT_STOP:
            buf_addf(&b, " stop%d", (int)ev->stop);
            break;
        case EVENT_USAGE:
            buf_addf(&b, " %lld/%lld", (long long)ev->usage.input_tokens,
                     (long long)ev->usage.output_tokens);
            break;
        default:
            buf_add(&b, s->cut ? STR("cut") : STR(""));
            break;
        }
    }
    if (!str_is(buf_str(&b), want)) {
        fail_msg("\"%s\" is \"" STR_FMT "\", not \"%s\"", script, STR_ARG(buf_str(&b)), want);
    }
}

static void it_follows_its_script(void **state) {
    struct desk *d = *state;
    assert_plan(d, "one two", "<one ><two> stop1 2/2");
    assert_plan(d, "one\ntwo", "<one><\n><two> stop1 2/2");
    assert_plan(d, "!say a b\r\n!think c", "<a ><b>(c) stop1 5/3");
    assert_plan(d, "!call f {\"x\": 1}\n!call g", "call0 f{\"x\": 1}call1 g{} stop4 6/0");
    assert_plan(d, "!repeat 3 ab ", "<ab ><ab ><ab > stop1 3/3");
    assert_plan(d, "!pace 20ms\n!say a b\n!wait 2s", "[20ms]<a >[20ms]<b>[2000ms] stop1 7/2");
    assert_plan(d, "!usage 12 34\nhi", "<hi> stop1 12/34");
    assert_plan(d, "hi\n!cut\nmore", "<hi>cut");
}

static void it_fails_as_told(void **state) {
    struct desk *d = *state;
    assert_true(plan(d, STR("!say a\n!fail 429 slow down\n!say b")));
    assert_int_equal(d->count, 2);
    assert_int_equal(d->steps[1].event.kind, EVENT_ERROR);
    assert_int_equal(d->steps[1].event.err.kind, ERR_RATE_LIMITED);
    assert_non_null(strstr(d->steps[1].event.err.text, "slow down"));
}

static void a_wrong_line_says_what_to_write(void **state) {
    struct desk *d = *state;
    static const char *const scripts[] = {
        "!sing la",      "!call",     "!call f {x", "!repeat x y", "!repeat 2", "!pace fast",
        "!wait 2 hours", "!fail 200", "!usage 1 x", "!usage -1 2", "!pace -1ms"};
    for (size_t i = 0; i < ARRAY_LEN(scripts); i++) {
        d->e = (struct err){0};
        if (plan(d, str_of(scripts[i]))) {
            fail_msg("\"%s\" was taken", scripts[i]);
        }
        assert_int_equal(d->e.kind, ERR_INVALID);
        assert_non_null(strstr(d->e.text, "write !"));
    }
}

static void it_stops_at_its_limits(void **state) {
    struct desk *d = *state;
    assert_true(plan(d, STR("!repeat 1000000 0123456789")));
    size_t bytes = 0;
    for (size_t i = 0; i < d->count; i++) {
        bytes += d->steps[i].event.text.len;
    }
    assert_in_range(bytes, (1 << 20) - 10, 1 << 20);
    assert_int_equal(d->steps[d->count - 2].event.stop, STOP_LENGTH);
    assert_true(plan(d, STR("!wait 59s\n!wait 2s\n!say late")));
    int64_t ms = 0;
    for (size_t i = 0; i < d->count; i++) {
        ms += d->steps[i].wait_ms;
    }
    assert_true(ms <= 60000);
    assert_int_equal(d->steps[d->count - 2].event.stop, STOP_LENGTH);
}

/* With a tool's result last it says what it got: the first 200 characters, not bytes. */
static void it_says_a_result(void **state) {
    struct desk *d = *state;
    AUTO_BUF b = {0};
    buf_init(&b, 4096);
    for (int i = 0; i < 300; i++) {
        buf_add(&b, STR("é"));
    }
    struct chat_part part = {.kind = PART_TOOL_RESULT, .id = STR("c"), .text = buf_str(&b)};
    struct chat_message tool = {.role = CHAT_TOOL, .parts = &part, .part_count = 1};
    struct chat_request rq = {.messages = &tool, .message_count = 1};
    assert_true(scripted_plan(&d->arena, &rq, &d->steps, &d->count, &d->e));
    assert_true(str_is(d->steps[0].event.text, "result: "));
    assert_int_equal(d->steps[1].event.text.len, 400);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_follows_its_script, begin, end),
        cmocka_unit_test_setup_teardown(it_fails_as_told, begin, end),
        cmocka_unit_test_setup_teardown(a_wrong_line_says_what_to_write, begin, end),
        cmocka_unit_test_setup_teardown(it_stops_at_its_limits, begin, end),
        cmocka_unit_test_setup_teardown(it_says_a_result, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
