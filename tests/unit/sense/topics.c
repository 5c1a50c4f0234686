/* Facts told, things mentioned, general questions. How good the model is on other sentences is
 * measured elsewhere (scripts/train/train_topics.py --hold). */
#include "sense/tagger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

struct found {
    struct str text;
    unsigned told, mentioned; /* a bit for each field */
};

static void on_name(void *ctx, const struct tagger_hit *h) {
    (void)ctx;
    assert_true(h->from < h->to);
}

static void on_topic(void *ctx, const struct topic_hit *h) {
    struct found *f = ctx;
    assert_true(h->from < h->to && h->to <= f->text.len);
    assert_true(h->field < FIELDS && h->confidence > 0 && h->confidence <= 100);
    if (h->told) {
        f->told |= 1U << h->field;
    } else {
        f->mentioned |= 1U << h->field;
    }
}

static struct found scan(struct str text) {
    struct found f = {.text = text};
    struct tagger_known known = {0};
    tagger_scan(text, &known, on_name, on_topic, &f);
    return f;
}

static void facts_are_told(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum topic_field field;
    } cases[] = {
        {"I have a fever since Monday", FIELD_HEALTH},
        {"my mother was diagnosed with cancer last year", FIELD_HEALTH},
        {"What can I do? I suffer from depression.", FIELD_HEALTH},
        {"Ich habe seit gestern Kopfschmerzen.", FIELD_HEALTH},
        {"I owe $4,500 to the bank", FIELD_FINANCE},
        {"My salary is 52000 euros.", FIELD_FINANCE},
        {"I was arrested last night", FIELD_LEGAL},
        {"my divorce is next week", FIELD_LEGAL},
        {"My son is 7 years old.", FIELD_MINORS},
        {"I was fired yesterday by my boss", FIELD_WORK},
        {"My neighbor is having an affair.", FIELD_THIRD},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct found f = scan(str_of(cases[i].text));
        if (!(f.told >> cases[i].field & 1)) {
            fail_msg("nothing is told in \"%s\"", cases[i].text);
        }
    }
}

static void a_mention_is_no_fact(void **state) {
    (void)state;
    struct found f = scan(STR("Deposit it into my bank account."));
    assert_int_equal(f.told, 0);
    assert_int_equal(f.mentioned, 1U << FIELD_FINANCE);
    f = scan(STR("Write an email to my lawyer."));
    assert_int_equal(f.told, 0);
    assert_int_equal(f.mentioned, 1U << FIELD_LEGAL);
}

static void general_questions_stay_open(void **state) {
    (void)state;
    static const char *const texts[] = {
        "What causes a fever?",
        "Explain the treatment of diabetes.",
        "How does a mortgage work?",
        "Who was arrested in the novel?",
        "Books for a 7-year-old.",
        "Write a performance review template.",
        "The patient file in the database is a table.",
        "Was sind die Symptome von Krebs?",
        "",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct found f = scan(str_of(texts[i]));
        if (f.told || f.mentioned) {
            fail_msg("something is told in \"%s\"", texts[i]);
        }
    }
}

/* A sentence longer than what is read at once, a fact at its end. */
static void long_sentences_are_read_to_the_end(void **state) {
    (void)state;
    static char text[4096];
    size_t n = 0;
    for (int i = 0; i < 300; i++) {
        memcpy(text + n, "and so on ", 10);
        n += 10;
    }
    static const char fact[] = "but I have a fever since Monday";
    memcpy(text + n, fact, sizeof fact - 1);
    struct found f = scan((struct str){text, n + sizeof fact - 1});
    assert_int_equal(f.told, 1U << FIELD_HEALTH);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_are_told),
        cmocka_unit_test(a_mention_is_no_fact),
        cmocka_unit_test(general_questions_stay_open),
        cmocka_unit_test(long_sentences_are_read_to_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
