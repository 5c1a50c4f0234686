/* weir.toml: the whole file, table by table. */
#include "hub/config_read.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>

enum {
    LARGEST_FILE = 1 << 20,
    DEFAULT_BODY = 64 << 20,
    LEAST_BODY = 1 << 10,
    LONGEST_LOOK_MS = 600000
};

static const char *const TOP_KEYS[] = {"server",    "engine", "models",  "provider",
                                       "alias",     "route",  "profile", "ledger",
                                       "decisions", "sense",  NULL};
static const char *const SERVER_KEYS[] = {"port",     "listen",      "hosts", "origins",
                                          "max_body", "ollama_port", NULL};
static const char *const ENGINE_KEYS[] = {"binary", "memory", "keep_alive", NULL};
static const char *const MODELS_KEYS[] = {"dirs", "default", "set", NULL};
static const char *const SET_KEYS[] = {"context", "slots",          "temperature", "top_p", "top_k",
                                       "min_p",   "repeat_penalty", "max_tokens",  NULL};
static const char *const ROUTE_KEYS[] = {"profile", "cloud_share", "budget", NULL};
static const char *const LEDGER_KEYS[] = {"bodies", NULL};
static const char *const DECISIONS_KEYS[] = {"keep", "size", NULL};
static const char *const SENSE_KEYS[] = {"off", "on", "model", "model_timeout", NULL};
static const char *const PROFILE_KEYS[] = {"prefer", "reach", NULL};

static const struct config_profile PROFILES[] = {
    {STR_INIT("balanced"), PREFER_BALANCED, ZONE_CLOUD},
    {STR_INIT("fast"), PREFER_FAST, ZONE_CLOUD},
    {STR_INIT("best"), PREFER_BEST, ZONE_CLOUD},
    {STR_INIT("cheap"), PREFER_CHEAP, ZONE_CLOUD},
    {STR_INIT("private"), PREFER_PRIVATE, ZONE_HOME}};
_Static_assert(ARRAY_LEN(PROFILES) == CONFIG_PROFILES, "config.h counts them");

const struct config_provider *config_provider(const struct config *c, struct str name) {
    for (size_t i = 0; i < c->provider_count; i++) {
        if (str_eq(c->providers[i].name, name)) {
            return &c->providers[i];
        }
    }
    return NULL;
}

const struct config_profile *config_profile(const struct config *c, struct str name) {
    for (size_t i = 0; i < c->profile_count; i++) {
        if (str_eq(c->profiles[i].name, name)) {
            return &c->profiles[i];
        }
    }
    return NULL;
}

static bool read_size(struct config_reader *r, const struct tval *t, const char *key,
                      int64_t *out) {
    const struct tval *v = tval_get(t, key);
    if (!v) {
        return true;
    }
    bool share = v->kind == TSTRING && str_ends(str_trim(v->string), STR("%"));
    if (v->kind != TSTRING || share || !unit_size(v->string, out)) {
        return config_bad(r, v, "`%s` must be a size with its unit, like \"64 MiB\"", key);
    }
    return true;
}

/* Of memory, it may be a share as well. */
static bool read_memory(struct config_reader *r, const struct tval *t, int64_t *out) {
    const struct tval *v = tval_get(t, "memory");
    if (!v || (v->kind == TSTRING && str_is(v->string, "auto"))) {
        return true;
    }
    return (v->kind == TSTRING && unit_size(v->string, out) && *out > 0)
           || config_bad(r, v,
                         "`memory` must be \"auto\", or a size with its unit, like \"12 GiB\" or "
                         "\"60 %%\"");
}

