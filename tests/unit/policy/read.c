/* policy.toml as POLICY.md writes it; and every mistake with its place and what to write instead.
 */
#include "policy/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct arena arena;
static struct err err;

static int begin(void **state) {
    (void)state;
    arena = arena_make(64u << 20);
    err = (struct err){0};
    return 0;
}

static int end(void **state) {
    (void)state;
    arena_end(&arena);
    return 0;
}

static const struct str PROVIDERS[] = {STR_INIT("openai"), STR_INIT("clinic-azure")};
static const struct policy_names NAMES = {.providers = PROVIDERS,
                                          .provider_count = 2,
                                          .check_providers = true,
                                          .home = STR_INIT("/home/me")};

static struct policy good(const char *text) {
    struct policy p = {0};
    if (!policy_read(&arena, str_of(text), "policy.toml", &NAMES, &p, &err)) {
        fail_msg("%s\n%s", err.text, text);
    }
    assert_false(p.broken);
    return p;
}

/* The policy of POLICY.md 2, word for word. */
static const char EXAMPLE[] =
    "preset = \"careful\"                   # local-only | careful | balanced | cloud-first\n\n"
    "[level]                              # replaces the preset's line of that level\n"
    "personal = { home = \"as_is\", trusted = \"pseudonymise\" }\n\n"
    "[kind]\n"
    "phone = \"private\"\n\n"
    "[[rule]]\n"
    "name  = \"clients stay\"               # every rule has a name\n"
    "match = { folder = \"~/clients\" }\n"
    "deny  = \"home\"                       # this zone and everything beyond it\n\n"
    "[[rule]]\n"
    "name  = \"health may go to the clinic's provider, disguised\"\n"
    "match = { topic = \"health\" }\n"
    "reach = \"trusted\"                    # a grant: up to this zone\n"
    "as    = \"pseudonymise\"               # as_is | pseudonymise\n"
    "only  = [\"clinic-azure\"]             # providers\n"
    "until = 2027-06-30                   # grants only\n\n"
    "[[rule]]\n"
    "name  = \"ask me before contracts leave\"\n"
    "match = { topic = \"legal\" }\n"
    "ask   = \"cloud\"\n\n"
    "[[rule]]\n"
    "name  = \"the merger\"\n"
    "match = { words = [\"Nightingale\", \"NGL-\"] }\n"
    "raise = \"secret\"\n"
    "compartment = \"nightingale\"\n";

static void the_example_reads(void **state) {
    (void)state;
    struct policy p = good(EXAMPLE);
    assert_int_equal(p.rule_count, 4);
    assert_true(str_is(p.preset, "careful"));
    assert_int_equal(p.line[LEVEL_PERSONAL][ZONE_TRUSTED], TRANSFORM_PSEUDONYMISE);
    assert_int_equal(p.line[LEVEL_PERSONAL][ZONE_CLOUD], TRANSFORM_FORBIDDEN);
    assert_int_equal(p.line[LEVEL_OPEN][ZONE_CLOUD], TRANSFORM_AS_IS);
    assert_int_equal(policy_kind_level(&p, STR("phone"), LEVEL_PERSONAL), LEVEL_PRIVATE);
    assert_int_equal(policy_kind_level(&p, STR("email"), LEVEL_PERSONAL), LEVEL_PERSONAL);
    assert_int_equal(policy_kind_level(&p, STR("phone"), LEVEL_SECRET), LEVEL_SECRET);
}

static void patterns_are_handed_out(void **state) {
    (void)state;
    struct policy p = good(EXAMPLE);
    struct policy_pattern *rows = NULL;
    assert_int_equal(policy_patterns(&arena, &p, &rows), 1);
    assert_true(str_is(rows[0].rule, "the merger"));
    assert_int_equal(rows[0].word_count, 2);
    assert_true(str_is(rows[0].words[1], "NGL-") && !rows[0].pattern.len);
    p = good("[[rule]]\nname = \"r\"\nmatch = { words = \"w\", pattern = ['a+', 'b+'] }\ndeny = "
             "\"cloud\"\n");
    assert_int_equal(policy_patterns(&arena, &p, &rows), 2);
    assert_true(rows[0].word_count == 1 && str_is(rows[0].pattern, "a+"));
    assert_true(rows[1].word_count == 0 && str_is(rows[1].pattern, "b+"));
    assert_true(str_is(rows[1].rule, "r") && rows[1].line == 3 && rows[0].column == 34);
}

