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
    unsigned char one[KEYED_KEY] = {1};
    unsigned char two[KEYED_KEY] = {2};
    struct keyed_hash a = hash_keyed(one, STR("text"));
    struct keyed_hash b = hash_keyed(one, STR("text"));
    struct keyed_hash c = hash_keyed(two, STR("text"));
    struct keyed_hash d = hash_keyed(one, STR("texu"));
    assert_true(keyed_eq(&a, &b));
    assert_false(keyed_eq(&a, &c));
    assert_false(keyed_eq(&a, &d));
    /* the first vector of its authors' */
    unsigned char counted[KEYED_KEY];
    for (unsigned i = 0; i < KEYED_KEY; i++) {
        counted[i] = (unsigned char)i;
    }
    struct keyed_hash empty = hash_keyed(counted, (struct str){NULL, 0});
    char hex[KEYED_HEX];
    keyed_hex(&empty, hex);
    assert_string_equal(hex, "a3817f04ba25a8e66df67214c7550293");
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
