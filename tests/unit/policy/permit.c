/* The permit by example: lines, grants, floors, denies, asks, raising, claims, scopes. */
#include "policy/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct arena arena;
static struct policy policy;
static struct policy_request rq;

static const struct policy_backend DEVICE = {STR_INIT("local"), ZONE_DEVICE};
static const struct policy_backend BASEMENT = {STR_INIT("basement"), ZONE_HOME};
static const struct policy_backend CLINIC = {STR_INIT("clinic"), ZONE_TRUSTED};
static const struct policy_backend NOTARY = {STR_INIT("notary"), ZONE_TRUSTED};
static const struct policy_backend ACME = {STR_INIT("acme"), ZONE_CLOUD};

static const struct item HEALTH = {
    .level = LEVEL_PRIVATE, .topic = TOPIC_HEALTH, .role = ROLE_USER};
static const struct item EMAIL = {
    .level = LEVEL_PERSONAL, .kind = STR_INIT("email"), .role = ROLE_USER};
static const struct item KEY = {.level = LEVEL_SECRET, .kind = STR_INIT("api_key")};
static const struct item MERGER = {.level = LEVEL_PRIVATE, .compartment = STR_INIT("merger")};
static const struct item PLAIN = {.level = LEVEL_OPEN};

static int begin(void **state) {
    (void)state;
    arena = arena_make(64u << 20);
    rq = (struct policy_request){.caller = STR("owner"), .date = "2026-11-23", .minute = 12 * 60};
    return 0;
}

static int end(void **state) {
    (void)state;
    arena_end(&arena);
    return 0;
}

static void use(const char *text) {
    static const struct policy_names names = {.home = STR_INIT("/home/me")};
    struct err e = {0};
    if (!policy_read(&arena, str_of(text), "policy.toml", &names, &policy, &e)) {
        fail_msg("%s", e.text);
    }
}

#define R(name, rest) "[[rule]]\nname = \"" name "\"\n" rest "\n"

static struct permit permit_with(const struct item *items, size_t n,
                                 const struct policy_backend *b) {
    struct label l = label_make(&arena);
    for (size_t i = 0; i < n; i++) {
        label_add(&arena, &l, items[i]);
    }
    struct label raised = policy_raise(&policy, &arena, &l, &rq);
    return policy_permit(&policy, &raised, &rq, b);
}

static void expect(const struct item *it, const struct policy_backend *b, const char *expected) {
    struct permit p = permit_with(it, 1, b);
    struct str is = str_fmt(&arena, "%s%s: " STR_FMT, TRANSFORM_NAMES[p.transform],
                            p.ask ? ", ask" : "", STR_ARG(p.rule));
    if (!str_is(is, expected)) {
        fail_msg("\"" STR_FMT "\" is not \"%s\"", STR_ARG(is), expected);
    }
}

static void lines_say_what_goes(void **state) {
    (void)state;
    use("preset = \"careful\"\n");
    expect(&PLAIN, &ACME, "as_is: careful: open");
    expect(&EMAIL, &BASEMENT, "as_is: careful: personal");
    expect(&EMAIL, &ACME, "pseudonymise: careful: personal");
    expect(&HEALTH, &BASEMENT, "as_is: careful: private");
    expect(&HEALTH, &CLINIC, "forbidden: careful: private");
    expect(&KEY, &BASEMENT, "forbidden: careful: secret");
    expect(&KEY, &DEVICE, "as_is: device");
    use("[level]\npersonal = {}\nprivate = {}\n");
    expect(&EMAIL, &BASEMENT, "forbidden: policy.toml: personal");
}

static void the_strictest_item_decides(void **state) {
    (void)state;
    use("preset = \"careful\"\n");
    const struct item items[] = {EMAIL, HEALTH, PLAIN};
    struct permit p = permit_with(items, 3, &ACME);
    assert_int_equal(p.transform, TRANSFORM_FORBIDDEN);
    assert_true(item_eq(&p.item, &HEALTH));
    assert_int_equal(p.needed, ZONE_HOME);
    const struct item with_key[] = {HEALTH, KEY};
    p = permit_with(with_key, 2, &ACME);
    assert_true(item_eq(&p.item, &KEY)); /* both are forbidden; the higher one is named */
    assert_int_equal(p.needed, ZONE_DEVICE);
    p = permit_with(items, 1, &ACME);
    assert_int_equal(p.needed, ZONE_CLOUD);
}