static bool read_server(struct config_reader *r, const struct tval *t, struct config *c) {
    TRY(config_keys(r, t, "[server]", SERVER_KEYS));
    int64_t port = c->port;
    TRY(config_int(r, t, "port", 0, 65535, &port));
    c->port = (int)port;
    TRY(config_strs(r, t, "listen", &c->listen, &c->listen_count));
    for (size_t i = 0; i < c->listen_count; i++) {
        unsigned char address[16];
        char *text = str_cstr(r->a, c->listen[i]);
        if (inet_pton(AF_INET, text, address) != 1 && inet_pton(AF_INET6, text, address) != 1) {
            return config_bad(r, tval_get(t, "listen"),
                              "`" STR_FMT "` is no address; write numbers, like "
                              "\"127.0.0.1\" or \"::1\"",
                              STR_ARG(c->listen[i]));
        }
    }
    TRY(config_strs(r, t, "hosts", &c->hosts, &c->host_count));
    for (size_t i = 0; i < c->host_count; i++) {
        if (!config_is_host(c->hosts[i])) {
            return config_bad(r, tval_get(t, "hosts"),
                              "`" STR_FMT "` is no name; write it without scheme, port and path, "
                              "like \"weir.lan\"",
                              STR_ARG(c->hosts[i]));
        }
    }
    TRY(config_strs(r, t, "origins", &c->origins, &c->origin_count));
    for (size_t i = 0; i < c->origin_count; i++) {
        if (!config_is_origin(c->origins[i])) {
            return config_bad(r, tval_get(t, "origins"),
                              "`" STR_FMT
                              "` is no origin; write scheme, name and port, and no path, "
                              "like \"http://localhost:3000\"",
                              STR_ARG(c->origins[i]));
        }
    }
    TRY(read_size(r, t, "max_body", &c->body_bytes));
    if (c->body_bytes < LEAST_BODY) {
        return config_bad(r, tval_get(t, "max_body"),
                          "`max_body` is too small for a request; it is \"1 KiB\" at least");
    }
    return config_bool(r, t, "ollama_port", &c->ollama_port);
}

static bool read_engine(struct config_reader *r, const struct tval *t, struct config *c) {
    TRY(config_keys(r, t, "[engine]", ENGINE_KEYS));
    TRY(config_str(r, t, "binary", &c->engine_binary));
    if (c->engine_binary.len && !r->trusted) {
        return config_bad(r, tval_get(t, "binary"),
                          "this file can be written by others, so a program in it does "
                          "not count: chmod 600 %s",
                          r->file);
    }
    TRY(read_memory(r, t, &c->engine_memory));
    const struct tval *keep = tval_get(t, "keep_alive");
    if (keep && keep->kind == TSTRING && str_is(keep->string, "forever")) {
        c->keep_alive_ms = -1;
        return true;
    }
    return config_time(r, t, "keep_alive", &c->keep_alive_ms);
}

static bool read_sampling(struct config_reader *r, const struct tval *t,
                          struct engine_sampling *out) {
    for (size_t i = 0; i < ENGINE_SAMPLERS; i++) {
        const struct engine_sampler_row *row = &ENGINE_SAMPLER_ROWS[i];
        const struct tval *v = tval_get(t, row->name);
        if (!v) {
            continue;
        }
        TRY(config_number(r, v, row->name, &out->value[i]));
        if (!(out->value[i] >= row->min && out->value[i] <= row->max)) {
            return config_bad(r, v, "`%s` must be from %g to %g", row->name, row->min, row->max);
        }
        out->has[i] = true;
    }
    return true;
}

static bool read_models(struct config_reader *r, const struct tval *t, struct config *c) {
    TRY(config_keys(r, t, "[models]", MODELS_KEYS));
    TRY(config_strs(r, t, "dirs", &c->model_dirs, &c->model_dir_count));
    for (size_t i = 0; i < c->model_dir_count; i++) {
        if (str_starts(c->model_dirs[i], STR("~/"))) {
            c->model_dirs[i] = str_fmt(r->a, STR_FMT "/" STR_FMT, STR_ARG(r->home),
                                       STR_ARG(str_sub(c->model_dirs[i], 2, c->model_dirs[i].len)));
        }
    }
    TRY(config_str(r, t, "default", &c->default_model));
    const struct tval *sets = tval_get(t, "set");
    if (!sets) {
        return true;
    }
    TRY(config_table(r, sets, "models.set"));
    struct engine_set *all = arena_array(r->a, struct engine_set,
                                         c->set_count + sets->count + 1); /* later files count */
    if (c->set_count) {
        memcpy(all, c->sets, c->set_count * sizeof *all);
    }
    c->sets = all;
    for (size_t i = 0; i < sets->count; i++) {
        const struct tval *s = &sets->items[i];
        TRY(config_keys(r, s, "[models.set.\"…\"]", SET_KEYS));
        int64_t context = 0;
        int64_t slots = 0;
        TRY(config_int(r, s, "context", 256, 10000000, &context));
        TRY(config_int(r, s, "slots", 1, 64, &slots));
        struct engine_set *set = &c->sets[c->set_count++];
        *set = (struct engine_set){.name = s->key, .context = context, .slots = (int)slots};
        TRY(read_sampling(r, s, &set->sampling));
    }
    return true;
}

