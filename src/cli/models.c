/* `weir models`, `weir engine`, `weir providers`. */
#include "cli/fit.h"
#include "cli/hidden.h"
#include "cli/simple.h"

static struct str price(struct arena *a, const struct jval *m) {
    int64_t in = out_number(m, "price_in", -1);
    int64_t out = out_number(m, "price_out", -1);
    if (in < 0 || out < 0) {
        return STR("?");
    }
    return in + out == 0 ? STR("free")
                         : str_fmt(a, "$%.2f / $%.2f", (double)in / 1e6, (double)out / 1e6);
}

static int list(struct client *c) {
    int code = 0;
    struct arena *a = &c->arena;
    client_tell_problems(c);
    const struct jval *v = client_get(c, "GET", STR("/weir/v1/models"), STR(""), &code);
    if (!v || c->json) {
        return code;
    }
    struct table t = {.a = a, .columns = 7};
    table_row(&t, (struct str[]){STR("MODEL"), STR("ZONE"), STR("STATE"), STR("SIZE"),
                                 STR("CONTEXT"), STR("SPEED"), STR("PRICE in/out per M")});
    for (struct jiter it = jval_iter(jval_get(v, "models")); jiter_next(&it);) {
        int64_t size = out_number(it.value, "size_bytes", 0);
        int64_t context = out_number(it.value, "context", 0);
        int64_t speed = out_number(it.value, "tokens_per_second", 0);
        struct str problem = simple_text(it.value, "problem");
        table_row(&t, (struct str[]){simple_text(it.value, "name"), simple_text(it.value, "zone"),
                                     problem.len ? problem : simple_text(it.value, "state"),
                                     size ? out_size(a, size) : STR("-"),
                                     context ? str_fmt(a, "%lld", (long long)context) : STR("?"),
                                     speed ? str_fmt(a, "%lld tok/s", (long long)speed) : STR("-"),
                                     price(a, it.value)});
    }
    table_print(&t, stdout);
    return 0;
}

static int show(struct client *c, struct str name) {
    int code = 0;
    bool json = c->json;
    c->json = false;
    const struct jval *v = client_get(c, "GET", STR("/weir/v1/models"), STR(""), &code);
    for (struct jiter it = jval_iter(jval_get(v, "models")); v && jiter_next(&it);) {
        struct str full = simple_text(it.value, "name");
        if (!str_eq(full, name)
            && !(str_starts(name, STR("local/")) && str_eq(full, str_sub(name, 6, name.len)))) {
            continue;
        }
        if (json) {
            printf(STR_FMT "\n", STR_ARG(jval_print(&c->arena, it.value)));
            return 0;
        }
        for (struct jiter m = jval_iter(it.value); jiter_next(&m);) {
            printf("%-18.*s ", STR_ARG(m.key));
            out_text(stdout, jval_is(m.value, JSTRING) ? jval_str(m.value)
                                                       : jval_print(&c->arena, m.value));
            printf("\n");
        }
        return 0;
    }
    if (v) {
        fprintf(stderr, "weir: there is no model `" STR_FMT "`; `weir models` lists them\n",
                STR_ARG(name));
        code = 1;
    }
    return code;
}

/* How fast it reads and writes, asked the way every client asks; the model's speed in the list is
 * measured by such answers, too. */
