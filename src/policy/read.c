/* policy.toml → policy. Every mistake is named with its place and what to write instead; one
 * mistake breaks the whole policy, and a broken policy forbids everything beyond the device. */
#include "base/hash.h"
#include "policy/reader.h"

/* ---- [level] ---- */

static const char *const LINE_LEVELS[] = {"open", "personal", "private"};

static bool read_line_zone(struct reader *r, const struct tval *v, enum transform *line) {
    struct tval zone = *v;
    int at = 0;
    zone.kind = TSTRING;
    zone.string = v->key;
    zone.line = v->key_line;
    zone.column = v->key_column;
    TRY(reader_one_of(r, &zone, "zone", ZONE_NAMES, 0, ZONES, &at));
    if (v->kind == TSTRING && str_is(v->string, "forbidden")) {
        return BAD_KEY(r, v, "what a line does not list is forbidden; leave `" STR_FMT "` out",
                       STR_ARG(v->key));
    }
    enum transform t = TRANSFORM_AS_IS;
    TRY(reader_transform(r, v, &t));
    if (at == ZONE_DEVICE && t != TRANSFORM_AS_IS) {
        return BAD(r, v, "the device is always as_is; leave `device` out");
    }
    line[at] = t;
    return true;
}

static bool read_line(struct reader *r, const struct tval *v, enum level level) {
    if (v->kind != TTABLE) {
        return BAD(r, v, "a line names zones; write " STR_FMT " = { home = \"as_is\" }",
                   STR_ARG(v->key));
    }
    enum transform *line = r->p->line[level];
    for (int z = ZONE_HOME; z < ZONES; z++) {
        line[z] = TRANSFORM_FORBIDDEN;
    }
    for (size_t i = 0; i < v->count; i++) {
        TRY(read_line_zone(r, &v->items[i], line));
    }
    return true;
}

static bool read_lines(struct reader *r, const struct tval *t, const char *whose) {
    const struct tval *secret = tval_get(t, "secret");
    if (secret) {
        return BAD_KEY(r, secret,
                       "there is no line for `secret`, secrets never leave the device; "
                       "take it out");
    }
    TRY(reader_keys(r, t, "[level]", "personal = { home = \"as_is\" } below [level]", LINE_LEVELS,
                    ARRAY_LEN(LINE_LEVELS)));
    for (size_t i = 0; i < t->count; i++) {
        enum level level = LEVEL_OPEN;
        if (level_from(t->items[i].key, &level)) {
            enum transform before[ZONES];
            memcpy(before, r->p->line[level], sizeof before);
            TRY(read_line(r, &t->items[i], level));
            if (memcmp(before, r->p->line[level], sizeof before) != 0
                || !r->p->line_names[level].len) {
                r->p->line_names[level] = str_fmt(r->a, "%s: %s", whose, LEVEL_NAMES[level]);
            }
        }
    }
    return true;
}

/* No level may go where a lower one may not, or with less disguise. */
static bool check_order(struct reader *r, const struct tval *t) {
    for (int l = LEVEL_OPEN; l + 1 < LEVEL_SECRET; l++) {
        for (int z = ZONE_HOME; z < ZONES; z++) {
            enum transform lower = r->p->line[l][z];
            enum transform higher = r->p->line[l + 1][z];
            if (higher >= lower) {
                continue;
            }
            const struct tval *at = tval_get(t, LEVEL_NAMES[l + 1]);
            at = at ? at : tval_get(t, LEVEL_NAMES[l]);
            return BAD(r, at ? at : t,
                       "`%s` may go to `%s` (%s) where `%s` is %s, and a higher level never goes "
                       "further; change one of the two lines",
                       LEVEL_NAMES[l + 1], ZONE_NAMES[z], TRANSFORM_NAMES[higher], LEVEL_NAMES[l],
                       lower == TRANSFORM_FORBIDDEN ? "forbidden" : "only pseudonymised");
        }
    }
    return true;
}

/* ---- [kind] ---- */

