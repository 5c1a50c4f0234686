/* links: sense lib:libhs */
/* Patterns of numbers are looked for around digits only: that finds the same as everywhere. */
#include "sense/inside.h"

#include <hs.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct hs_database *sets[PATTERN_SETS];
static struct hs_database *all[PATTERN_SETS]; /* all as words, none as numbers */
static struct hs_scratch *scratch;
static struct spots *spots;

static int open_all(void **state) {
    (void)state;
    struct err e = {0};
    hs_compile_error_t *why = NULL;
    if (!patterns_open(sets, &e) || !patterns_compile(PATTERNS_ALL, &all[PATTERNS_WORDS], &e)
        || hs_compile("never to be found", 0, HS_MODE_BLOCK, NULL, &all[PATTERNS_NUMBERS], &why)
               != HS_SUCCESS) {
        return -1;
    }
    for (size_t i = 0; i < PATTERN_SETS; i++) {
        if (hs_alloc_scratch(sets[i], &scratch) != HS_SUCCESS
            || hs_alloc_scratch(all[i], &scratch) != HS_SUCCESS) {
            return -1;
        }
    }
    spots = spots_new(scratch);
    return spots ? 0 : -1;
}

static int close_all(void **state) {
    (void)state;
    spots_free(spots);
    hs_free_scratch(scratch);
    for (size_t i = 0; i < PATTERN_SETS; i++) {
        hs_free_database(sets[i]);
        hs_free_database(all[i]);
    }
    return 0;
}

/* Adds up what was found, in whatever order. */
static void on_spot(void *ctx, size_t row, size_t end) {
    uint64_t x = (row * 100003 + end + 1) * 0x9e3779b97f4a7c15U;
    *(uint64_t *)ctx += x ^ x >> 29;
}

static uint64_t found(struct hs_database *const db[PATTERN_SETS], struct str text) {
    struct err e = {0};
    uint64_t sum = 0;
    assert_true(spots_find(spots, db, text, on_spot, &sum, &e));
    return sum;
}

/* Each row's example, so far behind a digit and so far before another one. */
static void examples_between_digits(void **state) {
    (void)state;
    static const int distances[] = {0, 1, 7, 8, 70, 72, 73, 74, 75, 145, 146, 147, 148, 160, 301};
    static char text[4096];
    size_t any = 0;
    for (size_t row = 0; row < SENSE_TABLE_COUNT; row++) {
        for (size_t i = 0; i < ARRAY_LEN(distances); i++) {
            int d = distances[i];
            int n = snprintf(text, sizeof text, "4%*s%s%*s7", d, "", SENSE_TABLE[row].face.fires,
                             distances[(i * 7 + row) % ARRAY_LEN(distances)], "");
            struct str s = {text, (size_t)n};
            if (found(sets, s) != found(all, s)) {
                fail_msg("%s, %d behind a digit", SENSE_TABLE[row].face.id, d);
            }
            any += found(sets, s) != 0;
        }
    }
    assert_true(any > SENSE_TABLE_COUNT);
}

/* Pieces of numbers in any order: words and signs that go on beyond what is read around digits. */
static void random_texts(void **state) {
    (void)state;
    static const char *const pieces[] = {"4111", " ",    "-",   "1111",      "DE89",   "a",
                                         ".",    ",",    "+4",  "536-22-87", "26",     "x0",
                                         "\n",   "2a01", ":",   "ABCPE",     "1234F",  "(415)",
                                         "867",  "5309", "DOB", "@",         "SIN 19", "/"};
    uint64_t seed = 42;
    static char text[2048];
    for (int round = 0; round < 5000; round++) {
        size_t n = 0;
        while (n < 300) {
            seed = seed * 6364136223846793005U + 1442695040888963407U;
            const char *piece = pieces[(seed >> 33) % ARRAY_LEN(pieces)];
            int blanks = (seed >> 20) % 16 ? 0 : (int)((seed >> 40) % 200);
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%*s", piece, blanks, "");
        }
        struct str s = {text, n};
        if (found(sets, s) != found(all, s)) {
            fail_msg("round %d: %s", round, text);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(examples_between_digits),
                                       cmocka_unit_test(random_texts)};
    return cmocka_run_group_tests(tests, open_all, close_all);
}
