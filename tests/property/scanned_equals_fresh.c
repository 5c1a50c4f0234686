/* links: hub */
/* What is remembered of a scan is the scan: whatever a conversation brought before, in whatever
 * order, under whatever rules, the evidence is that of a scanner that sees everything anew.
 * WEIR_ROUNDS=n tries n. */
#include "hub/inner.h"
#include "random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { ROUNDS = 4000, THREADS = 4, PARTS = 24, MOST_TEXTS = 12, SCANNERS = 2 };

static const unsigned char SECRET[32] = "a key that only this test has..";
static const char *const FOUND[] = {"anna.berg@wren-hill.org",
                                    "DE89 3704 0044 0532 0130 00",
                                    "4111 1111 1111 1111",
                                    "I was diagnosed with asthma",
                                    "password: hunter2hunter2Q!",
                                    "Nightingale",
                                    "aHR0cHM6Ly91c2VyOnNlY3JldHB3QGV4YW1wbGUub3JnL3BhdGg=",
                                    "+49 170 1234567",
                                    "caf\xc3\xa9 \xf0\x9f\x8c\x8a",
                                    "Mrs Anneliese Brockhaus wrote to us",
                                    "ask kowalczuk.tadeusz@wren-hill.org about it",
                                    "then brockhaus said no",
                                    "and Kowalczuk agreed, so did Okonkwo",
                                    "Dear Mr Okonkwo, thank you",
                                    "tadeusz knows anneliese"};
static const char *const PLAIN[] = {"the river rises in spring ", "int main(void) { return 0; } ",
                                    "see the table below ", "{\"a\": [1, 2, 3]} "};
static const char *const KEYS[] = {"", "content", "password", "text"};

struct world {
    struct scanned *scanned;
    struct sense *sense[SCANNERS];
    uint64_t random;
    size_t rounds, evidence;
    pthread_t thread;
    char failure[600];
};

static struct str any_text(struct world *w, struct arena *a) {
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 20);
    size_t n = below(&w->random, 40);
    for (size_t i = 0; i < n; i++) {
        bool found = below(&w->random, 12) == 0;
        const char *s = found ? PICK(&w->random, FOUND) : PICK(&w->random, PLAIN);
        buf_addf(&b, "%s%s", s, found ? " " : "");
    }
    if (below(&w->random, 400) == 0) { /* more than is remembered of one text */
        for (int i = 0; i < 400; i++) {
            buf_addf(&b, "x%d@wren-hill.org ", i);
        }
    }
    return str_dup(a, buf_str(&b));
}

static struct sense_text any_sense_text(struct world *w, struct str text) {
    return (struct sense_text){.text = text,
                               .key = str_of(PICK(&w->random, KEYS)),
                               .role = (enum label_role)below(&w->random, 3),
                               .flows = below(&w->random, 2) == 0,
                               .is_key = below(&w->random, 30) == 0,
                               .opaque = below(&w->random, 30) == 0};
}

static int by_all(const void *x, const void *y) {
    const struct evidence *a = x;
    const struct evidence *b = y;
    if (a->segment != b->segment) {
        return a->segment < b->segment ? -1 : 1;
    }
    if (a->from != b->from) {
        return a->from < b->from ? -1 : 1;
    }
    if (a->to != b->to) {
        return a->to < b->to ? -1 : 1;
    }
    int kind = str_cmp(a->kind, b->kind);
    return kind ? kind : str_cmp(a->detector, b->detector);
}

static bool same(struct sense_result *x, struct sense_result *y) {
    bool equal = x->count == y->count && x->rule_count == y->rule_count;
    if (equal && x->count) {
        qsort(x->evidence, x->count, sizeof *x->evidence, by_all);
        qsort(y->evidence, y->count, sizeof *y->evidence, by_all);
    }
    for (size_t i = 0; equal && i < x->count; i++) {
        const struct evidence *a = &x->evidence[i];
        const struct evidence *b = &y->evidence[i];
        equal = by_all(a, b) == 0 && a->validated == b->validated && a->confidence == b->confidence;
    }
    for (size_t i = 0; equal && i < x->rule_count; i++) {
        bool there = false;
        for (size_t k = 0; k < y->rule_count; k++) {
            there = there || str_eq(x->rules_hit[i], y->rules_hit[k]);
        }
        equal = there;
    }
    return equal;
}

static bool is_sorted(const struct sense_result *r) {
    for (size_t i = 1; i < r->count; i++) {
        if (r->evidence[i].segment < r->evidence[i - 1].segment) {
            return false;
        }
    }
    return true;
}

static struct scan_order order_of(const struct sense *s, struct str conversation,
                                  const struct sense_text *texts, size_t n) {
    return (struct scan_order){.sense = s,
                               .limits = &SENSE_LIMITS,
                               .secret = SECRET,
                               .conversation = conversation,
                               .texts = texts,
                               .count = n};
}

