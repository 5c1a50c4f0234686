/* The table of kinds against POLICY.md 1. */
#include "label/label.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void names_are_unique_and_plain(void **state) {
    (void)state;
    for (size_t i = 0; i < LABEL_KIND_COUNT; i++) {
        const struct kind_row *row = &LABEL_KINDS[i];
        assert_ptr_equal(kind_find(str_of(row->name)), row);
        assert_true(row->about && row->about[0]);
        for (const char *c = row->name; *c; c++) {
            assert_true((*c >= 'a' && *c <= 'z') || *c == '_');
        }
    }
    assert_null(kind_find(STR("")));
    assert_null(kind_find(STR("emai")));
    assert_null(kind_find(STR("email ")));
}

static void expect(enum level level, const char *const *kinds, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const struct kind_row *row = kind_find(str_of(kinds[i]));
        if (!row || row->level != level) {
            fail_msg("%s is not %s", kinds[i], LEVEL_NAMES[level]);
        }
    }
}

static void levels_are_those_of_the_table(void **state) {
    (void)state;
    static const char *const secret[] = {"api_key", "password",          "private_key",
                                         "token",   "connection_string", "seed_phrase"};
    static const char *const private[] = {"health", "finance",      "legal",
                                          "minors", "national_id",  "card",
                                          "iban",   "bank_account", "coordinates"};
    static const char *const personal[] = {"name",       "email",         "phone",       "address",
                                           "birth_date", "employer",      "plate",       "ip",
                                           "mac",        "third_parties", "person_word", "handle"};
    static const char *const open[] = {"public_name",    "organisation",       "place",
                                       "uncertain_name", "small_organisation", "small_place",
                                       "example_email",  "example_path"};
    expect(LEVEL_OPEN, open, ARRAY_LEN(open));
    expect(LEVEL_SECRET, secret, ARRAY_LEN(secret));
    expect(LEVEL_PRIVATE, private, ARRAY_LEN(private));
    expect(LEVEL_PERSONAL, personal, ARRAY_LEN(personal));
}

/* A secret has no topic, and what has a topic that needs naming is not open. */
static void topics_fit_levels(void **state) {
    (void)state;
    for (size_t i = 0; i < LABEL_KIND_COUNT; i++) {
        const struct kind_row *row = &LABEL_KINDS[i];
        assert_true(row->level > LEVEL_OPEN || row->topic == TOPIC_NONE);
        assert_true(row->level != LEVEL_SECRET || row->topic == TOPIC_NONE);
    }
    assert_int_equal(kind_find(STR("iban"))->topic, TOPIC_FINANCE);
    assert_int_equal(kind_find(STR("health"))->topic, TOPIC_HEALTH);
    assert_int_equal(kind_find(STR("unreadable"))->topic, TOPIC_NONE);
    assert_int_equal(kind_find(STR("unreadable"))->level, LEVEL_PRIVATE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_unique_and_plain),
        cmocka_unit_test(levels_are_those_of_the_table),
        cmocka_unit_test(topics_fit_levels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
