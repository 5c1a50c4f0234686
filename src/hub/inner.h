/* What the hub's files share. Owned by hub.c unless said otherwise. */
#pragma once

#include "backend/backend.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/log.h"
#include "base/map.h"
#include "engine/engine.h"
#include "gate/gate.h"
#include "hub/config.h"
#include "hub/hub.h"
#include "policy/policy.h"
#include "route/route.h"
#include "sense/sense.h"
#include "store/store.h"

#include <stdatomic.h>

/* ---- snapshot.c: configuration, policy and scanner, as one value that a request holds ---- */
struct snapshot {
    atomic_int refs;
    struct arena arena;
    struct config *config;
    struct policy policy;
    struct sense *sense;
    char config_hash[65], policy_hash[65];
    bool policy_is_file; /* policy.toml is there */
};
struct snapshot *snapshot_hold(struct hub *h); /* the newest; any thread */
void snapshot_drop(struct snapshot *s);        /* NULL is fine */
/* Reads everything anew. A weir.toml with errors: false, and the old one stays. Any thread but the
 * loop. */
NODISCARD bool snapshot_load(struct hub *h, struct err *e);
/* A scanner with the policy's words (NULL: none) and the rows that the configuration switches. */
NODISCARD bool snapshot_sense(struct arena *a, const struct policy *policy_opt,
                              const struct config *c, struct sense **out, struct err *e);
/* Names and zones of the providers; texts of the configuration. */
void snapshot_policy_names(struct hub *h, const struct config *c, struct arena *a,
                           struct policy_names *out);

/* ---- memory.c: labels that outlive a request: conversations and answers' parts ---- */
struct memory;
struct memory *memory_new(void);
void memory_free(struct memory *m);
NODISCARD bool memory_load(struct hub *h, struct err *e);
/* Joins what the conversation, and answers' parts in the request, carry. Any thread. */
void memory_join(struct hub *h, struct arena *a, struct str conversation,
                 const struct chat_request *rq, struct label *into);
/* Keeps the request's label with its conversation, and with the parts of its answer. Any thread;
 * never waits. */
void memory_keep(struct hub *h, struct str conversation, struct str caller, const struct label *l,
                 const struct chat_part *parts, size_t part_count);
bool memory_has(struct hub *h, struct str conversation);
NODISCARD bool memory_reset(struct hub *h, struct str conversation, struct err *e);
/* "Treat this conversation as": its findings count for at most that level, secrets excepted. */
NODISCARD bool memory_treat(struct hub *h, struct str conversation, enum level level,
                            struct err *e);
/* False: nothing was said of it. */
bool memory_treated(struct hub *h, struct str conversation, enum level *out);
/* What a conversation is known by, when it has no name of its own: its first user text. The hash,
 * of the caller and this text, stands for no other text. */
struct begun {
    struct str text; /* "" another thing */
    struct keyed_hash hash;
};
/* "c" and 16 hexadecimal digits: of the caller and its claim, or of the caller and the first user
 * text. */
struct str memory_conversation(struct hub *h, struct arena *a, const struct hub_caller *caller,
                               const struct chat_request *rq, struct begun *begun_opt);
void memory_list(struct hub *h, struct jout *j);

/* ---- never.c: "never flag this", kept as a keyed hash of the text, letter case ignored. Secrets
 * are flagged all the same. Any thread ---- */
struct never;
struct never *never_new(void);
void never_free(struct never *n);
NODISCARD bool never_load(struct hub *h, struct err *e);
/* True: never flag it; false: as any text. Waits for the disk. */
NODISCARD bool never_set(struct hub *h, struct str text, bool never, struct err *e);
bool never_has(struct hub *h, struct str text);
size_t never_count(struct hub *h);

/* ---- ran.c: where conversations ran last. Any thread ---- */
struct ran;
struct ran *ran_new(void);
void ran_free(struct ran *r);
/* The candidate's name of its last turn, a copy; "" unknown. */
struct str ran_last(struct hub *h, struct arena *a, struct str conversation);
void ran_note(struct hub *h, struct str conversation, struct str candidate);

