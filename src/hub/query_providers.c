/* Providers: listed, added (a file of their own in conf.d), tested, removed. Worker threads. */
#include "codec/toml.h"
#include "hub/inner.h"
#include "secrets/secrets.h"

#include <errno.h>
#include <stdio.h>

static void put(struct arena *a, struct str *out, const struct buf *b) {
    *out = str_dup(a, buf_str(b));
}

static const char *const SOURCES[] = {"none", "command", "file", "env", "value"};

bool hub_providers(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                   struct err *e) {
    (void)q;
    (void)e;
    struct snapshot *s = snapshot_hold(h);
    AUTO_BUF b = {0};
    buf_init(&b, 4 << 20);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_key(&j, "providers");
    jout_array(&j);
    for (size_t i = 0; i < s->config->provider_count; i++) {
        const struct config_provider *p = &s->config->providers[i];
        jout_object(&j);
        jout_kstr(&j, "name", p->name);
        jout_kstr(&j, "preset", p->preset);
        jout_kcstr(&j, "dialect", DIALECT_NAMES[p->dialect]);
        jout_kstr(&j, "url", p->target.scripted ? (struct str){0} : p->target.base_url);
        jout_kcstr(&j, "zone", ZONE_NAMES[p->target.zone]);
        jout_kcstr(&j, "zone_said", ZONE_NAMES[p->said]);
        jout_kstr(&j, "zone_note", p->zone_note);
        jout_kcstr(&j, "key", SOURCES[p->target.key.source]);
        jout_kbool(&j, "auto", p->auto_ok);
        jout_ki64(&j, "models", (int64_t)p->model_count);
        jout_kcstr(&j, "state", gate_is_up(h->gate, p->name) ? "up" : "down");
        jout_end_object(&j);
    }
    jout_end_array(&j);
    jout_key(&j, "presets");
    jout_array(&j);
    for (size_t i = 0; i < PROVIDER_PRESET_COUNT; i++) {
        jout_cstr(&j, PROVIDER_PRESETS[i].name);
    }
    jout_end_array(&j);
    jout_end_object(&j);
    snapshot_drop(s);
    put(a, out, &b);
    return true;
}

static struct str own_file(struct hub *h, struct arena *a, struct str name) {
    struct str dir = path_join(a, h->o.places.config, "conf.d");
    return path_join(a, dir, str_cstr(a, str_fmt(a, "provider-" STR_FMT ".toml", STR_ARG(name))));
}

static void add_member(struct buf *b, const struct jval *body, const char *key) {
    struct str v = jval_str(jval_get(body, key));
    if (v.len) {
        buf_addf(b, "%s = ", key);
        toml_quote(b, v);
        buf_add(b, STR("\n"));
    }
}

static void add_models(struct buf *b, const struct jval *models) {
    if (!jval_len(models)) {
        return;
    }
    buf_add(b, STR("models = ["));
    bool first = true;
    for (struct jiter it = jval_iter(models); jiter_next(&it); first = false) {
        buf_add(b, first ? STR("") : STR(", "));
        toml_quote(b, jval_str(it.value));
    }
    buf_add(b, STR("]\n"));
}

static bool read_members(const struct jval *body, struct err *e) {
    static const struct member members[] = {
        {"name", JSTRING},   {"preset", JSTRING},  {"dialect", JSTRING},  {"url", JSTRING},
        {"zone", JSTRING},   {"via", JSTRING},     {"pin", JSTRING},      {"network", JSTRING},
        {"key", JSTRING},    {"key_env", JSTRING}, {"key_file", JSTRING}, {"models", JARRAY},
        {"timeout", JSTRING}};
    return members_check(body, members, ARRAY_LEN(members), e);
}

static bool name_is_plain(struct str s) {
    bool fine = s.len > 0 && s.len <= 64;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        fine = fine && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_');
    }
    return fine;
}

/* Where the key lies: a value goes into a 0600 file of its own. */
static bool add_key(struct hub *h, struct arena *a, struct buf *b, const struct jval *body,
                    struct str name, struct err *e) {
    struct str value = jval_str(jval_get(body, "key"));
    struct str env = jval_str(jval_get(body, "key_env"));
    struct str file = jval_str(jval_get(body, "key_file"));
    struct str dir = path_join(a, h->o.places.config, "keys");
    if (value.len && !secret_store_file(a, dir, name, value, &file, e)) {
        e->kind = e->kind == ERR_UNAUTHORIZED ? ERR_INVALID : e->kind; /* it is the body's fault */
        return false;
    }
    if (file.len) {
        buf_add(b, STR("key = { file = "));
        toml_quote(b, file);
        buf_add(b, STR(" }\n"));
    } else if (env.len) {
        buf_add(b, STR("key = { env = "));
        toml_quote(b, env);
        buf_add(b, STR(" }\n"));
    }
    return true;
}

