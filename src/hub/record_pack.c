/* A decision's record as bytes and back. Enums and codes go by their names, so that lists may grow
 * and be sorted; a field more is a new VERSION, whose reader knows the older ones. */
#include "codec/pack.h"
#include "hub/inner.h"

#include <stdio.h>

enum { VERSION = 3 }; /* 2: whether a candidate reads files; 3: what a local model did */

static void pack_item(struct pack *p, struct item *it) {
    PACK_ENUM(p, it->level, LEVEL_NAMES);
    PACK_ENUM(p, it->topic, TOPIC_NAMES);
    PACK_ENUM(p, it->role, ROLE_NAMES);
    pack_word(p, &it->compartment);
    pack_word(p, &it->kind);
    pack_word(p, &it->folder);
    pack_word(p, &it->file);
    pack_word(p, &it->tool);
}

static void pack_label(struct pack *p, struct label *l) {
    PACK_ENUM(p, l->integrity, INTEGRITY_NAMES);
    PACK_ARRAY(p, struct item, l->items, l->count);
    for (size_t i = 0; i < l->count; i++) {
        pack_item(p, &l->items[i]);
    }
}

/* Column by column: what stands below each other is mostly the same. */
static void pack_found(struct pack *p, struct find *f, size_t n) {
    for (size_t i = 0; i < n; i++) {
        pack_word(p, &f[i].evidence.kind);
    }
    for (size_t i = 0; i < n; i++) {
        pack_word(p, &f[i].evidence.detector);
    }
    for (size_t i = 0; i < n; i++) {
        pack_word(p, &f[i].top);
    }
    for (size_t i = 0; i < n; i++) {
        pack_word(p, &f[i].key);
    }
    for (size_t i = 0; i < n; i++) {
        struct evidence *ev = &f[i].evidence;
        PACK_INT(p, f[i].message);
        PACK_INT(p, ev->from);
        PACK_INT(p, ev->to);
        PACK_INT(p, ev->confidence);
        pack_bool(p, &ev->validated);
    }
}

static void pack_features(struct pack *p, struct features *f) {
    PACK_INT(p, f->input_tokens);
    PACK_INT(p, f->last_chars);
    PACK_INT(p, f->max_tokens);
    PACK_INT(p, f->turns);
    PACK_INT(p, f->code);
    PACK_INT(p, f->maths);
    PACK_INT(p, f->reasoning);
    PACK_INT(p, f->writing);
    PACK_INT(p, f->simple);
    PACK_INT(p, f->non_english);
    pack_bool(p, &f->images);
    pack_bool(p, &f->audio);
    pack_bool(p, &f->files);
    pack_bool(p, &f->tools);
    pack_bool(p, &f->forced_tool);
    pack_bool(p, &f->schema);
    pack_bool(p, &f->in_tool_loop);
}

static void pack_wish(struct pack *p, struct route_wish *w) {
    pack_word(p, &w->profile);
    PACK_ENUM(p, w->prefer, ROUTE_PREFER_NAMES);
    PACK_INT(p, w->cloud_share);
    PACK_ENUM(p, w->reach, ZONE_NAMES);
    pack_bool(p, &w->named);
    pack_word(p, &w->model);
    PACK_INT(p, w->budget_left);
}

static void pack_candidate(struct pack *p, int version, struct candidate *d) {
    pack_word(p, &d->name);
    pack_word(p, &d->backend);
    PACK_ENUM(p, d->zone, ZONE_NAMES);
    PACK_ENUM(p, d->state, CANDIDATE_STATE_NAMES);
    pack_bool(p, &d->auto_ok);
    PACK_ENUM(p, d->transform, TRANSFORM_NAMES);
    pack_bool(p, &d->ask);
    pack_bool(p, &d->approved);
    pack_bool(p, &d->can_transform);
    PACK_INT(p, d->context_tokens);
    pack_bool(p, &d->images);
    pack_bool(p, &d->audio);
    if (version >= 2) {
        pack_bool(p, &d->files);
    } else {
        d->files = true; /* it was not looked at: replays as it was decided */
    }
    pack_bool(p, &d->tools);
    pack_bool(p, &d->schema);
    PACK_INT(p, d->quality);
    PACK_INT(p, d->price_in);
    PACK_INT(p, d->price_out);
    PACK_INT(p, d->tokens_per_second);
    PACK_INT(p, d->first_ms);
    pack_bool(p, &d->warm);
    pack_bool(p, &d->sticky);
}

static void pack_verdict(struct pack *p, struct route_verdict *v) {
    pack_bool(p, &v->feasible);
    PACK_ENUM(p, v->reason, ROUTE_REASON_NAMES);
    PACK_INT(p, v->score);
    PACK_INT(p, v->gain);
    PACK_INT(p, v->cost);
    PACK_INT(p, v->latency);
    PACK_INT(p, v->exposure);
}

static void pack_code(struct pack *p, const char **code) {
    struct str s = p->out ? str_of(*code) : (struct str){0};
    pack_word(p, &s);
    if (!p->out) {
        *code = s.len ? str_cstr(p->memory, s) : NULL;
    }
}

