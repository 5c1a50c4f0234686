/* Hashes: known answers, hex both ways, the key matters. */
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void check_sha256(struct str s, const char *expected) {
    struct sha256 h = sha256_of(s);
    struct sha256 back = {{0}};
    char text[65];
    sha256_hex(&h, text);
    assert_string_equal(text, expected);
    assert_true(sha256_from_hex(str_of(text), &back));
    assert_true(sha256_eq(&h, &back));
}

static void test_sha256(void **state) {
    (void)state;
    check_sha256(STR(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check_sha256((struct str){NULL, 0},
                 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check_sha256(STR("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void test_from_hex(void **state) {
    (void)state;
    char text[] = "BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    struct sha256 h = sha256_of(STR("abc"));
    struct sha256 other = {{1}};
    assert_true(sha256_from_hex(str_of(text), &other));
    assert_true(sha256_eq(&h, &other));
    assert_false(sha256_from_hex(str_sub(str_of(text), 0, 63), &other));
    assert_false(sha256_from_hex(STR(""), &other));
    text[10] = 'g';
    assert_false(sha256_from_hex(str_of(text), &other));
    text[10] = ' ';
    assert_false(sha256_from_hex(str_of(text), &other));
    assert_true(sha256_eq(&h, &other)); /* untouched */
}

static void test_keyed(void **state) {
    (void)state;
    unsigned char one[32] = {1};
    unsigned char two[32] = {2};
    struct sha256 a = hash_keyed(one, STR("text"));
    struct sha256 b = hash_keyed(one, STR("text"));
    struct sha256 c = hash_keyed(two, STR("text"));
    struct sha256 d = hash_keyed(one, STR("texu"));
    assert_true(sha256_eq(&a, &b));
    assert_false(sha256_eq(&a, &c));
    assert_false(sha256_eq(&a, &d));
}

static void test_table(void **state) {
    (void)state;
    assert_true(hash_table(STR("a")) == hash_table(STR("a")));
    assert_true(hash_table(STR("")) == hash_table((struct str){NULL, 0}));
    assert_true(hash_table(STR("a")) != hash_table(STR("b")));
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sha256), cmocka_unit_test(test_from_hex),
        cmocka_unit_test(test_keyed), cmocka_unit_test(test_table)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
