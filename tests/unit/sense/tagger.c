/* Names in plain sentences: what must be found, what must not, where a name begins and ends. The
 * names are made up. How good it is on real text is measured elsewhere (scripts/train/measure.py).
 */
#include "sense/tagger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

struct found {
    struct str text;
    struct tagger_hit hits[64];
    size_t count;
};

static void on_hit(void *ctx, const struct tagger_hit *h) {
    struct found *f = ctx;
    assert_true(h->from < h->to && h->to <= f->text.len);
    assert_true(h->kind > TAGGER_NONE && h->kind < TAGGER_KINDS);
    assert_true(h->confidence > 0 && h->confidence <= 100);
    if (h->kind == TAGGER_ADDRESS || h->kind == TAGGER_EXAMPLE_MAIL || h->kind == TAGGER_TERM) {
        return; /* address.c, terms.c; they go over the names in them */
    }
    assert_true(f->count == 0 || h->from >= f->hits[f->count - 1].to);
    if (f->count < ARRAY_LEN(f->hits)) {
        f->hits[f->count++] = *h;
    }
}

static struct found scan_known(const char *text, struct tagger_known *known) {
    struct found f = {.text = str_of(text)};
    tagger_scan(f.text, known, on_hit, NULL, &f);
    return f;
}

static struct found scan(const char *text) {
    struct tagger_known known = {0};
    return scan_known(text, &known);
}

static bool has(const struct found *f, enum tagger_kind kind, const char *name) {
    for (size_t i = 0; i < f->count; i++) {
        const struct tagger_hit *h = &f->hits[i];
        if (h->kind == kind && str_is(str_sub(f->text, h->from, h->to), name)) {
            return true;
        }
    }
    return false;
}

static size_t count(const struct found *f, enum tagger_kind kind) {
    size_t n = 0;
    for (size_t i = 0; i < f->count; i++) {
        n += f->hits[i].kind == kind;
    }
    return n;
}

static void assert_found(const char *text, enum tagger_kind kind, const char *name) {
    struct found f = scan(text);
    if (!has(&f, kind, name)) {
        for (size_t i = 0; i < f.count; i++) {
            print_message("  kind %d: " STR_FMT "\n", (int)f.hits[i].kind,
                          STR_ARG(str_sub(f.text, f.hits[i].from, f.hits[i].to)));
        }
        fail_msg("\"%s\" is not found in \"%s\"", name, text);
    }
}

