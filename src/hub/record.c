/* A decision's record: everything the choice was made from and what came of it. Stored packed
 * (record_pack.c), shown and replayed as one JSON object, which is only printed when somebody asks.
 * Numbers and names only, no text of the request. */
#include "hub/inner.h"

static void write_features(struct jout *j, const struct features *f) {
    jout_object(j);
    jout_ki64(j, "input_tokens", f->input_tokens);
    jout_ki64(j, "last_chars", f->last_chars);
    jout_ki64(j, "max_tokens", f->max_tokens);
    jout_ki64(j, "turns", f->turns);
    jout_ki64(j, "code", f->code);
    jout_ki64(j, "maths", f->maths);
    jout_ki64(j, "reasoning", f->reasoning);
    jout_ki64(j, "writing", f->writing);
    jout_ki64(j, "simple", f->simple);
    jout_ki64(j, "non_english", f->non_english);
    jout_kbool(j, "images", f->images);
    jout_kbool(j, "audio", f->audio);
    jout_kbool(j, "files", f->files);
    jout_kbool(j, "tools", f->tools);
    jout_kbool(j, "forced_tool", f->forced_tool);
    jout_kbool(j, "schema", f->schema);
    jout_kbool(j, "in_tool_loop", f->in_tool_loop);
    jout_end_object(j);
}

static void write_wish(struct jout *j, const struct route_wish *w) {
    jout_object(j);
    jout_kstr(j, "profile", w->profile);
    jout_kcstr(j, "prefer", ROUTE_PREFER_NAMES[w->prefer]);
    jout_ki64(j, "cloud_share", w->cloud_share);
    jout_kcstr(j, "reach", ZONE_NAMES[w->reach]);
    jout_kbool(j, "named", w->named);
    jout_kstr(j, "model", w->model);
    jout_ki64(j, "budget_left", w->budget_left);
    jout_end_object(j);
}

static void write_candidate(struct jout *j, const struct choice *c, size_t i, bool for_owner) {
    const struct candidate *d = &c->candidates[i];
    const struct route_verdict *v = &c->result.verdicts[i];
    const struct permit *p = &c->permits[i];
    jout_object(j);
    jout_kstr(j, "name", d->name);
    jout_kstr(j, "backend", d->backend);
    jout_kcstr(j, "zone", ZONE_NAMES[d->zone]);
    jout_kcstr(j, "state", CANDIDATE_STATE_NAMES[d->state]);
    jout_kbool(j, "feasible", v->feasible);
    jout_kcstr(j, "reason", ROUTE_REASON_NAMES[v->reason]);
    jout_kcstr(j, "why", ROUTE_REASON_TEXTS[v->reason]);
    jout_ki64(j, "score", v->score);
    jout_ki64(j, "gain", v->gain);
    jout_ki64(j, "cost", v->cost);
    jout_ki64(j, "latency", v->latency);
    jout_ki64(j, "exposure", v->exposure);
    jout_kcstr(j, "transform", TRANSFORM_NAMES[d->transform]);
    jout_kbool(j, "ask", d->ask);
    jout_kbool(j, "approved", d->approved);
    if (for_owner) {
        jout_kstr(j, "rule", p->rule);
        jout_kstr(j, "ask_rule", p->ask_rule);
    }
    jout_kcstr(j, "needed", ZONE_NAMES[p->needed]);
    jout_kbool(j, "auto_ok", d->auto_ok);
    jout_kbool(j, "can_transform", d->can_transform);
    jout_ki64(j, "context_tokens", d->context_tokens);
    jout_kbool(j, "images", d->images);
    jout_kbool(j, "audio", d->audio);
    jout_kbool(j, "files", d->files);
    jout_kbool(j, "tools", d->tools);
    jout_kbool(j, "schema", d->schema);
    jout_ki64(j, "quality", d->quality);
    jout_ki64(j, "price_in", d->price_in);
    jout_ki64(j, "price_out", d->price_out);
    jout_ki64(j, "tokens_per_second", d->tokens_per_second);
    jout_ki64(j, "first_ms", d->first_ms);
    jout_kbool(j, "warm", d->warm);
    jout_kbool(j, "sticky", d->sticky);
    jout_end_object(j);
}

static void write_outcome(struct jout *j, const struct outcome *o) {
    jout_kcstr(j, "state", o->state);
    if (o->err.kind) {
        jout_kcstr(j, "error", err_row(o->err.kind)->name);
        jout_kcstr(j, "code", o->err.code);
        jout_kcstr(j, "message", o->err.text);
    }
    jout_ki64(j, "left_bytes", o->left_bytes);
    jout_ki64(j, "disguised", o->disguised);
    if (o->metadata) {
        jout_ki64(j, "image_metadata", o->metadata);
        jout_ki64(j, "image_positions", o->positions);
    }
    jout_ki64(j, "restored", o->restored.restored);
    jout_ki64(j, "unresolved", o->restored.kept);
    jout_ki64(j, "invented", o->restored.invented);
    jout_ki64(j, "total_ms", o->total_ms);
    jout_ki64(j, "first_ms", o->first_ms);
    jout_ki64(j, "input_tokens", o->usage.input_tokens);
    jout_ki64(j, "output_tokens", o->usage.output_tokens);
    if (o->cost_micros >= 0) {
        jout_kdouble(j, "cost_usd", (double)o->cost_micros / 1e6);
    }
    jout_key(j, "ledger");
    jout_array(j);
    for (size_t i = 0; i < o->ledger_count; i++) {
        jout_i64(j, o->ledger_ids[i]);
    }
    jout_end_array(j);
}

