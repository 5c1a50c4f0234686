/* Asking without sending: route, preview, scan. Worker threads. The body is a chat request as it
 * would be sent to /v1/chat/completions, or {"text": "…"} with what a command line says beside it.
 */
#include "hub/inner.h"

static struct str body_of_text(struct arena *a, const struct jval *body, struct str text) {
    static const char *const claims[] = {"zone", "profile", "label", "project", "conversation"};
    AUTO_BUF b = {0};
    buf_init(&b, 64 << 20);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kstr(&j, "model", jval_str_or(jval_get(body, "model"), "auto"));
    jout_key(&j, "messages");
    jout_array(&j);
    jout_object(&j);
    jout_kcstr(&j, "role", "user");
    jout_kstr(&j, "content", text);
    jout_end_object(&j);
    jout_end_array(&j);
    jout_kbool(&j, "stream", true);
    jout_key(&j, "stream_options");
    jout_raw(&j, STR("{\"include_usage\":true}"));
    jout_key(&j, "weir");
    jout_object(&j);
    for (size_t i = 0; i < ARRAY_LEN(claims); i++) {
        struct str v = jval_str(jval_get(body, claims[i]));
        if (v.len) {
            jout_kstr(&j, claims[i], v);
        }
    }
    jout_end_object(&j);
    jout_end_object(&j);
    return str_dup(a, buf_str(&b));
}

/* What goes with a text; a policy to be tried is of use to `explain` alone. */
static bool text_members(const struct jval *body, bool with_policy, struct err *e) {
    static const struct member members[] = {
        {"text", JSTRING},  {"model", JSTRING},   {"zone", JSTRING},         {"profile", JSTRING},
        {"label", JSTRING}, {"project", JSTRING}, {"conversation", JSTRING}, {"policy", JSTRING}};
    return members_check(body, members, ARRAY_LEN(members) - !with_policy, e);
}

bool journey_dry(struct hub *h, const struct snapshot *s, struct arena *a,
                 const struct hub_query *q, struct dry *out, struct err *e) {
    const struct jval *text = jval_get(q->body, "text");
    struct str body = q->body_text;
    if (text) {
        TRY(out->alone || text_members(q->body, out->trial, e));
        body = body_of_text(a, q->body, jval_str(text));
    } else if (!jval_get(q->body, "messages")) {
        return err_set(e, ERR_INVALID,
                       "Say {\"text\": \"…\"}, or send the chat request itself (model, messages)");
    }
    out->job = (struct hub_job){.arena = a,
                                .body = body,
                                .caller = q->caller,
                                .channel = STR("openai"),
                                .dry = true,
                                .alone = out->alone,
                                .dialect = DIALECT_OPENAI};
    out->rq.body = body;
    out->rq.dialect = DIALECT_OPENAI;
    TRY(h->o.read(a, body, &out->rq, e));
    return label_request(h, s, a, &out->rq, &out->job, &out->labelled, e);
}

static bool decide(struct hub *h, const struct snapshot *s, struct arena *a,
                   const struct hub_query *q, struct dry *d, struct err *e) {
    TRY(journey_dry(h, s, a, q, d, e));
    TRY(choose(h, s, a, &d->rq, &d->job, &d->labelled, NULL, 0, &d->choice, e));
    if (look_is_wanted(s, &d->labelled, &d->choice)) {
        look_wait(h, s, a, &d->labelled);
        label_settle(h, s, a, &d->rq, &d->job, &d->labelled);
        return choose(h, s, a, &d->rq, &d->job, &d->labelled, NULL, 0, &d->choice, e);
    }
    return true;
}

bool hub_route_explain(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                       struct err *e) {
    struct snapshot *s = snapshot_hold(h);
    struct dry d = {0};
    bool ok = decide(h, s, a, q, &d, e);
    if (ok) {
        struct outcome o = {.state = "dry", .cost_micros = -1};
        if (d.choice.result.chosen < 0) {
            choose_refusal(h, s, a, &d.job, &d.labelled, &d.choice, false, &o.err);
        }
        struct record r = {0};
        record_make(a, s, &d.job, &d.labelled, &d.choice, &o, &r);
        *out = record_json(a, &r, q->caller.kind == CALLER_OWNER);
    }
    snapshot_drop(s);
    return ok;
}

static const struct config_model *model_of(const struct target *t) {
    for (size_t i = 0; t->provider && i < t->provider->model_count; i++) {
        if (str_eq(t->provider->models[i].id, t->model)) {
            return &t->provider->models[i];
        }
    }
    return NULL;
}

/* What it would cost: the prompt's estimate, and an answer of the wanted length (256 tokens when
 * nobody said). */
static int64_t estimate(const struct dry *d, const struct target *t) {
    struct chat_usage u = {.input_tokens = d->choice.features.input_tokens,
                           .output_tokens = d->rq.max_tokens ? d->rq.max_tokens : 256};
    return t->is_engine ? 0 : receipt_cost(model_of(t), &u);
}

static void write_evidence(struct jout *j, struct arena *a, const struct labelled *l,
                           const struct hub_query *q) {
    struct find *found = NULL;
    size_t n = finds_of(a, l, &found);
    jout_key(j, "evidence");
    finds_write(j, a, found, n, q->caller.kind == CALLER_OWNER);
}

