/* A stand-in for the local model that looks at texts before they leave, in the engine's place: it
 * is honest, or lies, fails, says something else, or never answers. */
#pragma once

#include "hub/inner.h"
#include "random.h"

#include <ctype.h>
#include <stdio.h>

enum watcher_mode {
    WATCHER_HONEST,  /* every word that begins with MARK is a person */
    WATCHER_LIES,    /* anything, and much of it */
    WATCHER_GARBAGE, /* no JSON, or not the one that was asked for */
    WATCHER_REFUSES, /* status 500 */
    WATCHER_FAILS,   /* its process dies over it */
    WATCHER_SLEEPS,  /* no answer, ever */
    WATCHER_GONE,    /* there is no such model */
    WATCHER_MODES
};
#define WATCHER_MARK "zyqo"

struct watcher {
    struct hub *hub;
    _Atomic enum watcher_mode mode;
    atomic_llong asked, cancelled;
    uint64_t random; /* loop thread */
};
enum { WATCHERS = 4 };
static struct watcher watchers[WATCHERS];

struct engine_call { /* the stand-in's own */
    struct watcher *w;
    struct timer *timer;
    struct str body;
    const struct stream_ops *ops;
    void *ctx;
};

static struct watcher *watcher_of(const struct hub *h) {
    size_t i = 0;
    while (i + 1 < WATCHERS && watchers[i].hub != h) {
        i++;
    }
    return &watchers[i];
}

/* What is asked about: the last text between the lines. */
static struct str watcher_piece(struct arena *a, struct str body) {
    static const struct str begin = STR_INIT("<text>\n");
    struct err e = {0};
    const struct jval *messages = jval_get(json_parse(a, body, &JSON_LIMITS, &e), "messages");
    struct str s = jval_str(jval_get(jval_at(messages, jval_len(messages) - 1), "content"));
    return str_sub(s, begin.len, s.len - strlen("\n</text>"));
}

static void watcher_item(struct jout *j, const char *kind, struct str text) {
    jout_object(j);
    jout_kcstr(j, "kind", kind);
    jout_kstr(j, "text", text);
    jout_end_object(j);
}

static void watcher_marks(struct jout *j, struct str piece) {
    ptrdiff_t at = 0;
    while ((at = str_find(piece, STR(WATCHER_MARK))) >= 0) {
        size_t to = (size_t)at;
        while (to < piece.len && isalnum((unsigned char)piece.ptr[to])) {
            to++;
        }
        watcher_item(j, "person", str_sub(piece, (size_t)at, to));
        piece = str_sub(piece, to, piece.len);
    }
}

static void watcher_lies(struct watcher *w, struct jout *j, struct str piece) {
    static const char *const kinds[] = {
        "person",    "organisation", "place", "contact", "credential", "identity_number",
        "health",    "finance",      "legal", "work",    "minors",     "third_party",
        "undecided", "open",         "",      "email"};
    size_t n = below(&w->random, 40);
    for (size_t i = 0; i < n; i++) {
        size_t from = below(&w->random, piece.len + 1);
        size_t to = from + below(&w->random, piece.len - from + 1);
        if (below(&w->random, 2)) { /* whole words */
            while (from && piece.ptr[from - 1] != ' ') {
                from--;
            }
            while (to < piece.len && piece.ptr[to] != ' ') {
                to++;
            }
        }
        watcher_item(j, kinds[below(&w->random, ARRAY_LEN(kinds))],
                     below(&w->random, 10) ? str_sub(piece, from, to) : STR("nowhere"));
    }
}

static struct str watcher_says(struct watcher *w, struct arena *a, struct str piece) {
    static const char *const garbage[] = {"",
                                          "Sure! Here is the list:",
                                          "{\"items\":{}}",
                                          "[]",
                                          "{\"items\":[{\"kind\":\"person\",\"text\":\"",
                                          "{\"level\":\"open\"}"};
    enum watcher_mode mode = w->mode;
    AUTO_BUF b = {.max = 1 << 20};
    struct jout j = jout_make(&b);
    if (mode == WATCHER_GARBAGE) {
        return str_of(garbage[below(&w->random, ARRAY_LEN(garbage))]);
    }
    jout_object(&j);
    jout_key(&j, "items");
    jout_array(&j);
    if (mode == WATCHER_LIES) {
        watcher_lies(w, &j, piece);
    } else {
        watcher_marks(&j, piece);
    }
    jout_end_array(&j);
    jout_end_object(&j);
    return str_dup(a, buf_str(&b));
}

static void watcher_answer(void *arg) {
    struct engine_call *c = arg;
    struct watcher *w = c->w;
    struct arena a = arena_make(64 << 20);
    struct err e = {0};
    enum watcher_mode mode = w->mode;
    AUTO_BUF b = {.max = 4 << 20};
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_key(&j, "choices");
    jout_array(&j);
    jout_object(&j);
    jout_key(&j, "message");
    jout_object(&j);
    jout_kstr(&j, "content", watcher_says(w, &a, watcher_piece(&a, c->body)));
    while (j.depth > 2) {
        jout_end_object(&j);
    }
    jout_end_array(&j);
    jout_end_object(&j);
    c->timer = NULL;
    if (mode == WATCHER_FAILS) {
        err_set(&e, ERR_UPSTREAM, "the engine crashed");
    } else {
        c->ops->on_head(c->ctx, mode == WATCHER_REFUSES ? 500 : 200, NULL, 0);
        size_t half = b.len / 2;
        c->ops->on_data(c->ctx, str_sub(buf_str(&b), 0, half));
        c->ops->on_data(c->ctx, str_sub(buf_str(&b), half, b.len));
    }
    c->ops->on_end(c->ctx, e.kind ? &e : NULL);
    free(c);
    arena_end(&a);
}

static bool watcher_find(struct hub *h, struct arena *a, struct str model,
                         struct engine_model *out) {
    (void)a;
    *out = (struct engine_model){.name = model, .path = model};
    return watcher_of(h)->mode != WATCHER_GONE;
}

static struct engine_call *watcher_call(struct hub *h, struct str model, struct str body,
                                        const struct stream_ops *ops, void *ctx) {
    (void)model;
    struct engine_call *c = calloc(1, sizeof *c);
    if (!c) {
        abort();
    }
    *c = (struct engine_call){.w = watcher_of(h), .body = body, .ops = ops, .ctx = ctx};
    atomic_fetch_add(&c->w->asked, 1);
    if (c->w->mode != WATCHER_SLEEPS) {
        c->timer = timer_start(h->o.loop, 0, 0, watcher_answer, c);
    }
    return c;
}

static void watcher_cancel(struct engine_call *c) {
    atomic_fetch_add(&c->w->cancelled, 1);
    timer_stop(c->timer);
    free(c);
}

static const struct look_engine WATCHER = {watcher_find, watcher_call, watcher_cancel};

/* Takes the engine's place in this hub, before it has anything to do. */
static struct watcher *watcher_start(struct hub *h, size_t i) {
    watchers[i].hub = h;
    watchers[i].random = 0x9e3779b97f4a7c15ULL + i;
    watchers[i].mode = WATCHER_HONEST;
    h->look_engine = &WATCHER;
    return &watchers[i];
}
