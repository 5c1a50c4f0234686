/* Who is known to everybody, by the lists: full names, and what rulers are called behind or before
 * a first name ("Henry VIII", "Queen Anne"). The tagger's span may be shorter than the name, so the
 * words around it are read once more. */
#include "sense/tagger_inside.h"

enum {
    BEHIND = 3, /* words of a name that may stand behind the span: "Attila the Hun" */
    MOST = 12   /* words looked at */
};

struct near {
    uint32_t hash;
    bool inside; /* of the span */
    bool first;  /* may be a first name */
};

bool famous_name(uint32_t name) {
    for (uint32_t i = name & (PUBLIC_SLOTS - 1); PUBLIC_TABLE[i];
         i = (i + 1) & (PUBLIC_SLOTS - 1)) {
        if (PUBLIC_TABLE[i] == name) {
            return true;
        }
    }
    return false;
}

/* Parts of one name: no comma, no new line between them. */
static bool is_next(const struct word *w) {
    bool gap = w->gap == GAP_BLANK || w->gap == GAP_HYPHEN || w->gap == GAP_DOT
               || w->gap == GAP_NOTHING || w->gap == GAP_STOP;
    return gap && !w->line;
}

/* The words around [from, to); what cannot belong to it is left out. */
static size_t read_near(struct str text, size_t at, uint32_t from, uint32_t to,
                        struct near out[MOST]) {
    size_t n = 0;
    size_t behind = 0;
    struct word w;
    while (n < MOST && behind < BEHIND && word_next(text, &at, &w)) {
        if (n && !is_next(&w)) {
            if (w.from >= to) {
                break;
            }
            n = w.from <= from ? 0 : n;
        }
        bool plain = w.flags & WORD_IS_COMMON && !(w.flags & WORD_IS_FIRST);
        out[n++] = (struct near){w.hash, w.from >= from && w.to <= to, !plain};
        behind += w.from >= to;
    }
    return n;
}

/* One of the names that begin with word `begin` and reach beyond `last`. */
static bool is_called(const struct near *v, size_t n, size_t begin, size_t last) {
    const uint32_t any = word_hash(STR("*"));
    uint32_t full = 0;
    uint32_t ruler = 0; /* with any first name as its first word */
    for (size_t i = begin; i < n; i++) {
        bool first = v[i].inside && v[i].first;
        if (i > begin && i >= last && first && famous_name(word_hash_name(full, any))) {
            return true;
        }
        full = word_hash_name(full, v[i].hash);
        ruler = i > begin ? word_hash_name(ruler, v[i].hash) : word_hash_name(0, any);
        bool enough = i >= last && i > begin;
        bool led = v[begin].inside && v[begin].first;
        if (enough && (famous_name(full) || (led && famous_name(ruler)))) {
            return true;
        }
    }
    return false;
}

bool famous_is(struct str text, uint32_t begin, uint32_t from, uint32_t to) {
    struct near v[MOST];
    size_t n = read_near(text, begin, from, to, v);
    size_t last = 0;
    for (size_t i = 0; i < n; i++) {
        last = v[i].inside ? i : last;
    }
    for (size_t i = 0; i < n; i++) {
        if (is_called(v, n, i, last)) {
            return true;
        }
        if (v[i].inside) {
            break; /* all of the span belongs to it */
        }
    }
    return false;
}