/* Items as JSON and back. */
void items_write(struct jout *j, const struct label *l);
/* Without what only the owner sees: names of compartments and rules. */
struct label items_for(struct arena *a, const struct label *l, bool for_owner);
/* Without what a local model did not look through, which is asked about again with the next
 * request. May be l itself: not to be added to. */
struct label items_decided(struct arena *a, const struct label *l);
void items_read(struct arena *a, const struct jval *v, struct label *into);

/* ---- scanned.c: evidence of texts that were scanned before ---- */
struct scanned;
struct scanned *scanned_new(void);
void scanned_free(struct scanned *c);
/* As sense_scan and sense_seams, and with the same result; longer texts that this conversation
 * brought before are not scanned again. Texts have segments in ascending order. Any thread. */
struct scan_order {
    const struct sense *sense;
    const struct sense_limits *limits;
    const unsigned char *secret; /* of the hashes */
    struct str conversation;
    struct begun begun; /* zeros: unknown */
    const struct sense_text *texts;
    size_t count;
};
NODISCARD bool scanned_scan(struct scanned *c, struct arena *a, const struct scan_order *o,
                            struct sense_result *out, struct err *e);
/* Evidence under a key of the caller's, as it was put; false: it is not known. */
bool scanned_get(struct scanned *c, struct arena *a, const struct keyed_hash *key,
                 struct str conversation, struct sense_result *out);
void scanned_put(struct scanned *c, const struct keyed_hash *key, struct str conversation,
                 const struct sense_result *r);
void scanned_drop(struct scanned *c, struct str conversation);
/* For /metrics and tests: texts found and not found, and bytes kept. */
void scanned_counts(struct scanned *c, int64_t *hits, int64_t *misses, size_t *bytes);

/* ---- labels.c: a request's texts, evidence and label ---- */
struct text_place {
    int message;    /* index in the body's messages, -1 elsewhere */
    struct str top; /* else the top-level key */
};
struct text_origin {
    enum label_role role;
    struct str tool, file, folder;
};
/* What came of asking a local model. Closed; the names are part of the record's format. */
enum look_state {
    LOOK_OFF,         /* nobody was asked: switched off, or nothing was to leave */
    LOOK_DONE,        /* it looked through everything */
    LOOK_LIMIT,       /* there was more than it is asked about in one request */
    LOOK_GARBAGE,     /* it answered something else */
    LOOK_TIMEOUT,     /* not in time */
    LOOK_UNAVAILABLE, /* no such model, no engine, or it failed */
    LOOK_STATES
};
extern const char *const LOOK_STATE_NAMES[LOOK_STATES];
extern const char *const LOOK_STATE_TEXTS[LOOK_STATES]; /* for people */
struct looked {
    enum look_state state; /* the first that was not done, of all pieces */
    struct str model;
    int64_t asked, known, undecided; /* pieces: of this request, of earlier ones, of neither */
    int64_t found;                   /* findings of the first two */
    int64_t ms;
};
struct labelled {
    struct sense_text *texts;
    struct text_place *places;
    size_t *origins;          /* index into from */
    struct text_origin *from; /* one per place that texts come from */
    size_t count, cap, place_cap, origin_cap, from_count, from_cap;
    struct sense_result found;
    struct looked looked;
    struct label label;  /* as found */
    struct label raised; /* after the policy's raising rules */
    struct str conversation;
    struct policy_request request;
};
NODISCARD bool label_request(struct hub *h, const struct snapshot *s, struct arena *a,
                             const struct chat_request *rq, const struct hub_job *job,
                             struct labelled *out, struct err *e);
/* The label from what is found now: after a local model added to it. */
void label_settle(struct hub *h, const struct snapshot *s, struct arena *a,
                  const struct chat_request *rq, const struct hub_job *job, struct labelled *l);
/* Evidence with its place, for people: kinds and places, never values. */
struct find {
    struct evidence evidence;
    int message;         /* index in the body's messages, -1 elsewhere */
    struct str top, key; /* elsewhere: the top-level key; the string's own key */
};
size_t finds_of(struct arena *a, const struct labelled *l, struct find **out); /* the first 200 */
/* As JSON. Names of rules are the owner's alone. */
void finds_write(struct jout *j, struct arena *a, const struct find *f, size_t n, bool for_owner);

