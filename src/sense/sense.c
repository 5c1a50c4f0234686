/* The scan: each text once through all patterns, validators on what matched, then the text's other
 * readings the same way. Any failure is told; the caller then lets nothing leave. */
#include "base/clock.h"
#include "base/hash.h"
#include "sense/inside.h"
#include "sense/masks.h"
#include "sense/tagger.h"

#include <ctype.h>
#include <hs.h>
#include <pthread.h>
#include <stdatomic.h>

const struct sense_limits SENSE_LIMITS = {64UL << 20, 10000, 0};

enum { DEEPEST_READING = 3 };

struct sense {
    struct hs_database *db;
    struct hs_scratch *scratch; /* the model for the threads' copies */
    struct rules *rules;
    uint64_t version;
    bool silent[]; /* the table's rows that are switched off */
};

static _Atomic enum sense_trouble trouble;

void sense_fail_scans(enum sense_trouble t) {
    atomic_store(&trouble, t);
}

/* ---- the table ---- */

static struct detector *all_faces;
/* The rows that have no pattern; SIZE_MAX: nothing is reported. */
static size_t name_rows[TAGGER_KINDS], topic_rows[FIELDS][2], key_row;

static size_t row_called(struct str id) {
    size_t i = 0;
    while (i < SENSE_TABLE_COUNT && !str_is(id, SENSE_TABLE[i].face.id)) {
        i++;
    }
    return i < SENSE_TABLE_COUNT ? i : SIZE_MAX;
}

static void find_rows(void) {
    static const char *const names[TAGGER_KINDS] = {
        [TAGGER_NONE] = "",
        [TAGGER_PERSON] = "name",
        [TAGGER_ORGANISATION] = "organisation",
        [TAGGER_PLACE] = "place",
        [TAGGER_PUBLIC] = "public-name",
        [TAGGER_EMPLOYER] = "employer",
        [TAGGER_PRIVATE_ORGANISATION] = "private-organisation",
        [TAGGER_UNCERTAIN] = "uncertain-name",
        [TAGGER_SMALL_ORGANISATION] = "small-organisation",
        [TAGGER_SMALL_PLACE] = "small-place",
        [TAGGER_ADDRESS] = "address-block",
        [TAGGER_EXAMPLE_MAIL] = "example-mail",
        [TAGGER_TERM] = "term"};
    static const char *const topics[FIELDS][2] = {/* mentioned, told */
                                                  [FIELD_HEALTH] = {"health-mention", "health"},
                                                  [FIELD_FINANCE] = {"finance-mention", "finance"},
                                                  [FIELD_LEGAL] = {"legal-mention", "legal"},
                                                  [FIELD_MINORS] = {"", "minors"},
                                                  [FIELD_WORK] = {"", "work"},
                                                  [FIELD_THIRD] = {"", "third-parties"},
                                                  [FIELD_PERSON] = {"person-word", ""}};
    for (size_t i = 0; i < TAGGER_KINDS; i++) {
        name_rows[i] = row_called(str_of(names[i]));
    }
    for (size_t i = 0; i < FIELDS; i++) {
        topic_rows[i][0] = row_called(str_of(topics[i][0]));
        topic_rows[i][1] = row_called(str_of(topics[i][1]));
    }
    key_row = row_called(STR("password-key"));
}

static void make_faces(void) {
    find_rows();
    all_faces = calloc(SENSE_TABLE_COUNT, sizeof *all_faces);
    if (!all_faces) {
        abort();
    }
    for (size_t i = 0; i < SENSE_TABLE_COUNT; i++) {
        all_faces[i] = SENSE_TABLE[i].face;
        all_faces[i].validated = SENSE_TABLE[i].validate != NULL;
        all_faces[i].pattern = *SENSE_TABLE[i].pattern || *SENSE_TABLE[i].masks;
        all_faces[i].asked = SENSE_TABLE[i].asked;
    }
}

const struct detector *sense_detectors(size_t *count) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_faces);
    *count = SENSE_TABLE_COUNT;
    return all_faces;
}