static void all_conditions_read(void **state) {
    (void)state;
    struct policy p = good("[[rule]]\nname = \"all\"\nmatch = { level = [\"personal\", "
                           "\"private\"], topic = [\"health\", \"work\"], "
                           "compartment = \"x\", kind = [\"iban\", \"rule:w\"], words = \"w\", "
                           "pattern = 'a\\d', folder = [\"~\", \"/srv/\"], "
                           "file = \"*.pdf\", tool = \"mcp__*\", role = [\"tool\", \"user\"], "
                           "project = \"p\", conversation = \"c\", "
                           "caller = [\"owner\", \"key:*\"], client = \"curl*\", agent = \"n\", "
                           "time = [\"22:00-06:59\", \"12:00-24:00\"] }\n"
                           "deny = \"trusted\"\n[[rule]]\nname = \"w\"\nmatch = { words = \"w\" "
                           "}\nraise = \"private\"\n");
    assert_int_equal(p.rule_count, 2);
}

static void what_is_shown_reads_back(void **state) {
    (void)state;
    static const char *const texts[] = {EXAMPLE,
                                        "preset = \"local-only\"\n",
                                        "preset = \"balanced\" # no line end",
                                        "level = { private = {} }\n",
                                        "[level.private]\n[level.personal]\nhome = \"as_is\"\n",
                                        "[[rule]]\nname = \"x\"\ndeny = \"cloud\"\n# the end"};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct policy p = good(texts[i]);
        struct policy again = good(str_cstr(&arena, p.text));
        assert_true(str_starts(p.text, str_of(texts[i])));
        assert_true(str_eq(p.text, again.text));
        assert_memory_equal(&p.hash, &again.hash, sizeof p.hash);
        assert_memory_equal(p.line, again.line, sizeof p.line);
        for (int l = 0; l < LEVELS; l++) {
            assert_true(str_eq(p.line_names[l], again.line_names[l]));
        }
    }
    struct policy p = good("preset = \"careful\"\n");
    assert_true(
        str_contains(p.text, STR("\npersonal = { home = \"as_is\", trusted = \"pseudonymise\"")));
    p = good("[level]\nprivate = {}\n");
    assert_true(str_contains(
        p.text, STR("\n[level.personal]\nhome = \"as_is\"\ntrusted = \"pseudonymise\"\n")));
    assert_true(str_is(p.line_names[LEVEL_PRIVATE], "policy.toml: private"));
    assert_true(str_is(p.line_names[LEVEL_PERSONAL], "careful: personal"));
}

static void appending_keeps_what_was(void **state) {
    (void)state;
    static const char rule[] = "[[rule]]\nname = \"new\"\ndeny = \"cloud\"\n";
    static const char *const texts[] = {"preset = \"careful\"", "[kind]\nphone = \"private\"\n",
                                        "[[rule]]\nname = \"x\"\ndeny = \"home\"\n# end"};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct policy before = good(texts[i]);
        struct str with = policy_append_rule(&arena, str_of(texts[i]), str_of(rule));
        struct policy after = good(with.ptr);
        assert_int_equal(after.rule_count, before.rule_count + 1);
        after = good(policy_append_rule(&arena, before.text, str_of(rule)).ptr);
        assert_int_equal(after.rule_count, before.rule_count + 1);
        assert_true(str_contains(after.text, str_of(rule)));
    }
}

/* ---- mistakes ---- */

struct mistake {
    const char *text;
    const char *expected; /* place and words that must be in the message */
};

static void check_mistakes(const struct mistake *m, size_t n) {
    for (size_t i = 0; i < n; i++) {
        struct policy p = {0};
        err = (struct err){0};
        if (policy_read(&arena, str_of(m[i].text), "policy.toml", &NAMES, &p, &err)) {
            fail_msg("was read:\n%s", m[i].text);
        }
        if (!str_starts(str_of(err.text), str_fmt(&arena, "policy.toml:%s", m[i].expected))) {
            fail_msg("\"%s\"\nis not \"policy.toml:%s…\"\n%s", err.text, m[i].expected, m[i].text);
        }
        assert_int_equal(err.kind, ERR_INVALID);
        assert_true(p.broken && str_is(p.why, err.text) && p.rule_count == 0);
        const struct label l = label_make(&arena);
        const struct policy_request rq = {.caller = STR("owner"), .date = "2026-11-23"};
        const struct policy_backend home = {STR("x"), ZONE_HOME};
        assert_int_equal(policy_permit(&p, &l, &rq, &home).transform, TRANSFORM_FORBIDDEN);
    }
}

#define RULE(rest) "[[rule]]\nname = \"r\"\n" rest "\n"

