/* What was scanned before is not scanned again: agents send the same tens of kilobytes every turn.
 * For each longer text of a conversation its evidence is remembered by a keyed hash of everything
 * that the scanner looks at (the text, its role, its key, the names that the texts before it gave,
 * the detectors' version), so an entry is either exactly right or not found. With the evidence are
 * kept the names that it gives to the texts behind it, as the tagger's hashes; nothing of the text.
 * Bounded; what was not asked for longest goes first; dropped with its conversation. Memory only.
 * Any thread.
 *
 *   conversation ─┐
 *   version ──────┴─► + known names ─► + role, key ─► key of the text ─► its hash ─► evidence
 */
#include "hub/inner.h"

#include <limits.h>

enum {
    SHORTEST = 256,       /* bytes; below, scanning is as cheap as looking */
    MOST_BYTES = 4 << 20, /* of all entries together */
    MOST_EVIDENCE = 256,  /* of one text; beyond it is scanned each time */
    BUCKETS = 1 << 12,
    SMALL = 512, /* bytes of an entry with little evidence: of most texts */
    PAGE = 32,   /* so many of these are made at once */
};

struct entry {
    struct entry *newer, *older;
    struct entry *next; /* of its bucket; of the free ones */
    struct sha256 hash;
    uint64_t conversation;
    size_t bytes;
    size_t count;
    size_t name_count;
    uint32_t *names;            /* that it gives */
    struct evidence evidence[]; /* segment 0; then the names, the kinds' and detectors' texts */
};

/* Small entries, never given back: as many as once were needed. */
struct page {
    struct page *next;
    _Alignas(struct entry) char room[PAGE][SMALL];
};

struct scanned {
    pthread_mutex_t lock;
    struct entry *entries[BUCKETS]; /* by the hash, which nobody can foresee */
    struct entry *newest, *oldest;
    struct entry *free; /* small ones */
    struct page *pages;
    size_t bytes;
    int64_t hits, misses;
};

