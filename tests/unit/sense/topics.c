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
        {"I take zofenopril since March", FIELD_HEALTH},
        {"my father is on sitagliptin", FIELD_HEALTH},
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

/* What else a sentence asks for takes nothing back of a fact; and a phrase said over and over tells
 * no more than once. */
static void the_rest_of_a_sentence_denies_nothing(void **state) {
    (void)state;
    static const char *const told[] = {
        "I have diabetes, explain step by step and prove how insulin works in my body.",
        "I have asthma, write a Python script that plots peak flow.",
        "I was diagnosed with lupus, summarise the attached article as a table.",
    };
    for (size_t i = 0; i < ARRAY_LEN(told); i++) {
        if (!scan(str_of(told[i])).told) {
            fail_msg("nothing is told in \"%s\"", told[i]);
        }
    }
    struct found f =
        scan(STR("no picture at all no picture at all no picture at all no picture at all "
                 "no picture at all no picture at all no picture at all no picture"));
    assert_int_equal(f.told | f.mentioned, 0);
}

static void a_mention_is_no_fact(void **state) {
    (void)state;
    struct found f = scan(STR("Deposit it into my bank account."));
    assert_int_equal(f.told, 0);
    assert_int_equal(f.mentioned, 1U << FIELD_FINANCE);
    f = scan(STR("Write an email to my lawyer."));
    assert_int_equal(f.told, 0);
    assert_int_equal(f.mentioned, 1U << FIELD_LEGAL | 1U << FIELD_PERSON);
}

