/* The build tool that turns src/sense/data into tables in C: model DATA OUT.c. The files are text,
 * so that a change of them can be read; what they hold is said in data/NOTICE.md. */
#include "base/buf.h"
#include "sense/topics_inside.h"

#include <stdio.h>

struct model {
    uint32_t words[WORD_SLOTS], names[PUBLIC_SLOTS];
    uint32_t terms[TERM_SLOTS];
    uint64_t filter[2 * TERM_BITS / 64];
    uint64_t pairs[TERM_BITS / 64];
    uint8_t fields[GROUPS];
    int8_t weights[FEATURE_BUCKETS][FEATURE_CLASSES];
    int8_t topics[TOPIC_BUCKETS][TOPIC_CLASSES];
    uint64_t said_words[SAID_SLOTS], said_weights[SAID_BUCKETS];
    uint64_t version;
};

static _Noreturn void give_up(const char *file, const char *why, struct str what) {
    fprintf(stderr, "%s: %s: " STR_FMT "\n", file, why, STR_ARG(what));
    exit(1);
}

static struct str file_all(struct arena *a, const char *folder, const char *name) {
    const char *path = str_cstr(a, str_fmt(a, "%s/%s", folder, name));
    FILE *f = fopen(path, "rb");
    if (!f) {
        give_up(path, "cannot be read", STR(""));
    }
    size_t max = 1 << 23;
    char *text = arena_alloc(a, max);
    size_t n = fread(text, 1, max, f);
    if (n == max || ferror(f)) {
        give_up(path, "too long", STR(""));
    }
    fclose(f);
    return (struct str){text, n};
}

/* Free slot from `at` on. */
static uint32_t slot(const uint32_t *table, uint32_t slots, uint32_t at) {
    at &= slots - 1;
    while (table[at]) {
        at = (at + 1) & (slots - 1);
    }
    return at;
}

static unsigned flags_from(struct str letters) {
    unsigned flags = 0;
    for (size_t i = 0; i < letters.len; i++) {
        const char *at = strchr(WORD_LETTERS, letters.ptr[i]);
        if (!at) {
            give_up("words.txt", "no such letter", letters);
        }
        flags |= 1U << (at - WORD_LETTERS);
    }
    return flags;
}

/* A word of both lists is one row; of two cues the later one counts. */
static void add_word(struct model *m, struct str word, uint32_t code) {
    uint32_t h = word_hash(word);
    uint32_t at = h & (WORD_SLOTS - 1);
    while (m->words[at] && (m->words[at] ^ h) >> WORD_CHECK != 0) {
        at = (at + 1) & (WORD_SLOTS - 1);
    }
    uint32_t cue = code >> WORD_CUE ? code : m->words[at] & 15U << WORD_CUE;
    m->words[at] =
        (h >> WORD_CHECK << WORD_CHECK) | cue | (m->words[at] & 0xffff) | (code & 0xffff);
}

static uint32_t cue_from(struct str name) {
    static const char *const names[] = {
        "",     "me",   "story",  "count",  "known",  "letter",        "names", "employs",
        "task", "they", "german", "others", "street", "street_before", "unit",  "paper"};
    for (uint32_t i = 1; i < ARRAY_LEN(names); i++) {
        if (str_is(name, names[i])) {
            return i;
        }
    }
    give_up("cues.txt", "no such cue", name);
}

/* Lines of "KEY word word …"; # is a comment. */
static void read_lists(struct model *m, struct str text, bool cues) {
    struct str line = {0};
    while (str_cut(text, '\n', &line, &text)) {
        struct str key = {0};
        struct str word = {0};
        struct str rest = {0};
        if (!line.len || line.ptr[0] == '#') {
            continue;
        }
        str_cut(line, ' ', &key, &rest);
        uint32_t code = cues ? cue_from(key) : flags_from(str_sub(key, 1, key.len));
        bool more = true;
        while (more) {
            more = str_cut(rest, ' ', &word, &rest);
            add_word(m, word, cues ? code << WORD_CUE : code);
        }
    }
}

