/* Names that stand for nobody, or for who signed what everybody may have. All are made up. */
#include "sense/sense.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct sense *sense;

static int make(void **state) {
    (void)state;
    struct err e = {0};
    return sense_new(NULL, 0, &sense, &e) ? 0 : -1;
}

static int drop(void **state) {
    (void)state;
    sense_free(sense);
    return 0;
}

/* Whether what[0 … ] is found as that kind. */
static bool finds(const char *text, const char *kind, const char *what) {
    struct arena a = arena_make(8 << 20);
    struct err e = {0};
    struct sense_result r = {0};
    struct sense_text t = {.text = str_of(text), .role = ROLE_USER};
    assert_true(sense_scan(sense, &a, &t, 1, &SENSE_LIMITS, &r, &e));
    bool found = false;
    for (size_t i = 0; i < r.count; i++) {
        const struct evidence *v = &r.evidence[i];
        struct str s = str_sub(t.text, v->from, v->to);
        found = found || (str_is(v->kind, kind) && (!what || str_contains(s, str_of(what))));
    }
    arena_end(&a);
    return found;
}

struct one {
    const char *text, *what;
};

static void expect(const struct one *cases, size_t n, const char *kind, const char *never) {
    for (size_t i = 0; i < n; i++) {
        if (!finds(cases[i].text, kind, cases[i].what)
            || (never && finds(cases[i].text, never, cases[i].what))) {
            fail_msg("%s: %s is no %s", cases[i].text, cases[i].what, kind);
        }
    }
}
#define EXPECT(cases, kind, never) expect(cases, ARRAY_LEN(cases), kind, never)

/* Hidden beside others, but nobody's. */
static void examples_raise_nothing(void **state) {
    (void)state;
    static const struct one nobodies[] = {
        {"Alice encrypts the message with the key of Bob, and Carol asks the server.", "Alice"},
        {"-- Name | Age\n-- Alice | 43\n-- Bob | 28\n-- Cindy | 21\n-- The table has a row for "
         "each "
         "user, a column for each value.\nCREATE TABLE ages;\n",
         "Cindy"},
        {"Wilson A, Harris T. The Time of Things. 2019. RFC 9999.", "Harris"},
        {"A. Krause, \"On Things\", Proc. of the 9th Conference, ISBN 0-000-00000-0.", "Krause"},
        {"/*\n * Author: Thomas Brandt\n *\n * This file is in the public domain.\n */\nint x;\n",
         "Thomas Brandt"},
        {"the entry is kept in a Thomas tree until it is read", "Thomas"},
        {"/* Authors:\n *   Anna Krause\n *   Thomas Brandt\n * This is free software.\n */\nint "
         "x;\n",
         "Thomas Brandt"},
        {"$Id: x.h,v 1.86 2022/09/17 16:01:45 thomas Exp $", "thomas"},
    };
    static const struct one somebodies[] = {
        {"Alice told Bob that my key is at the server; the message is for Carol.", "Alice"},
        {"Alice and Bob went to the lake with Carol, and it rained.", "Alice"},
        {"please forward the message to Thomas Brandt, RFC 9999 is attached", "Thomas Brandt"},
        {"/*\n * Author: Thomas Brandt\n *\n * For inner use only.\n */\nint x;\n",
         "Thomas Brandt"},
        {"This file is in the public domain.\nPlease forward it to Thomas Brandt today.",
         "Thomas Brandt"},
    };
    EXPECT(nobodies, "uncertain_name", "name");
    EXPECT(somebodies, "name", NULL);
    assert_false(finds("the method returns a Julian Day Number", "name", NULL));
    assert_false(finds("as in locations like Wallington, which are far out", "name", NULL));
}

static void what_goes_with_them_raises_nothing(void **state) {
    (void)state;
    static const struct one mails[] = {
        {"/* Copyright (c) 2004 T. Brandt <thomas@mailbox.org>\n * SPDX-License-Identifier: MIT */",
         "thomas@mailbox.org"},
        {"write to support@nordwind.net about it", "support@nordwind.net"},
        {"write to tools@lists.nordwind.net about it", "tools@lists.nordwind.net"}};
    static const struct one homes[] = {{"open /home/fred/data.db now", "/home/fred"},
                                       {"it is in /home/fred.", "/home/fred"},
                                       {"open C:\\Users\\Alice\\data.db now", "Alice"}};
    EXPECT(mails, "example_email", "email");
    EXPECT(homes, "example_path", "home_path");
    assert_true(finds("/* Copyright (c) 2004 <thomas@mailbox.org> */", "email", NULL));
    assert_true(finds("write to supporter@nordwind.net about it", "email", NULL));
    assert_true(finds("open /home/frederick/data.db now", "home_path", NULL));
}

/* An expression is no address, and where the Free Software Foundation is says every licence. */
static void addresses_of_nobody(void **state) {
    (void)state;
    assert_false(finds("$s =~ / ^ ( [0-9] 10 [xX] )? ( 20 [0-9A-F]+ _ 30 ) /", "address", NULL));
    assert_false(finds("write to the Free Software Foundation, Inc., 59 Temple Place, Boston",
                       "address", NULL));
    assert_true(finds("write to Nordwind Mills, 59 Temple Place, Boston", "address", NULL));
    assert_false(finds("inet_aton(\"123.45.67.89\") is [23.3.1.1]", "ip", NULL));
    assert_false(finds("1.0.81.91.in-addr.arpa", "ip", NULL));
    assert_true(finds("it is 123.45.67.90 now", "ip", NULL));
    assert_true(
        finds("Nordwind Logistics GmbH gives no warranty of merchantability to our company; "
              "nothing that is "
              "in the public domain is confidential between us and Nordwind Logistics GmbH.",
              "private_organisation", NULL));
    assert_false(finds("\n  5.6.31.2. Testsuite\n", "ip", NULL));
    assert_false(finds("as section 5.6.31.2 has it", "ip", NULL));
    assert_false(finds("it is 31.5.62.71.4 now", "ip", NULL));
    assert_true(finds("ask 5.6.31.2 for it", "ip", NULL));
    assert_true(finds("\n95.6.31.2 Testsuite\n", "ip", NULL));
    assert_false(finds("\"MF_BT2\", \"MF_BT3\"", "plate", NULL));
}