static uint64_t table_version(void) {
    uint64_t v = 1;
    for (size_t i = 0; i < SENSE_TABLE_COUNT; i++) {
        const char *says[] = {SENSE_TABLE[i].pattern, SENSE_TABLE[i].masks, SENSE_TABLE[i].near};
        for (size_t k = 0; k < ARRAY_LEN(says); k++) {
            struct sha256 h = sha256_of(str_of(says[k]));
            uint64_t part = 0;
            memcpy(&part, h.bytes, sizeof part);
            v = v * 1099511628211ULL + part;
        }
    }
    return v;
}

bool sense_new(const struct sense_rule *rules, size_t rule_count, struct sense **out,
               struct err *e) {
    struct sense *s = calloc(1, sizeof *s + SENSE_TABLE_COUNT * sizeof s->silent[0]);
    if (!s) {
        abort();
    }
    size_t rows = 0;
    const struct detector *faces = sense_detectors(&rows);
    for (size_t i = 0; i < rows; i++) {
        s->silent[i] = faces[i].asked;
    }
    masks_open();
    if (!patterns_open(&s->db, e) || !extents_open(e)
        || !rules_new(rules, rule_count, &s->rules, e)) {
        sense_free(s);
        return false;
    }
    if (hs_alloc_scratch(s->db, &s->scratch) != HS_SUCCESS) {
        sense_free(s);
        return err_set(e, ERR_BUG, "no memory for the scanner");
    }
    s->version = table_version() ^ rules_version(s->rules) ^ tagger_version();
    *out = s;
    return true;
}

void sense_free(struct sense *s) {
    if (s) {
        rules_free(s->rules);
        hs_free_scratch(s->scratch);
        hs_free_database(s->db);
        free(s);
    }
}

uint64_t sense_version(const struct sense *s) {
    return s->version;
}

bool sense_row_exists(struct str id, struct err *e) {
    if (row_called(id) != SIZE_MAX) {
        return true;
    }
    const char **ids = calloc(SENSE_TABLE_COUNT, sizeof *ids);
    for (size_t i = 0; ids && i < SENSE_TABLE_COUNT; i++) {
        ids[i] = SENSE_TABLE[i].face.id;
    }
    const char *near = ids ? str_nearest(id, ids, SENSE_TABLE_COUNT) : NULL;
    free((void *)ids);
    return err_set(e, ERR_INVALID,
                   "there is no detector `" STR_FMT "`%s%s%s; `weir detectors` lists them",
                   STR_ARG(id), near ? ", did you mean `" : "", near ? near : "", near ? "`" : "");
}

bool sense_switch(struct sense *s, struct str id, bool on, struct err *e) {
    TRY(sense_row_exists(id, e));
    size_t row = row_called(id);
    if (s->silent[row] == on) {
        s->silent[row] = !on;
        s->version ^= (row + 1) * 0x9e3779b97f4a7c15U;
    }
    return true;
}

bool sense_speaks(const struct sense *s, size_t row) {
    return !s->silent[row];
}

/* ---- one scan ---- */

/* What a thread needs to scan. */
struct scratch {
    struct spots *spots;
    struct pcre2_real_match_data_8 *extents;
};

struct scan {
    const struct sense *s;
    struct scratch *own;
    struct arena *a;
    const struct sense_limits *limits;
    struct sense_result *out;
    size_t cut;                    /* only what reaches over it counts; 0: everything */
    const struct sense_text *text; /* the request's text that is read now */
    bool is_key;                   /* it is the name of a field */
    struct str reading;            /* what is scanned: it, or another reading of it */
    size_t from, to;               /* where that reading lies in the text, when it is another one */
    const uint32_t *map;           /* where each of its bytes does; NULL: somewhere there */
    int depth;
    struct tagger_known known; /* names that the request's texts gave so far */
    struct err *e;
    bool failed;
};

static bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static bool is_of_word(char c) {
    return isalnum((unsigned char)c) || (unsigned char)c & 0x80;
}

/* The place in the text as it came. A letter or digit in front of it or behind it would make it
 * part of another word, as the 0 of a `%20` does; who looks for words would not find it there: then
 * it is all up to the next blank. */
