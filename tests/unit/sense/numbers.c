/* Numbers that an office gave: words near them, numbers that stand alone, pieces of longer ones. */
#include "sense/sense.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct sense *scanner;

static int open_scanner(void **state) {
    (void)state;
    struct err e = {0};
    if (!sense_new(NULL, 0, &scanner, &e)) {
        return -1;
    }
    size_t n = 0;
    const struct detector *d = sense_detectors(&n);
    for (size_t i = 0; i < n; i++) {
        assert_true(sense_switch(scanner, str_of(d[i].id), false, &e));
    }
    return 0;
}

static int close_scanner(void **state) {
    (void)state;
    sense_free(scanner);
    return 0;
}

/* Whether this row by itself finds something, and what. */
static bool finds(struct sense_text t, const char *row, struct str *what) {
    struct arena a = arena_make(1 << 20);
    struct err e = {0};
    struct sense_result r;
    assert_true(sense_switch(scanner, str_of(row), true, &e));
    assert_true(sense_scan(scanner, &a, &t, 1, &SENSE_LIMITS, &r, &e));
    assert_true(sense_switch(scanner, str_of(row), false, &e));
    bool found = r.count > 0;
    if (found) {
        *what = str_sub(t.text, r.evidence[0].from, r.evidence[0].to);
    }
    arena_end(&a);
    return found;
}

static bool user_finds(const char *text, const char *row) {
    struct str what = {0};
    return finds((struct sense_text){.text = str_of(text), .role = ROLE_USER}, row, &what);
}

static void a_word_near_it_counts(void **state) {
    (void)state;
    static const char *const yes[] = {
        "my TFN is 123456782, as I said before",
        "123 456 782 is my tfn, as I said before",
        "the tax file number:\n123-456-782 and nothing else",
        "what about the tax_file of mine, 123456782?",
        "those TFNs: 123456782 and others",
    };
    static const char *const no[] = {
        "my order is 123456782, as I said before",
        "notfn is a word with 123456782 behind it",
        "tfnx is a word with 123456782 behind it",
        "my TFN is 123456783, as I said before",
        ("the TFN is far away from here, there are a good many words that stand between it and "
         "123456782"),
        "the order is 123456782, as I said\nTFN",
    };
    for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
        if (!user_finds(yes[i], "tax-id-au")) {
            fail_msg("not found in %s", yes[i]);
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(no); i++) {
        if (user_finds(no[i], "tax-id-au")) {
            fail_msg("found in %s", no[i]);
        }
    }
}

/* Of many numbers only those with the word near them, before it or behind it. */
static void a_word_counts_for_the_numbers_near_it(void **state) {
    (void)state;
    enum { GAP = 120, PLACES = 7 };
    static const bool worded[PLACES] = {false, true, false, false, true, true, false};
    struct arena a = arena_make(1 << 20);
    char text[PLACES * (GAP + 16)];
    memset(text, 'x', sizeof text);
    size_t wanted[PLACES];
    size_t count = 0;
    for (size_t i = 0; i < PLACES; i++) {
        size_t at = (i + 1) * GAP + i;
        memcpy(text + at, " 123456782 ", 11);
        if (worded[i]) {
            wanted[count++] = at + 1;
            memcpy(text + (i % 2 ? at + 35 : at - 60), " tfn ", 5);
        }
    }
    struct err e = {0};
    struct sense_result r;
    struct sense_text t = {.text = {text, sizeof text}, .role = ROLE_USER};
    assert_true(sense_switch(scanner, STR("tax-id-au"), true, &e));
    assert_true(sense_scan(scanner, &a, &t, 1, &SENSE_LIMITS, &r, &e));
    assert_true(sense_switch(scanner, STR("tax-id-au"), false, &e));
    assert_int_equal(r.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(r.evidence[i].from, wanted[i]);
    }
    arena_end(&a);
}

static void a_key_is_a_word(void **state) {
    (void)state;
    struct str what = {0};
    struct sense_text t = {.text = STR("123456782"), .key = STR("client_tfn"), .role = ROLE_TOOL};
    assert_true(finds(t, "tax-id-au", &what));
    t.key = STR("client_count");
    assert_false(finds(t, "tax-id-au", &what));
}

