/* A small local model looks at the texts of a request that is about to leave, where one is switched
 * on. It is asked through the engine alone, on this device: its questions are no requests of a
 * person's, so they pass no journey, no gate and no ledger, and ask nothing themselves. It only
 * adds (sense/model.c). What it did not look through in time counts one level higher (labels.c).
 *
 *   texts, newest first ─► pieces ─┬─ known: what was said of them
 *                                  ├─ asked, one after the other, until the time is up
 *                                  └─ the rest: undecided
 *
 * What was said of a piece is remembered for its conversation by a keyed hash of the piece, of the
 * model's file and of all that decides how it is asked and read. */
#include "hub/inner.h"

enum {
    MOST_ASKED = 16,          /* pieces of one request */
    LARGEST_ANSWER = 1 << 20, /* bytes */
};

const char *const LOOK_STATE_NAMES[LOOK_STATES] = {"off",     "done",    "limit",
                                                   "garbage", "timeout", "unavailable"};
const char *const LOOK_STATE_TEXTS[LOOK_STATES] = {"nobody was asked",
                                                   "it looked through everything",
                                                   "there was more than it is asked about",
                                                   "it answered something else",
                                                   "it did not answer in time",
                                                   "it cannot be asked"};

struct piece {
    size_t text;
    uint32_t from, to; /* of that text */
    struct keyed_hash key;
};

struct look {
    struct hub *hub;
    const struct snapshot *snap;
    struct arena *a;
    struct labelled *l;
    struct piece *pieces; /* to be asked */
    size_t count, cap, at;
    bool *undecided; /* beside the texts */
    struct sense_result found;
    int64_t began_us;

    struct engine_call *call;
    struct timer *timer;
    int status;
    struct buf answer;
    void (*done)(void *ctx);
    void *ctx;
};

/* ---- who is asked ---- */

static bool find_model(struct hub *h, struct arena *a, struct str model, struct engine_model *out) {
    return engine_find(h->engine, a, model, out) && !out->embeddings;
}

static struct engine_call *call_engine(struct hub *h, struct str model, struct str body,
                                       const struct stream_ops *ops, void *ctx) {
    return engine_call(h->engine, model, STR("POST"), STR("/v1/chat/completions"), body, ops, ctx);
}

const struct look_engine LOOK_ENGINE = {find_model, call_engine, engine_cancel};

/* ---- what is known, what is to be asked ---- */

static void note(struct look *k, enum look_state state) {
    struct looked *l = &k->l->looked;
    l->state = l->state == LOOK_OFF || l->state == LOOK_DONE ? state : l->state;
}

static void pass_over(struct look *k, const struct piece *p, enum look_state why) {
    k->l->looked.undecided++;
    k->undecided[p->text] = true;
    note(k, why);
}

/* Of a piece, as if of its text. */
static void take(struct look *k, const struct piece *p, const struct sense_result *r) {
    for (size_t i = 0; i < r->count; i++) {
        struct evidence ev = r->evidence[i];
        ev.segment = k->l->texts[p->text].segment;
        ev.from += p->from;
        ev.to += p->from;
        *arena_push(k->a, k->found.evidence, k->found.count, k->found.cap) = ev;
    }
}

static struct str text_of(const struct look *k, const struct piece *p) {
    return str_sub(k->l->texts[p->text].text, p->from, p->to);
}

/* Everything that an answer depends on but the piece. */
static struct keyed_hash key_of(const struct look *k, const struct engine_model *m) {
    struct str all = str_fmt(k->a, "%llx %llx %lld %lld " STR_FMT " " STR_FMT " " STR_FMT,
                             (unsigned long long)sense_ask_version(),
                             (unsigned long long)sense_version(k->snap->sense),
                             (long long)m->size_bytes, (long long)m->modified_s, STR_ARG(m->name),
                             STR_ARG(m->path), STR_ARG(k->l->conversation));
    return hash_keyed(k->hub->part_key, all);
}

