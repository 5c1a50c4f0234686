/* The dialects' own words: whole, as they are written, and nobody's. */
#include "chat/chat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void only_whole_words_count(void **state) {
    (void)state;
    static const char *const yes[] = {"id", "role", "tool_use", "max_completion_tokens",
                                      "parallel_tool_calls"};
    static const char *const no[] = {"",    "i",    "Role",     "roles",
                                     "rol", "Anna", "tool use", "parallel_tool_calls_of_anna"};
    for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
        assert_true(chat_is_word(str_of(yes[i])));
    }
    for (size_t i = 0; i < ARRAY_LEN(no); i++) {
        assert_false(chat_is_word(str_of(no[i])));
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {cmocka_unit_test(only_whole_words_count)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
