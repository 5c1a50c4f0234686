/* One text once through all patterns, validators on what matched, the small models over its words,
 * then its other readings the same way. */
#include "sense/scan.h"

#include "base/clock.h"
#include "codec/escape.h"
#include "sense/masks.h"
#include "sense/tagger.h"

#include <ctype.h>

enum { DEEPEST_READING = 3 };

static bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static bool is_of_word(char c) {
    return isalnum((unsigned char)c) || (unsigned char)c & 0x80;
}

/* A word of its own there, as who looks for words in the text sees it: behind an escape one begins,
 * too. */
static bool is_apart(struct str text, size_t from, size_t to) {
    bool begins = !from || !is_of_word(text.ptr[from - 1]) || escape_ends(text, from);
    return begins && (to >= text.len || !is_of_word(text.ptr[to]));
}

/* The place in the text as it came. What is a part of another word there would not be found again:
 * then it is all up to the next blank. */
static void place(const struct scan *k, struct evidence *ev) {
    struct str text = k->text->text;
    if (!k->map) {
        ev->from = (uint32_t)k->from;
        ev->to = (uint32_t)k->to;
        return;
    }
    size_t from = k->map[ev->from];
    size_t to = k->map[ev->to];
    bool apart = is_apart(text, from, to);
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

/* The row that a match is reported as. */
static size_t reported_as(struct scan *k, size_t id, size_t from, size_t to) {
    const char *kind = SENSE_TABLE[id].face.kind;
    if (strcmp(kind, "email") == 0 && nobody_mail(&k->nobody, k->reading, from, to)) {
        return k->plain->names[TAGGER_EXAMPLE_MAIL];
    }
    enum tagger_kind address = strcmp(kind, "address") == 0
                                   ? nobody_address(&k->nobody, k->reading, from, to)
                                   : TAGGER_ADDRESS;
    return address != TAGGER_ADDRESS ? k->plain->names[address] : id;
}

static void add_match(struct scan *k, size_t id, size_t from, size_t to, bool validated) {
    id = reported_as(k, id, from, to);
    if (k->s->silent[id]) {
        return;
    }
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

void scan_on_rule(void *ctx, size_t rule, size_t from, size_t to) {
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
            add_of_row(k, k->plain->password_key, 0, k->reading.len, 80);
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
    struct scan *k = ctx;
    if (k->text->declared && !is_whole(k, h)) {
        return;
    }
    enum tagger_kind kind = nobody_kind(&k->nobody, k->reading, h);
    add_of_row(k, k->plain->names[kind], h->from, h->to, h->confidence);
}

static void on_topic(void *ctx, const struct topic_hit *h) {
    struct scan *k = ctx;
    if (h->field == FIELD_WORK || !nobody_is_told_of(&k->nobody, k->reading, h->from, h->to)) {
        add_of_row(k, k->plain->topics[h->field][h->told], h->from, h->to, h->confidence);
    }
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

bool scan_patterns(struct scan *k) {
    if (!k->is_key) {
        bool said = k->text->role == ROLE_USER && (k->text->flows || !k->text->key.len);
        masks_scan(k->reading, k->text->key, said, on_number, k);
    }
    k->failed = !spots_find(k->own->spots, k->s->db, k->reading, on_spot, k, k->e);
    return !k->failed;
}

static void scan_reading(struct scan *k, struct str text) {
    k->reading = text;
    k->nobody = (struct nobody){0};
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
    if (!rules_scan(k->s->rules, text, k->own->extents, scan_on_rule, k, k->e)) {
        k->failed = true;
        return;
    }
    decode_readings(k->a, text, on_reading, k);
}

/* Programs call their fields `user_id`, `x-y` or `$ref`; a key with blanks or a number in it is
 * data like any value: {"Anna Krause": 3}. */
static bool is_field_name(struct str key) {
    enum { LONGEST_NUMBER = 4 };
    size_t digits = 0;
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];
        digits += isdigit((unsigned char)c) != 0;
        if (!isalnum((unsigned char)c) && !char_is_of(c, "_-.$/")) {
            return false;
        }
    }
    return digits <= LONGEST_NUMBER;
}

bool scan_text(struct scan *k, const struct sense_text *text) {
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
