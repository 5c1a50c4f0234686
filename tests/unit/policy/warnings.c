/* What check says of a valid policy, and what counts as looser. */
#include "policy/policy.h"

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

static struct policy read_policy(const char *text) {
    static const struct policy_names names = {.home = STR_INIT("/home/me")};
    struct policy p = {0};
    struct err e = {0};
    if (!policy_read(&arena, str_of(text), "policy.toml", &names, &p, &e)) {
        fail_msg("%s\n%s", e.text, text);
    }
    return p;
}

#define R(name, rest) "[[rule]]\nname = \"" name "\"\n" rest "\n"
#define DENY R("d", "match = { %s }\ndeny = \"home\"")
#define GRANT R("g", "match = { topic = \"health\" }\nreach = \"cloud\"\nas = \"pseudonymise\"")

/* All warnings, one a line. */
static struct str warnings(const char *text) {
    static const struct str providers[] = {STR_INIT("clinic"), STR_INIT("far"), STR_INIT("own")};
    static const enum zone zones[] = {ZONE_TRUSTED, ZONE_CLOUD, ZONE_DEVICE};
    static const struct policy_names names = {
        .providers = providers, .provider_zones = zones, .provider_count = ARRAY_LEN(providers)};
    const struct policy_request now = {.caller = STR("owner"), .date = "2026-11-23", .minute = 600};
    struct policy p = read_policy(text);
    struct str *lines = NULL;
    struct str all = STR("");
    size_t n = policy_warnings(&arena, &p, &now, &names, &lines);
    for (size_t i = 0; i < n; i++) {
        all = str_fmt(&arena, STR_FMT STR_FMT "\n", STR_ARG(all), STR_ARG(lines[i]));
    }
    return all;
}

static void warns(const char *text, const char *expected) {
    struct str all = warnings(text);
    if (!str_starts(all, str_of(expected))) {
        fail_msg("\"" STR_FMT "\" does not begin with \"%s\"", STR_ARG(all), expected);
    }
    if (str_find_char(all, '\n') != (ptrdiff_t)all.len - 1) {
        fail_msg("more than one warning: " STR_FMT, STR_ARG(all));
    }
}

static void silent(const char *text) {
    struct str all = warnings(text);
    if (all.len) {
        fail_msg("a warning: " STR_FMT "%s", STR_ARG(all), text);
    }
}

static void good_rules_are_silent(void **state) {
    (void)state;
    silent("preset = \"careful\"\n");
    silent(GRANT);
    silent(GRANT R("d", "match = { topic = \"legal\" }\ndeny = \"home\""));
    silent(GRANT R("d", "match = { topic = \"health\", caller = \"local\" }\ndeny = \"home\""));
    silent(R("w", "match = { words = \"x\" }\nraise = \"secret\"\ncompartment = \"c\"")
               R("g", "match = { compartment = \"c\" }\nreach = \"trusted\"\nuntil = 2026-11-23"));
    silent(R("a", "match = { topic = \"legal\" }\nask = \"trusted\"")
               R("b", "match = { topic = \"legal\" }\ndeny = \"cloud\""));
    silent(R("f", "match = { topic = \"legal\" }\nas = \"pseudonymise\"")
               R("b", "match = { topic = \"legal\" }\ndeny = \"trusted\""));
    silent(GRANT R("h", "match = { topic = \"legal\" }\nreach = \"cloud\"\nas = \"pseudonymise\""));
    silent(R("g", "match = { topic = \"health\" }\nreach = \"trusted\"\nonly = [\"clinic\"]"));
    silent("[kind]\nphone = \"private\"\n");
}

