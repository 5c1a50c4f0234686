/* Identifiers take their bytes from a pool that is filled a page at a time, so that a request costs
 * no system call for them. Bytes are wiped as they are taken, and a forked process fills its own.
 * Keys never come from the pool. */
#include "base/id.h"

#include <pthread.h>
#include <sodium.h>

enum { POOL = 4096, LARGEST_POOLED = 64 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned char pool[POOL];
static size_t left;

static void before_fork(void) {
    pthread_mutex_lock(&lock);
}

static void in_parent(void) {
    pthread_mutex_unlock(&lock);
}

static void in_child(void) {
    left = 0;
    pthread_mutex_unlock(&lock);
}

static void watch_forks(void) {
    pthread_atfork(before_fork, in_parent, in_child);
}

static void take(void *out, size_t n) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, watch_forks);
    pthread_mutex_lock(&lock);
    if (left < n) {
        randombytes_buf(pool, sizeof pool);
        left = sizeof pool;
    }
    left -= n;
    memcpy(out, pool + left, n);
    memset(pool + left, 0, n);
    pthread_mutex_unlock(&lock);
}

void id_random(void *out, size_t n) {
    randombytes_buf(out, n);
}

uint64_t id_random_u64(void) {
    uint64_t v = 0;
    take(&v, sizeof v);
    return v;
}

struct str id_make(struct arena *a, const char *prefix, size_t n) {
    static const char digits[] = "abcdefghijkmnpqrstuvwxyz23456789"; /* without l, o, 0, 1 */
    size_t head = strlen(prefix);
    char *p = arena_alloc(a, head + n + 1);
    memcpy(p, prefix, head);
    if (n <= LARGEST_POOLED) {
        take(p + head, n);
    } else {
        randombytes_buf(p + head, n);
    }
    for (size_t i = head; i < head + n; i++) {
        p[i] = digits[(unsigned char)p[i] & 31];
    }
    return (struct str){p, head + n};
}
