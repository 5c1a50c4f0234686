/* What `weir policy check` says of a policy that is valid all the same: conditions nothing feeds
 * yet, rules that ran out, rules that can never matter. One line each, in the order of the file. */
#include "policy/rules.h"

#include <stdarg.h>
#include <stdio.h>

struct list {
    struct arena *a;
    const struct policy *p;
    const struct policy_request *now;
    const struct policy_names *names_opt;
    struct str *lines;
    size_t n, cap;
};

PRINTF(3, 4) static void say(struct list *l, const struct policy_rule *r, const char *fmt, ...) {
    char text[400];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    *arena_push(l->a, l->lines, l->n, l->cap) =
        str_fmt(l->a, "line %d, rule \"" STR_FMT "\": %s", r->line, STR_ARG(r->name), text);
}

/* ---- conditions that nothing feeds ---- */

static bool makes_compartment(const struct policy *p, struct str name) {
    for (size_t i = 0; i < p->rule_count; i++) {
        if (str_eq(p->rules[i].compartment, name)) {
            return true;
        }
    }
    return false;
}

static void about_sources(struct list *l, const struct policy_rule *r) {
    if (rule_has(r, COND_AGENT)) {
        say(l, r,
            "`agent`: there are no agents yet, so nothing feeds this and the rule never holds");
    }
    if (rule_has(r, COND_TOOL)) {
        say(l, r,
            "`tool`: known only of results of tool calls that stand in the request; nothing "
            "else feeds it yet");
    }
    if (rule_has(r, COND_FOLDER) || rule_has(r, COND_FILE)) {
        say(l, r,
            "`%s`: known only from `-f` and from the path in a tool call; nothing else feeds it "
            "yet",
            rule_has(r, COND_FOLDER) ? "folder" : "file");
    }
    if (rule_has_words(r) && r->has_level && r->low > LEVEL_OPEN) {
        say(l, r,
            "what words or a pattern find is open until a rule raises it, whatever stands beside "
            "it; `level` in the same `match` looks at the word alone");
    }
    const struct texts *names = &r->conds[COND_COMPARTMENT];
    for (size_t i = 0; i < names->count; i++) {
        if (!makes_compartment(l->p, names->list[i])) {
            say(l, r, "no rule puts anything into the compartment `" STR_FMT "`",
                STR_ARG(names->list[i]));
        }
    }
    if (r->has_reach && (rule_has(r, COND_PROJECT) || rule_has(r, COND_CONVERSATION))) {
        say(l, r,
            "in a grant `%s` counts only where weir itself knows it: for the owner%s, not for what "
            "others claim",
            rule_has(r, COND_PROJECT) ? "project" : "conversation",
            rule_has(r, COND_PROJECT) ? ", and for a key bound to it (`weir keys add --project`)"
                                      : "");
    }
}

/* ---- conditions that exclude each other ---- */

static bool kinds_have_topic(const struct policy_rule *r) {
    const struct texts *kinds = &r->conds[COND_KIND];
    for (size_t i = 0; i < kinds->count; i++) {
        const struct kind_row *row = kind_find(kinds->list[i]);
        if (!row || (r->topics & (1U << row->topic))) {
            return true;
        }
    }
    return kinds->count == 0;
}

/* Why no item can ever meet all conditions, or NULL. */
static const char *never_holds(const struct policy_rule *r) {
    if (r->topics && rule_has(r, COND_COMPARTMENT)) {
        return "nothing has a topic and a compartment at once; make two rules";
    }
    if (rule_has_words(r) && r->topics) {
        return "what words or a pattern find has no topic; leave `topic` out of `match`";
    }
    if (rule_has_words(r) && rule_has(r, COND_KIND)
        && !texts_hold(&r->conds[COND_KIND], r->found)) {
        return "what words or a pattern find is of no other kind; leave `kind` out of `match`";
    }
    if (r->topics && !kinds_have_topic(r)) {
        return "none of these kinds has one of these topics";
    }
    if (rule_has(r, COND_COMPARTMENT) && r->has_level && r->has_reach && r->high < LEVEL_PRIVATE) {
        return "what is in a compartment is private at least";
    }
    return NULL;
}

