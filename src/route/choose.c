/* Feasible first, then one additive score in integers (DESIGN.md 7). Units: a thousandth of "surely
 * right". */
#include "route/route.h"

const char *const CANDIDATE_STATE_NAMES[3] = {"ready", "loadable", "down"};
const char *const ROUTE_PREFER_NAMES[5] = {"balanced", "fast", "best", "cheap", "private"};

const char *const ROUTE_REASON_NAMES[ROUTE_REASONS] = {
    "chosen",          "named",         "only_one",   "policy",       "needs_approval",
    "cannot_disguise", "reach",         "down",       "context",      "modality",
    "tools",           "schema",        "budget",     "not_auto",     "not_asked",
    "score",           "hard_task",     "hard_maths", "hard_code",    "long_context",
    "simple_task",     "private_stays", "sticky",     "prefer_local", "cost"};

const char *const ROUTE_REASON_TEXTS[ROUTE_REASONS] = {
    "chosen",
    "asked for by name",
    "the only one that can",
    "policy forbids it",
    "needs approval",
    "only disguised, and this cannot be disguised",
    "further than was asked for",
    "not available now",
    "too long for its context",
    "cannot read this kind of content",
    "cannot call tools",
    "cannot keep to a schema",
    "over the month's budget",
    "only when named",
    "another model was asked for",
    "better score",
    "hard task",
    "hard maths",
    "hard code",
    "long context",
    "simple task",
    "private stays here",
    "same tool loop",
    "good enough here",
    "cheaper"};

enum { ANSWER_TOKENS = 300, PLAIN_DIFFICULTY = 600, LARGEST = 1000 };

/* ---- feasibility ---- */

static bool is_far(const struct candidate *c) {
    return c->zone >= ZONE_TRUSTED;
}

static int64_t answer_tokens(const struct features *f) {
    return f->max_tokens > 0 ? f->max_tokens : ANSWER_TOKENS;
}

static int64_t price(const struct features *f, const struct candidate *c) {
    if (c->price_in < 0 || c->price_out < 0) {
        return -1;
    }
    return (f->input_tokens * c->price_in + answer_tokens(f) * c->price_out) / 1000000;
}

/* Whether the estimate surely does not fit. A named model gets the benefit of the doubt: its own
 * tokenizer says. */
static bool too_long(const struct features *f, const struct candidate *c, bool named) {
    return c->context_tokens > 0
           && f->input_tokens > (named ? 2 * c->context_tokens : c->context_tokens);
}

static enum route_reason hindrance(const struct features *f, const struct candidate *c,
                                   const struct route_wish *w) {
    if (w->named && !str_eq(c->name, w->model)) {
        return REASON_NOT_ASKED;
    }
    if (!w->named && !c->auto_ok) {
        return REASON_NOT_AUTO;
    }
    if (c->transform == TRANSFORM_FORBIDDEN) {
        return REASON_POLICY;
    }
    if (c->zone > w->reach || (!w->named && is_far(c) && w->cloud_share == 0)) {
        return REASON_REACH;
    }
    if (!c->can_transform) {
        return REASON_CANNOT_DISGUISE;
    }
    if (c->ask && !c->approved) {
        return REASON_NEEDS_APPROVAL;
    }
    /* Whether a model reads files is seldom written down: who names it may find out. */
    bool unread = f->files && !c->files && !w->named;
    if ((f->images && !c->images) || (f->audio && !c->audio) || unread) {
        return REASON_MODALITY;
    }
    if (f->tools && !c->tools) {
        return REASON_TOOLS;
    }
    if (f->schema && !c->schema) {
        return REASON_SCHEMA;
    }
    if (too_long(f, c, w->named)) {
        return REASON_CONTEXT;
    }
    if (w->budget_left >= 0 && price(f, c) > w->budget_left) {
        return REASON_BUDGET;
    }
    return c->state == CANDIDATE_DOWN ? REASON_DOWN : REASON_CHOSEN;
}

/* ---- score ---- */

static int64_t larger(int64_t a, int64_t b) {
    return a > b ? a : b;
}

static int64_t difficulty(const struct features *f) {
    int64_t hard =
        larger(larger(f->maths * 9LL, f->code * 8LL), larger(f->reasoning * 7LL, f->writing * 6LL));
    int64_t length = f->last_chars > 4000 ? 150 : f->last_chars / 27;
    int64_t d = PLAIN_DIFFICULTY + hard * 6 / 10 + length + f->non_english * 2LL
                + (f->tools ? 100 : 0) - f->simple * 6LL;
    return d < 100 ? 100 : d > LARGEST ? LARGEST : d;
}