/* A person's answer that is nothing but a number counts; what a program prints does not. */
static void a_number_stands_alone(void **state) {
    (void)state;
    assert_true(user_finds("123 456 782", "tax-id-au"));
    assert_true(user_finds(" 123456782, 51 824 753 556\n", "tax-id-au"));
    assert_true(user_finds("AB1234567", "passport-uk"));
    assert_false(user_finds("size 123456782", "tax-id-au"));
    assert_false(user_finds("orders/123456782", "tax-id-au"));
    assert_false(user_finds("512345678", "passport-us"));   /* any nine digits */
    assert_false(user_finds("112212345612", "licence-kr")); /* any twelve behind a region */
    assert_true(user_finds("11-22-123456-12", "licence-kr"));
    assert_true(user_finds("8501011234567", "national-id-kr")); /* a date is in it */
    assert_false(user_finds("1234567890123", "national-id-th"));
    assert_false(user_finds("0281508150123", "tax-number-de"));
    assert_true(user_finds("0281008150123", "tax-number-de")); /* the zero of its form */
    struct str what = {0};
    struct sense_text t = {.text = STR("123456782"), .role = ROLE_TOOL};
    assert_false(finds(t, "tax-id-au", &what));
    t.role = ROLE_USER;
    t.key = STR("bytes");
    assert_false(finds(t, "tax-id-au", &what));
    t.key = STR("content");
    t.flows = true;
    assert_true(finds(t, "tax-id-au", &what));
}

/* As offices and people write them: with dots, in small letters, in older forms. */
static void forms_that_are_written(void **state) {
    (void)state;
    static const struct {
        const char *row, *text;
    } yes[] = {{"national-id-fr", "1 49 03 2A 020 859 87"},
               {"national-id-fr", "149032a02085987"},
               {"national-id-ch", "756 9217 0769 85"},
               {"national-id-es", "12.345.678-Z"},
               {"national-id-cl", "RUT 12531909-2"},
               {"national-id-cl", "RUT 125319092"},
               {"national-id-ie", "PPSN 6433435 F"},
               {"national-id-it", "RSS MRA 85T10 A562S"},
               {"national-id-dk", "211062-5629"},
               {"national-id-fi", "131052-308t"},
               {"national-id-cz", "rodné číslo 780123/3540"},
               {"national-id-yu", "EMŠO 0101006500006"},
               {"national-id-tr", "T.C. kimlik no 17291716060"},
               {"tax-id-au", "TFN 85 655 734"},
               {"tax-id-ar", "CUIT 34-99903208-9"},
               {"tax-id-pt", "PT 501 964 843"},
               {"tax-number-de", "5133081508159"},
               {"tax-number-de-said", "St. Nr. 93815/08152"},
               {"medicare-au", "2123 45670 1/1"},
               {"ssn-parted", "536 22 8726"},
               {"cif-es", "VAT ESA58818501"},
               {"nip-pl", "PL 526-104-08-28"},
               {"org-fi", "Y-tunnus 01120389"},
               {"register-de", "Amtsgericht Hamburg, HRB Nr. 12345"},
               {"register-de", "HRB: 123456 B"},
               {"iban", "de89 3704 0044 0532 0130 00 ist meine"},
               {"iban", "IBAN: NO93-8601-1117-947"},
               {"mac-dotted", "device 3c22.fb9a.017e"},
               {"postcode-uk", "he lives at E14 5AB now"}};
    for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
        if (!user_finds(yes[i].text, yes[i].row)) {
            fail_msg("%s: not found in %s", yes[i].row, yes[i].text);
        }
    }
    struct str what = {0};
    struct sense_text t = {.text = STR("de89 3704 0044 0532 0130 00 ist meine")};
    assert_true(finds(t, "iban", &what));
    assert_true(str_is(what, "de89 3704 0044 0532 0130 00"));
}