/* Of a word that stands in several lines the later group and the later part count. */
static void add_term(struct model *m, uint32_t hash, uint32_t code) {
    const uint32_t part = (1U << TERM_GROUP) - 1;
    const uint32_t group = (1U << TERM_CHECK) - 1 - part;
    uint32_t at = hash & (TERM_SLOTS - 1);
    while (m->terms[at] && (m->terms[at] ^ hash) >> TERM_CHECK != 0) {
        at = (at + 1) & (TERM_SLOTS - 1);
    }
    uint32_t kept = m->terms[at] & (code & part ? group : part);
    m->terms[at] = (hash >> TERM_CHECK << TERM_CHECK) | kept | code;
}

static void add_filter(struct model *m, uint32_t hash, uint64_t what) {
    uint32_t at = 2 * (hash & (TERM_BITS - 1));
    m->filter[at / 64] |= what << (at % 64);
}

static uint8_t field_from(struct str name) {
    static const char *const names[FIELDS] = {"health", "finance", "legal", "minors",
                                              "work",   "third",   "person"};
    for (uint32_t i = 0; i < FIELDS; i++) {
        if (str_is(name, names[i])) {
            return (uint8_t)(1U << i);
        }
    }
    give_up("topics.txt", "no such topic", name);
}

static uint32_t part_from(struct str name) {
    static const char *const names[PART_NUMBER] = {
        "",       "me",      "my",    "they", "you",  "kin", "generic", "have", "be",   "suffer",
        "say",    "feel",    "take",  "did",  "time", "not", "if",      "ask",  "help", "task",
        "polish", "fiction", "study", "code", "prep", "det", "and",     "more"};
    for (uint32_t i = 1; i < PART_NUMBER; i++) {
        if (str_is(name, names[i])) {
            return i;
        }
    }
    give_up("topics.txt", "no such part", name);
}

/* "FIELD.GROUP", "FIELD+FIELD.GROUP": as the table's code. */
static uint32_t group_from(struct model *m, struct str key, struct str seen[GROUPS]) {
    uint32_t group = 1;
    while (group < GROUPS && seen[group].len && !str_eq(seen[group], key)) {
        group++;
    }
    struct str fields = {0};
    struct str rest = {0};
    if (group == GROUPS || !str_cut(key, '.', &fields, &rest)) {
        give_up("topics.txt", "no such group, or too many", key);
    }
    seen[group] = key;
    bool more = true;
    while (more) {
        struct str field = {0};
        more = str_cut(fields, '+', &field, &fields);
        m->fields[group] |= field_from(field);
    }
    return group << TERM_GROUP;
}

/* "word", its plural, "two_words", or "*itis", an ending of four letters. */
static void add_terms(struct model *m, struct arena *a, struct str word, uint32_t code) {
    struct str head = {0};
    struct str tail = {0};
    bool topic = code >> TERM_GROUP != 0;
    if (word.len == 5 && word.ptr[0] == '*') {
        uint32_t ending = 0;
        memcpy(&ending, word.ptr + 1, sizeof ending);
        add_term(m, word_hash_name(0, ending), code);
        return;
    }
    if (str_cut(word, '_', &head, &tail)) {
        uint32_t both = word_hash_name(word_hash_name(0, word_hash(head)), word_hash(tail));
        add_term(m, both, code);
        m->pairs[both % TERM_BITS / 64] |= 1ULL << (both % 64);
        add_filter(m, word_hash(head), topic ? 2 : 0);
        return;
    }
    add_term(m, word_hash(word), code);
    add_filter(m, word_hash(word), topic ? 1 : 0);
    if (topic && !str_ends(word, STR("s"))) {
        uint32_t plural = word_hash(str_fmt(a, STR_FMT "s", STR_ARG(word)));
        add_term(m, plural, code);
        add_filter(m, plural, 1);
    }
}