static int bench(struct client *c, struct str name) {
    static const char ask[] = "Write about rivers, rain and the sea.";
    struct arena *a = &c->arena;
    bool local = str_find_char(name, '/') < 0;
    struct table t = {.a = a, .columns = 4};
    table_row(&t, (struct str[]){STR("RUN"), STR("FIRST WORD"), STR("SPEED"), STR("TOKENS")});
    for (int run = 1; run <= 3; run++) {
        int code = 0;
        AUTO_BUF b = {0};
        buf_init(&b, 1 << 16);
        struct jout j = jout_make(&b);
        jout_object(&j);
        jout_kstr(&j, "model", str_fmt(a, "%s" STR_FMT, local ? "local/" : "", STR_ARG(name)));
        jout_ki64(&j, "max_tokens", 128);
        jout_key(&j, "messages");
        jout_array(&j);
        jout_object(&j);
        jout_kcstr(&j, "role", "user");
        jout_kcstr(&j, "content", ask);
        jout_end_object(&j);
        jout_end_array(&j);
        jout_key(&j, "weir");
        jout_object(&j);
        jout_kcstr(&j, "receipt", "body");
        jout_end_object(&j);
        jout_end_object(&j);
        bool json = c->json;
        c->json = false;
        const struct jval *v =
            client_get(c, "POST", STR("/v1/chat/completions"), str_dup(a, buf_str(&b)), &code);
        c->json = json;
        if (!v) {
            return code;
        }
        const struct jval *r = jval_get(v, "weir");
        if (json) {
            printf(STR_FMT "\n", STR_ARG(jval_print(a, r)));
            continue;
        }
        const struct jval *u = jval_get(r, "usage");
        double speed = 0;
        bool told = jval_double(jval_get(r, "tokens_per_second"), &speed);
        table_row(&t,
                  (struct str[]){str_fmt(a, "%d", run),
                                 str_fmt(a, "%lld ms", (long long)out_number(r, "first_ms", 0)),
                                 told ? str_fmt(a, "%.0f tok/s", speed) : STR("-"),
                                 str_fmt(a, "%lld", (long long)out_number(u, "output_tokens", 0))});
    }
    if (!c->json) {
        table_print(&t, stdout);
    }
    return 0;
}

static const char PUT_FILE[] = "a GGUF file in a models folder is a model (weir models --help)";

static int act_models(struct client *c, const struct words *w, void *ctx) {
    (void)ctx;
    static const char *const verbs[] = {"ls", "show",  "load", "unload",
                                        "rm", "bench", "pull", "fit"};
    if (!w->count || simple_word_is(w, 0, "ls")) {
        return simple_words_fit("models", w, 1) ? list(c) : 2;
    }
    if (simple_word_is(w, 0, "fit")) {
        return simple_words_fit("models", w, 1) ? models_fit(c) : 2;
    }
    if (simple_word_is(w, 0, "pull")) {
        return simple_later("models pull", PUT_FILE);
    }
    bool known = false;
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        known = known || simple_word_is(w, 0, verbs[i]);
    }
    if (!known) {
        return simple_wrong("models", w->list[0], verbs, ARRAY_LEN(verbs));
    }
    if (w->count != 2) {
        fprintf(stderr, "weir models " STR_FMT ": name one model\n", STR_ARG(w->list[0]));
        return 2;
    }
    if (simple_word_is(w, 0, "show")) {
        return show(c, w->list[1]);
    }
    if (simple_word_is(w, 0, "bench")) {
        return bench(c, w->list[1]);
    }
    int code = 0;
    bool rm = simple_word_is(w, 0, "rm");
    struct str path = simple_path(c, "models/", w->list[1],
                                  rm                               ? ""
                                  : simple_word_is(w, 0, "unload") ? "/unload"
                                                                   : "/load");
    const struct jval *v = client_get(c, rm ? "DELETE" : "POST", path, STR(""), &code);
    if (v && !c->json) {
        printf(STR_FMT ": " STR_FMT "\n", STR_ARG(simple_text(v, "model")),
               STR_ARG(simple_text(v, "state")));
    }
    return code;
}

static int run_models(int argc, char **argv) {
    struct client c = {0};
    const struct option o[] = {{"--json", NULL, &c.json, NULL}};
    return simple_run(argc, argv, o, ARRAY_LEN(o), 2, act_models, &c, NULL);
}

const struct cli_command CLI_MODELS = {
    "models",
    "[ls | fit | show MODEL | load MODEL | unload MODEL | bench MODEL | rm MODEL] [--json]",
    "the models of every backend",
    "  A model is a GGUF file in $XDG_DATA_HOME/weir/models, a folder that [models] dirs in "
    "weir.toml "
    "names, or the\n  stores of Hugging Face, Ollama and LM Studio. fit says which of them this "
    "machine's memory can hold, with how\n  much context (not now: it would, were less in use). "
    "pull is not there yet.\n\n"
    "  weir models\n  weir models load smollm2-135m-instruct\n  weir models bench "
    "smollm2-135m-instruct\n",
    run_models};

static int run_pull(int argc, char **argv) {
    (void)argc;
    (void)argv;
    return simple_later("pull", PUT_FILE);
}

const struct cli_command CLI_PULL = {"pull", "MODEL", "gets a model: short for weir models pull",
                                     "  Not there yet: put a GGUF file into a models folder (weir "
                                     "models --help).\n\n  weir pull qwen3-4b\n",
                                     run_pull};