/* ---- grants ---- */

/* The nearest zone where the grant gives more than the lines do; ZONES if none. */
static enum zone gives_from(const struct policy *p, const struct policy_rule *r) {
    enum level most = r->has_level && r->high < LEVEL_SECRET ? r->high : LEVEL_PRIVATE;
    for (int z = ZONE_HOME; z <= (int)r->reach; z++) {
        for (int l = LEVEL_OPEN; l <= (int)most; l++) {
            if (rule_gives(r, (enum level)l, (enum zone)z) < p->line[l][z]) {
                return (enum zone)z;
            }
        }
    }
    return ZONES;
}

static void about_denied_grant(struct list *l, const struct policy_rule *r, enum zone from) {
    for (size_t i = 0; i < l->p->rule_count; i++) {
        const struct policy_rule *d = &l->p->rules[i];
        if (!d->has_deny || d->deny > r->reach || !rule_covers(d, r, RULE_LIMIT, RULE_GRANT)) {
            continue;
        }
        enum zone deny = d->deny == ZONE_DEVICE ? ZONE_HOME : d->deny;
        if (deny <= from) {
            say(l, r, "can never matter: \"" STR_FMT "\" (line %d) denies all that it grants",
                STR_ARG(d->name), d->line);
        } else {
            say(l, r,
                "never reaches `%s`: \"" STR_FMT "\" (line %d) denies that, so it ends at `%s`",
                ZONE_NAMES[r->reach], STR_ARG(d->name), d->line, ZONE_NAMES[deny - 1]);
        }
        return;
    }
}

/* Another grant that gives all of it; of two that are alike the later one adds nothing. */
static bool about_second_grant(struct list *l, const struct policy_rule *r) {
    for (size_t i = 0; i < l->p->rule_count; i++) {
        const struct policy_rule *g = &l->p->rules[i];
        if (g != r && g->has_reach && !rule_has_run_out(g, l->now) && rule_grants_all(g, r)
            && (g < r || !rule_grants_all(r, g))) {
            say(l, r, "adds nothing: \"" STR_FMT "\" (line %d) grants all of it already",
                STR_ARG(g->name), g->line);
            return true;
        }
    }
    return false;
}

/* Providers that `only` names and the grant does not open: it does not reach them, or they need no
 * grant. */
static void about_only(struct list *l, const struct policy_rule *r) {
    const struct policy_names *n = l->names_opt;
    for (size_t i = 0; n && n->provider_zones && i < n->provider_count; i++) {
        enum zone zone = n->provider_zones[i];
        if (!texts_hold(&r->only, n->providers[i])) {
            continue;
        }
        if (zone == ZONE_DEVICE) {
            say(l, r, "`only` names `" STR_FMT "`, which is on the device: always allowed",
                STR_ARG(n->providers[i]));
        } else if (zone > r->reach) {
            say(l, r, "`only` names `" STR_FMT "`, which is in zone `%s`; `reach` ends at `%s`",
                STR_ARG(n->providers[i]), ZONE_NAMES[zone], ZONE_NAMES[r->reach]);
        }
    }
}

static void about_grant(struct list *l, const struct policy_rule *r) {
    enum zone from = gives_from(l->p, r);
    if (rule_has_run_out(r, l->now)) {
        say(l, r, "has run out (until = %s); take it out, or give it a later day", r->until);
    } else if (r->reach == ZONE_DEVICE) {
        say(l, r, "reaches the device only, which is always allowed");
    } else if (from == ZONES) {
        say(l, r, "gives nothing that the level lines do not give already");
    } else if (!about_second_grant(l, r)) {
        about_denied_grant(l, r, from);
        about_only(l, r);
    }
    if (r->has_level && r->high == LEVEL_SECRET) {
        say(l, r, "`level = \"secret\"` grants no more than \"private\": secrets never leave");
    }
    if (r->has_as && r->as == TRANSFORM_AS_IS && r->reach == ZONE_CLOUD
        && (!r->has_level || r->high >= LEVEL_PRIVATE)) {
        say(l, r, "what is private goes to the cloud pseudonymised all the same");
    }
}

/* ---- limits ---- */

