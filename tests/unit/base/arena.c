/* Arenas: zeroed, aligned, bounded, and pieces that do not touch. */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_pieces(void **state) {
    (void)state;
    struct arena a = arena_make(1 << 20);
    unsigned char *pieces[500];
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
        pieces[i] = arena_alloc(&a, i * 7);
        assert_int_equal((uintptr_t)pieces[i] % 16, 0);
        for (size_t k = 0; k < i * 7; k++) {
            assert_int_equal(pieces[i][k], 0);
        }
        if (i) {
            memset(pieces[i], (int)(i & 255), i * 7);
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
        for (size_t k = 0; k < i * 7; k++) {
            assert_int_equal(pieces[i][k], i & 255);
        }
    }
    arena_end(&a);
    assert_null(a.head);
    assert_int_equal(a.used, 0);
    arena_end(&a); /* twice does no harm */
}

/* The next arena gets the memory of the last one, as zeros; a small one nothing large. */
static void test_blocks_again(void **state) {
    (void)state;
    struct arena a = arena_make(1 << 20);
    char *first = arena_alloc(&a, 100);
    char *second = arena_alloc(&a, 6000);
    memset(first, 'x', 100);
    memset(second, 'x', 6000);
    arena_end(&a);
    assert_ptr_equal(arena_alloc(&a, 100), first);
    char *again = arena_alloc(&a, 6000);
    assert_ptr_equal(again, second);
    assert_int_equal(first[99] | again[5999], 0);
    struct arena other = arena_make(1 << 20);
    char *apart = arena_alloc(&other, 10);
    assert_true(apart != first && apart != second);
    arena_end(&other);
    arena_end(&a);
    arena_alloc(&a, 60000);
    arena_end(&a);
    char *small = arena_alloc(&other, 10);
    assert_true(small == first || small == apart);
    arena_end(&other);
}

static void test_limit(void **state) {
    (void)state;
    struct arena a = arena_make(1000);
    assert_null(arena_try(&a, 1001));
    assert_null(arena_try(&a, SIZE_MAX));
    assert_int_equal(a.used, 0);
    assert_non_null(arena_try(&a, 600));
    assert_null(arena_try(&a, 600));
    assert_non_null(arena_try(&a, 300));
    assert_non_null(arena_alloc(&a, 5000)); /* not counted */
    assert_null(arena_try(&a, 1));
    arena_end(&a);
    struct arena wide = arena_make(SIZE_MAX);
    assert_null(arena_try(&wide, SIZE_MAX));
    assert_null(arena_try(&wide, SIZE_MAX - 8));
    arena_end(&wide);
}

static void test_large_pieces(void **state) {
    (void)state;
    struct arena a = arena_make(SIZE_MAX);
    char *large = arena_alloc(&a, 3u << 20);
    char *small = arena_alloc(&a, 10);
    large[(3u << 20) - 1] = 'x';
    small[9] = 'y';
    assert_int_equal(large[(3u << 20) - 1], 'x');
    arena_end(&a);
}

static void test_growing_array(void **state) {
    (void)state;
    struct arena a = arena_make(1 << 20);
    struct pair {
        int left, right;
    } *v = NULL;
    size_t n = 0;
    size_t cap = 0;
    for (int i = 0; i < 1000; i++) {
        *arena_push(&a, v, n, cap) = (struct pair){i, -i};
    }
    assert_int_equal(n, 1000);
    assert_true(cap >= n);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(v[i].left, i);
        assert_int_equal(v[i].right, -i);
    }
    int *numbers = arena_array(&a, int, 3);
    assert_int_equal(numbers[2], 0);
    assert_non_null(arena_new(&a, struct pair));
    arena_end(&a);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_again), /* first: nothing is kept yet */
        cmocka_unit_test(test_pieces), cmocka_unit_test(test_limit),
        cmocka_unit_test(test_large_pieces), cmocka_unit_test(test_growing_array)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