static void add_piece(struct look *k, const struct keyed_hash *key, struct piece p) {
    p.key = hash_keyed(key->bytes, text_of(k, &p));
    struct sense_result known = {0};
    if (scanned_get(k->hub->looks, k->a, &p.key, k->l->conversation, &known)) {
        k->l->looked.known++;
        take(k, &p, &known);
    } else if (k->count == MOST_ASKED) {
        pass_over(k, &p, LOOK_LIMIT);
    } else {
        *arena_push(k->a, k->pieces, k->count, k->cap) = p;
    }
}

static void cut(struct look *k, const struct keyed_hash *key) {
    for (size_t i = k->l->count; i-- > 0;) {
        struct str text = k->l->texts[i].text;
        for (size_t from = 0; sense_is_asked(&k->l->texts[i]) && from < text.len;) {
            size_t to = sense_piece(text, from);
            add_piece(k, key,
                      (struct piece){.text = i, .from = (uint32_t)from, .to = (uint32_t)to});
            from = to;
        }
    }
}

static int by_place(const void *x, const void *y) {
    const struct evidence *a = x;
    const struct evidence *b = y;
    if (a->segment != b->segment) {
        return a->segment < b->segment ? -1 : 1;
    }
    return a->from != b->from ? (a->from < b->from ? -1 : 1) : 0;
}

/* All that was said becomes evidence of the request. */
static void settle(struct look *k) {
    struct looked *l = &k->l->looked;
    l->found = (int64_t)k->found.count;
    for (size_t i = 0; i < k->l->count; i++) {
        struct evidence ev = {0};
        if (k->undecided[i] && sense_undecided(k->snap->sense, &k->l->texts[i], &ev)) {
            *arena_push(k->a, k->found.evidence, k->found.count, k->found.cap) = ev;
        }
    }
    if (k->found.count) {
        qsort(k->found.evidence, k->found.count, sizeof *k->found.evidence, by_place);
    }
    sense_join(k->a, &k->l->found, &k->found);
    l->ms = (clock_mono_us() - k->began_us) / 1000;
}

bool look_is_wanted(const struct snapshot *s, const struct labelled *l, const struct choice *c) {
    return s->config->sense_model.len && l->looked.state == LOOK_OFF && c->result.chosen >= 0
           && c->candidates[c->result.chosen].zone != ZONE_DEVICE;
}

struct look *look_new(struct hub *h, const struct snapshot *s, struct arena *a,
                      struct labelled *l) {
    struct look *k = arena_new(a, struct look);
    *k = (struct look){.hub = h, .snap = s, .a = a, .l = l, .began_us = clock_mono_us()};
    k->undecided = arena_array(a, bool, l->count + 1);
    l->looked = (struct looked){.state = LOOK_DONE, .model = s->config->sense_model};
    struct engine_model m = {0};
    bool there = h->look_engine->find(h, a, l->looked.model, &m);
    struct keyed_hash key = key_of(k, &m);
    cut(k, &key);
    for (; !there && k->at < k->count; k->at++) {
        pass_over(k, &k->pieces[k->at], LOOK_UNAVAILABLE);
    }
    if (k->at == k->count) {
        settle(k);
        return NULL;
    }
    return k;
}

/* ---- asking: loop thread ---- */

static void stop(struct look *k) {
    if (k->call) {
        k->hub->look_engine->cancel(TAKE(k->call));
    }
    timer_stop(TAKE(k->timer));
    buf_finish(&k->answer);
}

/* Nothing more is asked. */
static void end(struct look *k, enum look_state why) {
    stop(k);
    for (; k->at < k->count; k->at++) {
        pass_over(k, &k->pieces[k->at], why);
    }
    settle(k);
    k->done(k->ctx);
}

static void on_late(void *arg) {
    struct look *k = arg;
    k->timer = NULL;
    end(k, LOOK_TIMEOUT);
}

static void on_head(void *ctx, int status, const struct http_header *headers, size_t count) {
    (void)headers;
    (void)count;
    struct look *k = ctx;
    k->status = status;
    buf_clear(&k->answer);
}

static void on_data(void *ctx, struct str bytes) {
    buf_add(&((struct look *)ctx)->answer, bytes); /* what is longer is no JSON any more */
}

