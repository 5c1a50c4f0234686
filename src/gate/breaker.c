/* The circuit breaker: after five failures in a row a target counts as down for 30 s; then one call
 * may try, and its end decides. One lock, held for moments; any thread. */
#include "gate/inside.h"

const int64_t BREAKER_OPEN_US = 30 * 1000000LL;
/* A try whose end never came (its pass was lost) blocks no longer than this. */
const int64_t BREAKER_TRY_US = 600 * 1000000LL;

struct circuit {
    int failures;
    int64_t open_until_us;
    int64_t trying_since_us; /* 0: nobody tries */
};
struct breaker {
    pthread_mutex_t lock;
    struct map *circuits;
};

struct breaker *breaker_new(void) {
    struct breaker *b = calloc(1, sizeof *b);
    if (!b) {
        abort();
    }
    pthread_mutex_init(&b->lock, NULL);
    b->circuits = map_new();
    return b;
}

void breaker_free(struct breaker *b) {
    if (!b) {
        return;
    }
    size_t at = 0;
    struct str key = {0};
    void *value = NULL;
    while (map_next(b->circuits, &at, &key, &value)) {
        free(value);
    }
    map_free(b->circuits);
    pthread_mutex_destroy(&b->lock);
    free(b);
}

static bool is_up(const struct circuit *c, int64_t now_us) {
    if (!c || c->failures < BREAKER_FAILURES) {
        return true;
    }
    bool tried = c->trying_since_us && now_us - c->trying_since_us < BREAKER_TRY_US;
    return now_us >= c->open_until_us && !tried;
}

bool breaker_is_up(struct breaker *b, struct str target, int64_t now_us) {
    LOCKED(&b->lock);
    return is_up(map_get(b->circuits, target), now_us);
}

bool breaker_take(struct breaker *b, struct str target, int64_t now_us, int *wait_s) {
    LOCKED(&b->lock);
    struct circuit *c = map_get(b->circuits, target);
    if (!is_up(c, now_us)) {
        int64_t left_us = c->open_until_us - now_us;
        *wait_s = left_us > 0 ? (int)((left_us + 999999) / 1000000) : 1;
        return false;
    }
    if (c && c->failures >= BREAKER_FAILURES) {
        c->trying_since_us = now_us;
    }
    return true;
}

void breaker_tell(struct breaker *b, struct str target, enum breaker_result r, int64_t now_us) {
    LOCKED(&b->lock);
    struct circuit *c = map_get(b->circuits, target);
    if (!c) {
        if (r != BREAKER_FAILED) {
            return;
        }
        c = calloc(1, sizeof *c);
        if (!c) {
            abort();
        }
        map_set(b->circuits, target, c);
    }
    c->trying_since_us = 0;
    if (r == BREAKER_OK) {
        c->failures = 0;
    } else if (r == BREAKER_FAILED) {
        if (c->failures < BREAKER_FAILURES) {
            c->failures++;
        }
        c->open_until_us = now_us + BREAKER_OPEN_US;
    }
}
