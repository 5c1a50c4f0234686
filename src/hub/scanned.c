/* What was scanned before is not scanned again: agents send the same tens of kilobytes every turn.
 * For each longer text of a conversation its evidence is remembered (scan_log.c) by a keyed hash of
 * everything that the scanner looks at (the text, its role, its key, the names that the texts
 * before it gave, the detectors' version), so an entry is either exactly right or not found. With
 * the evidence are kept the names that it gives to the texts behind it, as the tagger's hashes;
 * nothing of the text. Bounded; what was not asked for longest goes first; dropped with its
 * conversation. Memory only. Any thread. */
#include "hub/inner.h"
#include "hub/scan_log.h"

enum { SHORTEST = 256 /* bytes; below, scanning is as cheap as looking */ };

struct scanned {
    pthread_mutex_t lock;
    struct scan_log *log;
    int64_t hits, misses;
};

struct scanned *scanned_new(void) {
    struct scanned *c = calloc(1, sizeof *c);
    if (!c) {
        abort();
    }
    pthread_mutex_init(&c->lock, NULL);
    c->log = scan_log_new();
    return c;
}

void scanned_free(struct scanned *c) {
    if (!c) {
        return;
    }
    scan_log_free(c->log);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

/* ---- one request ---- */

struct pass {
    struct scanned *c;
    struct arena *a;
    const struct scan_order *o;
    uint64_t version, conversation;
    struct tagger_known known; /* names of the texts so far … */
    struct keyed_hash names;   /* … their hash, … */
    unsigned hashed;           /* … and how many of them are in it */
};

static struct keyed_hash hash_names(const struct pass *l) {
    unsigned n = l->known.count < TAGGER_KNOWN ? l->known.count : TAGGER_KNOWN;
    return hash_keyed(l->o->secret,
                      (struct str){(const char *)l->known.hash, n * sizeof(uint32_t)});
}

/* Everything that the scan of a text depends on; what follows is its conversation and its key. */
struct basis {
    struct keyed_hash text, names;
    uint64_t version;
    uint32_t name_count, conversation_bytes;
    uint8_t role;
    bool begins, declared, flows;
    uint8_t zeros[4]; /* no byte of it is unset */
};
_Static_assert(sizeof(struct basis) == 56, "all bytes of it are set");

/* A text's bytes are hashed once: of the text that its conversation is known by, that was done. */
static struct keyed_hash basis_hash(struct pass *l, const struct sense_text *t) {
    enum { LONGEST_KEY = 128 };
    const struct scan_order *o = l->o;
    bool begins =
        o->begun.text.len && t->text.ptr == o->begun.text.ptr && t->text.len == o->begun.text.len;
    if (l->known.count != l->hashed) {
        l->names = hash_names(l);
        l->hashed = l->known.count;
    }
    struct basis b = {.text = begins ? o->begun.hash : hash_keyed(o->secret, t->text),
                      .names = l->names,
                      .version = l->version,
                      .name_count = l->known.count,
                      .conversation_bytes = (uint32_t)o->conversation.len,
                      .role = (uint8_t)t->role,
                      .begins = begins,
                      .declared = t->declared,
                      .flows = t->flows};
    struct str behind[] = {o->conversation, t->key};
    char all[sizeof b + (size_t)LONGEST_KEY * 2];
    size_t n = sizeof b;
    memcpy(all, &b, sizeof b);
    for (size_t i = 0; i < ARRAY_LEN(behind); i++) {
        struct str s = behind[i];
        struct keyed_hash longer;
        if (s.len > LONGEST_KEY) {
            longer = hash_keyed(o->secret, s);
            s = (struct str){(const char *)longer.bytes, sizeof longer.bytes};
        }
        memcpy(all + n, s.ptr ? s.ptr : "", s.len);
        n += s.len;
    }
    return hash_keyed(o->secret, (struct str){all, n});
}

static void put(struct pass *l, const struct keyed_hash *hash, const struct sense_result *r,
                const uint32_t *names, size_t name_count) {
    LOCKED(&l->c->lock);
    scan_log_put(l->c->log, hash, l->conversation, r, names, name_count);
}

/* A remembered text's evidence, a copy, and its names go to those that are known. */
static bool recall(struct pass *l, const struct keyed_hash *hash, uint32_t segment,
                   struct sense_result *out) {
    uint32_t names[TAGGER_KNOWN];
    size_t name_count = 0;
    bool old = false;
    {
        LOCKED(&l->c->lock);
        bool known = scan_log_get(l->c->log, hash, l->a, segment, out, names, &name_count, &old);
        *(known ? &l->c->hits : &l->c->misses) += 1;
        if (!known) {
            return false;
        }
    }
    if (old) {
        put(l, hash, out, names, name_count);
    }
    for (size_t i = 0; i < name_count; i++) {
        l->known.hash[l->known.count++ % TAGGER_KNOWN] = names[i];
    }
    return true;
}

/* `before`: how many names were known before this text. */
static void keep(struct pass *l, const struct keyed_hash *hash, const struct sense_result *r,
                 unsigned before) {
    uint32_t names[TAGGER_KNOWN];
    size_t n = l->known.count - before;
    for (size_t i = 0; i < n && i < TAGGER_KNOWN; i++) {
        names[i] = l->known.hash[(before + i) % TAGGER_KNOWN];
    }
    put(l, hash, r, names, n);
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
static bool look_at(struct pass *l, const struct sense_text *t, struct sense_result *r,
                    struct err *e) {
    bool worth = t->text.len >= SHORTEST && !t->opaque && !t->is_key;
    struct keyed_hash hash = {0};
    if (worth) {
        hash = basis_hash(l, t);
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
    struct pass l = {.c = c,
                     .a = a,
                     .o = o,
                     .version = sense_version(o->sense),
                     .conversation = hash_table(o->conversation)};
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

bool scanned_get(struct scanned *c, struct arena *a, const struct keyed_hash *key,
                 struct str conversation, struct sense_result *out) {
    uint32_t names[TAGGER_KNOWN];
    size_t name_count = 0;
    bool old = false;
    LOCKED(&c->lock);
    bool known = scan_log_get(c->log, key, a, 0, out, names, &name_count, &old);
    *(known ? &c->hits : &c->misses) += 1;
    if (known && old) {
        scan_log_put(c->log, key, hash_table(conversation), out, NULL, 0);
    }
    return known;
}

void scanned_put(struct scanned *c, const struct keyed_hash *key, struct str conversation,
                 const struct sense_result *r) {
    LOCKED(&c->lock);
    scan_log_put(c->log, key, hash_table(conversation), r, NULL, 0);
}

void scanned_drop(struct scanned *c, struct str conversation) {
    uint64_t id = hash_table(conversation);
    LOCKED(&c->lock);
    scan_log_drop(c->log, id);
}

void scanned_counts(struct scanned *c, int64_t *hits, int64_t *misses, size_t *bytes) {
    LOCKED(&c->lock);
    *hits = c->hits;
    *misses = c->misses;
    *bytes = scan_log_bytes(c->log);
}
