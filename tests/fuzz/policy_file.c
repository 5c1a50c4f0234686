/* Any bytes → a policy: what is broken forbids all beyond the device and says where; what is not
 * keeps secrets, is shown as a text that reads back the same, and takes one more rule. */
#include "policy/policy.h"

#include <ctype.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(what)                                   \
    do {                                              \
        if (!(what)) {                                \
            fprintf(stderr, "not true: %s\n", #what); \
            abort();                                  \
        }                                             \
    } while (0)

static const struct policy_names NAMES = {.home = STR_INIT("/home/me")};
static const struct policy_request RQ = {.project = STR_INIT("blue"),
                                         .caller = STR_INIT("key:laptop"),
                                         .client = STR_INIT("curl/8"),
                                         .date = "2026-11-23",
                                         .minute = 600};
static const struct item ITEMS[] = {
    {.level = LEVEL_OPEN},
    {.level = LEVEL_PERSONAL, .kind = STR_INIT("email"), .role = ROLE_USER},
    {.level = LEVEL_PRIVATE, .topic = TOPIC_HEALTH, .folder = STR_INIT("/home/me/clients")},
    {.level = LEVEL_PRIVATE, .compartment = STR_INIT("client-x"), .tool = STR_INIT("Read")},
    {.level = LEVEL_SECRET, .kind = STR_INIT("api_key")}};

/* "f:3:9: …", one line. */
static void check_why(struct str why) {
    CHECK(str_starts(why, STR("f:")) && why.len > 6 && isdigit((unsigned char)why.ptr[2]));
    CHECK(str_find_char(why, '\n') < 0);
}

static void check_permits(const struct policy *p, struct arena *a) {
    for (size_t i = 0; i < ARRAY_LEN(ITEMS); i++) {
        struct label l = label_make(a);
        label_add(a, &l, ITEMS[i]);
        struct label raised = policy_raise(p, a, &l, &RQ);
        CHECK(raised.count >= l.count);
        for (int z = ZONE_DEVICE; z < ZONES; z++) {
            struct policy_backend b = {.name = STR("acme"), .zone = (enum zone)z};
            struct permit permit = policy_permit(p, &raised, &RQ, &b);
            bool stays = p->broken || label_level(&raised) == LEVEL_SECRET;
            CHECK(z != ZONE_DEVICE || (permit.transform == TRANSFORM_AS_IS && !permit.ask));
            CHECK(z == ZONE_DEVICE || !stays || permit.transform == TRANSFORM_FORBIDDEN);
            CHECK(permit.rule.ptr != NULL);
        }
    }
}

static void check_good(const struct policy *p, struct arena *a) {
    struct policy again = {0};
    struct policy longer = {0};
    struct err e = {0};
    struct str *lines = NULL;
    struct policy_pattern *patterns = NULL;
    CHECK(policy_read(a, p->text, "f", &NAMES, &again, &e));
    CHECK(str_eq(p->text, again.text) && memcmp(&p->hash, &again.hash, sizeof p->hash) == 0);
    CHECK(memcmp(p->line, again.line, sizeof p->line) == 0 && p->rule_count == again.rule_count);
    CHECK(!policy_is_looser(p, &again) && !policy_is_looser(&again, p));
    for (size_t n = policy_warnings(a, p, &RQ, NULL, &lines); n > 0; n--) {
        CHECK(str_starts(lines[n - 1], STR("line ")));
    }
    for (size_t n = policy_patterns(a, p, &patterns); n > 0; n--) {
        CHECK(patterns[n - 1].word_count || patterns[n - 1].pattern.len);
    }
    struct str rule = STR("[[rule]]\nname = \"one more, of the fuzzer\"\ndeny = \"cloud\"\n");
    if (policy_read(a, policy_append_rule(a, p->text, rule), "f", &NAMES, &longer, &e)) {
        CHECK(longer.rule_count == p->rule_count + 1 && !policy_is_looser(&longer, p));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = arena_make(64u << 20);
    struct policy p = {0};
    struct err e = {0};
    struct str text = {(const char *)data, size};
    bool ok = policy_read(&a, text, "f", &NAMES, &p, &e);
    CHECK(ok == !p.broken);
    check_permits(&p, &a);
    if (ok) {
        check_good(&p, &a);
    } else {
        check_why(p.why);
    }
    arena_end(&a);
    return 0;
}