static bool read_kinds(struct reader *r, const struct tval *t) {
    const char *const *names = reader_kind_names(r);
    if (t->kind != TTABLE) {
        return BAD(r, t, "[kind] is a table; write phone = \"private\" below [kind]");
    }
    struct policy_kind *kinds = arena_array(r->a, struct policy_kind, t->count + 1);
    for (size_t i = 0; i < t->count; i++) {
        const struct tval *v = &t->items[i];
        const struct kind_row *row = kind_find(v->key);
        if (!row) {
            return BAD_KEY(
                r, v, "unknown kind `%s`%s", reader_show(r, v->key),
                reader_near(r, v->key, names, LABEL_KIND_COUNT, "; `weir detectors` lists them"));
        }
        kinds[i].kind = v->key;
        TRY(reader_level(r, v, &kinds[i].level));
        if (row->level == LEVEL_SECRET && kinds[i].level != LEVEL_SECRET) {
            return BAD(r, v, "`" STR_FMT "` is secret and cannot be lowered; take the line out",
                       STR_ARG(v->key));
        }
    }
    r->p->kinds = kinds;
    r->p->kind_count = t->count;
    return true;
}

/* ---- [restore] ---- */

static bool read_tools(struct reader *r, const struct tval *t, const char *key,
                       const struct str **out, size_t *count) {
    const struct tval *v = tval_get(t, key);
    struct texts list = {0};
    TRY(!v || reader_texts(r, v, "outward = [\"crm_*\"]", &list));
    *out = list.list;
    *count = list.count;
    return true;
}

static bool read_restore(struct reader *r, const struct tval *t) {
    static const char *const keys[] = {"outward", "inward"};
    TRY(reader_keys(r, t, "[restore]", "outward = [\"crm_*\"] below [restore]", keys,
                    ARRAY_LEN(keys)));
    return read_tools(r, t, "outward", &r->p->outward, &r->p->outward_count)
           && read_tools(r, t, "inward", &r->p->inward, &r->p->inward_count);
}

/* ---- [disguise] ---- */

static bool read_disguise(struct reader *r, const struct tval *t) {
    static const char *const keys[] = {"form"};
    static const char *const forms[] = {"placeholder", "surrogate"};
    TRY(reader_keys(r, t, "[disguise]", "form = \"surrogate\" below [disguise]", keys,
                    ARRAY_LEN(keys)));
    const struct tval *v = tval_get(t, "form");
    int i = 0;
    TRY(!v || reader_one_of(r, v, "form", forms, 0, ARRAY_LEN(forms), &i));
    r->p->surrogates = i == 1;
    return true;
}

/* ---- the file ---- */

static const char *const TOP_KEYS[] = {"preset", "level", "kind", "disguise", "restore", "rule"};

static bool read_preset(struct reader *r, const struct tval *t) {
    const struct tval *v = tval_get(t, "preset");
    const struct tval *preset = NULL;
    int i = 1; /* careful */
    TRY(!v || reader_one_of(r, v, "preset", POLICY_PRESETS, 0, ARRAY_LEN(POLICY_PRESETS), &i));
    r->p->preset = str_of(POLICY_PRESETS[i]);
    r->p->line_names[LEVEL_SECRET] = str_fmt(r->a, "%s: secret", POLICY_PRESETS[i]);
    TRY(toml_parse(r->a, policy_preset_text(POLICY_PRESETS[i]), "preset", &preset, r->e));
    return read_lines(r, tval_get(preset, "level"), POLICY_PRESETS[i]);
}

/* What is no TOML is said to be so at a place, if only the file's beginning. */
static bool parse(struct reader *r, struct str text) {
    if (toml_parse(r->a, text, r->file, &r->root, r->e)) {
        return true;
    }
    struct str what = str_of(r->e->text);
    struct str file = str_fmt(r->a, "%s:", r->file);
    size_t at = str_starts(what, file) ? file.len : 0;
    if (at == what.len || what.ptr[at] < '0' || what.ptr[at] > '9') {
        what = str_dup(r->a, str_trim(str_sub(what, at, what.len)));
        return reader_bad(r, 1, 1, "%s", what.ptr);
    }
    return false;
}

