/* What the files of approvals share: approvals.c keeps them and says what they cover,
 * approval_rules.c has the rules that `--rule` writes, approve.c the owner's word on one. */
#pragma once

#include "hub/inner.h"

enum approval_state {
    APPROVAL_PENDING,
    APPROVAL_ONCE,
    APPROVAL_CONVERSATION,
    APPROVAL_RULE,
    APPROVAL_DENIED,
    APPROVAL_SPENT,
    APPROVAL_STATES
};
extern const char *const APPROVAL_STATE_NAMES[APPROVAL_STATES];

struct approval {
    struct approval *next;
    struct arena arena;
    struct str id, caller, conversation, backend, decision, rule;
    enum zone zone;
    enum transform transform;
    struct label items;
    enum approval_state state;
    enum approval_state before; /* of a copy: what the original was */
    int64_t made_ms, decided_ms;
};

struct approvals {
    pthread_mutex_t deciding; /* one word of the person at a time, with its ledger row and rule */
    pthread_mutex_t lock;     /* what follows */
    struct approval *first;
    size_t count;
};

/* With the lock held, all of these. */
struct approval *approval_find(struct approvals *p, struct str id);
/* It covers what it was given for, now. */
bool approval_alive(struct hub *h, const struct approval *ap);
/* To weir.db, without waiting. */
void approval_store(struct hub *h, const struct approval *ap);

/* These need no lock. */
void approval_write(struct jout *j, struct arena *a, const struct approval *ap);
void approval_copy_items(struct arena *a, struct label *into, const struct label *from);
/* To whoever watches events: what waits, and what was decided. */
void approval_tell(struct hub *h, struct arena *a, const struct approval *ap);
/* The TOML of the rules that `--rule` appends to policy.toml. */
struct str approval_rules(struct arena *a, const struct approval *ap);
/* What `--rule` wrote is what the person reads: with one of its rules gone, or run out, the
 * approval is gone. */
bool approval_rules_stand(struct hub *h, const struct approval *ap);
