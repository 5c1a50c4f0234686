/* One [[provider]] of weir.toml: what its preset fills, what the file says, and what zone can be
 * believed. */
#include "backend/backend.h"
#include "codec/url.h"
#include "hub/config_read.h"

#include <math.h>

static const char *const PROVIDER_KEYS[] = {"name",    "preset",  "dialect", "url",     "zone",
                                            "key",     "via",     "pin",     "network", "models",
                                            "timeout", "headers", "auto",    NULL};
static const char *const KEY_KEYS[] = {"command", "file", "env", "credential", "secret", NULL};
static const char *const MODEL_KEYS[] = {"name",  "context", "modalities", "price",
                                         "tools", "schema",  "quality",    NULL};

enum {
    CONNECT_MS = 10000,
    IDLE_MS = 300000,
    TOTAL_MS = 600000,
    LEAST_MS = 1000,
    QUALITY_UNKNOWN = 750
};

static bool read_name(struct config_reader *r, const struct tval *t, struct str *out) {
    const struct tval *v = tval_get(t, "name");
    if (!v) {
        return config_bad(r, t, "a [[provider]] needs a name: name = \"openai\"");
    }
    TRY(config_str(r, t, "name", out));
    bool fine = out->len > 0 && out->len <= 64;
    for (size_t i = 0; i < out->len; i++) {
        char c = out->ptr[i];
        fine = fine
               && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'
                   || c == '.');
    }
    if (!fine) {
        return config_bad(r, v, "a provider's name has only a-z, 0-9, '-', '_' and '.'");
    }
    if (str_is(*out, "local") || str_is(*out, "auto") || str_is(*out, "weir")) {
        return config_bad(r, v, "a provider cannot be called `" STR_FMT "`; choose another name",
                          STR_ARG(*out));
    }
    return true;
}

static bool key_must_be_trusted(struct config_reader *r, const struct tval *v) {
    if (!r->trusted) {
        return config_bad(
            r, v, "this file can be written by others, so a key in it does not count: chmod 600 %s",
            r->file);
    }
    return true;
}

static bool read_command(struct config_reader *r, const struct tval *k, struct secret_ref *out) {
    struct str *words = NULL;
    size_t n = 0;
    TRY(config_strs(r, k, "command", &words, &n));
    if (!n) {
        return config_bad(r, k, "`command` is a list of words: [\"pass\", \"show\", \"openai\"]");
    }
    const char **argv = arena_array(r->a, const char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        argv[i] = str_cstr(r->a, words[i]);
    }
    *out = (struct secret_ref){.source = SECRET_COMMAND, .command = argv};
    return true;
}

static bool read_key(struct config_reader *r, const struct tval *t, struct secret_ref *out) {
    const struct tval *k = tval_get(t, "key");
    if (!k) {
        return true;
    }
    if (k->kind == TTABLE && k->count > 1) {
        return config_bad(r, k, "a key comes from one place: leave one of command, file and env");
    }
    if (k->kind != TTABLE || k->count != 1) {
        return config_bad(
            r, k,
            "a key is never written here: key = { command = [\"pass\", \"show\", \"x\"] }, "
            "{ file = \"~/.keys/x\" } or { env = \"X_API_KEY\" }");
    }
    TRY(config_keys(r, k, "key", KEY_KEYS));
    TRY(key_must_be_trusted(r, k));
    struct str text = {0};
    if (tval_get(k, "command")) {
        return read_command(r, k, out);
    }
    if (tval_get(k, "file")) {
        TRY(config_str(r, k, "file", &text));
        if (!text.len) {
            return config_bad(r, k, "`file` names a file: key = { file = \"~/.keys/x\" }");
        }
        if (str_starts(text, STR("~/"))) {
            text = str_fmt(r->a, STR_FMT STR_FMT, STR_ARG(r->home),
                           STR_ARG(str_sub(text, 1, text.len)));
        }
        if (text.ptr[0] != '/') { /* the daemon's folder is not the person's */
            return config_bad(r, k, "`file` is a path from the root or from home: \"~/.keys/x\"");
        }
        *out = (struct secret_ref){.source = SECRET_FILE, .path = str_cstr(r->a, text)};
        return true;
    }
    if (tval_get(k, "env")) {
        TRY(config_str(r, k, "env", &text));
        if (!text.len || str_find_char(text, '=') >= 0 || str_find_char(text, ' ') >= 0) {
            return config_bad(r, k, "`env` names a variable: key = { env = \"X_API_KEY\" }");
        }
        *out = (struct secret_ref){.source = SECRET_ENV, .env = str_cstr(r->a, text)};
        return true;
    }
    if (tval_get(k, "credential")) {
        TRY(config_str(r, k, "credential", &text));
        const char *dir = getenv("CREDENTIALS_DIRECTORY");
        if (!dir || str_contains(text, STR("/"))) {
            return config_bad(r, k,
                              "no systemd credential `" STR_FMT
                              "` here: LoadCredential= in the unit makes "
                              "one",
                              STR_ARG(text));
        }
        *out = (struct secret_ref){
            .source = SECRET_FILE,
            .path = str_cstr(r->a, str_fmt(r->a, "%s/" STR_FMT, dir, STR_ARG(text)))};
        return true;
    }
    return config_bad(r, k,
                      "weir does not read the Secret Service itself; write "
                      "key = { command = [\"secret-tool\", \"lookup\", …] }");
}

