#include "hub/scan_log.h"

enum {
    RING_BYTES = 2 << 20,
    MOST_FINDINGS = 256, /* of one text; beyond it is scanned each time */
    MOST_SORTS = 64,     /* of findings, by kind and detector */
    MOST_BYTES = 64 << 10,
    BUCKETS = 1 << 13,
    UNIT = 8 /* entries begin at a multiple of it */
};

struct finding {
    uint32_t from, to;
    uint8_t sort, confidence;
    bool validated, split;
};

/* A kind and a detector: their texts follow. */
struct sort {
    uint16_t kind, detector; /* bytes */
};

/* Behind it: findings, names, sorts, the sorts' texts. */
struct entry {
    struct keyed_hash hash;
    uint64_t conversation;
    uint32_t next; /* of its bucket: its place in units and one; 0: none */
    uint32_t bytes;
    uint16_t findings, names, sorts;
    bool live; /* it can be found */
};

struct scan_log {
    size_t head, tail; /* where the next entry goes, where the oldest one is */
    size_t end;        /* behind the last entry, when head has begun anew before tail */
    bool anew;
    size_t bytes;
    uint32_t buckets[BUCKETS]; /* by the hash, which nobody can foresee; as `next` */
    _Alignas(UNIT) char ring[RING_BYTES];
};

struct scan_log *scan_log_new(void) {
    struct scan_log *l = calloc(1, sizeof *l);
    if (!l) {
        abort();
    }
    return l;
}

void scan_log_free(struct scan_log *l) {
    free(l);
}

size_t scan_log_bytes(const struct scan_log *l) {
    return l->bytes;
}

/* ---- the ring ---- */

static struct entry *entry_at(const struct scan_log *l, size_t at) {
    return (struct entry *)(void *)(uintptr_t)(l->ring + at);
}

static uint32_t bucket_of(const struct keyed_hash *hash) {
    uint32_t begin = 0;
    memcpy(&begin, hash->bytes, sizeof begin);
    return begin % BUCKETS;
}

/* NULL: it is not there. */
static struct entry *find(const struct scan_log *l, const struct keyed_hash *hash) {
    uint32_t at = l->buckets[bucket_of(hash)];
    while (at && !keyed_eq(&entry_at(l, (at - 1UL) * UNIT)->hash, hash)) {
        at = entry_at(l, (at - 1UL) * UNIT)->next;
    }
    return at ? entry_at(l, (at - 1UL) * UNIT) : NULL;
}

static void forget(struct scan_log *l, struct entry *x) {
    uint32_t *at = &l->buckets[bucket_of(&x->hash)];
    while (entry_at(l, (*at - 1UL) * UNIT) != x) {
        at = &entry_at(l, (*at - 1UL) * UNIT)->next;
    }
    *at = x->next;
    x->live = false;
    l->bytes -= x->bytes;
}

static void drop_oldest(struct scan_log *l) {
    struct entry *x = entry_at(l, l->tail);
    if (x->live) {
        forget(l, x);
    }
    l->tail += x->bytes;
    if (l->anew && l->tail == l->end) {
        l->tail = 0;
        l->anew = false;
    }
}

/* Room for one more, which can be found from now on. */
static struct entry *append(struct scan_log *l, const struct keyed_hash *hash, size_t bytes) {
    if (l->head + bytes > RING_BYTES) {
        while (l->anew) {
            drop_oldest(l);
        }
        l->end = l->head;
        l->head = 0;
        l->anew = true;
    }
    while (l->anew && l->tail - l->head < bytes) {
        drop_oldest(l);
    }
    struct entry *x = entry_at(l, l->head);
    uint32_t *bucket = &l->buckets[bucket_of(hash)];
    *x = (struct entry){.hash = *hash, .next = *bucket, .bytes = (uint32_t)bytes, .live = true};
    *bucket = (uint32_t)(l->head / UNIT) + 1;
    l->head += bytes;
    l->bytes += bytes;
    return x;
}

/* ---- entries ---- */

/* The findings' kinds and detectors, each pair once. */
struct sorts {
    const struct evidence *of[MOST_SORTS];
    size_t count;
    size_t text; /* bytes */
};

static size_t sort_of(const struct sorts *s, const struct evidence *ev) {
    size_t i = 0;
    while (i < s->count
           && !(str_eq(s->of[i]->kind, ev->kind) && str_eq(s->of[i]->detector, ev->detector))) {
        i++;
    }
    return i;
}

/* False: there are too many. */
static bool sorts_read(struct sorts *s, const struct sense_result *r) {
    for (size_t i = 0; i < r->count; i++) {
        const struct evidence *ev = &r->evidence[i];
        if (sort_of(s, ev) < s->count) {
            continue;
        }
        if (s->count == MOST_SORTS || ev->kind.len > UINT16_MAX || ev->detector.len > UINT16_MAX) {
            return false;
        }
        s->of[s->count++] = ev;
        s->text += ev->kind.len + ev->detector.len;
    }
    return true;
}

