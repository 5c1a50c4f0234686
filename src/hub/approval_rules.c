/* The rules that `weir approve --rule` appends to the policy: one for each topic and compartment of
 * what was approved. */
#include "codec/toml.h"
#include "hub/approvals_inside.h"

static bool seen_before(const struct label *l, size_t i) {
    for (size_t k = 0; k < i; k++) {
        if (l->items[k].topic == l->items[i].topic
            && str_eq(l->items[k].compartment, l->items[i].compartment)) {
            return true;
        }
    }
    return false;
}

/* One rule for each topic and compartment of the items. */
static struct str rule_name(struct arena *a, const struct approval *ap, int number) {
    return number ? str_fmt(a, "approved " STR_FMT " (%d)", STR_ARG(ap->id), number + 1)
                  : str_fmt(a, "approved " STR_FMT, STR_ARG(ap->id));
}

bool approval_rules_stand(struct hub *h, const struct approval *ap) {
    CLEANUP(arena_end) struct arena a = arena_make(1 << 20);
    struct snapshot *s = snapshot_hold(h);
    char date[11];
    int minute = 0;
    int number = 0;
    bool stand = true;
    clock_local(clock_wall_ms(), date, &minute);
    for (size_t i = 0; stand && i < ap->items.count; i++) {
        if (!seen_before(&ap->items, i)) {
            stand = policy_rule_stands(&s->policy, rule_name(&a, ap, number++), date);
        }
    }
    snapshot_drop(s);
    return stand;
}

/* The rules that `--rule` appends: what was asked for, for this caller and these topics and
 * compartments, and nothing else. An ask is never overruled by a grant, so it is the standing
 * approval that answers the next ones. */
static void add_rule(struct buf *b, const struct approval *ap, struct str name, const char *key,
                     struct str value) {
    buf_addf(b, "%s[[rule]]\nname  = \"" STR_FMT "\"\nmatch = { level = \"%s\", caller = ",
             b->len ? "\n" : "", STR_ARG(name), LEVEL_NAMES[label_level(&ap->items)]);
    toml_quote(b, ap->caller);
    if (value.len) {
        buf_addf(b, ", %s = ", key);
        toml_quote(b, value);
    }
    buf_addf(b, " }\nreach = \"%s\"\nas    = \"%s\"\nonly  = [\"" STR_FMT "\"]\n",
             ZONE_NAMES[ap->zone], TRANSFORM_NAMES[ap->transform], STR_ARG(ap->backend));
}

struct str approval_rules(struct arena *a, const struct approval *ap) {
    AUTO_BUF b = {0};
    buf_init(&b, 64 << 10);
    int number = 0;
    for (size_t i = 0; i < ap->items.count; i++) {
        const struct item *it = &ap->items.items[i];
        if (seen_before(&ap->items, i)) {
            continue;
        }
        if (it->compartment.len) {
            add_rule(&b, ap, rule_name(a, ap, number++), "compartment", it->compartment);
        } else {
            add_rule(&b, ap, rule_name(a, ap, number++), "topic", str_of(TOPIC_NAMES[it->topic]));
        }
    }
    return str_dup(a, buf_str(&b));
}
