/* Time of one scan: whole; its patterns alone, with all that their matches need; and vectorscan
 * alone, with the same patterns and the same text. */
#include "sense/inside.h"

#include <hs.h>
#include <stdio.h>
#include <time.h>

enum { ROUNDS = 2000 };

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int by_size(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static int count_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                       void *ctx) {
    (void)id;
    (void)from;
    (void)to;
    (void)flags;
    ++*(size_t *)ctx;
    return 0;
}

struct bench {
    struct sense *sense;
    struct hs_database *db;
    struct hs_scratch *scratch;
    size_t findings, matches;
};

static void whole(struct bench *b, struct str text) {
    struct arena a = arena_make(64UL << 20);
    struct err e = {0};
    struct sense_text t = {.text = text, .role = ROLE_USER};
    struct sense_result r;
    b->findings = sense_scan(b->sense, &a, &t, 1, &SENSE_LIMITS, &r, &e) ? r.count : 0;
    arena_end(&a);
}

static void patterns(struct bench *b, struct str text) {
    struct arena a = arena_make(64UL << 20);
    struct err e = {0};
    struct sense_result r;
    b->findings = scan_over(b->sense, &a, text, 0, &r, &e) ? r.count : 0;
    arena_end(&a);
}

static void bare(struct bench *b, struct str text) {
    b->matches = 0;
    (void)hs_scan(b->db, text.ptr, (unsigned)text.len, 0, b->scratch, count_match, &b->matches);
}

static void measure(const char *name, void (*fn)(struct bench *b, struct str text), struct bench *b,
                    struct str text, int rounds) {
    static int64_t took[ROUNDS];
    for (int i = -rounds / 10; i < rounds; i++) {
        int64_t t0 = now_ns();
        fn(b, text);
        took[i < 0 ? 0 : i] = now_ns() - t0;
    }
    qsort(took, (size_t)rounds, sizeof took[0], by_size);
    printf("| %-10s | %8.1f | %8.1f |\n", name, (double)took[rounds / 2] / 1e3,
           (double)took[rounds * 99 / 100] / 1e3);
}

/* As often as it fits, from its beginning. */
static char *repeated(struct str file, size_t len) {
    char *s = malloc(len);
    for (size_t i = 0; s && i < len; i++) {
        s[i] = file.ptr[i % file.len];
    }
    return s;
}

int main(int argc, char **argv) {
    struct bench b = {0};
    struct err e = {0};
    static const size_t sizes[] = {2048, 102400};
    if (argc < 2 || !sense_new(NULL, 0, &b.sense, &e) || !patterns_open(&b.db, &e)
        || hs_alloc_scratch(b.db, &b.scratch) != HS_SUCCESS) {
        fprintf(stderr, "%s\n", e.text[0] ? e.text : "usage: bench_scan FILE...");
        return 1;
    }
    for (int i = 1; i < argc; i++) {
        static char bytes[1 << 20];
        FILE *f = fopen(argv[i], "r");
        size_t n = f ? fread(bytes, 1, sizeof bytes, f) : 0;
        if (f) {
            fclose(f);
        }
        for (size_t k = 0; n && k < ARRAY_LEN(sizes); k++) {
            char *text = repeated((struct str){bytes, n}, sizes[k]);
            int rounds = k ? ROUNDS / 10 : ROUNDS;
            printf("\n%s, %zu bytes, microseconds\n|            |      p50 |      p99 |\n", argv[i],
                   sizes[k]);
            measure("whole scan", whole, &b, (struct str){text, sizes[k]}, rounds);
            measure("patterns", patterns, &b, (struct str){text, sizes[k]}, rounds);
            measure("vectorscan", bare, &b, (struct str){text, sizes[k]}, rounds);
            printf("%zu findings by patterns, %zu matches\n", b.findings, b.matches);
            free(text);
        }
    }
    hs_free_scratch(b.scratch);
    hs_free_database(b.db);
    sense_free(b.sense);
    return 0;
}