/* One request: the conversation's parts as they came, but for some. */
static void one_request(struct world *w, const struct sense_text *parts) {
    struct arena a = arena_make(SIZE_MAX);
    struct sense_text texts[MOST_TEXTS];
    size_t n = below(&w->random, MOST_TEXTS);
    for (size_t i = 0; i < n; i++) {
        texts[i] = parts[below(&w->random, 12) ? i : below(&w->random, PARTS)];
        texts[i].segment = (uint32_t)i;
    }
    struct str conversation = below(&w->random, 2) ? STR("c1") : STR("c2");
    const struct sense *s = w->sense[below(&w->random, SCANNERS)];
    struct sense_result fresh = {0};
    struct sense_result known = {0};
    struct err e = {0};
    struct scan_order o = order_of(s, conversation, texts, n);
    bool ok = sense_scan(s, &a, texts, n, &SENSE_LIMITS, &fresh, &e)
              && sense_seams(s, &a, texts, n, &fresh, &e)
              && scanned_scan(w->scanned, &a, &o, &known, &e);
    if (!ok) {
        snprintf(w->failure, sizeof w->failure, "a scan failed: %s", e.text);
    } else if (!is_sorted(&known)) {
        snprintf(w->failure, sizeof w->failure, "the evidence is not in the order of the texts");
    } else if (!same(&fresh, &known)) {
        snprintf(w->failure, sizeof w->failure, "%zu findings, %zu when scanned anew", known.count,
                 fresh.count);
    }
    w->evidence += fresh.count;
    if (below(&w->random, 50) == 0) {
        scanned_drop(w->scanned, conversation);
    }
    arena_end(&a);
}

static void *live(void *arg) {
    struct world *w = arg;
    struct sense_text parts[PARTS];
    struct arena a = arena_make(SIZE_MAX);
    for (size_t i = 0; i < w->rounds && !w->failure[0]; i++) {
        if (i % 200 == 0) {
            arena_end(&a);
            a = arena_make(SIZE_MAX);
            for (size_t k = 0; k < PARTS; k++) {
                parts[k] = any_sense_text(w, any_text(w, &a));
            }
        }
        one_request(w, parts);
    }
    arena_end(&a);
    return NULL;
}

static void it_is_as_if_scanned_anew(void **state) {
    (void)state;
    size_t rounds = setting("WEIR_ROUNDS", ROUNDS);
    static const struct str words[] = {STR_INIT("Nightingale")};
    const struct sense_rule rule = {.name = STR("the merger"), .words = words, .word_count = 1};
    struct world worlds[THREADS] = {0};
    struct scanned *scanned = scanned_new();
    struct sense *sense[SCANNERS] = {0};
    struct err e = {0};
    assert_true(sense_new(NULL, 0, &sense[0], &e));
    assert_true(sense_new(&rule, 1, &sense[1], &e));
    for (size_t i = 0; i < THREADS; i++) {
        worlds[i] = (struct world){.scanned = scanned,
                                   .sense = {sense[0], sense[1]},
                                   .random = 0x9e3779b97f4a7c15u + i,
                                   .rounds = rounds};
        pthread_create(&worlds[i].thread, NULL, live, &worlds[i]);
    }
    size_t evidence = 0;
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(worlds[i].thread, NULL);
        evidence += worlds[i].evidence;
        assert_string_equal(worlds[i].failure, "");
    }
    int64_t hits = 0;
    int64_t misses = 0;
    size_t bytes = 0;
    scanned_counts(scanned, &hits, &misses, &bytes);
    print_message("%zu findings; %lld texts known, %lld new\n", evidence, (long long)hits,
                  (long long)misses);
    assert_true(evidence > 0 && hits > misses && misses > 0);
    scanned_drop(scanned, STR("c1"));
    scanned_drop(scanned, STR("c2"));
    scanned_counts(scanned, &hits, &misses, &bytes);
    assert_int_equal(bytes, 0);
    scanned_free(scanned);
    sense_free(sense[0]);
    sense_free(sense[1]);
}

/* A scanner that fails is noticed, and many conversations do not make it grow. */
static void it_fails_with_the_scanner_and_stays_small(void **state) {
    (void)state;
    struct arena a = arena_make(SIZE_MAX);
    struct scanned *scanned = scanned_new();
    struct sense *s = NULL;
    struct sense_result r = {0};
    struct err e = {0};
    assert_true(sense_new(NULL, 0, &s, &e));
    char *long_text = arena_alloc(&a, 401);
    for (size_t i = 0; i < 400; i += 8) {
        memcpy(long_text + i, "some of ", 8);
    }
    memcpy(long_text + 200, " anna@wren-hill.org ", 20);
    struct sense_text t = {.text = {long_text, 400}};
    struct scan_order o = order_of(s, STR("c"), &t, 1);
    for (int i = 0; i < 40000; i++) {
        memcpy(long_text, str_fmt(&a, "%07d ", i).ptr, 8);
        assert_true(scanned_scan(scanned, &a, &o, &r, &e));
        assert_int_equal(r.count, 1);
    }
    int64_t hits = 0;
    int64_t misses = 0;
    size_t bytes = 0;
    scanned_counts(scanned, &hits, &misses, &bytes);
    assert_true(bytes > (3u << 19) && bytes <= (2u << 20));
    sense_fail_scans(SENSE_FAILS);
    memcpy(long_text, "not yet ", 8);
    assert_false(scanned_scan(scanned, &a, &o, &r, &e));
    sense_fail_scans(SENSE_FINE);
    assert_true(scanned_scan(scanned, &a, &o, &r, &e));
    sense_free(s);
    scanned_free(scanned);
    arena_end(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_as_if_scanned_anew),
        cmocka_unit_test(it_fails_with_the_scanner_and_stays_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
