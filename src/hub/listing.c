/* What providers list, where weir.toml names no models: asked once through the gate, like
 * everything that goes out, and kept for an hour. */
#include "hub/inner.h"

enum { KEEP_MS = 60 * 60 * 1000, LARGEST_LIST = 8 << 20, MOST_MODELS = 2000 };

struct listing {
    struct arena arena;
    struct config_model *models;
    size_t count;
    int64_t at_ms;
};

static bool fresh(const struct listing *l) {
    return l && clock_wall_ms() - l->at_ms < KEEP_MS;
}

bool listing_is_known(struct hub *h, const struct config_provider *p) {
    if (p->model_count || p->dialect == DIALECT_SCRIPTED) {
        return true;
    }
    LOCKED(&h->lock);
    return fresh(map_get(h->listings, p->name));
}

/* ---- asking ---- */

struct asking {
    struct hub *hub;
    const struct config_provider *provider;
    struct gate_pass pass;
    struct buf body;
    int status;
    bool ended, ok;
    struct err err;
    pthread_mutex_t lock;
    pthread_cond_t done;
};

static void on_head(void *ctx, int status, const struct http_header *headers, size_t count) {
    (void)headers;
    (void)count;
    ((struct asking *)ctx)->status = status;
}

static void on_data(void *ctx, struct str bytes) {
    buf_add(&((struct asking *)ctx)->body, bytes);
}

static void on_end(void *ctx, const struct err *e_opt) {
    struct asking *k = ctx;
    LOCKED(&k->lock);
    k->ok = !e_opt;
    if (e_opt) {
        k->err = *e_opt;
    }
    k->ended = true;
    pthread_cond_signal(&k->done);
}

static const struct stream_ops OPS = {on_head, on_data, on_end};

static void send(void *arg) {
    struct asking *k = arg;
    gate_send(k->hub->gate, &k->provider->target, &k->pass, (struct str){0}, &OPS, k);
}

static bool ask(struct hub *h, const struct config_provider *p, struct arena *a, struct str *out,
                struct err *e) {
    struct label nothing = label_make(a);
    struct policy_request request = {.caller = STR("owner")};
    clock_local(clock_wall_ms(), request.date, &request.minute);
    struct asking k = {.hub = h, .provider = p};
    struct gate_order order = {.target = &p->target,
                               .path = STR("/models"),
                               .method = STR("GET"),
                               .caller = STR("owner"),
                               .channel = STR("listing"),
                               .label = &nothing,
                               .request = &request};
    TRY(gate_authorise(h->gate, a, &order, &k.pass, e));
    pthread_mutex_init(&k.lock, NULL);
    pthread_cond_init(&k.done, NULL);
    buf_init(&k.body, LARGEST_LIST);
    loop_post(h->o.loop, send, &k);
    pthread_mutex_lock(&k.lock);
    while (!k.ended) {
        pthread_cond_wait(&k.done, &k.lock);
    }
    pthread_mutex_unlock(&k.lock);
    *out = str_dup(a, buf_str(&k.body));
    bool failed = k.body.failed;
    buf_finish(&k.body);
    pthread_cond_destroy(&k.done);
    pthread_mutex_destroy(&k.lock);
    if (!k.ok) {
        *e = k.err;
        return false;
    }
    if (k.status == 401 || k.status == 403) {
        return err_set(e, ERR_UNAUTHORIZED,
                       "the provider `" STR_FMT
                       "` refused the key (HTTP %d); see `key` in weir.toml",
                       STR_ARG(p->name), k.status);
    }
    if (k.status != 200 || failed) {
        return err_set(e, ERR_UPSTREAM,
                       "the provider `" STR_FMT "` does not list its models (HTTP %d); name them: "
                       "models = [\"…\"]",
                       STR_ARG(p->name), k.status);
    }
    return true;
}

