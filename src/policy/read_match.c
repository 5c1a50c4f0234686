/* `match = { … }`: the conditions of a rule. Scopes are conditions; there is nothing else. */
#include "policy/reader.h"

static const char *const MATCH_KEYS[] = {
    "level", "topic", "compartment", "kind",         "words",  "pattern", "folder", "file",
    "tool",  "role",  "project",     "conversation", "caller", "client",  "agent",  "time"};

static const char *const EXAMPLES[CONDS] = {
    [COND_COMPARTMENT] = "compartment = \"client-x\"",
    [COND_KIND] = "kind = [\"iban\", \"card\"]",
    [COND_WORDS] = "words = [\"Nightingale\", \"NGL-\"]",
    [COND_PATTERN] = "pattern = 'NGL-[0-9]{4}'",
    [COND_FOLDER] = "folder = \"~/clients\"",
    [COND_FILE] = "file = \"~/notes/*.md\"",
    [COND_TOOL] = "tool = \"Read\"",
    [COND_PROJECT] = "project = \"blue\"",
    [COND_CONVERSATION] = "conversation = \"c1\"",
    [COND_CALLER] = "caller = [\"owner\", \"local\", \"key:laptop\"]",
    [COND_CLIENT] = "client = \"curl*\"",
    [COND_AGENT] = "agent = \"night\"",
};

/* Topics, roles: one bit each. */
static bool read_bits(struct reader *r, const struct tval *v, const char *what,
                      const char *const *names, size_t from, size_t n, unsigned *out) {
    for (size_t i = 0; i < reader_length(v); i++) {
        int at = 0;
        TRY(reader_one_of(r, reader_nth(v, i), what, names, from, n, &at));
        *out |= 1U << at;
    }
    return reader_length(v)
           || BAD(r, v, "`%s` is an empty list and would match nothing; leave it out", what);
}

static bool read_levels(struct reader *r, const struct tval *v, struct policy_rule *rule) {
    unsigned bits = 0;
    TRY(read_bits(r, v, "level", LEVEL_NAMES, 0, LEVELS, &bits));
    rule->has_level = true;
    rule->low = (enum level)__builtin_ctz(bits);
    for (int l = LEVEL_OPEN; l < LEVELS; l++) {
        rule->high = bits & (1U << l) ? (enum level)l : rule->high;
    }
    return true;
}

static bool check_kinds(struct reader *r, const struct tval *v, const struct texts *kinds) {
    for (size_t i = 0; i < kinds->count; i++) {
        if (!kind_find(kinds->list[i]) && !str_starts(kinds->list[i], STR("rule:"))) {
            return BAD(r, reader_nth(v, i), "unknown kind `%s`%s", reader_show(r, kinds->list[i]),
                       reader_near(r, kinds->list[i], reader_kind_names(r), LABEL_KIND_COUNT,
                                   "; `weir detectors` lists them"));
        }
    }
    return true;
}

static bool check_callers(struct reader *r, const struct tval *v, const struct texts *callers) {
    static const char *const known[] = {"owner", "local", "key:<name>"};
    for (size_t i = 0; i < callers->count; i++) {
        struct str s = callers->list[i];
        if (!str_is(s, "owner") && !str_is(s, "local") && !str_starts(s, STR("key:"))
            && !str_contains(s, STR("*"))) {
            return BAD(r, reader_nth(v, i), "unknown caller `%s`%s", reader_show(r, s),
                       reader_hint(r, s, known, ARRAY_LEN(known)));
        }
    }
    return true;
}

/* "~/clients/" → "/home/me/clients". What the policy is asked about has no symbolic links in it,
 * so a folder must be written as what it is. */
static bool read_path(struct reader *r, const struct tval *at, enum cond c, struct str *path) {
    struct str s = *path;
    if (str_is(s, "~") || str_starts(s, STR("~/"))) {
        if (!r->names->home.len) {
            return BAD(r, at, "it is not known where `~` is; write the whole path: \"/home/…\"");
        }
        s = str_fmt(r->a, STR_FMT STR_FMT, STR_ARG(r->names->home), STR_ARG(str_sub(s, 1, s.len)));
    }
    while (s.len > 1 && s.ptr[s.len - 1] == '/') {
        s.len--;
    }
    bool glob = c == COND_FILE && s.ptr[0] == '*';
    if (s.ptr[0] != '/' && !glob) {
        return BAD(r, at, "`%s` is a path from the root or from home; write %s", COND_NAMES[c],
                   EXAMPLES[c]);
    }
    if (c == COND_FOLDER && str_contains(s, STR("*"))) {
        return BAD(r, at,
                   "a folder holds all that is below it and takes no `*`; write %s, or use `file`",
                   EXAMPLES[c]);
    }
    if (str_contains(s, STR("/../")) || str_contains(s, STR("/./")) || str_contains(s, STR("//"))
        || str_ends(s, STR("/..")) || str_ends(s, STR("/."))) {
        return BAD(r, at, "a path here has no `.`, `..` or `//`; write it straight: %s",
                   EXAMPLES[c]);
    }
    *path = s;
    return true;
}

