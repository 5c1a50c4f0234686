/* The hash map against a plain array, and its edges. */
#include "base/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { KEYS = 700 };

static int values[KEYS];

static struct str key_of(char text[16], size_t i) {
    int n = snprintf(text, 16, "key%zu", i);
    return (struct str){text, (size_t)n};
}

static void test_basics(void **state) {
    (void)state;
    AUTO(map) m = map_new();
    char text[] = "name";
    assert_null(map_get(m, STR("name")));
    assert_null(map_set(m, str_of(text), &values[0]));
    text[0] = 'x'; /* the key was copied */
    assert_ptr_equal(map_get(m, STR("name")), &values[0]);
    assert_null(map_get(m, STR("nam")));
    assert_ptr_equal(map_set(m, STR("name"), &values[1]), &values[0]);
    assert_int_equal(map_count(m), 1);
    assert_null(map_set(m, STR(""), &values[2]));
    assert_ptr_equal(map_get(m, (struct str){NULL, 0}), &values[2]);
    assert_null(map_set(m, (struct str){"a\0b", 3}, &values[3]));
    assert_null(map_get(m, STR("a")));
    assert_ptr_equal(map_remove(m, STR("name")), &values[1]);
    assert_null(map_remove(m, STR("name")));
    assert_int_equal(map_count(m), 2);
    map_free(NULL);
}

static void check_all(const struct map *m, const bool *present) {
    char text[16];
    size_t n = 0;
    for (size_t i = 0; i < KEYS; i++) {
        assert_ptr_equal(map_get(m, key_of(text, i)), present[i] ? &values[i] : NULL);
        n += present[i];
    }
    assert_int_equal(map_count(m), n);
    size_t at = 0;
    size_t walked = 0;
    struct str key = {0};
    void *value = NULL;
    while (map_next(m, &at, &key, &value)) {
        size_t i = (size_t)((int *)value - values);
        assert_true(str_eq(key, key_of(text, i)) && present[i]);
        walked++;
    }
    assert_int_equal(walked, n);
}

static void test_against_an_array(void **state) {
    (void)state;
    AUTO(map) m = map_new();
    bool present[KEYS] = {false};
    char text[16];
    uint64_t seed = 1;
    for (int round = 0; round < 20000; round++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        size_t i = (size_t)(seed >> 33) % KEYS;
        /* grows for a while, then shrinks, and again */
        if ((seed >> 60) < (round / 4000 % 2 ? 5u : 11u)) {
            assert_ptr_equal(map_set(m, key_of(text, i), &values[i]),
                             present[i] ? &values[i] : NULL);
            present[i] = true;
        } else {
            assert_ptr_equal(map_remove(m, key_of(text, i)), present[i] ? &values[i] : NULL);
            present[i] = false;
        }
        if (round % 500 == 0) {
            check_all(m, present);
        }
    }
    for (size_t i = 0; i < KEYS; i++) {
        (void)map_remove(m, key_of(text, i));
        present[i] = false;
    }
    check_all(m, present);
}

int main(void) {
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_basics),
                                              cmocka_unit_test(test_against_an_array)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
