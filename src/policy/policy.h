/* The policy file: text → rules → permit (POLICY.md 2 to 5). Pure: no I/O, no clock, no globals.
 * A policy is immutable and lives in the arena it was read into. */
#pragma once

#include "base/err.h"
#include "label/label.h"

enum transform { TRANSFORM_AS_IS, TRANSFORM_PSEUDONYMISE, TRANSFORM_FORBIDDEN };
extern const char *const TRANSFORM_NAMES[3]; /* as_is pseudonymise forbidden */

struct policy_backend {
    struct str name; /* the provider's; "local" for engines */
    enum zone zone;
};

/* What is known of a request beside its items. A claim counts for deny, ask, floor and raise; a
 * grant counts it only where weir itself knows it. */
struct policy_request {
    struct str project, conversation; /* "" none */
    bool project_known, conversation_known;
    struct str caller; /* "owner", "key:<name>", "local" */
    struct str client; /* user agent; a claim, never in grants */
    struct str agent;
    char date[11]; /* local, "2026-11-23": for `until` */
    int minute;    /* local, since midnight: for `time` */
};

struct policy_rule; /* opaque outside policy/ */
struct policy {
    bool broken;    /* nothing may leave */
    struct str why; /* broken: file:line:column: what, and what to write instead */
    struct str preset;
    struct str text; /* the file, presets included, as shown by `weir policy show` */
    struct sha256_bytes {
        unsigned char b[32];
    } hash; /* of text */
    enum transform line[LEVELS][ZONES];
    /* "careful: private", or "policy.toml: private" where the file replaces the preset's line */
    struct str line_names[LEVELS];
    const struct policy_rule *rules;
    size_t rule_count;
    const struct policy_kind {
        struct str kind;
        enum level level;
    } * kinds;
    size_t kind_count;
    /* [disguise] form = "surrogate": made-up names and numbers instead of placeholders */
    bool surrogates;
    /* [restore]: patterns of tools' names. Outward: a call keeps its placeholders. Inward:
     * originals are put back although the call looks as if it reached outward. */
    const struct str *outward, *inward;
    size_t outward_count, inward_count;
};

/* What the file may name. NULL instead of it: nothing is checked (presets, tests). */
struct policy_names {
    const struct str *providers;
    const enum zone *provider_zones; /* beside providers; NULL: not known */
    size_t provider_count;
    bool check_providers;
    struct str home; /* for "~/" in folders */
};

/* Never fails to return a policy: a file that does not parse gives a broken one with `why`, and
 * false. */
bool policy_read(struct arena *a, struct str text, const char *file,
                 const struct policy_names *names, struct policy *out, struct err *e);
/* One of the shipped presets ("careful"); false: no such one. */
NODISCARD bool policy_preset(struct arena *a, struct str name, struct policy *out);
struct str policy_preset_text(const char *name); /* the preset as a file; ptr NULL: no such one */
extern const char *const POLICY_PRESETS[4];

/* Warnings for `weir policy check`: conditions nothing feeds yet, rules that ran out, rules that
 * can never matter, lines that change nothing. names_opt: the providers and their zones, for what a
 * grant's `only` can reach. One line each. */
size_t policy_warnings(struct arena *a, const struct policy *p, const struct policy_request *now,
                       const struct policy_names *names_opt, struct str **out);

/* words and pattern of rules, for the scanner. A rule with several patterns has several rows. */
struct policy_pattern {
    struct str rule;
    const struct str *words;
    size_t word_count;
    struct str pattern;
    int line,
        column; /* of the rule's `pattern`, else `words`: for a pattern that does not compile */
};
size_t policy_patterns(struct arena *a, const struct policy *p, struct policy_pattern **out);

/* The level a finding of that kind has under this policy; a kind that is secret cannot be lowered.
 */
enum level policy_kind_level(const struct policy *p, struct str kind, enum level otherwise);
/* Raising rules, until nothing changes. `words`/`pattern` conditions match items of kind
 * "rule:<name>". */
struct label policy_raise(const struct policy *p, struct arena *a, const struct label *l,
                          const struct policy_request *rq);

struct permit {
    enum transform transform; /* the weakest allowed */
    bool ask;                 /* only after approval */
    struct str rule;          /* the rule or line that decided: "careful: private", a rule's name */
    struct str ask_rule;      /* the rule that asks, "" none */
    struct item item;         /* the strictest item */
    enum zone needed;         /* furthest zone (for TRANSFORM_FORBIDDEN) that would be permitted */
};
/* The strictest over all items of the (raised) label. */
struct permit policy_permit(const struct policy *p, const struct label *raised,
                            const struct policy_request *rq, const struct policy_backend *backend);
/* For one item, as `weir policy explain` shows it. */
struct permit policy_item_permit(const struct policy *p, const struct item *item,
                                 const struct policy_request *rq,
                                 const struct policy_backend *backend);
/* Every line and rule that bears on an item's permit for a backend, in the order in which they
 * count. */
enum trace_kind {
    TRACE_DEVICE,
    TRACE_BROKEN,
    TRACE_LINE,
    TRACE_GRANT,
    TRACE_FLOOR,
    TRACE_DENY,
    TRACE_ASK
};
extern const char *const TRACE_NAMES[TRACE_ASK + 1]; /* device broken line grant floor deny ask */
struct trace_step {
    enum trace_kind kind;
    struct str rule;          /* name of the line or rule; texts of the policy */
    enum transform transform; /* what it gives or wants; an ask's is TRANSFORM_AS_IS */
};
size_t policy_trace(struct arena *a, const struct policy *p, const struct item *item,
                    const struct policy_request *rq, const struct policy_backend *backend,
                    struct trace_step **out);
/* The raising rule that makes this item out of one of the label's others; "" none: it was found. */
struct str policy_raised_by(const struct policy *p, const struct label *raised,
                            const struct item *item, const struct policy_request *rq);
/* Whether a allows anything that b does not, on any level line or by any grant of a that b lacks:
 * for "looser than at the last stop". */
bool policy_is_looser(const struct policy *a, const struct policy *b);
/* Does a rule name this provider, or this caller ("key:<name>")? The rule's name, or ptr NULL. */
struct str policy_rule_naming(const struct policy *p, struct str name);
/* Is there a rule of this name that has not run out on that (local) day? */
bool policy_rule_stands(const struct policy *p, struct str name, const char date[11]);
/* Text of the file with one rule appended; "" outcome fields are left out. */
struct str policy_append_rule(struct arena *a, struct str text, struct str rule_toml);
