/* What is written is there: after a reopen, in the order it came, whole or not at all. */
#include "store/store.h"

#include "base/clock.h"
#include "base/log.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct desk {
    struct arena arena;
    char dir[40], path[64];
    struct store *store;
    struct err e;
};

static int begin(void **state) {
    static struct desk d;
    d = (struct desk){.arena = arena_make(8 << 20)};
    snprintf(d.dir, sizeof d.dir, "/tmp/weir-store-XXXXXX");
    assert_non_null(mkdtemp(d.dir));
    snprintf(d.path, sizeof d.path, "%s/weir.db", d.dir);
    *state = &d;
    return 0;
}

static int end(void **state) {
    struct desk *d = *state;
    store_close(d->store);
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        unlink(str_fmt(&d->arena, "%s%s", d->path, ends[i]).ptr);
    }
    rmdir(d->dir);
    arena_end(&d->arena);
    return 0;
}

static void open_it(struct desk *d) {
    store_close(d->store);
    d->store = NULL;
    if (!store_open(STORE_MAIN, d->path, &d->store, &d->e)) {
        fail_msg("%s", d->e.text);
    }
}

static struct store_step put(struct store_value *values, const char *name, struct str value) {
    values[0] = sv_text(str_of(name));
    values[1] = sv_text(value);
    return (struct store_step){ST_SETTING_PUT, values, 2};
}

static bool on_setting(void *ctx, const struct store_value *columns, size_t count) {
    struct str *out = ctx;
    assert_int_equal(count, 1);
    out->len = columns[0].s.len < out->len ? columns[0].s.len : out->len;
    memcpy((char *)(uintptr_t)out->ptr, columns[0].s.ptr, out->len);
    return true;
}

static void assert_setting(struct desk *d, const char *name, const char *want_opt) {
    char room[64] = "";
    struct str got = {room, sizeof room};
    struct store_value key = sv_text(str_of(name));
    assert_true(store_read(d->store, ST_SETTING_GET, &key, 1, on_setting, &got, &d->e));
    if (!want_opt) {
        assert_int_equal(got.len, sizeof room); /* no row */
    } else if (!str_is(got, want_opt)) {
        fail_msg("%s is \"" STR_FMT "\"", name, STR_ARG(got));
    }
}