/* The file and the key of one that was added here. */
static bool forget(struct hub *h, struct arena *a, struct str name, struct err *e) {
    struct str path = own_file(h, a, name);
    struct str key = path_join(a, path_join(a, h->o.places.config, "keys"), str_cstr(a, name));
    unlink(key.ptr); /* there may be none */
    return unlink(path.ptr) == 0
           || err_set(e, ERR_STORAGE, "cannot remove " STR_FMT ": %m", STR_ARG(path));
}

bool hub_provider_add(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                      struct err *e) {
    const struct jval *body = q->body;
    struct str preset = jval_str(jval_get(body, "preset"));
    struct str name = jval_str_or(jval_get(body, "name"), str_cstr(a, preset));
    TRY(read_members(body, e));
    if (!name_is_plain(name)) {
        return err_set(
            e, ERR_INVALID,
            "A provider needs a name of a-z, 0-9, '-' and '_', or a preset that has one");
    }
    struct snapshot *s = snapshot_hold(h);
    bool there = config_provider(s->config, name) != NULL;
    snapshot_drop(s);
    if (there) {
        return err_set(e, ERR_CONFLICT,
                       "There is a provider called `" STR_FMT
                       "` already; remove it first, or choose "
                       "another name.",
                       STR_ARG(name));
    }
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 20);
    buf_add(&b, STR("# Written by `weir providers add`.\n[[provider]]\nname = "));
    toml_quote(&b, name);
    buf_add(&b, STR("\n"));
    static const char *const members[] = {"preset", "dialect", "url",     "zone",
                                          "via",    "pin",     "network", "timeout"};
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        add_member(&b, body, members[i]);
    }
    add_models(&b, jval_get(body, "models"));
    TRY(add_key(h, a, &b, body, name, e));
    struct str path = own_file(h, a, name);
    TRY(dir_make(path_join(a, h->o.places.config, "conf.d").ptr, 0700, e));
    TRY(file_write(path.ptr, buf_str(&b), 0600, e));
    if (!snapshot_load(h, e)) {
        struct err again = {0};
        if (!forget(h, a, name, &again) || !snapshot_load(h, &again)) {
            log_error("the configuration cannot be read any more: %s", again.text);
        }
        return false;
    }
    buf_clear(&b);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kstr(&j, "name", name);
    jout_kstr(&j, "file", path);
    jout_end_object(&j);
    put(a, out, &b);
    return true;
}

bool hub_provider_remove(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                         struct err *e) {
    struct snapshot *s = snapshot_hold(h);
    bool there = config_provider(s->config, q->id) != NULL;
    struct str rule = str_dup(a, policy_rule_naming(&s->policy, q->id));
    snapshot_drop(s);
    if (!there) {
        return err_set(e, ERR_NOT_FOUND,
                       "There is no provider `" STR_FMT "`; `weir providers` lists them.",
                       STR_ARG(q->id));
    }
    if (rule.len) {
        return err_set(e, ERR_CONFLICT,
                       "The rule \"" STR_FMT "\" of policy.toml names `" STR_FMT
                       "`: change the rule first.",
                       STR_ARG(rule), STR_ARG(q->id));
    }
    if (!file_exists(own_file(h, a, q->id).ptr)) {
        return err_set(e, ERR_CONFLICT,
                       "`" STR_FMT
                       "` is written in weir.toml by hand: take its [[provider]] out there.",
                       STR_ARG(q->id));
    }
    TRY(forget(h, a, q->id, e));
    TRY(snapshot_load(h, e));
    *out = str_fmt(a, "{\"removed\":\"" STR_FMT "\"}", STR_ARG(q->id));
    return true;
}

bool hub_provider_test(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                       struct err *e) {
    struct snapshot *s = snapshot_hold(h);
    const struct config_provider *p = config_provider(s->config, q->id);
    bool ok = false;
    size_t n = 0;
    const struct config_model *models = NULL;
    int64_t from = clock_mono_us();
    if (!p) {
        err_set(e, ERR_NOT_FOUND,
                "There is no provider `" STR_FMT "`; `weir providers` lists them.", STR_ARG(q->id));
    } else if (p->dialect == DIALECT_SCRIPTED) {
        ok = true;
        n = 1;
    } else {
        ok = listing_ask(h, s, p, a, &models, &n, e);
    }
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 20);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kstr(&j, "name", q->id);
    jout_kbool(&j, "ok", ok);
    jout_ki64(&j, "ms", (clock_mono_us() - from) / 1000);
    jout_key(&j, "models");
    jout_array(&j);
    for (size_t i = 0; models && i < n; i++) {
        jout_str(&j, models[i].id);
    }
    jout_end_array(&j);
    jout_end_object(&j);
    snapshot_drop(s);
    put(a, out, &b);
    return ok;
}
