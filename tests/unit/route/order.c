/* How `auto` answers a finding: it stays where nothing is hidden, then it is disguised, then the
 * person is asked, then it is refused. */
#include "route/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct arena arena;

static int begin(void **state) {
    (void)state;
    arena = arena_make(1 << 20);
    return 0;
}

static int end(void **state) {
    (void)state;
    arena_end(&arena);
    return 0;
}

enum { DEVICE, DISGUISED, ASKED, BACKENDS };

/* A weak model here, a strong one that may have it disguised, a strong one behind an ask. */
static struct route_result choose(enum candidate_state device, bool far, bool asked, int32_t share,
                                  bool may_disguise) {
    struct candidate c[BACKENDS] = {
        {.name = STR("local/small"), .zone = ZONE_DEVICE, .quality = 100, .state = device},
        {.name = STR("far/big"), .zone = ZONE_CLOUD, .quality = 950},
        {.name = STR("asked/big"), .zone = ZONE_CLOUD, .quality = 950, .ask = true}};
    for (int i = 0; i < BACKENDS; i++) {
        c[i].auto_ok = true;
        c[i].can_transform = i != DISGUISED || may_disguise;
        c[i].transform = TRANSFORM_AS_IS;
    }
    c[DISGUISED].transform = far ? TRANSFORM_PSEUDONYMISE : TRANSFORM_FORBIDDEN;
    c[ASKED].transform = asked ? TRANSFORM_AS_IS : TRANSFORM_FORBIDDEN;
    struct features hard = {.input_tokens = 100, .maths = 100, .reasoning = 100};
    struct route_wish wish = {.cloud_share = share, .reach = ZONE_CLOUD, .budget_left = -1};
    return route_choose(&arena, &hard, c, BACKENDS, &wish);
}

static void the_device_is_the_first_answer(void **state) {
    (void)state;
    struct route_result r = choose(CANDIDATE_READY, true, true, 900, true);
    assert_int_equal(r.chosen, DEVICE);
    assert_int_equal(r.reason, REASON_PRIVATE_STAYS);
    assert_int_equal(r.runner_up, DISGUISED);
}

static void then_it_is_disguised_then_asked_then_refused(void **state) {
    (void)state;
    struct route_result r = choose(CANDIDATE_DOWN, true, true, 900, true);
    assert_int_equal(r.chosen, DISGUISED);
    r = choose(CANDIDATE_DOWN, false, true, 900, true);
    assert_int_equal(r.chosen, -1);
    assert_string_equal(r.code, "needs_approval");
    r = choose(CANDIDATE_DOWN, true, true, 900, false);
    assert_int_equal(r.chosen, -1);
    assert_string_equal(r.code, "needs_approval");
    r = choose(CANDIDATE_DOWN, false, false, 900, true);
    assert_int_equal(r.chosen, -1);
    assert_int_equal(r.failure, ERR_UNAVAILABLE);
}

static void the_knob_at_its_end_sends_what_may_go(void **state) {
    (void)state;
    assert_int_equal(choose(CANDIDATE_READY, true, false, 1000, true).chosen, DISGUISED);
    assert_int_equal(choose(CANDIDATE_READY, true, false, 1000, false).chosen, DEVICE);
}

/* What it sends goes where it can be read; who names a model finds out. */
static void files_go_where_they_are_read(void **state) {
    (void)state;
    struct candidate c[] = {{.name = STR("local/small"), .zone = ZONE_DEVICE, .quality = 900},
                            {.name = STR("far/blind"), .zone = ZONE_CLOUD, .quality = 950},
                            {.name = STR("far/reader"), .zone = ZONE_CLOUD, .quality = 300}};
    for (size_t i = 0; i < ARRAY_LEN(c); i++) {
        c[i].auto_ok = c[i].can_transform = c[i].images = c[i].audio = true;
    }
    c[2].files = true;
    struct features f = {.input_tokens = 100, .files = true};
    struct route_wish w = {.cloud_share = 100, .reach = ZONE_CLOUD, .budget_left = -1};
    struct route_result r = route_choose(&arena, &f, c, ARRAY_LEN(c), &w);
    assert_int_equal(r.chosen, 2);
    assert_int_equal(r.verdicts[0].reason, REASON_MODALITY);
    assert_int_equal(r.verdicts[1].reason, REASON_MODALITY);
    f.files = false;
    assert_int_equal(route_choose(&arena, &f, c, ARRAY_LEN(c), &w).chosen, 0);
    f.files = true;
    r = route_choose(&arena, &f, c, 2, &w);
    assert_int_equal(r.chosen, -1);
    assert_int_equal(r.failure, ERR_INVALID);
    assert_int_equal(r.reason, REASON_MODALITY);
    w.named = true;
    w.model = STR("far/blind");
    assert_int_equal(route_choose(&arena, &f, c, ARRAY_LEN(c), &w).chosen, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_device_is_the_first_answer, begin, end),
        cmocka_unit_test_setup_teardown(then_it_is_disguised_then_asked_then_refused, begin, end),
        cmocka_unit_test_setup_teardown(the_knob_at_its_end_sends_what_may_go, begin, end),
        cmocka_unit_test_setup_teardown(files_go_where_they_are_read, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
