/* The one outward door: calls from their start to their end. Loop thread only.
 *
 * curl may call back only from inside curl. Whatever must not happen there (taking a handle out,
 * telling the caller that a call has ended) is left for `settle`, which runs when the outermost
 * curl call has returned. */
#include "gate/wire.h"

#include "base/clock.h"
#include "base/log.h"

enum { SMALLEST_IDLE_MS = 10 };

static void unlink_call(struct wire_call *c) {
    if (c->prev) {
        c->prev->next = c->next;
    } else {
        c->w->calls = c->next;
    }
    if (c->next) {
        c->next->prev = c->prev;
    }
    c->next = c->prev = NULL;
}

/* ---- silence ---- */

static void idle_arm(struct wire *w);

static void on_idle(void *arg) {
    struct wire *w = arg;
    w->idle = NULL;
    w->idle_at_us = 0;
    int64_t now = clock_mono_us();
    wire_enter(w);
    for (struct wire_call *c = w->calls; c; c = c->next) {
        if (c->idle_us && !c->paused && !c->failed && !c->dead && now - c->last_us >= c->idle_us) {
            c->failed = true;
            err_set(&c->why, ERR_TIMEOUT, "nothing came from " STR_FMT " for %lld ms",
                    STR_ARG(c->name), (long long)(c->idle_us / 1000));
        }
    }
    wire_leave(w);
    idle_arm(w);
}

/* One timer for all calls: it fires when the first of them could be due. */
static void idle_arm(struct wire *w) {
    int64_t first = 0;
    for (struct wire_call *c = w->calls; c; c = c->next) {
        int64_t due = c->last_us + c->idle_us;
        if (c->idle_us && !c->paused && (first == 0 || due < first)) {
            first = due;
        }
    }
    if (first == 0 || (w->idle && w->idle_at_us <= first)) {
        return;
    }
    timer_stop(w->idle);
    int64_t in_ms = (first - clock_mono_us()) / 1000 + 1;
    w->idle =
        timer_start(w->loop, in_ms > SMALLEST_IDLE_MS ? in_ms : SMALLEST_IDLE_MS, 0, on_idle, w);
    w->idle_at_us = first;
}

/* ---- the end of a call ---- */

static void explain(const struct wire_call *c, CURLcode code, struct err *e) {
    const char *said = c->error[0] ? c->error : curl_easy_strerror(code);
    enum err_kind kind = ERR_UPSTREAM;
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        kind = ERR_TIMEOUT;
        break;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_INTERFACE_FAILED:
        kind = ERR_UNAVAILABLE;
        break;
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        err_code(e, ERR_FORBIDDEN, "zone_mismatch",
                 STR_FMT " shows another TLS key than the pinned one", STR_ARG(c->name));
        return;
    default:
        break;
    }
    err_set(e, kind, STR_FMT ": %s", STR_ARG(c->name), said);
}

static void end_call(struct wire_call *c, bool done, CURLcode code) {
    struct wire *w = c->w;
    struct err e = {0};
    bool bad = true;
    if (c->failed || (c->refused && code == CURLE_COULDNT_CONNECT)) {
        e = c->why;
    } else if (!done || code != CURLE_OK) {
        explain(c, code, &e);
    } else if (!c->head_told) {
        err_set(&e, ERR_UPSTREAM, STR_FMT " ended without an answer", STR_ARG(c->name));
    } else {
        bad = false;
    }
    if (!c->waiting) {
        curl_multi_remove_handle(w->multi, c->easy);
    }
    unlink_call(c);
    struct wire_end end = {bad ? &e : NULL, c->status, c->bytes_in, c->tried};
    if (!c->dead) {
        c->ops->on_end(c->ctx, &end);
    }
    wire_call_free(c);
}

/* Ends one call that is due; false: none is. One at a time, because its end may start, end or cut
 * others. */
static bool settle_one(struct wire *w) {
    for (struct wire_call *c = w->calls; c; c = c->next) {
        if (c->waiting && !c->dead && !c->failed) {
            c->waiting = false;
            curl_multi_add_handle(w->multi, c->easy);
        }
    }
    for (struct wire_call *c = w->calls; c; c = c->next) {
        if (c->dead || c->failed) {
            end_call(c, false, CURLE_OK);
            return true;
        }
    }
    int left = 0;
    const CURLMsg *m = w->multi ? curl_multi_info_read(w->multi, &left) : NULL;
    if (!m || m->msg != CURLMSG_DONE) {
        return false;
    }
    CURLcode code = m->data.result;
    struct wire_call *c = NULL;
    char *private_ = NULL;
    curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &private_);
    memcpy(&c, &private_, sizeof c);
    if (c) {
        end_call(c, true, code);
    }
    return true;
}