static bool read_providers(struct config_reader *r, const struct tval *t, struct config *c) {
    if (t->kind != TARRAY) {
        return config_bad(r, t, "write [[provider]], with two brackets");
    }
    struct config_provider *all =
        arena_array(r->a, struct config_provider, c->provider_count + t->count + 1);
    if (c->provider_count) {
        memcpy(all, c->providers, c->provider_count * sizeof *all);
    }
    c->providers = all;
    for (size_t i = 0; i < t->count; i++) {
        struct config_provider p = {0};
        TRY(config_read_provider(r, &t->items[i], &p));
        if (config_provider(c, p.name)) {
            return config_bad(r, &t->items[i], "there are two providers called `" STR_FMT "`",
                              STR_ARG(p.name));
        }
        all[c->provider_count++] = p;
    }
    return true;
}

static bool read_aliases(struct config_reader *r, const struct tval *t, struct config *c) {
    TRY(config_table(r, t, "alias"));
    struct config_alias *all =
        arena_array(r->a, struct config_alias, c->alias_count + t->count + 1);
    if (c->alias_count) {
        memcpy(all, c->aliases, c->alias_count * sizeof *all);
    }
    for (size_t i = 0; i < t->count; i++) {
        const struct tval *v = &t->items[i];
        if (v->kind != TSTRING || !v->string.len || !v->key.len) {
            return config_bad(r, v, "an alias names a model: \"claude-*\" = \"auto:best\"");
        }
        if (str_is(v->key, "auto") || str_starts(v->key, STR("auto:"))
            || str_starts(v->key, STR("local/"))) {
            return config_bad(r, v,
                              "`" STR_FMT "` is weir's own name and never an alias; [route] "
                              "profile says what bare `auto` means",
                              STR_ARG(v->key));
        }
        all[c->alias_count++] = (struct config_alias){.pattern = v->key, .model = v->string};
    }
    c->aliases = all;
    return true;
}

static bool prefer_from(struct str name, enum route_prefer *out) {
    for (size_t i = 0; i < ARRAY_LEN(ROUTE_PREFER_NAMES); i++) {
        if (str_is(name, ROUTE_PREFER_NAMES[i])) {
            *out = (enum route_prefer)i;
            return true;
        }
    }
    return false;
}

static bool read_profiles(struct config_reader *r, const struct tval *t, struct config *c) {
    TRY(config_table(r, t, "profile"));
    struct config_profile *all =
        arena_array(r->a, struct config_profile, c->profile_count + t->count + 1);
    memcpy(all, c->profiles, c->profile_count * sizeof *all);
    c->profiles = all;
    for (size_t i = 0; i < t->count; i++) {
        const struct tval *v = &t->items[i];
        TRY(config_keys(r, v, "[profile.…]", PROFILE_KEYS));
        struct config_profile p = {.name = v->key, .prefer = PREFER_BALANCED, .reach = ZONE_CLOUD};
        struct str prefer = {0};
        TRY(config_str(r, v, "prefer", &prefer));
        if (prefer.len && !prefer_from(prefer, &p.prefer)) {
            const char *near =
                str_nearest(prefer, ROUTE_PREFER_NAMES, ARRAY_LEN(ROUTE_PREFER_NAMES));
            return config_bad(r, tval_get(v, "prefer"),
                              "`prefer` is balanced, fast, best, cheap or private%s%s%s",
                              near ? "; did you mean `" : "", near ? near : "", near ? "`?" : "");
        }
        TRY(config_zone(r, v, "reach", &p.reach));
        size_t at = 0;
        while (at < c->profile_count && !str_eq(all[at].name, p.name)) {
            at++;
        }
        if (at < CONFIG_PROFILES) {
            return config_bad(r, v, "the profile `" STR_FMT "` is built in; choose another name",
                              STR_ARG(p.name));
        }
        all[at] = p; /* later files count */
        c->profile_count += at == c->profile_count;
    }
    return true;
}

