/* links: policy label */
/* The laws of POLICY.md 3 on random policies and requests, with every condition there is. Policies
 * are made as text, so that the reader is tried too. Seeded by a constant: every run is the same
 * run. WEIR_ROUNDS=n tries n. */
#include "base/buf.h"
#include "policy/policy.h"
#include "random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { ROUNDS = 6000, MOST_RULES = 6, MOST_ITEMS = 8 };

static uint64_t seed = 0x9e3779b97f4a7c15u;

static const char *const KINDS[] = {"email", "iban", "name", "health"};
static const char *const FOUND[] = {"email",       "iban",        "name",
                                    "rule:rule 0", "rule:rule 1", "rule:new"};
static const char *const COMPARTMENTS[] = {"client-x", "merger"};
static const char *const FOLDERS[] = {"/home/me/clients", "/home/me/clients/acme",
                                      "/home/me/notes"};
static const char *const TOOLS[] = {"Read", "Bash", "mcp__mail"};
static const char *const PROJECTS[] = {"blue", "red"};
static const char *const CALLERS[] = {"owner", "local", "key:laptop", "key:phone"};
static const char *const CLIENTS[] = {"curl/8", "claude-cli/2"};
static const char *const AGENTS[] = {"night", "mail"};
static const char *const DAYS[] = {"2026-11-22", "2026-11-23", "2026-11-24"};
static const char *const TIMES[] = {"22:00-07:00", "08:00-12:00", "12:00-24:00"};
static const struct policy_backend BACKENDS[] = {
    {STR_INIT("local"), ZONE_DEVICE},   {STR_INIT("basement"), ZONE_HOME},
    {STR_INIT("clinic"), ZONE_TRUSTED}, {STR_INIT("notary"), ZONE_TRUSTED},
    {STR_INIT("acme"), ZONE_CLOUD},     {STR_INIT("globex"), ZONE_CLOUD}};

/* ---- drawing ---- */

enum outcome { GRANT, DENY, ASK, FLOOR, RAISE, OUTCOMES };

static void add_list(struct buf *b, const char *key, const char *const *words, size_t n,
                     unsigned per_cent) {
    if (!chance(&seed, per_cent)) {
        return;
    }
    const char *comma = b->ptr[b->len - 1] == '{' ? "" : ",";
    if (chance(&seed, 60)) {
        buf_addf(b, "%s %s = \"%s\"", comma, key, words[below(&seed, n)]);
    } else {
        buf_addf(b, "%s %s = [\"%s\", \"%s\"]", comma, key, words[below(&seed, n)],
                 words[below(&seed, n)]);
    }
}
#define ADD_LIST(b, key, words, per_cent) add_list(b, key, words, ARRAY_LEN(words), per_cent)

/* In a grant words, pattern, client and kinds of rules cannot stand. */
static void add_match(struct buf *b, bool grant) {
    buf_add(b, STR("match = {"));
    add_list(b, "level", LEVEL_NAMES, LEVELS, 30);
    add_list(b, "topic", TOPIC_NAMES + 1, 3, 40);
    ADD_LIST(b, "compartment", COMPARTMENTS, 15);
    ADD_LIST(b, "kind", KINDS, 15);
    ADD_LIST(b, "folder", FOLDERS, 12);
    ADD_LIST(b, "tool", TOOLS, 8);
    add_list(b, "role", ROLE_NAMES, LABEL_ROLES, 8);
    ADD_LIST(b, "project", PROJECTS, 12);
    ADD_LIST(b, "conversation", PROJECTS, 6);
    ADD_LIST(b, "caller", CALLERS, 12);
    ADD_LIST(b, "agent", AGENTS, 3);
    ADD_LIST(b, "time", TIMES, 8);
    if (!grant) {
        ADD_LIST(b, "words", AGENTS, 8);
        ADD_LIST(b, "client", CLIENTS, 8);
    }
    buf_add(b, STR(" }\n"));
}

