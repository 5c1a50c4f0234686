/* What is forgotten of weir.db, and what not: by age, by size, by number. */
#include "hub/inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { RECORD = 1000, ROWS = 5000, DAY_MS = 86400000 };

struct desk {
    struct arena arena;
    char dir[40], path[64];
    struct store *store;
    struct err e;
};

static int begin(void **state) {
    static struct desk d;
    d = (struct desk){.arena = arena_make(8 << 20)};
    snprintf(d.dir, sizeof d.dir, "/tmp/weir-retain-XXXXXX");
    assert_non_null(mkdtemp(d.dir));
    snprintf(d.path, sizeof d.path, "%s/weir.db", d.dir);
    assert_true(store_open(STORE_MAIN, d.path, &d.store, &d.e));
    *state = &d;
    return 0;
}

static int end(void **state) {
    struct desk *d = *state;
    store_close(d->store);
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        unlink(str_fmt(&d->arena, "%s%s", d->path, ends[i]).ptr);
    }
    rmdir(d->dir);
    arena_end(&d->arena);
    return 0;
}

static void keep(struct desk *d, int number, int64_t at_ms) {
    static char record[RECORD];
    char id[16];
    snprintf(id, sizeof id, "d%06d", number);
    struct store_value v[] = {sv_text(str_of(id)), sv_int(at_ms),
                              sv_blob((struct str){record, sizeof record})};
    struct store_step step = {ST_DECISION_PUT, v, ARRAY_LEN(v)};
    store_write(d->store, &step, 1, NULL, NULL);
}

struct seen {
    int count;
    int64_t newest_ms, oldest_ms;
};

static bool on_row(void *ctx, const struct store_value *c, size_t n) {
    struct seen *s = ctx;
    assert_int_equal(n, 3);
    s->newest_ms = s->count ? s->newest_ms : c[1].i;
    s->oldest_ms = c[1].i;
    s->count++;
    return true;
}

static struct seen left(struct desk *d, int64_t before_ms, int64_t size_bytes) {
    struct retain r = {.before_ms = before_ms, .size_bytes = size_bytes};
    struct seen s = {0};
    assert_true(retain_apply(d->store, &r, &d->e));
    assert_true(store_read(d->store, ST_DECISION_SIZES, NULL, 0, on_row, &s, &d->e));
    return s;
}

static void test_by_age(void **state) {
    struct desk *d = *state;
    for (int i = 0; i < ROWS; i++) {
        keep(d, i, i * (int64_t)DAY_MS);
    }
    struct seen s = left(d, 10LL * DAY_MS, INT64_MAX);
    assert_int_equal(s.count, ROWS - 10);
    assert_int_equal(s.oldest_ms, 10LL * DAY_MS);  /* the very day stays */
    s = left(d, (ROWS - 3LL) * DAY_MS, INT64_MAX); /* more than one transaction */
    assert_int_equal(s.count, 3);
    assert_int_equal(left(d, INT64_MIN, INT64_MAX).count, 3);
    assert_int_equal(left(d, INT64_MAX, INT64_MAX).count, 0);
    assert_int_equal(left(d, INT64_MAX, 0).count, 0); /* nothing is left to forget */
}

static void test_by_size(void **state) {
    struct desk *d = *state;
    for (int i = 0; i < 100; i++) {
        keep(d, i, i);
    }
    assert_int_equal(left(d, INT64_MIN, 100LL * RECORD).count, 100);
    struct seen s = left(d, INT64_MIN, 7LL * RECORD + 1);
    assert_int_equal(s.count, 7);
    assert_int_equal(s.newest_ms, 99);
    assert_int_equal(left(d, INT64_MIN, RECORD - 1).count, 0);
}

/* A clock that was wrong for a moment takes no younger rows with it. */
static void test_a_clock_that_jumped(void **state) {
    struct desk *d = *state;
    for (int i = 0; i < 20; i++) {
        keep(d, i, i == 15 ? 1 : 1000 + i);
    }
    assert_int_equal(left(d, 1000, INT64_MAX).count, 19);
}

static bool on_number(void *ctx, const struct store_value *c, size_t n) {
    (void)c;
    *(int *)ctx += n > 0;
    return true;
}

static void test_by_number(void **state) {
    struct desk *d = *state;
    for (int i = 0; i < MEMORY_CONVERSATIONS + 5; i++) {
        char id[16];
        snprintf(id, sizeof id, "c%d", i);
        struct store_value v[] = {sv_text(str_of(id)), sv_text(STR("local")), sv_text(STR("{}")),
                                  sv_int(i)};
        struct store_step step = {ST_CONVERSATION_PUT, v, ARRAY_LEN(v)};
        store_write(d->store, &step, 1, NULL, NULL);
    }
    for (int i = 0; i < 300; i++) {
        char name[32];
        snprintf(name, sizeof name, "policy:%d", i % 250);
        struct store_value v[] = {sv_text(str_of(name)), sv_text(STR("x"))};
        struct store_step step = {ST_SETTING_PUT, v, ARRAY_LEN(v)};
        store_write(d->store, &step, 1, NULL, NULL);
    }
    struct store_value key[] = {sv_text(STR("part_key")), sv_text(STR("k"))};
    struct store_step step = {ST_SETTING_PUT, key, ARRAY_LEN(key)};
    store_write(d->store, &step, 1, NULL, NULL);
    (void)left(d, INT64_MIN, INT64_MAX);
    int n = 0;
    struct store_value most = sv_int(1 << 30);
    assert_true(store_read(d->store, ST_CONVERSATION_ALL, &most, 1, on_number, &n, &d->e));
    assert_int_equal(n, MEMORY_CONVERSATIONS);
    static const char *const settings[] = {"policy:49", "policy:249", "part_key", "policy:50",
                                           "policy:99"};
    for (size_t i = 0; i < ARRAY_LEN(settings); i++) { /* 50 to 99 came into force first of all */
        struct store_value name = sv_text(str_of(settings[i]));
        n = 0;
        assert_true(store_read(d->store, ST_SETTING_GET, &name, 1, on_number, &n, &d->e));
        assert_int_equal(n, i < 3);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_by_age, begin, end),
        cmocka_unit_test_setup_teardown(test_by_size, begin, end),
        cmocka_unit_test_setup_teardown(test_a_clock_that_jumped, begin, end),
        cmocka_unit_test_setup_teardown(test_by_number, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
