/* Which strings are not scanned: by their form, not by what somebody calls them. */
#include "hub/inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define LONG                                                        \
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+" \
    "M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

static bool is(const char *text, const char *key, bool in_source) {
    struct str payload = {0};
    return opaque_is(str_of(text), str_of(key), in_source, &payload);
}

static void test_what_is_opaque(void **state) {
    (void)state;
    assert_true(is("data:image/png;base64," LONG, "url", false));
    assert_true(is("DATA:application/pdf;base64,JVBERi0xLjQK", "file_data", false));
    assert_true(is("JVBERi0xLjQK", "file_data", false));
    assert_true(is("JVBERi0xLjQK", "data", true));
    assert_true(is(LONG, "data", false));
    assert_false(is("JVBERi0xLjQK", "data", false));
    assert_false(is(LONG, "content", false));
}

static void test_what_only_sounds_so(void **state) {
    (void)state;
    static const char talk[] =
        "Data: my password is hunter2, and so is that of everybody else in this office, base64,";
    assert_false(is(talk, "content", false));
    assert_false(is(talk, "data", false));
    assert_false(is(talk, "data", true));
    assert_false(is(talk, "file_data", false));
    assert_false(is("data:text/plain,hunter2%20is%20my%20password", "url", false));
    assert_false(is("data:text/plain;base64,hunter2 is my password", "url", false));
    assert_false(is("", "data", true));
    assert_false(is("", "file_data", false));
    assert_false(is("data:;base64,", "url", false));
}

static void test_what_reads_as_text(void **state) {
    (void)state;
    struct arena a = arena_make(1 << 20);
    assert_false(opaque_reads_as_text(&a, STR(LONG)));
    assert_true(opaque_reads_as_text(&a, STR("cGFzc3dvcmQ9aHVudGVyMg==")));
    /* "ä" 40 times: the head ends within one */
    assert_true(
        opaque_reads_as_text(&a, STR("YcOkw6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOkw6TD"
                                     "pMOkw6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOk")));
    assert_false(opaque_reads_as_text(&a, STR("not base64!")));
    assert_false(opaque_reads_as_text(&a, STR("")));
    arena_end(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_opaque),
        cmocka_unit_test(test_what_only_sounds_so),
        cmocka_unit_test(test_what_reads_as_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