/* Findings per kind. */
struct shaped;
/* With what was taken out of pictures as kinds of its own. */
size_t evidence_counts(struct arena *a, const struct labelled *l, const struct shaped *shaped,
                       const struct gate_count **out);

/* ---- names.c: a model's name → what it means (SURFACE.md 5) ---- */
struct target {
    bool is_auto;
    const struct config_profile *profile; /* is_auto */
    bool is_engine;
    const struct config_provider *provider;
    struct str model; /* the backend's own name */
};
NODISCARD bool name_resolve(struct hub *h, const struct snapshot *s, struct arena *a,
                            struct str name, struct target *out, struct err *e);

/* ---- listing.c: what providers list ---- */
/* The models of a provider: configured, else listed (asked through the gate when not known; may
 * wait; not on the loop thread unless known). */
size_t listing_models(struct hub *h, const struct snapshot *s, const struct config_provider *p,
                      struct arena *a, bool ask, const struct config_model **out, struct err *e);
/* Asks the provider now. Worker thread. */
NODISCARD bool listing_ask(struct hub *h, const struct snapshot *s, const struct config_provider *p,
                           struct arena *a, const struct config_model **out, size_t *count,
                           struct err *e);
bool listing_is_known(struct hub *h, const struct config_provider *p);
void listing_free_all(struct hub *h);

/* ---- choose.c: candidates, permits and the choice ---- */
struct choice {
    struct str decision; /* id; given or made */
    struct str pinned;   /* given: the only candidate that may be chosen, "" any */
    struct str asked;
    struct target target;
    struct candidate *candidates;
    struct permit *permits;
    struct target *targets; /* beside candidates */
    size_t count, cap, permit_cap, target_cap;
    struct features features;
    struct route_wish wish;
    struct route_result result;
    const struct chat_part *unknown; /* only a provider of the client's dialect can take it; NULL */
    struct str *unlisted;            /* providers whose models nobody has asked for yet */
    size_t unlisted_count, unlisted_cap;
    struct str approval;        /* that covers the chosen one, "" none */
    struct str wanted_approval; /* the one that was asked for, "" none */
};
/* tried: names of candidates that failed already; they are down. */
NODISCARD bool choose(struct hub *h, const struct snapshot *s, struct arena *a,
                      const struct chat_request *rq, const struct hub_job *job,
                      const struct labelled *l, const struct str *tried, size_t tried_count,
                      struct choice *out, struct err *e);
/* The refusal of a choice without a chosen candidate. */
bool choose_refusal(struct hub *h, const struct snapshot *s, struct arena *a,
                    const struct hub_job *job, const struct labelled *l, struct choice *c,
                    bool make_approval, struct err *e);

/* ---- look.c: a small local model looks at what is about to leave ---- */
struct look;
/* Who is asked; a test puts another one in its place. Loop thread, but for find. */
struct look_engine {
    bool (*find)(struct hub *h, struct arena *a, struct str model, struct engine_model *out);
    struct engine_call *(*call)(struct hub *h, struct str model, struct str body,
                                const struct stream_ops *ops, void *ctx);
    void (*cancel)(struct engine_call *c);
};
extern const struct look_engine LOOK_ENGINE;
/* Whether a model is to look before the choice counts: one is switched on, it did not yet, and what
 * was chosen is beyond the device. */
bool look_is_wanted(const struct snapshot *s, const struct labelled *l, const struct choice *c);
/* Cuts the texts into pieces and adds what is known of them. Not NULL: the rest has to be asked.
 * Everything lives in a; l must outlive it. After look_ask is done, or at once when there was
 * nothing to ask, l->found holds all evidence: then label_settle. Any thread. */
struct look *look_new(struct hub *h, const struct snapshot *s, struct arena *a, struct labelled *l);
/* Asks the engine, piece by piece, until the configured time is up; done comes once, not before
 * this returns, unless it is cancelled. Loop thread. */
