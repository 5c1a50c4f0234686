/* Tokens of a request: the engine's own tokenizer when it would run there, the scripted backend's
 * words, else an estimate.
 * Nothing is sent for it. */
#include "hub/inner.h"

struct count {
    struct hub *hub;
    struct hub_job job;
    struct snapshot *snap;
    struct chat_request rq;
    struct labelled labelled;
    struct choice choice;
    struct shaped shaped;
    struct str model; /* the engine's; "": */
    int64_t tokens;   /* then this is it */
    bool ok, templated;
    struct err err;
    int status;
    struct buf answer;
    struct str tokenize;
    void (*done)(void *ctx, int64_t tokens, const struct err *e_opt);
    void *ctx;
};

static void end(struct count *k, int64_t tokens, const struct err *e_opt) {
    k->done(k->ctx, tokens, e_opt);
    buf_finish(&k->answer);
    snapshot_drop(k->snap);
    arena_end(k->job.arena);
    free(k->job.arena);
    free(k);
}

static void on_head(void *ctx, int status, const struct http_header *headers, size_t count) {
    (void)headers;
    (void)count;
    struct count *k = ctx;
    k->status = status;
    buf_clear(&k->answer);
}

static void on_data(void *ctx, struct str bytes) {
    buf_add(&((struct count *)ctx)->answer, bytes);
}

static void on_end(void *ctx, const struct err *e_opt);
static const struct stream_ops OPS = {on_head, on_data, on_end};

static void tokenize(struct count *k, const struct jval *doc) {
    struct arena *a = k->job.arena;
    AUTO_BUF b = {0};
    buf_init(&b, 128 << 20);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kstr(&j, "content", jval_str(jval_get(doc, "prompt")));
    jout_kbool(&j, "parse_special", true);
    jout_end_object(&j);
    k->templated = true;
    k->tokenize = str_dup(a, buf_str(&b));
    engine_call(k->hub->engine, k->model, STR("POST"), STR("/tokenize"), k->tokenize, &OPS, k);
}

static void on_end(void *ctx, const struct err *e_opt) {
    struct count *k = ctx;
    if (e_opt) {
        end(k, 0, e_opt);
        return;
    }
    struct err e = {0};
    const struct jval *doc = json_parse(k->job.arena, buf_str(&k->answer), &JSON_LIMITS, &e);
    if (k->status != 200 || !doc) {
        end(k, chat_estimate_tokens(&k->rq), NULL); /* a template that cannot do this request */
    } else if (k->templated) {
        end(k, (int64_t)jval_len(jval_get(doc, "tokens")), NULL);
    } else {
        tokenize(k, doc);
    }
}

static bool decide(struct count *k, struct err *e) {
    struct arena *a = k->job.arena;
    TRY(journey_read(&k->job, &k->rq, e));
    TRY(label_request(k->hub, k->snap, a, &k->rq, &k->job, &k->labelled, e));
    TRY(choose(k->hub, k->snap, a, &k->rq, &k->job, &k->labelled, NULL, 0, &k->choice, e));
    int chosen = k->choice.result.chosen;
    if (chosen >= 0 && k->choice.targets[chosen].is_engine) {
        k->model = k->choice.targets[chosen].model;
        return journey_shape(k->hub, k->snap, &k->job, &k->rq, &k->labelled, &k->choice, &k->shaped,
                             e);
    }
    const struct config_provider *p = chosen >= 0 ? k->choice.targets[chosen].provider : NULL;
    k->tokens =
        p && p->dialect == DIALECT_SCRIPTED ? scripted_count(&k->rq) : chat_estimate_tokens(&k->rq);
    return true;
}

static void work(void *arg) {
    struct count *k = arg;
    k->ok = decide(k, &k->err);
}

static void worked(void *arg) {
    struct count *k = arg;
    if (!k->ok) {
        end(k, 0, &k->err);
    } else if (!k->model.len) {
        end(k, k->tokens, NULL);
    } else {
        engine_call(k->hub->engine, k->model, STR("POST"), STR("/apply-template"),
                    k->shaped.body.bytes, &OPS, k);
    }
}

void hub_count(struct hub *h, const struct hub_job *job,
               void (*done)(void *ctx, int64_t tokens, const struct err *e_opt), void *ctx) {
    struct count *k = calloc(1, sizeof *k);
    if (!k) {
        abort();
    }
    k->hub = h;
    k->job = *job;
    k->snap = snapshot_hold(h);
    k->done = done;
    k->ctx = ctx;
    buf_init(&k->answer, 64 << 20);
    workers_run(h->o.workers, work, worked, k);
}