static bool read_route(struct config_reader *r, const struct tval *t, struct config *c) {
    TRY(config_keys(r, t, "[route]", ROUTE_KEYS));
    const struct tval *profile = tval_get(t, "profile");
    if (profile) {
        TRY(config_str(r, t, "profile", &c->profile));
        c->profile_at = str_fmt(r->a, "%s:%d:%d", r->file, profile->line, profile->column);
    }
    const struct tval *share = tval_get(t, "cloud_share");
    if (share) {
        double v = 0;
        TRY(config_number(r, share, "cloud_share", &v));
        if (!(v >= 0 && v <= 1)) {
            return config_bad(r, share,
                              "`cloud_share` is from 0 (nothing) to 1 (everything policy permits)");
        }
        c->cloud_share = (int32_t)lround(v * 1000);
    }
    const struct tval *budget = tval_get(t, "budget");
    if (budget && (budget->kind != TSTRING || !unit_money(budget->string, &c->budget_micros))) {
        return config_bad(r, budget, "`budget` is money a month: \"20 USD / month\"");
    }
    return true;
}

static bool read_ledger(struct config_reader *r, const struct tval *t, struct config *c) {
    TRY(config_keys(r, t, "[ledger]", LEDGER_KEYS));
    return config_time(r, t, "bodies", &c->bodies_ms);
}

static bool read_decisions(struct config_reader *r, const struct tval *t, struct config *c) {
    TRY(config_keys(r, t, "[decisions]", DECISIONS_KEYS));
    const struct tval *keep = tval_get(t, "keep");
    if (keep && keep->kind == TSTRING && str_is(keep->string, "forever")) {
        c->decisions_ms = -1;
    } else {
        TRY(config_time(r, t, "keep", &c->decisions_ms));
    }
    return read_size(r, t, "size", &c->decisions_bytes);
}

static bool read_rows(struct config_reader *r, const struct tval *t, const char *key,
                      struct str **out, size_t *count) {
    TRY(config_strs(r, t, key, out, count));
    struct err e = {0};
    for (size_t i = 0; i < *count; i++) {
        if (!sense_row_exists((*out)[i], &e)) {
            return config_bad(r, tval_get(t, key), "%s", e.text);
        }
    }
    return true;
}

static bool read_sense(struct config_reader *r, const struct tval *t, struct config *c) {
    TRY(config_keys(r, t, "[sense]", SENSE_KEYS));
    TRY(read_rows(r, t, "off", &c->detectors_off, &c->off_count));
    TRY(read_rows(r, t, "on", &c->detectors_on, &c->on_count));
    const struct tval *model = tval_get(t, "model");
    if (model) {
        TRY(config_str(r, t, "model", &c->sense_model));
        c->sense_model_at = str_fmt(r->a, "%s:%d:%d", r->file, model->line, model->column);
    }
    TRY(config_time(r, t, "model_timeout", &c->sense_model_ms));
    if (c->sense_model_ms <= 0 || c->sense_model_ms > LONGEST_LOOK_MS) {
        return config_bad(r, tval_get(t, "model_timeout"),
                          "`model_timeout` is more than nothing and at most 10m, like \"5s\"");
    }
    return true;
}

static bool read_file(struct config_reader *r, struct str text, struct config *c) {
    const struct tval *t = NULL;
    TRY(toml_parse(r->a, text, r->file, &t, r->e));
    TRY(config_keys(r, t, "weir.toml", TOP_KEYS));
    static const struct {
        const char *key;
        bool (*read)(struct config_reader *r, const struct tval *t, struct config *c);
    } tables[] = {{"server", read_server},       {"engine", read_engine},
                  {"models", read_models},       {"provider", read_providers},
                  {"alias", read_aliases},       {"profile", read_profiles},
                  {"route", read_route},         {"ledger", read_ledger},
                  {"decisions", read_decisions}, {"sense", read_sense}};
    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        const struct tval *v = tval_get(t, tables[i].key);
        if (v) {
            TRY(tables[i].read(r, v, c));
        }
    }
    return true;
}

