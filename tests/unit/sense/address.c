/* Postal addresses as blocks: where each begins and ends, and what is none. All are made up. */
#include "base/buf.h"
#include "sense/tagger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

struct found {
    struct str text, first;
    size_t count;
};

static void on_hit(void *ctx, const struct tagger_hit *h) {
    struct found *f = ctx;
    assert_true(h->from < h->to && h->to <= f->text.len);
    if (h->kind == TAGGER_ADDRESS || h->kind == TAGGER_EXAMPLE_MAIL) {
        f->first = f->count++ ? f->first : str_sub(f->text, h->from, h->to);
    }
}

static struct found scan(const char *text) {
    struct tagger_known known = {0};
    struct found f = {.text = str_of(text)};
    tagger_scan(f.text, &known, on_hit, NULL, &f);
    return f;
}

static void blocks_are_whole(void **state) {
    (void)state;
    static const struct {
        const char *text, *address;
    } cases[] = {
        {"ship it to 9 Elm Street, Springfield, IL 62704 please",
         "9 Elm Street, Springfield, IL 62704"},
        {"Anna Berg\n1204 Oak Avenue\nApt. 7\nPortland\n\nDear Anna,",
         "1204 Oak Avenue\nApt. 7\nPortland"},
        {"I moved to 31 77 Lindos Street\n Suite 68\n Limassol\n Cyprus 36903. Bye",
         "31 77 Lindos Street\n Suite 68\n Limassol\n Cyprus 36903"},
        {"> 12 Mannerkatu 5\n> Apt. 22\n> ESPOO", "12 Mannerkatu 5\n> Apt. 22\n> ESPOO"},
        {"send it to PSC 413, Box 814, APO AA 42323", "PSC 413, Box 814, APO AA 42323"},
        {"12 rue de la Gare, 75002 Paris et plus", "12 rue de la Gare, 75002 Paris"},
        {"Ich wohne in der Neuen Bergstra\303\237e 4, 10115 Berlin, seit 2010.",
         "Neuen Bergstra\303\237e 4, 10115 Berlin"},
        {"Address: 92 Pine Drive, Burlington, OR 38893\nNotes: Annual physical",
         "92 Pine Drive, Burlington, OR 38893"},
        {"we are at 93 Gordon Terrace, London, United Kingdom 89800",
         "93 Gordon Terrace, London, United Kingdom 89800"},
        {"meet me at the corner of Elm Street and Rennie Park, please",
         "Elm Street and Rennie Park"},
        {"new address: the corner of Larkweg 7 and Siedler Courts", "Larkweg 7 and Siedler Courts"},
        {"our office is at 12 St. John Street, Springfield, IL 62704",
         "12 St. John Street, Springfield, IL 62704"},
        {"I live at 63 Avenue du Golf, Apt. 4", "63 Avenue du Golf, Apt. 4"},
        {"85 Avda. Rio Salon 58\n Apt. 461\n Sevilla\n Spain 61709",
         "85 Avda. Rio Salon 58\n Apt. 461\n Sevilla\n Spain 61709"},
        {"233 Lindos t\303\251r 19.\n Suite 282\n Limassol\n Cyprus 34796",
         "233 Lindos t\303\251r 19.\n Suite 282\n Limassol\n Cyprus 34796"},
        {"12 Nyvang 15, K\303\270benhavn V", "12 Nyvang 15, K\303\270benhavn V"},
        {"please deliver it to 1204 lindos street apt 7 limassol",
         "1204 lindos street apt 7 limassol"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct found f = scan(cases[i].text);
        if (f.count != 1 || !str_is(f.first, cases[i].address)) {
            fail_msg("%s: %zu, " STR_FMT, cases[i].text, f.count, STR_ARG(f.first));
        }
    }
}

static void numbers_and_capitals_are_none(void **state) {
    (void)state;
    static const char *const texts[] = {
        "In 2019 Apple sold 5 iPhones and 3 Macs, 12 more than in May.",
        "Section 3, Table 4: see Figure 5",
        "Chapter 9, page 4",
        "The score was Brazil 3, Germany 1.",
        "12 Angry Men and 3 Idiots are films",
        "9 Street Fighters, 4 Walls",
        "Room 12",
        "via 3 hops",
        "take the second street on the left, number 5",
        "we have 10 dollars per square and 5 square tables",
        "he stood 3 hours at the corner of the room and looked at 4 people in the street",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct found f = scan(texts[i]);
        if (f.count) {
            fail_msg("%s: " STR_FMT, texts[i], STR_ARG(f.first));
        }
    }
}

/* A row that is longer than there is room for ends, and another one begins. */
static void long_rows_end(void **state) {
    (void)state;
    AUTO_BUF b = {.max = 1 << 16};
    for (int i = 0; i < 400; i++) {
        buf_addf(&b, "%d Elm Street, ", 100 + i);
    }
    buf_add_char(&b, 0);
    assert_true(scan(b.ptr).count > 5);
}

static void mail_at_example_is_hidden_with_its_name(void **state) {
    (void)state;
    struct found f = scan("write to anna.berg@example.com, please");
    assert_int_equal(f.count, 1);
    assert_true(str_is(f.first, "anna.berg@example.com"));
    assert_int_equal(scan("write to support@example.com").count, 0);
    assert_int_equal(scan("write to anna.berg@mailbox.org").count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_whole),
        cmocka_unit_test(numbers_and_capitals_are_none),
        cmocka_unit_test(long_rows_end),
        cmocka_unit_test(mail_at_example_is_hidden_with_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