static void on_end(void *ctx, const struct err *e_opt);
static const struct stream_ops OPS = {on_head, on_data, on_end};

static void ask_next(struct look *k) {
    struct str body = sense_ask(k->a, k->l->looked.model, text_of(k, &k->pieces[k->at]));
    k->status = 0;
    k->call = k->hub->look_engine->call(k->hub, k->l->looked.model, body, &OPS, k);
}

/* What the model said of the piece, remembered. */
static bool understand(struct look *k, const struct piece *p) {
    struct err e = {0};
    struct sense_result r = {0};
    struct arena scratch = arena_make(64 << 20);
    const struct jval *v = json_parse(&scratch, buf_str(&k->answer), &JSON_LIMITS, &e);
    const struct jval *choice = jval_at(jval_get(v, "choices"), 0);
    struct str content = jval_str(jval_get(jval_get(choice, "message"), "content"));
    bool ok = sense_answer(k->snap->sense, &scratch, text_of(k, p), content, &r, &e);
    if (ok) {
        scanned_put(k->hub->looks, &p->key, k->l->conversation, &r);
        take(k, p, &r);
    }
    arena_end(&scratch);
    return ok;
}

static void on_end(void *ctx, const struct err *e_opt) {
    struct look *k = ctx;
    k->call = NULL;
    if (e_opt || k->status != 200) {
        log_debug("the local model that looks at texts: %s", e_opt ? e_opt->text : "refused");
        end(k, LOOK_UNAVAILABLE);
        return;
    }
    const struct piece *p = &k->pieces[k->at++];
    if (understand(k, p)) {
        k->l->looked.asked++;
    } else {
        pass_over(k, p, LOOK_GARBAGE);
    }
    if (k->at == k->count) {
        end(k, LOOK_DONE);
    } else {
        ask_next(k);
    }
}

void look_ask(struct look *k, void (*done)(void *ctx), void *ctx) {
    k->done = done;
    k->ctx = ctx;
    buf_init(&k->answer, LARGEST_ANSWER);
    k->timer = timer_start(k->hub->o.loop, k->snap->config->sense_model_ms, 0, on_late, k);
    ask_next(k);
}

void look_cancel(struct look *k) {
    stop(k);
    k->l->looked = (struct looked){0};
}

/* ---- for a worker ---- */

struct wait {
    struct look *look;
    pthread_mutex_t lock;
    pthread_cond_t done;
    bool ended;
};

static void wake(void *ctx) {
    struct wait *w = ctx;
    LOCKED(&w->lock);
    w->ended = true;
    pthread_cond_signal(&w->done);
}

static void ask_on_loop(void *arg) {
    struct wait *w = arg;
    look_ask(w->look, wake, w);
}

void look_wait(struct hub *h, const struct snapshot *s, struct arena *a, struct labelled *l) {
    struct wait w = {.look = look_new(h, s, a, l)};
    if (!w.look) {
        return;
    }
    pthread_mutex_init(&w.lock, NULL);
    pthread_cond_init(&w.done, NULL);
    loop_post(h->o.loop, ask_on_loop, &w);
    pthread_mutex_lock(&w.lock);
    while (!w.ended) {
        pthread_cond_wait(&w.done, &w.lock);
    }
    pthread_mutex_unlock(&w.lock);
    pthread_cond_destroy(&w.done);
    pthread_mutex_destroy(&w.lock);
}

/* ---- the record ---- */

void looked_write(struct jout *j, const struct looked *k) {
    jout_object(j);
    jout_kstr(j, "model", k->model);
    jout_kcstr(j, "state", LOOK_STATE_NAMES[k->state]);
    jout_kcstr(j, "why", LOOK_STATE_TEXTS[k->state]);
    jout_ki64(j, "asked", k->asked);
    jout_ki64(j, "known", k->known);
    jout_ki64(j, "undecided", k->undecided);
    jout_ki64(j, "found", k->found);
    jout_ki64(j, "ms", k->ms);
    jout_end_object(j);
}