static void mistakes_in_the_file(void **state) {
    (void)state;
    static const struct mistake m[] = {
        {"", "1:1: there is nothing in the policy; write preset = \"careful\""},
        {"# only this\n", "1:1: there is nothing"},
        {"preset = \"carefull\"\n", "1:10: unknown preset `carefull`; did you mean `careful`?"},
        {"preset = \"paranoid-mode-x\"\n", "1:10: unknown preset `paranoid-mode-x`; there are "
                                           "local-only, careful, balanced and cloud-first"},
        {"preset = 3\n", "1:10: a preset is written as a text: local-only"},
        {"\nprese = \"careful\"\n",
         "2:1: unknown key `prese` in the policy; did you mean `preset`?"},
        {"[levels]\n", "1:2: unknown key `levels` in the policy; did you mean `level`?"},
        {"[rule]\nname = \"x\"\n", "1:1: rules are a list; write [[rule]]"},
        {"rule = [1]\n", "1:9: [[rule]] is a table; write [[rule]]"},
        {"preset = \"careful\n", "1:"},
        {"[[[[rule]]\nname = \"r\"\n", "1:"},
        {"preset = \"careful\"\npreset = \"careful\"\n", "2:"},
    };
    check_mistakes(m, ARRAY_LEN(m));
}

static void mistakes_in_lines_and_kinds(void **state) {
    (void)state;
    static const struct mistake m[] = {
        {"level = 3\n", "1:9: [level] is a table; write personal = { home = \"as_is\" }"},
        {"[level]\npublic = {}\n", "2:1: unknown key `public` in [level]; "},
        {"[level]\nsecret = { home = \"as_is\" }\n", "2:1: there is no line for `secret`"},
        {"[level]\nopen = \"cloud\"\n",
         "2:8: a line names zones; write open = { home = \"as_is\" }"},
        {"[level]\nprivate = { hom = \"as_is\" }\n",
         "2:13: unknown zone `hom`; did you mean `home`?"},
        {"[level]\nprivate = { home = \"asis\" }\n",
         "2:20: unknown transform `asis`; did you mean `as_is`?"},
        {"[level]\nprivate = { home = true }\n",
         "2:20: a transform is written as a text: as_is and pseudonymise"},
        {"[level]\nopen = { cloud = \"forbidden\" }\n",
         "2:10: what a line does not list is forbidden; leave `cloud` out"},
        {"[level]\nopen = { device = \"pseudonymise\" }\n", "2:19: the device is always as_is"},
        {"[level]\nprivate = { home = \"as_is\", cloud = \"as_is\" }\n",
         "2:11: `private` may go to `cloud` (as_is) where `personal` is only pseudonymised"},
        {"[level]\nopen = { home = \"as_is\" }\n",
         "2:8: `personal` may go to `trusted` (pseudonymise) where `open` is forbidden"},
        {"kind = 1\n", "1:8: [kind] is a table; write phone = \"private\""},
        {"[kind]\nphon = \"private\"\n", "2:1: unknown kind `phon`; did you mean `phone`?"},
        {"[kind]\nxyzzyxyzzy = \"private\"\n",
         "2:1: unknown kind `xyzzyxyzzy`; `weir detectors` lists them"},
        {"[kind]\nphone = \"privat\"\n", "2:9: unknown level `privat`; did you mean `private`?"},
        {"[kind]\napi_key = \"private\"\n", "2:11: `api_key` is secret and cannot be lowered"},
    };
    check_mistakes(m, ARRAY_LEN(m));
}

