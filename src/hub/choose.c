/* Candidates with their permits, the choice among them, and what a refusal says. Worker thread, or
 * the loop when no provider has to be asked. */
#include "hub/inner.h"

#include <stdio.h>

struct gather {
    struct hub *hub;
    const struct snapshot *s;
    struct arena *a;
    const struct chat_request *rq;
    const struct hub_job *job;
    const struct labelled *l;
    const struct str *tried;
    size_t tried_count;
    struct choice *c;
    struct str last; /* where the conversation ran before */
};

/* A prior for hard tasks by size: what public benchmarks agree on for open models, coarse on
 * purpose. */
static int32_t quality_of_size(int64_t bytes) {
    static const struct {
        int64_t below;
        int32_t quality;
    } steps[] = {{500LL << 20, 120}, {1500LL << 20, 280}, {3LL << 30, 400}, {6LL << 30, 520},
                 {12LL << 30, 600},  {30LL << 30, 680},   {80LL << 30, 740}};
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        if (bytes < steps[i].below) {
            return steps[i].quality;
        }
    }
    return 780;
}

/* Whether the request can be disguised for this backend. */
static bool can_disguise(struct gather *g, const struct candidate *c) {
    struct policy_backend to = {.name = c->backend, .zone = c->zone};
    struct original *found = NULL;
    size_t n = 0;
    return disguise_find(g->hub, g->s, g->a, g->l, &to, &found, &n);
}

/* Whether parts that the IR has no words for can go there as they came; then the provider says
 * what it makes of them. */
static bool takes_unknown(const struct gather *g, const struct target *t) {
    enum chat_dialect dialect = t->is_engine ? DIALECT_OPENAI : t->provider->dialect;
    return backend_is_verbatim(dialect == DIALECT_SCRIPTED ? DIALECT_OPENAI : dialect,
                               t->is_engine ? BACKEND_ENGINE : BACKEND_PLAIN, g->rq);
}

static void add(struct gather *g, struct candidate cand, struct permit permit,
                struct target target) {
    struct choice *c = g->c;
    cand.images = c->unknown ? takes_unknown(g, &target) : cand.images;
    for (size_t i = 0; i < g->tried_count; i++) {
        if (str_eq(g->tried[i], cand.name)) {
            cand.state = CANDIDATE_DOWN;
        }
    }
    cand.sticky = c->features.in_tool_loop && str_eq(g->last, cand.name);
    cand.warm = cand.warm || (cand.zone != ZONE_DEVICE && str_eq(g->last, cand.name));
    cand.transform = permit.transform;
    cand.ask = permit.ask;
    cand.can_transform = permit.transform == TRANSFORM_AS_IS
                         || (permit.transform == TRANSFORM_PSEUDONYMISE && can_disguise(g, &cand));
    size_t n = c->count;
    *arena_push(g->a, c->permits, n, c->permit_cap) = permit;
    n = c->count;
    *arena_push(g->a, c->targets, n, c->target_cap) = target;
    *arena_push(g->a, c->candidates, c->count, c->cap) = cand;
}

static struct permit permit_for(struct gather *g, struct str backend, enum zone zone) {
    struct policy_backend b = {.name = backend, .zone = zone};
    return policy_permit(&g->s->policy, &g->l->raised, &g->l->request, &b);
}

static void add_engine(struct gather *g, const struct engine_model *m) {
    struct candidate c = {
        .name = str_fmt(g->a, "local/" STR_FMT, STR_ARG(m->name)),
        .backend = STR("local"),
        .zone = ZONE_DEVICE,
        .state = m->problem.len || m->quarantined ? CANDIDATE_DOWN
                 : m->state == ENGINE_READY       ? CANDIDATE_READY
                                                  : CANDIDATE_LOADABLE,
        .auto_ok = !m->embeddings,
        .context_tokens = m->context_tokens,
        .images = m->images,
        .tools = true, /* weir enforces calls by a schema where the template has none */
        .schema = true,
        .quality = quality_of_size(m->size_bytes),
        .tokens_per_second = m->tokens_per_second,
        .first_ms = m->first_ms,
        .warm = m->state == ENGINE_READY};
    add(g, c, permit_for(g, c.backend, ZONE_DEVICE),
        (struct target){.is_engine = true, .model = m->name});
}

