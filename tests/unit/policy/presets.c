/* The four presets against the table of POLICY.md 2, and against the files they come from. */
#include "policy/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define AS TRANSFORM_AS_IS
#define PS TRANSFORM_PSEUDONYMISE
#define NO TRANSFORM_FORBIDDEN

/* home, trusted, cloud */
static const struct {
    const char *name;
    enum transform line[LEVELS][3];
} TABLE[] = {
    {"local-only", {{AS, NO, NO}, {AS, NO, NO}, {NO, NO, NO}, {NO, NO, NO}}},
    {"careful", {{AS, AS, AS}, {AS, PS, PS}, {AS, NO, NO}, {NO, NO, NO}}},
    {"balanced", {{AS, AS, AS}, {AS, AS, PS}, {AS, PS, NO}, {NO, NO, NO}}},
    {"cloud-first", {{AS, AS, AS}, {AS, AS, AS}, {AS, PS, PS}, {NO, NO, NO}}},
};

static void presets_are_those_of_the_table(void **state) {
    (void)state;
    const struct policy_request rq = {.caller = STR("owner"), .date = "2026-11-23"};
    assert_int_equal(ARRAY_LEN(TABLE), ARRAY_LEN(POLICY_PRESETS));
    for (size_t i = 0; i < ARRAY_LEN(TABLE); i++) {
        struct arena a = arena_make(1 << 20);
        struct policy p = {0};
        assert_string_equal(POLICY_PRESETS[i], TABLE[i].name);
        assert_true(policy_preset(&a, str_of(TABLE[i].name), &p));
        assert_false(p.broken);
        assert_true(str_is(p.preset, TABLE[i].name));
        for (int l = 0; l < LEVELS; l++) {
            for (int z = ZONE_HOME; z < ZONES; z++) {
                struct item it = {.level = (enum level)l};
                struct policy_backend b = {STR("x"), (enum zone)z};
                struct permit permit = policy_item_permit(&p, &it, &rq, &b);
                assert_int_equal(permit.transform, TABLE[i].line[l][z - 1]);
                assert_true(
                    str_eq(permit.rule, str_fmt(&a, "%s: %s", TABLE[i].name, LEVEL_NAMES[l])));
            }
        }
        arena_end(&a);
    }
}

/* What is in the program is what is in the source. */
static void presets_are_their_files(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(POLICY_PRESETS); i++) {
        char path[400];
        char text[4096];
        snprintf(path, sizeof path, "%s/src/policy/presets/%s.toml", WEIR_SOURCE,
                 POLICY_PRESETS[i]);
        FILE *f = fopen(path, "rb");
        assert_non_null(f);
        size_t n = fread(text, 1, sizeof text, f);
        (void)fclose(f);
        assert_true(str_eq(policy_preset_text(POLICY_PRESETS[i]), (struct str){text, n}));
    }
}

static void there_are_no_others(void **state) {
    (void)state;
    struct arena a = arena_make(1 << 20);
    struct policy p = {0};
    assert_null(policy_preset_text("carefu").ptr);
    assert_null(policy_preset_text("").ptr);
    assert_false(policy_preset(&a, STR("paranoid"), &p));
    arena_end(&a);
}

/* A policy that nobody read permits nothing beyond the device. */
static void nothing_read_is_nothing_allowed(void **state) {
    (void)state;
    const struct policy p = {0};
    const struct policy_request rq = {0};
    const struct label l = {0};
    for (int z = ZONE_HOME; z < ZONES; z++) {
        struct policy_backend b = {STR("x"), (enum zone)z};
        assert_int_equal(policy_permit(&p, &l, &rq, &b).transform, TRANSFORM_FORBIDDEN);
    }
    struct policy_backend device = {STR("local"), ZONE_DEVICE};
    assert_int_equal(policy_permit(&p, &l, &rq, &device).transform, TRANSFORM_AS_IS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(presets_are_those_of_the_table),
        cmocka_unit_test(presets_are_their_files),
        cmocka_unit_test(there_are_no_others),
        cmocka_unit_test(nothing_read_is_nothing_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