/* A program everybody knows, an option, what is counted in a book. */
static void things_are_nobody(void **state) {
    (void)state;
    assert_true(
        finds("Dear Nordwind Logistics team, my order is late", "private_organisation", NULL));
    assert_true(finds("Dear CMake Ninja team, my order is late", "organisation", "CMake"));
    static const char signs[] = "a = 1;\nb = 2;\n// LATIN SMALL WITH CARON\nd = 4;\n";
    assert_false(finds(signs, "name", NULL));
    assert_false(finds("and Jython gave it to Texinfo", "name", NULL));
    assert_true(finds("and Travis gave it to my mother", "name", "Travis"));
    assert_true(finds("a = 1;\nb = 2;\nuser = 'ANNA KRAUSE';\nd = 4;\n", "name", "ANNA KRAUSE"));
    assert_false(finds("\n\n_Exper._ 12. In the middle of it", "uncertain_name", NULL));
    assert_false(finds("built with -Wquux and without", "uncertain_name", NULL));
    assert_false(finds("it was about 8/9 Parts of the sides", "small_place", NULL));
}

/* Licences and who holds rights, histories of versions, manuals; nobody's own papers. */
static void what_is_published_is_nobodys(void **state) {
    (void)state;
    static const struct one authors[] = {
        {"quux (1.2-3) unstable; urgency=medium\n\n  * Fixed by Thomas Brandt.\n", "Thomas Brandt"},
        {"2019-03-01  Anna Krause  <anna@nordwind.net>\n\n\t* a.c (b): c.\n\n"
         "2019-02-01  Thomas Brandt  <thomas@nordwind.net>\n\n\t* a.c (b): c.\n",
         "Thomas Brandt"},
        {"Upstream-Name: quux\n\nFiles: *\nCopyright: 2010, Anna Krause\n  2011, Thomas "
         "Brandt\nLicense: MIT\n",
         "Thomas Brandt"},
        {"NAME\n  quux\nSYNOPSIS\n  quux -a\nAUTHOR\n  Written by Thomas Brandt.\n",
         "Thomas Brandt"}};
    EXPECT(authors, "uncertain_name", "name");
    static const struct one somebodies[] = {
        {"NAME\n  quux\nSYNOPSIS\n  quux -a\n\nplease forward this to Thomas Brandt",
         "Thomas Brandt"},
        {"2019-03-01 met Thomas Brandt\n2019-03-02 saw Thomas Brandt again\n", "Thomas Brandt"},
        {"-Milk\n-Bread\n-Eggs\n-call Thomas Brandt\n-Tea\n", "Thomas Brandt"}};
    EXPECT(somebodies, "name", NULL);
    static const char letter[] = "Dear Nordwind Logistics team, my order is late";
    assert_true(finds(letter, "private_organisation", NULL));
    assert_true(finds("OPTIONS\n  -x\nSEE ALSO\n  quux\nDear Nordwind Logistics team, my order is "
                      "late",
                      "private_organisation", NULL));
    assert_false(
        finds("the order QX7-4410 is late\n--all\n--any\n--one\n--two\n", "uncertain_term", NULL));
    assert_true(finds("the order QX7-4410 is late\n-all of it\n-any of it\n-one\n-two\n",
                      "uncertain_term", NULL));
    assert_true(finds("write to test-user@mailbox.org", "example_email", NULL));
    assert_true(finds("write to tester@mailbox.org", "email", NULL));
    assert_false(finds("Files: *\nLicense: MIT\nCopyright: 2010, Cancer Labs\n", "health", NULL));
    assert_true(finds("Files: *\nLicense: MIT\n\nKrause has been diagnosed with diabetes.",
                      "health", NULL));
    assert_false(finds("Copyright: 2021 Anna Krause\n  2013-2019 Iain Lane\nLicense: MIT\n",
                       "address", NULL));
    assert_false(finds(" -- quux  Mon, 24 Jan 2022 13:05:00 +0100", "address", NULL));
    assert_false(finds("#if 1.6 (CMake 3.0)", "address", NULL));
}

/* In a program, unless somebody is spoken of. */
static void what_is_disabled_is_a_switch(void **state) {
    (void)state;
    static const char head[] = "int a;\nint b;\nint c;\n";
    char text[200];
    snprintf(text, sizeof text, "%s/* They have been disabled since 2019. */\n", head);
    assert_false(finds(text, "health", NULL));
    snprintf(text, sizeof text, "%s/* I have been disabled since 2019. */\n", head);
    assert_true(finds(text, "health", NULL));
    assert_true(finds("I have been disabled since 2019.", "health", NULL));
    assert_false(
        finds("Some readers do not use time type 0 for what came before.", "health", NULL));
    assert_false(finds("The value of it defaults to what our parent has.", "finance", NULL));
    assert_true(finds("I defaulted on my loan last month.", "finance", NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_raise_nothing),
        cmocka_unit_test(what_goes_with_them_raises_nothing),
        cmocka_unit_test(what_is_published_is_nobodys),
        cmocka_unit_test(addresses_of_nobody),
        cmocka_unit_test(things_are_nobody),
        cmocka_unit_test(what_is_disabled_is_a_switch),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