static void add_provider(struct gather *g, const struct config_provider *p,
                         const struct config_model *m) {
    enum zone zone = p->target.zone;
    struct candidate c = {.name =
                              str_fmt(g->a, STR_FMT "/" STR_FMT, STR_ARG(p->name), STR_ARG(m->id)),
                          .backend = p->name,
                          .zone = zone,
                          .auto_ok = p->auto_ok,
                          .context_tokens = m->context,
                          .images = m->images,
                          .audio = m->audio,
                          .files = m->files,
                          .tools = m->tools,
                          .schema = m->schema,
                          .quality = m->quality,
                          .price_in = m->price_in,
                          .price_out = m->price_out};
    bool open = zone == ZONE_DEVICE || !gate_is_shut(g->hub->gate);
    c.state = (open || !g->c->target.is_auto) && gate_is_up(g->hub->gate, p->name) ? CANDIDATE_READY
                                                                                   : CANDIDATE_DOWN;
    struct permit permit = permit_for(g, p->name, zone);
    if (permit.ask && permit.transform != TRANSFORM_FORBIDDEN) {
        c.approved = approvals_cover(g->hub, g->a, g->job->caller.name, g->l->conversation, p->name,
                                     permit.transform, &g->l->raised)
                         .len
                     > 0;
    }
    add(g, c, permit, (struct target){.provider = p, .model = m->id});
}

static const struct config_model *configured_model(const struct config_provider *p, struct str id) {
    for (size_t i = 0; i < p->model_count; i++) {
        if (str_eq(p->models[i].id, id)) {
            return &p->models[i];
        }
    }
    return NULL;
}

static bool add_named(struct gather *g, struct err *e) {
    const struct target *t = &g->c->target;
    if (t->is_engine) {
        struct engine_model m = {0};
        if (!engine_find(g->hub->engine, g->a, t->model, &m)) {
            return err_code(e, ERR_NOT_FOUND, "model_not_found",
                            "The model file of `" STR_FMT "` is gone.", STR_ARG(t->model));
        }
        add_engine(g, &m);
        return true;
    }
    const struct config_model *known = configured_model(t->provider, t->model);
    struct config_model unknown = {.id = t->model,
                                   .images = true,
                                   .audio = true,
                                   .files = true,
                                   .tools = true,
                                   .schema = true,
                                   .price_in = -1,
                                   .price_out = -1,
                                   .quality = 750};
    add_provider(g, t->provider, known ? known : &unknown);
    return true;
}

static bool may_go(struct gather *g, const struct config_provider *p) {
    return p->auto_ok && p->target.zone <= g->c->wish.reach
           && permit_for(g, p->name, p->target.zone).transform != TRANSFORM_FORBIDDEN;
}

static void add_all(struct gather *g) {
    struct engine_model *models = NULL;
    size_t n = engine_models(g->hub->engine, g->a, &models);
    for (size_t i = 0; i < n; i++) {
        add_engine(g, &models[i]);
    }
    bool ask = !loop_is_current(g->hub->o.loop) && !g->job->dry;
    for (size_t i = 0; i < g->s->config->provider_count; i++) {
        const struct config_provider *p = &g->s->config->providers[i];
        const struct config_model *list = NULL;
        struct err e = {0};
        size_t count = listing_models(g->hub, g->s, p, g->a, ask && may_go(g, p), &list, &e);
        if (!ask && p->auto_ok && !count) {
            struct choice *c = g->c;
            *arena_push(g->a, c->unlisted, c->unlisted_count, c->unlisted_cap) = p->name;
        }
        for (size_t m = 0; m < count; m++) {
            add_provider(g, p, &list[m]);
        }
    }
}

static enum zone tighter(enum zone a, enum zone b) {
    return a < b ? a : b;
}

static bool make_wish(struct gather *g, const struct chat_request *rq, struct err *e) {
    const struct config *config = g->s->config;
    struct choice *c = g->c;
    const struct config_profile *profile = c->target.profile;
    struct route_wish *w = &c->wish;
    *w = (struct route_wish){.prefer = PREFER_BALANCED,
                             .cloud_share = config->cloud_share,
                             .reach = ZONE_CLOUD,
                             .budget_left = -1};
    enum zone claimed = ZONE_CLOUD;
    if (rq->claims.profile.len) {
        const struct config_profile *p = config_profile(config, rq->claims.profile);
        if (!p) {
            return err_code(e, ERR_INVALID, "invalid_value",
                            "weir-profile: there is no profile `" STR_FMT "`; there "
                            "are fast, balanced, best, cheap, private and those of weir.toml",
                            STR_ARG(rq->claims.profile));
        }
        claimed = p->reach;
        if (c->target.is_auto && str_eq(c->asked, STR("auto"))) {
            profile = p;
        }
    }
    if (rq->claims.has_zone) {
        claimed = tighter(claimed, rq->claims.zone);
    }
    if (profile) {
        w->profile = profile->name;
        w->prefer = (int32_t)profile->prefer;
        w->reach = profile->reach;
    }
    w->reach = tighter(w->reach, claimed);
    w->named = !c->target.is_auto || c->pinned.len > 0;
    w->model = c->pinned;
    if (config->budget_micros >= 0) {
        LOCKED(&g->hub->lock);
        w->budget_left = config->budget_micros - g->hub->month_micros;
    }
    return true;
}