void look_ask(struct look *k, void (*done)(void *ctx), void *ctx);
void look_cancel(struct look *k);
/* look_new and look_ask, for a worker that waits. */
void look_wait(struct hub *h, const struct snapshot *s, struct arena *a, struct labelled *l);
void looked_write(struct jout *j, const struct looked *k);

/* ---- approvals.c ---- */
struct approvals;
struct approvals *approvals_new(void);
void approvals_free(struct approvals *p);
NODISCARD bool approvals_load(struct hub *h, struct err *e);
/* Does one cover these items? Its id, "" none. Any thread. */
struct str approvals_cover(struct hub *h, struct arena *a, struct str caller,
                           struct str conversation, struct str backend, enum transform transform,
                           const struct label *l);
/* A pending one, made or found again. */
struct str approvals_want(struct hub *h, struct arena *a, struct str caller,
                          struct str conversation, struct str backend, enum zone zone,
                          enum transform transform, const struct label *l, struct str decision,
                          struct str rule);
/* Takes the leave to send: a "once" is spent by it. False: it is not alive any more. */
NODISCARD bool approvals_take(struct hub *h, struct str id);
/* Gives back what was taken for a sending that did not happen. */
void approvals_return(struct hub *h, struct str id);
size_t approvals_pending(struct hub *h);

/* ---- record.c: the decision's record ---- */
struct outcome {
    const char *state; /* "ok", "error", "cancelled", "refused", "dry" */
    struct err err;
    struct chat_usage usage;
    int64_t left_bytes, cost_micros, total_ms, first_ms;
    int64_t *ledger_ids;
    size_t ledger_count;
    int64_t disguised;           /* originals that became placeholders */
    int64_t metadata, positions; /* as in the receipt */
    struct restore_counts restored;
};
struct record {
    int64_t at_ms;
    struct str caller, channel, client, conversation, project;
    struct str date; /* local, with minute: what the policy's times were held against */
    int minute;
    bool project_known, policy_broken;
    struct str config, policy; /* hashes */
    struct label label;
    struct find *found;
    size_t found_count;
    struct looked looked;
    struct choice choice;
    struct outcome outcome;
};
/* Points into what it is made from. */
void record_make(struct arena *a, const struct snapshot *s, const struct hub_job *job,
                 const struct labelled *l, const struct choice *c, const struct outcome *o,
                 struct record *out);
struct str record_json(struct arena *a, const struct record *r, bool for_owner);
void record_keep(struct hub *h, struct record *r); /* any thread, never waits */

/* ---- record_pack.c: its bytes in the store ---- */
NODISCARD bool record_pack(struct record *r, struct buf *out); /* false: over out's maximum */
/* Points into the bytes. ERR_STORAGE. */
NODISCARD bool record_unpack(struct arena *a, struct str bytes, struct record *out, struct err *e);

/* ---- replay.c ---- */
/* Decides again from a record's JSON; *out says whether it came out the same. */
NODISCARD bool record_replay(struct hub *h, struct arena *a, struct str record, struct str *out,
                             struct err *e);

/* ---- receipt.c ---- */
int64_t receipt_cost(const struct config_model *m_opt,
                     const struct chat_usage *u); /* micro-dollars, -1 unknown */
void receipt_make(struct arena *a, struct hub_receipt *r, const struct choice *c,
                  const struct hub_job *job);

/* ---- disguise.c ---- */
struct shaped {
    struct backend_body body;
    struct book *book; /* disguised: held; NULL as it is */
    struct disguised disguised;
    int64_t metadata, positions; /* as in the receipt */
};
/* What was found in the request and has to be hidden from that backend. False: it cannot be. */
NODISCARD bool disguise_find(struct hub *h, const struct snapshot *s, struct arena *a,
                             const struct labelled *l, const struct policy_backend *to,
                             struct original **out, size_t *count);
NODISCARD bool journey_disguise(struct hub *h, const struct snapshot *s, struct arena *a,
                                const struct labelled *l, const struct policy_backend *to,
                                struct str caller, struct shaped *shaped, struct err *e);
