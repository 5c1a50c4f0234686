/* Models, engines and providers for people, and the list for clients. */
#include "codec/toml.h"
#include "codec/url.h"
#include "hub/inner.h"

#include <errno.h>
#include <stdio.h>

static void put(struct arena *a, struct str *out, const struct buf *b) {
    *out = str_dup(a, buf_str(b));
}

static const char *const AUTO_NAMES[] = {"auto", "auto:fast", "auto:best", "auto:cheap",
                                         "auto:private"};

size_t hub_models(struct hub *h, struct arena *a, struct hub_model **out) {
    struct snapshot *s = snapshot_hold(h);
    struct hub_model *list = NULL;
    size_t n = 0;
    size_t cap = 0;
    int64_t now_s = clock_wall_ms() / 1000;
    for (size_t i = 0; i < ARRAY_LEN(AUTO_NAMES); i++) {
        *arena_push(a, list, n, cap) = (struct hub_model){.id = str_of(AUTO_NAMES[i]),
                                                          .owner = STR("weir"),
                                                          .display = str_of(AUTO_NAMES[i]),
                                                          .created_s = now_s};
    }
    for (size_t i = CONFIG_PROFILES; i < s->config->profile_count; i++) { /* one's own */
        struct str id = str_fmt(a, "auto:" STR_FMT, STR_ARG(s->config->profiles[i].name));
        *arena_push(a, list, n, cap) =
            (struct hub_model){.id = id, .owner = STR("weir"), .display = id, .created_s = now_s};
    }
    struct engine_model *models = NULL;
    size_t count = engine_models(h->engine, a, &models);
    for (size_t i = 0; i < count; i++) {
        *arena_push(a, list, n, cap) = (struct hub_model){.id = models[i].name,
                                                          .owner = STR("local"),
                                                          .display = models[i].name,
                                                          .created_s = models[i].modified_s,
                                                          .context = models[i].context_tokens};
    }
    for (size_t i = 0; i < s->config->provider_count; i++) {
        const struct config_provider *p = &s->config->providers[i];
        const struct config_model *m = NULL;
        struct err e = {0};
        size_t k = listing_models(h, s, p, a, false, &m, &e);
        for (size_t x = 0; x < k; x++) {
            struct str id = str_fmt(a, STR_FMT "/" STR_FMT, STR_ARG(p->name), STR_ARG(m[x].id));
            *arena_push(a, list, n, cap) = (struct hub_model){.id = id,
                                                              .owner = str_dup(a, p->name),
                                                              .display = id,
                                                              .created_s = now_s,
                                                              .context = m[x].context};
        }
    }
    for (size_t i = 0; i < s->config->alias_count; i++) {
        const struct config_alias *al = &s->config->aliases[i];
        if (!str_contains(al->pattern, STR("*"))) {
            struct str id = str_dup(a, al->pattern);
            *arena_push(a, list, n, cap) = (struct hub_model){
                .id = id, .owner = STR("weir"), .display = id, .created_s = now_s};
        }
    }
    snapshot_drop(s);
    *out = list;
    return n;
}

static bool model_of(struct hub *h, const struct snapshot *s, struct arena *a,
                     const struct target *t, struct hub_model *out, struct err *e) {
    if (t->is_engine) {
        struct engine_model m = {0};
        if (engine_find(h->engine, a, t->model, &m)) {
            out->owner = STR("local");
            out->created_s = m.modified_s;
            out->context = m.context_tokens;
        }
        return true;
    }
    const struct config_model *m = NULL;
    struct err ignored = {0};
    size_t n = listing_models(h, s, t->provider, a, false, &m, &ignored);
    bool any = n == 0 || t->provider->dialect == DIALECT_SCRIPTED; /* nobody knows, or all */
    for (size_t i = 0; i < n; i++) {
        if (str_eq(m[i].id, t->model)) {
            out->context = m[i].context;
            any = true;
        }
    }
    out->owner = str_dup(a, t->provider->name);
    return any
           || err_code(e, ERR_NOT_FOUND, "model_not_found",
                       "The provider `" STR_FMT "` has no model `" STR_FMT "`.",
                       STR_ARG(t->provider->name), STR_ARG(str_sub(t->model, 0, 80)));
}

