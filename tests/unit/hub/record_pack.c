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
                                              .files = i == 1,
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
                         .looked = {.state = LOOK_TIMEOUT,
                                    .model = STR("small"),
                                    .asked = 2,
                                    .known = 300,
                                    .undecided = 1,
                                    .found = 5,
                                    .ms = 5001},
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

/* What an older weir kept, before a local model looked: the same but for its last byte. */
static void test_before_a_model_looked(void **state) {
    (void)state;
    struct arena a = arena_make(1 << 20);
    struct record r;
    struct record again;
    struct err e = {0};
    AUTO_BUF bytes = {.max = 1 << 20};
    fill(&a, &r);
    r.looked = (struct looked){0};
    assert_true(record_pack(&r, &bytes));
    bytes.ptr[0] = 4; /* version 2 */
    assert_true(record_unpack(&a, str_sub(buf_str(&bytes), 0, bytes.len - 1), &again, &e));
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
    bytes.ptr[0] = 8; /* version 4 */
    assert_false(record_unpack(&a, buf_str(&bytes), &again, &e));
    assert_int_equal(e.kind, ERR_STORAGE);
    arena_end(&a);
}

/* A record of before it was known which candidates read files: decided by what it did not look at,
 * it decides the same again. */
static void test_the_version_before(void **state) {
    (void)state;
    static const char hex[] = "02b8a5a2b6c46800056c6f63616c0000020202020000000002703100047573657201"
                              "00046f70656e0200056f746865720202"
                              "020202000c6162636465666768696a6b6d00046175746fd804000000005000000000"
                              "0000010000000000046265737407d804"
                              "0005636c6f756400020101000b6c6f63616c2f736d616c6c00016200066465766963"
                              "650005726561647901000561735f6973"
                              "00000180800100000100f001018087a70e00b401010001000663686f73656e9204b4"
                              "0432180000116361726566756c3a2070"
                              "6572736f6e616c00046d696e650004686f6d65000100086f6e6c795f6f6e65020b00"
                              "304e6f206f74686572206261636b656e"
                              "6420697320636f6e66696775726564207468617420636f756c6420646f2069742e01"
                              "0500026f6b00046e6f6e650000000100"
                              "0000000000000000";
    struct arena a = arena_make(1 << 20);
    struct record r;
    struct err e = {0};
    char bytes[sizeof hex / 2];
    for (size_t i = 0; i < sizeof bytes; i++) {
        unsigned byte = 0;
        assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
        bytes[i] = (char)byte;
    }
    assert_true(record_unpack(&a, (struct str){bytes, sizeof bytes}, &r, &e));
    assert_int_equal(r.choice.count, 1);
    assert_true(r.choice.features.files && r.choice.candidates[0].files);
    assert_int_equal(r.choice.result.chosen, 0);
    struct route_result again =
        route_choose(&a, &r.choice.features, r.choice.candidates, r.choice.count, &r.choice.wish);
    assert_int_equal(again.chosen, 0);
    assert_int_equal(again.reason, r.choice.result.reason);
    arena_end(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_says_the_same),
        cmocka_unit_test(test_a_refusal_without_candidates),
        cmocka_unit_test(test_before_a_model_looked),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_the_version_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
