/* One chat on its way; for journey.c, relay.c, finish.c. */
#pragma once

#include "hub/inner.h"

enum { MOST_TRIES = 4 };

struct hub_call {
    struct hub *hub;
    struct hub_call *next, **at; /* hub->calls */
    struct snapshot *snap;
    struct hub_job job;
    const struct hub_client *client;
    void *ctx;

    struct chat_request rq;
    struct labelled labelled;
    struct choice choice;
    const struct backend *backend;
    enum backend_quirks quirks;
    struct shaped shaped;
    struct restore_tools tools;
    struct veil *veil; /* puts originals back into the answer; NULL: nothing was disguised */
    struct gate_pass pass;
    bool has_pass, read_ok, prepared, leaves;
    struct err err;    /* of prepare */
    struct look *look; /* a local model is to look, or looks, before the rest is decided */
    bool relabel;      /* it added to what was found */

    bool working;   /* on a worker now */
    bool cancelled; /* nobody is told anything any more */
    bool paused, routed, ended;
    int busy; /* inside callbacks: freed when they have returned */

    struct gate_call *gate;
    struct engine_call *engine;
    struct backend_reader *reader;
    struct scripted_step *steps;
    size_t step_count, step;
    struct timer *step_timer;
    int status, retry_after_s;
    bool failed;
    struct err failure;

    struct hub_route route;
    struct chat_usage usage;
    bool collects; /* the answer's parts, because the request's label must come back with them */
    struct chat_answer answer;
    int64_t started_us, sent_us, first_us, last_us;
    int64_t left_bytes, bytes_in;
    int64_t ledger_ids[MOST_TRIES * 2];
    size_t ledger_count;
    struct str tried[MOST_TRIES];
    size_t tried_count;
    struct err tried_err; /* how the last of them failed */
};

/* journey.c */
void call_prepare(struct hub_call *c, bool again);
void call_enter(struct hub_call *c);
void call_leave(struct hub_call *c); /* may free c */
/* relay.c: loop thread */
void relay_start(struct hub_call *c);
void relay_cut(struct hub_call *c);
void call_failed(struct hub_call *c, const struct err *e);
/* finish.c: loop thread */
void finish_done(struct hub_call *c);
void finish_error(struct hub_call *c, const struct err *e);
void finish_cancelled(struct hub_call *c);
