/* [[rule]]: a name, conditions, outcomes; and what cannot stand together. */
#include "base/map.h"
#include "policy/reader.h"

enum { MOST_NAME = 100 };

static const char *const RULE_KEYS[] = {"name",  "match", "reach", "as",    "only",
                                        "until", "deny",  "ask",   "raise", "compartment"};

static bool read_name(struct reader *r, const struct tval *t, struct policy_rule *rule) {
    const struct tval *v = tval_get(t, "name");
    if (!v) {
        return BAD(r, t, "every rule has a name; write name = \"clients stay\" in this [[rule]]");
    }
    struct str s = v->string;
    if (v->kind != TSTRING || !str_trim(s).len) {
        return BAD(r, v, "a rule's name is a text; write name = \"clients stay\"");
    }
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == 0x7f) {
            return BAD(r, v, "a rule's name is one line without control characters");
        }
    }
    if (s.len > MOST_NAME) {
        return BAD(r, v, "a rule's name has at most %d bytes, this one has %zu", MOST_NAME, s.len);
    }
    rule->name = s;
    rule->found = str_fmt(r->a, "rule:" STR_FMT, STR_ARG(s));
    return true;
}

/* ---- outcomes ---- */

static bool read_only(struct reader *r, const struct tval *v, struct policy_rule *rule) {
    TRY(reader_texts(r, v, "only = [\"clinic-azure\"]", &rule->only));
    size_t n = r->names->check_providers ? r->names->provider_count : 0;
    const char **known = arena_array(r->a, const char *, n + 1);
    for (size_t k = 0; k < n; k++) {
        known[k] = str_cstr(r->a, r->names->providers[k]);
    }
    const struct texts all = {r->names->providers, n};
    for (size_t i = 0; r->names->check_providers && i < rule->only.count; i++) {
        if (!texts_hold(&all, rule->only.list[i])) {
            return BAD(r, reader_nth(v, i), "unknown provider `%s`%s",
                       reader_show(r, rule->only.list[i]),
                       n && n <= 20 ? reader_hint(r, rule->only.list[i], known, n)
                                    : reader_near(r, rule->only.list[i], known, n,
                                                  "; weir.toml has no [[provider]] of that name"));
        }
    }
    return true;
}

static bool number_at(struct str s, size_t from, size_t to, uint64_t *out) {
    return str_to_u64(str_sub(s, from, to), out);
}

static bool is_day(struct str s) {
    static const uint64_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    uint64_t y = 0;
    uint64_t m = 0;
    uint64_t d = 0;
    if (s.len != 10 || s.ptr[4] != '-' || s.ptr[7] != '-' || !number_at(s, 0, 4, &y)
        || !number_at(s, 5, 7, &m) || !number_at(s, 8, 10, &d) || m < 1 || m > 12) {
        return false;
    }
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return d >= 1 && d <= days[m - 1] + (m == 2 && leap);
}

static bool read_until(struct reader *r, const struct tval *v, struct policy_rule *rule) {
    if ((v->kind != TDATE && v->kind != TSTRING) || !is_day(v->string)) {
        return BAD(r, v, "`until` is a day, and that day is included; write until = 2027-06-30");
    }
    memcpy(rule->until, v->string.ptr, 10);
    return true;
}

static bool read_compartment(struct reader *r, const struct tval *v, struct policy_rule *rule) {
    if (v->kind != TSTRING || !str_trim(v->string).len) {
        return BAD(r, v, "`compartment` is one name of your own; write compartment = \"client-x\"");
    }
    rule->compartment = v->string;
    return true;
}

static bool read_outcome(struct reader *r, const struct tval *v, struct policy_rule *rule) {
    if (str_is(v->key, "reach")) {
        rule->has_reach = true;
        return reader_zone(r, v, &rule->reach);
    }
    if (str_is(v->key, "deny")) {
        rule->has_deny = true;
        return reader_zone(r, v, &rule->deny);
    }
    if (str_is(v->key, "ask")) {
        rule->has_ask = true;
        return reader_zone(r, v, &rule->ask);
    }
    if (str_is(v->key, "as")) {
        rule->has_as = true;
        return reader_transform(r, v, &rule->as);
    }
    if (str_is(v->key, "raise")) {
        rule->has_raise = true;
        return reader_level(r, v, &rule->raise);
    }
    if (str_is(v->key, "compartment")) {
        return read_compartment(r, v, rule);
    }
    if (str_is(v->key, "only")) {
        return read_only(r, v, rule);
    }
    return read_until(r, v, rule);
}

/* ---- what cannot stand together ---- */

