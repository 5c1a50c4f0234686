/* policy.toml: shown, checked, replaced, extended. Each change is a ledger row. */
#include "codec/url.h"
#include "hub/inner.h"

#include <stdio.h>

static struct str policy_path(struct hub *h, struct arena *a) {
    return path_join(a, h->o.places.config, "policy.toml");
}

static bool read_trial(struct hub *h, struct arena *a, struct str text, const struct config *c,
                       struct snapshot *out, struct err *e) {
    struct policy_names names = {0};
    snapshot_policy_names(h, c, a, &names);
    for (size_t i = 0; i < names.provider_count; i++) {
        ((struct str *)(uintptr_t)names.providers)[i] = str_dup(a, names.providers[i]);
    }
    if (!str_trim(text).len) {
        return err_set(
            e, ERR_INVALID,
            "policy.toml: an empty policy would close the gate; `weir policy reset` goes back to a "
            "preset");
    }
    return policy_read(a, text, "policy.toml", &names, &out->policy, e)
           && snapshot_sense(a, &out->policy, c, &out->sense, e);
}

bool policy_trial(struct hub *h, struct arena *a, struct str text, struct snapshot *out,
                  struct err *e) {
    struct snapshot *s = snapshot_hold(h);
    bool ok = read_trial(h, a, text, s->config, out, e);
    snapshot_drop(s);
    return ok;
}

/* Reads and compiles a text as the policy it would be. */
static bool try_policy(struct hub *h, struct arena *a, struct str text, struct policy *out,
                       struct err *e) {
    struct snapshot trial = {0};
    bool ok = policy_trial(h, a, text, &trial, e);
    *out = trial.policy;
    sense_free(trial.sense);
    return ok;
}

/* `writing` is held. */
static bool write_policy(struct hub *h, struct arena *a, struct str text, struct str who,
                         const char *what, struct err *e) {
    struct sha256 hash = sha256_of(text);
    char hex[65];
    sha256_hex(&hash, hex);
    struct str json = str_fmt(a, "{\"change\":\"%s\",\"sha256\":\"%s\"}", what, hex);
    TRY(ledger_note(h->gate, STR("policy"), who, json, e));
    TRY(dir_make(h->o.places.config.ptr, 0700, e));
    TRY(file_write(policy_path(h, a).ptr, text, 0600, e));
    return snapshot_load(h, e);
}

bool policy_file_append(struct hub *h, struct arena *a, struct str rule, struct err *e) {
    LOCKED(&h->writing);
    struct str path = policy_path(h, a);
    struct str text = STR("preset = \"careful\"\n");
    if (file_exists(path.ptr)) {
        TRY(file_read(a, path.ptr, 1 << 20, &text, e));
    }
    struct str with = policy_append_rule(a, text, rule);
    struct policy p = {0};
    TRY(try_policy(h, a, with, &p, e));
    return write_policy(h, a, with, STR("owner"), "rule", e);
}

static void write_state(struct hub *h, struct jout *j, struct arena *a, const struct snapshot *s,
                        const struct policy *p) {
    struct policy_request now = {.caller = STR("owner")};
    struct policy_names names = {0};
    clock_local(clock_wall_ms(), now.date, &now.minute);
    snapshot_policy_names(h, s->config, a, &names);
    struct str *warnings = NULL;
    size_t n = p->broken ? 0 : policy_warnings(a, p, &now, &names, &warnings);
    jout_kbool(j, "ok", !p->broken);
    jout_kstr(j, "why", p->why);
    jout_kstr(j, "preset", p->preset);
    jout_ki64(j, "rules", (int64_t)p->rule_count);
    jout_key(j, "warnings");
    jout_array(j);
    for (size_t i = 0; i < n; i++) {
        jout_str(j, warnings[i]);
    }
    jout_end_array(j);
}

bool hub_policy(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                struct err *e) {
    (void)q;
    (void)e;
    struct snapshot *s = snapshot_hold(h);
    AUTO_BUF b = {0};
    buf_init(&b, 4 << 20);
    struct jout j = jout_make(&b);
    jout_object(&j);
    write_state(h, &j, a, s, &s->policy);
    jout_kstr(&j, "text", s->policy.text);
    jout_kcstr(&j, "sha256", s->policy_hash);
    jout_kstr(&j, "path", policy_path(h, a));
    jout_kbool(&j, "is_file", s->policy_is_file);
    jout_end_object(&j);
    snapshot_drop(s);
    *out = str_dup(a, buf_str(&b));
    return true;
}

/* A policy arrives as TOML text, or as {"text": "…"} or {"preset": "…"}. */
static bool body_policy(struct arena *a, const struct hub_query *q, struct str *text,
                        struct err *e) {
    static const struct member members[] = {{"text", JSTRING}, {"preset", JSTRING}};
    *text = q->body_text;
    if (q->body) {
        TRY(members_check(q->body, members, ARRAY_LEN(members), e));
        struct str preset = jval_str(jval_get(q->body, "preset"));
        *text = jval_str(jval_get(q->body, "text"));
        if (!preset.len == !jval_is(jval_get(q->body, "text"), JSTRING)) {
            return err_set(e, ERR_INVALID,
                           "Say {\"text\": \"…\"} or {\"preset\": \"…\"}, or send the TOML itself");
        }
        if (preset.len) {
            char *name = str_cstr(a, preset);
            if (!policy_preset_text(name).ptr) {
                const char *near = str_nearest(preset, POLICY_PRESETS, ARRAY_LEN(POLICY_PRESETS));
                return err_set(
                    e, ERR_INVALID,
                    "There is no preset `%s`; there are local-only, careful, balanced and "
                    "cloud-first%s%s%s",
                    name, near ? "; did you mean `" : "", near ? near : "", near ? "`?" : "");
            }
            *text = str_fmt(a, "preset = \"%s\"\n", name);
        }
    }
    return true;
}

bool hub_policy_put(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                    struct err *e) {
    struct str text = {0};
    struct policy p = {0};
    TRY(body_policy(a, q, &text, e));
    LOCKED(&h->writing);
    TRY(try_policy(h, a, text, &p, e));
    TRY(write_policy(h, a, text, q->caller.name, "replaced", e));
    return hub_policy(h, a, q, out, e);
}

/* Without a body: the policy in force. */
bool hub_policy_check(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                      struct err *e) {
    struct str text = {0};
    TRY(body_policy(a, q, &text, e));
    struct snapshot *s = snapshot_hold(h);
    struct policy p = s->policy;
    struct err why = {0};
    if (q->body_text.len && !try_policy(h, a, text, &p, &why)) {
        p.broken = true;
        p.why = p.why.len ? p.why : str_dup(a, str_of(why.text));
    }
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 20);
    struct jout j = jout_make(&b);
    jout_object(&j);
    write_state(h, &j, a, s, &p);
    jout_kstr(&j, "path", policy_path(h, a));
    jout_end_object(&j);
    snapshot_drop(s);
    *out = str_dup(a, buf_str(&b));
    return true;
}
