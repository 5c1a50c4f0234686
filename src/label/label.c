/* Names, items, the set of them and its join. Pure; items lie in the caller's arena, their texts
 * where they were. */
#include "label/label.h"

#include "base/buf.h"
#include "base/hash.h"

const char *const ZONE_NAMES[ZONES] = {"device", "home", "trusted", "cloud"};
const char *const LEVEL_NAMES[LEVELS] = {"open", "personal", "private", "secret"};
const char *const TOPIC_NAMES[TOPICS] = {"",       "health", "finance",      "legal",
                                         "minors", "work",   "third_parties"};
const char *const ROLE_NAMES[LABEL_ROLES] = {"system", "user", "assistant", "tool", "other"};
const char *const INTEGRITY_NAMES[INTEGRITY_USER + 1] = {"web", "tool", "model", "file", "user"};

static bool find(struct str name, const char *const *names, int n, int *out) {
    for (int i = 0; i < n; i++) {
        if (str_is(name, names[i])) {
            *out = i;
            return true;
        }
    }
    return false;
}

bool zone_from(struct str name, enum zone *out) {
    int i = 0;
    TRY(find(name, ZONE_NAMES, ZONES, &i));
    *out = (enum zone)i;
    return true;
}

bool level_from(struct str name, enum level *out) {
    int i = 0;
    TRY(find(name, LEVEL_NAMES, LEVELS, &i));
    *out = (enum level)i;
    return true;
}

bool topic_from(struct str name, enum topic *out) {
    int i = 0;
    TRY(find(name, TOPIC_NAMES, TOPICS, &i));
    *out = (enum topic)i;
    return true;
}

bool role_from(struct str name, enum label_role *out) {
    int i = 0;
    TRY(find(name, ROLE_NAMES, LABEL_ROLES, &i));
    *out = (enum label_role)i;
    return true;
}

bool item_eq(const struct item *a, const struct item *b) {
    return a->level == b->level && a->topic == b->topic && a->role == b->role
           && str_eq(a->kind, b->kind) && str_eq(a->compartment, b->compartment)
           && str_eq(a->folder, b->folder) && str_eq(a->file, b->file) && str_eq(a->tool, b->tool);
}

struct item item_settled(struct item i) {
    if (i.compartment.len && i.level < LEVEL_PRIVATE) {
        i.level = LEVEL_PRIVATE;
    }
    return i;
}

struct label label_make(struct arena *a) {
    struct label l = {.integrity = INTEGRITY_USER};
    label_add(a, &l, (struct item){.level = LEVEL_OPEN, .role = ROLE_OTHER});
    return l;
}

/* ---- the set ---- */

/* Few items are looked through one by one; with more, an index is kept, twice as long as the items.
 * A slot holds an item's number from 1. A finding is always compared, so that an index which is
 * behind costs a duplicate at worst. */
enum { FEW = 24 };

static uint64_t mix(uint64_t h, struct str s) {
    return (h ^ (s.len ? hash_table(s) : 0)) * 0x9e3779b97f4a7c15u;
}

static size_t hash_of(const struct item *i) {
    uint64_t h = (uint64_t)i->level | (uint64_t)i->topic << 8 | (uint64_t)i->role << 16;
    h = mix(mix(mix(h, i->kind), i->compartment), i->tool);
    h = mix(mix(h, i->file), i->folder);
    return (size_t)(h ^ h >> 32);
}

/* A copy of a label shares its index, so there may be more in it than this label's items. */
static void index_add(struct label *l, size_t number) {
    size_t at = hash_of(&l->items[number]) & (l->slots - 1);
    for (size_t n = 0; n < l->slots; n++, at = (at + 1) & (l->slots - 1)) {
        if (!l->index[at]) {
            l->index[at] = (uint32_t)number + 1;
            return;
        }
    }
    l->index = NULL; /* full: the next addition makes another */
}

