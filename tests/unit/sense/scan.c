/* One scan: encodings hide nothing, keys, limits, rules of the policy. */
#include "sense/sense.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct sense *scanner;
static struct arena arena;

static int open_all(void **state) {
    (void)state;
    struct err e = {0};
    arena = arena_make(64UL << 20);
    return sense_new(NULL, 0, &scanner, &e) ? 0 : -1;
}

static int close_all(void **state) {
    (void)state;
    sense_free(scanner);
    arena_end(&arena);
    return 0;
}

static struct sense_result scan(struct sense_text t) {
    struct err e = {0};
    struct sense_result r;
    assert_true(sense_scan(scanner, &arena, &t, 1, &SENSE_LIMITS, &r, &e));
    return r;
}

static struct sense_result scan_text(const char *text) {
    return scan((struct sense_text){.text = str_of(text), .role = ROLE_USER});
}

static const struct evidence *find(const struct sense_result *r, const char *kind) {
    for (size_t i = 0; i < r->count; i++) {
        if (str_is(r->evidence[i].kind, kind)) {
            return &r->evidence[i];
        }
    }
    return NULL;
}

static void encodings_hide_nothing(void **state) {
    (void)state;
    static const char *const texts[] = {
        "ada@mailbox.org",
        "to=ada%40mailbox.org&x=1",
        "ada\\u0040mailbox.org",
        "ada\\x40mailbox.org",
        "ada&#64;mailbox.org",
        "ada&#x40;mailbox.org",
        "ada&commat;mailbox.org",
        ("ada\xe2\x80\x8b@mail\xc2\xad"
         "box.org"),
        "\xef\xbd\x81\xef\xbd\x84\xef\xbd\x81\xef\xbc\xa0mailbox.org",
        "payload YWRhQG1haWxib3gub3JnIGlzIG1pbmUgYWxvbmU= end",
        "twice ada%2540mailbox.org",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct sense_result r = scan_text(texts[i]);
        if (!find(&r, "email")) {
            fail_msg("not found in %s", texts[i]);
        }
    }
}

/* The place of what was decoded is that of its encoded form. */
static void places_lie_in_the_text(void **state) {
    (void)state;
    const char *text = "payload YWRhQG1haWxib3gub3JnIGlzIG1pbmUgYWxvbmU= end";
    struct sense_result r = scan_text(text);
    const struct evidence *v = find(&r, "email");
    assert_non_null(v);
    assert_int_equal(v->from, 8);
    assert_int_equal(v->to, strlen(text) - 4);
    r = scan_text("write to ada@mailbox.org, please");
    v = find(&r, "email");
    assert_non_null(v);
    assert_int_equal(v->from, 9);
    assert_int_equal(v->to, 24);
}

/* One escape in a text does not make all of it the place of what stands there plainly. */
static void plain_places_stay_narrow(void **state) {
    (void)state;
    struct sense_result r = scan_text("first\\n line, then ada@mailbox.org and more");
    const struct evidence *v = find(&r, "email");
    assert_non_null(v);
    assert_int_equal(v->from, 19);
    assert_int_equal(v->to, 34);
}

/* Each escaped form has its own place, in whatever reading it was found. */
static void escaped_places_are_exact(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint32_t from, to;
    } cases[] = {
        {"path\\to, then ada\\u0040mailbox.org and more", 14, 34},
        {"50%25 of ada%40mailbox.org and more", 9, 26},
        {"a%252Cb, twice ada%2540mailbox.org.", 15, 34},
        {"a&#44; b of &#97;da&#64;mailbox.org, too", 12, 35},
        {"see x%20ada@mailbox.org/y, now", 4, 23},     /* as it stands, too */
        {"to:\\nada@mailbox.org\\nnow", 4, 20},        /* as it stands, too */
        {"x\\u002520ada@mailbox.orgx \\u0040", 0, 25}, /* no word of its own: up to the blanks */
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct sense_result r = scan_text(cases[i].text);
        const struct evidence *v = find(&r, "email");
        if (!v || v->from != cases[i].from || v->to != cases[i].to) {
            fail_msg("%s: %d to %d", cases[i].text, v ? (int)v->from : -1, v ? (int)v->to : -1);
        }
    }
}

/* A number's value is found, the word that leads to it is left. */
static void what_leads_there_is_left(void **state) {
    (void)state;
    struct sense_result r = scan_text("her PESEL 44051401458 is on file");
    const struct evidence *v = find(&r, "national_id");
    assert_non_null(v);
    assert_int_equal(v->from, 10);
    assert_int_equal(v->to, 21);
    assert_true(v->validated);
}

static void the_longest_match_counts(void **state) {
    (void)state;
    const char *key = "glpat-a1B2c3D4e5F6g7H8i9J0kLmNoPqRsTuVwXyZ";
    struct sense_result r = scan_text(key);
    const struct evidence *v = find(&r, "api_key");
    assert_non_null(v);
    assert_int_equal(v->from, 0);
    assert_int_equal(v->to, strlen(key));
}

static void keys_say_what_values_are(void **state) {
    (void)state;
    struct sense_text t = {.text = STR("q8Zt4LwX1rVb"), .key = STR("db_password")};
    struct sense_result r = scan(t);
    assert_non_null(find(&r, "password"));
    t.key = STR("title");
    r = scan(t);
    assert_null(find(&r, "password"));
}

