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

/* The whole text as the model's answer, under each word that it may use: is it the row's? */
static bool model_finds(const struct detector *d, const char *text) {
    static const char *const words[] = {
        "person", "organisation", "place", "contact", "credential", "identity_number",
        "health", "finance",      "legal", "work",    "minors",     "third_party"};
    struct arena a = arena_make(1 << 20);
    struct err e = {0};
    struct str t = str_of(text);
    struct sense_result r = {0};
    struct evidence undecided = {0};
    bool understood = sense_answer(scanner, &a, t, t, &r, &e);
    bool found = !understood
                 && sense_undecided(scanner, &(struct sense_text){.text = t}, &undecided)
                 && str_is(undecided.detector, d->id);
    for (size_t i = 0; i < ARRAY_LEN(words) && strcmp(d->kind, "undecided") != 0; i++) {
        struct str answer =
            str_fmt(&a, "{\"items\":[{\"kind\":\"%s\",\"text\":\"%s\"}]}", words[i], text);
        assert_true(sense_answer(scanner, &a, t, answer, &r, &e));
        for (size_t k = 0; k < r.count; k++) {
            found = found || str_is(r.evidence[k].detector, d->id);
        }
    }
    arena_end(&a);
    return found;
}

/* Whether an example of the row has evidence of its kind. */
static bool finds(const struct detector *d, const char *text) {
    if (d->model) {
        return model_finds(d, text);
    }
    struct arena a = arena_make(1 << 20);
    struct err e = {0};
    struct sense_text t = {.text = str_of(text), .role = ROLE_USER};
    if (strcmp(d->id, "password-key") == 0) {
        assert_true(str_cut(t.text, ' ', &t.key, &t.text));
    }
    struct sense_result r;
    assert_true(sense_scan(scanner, &a, &t, 1, &SENSE_LIMITS, &r, &e));
    bool found = false;
    for (size_t i = 0; i < r.count; i++) {
        assert_true(r.evidence[i].from <= r.evidence[i].to);
        assert_true(r.evidence[i].to <= t.text.len);
        found = found || str_is(r.evidence[i].kind, d->kind);
    }
    arena_end(&a);
    return found;
}

static void examples_fire(void **state) {
    (void)state;
    size_t n = 0;
    int wrong = 0;
    const struct detector *d = sense_detectors(&n);
    struct err e = {0};
    assert_true(n > 0);
    for (size_t i = 0; i < n; i++) {
        assert_true(sense_switch(scanner, str_of(d[i].id), true, &e));
        if (!finds(&d[i], d[i].fires)) {
            print_error("%s does not fire: %s\n", d[i].id, d[i].fires);
            wrong++;
        }
        if (finds(&d[i], d[i].not )) {
            print_error("%s fires: %s\n", d[i].id, d[i].not );
            wrong++;
        }
        assert_true(sense_switch(scanner, str_of(d[i].id), !d[i].asked, &e));
    }
    assert_int_equal(wrong, 0);
}

/* By itself, the others silent: no row lives on what another one finds. */
static void each_row_fires_alone(void **state) {
    (void)state;
    size_t n = 0;
    int wrong = 0;
    const struct detector *d = sense_detectors(&n);
    struct sense *all = scanner;
    struct err e = {0};
    assert_true(sense_new(NULL, 0, &scanner, &e));
    for (size_t i = 0; i < n; i++) {
        assert_true(sense_switch(scanner, str_of(d[i].id), false, &e));
    }
    uint64_t silent = sense_version(scanner);
    for (size_t i = 0; i < n; i++) {
        assert_false(finds(&d[i], d[i].fires));
        assert_true(sense_switch(scanner, str_of(d[i].id), true, &e));
        assert_true(sense_speaks(scanner, i));
        assert_true(sense_version(scanner) != silent);
        if (!finds(&d[i], d[i].fires)) {
            print_error("%s does not fire alone: %s\n", d[i].id, d[i].fires);
            wrong++;
        }
        assert_true(sense_switch(scanner, str_of(d[i].id), false, &e));
        assert_true(sense_version(scanner) == silent);
    }
    sense_free(scanner);
    scanner = all;
    assert_int_equal(wrong, 0);
    assert_false(sense_switch(scanner, STR("ibam"), false, &e));
    assert_int_equal(e.kind, ERR_INVALID);
    assert_non_null(strstr(e.text, "`iban`"));
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
        cmocka_unit_test(each_row_fires_alone),
        cmocka_unit_test(rows_are_told_apart),
    };
    return cmocka_run_group_tests(tests, open_scanner, close_scanner);
}
