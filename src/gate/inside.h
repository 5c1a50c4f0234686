/* What the gate's files share. Private to gate/ and its tests.
 *
 *   gate.c     authorise → pass → send: the hard stage      permit.c   the newest policy's word
 *   path.c     which paths and addresses a target may reach  panic.c    the switch and its file
 *   breaker.c  who is down                                   wire*.c    libcurl on the loop
 *   chain.c    appending to the hash chain                   ledger.c   rows as JSON
 *   verify.c   walking the chain                             shown.c    list, one row, export
 *   vault.c    books of originals (vault.h)                  book.c     one book, placeholders
 * (book.h) disguise.c originals → placeholders in a body            match.c    finding them
 * (match.h) restore.c  placeholders → originals in an answer         outward.c  calls that reach
 * outward */
#pragma once

#include "base/map.h"
#include "codec/http1.h"
#include "codec/json.h"
#include "gate/gate.h"

#include <stdatomic.h>

/* ---- path.c ---- */
/* Scheme, host and path of what will be asked for; the whole URL as text. Refuses everything that
 * is not plainly below base_url. ERR_INVALID. */
struct gate_place {
    struct str url, host, scheme;
    int port;
};
NODISCARD bool gate_place_of(struct arena *a, const struct gate_target *t, struct str path,
                             struct gate_place *out, struct err *e);
/* As gate_address_fits, and beyond it: an address that the configured URL names literally. */
bool gate_address_allowed(enum zone zone, struct str host, const char *numeric);

/* ---- breaker.c: any thread ---- */
enum { BREAKER_FAILURES = 5 };
extern const int64_t BREAKER_OPEN_US, BREAKER_TRY_US;
struct breaker;
struct breaker *breaker_new(void);
void breaker_free(struct breaker *b);
bool breaker_is_up(struct breaker *b, struct str target, int64_t now_us);
/* Takes the leave to try; false: down, *wait_s says for how long. */
NODISCARD bool breaker_take(struct breaker *b, struct str target, int64_t now_us, int *wait_s);
enum breaker_result { BREAKER_OK, BREAKER_FAILED, BREAKER_NEITHER };
void breaker_tell(struct breaker *b, struct str target, enum breaker_result r, int64_t now_us);

/* ---- panic.c: any thread ---- */
struct panic {
    atomic_bool shut;
    char *dir;
    pthread_mutex_t lock; /* one change at a time */
};
void panic_init(struct panic *p, const char *state_dir);
void panic_finish(struct panic *p);
/* Closed at once even when it cannot be remembered; opened only when that is remembered. */
NODISCARD bool panic_set(struct panic *p, bool shut, struct str who, struct err *e);

/* ---- chain.c: any thread ---- */
/* Appends rows so that hash(n) = SHA-256(hash(n-1) || body(n)). At most one group of rows is on its
 * way to the disk; what comes meanwhile is the next group. A group that fails leaves the chain as
 * it was. */
struct chain;
struct chain_row {
    const char *kind; /* send, outcome, usage, note */
    int64_t at_ms;
    int64_t ref; /* the send row it belongs to, 0 none */
    struct str target, decision;
    struct str body; /* canonical JSON */
    struct str box;  /* a sealed body that is kept beside the row, "" none */
};
NODISCARD bool chain_open(struct store *rows, struct store *head_opt, struct chain **out,
                          struct err *e);
void chain_close(struct chain *c);
/* Told once the row is durable, or with id 0 why not. On the store's thread, with the chain locked:
 * it hands the news on and calls nothing here. */
typedef void chain_done_fn(void *ctx, int64_t id, const struct err *e);
/* Any thread, never waits. */
void chain_append_then(struct chain *c, const struct chain_row *r, chain_done_fn *done, void *ctx);
/* Waits until the row is durable. Not on the loop thread. */
NODISCARD bool chain_append_wait(struct chain *c, const struct chain_row *r, int64_t *id,
                                 struct err *e);
/* Never waits; a row that cannot be written now is written with the next one that can. */
void chain_append(struct chain *c, const struct chain_row *r);
/* Writes what is left over, waits for it. Not on the loop thread. */
void chain_settle(struct chain *c);
void chain_head(struct chain *c, int64_t *count, struct sha256 *head); /* as durable as known */
extern const struct sha256 CHAIN_START;
struct sha256 chain_hash(const struct sha256 *before, struct str body);

