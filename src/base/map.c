/* Open addressing, linear probing, backward-shift deletion; at most two thirds full. */
#include "base/map.h"

#include "base/hash.h"

struct slot {
    uint64_t hash;
    char *key; /* NULL: empty */
    size_t len;
    void *value;
};

struct map {
    struct slot *slots;
    size_t cap; /* a power of two */
    size_t count;
};

struct map *map_new(void) {
    struct map *m = calloc(1, sizeof *m);
    struct slot *slots = calloc(16, sizeof *slots);
    if (!m || !slots) {
        abort();
    }
    *m = (struct map){slots, 16, 0};
    return m;
}

void map_free(struct map *m) {
    if (!m) {
        return;
    }
    for (size_t i = 0; i < m->cap; i++) {
        free(m->slots[i].key);
    }
    free(m->slots);
    free(m);
}

static size_t find(const struct map *m, struct str key, uint64_t hash) {
    size_t i = hash & (m->cap - 1);
    while (m->slots[i].key
           && (m->slots[i].hash != hash
               || !str_eq((struct str){m->slots[i].key, m->slots[i].len}, key))) {
        i = (i + 1) & (m->cap - 1);
    }
    return i;
}

static void grow(struct map *m) {
    struct map bigger = {calloc(m->cap * 2, sizeof *m->slots), m->cap * 2, m->count};
    if (!bigger.slots) {
        abort();
    }
    for (size_t i = 0; i < m->cap; i++) {
        struct slot *s = &m->slots[i];
        if (s->key) {
            bigger.slots[find(&bigger, (struct str){s->key, s->len}, s->hash)] = *s;
        }
    }
    free(m->slots);
    *m = bigger;
}

void *map_get(const struct map *m, struct str key) {
    return m->slots[find(m, key, hash_table(key))].value;
}

void *map_set(struct map *m, struct str key, void *value) {
    uint64_t hash = hash_table(key);
    size_t i = find(m, key, hash);
    void *old = m->slots[i].value;
    if (m->slots[i].key) {
        m->slots[i].value = value;
        return old;
    }
    char *copy = malloc(key.len + 1);
    if (!copy) {
        abort();
    }
    if (key.len) {
        memcpy(copy, key.ptr, key.len);
    }
    m->slots[i] = (struct slot){hash, copy, key.len, value};
    if (++m->count * 3 > m->cap * 2) {
        grow(m);
    }
    return NULL;
}

void *map_remove(struct map *m, struct str key) {
    size_t i = find(m, key, hash_table(key));
    if (!m->slots[i].key) {
        return NULL;
    }
    void *value = m->slots[i].value;
    free(m->slots[i].key);
    m->count--;
    size_t hole = i;
    for (size_t j = (i + 1) & (m->cap - 1); m->slots[j].key; j = (j + 1) & (m->cap - 1)) {
        size_t home = m->slots[j].hash & (m->cap - 1);
        if (((j - home) & (m->cap - 1)) >= ((j - hole) & (m->cap - 1))) {
            m->slots[hole] = m->slots[j];
            hole = j;
        }
    }
    m->slots[hole] = (struct slot){0};
    return value;
}

size_t map_count(const struct map *m) {
    return m->count;
}

bool map_next(const struct map *m, size_t *at, struct str *key, void **value) {
    for (; *at < m->cap; (*at)++) {
        struct slot *s = &m->slots[*at];
        if (s->key) {
            *key = (struct str){s->key, s->len};
            *value = s->value;
            (*at)++;
            return true;
        }
    }
    return false;
}