static void conditions_that_nothing_feeds(void **state) {
    (void)state;
    warns(R("x", "match = { agent = \"n\" }\ndeny = \"cloud\""),
          "line 1, rule \"x\": `agent`: there are no agents yet, so nothing feeds this");
    warns("preset = \"careful\"\n" R("x", "match = { tool = \"Read\" }\ndeny = \"cloud\""),
          "line 2, rule \"x\": `tool`: known only of results of tool calls");
    warns(R("x", "match = { folder = \"~/c\" }\ndeny = \"cloud\""),
          "line 1, rule \"x\": `folder`: known only from `-f` and from the path in a tool call; "
          "nothing "
          "else feeds it yet");
    warns(R("x", "match = { file = \"*.md\" }\ndeny = \"cloud\""),
          "line 1, rule \"x\": `file`: known only");
    warns(R("x", "match = { compartment = \"c\" }\ndeny = \"home\""),
          "line 1, rule \"x\": no rule puts anything into the compartment `c`");
    warns(R("x", "match = { project = \"p\" }\nreach = \"cloud\"\nas = \"pseudonymise\""),
          "line 1, rule \"x\": in a grant `project` counts only where weir itself knows it");
}

static void conditions_that_exclude_each_other(void **state) {
    (void)state;
    warns(R("w", "match = { kind = \"name\" }\ncompartment = \"c\"")
              R("x", "match = { compartment = \"c\", topic = \"health\" }\ndeny = \"home\""),
          "line 5, rule \"x\": can never hold: nothing has a topic and a compartment at once");
    warns(R("x", "match = { words = \"w\", topic = \"health\" }\ndeny = \"home\""),
          "line 1, rule \"x\": can never hold: what words or a pattern find has no topic");
    warns(R("x", "match = { words = \"w\", kind = \"email\" }\ndeny = \"home\""),
          "line 1, rule \"x\": can never hold: what words or a pattern find is of no other kind");
    warns(R("x", "match = { kind = \"iban\", topic = \"health\" }\ndeny = \"home\""),
          "line 1, rule \"x\": can never hold: none of these kinds has one of these topics");
    warns(R("x", "match = { words = \"w\", level = \"personal\" }\ndeny = \"home\""),
          "line 1, rule \"x\": what words or a pattern find is open until a rule raises it");
}

static void dead_grants(void **state) {
    (void)state;
    warns(R("g", "match = { topic = \"health\" }\nreach = \"trusted\"\nuntil = 2026-11-22"),
          "line 1, rule \"g\": has run out (until = 2026-11-22)");
    warns(R("g", "match = { topic = \"health\" }\nreach = \"home\""),
          "line 1, rule \"g\": gives nothing that the level lines do not give already");
    warns(R("g", "match = { topic = \"health\" }\nreach = \"device\""),
          "line 1, rule \"g\": reaches the device only");
    warns(R("g", "match = { level = \"secret\", topic = \"health\" }\nreach = \"trusted\""),
          "line 1, rule \"g\": `level = \"secret\"` grants no more than \"private\"");
    warns(R("g", "match = { topic = \"health\" }\nreach = \"cloud\"\nas = \"as_is\""),
          "line 1, rule \"g\": what is private goes to the cloud pseudonymised all the same");
}

static void conflicts(void **state) {
    (void)state;
    warns(GRANT R("d", "match = { topic = [\"health\", \"legal\"] }\ndeny = \"home\""),
          "line 1, rule \"g\": can never matter: \"d\" (line 6) denies all that it grants");
    warns(R("d", "deny = \"trusted\"") GRANT,
          "line 4, rule \"g\": can never matter: \"d\" (line 1) denies all");
    warns(GRANT R("d", "deny = \"cloud\""), "line 1, rule \"g\": never reaches `cloud`: \"d\" "
                                            "(line 6) denies that, so it ends at `trusted`");
}

static void rules_that_a_deny_shadows(void **state) {
    (void)state;
    warns(R("a", "match = { topic = \"legal\" }\nask = \"cloud\"")
              R("b", "match = { topic = \"legal\" }\ndeny = \"cloud\""),
          "line 1, rule \"a\": can never matter: \"b\" (line 5) denies all that it is about");
    warns(R("b", "deny = \"home\"") R("f", "match = { kind = \"name\" }\nas = \"pseudonymise\""),
          "line 4, rule \"f\": can never matter: \"b\" (line 1) denies all that it is about");
}

