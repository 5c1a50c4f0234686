/* GET /v1/models and /v1/models/{id}, in OpenAI's shape, or Anthropic's for clients that say its
 * version. */
#include "api/inner.h"
#include "base/clock.h"
#include "codec/url.h"

static void write_openai(struct jout *j, const struct hub_model *m) {
    jout_object(j);
    jout_kstr(j, "id", m->id);
    jout_kcstr(j, "object", "model");
    jout_ki64(j, "created", m->created_s);
    jout_kstr(j, "owned_by", m->owner);
    jout_end_object(j);
}

static void write_anthropic(struct jout *j, struct arena *a, const struct hub_model *m) {
    jout_object(j);
    jout_kcstr(j, "type", "model");
    jout_kstr(j, "id", m->id);
    jout_kstr(j, "display_name", m->display.len ? m->display : m->id);
    jout_kstr(j, "created_at", clock_rfc3339(a, m->created_s * 1000));
    if (m->context > 0) {
        jout_ki64(j, "max_input_tokens", m->context);
    }
    jout_end_object(j);
}

/* ---- Anthropic's pages ---- */

struct span {
    size_t from, to;
};

static ptrdiff_t index_of(const struct hub_model *models, size_t n, struct str id) {
    for (size_t i = 0; i < n; i++) {
        if (str_eq(models[i].id, id)) {
            return (ptrdiff_t)i;
        }
    }
    return -1;
}

static bool cursor(struct arena *a, struct str query, const char *key,
                   const struct hub_model *models, size_t n, ptrdiff_t *out, struct err *e) {
    struct str id = url_query(a, query, key);
    if (!id.ptr) {
        return true;
    }
    *out = index_of(models, n, id);
    return *out >= 0
           || err_set(e, ERR_INVALID, "%s: no model " STR_FMT, key, STR_ARG(str_sub(id, 0, 100)));
}

static bool page_of(struct arena *a, struct str query, const struct hub_model *models, size_t n,
                    struct span *out, struct err *e) {
    uint64_t limit = 20;
    ptrdiff_t after = -1;
    ptrdiff_t before = -1;
    struct str text = url_query(a, query, "limit");
    if (text.ptr && (!str_to_u64(text, &limit) || limit < 1 || limit > 1000)) {
        return err_set(e, ERR_INVALID, "limit: must be between 1 and 1000");
    }
    TRY(cursor(a, query, "after_id", models, n, &after, e));
    TRY(cursor(a, query, "before_id", models, n, &before, e));
    size_t from = (size_t)(after + 1);
    size_t to = before >= 0 ? (size_t)before : n;
    to = to < from ? from : to;
    if (to - from > limit) {
        if (before >= 0 && after < 0) { /* the page that ends there */
            from = to - (size_t)limit;
        } else {
            to = from + (size_t)limit;
        }
    }
    *out = (struct span){from, to};
    return true;
}

static void list_anthropic(struct api_call *c, const struct visit *v,
                           const struct hub_model *models, size_t n) {
    struct arena *a = &c->memory->arena;
    struct span s = {0};
    struct err e = {0};
    if (!page_of(a, v->rq->query, models, n, &s, &e)) {
        reply_error(c, &e);
        return;
    }
    bool backwards = url_query(a, v->rq->query, "before_id").ptr != NULL;
    struct buf *out = reply_scratch(c);
    struct jout j = jout_make(out);
    jout_object(&j);
    jout_key(&j, "data");
    jout_array(&j);
    for (size_t i = s.from; i < s.to; i++) {
        write_anthropic(&j, a, &models[i]);
    }
    jout_end_array(&j);
    jout_kbool(&j, "has_more", backwards ? s.from > 0 : s.to < n);
    if (s.from < s.to) {
        jout_kstr(&j, "first_id", models[s.from].id);
        jout_kstr(&j, "last_id", models[s.to - 1].id);
    } else {
        jout_knull(&j, "first_id");
        jout_knull(&j, "last_id");
    }
    jout_end_object(&j);
    reply_body(c, 200, "application/json", buf_str(out));
}

/* ---- routes ---- */

static bool wants_anthropic(struct api_call *c, const struct visit *v) {
    bool yes = api_header(v->rq, "anthropic-version").ptr != NULL;
    c->shape = yes ? SHAPE_ANTHROPIC : SHAPE_OPENAI;
    return yes;
}

void serve_models(struct api_call *c, const struct visit *v) {
    struct hub_model *models = NULL;
    size_t n = hub_models(c->api->hub, &c->memory->arena, &models);
    if (wants_anthropic(c, v)) {
        list_anthropic(c, v, models, n);
        return;
    }
    struct buf *out = reply_scratch(c);
    struct jout j = jout_make(out);
    jout_object(&j);
    jout_kcstr(&j, "object", "list");
    jout_key(&j, "data");
    jout_array(&j);
    for (size_t i = 0; i < n; i++) {
        write_openai(&j, &models[i]);
    }
    jout_end_array(&j);
    jout_end_object(&j);
    reply_body(c, 200, "application/json", buf_str(out));
}

void serve_model(struct api_call *c, const struct visit *v) {
    struct arena *a = &c->memory->arena;
    struct hub_model model = {0};
    struct err e = {0};
    bool is_anthropic = wants_anthropic(c, v);
    if (!hub_model(c->api->hub, a, v->id, &model, &e)) {
        reply_error(c, &e);
        return;
    }
    struct buf *out = reply_scratch(c);
    struct jout j = jout_make(out);
    if (is_anthropic) {
        write_anthropic(&j, a, &model);
    } else {
        write_openai(&j, &model);
    }
    reply_body(c, 200, "application/json", buf_str(out));
}

/* Embeddings, images, audio: known paths, and no model here that could. */
void serve_no_model(struct api_call *c, const struct visit *v) {
    struct err e = {0};
    err_code(&e, ERR_NOT_FOUND, "model_not_found", "There is no model here for " STR_FMT ".",
             STR_ARG(str_sub(v->rq->path, 0, 100)));
    reply_error(c, &e);
}

/* A 404, as clients take it: they then use what is there, or say so. */
void serve_not_yet(struct api_call *c, const struct visit *v) {
    struct err e = {0};
    err_code(&e, ERR_NOT_FOUND, "not_there_yet",
             STR_FMT " is not there yet; weir speaks /v1/chat/completions and /v1/messages.",
             STR_ARG(str_sub(v->rq->path, 0, 100)));
    reply_error(c, &e);
}
