/* What is kept of a text comes back as it was, as long as it is asked for; the ring goes round. */
#include "hub/scan_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { MANY = 39999, ROOM = 2 << 20 };

static struct keyed_hash hash_of(int i) {
    static const unsigned char key[KEYED_KEY] = {1};
    return hash_keyed(key, (struct str){(const char *)&i, sizeof i});
}

/* Of `n` findings; another one for each seed. */
static struct sense_result result_of(struct arena *a, unsigned seed, size_t n) {
    struct sense_result r = {.evidence = arena_array(a, struct evidence, n + 1), .count = n};
    for (size_t i = 0; i < n; i++) {
        uint32_t from = seed + (uint32_t)i * 10;
        bool mail = (seed + i) % 3 == 0;
        r.evidence[i] = (struct evidence){.kind = mail ? STR("email") : STR("person"),
                                          .detector = mail ? STR("email") : STR("name"),
                                          .from = from,
                                          .to = from + 7,
                                          .validated = mail,
                                          .split = i % 4 == 1,
                                          .confidence = (uint8_t)(seed + i) % 100};
    }
    return r;
}

static void assert_same(const struct sense_result *x, const struct sense_result *y) {
    assert_int_equal(x->count, y->count);
    for (size_t i = 0; i < x->count; i++) {
        const struct evidence *a = &x->evidence[i];
        const struct evidence *b = &y->evidence[i];
        assert_true(str_eq(a->kind, b->kind) && str_eq(a->detector, b->detector));
        assert_true(a->from == b->from && a->to == b->to && a->confidence == b->confidence);
        assert_true(a->validated == b->validated && a->split == b->split);
    }
}

struct got {
    struct sense_result result;
    uint32_t names[TAGGER_KNOWN];
    size_t name_count;
    bool found, old;
};

static struct got get(const struct scan_log *l, struct arena *a, int i) {
    struct keyed_hash hash = hash_of(i);
    struct got g = {.found = false};
    g.found = scan_log_get(l, &hash, a, 5, &g.result, g.names, &g.name_count, &g.old);
    return g;
}

static void put(struct scan_log *l, int i, uint64_t conversation, const struct sense_result *r) {
    struct keyed_hash hash = hash_of(i);
    uint32_t names[] = {(uint32_t)i, 7};
    scan_log_put(l, &hash, conversation, r, names, 2);
}

static void it_comes_back_as_it_was(void **state) {
    (void)state;
    struct arena a = arena_make(SIZE_MAX);
    struct scan_log *l = scan_log_new();
    for (int i = 0; i < 50; i++) {
        struct sense_result r = result_of(&a, (unsigned)i, (size_t)i * 5);
        put(l, i, 1, &r);
        put(l, i, 1, &r); /* once is enough */
    }
    size_t bytes = scan_log_bytes(l);
    for (int i = 0; i < 50; i++) {
        struct sense_result r = result_of(&a, (unsigned)i, (size_t)i * 5);
        struct got g = get(l, &a, i);
        assert_true(g.found && !g.old && g.name_count == 2);
        assert_int_equal(g.names[0], i);
        assert_same(&g.result, &r);
        assert_true(i == 0 || g.result.evidence[0].segment == 5);
    }
    assert_false(get(l, &a, 50).found);
    struct sense_result other = result_of(&a, 9, 2);
    put(l, 3, 1, &other);
    struct got g = get(l, &a, 3);
    assert_same(&g.result, &other);
    assert_true(scan_log_bytes(l) < bytes);
    scan_log_free(l);
    arena_end(&a);
}

static void a_conversation_is_dropped_whole(void **state) {
    (void)state;
    struct arena a = arena_make(SIZE_MAX);
    struct scan_log *l = scan_log_new();
    struct sense_result r = result_of(&a, 1, 4);
    for (int i = 0; i < MANY; i++) { /* around the end of the ring, too */
        put(l, i, (uint64_t)(i % 3), &r);
    }
    scan_log_drop(l, 1);
    assert_false(get(l, &a, MANY - 2).found);
    scan_log_drop(l, 0);
    assert_true(scan_log_bytes(l) > 0);
    scan_log_drop(l, 2);
    assert_int_equal(scan_log_bytes(l), 0);
    put(l, 1, 1, &r);
    assert_true(get(l, &a, 1).found);
    scan_log_free(l);
    arena_end(&a);
}

/* What is asked for now and then, and put again when it is old, stays; what nobody asks for goes.
 */
static void what_is_asked_for_stays(void **state) {
    (void)state;
    struct arena a = arena_make(SIZE_MAX);
    struct scan_log *l = scan_log_new();
    struct sense_result asked = result_of(&a, 77, 9);
    put(l, -1, 1, &asked);
    put(l, -2, 1, &asked);
    unsigned again = 0;
    size_t most = 0;
    for (int i = 0; i < MANY; i++) {
        struct arena round = arena_make(SIZE_MAX);
        struct sense_result r = result_of(&round, (unsigned)i, (size_t)i * 7 % 260);
        put(l, i, 2, &r);
        struct got g = get(l, &round, -1);
        assert_true(g.found);
        assert_same(&g.result, &asked);
        if (g.old) {
            put(l, -1, 1, &g.result);
            again++;
        }
        assert_int_equal(get(l, &round, i).found, r.count <= 256);
        most = scan_log_bytes(l) > most ? scan_log_bytes(l) : most;
        arena_end(&round);
    }
    assert_false(get(l, &a, -2).found);
    assert_true(again > 10 && again < MANY / 100);
    assert_true(most <= ROOM);
    scan_log_free(l);
    arena_end(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_comes_back_as_it_was),
                                       cmocka_unit_test(a_conversation_is_dropped_whole),
                                       cmocka_unit_test(what_is_asked_for_stays)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