static bool read_paths(struct reader *r, const struct tval *v, enum cond c, struct texts *texts) {
    struct str *list = arena_array(r->a, struct str, texts->count);
    for (size_t i = 0; i < texts->count; i++) {
        list[i] = texts->list[i];
        TRY(read_path(r, reader_nth(v, i), c, &list[i]));
    }
    texts->list = list;
    return true;
}

static bool read_texts(struct reader *r, const struct tval *v, enum cond c,
                       struct policy_rule *rule) {
    struct texts *texts = &rule->conds[c];
    TRY(reader_texts(r, v, EXAMPLES[c], texts));
    if (c == COND_PATTERN || (c == COND_WORDS && !rule_has(rule, COND_PATTERN))) {
        rule->found_line = v->line;
        rule->found_column = v->column;
    }
    rule->has |= 1U << c;
    switch (c) {
    case COND_KIND:
        return check_kinds(r, v, texts);
    case COND_CALLER:
        return check_callers(r, v, texts);
    case COND_FOLDER:
    case COND_FILE:
        return read_paths(r, v, c, texts);
    default:
        return true;
    }
}

/* ---- time ---- */

static bool minutes_of(struct str s, int *out) {
    uint64_t hour = 0;
    uint64_t minute = 0;
    s = str_trim(s);
    if (s.len != 5 || s.ptr[2] != ':' || !str_to_u64(str_sub(s, 0, 2), &hour)
        || !str_to_u64(str_sub(s, 3, 5), &minute) || minute > 59
        || hour * 60 + minute > (uint64_t)24 * 60) {
        return false;
    }
    *out = (int)(hour * 60 + minute);
    return true;
}

static bool read_times(struct reader *r, const struct tval *v, struct policy_rule *rule) {
    struct texts texts = {0};
    TRY(reader_texts(r, v, "time = \"22:00-07:00\"", &texts));
    struct span *times = arena_array(r->a, struct span, texts.count);
    for (size_t i = 0; i < texts.count; i++) {
        struct str from = {0};
        struct str to = {0};
        if (!str_cut(texts.list[i], '-', &from, &to) || !minutes_of(from, &times[i].from)
            || !minutes_of(to, &times[i].to)) {
            return BAD(r, reader_nth(v, i), "a `time` is written \"22:00-07:00\"");
        }
        if (times[i].from == times[i].to) {
            return BAD(r, reader_nth(v, i),
                       "this `time` ends when it begins; write \"00:00-24:00\" for the whole day");
        }
    }
    rule->times = times;
    rule->time_count = texts.count;
    return true;
}

static bool read_condition(struct reader *r, const struct tval *v, struct policy_rule *rule) {
    for (int c = 0; c < CONDS; c++) {
        if (str_is(v->key, COND_NAMES[c])) {
            return read_texts(r, v, (enum cond)c, rule);
        }
    }
    if (str_is(v->key, "level")) {
        return read_levels(r, v, rule);
    }
    if (str_is(v->key, "topic")) {
        return read_bits(r, v, "topic", TOPIC_NAMES, 1, TOPICS, &rule->topics);
    }
    if (str_is(v->key, "role")) {
        return read_bits(r, v, "role", ROLE_NAMES, 0, LABEL_ROLES, &rule->roles);
    }
    return read_times(r, v, rule);
}

bool reader_match(struct reader *r, const struct tval *t, struct policy_rule *rule) {
    TRY(reader_keys(r, t, "match", "match = { topic = \"health\" }", MATCH_KEYS,
                    ARRAY_LEN(MATCH_KEYS)));
    for (size_t i = 0; i < t->count; i++) {
        TRY(read_condition(r, &t->items[i], rule));
    }
    return true;
}