static struct finding *findings_of(const struct entry *x) {
    return (struct finding *)(uintptr_t)(x + 1);
}

static uint32_t *names_of(const struct entry *x) {
    return (uint32_t *)(void *)(findings_of(x) + x->findings);
}

static struct sort *sorts_of(const struct entry *x) {
    return (struct sort *)(void *)(names_of(x) + x->names);
}

static char *put_text(char *at, struct str s) {
    memcpy(at, s.ptr ? s.ptr : "", s.len);
    return at + s.len;
}

void scan_log_put(struct scan_log *l, const struct keyed_hash *hash, uint64_t conversation,
                  const struct sense_result *r, const uint32_t *names, size_t name_count) {
    struct sorts sorts = {.count = 0};
    if (r->count > MOST_FINDINGS || name_count > TAGGER_KNOWN || !sorts_read(&sorts, r)) {
        return;
    }
    size_t bytes = sizeof(struct entry) + r->count * sizeof(struct finding)
                   + name_count * sizeof names[0] + sorts.count * sizeof(struct sort) + sorts.text;
    bytes = (bytes + UNIT - 1) / UNIT * UNIT;
    if (bytes > MOST_BYTES) {
        return;
    }
    struct entry *before = find(l, hash);
    if (before) {
        forget(l, before);
    }
    struct entry *x = append(l, hash, bytes);
    x->conversation = conversation;
    x->findings = (uint16_t)r->count;
    x->names = (uint16_t)name_count;
    x->sorts = (uint16_t)sorts.count;
    for (size_t i = 0; i < r->count; i++) {
        const struct evidence *ev = &r->evidence[i];
        findings_of(x)[i] = (struct finding){.from = ev->from,
                                             .to = ev->to,
                                             .sort = (uint8_t)sort_of(&sorts, ev),
                                             .confidence = ev->confidence,
                                             .validated = ev->validated,
                                             .split = ev->split};
    }
    if (name_count) {
        memcpy(names_of(x), names, name_count * sizeof names[0]);
    }
    char *text = (char *)(sorts_of(x) + sorts.count);
    for (size_t i = 0; i < sorts.count; i++) {
        const struct evidence *ev = sorts.of[i];
        sorts_of(x)[i] = (struct sort){(uint16_t)ev->kind.len, (uint16_t)ev->detector.len};
        text = put_text(put_text(text, ev->kind), ev->detector);
    }
}

static bool is_old(const struct scan_log *l, const struct entry *x) {
    size_t at = (size_t)((const char *)x - l->ring);
    size_t behind = at < l->head ? l->head - at : l->head + (l->end - at);
    return behind > RING_BYTES / 2;
}

bool scan_log_get(const struct scan_log *l, const struct keyed_hash *hash, struct arena *a,
                  uint32_t segment, struct sense_result *out, uint32_t *names, size_t *name_count,
                  bool *old) {
    const struct entry *x = find(l, hash);
    if (!x) {
        return false;
    }
    struct str kinds[MOST_SORTS];
    struct str detectors[MOST_SORTS];
    const char *text = (const char *)(sorts_of(x) + x->sorts);
    for (size_t i = 0; i < x->sorts; i++) {
        struct sort sort = sorts_of(x)[i];
        kinds[i] = str_dup(a, (struct str){text, sort.kind});
        detectors[i] = str_dup(a, (struct str){text + sort.kind, sort.detector});
        text += sort.kind + sort.detector;
    }
    *out = (struct sense_result){.evidence = arena_array(a, struct evidence, x->findings + 1UL),
                                 .count = x->findings};
    for (size_t i = 0; i < x->findings; i++) {
        struct finding f = findings_of(x)[i];
        out->evidence[i] = (struct evidence){.kind = kinds[f.sort],
                                             .detector = detectors[f.sort],
                                             .segment = segment,
                                             .from = f.from,
                                             .to = f.to,
                                             .validated = f.validated,
                                             .split = f.split,
                                             .confidence = f.confidence};
    }
    memcpy(names, names_of(x), x->names * sizeof names[0]);
    *name_count = x->names;
    *old = is_old(l, x);
    return true;
}

void scan_log_drop(struct scan_log *l, uint64_t conversation) {
    size_t at = l->tail;
    bool wrapped = l->anew;
    while (wrapped || at < l->head) {
        struct entry *x = entry_at(l, at);
        if (x->live && x->conversation == conversation) {
            forget(l, x);
        }
        at += x->bytes;
        if (wrapped && at == l->end) {
            at = 0;
            wrapped = false;
        }
    }
}