static int by_name(const void *a, const void *b) {
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static size_t list_files(struct arena *a, struct str dir, struct str **out) {
    struct str *files = NULL;
    size_t n = 0;
    size_t cap = 0;
    struct str main_file = path_join(a, dir, "weir.toml");
    if (file_exists(main_file.ptr)) {
        *arena_push(a, files, n, cap) = main_file;
    }
    struct str conf = path_join(a, dir, "conf.d");
    DIR *d = opendir(conf.ptr);
    size_t first = n;
    for (struct dirent *at; d && (at = readdir(d));) {
        if (at->d_name[0] != '.' && str_ends(str_of(at->d_name), STR(".toml"))) {
            *arena_push(a, files, n, cap) = path_join(a, conf, at->d_name);
        }
    }
    if (d) {
        closedir(d);
    }
    if (n > first) {
        qsort(files + first, n - first, sizeof *files, by_name);
    }
    *out = files;
    return n;
}

static void defaults(struct arena *a, struct config *c) {
    *c = (struct config){.port = 9347,
                         .body_bytes = DEFAULT_BODY,
                         .keep_alive_ms = 10LL * 60 * 1000,
                         .decisions_ms = 180LL * 24 * 3600 * 1000,
                         .decisions_bytes = 256LL << 20,
                         .sense_model_ms = 5000,
                         .profile = STR("balanced"),
                         .cloud_share = 300,
                         .budget_micros = -1};
    c->profiles = arena_array(a, struct config_profile, CONFIG_PROFILES);
    memcpy(c->profiles, PROFILES, sizeof PROFILES);
    c->profile_count = CONFIG_PROFILES;
    c->listen = arena_array(a, struct str, 2);
    c->listen[0] = STR("127.0.0.1");
    c->listen[1] = STR("::1");
    c->listen_count = 2;
}

/* The model that looks at texts before they leave runs here, or it would be the leak. Which models
 * there are here is not known yet: `weir doctor` says that. */
static bool check_sense_model(struct config *c, struct err *e) {
    struct str name = c->sense_model;
    struct str before = {0};
    struct str behind = {0};
    bool path = str_cut(name, '/', &before, &behind);
    const struct config_provider *p = path ? config_provider(c, before) : NULL;
    for (size_t i = 0; i < c->provider_count && !path && !p; i++) {
        for (size_t k = 0; k < c->providers[i].model_count; k++) {
            p = str_eq(c->providers[i].models[k].id, name) ? &c->providers[i] : p;
        }
    }
    if (path && !p && str_is(before, "local")) {
        c->sense_model = behind;
        return true;
    }
    if (p || path || str_is(name, "auto") || str_starts(name, STR("auto:"))) {
        return err_set(e, ERR_INVALID,
                       STR_FMT ": `" STR_FMT "` is no model of this device%s" STR_FMT
                               "; `model` names a file that the engine runs here, like "
                               "\"smollm2-135m-instruct\": `weir models` lists them",
                       STR_ARG(c->sense_model_at), STR_ARG(name), p ? ", but of the provider " : "",
                       STR_ARG(p ? p->name : STR("")));
    }
    return true;
}

static bool check_whole(struct config *c, struct err *e) {
    if (!config_profile(c, c->profile)) {
        const char *names[64];
        size_t n = 0;
        for (size_t i = 0; i < c->profile_count && n < ARRAY_LEN(names); i++) {
            names[n++] = c->profiles[i].name.ptr;
        }
        const char *near = str_nearest(c->profile, names, n);
        return err_set(e, ERR_INVALID,
                       STR_FMT ": there is no profile `" STR_FMT
                               "`%s%s%s; there are fast, balanced, "
                               "best, cheap, private and your own [profile.NAME]",
                       STR_ARG(c->profile_at), STR_ARG(c->profile), near ? "; did you mean `" : "",
                       near ? near : "", near ? "`?" : "");
    }
    return check_sense_model(c, e);
}

bool config_read(struct arena *a, const struct places *places, struct config **out, struct err *e) {
    struct config *c = arena_new(a, struct config);
    defaults(a, c);
    c->file_count = list_files(a, places->config, &c->files);
    AUTO_BUF all = {0};
    buf_init(&all, (size_t)LARGEST_FILE * 64);
    for (size_t i = 0; i < c->file_count; i++) {
        struct str text = {0};
        TRY(file_read(a, c->files[i].ptr, LARGEST_FILE, &text, e));
        struct str name = str_sub(c->files[i], places->config.len + 1, c->files[i].len);
        struct config_reader r = {.a = a,
                                  .file = str_cstr(a, name),
                                  .trusted = file_is_private_to_owner(c->files[i].ptr),
                                  .home = places->home,
                                  .config_dir = places->config,
                                  .e = e};
        TRY(read_file(&r, text, c));
        buf_addf(&all, "# " STR_FMT "\n", STR_ARG(c->files[i]));
        buf_add(&all, text);
    }
    c->shown = str_dup(a, buf_str(&all));
    c->hash = sha256_of(c->shown);
    *out = c;
    return check_whole(c, e);
}