static void read_topics(struct model *m, struct arena *a, struct str text) {
    struct str seen[GROUPS] = {0};
    struct str line = {0};
    while (str_cut(text, '\n', &line, &text)) {
        struct str key = {0};
        struct str word = {0};
        struct str rest = {0};
        bool more = line.len && line.ptr[0] != '#' && str_cut(line, ' ', &key, &rest);
        uint32_t code = !more               ? 0
                        : key.ptr[0] == '=' ? part_from(str_sub(key, 1, key.len))
                                            : group_from(m, key, seen);
        while (more) {
            more = str_cut(rest, ' ', &word, &rest);
            add_terms(m, a, word, code);
        }
    }
}

/* One full name a line, folded, no punctuation. */
static void read_names(struct model *m, struct str text) {
    struct str line = {0};
    while (str_cut(text, '\n', &line, &text)) {
        struct str word = {0};
        uint32_t name = 0;
        bool more = line.len && line.ptr[0] != '#';
        while (more) {
            more = str_cut(line, ' ', &word, &line);
            name = word_hash_name(name, word_hash(word));
        }
        if (name) {
            m->names[slot(m->names, PUBLIC_SLOTS, name)] = name;
        }
    }
}

/* A weight of any number of classes as decimal numbers, in order. */
static void read_weights(struct str text, int8_t *out, size_t count) {
    struct str line = {0};
    size_t n = 0;
    while (str_cut(text, '\n', &line, &text)) {
        bool more = line.len && line.ptr[0] != '#';
        while (more) {
            struct str word = {0};
            int64_t value = 0;
            more = str_cut(line, ' ', &word, &line);
            if (n == count || !str_to_i64(word, &value) || value < -127 || value > 127) {
                give_up("weights", "not a weight", word);
            }
            out[n++] = (int8_t)value;
        }
    }
    if (n != count) {
        give_up("weights", "too few", STR(""));
    }
}

/* A byte for each topic, 128 more than the number. */
static uint64_t bytes_from(struct str line) {
    uint64_t out = 0;
    bool more = true;
    for (unsigned f = 0; f < FIELD_PERSON; f++) {
        struct str word = {0};
        int64_t value = 0;
        bool there = more;
        more = there && str_cut(line, ' ', &word, &line);
        if (!there || !str_to_i64(word, &value) || value < -127 || value > 127) {
            give_up("said.weights", "not a weight", word);
        }
        out |= (uint64_t)(value + 128) << (8 * f);
    }
    return out;
}

/* "word 1 -2 …" for each word; the others are "= 1 -2 …", in order. */
static void read_said(struct model *m, struct str text) {
    struct str line = {0};
    size_t n = 0;
    size_t words = 1; /* the first place stays free */
    while (str_cut(text, '\n', &line, &text)) {
        struct str word = {0};
        if (!line.len || line.ptr[0] == '#') {
            continue;
        }
        str_cut(line, ' ', &word, &line);
        if (str_is(word, "=")) {
            if (n == SAID_BUCKETS) {
                give_up("said.weights", "too many", word);
            }
            m->said_weights[n++] = bytes_from(line);
            continue;
        }
        uint32_t hash = word_hash(word);
        uint32_t at = hash & (SAID_SLOTS - 1);
        while (at == 0 || m->said_words[at]) {
            at = (at + 1) & (SAID_SLOTS - 1);
        }
        if (++words > SAID_SLOTS / 8 * 7) {
            give_up("said.weights", "too many words", word);
        }
        m->said_words[at] = (uint64_t)(hash >> 16) << SAID_CHECK | bytes_from(line);
    }
    if (n != SAID_BUCKETS) {
        give_up("said.weights", "too few", STR(""));
    }
}

static void print_numbers(FILE *f, const char *name, const char *size, const uint32_t *v,
                          size_t n) {
    fprintf(f, "const uint32_t %s[%s] = {\n", name, size);
    for (size_t i = 0; i < n; i++) {
        fprintf(f, "%u%s", v[i], i % 12 == 11 ? ",\n" : ",");
    }
    fprintf(f, "};\n");
}

