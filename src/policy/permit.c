/* The permit (POLICY.md 3). Pure; only raising allocates. */
#include "policy/rules.h"

const char *const TRANSFORM_NAMES[3] = {"as_is", "pseudonymise", "forbidden"};

struct decided {
    enum transform transform;
    bool ask;
    struct str rule, ask_rule;
};

bool rule_opens(const struct policy_rule *r, const struct item *it, const struct policy_request *rq,
                const struct policy_backend *b) {
    if (!r->has_reach || it->level == LEVEL_SECRET || b->zone > r->reach
        || (r->only.count && !texts_hold(&r->only, b->name)) || rule_has_run_out(r, rq)) {
        return false;
    }
    if (it->topic && !(r->topics & (1U << it->topic))) {
        return false;
    }
    return !it->compartment.len || texts_hold(&r->conds[COND_COMPARTMENT], it->compartment);
}

static void add_grants(const struct policy *p, const struct item *it,
                       const struct policy_request *rq, const struct policy_backend *b,
                       struct decided *d) {
    for (size_t i = 0; i < p->rule_count; i++) {
        const struct policy_rule *r = &p->rules[i];
        if (!rule_opens(r, it, rq, b) || rule_gives(r, it->level, b->zone) >= d->transform
            || !rule_matches(r, RULE_GRANT, it, rq)) {
            continue;
        }
        d->transform = rule_gives(r, it->level, b->zone);
        d->rule = r->name;
    }
}

/* Floors, denies and asks. */
static void add_limits(const struct policy *p, const struct item *it,
                       const struct policy_request *rq, const struct policy_backend *b,
                       struct decided *d) {
    for (size_t i = 0; i < p->rule_count; i++) {
        const struct policy_rule *r = &p->rules[i];
        enum transform least = r->has_as && !r->has_reach ? r->as : TRANSFORM_AS_IS;
        if (r->has_deny && b->zone >= r->deny) {
            least = TRANSFORM_FORBIDDEN;
        }
        bool asks = r->has_ask && b->zone >= r->ask && !d->ask;
        if ((least <= d->transform && !asks) || !rule_matches(r, RULE_LIMIT, it, rq)) {
            continue;
        }
        if (asks) {
            d->ask = true;
            d->ask_rule = r->name;
        }
        if (least > d->transform) {
            d->transform = least;
            d->rule = r->name;
        }
    }
}

static struct decided decide(const struct policy *p, const struct item *it,
                             const struct policy_request *rq, const struct policy_backend *b) {
    struct decided d = {.rule = STR("device")};
    if (b->zone == ZONE_DEVICE) {
        return d;
    }
    if (p->broken || !p->preset.len) { /* a policy that nobody read is as good as a broken one */
        return (struct decided){.transform = TRANSFORM_FORBIDDEN,
                                .rule = STR("the policy is broken")};
    }
    d.transform = p->line[it->level][b->zone];
    d.rule = p->line_names[it->level];
    add_grants(p, it, rq, b, &d);
    add_limits(p, it, rq, b, &d);
    return d;
}

/* ---- all items ---- */

static void add_item(struct permit *out, const struct policy *p, const struct item *it,
                     const struct policy_request *rq, const struct policy_backend *b) {
    struct decided d = decide(p, it, rq, b);
    bool stricter = d.transform > out->transform
                    || (d.transform == out->transform && it->level > out->item.level);
    bool first = !out->rule.ptr && d.transform == out->transform;
    if (stricter || first) {
        out->transform = d.transform;
        out->rule = d.rule;
        out->item = *it;
    }
    if (d.ask && !out->ask) {
        out->ask = true;
        out->ask_rule = d.ask_rule;
    }
}

/* Every request holds at least `open`, whoever made its label. */
static const struct item OPEN = {.level = LEVEL_OPEN, .role = ROLE_OTHER};

static struct permit permit_of(const struct policy *p, const struct item *items, size_t n,
                               const struct policy_request *rq, const struct policy_backend *b) {
    struct permit out = {.needed = b->zone};
    for (size_t i = 0; i < n; i++) {
        add_item(&out, p, &items[i], rq, b);
    }
    return out;
}

