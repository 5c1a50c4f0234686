/* Any bytes → evidence: it lies in the text, sorted, and the same text gives the same; so does one
 * that has another control character for its zero bytes. */
#include "sense/sense.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(what)                                   \
    do {                                              \
        if (!(what)) {                                \
            fprintf(stderr, "not true: %s\n", #what); \
            abort();                                  \
        }                                             \
    } while (0)

static size_t scan(const struct sense *s, struct str text) {
    struct arena a = arena_make(64UL << 20);
    struct err e = {0};
    struct sense_text t = {.text = text, .role = ROLE_USER};
    struct sense_result r;
    CHECK(sense_scan(s, &a, &t, 1, &SENSE_LIMITS, &r, &e));
    size_t sum = r.count;
    for (size_t i = 0; i < r.count; i++) {
        const struct evidence *v = &r.evidence[i];
        CHECK(v->from <= v->to && v->to <= text.len && v->segment == 0);
        CHECK(i == 0 || r.evidence[i - 1].from <= v->from);
        CHECK(v->kind.len && v->detector.len && v->confidence <= 100);
        sum = sum * 31 + v->from * 7 + v->to;
    }
    arena_end(&a);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct sense *s;
    struct err e = {0};
    CHECK(s || sense_new(NULL, 0, &s, &e));
    struct str text = {(const char *)data, size};
    size_t sum = scan(s, text);
    CHECK(scan(s, text) == sum);
    int control = 1; /* one that the text has not: how many different bytes it has counts */
    while (control < '\b' && size && memchr(data, control, size)) {
        control++;
    }
    if (size && control < '\b' && memchr(data, 0, size)) {
        char *other = malloc(size);
        CHECK(other);
        for (size_t i = 0; i < size; i++) {
            other[i] = (char)(data[i] ? data[i] : control);
        }
        CHECK(scan(s, (struct str){other, size}) == sum);
        free(other);
    }
    return 0;
}