static struct str any_rule(struct arena *a, const char *name, enum outcome o) {
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 16);
    buf_addf(&b, "[[rule]]\nname = \"%s\"\n", name);
    add_match(&b, o == GRANT);
    switch (o) {
    case GRANT:
        buf_addf(&b, "reach = \"%s\"\n", ZONE_NAMES[1 + below(&seed, 3)]);
        if (chance(&seed, 70)) {
            buf_addf(&b, "as = \"%s\"\n", TRANSFORM_NAMES[below(&seed, 2)]);
        }
        if (chance(&seed, 30)) {
            buf_addf(&b, "only = [\"" STR_FMT "\"]\n", STR_ARG(BACKENDS[1 + below(&seed, 5)].name));
        }
        if (chance(&seed, 20)) {
            buf_addf(&b, "until = %s\n", PICK(&seed, DAYS));
        }
        break;
    case DENY:
        buf_addf(&b, "deny = \"%s\"\n", ZONE_NAMES[1 + below(&seed, 3)]);
        break;
    case ASK:
        buf_addf(&b, "ask = \"%s\"\n", ZONE_NAMES[1 + below(&seed, 3)]);
        break;
    case FLOOR:
        buf_add(&b, STR("as = \"pseudonymise\"\n"));
        break;
    default:
        if (chance(&seed, 70)) {
            buf_addf(&b, "raise = \"%s\"\n", LEVEL_NAMES[1 + below(&seed, 3)]);
        } else {
            buf_addf(&b, "compartment = \"%s\"\n", PICK(&seed, COMPARTMENTS));
        }
    }
    return str_dup(a, buf_str(&b));
}

struct draft {
    struct str head;
    struct str rules[MOST_RULES + 1];
    size_t rule_count;
};

static enum outcome any_outcome(void) {
    return chance(&seed, 30) ? GRANT : (enum outcome)below(&seed, OUTCOMES);
}

static struct draft any_draft(struct arena *a) {
    static const char *const lines[] = {
        "",
        "",
        "",
        "",
        "[level]\npersonal = { home = \"as_is\" }\nprivate = { home = \"pseudonymise\" }\n",
        "[level]\nprivate = {}\n",
        "[kind]\nphone = \"private\"\n"};
    struct draft d = {.rule_count = below(&seed, MOST_RULES)};
    d.head = str_fmt(a, "preset = \"%s\"\n%s", PICK(&seed, POLICY_PRESETS), PICK(&seed, lines));
    for (size_t i = 0; i < d.rule_count; i++) {
        d.rules[i] = any_rule(a, str_fmt(a, "rule %zu", i).ptr, any_outcome());
    }
    return d;
}

static struct str text_of(struct arena *a, const struct draft *d) {
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 20);
    buf_add(&b, d->head);
    for (size_t i = 0; i < d->rule_count; i++) {
        buf_add(&b, d->rules[i]);
    }
    return str_dup(a, buf_str(&b));
}

static struct policy policy_of(struct arena *a, const struct draft *d) {
    struct policy p = {0};
    struct err e = {0};
    struct str text = text_of(a, d);
    if (!policy_read(a, text, "policy.toml", NULL, &p, &e)) {
        fail_msg("%s\n" STR_FMT, e.text, STR_ARG(text));
    }
    return p;
}

static struct str maybe(const char *const *words, size_t n, unsigned per_cent) {
    return chance(&seed, per_cent) ? str_of(words[below(&seed, n)]) : (struct str){0};
}
#define MAYBE(words, per_cent) maybe(words, ARRAY_LEN(words), per_cent)

static struct item any_item(void) {
    struct item i = {.level = (enum level)below(&seed, LEVELS),
                     .role = (enum label_role)below(&seed, LABEL_ROLES)};
    size_t where = below(&seed, 100);
    if (where < 40) {
        i.topic = (enum topic)(1 + below(&seed, 3));
    } else if (where > 85) {
        i.compartment = str_of(PICK(&seed, COMPARTMENTS));
    }
    i.kind = MAYBE(FOUND, 70);
    i.folder = MAYBE(FOLDERS, 25);
    i.tool = MAYBE(TOOLS, 20);
    return item_settled(i);
}

static struct policy_request any_request(void) {
    struct policy_request rq = {.project = MAYBE(PROJECTS, 60),
                                .conversation = MAYBE(PROJECTS, 40),
                                .project_known = chance(&seed, 50),
                                .conversation_known = chance(&seed, 50),
                                .caller = str_of(PICK(&seed, CALLERS)),
                                .client = MAYBE(CLIENTS, 50),
                                .agent = MAYBE(AGENTS, 20),
                                .date = "2026-11-23",
                                .minute = (int)below(&seed, 1440)};
    return rq;
}