static bool read_all(struct reader *r, struct str text) {
    TRY(parse(r, text));
    const struct tval *t = r->root;
    if (!t->count) {
        return BAD(r, t,
                   "there is nothing in the policy; write preset = \"careful\", or run `weir "
                   "policy reset`");
    }
    TRY(reader_keys(r, t, "the policy", "preset = \"careful\"", TOP_KEYS, ARRAY_LEN(TOP_KEYS)));
    TRY(read_preset(r, t));
    const struct tval *level = tval_get(t, "level");
    const struct tval *kind = tval_get(t, "kind");
    const struct tval *rules = tval_get(t, "rule");
    const struct tval *disguise = tval_get(t, "disguise");
    TRY(!disguise || read_disguise(r, disguise));
    const struct tval *restore = tval_get(t, "restore");
    TRY(!restore || read_restore(r, restore));
    return (!level || (read_lines(r, level, r->file) && check_order(r, level)))
           && (!kind || read_kinds(r, kind)) && (!rules || reader_rules(r, rules));
}

/* ---- the whole text ---- */

static void add_line(struct buf *b, enum level level, const enum transform *line) {
    buf_addf(b, "\n[level.%s]\n", LEVEL_NAMES[level]);
    for (int z = ZONE_HOME; z < ZONES; z++) {
        if (line[z] != TRANSFORM_FORBIDDEN) {
            buf_addf(b, "%s = \"%s\"\n", ZONE_NAMES[z], TRANSFORM_NAMES[line[z]]);
        }
    }
}

static bool is_toml(struct arena *a, struct str text) {
    const struct tval *t = NULL;
    struct err ignored = {0};
    return toml_parse(a, text, NULL, &t, &ignored);
}

/* Every line behind "# "; not twice. */
static struct str with_comments(struct arena *a, struct str text, struct str more) {
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 20);
    for (struct str line = {0}; more.len;) {
        str_cut(more, '\n', &line, &more);
        buf_addf(&b, "# " STR_FMT "\n", STR_ARG(line));
    }
    struct str comments = str_ends(text, buf_str(&b)) ? STR("") : buf_str(&b);
    return str_fmt(a, STR_FMT STR_FMT, STR_ARG(text), STR_ARG(comments));
}

/* The file, and behind it the lines of the preset that it does not replace. Read again it is the
 * same policy. Where the file's form allows no addition (level = { … }), they come as comments. */
static struct str whole_text(struct reader *r, struct str text) {
    const struct tval *level = tval_get(r->root, "level");
    AUTO_BUF more = {0};
    buf_init(&more, 1 << 16);
    if (!level) {
        buf_addf(&more, "\n" STR_FMT, STR_ARG(policy_preset_text(r->p->preset.ptr)));
    }
    for (int l = LEVEL_OPEN; level && l < LEVEL_SECRET; l++) {
        if (!tval_get(level, LEVEL_NAMES[l])) {
            add_line(&more, (enum level)l, r->p->line[l]);
        }
    }
    if (more.len && text.ptr[text.len - 1] != '\n') {
        text = str_fmt(r->a, STR_FMT "\n", STR_ARG(text));
    }
    struct str whole = str_fmt(r->a, STR_FMT STR_FMT, STR_ARG(text), STR_ARG(buf_str(&more)));
    return is_toml(r->a, whole) ? whole : with_comments(r->a, text, buf_str(&more));
}

/* Nothing beyond the device, whatever is asked. */
static void forbid_all(struct policy *p) {
    for (int l = LEVEL_OPEN; l < LEVELS; l++) {
        for (int z = ZONE_HOME; z < ZONES; z++) {
            p->line[l][z] = TRANSFORM_FORBIDDEN;
        }
    }
}

bool policy_read(struct arena *a, struct str text, const char *file,
                 const struct policy_names *names, struct policy *out, struct err *e) {
    static const struct policy_names any = {0};
    struct policy p = {0};
    struct reader r = {.a = a, .file = file, .names = names ? names : &any, .p = &p, .e = e};
    forbid_all(&p);
    bool ok = read_all(&r, text);
    if (ok) {
        p.text = whole_text(&r, text);
    } else {
        p = (struct policy){.broken = true};
        forbid_all(&p);
        p.why = str_dup(a, str_of(e->text));
        p.text = str_dup(a, text);
    }
    struct sha256 hash = sha256_of(p.text);
    memcpy(p.hash.b, hash.bytes, sizeof p.hash.b);
    *out = p;
    return ok;
}
