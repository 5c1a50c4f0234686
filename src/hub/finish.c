/* The end of a request: receipt, record, what the conversation keeps, money. Loop thread;
 * everything durable is queued. */
#include "hub/call.h"

static const struct config_model *model_of(const struct hub_call *c) {
    if (c->choice.result.chosen < 0) {
        return NULL;
    }
    const struct target *t = &c->choice.targets[c->choice.result.chosen];
    for (size_t i = 0; t->provider && i < t->provider->model_count; i++) {
        if (str_eq(t->provider->models[i].id, t->model)) {
            return &t->provider->models[i];
        }
    }
    return NULL;
}

static int64_t ms_since(int64_t from_us, int64_t to_us) {
    return to_us > from_us ? (to_us - from_us) / 1000 : 0;
}

static void spend(struct hub_call *c, int64_t micros) {
    struct hub *h = c->hub;
    if (micros <= 0) {
        return;
    }
    char date[11];
    int minute = 0;
    clock_local(clock_wall_ms(), date, &minute);
    {
        LOCKED(&h->lock);
        if (memcmp(h->month, date, 7) != 0) {
            memcpy(h->month, date, 7);
            h->month_micros = 0;
        }
        h->month_micros += micros;
    }
    const struct target *t = &c->choice.targets[c->choice.result.chosen];
    struct store_value v[] = {sv_text(str_of(date)), sv_text(t->provider->name), sv_int(micros)};
    struct store_step step = {ST_SPEND_ADD, v, ARRAY_LEN(v)};
    store_write(h->main, &step, 1, NULL, NULL);
}

static struct restore_counts counts_of(const struct hub_call *c) {
    return c->veil ? veil_counts(c->veil) : (struct restore_counts){0};
}

static void account(struct hub_call *c, int64_t micros) {
    if (c->ledger_count) {
        struct restore_counts n = counts_of(c);
        struct gate_usage u = {.tokens_in = c->usage.input_tokens,
                               .tokens_out = c->usage.output_tokens,
                               .micros = micros,
                               .restored = n.restored,
                               .unresolved = n.kept,
                               .invented = n.invented};
        gate_account(c->hub->gate, c->ledger_ids[c->ledger_count - 1], &u);
    }
    spend(c, micros);
}

static void keep(struct hub_call *c) {
    if (!c->read_ok) {
        return;
    }
    if (c->collects) {
        chat_answer_end(&c->answer);
    }
    memory_keep(c->hub, c->labelled.conversation, c->job.caller.name, &c->labelled.raised,
                c->collects ? c->answer.parts : NULL, c->collects ? c->answer.count : 0);
    c->collects = false;
}

static void record(struct hub_call *c, const char *state, const struct err *e_opt, int64_t micros) {
    if (c->choice.count && !c->choice.result.verdicts) {
        return;
    }
    int64_t now = clock_mono_us();
    struct outcome o = {.state = state,
                        .usage = c->usage,
                        .left_bytes = c->left_bytes,
                        .cost_micros = micros,
                        .disguised = c->shaped.disguised.originals,
                        .metadata = c->shaped.metadata,
                        .positions = c->shaped.positions,
                        .restored = counts_of(c),
                        .total_ms = ms_since(c->started_us, now),
                        .first_ms = c->first_us ? ms_since(c->started_us, c->first_us) : 0,
                        .ledger_ids = c->ledger_ids,
                        .ledger_count = c->ledger_count};
    if (e_opt) {
        o.err = *e_opt;
    }
    struct record r = {0};
    record_make(c->job.arena, c->snap, &c->job, &c->labelled, &c->choice, &o, &r);
    record_keep(c->hub, &r);
}

void finish_done(struct hub_call *c) {
    int64_t now = clock_mono_us();
    int64_t micros = receipt_cost(model_of(c), &c->usage);
    const struct target *t = &c->choice.targets[c->choice.result.chosen];
    if (t->is_engine) {
        micros = 0;
        if (c->usage.tokens_per_second > 0) {
            engine_measured(c->hub->engine, t->model, c->usage.tokens_per_second,
                            (double)(c->first_us - c->sent_us) / 1000);
        }
    }
    c->route.left_bytes = c->left_bytes;
    struct restore_counts n = counts_of(c);
    struct hub_receipt r = {.route = c->route,
                            .usage = c->usage,
                            .reason = str_of(ROUTE_REASON_TEXTS[c->choice.result.reason]),
                            .cost_micros = micros,
                            .left_bytes = c->left_bytes,
                            .disguised = c->shaped.disguised.originals,
                            .metadata = c->shaped.metadata,
                            .positions = c->shaped.positions,
                            .restored = n.restored,
                            .kept = n.kept,
                            .invented = n.invented,
                            .total_ms = ms_since(c->started_us, now),
                            .first_ms = c->first_us ? ms_since(c->started_us, c->first_us) : 0};
    if (c->rq.claims.receipt_in_body) {
        receipt_make(c->job.arena, &r, &c->choice, &c->job);
    }
    if (c->usage.output_tokens > 0) {
        atomic_fetch_add(&c->hub->tokens_out, c->usage.output_tokens);
    }
    c->ended = true;
    c->client->on_done(c->ctx, &r);
    account(c, micros);
    keep(c);
    ran_note(c->hub, c->labelled.conversation, c->choice.candidates[c->choice.result.chosen].name);
    record(c, "ok", NULL, micros);
}

void finish_error(struct hub_call *c, const struct err *e) {
    struct err copy = *e;
    c->ended = true;
    atomic_fetch_add(&c->hub->errors, 1);
    bool known = c->choice.result.chosen >= 0 && c->route.decision.len;
    struct hub_route route = c->route;
    if (!known) {
        route = (struct hub_route){.decision = c->choice.decision, .asked = c->choice.asked};
    }
    route.left_bytes = c->left_bytes;
    c->client->on_error(c->ctx, &copy, &route);
    keep(c);
    record(c, copy.kind == ERR_FORBIDDEN ? "refused" : "error", &copy, -1);
}

void finish_cancelled(struct hub_call *c) {
    keep(c);
    record(c, "cancelled", NULL, -1);
}