static void place(const struct scan *k, struct evidence *ev) {
    struct str text = k->text->text;
    if (!k->map) {
        ev->from = (uint32_t)k->from;
        ev->to = (uint32_t)k->to;
        return;
    }
    size_t from = k->map[ev->from];
    size_t to = k->map[ev->to];
    bool apart =
        (!from || !is_of_word(text.ptr[from - 1])) && (to >= text.len || !is_of_word(text.ptr[to]));
    while (!apart && from && !is_blank(text.ptr[from - 1])) {
        from--;
    }
    while (!apart && to < text.len && !is_blank(text.ptr[to])) {
        to++;
    }
    ev->from = (uint32_t)from;
    ev->to = (uint32_t)to;
}

static void add(struct scan *k, struct evidence ev) {
    if (k->depth) {
        place(k, &ev);
    }
    ev.segment = k->text->segment;
    struct sense_result *out = k->out;
    if (out->count >= k->limits->evidence) {
        return; /* there is evidence of plenty; what counts is that its kinds are there */
    }
    *arena_push(k->a, out->evidence, out->count, out->cap) = ev;
}

static bool kind_is_there(const struct scan *k, const char *kind) {
    for (size_t i = 0; i < k->out->count; i++) {
        if (str_is(k->out->evidence[i].kind, kind)) {
            return true;
        }
    }
    return false;
}

static void add_match(struct scan *k, size_t id, size_t from, size_t to, bool validated) {
    const struct detector_row *row = &SENSE_TABLE[id];
    struct evidence ev = {.kind = str_of(row->face.kind),
                          .detector = str_of(row->face.id),
                          .from = (uint32_t)from,
                          .to = (uint32_t)to,
                          .validated = validated,
                          .confidence = (uint8_t)row->confidence};
    if (k->out->count >= k->limits->evidence) {
        if (!kind_is_there(k, row->face.kind)) {
            *arena_push(k->a, k->out->evidence, k->out->count, k->out->cap) = ev;
        }
        return;
    }
    add(k, ev);
}

/* The row's match that ends at `end`, if its validator agrees. */
static void on_spot(void *ctx, size_t id, size_t end) {
    struct scan *k = ctx;
    const struct detector_row *row = &SENSE_TABLE[id];
    if (k->s->silent[id] || (k->is_key && !row->anywhere)) {
        return;
    }
    size_t from = 0;
    size_t to = end;
    size_t lead = 0;
    extent_find(id, k->reading, k->own->extents, &from, &to, &lead);
    if (k->cut && (lead >= k->cut || end <= k->cut)) {
        return;
    }
    struct matched m = {.text = str_sub(k->reading, from, to), .whole = k->reading, .from = from};
    enum verdict v = row->validate ? row->validate(&m) : MATCH_YES;
    if (v != MATCH_NO) {
        add_match(k, id, from, to, v >= MATCH_VALIDATED);
    }
}

static void on_number(void *ctx, const struct mask_hit *hit) {
    struct scan *k = ctx;
    bool elsewhere = k->cut && (hit->lead >= k->cut || hit->end <= k->cut);
    if (!k->s->silent[hit->row] && !elsewhere) {
        add_match(k, hit->row, hit->from, hit->to, hit->validated);
    }
}

static void on_rule(void *ctx, size_t rule, size_t from, size_t to) {
    struct scan *k = ctx;
    if (k->cut && (from >= k->cut || to <= k->cut)) {
        return;
    }
    struct str name = rules_name(k->s->rules, rule);
    struct sense_result *out = k->out;
    add(k, (struct evidence){.kind = str_fmt(k->a, "rule:" STR_FMT, STR_ARG(name)),
                             .detector = STR("rule"),
                             .from = (uint32_t)from,
                             .to = (uint32_t)to,
                             .confidence = 100});
    for (size_t i = 0; i < out->rule_count; i++) {
        if (str_eq(out->rules_hit[i], name)) {
            return;
        }
    }
    *arena_push(k->a, out->rules_hit, out->rule_count, out->rule_cap) = str_dup(k->a, name);
}

/* What a row without a pattern found. */
static void add_of_row(struct scan *k, size_t row, size_t from, size_t to, uint8_t confidence) {
    if (row < SENSE_TABLE_COUNT && !k->s->silent[row]) {
        add(k, (struct evidence){.kind = str_of(SENSE_TABLE[row].face.kind),
                                 .detector = str_of(SENSE_TABLE[row].face.id),
                                 .from = (uint32_t)from,
                                 .to = (uint32_t)to,
                                 .confidence = confidence});
    }
}

