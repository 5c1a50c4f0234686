/* Originals become placeholders, and only they; the last look finds what is left over. */
#include "gate/disguise.h"

#include "gate/book.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct world {
    struct arena a;
    struct vault *vault;
    struct book *book;
};

static int setup(void **state) {
    struct world *w = calloc(1, sizeof *w);
    w->a = arena_make(SIZE_MAX);
    w->vault = vault_new(NULL, NULL);
    w->book = vault_book(w->vault, STR("c1"), STR("owner"));
    *state = w;
    return 0;
}

static int teardown(void **state) {
    struct world *w = *state;
    book_drop(w->book);
    vault_free(w->vault);
    arena_end(&w->a);
    free(w);
    return 0;
}

/* The conversation's tag is random: in what is compared it is written @. */
static struct str shown(struct world *w, struct str s) {
    AUTO_BUF b = {0};
    buf_init(&b, SIZE_MAX);
    struct str tag = {w->book->tag, TOKEN_TAG};
    for (size_t i = 0; i < s.len;) {
        bool is_tag = str_starts(str_sub(s, i, s.len), tag);
        buf_add(&b, is_tag ? STR("@") : str_sub(s, i, i + 1));
        i += is_tag ? TOKEN_TAG : 1;
    }
    return str_dup(&w->a, buf_str(&b));
}

static struct str disguise(struct world *w, const struct original *found, size_t n,
                           const char *body) {
    struct disguised d;
    struct err e = {0};
    if (!disguise_body(w->book, &w->a, found, n, str_of(body), DISGUISE_PLACEHOLDER, &d, &e)) {
        fail_msg("%s", e.text);
    }
    assert_false(disguise_leaks(w->book, d.body));
    const struct jval *v = json_parse(&w->a, d.body, &JSON_LIMITS, &e);
    if (!v) {
        fail_msg("%s: " STR_FMT, e.text, STR_ARG(d.body));
    }
    return shown(w, d.body);
}

#define EXPECT(w, found, body, want)                                      \
    do {                                                                  \
        struct str got_ = disguise((w), (found), ARRAY_LEN(found), body); \
        assert_string_equal(str_cstr(&(w)->a, got_), want);               \
    } while (0)

static void a_person_is_one_number(void **state) {
    struct world *w = *state;
    struct original found[] = {{TOKEN_NAME, STR("Krause")}, {TOKEN_NAME, STR("Anna Krause")}};
    EXPECT(w, found,
           "{\"t\":\"Anna Krause, ANNA KRAUSE, Krause, Anna's, the Krauses, annas, Krauseminze\"}",
           "{\"t\":\"NAME_1_@, NAME_1c_@, NAME_1b_@, NAME_1d_@'s, the NAME_1b_@s, NAME_1e_@s, "
           "Krauseminze\"}");
    /* the next turn says the same */
    struct original none[] = {{TOKEN_EMAIL, STR("a@b.org")}};
    EXPECT(w, none, "[\"Anna Krause\",\"Krause a@b.org\"]",
           "[\"NAME_1_@\",\"NAME_1b_@ EMAIL_1_@\"]");
}

static void words_stay_words(void **state) {
    struct world *w = *state;
    struct original found[] = {{TOKEN_NAME, STR("Will")}, {TOKEN_NAME, STR("Bo")}};
    EXPECT(w, found, "[\"Will will be with Bo, bo\"]", "[\"NAME_1_@ will be with NAME_2_@, bo\"]");
}

static void everything_else_keeps_its_bytes(void **state) {
    struct world *w = *state;
    struct original found[] = {{TOKEN_NAME, STR("Jörg \"JJ\" Maß")},
                               {TOKEN_PHONE, STR("+49 171 1234567")},
                               {TOKEN_USER, STR("jm")}};
    EXPECT(w, found,
           "{ \"model\":\"jm\" , \"role\":\"user\",\"n\":1.50,\"x\":\"\\u004a\\u00f6rg \\\"JJ\\\" "
           "Ma\\u00df \\/ \\n+49 171 1234567\", \"p\":\"/home/jm/src jm\"}",
           "{ \"model\":\"jm\" , \"role\":\"user\",\"n\":1.50,\"x\":\"NAME_1_@ \\/ \\nPHONE_1_@\", "
           "\"p\":\"/home/USER_1_@/src jm\"}");
}