static int64_t latency_ms(const struct features *f, const struct candidate *c) {
    int64_t speed = c->tokens_per_second > 0 ? c->tokens_per_second
                    : c->zone == ZONE_DEVICE ? 30
                                             : 60;
    int64_t first = c->first_ms > 0 ? c->first_ms : c->zone == ZONE_DEVICE ? 300 : 800;
    int64_t load = c->state == CANDIDATE_LOADABLE ? 1500 : 0;
    return first + load + answer_tokens(f) * 1000 / speed;
}

/* What it costs a person's feelings to send something out: the knob. 1000: nothing. */
static int64_t exposure(const struct candidate *c, const struct route_wish *w) {
    if (!is_far(c)) {
        return 0;
    }
    int64_t e = 400LL * (1000 - w->cloud_share) / 1000;
    switch (w->prefer) {
    case PREFER_BEST:
        return e / 5;
    case PREFER_PRIVATE:
        return e * 3 + 200;
    case PREFER_CHEAP:
        return e + 50;
    default:
        return e;
    }
}

static void score(const struct features *f, const struct candidate *c, const struct route_wish *w,
                  struct route_verdict *v) {
    int64_t d = difficulty(f);
    int64_t micros = price(f, c);
    int64_t slow = latency_ms(f, c) / 200;
    v->gain = LARGEST - d * (LARGEST - c->quality) / LARGEST;
    v->cost = (micros < 0 ? 5000 : micros) / (w->prefer == PREFER_CHEAP ? 10 : 200);
    v->latency = slow > 150 ? 150 : slow;
    if (w->prefer == PREFER_FAST) {
        v->latency *= 4;
    } else if (w->prefer == PREFER_BEST) {
        v->latency /= 4;
    }
    v->exposure = exposure(c, w);
    v->score =
        v->gain - v->cost - v->latency - v->exposure + (c->sticky ? 250 : 0) + (c->warm ? 20 : 0);
    if (is_far(c) && w->cloud_share == 1000) {
        v->score += LARGEST; /* the knob at its end: everything that policy permits */
    }
}

/* ---- why ---- */

static enum route_reason hard_reason(const struct features *f) {
    if (f->maths >= 25 && f->maths >= f->code) {
        return REASON_HARD_MATHS;
    }
    if (f->code >= 25) {
        return REASON_HARD_CODE;
    }
    return f->reasoning >= 25 || f->writing >= 25 ? REASON_HARD_TASK : REASON_SCORE;
}

static bool any(const struct route_result *r, size_t n, enum route_reason reason) {
    for (size_t i = 0; i < n; i++) {
        if (!r->verdicts[i].feasible && r->verdicts[i].reason == reason) {
            return true;
        }
    }
    return false;
}

static enum route_reason why(const struct features *f, const struct candidate *c, size_t n,
                             const struct route_wish *w, const struct route_result *r) {
    const struct candidate *chosen = &c[r->chosen];
    if (w->named) {
        return REASON_NAMED;
    }
    if (chosen->sticky) {
        return REASON_STICKY;
    }
    if (is_far(chosen)) {
        return r->runner_up < 0 && any(r, n, REASON_CONTEXT) ? REASON_LONG_CONTEXT : hard_reason(f);
    }
    bool disguised = r->runner_up >= 0 && c[r->runner_up].transform > chosen->transform;
    if (disguised || any(r, n, REASON_POLICY) || any(r, n, REASON_CANNOT_DISGUISE)
        || any(r, n, REASON_NEEDS_APPROVAL)) {
        return REASON_PRIVATE_STAYS;
    }
    if (r->runner_up < 0) {
        return REASON_ONLY_ONE;
    }
    if (f->simple >= 25) {
        return REASON_SIMPLE_TASK;
    }
    return is_far(&c[r->runner_up]) ? REASON_PREFER_LOCAL : REASON_SCORE;
}

static struct str counterfactual(struct arena *a, const struct candidate *c, size_t n,
                                 const struct route_wish *w, const struct route_result *r) {
    if (w->named) {
        return r->chosen >= 0 ? STR("A named model runs there or not at all; `auto` would choose.")
                              : STR("`auto` may choose another model.");
    }
    for (size_t i = 0; i < n; i++) {
        enum route_reason why_not = r->verdicts[i].reason;
        if (r->verdicts[i].feasible) {
            continue;
        }
        if (why_not == REASON_POLICY || why_not == REASON_CANNOT_DISGUISE) {
            return str_fmt(a, "Without what makes it %s, " STR_FMT " could have been asked.",
                           why_not == REASON_POLICY ? "private" : "personal", STR_ARG(c[i].name));
        }
        if (why_not == REASON_NEEDS_APPROVAL) {
            return str_fmt(a, "With your approval " STR_FMT " could be asked.", STR_ARG(c[i].name));
        }
        if (why_not == REASON_REACH) {
            return str_fmt(a, "With zone %s allowed, " STR_FMT " could be asked.",
                           ZONE_NAMES[c[i].zone], STR_ARG(c[i].name));
        }
    }
    if (r->chosen >= 0 && r->runner_up >= 0) {
        int64_t gap = r->verdicts[r->chosen].score - r->verdicts[r->runner_up].score;
        bool far = is_far(&c[r->chosen]);
        return str_fmt(a, STR_FMT " was %lld points behind; %s.", STR_ARG(c[r->runner_up].name),
                       (long long)gap,
                       far ? "a smaller cloud_share or --zone device keeps it here"
                           : "a larger cloud_share or auto:best would weigh quality more");
    }
    if (r->chosen < 0) {
        return n ? STR("Nothing that is configured can do it.") : STR("No model is configured.");
    }
    return STR("No other backend is configured that could do it.");
}