/* A request: items with their origin's `open`, as labelling makes them. */
struct content {
    struct item items[MOST_ITEMS + 1];
    size_t count;
};

static struct content any_content(void) {
    struct content c = {.count = below(&seed, MOST_ITEMS)};
    for (size_t i = 0; i < c.count; i++) {
        c.items[i] = any_item();
    }
    return c;
}

static struct label label_of(struct arena *a, const struct content *c) {
    struct label l = label_make(a);
    for (size_t i = 0; i < c->count; i++) {
        struct item it = c->items[i];
        label_add(a, &l, it);
        label_add(a, &l, (struct item){.role = it.role, .folder = it.folder, .tool = it.tool});
    }
    return l;
}

/* ---- permits ---- */

struct permits {
    struct permit of[ARRAY_LEN(BACKENDS)];
};

static struct permits permits_raised(const struct policy *p, const struct label *raised,
                                     const struct policy_request *rq) {
    struct permits out = {0};
    for (size_t i = 0; i < ARRAY_LEN(BACKENDS); i++) {
        out.of[i] = policy_permit(p, raised, rq, &BACKENDS[i]);
    }
    return out;
}

static struct permits permits_of(struct arena *a, const struct policy *p, const struct content *c,
                                 const struct policy_request *rq) {
    struct label l = label_of(a, c);
    struct label raised = policy_raise(p, a, &l, rq);
    return permits_raised(p, &raised, rq);
}

/* Allows what was not, or with less disguise, or without the approval asked before. */
static bool widened(const struct permits *after, const struct permits *before) {
    for (size_t i = 0; i < ARRAY_LEN(BACKENDS); i++) {
        const struct permit *x = &after->of[i];
        const struct permit *y = &before->of[i];
        if (x->transform < y->transform
            || (x->transform != TRANSFORM_FORBIDDEN && y->ask && !x->ask)) {
            return true;
        }
    }
    return false;
}

static bool same(const struct permits *x, const struct permits *y) {
    for (size_t i = 0; i < ARRAY_LEN(BACKENDS); i++) {
        if (x->of[i].transform != y->of[i].transform || x->of[i].ask != y->of[i].ask) {
            return false;
        }
    }
    return true;
}

struct world {
    struct arena *a;
    struct draft draft;
    struct policy policy;
    struct policy_request rq;
    struct content content;
    struct permits before;
};

static void law(const struct world *w, const char *name, bool holds) {
    if (!holds) {
        struct label l = label_of(w->a, &w->content);
        fail_msg("%s\n" STR_FMT "\n" STR_FMT, name, STR_ARG(text_of(w->a, &w->draft)),
                 STR_ARG(label_text(w->a, &l)));
    }
}

static struct world *any_world(struct arena *a) {
    struct world *w = arena_new(a, struct world);
    w->a = a;
    w->draft = any_draft(a);
    w->rq = any_request();
    w->content = any_content();
    w->policy = policy_of(a, &w->draft);
    w->before = permits_of(a, &w->policy, &w->content, &w->rq);
    return w;
}

/* ---- laws ---- */

static void more_content_never_widens(struct world *w) {
    struct content more = w->content;
    struct permits after;
    more.items[more.count++] = any_item();
    after = permits_of(w->a, &w->policy, &more, &w->rq);
    law(w, "another item or segment widened the permit", !widened(&after, &w->before));
    for (size_t i = 0; i < w->content.count; i++) {
        struct content higher = w->content;
        if (higher.items[i].level < LEVEL_SECRET) {
            higher.items[i].level++;
            after = permits_of(w->a, &w->policy, &higher, &w->rq);
            law(w, "a higher level widened the permit", !widened(&after, &w->before));
        }
    }
}