/* Placeholders as JSON, with what they stand for only where that is the owner's to see. */
void disguise_write(struct jout *j, const struct disguised *d, bool for_owner);

/* ---- journey.c ---- */
struct hub_call;
void journey_awake(
    struct hub *h); /* a tick each second, until nothing has been asked for a while */
/* Reads, labels and chooses, for the commands that only ask. Worker thread. */
struct dry {
    bool alone; /* given: as in hub_job */
    bool trial; /* given: the body may bring a policy to be tried */
    struct chat_request rq;
    struct hub_job job;
    struct labelled labelled;
    struct choice choice;
    struct shaped shaped; /* what would be sent */
};
NODISCARD bool journey_dry(struct hub *h, const struct snapshot *s, struct arena *a,
                           const struct hub_query *q, struct dry *out, struct err *e);
/* The chat that the job holds, or what its head was refused for. */
NODISCARD bool journey_read(const struct hub_job *job, struct chat_request *rq, struct err *e);
/* The body for the chosen candidate, disguised where its permit wants it. *out held another one's
 * book: that is given back. */
NODISCARD bool journey_shape(struct hub *h, const struct snapshot *s, const struct hub_job *job,
                             const struct chat_request *rq, const struct labelled *l,
                             const struct choice *c, struct shaped *out, struct err *e);

/* ---- policy_file.c ---- */
/* A text as the policy it would be, with its scanner, in out->policy and out->sense; the caller
 * frees the scanner, also after a failure. Worker thread. */
NODISCARD bool policy_trial(struct hub *h, struct arena *a, struct str text, struct snapshot *out,
                            struct err *e);
/* Checks and appends a rule to policy.toml (written from the preset in force when there is none),
 * atomically, notes it in the ledger, reloads. */
NODISCARD bool policy_file_append(struct hub *h, struct arena *a, struct str rule, struct err *e);

/* ---- opaque.c ---- */
/* Is this string a picture, sound or document in base64, by its form and where it stands
 * (in_source: in an object of type base64)? *payload: the base64 alone. */
bool opaque_is(struct str text, struct str key, bool in_source, struct str *payload);
/* Whether what it holds begins as text: then it is scanned as well. */
bool opaque_reads_as_text(struct arena *a, struct str payload);

/* ---- query_status.c, hub.c ---- */
struct str hub_problem(struct hub *h,
                       struct arena *a); /* why weir.toml is not in force; "" it is */
/* Does weir.toml want another port or other addresses than at the start? */
bool hub_listens_elsewhere(struct hub *h, const struct config *c);

/* ---- retain.c ---- */
struct retain {
    int64_t before_ms;  /* decisions before that go */
    int64_t size_bytes; /* … and the oldest, when the records of all are longer than that */
};
/* Forgets what is beyond the bounds, in small transactions. Worker thread. ERR_STORAGE. */
NODISCARD bool retain_apply(struct store *main, const struct retain *r, struct err *e);
void retain_changed(struct hub *h); /* a configuration was read: at once, if it has other bounds.
                                     * Worker thread */
/* A decision of so many bytes was kept: looks with the first one, every hour, and when an eighth of
 * the size came anew. Loop thread. */
void retain_soon(struct hub *h, size_t bytes);
enum { MEMORY_CONVERSATIONS = 20000, MEMORY_PARTS = 100000, APPROVALS_MOST = 500 };

/* ---- members.c ---- */
struct member {
    const char *name;
    enum jkind kind;
};
enum { MEMBERS_MOST = 24 };
/* An object that holds only these, each of its kind or null; no body at all is fine, too.
 * ERR_INVALID names the member. At most MEMBERS_MOST rows. */
NODISCARD bool members_check(const struct jval *body_opt, const struct member *rows, size_t n,
                             struct err *e);
/* A raw query string that holds only these parameters, each once. */
NODISCARD bool query_check(struct str query, const char *const *names, size_t n, struct err *e);
/* A parameter's whole number; left out: *out untouched. */
NODISCARD bool query_number(struct arena *a, struct str query, const char *key, int64_t min,
                            int64_t max, int64_t *out, struct err *e);