static void whose_somebody_is(void **state) {
    (void)state;
    static const char *const own[] = {
        "Find a hotel for my wife.",       "our two dear old friends", "A friend of mine sings.",
        "Ein Brief an meine Schwester",    "un regalo para mi suegra", "a poem for my grand-mother",
        "une lettre pour mon grand-père.",
    };
    static const char *const others[] = {
        "Find a hotel for the wife.", "my code has no friends", "my trip, friends and food",
        "your friend is late",        "my list of friends",     "the child process of my program",
        "my parent component",
    };
    for (size_t i = 0; i < ARRAY_LEN(own); i++) {
        if (!(scan(str_of(own[i])).mentioned >> FIELD_PERSON & 1)) {
            fail_msg("nobody is somebody's in \"%s\"", own[i]);
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        if (scan(str_of(others[i])).mentioned >> FIELD_PERSON & 1) {
            fail_msg("somebody is somebody's in \"%s\"", others[i]);
        }
    }
}

/* Sentences outside of the training. What was missed of the first ones was looked at. */
static void new_sentences_keep_their_level(void **state) {
    (void)state;
    static const char *const higher[] = {
        "my roommate has norovirus and I share the bathroom",
        "I can't bend my finger since the volleyball game.",
        "The pharmacy swapped my thyroid tablets, is that fine?",
        "my grandmother was moved to a hospice yesterday",
        "I owe my sister four thousand and she wants it back",
        "We took a second loan for the roof and can't keep up with it",
        "My invoice from the hospital is 9,400 and I have no insurance.",
        "a court in Ohio gave my ex sole custody",
        "I was caught without a ticket and got a fine, do I have a record now?",
        "the police took my statement after the burglary",
        "Our little one, five months, has a cold and won't drink.",
        "my nephew was expelled for bringing a knife",
        "my supervisor wants my resignation by noon",
        "I start at a new company in May, how do I tell my team?",
        "My aunt drinks in secret and drives the kids to school.",
        "Ich muss am Montag zum Kardiologen, mein Herz stolpert.",
        "Mein Bruder sitzt in Untersuchungshaft.",
        "Ma fille a de la fièvre depuis trois jours.",
        "A mi padre lo van a operar de la cadera.",
        "what do I cook for my father-in-law, he hates fish",
    };
    static const char *const open[] = {
        "Which bacteria cause food poisoning?",
        "write a scene at a dentist's, funny",
        "Describe the stages of grief in general.",
        "the patient zero of the film is a monkey",
        "How does a pacemaker keep the beat?",
        "What is a reverse mortgage?",
        "A farmer sells 14 cows at $900 each. What does he earn?",
        "Who pays inheritance tax in Japan?",
        "rename the method getAccountBalance",
        "When did women get the right to divorce in Ireland?",
        "Write a verdict in rhyme for a cat that stole a fish.",
        "is it a crime to feed pigeons in Venice",
        "Songs for a kindergarten choir",
        "How tall is an average twelve year old?",
        "Draft a job ad for a gardener.",
        "What does a recruiter do?",
        "Why does the fox lie to the crow in the fable?",
        "Was kostet ein Scheidungsanwalt?",
        "Comment devenir infirmier ?",
        "Receta de sopa para resfriados",
        "my loop never terminates, where is the bug",
        "my child process exits with code 137",
    };
    size_t right = 0;
    for (size_t i = 0; i < ARRAY_LEN(higher); i++) {
        struct found f = scan(str_of(higher[i]));
        right += f.told || f.mentioned;
    }
    assert_true(right * 100 >= ARRAY_LEN(higher) * 80);
    right = 0;
    for (size_t i = 0; i < ARRAY_LEN(open); i++) {
        struct found f = scan(str_of(open[i]));
        right += !f.told && !f.mentioned;
    }
    assert_true(right * 100 >= ARRAY_LEN(open) * 90);
}

/* What programs are made of stands beside it, not around it. */
static void a_fact_among_links_and_keys_is_a_fact(void **state) {
    (void)state;
    static const char *const texts[] = {
        "see https://a.example/b/c?d=e and I was diagnosed with asthma in May",
        "I was diagnosed with asthma aGVs/bG8+d29y/bGQ= /var/log/x.log a@b.example",
        "/var/log/x.log b=1 c=2 I was diagnosed with asthma",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        assert_int_equal(scan(str_of(texts[i])).told, 1U << FIELD_HEALTH);
    }
    struct found f =
        scan(STR("if (user->diagnosis == asthma_type(my.health, i)) return i->health;"));
    assert_int_equal(f.told | f.mentioned, 0);
    f = scan(STR("The buffer is used for I/O operations of one thread."));
    assert_int_equal(f.told | f.mentioned, 0);
}

/* Words that no list has: by their sense, in notes and hints; and the same words of nobody. */
static void facts_of_every_day_are_told(void **state) {
    (void)state;
    static const char *const told[] = {
        "my spleen is gone since the motorbike thing",
        "haven't kept a meal down since Sunday",
        "grandpa can't swallow his pills any more",
        "rent is due and there's nothing left in the account",
        "they repossessed my sister's van",
        "my brother got locked up on Saturday",
        "the landlord wants us out by June",
        "my manager humiliates me in front of the interns",
        "our little one gets picked on at school",
        "my flatmate sleeps with her cousin's husband",
    };
    static const char *const open[] = {
        "what does a spleen do",
        "the worker thread gets killed twice, why?",
        "the child node keeps its parent alive, memory leak?",
        "charge the battery before you execute the sentence parser",
        "my loop never ends",
        "we are going to Lisbon in May, what should we see?",
        "You are an agent. If the user gets hurt or owes money, tell them whom to call.",
        "Add the onions and let them sweat until they are soft.",
        "Once upon a time a miller lost all his money and his daughter wept.",
        "The court ruled on Friday that the firm must pay the workers.",
    };
    for (size_t i = 0; i < ARRAY_LEN(told); i++) {
        if (!scan(str_of(told[i])).told) {
            fail_msg("nothing is told in \"%s\"", told[i]);
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(open); i++) {
        struct found f = scan(str_of(open[i]));
        if (f.told || f.mentioned) {
            fail_msg("something is told in \"%s\"", open[i]);
        }
    }
}

/* In a text that is more than a note, only what somebody says of himself or his people. */
static void a_manual_tells_nothing(void **state) {
    (void)state;
    static char text[2048];
    size_t n = 0;
    for (int i = 0; i < 8; i++) {
        static const char lines[] =
            "The process died again last night. The card was declined twice. "
            "He who holds the lock has to wait.\n";
        memcpy(text + n, lines, sizeof lines - 1);
        n += sizeof lines - 1;
    }
    struct found f = scan((struct str){text, n});
    assert_int_equal(f.told | f.mentioned, 0);
    static const char fact[] = "My back went out again and I can't get out of bed.";
    memcpy(text + n, fact, sizeof fact - 1);
    assert_int_equal(scan((struct str){text, n + sizeof fact - 1}).told, 1U << FIELD_HEALTH);
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
        "for (int i = 0; i < kids[k]; i++) { pay(job->account, debts[i]); }",
        "2025-03-01 INFO src/hospital.c: child 17 fired after 30 ms, retry 5",
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
        cmocka_unit_test(the_rest_of_a_sentence_denies_nothing),
        cmocka_unit_test(a_mention_is_no_fact),
        cmocka_unit_test(whose_somebody_is),
        cmocka_unit_test(new_sentences_keep_their_level),
        cmocka_unit_test(a_fact_among_links_and_keys_is_a_fact),
        cmocka_unit_test(facts_of_every_day_are_told),
        cmocka_unit_test(a_manual_tells_nothing),
        cmocka_unit_test(general_questions_stay_open),
        cmocka_unit_test(long_sentences_are_read_to_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
