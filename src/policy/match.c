/* When a rule holds (POLICY.md 2 and 4). Pure, nothing is allocated. */
#include "policy/rules.h"

const char *const COND_NAMES[CONDS] = {
    "compartment", "kind",    "words",        "pattern", "folder", "file",
    "tool",        "project", "conversation", "caller",  "client", "agent",
};

bool texts_hold(const struct texts *t, struct str s) {
    for (size_t i = 0; i < t->count; i++) {
        if (str_eq(t->list[i], s)) {
            return true;
        }
    }
    return false;
}

static bool glob_holds(const struct texts *t, struct str s) {
    for (size_t i = 0; i < t->count; i++) {
        if (str_glob(t->list[i], s)) {
            return true;
        }
    }
    return false;
}

bool folder_holds(struct str folder, struct str path) {
    return path.len && str_starts(path, folder)
           && (path.len == folder.len || path.ptr[folder.len] == '/' || str_is(folder, "/"));
}

/* By the folder that is known of the item, else by its file. */
static bool any_folder_holds(const struct texts *t, const struct item *it) {
    struct str path = it->folder.len ? it->folder : it->file;
    for (size_t i = 0; i < t->count; i++) {
        if (folder_holds(t->list[i], path)) {
            return true;
        }
    }
    return false;
}

static bool time_holds(const struct policy_rule *r, int minute) {
    for (size_t i = 0; i < r->time_count; i++) {
        int from = r->times[i].from;
        int to = r->times[i].to;
        bool after = minute >= from;
        bool before = minute < to;
        if (from <= to ? after && before : after || before) {
            return true;
        }
    }
    return r->time_count == 0;
}

static bool item_matches(const struct policy_rule *r, enum rule_use use, const struct item *it) {
    if (r->has_level && (use == RULE_GRANT ? it->level > r->high : it->level < r->low)) {
        return false;
    }
    if ((r->topics && !(r->topics & (1U << it->topic)))
        || (r->roles && !(r->roles & (1U << it->role)))) {
        return false;
    }
    if (!r->has) {
        return true;
    }
    const struct texts *c = r->conds;
    return (!rule_has(r, COND_COMPARTMENT) || texts_hold(&c[COND_COMPARTMENT], it->compartment))
           && (!rule_has(r, COND_KIND) || texts_hold(&c[COND_KIND], it->kind))
           && (!rule_has(r, COND_FOLDER) || any_folder_holds(&c[COND_FOLDER], it))
           && (!rule_has(r, COND_FILE) || glob_holds(&c[COND_FILE], it->file))
           && (!rule_has(r, COND_TOOL) || glob_holds(&c[COND_TOOL], it->tool))
           && (!rule_has_words(r) || str_eq(it->kind, r->found));
}

/* What a caller only claims counts everywhere but in a grant. */
static bool request_matches(const struct policy_rule *r, enum rule_use use,
                            const struct policy_request *rq) {
    const struct texts *c = r->conds;
    bool claims = use == RULE_LIMIT;
    if (rule_has(r, COND_PROJECT)
        && ((!claims && !rq->project_known) || !texts_hold(&c[COND_PROJECT], rq->project))) {
        return false;
    }
    if (rule_has(r, COND_CONVERSATION)
        && ((!claims && !rq->conversation_known)
            || !texts_hold(&c[COND_CONVERSATION], rq->conversation))) {
        return false;
    }
    return (!rule_has(r, COND_CALLER) || glob_holds(&c[COND_CALLER], rq->caller))
           && (!rule_has(r, COND_CLIENT) || (claims && glob_holds(&c[COND_CLIENT], rq->client)))
           && (!rule_has(r, COND_AGENT) || texts_hold(&c[COND_AGENT], rq->agent))
           && time_holds(r, rq->minute);
}

bool rule_matches(const struct policy_rule *r, enum rule_use use, const struct item *item,
                  const struct policy_request *rq) {
    return item_matches(r, use, item) && request_matches(r, use, rq);
}

/* Through the end of the day. On an unknown day it has. */
bool rule_has_run_out(const struct policy_rule *r, const struct policy_request *rq) {
    return r->until[0] && (!rq->date[0] || memcmp(rq->date, r->until, sizeof r->until) > 0);
}

enum transform rule_gives(const struct policy_rule *r, enum level level, enum zone zone) {
    enum transform least =
        level == LEVEL_PRIVATE && zone == ZONE_CLOUD ? TRANSFORM_PSEUDONYMISE : TRANSFORM_AS_IS;
    return r->has_as && r->as > least ? r->as : least;
}