static bool read_price(struct config_reader *r, const struct tval *p, struct config_model *m) {
    const struct tval *in = NULL;
    const struct tval *out = NULL;
    if (p->kind == TARRAY && p->count == 2) {
        in = &p->items[0];
        out = &p->items[1];
    } else if (p->kind == TTABLE) {
        in = tval_get(p, "input");
        out = tval_get(p, "output");
    }
    if (!in || !out) {
        return config_bad(r, p,
                          "`price` is USD per million tokens: { input = 0.25, output = 2.0 }");
    }
    double a = 0;
    double b = 0;
    TRY(config_number(r, in, "price", &a));
    TRY(config_number(r, out, "price", &b));
    if (a < 0 || b < 0 || a > 1e5 || b > 1e5) {
        return config_bad(r, p, "`price` is USD per million tokens, from 0 to 100000");
    }
    m->price_in = llround(a * 1e6);
    m->price_out = llround(b * 1e6);
    return true;
}

static bool read_model_table(struct config_reader *r, const struct tval *t,
                             struct config_model *m) {
    TRY(config_keys(r, t, "a model", MODEL_KEYS));
    TRY(config_int(r, t, "context", 256, 100000000, &m->context));
    TRY(config_bool(r, t, "tools", &m->tools));
    TRY(config_bool(r, t, "schema", &m->schema));
    int64_t quality = m->quality;
    TRY(config_int(r, t, "quality", 0, 1000, &quality));
    m->quality = (int32_t)quality;
    struct str *kinds = NULL;
    size_t n = 0;
    TRY(config_strs(r, t, "modalities", &kinds, &n));
    for (size_t i = 0; i < n; i++) {
        m->images = m->images || str_is(kinds[i], "image");
        m->audio = m->audio || str_is(kinds[i], "audio");
        m->files = m->files || str_is(kinds[i], "file");
        if (!str_is(kinds[i], "image") && !str_is(kinds[i], "audio") && !str_is(kinds[i], "file")
            && !str_is(kinds[i], "text")) {
            return config_bad(r, tval_get(t, "modalities"),
                              "modalities are text, image, audio and file");
        }
    }
    const struct tval *p = tval_get(t, "price");
    return !p || read_price(r, p, m);
}

static const struct config_model *preset_model(const struct provider_preset *p, struct str id) {
    for (size_t i = 0; p && i < p->model_count; i++) {
        if (str_eq(p->models[i].id, id)) {
            return &p->models[i];
        }
    }
    return NULL;
}

static bool read_model(struct config_reader *r, const struct tval *v, struct str id,
                       const struct provider_preset *preset, struct config_model *m) {
    *m = (struct config_model){
        .tools = true, .schema = true, .price_in = -1, .price_out = -1, .quality = QUALITY_UNKNOWN};
    if (v->kind == TTABLE && tval_get(v, "name")) {
        TRY(config_str(r, v, "name", &id));
    }
    if (!id.len) {
        return config_bad(r, v, "a model needs its name: models = [\"qwen3-32b\"]");
    }
    const struct config_model *known = preset_model(preset, id);
    if (known) {
        *m = *known;
    }
    m->id = id;
    return v->kind != TTABLE || read_model_table(r, v, m);
}

static bool read_models(struct config_reader *r, const struct tval *t,
                        const struct provider_preset *preset, struct config_provider *p) {
    const struct tval *list = tval_get(t, "models");
    if (!list) {
        p->models = preset ? preset->models : NULL;
        p->model_count = preset ? preset->model_count : 0;
        return true;
    }
    if (list->kind != TARRAY && list->kind != TTABLE) {
        return config_bad(r, list, "`models` is a list of names: [\"qwen3-32b\"]");
    }
    struct config_model *models = arena_array(r->a, struct config_model, list->count + 1);
    for (size_t i = 0; i < list->count; i++) {
        const struct tval *v = &list->items[i];
        struct str id = v->kind == TSTRING ? v->string : v->key;
        if (v->kind != TSTRING && v->kind != TTABLE) {
            return config_bad(r, v, "a model is a name, or a table with its name");
        }
        TRY(read_model(r, v, id, preset, &models[i]));
    }
    p->models = models;
    p->model_count = list->count;
    p->models_given = true;
    return true;
}

