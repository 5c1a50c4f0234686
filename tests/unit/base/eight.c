/* Eight bytes at once say the same of each as one by one does. */
#include "base/eight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>

/* The byte at each of the eight places, among neighbours that could carry into it. */
static void check(unsigned char c, unsigned char neighbour) {
    for (unsigned place = 0; place < 8; place++) {
        char text[8];
        memset(text, neighbour, sizeof text);
        text[place] = (char)c;
        uint64_t x = eight_at(text);
        uint64_t bit = 0x80ULL << (8 * place);
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        assert_int_equal((eight_letters(x) & bit) != 0, letter);
        assert_int_equal((eight_within(x, '*', '+') & bit) != 0, c == '*' || c == '+');
        assert_int_equal((eight_within(x, 0, 0x7f) & bit) != 0, c < 0x80);
        assert_int_equal((eight_equal(x, c) & bit) != 0, true);
        assert_int_equal((eight_equal(x, neighbour) & bit) != 0, c == neighbour);
        assert_int_equal((eight_equal(x, (unsigned char)(c + 1)) & bit) != 0, false);
    }
}

static void every_byte_at_every_place(void **state) {
    (void)state;
    static const unsigned char neighbours[] = {0, 1, ' ', '@', 'Z', 'z', 0x7f, 0x80, 0xff};
    for (unsigned c = 0; c < 256; c++) {
        for (size_t i = 0; i < sizeof neighbours; i++) {
            check((unsigned char)c, neighbours[i]);
        }
    }
}

static void masks_as_bits_and_counts(void **state) {
    (void)state;
    for (unsigned bits = 0; bits < 256; bits++) {
        uint64_t mask = 0;
        for (unsigned i = 0; i < 8; i++) {
            mask |= (uint64_t)(bits >> i & 1) << (8 * i + 7);
        }
        assert_int_equal(eight_bits(mask), bits);
        assert_int_equal(eight_count(mask), __builtin_popcount(bits));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_byte_at_every_place),
                                       cmocka_unit_test(masks_as_bits_and_counts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