static void grants_beside_others(void **state) {
    (void)state;
    warns(GRANT R("h", "match = { topic = \"health\", caller = \"owner\" }\nreach = \"trusted\"\n"
                       "as = \"pseudonymise\""),
          "line 6, rule \"h\": adds nothing: \"g\" (line 1) grants all of it already");
    warns(GRANT R("h", "match = { topic = \"health\" }\nreach = \"cloud\"\nas = \"pseudonymise\""),
          "line 6, rule \"h\": adds nothing: \"g\" (line 1)");
    warns(R("g", "match = { topic = \"health\" }\nreach = \"trusted\"\nonly = [\"far\"]"),
          "line 1, rule \"g\": `only` names `far`, which is in zone `cloud`; `reach` ends at "
          "`trusted`");
    warns(
        R("g", "match = { topic = \"health\" }\nreach = \"trusted\"\nonly = [\"own\", \"clinic\"]"),
        "line 1, rule \"g\": `only` names `own`, which is on the device");
}

static void lines_that_change_nothing(void **state) {
    (void)state;
    warns("[kind]\nphone = \"personal\"\n",
          "[kind]: `phone` is `personal` anyway; the line changes nothing");
}

static void limits_that_change_nothing(void **state) {
    (void)state;
    warns(R("x", "match = { kind = \"name\" }\nraise = \"open\""),
          "line 1, rule \"x\": raises to `open`, which changes nothing");
    warns(R("x", "match = { level = \"private\" }\nraise = \"private\""),
          "line 1, rule \"x\": raises to `private`, which changes nothing");
    warns(R("x", "match = { kind = \"name\" }\nas = \"as_is\""),
          "line 1, rule \"x\": `as = \"as_is\"` without `reach` changes nothing");
    warns(R("x", "deny = \"device\""), "line 1, rule \"x\": the device is always allowed");
    warns(R("x", "match = { topic = \"legal\", kind = \"legal\" }\ndeny = \"cloud\"")
              R("y", "match = { topic = \"legal\" }\ndeny = \"trusted\""),
          "line 1, rule \"x\": adds nothing: \"y\" (line 5) does all of it already");
    warns(R("x", "ask = \"cloud\"") R("y", "ask = \"cloud\""),
          "line 4, rule \"y\": adds nothing: \"x\" (line 1)");
}

/* ---- looser ---- */

static void looser(const char *now, const char *before, bool expected) {
    struct policy a = read_policy(now);
    struct policy b = read_policy(before);
    if (policy_is_looser(&a, &b) != expected) {
        fail_msg("%s%s\nthan\n%s", now, expected ? "is looser" : "is not looser", before);
    }
}

static void lines_and_kinds_make_looser(void **state) {
    (void)state;
    looser("preset = \"balanced\"\n", "preset = \"careful\"\n", true);
    looser("preset = \"careful\"\n", "preset = \"balanced\"\n", false);
    looser("preset = \"careful\"\n", "preset = \"careful\"\n", false);
    looser("[level]\nprivate = {}\n", "preset = \"careful\"\n", false);
    looser("preset = \"careful\"\n", "[level]\nprivate = {}\n", true);
    looser("preset = \"careful\"\n", "[kind]\nphone = \"private\"\n", true);
    looser("[kind]\nphone = \"private\"\n", "preset = \"careful\"\n", false);
    looser("[kind]\nphone = \"open\"\n", "preset = \"careful\"\n", true);
}

