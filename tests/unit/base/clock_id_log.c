/* Time that tests can set, identifiers, and the log's memory. */
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct arena arena;

static int begin(void **state) {
    (void)state;
    setenv("TZ", "UTC", 1);
    tzset();
    arena = arena_make(1 << 24);
    return 0;
}

static int end(void **state) {
    (void)state;
    clock_fake(0);
    arena_end(&arena);
    return 0;
}

static void test_clock(void **state) {
    (void)state;
    char date[11];
    int minute = 0;
    clock_fake(1795465484123);
    assert_int_equal(clock_wall_ms(), 1795465484123);
    assert_true(str_is(clock_rfc3339(&arena, clock_wall_ms()), "2026-11-23T20:24:44Z"));
    assert_true(str_is(clock_rfc3339(&arena, 0), "1970-01-01T00:00:00Z"));
    clock_local(clock_wall_ms(), date, &minute);
    assert_string_equal(date, "2026-11-23");
    assert_int_equal(minute, 20 * 60 + 24);
    clock_fake(0);
    assert_true(clock_wall_ms() != 1795465484123);
    int64_t before = clock_mono_us();
    assert_true(clock_mono_us() >= before);
}

static void test_identifiers(void **state) {
    (void)state;
    struct str a = id_make(&arena, "d", 12);
    struct str b = id_make(&arena, "d", 12);
    assert_int_equal(a.len, 13);
    assert_int_equal(a.ptr[0], 'd');
    assert_false(str_eq(a, b));
    for (size_t i = 1; i < a.len; i++) {
        assert_non_null(strchr("abcdefghijkmnpqrstuvwxyz23456789", a.ptr[i]));
    }
    assert_true(str_is(id_make(&arena, "x", 0), "x"));
    assert_true(id_random_u64() != id_random_u64());
    unsigned char zero[32] = {0};
    unsigned char bytes[32] = {0};
    id_random(bytes, sizeof bytes);
    assert_memory_not_equal(bytes, zero, sizeof zero);
}

/* How often this stands in the log. */
static int said(const char *text) {
    int n = 0;
    struct str rest = log_recent(&arena);
    for (ptrdiff_t at = 0; (at = str_find(rest, str_of(text))) >= 0; n++) {
        rest = str_sub(rest, (size_t)at + 1, rest.len);
    }
    return n;
}

static void test_trouble_is_said_once_a_minute(void **state) {
    (void)state;
    enum { SECOND = 1000 };
    const int64_t begin_ms = 1795465484123;
    struct log_trouble t = {0};
    log_level_set(LOG_INFO);
    clock_fake(begin_ms);
    log_trouble_over(&t, "disk %s: well", "a");
    for (int i = 0; i < 1000; i++) {
        log_trouble(&t, "disk %s: full", "a");
    }
    log_trouble_over(&t, "disk a: well"); /* for a moment */
    clock_fake(begin_ms + 59 * SECOND);
    log_trouble(&t, "disk a: full");
    assert_int_equal(said("disk a"), 1);
    clock_fake(begin_ms + 60 * SECOND);
    log_trouble(&t, "disk a: full");
    assert_int_equal(said("disk a: full (and 1000 times more before)"), 1);
    clock_fake(begin_ms + 61 * SECOND);
    log_trouble(&t, "disk a: full");
    log_trouble_over(&t, "disk a: well");
    assert_int_equal(said("disk a"), 2);
    clock_fake(begin_ms + 121 * SECOND);
    log_trouble_over(&t, "disk %s: well", "a");
    assert_int_equal(said("disk a: well; it had failed 1003 times within 61 s"), 1);
    log_trouble_over(&t, "disk a: well");
    log_trouble(&t, "disk a: full"); /* anew: at once */
    assert_int_equal(said("disk a"), 4);
    clock_fake(begin_ms); /* set back */
    log_trouble(&t, "disk a: full");
    assert_int_equal(said("disk a"), 5);
    clock_fake(0);
}

static void test_log(void **state) {
    (void)state;
    clock_fake(1795465484123);
    log_level_set(LOG_WARN);
    log_info("not shown");
    log_warn("number %d", 7);
    assert_true(str_is(log_recent(&arena), "2026-11-23 20:24:44.123 warn number 7\n"));
    for (int i = 0; i < 500; i++) {
        log_error("line %d", i);
    }
    struct str text = log_recent(&arena);
    assert_false(str_contains(text, STR("number 7")));
    assert_false(str_contains(text, STR("line 299\n")));
    assert_true(str_contains(text, STR("error line 300\n")));
    assert_true(str_ends(text, STR("error line 499\n")));
    char long_text[2000];
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = 0;
    log_error("%s", long_text);
    assert_true(str_ends(log_recent(&arena), STR("xxx\n")));
    log_level_set(LOG_INFO);
}

static void test_clock_from_text(void **state) {
    (void)state;
    int64_t from = 0;
    int64_t to = 0;
    assert_true(clock_from_text(STR("2026-11-23T20:24:44Z"), false, &from));
    assert_int_equal(from, 1795465484000);
    assert_true(clock_from_text(STR("2026-11-23"), false, &from));
    assert_true(clock_from_text(STR("2026-11-23"), true, &to));
    assert_int_equal(to - from, 86400000 - 1);
    char date[11];
    int minute = -1;
    clock_local(from, date, &minute);
    assert_string_equal(date, "2026-11-23");
    assert_int_equal(minute, 0);
    clock_local(to, date, &minute);
    assert_string_equal(date, "2026-11-23");
    static const char *const wrong[] = {"",
                                        "yesterday",
                                        "2026-11",
                                        "2026-11-23 ",
                                        "2026-02-30",
                                        "2026-11-23T20:24",
                                        "2026-11-23T20:24:44Z and more than that"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        assert_false(clock_from_text(str_of(wrong[i]), false, &from));
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clock), cmocka_unit_test(test_clock_from_text),
        cmocka_unit_test(test_identifiers), cmocka_unit_test(test_log),
        cmocka_unit_test(test_trouble_is_said_once_a_minute)};
    return cmocka_run_group_tests(tests, begin, end);
}