/* What the request's framing, its target and its key are is said elsewhere. */
static const char *reserved(struct str name) {
    static const char *const framing[] = {
        "host",       "content-length", "content-type", "transfer-encoding",
        "connection", "expect",         "upgrade",      "te",
        "trailer"};
    static const char *const keys[] = {"authorization", "x-api-key", "proxy-authorization"};
    for (size_t i = 0; i < ARRAY_LEN(framing); i++) {
        if (str_ieq(name, str_of(framing[i]))) {
            return "weir writes this header itself; take it out";
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (str_ieq(name, str_of(keys[i]))) {
            return "a key is never written here: key = { command = [\"pass\", \"show\", \"x\"] }, "
                   "{ file = \"~/.keys/x\" } or { env = \"X_API_KEY\" }";
        }
    }
    return NULL;
}

static bool read_headers(struct config_reader *r, const struct tval *t,
                         struct gate_target *target) {
    const struct tval *h = tval_get(t, "headers");
    if (!h) {
        return true;
    }
    TRY(config_table(r, h, "headers"));
    struct http_pair *out = arena_array(r->a, struct http_pair, h->count + 1);
    for (size_t i = 0; i < h->count; i++) {
        const struct tval *v = &h->items[i];
        bool fine = v->kind == TSTRING && v->key.len > 0;
        for (size_t k = 0; fine && k < v->key.len; k++) {
            char c = v->key.ptr[k];
            fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                   || c == '-' || c == '_';
        }
        for (size_t k = 0; fine && k < v->string.len; k++) {
            fine = (unsigned char)v->string.ptr[k] >= 0x20 && v->string.ptr[k] != 0x7f;
        }
        if (!fine) {
            return config_bad(r, v,
                              "a header is a name and a text: headers = { \"x-team\" = \"blue\" }");
        }
        const char *why_not = reserved(v->key);
        if (why_not) {
            return config_bad(r, v, "`" STR_FMT "`: %s", STR_ARG(v->key), why_not);
        }
        out[i] = (struct http_pair){.name = v->key, .value = v->string};
    }
    target->headers = out;
    target->header_count = h->count;
    return true;
}

static bool is_loopback(const struct url *u) {
    return str_is(u->host, "localhost") || str_is(u->host, "::1")
           || str_starts(u->host, STR("127."));
}

static bool read_url(struct config_reader *r, const struct tval *t,
                     const struct provider_preset *preset, struct config_provider *p) {
    struct str url = str_of(preset ? preset->url : NULL);
    TRY(config_str(r, t, "url", &url));
    if (p->dialect == DIALECT_SCRIPTED) {
        p->target.scripted = true;
        p->target.base_url = STR("scripted:");
        return true;
    }
    const struct tval *at = tval_get(t, "url") ? tval_get(t, "url") : t;
    if (!url.len) {
        return config_bad(r, at, "provider `" STR_FMT "` needs a url (or a preset that has one)",
                          STR_ARG(p->name));
    }
    struct url u = {0};
    struct err why = {0};
    if (!url_parse(r->a, url, &u, &why)) {
        return config_bad(r, at, "`url`: %s", why.text);
    }
    if (u.user.len || u.query.len) {
        return config_bad(r, at, "`url` holds no user, password or query; a key goes into `key`");
    }
    if (p->said == ZONE_DEVICE && !is_loopback(&u)) {
        return config_bad(r, at,
                          "zone device means this computer: 127.0.0.1, [::1] or localhost; "
                          "another machine of yours is `home`");
    }
    while (url.len && url.ptr[url.len - 1] == '/') {
        url.len--;
    }
    p->target.base_url = str_dup(r->a, url);
    return true;
}

/* home must be provable, or it counts as cloud (SURFACE.md 3). */
static bool believe_zone(struct config_reader *r, const struct tval *t, struct config_provider *p) {
    struct gate_target *g = &p->target;
    TRY(config_str(r, t, "via", &g->via));
    TRY(config_str(r, t, "pin", &g->pin));
    TRY(config_str(r, t, "network", &g->network));
    if (g->network.len && g->network.len != NET_FINGERPRINT) {
        return config_bad(r, tval_get(t, "network"),
                          "`network` is a network's fingerprint: `weir doctor` prints this one's");
    }
    if (g->pin.len && !str_starts(g->pin, STR("sha256//"))) {
        return config_bad(r, tval_get(t, "pin"), "`pin` is the TLS key's hash: \"sha256//…\"");
    }
    g->zone = p->said;
    if (p->said == ZONE_HOME && !g->via.len && !g->pin.len && !g->network.len
        && p->dialect != DIALECT_SCRIPTED) {
        g->zone = ZONE_CLOUD;
        p->zone_note = STR("counts as cloud: home must be provable by via, pin or network");
    }
    return true;
}

static bool read_dialect(struct config_reader *r, const struct tval *t,
                         const struct provider_preset *preset, struct config_provider *p) {
    struct str text = {0};
    TRY(config_str(r, t, "dialect", &text));
    if (!text.len) {
        if (!preset) {
            return config_bad(r, t,
                              "provider `" STR_FMT
                              "` needs a dialect (openai, anthropic or scripted) or a "
                              "preset",
                              STR_ARG(p->name));
        }
        p->dialect = preset->dialect;
        return true;
    }
    for (int d = 0; d < DIALECTS; d++) {
        if (str_is(text, DIALECT_NAMES[d])) {
            p->dialect = (enum chat_dialect)d;
            if (d != DIALECT_SCRIPTED && !backend_find(p->dialect)) {
                return config_bad(r, tval_get(t, "dialect"),
                                  "weir does not speak `" STR_FMT "` to providers "
                                  "yet; it speaks openai, anthropic and scripted",
                                  STR_ARG(text));
            }
            return true;
        }
    }
    const char *near = str_nearest(text, DIALECT_NAMES, DIALECTS);
    return config_bad(r, tval_get(t, "dialect"), "unknown dialect `" STR_FMT "`%s%s%s",
                      STR_ARG(text),
                      near ? "; did you mean `" : "; there are openai, anthropic and scripted",
                      near ? near : "", near ? "`?" : "");
}

static bool read_preset(struct config_reader *r, const struct tval *t,
                        const struct provider_preset **out) {
    struct str name = {0};
    TRY(config_str(r, t, "preset", &name));
    if (!name.len) {
        return true;
    }
    *out = provider_preset(name);
    if (*out) {
        return true;
    }
    const char *names[16];
    size_t n = 0;
    AUTO_BUF list = {0};
    buf_init(&list, 200);
    for (size_t i = 0; i < PROVIDER_PRESET_COUNT && n < ARRAY_LEN(names); i++) {
        names[n++] = PROVIDER_PRESETS[i].name;
        buf_addf(&list, "%s%s", i ? ", " : "", PROVIDER_PRESETS[i].name);
    }
    const char *near = str_nearest(name, names, n);
    if (near) {
        return config_bad(r, tval_get(t, "preset"),
                          "unknown preset `" STR_FMT "`; did you mean `%s`?", STR_ARG(name), near);
    }
    return config_bad(r, tval_get(t, "preset"), "unknown preset `" STR_FMT "`; there are " STR_FMT,
                      STR_ARG(name), STR_ARG(buf_str(&list)));
}

bool config_read_provider(struct config_reader *r, const struct tval *t,
                          struct config_provider *p) {
    *p = (struct config_provider){0};
    TRY(config_keys(r, t, "[[provider]]", PROVIDER_KEYS));
    TRY(read_name(r, t, &p->name));
    const struct provider_preset *preset = NULL;
    TRY(read_preset(r, t, &preset));
    p->preset = str_of(preset ? preset->name : "");
    TRY(read_dialect(r, t, preset, p));
    p->said = p->dialect == DIALECT_SCRIPTED ? ZONE_DEVICE : ZONE_CLOUD;
    TRY(config_zone(r, t, "zone", &p->said));
    p->auto_ok = p->dialect != DIALECT_SCRIPTED;
    TRY(config_bool(r, t, "auto", &p->auto_ok));
    TRY(read_url(r, t, preset, p));
    TRY(believe_zone(r, t, p));
    TRY(read_models(r, t, preset, p));
    TRY(read_headers(r, t, &p->target));
    TRY(read_key(r, t, &p->target.key));
    int64_t total = TOTAL_MS;
    TRY(config_time(r, t, "timeout", &total));
    if (total < LEAST_MS) {
        return config_bad(r, tval_get(t, "timeout"), "`timeout` is at least \"1s\"");
    }
    p->target.name = p->name;
    p->target.connect_timeout_ms = CONNECT_MS;
    p->target.idle_timeout_ms = total < IDLE_MS ? total : IDLE_MS;
    p->target.total_timeout_ms = total;
    const struct backend *b = backend_find(p->dialect);
    if (b) {
        p->target.auth_header = str_of(b->auth_header);
        p->target.auth_prefix = str_of(b->auth_prefix);
    }
    return true;
}