static void mistakes_in_rules(void **state) {
    (void)state;
    static const struct mistake m[] = {
        {"[[rule]]\ndeny = \"home\"\n",
         "1:1: every rule has a name; write name = \"clients stay\""},
        {"[[rule]]\nname = \" \"\ndeny = \"home\"\n", "2:8: a rule's name is a text"},
        {"[[rule]]\nname = \"a\\nb\"\ndeny = \"home\"\n", "2:8: a rule's name is one line"},
        {RULE(""),
         "1:1: the rule \"r\" has no outcome; give it reach, as, deny, ask, raise or compartment"},
        {RULE("match = { topic = \"health\" }"), "1:1: the rule \"r\" has no outcome"},
        {RULE("denny = \"home\""), "3:1: unknown key `denny` in [[rule]]; did you mean `deny`?"},
        {RULE("deny = \"clowd\""), "3:8: unknown zone `clowd`; did you mean `cloud`?"},
        {RULE("deny = [\"cloud\"]"),
         "3:8: a zone is written as a text: device, home, trusted and cloud"},
        {RULE("ask = \"internet\""), "3:7: unknown zone `internet`; "},
        {RULE("reach = \"trust\""), "3:9: unknown zone `trust`; did you mean `trusted`?"},
        {RULE("reach = \"cloud\"\nas = \"pseudonymize\""),
         "4:6: unknown transform `pseudonymize`; did you mean `pseudonymise`?"},
        {RULE("as = \"forbidden\""), "3:6: unknown transform `forbidden`; "},
        {RULE("raise = \"secrets\""), "3:9: unknown level `secrets`; did you mean `secret`?"},
        {RULE("compartment = [\"x\"]"), "3:15: `compartment` is one name of your own"},
        {RULE("reach = \"cloud\"\nonly = [\"openai\", \"clinic-azur\"]"),
         "4:19: unknown provider `clinic-azur`; did you mean `clinic-azure`?"},
        {RULE("reach = \"cloud\"\nonly = []"), "4:8: `only` is an empty list"},
        {RULE("reach = \"cloud\"\nuntil = \"tomorrow\""), "4:9: `until` is a day"},
        {RULE("reach = \"cloud\"\nuntil = \"2027-02-29\""), "4:9: `until` is a day"},
        {RULE("reach = \"cloud\"\nuntil = 2027-06-30T10:00:00"), "4:9: `until` is a day"},
        {RULE("deny = \"cloud\"\nonly = \"openai\""),
         "4:1: `only` belongs to a grant, and \"r\" is none"},
        {RULE("deny = \"cloud\"\nuntil = 2027-06-30"), "4:1: `until` belongs to a grant"},
        {RULE("deny = \"cloud\"") RULE("ask = \"cloud\""),
         "5:8: the rule in line 1 is called \"r\" too; give this one another name"},
    };
    check_mistakes(m, ARRAY_LEN(m));
}

static void mistakes_in_conditions(void **state) {
    (void)state;
    static const struct mistake m[] = {
        {RULE("match = \"health\"\ndeny = \"home\""),
         "3:9: match is a table; write match = { topic"},
        {RULE("match = { topik = \"health\" }\ndeny = \"home\""),
         "3:11: unknown key `topik` in match; did you mean `topic`?"},
        {RULE("match = { topic = \"helth\" }\ndeny = \"home\""),
         "3:19: unknown topic `helth`; did you mean `health`?"},
        {RULE("match = { topic = [\"health\", \"money\"] }\ndeny = \"home\""),
         "3:30: unknown topic `money`; "},
        {RULE("match = { topic = [] }\ndeny = \"home\""), "3:19: `topic` is an empty list"},
        {RULE("match = { level = \"low\" }\ndeny = \"home\""), "3:19: unknown level `low`; "},
        {RULE("match = { role = \"bot\" }\ndeny = \"home\""), "3:18: unknown role `bot`; "},
        {RULE("match = { kind = \"e-mail\" }\ndeny = \"home\""),
         "3:18: unknown kind `e-mail`; did you mean `email`?"},
        {RULE("match = { kind = \"rule:gone\" }\ndeny = \"home\""),
         "3:18: `rule:gone`: there is no rule of that name with `words` or `pattern`"},
        {RULE("match = { words = 3 }\ndeny = \"home\""),
         "3:19: `words` is a text or a list of texts: words ="},
        {RULE("match = { words = [\"a\", \"\"] }\ndeny = \"home\""), "3:25: `words` is a text"},
        {RULE("match = { folder = \"clients\" }\ndeny = \"home\""),
         "3:20: `folder` is a path from the root or"},
        {RULE("match = { folder = \"~/c/*\" }\ndeny = \"home\""),
         "3:20: a folder holds all that is below it"},
        {RULE("match = { folder = \"~/a/../b\" }\ndeny = \"home\""),
         "3:20: a path here has no `.`, `..`"},
        {RULE("match = { file = \"a.pdf\" }\ndeny = \"home\""),
         "3:18: `file` is a path from the root or"},
        {RULE("match = { caller = \"onwer\" }\ndeny = \"home\""),
         "3:20: unknown caller `onwer`; did you mean `owner`?"},
        {RULE("match = { time = \"at night\" }\ndeny = \"home\""),
         "3:18: a `time` is written \"22:00-07:00\""},
        {RULE("match = { time = \"22:00-24:01\" }\ndeny = \"home\""), "3:18: a `time` is written"},
        {RULE("match = { time = \"21:60-23:00\" }\ndeny = \"home\""), "3:18: a `time` is written"},
        {RULE("match = { time = \"22:00-22:00\" }\ndeny = \"home\""),
         "3:18: this `time` ends when it begins"},
    };
    check_mistakes(m, ARRAY_LEN(m));
}