/* Agents name a folder after a path, and `ls -l` says who owns a file. */
static void who_owns_a_home_is_hidden_wherever_it_stands(void **state) {
    struct world *w = *state;
    struct original found[] = {{TOKEN_USER, STR("akrause")}};
    EXPECT(w, found,
           "[\"/home/akrause/x\",\".cache/-home-akrause-x/a\",\"-rw-r--r-- 1 akrause staff 12\","
           "\"Akrause akrausen\"]",
           "[\"/home/USER_1_@/x\",\".cache/-home-USER_1_@-x/a\",\"-rw-r--r-- 1 USER_1_@ staff 12\","
           "\"Akrause akrausen\"]");
}

/* Escapes of a text that is no JSON are its own signs: they come back as they stood. In JSON they
 * are how it is written. Behind one a word begins. */
static void escapes_come_back_as_they_stood(void **state) {
    struct world *w = *state;
    struct original found[] = {{TOKEN_CODE, STR("e/2.de")}, {TOKEN_NAME, STR("Anna Krause")}};
    EXPECT(w, found, "[\"e\\\\/2.de e/2.de\",\"to%20Anna%20Krause\\\\nAnna\\\\u0020Krause\"]",
           "[\"CODE_1b_@ CODE_1_@\",\"to%20NAME_1b_@%20NAME_1c_@\\\\nNAME_1d_@\"]");
    assert_string_equal(str_cstr(&w->a, w->book->entities[1].forms[1].text), "e\\/2.de");
    EXPECT(w, found, "[\"{\\\"x\\\": \\\"Anna\\\\u0020Krause\\\"}\"]",
           "[\"{\\\"x\\\": \\\"NAME_1_@\\\"}\"]");
}

static void keys_numbers_and_json_in_strings(void **state) {
    struct world *w = *state;
    struct original found[] = {{TOKEN_NAME, STR("Zoë Quinn")},
                               {TOKEN_CARD, STR("4111111111111111")}};
    EXPECT(w, found,
           "{\"Zoë Quinn\":4111111111111111,\"arguments\":\"{\\\"to\\\":\\\"Zo\\\\u00eb "
           "Quinn\\\",\\\"Zo\\u00eb Quinn\\\":\\\"x\\\"}\"}",
           "{\"NAME_1_@\":\"CARD_1_@\",\"arguments\":\"{\\\"to\\\":\\\"NAME_1_@\\\",\\\"NAME_1_@"
           "\\\":\\\"x\\\"}\"}");
}

static void placeholders_are_left_alone(void **state) {
    struct world *w = *state;
    struct original found[] = {{TOKEN_NAME, STR("Ada Name")}};
    struct str once = disguise(w, found, 1, "[\"Ada Name\"]");
    struct arena *a = &w->a;
    struct str token = str_fmt(a, "[\"NAME_1_%s and Name\"]", w->book->tag);
    struct disguised d;
    struct err e = {0};
    assert_true(disguise_body(w->book, a, NULL, 0, token, DISGUISE_PLACEHOLDER, &d, &e));
    assert_string_equal(str_cstr(a, shown(w, d.body)), "[\"NAME_1_@ and NAME_1b_@\"]");
    assert_int_equal(d.originals, 1);
    assert_string_equal(str_cstr(a, once), "[\"NAME_1_@\"]");
}

static void the_last_look_sees_what_is_left(void **state) {
    struct world *w = *state;
    struct original found[] = {{TOKEN_NAME, STR("Anna Krause")},
                               {TOKEN_SECRET, STR("hunter2-hunter2-hunter2")}};
    disguise(w, found, 2, "[\"Anna Krause\"]");
    static const char *const leaking[] = {
        "[\"anna krause\"]",        "[\"KRAUSE\"]",
        "{\"x\":{\"Anna\":1}}",     "[\"\\u0041nna\"]",
        "[\"x hunter2-hunter y\"]", "[\"{\\\"a\\\":\\\"\\\\u0041nna\\\"}\"]"};
    for (size_t i = 0; i < ARRAY_LEN(leaking); i++) {
        if (!disguise_leaks(w->book, str_of(leaking[i]))) {
            fail_msg("%s", leaking[i]);
        }
    }
    assert_false(disguise_leaks(w->book, STR("[\"Annapurna\"]")));
}