/* Goods, times and years have such numbers, too; what no office gives out is none. */
static void what_only_looks_so(void **state) {
    (void)state;
    static const struct {
        const char *row, *text;
    } no[] = {{"national-id-ch", "EAN 4006381333931"}, /* goods */
              {"national-id-ch", "ISBN 9783161484100"},
              {"national-id-se", "it began 250312-1430 and ended"}, /* a time */
              {"national-id-in", "during 2015 2016 2017 as"},
              {"national-id-za", "began at 1801015000011 ms"},
              {"national-id-it", "RSSMRA85T32A562Y"}, /* a day that is none */
              {"national-id-fr", "149032C02085987"},
              {"national-id-tr", "sent 17291716060 bytes"},
              {"tax-id-nz", "205840400"},
              {"tax-id-pt", "NIF 401964841"},
              {"tax-id-ua", "RNOKPP 9000805486"},
              {"pension-de", "35 170839 J 006"},
              {"dea-us", "in part AB1234563 of it"}, /* one of ten codes is right */
              {"cif-es", "in part A58818501 of it"},
              {"org-fi", "in part 0112038-9 of it"},
              {"health-insurance-de", "in part A123456780 of it"},
              {"id-card-pl", "in part ABS123456 of it"},
              {"licence-us", "D12345678"},
              {"plate-ng", "plate ABC-000DE"},
              {"iban", "DE86 3704 0044 0532 0130"}, /* too short for its country */
              {"iban", "XX66 1234 5698 7654 32"},
              {"mac", "01:00:5e:7f:00:01"}, /* groups */
              {"mac", "33:33:00:00:00:fb"},
              {"mac-dotted", "inside 1234.5678.9012 of it"},
              {"postcode-uk", "at W1Q 0AX"},
              {"postcode-uk", "inside the E1 1ST of it"},
              {"brn-kr", "BRN 091-23-70990"}};
    for (size_t i = 0; i < ARRAY_LEN(no); i++) {
        if (user_finds(no[i].text, no[i].row)) {
            fail_msg("%s: found in %s", no[i].row, no[i].text);
        }
    }
}

/* What programs count and make up: times, lengths that no card has, countries that are none. */
static void what_programs_write(void **state) {
    (void)state;
    static const struct {
        const char *row, *text;
        bool found;
    } rows[] = {{"card", "sent 5387592930644 of them", false},
                {"card", "sent 379438 53676342 of them", false},
                {"card", "paid with 5555 5555 5555 4444 today", true},
                {"card", "paid with 6304000000000000 today", true},
                {"card", "paid with 378282246310005 today", true},
                {"cnpj-br", "began 20250622061648 there", false},
                {"cnpj-br", "CNPJ 11222333000181", true},
                {"national-id-za", "1503310117.297", false},
                {"national-id-in", "range 8081.0020.0006 there", false},
                {"phone-intl", "int32 +4294967296", false},
                {"phone-intl", "quux 1.2+20220202101403", false},
                {"phone-intl", "quux 1.2~+20220202101403", false},
                {"phone-intl", "call +20 2 2345 6789 now", true},
                {"phone-us", "see 252.227-7013 there", false},
                {"mac", "ether 02:42:1b:65:cf:6e", false},
                {"mac", "ether 3c:22:fb:9a:01:7e", true},
                {"ip", "version 3.31.0.2 of it", false},
                {"plate-de", "the wagen holds up to 100", false},
                {"plate-de", "kennzeichen hh ab 1234", true},
                {"home-path", "see /home/www/notes", false},
                {"generic-secret", "const apiKey: isApiKeyProvider, x", false},
                {"generic-secret", "privateKey := testP256PrivateKey\n", false},
                {"generic-secret", "client_secret = q8Zt4LwX1rVb7NcY2pKd", true}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (user_finds(rows[i].text, rows[i].row) != rows[i].found) {
            fail_msg("%s: %s", rows[i].row, rows[i].text);
        }
    }
}

static void groups_of_receivers(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool found;
    } rows[] = {{"join 224.0.0.251 now", false},         {"join 224.0.1.129 now", false},
                {"join 239.192.4.7 now", false},         {"join 233.252.0.18 now", false},
                {"join 232.17.4.71 now", true},          {"join 224.5.6.77 now", true},
                {"join ff02:0:0:0:0:0:0:fb now", false}, {"join ff0e:0:0:0:0:0:0:101 now", false},
                {"join ff3e:40:2001:8:1::4a now", true}, {"ping 2003:12:3456::17 now", true},
                {"ping 2001:db8:1:2::a now", false},     {"ping 2001:4860:4860::8888 now", false}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        bool found = user_finds(rows[i].text, "ip") || user_finds(rows[i].text, "ip6")
                     || user_finds(rows[i].text, "ip6-group");
        if (found != rows[i].found) {
            fail_msg("%s", rows[i].text);
        }
    }
}