/* `"password": "…"`: the key says what the value is. */
static void look_at_key(struct scan *k) {
    static const char *const words[] = {"password",   "passwd",       "secret",     "api_key",
                                        "apikey",     "access_token", "auth_token", "private_key",
                                        "passphrase", "client_secret"};
    struct str key = k->text->key;
    if (!key.len || k->depth || k->reading.len < 8 || k->reading.len > 200
        || str_find_char(k->reading, ' ') >= 0) {
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (!str_icontains(key, str_of(words[i]))) {
            continue;
        }
        struct matched m = {.text = k->reading, .whole = k->reading};
        if (valid_password(&m) != MATCH_NO) {
            add_of_row(k, key_row, 0, k->reading.len, 80);
        }
        return;
    }
}

/* What a program declares is full of words of its own making. */
static bool is_whole(const struct scan *k, const struct tagger_hit *h) {
    bool sure = h->kind == TAGGER_PERSON || h->kind == TAGGER_EMPLOYER || h->kind == TAGGER_ADDRESS;
    return sure && str_find_char(str_sub(k->reading, h->from, h->to), ' ') >= 0;
}

static void on_name(void *ctx, const struct tagger_hit *h) {
    const struct scan *k = ctx;
    if (k->text->declared && !is_whole(k, h)) {
        return;
    }
    add_of_row(ctx, name_rows[h->kind], h->from, h->to, h->confidence);
}

static void on_topic(void *ctx, const struct topic_hit *h) {
    add_of_row(ctx, topic_rows[h->field][h->told], h->from, h->to, h->confidence);
}

static void scan_reading(struct scan *k, struct str text);

/* Where the bytes of a reading of the present reading lie in the text. */
static const uint32_t *map_through(const struct scan *k, const struct reading *r) {
    if (!r->map || (k->depth && !k->map)) {
        return NULL;
    }
    if (!k->depth) {
        return r->map;
    }
    uint32_t *map = arena_array(k->a, uint32_t, r->text.len + 1);
    for (size_t i = 0; i <= r->text.len; i++) {
        map[i] = k->map[r->map[i]];
    }
    return map;
}

static void on_reading(void *ctx, const struct reading *r) {
    struct scan *k = ctx;
    if (k->failed || k->depth >= DEEPEST_READING) {
        return;
    }
    struct str reading = k->reading;
    size_t from = k->from;
    size_t to = k->to;
    const uint32_t *map = k->map;
    k->map = map_through(k, r);
    if (!k->depth || map) {
        k->from = k->depth ? map[r->from] : r->from;
        k->to = k->depth ? map[r->to] : r->to;
    }
    k->depth++;
    if (r->binary) {
        k->map = NULL;
        add(k, (struct evidence){
                   .kind = STR("unreadable"), .detector = STR("binary"), .confidence = 90});
    } else {
        scan_reading(k, r->text);
    }
    k->depth--;
    k->reading = reading;
    k->from = from;
    k->to = to;
    k->map = map;
}

static bool scan_patterns(struct scan *k) {
    if (!k->is_key) {
        bool said = k->text->role == ROLE_USER && (k->text->flows || !k->text->key.len);
        masks_scan(k->reading, k->text->key, said, on_number, k);
    }
    k->failed = !spots_find(k->own->spots, k->s->db, k->reading, on_spot, k, k->e);
    return !k->failed;
}

static void scan_reading(struct scan *k, struct str text) {
    k->reading = text;
    if (!text.len || k->failed) {
        return;
    }
    if (!scan_patterns(k)) {
        return;
    }
    look_at_key(k);
    if (!k->is_key) {
        tagger_scan(text, &k->known, on_name, on_topic, k);
    }
    if (!rules_scan(k->s->rules, text, k->own->extents, on_rule, k, k->e)) {
        k->failed = true;
        return;
    }
    decode_readings(k->a, text, on_reading, k);
}

static pthread_key_t scratch_key;

static void free_scratch(void *p) {
    struct scratch *own = p;
    if (own) {
        spots_free(own->spots);
        extents_drop(own->extents);
        free(own);
    }
}

