/* Local model processes: which models there are, one llama-server per loaded model as a child on a
 * Unix socket without network, its life as a state table, and a thin HTTP/1.1 client to it. Loop
 * thread unless said otherwise. */
#pragma once

#include "base/err.h"
#include "os/os.h"
#include "store/store.h"

enum engine_state {
    ENGINE_STOPPED,
    ENGINE_STARTING,
    ENGINE_READY,
    ENGINE_DRAINING,
    ENGINE_FAILED,
    ENGINE_STATES
};
extern const char *const ENGINE_STATE_NAMES[ENGINE_STATES];

/* How an answer is drawn, and how long it gets, where a request does not say: what weir.toml says
 * for the model, else what suits its family, else the engine's own way. */
enum engine_sampler {
    SAMPLER_TEMPERATURE,
    SAMPLER_TOP_P,
    SAMPLER_TOP_K,
    SAMPLER_MIN_P,
    SAMPLER_REPEAT_PENALTY,
    SAMPLER_MAX_TOKENS,
    ENGINE_SAMPLERS
};
struct engine_sampling {
    bool has[ENGINE_SAMPLERS];
    double value[ENGINE_SAMPLERS];
};
struct engine_sampler_row {
    const char *name;   /* in weir.toml */
    const char *option; /* llama-server's */
    double min, max;
};
extern const struct engine_sampler_row ENGINE_SAMPLER_ROWS[ENGINE_SAMPLERS];

struct engine_model {
    struct str
        name; /* "smollm2-135m-instruct": file name, lower case, without quantisation suffix */
    struct str path;
    struct str source; /* "weir", "dir", "huggingface", "ollama", "lmstudio" */
    int64_t size_bytes;
    int64_t context_tokens; /* configured, else the model's own up to a default of 8192 */
    int64_t trained_tokens; /* the model's own */
    int64_t token_bytes;    /* of memory for each token of context; 0 unknown */
    int slots;              /* answers at a time: each has the whole context */
    struct str architecture, quantisation;
    struct str title,
        size_label; /* as the file says: "SmolLM2 135M Instruct", "135M"; "" unknown */
    bool tools, images, embeddings;
    enum engine_state state;
    bool quarantined;          /* crashed three times: stays failed until loaded by hand */
    int32_t tokens_per_second; /* last measured; 0 unknown */
    int32_t first_ms;
    struct str problem; /* why it cannot run, "" none */
    int64_t modified_s;
    struct engine_sampling sampling;
};

struct engine_set { /* [models.set."name"] */
    struct str name;
    int64_t context;
    int slots;
    struct engine_sampling sampling;
};
struct engine_options {
    struct loop *loop;
    struct workers *workers;
    struct str binary; /* configured path, "" look in PATH, then data/engine */
    struct str data_dir, runtime_dir, home;
    const struct str *dirs; /* extra folders of models */
    size_t dir_count;
    struct str default_model; /* "" the first by name */
    int64_t keep_alive_ms;    /* -1 for ever */
    int64_t memory_bytes;     /* 0 auto */
    const struct engine_set *sets;
    size_t set_count;
    /* state changes, for GET events; may be NULL */
    void (*on_change)(void *ctx, struct str model, enum engine_state state);
    void *ctx;
};

struct engine;
/* Copies what it needs of o. Finding models and binary happens at once and again at engine_rescan.
 */
NODISCARD bool engine_new(const struct engine_options *o, struct engine **out, struct err *e);
void engine_stop_all(struct engine *g, void (*stopped)(void *ctx),
                     void *ctx); /* ends children, then calls back */
void engine_free(struct engine *g);
void engine_reconfigure(struct engine *g, const struct engine_options *o);

/* A copy of the catalogue; any thread. */
size_t engine_models(struct engine *g, struct arena *a, struct engine_model **out);
NODISCARD bool engine_find(struct engine *g, struct arena *a, struct str name,
                           struct engine_model *out);        /* any thread */
void engine_rescan(struct engine *g);                        /* any thread */
struct str engine_binary(struct engine *g, struct arena *a); /* "" none found; any thread */
struct str
engine_isolation(struct engine *g,
                 struct arena *a); /* for `weir doctor`: what the kernel allowed; any thread */

struct engine_call;
/* POST path with body to the model, loading it first (the call waits; on_waiting_opt every second
 * says why). Loop thread. Body stays valid until on_end or cancel. A crash ends the call with
 * ERR_UPSTREAM; missing engine or model: ERR_UNAVAILABLE or ERR_NOT_FOUND with what to do. */
struct engine_call *engine_call(struct engine *g, struct str model, struct str method,
                                struct str path, struct str body, const struct stream_ops *ops,
                                void *ctx);
void engine_cancel(struct engine_call *c); /* closes its connection; no callback follows */
void engine_pause(struct engine_call *c);
void engine_resume(struct engine_call *c);
void engine_measured(struct engine *g, struct str model, double tokens_per_second,
                     double first_ms); /* any thread */
void engine_load(struct engine *g, struct str model,
                 void (*done)(void *ctx, const struct err *e_opt), void *ctx);
void engine_unload(struct engine *g, struct str model,
                   void (*done)(void *ctx, const struct err *e_opt), void *ctx);