/* Anybody could write the word, or call himself the client: neither may open anything. */
static bool check_grant_conds(struct reader *r, const struct tval *match,
                              const struct policy_rule *rule) {
    static const enum cond never[] = {COND_WORDS, COND_PATTERN, COND_CLIENT};
    for (size_t i = 0; i < ARRAY_LEN(never); i++) {
        if (rule_has(rule, never[i])) {
            return BAD_KEY(r, tval_get(match, COND_NAMES[never[i]]),
                           "`%s` cannot stand in a grant, anybody could write it; match by topic, "
                           "kind, folder or caller, or use deny, ask or raise instead of `reach`",
                           COND_NAMES[never[i]]);
        }
    }
    const struct tval *kind = tval_get(match, "kind");
    for (size_t i = 0; i < rule->conds[COND_KIND].count; i++) {
        if (str_starts(rule->conds[COND_KIND].list[i], STR("rule:"))) {
            return BAD(
                r, reader_nth(kind, i),
                "`%s` is what words or a pattern found, and cannot stand in a grant; match by "
                "topic, folder or caller",
                reader_show(r, rule->conds[COND_KIND].list[i]));
        }
    }
    return true;
}

static bool check_grant(struct reader *r, const struct tval *t, const struct policy_rule *rule) {
    const struct tval *match = tval_get(t, "match");
    const char *name = reader_show(r, rule->name);
    if (!rule->has_reach) {
        const struct tval *v = rule->only.count ? tval_get(t, "only") : tval_get(t, "until");
        return !v
               || BAD_KEY(r, v,
                          "`" STR_FMT "` belongs to a grant, and \"%s\" is none; add reach = "
                          "\"trusted\", or take it out",
                          STR_ARG(v->key), name);
    }
    if (rule->has_raise || rule->compartment.len) {
        return BAD_KEY(r, tval_get(t, rule->has_raise ? "raise" : "compartment"),
                       "one rule cannot both grant (`reach`) and raise; make two rules of \"%s\"",
                       name);
    }
    if (rule->has_level && rule_limits(rule)) {
        return BAD_KEY(r, tval_get(match, "level"),
                       "`level` is this or lower for `reach` but this or higher for `%s`; make two "
                       "rules of \"%s\"",
                       rule->has_deny ? "deny" : "ask", name);
    }
    return check_grant_conds(r, match, rule);
}

static bool check_rule(struct reader *r, const struct tval *t, const struct policy_rule *rule) {
    if (!rule->has_reach && !rule_limits(rule)) {
        return BAD(r, t,
                   "the rule \"%s\" has no outcome; give it reach, as, deny, ask, raise or "
                   "compartment",
                   reader_show(r, rule->name));
    }
    return check_grant(r, t, rule);
}

static bool read_rule(struct reader *r, const struct tval *t, struct policy_rule *rule) {
    *rule = (struct policy_rule){.line = t->line};
    TRY(reader_keys(r, t, "[[rule]]", "[[rule]], with two brackets", RULE_KEYS,
                    ARRAY_LEN(RULE_KEYS)));
    TRY(read_name(r, t, rule));
    const struct tval *match = tval_get(t, "match");
    TRY(!match || reader_match(r, match, rule));
    for (size_t i = 0; i < t->count; i++) {
        if (!str_is(t->items[i].key, "name") && !str_is(t->items[i].key, "match")) {
            TRY(read_outcome(r, &t->items[i], rule));
        }
    }
    return check_rule(r, t, rule);
}

/* ---- all rules ---- */

static bool check_names(struct reader *r, const struct tval *t, struct map *names) {
    for (size_t i = 0; i < t->count; i++) {
        const struct policy_rule *rule = &r->p->rules[i];
        const struct policy_rule *other = map_get(names, rule->name);
        if (other) {
            return BAD(r, tval_get(&t->items[i], "name"),
                       "the rule in line %d is called \"%s\" too; give this one another name",
                       other->line, reader_show(r, rule->name));
        }
        map_set(names, rule->name, (void *)(uintptr_t)rule);
    }
    return true;
}

/* kind = "rule:x" needs a rule x that finds something. */
static bool check_found(struct reader *r, const struct tval *t, const struct map *names) {
    for (size_t i = 0; i < t->count; i++) {
        const struct texts *kinds = &r->p->rules[i].conds[COND_KIND];
        for (size_t k = 0; k < kinds->count; k++) {
            struct str kind = kinds->list[k];
            const struct policy_rule *of =
                str_starts(kind, STR("rule:")) ? map_get(names, str_sub(kind, 5, kind.len)) : NULL;
            if (str_starts(kind, STR("rule:")) && (!of || !rule_has_words(of))) {
                return BAD(r, reader_nth(tval_get(tval_get(&t->items[i], "match"), "kind"), k),
                           "`%s`: there is no rule of that name with `words` or `pattern`",
                           reader_show(r, kind));
            }
        }
    }
    return true;
}

bool reader_rules(struct reader *r, const struct tval *t) {
    if (t->kind != TARRAY) {
        return BAD(r, t, "rules are a list; write [[rule]], with two brackets");
    }
    struct policy_rule *rules = arena_array(r->a, struct policy_rule, t->count + 1);
    for (size_t i = 0; i < t->count; i++) {
        TRY(read_rule(r, &t->items[i], &rules[i]));
    }
    r->p->rules = rules;
    r->p->rule_count = t->count;
    AUTO(map) names = map_new();
    return check_names(r, t, names) && check_found(r, t, names);
}