/* ---- previews.c ---- */
struct preview_made {
    struct str id, caller;
    struct str model; /* the candidate's name */
    struct sha256 body;
    bool leaves;
    const struct snapshot *snap;
    int64_t at_ms;
};
void previews_keep(struct hub *h, const struct preview_made *m);
/* Whether the preview may still be sent by this caller, and *model: where it must go. ERR_CONFLICT
 * says why not. */
NODISCARD bool previews_pin(struct hub *h, struct arena *a, const struct snapshot *s, struct str id,
                            struct str caller, int64_t now_ms, struct str *model, struct err *e);
/* Are these the bytes that were shown? ERR_CONFLICT. */
NODISCARD bool previews_match(struct hub *h, struct str id, const struct sha256 *body,
                              struct err *e);
/* Turns the refusal in *e into the preview's; false. */
bool previews_explain(struct str id, struct err *e);
struct preview_kept;
void previews_finish(struct preview_kept *p);

/* ---- watch.c ---- */
void watch_init(struct hub *h);
void watch_finish(struct hub *h);                                  /* the loop has ended */
void watch_tell(struct hub *h, const char *name, struct str json); /* any thread */

/* ---- keys.c ---- */
NODISCARD bool keys_load(struct hub *h, struct err *e);

struct hub_key {
    struct str name;
    struct sha256 hash;
    int64_t created_ms;
    int64_t expires_ms; /* 0: never */
    struct str project;
};

struct preview_kept {
    char id[24];
    struct sha256 body;
    char *caller, *model; /* owned */
    bool leaves;
    char config[65], policy[65];
    int64_t at_ms;
};
enum { PREVIEWS = 64 };

struct hub {
    struct hub_options o;
    struct arena arena;
    struct store *main, *ledger, *head;
    struct seal *seal; /* what is kept sealed */
    struct vault *vault;
    struct gate *gate;
    struct engine *engine;
    unsigned char part_key[KEYED_KEY];
    struct sense_limits scan_limits; /* of one request, without its deadline */
    int64_t scan_us;                 /* … which is so long after its begin */
    pthread_mutex_t loading;         /* one reading of the configuration at a time */
    pthread_mutex_t writing;         /* one change of policy.toml at a time */

    pthread_mutex_t lock; /* everything down to the line */
    struct snapshot *now;
    char config_problem[512]; /* the newest weir.toml is not in force; "" it is */
    char store_problem[512];
    struct hub_key *keys;
    size_t key_count;
    struct arena key_arena;
    struct map *listings; /* provider → struct listing */
    struct preview_kept previews[PREVIEWS];
    size_t preview_next;
    int64_t month_micros; /* spent this month */
    char month[8];
    int64_t retain_ms, retain_bytes; /* as [decisions] said when it was last read */
    char looser[256];                /* the policy is looser than at the last stop; "" not */
    /* ---- */
    struct scanned *scanned; /* own lock */
    struct scanned *looks;   /* what a local model said; own lock */
    const struct look_engine *look_engine;
    struct memory *memory;       /* own lock */
    struct never *never;         /* own lock */
    struct ran *ran;             /* own lock */
    struct approvals *approvals; /* own lock */

    /* loop thread */
    struct hub_call *calls; /* under way */
    struct timer *ticker;
    int idle_ticks;      /* in a row without a call */
    bool retaining;      /* retain.c */
    int64_t kept_bytes;  /* of decisions since it last ran */
    int64_t retained_us; /* 0: not yet */
    struct hub_watch *watches;
    struct told *told, **last_told; /* locked; what the loop delivers */
    struct watch *file_watch, *conf_watch;
    bool stopping;
    void (*stopped)(void *ctx);
    void *stopped_ctx;
    int port;
    struct str listens; /* port and addresses of weir.toml at the start */

    atomic_llong requests, errors, refused, left_bytes, tokens_out;
    atomic_llong active;
};

/* Runs fn on the loop thread and waits for it. Worker threads only. */
void hub_on_loop(struct hub *h, void (*fn)(void *arg), void *arg);