static void joining_is_the_strictest(struct world *w) {
    struct content other = any_content();
    struct label x = label_of(w->a, &w->content);
    struct label y = label_of(w->a, &other);
    struct permits theirs = permits_of(w->a, &w->policy, &other, &w->rq);
    label_join(w->a, &x, &y);
    x = policy_raise(&w->policy, w->a, &x, &w->rq);
    struct permits both = permits_raised(&w->policy, &x, &w->rq);
    for (size_t i = 0; i < ARRAY_LEN(BACKENDS); i++) {
        enum transform t = w->before.of[i].transform;
        t = theirs.of[i].transform > t ? theirs.of[i].transform : t;
        law(w, "two requests together are not the strictest of both",
            both.of[i].transform == t
                && both.of[i].ask == (w->before.of[i].ask || theirs.of[i].ask));
    }
}

static void a_limit_never_widens(struct world *w) {
    for (int o = DENY; o < OUTCOMES; o++) {
        struct draft d = w->draft;
        d.rules[d.rule_count++] = any_rule(w->a, "new", (enum outcome)o);
        struct policy p = policy_of(w->a, &d);
        struct permits after = permits_of(w->a, &p, &w->content, &w->rq);
        law(w, "a new deny, ask, floor or raise widened the permit", !widened(&after, &w->before));
        law(w, "a policy with one limit more counts as looser", !policy_is_looser(&p, &w->policy));
    }
}

static void a_claim_never_widens(struct world *w) {
    struct policy_request with = w->rq;
    with.project_known = with.conversation_known = false;
    struct policy_request without = with;
    without.project = without.conversation = without.client = (struct str){0};
    struct permits claimed = permits_of(w->a, &w->policy, &w->content, &with);
    struct permits silent = permits_of(w->a, &w->policy, &w->content, &without);
    law(w, "a claim widened the permit", !widened(&claimed, &silent));
}

static void order_changes_nothing(struct world *w) {
    struct draft d = w->draft;
    struct content c = w->content;
    for (size_t i = d.rule_count; i > 1; i--) {
        size_t k = below(&seed, i);
        struct str t = d.rules[i - 1];
        d.rules[i - 1] = d.rules[k];
        d.rules[k] = t;
    }
    for (size_t i = c.count; i > 1; i--) {
        size_t k = below(&seed, i);
        struct item t = c.items[i - 1];
        c.items[i - 1] = c.items[k];
        c.items[k] = t;
    }
    struct policy p = policy_of(w->a, &d);
    struct permits after = permits_of(w->a, &p, &c, &w->rq);
    law(w, "the order of rules or items changed something", same(&after, &w->before));
    law(w, "the order of rules made a policy looser",
        !policy_is_looser(&p, &w->policy) && !policy_is_looser(&w->policy, &p));
}

static void secret_and_broken_stay(struct world *w) {
    struct label l = label_of(w->a, &w->content);
    struct label raised = policy_raise(&w->policy, w->a, &l, &w->rq);
    struct policy broken = w->policy;
    broken.broken = true;
    struct permits none = permits_of(w->a, &broken, &w->content, &w->rq);
    for (size_t i = 0; i < ARRAY_LEN(BACKENDS); i++) {
        const struct permit *p = &w->before.of[i];
        if (BACKENDS[i].zone == ZONE_DEVICE) {
            law(w, "the device is not as_is", p->transform == TRANSFORM_AS_IS && !p->ask);
            law(w, "the device is not as_is", none.of[i].transform == TRANSFORM_AS_IS);
            continue;
        }
        law(w, "a secret leaves",
            label_level(&raised) < LEVEL_SECRET || p->transform == TRANSFORM_FORBIDDEN);
        law(w, "something leaves by a broken policy", none.of[i].transform == TRANSFORM_FORBIDDEN);
        law(w, "the nearest zone that is needed is none",
            p->transform == TRANSFORM_FORBIDDEN ? p->needed < BACKENDS[i].zone
                                                : p->needed == BACKENDS[i].zone);
    }
    struct content nothing = {0};
    struct permits empty = permits_of(w->a, &w->policy, &nothing, &w->rq);
    law(w, "content widened what is allowed without any", !widened(&w->before, &empty));
}