/* An index of n, -1 none. */
static void pack_index(struct pack *p, int *i, size_t n) {
    PACK_INT(p, *i);
    if (*i < -1 || *i >= (int)n) {
        p->failed = true;
        *i = -1;
    }
}

static void pack_result(struct pack *p, struct route_result *r, size_t n) {
    pack_index(p, &r->chosen, n);
    pack_index(p, &r->runner_up, n);
    PACK_ENUM(p, r->reason, ROUTE_REASON_NAMES);
    pack_code(p, &r->code);
    PACK_ENUM(p, r->needed, ZONE_NAMES);
    pack_word(p, &r->counterfactual);
}

static void pack_choice(struct pack *p, int version, struct choice *c) {
    pack_str(p, &c->decision);
    pack_word(p, &c->asked);
    pack_features(p, &c->features);
    pack_wish(p, &c->wish);
    PACK_ARRAY(p, struct candidate, c->candidates, c->count);
    if (!p->out) {
        c->permits = arena_array(p->memory, struct permit, c->count);
        c->result.verdicts = arena_array(p->memory, struct route_verdict, c->count);
    }
    for (size_t i = 0; i < c->count; i++) {
        struct permit *permit = &c->permits[i];
        pack_candidate(p, version, &c->candidates[i]);
        pack_verdict(p, &c->result.verdicts[i]);
        pack_word(p, &permit->rule);
        pack_word(p, &permit->ask_rule);
        PACK_ENUM(p, permit->needed, ZONE_NAMES);
    }
    pack_result(p, &c->result, c->count);
    PACK_ARRAY(p, struct str, c->unlisted, c->unlisted_count);
    for (size_t i = 0; i < c->unlisted_count; i++) {
        pack_word(p, &c->unlisted[i]);
    }
}

static void pack_err(struct pack *p, struct err *e) {
    const char *names[ERR_KINDS];
    for (int i = 0; i < ERR_KINDS; i++) {
        names[i] = err_row((enum err_kind)i)->name;
    }
    PACK_ENUM(p, e->kind, names);
    if (e->kind) {
        struct str text = p->out ? str_of(e->text) : (struct str){0};
        pack_code(p, &e->code);
        pack_str(p, &text);
        if (!p->out) {
            snprintf(e->text, sizeof e->text, STR_FMT, STR_ARG(text));
        }
    }
}

static void pack_outcome(struct pack *p, struct outcome *o) {
    pack_code(p, &o->state);
    pack_err(p, &o->err);
    PACK_INT(p, o->usage.input_tokens);
    PACK_INT(p, o->usage.output_tokens);
    PACK_INT(p, o->left_bytes);
    PACK_INT(p, o->cost_micros);
    PACK_INT(p, o->total_ms);
    PACK_INT(p, o->first_ms);
    PACK_INT(p, o->disguised);
    PACK_INT(p, o->metadata);
    PACK_INT(p, o->positions);
    PACK_INT(p, o->restored.restored);
    PACK_INT(p, o->restored.kept);
    PACK_INT(p, o->restored.invented);
    PACK_ARRAY(p, int64_t, o->ledger_ids, o->ledger_count);
    for (size_t i = 0; i < o->ledger_count; i++) {
        PACK_INT(p, o->ledger_ids[i]);
    }
}

static void pack_looked(struct pack *p, struct looked *k) {
    bool any = k->state != LOOK_OFF;
    pack_bool(p, &any);
    if (any) {
        PACK_ENUM(p, k->state, LOOK_STATE_NAMES);
        pack_word(p, &k->model);
        PACK_INT(p, k->asked);
        PACK_INT(p, k->known);
        PACK_INT(p, k->undecided);
        PACK_INT(p, k->found);
        PACK_INT(p, k->ms);
    }
}

static void pack_record(struct pack *p, int version, struct record *r) {
    PACK_INT(p, r->at_ms);
    pack_word(p, &r->caller);
    pack_word(p, &r->channel);
    pack_word(p, &r->client);
    pack_word(p, &r->conversation);
    pack_word(p, &r->project);
    pack_word(p, &r->date);
    PACK_INT(p, r->minute);
    pack_bool(p, &r->project_known);
    pack_bool(p, &r->policy_broken);
    pack_str(p, &r->config);
    pack_str(p, &r->policy);
    pack_label(p, &r->label);
    PACK_ARRAY(p, struct find, r->found, r->found_count);
    pack_found(p, r->found, r->found_count);
    pack_choice(p, version, &r->choice);
    pack_outcome(p, &r->outcome);
    if (version >= 3) {
        pack_looked(p, &r->looked);
    }
}

bool record_pack(struct record *r, struct buf *out) {
    struct pack p;
    pack_to(&p, out);
    int version = VERSION;
    PACK_INT(&p, version);
    pack_record(&p, version, r);
    return !p.failed;
}

bool record_unpack(struct arena *a, struct str bytes, struct record *out, struct err *e) {
    struct pack p;
    pack_from(&p, a, bytes);
    int version = 0;
    PACK_INT(&p, version);
    *out = (struct record){0};
    bool known = version >= 1 && version <= VERSION;
    if (known) {
        pack_record(&p, version, out);
    }
    return (known && !p.failed)
           || err_set(e, ERR_STORAGE, "a decision's record cannot be read (version %d)", version);
}
