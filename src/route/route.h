/* Where a request runs: feasible first, then one additive score in integers, with closed reason
 * codes, a runner-up and a counterfactual. Pure: the same input gives the same decision, on any
 * machine. The router sees plain candidates and knows no backend. */
#pragma once

#include "chat/chat.h"
#include "label/label.h"
#include "policy/policy.h"

/* Everything the score knows of a request; integers; no text. Recorded, so that a decision replays.
 */
struct features {
    int64_t input_tokens; /* estimate of the prompt */
    int64_t last_chars;   /* length of the last user text */
    int64_t max_tokens;   /* wanted, 0 not said */
    int32_t turns;        /* user messages */
    int32_t code;         /* 0..100: share of code-like lines, fences */
    int32_t maths;        /* 0..100: formulas, proof and calculation words */
    int32_t reasoning;    /* 0..100: "why", "prove", "step by step", "compare", several questions */
    int32_t writing;      /* 0..100: long-form wishes */
    int32_t simple;      /* 0..100: greetings, rewriting, translation of a short text, extraction */
    int32_t non_english; /* 0..100: share of letters outside basic Latin, and function words */
    bool images;         /* or parts that the IR has no words for */
    bool audio, files, tools, forced_tool, schema, in_tool_loop;
};
void route_features(const struct chat_request *rq, struct features *out);

enum candidate_state { CANDIDATE_READY, CANDIDATE_LOADABLE, CANDIDATE_DOWN };
extern const char *const CANDIDATE_STATE_NAMES[3];

struct candidate {
    struct str name;    /* "local/smollm2-135m-instruct", "openai/gpt-5.2" */
    struct str backend; /* "local" or the provider's name */
    enum zone zone;
    enum candidate_state state;
    bool auto_ok;             /* may be chosen by `auto` */
    enum transform transform; /* from the permit */
    bool ask;
    bool approved;          /* an approval covers it */
    bool can_transform;     /* the gate can do the permit's transform for this request */
    int64_t context_tokens; /* 0 unknown */
    bool images;            /* as in features, of this request's kind */
    bool audio, files, tools, schema;
    int32_t quality;             /* 0..1000: prior of a right answer on hard tasks */
    int64_t price_in, price_out; /* micro-dollars per million tokens; 0 free; -1 unknown */
    int32_t tokens_per_second;   /* measured decode speed; 0 unknown */
    int32_t first_ms;            /* measured time to first token; 0 unknown */
    bool warm;                   /* loaded, or used by this conversation just before */
    bool sticky;                 /* this conversation's tool loop ran here */
};

struct route_wish {
    struct str profile;  /* "balanced" … as asked */
    int32_t prefer;      /* enum route_prefer */
    int32_t cloud_share; /* 0..1000, the knob */
    enum zone reach;     /* furthest zone, from profile and claims */
    bool named;          /* a named model: it or nothing */
    struct str model;    /* named: the candidate's name */
    int64_t budget_left; /* micro-dollars, -1: no budget */
};
enum route_prefer { PREFER_BALANCED, PREFER_FAST, PREFER_BEST, PREFER_CHEAP, PREFER_PRIVATE };
extern const char *const ROUTE_PREFER_NAMES[5];

/* Why a candidate was left out, or chosen. Closed lists; the names are part of the record's format.
 */
enum route_reason {
    REASON_CHOSEN,
    REASON_NAMED,
    REASON_ONLY_ONE,
    REASON_POLICY,
    REASON_NEEDS_APPROVAL,
    REASON_CANNOT_DISGUISE,
    REASON_REACH,
    REASON_DOWN,
    REASON_CONTEXT,
    REASON_MODALITY,
    REASON_TOOLS,
    REASON_SCHEMA,
    REASON_BUDGET,
    REASON_NOT_AUTO,
    REASON_NOT_ASKED,
    REASON_SCORE,
    REASON_HARD_TASK,
    REASON_HARD_MATHS,
    REASON_HARD_CODE,
    REASON_LONG_CONTEXT,
    REASON_SIMPLE_TASK,
    REASON_PRIVATE_STAYS,
    REASON_STICKY,
    REASON_PREFER_LOCAL,
    REASON_COST,
    ROUTE_REASONS
};
extern const char *const ROUTE_REASON_NAMES[ROUTE_REASONS]; /* "policy", "needs_approval" … */
extern const char *const ROUTE_REASON_TEXTS[ROUTE_REASONS]; /* for people: "hard maths" */

struct route_verdict { /* one per candidate, in their order */
    bool feasible;
    enum route_reason reason;
    int64_t score;                         /* feasible ones */
    int64_t gain, cost, latency, exposure; /* its terms */
};

struct route_result {
    int chosen;    /* index, -1: none */
    int runner_up; /* index, -1: none */
    enum route_reason reason;
    enum err_kind failure; /* chosen == -1 */
    const char *code; /* "policy_refused", "needs_approval", "no_backend_permitted", … or NULL */
    enum zone needed; /* refused by policy: the nearest zone that would do */
    struct route_verdict *verdicts;
    struct str counterfactual; /* what would change it, for people, without names of rules */
};
struct route_result route_choose(struct arena *a, const struct features *f,
                                 const struct candidate *c, size_t n, const struct route_wish *w);
