/* The only way out. Nothing else opens an outward socket. A body leaves when: a permit names its
 * SHA-256 and the backend, the newest policy still allows it, the panic switch is open, the
 * ledger's `send` row is durable, and the connected address fits the zone. Any failure on the way
 * means no. A body that is said to be disguised holds none of its conversation's originals. */
#pragma once

#include "base/err.h"
#include "base/hash.h"
/* The rest of the module's face: originals, their placeholders, and putting them back. */
#include "gate/answer.h"
#include "gate/disguise.h"
#include "gate/media.h"
#include "gate/vault.h"
#include "label/label.h"
#include "os/os.h"
#include "policy/policy.h"
#include "secrets/secrets.h"
#include "store/store.h"

struct gate;

/* A provider as the gate needs it; part of a configuration snapshot, outlives every call made with
 * it. */
struct gate_target {
    struct str name;     /* "openai" */
    struct str base_url; /* "https://api.openai.com/v1": the only origin this target may reach */
    enum zone zone;      /* as believed: home without proof has become cloud already */
    struct str via;      /* interface that must carry it, "" any */
    struct str pin;      /* "sha256//…" of the TLS key, "" none */
    struct str network;  /* fingerprint of the network that this computer must be in, "" any */
    bool scripted;       /* no socket: host "scripted"; ledger and permit as for any other */
    const struct http_pair { struct str name, value; } * headers;
    size_t header_count;
    struct str auth_header, auth_prefix; /* "authorization", "Bearer " */
    struct secret_ref key;
    int64_t connect_timeout_ms, idle_timeout_ms, total_timeout_ms;
};

struct gate_count {
    struct str kind;
    int64_t n;
};

/* What the journey wants to send. */
struct gate_order {
    const struct gate_target *target;
    struct str path;            /* below base_url: "/chat/completions" */
    struct str method;          /* "POST"; "GET" for model lists */
    struct str body;            /* the exact bytes */
    struct str decision;        /* id */
    struct str caller, channel; /* "owner", "openai" */
    struct str client;          /* user agent, as it says itself */
    struct str model;
    enum transform transform;        /* what has been done to the body */
    struct book *book;               /* pseudonymised: whose originals must not be in the body */
    int64_t disguised;               /* originals that became placeholders */
    const struct gate_count *counts; /* findings per kind */
    size_t count_count;
    bool keep_body;            /* a sealed copy beside the ledger's row */
    const struct label *label; /* raised */
    const struct policy_request *request;
    bool approved; /* an approval covers it */
    struct str approval;
};

/* Leave to send these bytes to this target once. */
struct gate_pass {
    struct sha256 body;
    struct str target;
    struct str path, method;
    int64_t ledger_id;
    struct secret *key; /* owned by the pass until gate_send takes it */
};

struct gate_options {
    struct loop *loop;
    struct workers *workers;
    struct store *ledger;        /* STORE_LEDGER */
    struct store *head;          /* STORE_HEAD: head and count kept a second time; NULL allowed */
    const struct seal *seal_opt; /* for bodies that are kept; NULL: none can be */
    const char *state_dir;       /* where the panic switch is remembered */
    /* The newest policy; any thread; the pointer stays valid until release is called with
     * it. */
    const struct policy *(*policy)(void *ctx, void **held);
    void (*release)(void *ctx, void *held);
    void *ctx;
};
NODISCARD bool gate_new(const struct gate_options *o, struct gate **out, struct err *e);
void gate_free(struct gate *g); /* loop thread, after the loop stopped */

/* The hard stage. Checks permit, panic switch, path and origin, fetches the key, writes the `send`
 * row and waits until it is durable. Worker thread. ERR_FORBIDDEN with code policy_refused |
 * needs_approval | gate_closed, ERR_STORAGE when the ledger cannot take the row. */
NODISCARD bool gate_authorise(struct gate *g, struct arena *a, const struct gate_order *o,
                              struct gate_pass *out, struct err *e);