/* ---- refusals ---- */

static void refuse(const struct candidate *c, size_t n, const struct route_wish *w,
                   struct route_result *r) {
    static const struct {
        enum route_reason reason;
        enum err_kind kind;
        const char *named_code, *auto_code;
    } rows[] = {{REASON_NEEDS_APPROVAL, ERR_FORBIDDEN, "needs_approval", "needs_approval"},
                {REASON_DOWN, ERR_UNAVAILABLE, NULL, NULL},
                {REASON_POLICY, ERR_FORBIDDEN, "policy_refused", "no_backend_permitted"},
                {REASON_CANNOT_DISGUISE, ERR_FORBIDDEN, "policy_refused", "no_backend_permitted"},
                {REASON_REACH, ERR_FORBIDDEN, "policy_refused", "no_backend_permitted"},
                {REASON_BUDGET, ERR_FORBIDDEN, "policy_refused", "no_backend_permitted"},
                {REASON_CONTEXT, ERR_INVALID, "context_length_exceeded", "context_length_exceeded"},
                {REASON_MODALITY, ERR_INVALID, NULL, NULL},
                {REASON_TOOLS, ERR_INVALID, NULL, NULL},
                {REASON_SCHEMA, ERR_INVALID, NULL, NULL},
                {REASON_NOT_AUTO, ERR_UNAVAILABLE, NULL, NULL}};
    r->failure = ERR_UNAVAILABLE;
    r->needed = ZONE_DEVICE;
    for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
        if (any(r, n, rows[k].reason)) {
            r->failure = rows[k].kind;
            r->code = w->named ? rows[k].named_code : rows[k].auto_code;
            r->reason = rows[k].reason;
            break;
        }
    }
    bool found = false;
    for (size_t i = 0; i < n; i++) {
        enum route_reason reason = r->verdicts[i].reason;
        bool refused = reason == REASON_POLICY || reason == REASON_CANNOT_DISGUISE
                       || reason == REASON_REACH || reason == REASON_NEEDS_APPROVAL;
        if (refused && (!found || c[i].zone < r->needed)) {
            r->needed = c[i].zone;
            found = true;
        }
    }
}

/* A finding is answered by staying where nothing needs to be hidden, before anything is disguised;
 * unless the knob says that whatever policy permits shall go. The earlier one wins a tie, so the
 * order of the configuration decides, and nothing else. */
static bool better(const struct route_result *r, const struct candidate *c,
                   const struct route_wish *w, int a, int b) {
    if (b < 0) {
        return true;
    }
    if (c[a].transform != c[b].transform && w->cloud_share < 1000) {
        return c[a].transform < c[b].transform;
    }
    return r->verdicts[a].score > r->verdicts[b].score;
}

struct route_result route_choose(struct arena *a, const struct features *f,
                                 const struct candidate *c, size_t n, const struct route_wish *w) {
    struct route_result r = {
        .chosen = -1, .runner_up = -1, .verdicts = arena_array(a, struct route_verdict, n + 1)};
    for (size_t i = 0; i < n; i++) {
        struct route_verdict *v = &r.verdicts[i];
        v->reason = hindrance(f, &c[i], w);
        v->feasible = v->reason == REASON_CHOSEN;
        if (!v->feasible) {
            continue;
        }
        score(f, &c[i], w, v);
        v->reason = REASON_SCORE;
        if (better(&r, c, w, (int)i, r.chosen)) {
            r.runner_up = r.chosen;
            r.chosen = (int)i;
        } else if (better(&r, c, w, (int)i, r.runner_up)) {
            r.runner_up = (int)i;
        }
    }
    if (r.chosen >= 0) {
        r.reason = why(f, c, n, w, &r);
        r.verdicts[r.chosen].reason = REASON_CHOSEN;
    } else {
        refuse(c, n, w, &r);
    }
    r.counterfactual = counterfactual(a, c, n, w, &r);
    return r;
}
