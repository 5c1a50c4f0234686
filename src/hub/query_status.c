/* Status, log, configuration, metrics. Worker threads. */
#include "hub/inner.h"

#include <stdio.h>

static void put(struct arena *a, struct str *out, const struct buf *b) {
    *out = str_dup(a, buf_str(b));
}

struct str hub_problem(struct hub *h, struct arena *a) {
    LOCKED(&h->lock);
    return str_dup(a, str_of(h->config_problem));
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
    struct str config_problem = hub_problem(h, a);
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
    struct str config_problem = hub_problem(h, a);
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
