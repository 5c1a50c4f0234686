/* links: sense */
/* A zero byte in a text, which JSON can hold, is a byte like any other: where it stands between
 * words, or beside a secret, the same is found as where another control character stands there.
 * WEIR_ROUNDS=n tries n. */
#include "base/buf.h"
#include "random.h"
#include "sense/sense.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { ROUNDS = 3000, MOST_PIECES = 5 };

static const char *const PLAIN[] = {"the river rises in spring",
                                    "int main(void) { return 0; }",
                                    "see the table below:",
                                    "- name: x",
                                    "my sister has asthma",
                                    "Dear Anna Krause,",
                                    "curl -u",
                                    "password:",
                                    "token =",
                                    "client_secret: '",
                                    "user_id",
                                    "open /home/fred",
                                    "\"a\": 1,",
                                    "Exper. 7",
                                    "gcc -Wno-psabi"};
static const char *const JOINTS[] = {" ", "\n", ": ", " = ", ", ", "", " \"", "\" ", "; "};

struct world {
    struct sense *sense;
    uint64_t random;
};

/* Blanks are '\1' where a control character is to stand. */
static struct str any_text(struct world *w, struct arena *a) {
    size_t n = 0;
    const struct detector *rows = sense_detectors(&n);
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 16);
    for (size_t left = 1 + below(&w->random, MOST_PIECES); left; left--) {
        const struct detector *d = &rows[below(&w->random, n)];
        const char *piece = chance(&w->random, 60)   ? d->fires
                            : chance(&w->random, 30) ? d->not
                                                     : PICK(&w->random, PLAIN);
        buf_add(&b, str_of(chance(&w->random, 20) ? "\1" : ""));
        buf_add(&b, str_of(piece));
        buf_add(&b, str_of(chance(&w->random, 30) ? "\1" : PICK(&w->random, JOINTS)));
    }
    char *text = str_cstr(a, buf_str(&b));
    for (size_t i = 0; i < b.len; i++) {
        text[i] = text[i] == ' ' && chance(&w->random, 25) ? '\1' : text[i];
    }
    return (struct str){text, b.len};
}

static struct str with_zeros(struct arena *a, struct str text) {
    char *other = str_cstr(a, text);
    for (size_t i = 0; i < text.len; i++) {
        other[i] = (char)(other[i] == '\1' ? '\0' : other[i]);
    }
    return (struct str){other, text.len};
}

static struct sense_result scan(struct world *w, struct arena *a, struct sense_text t) {
    struct err e = {0};
    struct sense_result r;
    assert_true(sense_scan(w->sense, a, &t, 1, &SENSE_LIMITS, &r, &e));
    return r;
}

static bool has(const struct sense_result *r, const struct evidence *v) {
    for (size_t i = 0; i < r->count; i++) {
        const struct evidence *o = &r->evidence[i];
        if (o->from == v->from && o->to == v->to && str_eq(o->detector, v->detector)) {
            return true;
        }
    }
    return false;
}

static void show(struct str text, const struct evidence *v, const char *which) {
    print_error("only with %s: %.*s at %u\n", which, STR_ARG(v->detector), v->from);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        print_error(c < ' ' ? "\\x%02x" : "%c", c);
    }
    print_error("\n");
}

static void the_same_is_found(void **state) {
    (void)state;
    struct world w = {.random = setting("WEIR_SEED", 1)};
    struct err e = {0};
    assert_true(sense_new(NULL, 0, &w.sense, &e));
    size_t found = 0;
    for (size_t i = 0, rounds = setting("WEIR_ROUNDS", ROUNDS); i < rounds; i++) {
        struct arena a = arena_make(64UL << 20);
        struct str text = any_text(&w, &a);
        struct sense_text t = {
            .text = text, .role = ROLE_USER, .is_key = chance(&w.random, 10), .flows = true};
        struct sense_result one = scan(&w, &a, t);
        t.text = with_zeros(&a, text);
        struct sense_result zero = scan(&w, &a, t);
        size_t wrong = 0;
        for (size_t k = 0; k < one.count; k++) {
            if (!has(&zero, &one.evidence[k])) {
                show(t.text, &one.evidence[k], "\\x01");
                wrong++;
            }
        }
        for (size_t k = 0; k < zero.count; k++) {
            if (!has(&one, &zero.evidence[k])) {
                show(t.text, &zero.evidence[k], "a zero byte");
                wrong++;
            }
        }
        found += one.count;
        arena_end(&a);
        assert_int_equal(wrong, 0);
    }
    assert_true(found > 0);
    sense_free(w.sense);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_same_is_found)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