/* A term that reaches into a password takes nothing of it away, wherever they begin; what a secret
 * is within of goes with it. */
static void a_secret_is_hidden_whole(void **state) {
    struct world *w = *state;
    struct original found[] = {
        {TOKEN_CODE, STR("DB=pg://app:Zq8x")}, {TOKEN_SECRET, STR("app:Zq8x!4LwX^1rVb@db")},
        {TOKEN_CODE, STR("x-Lk2/Wp9/end")},    {TOKEN_SECRET, STR("Lk2/Wp9")},
        {TOKEN_CODE, STR("Ada North")},        {TOKEN_NAME, STR("Ada")},
        {TOKEN_ORG, STR("North Mills")}};
    EXPECT(w, found,
           "{\"t\":\"DB=pg://app:Zq8x!4LwX^1rVb@db/x x-Lk2/Wp9/end Lk2/Wp9, Ada North Mills\"}",
           "{\"t\":\"DB=pg://SECRET_1_@/x CODE_2_@ SECRET_2_@, NAME_1_@ ORG_1_@\"}");
}

static void findings_are_trimmed(void **state) {
    (void)state;
    struct original o;
    assert_true(disguise_original(TOKEN_NAME, STR("Anna's"), &o) && str_is(o.text, "Anna"));
    assert_true(disguise_original(TOKEN_USER, STR("/home/anna/x"), &o) && str_is(o.text, "anna"));
    assert_true(disguise_original(TOKEN_USER, STR("C:\\Users\\Jo Doe"), &o)
                && str_is(o.text, "Jo"));
    assert_false(disguise_original(TOKEN_EMAIL, STR(""), &o));
    enum token_type type;
    assert_int_equal(disguise_kind(STR("unreadable"), &type), DISGUISE_NEVER);
    assert_int_equal(disguise_kind(STR("health"), &type), DISGUISE_NOT);
    assert_int_equal(disguise_kind(STR("rule:merger"), &type), DISGUISE_TOKEN);
    assert_int_equal(type, TOKEN_TERM);
    assert_int_equal(disguise_kind(STR("api_key"), &type), DISGUISE_TOKEN);
    assert_int_equal(type, TOKEN_SECRET);
}

/* Every kind of evidence says what becomes of it. */
static void no_kind_is_forgotten(void **state) {
    (void)state;
    for (size_t i = 0; i < LABEL_KIND_COUNT; i++) {
        enum token_type type = TOKEN_TERM;
        enum disguise_kind how = disguise_kind(str_of(LABEL_KINDS[i].name), &type);
        if ((how == DISGUISE_TOKEN || how == DISGUISE_BESIDE) && type == TOKEN_TERM) {
            fail_msg("%s has no placeholder of its own", LABEL_KINDS[i].name);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_person_is_one_number, setup, teardown),
        cmocka_unit_test_setup_teardown(words_stay_words, setup, teardown),
        cmocka_unit_test_setup_teardown(everything_else_keeps_its_bytes, setup, teardown),
        cmocka_unit_test_setup_teardown(who_owns_a_home_is_hidden_wherever_it_stands, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(escapes_come_back_as_they_stood, setup, teardown),
        cmocka_unit_test_setup_teardown(keys_numbers_and_json_in_strings, setup, teardown),
        cmocka_unit_test_setup_teardown(placeholders_are_left_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(the_last_look_sees_what_is_left, setup, teardown),
        cmocka_unit_test_setup_teardown(a_secret_is_hidden_whole, setup, teardown),
        cmocka_unit_test(findings_are_trimmed),
        cmocka_unit_test(no_kind_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