static void index_make(struct arena *a, struct label *l) {
    l->slots = (size_t)FEW * 4;
    while (l->slots < l->count * 4) {
        l->slots *= 2;
    }
    l->index = arena_array(a, uint32_t, l->slots);
    for (size_t i = 0; i < l->count; i++) {
        index_add(l, i);
    }
}

static bool index_holds(const struct label *l, const struct item *i) {
    size_t at = hash_of(i) & (l->slots - 1);
    for (size_t n = 0; n < l->slots && l->index[at]; n++, at = (at + 1) & (l->slots - 1)) {
        size_t number = l->index[at] - 1;
        if (number < l->count && item_eq(&l->items[number], i)) {
            return true;
        }
    }
    return false;
}

static bool holds(const struct label *l, const struct item *i) {
    if (l->index) {
        return index_holds(l, i);
    }
    for (size_t k = 0; k < l->count; k++) {
        if (item_eq(&l->items[k], i)) {
            return true;
        }
    }
    return false;
}

void label_add(struct arena *a, struct label *l, struct item i) {
    i = item_settled(i);
    if (holds(l, &i)) {
        return;
    }
    *arena_push(a, l->items, l->count, l->cap) = i;
    if (l->index && l->count * 2 <= l->slots) {
        index_add(l, l->count - 1);
    } else if (l->count > FEW) {
        index_make(a, l);
    }
}

void label_join(struct arena *a, struct label *into, const struct label *from) {
    for (size_t i = 0; i < from->count; i++) {
        label_add(a, into, from->items[i]);
    }
    if (from->integrity < into->integrity) {
        into->integrity = from->integrity;
    }
}

enum level label_level(const struct label *l) {
    enum level most = LEVEL_OPEN;
    for (size_t i = 0; i < l->count; i++) {
        most = l->items[i].level > most ? l->items[i].level : most;
    }
    return most;
}

/* "health: fever", "email", "compartment merger": what is behind an item, for people. */
static void add_about(struct buf *b, const struct item *it) {
    if (it->compartment.len) {
        buf_addf(b, "compartment " STR_FMT "%s", STR_ARG(it->compartment),
                 it->topic || it->kind.len ? ": " : "");
    }
    if (it->topic && !str_is(it->kind, TOPIC_NAMES[it->topic])) {
        buf_addf(b, "%s%s", TOPIC_NAMES[it->topic], it->kind.len ? ": " : "");
    }
    buf_add(b, it->kind);
}

static bool same_about(const struct item *a, const struct item *b) {
    return a->topic == b->topic && str_eq(a->compartment, b->compartment)
           && str_eq(a->kind, b->kind);
}

static bool said_before(const struct label *l, size_t i) {
    for (size_t k = 0; k < i; k++) {
        if (l->items[k].level == l->items[i].level && same_about(&l->items[k], &l->items[i])) {
            return true;
        }
    }
    return false;
}

/* What lies behind one level, each thing once: "email, phone". */
static void add_level(struct buf *b, const struct label *l, enum level level) {
    AUTO_BUF about = {0};
    buf_init(&about, 4096);
    bool some = false;
    for (size_t i = 0; i < l->count; i++) {
        const struct item *it = &l->items[i];
        if (it->level != level || said_before(l, i)) {
            continue;
        }
        some = true;
        if (it->compartment.len || it->topic || it->kind.len) {
            buf_add(&about, about.len ? STR(", ") : STR(""));
            add_about(&about, it);
        }
    }
    if (some) {
        buf_addf(b, "%s%s", b->len ? ", " : "", LEVEL_NAMES[level]);
    }
    if (about.len) {
        buf_addf(b, " (" STR_FMT ")", STR_ARG(buf_str(&about)));
    }
}

struct str label_text(struct arena *a, const struct label *l) {
    AUTO_BUF b = {0};
    buf_init(&b, 16384);
    for (int level = LEVEL_SECRET; level > LEVEL_OPEN; level--) {
        add_level(&b, l, (enum level)level);
    }
    return b.len ? str_dup(a, buf_str(&b)) : STR("open");
}