bool hub_model(struct hub *h, struct arena *a, struct str name, struct hub_model *out,
               struct err *e) {
    struct snapshot *s = snapshot_hold(h);
    struct target t = {0};
    *out = (struct hub_model){
        .id = str_dup(a, name), .owner = STR("weir"), .created_s = clock_wall_ms() / 1000};
    out->display = out->id;
    bool ok = name_resolve(h, s, a, name, &t, e) && (t.is_auto || model_of(h, s, a, &t, out, e));
    snapshot_drop(s);
    return ok;
}

static void write_engine_model(struct jout *j, struct arena *a, const struct engine_model *m) {
    jout_object(j);
    jout_kstr(j, "name", m->name);
    jout_kcstr(j, "backend", "local");
    jout_kcstr(j, "zone", "device");
    jout_kcstr(j, "state", ENGINE_STATE_NAMES[m->state]);
    jout_ki64(j, "size_bytes", m->size_bytes);
    jout_ki64(j, "context", m->context_tokens);
    jout_ki64(j, "trained_context", m->trained_tokens);
    jout_ki64(j, "slots", m->slots);
    jout_ki64(j, "token_bytes", m->token_bytes);
    jout_kstr(j, "architecture", m->architecture);
    jout_kstr(j, "quantisation", m->quantisation);
    jout_ki64(j, "tokens_per_second", m->tokens_per_second);
    jout_kstr(j, "source", m->source);
    jout_kstr(j, "path", m->path);
    jout_kbool(j, "tools", m->tools);
    jout_kbool(j, "images", m->images);
    jout_kbool(j, "files", false);
    jout_key(j, "sampling"); /* where a request does not say */
    jout_object(j);
    for (size_t i = 0; i < ENGINE_SAMPLERS; i++) {
        if (m->sampling.has[i]) {
            jout_kraw(j, ENGINE_SAMPLER_ROWS[i].name, str_fmt(a, "%.10g", m->sampling.value[i]));
        }
    }
    jout_end_object(j);
    jout_kstr(j, "problem", m->problem);
    jout_ki64(j, "price_in", 0);
    jout_ki64(j, "price_out", 0);
    jout_end_object(j);
}

bool hub_models_list(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                     struct err *e) {
    (void)q;
    (void)e;
    engine_rescan(h->engine);
    struct snapshot *s = snapshot_hold(h);
    AUTO_BUF b = {0};
    buf_init(&b, 16 << 20);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_key(&j, "models");
    jout_array(&j);
    struct engine_model *models = NULL;
    size_t count = engine_models(h->engine, a, &models);
    for (size_t i = 0; i < count; i++) {
        write_engine_model(&j, a, &models[i]);
    }
    for (size_t i = 0; i < s->config->provider_count; i++) {
        const struct config_provider *p = &s->config->providers[i];
        const struct config_model *m = NULL;
        struct err why = {0};
        size_t k = listing_models(h, s, p, a, true, &m, &why);
        for (size_t x = 0; x < k; x++) {
            jout_object(&j);
            jout_kstr(&j, "name",
                      str_fmt(a, STR_FMT "/" STR_FMT, STR_ARG(p->name), STR_ARG(m[x].id)));
            jout_kstr(&j, "backend", p->name);
            jout_kcstr(&j, "zone", ZONE_NAMES[p->target.zone]);
            jout_kcstr(&j, "state", gate_is_up(h->gate, p->name) ? "ready" : "down");
            jout_ki64(&j, "context", m[x].context);
            jout_ki64(&j, "price_in", m[x].price_in);
            jout_ki64(&j, "price_out", m[x].price_out);
            jout_kbool(&j, "tools", m[x].tools);
            jout_kbool(&j, "images", m[x].images);
            jout_kbool(&j, "files", m[x].files);
            jout_kbool(&j, "auto", p->auto_ok);
            jout_end_object(&j);
        }
    }
    jout_end_array(&j);
    int64_t allowed = s->config->engine_memory;
    jout_ki64(&j, "memory_bytes", allowed > 0 ? allowed : memory_total());
    jout_ki64(&j, "memory_free_bytes", memory_available());
    jout_end_object(&j);
    snapshot_drop(s);
    put(a, out, &b);
    return true;
}