static int act_engine(struct client *c, const struct words *w, void *ctx) {
    (void)ctx;
    static const char *const verbs[] = {"status", "build"};
    if (simple_word_is(w, 0, "build")) {
        return simple_later("engine build",
                            "`make run` gets a built one, and a llama-server in PATH is used");
    }
    if (w->count && !simple_word_is(w, 0, "status")) {
        return simple_wrong("engine", w->list[0], verbs, ARRAY_LEN(verbs));
    }
    int code = 0;
    const struct jval *v = client_get(c, "GET", STR("/weir/v1/engines"), STR(""), &code);
    if (v && !c->json) {
        struct str binary = simple_text(v, "binary");
        printf("engine   " STR_FMT "\nnetwork  " STR_FMT "\n",
               STR_ARG(binary.len ? binary : STR("none found")),
               STR_ARG(simple_text(v, "isolation")));
        for (struct jiter it = jval_iter(jval_get(v, "models")); jiter_next(&it);) {
            printf("model    " STR_FMT " (" STR_FMT ")\n", STR_ARG(simple_text(it.value, "name")),
                   STR_ARG(simple_text(it.value, "state")));
        }
    }
    return code;
}

static int run_engine(int argc, char **argv) {
    struct client c = {0};
    const struct option o[] = {{"--json", NULL, &c.json, NULL}};
    return simple_run(argc, argv, o, ARRAY_LEN(o), 1, act_engine, &c, NULL);
}

const struct cli_command CLI_ENGINE = {"engine", "[status] [--json]", "the local engine",
                                       "  build is not there yet.\n\n  weir engine status\n",
                                       run_engine};

/* ---- providers ---- */

static int list_providers(struct client *c) {
    int code = 0;
    client_tell_problems(c);
    const struct jval *v = client_get(c, "GET", STR("/weir/v1/providers"), STR(""), &code);
    if (!v || c->json) {
        return code;
    }
    struct table t = {.a = &c->arena, .columns = 6};
    table_row(&t, (struct str[]){STR("PROVIDER"), STR("DIALECT"), STR("ZONE"), STR("KEY"),
                                 STR("STATE"), STR("URL")});
    size_t n = 0;
    for (struct jiter it = jval_iter(jval_get(v, "providers")); jiter_next(&it); n++) {
        table_row(&t,
                  (struct str[]){simple_text(it.value, "name"), simple_text(it.value, "dialect"),
                                 simple_text(it.value, "zone"), simple_text(it.value, "key"),
                                 simple_text(it.value, "state"), simple_text(it.value, "url")});
        struct str note = simple_text(it.value, "zone_note");
        if (note.len) {
            fprintf(stderr, STR_FMT ": " STR_FMT "\n", STR_ARG(simple_text(it.value, "name")),
                    STR_ARG(note));
        }
    }
    if (!n) {
        printf("none yet: weir providers add openai\n");
        return 0;
    }
    table_print(&t, stdout);
    return 0;
}

/* The key without an echo; never an argument, which other users could see. */
static struct str ask_key(struct client *c, struct str name) {
    char line[4096];
    struct str prompt =
        str_fmt(&c->arena, "Key of " STR_FMT " (not shown; empty: none): ", STR_ARG(name));
    bool got = hidden_line(prompt.ptr, line, sizeof line);
    return got ? str_dup(&c->arena, str_trim(str_of(line))) : (struct str){0};
}

struct provider_options {
    struct str name, dialect, url, zone, via, pin, network, env, file;
    struct str models;
    bool no_key;
};

