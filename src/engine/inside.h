/* What the files of engine/ share. */
#pragma once

#include "engine/engine.h"

/* ---- catalogue.c: model files, any thread ---- */
struct found {
    struct str name, path, source, architecture, quantisation, title, size_label, problem;
    int64_t size_bytes, trained_tokens, token_bytes, modified_s;
    bool tools, embeddings;
    dev_t device;
    ino_t inode;
};
struct catalogue_options {
    struct str data_dir, home;
    const struct str *dirs;
    size_t dir_count;
};
/* Every model file, each once. A name that is taken gets the quantisation with it ("name:q8_0"). */
size_t catalogue_scan(struct arena *a, const struct catalogue_options *o, struct found **out);
/* "SmolLM2-135M-Instruct.Q4_1.gguf" → "smollm2-135m-instruct", "Q4_1". */
struct str catalogue_name(struct arena *a, struct str file, struct str *quantisation);

/* ---- sampling.c ---- */
/* What suits the model of this name when nobody says otherwise. */
struct engine_sampling sampling_of(struct str name);
/* What `over` says counts. */
void sampling_merge(struct engine_sampling *into, const struct engine_sampling *over);
/* "--temp", "0.2", … into argv; returns how many words, at most SAMPLING_WORDS. */
enum { SAMPLING_WORDS = 2 * ENGINE_SAMPLERS };
size_t sampling_words(struct arena *a, const struct engine_sampling *s, const char **argv);

/* ---- engine.c ---- */
/* A model and its process. Loop thread, but what engine_models copies is under the lock. */
struct slot {
    struct slot *next;
    struct engine *g;
    struct arena arena; /* of info's texts */
    struct engine_model info;
    bool gone;          /* the file is not there any more */
    int context, slots; /* to start with */

    struct proc *proc;
    struct str socket;
    struct timer *health_timer, *idle_timer, *restart_timer;
    int64_t idle_since_us;                /* when the last call ended */
    struct engine_call *waiting, *active; /* lists */
    struct conn *idle;                    /* connections for the next calls */
    int idle_count;
    struct engine_probe *probe;
    bool ending; /* we asked it to end */
    bool lost;   /* nobody listens on its socket; its end is awaited */
    int crashes;
    int64_t since_us;     /* in this state */
    char last_words[256]; /* of the engine, while it started */
    bool stale;           /* the file or its settings changed while it ran */
    struct load_wait *loads;
    struct err launch_error;
};

struct engine {
    struct engine_options o; /* texts in arena */
    struct arena arena;
    pthread_mutex_t lock;
    struct slot *slots;
    struct str binary;
    struct rescan *rescans;
    pthread_cond_t taken; /* a rescan's result */
    int holding;          /* several calls are being ended: no decisions in between */
    bool stopping;
    void (*stopped)(void *ctx);
    void *stopped_ctx;
    bool own_network; /* of the last child */
    bool was_started;
    char read_buf[64 << 10]; /* what was read is used up before the next read, whoever's it is */
};
/* Decides what runs: starts, drains, ends. */
void engine_pump(struct engine *g);
/* Between hold and release nothing starts or ends, whatever callbacks ask for. */
void engine_hold(struct engine *g);
void engine_release(struct engine *g);
/* Tells who asked for the end, once no process is left. */
void engine_all_stopped(struct engine *g);
/* True with the reason in e: this model cannot be asked for now. */
bool engine_refuses(const struct engine *g, const struct slot *s_opt, struct str model,
                    struct err *e);

/* ---- slot.c ---- */
struct slot *slot_find(struct engine *g, struct str name);
void slot_set_state(struct engine *g, struct slot *s, enum engine_state state);
bool slot_runs(const struct slot *s);
/* done is told once: of the load, or of the unload. */
void slot_wait(struct slot *s, bool unload, void (*done)(void *ctx, const struct err *e_opt),
               void *ctx);
void slot_tell_loads(struct slot *s, bool unload, const struct err *e_opt);
bool slot_is_load_wanted(const struct slot *s);
void slot_forget_loads(struct slot *s); /* nobody is told */
/* Only those that are there now: who hears of it may ask again at once, or cancel others. */
void calls_fail(struct engine_call **list, const struct err *e);

/* ---- process.c ---- */
void slot_start(struct engine *g, struct slot *s);
/* Asks it to end, and kills it when it does not. Nothing when none runs. */
void slot_end(struct engine *g, struct slot *s);
void slot_stop_timers(struct slot *s);

/* ---- models.c ---- */
void models_first(struct engine *g); /* before there is a loop */
void models_drop_rescans(struct engine *g);
void models_find_binary(struct engine *g); /* the lock is held */

/* ---- call.c ---- */
struct engine_call {
    struct engine_call *next, **at;
    struct engine *g;
    struct slot *slot; /* NULL: it failed before it began */
    struct str method, path, body;
    const struct stream_ops *ops;
    void *ctx;
    int64_t queued_us;
    struct conn *conn;
    struct timer *fail_timer;
    struct err fail;
    bool again; /* queued a second time, because its process was gone before it got it */
    bool paused;
};
void call_link(struct engine_call *c, struct engine_call **list);
void call_unlink(struct engine_call *c);
void call_send(struct engine_call *c);                         /* the model is ready */
void call_drop_idle(struct slot *s);                           /* its process has ended */
void call_end(struct engine_call *c, const struct err *e_opt); /* tells and frees */
/* Nobody listens where the call's model should: it waits again for the next process. process.c */
void engine_lost(struct engine_call *c);
/* GET /health; done once. */
struct engine_probe *probe_start(struct engine *g, struct slot *s,
                                 void (*done)(struct slot *s, bool healthy));
void probe_cancel(struct engine_probe *p);