static void nothing_is_bounded_by_the_open_line(void **state) {
    (void)state;
    use("preset = \"local-only\"\n" R("g", "match = { kind = \"email\" }\nreach = \"cloud\""));
    const struct label bare = {
        .items = &(struct item){.level = LEVEL_PERSONAL, .kind = STR("email")}, .count = 1};
    const struct label none = {0};
    assert_int_equal(policy_item_permit(&policy, bare.items, &rq, &ACME).transform,
                     TRANSFORM_AS_IS);
    assert_int_equal(policy_permit(&policy, &bare, &rq, &ACME).transform, TRANSFORM_FORBIDDEN);
    assert_int_equal(policy_permit(&policy, &none, &rq, &ACME).transform, TRANSFORM_FORBIDDEN);
    assert_int_equal(policy_permit(&policy, &none, &rq, &BASEMENT).transform, TRANSFORM_AS_IS);
}

static void a_grant_opens_what_it_names(void **state) {
    (void)state;
    const struct item finance = {.level = LEVEL_PRIVATE, .topic = TOPIC_FINANCE};
    const struct item untold = {.level = LEVEL_PRIVATE, .kind = STR("coordinates")};
    use(R("clinic", "match = { topic = \"health\" }\nreach = \"trusted\"\nas = \"pseudonymise\"\n"
                    "only = [\"clinic\"]\nuntil = 2026-11-23"));
    expect(&HEALTH, &CLINIC, "pseudonymise: clinic");
    expect(&HEALTH, &NOTARY, "forbidden: careful: private");
    expect(&HEALTH, &ACME, "forbidden: careful: private");
    expect(&finance, &CLINIC, "forbidden: careful: private");
    expect(&untold, &CLINIC, "forbidden: careful: private");
    memcpy(rq.date, "2026-11-24", 11);
    expect(&HEALTH, &CLINIC, "forbidden: careful: private");
    rq.date[0] = 0; /* no day is known */
    expect(&HEALTH, &CLINIC, "forbidden: careful: private");
}

static void a_grant_that_names_nothing_opens_nothing_named(void **state) {
    (void)state;
    const struct item untold = {.level = LEVEL_PRIVATE, .kind = STR("coordinates")};
    use(R("all", "reach = \"cloud\""));
    expect(&untold, &CLINIC, "as_is: all");
    expect(&untold, &ACME, "pseudonymise: all"); /* private in a cloud: never less */
    expect(&EMAIL, &ACME, "as_is: all");
    expect(&HEALTH, &CLINIC, "forbidden: careful: private");
    expect(&MERGER, &CLINIC, "forbidden: careful: private");
    expect(&KEY, &BASEMENT, "forbidden: careful: secret");
}

static void level_is_or_lower_in_grants_or_higher_elsewhere(void **state) {
    (void)state;
    const struct item untold = {.level = LEVEL_PRIVATE};
    use("preset = \"careful\"\n" R("g", "match = { level = \"personal\" }\nreach = \"trusted\""));
    expect(&EMAIL, &CLINIC, "as_is: g");
    expect(&untold, &CLINIC, "forbidden: careful: private");
    use("preset = \"balanced\"\n" R("d", "match = { level = \"personal\" }\ndeny = \"trusted\""));
    expect(&PLAIN, &CLINIC, "as_is: balanced: open");
    expect(&EMAIL, &CLINIC, "forbidden: d");
    expect(&untold, &CLINIC, "forbidden: d");
    expect(&untold, &BASEMENT, "as_is: balanced: private");
}

static void floors_denies_and_asks(void **state) {
    (void)state;
    use("preset = \"cloud-first\"\n" R("f", "match = { kind = \"email\" }\nas = \"pseudonymise\"")
            R("a", "match = { topic = \"health\" }\nask = \"trusted\"")
                R("g", "match = { topic = \"health\" }\nreach = \"cloud\"")
                    R("d", "match = { compartment = \"merger\" }\ndeny = \"trusted\""));
    expect(&EMAIL, &BASEMENT, "pseudonymise: f");
    expect(&HEALTH, &BASEMENT, "as_is: cloud-first: private");
    expect(&HEALTH, &CLINIC, "as_is, ask: g");
    expect(&HEALTH, &ACME, "pseudonymise, ask: cloud-first: private");
    expect(&MERGER, &CLINIC, "forbidden: d");
    expect(&MERGER, &BASEMENT, "as_is: cloud-first: private");
    expect(&HEALTH, &DEVICE, "as_is: device");
    assert_true(str_is(permit_with(&HEALTH, 1, &ACME).ask_rule, "a"));
    const struct item both[] = {PLAIN, HEALTH};
    assert_true(permit_with(both, 2, &CLINIC).ask);
}

