/* What was scanned before is not scanned again: agents send the same tens of kilobytes every turn.
 * For each longer text of a conversation its evidence is remembered by a keyed hash of everything
 * that the scanner looks at (the text, its role, its key, the detectors' version), so an entry is
 * either exactly right or not found. Nothing of the text is kept. Bounded; what was not asked for
 * longest goes first; dropped with its conversation. Memory only. Any thread.
 *
 *   conversation ─┐
 *   version ──────┴─► key of the request ─► + role, key ─► key of the text ─► its hash ─► evidence
 */
#include "hub/inner.h"

enum {
    SHORTEST = 256,       /* bytes; below, scanning is as cheap as looking */
    MOST_BYTES = 4 << 20, /* of all entries together */
    MOST_EVIDENCE = 256,  /* of one text; beyond it is scanned each time */
};

struct entry {
    struct entry *newer, *older;
    struct sha256 hash;
    uint64_t conversation;
    size_t bytes;
    size_t count;
    struct evidence evidence[]; /* segment 0; the kinds' and detectors' texts behind them */
};

struct scanned {
    pthread_mutex_t lock;
    struct map *entries; /* hash → entry */
    struct entry *newest, *oldest;
    size_t bytes;
    int64_t hits, misses;
};

struct scanned *scanned_new(void) {
    struct scanned *c = calloc(1, sizeof *c);
    if (!c) {
        abort();
    }
    pthread_mutex_init(&c->lock, NULL);
    c->entries = map_new();
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

static struct str key_of(const struct sha256 *hash) {
    return (struct str){(const char *)hash->bytes, sizeof hash->bytes};
}

static void drop_locked(struct scanned *c, struct entry *x) {
    unlink_locked(c, x);
    map_remove(c->entries, key_of(&x->hash));
    c->bytes -= x->bytes;
    free(x);
}

void scanned_free(struct scanned *c) {
    if (!c) {
        return;
    }
    while (c->oldest) {
        drop_locked(c, c->oldest);
    }
    map_free(c->entries);
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

static struct sha256 text_hash(const struct sha256 *request, const struct sense_text *t) {
    char about[256];
    if (t->key.len > sizeof about - 2) {
        struct sha256 longer = hash_keyed(request->bytes, t->key);
        memcpy(about + 2, longer.bytes, sizeof longer.bytes);
        about[0] = (char)(1 | t->declared << 1);
        about[1] = (char)t->role;
        struct sha256 key =
            hash_keyed(request->bytes, (struct str){about, 2 + sizeof longer.bytes});
        return hash_keyed(key.bytes, t->text);
    }
    about[0] = (char)(t->declared << 1);
    about[1] = (char)t->role;
    memcpy(about + 2, t->key.ptr ? t->key.ptr : "", t->key.len);
    struct sha256 key = hash_keyed(request->bytes, (struct str){about, 2 + t->key.len});
    return hash_keyed(key.bytes, t->text);
}

/* ---- entries ---- */

static struct str put_text(char **at, struct str s) {
    struct str out = {*at, s.len};
    memcpy(*at, s.ptr ? s.ptr : "", s.len);
    *at += s.len;
    return out;
}

static struct entry *entry_new(const struct sha256 *hash, uint64_t conversation,
                               const struct evidence *ev, size_t n) {
    size_t bytes = sizeof(struct entry) + n * sizeof *ev;
    for (size_t i = 0; i < n; i++) {
        bytes += ev[i].kind.len + ev[i].detector.len;
    }
    struct entry *x = calloc(1, bytes);
    if (!x) {
        abort();
    }
    x->hash = *hash;
    x->conversation = conversation;
    x->bytes = bytes;
    x->count = n;
    char *at = (char *)(x->evidence + n);
    for (size_t i = 0; i < n; i++) {
        x->evidence[i] = ev[i];
        x->evidence[i].segment = 0;
        x->evidence[i].kind = put_text(&at, ev[i].kind);
        x->evidence[i].detector = put_text(&at, ev[i].detector);
    }
    return x;
}

/* ---- one request ---- */

struct look {
    struct scanned *c;
    struct arena *a;
    const struct sense_text *texts;
    size_t count;
    struct sha256 request;
    uint64_t conversation;
    struct sha256 *hashes; /* of the texts worth remembering */
    bool *worth, *known;
    struct evidence **evidence; /* of the known ones; copies */
    size_t *counts;
    size_t known_evidence;
};

/* Looking is cheap; hashing is done before, without the lock. */
static void look_up(struct look *l) {
    LOCKED(&l->c->lock);
    for (size_t i = 0; i < l->count; i++) {
        struct entry *x = l->worth[i] ? map_get(l->c->entries, key_of(&l->hashes[i])) : NULL;
        if (!x) {
            l->c->misses += l->worth[i];
            continue;
        }
        l->c->hits++;
        unlink_locked(l->c, x);
        link_locked(l->c, x);
        l->known[i] = true;
        l->counts[i] = x->count;
        l->known_evidence += x->count;
        l->evidence[i] = arena_array(l->a, struct evidence, x->count + 1);
        for (size_t k = 0; k < x->count; k++) {
            struct evidence *ev = &l->evidence[i][k];
            *ev = x->evidence[k];
            ev->segment = l->texts[i].segment;
            ev->kind = str_dup(l->a, ev->kind);
            ev->detector = str_dup(l->a, ev->detector);
        }
    }
}

static void keep(struct look *l, size_t i, const struct evidence *ev, size_t n) {
    struct entry *x = entry_new(&l->hashes[i], l->conversation, ev, n);
    LOCKED(&l->c->lock);
    struct entry *before = map_get(l->c->entries, key_of(&x->hash));
    if (before) {
        drop_locked(l->c, before);
    }
    map_set(l->c->entries, key_of(&x->hash), x);
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

/* Evidence of known and new texts in the order of the texts; what is new is remembered. */
static void merge(struct look *l, const struct sense_result *fresh, struct sense_result *out) {
    size_t at = 0;
    *out = (struct sense_result){0};
    for (size_t i = 0; i < l->count; i++) {
        const struct evidence *ev = l->evidence[i];
        size_t n = l->counts[i];
        if (!l->known[i]) {
            ev = fresh->evidence + at;
            for (n = 0; at < fresh->count && fresh->evidence[at].segment == l->texts[i].segment;
                 at++) {
                n++;
            }
            if (l->worth[i] && n <= MOST_EVIDENCE) {
                keep(l, i, ev, n);
            }
        }
        for (size_t k = 0; k < n; k++) {
            *arena_push(l->a, out->evidence, out->count, out->cap) = ev[k];
            add_rule(l->a, out, ev[k].kind);
        }
    }
}

static bool look_at_all(struct look *l) {
    bool any = false;
    l->hashes = arena_array(l->a, struct sha256, l->count + 1);
    l->worth = arena_array(l->a, bool, l->count + 1);
    l->known = arena_array(l->a, bool, l->count + 1);
    l->evidence = arena_array(l->a, struct evidence *, l->count + 1);
    l->counts = arena_array(l->a, size_t, l->count + 1);
    for (size_t i = 0; i < l->count; i++) {
        const struct sense_text *t = &l->texts[i];
        l->worth[i] = t->text.len >= SHORTEST && !t->opaque && !t->is_key;
        if (l->worth[i]) {
            l->hashes[i] = text_hash(&l->request, t);
            any = true;
        }
    }
    return any;
}

static bool scan_each(struct scanned *c, struct arena *a, const struct scan_order *o,
                      struct sense_result *out, struct err *e) {
    size_t n = o->count;
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++) {
        bytes += o->texts[i].text.len;
    }
    struct look l = {.c = c,
                     .a = a,
                     .texts = o->texts,
                     .count = n,
                     .request = request_key(o->secret, sense_version(o->sense), o->conversation),
                     .conversation = hash_table(o->conversation)};
    if (bytes > o->limits->bytes || !look_at_all(&l)) {
        return sense_scan(o->sense, a, o->texts, n, o->limits, out, e);
    }
    look_up(&l);
    struct sense_text *rest = arena_array(a, struct sense_text, n + 1);
    size_t rest_count = 0;
    for (size_t i = 0; i < n; i++) {
        if (!l.known[i]) {
            rest[rest_count++] = o->texts[i];
        }
    }
    struct sense_result fresh = {0};
    TRY(sense_scan(o->sense, a, rest, rest_count, o->limits, &fresh, e));
    if (fresh.count + l.known_evidence >= o->limits->evidence) {
        /* So much that the scanner sums up: it has to see all of it together. */
        return sense_scan(o->sense, a, o->texts, n, o->limits, out, e);
    }
    merge(&l, &fresh, out);
    return true;
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
