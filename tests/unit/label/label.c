/* Names, items, the join, the text for people; a large label stays a set. */
#include "label/label.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct arena arena;

static int begin(void **state) {
    (void)state;
    arena = arena_make(64u << 20);
    return 0;
}

static int end(void **state) {
    (void)state;
    arena_end(&arena);
    return 0;
}

static void assert_text(const struct label *l, const char *expected) {
    struct str s = label_text(&arena, l);
    if (!str_is(s, expected)) {
        fail_msg("\"" STR_FMT "\" is not \"%s\"", STR_ARG(s), expected);
    }
}

static struct item item_of(enum level level, const char *kind) {
    return (struct item){.level = level, .kind = str_of(kind), .role = ROLE_USER};
}

static void names_go_both_ways(void **state) {
    (void)state;
    for (int i = 0; i < ZONES; i++) {
        enum zone z = ZONES;
        assert_true(zone_from(str_of(ZONE_NAMES[i]), &z) && (int)z == i);
    }
    for (int i = 0; i < LEVELS; i++) {
        enum level l = LEVELS;
        assert_true(level_from(str_of(LEVEL_NAMES[i]), &l) && (int)l == i);
    }
    for (int i = 0; i < TOPICS; i++) {
        enum topic t = TOPICS;
        assert_true(topic_from(str_of(TOPIC_NAMES[i]), &t) && (int)t == i);
    }
    for (int i = 0; i < LABEL_ROLES; i++) {
        enum label_role r = LABEL_ROLES;
        assert_true(role_from(str_of(ROLE_NAMES[i]), &r) && (int)r == i);
    }
    assert_string_equal(INTEGRITY_NAMES[INTEGRITY_WEB], "web");
    assert_string_equal(INTEGRITY_NAMES[INTEGRITY_USER], "user");
}

static void unknown_names_change_nothing(void **state) {
    (void)state;
    enum zone z = ZONE_TRUSTED;
    enum level l = LEVEL_SECRET;
    enum topic t = TOPIC_LEGAL;
    enum label_role r = ROLE_TOOL;
    assert_false(zone_from(STR("Cloud"), &z));
    assert_false(zone_from(STR(""), &z));
    assert_false(level_from(STR("secre"), &l));
    assert_false(topic_from(STR("healthy"), &t));
    assert_false(role_from(STR("developer"), &r));
    assert_true(z == ZONE_TRUSTED && l == LEVEL_SECRET && t == TOPIC_LEGAL && r == ROLE_TOOL);
}

static void a_label_begins_open(void **state) {
    (void)state;
    struct label l = label_make(&arena);
    assert_int_equal(l.count, 1);
    assert_int_equal(label_level(&l), LEVEL_OPEN);
    assert_int_equal(l.integrity, INTEGRITY_USER);
    assert_text(&l, "open");
}

static void adding_twice_is_adding_once(void **state) {
    (void)state;
    struct label l = label_make(&arena);
    label_add(&arena, &l, item_of(LEVEL_PERSONAL, "email"));
    label_add(&arena, &l, item_of(LEVEL_PERSONAL, "email"));
    assert_int_equal(l.count, 2);
    struct item other = item_of(LEVEL_PERSONAL, "email");
    other.folder = STR("/home/me/clients");
    label_add(&arena, &l, other);
    other.role = ROLE_TOOL;
    label_add(&arena, &l, other);
    assert_int_equal(l.count, 4);
    assert_int_equal(label_level(&l), LEVEL_PERSONAL);
}

static void every_field_tells_items_apart(void **state) {
    (void)state;
    struct item base = item_of(LEVEL_OPEN, "email");
    struct item i[8];
    for (size_t k = 0; k < ARRAY_LEN(i); k++) {
        i[k] = base;
    }
    i[0].level = LEVEL_SECRET;
    i[1].topic = TOPIC_HEALTH;
    i[2].compartment = STR("x");
    i[3].kind = STR("phone");
    i[4].folder = STR("/f");
    i[5].file = STR("/f/a");
    i[6].tool = STR("Read");
    i[7].role = ROLE_SYSTEM;
    for (size_t k = 0; k < ARRAY_LEN(i); k++) {
        assert_true(item_eq(&i[k], &i[k]));
        assert_false(item_eq(&base, &i[k]));
    }
}