struct scanned *scanned_new(void) {
    struct scanned *c = calloc(1, sizeof *c);
    if (!c) {
        abort();
    }
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

static void unlink_locked(struct scanned *c, struct entry *x) {
    *(x->newer ? &x->newer->older : &c->newest) = x->older;
    *(x->older ? &x->older->newer : &c->oldest) = x->newer;
    x->newer = NULL;
    x->older = NULL;
}

static void link_locked(struct scanned *c, struct entry *x) {
    x->older = c->newest;
    *(c->newest ? &c->newest->newer : &c->oldest) = x;
    c->newest = x;
}

/* Where the entry of this hash is, or would be. */
static struct entry **find_locked(struct scanned *c, const struct sha256 *hash) {
    uint32_t begin = 0;
    memcpy(&begin, hash->bytes, sizeof begin);
    struct entry **at = &c->entries[begin % BUCKETS];
    while (*at && !sha256_eq(&(*at)->hash, hash)) {
        at = &(*at)->next;
    }
    return at;
}

static void make_page_locked(struct scanned *c) {
    struct page *p = calloc(1, sizeof *p);
    if (!p) {
        abort();
    }
    p->next = c->pages;
    c->pages = p;
    for (size_t i = 0; i < PAGE; i++) {
        struct entry *x = (struct entry *)(void *)p->room[i];
        x->next = c->free;
        c->free = x;
    }
}

/* Zeros at its beginning alone. */
static struct entry *make_locked(struct scanned *c, size_t bytes) {
    struct entry *x = NULL;
    if (bytes <= SMALL) {
        if (!c->free) {
            make_page_locked(c);
        }
        x = c->free;
        c->free = x->next;
    } else {
        x = malloc(bytes);
        if (!x) {
            abort();
        }
    }
    *x = (struct entry){.bytes = bytes > SMALL ? bytes : SMALL};
    return x;
}

static void drop_locked(struct scanned *c, struct entry *x) {
    unlink_locked(c, x);
    *find_locked(c, &x->hash) = x->next;
    c->bytes -= x->bytes;
    if (x->bytes > SMALL) {
        free(x);
    } else {
        x->next = c->free;
        c->free = x;
    }
}

void scanned_free(struct scanned *c) {
    if (!c) {
        return;
    }
    while (c->oldest) {
        drop_locked(c, c->oldest);
    }
    while (c->pages) {
        struct page *next = c->pages->next;
        free(c->pages);
        c->pages = next;
    }
    pthread_mutex_destroy(&c->lock);
    free(c);
}

/* ---- hashes ---- */

static struct sha256 request_key(const unsigned char secret[32], uint64_t version,
                                 struct str conversation) {
    char text[64 + sizeof version];
    size_t n = conversation.len < 64 ? conversation.len : 64;
    memcpy(text, &version, sizeof version);
    memcpy(text + sizeof version, conversation.ptr ? conversation.ptr : "", n);
    return hash_keyed(secret, (struct str){text, sizeof version + n});
}

/* `names`: the request's key with the names that are known so far. */
static struct sha256 text_hash(const struct sha256 *names, const struct sense_text *t) {
    char about[256];
    if (t->key.len > sizeof about - 2) {
        struct sha256 longer = hash_keyed(names->bytes, t->key);
        memcpy(about + 2, longer.bytes, sizeof longer.bytes);
        about[0] = (char)(1 | t->declared << 1 | t->flows << 2);
        about[1] = (char)t->role;
        struct sha256 key = hash_keyed(names->bytes, (struct str){about, 2 + sizeof longer.bytes});
        return hash_keyed(key.bytes, t->text);
    }
    about[0] = (char)(t->declared << 1 | t->flows << 2);
    about[1] = (char)t->role;
    memcpy(about + 2, t->key.ptr ? t->key.ptr : "", t->key.len);
    struct sha256 key = hash_keyed(names->bytes, (struct str){about, 2 + t->key.len});
    return hash_keyed(key.bytes, t->text);
}

/* ---- entries ---- */

static struct str put_text(char **at, struct str s) {
    struct str out = {*at, s.len};
    memcpy(*at, s.ptr ? s.ptr : "", s.len);
    *at += s.len;
    return out;
}

static struct entry *entry_locked(struct scanned *c, const struct sha256 *hash,
                                  uint64_t conversation, const struct sense_result *r,
                                  size_t names) {
    size_t bytes =
        sizeof(struct entry) + r->count * sizeof r->evidence[0] + names * sizeof(uint32_t);
    for (size_t i = 0; i < r->count; i++) {
        bytes += r->evidence[i].kind.len + r->evidence[i].detector.len;
    }
    struct entry *x = make_locked(c, bytes);
    x->hash = *hash;
    x->conversation = conversation;
    x->count = r->count;
    x->name_count = names;
    x->names = (uint32_t *)(void *)(x->evidence + r->count);
    char *at = (char *)(x->names + names);
    for (size_t i = 0; i < r->count; i++) {
        x->evidence[i] = r->evidence[i];
        x->evidence[i].segment = 0;
        x->evidence[i].kind = put_text(&at, r->evidence[i].kind);
        x->evidence[i].detector = put_text(&at, r->evidence[i].detector);
    }
    return x;
}

/* ---- one request ---- */

struct look {
    struct scanned *c;
    struct arena *a;
    const struct scan_order *o;
    struct sha256 request;
    uint64_t conversation;
    struct tagger_known known; /* names of the texts so far */
    struct sha256 names;       /* the request's key with them */
    unsigned hashed;           /* how many of them are in it; UINT_MAX: it is not made yet */
};

static void hash_names(struct look *l) {
    l->names = hash_keyed(l->request.bytes, (struct str){(const char *)&l->known, sizeof l->known});
    l->hashed = l->known.count;
}

/* Neighbours often say the same: then one copy serves both. */
static struct str copied(struct arena *a, struct str before, struct str s) {
    bool again = before.ptr != s.ptr && str_eq(before, s);
    return again ? before : str_dup(a, s);
}

/* A remembered text's evidence, a copy, and its names go to those that are known. */
static bool recall(struct look *l, const struct sha256 *hash, uint32_t segment,
                   struct sense_result *out) {
    LOCKED(&l->c->lock);
    struct entry *x = *find_locked(l->c, hash);
    if (!x) {
        l->c->misses++;
        return false;
    }
    l->c->hits++;
    unlink_locked(l->c, x);
    link_locked(l->c, x);
    for (size_t i = 0; i < x->name_count; i++) {
        l->known.hash[l->known.count++ % TAGGER_KNOWN] = x->names[i];
    }
    *out = (struct sense_result){.evidence = arena_array(l->a, struct evidence, x->count + 1),
                                 .count = x->count};
    for (size_t i = 0; i < x->count; i++) {
        struct evidence *ev = &out->evidence[i];
        *ev = x->evidence[i];
        ev->segment = segment;
        ev->kind = copied(l->a, i ? ev[-1].kind : ev->kind, ev->kind);
        ev->detector = copied(l->a, i ? ev[-1].detector : ev->detector, ev->detector);
    }
    return true;
}

/* `before`: how many names were known before this text. */
static void keep(struct look *l, const struct sha256 *hash, const struct sense_result *r,
                 unsigned before) {
    size_t names = l->known.count - before;
    if (r->count > MOST_EVIDENCE || names > TAGGER_KNOWN) {
        return;
    }
    LOCKED(&l->c->lock);
    if (*find_locked(l->c, hash)) {
        drop_locked(l->c, *find_locked(l->c, hash));
    }
    struct entry *x = entry_locked(l->c, hash, l->conversation, r, names);
    for (size_t i = 0; i < names; i++) {
        x->names[i] = l->known.hash[(before + i) % TAGGER_KNOWN];
    }
    struct entry **at = find_locked(l->c, hash);
    x->next = *at;
    *at = x;
    link_locked(l->c, x);
    l->c->bytes += x->bytes;
    while (l->c->bytes > MOST_BYTES) {
        drop_locked(l->c, l->c->oldest);
    }
}

static void add_rule(struct arena *a, struct sense_result *out, struct str kind) {
    static const struct str mark = STR_INIT("rule:");
    if (!str_starts(kind, mark)) {
        return;
    }
    struct str name = str_sub(kind, mark.len, kind.len);
    for (size_t i = 0; i < out->rule_count; i++) {
        if (str_eq(out->rules_hit[i], name)) {
            return;
        }
    }
    *arena_push(a, out->rules_hit, out->rule_count, out->rule_cap) = name;
}

/* One text's evidence, remembered or new; what is new is remembered. */
static bool look_at(struct look *l, const struct sense_text *t, struct sense_result *r,
                    struct err *e) {
    bool worth = t->text.len >= SHORTEST && !t->opaque && !t->is_key;
    struct sha256 hash = {0};
    if (worth) {
        if (l->known.count != l->hashed) {
            hash_names(l);
        }
        hash = text_hash(&l->names, t);
        if (recall(l, &hash, t->segment, r)) {
            return true;
        }
    }
    unsigned before = l->known.count;
    TRY(sense_scan_next(l->o->sense, l->a, t, l->o->limits, &l->known, r, e));
    if (worth) {
        keep(l, &hash, r, before);
    }
    return true;
}

static bool scan_each(struct scanned *c, struct arena *a, const struct scan_order *o,
                      struct sense_result *out, struct err *e) {
    size_t bytes = 0;
    for (size_t i = 0; i < o->count; i++) {
        bytes += o->texts[i].text.len;
    }
    bool all = bytes > o->limits->bytes; /* it says why not */
    struct look l = {.c = c,
                     .a = a,
                     .o = o,
                     .request = request_key(o->secret, sense_version(o->sense), o->conversation),
                     .conversation = hash_table(o->conversation),
                     .hashed = UINT_MAX};
    *out = (struct sense_result){0};
    for (size_t i = 0; i < o->count && !all; i++) {
        struct sense_result r = {0};
        TRY(look_at(&l, &o->texts[i], &r, e));
        for (size_t k = 0; k < r.count; k++) {
            *arena_push(a, out->evidence, out->count, out->cap) = r.evidence[k];
            add_rule(a, out, r.evidence[k].kind);
        }
        /* So much that the scanner sums up: it has to see all of it together. */
        all = out->count >= o->limits->evidence;
    }
    return !all || sense_scan(o->sense, a, o->texts, o->count, o->limits, out, e);
}

bool scanned_scan(struct scanned *c, struct arena *a, const struct scan_order *o,
                  struct sense_result *out, struct err *e) {
    return scan_each(c, a, o, out, e) && sense_seams(o->sense, a, o->texts, o->count, out, e);
}

void scanned_drop(struct scanned *c, struct str conversation) {
    uint64_t id = hash_table(conversation);
    LOCKED(&c->lock);
    for (struct entry *x = c->oldest; x;) {
        struct entry *next = x->newer;
        if (x->conversation == id) {
            drop_locked(c, x);
        }
        x = next;
    }
}

void scanned_counts(struct scanned *c, int64_t *hits, int64_t *misses, size_t *bytes) {
    LOCKED(&c->lock);
    *hits = c->hits;
    *misses = c->misses;
    *bytes = c->bytes;
}
