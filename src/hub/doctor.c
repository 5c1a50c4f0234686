/* `weir doctor`: what is well, what is not, and what to do about it. Worker threads. */
#include "hub/inner.h"

#include <sys/statvfs.h>

static void check(struct jout *j, const char *name, const char *state, struct str text) {
    jout_object(j);
    jout_kcstr(j, "name", name);
    jout_kcstr(j, "state", state);
    jout_kstr(j, "text", text);
    jout_end_object(j);
}

static bool is_model(const struct engine_model *models, size_t n, struct str name) {
    bool found = false;
    for (size_t i = 0; i < n; i++) {
        found = found || str_ieq(models[i].name, name);
    }
    return found;
}

/* What weir.toml says of models and folders that are not there: nothing fails, and nothing happens.
 */
static void check_names(const struct config *c, struct arena *a, const struct engine_model *models,
                        size_t n, struct jout *j) {
    if (c->default_model.len && !is_model(models, n, c->default_model)) {
        check(j, "[models] default", "warn",
              str_fmt(a, "there is no local model `" STR_FMT "`; `weir models` lists them",
                      STR_ARG(c->default_model)));
    }
    for (size_t i = 0; i < c->set_count; i++) {
        if (!is_model(models, n, c->sets[i].name)) {
            check(j, "[models.set]", "warn",
                  str_fmt(a, "there is no local model `" STR_FMT "`; `weir models` lists them",
                          STR_ARG(c->sets[i].name)));
        }
    }
    for (size_t i = 0; i < c->model_dir_count; i++) {
        if (!file_exists(str_cstr(a, c->model_dirs[i]))) {
            check(j, "[models] dirs", "warn",
                  str_fmt(a, "there is no folder " STR_FMT, STR_ARG(c->model_dirs[i])));
        }
    }
}

static void check_engine(struct hub *h, const struct config *c, struct arena *a, struct jout *j) {
    struct str binary = engine_binary(h->engine, a);
    if (!binary.len && c->engine_binary.len) {
        check(j, "engine", "bad",
              str_fmt(a,
                      "[engine] binary in weir.toml names " STR_FMT
                      ", which is no program; correct it, or take it out",
                      STR_ARG(c->engine_binary)));
    } else if (binary.len) {
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
    check_names(c, a, models, n, j);
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

/* A key that lies in a file or the environment can be looked at without disturbing anybody. */
static bool key_is_there(const struct config_provider *p, struct err *e) {
    enum secret_source source = p->target.key.source;
    if (source != SECRET_FILE && source != SECRET_ENV) {
        return true;
    }
    struct secret *s = NULL;
    bool ok = secret_fetch(&p->target.key, &s, e);
    secret_free(s);
    return ok;
}

static void check_providers(struct hub *h, const struct snapshot *s, struct arena *a,
                            struct str here, struct jout *j) {
    for (size_t i = 0; i < s->config->provider_count; i++) {
        const struct config_provider *p = &s->config->providers[i];
        const char *name = str_cstr(a, str_fmt(a, "provider " STR_FMT, STR_ARG(p->name)));
        struct str zone = str_of(ZONE_NAMES[p->target.zone]);
        struct err e = {0};
        if (p->zone_note.len) {
            check(j, name, "warn", p->zone_note);
        } else if (p->target.network.len && !str_eq(p->target.network, here)) {
            check(j, name, "warn",
                  STR("not reached from here: its `network` is another one than this"));
        } else if (!gate_is_up(h->gate, p->name)) {
            check(j, name, "bad",
                  str_fmt(a,
                          "failing: tried again in half a minute; `weir providers test " STR_FMT
                          "` says how",
                          STR_ARG(p->name)));
        } else if (!key_is_there(p, &e)) {
            check(j, name, "bad", str_fmt(a, "its key: %s", e.text));
        } else {
            check(
                j, name, "ok",
                str_fmt(a, STR_FMT ", zone " STR_FMT, STR_ARG(p->target.base_url), STR_ARG(zone)));
        }
    }
}

static void check_policy(struct hub *h, const struct snapshot *s, struct arena *a, struct jout *j) {
    struct str problem = hub_problem(h, a);
    check(j, "configuration", problem.len ? "bad" : "ok",
          problem.len ? str_fmt(a, STR_FMT "; until then the configuration before it is in force",
                                STR_ARG(problem))
                      : str_fmt(a, "%zu file(s) in " STR_FMT, s->config->file_count,
                                STR_ARG(h->o.places.config)));
    if (hub_listens_elsewhere(h, s->config)) {
        check(
            j, "server", "warn",
            STR("`port` or `listen` in weir.toml changed: `weir restart` brings them into force"));
    }
    if (s->config->ollama_port) {
        check(j, "ollama_port", "warn", STR("not there yet: weir does not speak Ollama's API"));
    }
    check(j, "policy", s->policy.broken ? "bad" : "ok",
          s->policy.broken
              ? str_fmt(a,
                        "nothing leaves: " STR_FMT
                        "; `weir policy edit` mends it, `weir policy reset` goes back to a preset",
                        STR_ARG(s->policy.why))
              : str_fmt(a, "preset " STR_FMT ", %zu rule(s)", STR_ARG(s->policy.preset),
                        s->policy.rule_count));
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
    check_engine(h, s->config, a, &j);
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
    *out = str_dup(a, buf_str(&b));
    return true;
}