static const struct config_model *preset_model(const struct config_provider *p, struct str id) {
    const struct provider_preset *preset = provider_preset(p->preset);
    for (size_t i = 0; preset && i < preset->model_count; i++) {
        if (str_eq(preset->models[i].id, id)) {
            return &preset->models[i];
        }
    }
    return NULL;
}

static struct listing *read_list(const struct config_provider *p, struct str text) {
    struct listing *l = calloc(1, sizeof *l);
    if (!l) {
        abort();
    }
    l->arena = arena_make(64 << 20);
    l->at_ms = clock_wall_ms();
    struct err e = {0};
    const struct jval *doc = json_parse(&l->arena, text, &JSON_LIMITS, &e);
    size_t cap = 0;
    for (struct jiter it = jval_iter(jval_get(doc, "data"));
         l->count < MOST_MODELS && jiter_next(&it);) {
        struct str id = jval_str(jval_get(it.value, "id"));
        if (!id.len) {
            continue;
        }
        const struct config_model *known = preset_model(p, id);
        struct config_model m = {
            .tools = true, .schema = true, .price_in = -1, .price_out = -1, .quality = 750};
        if (known) {
            m = *known;
        }
        m.id = str_dup(&l->arena, id);
        if (!jval_i64(jval_get(it.value, "context_length"), &m.context)) {
            m.context = known ? known->context : 0;
        }
        *arena_push(&l->arena, l->models, l->count, cap) = m;
    }
    return l;
}

static size_t copy(struct arena *a, const struct listing *l, const struct config_model **out) {
    struct config_model *models = arena_array(a, struct config_model, l->count + 1);
    for (size_t i = 0; i < l->count; i++) {
        models[i] = l->models[i];
        models[i].id = str_dup(a, l->models[i].id);
    }
    *out = models;
    return l->count;
}

bool listing_ask(struct hub *h, const struct snapshot *s, const struct config_provider *p,
                 struct arena *a, const struct config_model **out, size_t *count, struct err *e) {
    (void)s;
    struct str text = {0};
    TRY(ask(h, p, a, &text, e));
    struct listing *l = read_list(p, text);
    LOCKED(&h->lock);
    struct listing *old = map_set(h->listings, p->name, l);
    if (old) {
        arena_end(&old->arena);
        free(old);
    }
    *count = copy(a, l, out);
    return true;
}

size_t listing_models(struct hub *h, const struct snapshot *s, const struct config_provider *p,
                      struct arena *a, bool ask_too, const struct config_model **out,
                      struct err *e) {
    if (p->model_count) {
        *out = p->models;
        return p->model_count;
    }
    if (p->dialect == DIALECT_SCRIPTED) {
        static const struct config_model script = {.id = STR_INIT("script"),
                                                   .context = 1000000,
                                                   .tools = true,
                                                   .schema = true,
                                                   .images = true,
                                                   .files = true,
                                                   .quality = 750};
        *out = &script;
        return 1;
    }
    {
        LOCKED(&h->lock);
        struct listing *l = map_get(h->listings, p->name);
        if (l && (fresh(l) || !ask_too)) {
            return copy(a, l, out);
        }
    }
    size_t n = 0;
    if (ask_too && !listing_ask(h, s, p, a, out, &n, e)) {
        log_warn("%s", e->text);
        struct listing *none = calloc(1, sizeof *none); /* not asked again at every request */
        if (!none) {
            abort();
        }
        none->arena = arena_make(64);
        none->at_ms = clock_wall_ms() - KEEP_MS + 60 * 1000L;
        LOCKED(&h->lock);
        struct listing *old = map_set(h->listings, p->name, none);
        if (old) {
            arena_end(&old->arena);
            free(old);
        }
        return 0;
    }
    return n;
}

void listing_free_all(struct hub *h) {
    size_t at = 0;
    struct str key = {0};
    void *value = NULL;
    while (map_next(h->listings, &at, &key, &value)) {
        struct listing *l = value;
        arena_end(&l->arena);
        free(l);
    }
    map_free(h->listings);
}
