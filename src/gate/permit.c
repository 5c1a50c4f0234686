/* What the newest policy says to one sending. The policy is asked for anew each time: a request
 * keeps its configuration, but never its permit. */
#include "gate/inside.h"

static bool decide(const struct policy *p, struct arena *a, const struct permit_ask *ask,
                   struct label *raised, struct gate_word *word, struct err *e) {
    const struct gate_target *t = ask->target;
    if (p->broken) {
        return err_code(e, ERR_FORBIDDEN, "policy_refused",
                        "the policy file is broken, so nothing may leave this device");
    }
    *raised = policy_raise(p, a, ask->label, ask->request);
    struct policy_backend backend = {t->name, t->zone};
    struct permit permit = policy_permit(p, raised, ask->request, &backend);
    if (permit.transform == TRANSFORM_FORBIDDEN) {
        return err_code(e, ERR_FORBIDDEN, "policy_refused",
                        "the policy does not let this go to " STR_FMT
                        " (zone %s); it may go as far as "
                        "zone %s",
                        STR_ARG(t->name), ZONE_NAMES[t->zone], ZONE_NAMES[permit.needed]);
    }
    if (ask->transform >= TRANSFORM_FORBIDDEN || ask->transform < permit.transform) {
        return err_code(e, ERR_FORBIDDEN, "policy_refused",
                        "the policy lets this go to " STR_FMT " (zone %s) only with transform %s",
                        STR_ARG(t->name), ZONE_NAMES[t->zone], TRANSFORM_NAMES[permit.transform]);
    }
    if (permit.ask && !ask->approved) {
        return err_code(e, ERR_FORBIDDEN, "needs_approval",
                        "this goes to " STR_FMT " (zone %s) only after the owner has said yes",
                        STR_ARG(t->name), ZONE_NAMES[t->zone]);
    }
    *word = (struct gate_word){.permit = permit.transform,
                               .rule = str_dup(a, permit.rule),
                               .ask_rule = str_dup(a, permit.ask_rule)};
    return true;
}

bool gate_policy_allows(struct gate *g, struct arena *a, const struct permit_ask *ask,
                        struct label *raised, struct gate_word *word, struct sha256_bytes *hash,
                        struct err *e) {
    void *held = NULL;
    const struct policy *p = g->o.policy(g->o.ctx, &held);
    if (!p) {
        return err_code(e, ERR_FORBIDDEN, "policy_refused", "there is no policy to ask");
    }
    *hash = p->hash;
    bool ok = decide(p, a, ask, raised, word, e);
    /* Raising may have put texts of this policy into the label; they must not outlive it. */
    if (ok) {
        struct permit_ask copy = {.target = ask->target, .label = raised, .request = ask->request};
        struct permit_ask kept = {0};
        gate_ask_dup(a, &copy, &kept);
        *raised = *kept.label;
    }
    g->o.release(g->o.ctx, held);
    return ok;
}

bool gate_policy_is(struct gate *g, const struct sha256_bytes *hash) {
    void *held = NULL;
    const struct policy *p = g->o.policy(g->o.ctx, &held);
    if (!p) {
        return false;
    }
    bool same = !p->broken && memcmp(p->hash.b, hash->b, sizeof hash->b) == 0;
    g->o.release(g->o.ctx, held);
    return same;
}

void gate_ask_dup(struct arena *a, const struct permit_ask *from, struct permit_ask *to) {
    struct label *label = arena_new(a, struct label);
    *label = *from->label;
    label->cap = label->count;
    label->items = arena_array(a, struct item, label->count + 1);
    for (size_t i = 0; i < label->count; i++) {
        struct item *it = &label->items[i];
        *it = from->label->items[i];
        it->compartment = str_dup(a, it->compartment);
        it->kind = str_dup(a, it->kind);
        it->folder = str_dup(a, it->folder);
        it->file = str_dup(a, it->file);
        it->tool = str_dup(a, it->tool);
    }
    struct policy_request *rq = arena_new(a, struct policy_request);
    *rq = *from->request;
    rq->project = str_dup(a, rq->project);
    rq->conversation = str_dup(a, rq->conversation);
    rq->caller = str_dup(a, rq->caller);
    rq->client = str_dup(a, rq->client);
    rq->agent = str_dup(a, rq->agent);
    *to = *from;
    to->label = label;
    to->request = rq;
}