static void a_compartment_is_private_at_least(void **state) {
    (void)state;
    struct item i = {.compartment = STR("client-x")};
    assert_int_equal(item_settled(i).level, LEVEL_PRIVATE);
    i.level = LEVEL_SECRET;
    assert_int_equal(item_settled(i).level, LEVEL_SECRET);
    assert_int_equal(item_settled((struct item){0}).level, LEVEL_OPEN);
    struct label l = label_make(&arena);
    label_add(&arena, &l, (struct item){.compartment = STR("client-x")});
    assert_int_equal(label_level(&l), LEVEL_PRIVATE);
}

static void joining_is_union_and_the_lowest_integrity(void **state) {
    (void)state;
    struct label a = label_make(&arena);
    struct label b = label_make(&arena);
    label_add(&arena, &a, item_of(LEVEL_PERSONAL, "email"));
    label_add(&arena, &b, item_of(LEVEL_PERSONAL, "email"));
    label_add(&arena, &b, item_of(LEVEL_SECRET, "api_key"));
    b.integrity = INTEGRITY_WEB;
    label_join(&arena, &a, &b);
    assert_int_equal(a.count, 3);
    assert_int_equal(label_level(&a), LEVEL_SECRET);
    assert_int_equal(a.integrity, INTEGRITY_WEB);
    b.integrity = INTEGRITY_USER;
    label_join(&arena, &a, &b);
    assert_int_equal(a.count, 3);
    assert_int_equal(a.integrity, INTEGRITY_WEB);
    label_join(&arena, &a, &a);
    assert_int_equal(a.count, 3);
}

static void text_says_kinds_once_and_no_values(void **state) {
    (void)state;
    struct label l = label_make(&arena);
    struct item fever = {.level = LEVEL_PRIVATE, .topic = TOPIC_HEALTH, .kind = STR("health")};
    struct item iban = {.level = LEVEL_PRIVATE, .topic = TOPIC_FINANCE, .kind = STR("iban")};
    struct item merger = {.compartment = STR("merger"), .kind = STR("rule:the merger")};
    label_add(&arena, &l, item_of(LEVEL_PERSONAL, "email"));
    label_add(&arena, &l, fever);
    fever.role = ROLE_TOOL;
    label_add(&arena, &l, fever);
    label_add(&arena, &l, iban);
    assert_text(&l, "private (health, finance: iban), personal (email)");
    label_add(&arena, &l, merger);
    label_add(&arena, &l, item_of(LEVEL_SECRET, ""));
    assert_text(&l, "secret, private (health, finance: iban, compartment merger: rule:the merger), "
                    "personal (email)");
}

static struct item numbered(size_t i) {
    static const enum level levels[] = {LEVEL_OPEN, LEVEL_PERSONAL, LEVEL_PRIVATE, LEVEL_SECRET};
    return (struct item){.level = levels[i % 4], .file = str_fmt(&arena, "/f/%zu", i / 4)};
}

static void a_large_label_is_a_set(void **state) {
    (void)state;
    enum { MANY = 20000 };
    struct label l = label_make(&arena);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < MANY; i++) {
            label_add(&arena, &l, numbered(i));
        }
        assert_int_equal(l.count, MANY + 1);
    }
    for (size_t i = 0; i < MANY; i++) {
        struct item expected = numbered(i);
        assert_true(item_eq(&l.items[i + 1], &expected));
    }
}

/* Copies by value share memory; whoever goes on with one of them loses nothing. */
static void a_copy_may_be_extended(void **state) {
    (void)state;
    struct label l = label_make(&arena);
    for (size_t i = 0; i < 30; i++) {
        label_add(&arena, &l, numbered(i));
    }
    struct label copy = l;
    for (size_t i = 1000; i < 1400; i++) {
        label_add(&arena, &copy, numbered(i));
    }
    assert_int_equal(copy.count, 431);
    struct label other = label_make(&arena);
    label_join(&arena, &other, &copy);
    label_join(&arena, &other, &copy);
    assert_int_equal(other.count, 431);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_go_both_ways, begin, end),
        cmocka_unit_test_setup_teardown(unknown_names_change_nothing, begin, end),
        cmocka_unit_test_setup_teardown(a_label_begins_open, begin, end),
        cmocka_unit_test_setup_teardown(adding_twice_is_adding_once, begin, end),
        cmocka_unit_test_setup_teardown(every_field_tells_items_apart, begin, end),
        cmocka_unit_test_setup_teardown(a_compartment_is_private_at_least, begin, end),
        cmocka_unit_test_setup_teardown(joining_is_union_and_the_lowest_integrity, begin, end),
        cmocka_unit_test_setup_teardown(text_says_kinds_once_and_no_values, begin, end),
        cmocka_unit_test_setup_teardown(a_large_label_is_a_set, begin, end),
        cmocka_unit_test_setup_teardown(a_copy_may_be_extended, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
