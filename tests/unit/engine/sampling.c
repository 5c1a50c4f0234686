/* How answers are drawn where a request does not say: the family's way, weir.toml over it, and the
 * words that the engine is started with. */
/* clang-format off: in this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
/* clang-format on */

#include "engine/inside.h"

#include <stdlib.h>

static void a_family_has_its_way(void **state) {
    (void)state;
    struct engine_sampling s = sampling_of(STR("SmolLM2-135m-instruct"));
    assert_true(s.has[SAMPLER_TEMPERATURE] && s.has[SAMPLER_MAX_TOKENS]);
    s = sampling_of(STR("qwen3-4b"));
    for (size_t i = 0; i < ENGINE_SAMPLERS; i++) {
        assert_false(s.has[i]);
    }
}

static void what_the_person_says_counts(void **state) {
    (void)state;
    struct arena a = arena_make(1 << 20);
    struct engine_sampling s = sampling_of(STR("smollm2-360m"));
    struct engine_sampling over = {.has = {[SAMPLER_TEMPERATURE] = true, [SAMPLER_TOP_K] = true},
                                   .value = {[SAMPLER_TEMPERATURE] = 0, [SAMPLER_TOP_K] = 20}};
    double kept = s.value[SAMPLER_TOP_P];
    sampling_merge(&s, &over);
    assert_true(s.has[SAMPLER_TEMPERATURE] && s.value[SAMPLER_TEMPERATURE] == 0.0);
    assert_true(s.value[SAMPLER_TOP_P] == kept && kept > 0);
    const char *argv[SAMPLING_WORDS];
    assert_int_equal(sampling_words(&a, &s, argv), 10);
    assert_string_equal(argv[0], "--temp");
    assert_string_equal(argv[1], "0");
    arena_end(&a);
}

static void large_numbers_are_written_out(void **state) {
    (void)state;
    struct arena a = arena_make(1 << 20);
    struct engine_sampling s = {.has = {[SAMPLER_MAX_TOKENS] = true},
                                .value = {[SAMPLER_MAX_TOKENS] = 10000000}};
    const char *argv[SAMPLING_WORDS];
    assert_int_equal(sampling_words(&a, &s, argv), 2);
    assert_string_equal(argv[0], "--predict");
    assert_string_equal(argv[1], "10000000");
    arena_end(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_family_has_its_way),
        cmocka_unit_test(what_the_person_says_counts),
        cmocka_unit_test(large_numbers_are_written_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