static void rules_make_looser(void **state) {
    (void)state;
    static const char grant[] = GRANT;
    static const char smaller[] =
        R("small", "match = { topic = \"health\", caller = \"owner\" }\nreach = \"trusted\"\n"
                   "as = \"pseudonymise\"\nonly = [\"c\"]\nuntil = 2026-12-01");
    static const char deny[] = R("d", "match = { folder = \"~/c\" }\ndeny = \"trusted\"");
    static const char wider[] = R("w", "match = { folder = \"~\" }\ndeny = \"home\"");
    static const char raise[] = R("r", "match = { words = \"x\" }\nraise = \"private\"");
    static const char higher[] = R("r", "match = { words = [\"x\", \"y\"] }\nraise = \"secret\"");
    static const char none[] = "preset = \"careful\"\n";
    looser(grant, none, true);
    looser(none, grant, false);
    looser(smaller, grant, false);
    looser(grant, smaller, true);
    looser(R("all", "reach = \"cloud\""), grant, true);
    looser(grant, R("all", "reach = \"cloud\""), true);
    looser(none, deny, true);
    looser(deny, none, false);
    looser(wider, deny, false);
    looser(deny, wider, true);
    looser(none, raise, true);
    looser(higher, raise, false);
    looser(raise, higher, true);
    looser(R("a", "ask = \"cloud\""), R("a", "ask = \"home\""), true);
    looser(R("a", "ask = \"home\""), R("a", "ask = \"cloud\""), false);
    looser(R("other name", "ask = \"cloud\""), R("a", "ask = \"cloud\""), false);
}

/* Each condition that is narrowed in a deny, or added to a grant of before, loosens. */
static void conditions_make_looser(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        {"role = \"tool\"", "role = [\"tool\", \"user\"]"},
        {"time = \"22:00-07:00\"", "time = [\"22:00-07:00\", \"12:00-13:00\"]"},
        {"time = \"22:00-07:00\"", ""},
        {"level = \"private\"", "level = \"personal\""},
        {"topic = \"health\"", "topic = [\"legal\", \"health\"]"},
        {"kind = \"email\"", "kind = [\"name\", \"email\"]"},
        {"words = \"a\"", "words = [\"b\", \"a\"]"},
        {"words = \"a\"", "words = \"a\", pattern = 'b'"},
        {"folder = \"~/a/b\"", "folder = \"~/a\""},
        {"file = \"*.a\"", "file = [\"*.a\", \"*.b\"]"},
        {"project = \"p\"", ""},
        {"compartment = \"c\"", "compartment = [\"c\", \"d\"]"},
    };
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        struct str narrow = str_fmt(&arena, DENY, pairs[i][0]);
        struct str wide = str_fmt(&arena, DENY, pairs[i][1]);
        looser(narrow.ptr, wide.ptr, true);
        looser(wide.ptr, narrow.ptr, false);
    }
    looser(R("g", "match = { compartment = \"m\" }\nreach = \"trusted\""),
           R("g", "reach = \"trusted\""), true);
    looser(R("g", "match = { topic = \"health\" }\nreach = \"trusted\""),
           R("g", "reach = \"trusted\""), true);
    looser(R("g", "match = { role = \"user\" }\nreach = \"trusted\""),
           R("g", "reach = \"trusted\""), false);
    looser(R("g", "match = { level = \"private\" }\nreach = \"trusted\""),
           R("g", "match = { level = \"personal\" }\nreach = \"trusted\""), true);
}

static void broken_is_never_looser(void **state) {
    (void)state;
    struct policy good = read_policy("preset = \"local-only\"\n");
    struct policy broken = {.broken = true};
    assert_false(policy_is_looser(&broken, &good));
    assert_false(policy_is_looser(&broken, &broken));
    assert_true(policy_is_looser(&good, &broken));
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        T(good_rules_are_silent),
        T(conditions_that_nothing_feeds),
        T(conditions_that_exclude_each_other),
        T(dead_grants),
        T(conflicts),
        T(rules_that_a_deny_shadows),
        T(grants_beside_others),
        T(lines_that_change_nothing),
        T(limits_that_change_nothing),
        T(lines_and_kinds_make_looser),
        T(rules_make_looser),
        T(conditions_make_looser),
        T(broken_is_never_looser),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