/* Each ask and deny alone, in a policy that allows what can be allowed, says where it holds. */
static void a_limit_that_holds_counts(struct world *w) {
    struct label l = label_of(w->a, &w->content);
    struct label raised = policy_raise(&w->policy, w->a, &l, &w->rq);
    for (size_t r = 0; r < w->draft.rule_count; r++) {
        struct draft alone = {.head = STR("preset = \"cloud-first\"\n"), .rule_count = 1};
        alone.rules[0] = w->draft.rules[r];
        bool asks = str_contains(alone.rules[0], STR("\nask = "));
        bool denies = str_contains(alone.rules[0], STR("\ndeny = "));
        if (!asks && !denies) {
            continue;
        }
        struct policy p = policy_of(w->a, &alone);
        struct draft bare = {.head = alone.head};
        struct policy none = policy_of(w->a, &bare);
        struct permits one = permits_raised(&p, &raised, &w->rq);
        struct permits base = permits_raised(&none, &raised, &w->rq);
        for (size_t i = 0; i < ARRAY_LEN(BACKENDS); i++) {
            const struct permit *is = &w->before.of[i];
            law(w, "a matched ask does not ask", !one.of[i].ask || is->ask);
            law(w, "a matched deny does not close",
                one.of[i].transform == base.of[i].transform
                    || one.of[i].transform != TRANSFORM_FORBIDDEN
                    || is->transform == TRANSFORM_FORBIDDEN);
        }
    }
}

/* By grants alone: an item with a topic or compartment goes nowhere that its line does not go,
 * unless a grant names it. */
static void a_grant_opens_only_what_it_names(struct world *w) {
    struct draft d = {.head = w->draft.head, .rule_count = 1};
    struct draft bare = {.head = w->draft.head};
    d.rules[0] = any_rule(w->a, "g", GRANT);
    struct policy p = policy_of(w->a, &d);
    struct policy none = policy_of(w->a, &bare);
    struct item it = any_item();
    struct str named = it.topic ? str_of(TOPIC_NAMES[it.topic]) : it.compartment;
    bool names =
        !named.len || str_contains(d.rules[0], str_fmt(w->a, "\"" STR_FMT "\"", STR_ARG(named)));
    for (size_t i = 0; i < ARRAY_LEN(BACKENDS); i++) {
        const struct policy_backend *b = &BACKENDS[i];
        struct permit with = policy_item_permit(&p, &it, &w->rq, b);
        struct permit without = policy_item_permit(&none, &it, &w->rq, b);
        bool wider = with.transform < without.transform;
        struct str only = str_fmt(w->a, "\"" STR_FMT "\"]", STR_ARG(b->name));
        law(w, "a grant made something stricter", with.transform <= without.transform);
        law(w, "a grant opened what it does not name", !wider || names);
        law(w, "a grant opened a backend it does not name",
            !wider || !str_contains(d.rules[0], STR("only")) || str_contains(d.rules[0], only));
        law(w, "a grant opened a secret", !wider || it.level != LEVEL_SECRET);
        law(w, "a grant that ran out opened something",
            !wider || !str_contains(d.rules[0], STR("until = 2026-11-22")));
        law(w, "a grant sent private data to a cloud undisguised",
            !wider || it.level != LEVEL_PRIVATE || b->zone != ZONE_CLOUD
                || with.transform == TRANSFORM_PSEUDONYMISE);
    }
}

/* What does not count as looser permits nothing that was not permitted. */
static void what_is_not_looser_never_widens(struct world *w, size_t *kept) {
    struct draft d = w->draft;
    size_t at = below(&seed, d.rule_count + 1);
    if (at == d.rule_count || chance(&seed, 40)) {
        d.rules[at] = any_rule(w->a, str_fmt(w->a, "rule %zu", at).ptr, any_outcome());
        d.rule_count += at == d.rule_count;
    } else {
        d.rules[at] = d.rules[--d.rule_count];
    }
    struct policy p = policy_of(w->a, &d);
    if (policy_is_looser(&p, &w->policy)) {
        return;
    }
    *kept += 1;
    for (int i = 0; i < 4; i++) {
        struct content c = any_content();
        struct policy_request rq = any_request();
        struct permits after = permits_of(w->a, &p, &c, &rq);
        struct permits before = permits_of(w->a, &w->policy, &c, &rq);
        law(w, str_fmt(w->a, "not looser, but wider:\n" STR_FMT, STR_ARG(p.text)).ptr,
            !widened(&after, &before));
    }
}

/* The same for everybody who asks: whether what is forbidden would also have to be asked about
 * changes nothing. */