/* A grant with an ask or a deny in the same rule: each for itself. */
static void outcomes_stand_side_by_side(void **state) {
    (void)state;
    use(R(
        "g",
        "match = { topic = \"health\", project = \"blue\" }\nreach = \"trusted\"\nask = \"home\"\n"
        "deny = \"cloud\""));
    rq.project = STR("blue");
    rq.project_known = true;
    expect(&HEALTH, &CLINIC, "as_is, ask: g");
    expect(&HEALTH, &ACME, "forbidden, ask: careful: private");
    rq.project_known = false; /* a claim: no grant, but the ask */
    expect(&HEALTH, &CLINIC, "forbidden, ask: careful: private");
    expect(&HEALTH, &BASEMENT, "as_is, ask: careful: private");
}

static void claims_count_but_in_grants(void **state) {
    (void)state;
    use(R("g", "match = { conversation = \"c1\" }\nreach = \"cloud\"")
            R("d", "match = { project = \"red\" }\ndeny = \"trusted\"")
                R("e", "match = { client = \"evil*\" }\ndeny = \"home\""));
    rq.conversation = STR("c1");
    expect(&EMAIL, &ACME, "pseudonymise: careful: personal");
    rq.conversation_known = true;
    expect(&EMAIL, &ACME, "as_is: g");
    rq.project = STR("red");
    expect(&EMAIL, &ACME, "forbidden: d");
    rq.client = STR("evil-agent/2");
    expect(&EMAIL, &BASEMENT, "forbidden: e");
}

static void raising_goes_on_until_nothing_changes(void **state) {
    (void)state;
    use("preset = \"cloud-first\"\n" R("third",
                                       "match = { compartment = \"b\" }\nraise = \"secret\"")
            R("second", "match = { compartment = \"a\" }\ncompartment = \"b\"")
                R("first", "match = { kind = \"email\" }\ncompartment = \"a\""));
    struct label l = label_make(&arena);
    label_add(&arena, &l, EMAIL);
    struct label raised = policy_raise(&policy, &arena, &l, &rq);
    assert_int_equal(l.count, 2);      /* what came in stays */
    assert_int_equal(raised.count, 6); /* the secret in "b" comes back to "a" as well */
    assert_true(item_eq(&raised.items[1], &EMAIL)); /* nothing is forgotten */
    assert_int_equal(label_level(&raised), LEVEL_SECRET);
    expect(&EMAIL, &BASEMENT, "forbidden: cloud-first: secret");
    expect(&HEALTH, &CLINIC, "pseudonymise: cloud-first: private");
    struct label again = policy_raise(&policy, &arena, &raised, &rq);
    assert_int_equal(again.count, raised.count);
}

static void a_compartment_takes_the_topics_place(void **state) {
    (void)state;
    use(R("c", "match = { topic = \"health\" }\ncompartment = \"family\""));
    struct label l = label_make(&arena);
    label_add(&arena, &l, HEALTH);
    l.integrity = INTEGRITY_WEB;
    struct label raised = policy_raise(&policy, &arena, &l, &rq);
    assert_int_equal(raised.count, 3);
    assert_int_equal(raised.items[2].topic, TOPIC_NONE);
    assert_true(str_is(raised.items[2].compartment, "family"));
    assert_int_equal(raised.integrity, INTEGRITY_WEB);
}

static void words_match_what_the_scanner_found(void **state) {
    (void)state;
    const struct item found = {.kind = STR("rule:the merger")};
    use(R("the merger",
          "match = { words = \"Nightingale\" }\nraise = \"secret\"\ncompartment = \"n\"")
            R("p", "match = { pattern = 'N+' }\ndeny = \"cloud\""));
    expect(&found, &BASEMENT, "forbidden: careful: secret");
    expect(&PLAIN, &ACME, "as_is: careful: open");
    const struct item other = {.kind = STR("rule:p")};
    expect(&other, &ACME, "forbidden: p");
    expect(&other, &CLINIC, "as_is: careful: open");
}

