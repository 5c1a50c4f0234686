/* Status, doctor, log, configuration, metrics. Worker threads. */
#include "hub/inner.h"

#include <stdio.h>
#include <sys/statvfs.h>

static void put(struct arena *a, struct str *out, const struct buf *b) {
    *out = str_dup(a, buf_str(b));
}

static struct str problem(struct hub *h, struct arena *a, const char *text) {
    LOCKED(&h->lock);
    return str_dup(a, str_of(text));
}

struct hub_health hub_health(struct hub *h) {
    struct snapshot *s = snapshot_hold(h);
    struct hub_health out = {.policy_ok = !s->policy.broken, .gate_open = !gate_is_shut(h->gate)};
    snapshot_drop(s);
    LOCKED(&h->lock);
    out.config_ok = !h->config_problem[0];
    return out;
}

bool hub_status(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                struct err *e) {
    (void)e;
    struct snapshot *s = snapshot_hold(h);
    struct engine_model *models = NULL;
    size_t n = engine_models(h->engine, a, &models);
    struct str config_problem = problem(h, a, h->config_problem);
    bool owner = q->caller.kind == CALLER_OWNER;
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 20);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kcstr(&j, "version", WEIR_VERSION);
    jout_ki64(&j, "pid", getpid());
    jout_ki64(&j, "port", h->port);
    jout_kstr(&j, "address", str_fmt(a, "http://127.0.0.1:%d", h->port));
    jout_kstr(&j, "socket", path_join(a, h->o.places.runtime, "api.sock"));
    jout_ki64(&j, "uptime_s", (clock_mono_us() - h->o.started_us) / 1000000);
    jout_kcstr(&j, "gate", gate_is_shut(h->gate) ? "closed" : "open");
    jout_key(&j, "policy");
    jout_object(&j);
    jout_kbool(&j, "ok", !s->policy.broken);
    jout_kstr(&j, "preset", s->policy.preset);
    if (owner) {
        jout_kstr(&j, "why", s->policy.why);
        jout_kcstr(&j, "looser", h->looser);
    }
    jout_end_object(&j);
    jout_key(&j, "config");
    jout_object(&j);
    jout_kbool(&j, "ok", config_problem.len == 0);
    if (owner) {
        jout_kstr(&j, "why", config_problem);
    }
    jout_end_object(&j);
    jout_kbool(&j, "engine", engine_binary(h->engine, a).len > 0);
    jout_kstr(&j, "default_model", s->config->default_model);
    jout_key(&j, "models");
    jout_array(&j);
    for (size_t i = 0; i < n; i++) {
        jout_object(&j);
        jout_kstr(&j, "name", models[i].name);
        jout_kcstr(&j, "state", ENGINE_STATE_NAMES[models[i].state]);
        jout_end_object(&j);
    }
    jout_end_array(&j);
    jout_ki64(&j, "providers", (int64_t)s->config->provider_count);
    jout_ki64(&j, "approvals_pending", (int64_t)approvals_pending(h));
    jout_ki64(&j, "requests", atomic_load(&h->requests));
    jout_ki64(&j, "active", atomic_load(&h->active));
    jout_ki64(&j, "left_bytes", atomic_load(&h->left_bytes));
    jout_end_object(&j);
    snapshot_drop(s);
    put(a, out, &b);
    return true;
}

/* ---- doctor ---- */

static void check(struct jout *j, const char *name, const char *state, struct str text) {
    jout_object(j);
    jout_kcstr(j, "name", name);
    jout_kcstr(j, "state", state);
    jout_kstr(j, "text", text);
    jout_end_object(j);
}

static void check_engine(struct hub *h, struct arena *a, struct jout *j) {
    struct str binary = engine_binary(h->engine, a);
    if (binary.len) {
        check(j, "engine", "ok", binary);
        check(j, "engine's network", "ok", engine_isolation(h->engine, a));
    } else {
        check(j, "engine", "bad",
              STR("no llama-server found: name it in weir.toml ([engine] binary), put it into "
                  "PATH, or "
                  "run `make run`, which fetches one"));
    }
    struct engine_model *models = NULL;
    size_t n = engine_models(h->engine, a, &models);
    if (!n) {
        check(
            j, "models", "bad",
            str_fmt(a, "none: put a GGUF file into " STR_FMT "/models", STR_ARG(h->o.places.data)));
    }
    for (size_t i = 0; i < n; i++) {
        bool bad = models[i].problem.len || models[i].quarantined;
        struct str text =
            bad ? models[i].problem
                : str_fmt(a, "%lld MB, context %lld, %s",
                          (long long)(models[i].size_bytes / 1000000),
                          (long long)models[i].context_tokens, ENGINE_STATE_NAMES[models[i].state]);
        check(j, str_cstr(a, str_fmt(a, "model " STR_FMT, STR_ARG(models[i].name))),
              bad ? "bad" : "ok", text);
    }
}

