/* A whole weir below its sockets: a hub and the dialects on a loop of their own thread, in folders
 * of its own, with providers that lead to a recording server. Requests are given to api_serve() as
 * the server gives them. */
#pragma once

#include "../unit/gate/provider.h"
#include "api/api.h"
#include "hub/inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

#include <cmocka.h>

struct weir {
    char dir[64];
    struct arena arena;
    struct places places;
    struct loop *loop;
    struct workers *workers;
    struct hub *hub;
    struct api *api;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool up;
    char problem[600];
};

static void weir_write(struct weir *w, const char *name, struct str text) {
    struct err e = {0};
    struct arena a = arena_make(1 << 20);
    if (!file_write(path_join(&a, w->places.config, name).ptr, text, 0600, &e)) {
        fail_msg("%s", e.text);
    }
    arena_end(&a);
}

static void weir_hub_stopped(void *ctx) {
    struct weir *w = ctx;
    loop_stop(w->loop);
}

static void weir_stop_on_loop(void *arg) {
    struct weir *w = arg;
    hub_stop(w->hub, weir_hub_stopped, w);
}

static void *weir_live(void *arg) {
    struct weir *w = arg;
    struct err e = {0};
    w->loop = loop_new();
    w->workers = workers_new(w->loop, 2);
    struct hub_options o = {.loop = w->loop,
                            .workers = w->workers,
                            .places = w->places,
                            .started_us = clock_mono_us(),
                            .read = api_read_chat};
    bool ok = hub_new(&o, &w->hub, &e);
    w->api = ok ? api_new(w->hub) : NULL;
    {
        LOCKED(&w->lock);
        w->up = true;
        snprintf(w->problem, sizeof w->problem, "%s", ok ? "" : e.text);
        pthread_cond_broadcast(&w->changed);
    }
    if (ok) {
        loop_run(w->loop);
    }
    workers_free(w->workers);
    api_free(w->api);
    hub_free(w->hub);
    loop_free(w->loop);
    return NULL;
}

static void weir_start(struct weir *w, const char *config) {
    memset(w, 0, sizeof *w);
    w->arena = arena_make(SIZE_MAX);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->changed, NULL);
    const char *root = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(w->dir, sizeof w->dir, "%s/weir-journey-XXXXXX", root);
    if (!mkdtemp(w->dir)) {
        abort();
    }
    struct str dir = str_of(w->dir);
    w->places = (struct places){.config = path_join(&w->arena, dir, "config"),
                                .data = path_join(&w->arena, dir, "data"),
                                .state = path_join(&w->arena, dir, "state"),
                                .cache = path_join(&w->arena, dir, "cache"),
                                .runtime = path_join(&w->arena, dir, "run"),
                                .home = path_join(&w->arena, dir, "home")};
    struct err e = {0};
    if (!places_make(&w->places, &e)) {
        fail_msg("%s", e.text);
    }
    weir_write(w, "weir.toml", str_of(config));
    pthread_create(&w->thread, NULL, weir_live, w);
    LOCKED(&w->lock);
    while (!w->up) {
        pthread_cond_wait(&w->changed, &w->lock);
    }
    if (w->problem[0]) {
        fail_msg("%s", w->problem);
    }
}

static void weir_end(struct weir *w) {
    loop_post(w->loop, weir_stop_on_loop, w);
    pthread_join(w->thread, NULL);
    const char *const argv[] = {"rm", "-rf", w->dir, NULL};
    struct str out = {0};
    struct err e = {0};
    assert_true(proc_capture(&w->arena, argv, 10000, 4096, &out, &e));
    pthread_cond_destroy(&w->changed);
    pthread_mutex_destroy(&w->lock);
    arena_end(&w->arena);
}

/* ---- one request ---- */

struct talk {
    struct weir *w;
    const char *path;
    struct str body;
    bool is_owner;
    struct http_header headers[4];
    size_t header_count;
    bool hangs_up; /* the client is gone as soon as it has asked */
    struct api_call *call;
    bool ended;
    int status;
    struct buf answer;
};

static void talk_head(void *ctx, int status, const struct http_header *headers, size_t count,
                      int64_t length) {
    (void)headers;
    (void)count;
    (void)length;
    ((struct talk *)ctx)->status = status;
}

static size_t talk_data(void *ctx, struct str bytes) {
    buf_add(&((struct talk *)ctx)->answer, bytes);
    return 0;
}

static void talk_end(void *ctx) {
    struct talk *t = ctx;
    LOCKED(&t->w->lock);
    t->ended = true;
    t->call = NULL;
    pthread_cond_broadcast(&t->w->changed);
}

static void talk_on_loop(void *arg) {
    struct talk *t = arg;
    struct arena *a = calloc(1, sizeof *a);
    if (!a) {
        abort();
    }
    *a = arena_make(SIZE_MAX);
    struct http_header *headers = arena_array(a, struct http_header, t->header_count + 1);
    for (size_t i = 0; i < t->header_count; i++) {
        headers[i] =
            (struct http_header){str_dup(a, t->headers[i].name), str_dup(a, t->headers[i].value)};
    }
    struct api_request rq = {.arena = a,
                             .method = STR("POST"),
                             .path = str_dup(a, str_of(t->path)),
                             .body = str_dup(a, t->body),
                             .headers = headers,
                             .header_count = t->header_count,
                             .peer = {.is_owner = t->is_owner, .is_local = true}};
    struct api_responder r = {talk_head, talk_data, talk_end, talk_end, t};
    struct api_call *call = api_serve(t->w->api, &rq, r);
    if (call && t->hangs_up && !t->ended) {
        api_gone(call);
        talk_end(t);
    }
}

UNUSED static void talk_begin(struct talk *t) {
    buf_init(&t->answer, 16 << 20);
    loop_post(t->w->loop, talk_on_loop, t);
}

UNUSED static void talk_await(struct talk *t) {
    LOCKED(&t->w->lock);
    while (!t->ended) {
        pthread_cond_wait(&t->w->changed, &t->w->lock);
    }
}
