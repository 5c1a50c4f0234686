/* Configuration, policy and scanner as one immutable value. A request keeps the one it began with;
 * the gate asks for the newest policy before each send. */
#include "hub/inner.h"

#include <errno.h>
#include <stdio.h>

enum { LARGEST_POLICY = 1 << 20 };

struct snapshot *snapshot_hold(struct hub *h) {
    LOCKED(&h->lock);
    atomic_fetch_add(&h->now->refs, 1);
    return h->now;
}

void snapshot_drop(struct snapshot *s) {
    if (s && atomic_fetch_sub(&s->refs, 1) == 1) {
        sense_free(s->sense);
        struct arena a = s->arena;
        arena_end(&a);
    }
}

void snapshot_policy_names(struct hub *h, const struct config *c, struct arena *a,
                           struct policy_names *out) {
    struct str *names = arena_array(a, struct str, c->provider_count + 1);
    enum zone *zones = arena_array(a, enum zone, c->provider_count + 1);
    for (size_t i = 0; i < c->provider_count; i++) {
        names[i] = c->providers[i].name;
        zones[i] = c->providers[i].target.zone;
    }
    *out = (struct policy_names){.providers = names,
                                 .provider_zones = zones,
                                 .provider_count = c->provider_count,
                                 .check_providers = true,
                                 .home = h->o.places.home};
}

static void break_policy(struct policy *p, struct arena *a, const char *why) {
    *p = (struct policy){.broken = true, .why = str_dup(a, str_of(why))};
}

/* Whether there was a policy file once: it being gone then counts as broken. */
static bool had_policy(struct hub *h, struct arena *a) {
    return file_exists(path_join(a, h->o.places.state, "policy.seen").ptr);
}

static void note_policy(struct hub *h, struct arena *a) {
    struct err e = {0};
    if (!had_policy(h, a)
        && !file_write(path_join(a, h->o.places.state, "policy.seen").ptr,
                       STR("policy.toml was here\n"), 0600, &e)) {
        log_warn("cannot remember that there is a policy file: %s", e.text);
    }
}

static void load_policy(struct hub *h, struct snapshot *s) {
    struct arena *a = &s->arena;
    struct str path = path_join(a, h->o.places.config, "policy.toml");
    struct err e = {0};
    struct policy_names names = {0};
    snapshot_policy_names(h, s->config, a, &names);
    if (!file_exists(path.ptr)) {
        if (had_policy(h, a)) {
            break_policy(
                &s->policy, a,
                "policy.toml is gone, and there was one: nothing leaves. Put it back, or run "
                "`weir policy reset`");
        } else if (!policy_preset(a, STR("careful"), &s->policy)) {
            break_policy(&s->policy, a, "the preset careful is missing");
        }
        return;
    }
    s->policy_is_file = true;
    note_policy(h, a);
    struct str text = {0};
    if (!file_read(a, path.ptr, LARGEST_POLICY, &text, &e)) {
        break_policy(&s->policy, a, e.text);
    } else if (!str_trim(text).len) {
        break_policy(&s->policy, a,
                     "policy.toml is empty: nothing leaves. Run `weir policy reset`, or write one");
    } else if (!policy_read(a, text, "policy.toml", &names, &s->policy, &e)) {
        log_error("policy is broken, nothing leaves: " STR_FMT, STR_ARG(s->policy.why));
    }
}

bool snapshot_sense(struct arena *a, const struct policy *policy_opt, const struct config *c,
                    struct sense **out, struct err *e) {
    struct policy_pattern *patterns = NULL;
    size_t n = policy_opt ? policy_patterns(a, policy_opt, &patterns) : 0;
    struct sense_rule *rules = arena_array(a, struct sense_rule, n + 1);
    for (size_t i = 0; i < n; i++) {
        rules[i] = (struct sense_rule){
            .name = patterns[i].rule,
            .where = str_fmt(a, "policy.toml:%d:%d", patterns[i].line, patterns[i].column),
            .words = patterns[i].words,
            .word_count = patterns[i].word_count,
            .pattern = patterns[i].pattern};
    }
    struct sense *s = NULL;
    TRY(sense_new(rules, n, &s, e));
    bool ok = true;
    for (size_t i = 0; ok && i < c->on_count; i++) {
        ok = sense_switch(s, c->detectors_on[i], true, e);
    }
    for (size_t i = 0; ok && i < c->off_count; i++) {
        ok = sense_switch(s, c->detectors_off[i], false, e);
    }
    if (!ok) {
        sense_free(s);
        return false;
    }
    *out = s;
    return true;
}

static bool load_sense(struct snapshot *s, struct err *e) {
    if (s->policy.broken) {
        return snapshot_sense(&s->arena, NULL, s->config, &s->sense, e);
    }
    if (snapshot_sense(&s->arena, &s->policy, s->config, &s->sense, e)) {
        return true;
    }
    break_policy(&s->policy, &s->arena, e->text);
    log_error("policy is broken, nothing leaves: %s", e->text);
    return snapshot_sense(&s->arena, NULL, s->config, &s->sense, e);
}

/* The policy of the last stop, to say once when the new one is looser. */
static void compare_policy(struct hub *h, const struct snapshot *s) {
    struct arena a = arena_make(8 << 20);
    struct str last = path_join(&a, h->o.places.state, "policy.last");
    struct str text = {0};
    struct policy before = {0};
    struct err e = {0};
    h->looser[0] = 0;
    if (!s->policy.broken && file_exists(last.ptr)
        && file_read(&a, last.ptr, LARGEST_POLICY, &text, &e)
        && policy_read(&a, text, "policy.toml", &(struct policy_names){.home = h->o.places.home},
                       &before, &e)
        && policy_is_looser(&s->policy, &before)) {
        snprintf(h->looser, sizeof h->looser,
                 "the policy is looser than it was at the last stop: `weir policy show`");
        log_warn("%s", h->looser);
    }
    if (!s->policy.broken && !str_eq(text, s->policy.text)
        && !file_write(last.ptr, s->policy.text, 0600, &e)) {
        log_warn("cannot keep the policy for comparison: %s", e.text);
    }
    arena_end(&a);
}

static void hex(char out[65], const unsigned char *bytes) {
    struct sha256 hash;
    memcpy(hash.bytes, bytes, sizeof hash.bytes);
    sha256_hex(&hash, out);
}

static bool load(struct hub *h, struct err *e) {
    struct snapshot fresh = {.arena = arena_make(256 << 20)};
    if (!config_read(&fresh.arena, &h->o.places, &fresh.config, e)) {
        arena_end(&fresh.arena);
        LOCKED(&h->lock);
        snprintf(h->config_problem, sizeof h->config_problem, "%s", e->text);
        return false;
    }
    load_policy(h, &fresh);
    if (!load_sense(&fresh, e)) {
        arena_end(&fresh.arena);
        return false;
    }
    sha256_hex(&fresh.config->hash, fresh.config_hash);
    hex(fresh.policy_hash, fresh.policy.hash.b);
    bool first = !h->now;
    if (first) {
        compare_policy(h, &fresh);
    }
    struct snapshot *s = arena_new(&fresh.arena, struct snapshot);
    *s = fresh;
    atomic_init(&s->refs, 1);
    struct snapshot *old = NULL;
    {
        LOCKED(&h->lock);
        old = h->now;
        h->now = s;
        h->config_problem[0] = 0;
    }
    snapshot_drop(old);
    return true;
}

/* Side by side, one that read an older file could come last. */
bool snapshot_load(struct hub *h, struct err *e) {
    LOCKED(&h->loading);
    return load(h, e);
}
