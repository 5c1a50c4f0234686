/* Error records: what is kept, what is cut, and one row for every kind. */
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool fails(struct err *e) {
    return err_set(e, ERR_NOT_FOUND, "no %s", "model");
}

static void test_recording(void **state) {
    (void)state;
    struct err e = {.retry_after_s = 5, .code = "old"};
    assert_false(fails(&e));
    assert_int_equal(e.kind, ERR_NOT_FOUND);
    assert_string_equal(e.where, "fails");
    assert_string_equal(e.text, "no model");
    assert_null(e.code);
    assert_int_equal(e.retry_after_s, 0);
    assert_false(err_code(&e, ERR_FORBIDDEN, "policy_denied", "%d%%", 5));
    assert_string_equal(e.code, "policy_denied");
    assert_string_equal(e.text, "5%");
}

static void test_while(void **state) {
    (void)state;
    struct err e = {0};
    (void)err_set(&e, ERR_INVALID, "line 3");
    assert_false(err_while(&e, "reading %s", "x"));
    assert_false(err_while(&e, "starting"));
    assert_string_equal(e.text, "starting: reading x: line 3");
    assert_int_equal(e.kind, ERR_INVALID);
}

static void test_long_texts_are_cut(void **state) {
    (void)state;
    struct err e = {0};
    char text[2000];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = 0;
    (void)err_set(&e, ERR_INVALID, "%s", text);
    assert_int_equal(strlen(e.text), sizeof e.text - 1);
    (void)err_while(&e, "reading");
    assert_int_equal(strlen(e.text), sizeof e.text - 1);
    assert_memory_equal(e.text, "reading: aaa", 12);
    (void)err_while(&e, "%s", text);
    assert_int_equal(strlen(e.text), sizeof e.text - 1);
}

static void test_rows(void **state) {
    (void)state;
    for (unsigned k = 0; k < ERR_KINDS; k++) {
        const struct err_row *row = err_row((enum err_kind)k);
        assert_non_null(row->name);
        assert_true(row->http_status >= 200 && row->http_status < 600);
        assert_non_null(row->openai_type);
        assert_non_null(row->anthropic_type);
        assert_true((k == ERR_NONE) == (row->exit_code == 0));
        for (unsigned other = 0; other < k; other++) {
            assert_string_not_equal(row->name, err_row((enum err_kind)other)->name);
        }
    }
    assert_int_equal(err_row(ERR_TOO_LARGE)->http_status, 413);
    assert_int_equal(err_row(ERR_FORBIDDEN)->exit_code, 3);
    assert_string_equal(err_row((enum err_kind)999)->name, "bug");
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recording), cmocka_unit_test(test_while),
        cmocka_unit_test(test_long_texts_are_cut), cmocka_unit_test(test_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
