/* links: sense */
/* A match that is cut at any place, over two or three texts that go on in each other, is found as
 * if it stood in one; and only where they do. */
#include "sense/sense.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const struct str WORDS[] = {STR_INIT("Nightingale")};

static bool is_boundary(struct str s, size_t at) {
    return at == s.len || ((unsigned char)s.ptr[at] & 0xc0) != 0x80;
}

/* Whether texts, in segments of their own, have evidence of the kind; all of it lies in them. */
static bool finds(const struct sense *s, struct str *parts, size_t n, const char *kind,
                  bool flows) {
    struct arena a = arena_make(4 << 20);
    struct err e = {0};
    struct sense_text texts[3];
    struct sense_result r;
    for (size_t i = 0; i < n; i++) {
        texts[i] = (struct sense_text){.text = parts[i], .segment = (uint32_t)i, .flows = flows};
    }
    assert_true(sense_scan(s, &a, texts, n, &SENSE_LIMITS, &r, &e));
    assert_true(sense_seams(s, &a, texts, n, &r, &e));
    bool found = false;
    for (size_t i = 0; i < r.count; i++) {
        const struct evidence *v = &r.evidence[i];
        assert_true(v->segment < n && v->from <= v->to && v->to <= parts[v->segment].len);
        assert_true(i == 0 || r.evidence[i - 1].segment <= v->segment);
        found = found || str_is(v->kind, kind);
    }
    arena_end(&a);
    return found;
}

static size_t cut_everywhere(const struct sense *s, struct str text, const char *kind,
                             const char *id) {
    size_t hidden = 0;
    for (size_t at = 1; at < text.len; at++) {
        struct str two[] = {str_sub(text, 0, at), str_sub(text, at, text.len)};
        if (is_boundary(text, at) && !finds(s, two, 2, kind, true)) {
            print_error("%s is hidden by a cut at %zu of: " STR_FMT "\n", id, at, STR_ARG(text));
            hidden++;
        }
        size_t second = at + 1 + (text.len - at) / 3;
        struct str three[] = {two[0], str_sub(text, at, second), str_sub(text, second, text.len)};
        if (is_boundary(text, at) && is_boundary(text, second) && second < text.len
            && !finds(s, three, 3, kind, true)) {
            print_error("%s is hidden by cuts at %zu and %zu\n", id, at, second);
            hidden++;
        }
    }
    return hidden;
}

static struct sense *only(const char *id) {
    struct sense *s = NULL;
    struct err e = {0};
    const struct sense_rule rule = {.name = STR("merger"), .words = WORDS, .word_count = 1};
    assert_true(sense_new(&rule, 1, &s, &e));
    size_t n = 0;
    const struct detector *d = sense_detectors(&n);
    for (size_t i = 0; i < n; i++) {
        assert_true(sense_switch(s, str_of(d[i].id), strcmp(d[i].id, id) == 0, &e));
    }
    return s;
}

static void no_cut_hides_a_match(void **state) {
    (void)state;
    size_t n = 0;
    size_t hidden = 0;
    size_t rows = 0;
    const struct detector *d = sense_detectors(&n);
    for (size_t i = 0; i < n; i++) {
        if (!d[i].pattern) {
            continue;
        }
        struct sense *s = only(d[i].id);
        char text[2048];
        snprintf(text, sizeof text, "we said: %s", d[i].fires);
        hidden += cut_everywhere(s, str_of(text), d[i].kind, d[i].id);
        rows++;
        sense_free(s);
    }
    struct sense *s = only("");
    hidden += cut_everywhere(s, STR("the Nightingale sings"), "rule:merger", "a rule's word");
    sense_free(s);
    s = only("tax-id-au");
    hidden += cut_everywhere(s, STR("we said: 123456782 is my TFN"), "tax_id", "a word behind");
    sense_free(s);
    print_message("%zu rows\n", rows);
    assert_true(rows > 100);
    assert_int_equal(hidden, 0);
}

/* What stands beside each other and does not go on is not read as one. */
static void apart_stays_apart(void **state) {
    (void)state;
    struct sense *s = only("card");
    struct str halves[] = {STR("card 4111 1111"), STR(" 1111 1111")};
    assert_true(finds(s, halves, 2, "card", true));
    assert_false(finds(s, halves, 2, "card", false));
    sense_free(s);
}

/* Long texts: only their ends are looked at, and what each has by itself stays as it was. */
static void ends_of_long_texts_are_enough(void **state) {
    (void)state;
    struct sense *s = only("iban");
    char before[5000];
    char after[5000];
    memset(before, 'x', sizeof before);
    memset(after, 'y', sizeof after);
    memcpy(before + sizeof before - 13, " DE89 3704 00", 13);
    memcpy(after, "44 0532 0130 00 ", 16);
    struct str parts[] = {{before, sizeof before}, {after, sizeof after}};
    assert_true(finds(s, parts, 2, "iban", true));
    sense_free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_cut_hides_a_match),
        cmocka_unit_test(apart_stays_apart),
        cmocka_unit_test(ends_of_long_texts_are_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