/* The same without waiting: done on the loop thread, never before this returns; out and what lies
 * in the arena stay until then. Any thread; not the loop where it may block on the key. */
void gate_authorise_then(struct gate *g, struct arena *a, const struct gate_order *o,
                         struct gate_pass *out,
                         void (*done)(void *ctx, bool ok, const struct err *e), void *ctx);
bool gate_may_block(const struct gate_target *t); /* its key comes from a command or a file */
/* Gives a pass back that will not be used (frees the key, writes the `outcome` row "not sent"). */
void gate_abandon(struct gate *g, struct gate_pass *p);

struct gate_call;
/* Sends; loop thread. The body must hash to what the pass names and stays valid until on_end or
 * cancel. headers_opt: extra ones (accept). Writes the `outcome` row at the end by itself. Errors
 * come through on_end. */
struct gate_call *gate_send(struct gate *g, const struct gate_target *t, struct gate_pass *p,
                            struct str body, const struct stream_ops *ops, void *ctx);
void gate_cancel(
    struct gate_call *c); /* cuts the connection; no callback follows; outcome "cancelled" */
void gate_pause(struct gate_call *c); /* back-pressure */
void gate_resume(struct gate_call *c);
/* For a scripted target: reports what the answer was, instead of gate_send. Loop thread. */
void gate_note(struct gate *g, struct gate_pass *p, int status, int64_t bytes_in,
               const struct err *e_opt);
/* Usage and money for a row that was sent, and what became of its placeholders in the answer; any
 * thread. */
struct gate_usage {
    int64_t tokens_in, tokens_out, micros;  /* -1 unknown */
    int64_t restored, unresolved, invented; /* placeholders: put back, kept, never given out */
};
void gate_account(struct gate *g, int64_t ledger_id, const struct gate_usage *u);

/* The circuit breaker per target: open after 5 failures in a row, for 30 s, then one try. */
bool gate_is_up(struct gate *g, struct str target);

/* The panic switch; remembered over restarts. Closing cuts outward connections at once. Any thread.
 */
NODISCARD bool gate_shut(struct gate *g, bool shut, struct str who, struct err *e);
bool gate_is_shut(const struct gate *g);
/* Before the end: what is under way is cut, and nothing leaves any more. Loop thread. */
void gate_stop(struct gate *g);

/* Ledger (worker threads). Rows as JSON objects, newest first; filter fields "" or 0 for all. */
struct ledger_filter {
    int64_t limit, before_id, since_ms, until_ms;
    struct str target, decision, zone, caller;
    struct str rule; /* that decided, or that asked */
};
NODISCARD bool ledger_list(struct gate *g, struct arena *a, const struct ledger_filter *f,
                           struct str *json_array, struct err *e);
NODISCARD bool ledger_get(struct gate *g, struct arena *a, int64_t id, struct str *json,
                          struct err *e);
/* The body that left by this row, if a sealed copy was kept. ERR_NOT_FOUND. */
NODISCARD bool ledger_body(struct gate *g, struct arena *a, int64_t id, struct str *body,
                           struct err *e);
/* Forgets sealed copies from before that time. Any thread, never waits. */
void ledger_forget_bodies(struct gate *g, int64_t before_ms);
struct ledger_check {
    bool ok;
    int64_t rows, first_broken; /* 0: none */
    struct str why;
    struct str head; /* hex */
};
NODISCARD bool ledger_verify(struct gate *g, struct arena *a, struct ledger_check *out,
                             struct err *e);
/* Rows, oldest first, with the rows that belong to them, as JSON lines or CSV. No limit. */
NODISCARD bool ledger_export(struct gate *g, struct arena *a, const struct ledger_filter *f,
                             bool csv, struct str *out, struct err *e);
/* Approvals and policy changes are rows, too. */
NODISCARD bool ledger_note(struct gate *g, struct str kind, struct str who, struct str json,
                           struct err *e);

/* Is addr (numeric) one this zone may connect to? home: loopback, private and link-local ranges
 * only. */
bool gate_address_fits(enum zone zone, const char *numeric);