/* All digits alike are nobody's, whatever the checksum says. */
static void the_same_digit_is_nobody(void **state) {
    (void)state;
    assert_false(user_finds("999 999 999", "siren-fr"));
    assert_false(user_finds("0000000000000", "national-id-za"));
    assert_false(user_finds("our ABN 00 000 000 000", "abn-au"));
}

static void a_piece_is_none(void **state) {
    (void)state;
    static const char *const no[] = {
        "TFN 123456782-1",   "TFN 9.123456782", "TFN a123456782",
        "TFN 123456782a",    "TFN $123456782",  "TFN 123 456 782 9",
        "TFN 1 123 456 782", "TFN 123456782%",  "TFN x-123456782",
    };
    for (size_t i = 0; i < ARRAY_LEN(no); i++) {
        if (user_finds(no[i], "tax-id-au")) {
            fail_msg("found in %s", no[i]);
        }
    }
    struct str what = {0};
    struct sense_text t = {.text = STR("NINO (AB 12 34 56 C), since 1999"), .role = ROLE_USER};
    assert_true(finds(t, "national-id-uk", &what));
    assert_true(str_is(what, "AB 12 34 56 C"));
}

/* Every digit of a number with a checksum can be wrong. */
static void one_wrong_digit_shows(void **state) {
    (void)state;
    static const struct {
        const char *row, *text;
    } numbers[] = {
        {"tax-id-au", "TFN 123456782"},         {"abn-au", "ABN 51824753556"},
        {"medicare-au", "Medicare 2123456701"}, {"aba-us", "routing 121000358"},
        {"npi-us", "NPI 1234567893"},           {"national-id-de", "Ausweis T220001293"},
        {"pension-de", "65170839J003"},         {"national-id-pl", "PESEL 44051401458"},
        {"org-se", "orgnr 556703-7485"},        {"brn-kr", "BRN 123-45-67891"},
        {"national-id-za", "7503305044089"},    {"national-id-th", "Thai ID 1234567890121"},
        {"tax-id-ph", "TIN 123456782"},         {"vin", "VIN 1M8GDM9AXKP042788"}};
    for (size_t n = 0; n < ARRAY_LEN(numbers); n++) {
        char text[64];
        size_t len = strlen(numbers[n].text);
        memcpy(text, numbers[n].text, len + 1);
        assert_true(user_finds(text, numbers[n].row));
        int tried = 0;
        int passed = 0;
        for (size_t i = 0; i < len; i++) {
            char digit = text[i];
            for (char c = '0'; c <= '9' && digit >= '0' && digit <= '9'; c++) {
                text[i] = c;
                tried += c != digit;
                passed += c != digit && user_finds(text, numbers[n].row);
            }
            text[i] = digit;
        }
        /* A digit that no sum counts (Medicare's last) may be any; VINs are checked by maker. */
        bool weak = strcmp(numbers[n].row, "vin") == 0;
        if (!weak && passed * 6 > tried) {
            fail_msg("%s: %d of %d wrong ones pass", numbers[n].row, passed, tried);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_near_it_counts),
        cmocka_unit_test(a_word_counts_for_the_numbers_near_it),
        cmocka_unit_test(a_key_is_a_word),
        cmocka_unit_test(a_number_stands_alone),
        cmocka_unit_test(forms_that_are_written),
        cmocka_unit_test(what_only_looks_so),
        cmocka_unit_test(what_programs_write),
        cmocka_unit_test(groups_of_receivers),
        cmocka_unit_test(the_same_digit_is_nobody),
        cmocka_unit_test(a_piece_is_none),
        cmocka_unit_test(one_wrong_digit_shows),
    };
    return cmocka_run_group_tests(tests, open_scanner, close_scanner);
}
