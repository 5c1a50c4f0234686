/* Rules and policies against each other: what covers what, what is looser. Pure, no allocation. */
#include "policy/rules.h"

static bool texts_within(const struct texts *narrow, const struct texts *wide) {
    for (size_t i = 0; i < narrow->count; i++) {
        if (!texts_hold(wide, narrow->list[i])) {
            return false;
        }
    }
    return true;
}

static bool folders_within(const struct texts *narrow, const struct texts *wide) {
    for (size_t i = 0; i < narrow->count; i++) {
        bool inside = false;
        for (size_t k = 0; k < wide->count && !inside; k++) {
            inside = folder_holds(wide->list[k], narrow->list[i]);
        }
        if (!inside) {
            return false;
        }
    }
    return true;
}

/* Either of words and patterns will do, so all of both must be known to the wider rule. */
static bool words_within(const struct policy_rule *narrow, const struct policy_rule *wide) {
    return !rule_has_words(wide)
           || (rule_has_words(narrow)
               && texts_within(&narrow->conds[COND_WORDS], &wide->conds[COND_WORDS])
               && texts_within(&narrow->conds[COND_PATTERN], &wide->conds[COND_PATTERN]));
}

static bool bits_within(unsigned narrow, unsigned wide) {
    return !wide || (narrow && !(narrow & ~wide));
}

static bool levels_within(const struct policy_rule *narrow, enum rule_use narrow_use,
                          const struct policy_rule *wide, enum rule_use wide_use) {
    if (!wide->has_level || (wide_use == RULE_LIMIT && wide->low == LEVEL_OPEN)
        || (wide_use == RULE_GRANT && wide->high == LEVEL_SECRET)) {
        return true;
    }
    return narrow->has_level && narrow_use == wide_use
           && (wide_use == RULE_GRANT ? narrow->high <= wide->high : narrow->low >= wide->low);
}

static bool times_within(const struct policy_rule *narrow, const struct policy_rule *wide) {
    for (size_t i = 0; i < narrow->time_count; i++) {
        bool there = false;
        for (size_t k = 0; k < wide->time_count && !there; k++) {
            there = narrow->times[i].from == wide->times[k].from
                    && narrow->times[i].to == wide->times[k].to;
        }
        if (!there) {
            return wide->time_count == 0;
        }
    }
    return wide->time_count == 0 || narrow->time_count > 0;
}

bool rule_covers(const struct policy_rule *wide, const struct policy_rule *narrow,
                 enum rule_use wide_use, enum rule_use narrow_use) {
    for (int c = 0; c < CONDS; c++) {
        if (c == COND_WORDS || c == COND_PATTERN || !rule_has(wide, (enum cond)c)) {
            continue;
        }
        if (!rule_has(narrow, (enum cond)c)) {
            return false;
        }
        const struct texts *inner = &narrow->conds[c];
        const struct texts *outer = &wide->conds[c];
        if (c == COND_FOLDER ? !folders_within(inner, outer) : !texts_within(inner, outer)) {
            return false;
        }
    }
    return words_within(narrow, wide) && bits_within(narrow->topics, wide->topics)
           && bits_within(narrow->roles, wide->roles)
           && levels_within(narrow, narrow_use, wide, wide_use) && times_within(narrow, wide);
}

/* ---- looser ---- */

/* Whether all that a grants, b grants by this rule. An item with a topic or compartment is given
 * something only by a rule that names it, so a rule that names none is not the wider one. */
bool rule_grants_all(const struct policy_rule *b, const struct policy_rule *a) {
    bool lasts = !b->until[0] || (a->until[0] && memcmp(a->until, b->until, sizeof a->until) <= 0);
    bool names = !b->only.count || (a->only.count && texts_within(&a->only, &b->only));
    return b->has_reach && b->reach >= a->reach && b->as <= a->as && lasts && names
           && (b->topics != 0) == (a->topics != 0)
           && rule_has(b, COND_COMPARTMENT) == rule_has(a, COND_COMPARTMENT)
           && rule_covers(b, a, RULE_GRANT, RULE_GRANT);
}

/* Whether a still does all that b does against an item. */
static bool limits_all_of(const struct policy_rule *a, const struct policy_rule *b) {
    bool deny = !b->has_deny || (a->has_deny && a->deny <= b->deny);
    bool ask = !b->has_ask || (a->has_ask && a->ask <= b->ask);
    bool as = !b->has_as || b->has_reach || (a->has_as && !a->has_reach && a->as >= b->as);
    bool raise = (!b->has_raise && !b->compartment.len)
                 || (str_eq(a->compartment, b->compartment) && a->raise >= b->raise);
    return deny && ask && as && raise && rule_covers(a, b, RULE_LIMIT, RULE_LIMIT);
}

static bool has_grant(const struct policy *b, const struct policy_rule *grant) {
    for (size_t i = 0; i < b->rule_count; i++) {
        if (rule_grants_all(&b->rules[i], grant)) {
            return true;
        }
    }
    return false;
}

static bool has_limit(const struct policy *a, const struct policy_rule *limit) {
    for (size_t i = 0; i < a->rule_count; i++) {
        if (limits_all_of(&a->rules[i], limit)) {
            return true;
        }
    }
    return false;
}

static bool lines_looser(const struct policy *a, const struct policy *b) {
    for (int l = 0; l < LEVELS; l++) {
        for (int z = ZONE_HOME; z < ZONES; z++) {
            if (a->line[l][z] < b->line[l][z]) {
                return true;
            }
        }
    }
    for (size_t i = 0; i < LABEL_KIND_COUNT; i++) {
        struct str kind = str_of(LABEL_KINDS[i].name);
        enum level otherwise = LABEL_KINDS[i].level;
        if (policy_kind_level(a, kind, otherwise) < policy_kind_level(b, kind, otherwise)) {
            return true;
        }
    }
    return false;
}

static bool names_tool(const struct str *list, size_t n, struct str tool) {
    for (size_t i = 0; i < n; i++) {
        if (str_eq(list[i], tool)) {
            return true;
        }
    }
    return false;
}

static bool restores_more(const struct policy *a, const struct policy *b) {
    for (size_t i = 0; i < a->inward_count; i++) {
        if (!names_tool(b->inward, b->inward_count, a->inward[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < b->outward_count; i++) {
        if (!names_tool(a->outward, a->outward_count, b->outward[i])) {
            return true;
        }
    }
    return false;
}

bool policy_is_looser(const struct policy *a, const struct policy *b) {
    if (a->broken || b->broken) {
        return b->broken && !a->broken;
    }
    if (lines_looser(a, b) || restores_more(a, b)) {
        return true;
    }
    for (size_t i = 0; i < a->rule_count; i++) {
        if (a->rules[i].has_reach && !has_grant(b, &a->rules[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < b->rule_count; i++) {
        if (rule_limits(&b->rules[i]) && !has_limit(a, &b->rules[i])) {
            return true;
        }
    }
    return false;
}
