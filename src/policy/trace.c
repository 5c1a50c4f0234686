/* Which lines and rules bear on a permit, for `weir policy explain`. The permit itself is made in
 * permit.c; a property test holds the two together. Pure; steps are in the caller's arena. */
#include "policy/rules.h"

const char *const TRACE_NAMES[TRACE_ASK + 1] = {"device", "broken", "line", "grant",
                                                "floor",  "deny",   "ask"};

struct steps {
    struct arena *a;
    struct trace_step *list;
    size_t n, cap;
};

static void add(struct steps *s, enum trace_kind kind, struct str rule, enum transform transform) {
    *arena_push(s->a, s->list, s->n, s->cap) = (struct trace_step){kind, rule, transform};
}

static void add_grants(struct steps *s, const struct policy *p, const struct item *it,
                       const struct policy_request *rq, const struct policy_backend *b) {
    for (size_t i = 0; i < p->rule_count; i++) {
        const struct policy_rule *r = &p->rules[i];
        if (rule_opens(r, it, rq, b) && rule_matches(r, RULE_GRANT, it, rq)) {
            add(s, TRACE_GRANT, r->name, rule_gives(r, it->level, b->zone));
        }
    }
}

static void add_limits(struct steps *s, const struct policy *p, const struct item *it,
                       const struct policy_request *rq, const struct policy_backend *b) {
    for (size_t i = 0; i < p->rule_count; i++) {
        const struct policy_rule *r = &p->rules[i];
        bool floors = r->has_as && !r->has_reach && r->as > TRANSFORM_AS_IS;
        bool denies = r->has_deny && b->zone >= r->deny;
        bool asks = r->has_ask && b->zone >= r->ask;
        if ((!floors && !denies && !asks) || !rule_matches(r, RULE_LIMIT, it, rq)) {
            continue;
        }
        if (floors) {
            add(s, TRACE_FLOOR, r->name, r->as);
        }
        if (denies) {
            add(s, TRACE_DENY, r->name, TRANSFORM_FORBIDDEN);
        }
        if (asks) {
            add(s, TRACE_ASK, r->name, TRANSFORM_AS_IS);
        }
    }
}

size_t policy_trace(struct arena *a, const struct policy *p, const struct item *item,
                    const struct policy_request *rq, const struct policy_backend *backend,
                    struct trace_step **out) {
    struct steps s = {.a = a};
    if (backend->zone == ZONE_DEVICE) {
        add(&s, TRACE_DEVICE, STR("device"), TRANSFORM_AS_IS);
    } else if (p->broken || !p->preset.len) {
        add(&s, TRACE_BROKEN, STR("the policy is broken"), TRANSFORM_FORBIDDEN);
    } else {
        add(&s, TRACE_LINE, p->line_names[item->level], p->line[item->level][backend->zone]);
        add_grants(&s, p, item, rq, backend);
        add_limits(&s, p, item, rq, backend);
    }
    *out = s.list;
    return s.n;
}

struct str policy_raised_by(const struct policy *p, const struct label *raised,
                            const struct item *item, const struct policy_request *rq) {
    for (size_t k = 0; k < p->rule_count; k++) {
        const struct policy_rule *r = &p->rules[k];
        for (size_t i = 0; rule_raises(r) && i < raised->count; i++) {
            const struct item *from = &raised->items[i];
            struct item made = item_settled(rule_raised(r, *from));
            if (!item_eq(from, item) && item_eq(&made, item)
                && rule_matches(r, RULE_LIMIT, from, rq)) {
                return r->name;
            }
        }
    }
    return (struct str){0};
}
