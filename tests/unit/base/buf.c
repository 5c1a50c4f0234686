/* Buffers: growth, the maximum, failing once and staying failed. */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_adding(void **state) {
    (void)state;
    AUTO_BUF b;
    buf_init(&b, 100000);
    assert_true(buf_add(&b, STR("abc")));
    assert_true(buf_add(&b, (struct str){NULL, 0}));
    assert_true(buf_add_char(&b, 0));
    assert_true(buf_addf(&b, "%d-%s", 42, "x"));
    assert_int_equal(b.len, 8);
    assert_memory_equal(b.ptr, "abc\00042-x", 8);
    for (int i = 0; i < 5000; i++) {
        assert_true(buf_addf(&b, "%d", i % 10));
    }
    assert_int_equal(b.len, 5008);
    assert_int_equal(b.ptr[5007], '9');
}

static void test_maximum(void **state) {
    (void)state;
    AUTO_BUF b;
    buf_init(&b, 5);
    assert_true(buf_add(&b, STR("12345")));
    assert_false(b.failed);
    assert_false(buf_add_char(&b, '6'));
    assert_true(b.failed);
    assert_int_equal(b.len, 5);
    assert_false(buf_add(&b, STR("")));
    assert_false(buf_addf(&b, "x"));
    assert_null(buf_room(&b, 0));
    buf_clear(&b);
    assert_true(buf_add(&b, STR("1")));
    assert_null(buf_room(&b, SIZE_MAX));
    assert_true(b.failed);
}

static void test_format_to_the_last_byte(void **state) {
    (void)state;
    AUTO_BUF b;
    buf_init(&b, 6); /* the terminator of vsnprintf needs one more */
    assert_true(buf_addf(&b, "%s", "12345"));
    assert_int_equal(b.len, 5);
    assert_true(str_is(buf_str(&b), "12345"));
}

static void test_room_and_drop(void **state) {
    (void)state;
    AUTO_BUF b;
    buf_init(&b, 1000);
    char *p = buf_room(&b, 10);
    assert_non_null(p);
    assert_int_equal(b.len, 0);
    memcpy(p, "0123456789", 10);
    b.len += 10;
    buf_drop(&b, 0);
    buf_drop(&b, 3);
    assert_true(str_is(buf_str(&b), "3456789"));
    buf_drop(&b, 100);
    assert_int_equal(b.len, 0);
}

static void test_take(void **state) {
    (void)state;
    AUTO_BUF b;
    size_t len = 0;
    buf_init(&b, 100);
    buf_add(&b, STR("mine"));
    AUTO_FREE char *p = buf_take(&b, &len);
    assert_int_equal(len, 4);
    assert_memory_equal(p, "mine", 4);
    assert_null(b.ptr);
    assert_int_equal(b.max, 100);
    assert_true(buf_add(&b, STR("again")));
    assert_memory_equal(p, "mine", 4);
    buf_finish(&b);
    assert_null(b.ptr);
    assert_int_equal(b.max, 100);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_adding), cmocka_unit_test(test_maximum),
        cmocka_unit_test(test_format_to_the_last_byte), cmocka_unit_test(test_room_and_drop),
        cmocka_unit_test(test_take)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
