#include "codec/escape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void an_escape_ends_where_it_does(void **state) {
    (void)state;
    static const char *const escapes[] = {"%20",   "%2520", "%252520", "\\n",       "\\\\n",
                                          "\\x0a", "\\xC4", "\\u0020", "\\\\u00c4", "\\t",
                                          "a%20",  "1\\r",  "%25",     "x\\x41"};
    static const char *const others[] = {"",    "n",     "20",   "%2",  "520",  "x20",  "u0020",
                                         "\\c", "\\u20", "% 20", "%2x", "\\x2", "2520", "\\m"};
    for (size_t i = 0; i < ARRAY_LEN(escapes); i++) {
        struct str s = str_of(escapes[i]);
        if (!escape_ends(s, s.len)) {
            fail_msg("%s", escapes[i]);
        }
        assert_false(escape_ends(s, s.len + 1));
    }
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        struct str s = str_of(others[i]);
        if (escape_ends(s, s.len)) {
            fail_msg("%s", others[i]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(an_escape_ends_where_it_does)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