static void settle(struct wire *w) {
    if (w->settling) {
        return;
    }
    w->settling = true;
    do {
        if (w->cut) {
            for (struct wire_call *c = w->calls; c; c = c->next) {
                c->why = w->cut_err;
                c->failed = true;
            }
        }
        while (settle_one(w)) {
        }
        if (w->cut && !w->calls) {
            /* Pooled connections end with their multi; the next call makes another one. */
            CURLM *old = w->multi;
            w->multi = NULL;
            if (old) {
                curl_multi_cleanup(old);
            }
            uv_timer_stop(w->timer);
            w->cut = false;
        }
    } while (w->cut);
    w->settling = false;
}

void wire_enter(struct wire *w) {
    w->depth++;
}

void wire_leave(struct wire *w) {
    if (--w->depth == 0) {
        settle(w);
    }
}

/* ---- what the gate calls ---- */

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void curl_begin(void) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* With the first call: TLS alone is 2 MiB and 0.6 ms, which who uses local models never needs. */
static void open_multi(struct wire *w) {
    pthread_once(&curl_once, curl_begin);
    w->multi = w->multi ? w->multi : wire_multi_new(w);
}

bool wire_new(struct loop *l, const atomic_bool *shut, struct wire **out, struct err *e) {
    unsetenv("SSLKEYLOGFILE"); /* libcurl would write every session's keys there */
    struct wire *w = calloc(1, sizeof *w);
    uv_timer_t *timer = calloc(1, sizeof *timer);
    if (!w || !timer) {
        abort();
    }
    w->loop = l;
    w->shut = shut;
    w->timer = timer;
    timer->data = w;
    if (uv_timer_init(loop_uv(l), timer) != 0) {
        free(timer);
        free(w);
        return err_set(e, ERR_BUG, "the loop takes no timer");
    }
    *out = w;
    return true;
}

static void on_timer_closed(uv_handle_t *h) {
    free(h);
}

void wire_free(struct wire *w) {
    if (!w) {
        return;
    }
    w->freeing = true;
    timer_stop(w->idle);
    for (struct wire_call *c = w->calls; c; c = w->calls) {
        if (!c->waiting) {
            curl_multi_remove_handle(w->multi, c->easy);
        }
        unlink_call(c);
        wire_call_free(c);
    }
    for (int i = 0; i < w->spares; i++) {
        curl_easy_cleanup(w->spare[i]);
    }
    if (w->multi) {
        curl_multi_cleanup(w->multi);
    }
    wire_sockets_close(w);
    uv_timer_stop(w->timer);
    uv_close((uv_handle_t *)w->timer, on_timer_closed);
    free(w);
}

bool wire_start(struct wire *w, const struct wire_order *o, const struct wire_ops *ops, void *ctx,
                struct wire_call **out, struct err *e) {
    open_multi(w);
    struct wire_call *c = wire_call_new(w, o, ops, ctx, e);
    if (!c) {
        return false;
    }
    c->next = w->calls;
    if (c->next) {
        c->next->prev = c;
    }
    w->calls = c;
    c->waiting = w->depth > 0; /* from inside a callback: `settle` adds it */
    if (!c->waiting) {
        curl_multi_add_handle(w->multi, c->easy);
    }
    idle_arm(w);
    *out = c;
    return true;
}

void wire_cancel(struct wire_call *c, struct wire_end *end) {
    struct wire *w = c->w;
    *end = (struct wire_end){NULL, c->status, c->bytes_in, c->tried};
    c->dead = true;
    wire_enter(w);
    wire_leave(w);
}

void wire_pause(struct wire_call *c) {
    if (c->paused || c->dead) {
        return;
    }
    c->paused = true;
    c->want_resume = false;
    wire_enter(c->w);
    curl_easy_pause(c->easy, CURLPAUSE_RECV);
    wire_leave(c->w);
}

/* Unpausing may hand over bytes at once: never from inside the caller's own call. */
static void on_kick(void *arg) {
    struct wire *w = arg;
    for (bool again = true; again;) {
        again = false;
        for (struct wire_call *c = w->calls; c && !again; c = c->next) {
            if (c->want_resume) {
                c->want_resume = false;
                wire_enter(w);
                curl_easy_pause(c->easy, CURLPAUSE_CONT);
                wire_leave(w);
                again = true;
            }
        }
    }
    idle_arm(w);
}

void wire_resume(struct wire_call *c) {
    if (!c->paused || c->dead) {
        return;
    }
    c->paused = false;
    c->want_resume = true;
    c->last_us = clock_mono_us();
    loop_post(c->w->loop, on_kick, c->w);
}

void wire_cut(struct wire *w, const struct err *e) {
    w->cut = true;
    w->cut_err = *e;
    wire_enter(w);
    wire_leave(w);
}