/* The name of a field is no prose; a key that holds data is a text like any other. */
static void keys_may_be_data(void **state) {
    (void)state;
    static const char *const names[] = {"my-husband", "anneliese_brockhaus", "$ref", "area.51",
                                        "Wilhelmina"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct sense_result r = scan((struct sense_text){.text = str_of(names[i]), .is_key = true});
        assert_int_equal(r.count, 0);
    }
    static const struct {
        const char *text, *kind;
    } data[] = {{"DE89370400440532013000", "iban"},
                {"DE89 3704 0044 0532 0130 00", "iban"},
                {"+49 170 1234567", "phone"},
                {"Mrs Anneliese Brockhaus", "name"}};
    for (size_t i = 0; i < sizeof data / sizeof data[0]; i++) {
        struct sense_result r =
            scan((struct sense_text){.text = str_of(data[i].text), .is_key = true});
        assert_non_null(find(&r, data[i].kind));
    }
}

static bool scan_finds(struct str text, bool is_key, const char *kind) {
    struct sense_result r =
        scan((struct sense_text){.text = text, .is_key = is_key, .role = ROLE_USER});
    return find(&r, kind) != NULL;
}

/* JSON can hold them, and no list of signs has them: a secret begins behind one, a folder ends
 * before one, a key with one is no field's name. */
static void zero_bytes_are_of_no_list(void **state) {
    (void)state;
    assert_true(scan_finds(STR("password: \0Tr0ub4dor&3xy"), false, "password"));
    assert_true(scan_finds(STR("client_secret: \0q8Zt4LwX1rVb7NcY2pKd"), false, "generic_secret"));
    assert_true(scan_finds(STR("open /home/fred\0data"), false, "example_path"));
    assert_true(scan_finds(STR("Anneliese\0Brockhaus"), true, "name"));
    assert_false(scan_finds(STR("the user_id\0= of it"), false, "uncertain_term")
                 != scan_finds(STR("the user_id\1= of it"), false, "uncertain_term"));
}

static void what_cannot_be_read_is_told(void **state) {
    (void)state;
    struct sense_result r = scan((struct sense_text){.text = STR("PNG"), .opaque = true});
    assert_non_null(find(&r, "unreadable"));
}

static void limits_hold(void **state) {
    (void)state;
    struct err e = {0};
    struct sense_result r;
    struct sense_text t = {.text = STR("ada@mailbox.org bob@mailbox.org +49 30 90182 1234")};
    struct sense_limits l = SENSE_LIMITS;
    l.bytes = 10;
    assert_false(sense_scan(scanner, &arena, &t, 1, &l, &r, &e));
    assert_int_equal(e.kind, ERR_TOO_LARGE);
    l = SENSE_LIMITS;
    l.deadline_us = 1;
    assert_false(sense_scan(scanner, &arena, &t, 1, &l, &r, &e));
    assert_int_equal(e.kind, ERR_TIMEOUT);
    l = SENSE_LIMITS;
    l.evidence = 1;
    assert_true(sense_scan(scanner, &arena, &t, 1, &l, &r, &e));
    assert_non_null(find(&r, "email"));
    assert_non_null(find(&r, "phone")); /* no kind is lost */
    sense_fail_scans(SENSE_FAILS);
    assert_false(sense_scan(scanner, &arena, &t, 1, &SENSE_LIMITS, &r, &e));
    sense_fail_scans(SENSE_FINE);
}

static void rules_are_part_of_it(void **state) {
    (void)state;
    static const struct str words[] = {STR_INIT("Nightingale"), STR_INIT("NGL-")};
    struct sense_rule rule = {
        .name = STR("merger"), .words = words, .word_count = 2, .pattern = STR("[0-9]{3}-X")};
    struct err e = {0};
    struct sense *s = NULL;
    assert_true(sense_new(&rule, 1, &s, &e));
    assert_true(sense_version(s) != sense_version(scanner));
    static const char *const hits[] = {"on nightingale now", "see NGL-12", "part 123-X"};
    for (size_t i = 0; i < ARRAY_LEN(hits); i++) {
        struct sense_text t = {.text = str_of(hits[i])};
        struct sense_result r;
        assert_true(sense_scan(s, &arena, &t, 1, &SENSE_LIMITS, &r, &e));
        assert_non_null(find(&r, "rule:merger"));
        assert_int_equal(r.rule_count, 1);
    }
    sense_free(s);
    rule.pattern = STR("(a");
    assert_false(sense_new(&rule, 1, &s, &e));
    assert_int_equal(e.kind, ERR_INVALID);
    assert_non_null(strstr(e.text, "merger"));
}

/* A pattern that takes too long is an error, so that nothing leaves. */
static void slow_patterns_fail(void **state) {
    (void)state;
    struct sense_rule rule = {.name = STR("slow"), .pattern = STR("(a+)+$")};
    struct err e = {0};
    struct sense *s = NULL;
    assert_true(sense_new(&rule, 1, &s, &e));
    struct sense_text t = {.text =
                               STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")};
    struct sense_result r;
    assert_false(sense_scan(s, &arena, &t, 1, &SENSE_LIMITS, &r, &e));
    assert_int_equal(e.kind, ERR_TOO_LARGE);
    sense_free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodings_hide_nothing),      cmocka_unit_test(places_lie_in_the_text),
        cmocka_unit_test(plain_places_stay_narrow),    cmocka_unit_test(escaped_places_are_exact),
        cmocka_unit_test(what_leads_there_is_left),    cmocka_unit_test(the_longest_match_counts),
        cmocka_unit_test(keys_say_what_values_are),    cmocka_unit_test(keys_may_be_data),
        cmocka_unit_test(what_cannot_be_read_is_told), cmocka_unit_test(limits_hold),
        cmocka_unit_test(rules_are_part_of_it),        cmocka_unit_test(slow_patterns_fail),
        cmocka_unit_test(zero_bytes_are_of_no_list),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