static void about_effect(struct list *l, const struct policy_rule *r) {
    if (r->has_raise && !r->compartment.len
        && (r->raise == LEVEL_OPEN || (r->has_level && r->low >= r->raise))) {
        say(l, r, "raises to `%s`, which changes nothing: all that it matches is that already",
            LEVEL_NAMES[r->raise]);
    }
    if (r->has_as && !r->has_reach && r->as == TRANSFORM_AS_IS) {
        say(l, r, "`as = \"as_is\"` without `reach` changes nothing; a grant needs `reach`");
    }
    if ((r->has_deny && r->deny == ZONE_DEVICE) || (r->has_ask && r->ask == ZONE_DEVICE)) {
        say(l, r, "the device is always allowed without asking; this counts from `home` on");
    }
}

/* Whether d does all that r does, wherever r does. */
static bool does_all(const struct policy_rule *d, const struct policy_rule *r) {
    bool deny = !r->has_deny || (d->has_deny && d->deny <= r->deny);
    bool ask = !r->has_ask || (d->has_ask && d->ask <= r->ask);
    bool as = !r->has_as || (d->has_as && !d->has_reach && d->as >= r->as);
    return deny && ask && as && rule_covers(d, r, RULE_LIMIT, RULE_LIMIT);
}

/* Of two that are alike the later one adds nothing. */
static bool adds_nothing(const struct policy_rule *r, const struct policy_rule *d) {
    return does_all(d, r) && (d < r || !does_all(r, d));
}

/* A floor or an ask where a deny lets nothing through anyway. */
static bool about_denied_limit(struct list *l, const struct policy_rule *r) {
    bool floors = r->has_as && r->as > TRANSFORM_AS_IS;
    enum zone from = floors || r->ask == ZONE_DEVICE ? ZONE_HOME : r->ask;
    for (size_t i = 0; !r->has_deny && (floors || r->has_ask) && i < l->p->rule_count; i++) {
        const struct policy_rule *d = &l->p->rules[i];
        if (d->has_deny && d->deny <= from && rule_covers(d, r, RULE_LIMIT, RULE_LIMIT)) {
            say(l, r, "can never matter: \"" STR_FMT "\" (line %d) denies all that it is about",
                STR_ARG(d->name), d->line);
            return true;
        }
    }
    return false;
}

static void about_limit(struct list *l, const struct policy_rule *r) {
    about_effect(l, r);
    if (r->has_reach || rule_raises(r) || rule_has_words(r) || about_denied_limit(l, r)) {
        return;
    }
    for (size_t i = 0; i < l->p->rule_count; i++) {
        const struct policy_rule *d = &l->p->rules[i];
        if (d != r && adds_nothing(r, d)) {
            say(l, r, "adds nothing: \"" STR_FMT "\" (line %d) does all of it already",
                STR_ARG(d->name), d->line);
            return;
        }
    }
}

static void about_rule(struct list *l, const struct policy_rule *r) {
    const char *never = never_holds(r);
    if (never) {
        say(l, r, "can never hold: %s", never);
    }
    if (r->has_reach && !never) {
        about_grant(l, r);
    }
    if (rule_limits(r) && !never) {
        about_limit(l, r);
    }
    about_sources(l, r);
}

static void about_kinds(struct list *l) {
    for (size_t i = 0; i < l->p->kind_count; i++) {
        const struct policy_kind *k = &l->p->kinds[i];
        const struct kind_row *row = kind_find(k->kind);
        if (row && row->level == k->level) {
            *arena_push(l->a, l->lines, l->n, l->cap) =
                str_fmt(l->a, "[kind]: `" STR_FMT "` is `%s` anyway; the line changes nothing",
                        STR_ARG(k->kind), LEVEL_NAMES[k->level]);
        }
    }
}

size_t policy_warnings(struct arena *a, const struct policy *p, const struct policy_request *now,
                       const struct policy_names *names_opt, struct str **out) {
    struct list l = {.a = a, .p = p, .now = now, .names_opt = names_opt};
    about_kinds(&l);
    for (size_t i = 0; i < p->rule_count; i++) {
        about_rule(&l, &p->rules[i]);
    }
    *out = l.lines;
    return l.n;
}
