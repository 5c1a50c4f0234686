/* A box opens with its key, for what it is about, unchanged; and not otherwise. */
#include "secrets/secrets.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct bench {
    struct arena arena;
    char dir[40], path[60], other[60];
};

static int begin(void **state) {
    static struct bench b;
    b.arena = arena_make(8 << 20);
    snprintf(b.dir, sizeof b.dir, "/tmp/weir-seal-XXXXXX");
    assert_non_null(mkdtemp(b.dir));
    snprintf(b.path, sizeof b.path, "%s/key", b.dir);
    snprintf(b.other, sizeof b.other, "%s/other", b.dir);
    *state = &b;
    return 0;
}

static int end(void **state) {
    struct bench *b = *state;
    unlink(b->path);
    unlink(b->other);
    rmdir(b->dir);
    arena_end(&b->arena);
    return 0;
}

static void a_box_opens_again(void **state) {
    struct bench *b = *state;
    struct err e = {0};
    struct seal *s = NULL;
    struct str out = {0};
    assert_true(seal_open(b->path, &s, &e));
    struct stat st = {0};
    assert_int_equal(stat(b->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    struct str texts[] = {STR(""), STR("the whole body"), {arena_alloc(&b->arena, 100000), 100000}};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct str box = seal_close_box(s, &b->arena, texts[i], STR("row 1"));
        assert_int_equal(box.len, texts[i].len + SEAL_BYTES);
        assert_true(seal_open_box(s, &b->arena, box, STR("row 1"), &out, &e));
        assert_true(str_eq(out, texts[i]));
    }
    struct str one = seal_close_box(s, &b->arena, texts[1], STR("row 1"));
    struct str two = seal_close_box(s, &b->arena, texts[1], STR("row 1"));
    assert_false(str_eq(one, two)); /* equal texts do not show */
    assert_false(str_contains(one, texts[1]));
    seal_free(s);
    assert_true(seal_open(b->path, &s, &e)); /* the same key after a restart */
    assert_true(seal_open_box(s, &b->arena, one, STR("row 1"), &out, &e));
    seal_free(s);
}

static void it_opens_not_otherwise(void **state) {
    struct bench *b = *state;
    struct err e = {0};
    struct seal *s = NULL;
    struct seal *other = NULL;
    struct str out = {0};
    assert_true(seal_open(b->path, &s, &e) && seal_open(b->other, &other, &e));
    struct str box = seal_close_box(s, &b->arena, STR("text"), STR("row 1"));
    assert_false(seal_open_box(other, &b->arena, box, STR("row 1"), &out, &e));
    assert_false(seal_open_box(s, &b->arena, box, STR("row 2"), &out, &e));
    for (size_t i = 0; i < box.len; i++) {
        char *changed = str_cstr(&b->arena, box);
        changed[i] ^= 1;
        assert_false(
            seal_open_box(s, &b->arena, (struct str){changed, box.len}, STR("row 1"), &out, &e));
        assert_false(seal_open_box(s, &b->arena, str_sub(box, 0, i), STR("row 1"), &out, &e));
    }
    assert_int_equal(e.kind, ERR_STORAGE);
    seal_free(s);
    seal_free(other);
}

static void a_file_that_is_no_key_is_refused(void **state) {
    struct bench *b = *state;
    struct err e = {0};
    struct seal *s = NULL;
    FILE *f = fopen(b->path, "we");
    assert_non_null(f);
    assert_true(fputs("short", f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(b->path, 0600), 0);
    assert_false(seal_open(b->path, &s, &e));
    assert_int_equal(e.kind, ERR_STORAGE);
    assert_int_equal(unlink(b->path), 0);
    assert_true(seal_open(b->path, &s, &e));
    seal_free(s);
    assert_int_equal(chmod(b->path, 0640), 0);
    assert_false(seal_open(b->path, &s, &e));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_box_opens_again, begin, end),
        cmocka_unit_test_setup_teardown(it_opens_not_otherwise, begin, end),
        cmocka_unit_test_setup_teardown(a_file_that_is_no_key_is_refused, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