/* ---- ledger.c ---- */
/* The canonical bodies. */
struct gate_word;
struct ledger_send {
    const struct gate_order *order;
    const struct label *raised;
    const struct gate_word *word;
    struct sha256 body;
    struct str host;
    int64_t at_ms;
};
struct str ledger_send_body(struct arena *a, const struct ledger_send *s);
enum ledger_result { RESULT_OK, RESULT_ERROR, RESULT_CANCELLED, RESULT_NOT_SENT };
void ledger_outcome(struct gate *g, int64_t id, enum ledger_result r, int status, int64_t bytes_in,
                    const struct err *e_opt);

/* A note that nobody waits for. */
void ledger_note_later(struct gate *g, struct str kind, struct str who);

/* ---- permit.c ---- */
/* Whether the newest policy lets the labelled request go to the target in this shape. *hash: of
 * that policy. */
struct permit_ask {
    const struct gate_target *target;
    const struct label *label;
    const struct policy_request *request;
    enum transform transform;
    bool approved;
};
struct gate_word {
    enum transform permit;     /* the weakest that is allowed */
    struct str rule, ask_rule; /* what decided; what asked, "" nothing */
};
NODISCARD bool gate_policy_allows(struct gate *g, struct arena *a, const struct permit_ask *ask,
                                  struct label *raised, struct gate_word *word,
                                  struct sha256_bytes *hash, struct err *e);
/* Is this still the newest policy? */
bool gate_policy_is(struct gate *g, const struct sha256_bytes *hash);
/* Copies into a, so that they may outlive the request. */
void gate_ask_dup(struct arena *a, const struct permit_ask *from, struct permit_ask *to);

/* ---- wire.c: loop thread ---- */
struct wire;
struct wire_call;
struct wire_order {
    const struct gate_target *target;
    struct gate_place place;
    struct str method, body;
    const struct secret *key_opt; /* needed during wire_start only */
};
struct wire_end {
    const struct err *e_opt;
    int status;       /* 0: none came */
    int64_t bytes_in; /* of the answer's body */
    bool left;        /* bytes of the request may have gone out */
};
struct wire_ops {
    void (*on_head)(void *ctx, int status, const struct http_header *headers, size_t count);
    void (*on_data)(void *ctx, struct str bytes);
    void (*on_end)(void *ctx, const struct wire_end *end); /* last; the call is gone after it */
};
/* *shut: while it is true nothing goes out. */
NODISCARD bool wire_new(struct loop *l, const atomic_bool *shut, struct wire **out, struct err *e);
void wire_free(struct wire *w);
/* Callbacks never come from inside it. */
NODISCARD bool wire_start(struct wire *w, const struct wire_order *o, const struct wire_ops *ops,
                          void *ctx, struct wire_call **out, struct err *e);
/* Cuts; no callback follows. *end: how far it got. */
void wire_cancel(struct wire_call *c, struct wire_end *end);
void wire_pause(struct wire_call *c);
void wire_resume(struct wire_call *c);
/* Ends every call with e, closes every connection, pooled ones too. */
void wire_cut(struct wire *w, const struct err *e);

/* ---- the gate ---- */
/* A pass that is out: what the gate itself remembers of it, whatever happens to the caller's copy.
 */
struct gate_live {
    struct arena arena;
    struct gate_target target; /* only what identifies it */
    struct permit_ask ask;
    struct gate_place place;
    struct str method, path, decision;
    struct sha256 body;
    size_t bytes;
    struct sha256_bytes policy;
    int64_t id;
};
struct gate {
    struct gate_options o;
    struct panic panic;
    atomic_bool stopping;
    struct breaker *breaker;
    struct chain *chain;
    struct wire *wire;
    pthread_mutex_t lock;    /* live */
    struct map *live;        /* ledger id → struct gate_live */
    struct gate_call *calls; /* loop thread */
};

/* ---- gate.c ---- */
NODISCARD bool gate_is_open(struct gate *g, struct err *e); /* no panic, not stopping */
void gate_live_put(struct gate *g, struct gate_live *l); /* from now on its pass opens something */
void gate_live_free(struct gate_live *l);                /* NULL is fine */