static void what_is_written_stays(void **state) {
    struct desk *d = *state;
    open_it(d);
    struct stat st = {0};
    assert_int_equal(stat(d->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    struct store_value v[2];
    struct store_step step = put(v, "a", STR("one"));
    assert_true(store_write_wait(d->store, &step, 1, &d->e));
    assert_setting(d, "a", "one");
    assert_setting(d, "b", NULL);
    open_it(d);
    assert_setting(d, "a", "one");
}

/* A write that nobody waits for is done before the store is closed, and after what came before. */
static void what_waits_is_written_in_order(void **state) {
    struct desk *d = *state;
    open_it(d);
    struct store_value v[2];
    for (int i = 0; i < 500; i++) {
        char text[16];
        int n = snprintf(text, sizeof text, "%d", i);
        struct store_step step = put(v, "n", (struct str){text, (size_t)n});
        store_write(d->store, &step, 1, NULL, NULL);
        memset(text, 'x', sizeof text); /* values were copied */
    }
    open_it(d);
    assert_setting(d, "n", "499");
}

static void a_group_is_whole_or_not_at_all(void **state) {
    struct desk *d = *state;
    open_it(d);
    struct store_value good[2];
    struct store_value bad[2];
    struct store_step steps[] = {put(good, "a", STR("one")), put(bad, "b", STR("two"))};
    bad[1] = sv_null(); /* NOT NULL */
    assert_false(store_write_wait(d->store, steps, 2, &d->e));
    assert_int_equal(d->e.kind, ERR_STORAGE);
    assert_setting(d, "a", NULL);
    bad[1] = sv_text(STR("two"));
    assert_true(store_write_wait(d->store, steps, 2, &d->e));
    assert_setting(d, "a", "one");
    assert_setting(d, "b", "two");
}

static void a_full_disk_is_said_and_passes(void **state) {
    struct desk *d = *state;
    open_it(d);
    struct store_value v[2];
    struct store_step step = put(v, "a", STR("one"));
    store_fail_commits(d->store, true);
    assert_false(store_write_wait(d->store, &step, 1, &d->e));
    assert_int_equal(d->e.kind, ERR_STORAGE);
    store_fail_commits(d->store, false);
    assert_setting(d, "a", NULL);
    assert_true(store_write_wait(d->store, &step, 1, &d->e));
    assert_setting(d, "a", "one");
}

/* user_version: four bytes at 60 of an SQLite file, the highest first. */
static void set_version(struct desk *d, unsigned char version) {
    int fd = open(d->path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    unsigned char bytes[4] = {0, 0, 0, version};
    assert_int_equal(pwrite(fd, bytes, sizeof bytes, 60), 4);
    close(fd);
}

static void a_newer_file_is_left_alone(void **state) {
    struct desk *d = *state;
    open_it(d);
    store_close(d->store);
    d->store = NULL;
    set_version(d, 99);
    assert_false(store_open(STORE_MAIN, d->path, &d->store, &d->e));
    assert_int_equal(d->e.kind, ERR_STORAGE);
    assert_non_null(strstr(d->e.text, "newer weir"));
}

/* A step that fails (its tables are there already) leaves the file as it was. */
static void a_failed_migration_changes_nothing(void **state) {
    struct desk *d = *state;
    open_it(d);
    struct store_value v[2];
    struct store_step step = put(v, "a", STR("one"));
    assert_true(store_write_wait(d->store, &step, 1, &d->e));
    store_close(d->store);
    d->store = NULL;
    set_version(d, 1);
    assert_false(store_open(STORE_MAIN, d->path, &d->store, &d->e));
    assert_int_equal(d->e.kind, ERR_STORAGE);
    set_version(d, 2);
    open_it(d);
    assert_setting(d, "a", "one");
}

static void what_is_no_store_is_said(void **state) {
    struct desk *d = *state;
    FILE *f = fopen(d->path, "w");
    assert_non_null(f);
    for (int i = 0; i < 400; i++) {
        fputs("this is no database, ", f);
    }
    fclose(f);
    assert_false(store_open(STORE_MAIN, d->path, &d->store, &d->e));
    assert_int_equal(d->e.kind, ERR_STORAGE);
    assert_non_null(strstr(d->e.text, "put back a copy"));
    d->e = (struct err){0};
    assert_false(store_open(STORE_MAIN, "/nowhere/at/all/weir.db", &d->store, &d->e));
    assert_int_equal(d->e.kind, ERR_STORAGE);
}

/* How often this stands in the log. */
static int said(struct desk *d, const char *text) {
    int n = 0;
    struct str rest = log_recent(&d->arena);
    for (ptrdiff_t at = 0; (at = str_find(rest, str_of(text))) >= 0; n++) {
        rest = str_sub(rest, (size_t)at + 1, rest.len);
    }
    return n;
}

static void a_full_disk_is_said_once_and_its_end(void **state) {
    struct desk *d = *state;
    open_it(d);
    struct store_value v[2];
    struct store_step step = put(v, "a", STR("one"));
    clock_fake(1795465484123);
    store_fail_commits(d->store, true);
    for (int i = 0; i < 50; i++) {
        assert_false(store_write_wait(d->store, &step, 1, &d->e));
    }
    store_fail_commits(d->store, false);
    assert_true(store_write_wait(d->store, &step, 1, &d->e));
    assert_true(store_write_wait(d->store, NULL, 0, &d->e)); /* behind its line */
    assert_int_equal(said(d, "not stored: the disk is full"), 1);
    assert_int_equal(said(d, "stored again"), 0); /* it may be for a moment */
    clock_fake(1795465484123 + 60000);
    assert_true(store_write_wait(d->store, &step, 1, &d->e));
    assert_true(store_write_wait(d->store, NULL, 0, &d->e));
    assert_int_equal(said(d, "stored again; it had failed 50 times"), 1);
    clock_fake(0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_written_stays, begin, end),
        cmocka_unit_test_setup_teardown(what_waits_is_written_in_order, begin, end),
        cmocka_unit_test_setup_teardown(a_group_is_whole_or_not_at_all, begin, end),
        cmocka_unit_test_setup_teardown(a_full_disk_is_said_once_and_its_end, begin, end),
        cmocka_unit_test_setup_teardown(a_full_disk_is_said_and_passes, begin, end),
        cmocka_unit_test_setup_teardown(a_newer_file_is_left_alone, begin, end),
        cmocka_unit_test_setup_teardown(a_failed_migration_changes_nothing, begin, end),
        cmocka_unit_test_setup_teardown(what_is_no_store_is_said, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