/* Anybody could write the word or call himself the client. */
static void what_cannot_stand_in_a_grant(void **state) {
    (void)state;
    static const struct mistake m[] = {
        {RULE("match = { words = \"w\" }\nreach = \"home\""),
         "3:11: `words` cannot stand in a grant"},
        {RULE("match = { pattern = \"w\" }\nreach = \"home\""),
         "3:11: `pattern` cannot stand in a grant"},
        {RULE("match = { client = \"w\" }\nreach = \"home\""),
         "3:11: `client` cannot stand in a grant"},
        {RULE("match = { kind = \"rule:w\" }\nreach = \"home\"") "[[rule]]\nname = \"w\"\nmatch = "
                                                                 "{ words = \"w\" }\nraise = "
                                                                 "\"private\"\n",
         "3:18: `rule:w` is what words or a pattern found"},
        {RULE("reach = \"cloud\"\nraise = \"private\""),
         "4:1: one rule cannot both grant (`reach`) and raise"},
        {RULE("reach = \"cloud\"\ncompartment = \"x\""), "4:1: one rule cannot both grant"},
        {RULE("match = { level = \"personal\" }\nreach = \"cloud\"\nask = \"cloud\""),
         "3:11: `level` is this or lower for `reach` but this or higher for `ask`; make two rules"},
    };
    check_mistakes(m, ARRAY_LEN(m));
}

static void without_a_home_there_is_no_tilde(void **state) {
    (void)state;
    struct policy p = {0};
    static const char text[] = RULE("match = { folder = \"~/clients\" }\ndeny = \"home\"");
    assert_false(policy_read(&arena, str_of(text), "p", NULL, &p, &err));
    assert_true(p.broken
                && str_starts(str_of(err.text), STR("p:3:20: it is not known where `~` is")));
}

/* Whatever stands in the file, a message is one line and short. */
static void messages_are_one_line(void **state) {
    (void)state;
    static const char *const texts[] = {"n=i\n", "\"a\\nb\\u0007\" = 1\n",
                                        "preset = \"a\\nb\\r\\u001bc\"\n",
                                        "[kind]\n\"\\n\" = \"open\"\n"};
    struct policy p = {0};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        assert_false(policy_read(&arena, str_of(texts[i]), "p", &NAMES, &p, &err));
        for (size_t k = 0; k < p.why.len; k++) {
            assert_true((unsigned char)p.why.ptr[k] >= 0x20);
        }
    }
    char longest[3000] = "preset = \"";
    memset(longest + 10, 'x', 2900);
    memcpy(longest + 2910, "\"\n", 3);
    assert_false(policy_read(&arena, str_of(longest), "p", &NAMES, &p, &err));
    assert_true(p.why.len < 250 && str_contains(p.why, STR("xxx…`; there are local-only")));
}

static void tools_that_reach_outward(void **state) {
    (void)state;
    struct policy p = {0};
    struct policy plain = {0};
    static const char text[] = "[restore]\noutward = [\"crm_*\", \"x\"]\ninward = \"http_test\"\n";
    assert_true(policy_read(&arena, str_of(text), "p", &NAMES, &p, &err));
    assert_int_equal(p.outward_count, 2);
    assert_true(str_is(p.outward[0], "crm_*"));
    assert_int_equal(p.inward_count, 1);
    assert_true(str_is(p.inward[0], "http_test"));
    assert_true(policy_read(&arena, STR("preset = \"careful\""), "p", &NAMES, &plain, &err));
    assert_true(policy_is_looser(&p, &plain));
    assert_true(policy_is_looser(&plain, &p)); /* outward says less now */
    assert_false(policy_is_looser(&p, &p));
    assert_false(policy_read(&arena, STR("[restore]\ninwards = \"x\"\n"), "p", &NAMES, &p, &err));
    assert_true(str_contains(p.why, STR("p:2:1")) && str_contains(p.why, STR("inward")));
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        T(the_example_reads),
        T(patterns_are_handed_out),
        T(all_conditions_read),
        T(what_is_shown_reads_back),
        T(appending_keeps_what_was),
        T(mistakes_in_the_file),
        T(mistakes_in_lines_and_kinds),
        T(mistakes_in_rules),
        T(mistakes_in_conditions),
        T(what_cannot_stand_in_a_grant),
        T(without_a_home_there_is_no_tilde),
        T(messages_are_one_line),
        T(tools_that_reach_outward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
