/* What the score is told of a request's last text. */
#include "route/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct features features_of(struct str text) {
    struct chat_part part = {.kind = PART_TEXT, .text = text};
    struct chat_message message = {.role = CHAT_USER, .parts = &part, .part_count = 1};
    struct chat_request rq = {.messages = &message, .message_count = 1};
    struct features f;
    route_features(&rq, &f);
    return f;
}

/* Wherever a cue stands, and whatever its letters' case. */
static void cues_count_at_every_place(void **state) {
    (void)state;
    for (int before = 0; before < 40; before++) {
        char text[80];
        snprintf(text, sizeof text, "%*s%s", before, "", "Riddle");
        assert_int_equal(features_of(str_of(text)).reasoning, 30);
        snprintf(text, sizeof text, "%*s%s", before, "", "#Include x");
        assert_int_equal(features_of(str_of(text)).code, 50);
    }
}

static void cues_count_at_the_start_of_a_word(void **state) {
    (void)state;
    assert_int_equal(features_of(STR("prose, unproven, improve")).maths, 0);
    assert_int_equal(features_of(STR("2prove")).maths, 50);
    assert_int_equal(features_of(STR("so: prove it")).maths, 50);
    assert_int_equal(features_of(STR("x() {")).code,
                     30);                               /* one that begins with a sign: anywhere */
    assert_int_equal(features_of(STR("pro")).maths, 0); /* cut */
}

static void cues_add_up_once_each(void **state) {
    (void)state;
    assert_int_equal(features_of(STR("poem poem Poem")).writing, 30);
    assert_int_equal(features_of(STR("a poem and an essay")).writing, 75);
    assert_int_equal(features_of(STR("poem, essay, story, article")).writing, 100);
}

static void formulas_and_scripts(void **state) {
    (void)state;
    assert_int_equal(features_of(STR("a=b")).maths, 8);
    assert_int_equal(features_of(STR("a = b")).maths, 0);
    assert_int_equal(features_of(STR("=b")).maths, 0); /* begins the text: no formula */
    assert_int_equal(features_of(STR("1+2*3^4")).maths, 24);
    assert_int_equal(features_of(STR("plain")).non_english, 0);
    assert_int_equal(features_of(STR("\xd0\xb4\xd0\xb0 ab")).non_english, 50);
}

/* Only the beginning of a long text is read. */
static void the_end_of_a_long_text_is_not_read(void **state) {
    (void)state;
    static char text[6000];
    memset(text, 'x', sizeof text);
    memcpy(text + 4096 - 6, " proof", 6);
    assert_int_equal(features_of((struct str){text, sizeof text}).maths, 45);
    memcpy(text + 4096 - 6, "x proo", 6);
    text[4096] = 'f';
    assert_int_equal(features_of((struct str){text, sizeof text}).maths, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cues_count_at_every_place),
        cmocka_unit_test(cues_count_at_the_start_of_a_word),
        cmocka_unit_test(cues_add_up_once_each),
        cmocka_unit_test(formulas_and_scripts),
        cmocka_unit_test(the_end_of_a_long_text_is_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