/* The model that looks at what is about to leave. */
static void check_sense_model(struct hub *h, const struct snapshot *s, struct arena *a,
                              struct jout *j) {
    struct str name = s->config->sense_model;
    struct engine_model m = {0};
    if (!name.len) {
        return;
    }
    bool there = engine_find(h->engine, a, name, &m);
    if (there && !m.embeddings && !m.problem.len && !m.quarantined) {
        check(j, "[sense] model", "ok",
              str_fmt(a,
                      STR_FMT ": asked about each text that is about to leave, for at most %lld ms",
                      STR_ARG(name), (long long)s->config->sense_model_ms));
        return;
    }
    check(j, "[sense] model", "bad",
          str_fmt(a,
                  STR_FMT
                  " (" STR_FMT ") %s: texts that are about to leave count one level higher. "
                  "`weir models` lists the models of this device; write one of them, or take "
                  "`model` out",
                  STR_ARG(name), STR_ARG(s->config->sense_model_at),
                  !there          ? "is no model of this device"
                  : m.embeddings  ? "makes embeddings and answers nothing"
                  : m.quarantined ? "crashed three times and rests"
                                  : "cannot run"));
}

/* Returns its fingerprint, "" none. */
static struct str check_network(struct arena *a, struct jout *j) {
    struct net here = {0};
    struct err e = {0};
    char print[NET_FINGERPRINT + 1];
    if (!net_here(&here, &e)) {
        check(j, "network", "warn",
              str_fmt(a, "%s: no provider can be at home by `network`", e.text));
        return STR("");
    }
    net_fingerprint(&here, print);
    check(j, "network", "ok",
          str_fmt(a,
                  "%s (gateway %s on %s): a provider of your own in it is at home by "
                  "network = \"%s\"",
                  print, here.gateway, here.interface, print));
    return str_dup(a, str_of(print));
}

static void check_providers(struct hub *h, const struct snapshot *s, struct arena *a,
                            struct str here, struct jout *j) {
    for (size_t i = 0; i < s->config->provider_count; i++) {
        const struct config_provider *p = &s->config->providers[i];
        const char *name = str_cstr(a, str_fmt(a, "provider " STR_FMT, STR_ARG(p->name)));
        struct str zone = str_of(ZONE_NAMES[p->target.zone]);
        if (p->zone_note.len) {
            check(j, name, "warn", p->zone_note);
        } else if (p->target.network.len && !str_eq(p->target.network, here)) {
            check(j, name, "warn",
                  STR("not reached from here: its `network` is another one than this"));
        } else if (!gate_is_up(h->gate, p->name)) {
            check(j, name, "bad", STR("failing: tried again in half a minute"));
        } else {
            check(
                j, name, "ok",
                str_fmt(a, STR_FMT ", zone " STR_FMT, STR_ARG(p->target.base_url), STR_ARG(zone)));
        }
    }
}

static void check_policy(struct hub *h, const struct snapshot *s, struct arena *a, struct jout *j) {
    struct str config_problem = problem(h, a, h->config_problem);
    check(j, "configuration", config_problem.len ? "bad" : "ok",
          config_problem.len ? config_problem
                             : str_fmt(a, "%zu file(s) in " STR_FMT, s->config->file_count,
                                       STR_ARG(h->o.places.config)));
    if (s->config->ollama_port) {
        check(j, "ollama_port", "warn", STR("not there yet: weir does not speak Ollama's API"));
    }
    check(j, "policy", s->policy.broken ? "bad" : "ok",
          s->policy.broken ? s->policy.why
                           : str_fmt(a, "preset " STR_FMT ", %zu rule(s)",
                                     STR_ARG(s->policy.preset), s->policy.rule_count));
    if (h->looser[0]) {
        check(j, "policy", "warn", str_of(h->looser));
    }
    check(j, "gate", gate_is_shut(h->gate) ? "warn" : "ok",
          gate_is_shut(h->gate) ? STR("closed by the panic switch: `weir gate open`")
                                : STR("open"));
}

static void check_disk(struct hub *h, struct arena *a, struct jout *j) {
    struct statvfs v = {0};
    if (statvfs(h->o.places.state.ptr, &v) == 0) {
        int64_t mb = (int64_t)((double)v.f_bavail * (double)v.f_frsize / 1e6);
        check(j, "disk", mb < 200 ? "warn" : "ok",
              str_fmt(a, "%lld MB free for ledger and conversations", (long long)mb));
    }
}