static bool preview(struct hub *h, const struct snapshot *s, struct arena *a,
                    const struct hub_query *q, struct dry *dry, struct buf *b, struct err *e) {
    TRY(decide(h, s, a, q, dry, e));
    struct jout j = jout_make(b);
    jout_object(&j);
    jout_kstr(&j, "decision", dry->choice.decision);
    bool for_owner = q->caller.kind == CALLER_OWNER;
    struct label label = items_for(a, &dry->labelled.raised, for_owner);
    jout_kstr(&j, "label", label_text(a, &label));
    jout_kcstr(&j, "level", LEVEL_NAMES[label_level(&dry->labelled.raised)]);
    write_evidence(&j, a, &dry->labelled, q);
    if (dry->labelled.looked.state != LOOK_OFF) {
        jout_key(&j, "model_look");
        looked_write(&j, &dry->labelled.looked);
    }
    int chosen = dry->choice.result.chosen;
    if (chosen < 0) {
        struct err why = {0};
        choose_refusal(h, s, a, &dry->job, &dry->labelled, &dry->choice, false, &why);
        jout_knull(&j, "backend");
        jout_kcstr(&j, "code", why.code);
        jout_kcstr(&j, "refusal", why.text);
        jout_ki64(&j, "left_bytes", 0);
        jout_end_object(&j);
        return true;
    }
    const struct candidate *c = &dry->choice.candidates[chosen];
    TRY(journey_shape(h, s, &dry->job, &dry->rq, &dry->labelled, &dry->choice, &dry->shaped, e));
    struct sha256 hash = sha256_of(dry->shaped.body.bytes);
    char hex[65];
    sha256_hex(&hash, hex);
    struct str id = id_make(a, "p", 10);
    bool leaves = c->zone != ZONE_DEVICE;
    previews_keep(h, &(struct preview_made){.id = id,
                                            .caller = q->caller.name,
                                            .model = c->name,
                                            .body = hash,
                                            .leaves = leaves,
                                            .snap = s,
                                            .at_ms = clock_wall_ms()});
    jout_kstr(&j, "id", id);
    jout_kstr(&j, "model", c->name);
    jout_kstr(&j, "backend", c->backend);
    jout_kcstr(&j, "zone", ZONE_NAMES[c->zone]);
    jout_kcstr(&j, "transform", TRANSFORM_NAMES[c->transform]);
    jout_kcstr(&j, "reason", ROUTE_REASON_NAMES[dry->choice.result.reason]);
    jout_kcstr(&j, "why", ROUTE_REASON_TEXTS[dry->choice.result.reason]);
    const struct target *t = &dry->choice.targets[chosen];
    if (leaves) {
        jout_kstr(&j, "url",
                  str_fmt(a, STR_FMT STR_FMT, STR_ARG(t->provider->target.base_url),
                          STR_ARG(dry->shaped.body.path)));
    }
    jout_kbool(&j, "leaves", leaves);
    jout_ki64(&j, "disguised", dry->shaped.disguised.originals);
    jout_key(&j, "placeholders");
    disguise_write(&j, &dry->shaped.disguised, for_owner);
    if (dry->shaped.metadata) {
        jout_ki64(&j, "image_metadata", dry->shaped.metadata);
        jout_ki64(&j, "image_positions", dry->shaped.positions);
    }
    jout_ki64(&j, "left_bytes", leaves ? (int64_t)dry->shaped.body.bytes.len : 0);
    jout_kcstr(&j, "sha256", hex);
    int64_t cost = estimate(dry, t);
    if (cost >= 0) {
        jout_kdouble(&j, "cost_usd", (double)cost / 1e6);
    }
    jout_kstr(&j, "body", dry->shaped.body.bytes);
    jout_end_object(&j);
    return true;
}

bool hub_preview(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                 struct err *e) {
    struct snapshot *s = snapshot_hold(h);
    AUTO_BUF b = {0};
    buf_init(&b, 256 << 20);
    struct dry d = {0};
    bool ok = preview(h, s, a, q, &d, &b, e);
    book_drop(d.shaped.book);
    *out = str_dup(a, buf_str(&b));
    snapshot_drop(s);
    return ok;
}

bool hub_scan(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
              struct err *e) {
    struct snapshot *s = snapshot_hold(h);
    struct dry d = {0};
    bool ok = journey_dry(h, s, a, q, &d, e);
    if (ok && s->config->sense_model.len) {
        look_wait(h, s, a, &d.labelled);
        label_settle(h, s, a, &d.rq, &d.job, &d.labelled);
    }
    AUTO_BUF b = {0};
    buf_init(&b, 8 << 20);
    struct jout j = jout_make(&b);
    jout_object(&j);
    bool for_owner = q->caller.kind == CALLER_OWNER;
    struct label label = items_for(a, &d.labelled.label, for_owner);
    jout_kstr(&j, "label", label_text(a, &label));
    jout_kcstr(&j, "level", LEVEL_NAMES[label_level(&d.labelled.label)]);
    jout_key(&j, "items");
    items_write(&j, &label);
    write_evidence(&j, a, &d.labelled, q);
    if (d.labelled.looked.state != LOOK_OFF) {
        jout_key(&j, "model_look");
        looked_write(&j, &d.labelled.looked);
    }
    jout_end_object(&j);
    snapshot_drop(s);
    *out = str_dup(a, buf_str(&b));
    return ok;
}
