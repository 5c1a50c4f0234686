/* What is no name, but may say who or what is meant. All are made up. */
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
    if (h->kind == TAGGER_TERM) {
        f->first = f->count++ ? f->first : str_sub(f->text, h->from, h->to);
    }
}

static struct found scan(const char *text) {
    struct tagger_known known = {0};
    struct found f = {.text = str_of(text)};
    tagger_scan(f.text, &known, on_hit, NULL, &f);
    return f;
}

static void terms_are_whole(void **state) {
    (void)state;
    static const struct {
        const char *text, *term;
    } cases[] = {
        {"the order QX7-4410 is late", "QX7-4410"},
        {"they call the device V8813, I think", "V8813"},
        {"see https://nordwind.net/plan?id=3, it is all there", "https://nordwind.net/plan?id=3"},
        {"it is on www.nordwind.net.", "www.nordwind.net"},
        {"read nordwind.org/plan before", "nordwind.org/plan"},
        {"read https://notgnu.org/plan before", "https://notgnu.org/plan"},
        {"read https://gnu.org.nordwind.net/plan before", "https://gnu.org.nordwind.net/plan"},
        {"ask @night_owl_7 about it", "@night_owl_7"},
        {"the account night_owl wrote back", "night_owl"},
        {"we had the KWRZ look at it", "KWRZ"},
        {"they run all of it on DrumQuilt these days", "DrumQuilt"},
        {"she sings in the choir Silent Harvest all year", "Silent Harvest"},
        {"the shop is called \xe5\xb1\xb1\xe7\x94\xb0 in Japan", "\xe5\xb1\xb1\xe7\x94\xb0"},
        {"the word \xd0\xbc\xd0\xb8\xd1\x80 means peace", "\xd0\xbc\xd0\xb8\xd1\x80"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct found f = scan(cases[i].text);
        if (f.count != 1 || !str_is(f.first, cases[i].term)) {
            fail_msg("%s: %zu, " STR_FMT, cases[i].text, f.count, STR_ARG(f.first));
        }
    }
}

static void what_counts_or_is_known_is_none(void **state) {
    (void)state;
    static const char *const texts[] = {
        "a 24-hour walk of 30km on the 3rd, in the 1990s, with 2x4 planks and v1.20.3",
        "What is the difference between TCP and UDP?",
        "either/or, and so on... really?!",
        "WE WROTE ALL OF THIS IN CAPITALS BUT SAID NOTHING",
        "Write a short poem. Then explain it in English.",
        "it is UTF-8 with a SHA-256 sum on x86_64, under GPL-2 at 2025-10-18T00:29:45Z",
        "see https://www.gnu.org/licenses/gpl-3.0.html and http://api.example.com/v1/x_y",
        "as it says before, Ibid, and in the second Vol of it",
        "as said in THEOR. IV and KWRZ. 3, about 5 Inches of the object-Metal",
        "",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct found f = scan(texts[i]);
        if (f.count) {
            fail_msg("%s: " STR_FMT, texts[i], STR_ARG(f.first));
        }
    }
}

/* Code is made of such words; a link in it is still one. */
static void code_is_left_alone(void **state) {
    (void)state;
    static const char code[] =
        "int read_all(struct reader *r) {\n    r->at = r->from_file(r->path2);\n"
        "    return drawQuilt(r, MAX_KWRZ);\n}\n";
    assert_int_equal(scan(code).count, 0);
    assert_int_equal(scan("get(\"https://nordwind.net/a\"); /* {x} */").count, 1);
}

/* So are settings and what programs write; what a setting is set to counts by itself. */
static void names_of_settings_are_none(void **state) {
    (void)state;
    static const struct {
        const char *text, *term; /* NULL: none */
    } cases[] = {
        {"we set API_KEY=QX7-4410 on the server", "QX7-4410"},
        {"we set NORDWIND_KEY=QX7-4410 on the server", "NORDWIND_KEY"},
        {"it says \"access_token\": in the answer", NULL},
        {"REDIS_URL=redis://db.nordwind.net/0 is what it reads", "redis://db.nordwind.net/0"},
        {"env:\n  API_KEY: x\n  mxPathname2: y\n  -H 'Content-Type: z'\n", NULL},
        {"env:\n  image: QX7-4410\n  a_b: SilentHarvest\n", "QX7-4410"},
        {"/* by Silent Harvest */\nint a;\nint Size;\nint b;\n", "Silent Harvest"},
        {"call https://hooks.slack.com/services/x for it", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct found f = scan(cases[i].text);
        bool right = cases[i].term ? f.count && str_is(f.first, cases[i].term) : !f.count;
        if (!right) {
            fail_msg("%s: %zu, " STR_FMT, cases[i].text, f.count, STR_ARG(f.first));
        }
    }
}

/* Each is told once; another spelling is another one. */
static void what_returns_is_told_once(void **state) {
    (void)state;
    assert_int_equal(scan("QX7-4410 and QX7-4410, but not QX7-4411").count, 2);
}

/* What is longer could not be replaced, and would keep the request here. */
static void none_is_long(void **state) {
    (void)state;
    static char text[4000];
    size_t n = 0;
    for (int i = 0; i < 28; i++) {
        memcpy(text + n, " so we read on", 14);
        n += 14;
    }
    for (int i = 0; i < 30; i++) {
        memcpy(text + n, " Silent Harvest", 15);
        n += 15;
    }
    struct found f = scan(text);
    assert_true(f.count > 0 && f.first.len <= 300);
    memset(text, 'a', sizeof text - 1);
    memcpy(text, "https://", 8);
    assert_int_equal(scan(text).count, 0);
    memset(text, 'K', sizeof text - 1);
    memcpy(text, "we had the ", 11);
    assert_int_equal(scan(text).count, 0);
}

/* A word of a long token is judged by what stands around it, not by what is far away in it. */
static void a_long_token_is_looked_at_around_its_words(void **state) {
    (void)state;
    enum { WORDS = 400, MIDDLE = 200, REACH = 60 };
    static char text[5 * WORDS + 1];
    for (size_t i = 0; i < WORDS; i++) {
        memcpy(text + 5 * i, i <= MIDDLE + REACH + 1 ? "XQZA-" : "XQZB-", 5);
    }
    assert_int_equal(scan(text).count, 0);
    memcpy(text + 5 * MIDDLE, "XqZa-", 5); /* near it the others are coined words, too */
    struct found f = scan(text);
    assert_int_equal(f.count, 2);
    assert_in_range(f.first.ptr - text, 5 * (MIDDLE - REACH - 1), 5 * (MIDDLE - REACH + 1));
}

/* A text of that script is not hidden as a whole. */
static void a_text_of_another_script_stays(void **state) {
    (void)state;
    assert_int_equal(
        scan("\xd1\x8d\xd1\x82\xd0\xbe \xd0\xbc\xd0\xb8\xd1\x80 \xd0\xb8 \xd0\xb4\xd0\xbe\xd0\xbc")
            .count,
        0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_are_whole),
        cmocka_unit_test(what_counts_or_is_known_is_none),
        cmocka_unit_test(code_is_left_alone),
        cmocka_unit_test(names_of_settings_are_none),
        cmocka_unit_test(what_returns_is_told_once),
        cmocka_unit_test(none_is_long),
        cmocka_unit_test(a_long_token_is_looked_at_around_its_words),
        cmocka_unit_test(a_text_of_another_script_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
