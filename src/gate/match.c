/* One pass over a text for all originals: a table by the first two letters, chains by length.
 * Folding keeps the number of bytes, so places in the folded and the written text are the same. */
#include "gate/match.h"

#include "codec/escape.h"

#include <ctype.h>

/* Names that are words as well: they count only as they are written. */
static const char *const WORDS[] = {
    "alma",     "amber",   "angel",  "april",   "archer",  "art",    "ash",     "august",
    "autumn",   "baker",   "bell",   "berg",    "bill",    "bird",   "bishop",  "black",
    "blue",     "bob",     "bond",   "brook",   "brown",   "buck",   "burns",   "bush",
    "carter",   "chance",  "chase",  "chip",    "christ",  "clay",   "cliff",   "cook",
    "cooper",   "crystal", "dale",   "daisy",   "dawn",    "day",    "dean",    "dick",
    "do",       "dolly",   "drew",   "duke",    "earl",    "ernst",  "eve",     "faith",
    "field",    "fisher",  "flora",  "ford",    "forest",  "fox",    "frank",   "frost",
    "ginger",   "glen",    "grace",  "grant",   "gray",    "green",  "grey",    "guy",
    "hall",     "harmony", "hazel",  "heath",   "heather", "hill",   "holly",   "hope",
    "hunt",     "hunter",  "iris",   "ivy",     "jack",    "jade",   "jasmine", "jean",
    "jet",      "jewel",   "joy",    "judge",   "june",    "junior", "justice", "kaiser",
    "king",     "klein",   "knight", "kraft",   "lake",    "lance",  "lane",    "lang",
    "laurel",   "law",     "lee",    "liberty", "lily",    "little", "long",    "love",
    "mann",     "marina",  "mark",   "marsh",   "martin",  "mason",  "may",     "melody",
    "mercy",    "miles",   "mill",   "miller",  "mine",    "moon",   "moss",    "nick",
    "noble",    "norm",    "nova",   "olive",   "page",    "park",   "parker",  "pat",
    "patience", "pearl",   "penny",  "peter",   "phoenix", "piper",  "poppy",   "porter",
    "pound",    "price",   "prince", "queen",   "rain",    "ray",    "read",    "red",
    "reed",     "rich",    "river",  "rob",     "robin",   "rock",   "rod",     "rose",
    "roth",     "royal",   "ruby",   "rusty",   "sage",    "sandy",  "schmidt", "see",
    "shepherd", "sky",     "smith",  "snow",    "sonny",   "spring", "star",    "sterling",
    "stern",    "stone",   "strong", "sue",     "summer",  "sunny",  "taylor",  "tiger",
    "tom",      "trinity", "trip",   "van",     "victor",  "violet", "wade",    "wagner",
    "walker",   "wall",    "ward",   "weber",   "wells",   "west",   "white",   "will",
    "winter",   "wolf",    "wood",   "woods",   "young"};