/* The weights of a bucket as one number, a byte each. */
static void print_weights(FILE *f, const char *name, const char *size, const int8_t *v, size_t rows,
                          size_t classes) {
    fprintf(f, "const uint32_t %s[%s] = {\n", name, size);
    for (size_t i = 0; i < rows; i++) {
        uint32_t packed = 0;
        for (size_t c = 0; c < classes; c++) {
            packed |= (uint32_t)(v[i * classes + c] + 128) << (8 * c);
        }
        fprintf(f, "%u%s", packed, i % 12 == 11 ? ",\n" : ",");
    }
    fprintf(f, "};\n");
}

static void print_long(FILE *f, const char *name, const char *size, const uint64_t *v, size_t n) {
    fprintf(f, "const uint64_t %s[%s] = {\n", name, size);
    for (size_t i = 0; i < n; i++) {
        fprintf(f, "%lluU%s", (unsigned long long)v[i], i % 8 == 7 ? ",\n" : ",");
    }
    fprintf(f, "};\n");
}

static struct str data_file(struct model *m, struct arena *a, const char *folder,
                            const char *name) {
    struct str text = file_all(a, folder, name);
    for (size_t i = 0; i < text.len; i++) {
        m->version = (m->version ^ (unsigned char)text.ptr[i]) * 1099511628211ULL;
    }
    return text;
}

int main(int argc, char **argv) {
    static struct model m;
    if (argc != 3) {
        give_up(argv[0], "model DATA OUT.c", STR(""));
    }
    struct arena a = arena_make(1 << 24);
    m.version = 14695981039346656037ULL;
    read_lists(&m, data_file(&m, &a, argv[1], "words.txt"), false);
    read_lists(&m, data_file(&m, &a, argv[1], "languages.txt"), true);
    read_lists(&m, data_file(&m, &a, argv[1], "cues.txt"), true);
    read_names(&m, data_file(&m, &a, argv[1], "known.txt"));
    read_weights(data_file(&m, &a, argv[1], "names.weights"), m.weights[0], sizeof m.weights);
    read_topics(&m, &a, data_file(&m, &a, argv[1], "topics.txt"));
    read_weights(data_file(&m, &a, argv[1], "topics.weights"), m.topics[0], sizeof m.topics);
    read_said(&m, data_file(&m, &a, argv[1], "said.weights"));
    FILE *f = fopen(argv[2], "w");
    if (!f) {
        give_up(argv[2], "cannot be written", STR(""));
    }
    fprintf(f,
            "/* Made by sense_model from src/sense/data. */\n#include \"sense/topics_inside.h\"\n");
    print_numbers(f, "WORD_TABLE", "WORD_SLOTS", m.words, WORD_SLOTS);
    print_numbers(f, "PUBLIC_TABLE", "PUBLIC_SLOTS", m.names, PUBLIC_SLOTS);
    print_numbers(f, "TERM_TABLE", "TERM_SLOTS", m.terms, TERM_SLOTS);
    print_long(f, "TERM_FILTER", "2 * TERM_BITS / 64", m.filter, ARRAY_LEN(m.filter));
    print_long(f, "TERM_PAIRS", "TERM_BITS / 64", m.pairs, ARRAY_LEN(m.pairs));
    print_long(f, "SAID_WORDS", "SAID_SLOTS", m.said_words, SAID_SLOTS);
    print_long(f, "SAID_WEIGHTS", "SAID_BUCKETS", m.said_weights, SAID_BUCKETS);
    fprintf(f, "const uint8_t GROUP_FIELDS[GROUPS] = {\n");
    for (size_t i = 0; i < GROUPS; i++) {
        fprintf(f, "%u,", m.fields[i]);
    }
    fprintf(f, "};\n");
    print_weights(f, "NAME_WEIGHTS", "FEATURE_BUCKETS", m.weights[0], FEATURE_BUCKETS,
                  FEATURE_CLASSES);
    print_weights(f, "TOPIC_WEIGHTS", "TOPIC_BUCKETS", m.topics[0], TOPIC_BUCKETS, TOPIC_CLASSES);
    fprintf(f, "const uint64_t SENSE_MODEL_VERSION = 0x%llxULL;\n", (unsigned long long)m.version);
    if (fclose(f) != 0) {
        give_up(argv[2], "cannot be written", STR(""));
    }
    arena_end(&a);
    return 0;
}
