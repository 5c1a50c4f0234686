/* Where each conversation ran last, for the next turn to stay there; the newest of each slot, until
 * the daemon ends. Any thread. */
#include "hub/inner.h"

#include <stdio.h>

enum { SLOTS = 4096 };

struct ran {
    pthread_mutex_t lock;
    struct {
        uint64_t conversation;
        char candidate[120];
    } slots[SLOTS];
};

struct ran *ran_new(void) {
    struct ran *r = calloc(1, sizeof *r);
    if (!r) {
        abort();
    }
    pthread_mutex_init(&r->lock, NULL);
    return r;
}

void ran_free(struct ran *r) {
    if (r) {
        pthread_mutex_destroy(&r->lock);
        free(r);
    }
}

struct str ran_last(struct hub *h, struct arena *a, struct str conversation) {
    uint64_t key = hash_table(conversation);
    size_t slot = key % SLOTS;
    LOCKED(&h->ran->lock);
    bool known = h->ran->slots[slot].conversation == key;
    return known ? str_dup(a, str_of(h->ran->slots[slot].candidate)) : (struct str){0};
}

void ran_note(struct hub *h, struct str conversation, struct str candidate) {
    uint64_t key = hash_table(conversation);
    size_t slot = key % SLOTS;
    LOCKED(&h->ran->lock);
    h->ran->slots[slot].conversation = key;
    snprintf(h->ran->slots[slot].candidate, sizeof h->ran->slots[slot].candidate, STR_FMT,
             STR_ARG(str_sub(candidate, 0, 119)));
}