bool hub_doctor(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                struct err *e) {
    (void)q;
    struct snapshot *s = snapshot_hold(h);
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 20);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_key(&j, "checks");
    jout_array(&j);
    check_engine(h, a, &j);
    check_sense_model(h, s, a, &j);
    check_policy(h, s, a, &j);
    check_providers(h, s, a, check_network(a, &j), &j);
    struct ledger_check ledger = {0};
    if (!ledger_verify(h->gate, a, &ledger, e)) {
        check(&j, "ledger", "bad", str_of(e->text));
    } else {
        check(&j, "ledger", ledger.ok ? "ok" : "bad",
              ledger.ok ? str_fmt(a, "%lld row(s), the chain is whole", (long long)ledger.rows)
                        : ledger.why);
    }
    check_disk(h, a, &j);
    check(&j, "not sensed yet", "warn",
          STR("some unusual names, and names in scripts without capital letters; facts told in "
              "words that no list has; images, sound and documents count as private unread."));
    jout_end_array(&j);
    jout_end_object(&j);
    snapshot_drop(s);
    put(a, out, &b);
    return true;
}

bool hub_log(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
             struct err *e) {
    (void)h;
    (void)q;
    (void)e;
    AUTO_BUF b = {0};
    buf_init(&b, 16 << 20);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kstr(&j, "log", log_recent(a));
    jout_end_object(&j);
    put(a, out, &b);
    return true;
}

bool hub_config(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                struct err *e) {
    (void)q;
    (void)e;
    struct snapshot *s = snapshot_hold(h);
    struct str config_problem = problem(h, a, h->config_problem);
    AUTO_BUF b = {0};
    buf_init(&b, 64 << 20);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kbool(&j, "ok", config_problem.len == 0);
    jout_kstr(&j, "why", config_problem);
    jout_kstr(&j, "dir", h->o.places.config);
    jout_key(&j, "files");
    jout_array(&j);
    for (size_t i = 0; i < s->config->file_count; i++) {
        jout_str(&j, s->config->files[i]);
    }
    jout_end_array(&j);
    jout_kcstr(&j, "sha256", s->config_hash);
    jout_kstr(&j, "text", s->config->shown);
    jout_end_object(&j);
    snapshot_drop(s);
    put(a, out, &b);
    return true;
}

static void metric(struct buf *b, const char *name, const char *type, const char *help,
                   long long value) {
    buf_addf(b, "# HELP %s %s\n# TYPE %s %s\n%s %lld\n", name, help, name, type, name, value);
}

bool hub_metrics(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                 struct err *e) {
    (void)q;
    (void)e;
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 20);
    metric(&b, "weir_requests_total", "counter", "Chat requests taken.", atomic_load(&h->requests));
    metric(&b, "weir_errors_total", "counter", "Chat requests that ended with an error.",
           atomic_load(&h->errors));
    metric(&b, "weir_refused_total", "counter", "Chat requests without a permitted backend.",
           atomic_load(&h->refused));
    metric(&b, "weir_active_requests", "gauge", "Chat requests under way.",
           atomic_load(&h->active));
    metric(&b, "weir_left_bytes_total", "counter",
           "Bytes of request bodies sent beyond the device.", atomic_load(&h->left_bytes));
    metric(&b, "weir_output_tokens_total", "counter", "Tokens answered.",
           atomic_load(&h->tokens_out));
    int64_t hits = 0;
    int64_t misses = 0;
    size_t kept = 0;
    scanned_counts(h->scanned, &hits, &misses, &kept);
    metric(&b, "weir_scan_known_total", "counter",
           "Longer texts whose evidence was known from an earlier turn.", hits);
    metric(&b, "weir_scan_new_total", "counter", "Longer texts that were scanned.", misses);
    metric(&b, "weir_scan_memory_bytes", "gauge", "Kept for them.", (int64_t)kept);
    scanned_counts(h->looks, &hits, &misses, &kept);
    metric(&b, "weir_look_known_total", "counter",
           "Pieces of text of which was known what the local model says.", hits);
    metric(&b, "weir_look_new_total", "counter", "Pieces of text that it had not seen.", misses);
    metric(&b, "weir_look_memory_bytes", "gauge", "Kept for them.", (int64_t)kept);
    metric(&b, "weir_gate_open", "gauge", "1 while the panic switch is open.",
           !gate_is_shut(h->gate));
    metric(&b, "weir_uptime_seconds", "gauge", "Since the start.",
           (clock_mono_us() - h->o.started_us) / 1000000);
    put(a, out, &b);
    return true;
}