static void people_are_found(void **state) {
    (void)state;
    static const struct {
        const char *text, *name;
    } cases[] = {
        {"My name is Wilhelmina Krause and I need help.", "Wilhelmina Krause"},
        {"my name is wilhelmina krause and i need help", "wilhelmina krause"},
        {"Please forward this to Thomas Brandt by Friday.", "Thomas Brandt"},
        {"I talked to Jennifer yesterday.", "Jennifer"},
        {"Dear Mrs. Hartmann,\nthank you for your letter.", "Hartmann"},
        {"Best regards,\nMichael O'Brien", "Michael O'Brien"},
        {"Jennifer's birthday is on Friday.", "Jennifer"},
        {"Patient: Martha J. Collins", "Martha J. Collins"},
        {"My boss Jean-Luc Martin wants a report.", "Jean-Luc Martin"},
        {"Sehr geehrte Frau Zimmermann,", "Zimmermann"},
        {"Ich habe gestern mit Jürgen Hofmann gesprochen.", "Jürgen Hofmann"},
        {"Me llamo Carmen Ortega.", "Carmen Ortega"},
        {"J'ai parlé avec Sophie Laurent hier.", "Sophie Laurent"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_found(cases[i].text, TAGGER_PERSON, cases[i].name);
    }
}

static void organisations_and_places_are_told_apart(void **state) {
    (void)state;
    assert_found("We moved here from Hamburg.", TAGGER_PLACE, "Hamburg");
    assert_found("The weather in New York is nice.", TAGGER_PLACE, "New York");
    assert_found("I work at Nordwind Logistics.", TAGGER_EMPLOYER, "Nordwind Logistics");
    assert_found("The shares of Siemens fell.", TAGGER_ORGANISATION, "Siemens");
    assert_found("The shares of Nordwind Logistics fell.", TAGGER_SMALL_ORGANISATION,
                 "Nordwind Logistics");
    assert_found("He was seen by Mr Garcia on Monday.", TAGGER_PERSON, "Garcia");
    assert_found("We moved here from Oberammergau.", TAGGER_SMALL_PLACE, "Oberammergau");
}

/* What programs and their descriptions are full of. */
/* A letter, an application, a company's papers: what few know is somebody's, what everybody knows
 * is hidden beside it; a plain question about the same stays open. */
static void papers_say_whose_it_is(void **state) {
    (void)state;
    const char *letter =
        "Write a cover letter for a clerk who applies to Nordwind Logistics in Hamburg.";
    assert_found(letter, TAGGER_PRIVATE_ORGANISATION, "Nordwind Logistics");
    assert_found(letter, TAGGER_SMALL_PLACE, "Hamburg");
    assert_found("Draft a press release: our company moves to Hamburg, says Siemens in a letter.",
                 TAGGER_SMALL_ORGANISATION, "Siemens");
    assert_found("Write a letter to a client about the workshop at QVPR.",
                 TAGGER_SMALL_ORGANISATION, "QVPR");
    assert_found("Write a short biography of Tjorven Vestergaard.", TAGGER_PERSON,
                 "Tjorven Vestergaard");
    assert_found("Why is Hamburg called a free city?", TAGGER_PLACE, "Hamburg");
    assert_found("The shares of Nordwind Logistics fell.", TAGGER_SMALL_ORGANISATION,
                 "Nordwind Logistics");
    assert_found("A book on the history of Nordwind Logistics, a novel and a letter in it.",
                 TAGGER_SMALL_ORGANISATION, "Nordwind Logistics");
}

static void what_programs_call_things_is_no_name(void **state) {
    (void)state;
    static const char *const texts[] = {
        "Use NotebookEdit for this, CronList for those, and never WebFetch.",
        "The MCP server opens a PR over the REST API; see the IDE and its CLI.",
        "Metadata keys are sorted. Subagents share the worktree. Hooks run before each commit.",
        "List the todos with grep, then put the workflow into a markdown file.",
        "see H, then K",
        "The widget keeps a rowidx for each. Last Rowidx wins, and std::nino is a type.",
        "the lights refracted by it are of several colours, and some of them are fuller.",
        "Let ABE be an arc of the circle, from G to FE draw a line; it rounds to the even one.",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct found f = scan(texts[i]);
        if (f.count) {
            fail_msg("something is found in \"%s\"", texts[i]);
        }
    }
    assert_found("findings; high\xe2\x86\x92max: broader coverage", TAGGER_UNCERTAIN, "max");
    assert_found("Parts of it", TAGGER_UNCERTAIN, "Parts");
    assert_found("I spoke with DeShawn McAllister about it.", TAGGER_PERSON, "DeShawn McAllister");
    assert_found("PATIENT: MARTHA COLLINS", TAGGER_PERSON, "MARTHA COLLINS");
}

static void kinds_of_numbers_are_no_names(void **state) {
    (void)state;
    static const char *const acronyms[] = {"IBAN",  "BIC",  "SSN",  "VAT", "PIN",  "NHS",
                                           "TFN",   "ITIN", "CURP", "BSN", "ISIN", "PUK",
                                           "PESEL", "IMEI", "CVV",  "NRIC"};
    static const struct {
        const char *before, *behind;
    } frames[] = {{"My ", " is DE89370400440532013000."},
                  {"", ": 536-90-4399"},
                  {"What is the ", " of this account?"},
                  {"my ", " changed yesterday"},
                  {"Please send me your ", " and your address."}};
    for (size_t i = 0; i < ARRAY_LEN(acronyms) * ARRAY_LEN(frames) * 2; i++) {
        char word[16];
        char text[128];
        snprintf(word, sizeof word, "%s", acronyms[i / 2 / ARRAY_LEN(frames)]);
        for (char *c = word; *c && i % 2; c++) {
            *c |= 0x20; /* in small letters, too */
        }
        size_t k = i / 2 % ARRAY_LEN(frames);
        snprintf(text, sizeof text, "%s%s%s", frames[k].before, word, frames[k].behind);
        struct found f = scan(text);
        for (int kind = TAGGER_NONE + 1; kind < TAGGER_KINDS; kind++) {
            if (has(&f, (enum tagger_kind)kind, word)) {
                fail_msg("\"%s\": %s was taken for a name (%d)", text, word, kind);
            }
        }
    }
}

static void plain_text_stays_plain(void **state) {
    (void)state;
    static const char *const texts[] = {
        "What is the difference between TCP and UDP?",
        "Please write a short poem about the sea in May.",
        "I will mark the page, and the bill is due on Monday.",
        "Mit freundlichen Grüßen",
        "Die Kündigung des Vertrags erfolgt zum Ende des Monats.",
        "for Item in List: print(Item)",
        "see https://example.org/Anna/Berg and anna.md",
        "",
        " \n\t ",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct found f = scan(texts[i]);
        if (count(&f, TAGGER_PERSON)) {
            fail_msg("somebody is found in \"%s\"", texts[i]);
        }
    }
}

static void the_known_are_told_apart(void **state) {
    (void)state;
    static const char *const texts[] = {
        "Albert Einstein developed the theory of relativity.",
        "Explain the plot of the novel about Sherlock Holmes.",
        "Who wrote the play Hamlet, William Shakespeare?",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct found f = scan(texts[i]);
        assert_int_equal(count(&f, TAGGER_PERSON), 0);
    }
    assert_found("Albert Einstein developed the theory of relativity.", TAGGER_PUBLIC,
                 "Albert Einstein");
    struct found f = scan("You are Claude Code, a coding agent.");
    assert_int_equal(count(&f, TAGGER_PERSON), 0);
    /* Others are called so too. */
    assert_found("I met Mario yesterday.", TAGGER_PERSON, "Mario");
    /* Whoever is introduced is no celebrity, whatever the name. */
    assert_found("Dear Mr. Newton,\nyour appointment is on Monday.", TAGGER_PERSON, "Newton");
}

static void assert_nobody(const char *const *texts, size_t n) {
    for (size_t i = 0; i < n; i++) {
        struct found f = scan(texts[i]);
        if (count(&f, TAGGER_PERSON)) {
            fail_msg("somebody in: %s", texts[i]);
        }
    }
}

static void words_of_other_languages_are_no_names(void **state) {
    (void)state;
    static const char *const texts[] = {
        "Wie lange hält ein Wasserkocher?",
        "Welche Schrauben braucht man für eine Gartenlaube?",
        "Warum rosten Fahrradketten im Regen?",
        "Erstelle eine Packliste mit Zelt und Schlafsack.",
        "Combien de temps faut-il pour apprendre le piano ?",
        "¿Cuántos huevos lleva una tortilla?",
        "Quanto costa un biglietto del treno?",
        "Hoeveel water moet een plant hebben?",
    };
    assert_nobody(texts, ARRAY_LEN(texts));
    assert_found("Gestern hat mir Thomas Brandt beim Umzug geholfen.", TAGGER_PERSON,
                 "Thomas Brandt");
    assert_found("Meine Nachbarin Sabine Vogt hat eine Gartenlaube.", TAGGER_PERSON, "Sabine Vogt");
    assert_found("Ayer Carmen Ortega me ayudó con la mudanza.", TAGGER_PERSON, "Carmen Ortega");
}

static void rulers_are_known_by_what_they_are_called(void **state) {
    (void)state;
    static const char *const texts[] = {
        "Peter the Great built a city on a swamp.",
        "Which war did Philip II lose?",
        "What did Queen Anne like to eat?",
        "Catherine of Aragon was a queen.",
        "Al Capone went to prison in 1932. What was Capone accused of?",
    };
    assert_nobody(texts, ARRAY_LEN(texts));
    assert_found("I met Peter in the great hall.", TAGGER_PERSON, "Peter");
    assert_found("My boss James Brown is ill again.", TAGGER_PERSON, "James Brown");
    assert_found("Dear Anne, the queen is dead.", TAGGER_PERSON, "Anne");
}

static void names_of_problems_and_stories_are_nobodys(void **state) {
    (void)state;
    static const char *const texts[] = {
        "Laura has 12 pencils and gives 5 to Peter. How many pencils has she left?",
        "Peter ist 12 und doppelt so alt wie Laura. Wie alt ist Laura?",
        "Write a story about a girl named Laura who finds a dragon.",
    };
    assert_nobody(texts, ARRAY_LEN(texts));
    static const char *const real[] = {
        "Laura Brandt has 12 pencils and gives 5 away. How many pencils has she left?",
        "I lent Laura 12 euros and she gave 5 back. How much does Laura owe me?",
        "Laura earns 2000 and pays 900. How much should Laura save?",
        "Laura has 12 pencils, her number is 5550123456. How many pencils are 3 times 12?",
        "Write a story about my daughter Laura.",
    };
    for (size_t i = 0; i < ARRAY_LEN(real); i++) {
        struct found f = scan(real[i]);
        if (!count(&f, TAGGER_PERSON)) {
            fail_msg("nobody in: %s", real[i]);
        }
    }
}

static void a_mailbox_names_somebody(void **state) {
    (void)state;
    struct tagger_known known = {0};
    struct found f = scan_known("Write to anna.vrzalova@firma.de today.", &known);
    assert_int_equal(count(&f, TAGGER_PERSON), 0);
    assert_true(known.count > 0);
    f = scan_known("The opinion of Vrzalova differs.", &known); /* another text of the request */
    assert_true(has(&f, TAGGER_PERSON, "Vrzalova"));
    struct tagger_known generic = {0};
    scan_known("Write to info@firma.de or support@firma.de", &generic);
    assert_int_equal(generic.count, 0);
}

/* What the passages' borders do must not show: the same sentence is read the same everywhere. */
static void long_texts_are_read_to_the_end(void **state) {
    (void)state;
    enum { TIMES = 700 };
    static char text[TIMES * 32];
    static const char sentence[] = "Then he met Thomas Brandt. ";
    size_t n = sizeof sentence - 1;
    for (size_t i = 0; i < TIMES; i++) {
        memcpy(text + i * n, sentence, n);
    }
    struct tagger_known known = {0};
    struct found f = {.text = {text, TIMES * n}};
    tagger_scan(f.text, &known, on_hit, NULL, &f);
    assert_int_equal(f.count, ARRAY_LEN(f.hits));
    for (size_t i = 0; i < f.count; i++) {
        assert_int_equal(f.hits[i].from, i * n + 12);
        assert_int_equal(f.hits[i].to, i * n + 25);
    }
    size_t last = (size_t)TIMES * n - n;
    struct found end = {.text = {text + last, n}};
    tagger_scan(end.text, &known, on_hit, NULL, &end);
    assert_true(has(&end, TAGGER_PERSON, "Thomas Brandt"));
}

static void version_is_of_the_data(void **state) {
    (void)state;
    assert_true(tagger_version() != 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_are_found),
        cmocka_unit_test(organisations_and_places_are_told_apart),
        cmocka_unit_test(papers_say_whose_it_is),
        cmocka_unit_test(what_programs_call_things_is_no_name),
        cmocka_unit_test(kinds_of_numbers_are_no_names),
        cmocka_unit_test(plain_text_stays_plain),
        cmocka_unit_test(the_known_are_told_apart),
        cmocka_unit_test(words_of_other_languages_are_no_names),
        cmocka_unit_test(rulers_are_known_by_what_they_are_called),
        cmocka_unit_test(names_of_problems_and_stories_are_nobodys),
        cmocka_unit_test(a_mailbox_names_somebody),
        cmocka_unit_test(long_texts_are_read_to_the_end),
        cmocka_unit_test(version_is_of_the_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