static bool same_in_effect(const struct permits *x, const struct permits *y) {
    for (size_t i = 0; i < ARRAY_LEN(BACKENDS); i++) {
        if (x->of[i].transform != y->of[i].transform
            || (x->of[i].transform != TRANSFORM_FORBIDDEN && x->of[i].ask != y->of[i].ask)) {
            return false;
        }
    }
    return true;
}

/* What `weir policy explain` lists comes to the permit, and names what decided. */
static void a_trace_is_the_permit(struct world *w) {
    struct label l = label_of(w->a, &w->content);
    struct label raised = policy_raise(&w->policy, w->a, &l, &w->rq);
    const struct item *it = &raised.items[below(&seed, raised.count)];
    const struct policy_backend *b = &BACKENDS[below(&seed, ARRAY_LEN(BACKENDS))];
    struct permit permit = policy_item_permit(&w->policy, it, &w->rq, b);
    struct trace_step *steps = NULL;
    size_t n = policy_trace(w->a, &w->policy, it, &w->rq, b, &steps);
    enum transform transform = TRANSFORM_AS_IS;
    bool ask = false;
    bool named = false;
    for (size_t i = 0; i < n; i++) {
        bool gives = steps[i].kind <= TRACE_GRANT;
        bool counts =
            i == 0 || (gives ? steps[i].transform < transform : steps[i].transform > transform);
        transform = counts ? steps[i].transform : transform;
        ask = ask || steps[i].kind == TRACE_ASK;
        named = named || str_eq(steps[i].rule, permit.rule);
    }
    law(w, "a trace comes to another permit", transform == permit.transform && ask == permit.ask);
    law(w, "a trace does not name the rule that decided", named);
    bool found = false;
    for (size_t i = 0; i < l.count; i++) {
        found = found || item_eq(&l.items[i], it);
    }
    law(w, "nobody raised an item that was not found",
        found || policy_raised_by(&w->policy, &raised, it, &w->rq).len);
}

/* Warnings that say "can never" are true: without the rule nothing is different. */
static void a_dead_rule_changes_nothing(struct world *w, size_t *dead) {
    struct str *lines = NULL;
    size_t n = policy_warnings(w->a, &w->policy, &w->rq, NULL, &lines);
    for (size_t r = 0; r < w->draft.rule_count; r++) {
        struct str name = str_fmt(w->a, "rule \"rule %zu\": ", r);
        bool never = false;
        for (size_t i = 0; i < n; i++) {
            never = never
                    || (str_contains(lines[i], name)
                        && (str_contains(lines[i], STR("can never matter"))
                            || str_contains(lines[i], STR("adds nothing"))
                            || str_contains(lines[i], STR("gives nothing"))
                            || str_contains(lines[i], STR("has run out"))));
        }
        if (never) {
            struct draft d = w->draft;
            d.rules[r] = d.rules[--d.rule_count];
            struct policy p = policy_of(w->a, &d);
            struct permits after = permits_of(w->a, &p, &w->content, &w->rq);
            law(w, "a rule that was called dead did something", same_in_effect(&after, &w->before));
            *dead += 1;
        }
    }
}

static void laws(void **state) {
    (void)state;
    size_t rounds = setting("WEIR_ROUNDS", ROUNDS);
    size_t kept = 0;
    size_t dead = 0;
    size_t open = 0;
    for (size_t i = 0; i < rounds; i++) {
        struct arena a = arena_make(64u << 20);
        struct world *w = any_world(&a);
        more_content_never_widens(w);
        joining_is_the_strictest(w);
        a_limit_never_widens(w);
        a_claim_never_widens(w);
        order_changes_nothing(w);
        secret_and_broken_stay(w);
        a_limit_that_holds_counts(w);
        a_grant_opens_only_what_it_names(w);
        what_is_not_looser_never_widens(w, &kept);
        a_dead_rule_changes_nothing(w, &dead);
        a_trace_is_the_permit(w);
        open += w->before.of[ARRAY_LEN(BACKENDS) - 1].transform != TRANSFORM_FORBIDDEN;
        arena_end(&a);
    }
    printf("%zu rounds: %zu open to a cloud, %zu changes not looser, %zu dead rules\n", rounds,
           open, kept, dead);
    assert_true(rounds < ROUNDS
                || (open > rounds / 50 && kept > rounds / 20 && dead > rounds / 50));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(laws)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