static bool is_word_of_the_dictionary(struct str s) {
    for (size_t i = 0; i < ARRAY_LEN(WORDS); i++) {
        if (str_ieq(s, str_of(WORDS[i]))) {
            return true;
        }
    }
    return false;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Lower case of Latin, Greek's and Cyrillic's plain letters, byte for byte. `before` is the byte
 * in front of it. */
static unsigned char fold(unsigned char c, unsigned char before) {
    if (c >= 'A' && c <= 'Z') {
        return (unsigned char)(c + 32);
    }
    if (before == 0xC3 && c >= 0x80 && c <= 0x9E && c != 0x97) {
        return (unsigned char)(c + 0x20);
    }
    if (before == 0xD0 && c >= 0x90 && c <= 0x9F) {
        return (unsigned char)(c + 0x20);
    }
    return is_blank((char)c) ? ' ' : c;
}

static unsigned char at(struct str s, size_t i) {
    return i < s.len ? (unsigned char)s.ptr[i] : 0;
}

static unsigned char folded_at(struct str s, size_t i) {
    return fold(at(s, i), i ? at(s, i - 1) : 0);
}

/* Does a letter or digit end right before i? Two-byte sequences are letters (Latin, Greek,
 * Cyrillic …) but for signs (C2); three- and four-byte ones are signs or scripts without blanks. */
static bool letter_before(struct str s, size_t i) {
    if (!i) {
        return false;
    }
    unsigned char c = at(s, i - 1);
    if (c < 0x80) {
        return isalnum(c) != 0;
    }
    return i >= 2 && c < 0xC0 && at(s, i - 2) >= 0xC3 && at(s, i - 2) <= 0xDF;
}

static bool letter_at(struct str s, size_t i) {
    unsigned char c = at(s, i);
    return c < 0x80 ? isalnum(c) != 0 : c >= 0xC3 && c <= 0xDF;
}

enum { HEAD_BYTES = 4 };

/* Of the first four bytes, folded, a run of blanks as one; of the first two when `is_short`. */
static uint32_t head_of(struct str s, size_t i, bool is_short) {
    uint32_t h = is_short;
    for (int n = 0; n < (is_short ? 2 : HEAD_BYTES); n++) {
        unsigned char c = folded_at(s, i++);
        while (c == ' ' && i < s.len && is_blank(s.ptr[i])) {
            i++;
        }
        h = (h ^ c) * 16777619U;
    }
    return (h ^ (h >> 15)) % MATCH_HEADS;
}

/* ---- patterns ---- */

static struct str fold_text(struct arena *a, struct str s) {
    char *out = arena_array(a, char, s.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (is_blank(s.ptr[i]) && n && out[n - 1] == ' ') {
            continue;
        }
        out[n++] = (char)folded_at(s, i);
    }
    return (struct str){out, n};
}

static uint32_t *chain_of(struct matcher *m, struct str folded) {
    return &m->heads[head_of(folded, 0, folded.len < HEAD_BYTES)];
}

/* Longer ones stand in front. */
static void link_pattern(struct matcher *m, uint32_t index) {
    struct match_pattern *p = &m->patterns[index];
    uint32_t *link = chain_of(m, p->folded);
    while (*link && m->patterns[*link - 1].folded.len >= p->folded.len) {
        link = &m->patterns[*link - 1].next;
    }
    p->next = *link;
    *link = index + 1;
    unsigned char c = (unsigned char)p->folded.ptr[0];
    m->first[c] = true;
    m->first[c >= 'a' && c <= 'z' ? c - 32 : c] = true;
    m->has_short = m->has_short || p->folded.len < HEAD_BYTES;
}

static bool has_pattern(struct matcher *m, struct str folded, struct str exact) {
    for (uint32_t at_link = *chain_of(m, folded); at_link;) {
        const struct match_pattern *p = &m->patterns[at_link - 1];
        if (str_eq(p->exact, exact)) {
            return true;
        }
        at_link = p->next;
    }
    return false;
}

int match_weight(enum token_type type) {
    return type == TOKEN_SECRET ? 2 : type != TOKEN_CODE;
}

/* skip: how many bytes in front belong to the pattern, but not to the original. */
static void add_pattern(struct matcher *m, struct arena *a, struct str text, size_t skip,
                        size_t entity, enum token_type type) {
    struct str folded = fold_text(a, text);
    if (folded.len < 2 || has_pattern(m, folded, text)) {
        return;
    }
    struct match_pattern p = {.folded = folded,
                              .exact = text,
                              .entity = entity,
                              .is_exact = text.len < 4 || (type == TOKEN_USER && !skip)
                                          || type == TOKEN_CODE || is_word_of_the_dictionary(text),
                              .is_name = type == TOKEN_NAME,
                              .weight = match_weight(type),
                              .skip = skip};
    *arena_push(a, m->patterns, m->count, m->cap) = p;
    m->heaviest = p.weight > m->heaviest ? p.weight : m->heaviest;
    link_pattern(m, (uint32_t)m->count - 1);
}

bool match_is_title(struct str word) {
    static const char *const titles[] = {
        "herr",  "frau",     "miss", "madame", "prof", "professor", "doctor", "doktor",
        "señor", "monsieur", "sir",  "lady",   "von",  "van",       "der",    "den"};
    for (size_t i = 0; i < ARRAY_LEN(titles); i++) {
        if (str_ieq(word, str_of(titles[i]))) {
            return true;
        }
    }
    return false;
}

/* A person's first and last word by themselves. */
static void add_parts(struct matcher *m, struct arena *a, struct str name, size_t entity) {
    for (size_t from = 0; from < name.len;) {
        size_t to = from;
        while (to < name.len && !is_blank(name.ptr[to])) {
            to++;
        }
        struct str word = str_sub(name, from, to);
        bool is_title = word.len < 3 || str_ends(word, STR(".")) || match_is_title(word);
        if (!is_title && word.len < name.len) {
            add_pattern(m, a, word, 0, entity, TOKEN_NAME);
        }
        from = to + 1;
    }
}

/* Who owns a home folder, behind the folders' names (agents write "-home-anna-project" for a path,
 * too), and alone as `ls -l` prints it, unless that is likely to be another word. */
static void add_user(struct matcher *m, struct arena *a, struct str user, size_t entity) {
    enum { SHORTEST_ALONE = 5 };
    static const char *const homes[] = {"/home/", "/Users/", "\\Users\\", "-home-", "-Users-"};
    for (size_t h = 0; h < ARRAY_LEN(homes); h++) {
        add_pattern(m, a, str_fmt(a, "%s" STR_FMT, homes[h], STR_ARG(user)), strlen(homes[h]),
                    entity, TOKEN_USER);
    }
    if (user.len >= SHORTEST_ALONE && !is_word_of_the_dictionary(user)) {
        add_pattern(m, a, user, 0, entity, TOKEN_USER);
    }
}

void matcher_make(struct matcher *m, struct arena *a, const struct book *b) {
    memset(m, 0, sizeof *m);
    m->tag = b->tag;
    for (size_t i = 0; i < b->count; i++) {
        for (size_t f = 0; f < b->entities[i].count; f++) {
            struct str text = b->entities[i].forms[f].text;
            if (b->entities[i].forms[f].escaped) {
                continue;
            }
            if (b->entities[i].type == TOKEN_USER) {
                add_user(m, a, text, i);
            } else {
                add_pattern(m, a, text, 0, i, b->entities[i].type);
            }
        }
    }
    for (size_t i = 0; i < b->count; i++) {
        for (size_t f = 0; b->entities[i].type == TOKEN_NAME && f < b->entities[i].count; f++) {
            if (!b->entities[i].forms[f].escaped) {
                add_parts(m, a, b->entities[i].forms[f].text, i);
            }
        }
    }
}

/* ---- finding ---- */

/* Where the pattern ends when it stands here; 0: it does not. */
static size_t stands(const struct match_pattern *p, struct str text, size_t from) {
    size_t i = from;
    for (size_t k = 0; k < p->folded.len; k++) {
        if (folded_at(text, i) != (unsigned char)p->folded.ptr[k]) {
            return 0;
        }
        i++;
        while (p->folded.ptr[k] == ' ' && i < text.len && is_blank(text.ptr[i])) {
            i++;
        }
    }
    if (i > text.len) {
        return 0;
    }
    if (p->is_exact && !str_eq(str_sub(text, from, i), p->exact)) {
        return 0;
    }
    if (!letter_before(text, i) || !letter_at(text, i)) {
        return i;
    }
    size_t s = p->is_name && at(text, i) == 'e' && at(text, i + 1) == 's' ? 2
               : p->is_name && at(text, i) == 's'                         ? 1
                                                                          : 0;
    return s && !letter_at(text, i + s) ? i : 0;
}

static bool word_begins(struct str text, size_t i) {
    return !letter_at(text, i) || !letter_before(text, i) || escape_ends(text, i);
}

bool matcher_may_begin(const struct matcher *m, struct str text, size_t from) {
    if (!m->first[at(text, from)] || !word_begins(text, from)) {
        return false;
    }
    enum { BEHIND = 2 }; /* "es" */
    for (size_t n = 0; n < m->count; n++) {
        const struct match_pattern *p = &m->patterns[n];
        size_t i = from;
        size_t k = 0;
        for (; k < p->folded.len && i < text.len
               && folded_at(text, i) == (unsigned char)p->folded.ptr[k];
             k++) {
            i++;
            while (p->folded.ptr[k] == ' ' && i < text.len && is_blank(text.ptr[i])) {
                i++;
            }
        }
        bool cut = i == text.len;
        bool open = k == p->folded.len && text.len - i <= BEHIND && letter_at(text, text.len - 1);
        if (cut || open) {
            return true;
        }
    }
    return false;
}

static size_t find_at(const struct matcher *m, struct str text, size_t i, bool is_short,
                      const struct match_pattern **found) {
    for (uint32_t link = m->heads[head_of(text, i, is_short)]; link;) {
        const struct match_pattern *p = &m->patterns[link - 1];
        size_t end = stands(p, text, i);
        if (end) {
            *found = p;
            return end;
        }
        link = p->next;
    }
    return 0;
}

/* Where a pattern begins that stands at i; *end behind it, 0: none does. */
static const struct match_pattern *pattern_at(const struct matcher *m, struct str text, size_t i,
                                              size_t *end) {
    const struct match_pattern *p = NULL;
    *end = 0;
    if (m->first[at(text, i)] && word_begins(text, i)) {
        *end = find_at(m, text, i, false, &p);
        *end = *end || !m->has_short ? *end : find_at(m, text, i, true, &p);
    }
    return p;
}

/* A weightier one that begins inside of what was found and reaches beyond it stays instead: of a
 * password no part may be left, because a word before it was taken for its beginning. */
static const struct match_pattern *weightier(const struct matcher *m, struct str text,
                                             const struct match_pattern *p, size_t *from,
                                             size_t *to) {
    for (size_t i = *from + 1; i < *to && p->weight < m->heaviest; i++) {
        size_t end = 0;
        const struct match_pattern *other = pattern_at(m, text, i, &end);
        if (end > *to && other->weight > p->weight) {
            p = other;
            *from = i;
            *to = end;
        }
    }
    return p;
}

void matcher_find(const struct matcher *m, struct arena *a, struct str text, struct hits *out) {
    for (size_t i = 0; i + 1 < text.len;) {
        if (!m->first[at(text, i)]) {
            i++;
            continue;
        }
        struct token t = {0};
        if (isupper(at(text, i)) && token_read(str_sub(text, i, text.len), &t)
            && str_is(t.tag, m->tag)) {
            i += t.len;
            continue;
        }
        size_t end = 0;
        const struct match_pattern *p = pattern_at(m, text, i, &end);
        if (end) {
            size_t first = i;
            p = weightier(m, text, p, &i, &end);
            out->again = out->again || i != first;
            struct hit h = {.from = i + p->skip,
                            .to = end,
                            .entity = p->entity,
                            .text = str_sub(text, i + p->skip, end)};
            *arena_push(a, out->v, out->count, out->cap) = h;
        }
        i = end ? end : i + 1;
    }
}
