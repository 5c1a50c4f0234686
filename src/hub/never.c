/* "Never flag this" (POLICY.md 1): the person's word for a text, remembered as a keyed hash of it,
 * letter case ignored. Any thread. */
#include "hub/inner.h"

struct never {
    pthread_mutex_t lock;
    struct map *texts; /* hex of the keyed hash → itself */
};

struct never *never_new(void) {
    struct never *n = calloc(1, sizeof *n);
    if (!n) {
        abort();
    }
    pthread_mutex_init(&n->lock, NULL);
    n->texts = map_new();
    return n;
}

void never_free(struct never *n) {
    if (n) {
        map_free(n->texts);
        pthread_mutex_destroy(&n->lock);
        free(n);
    }
}

static bool on_row(void *ctx, const struct store_value *c, size_t count) {
    struct never *n = ctx;
    if (count) {
        map_set(n->texts, c[0].s, n);
    }
    return true;
}

bool never_load(struct hub *h, struct err *e) {
    LOCKED(&h->never->lock);
    return store_read(h->main, ST_FLAG_ALL, NULL, 0, on_row, h->never, e);
}

static void key_of(struct hub *h, struct str text, char key[KEYED_HEX]) {
    struct arena a = arena_make(1 << 20);
    struct keyed_hash hash = hash_keyed(h->part_key, str_lower(&a, str_trim(text)));
    keyed_hex(&hash, key);
    arena_end(&a);
}

bool never_set(struct hub *h, struct str text, bool never, struct err *e) {
    char key[KEYED_HEX];
    key_of(h, text, key);
    LOCKED(&h->never->lock);
    struct store_value v[] = {sv_text(str_of(key)), sv_int(clock_wall_ms())};
    struct store_step put = {ST_FLAG_PUT, v, 2};
    struct store_step take = {ST_FLAG_DELETE, v, 1};
    TRY(store_write_wait(h->main, never ? &put : &take, 1, e));
    if (never) {
        map_set(h->never->texts, str_of(key), h->never);
    } else {
        map_remove(h->never->texts, str_of(key));
    }
    return true;
}

bool never_has(struct hub *h, struct str text) {
    LOCKED(&h->never->lock);
    if (!map_count(h->never->texts)) {
        return false;
    }
    char key[KEYED_HEX];
    key_of(h, text, key);
    return map_get(h->never->texts, str_of(key)) != NULL;
}

size_t never_count(struct hub *h) {
    LOCKED(&h->never->lock);
    return map_count(h->never->texts);
}