bool choose(struct hub *h, const struct snapshot *s, struct arena *a, const struct chat_request *rq,
            const struct hub_job *job, const struct labelled *l, const struct str *tried,
            size_t tried_count, struct choice *out, struct err *e) {
    struct str pinned = out->pinned;
    *out = (struct choice){.decision = out->decision,
                           .pinned = pinned,
                           .asked = rq->model,
                           .result = {.chosen = -1, .runner_up = -1}};
    if (!out->decision.len) {
        out->decision = id_make(a, "", 12);
    }
    TRY(name_resolve(h, s, a, rq->model, &out->target, e));
    struct gather g = {.hub = h,
                       .s = s,
                       .a = a,
                       .rq = rq,
                       .job = job,
                       .l = l,
                       .tried = tried,
                       .tried_count = tried_count,
                       .c = out,
                       .last = ran_last(h, a, l->conversation)};
    TRY(make_wish(&g, rq, e));
    route_features(rq, &out->features);
    out->unknown = chat_unknown(rq);
    if (out->target.is_auto) {
        add_all(&g);
    } else {
        TRY(add_named(&g, e));
        out->wish.model = pinned.len ? pinned : out->candidates[0].name;
    }
    out->result = route_choose(a, &out->features, out->candidates, out->count, &out->wish);
    if (s->policy.broken) {
        out->result.counterfactual =
            STR("The policy is broken, so nothing leaves: `weir policy check` says where.");
    }
    if (out->result.chosen >= 0) {
        const struct candidate *c = &out->candidates[out->result.chosen];
        if (c->ask && c->zone != ZONE_DEVICE) {
            out->approval = approvals_cover(h, a, job->caller.name, l->conversation, c->backend,
                                            c->transform, &l->raised);
        }
    }
    return true;
}

/* ---- refusals ---- */

static const char *zone_text(enum zone z) {
    static const char *const texts[] = {[ZONE_DEVICE] = "this device",
                                        [ZONE_HOME] = "zone home",
                                        [ZONE_TRUSTED] = "zone trusted",
                                        [ZONE_CLOUD] = "zone cloud"};
    return texts[z];
}

/* The candidate that a refusal is about: the named one, else the first that waits for approval,
 * else the first. */
static int about(const struct choice *c) {
    for (size_t i = 0; i < c->count; i++) {
        if (c->result.verdicts && c->result.verdicts[i].reason == REASON_NEEDS_APPROVAL) {
            return (int)i;
        }
    }
    return c->count ? 0 : -1;
}

/* Names of rules are for the owner. */
static void say_rule(const struct hub_job *job, struct str name, char *out, size_t size) {
    out[0] = 0;
    if (job->caller.kind == CALLER_OWNER && name.len) {
        snprintf(out, size, " (rule: " STR_FMT ")", STR_ARG(name));
    }
}

static bool refuse_policy(const struct hub_job *job, const struct choice *c, int i, struct err *e) {
    if (c->result.verdicts && c->result.verdicts[i].reason == REASON_REACH) {
        return err_code(
            e, ERR_FORBIDDEN, "policy_refused",
            STR_FMT " is in zone %s, and this request goes no further than %s (weir-zone "
                    "or its profile). Use model \"auto\" or a model there; decision " STR_FMT ".",
            STR_ARG(c->candidates[i].name), ZONE_NAMES[c->candidates[i].zone],
            zone_text(c->wish.reach), STR_ARG(c->decision));
    }
    char rule[160];
    say_rule(job, c->permits[i].rule, rule, sizeof rule);
    enum level level = c->permits[i].item.level;
    return err_code(e, ERR_FORBIDDEN, "policy_refused",
                    "Policy keeps this request away from " STR_FMT
                    " (%s): it holds %s data%s. It may go as far as %s. "
                    "Use model \"auto\" or a model there; decision " STR_FMT ".",
                    STR_ARG(c->candidates[i].name), ZONE_NAMES[c->candidates[i].zone],
                    LEVEL_NAMES[level], rule, zone_text(c->permits[i].needed),
                    STR_ARG(c->decision));
}