static void write_result(struct jout *j, const struct choice *c) {
    const struct route_result *r = &c->result;
    jout_key(j, "chosen");
    if (r->chosen >= 0) {
        const struct candidate *d = &c->candidates[r->chosen];
        jout_object(j);
        jout_kstr(j, "name", d->name);
        jout_kstr(j, "backend", d->backend);
        jout_kcstr(j, "zone", ZONE_NAMES[d->zone]);
        jout_kcstr(j, "transform", TRANSFORM_NAMES[d->transform]);
        jout_end_object(j);
    } else {
        jout_null(j);
    }
    jout_kcstr(j, "reason", ROUTE_REASON_NAMES[r->reason]);
    jout_kcstr(j, "why", ROUTE_REASON_TEXTS[r->reason]);
    jout_key(j, "runner_up");
    if (r->runner_up >= 0) {
        jout_str(j, c->candidates[r->runner_up].name);
    } else {
        jout_null(j);
    }
    jout_kcstr(j, "refusal", r->chosen < 0 ? r->code : NULL);
    if (r->chosen < 0) {
        jout_kcstr(j, "needed_zone", ZONE_NAMES[r->needed]);
    }
    jout_kstr(j, "counterfactual", r->counterfactual);
}

void record_make(struct arena *a, const struct snapshot *s, const struct hub_job *job,
                 const struct labelled *l, const struct choice *c, const struct outcome *o,
                 struct record *out) {
    *out = (struct record){.at_ms = clock_wall_ms(),
                           .caller = job->caller.name,
                           .channel = job->channel,
                           .client = str_sub(job->client, 0, 200),
                           .conversation = l->conversation,
                           .project = l->request.project,
                           .date = str_of(l->request.date),
                           .minute = l->request.minute,
                           .project_known = l->request.project_known,
                           .policy_broken = s->policy.broken,
                           .config = str_of(s->config_hash),
                           .policy = str_of(s->policy_hash),
                           .label = l->raised,
                           .looked = l->looked,
                           .choice = *c,
                           .outcome = *o};
    out->found_count = finds_of(a, l, &out->found);
}

struct str record_json(struct arena *a, const struct record *r, bool for_owner) {
    AUTO_BUF b = {0};
    buf_init(&b, 8 << 20);
    struct jout j = jout_make(&b);
    const struct choice *c = &r->choice;
    struct label label = items_for(a, &r->label, for_owner);
    jout_object(&j);
    jout_kstr(&j, "id", c->decision);
    jout_kstr(&j, "time", clock_rfc3339(a, r->at_ms));
    jout_kstr(&j, "caller", r->caller);
    jout_kstr(&j, "channel", r->channel);
    jout_kstr(&j, "client", r->client);
    jout_kstr(&j, "asked", c->asked);
    jout_kstr(&j, "conversation", r->conversation);
    write_result(&j, c);
    jout_kstr(&j, "label", label_text(a, &label));
    jout_kcstr(&j, "level", LEVEL_NAMES[label_level(&r->label)]);
    jout_key(&j, "items");
    items_write(&j, &label);
    if (for_owner) {
        jout_key(&j, "evidence");
        finds_write(&j, a, r->found, r->found_count, true);
    }
    if (r->looked.state != LOOK_OFF) {
        jout_key(&j, "model_look");
        looked_write(&j, &r->looked);
    }
    jout_key(&j, "features");
    write_features(&j, &c->features);
    jout_key(&j, "wish");
    write_wish(&j, &c->wish);
    jout_key(&j, "candidates");
    jout_array(&j);
    for (size_t i = 0; i < c->count; i++) {
        write_candidate(&j, c, i, for_owner);
    }
    jout_end_array(&j);
    jout_key(&j, "unlisted");
    jout_array(&j);
    for (size_t i = 0; i < c->unlisted_count; i++) {
        jout_str(&j, c->unlisted[i]);
    }
    jout_end_array(&j);
    jout_kstr(&j, "project", r->project);
    jout_kbool(&j, "project_known", r->project_known);
    jout_kstr(&j, "date", r->date);
    jout_ki64(&j, "minute", r->minute);
    jout_kstr(&j, "config", r->config);
    jout_kstr(&j, "policy", r->policy);
    jout_kbool(&j, "policy_broken", r->policy_broken);
    write_outcome(&j, &r->outcome);
    jout_end_object(&j);
    return str_dup(a, buf_str(&b));
}

void record_keep(struct hub *h, struct record *r) {
    AUTO_BUF b = {0};
    buf_init(&b, 8 << 20);
    if (!record_pack(r, &b)) {
        log_error("decision " STR_FMT ": too long to be kept", STR_ARG(r->choice.decision));
        return;
    }
    struct store_value v[] = {sv_text(r->choice.decision), sv_int(r->at_ms), sv_blob(buf_str(&b))};
    struct store_step step = {ST_DECISION_PUT, v, ARRAY_LEN(v)};
    store_write(h->main, &step, 1, NULL, NULL);
    retain_soon(h, b.len);
}
