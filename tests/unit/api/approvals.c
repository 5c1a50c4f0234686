/* How long an approval counts, with a clock of the test's own, on a whole weir below its sockets.
 */
#include "../../property/journey.h"

static const char CONFIG[] =
    "[[provider]]\nname = \"far\"\ndialect = \"scripted\"\nzone = \"cloud\"\n";
static const char POLICY[] =
    "preset = \"cloud-first\"\n[[rule]]\nname = \"ask first\"\nask = \"cloud\"\n";
enum { MINUTE_MS = 60 * 1000 };

struct bench {
    struct weir weir;
    int64_t now_ms;
};

static int begin(void **state) {
    struct bench *b = calloc(1, sizeof *b);
    assert_non_null(b);
    struct err e = {0};
    log_level_set(LOG_ERROR);
    b->now_ms = 1795500000000;
    clock_fake(b->now_ms);
    weir_start(&b->weir, CONFIG);
    weir_write(&b->weir, "policy.toml", str_of(POLICY));
    assert_true(snapshot_load(b->weir.hub, &e));
    *state = b;
    return 0;
}

static int end(void **state) {
    struct bench *b = *state;
    weir_end(&b->weir);
    clock_fake(0);
    free(b);
    return 0;
}

static void wait_minutes(struct bench *b, int minutes) {
    b->now_ms += (int64_t)minutes * MINUTE_MS;
    clock_fake(b->now_ms);
}

/* The status; *id: the approval that the refusal names. */
static int ask(struct bench *b, const char *text, const char *conversation, char id[40]) {
    struct talk t = {.w = &b->weir, .path = "/v1/chat/completions"};
    t.body = str_fmt(
        &b->weir.arena,
        "{\"model\":\"far/far\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}", text);
    t.headers[t.header_count++] =
        (struct http_header){STR("weir-conversation"), str_of(conversation)};
    talk_begin(&t);
    talk_await(&t);
    struct str answer = buf_str(&t.answer);
    ptrdiff_t at = str_find(answer, STR("weir approve "));
    struct str found = {0};
    struct str rest = {0};
    str_cut(at < 0 ? STR("") : str_sub(answer, (size_t)at + 13, answer.len), ';', &found, &rest);
    snprintf(id, 40, STR_FMT, STR_ARG(found));
    buf_finish(&t.answer);
    return t.status;
}

static bool decide(struct bench *b, const char *id, const char *as) {
    struct err e = {0};
    struct str out = {0};
    struct arena *a = &b->weir.arena;
    struct hub_query q = {.caller = {.kind = CALLER_OWNER, .name = STR("owner")},
                          .id = str_of(id),
                          .body =
                              json_parse(a, str_fmt(a, "{\"as\":\"%s\"}", as), &JSON_LIMITS, &e)};
    return hub_approve(b->weir.hub, a, &q, &out, &e);
}

static void once_is_the_next_one_within_a_quarter_of_an_hour(void **state) {
    struct bench *b = *state;
    char id[40];
    char other[40];
    assert_int_equal(ask(b, "What is a weir?", "c", id), 403);
    assert_true(decide(b, id, "once"));
    wait_minutes(b, 14);
    assert_int_equal(ask(b, "What is a weir?", "c", other), 200);
    assert_int_equal(ask(b, "What is a weir?", "c", id), 403);
    assert_string_not_equal(id, other);
    assert_true(decide(b, id, "once"));
    wait_minutes(b, 15);
    assert_int_equal(ask(b, "What is a weir?", "c", other), 403);
    assert_false(decide(b, id, "conversation")); /* decided is decided */
}

static void it_waits_as_one_and_is_bound(void **state) {
    struct bench *b = *state;
    char id[40];
    char again[40];
    assert_int_equal(ask(b, "What is a weir?", "c", id), 403);
    assert_int_equal(ask(b, "What is a dam?", "c", again), 403);
    assert_string_equal(id, again); /* the same conversation, nothing new in it */
    assert_int_equal(ask(b, "What is a weir?", "d", again), 403);
    assert_string_not_equal(id, again);
    assert_true(decide(b, id, "conversation"));
    wait_minutes(b, 24 * 60);
    assert_int_equal(ask(b, "What is a lake?", "c", again), 200);
    assert_int_equal(ask(b, "What is a lake?", "d", again), 403);
    assert_int_equal(ask(b, "Write to anna@wren-hill.org", "c", again), 403);
    assert_true(decide(b, again, "deny"));
    assert_int_equal(ask(b, "Write to anna@wren-hill.org", "c", again), 403);
    assert_false(decide(b, "nosuch", "once"));
    assert_false(decide(b, again, "always"));
}

static void what_the_ledger_cannot_take_is_not_approved(void **state) {
    struct bench *b = *state;
    char id[40];
    assert_int_equal(ask(b, "What is a weir?", "c", id), 403);
    store_fail_commits(b->weir.hub->ledger, true);
    assert_false(decide(b, id, "once"));
    store_fail_commits(b->weir.hub->ledger, false);
    assert_int_equal(ask(b, "What is a weir?", "c", id), 403);
    assert_true(decide(b, id, "once"));
    store_fail_commits(b->weir.hub->ledger, true);
    char none[40];
    assert_int_not_equal(ask(b, "What is a weir?", "c", none), 200);
    store_fail_commits(b->weir.hub->ledger, false);
    assert_int_equal(ask(b, "What is a weir?", "c", none), 200); /* it was given back */
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        T(once_is_the_next_one_within_a_quarter_of_an_hour),
        T(it_waits_as_one_and_is_bound),
        T(what_the_ledger_cannot_take_is_not_approved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