bool choose_refusal(struct hub *h, const struct snapshot *s, struct arena *a,
                    const struct hub_job *job, const struct labelled *l, struct choice *c,
                    bool make_approval, struct err *e) {
    int i = about(c);
    const char *code = c->result.code ? c->result.code : "";
    atomic_fetch_add(&h->refused, 1);
    if (s->policy.broken && i >= 0 && c->candidates[i].zone != ZONE_DEVICE
        && c->result.failure == ERR_FORBIDDEN) {
        return err_code(e, ERR_FORBIDDEN, "policy_refused",
                        "The policy is broken, so nothing leaves: " STR_FMT,
                        STR_ARG(s->policy.why));
    }
    if (i >= 0 && str_is(str_of(code), "needs_approval")) {
        const struct candidate *cand = &c->candidates[i];
        if (make_approval) {
            c->wanted_approval =
                approvals_want(h, a, job->caller.name, l->conversation, cand->backend, cand->zone,
                               cand->transform, &l->raised, c->decision, c->permits[i].ask_rule);
        }
        char rule[160];
        say_rule(job, c->permits[i].ask_rule, rule, sizeof rule);
        return err_code(e, ERR_FORBIDDEN, "needs_approval",
                        "This request needs the owner's approval before it goes to " STR_FMT
                        " (%s)%s: weir approve " STR_FMT "; decision " STR_FMT ".",
                        STR_ARG(cand->name), ZONE_NAMES[cand->zone], rule,
                        STR_ARG(c->wanted_approval.len ? c->wanted_approval : STR("ID")),
                        STR_ARG(c->decision));
    }
    if (i >= 0 && str_is(str_of(code), "policy_refused")) {
        return refuse_policy(job, c, i, e);
    }
    if (c->unknown && c->result.reason == REASON_MODALITY) {
        return err_code(e, ERR_INVALID, "invalid_value", STR_FMT, STR_ARG(c->unknown->why));
    }
    if (c->features.files && c->result.reason == REASON_MODALITY) {
        return err_code(e, ERR_INVALID, "invalid_value",
                        "No model that may answer this reads files, and the local engine reads "
                        "none: send the text that is in it, or say in weir.toml which model "
                        "does: modalities = [\"text\", \"file\"]. Decision " STR_FMT ".",
                        STR_ARG(c->decision));
    }
    if (str_is(str_of(code), "no_backend_permitted")) {
        return err_code(e, ERR_FORBIDDEN, "no_backend_permitted",
                        "No backend that policy permits for this request can do it; it would need "
                        "%s. " STR_FMT " Decision " STR_FMT ".",
                        zone_text(c->result.needed), STR_ARG(c->result.counterfactual),
                        STR_ARG(c->decision));
    }
    if (!c->count) {
        return err_set(e, ERR_UNAVAILABLE,
                       "There is no model yet: put a GGUF file into " STR_FMT "/models, or a "
                       "[[provider]] into weir.toml. `weir doctor` says more.",
                       STR_ARG(h->o.places.data));
    }
    struct engine_model m = {0};
    if (i >= 0 && c->targets[i].is_engine && engine_find(h->engine, a, c->targets[i].model, &m)
        && m.problem.len) {
        return err_set(e, ERR_UNAVAILABLE, "The model " STR_FMT " cannot run: " STR_FMT,
                       STR_ARG(m.name), STR_ARG(m.problem));
    }
    enum err_kind kind = c->result.failure ? c->result.failure : ERR_UNAVAILABLE;
    const char *why =
        i >= 0 && c->result.verdicts ? ROUTE_REASON_TEXTS[c->result.verdicts[i].reason] : "";
    e->kind = kind;
    return err_code_at(e, __func__, kind, c->result.code,
                       STR_FMT " cannot take this request now: %s. " STR_FMT " Decision " STR_FMT
                               ".",
                       STR_ARG(i >= 0 && c->wish.named ? c->candidates[i].name : STR("No backend")),
                       why, STR_ARG(c->result.counterfactual), STR_ARG(c->decision));
}
