/* What a preview is bound to, and that it ends. */
#include "hub/inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { MADE_MS = 1000000, QUARTER_MS = 15 * 60 * 1000 };

struct bench {
    struct arena arena;
    struct hub *hub;
    struct snapshot snap;
};

static int begin(void **state) {
    struct bench *b = calloc(1, sizeof *b);
    assert_non_null(b);
    b->arena = arena_make(1 << 20);
    b->hub = calloc(1, sizeof *b->hub);
    assert_non_null(b->hub);
    pthread_mutex_init(&b->hub->lock, NULL);
    snprintf(b->snap.config_hash, sizeof b->snap.config_hash, "c1");
    snprintf(b->snap.policy_hash, sizeof b->snap.policy_hash, "p1");
    *state = b;
    return 0;
}

static int end(void **state) {
    struct bench *b = *state;
    for (size_t i = 0; i < PREVIEWS; i++) {
        previews_finish(&b->hub->previews[i]);
    }
    pthread_mutex_destroy(&b->hub->lock);
    free(b->hub);
    arena_end(&b->arena);
    free(b);
    return 0;
}

static void make(struct bench *b, const char *id, const char *caller) {
    previews_keep(b->hub, &(struct preview_made){.id = str_of(id),
                                                 .caller = str_of(caller),
                                                 .model = STR("local/m"),
                                                 .body = sha256_of(str_of(id)),
                                                 .snap = &b->snap,
                                                 .at_ms = MADE_MS});
}

/* NULL: it may be sent; else the code of the refusal. */
static const char *code_of(struct bench *b, const char *id, const char *caller, int64_t now_ms) {
    struct err e = {0};
    struct str model = {0};
    if (previews_pin(b->hub, &b->arena, &b->snap, str_of(id), str_of(caller), now_ms, &model, &e)) {
        assert_true(str_is(model, "local/m"));
        return NULL;
    }
    assert_int_equal(e.kind, ERR_CONFLICT);
    return e.code;
}

static void it_is_good_for_a_quarter_of_an_hour(void **state) {
    struct bench *b = *state;
    make(b, "p1", "owner");
    assert_null(code_of(b, "p1", "owner", MADE_MS));
    assert_null(code_of(b, "p1", "owner", MADE_MS + QUARTER_MS - 1));
    assert_string_equal(code_of(b, "p1", "owner", MADE_MS + QUARTER_MS), "preview_expired");
    assert_string_equal(code_of(b, "p1", "owner", MADE_MS - 1), "preview_expired");
}

static void it_belongs_to_its_caller(void **state) {
    struct bench *b = *state;
    make(b, "p1", "key:laptop");
    make(b, "p2", "owner");
    assert_null(code_of(b, "p1", "key:laptop", MADE_MS));
    assert_string_equal(code_of(b, "p1", "key:phone", MADE_MS), "preview_of_another");
    assert_string_equal(code_of(b, "p1", "local", MADE_MS), "preview_of_another");
    assert_null(code_of(b, "p2", "local", MADE_MS));
    assert_string_equal(code_of(b, "p2", "key:laptop", MADE_MS), "preview_of_another");
}

static void it_ends_with_configuration_and_policy(void **state) {
    struct bench *b = *state;
    make(b, "p1", "owner");
    snprintf(b->snap.config_hash, sizeof b->snap.config_hash, "c2");
    assert_string_equal(code_of(b, "p1", "owner", MADE_MS), "preview_changed");
    make(b, "p2", "owner");
    assert_null(code_of(b, "p2", "owner", MADE_MS));
    snprintf(b->snap.policy_hash, sizeof b->snap.policy_hash, "p2");
    assert_string_equal(code_of(b, "p2", "owner", MADE_MS), "preview_changed");
    make(b, "p3", "owner");
    b->snap.policy.broken = true;
    assert_string_equal(code_of(b, "p3", "owner", MADE_MS), "preview_changed");
}

static void the_bytes_are_the_shown_ones_and_old_ones_are_forgotten(void **state) {
    struct bench *b = *state;
    make(b, "p1", "owner");
    struct err e = {0};
    struct sha256 same = sha256_of(STR("p1"));
    struct sha256 other = sha256_of(STR("p2"));
    assert_true(previews_match(b->hub, STR("p1"), &same, &e));
    assert_false(previews_match(b->hub, STR("p1"), &other, &e));
    assert_string_equal(e.code, "preview_changed");
    for (int i = 0; i < PREVIEWS; i++) {
        make(b, str_fmt(&b->arena, "q%d", i).ptr, "owner");
    }
    assert_string_equal(code_of(b, "p1", "owner", MADE_MS), "preview_unknown");
    assert_null(code_of(b, "q0", "owner", MADE_MS));
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        T(it_is_good_for_a_quarter_of_an_hour),
        T(it_belongs_to_its_caller),
        T(it_ends_with_configuration_and_policy),
        T(the_bytes_are_the_shown_ones_and_old_ones_are_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