/* For what is forbidden: the furthest zone where it would not be. */
static enum zone zone_needed(const struct policy *p, const struct label *l,
                             const struct policy_request *rq, const struct policy_backend *b) {
    for (int z = (int)b->zone - 1; z > ZONE_DEVICE; z--) {
        struct policy_backend nearer = {.name = b->name, .zone = (enum zone)z};
        struct permit permit = permit_of(p, l->items, l->count, rq, &nearer);
        add_item(&permit, p, &OPEN, rq, &nearer);
        if (permit.transform != TRANSFORM_FORBIDDEN) {
            return (enum zone)z;
        }
    }
    return ZONE_DEVICE;
}

struct permit policy_permit(const struct policy *p, const struct label *raised,
                            const struct policy_request *rq, const struct policy_backend *backend) {
    struct permit out = permit_of(p, raised->items, raised->count, rq, backend);
    add_item(&out, p, &OPEN, rq, backend);
    if (out.transform == TRANSFORM_FORBIDDEN) {
        out.needed = zone_needed(p, raised, rq, backend);
    }
    return out;
}

struct permit policy_item_permit(const struct policy *p, const struct item *item,
                                 const struct policy_request *rq,
                                 const struct policy_backend *backend) {
    struct item copy = *item;
    const struct label one = {.items = &copy, .count = 1};
    struct permit out = permit_of(p, item, 1, rq, backend);
    if (out.transform == TRANSFORM_FORBIDDEN) {
        out.needed = zone_needed(p, &one, rq, backend);
    }
    return out;
}

/* ---- raising ---- */

struct item rule_raised(const struct policy_rule *r, struct item it) {
    if (r->has_raise && r->raise > it.level) {
        it.level = r->raise;
    }
    if (r->compartment.len) {
        it.compartment = r->compartment;
        it.topic = TOPIC_NONE;
    }
    return it;
}

/* Whether a rule holds depends on the item and the request alone, so each item, the new ones
 * included, needs to be looked at once: behind the last one nothing changes any more. */
struct label policy_raise(const struct policy *p, struct arena *a, const struct label *l,
                          const struct policy_request *rq) {
    struct label out = label_make(a);
    label_join(a, &out, l);
    for (size_t i = 0; i < out.count; i++) {
        for (size_t k = 0; k < p->rule_count; k++) {
            const struct policy_rule *r = &p->rules[k];
            if (rule_raises(r) && rule_matches(r, RULE_LIMIT, &out.items[i], rq)) {
                label_add(a, &out, rule_raised(r, out.items[i]));
            }
        }
    }
    return out;
}

enum level policy_kind_level(const struct policy *p, struct str kind, enum level otherwise) {
    for (size_t i = 0; i < p->kind_count && otherwise != LEVEL_SECRET; i++) {
        if (str_eq(p->kinds[i].kind, kind)) {
            return p->kinds[i].level;
        }
    }
    return otherwise;
}

/* ---- what others ask of the rules ---- */

struct str policy_rule_naming(const struct policy *p, struct str name) {
    bool key = str_starts(name, STR("key:"));
    for (size_t i = 0; i < p->rule_count; i++) {
        const struct policy_rule *r = &p->rules[i];
        if (texts_hold(&r->only, name) || (key && texts_hold(&r->conds[COND_CALLER], name))) {
            return r->name;
        }
    }
    return (struct str){0};
}

bool policy_rule_stands(const struct policy *p, struct str name, const char date[11]) {
    for (size_t i = 0; i < p->rule_count; i++) {
        const struct policy_rule *r = &p->rules[i];
        if (str_eq(r->name, name)) {
            return !r->until[0] || memcmp(date, r->until, sizeof r->until) <= 0;
        }
    }
    return false;
}

/* One row a rule, and one more for each further pattern of the same rule. */
size_t policy_patterns(struct arena *a, const struct policy *p, struct policy_pattern **out) {
    size_t n = 0;
    size_t cap = 0;
    struct policy_pattern *rows = NULL;
    for (size_t i = 0; i < p->rule_count; i++) {
        const struct policy_rule *r = &p->rules[i];
        const struct texts *words = &r->conds[COND_WORDS];
        const struct texts *patterns = &r->conds[COND_PATTERN];
        for (size_t k = 0; rule_has_words(r) && (k == 0 || k < patterns->count); k++) {
            struct policy_pattern *row = arena_push(a, rows, n, cap);
            *row = (struct policy_pattern){
                .rule = r->name, .line = r->found_line, .column = r->found_column};
            if (k == 0) {
                row->words = words->list;
                row->word_count = words->count;
            }
            if (k < patterns->count) {
                row->pattern = patterns->list[k];
            }
        }
    }
    *out = rows;
    return n;
}