static int add(struct client *c, const struct words *w, const struct provider_options *o) {
    if (w->count != 2) {
        fprintf(stderr,
                "weir providers add: name a preset or a provider: weir providers add openai\n");
        return 2;
    }
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 20);
    struct jout j = jout_make(&b);
    jout_object(&j);
    bool own = o->url.len || o->dialect.len;
    jout_kstr(&j, "name", o->name.len ? o->name : w->list[1]);
    if (!own) {
        jout_kstr(&j, "preset", w->list[1]);
    }
    const struct {
        const char *key;
        struct str value;
    } members[] = {{"dialect", o->dialect.len ? o->dialect
                               : own          ? STR("openai")
                                              : (struct str){0}},
                   {"url", o->url},
                   {"zone", o->zone},
                   {"via", o->via},
                   {"pin", o->pin},
                   {"network", o->network},
                   {"key_env", o->env},
                   {"key_file", o->file.len ? path_resolve(&c->arena, o->file) : o->file}};
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        if (members[i].value.len) {
            jout_kstr(&j, members[i].key, members[i].value);
        }
    }
    if (o->models.len) {
        jout_key(&j, "models");
        jout_array(&j);
        struct str rest = o->models;
        struct str head = {0};
        while (rest.len) {
            str_cut(rest, ',', &head, &rest);
            jout_str(&j, str_trim(head));
        }
        jout_end_array(&j);
    }
    if (!o->env.len && !o->file.len && !o->no_key) {
        struct str key = ask_key(c, w->list[1]);
        if (key.len) {
            jout_kstr(&j, "key", key);
        }
    }
    jout_end_object(&j);
    int code = 0;
    const struct jval *v =
        client_get(c, "POST", STR("/weir/v1/providers"), str_dup(&c->arena, buf_str(&b)), &code);
    if (v && !c->json) {
        printf("added " STR_FMT " (" STR_FMT ")\n", STR_ARG(simple_text(v, "name")),
               STR_ARG(simple_text(v, "file")));
    }
    return code;
}

static int act_providers(struct client *c, const struct words *w, void *ctx) {
    static const char *const verbs[] = {"ls", "add", "test", "rm"};
    if (!w->count || simple_word_is(w, 0, "ls")) {
        return simple_words_fit("providers", w, 1) ? list_providers(c) : 2;
    }
    if (simple_word_is(w, 0, "add")) {
        return add(c, w, ctx);
    }
    bool test = simple_word_is(w, 0, "test");
    if (!test && !simple_word_is(w, 0, "rm")) {
        return simple_wrong("providers", w->list[0], verbs, ARRAY_LEN(verbs));
    }
    if (w->count != 2) {
        fprintf(stderr, "weir providers " STR_FMT ": name one provider\n", STR_ARG(w->list[0]));
        return 2;
    }
    int code = 0;
    struct str path = simple_path(c, "providers/", w->list[1], test ? "/test" : "");
    const struct jval *v = client_get(c, test ? "POST" : "DELETE", path, STR(""), &code);
    if (v && !c->json && test) {
        printf(STR_FMT ": answers, %zu model(s), %lld ms\n", STR_ARG(w->list[1]),
               jval_len(jval_get(v, "models")), (long long)out_number(v, "ms", 0));
    } else if (v && !c->json) {
        printf("removed " STR_FMT "\n", STR_ARG(w->list[1]));
    }
    return code;
}

static int run_providers(int argc, char **argv) {
    struct client c = {0};
    struct provider_options p = {0};
    const struct option o[] = {
        {"--json", NULL, &c.json, NULL},       {"--name", NULL, NULL, &p.name},
        {"--dialect", NULL, NULL, &p.dialect}, {"--url", NULL, NULL, &p.url},
        {"--zone", NULL, NULL, &p.zone},       {"--via", NULL, NULL, &p.via},
        {"--pin", NULL, NULL, &p.pin},         {"--network", NULL, NULL, &p.network},
        {"--key-env", NULL, NULL, &p.env},     {"--key-file", NULL, NULL, &p.file},
        {"--models", NULL, NULL, &p.models},   {"--no-key", NULL, &p.no_key, NULL}};
    return simple_run(argc, argv, o, ARRAY_LEN(o), 2, act_providers, &c, &p);
}

const struct cli_command CLI_PROVIDERS = {
    "providers", "[ls | add NAME | test NAME | rm NAME] [--json]", "services beyond this process",
    "  add takes a preset (openai, anthropic, mistral, deepseek, groq, openrouter, together) and "
    "asks for its key; or a\n"
    "  name of your own with --url URL [--dialect openai|anthropic] [--zone ZONE] [--via IF] "
    "[--pin sha256//…]\n"
    "  [--network FINGERPRINT] [--models a,b]. The key is asked for without echo and kept in a "
    "file of mode 0600; "
    "--key-env NAME, --key-file\n"
    "  FILE or --no-key say otherwise.\n\n"
    "  weir providers add openai\n  weir providers add basement --url http://10.0.0.7:8000/v1 "
    "--zone home --via wg0\n",
    run_providers};