static void make_key(void) {
    if (pthread_key_create(&scratch_key, free_scratch) != 0) {
        abort();
    }
}

/* The thread's, made once: the table is the same for every scanner of the process. */
static bool own_scratch(const struct sense *s, struct scratch **out) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    if (atomic_load(&trouble) == SENSE_NO_MEMORY) {
        return false;
    }
    pthread_once(&once, make_key);
    *out = pthread_getspecific(scratch_key);
    if (*out) {
        return true;
    }
    struct scratch *own = calloc(1, sizeof *own);
    bool ok = own && (own->spots = spots_new(s->scratch)) != NULL
              && (own->extents = extents_scratch()) != NULL
              && pthread_setspecific(scratch_key, own) == 0;
    if (!ok) {
        free_scratch(own);
    }
    *out = own;
    return ok;
}

static bool begin(struct scan *k, struct err *e) {
    k->e = e;
    if (atomic_load(&trouble) == SENSE_FAILS) {
        return err_set(e, ERR_BUG, "the scanner failed (a test says so)");
    }
    return own_scratch(k->s, &k->own) || err_set(e, ERR_BUG, "no memory for the scanner");
}

/* Programs call their fields `user_id`, `x-y` or `$ref`; a key with blanks or a number in it is
 * data like any value: {"Anna Krause": 3}. */
static bool is_field_name(struct str key) {
    enum { LONGEST_NUMBER = 4 };
    size_t digits = 0;
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];
        digits += isdigit((unsigned char)c) != 0;
        if (!isalnum((unsigned char)c) && !strchr("_-.$/", c)) {
            return false;
        }
    }
    return digits <= LONGEST_NUMBER;
}

static bool scan_text(struct scan *k, const struct sense_text *text) {
    k->text = text;
    k->is_key = text->is_key && is_field_name(text->text);
    if (text->opaque) {
        add(k, (struct evidence){.kind = STR("unreadable"),
                                 .detector = STR("media"),
                                 .to = (uint32_t)text->text.len,
                                 .confidence = 100});
        return true;
    }
    scan_reading(k, text->text);
    if (k->failed) {
        return false;
    }
    if (k->limits->deadline_us && clock_mono_us() > k->limits->deadline_us) {
        return err_set(k->e, ERR_TIMEOUT, "the scan took too long");
    }
    return true;
}

bool sense_scan(const struct sense *s, struct arena *a, const struct sense_text *texts, size_t n,
                const struct sense_limits *l, struct sense_result *out, struct err *e) {
    *out = (struct sense_result){0};
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++) {
        bytes += texts[i].text.len;
    }
    if (bytes > l->bytes) {
        return err_set(e, ERR_TOO_LARGE, "%zu bytes are more than weir scans at once (%zu)", bytes,
                       l->bytes);
    }
    struct scan k = {.s = s, .a = a, .limits = l, .out = out};
    TRY(begin(&k, e));
    for (size_t i = 0; i < n; i++) {
        TRY(scan_text(&k, &texts[i]));
    }
    evidence_order(a, out);
    return true;
}

bool sense_scan_next(const struct sense *s, struct arena *a, const struct sense_text *text,
                     const struct sense_limits *l, struct tagger_known *known,
                     struct sense_result *out, struct err *e) {
    *out = (struct sense_result){0};
    struct scan k = {.s = s, .a = a, .limits = l, .out = out, .known = *known};
    TRY(begin(&k, e) && scan_text(&k, text));
    *known = k.known;
    evidence_order(a, out);
    return true;
}

bool scan_over(const struct sense *s, struct arena *a, struct str text, size_t cut,
               struct sense_result *out, struct err *e) {
    const struct sense_text whole = {.text = text};
    struct scan k = {.s = s,
                     .a = a,
                     .limits = &SENSE_LIMITS,
                     .out = out,
                     .text = &whole,
                     .reading = text,
                     .cut = cut,
                     .e = e};
    *out = (struct sense_result){0};
    if (!own_scratch(s, &k.own)) {
        return err_set(e, ERR_BUG, "no memory for the scanner");
    }
    return scan_patterns(&k) && rules_scan(s->rules, text, k.own->extents, on_rule, &k, e);
}