static void folders_hold_what_is_below(void **state) {
    (void)state;
    use("preset = \"cloud-first\"\n" R("d", "match = { folder = \"~/clients\" }\ndeny = \"home\""));
    static const struct {
        const char *folder, *file;
        bool denied;
    } cases[] = {
        {"/home/me/clients", "", true},       {"/home/me/clients/acme", "", true},
        {"/home/me/clients2", "", false},     {"/home/me", "", false},
        {"", "/home/me/clients/a.txt", true}, {"", "/home/me/clients", true},
        {"", "/home/me/clients.txt", false},  {"", "", false},
        {"/home/you/clients", "", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct item it = {.folder = str_of(cases[i].folder), .file = str_of(cases[i].file)};
        expect(&it, &BASEMENT, cases[i].denied ? "forbidden: d" : "as_is: cloud-first: open");
    }
    use("preset = \"cloud-first\"\n" R("d", "match = { folder = \"/\" }\ndeny = \"home\""));
    expect(&(struct item){.folder = STR("/srv")}, &BASEMENT, "forbidden: d");
    expect(&PLAIN, &BASEMENT, "as_is: cloud-first: open");
}

static void files_tools_roles_and_callers(void **state) {
    (void)state;
    use("preset = \"cloud-first\"\n" R("f",
                                       "match = { file = [\"*.pem\", \"~/n/*\"] }\ndeny = \"home\"")
            R("t", "match = { tool = \"mcp__*\" }\ndeny = \"home\"")
                R("r", "match = { role = \"tool\", caller = \"key:lap*\" }\ndeny = \"home\""));
    expect(&(struct item){.file = STR("/x/a.pem")}, &BASEMENT, "forbidden: f");
    expect(&(struct item){.file = STR("/home/me/n/a")}, &BASEMENT, "forbidden: f");
    expect(&(struct item){.file = STR("/x/a.pem.txt")}, &BASEMENT, "as_is: cloud-first: open");
    expect(&(struct item){.tool = STR("mcp__mail")}, &BASEMENT, "forbidden: t");
    expect(&(struct item){.tool = STR("Read")}, &BASEMENT, "as_is: cloud-first: open");
    expect(&(struct item){.role = ROLE_TOOL}, &BASEMENT, "as_is: cloud-first: open");
    rq.caller = STR("key:laptop");
    expect(&(struct item){.role = ROLE_TOOL}, &BASEMENT, "forbidden: r");
    expect(&(struct item){.role = ROLE_USER}, &BASEMENT, "as_is: cloud-first: open");
}

static void time_goes_over_midnight(void **state) {
    (void)state;
    static const struct {
        int minute;
        bool denied;
    } cases[] = {{22 * 60, true},      {22 * 60 - 1, false},  {0, true},
                 {7 * 60 - 1, true},   {7 * 60, false},       {12 * 60, true},
                 {12 * 60 + 29, true}, {12 * 60 + 30, false}, {23 * 60 + 59, true}};
    use("preset = \"cloud-first\"\n" R(
        "night", "match = { time = [\"22:00-07:00\", \"12:00-12:30\"] }\ndeny = \"cloud\""));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        rq.minute = cases[i].minute;
        expect(&PLAIN, &ACME, cases[i].denied ? "forbidden: night" : "as_is: cloud-first: open");
    }
}

static void rules_name_providers_and_keys(void **state) {
    (void)state;
    use(R("g",
          "match = { topic = \"health\" }\nreach = \"trusted\"\nonly = [\"clinic\", \"notary\"]")
            R("k", "match = { caller = [\"key:laptop\", \"key:p*\"] }\ndeny = \"cloud\""));
    assert_true(str_is(policy_rule_naming(&policy, STR("notary")), "g"));
    assert_true(str_is(policy_rule_naming(&policy, STR("key:laptop")), "k"));
    assert_null(policy_rule_naming(&policy, STR("key:phone")).ptr);
    assert_null(policy_rule_naming(&policy, STR("laptop")).ptr);
    assert_null(policy_rule_naming(&policy, STR("")).ptr);
}

static void a_rule_stands_through_its_last_day(void **state) {
    (void)state;
    use(R("g", "match = { topic = \"health\" }\nreach = \"trusted\"\nuntil = 2026-11-28")
            R("k", "match = { topic = \"health\" }\ndeny = \"cloud\""));
    assert_true(policy_rule_stands(&policy, STR("g"), "2026-11-28"));
    assert_false(policy_rule_stands(&policy, STR("g"), "2026-11-29"));
    assert_true(policy_rule_stands(&policy, STR("k"), "2030-01-01"));
    assert_false(policy_rule_stands(&policy, STR("nobody"), "2026-11-28"));
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        T(lines_say_what_goes),
        T(the_strictest_item_decides),
        T(nothing_is_bounded_by_the_open_line),
        T(a_grant_opens_what_it_names),
        T(a_grant_that_names_nothing_opens_nothing_named),
        T(level_is_or_lower_in_grants_or_higher_elsewhere),
        T(floors_denies_and_asks),
        T(outcomes_stand_side_by_side),
        T(claims_count_but_in_grants),
        T(raising_goes_on_until_nothing_changes),
        T(a_compartment_takes_the_topics_place),
        T(words_match_what_the_scanner_found),
        T(folders_hold_what_is_below),
        T(files_tools_roles_and_callers),
        T(time_goes_over_midnight),
        T(rules_name_providers_and_keys),
        T(a_rule_stands_through_its_last_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
