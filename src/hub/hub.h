/* Builds and owns everything, and runs a request's journey: prepare (worker) → relay (loop) →
 * finish (worker); see journey.c and ARCHITECTURE.md. Front-ends give it a job and are told what
 * happens. */
#pragma once

#include "base/err.h"
#include "chat/chat.h"
#include "codec/http1.h"
#include "os/os.h"

struct hub;

struct hub_options {
    struct loop *loop;
    struct workers *workers;
    struct places places;
    int64_t started_us; /* clock_mono_us at exec, for `status` */
    /* Reads the body of POST route, preview and scan: an OpenAI chat request (the front-end's,
     * which is beside the hub). */
    bool (*read)(struct arena *a, struct str body, struct chat_request *rq, struct err *e);
    void (*reloaded)(void *ctx); /* a new configuration is in force; loop thread. NULL is fine */
    void *ctx;
};
/* Reads configuration and policy, opens the stores, finds engine and models. A weir.toml with
 * errors: false. A policy with errors: true, gate closed, and everything says so. */
NODISCARD bool hub_new(const struct hub_options *o, struct hub **out, struct err *e);
/* Ends engines and what is under way, then calls back on the loop thread. */
void hub_stop(struct hub *h, void (*stopped)(void *ctx), void *ctx);
void hub_free(struct hub *h);   /* after the loop has stopped */
void hub_reload(struct hub *h); /* SIGHUP; any thread */

/* What the server needs of the configuration; a copy in a. */
struct hub_listen {
    int port;
    struct str *hosts; /* extra Host names */
    size_t host_count;
    struct str *origins; /* other Origins allowed on dialect routes */
    size_t origin_count;
    struct str *listen; /* addresses */
    size_t listen_count;
    int64_t body_bytes; /* largest request body */
};
void hub_listen(struct hub *h, struct arena *a, struct hub_listen *out);
void hub_bound(struct hub *h,
               int port); /* the port really taken; for `status` and the discovery file */

/* ---- who asks (POLICY.md 4) ---- */
enum hub_caller_kind { CALLER_OWNER, CALLER_KEY, CALLER_LOCAL };
struct hub_caller {
    enum hub_caller_kind kind;
    struct str name;    /* "owner", "key:<name>", "local" */
    struct str project; /* that the key is bound to, "" none */
};
/* peer_is_owner: the Unix socket with the daemon's own uid, or the page's session; peer_is_local:
 * loopback, same uid. key: what came as credential, "" none. With no keys configured every
 * credential is accepted on loopback of the same uid. */
NODISCARD bool hub_authenticate(struct hub *h, struct arena *a, bool peer_is_owner,
                                bool peer_is_local, struct str key, struct hub_caller *out,
                                struct err *e);

/* ---- chat ---- */
/* What is known when the answer's headers go. */
struct hub_route {
    struct str decision; /* id */
    enum zone zone;
    struct str model;   /* what runs: "smollm2-135m-instruct", "openai/gpt-5.2" */
    struct str asked;   /* what was asked: "auto" */
    int64_t left_bytes; /* that will leave; 0: nothing */
    int64_t
        input_tokens;  /* what is known before the backend says: exact for a script, else rough */
    bool same_dialect; /* the backend's bytes may be relayed verbatim (events carry `wire`) */
    bool is_engine;
};
struct hub_receipt {
    struct hub_route route;
    struct chat_usage usage;
    struct str reason;                /* "hard maths" */
    int64_t cost_micros;              /* -1 unknown */
    int64_t left_bytes;               /* all attempts together */
    int64_t disguised;                /* names disguised */
    int64_t restored, kept, invented; /* placeholders in the answer: put back, left because the call
                                         reaches outward, never given out */
    int64_t metadata, positions;      /* pieces taken out of pictures; pictures that held a place */
    int64_t total_ms, first_ms;
    struct str line; /* the one-line receipt; with json only where the caller asked for it */
    struct str json; /* the whole receipt as a JSON object */
};
/* Told on the loop thread. Exactly one of on_done and on_error ends the call, unless it was
 * cancelled. */
struct hub_client {
    void (*on_route)(void *ctx, const struct hub_route *r); /* once, before the first event */
    void (*on_event)(void *ctx, const struct chat_event *ev);
    void (*on_waiting)(
        void *ctx); /* about every 8 s in which nothing came, before and after on_route */
    void (*on_done)(void *ctx, const struct hub_receipt *r);
    void (*on_error)(void *ctx, const struct err *e,
                     const struct hub_route *r); /* as far as known: the decision always is */
};
struct hub_job {
    struct arena *arena; /* heap; the call owns it from hub_chat on and ends and frees it */
    bool (*read)(struct arena *a, struct str body, struct chat_request *rq,
                 struct err *e); /* worker */
    struct str body;
    struct chat_claims
        claims; /* from headers; read() joins those of the body, the tighter counts */
    struct hub_caller caller;
    struct str client;  /* user agent */
    struct str channel; /* "openai", "anthropic", "own" */
    enum chat_dialect dialect;
    struct err refusal; /* what its head was refused for, kind 0 nothing: a decision like others */
    bool dry;           /* nothing is sent, not even the question what models there are */
    bool alone; /* what is known of conversations does not count: the cases of a policy's test */
};
struct hub_call;
/* Loop thread. The body and all texts of the job live in its arena. */
struct hub_call *hub_chat(struct hub *h, const struct hub_job *job, const struct hub_client *client,
                          void *ctx);
