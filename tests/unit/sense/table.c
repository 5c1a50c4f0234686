/* Every row of the table: its example fires, with its kind; the one beside it does not. */
#include "sense/sense.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct sense *scanner;

static int open_scanner(void **state) {
    (void)state;
    struct err e = {0};
    return sense_new(NULL, 0, &scanner, &e) ? 0 : -1;
}

static int close_scanner(void **state) {
    (void)state;
    sense_free(scanner);
    return 0;
}

static bool finds(const char *text, const char *kind) {
    struct arena a = arena_make(1 << 20);
    struct err e = {0};
    struct sense_text t = {.text = str_of(text), .role = ROLE_USER};
    struct sense_result r;
    assert_true(sense_scan(scanner, &a, &t, 1, &SENSE_LIMITS, &r, &e));
    bool found = false;
    for (size_t i = 0; i < r.count; i++) {
        assert_true(r.evidence[i].from <= r.evidence[i].to);
        assert_true(r.evidence[i].to <= t.text.len);
        found = found || str_is(r.evidence[i].kind, kind);
    }
    arena_end(&a);
    return found;
}

static void examples_fire(void **state) {
    (void)state;
    size_t n = 0;
    int wrong = 0;
    const struct detector *d = sense_detectors(&n);
    assert_true(n > 0);
    for (size_t i = 0; i < n; i++) {
        if (!finds(d[i].fires, d[i].kind)) {
            print_error("%s does not fire: %s\n", d[i].id, d[i].fires);
            wrong++;
        }
        if (finds(d[i].not, d[i].kind)) {
            print_error("%s fires: %s\n", d[i].id, d[i].not );
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static void rows_are_told_apart(void **state) {
    (void)state;
    size_t n = 0;
    const struct detector *d = sense_detectors(&n);
    for (size_t i = 0; i < n; i++) {
        assert_true(*d[i].id && *d[i].kind && *d[i].about && *d[i].fires && *d[i].not );
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(d[i].id, d[k].id);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_fire),
        cmocka_unit_test(rows_are_told_apart),
    };
    return cmocka_run_group_tests(tests, open_scanner, close_scanner);
}
