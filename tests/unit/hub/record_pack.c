/* A record that was packed says the same as before; damaged bytes are refused, or harmless. */
#include "hub/inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { FOUND = 40 };

static struct label a_label(struct arena *a) {
    struct label l = label_make(a);
    label_add(a, &l,
              (struct item){.level = LEVEL_PERSONAL, .kind = STR("email"), .role = ROLE_USER});
    label_add(a, &l,
              (struct item){.level = LEVEL_PRIVATE,
                            .topic = TOPIC_HEALTH,
                            .compartment = STR("clinic"),
                            .kind = STR("rule:mine"),
                            .folder = STR("/home/a"),
                            .file = STR("/home/a/b"),
                            .tool = STR("read"),
                            .role = ROLE_TOOL});
    return l;
}

static void fill_choice(struct arena *a, struct choice *c) {
    static const char *const names[] = {"local/small", "cloud/big", "home/middle"};
    c->decision = STR("abcdefghijkm");
    c->asked = STR("auto");
    c->count = ARRAY_LEN(names);
    c->candidates = arena_array(a, struct candidate, c->count);
    c->permits = arena_array(a, struct permit, c->count);
    for (size_t i = 0; i < c->count; i++) {
        c->candidates[i] = (struct candidate){.name = str_of(names[i]),
                                              .backend = STR("b"),
                                              .zone = i == 1 ? ZONE_CLOUD : ZONE_DEVICE,
                                              .state = i == 2 ? CANDIDATE_DOWN : CANDIDATE_READY,
                                              .auto_ok = i != 2,
                                              .transform = (enum transform)i,
                                              .ask = i == 1,
                                              .tools = true,
                                              .context_tokens = 8192 << i,
                                              .quality = 120 + (int32_t)i,
                                              .price_in = -1,
                                              .price_out = 15000000,
                                              .first_ms = 90,
                                              .warm = i == 0};
        c->permits[i] = (struct permit){
            .rule = STR("careful: personal"), .ask_rule = STR("mine"), .needed = ZONE_HOME};
    }
    c->features = (struct features){.input_tokens = 300, .maths = 40, .tools = true};
    c->wish = (struct route_wish){.profile = STR("best"),
                                  .prefer = PREFER_BEST,
                                  .cloud_share = 300,
                                  .reach = ZONE_CLOUD,
                                  .budget_left = -1};
    c->result = route_choose(a, &c->features, c->candidates, c->count, &c->wish);
    struct str *unlisted = arena_array(a, struct str, 1);
    unlisted[0] = STR("other");
    c->unlisted = unlisted;
    c->unlisted_count = 1;
}

static void fill(struct arena *a, struct record *r) {
    static int64_t ids[] = {7, 300};
    *r = (struct record){.at_ms = 1795486266298,
                         .caller = STR("key:laptop"),
                         .channel = STR("openai"),
                         .client = STR("curl/8"),
                         .conversation = STR("c0123456789abcdef"),
                         .project = STR("weirs"),
                         .date = STR("2026-11-28"),
                         .minute = 61,
                         .project_known = true,
                         .config = STR("c1"),
                         .policy = STR("p1"),
                         .label = a_label(a),
                         .found_count = FOUND};
    r->found = arena_array(a, struct find, FOUND);
    for (int i = 0; i < FOUND; i++) {
        r->found[i] = (struct find){.evidence = {.kind = i % 3 ? STR("email") : STR("rule:mine"),
                                                 .detector = STR("email-address"),
                                                 .from = (uint32_t)i * 1000,
                                                 .to = (uint32_t)i * 1000 + 7,
                                                 .validated = i % 2,
                                                 .confidence = 50},
                                    .message = i % 5 - 1,
                                    .top = i % 5 ? (struct str){0} : STR("metadata"),
                                    .key = STR("note")};
    }
    fill_choice(a, &r->choice);
    r->outcome = (struct outcome){.state = "error",
                                  .usage = {.input_tokens = 12, .output_tokens = -1},
                                  .left_bytes = 1234,
                                  .cost_micros = 17,
                                  .total_ms = 5,
                                  .ledger_ids = ids,
                                  .ledger_count = ARRAY_LEN(ids),
                                  .disguised = 3,
                                  .metadata = 2,
                                  .positions = 1,
                                  .restored = {2, 1, 4}};
    err_code(&r->outcome.err, ERR_UPSTREAM, "zone_mismatch", "it \"failed\"");
}

static void test_it_says_the_same(void **state) {
    (void)state;
    struct arena a = arena_make(1 << 20);
    struct record r;
    struct record again;
    struct err e = {0};
    AUTO_BUF bytes = {.max = 1 << 20};
    fill(&a, &r);
    assert_true(record_pack(&r, &bytes));
    assert_true(bytes.len < record_json(&a, &r, true).len / 5);
    assert_true(record_unpack(&a, buf_str(&bytes), &again, &e));
    assert_string_equal(record_json(&a, &again, true).ptr, record_json(&a, &r, true).ptr);
    assert_string_equal(record_json(&a, &again, false).ptr, record_json(&a, &r, false).ptr);
    arena_end(&a);
}

static void test_a_refusal_without_candidates(void **state) {
    (void)state;
    struct arena a = arena_make(1 << 20);
    struct record r = {.label = label_make(&a), .outcome = {.state = "refused", .cost_micros = -1}};
    struct record again;
    struct err e = {0};
    AUTO_BUF bytes = {.max = 1 << 20};
    r.choice.result = (struct route_result){.chosen = -1, .runner_up = -1, .needed = ZONE_HOME};
    assert_true(record_pack(&r, &bytes));
    assert_true(record_unpack(&a, buf_str(&bytes), &again, &e));
    assert_string_equal(record_json(&a, &again, true).ptr, record_json(&a, &r, true).ptr);
    arena_end(&a);
}

static void test_damage(void **state) {
    (void)state;
    struct arena a = arena_make(SIZE_MAX);
    struct record r;
    struct record again;
    struct err e = {0};
    AUTO_BUF bytes = {.max = 1 << 20};
    fill(&a, &r);
    assert_true(record_pack(&r, &bytes));
    for (size_t i = 0; i < bytes.len; i++) {
        assert_false(record_unpack(&a, (struct str){bytes.ptr, i}, &again, &e));
    }
    for (size_t i = 0; i < bytes.len; i++) {
        struct arena small = arena_make(SIZE_MAX);
        bytes.ptr[i] ^= 0x55;
        if (record_unpack(&small, buf_str(&bytes), &again, &e)) {
            assert_true(record_json(&small, &again, true).len > 0);
        }
        bytes.ptr[i] ^= 0x55;
        arena_end(&small);
    }
    bytes.ptr[0] = 4; /* version 2 */
    assert_false(record_unpack(&a, buf_str(&bytes), &again, &e));
    assert_int_equal(e.kind, ERR_STORAGE);
    arena_end(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_says_the_same),
        cmocka_unit_test(test_a_refusal_without_candidates),
        cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