void hub_cancel(
    struct hub_call *c); /* the client has gone: upstream is cut at once; no callback follows */
void hub_pause(struct hub_call *c);
void hub_resume(struct hub_call *c);

/* Tokens of a request on the model it would run on; loads that model if it is local. Loop thread;
 * the job as in hub_chat; done once, on the loop thread. */
void hub_count(struct hub *h, const struct hub_job *job,
               void (*done)(void *ctx, int64_t tokens, const struct err *e_opt), void *ctx);
struct hub_model {
    struct str id;    /* "auto", "local/…" bare where unique, "openai/gpt-5.2", aliases */
    struct str owner; /* "weir", "local", the provider */
    struct str display;
    int64_t created_s;
    int64_t context;
};
/* What any page may say of it. Loop thread. */
struct hub_health {
    bool policy_ok, config_ok, gate_open;
};
struct hub_health hub_health(struct hub *h);
size_t hub_models(struct hub *h, struct arena *a, struct hub_model **out); /* any thread */
/* The one that a request for `name` would run on, under the name that was asked; ERR_NOT_FOUND with
 * the choices. Any thread. */
NODISCARD bool hub_model(struct hub *h, struct arena *a, struct str name, struct hub_model *out,
                         struct err *e);

/* ---- everything else: queries on a worker that give JSON (api/own's table, SURFACE.md 5) ---- */
struct hub_query {
    struct hub_caller caller;
    struct str id;           /* from the path, decoded */
    struct str query;        /* raw query string */
    const struct jval *body; /* parsed, NULL: none */
    struct str body_text;
};
typedef bool (*hub_query_fn)(struct hub *h, struct arena *a, const struct hub_query *q,
                             struct str *out, struct err *e);
bool hub_status(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                struct err *e);
bool hub_doctor(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                struct err *e);
bool hub_log(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
             struct err *e);
bool hub_route_explain(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                       struct err *e);
bool hub_preview(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                 struct err *e);
bool hub_scan(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
              struct err *e);
bool hub_decisions(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                   struct err *e);
bool hub_decision(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                  struct err *e);
bool hub_replay(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                struct err *e);
bool hub_outcome(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                 struct err *e);
bool hub_ledger(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                struct err *e);
bool hub_ledger_row(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                    struct err *e);
bool hub_ledger_verify(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                       struct err *e);
bool hub_ledger_export(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                       struct err *e);
bool hub_policy(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                struct err *e);
bool hub_policy_put(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                    struct err *e);
bool hub_policy_check(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                      struct err *e);
bool hub_policy_explain(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                        struct err *e);
bool hub_policy_test(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                     struct err *e);
bool hub_approvals(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                   struct err *e);
bool hub_approve(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                 struct err *e);
bool hub_models_list(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                     struct err *e);
bool hub_model_load(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                    struct err *e);
bool hub_model_unload(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                      struct err *e);
/* Deletes a model: unloads it, then deletes its file, if that lies in weir's own folder. */
bool hub_model_remove(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                      struct err *e);
bool hub_engines(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                 struct err *e);
bool hub_providers(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                   struct err *e);
bool hub_provider_add(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                      struct err *e);
bool hub_provider_remove(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                         struct err *e);
bool hub_provider_test(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                       struct err *e);
bool hub_keys(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
              struct err *e);
bool hub_key_add(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                 struct err *e);
bool hub_key_revoke(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                    struct err *e);
bool hub_detectors(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                   struct err *e);
bool hub_labels(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                struct err *e);
bool hub_label_change(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                      struct err *e);
bool hub_vault(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
               struct err *e);
bool hub_vault_export(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                      struct err *e);
bool hub_vault_remove(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                      struct err *e);
bool hub_gate_close(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                    struct err *e);
bool hub_gate_open(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                   struct err *e);
bool hub_config(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                struct err *e);
/* Prometheus text for /metrics. */
bool hub_metrics(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                 struct err *e);
/* Runs a query on a worker and gives the result on the loop thread; arena: as for hub_job. */
void hub_ask(struct hub *h, hub_query_fn fn, struct arena *arena, const struct hub_query *q,
             void (*done)(void *ctx, struct arena *arena, struct str out, const struct err *e_opt),
             void *ctx);
/* The owner's events (SSE): engine states, approvals, gate. Loop thread; one line of JSON each. */
struct hub_watch;
struct hub_watch *hub_watch_events(struct hub *h,
                                   void (*on_event)(void *ctx, struct str name, struct str json),
                                   void *ctx);
void hub_unwatch(struct hub_watch *w);
