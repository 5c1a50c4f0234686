/* A rule as read. Private to policy/. Immutable once read; it lives in the policy's arena. */
#pragma once

#include "policy/policy.h"

/* Conditions that are lists of texts; any of the list will do. */
enum cond {
    COND_COMPARTMENT,
    COND_KIND,
    COND_WORDS,
    COND_PATTERN,
    COND_FOLDER,
    COND_FILE,
    COND_TOOL,
    COND_PROJECT,
    COND_CONVERSATION,
    COND_CALLER,
    COND_CLIENT,
    COND_AGENT,
    CONDS
};
extern const char *const COND_NAMES[CONDS];

struct texts {
    const struct str *list;
    size_t count;
};

/* From, until before; over midnight when from is later. Minutes since midnight. */
struct span {
    int from, to;
};

struct policy_rule {
    struct str name;
    struct str found; /* "rule:<name>", the kind of what `words` and `pattern` find */
    /* conditions */
    bool has_level;
    enum level low, high; /* of those listed: a grant goes up to high, all else begins at low */
    unsigned topics;      /* bit per topic; 0 any */
    unsigned roles;       /* bit per role; 0 any */
    unsigned has;         /* bit per cond */
    struct texts conds[CONDS];
    int found_line, found_column; /* of `pattern`, else of `words` */
    const struct span *times;
    size_t time_count;
    /* outcomes */
    bool has_reach, has_as, has_deny, has_ask, has_raise;
    enum zone reach, deny, ask;
    enum transform as;
    enum level raise;
    struct str compartment;
    struct texts only;
    char until[11]; /* "" none */
    int line;
};

/* A rule's grant counts only what weir knows itself; its other outcomes count claims as well. */
enum rule_use { RULE_GRANT, RULE_LIMIT };

/* Whether the rule's conditions hold for an item of a request. */
bool rule_matches(const struct policy_rule *r, enum rule_use use, const struct item *item,
                  const struct policy_request *rq);
bool rule_has_run_out(const struct policy_rule *r, const struct policy_request *rq);
static inline bool rule_has(const struct policy_rule *r, enum cond c) {
    return (r->has & (1U << c)) != 0;
}
static inline bool rule_has_words(const struct policy_rule *r) {
    return (r->has & (1U << COND_WORDS | 1U << COND_PATTERN)) != 0;
}
static inline bool rule_limits(const struct policy_rule *r) { /* anything but a grant */
    return r->has_deny || r->has_ask || (r->has_as && !r->has_reach) || r->has_raise
           || r->compartment.len > 0;
}
bool texts_hold(const struct texts *t, struct str s); /* exactly */
/* The folder itself or something below it. */
bool folder_holds(struct str folder, struct str path);
/* Whether the rule's grant reaches this item and backend, if its conditions hold. */
bool rule_opens(const struct policy_rule *r, const struct item *item,
                const struct policy_request *rq, const struct policy_backend *backend);
static inline bool rule_raises(const struct policy_rule *r) {
    return r->has_raise || r->compartment.len > 0;
}
/* What a raising rule makes of an item. */
struct item rule_raised(const struct policy_rule *r, struct item item);
/* The weakest transform a grant gives to an item of that level in that zone. */
enum transform rule_gives(const struct policy_rule *r, enum level level, enum zone zone);

/* Whether `wide` holds wherever `narrow` does, `narrow` being used as said. False when unsure. */
bool rule_covers(const struct policy_rule *wide, const struct policy_rule *narrow,
                 enum rule_use wide_use, enum rule_use narrow_use);
/* Whether all that `narrow` grants, `wide` grants by itself. */
bool rule_grants_all(const struct policy_rule *wide, const struct policy_rule *narrow);
