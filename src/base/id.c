#include "base/id.h"

#include <sodium.h>

void id_random(void *out, size_t n) {
    randombytes_buf(out, n);
}

uint64_t id_random_u64(void) {
    uint64_t v = 0;
    randombytes_buf(&v, sizeof v);
    return v;
}

struct str id_make(struct arena *a, const char *prefix, size_t n) {
    static const char digits[] = "abcdefghijkmnpqrstuvwxyz23456789"; /* without l, o, 0, 1 */
    size_t head = strlen(prefix);
    char *p = arena_alloc(a, head + n + 1);
    memcpy(p, prefix, head);
    randombytes_buf(p + head, n);
    for (size_t i = head; i < head + n; i++) {
        p[i] = digits[(unsigned char)p[i] & 31];
    }
    return (struct str){p, head + n};
}
