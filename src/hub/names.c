/* Model names (SURFACE.md 5): prefix, exact alias, pattern alias, bare local, bare configured. */
#include "hub/inner.h"

static bool auto_name(const struct snapshot *s, struct str name, struct target *out,
                      struct err *e) {
    struct str profile = s->config->profile;
    if (name.len > 4) {
        profile = str_sub(name, 5, name.len);
    }
    out->is_auto = true;
    out->profile = config_profile(s->config, profile);
    if (out->profile) {
        return true;
    }
    const char *names[64];
    size_t n = 0;
    for (size_t i = 0; i < s->config->profile_count && n < ARRAY_LEN(names); i++) {
        names[n++] = s->config->profiles[i].name.ptr;
    }
    const char *near = str_nearest(profile, names, n);
    return err_code(e, ERR_NOT_FOUND, "model_not_found", "There is no profile `" STR_FMT "`%s%s%s",
                    STR_ARG(profile),
                    near ? "; did you mean `auto:"
                         : ": use auto, auto:fast, auto:best, auto:cheap or auto:private",
                    near ? near : "", near ? "`?" : "");
}

static bool local_name(struct hub *h, struct arena *a, struct str name, struct target *out) {
    struct engine_model m = {0};
    if (!engine_find(h->engine, a, name, &m)) {
        return false;
    }
    *out = (struct target){.is_engine = true, .model = m.name};
    return true;
}

static const struct config_alias *alias_of(const struct config *c, struct str name) {
    const struct config_alias *best = NULL;
    for (size_t i = c->alias_count; i > 0; i--) { /* the last file's counts */
        const struct config_alias *al = &c->aliases[i - 1];
        if (str_eq(al->pattern, name)) {
            return al;
        }
        if (str_contains(al->pattern, STR("*")) && str_glob(al->pattern, name)
            && (!best || al->pattern.len > best->pattern.len)) {
            best = al;
        }
    }
    return best;
}

/* The providers whose configured models hold the bare name. */
static size_t configured(const struct config *c, struct str name, struct target *out,
                         struct buf *choices) {
    size_t n = 0;
    for (size_t i = 0; i < c->provider_count; i++) {
        const struct config_provider *p = &c->providers[i];
        for (size_t m = 0; p->models_given && m < p->model_count; m++) {
            if (str_eq(p->models[m].id, name)) {
                n++;
                *out = (struct target){.provider = p, .model = name};
                buf_addf(choices, "%s" STR_FMT "/" STR_FMT, choices->len ? ", " : "",
                         STR_ARG(p->name), STR_ARG(name));
            }
        }
    }
    return n;
}

static bool unknown(struct hub *h, const struct snapshot *s, struct arena *a, struct str name,
                    struct err *e) {
    AUTO_BUF list = {0};
    buf_init(&list, 300);
    buf_add(&list, STR("auto"));
    struct engine_model *models = NULL;
    size_t n = engine_models(h->engine, a, &models);
    for (size_t i = 0; i < n && list.len < 200; i++) {
        buf_addf(&list, ", " STR_FMT, STR_ARG(models[i].name));
    }
    for (size_t i = 0; i < s->config->provider_count && list.len < 260; i++) {
        buf_addf(&list, ", " STR_FMT "/…", STR_ARG(s->config->providers[i].name));
    }
    return err_code(e, ERR_NOT_FOUND, "model_not_found",
                    "The model `" STR_FMT
                    "` does not exist or you do not have access to it. Choices: " STR_FMT,
                    STR_ARG(str_sub(name, 0, 80)), STR_ARG(buf_str(&list)));
}

static bool resolve(struct hub *h, const struct snapshot *s, struct arena *a, struct str name,
                    int depth, struct target *out, struct err *e) {
    *out = (struct target){0};
    if (str_is(name, "auto") || str_starts(name, STR("auto:"))) {
        return auto_name(s, name, out, e);
    }
    struct str head = {0};
    struct str rest = {0};
    if (str_cut(name, '/', &head, &rest) && rest.len) {
        if (str_is(head, "local")) {
            return local_name(h, a, rest, out) || unknown(h, s, a, name, e);
        }
        out->provider = config_provider(s->config, head);
        if (out->provider) {
            out->model = rest;
            return true;
        }
    }
    const struct config_alias *al = alias_of(s->config, name);
    if (al) {
        if (depth == 4) {
            return err_code(e, ERR_NOT_FOUND, "model_not_found",
                            "The alias `" STR_FMT "` goes in a circle; see [alias] in weir.toml",
                            STR_ARG(al->pattern));
        }
        return resolve(h, s, a, al->model, depth + 1, out, e);
    }
    if (local_name(h, a, name, out)) {
        return true;
    }
    AUTO_BUF choices = {0};
    buf_init(&choices, 300);
    size_t n = configured(s->config, name, out, &choices);
    if (n > 1) {
        return err_code(e, ERR_NOT_FOUND, "model_not_found",
                        "`" STR_FMT
                        "` is configured for more than one provider; choose one of: " STR_FMT,
                        STR_ARG(name), STR_ARG(buf_str(&choices)));
    }
    return n == 1 || unknown(h, s, a, name, e);
}

bool name_resolve(struct hub *h, const struct snapshot *s, struct arena *a, struct str name,
                  struct target *out, struct err *e) {
    return resolve(h, s, a, name, 0, out, e);
}