bool hub_engines(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                 struct err *e) {
    (void)q;
    (void)e;
    AUTO_BUF b = {0};
    buf_init(&b, 4 << 20);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kstr(&j, "binary", engine_binary(h->engine, a));
    jout_kstr(&j, "isolation", engine_isolation(h->engine, a));
    jout_key(&j, "models");
    jout_array(&j);
    struct engine_model *models = NULL;
    size_t count = engine_models(h->engine, a, &models);
    for (size_t i = 0; i < count; i++) {
        write_engine_model(&j, a, &models[i]);
    }
    jout_end_array(&j);
    jout_end_object(&j);
    put(a, out, &b);
    return true;
}

/* ---- load and unload: on the loop, while the worker waits ---- */

struct load {
    struct hub *hub;
    struct str model;
    bool unload;
    bool ok, ended;
    struct err err;
    pthread_mutex_t lock;
    pthread_cond_t done;
};

static void on_loaded(void *ctx, const struct err *e_opt) {
    struct load *l = ctx;
    LOCKED(&l->lock);
    l->ok = !e_opt;
    if (e_opt) {
        l->err = *e_opt;
    }
    l->ended = true;
    pthread_cond_signal(&l->done);
}

static void load_on_loop(void *arg) {
    struct load *l = arg;
    if (l->unload) {
        engine_unload(l->hub->engine, l->model, on_loaded, l);
    } else {
        engine_load(l->hub->engine, l->model, on_loaded, l);
    }
}

static bool load(struct hub *h, struct arena *a, const struct hub_query *q, bool unload,
                 struct str *out, struct err *e) {
    struct engine_model m = {0};
    struct str name = str_starts(q->id, STR("local/")) ? str_sub(q->id, 6, q->id.len) : q->id;
    if (!engine_find(h->engine, a, name, &m)) {
        return err_set(e, ERR_NOT_FOUND,
                       "There is no local model `" STR_FMT "`; `weir models` lists them.",
                       STR_ARG(name));
    }
    struct load l = {.hub = h, .model = m.name, .unload = unload};
    pthread_mutex_init(&l.lock, NULL);
    pthread_cond_init(&l.done, NULL);
    loop_post(h->o.loop, load_on_loop, &l);
    pthread_mutex_lock(&l.lock);
    while (!l.ended) {
        pthread_cond_wait(&l.done, &l.lock);
    }
    pthread_mutex_unlock(&l.lock);
    pthread_cond_destroy(&l.done);
    pthread_mutex_destroy(&l.lock);
    if (!l.ok) {
        *e = l.err;
        return false;
    }
    *out = str_fmt(a, "{\"model\":\"" STR_FMT "\",\"state\":\"%s\"}", STR_ARG(m.name),
                   unload ? "stopped" : "ready");
    return true;
}

bool hub_model_load(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                    struct err *e) {
    return load(h, a, q, false, out, e);
}

bool hub_model_unload(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                      struct err *e) {
    return load(h, a, q, true, out, e);
}

/* Only what lies in weir's own folder is weir's to delete. */
bool hub_model_remove(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                      struct err *e) {
    struct engine_model m = {0};
    struct str name = str_starts(q->id, STR("local/")) ? str_sub(q->id, 6, q->id.len) : q->id;
    if (!engine_find(h->engine, a, name, &m)) {
        return err_set(e, ERR_NOT_FOUND,
                       "There is no local model `" STR_FMT "`; `weir models` lists them.",
                       STR_ARG(name));
    }
    if (!str_is(m.source, "weir")) {
        return err_set(e, ERR_CONFLICT,
                       "`" STR_FMT "` lies in " STR_FMT
                       ", which is not weir's own folder; delete that file yourself.",
                       STR_ARG(m.name), STR_ARG(m.path));
    }
    TRY(load(h, a, q, true, out, e));
    if (unlink(m.path.ptr) != 0) {
        return err_set(e, ERR_STORAGE, STR_FMT " cannot be deleted: %m", STR_ARG(m.path));
    }
    engine_rescan(h->engine);
    *out = str_fmt(a, "{\"model\":\"" STR_FMT "\",\"state\":\"deleted\"}", STR_ARG(m.name));
    return true;
}
