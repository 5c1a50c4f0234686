/* `weir keys`, `doctor`, `config`, `log`, `version`. */
#include "cli/simple.h"

struct key_options {
    struct str days, project;
};

static int show_keys(struct client *c) {
    int code = 0;
    const struct jval *v = client_get(c, "GET", STR("/weir/v1/keys"), STR(""), &code);
    if (!v || c->json) {
        return code;
    }
    if (!jval_len(jval_get(v, "keys"))) {
        printf("none: programs of your own on this computer need none\n");
    }
    for (struct jiter it = jval_iter(jval_get(v, "keys")); jiter_next(&it);) {
        struct str expires = simple_text(it.value, "expires");
        struct str project = simple_text(it.value, "project");
        printf(STR_FMT "  since " STR_FMT "%s" STR_FMT "%s", STR_ARG(simple_text(it.value, "name")),
               STR_ARG(simple_text(it.value, "created")), expires.len ? " until " : "",
               STR_ARG(expires), project.len ? " of the project " : "");
        out_text(stdout, project);
        printf("\n");
    }
    return 0;
}

static int add_key(struct client *c, struct str name, const struct key_options *k) {
    AUTO_BUF b = {0};
    buf_init(&b, 10000);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kstr(&j, "name", name);
    int64_t days = 0;
    if (k->days.len && !str_to_i64(k->days, &days)) {
        fprintf(stderr, "weir keys add: --days takes a whole number of days, not `" STR_FMT "`\n",
                STR_ARG(k->days));
        return 2;
    }
    if (k->days.len) {
        jout_ki64(&j, "days", days);
    }
    if (k->project.len) {
        jout_kstr(&j, "project", k->project);
    }
    jout_end_object(&j);
    int code = 0;
    const struct jval *v = client_get(c, "POST", STR("/weir/v1/keys"), buf_str(&b), &code);
    if (v && !c->json) {
        fprintf(stderr, "the key, shown this once:\n");
        printf(STR_FMT "\n", STR_ARG(simple_text(v, "key")));
    }
    return code;
}

static int revoke_key(struct client *c, struct str name) {
    int code = 0;
    const struct jval *v =
        client_get(c, "DELETE", simple_path(c, "keys/", name, ""), STR(""), &code);
    if (v && !c->json) {
        printf("revoked " STR_FMT "\n", STR_ARG(name));
    }
    return code;
}

static int act_keys(struct client *c, const struct words *w, void *ctx) {
    static const char *const verbs[] = {"ls", "add", "revoke"};
    if (!w->count || simple_word_is(w, 0, "ls")) {
        return simple_words_fit("keys", w, 1) ? show_keys(c) : 2;
    }
    bool add = simple_word_is(w, 0, "add");
    if (!add && !simple_word_is(w, 0, "revoke")) {
        return simple_wrong("keys", w->list[0], verbs, ARRAY_LEN(verbs));
    }
    if (w->count != 2) {
        fprintf(stderr, "weir keys " STR_FMT ": name one key\n", STR_ARG(w->list[0]));
        return 2;
    }
    return add ? add_key(c, w->list[1], ctx) : revoke_key(c, w->list[1]);
}

static int run_keys(int argc, char **argv) {
    struct client c = {0};
    struct key_options k = {0};
    const struct option o[] = {{"--json", NULL, &c.json, NULL},
                               {"--days", NULL, NULL, &k.days},
                               {"--project", NULL, NULL, &k.project}};
    return simple_run(argc, argv, o, ARRAY_LEN(o), 2, act_keys, &c, &k);
}

const struct cli_command CLI_KEYS = {
    "keys", "[ls | add NAME [--days N] [--project P] | revoke NAME]", "access keys of callers",
    "      --project P   what comes with this key is known to be of "
    "that project\n\n  weir keys add laptop --days 90\n",
    run_keys};

/* ---- doctor ---- */

static int act_doctor(struct client *c, const struct words *w, void *ctx) {
    (void)w;
    (void)ctx;
    int code = 0;
    const struct jval *v = client_get(c, "GET", STR("/weir/v1/doctor"), STR(""), &code);
    bool bad = false;
    for (struct jiter it = jval_iter(jval_get(v, "checks")); v && jiter_next(&it);) {
        struct str state = simple_text(it.value, "state");
        bad = bad || str_is(state, "bad");
        if (!c->json) {
            const char *mark = str_is(state, "ok") ? "✓" : str_is(state, "bad") ? "✗" : "!";
            printf("%s " STR_FMT ": ", mark, STR_ARG(simple_text(it.value, "name")));
            out_text(stdout, simple_text(it.value, "text"));
            printf("\n");
        }
    }
    return v ? bad : code;
}

/* A daemon that does not start is what is ill, then. */
static int tell_no_daemon(struct client *c, const struct err *e) {
    struct str log = path_join(&c->arena, c->places.state, "daemon.log");
    if (c->json) {
        AUTO_BUF b = {0};
        buf_init(&b, 64 << 10);
        struct jout j = jout_make(&b);
        jout_object(&j);
        jout_key(&j, "checks");
        jout_array(&j);
        jout_object(&j);
        jout_kcstr(&j, "name", "daemon");
        jout_kcstr(&j, "state", "bad");
        jout_kcstr(&j, "text", e->text);
        jout_end_object(&j);
        jout_end_array(&j);
        jout_end_object(&j);
        printf(STR_FMT "\n", STR_ARG(buf_str(&b)));
        return 1;
    }
    printf("✗ daemon: ");
    out_text(stdout, str_of(e->text));
    printf("\n! until it runs, nothing else can be looked at; its configuration is in " STR_FMT
           ", its log is " STR_FMT " (`weir log`)\n",
           STR_ARG(c->places.config), STR_ARG(log));
    return 1;
}

static int run_doctor(int argc, char **argv) {
    struct client c = {.arena = arena_make(1 << 30)};
    const struct option o[] = {{"--json", NULL, &c.json, NULL}};
    struct words w = {0};
    struct err e = {0};
    int code = 2;
    c.places = places_of(&c.arena);
    if (!options_read(&c.arena, argc, argv, o, ARRAY_LEN(o), &w)
        || !simple_words_fit("doctor", &w, 0)) {
        /* told */
    } else if (client_find(&c)) {
        code = act_doctor(&c, &w, NULL);
    } else {
        fprintf(stderr, "weir: no daemon is running; starting one\n");
        code = client_start(&c, &e) ? act_doctor(&c, &w, NULL) : tell_no_daemon(&c, &e);
    }
    client_close(&c);
    return code;
}

const struct cli_command CLI_DOCTOR = {
    "doctor", "[--json]", "what is well, what is not, and what to do",
    "  Exit code 1 when something is bad.\n\n  weir doctor\n", run_doctor};

/* ---- config ---- */

static int act_config(struct client *c, const struct words *w, void *ctx) {
    (void)ctx;
    static const char *const verbs[] = {"path", "show", "check"};
    int code = 0;
    bool check = simple_word_is(w, 0, "check");
    if (w->count && !check && !simple_word_is(w, 0, "show")) {
        return simple_wrong("config", w->list[0], verbs, ARRAY_LEN(verbs));
    }
    const struct jval *v = client_get(c, "GET", STR("/weir/v1/config"), STR(""), &code);
    if (!v) {
        return code;
    }
    bool ok = jval_bool(jval_get(v, "ok"), false);
    if (!c->json && !ok) {
        fprintf(stderr, "not in force: " STR_FMT "\n", STR_ARG(simple_text(v, "why")));
    }
    if (!c->json && !check && !jval_len(jval_get(v, "files"))) {
        printf("# no file in " STR_FMT ": all is as it is without one\n",
               STR_ARG(simple_text(v, "dir")));
    } else if (!c->json && !check) {
        out_text(stdout, simple_text(v, "text"));
    } else if (!c->json && ok) {
        printf("fine: %zu file(s)\n", jval_len(jval_get(v, "files")));
    }
    return ok ? 0 : 1;
}

static int run_config(int argc, char **argv) {
    struct client c = {.arena = arena_make(1 << 30)};
    const struct option o[] = {{"--json", NULL, &c.json, NULL}};
    struct words w = {0};
    if (!options_read(&c.arena, argc, argv, o, ARRAY_LEN(o), &w)) {
        client_close(&c);
        return 2;
    }
    if (simple_word_is(&w, 0, "path") && w.count == 1) { /* needs no daemon */
        c.places = places_of(&c.arena);
        struct str path = path_join(&c.arena, c.places.config, "weir.toml");
        if (c.json) {
            AUTO_BUF b = {0};
            buf_init(&b, 1 << 20);
            json_quote(&b, path);
            printf("{\"path\":" STR_FMT "}\n", STR_ARG(buf_str(&b)));
        } else {
            printf(STR_FMT "\n", STR_ARG(path));
        }
        client_close(&c);
        return 0;
    }
    return simple_run(argc, argv, o, ARRAY_LEN(o), 1, act_config, &c, NULL);
}

const struct cli_command CLI_CONFIG = {"config", "[path | show | check]",
                                       "the configuration in force",
                                       "  weir config path\n  weir config check\n", run_config};

/* What a daemon that was started in the background wrote before it ended. */
static int show_file(struct client *c) {
    enum { TAIL = 64 << 10 };
    struct str path = path_join(&c->arena, c->places.state, "daemon.log");
    struct str text = {0};
    struct err e = {0};
    if (!file_exists(path.ptr) || !file_tail(&c->arena, path.ptr, TAIL, &text, &e)) {
        fprintf(stderr, "weir: no daemon is running, and none left a log in " STR_FMT "%s%s\n",
                STR_ARG(path), e.kind ? ": " : "", e.text);
        return 1;
    }
    fprintf(stderr, "weir: no daemon is running; this is the end of " STR_FMT "\n", STR_ARG(path));
    if (c->json) {
        AUTO_BUF b = {0};
        buf_init(&b, (size_t)TAIL * 16);
        struct jout j = jout_make(&b);
        jout_object(&j);
        jout_kstr(&j, "log", text);
        jout_end_object(&j);
        printf(STR_FMT "\n", STR_ARG(buf_str(&b)));
    } else {
        out_text(stdout, text);
    }
    return 0;
}

static int act_log(struct client *c, const struct words *w, void *ctx) {
    (void)w;
    (void)ctx;
    int code = 0;
    const struct jval *v = client_get(c, "GET", STR("/weir/v1/log"), STR(""), &code);
    if (v && !c->json) {
        out_text(stdout, simple_text(v, "log"));
    }
    return code;
}

/* Starts no daemon: why it does not run may be what is looked for. */
static int run_log(int argc, char **argv) {
    struct client c = {.arena = arena_make(1 << 30)};
    const struct option o[] = {{"--json", NULL, &c.json, NULL}};
    struct words w = {0};
    int code = 2;
    c.places = places_of(&c.arena);
    if (!options_read(&c.arena, argc, argv, o, ARRAY_LEN(o), &w)
        || !simple_words_fit("log", &w, 0)) {
        /* told */
    } else if (client_find(&c)) {
        code = act_log(&c, &w, NULL);
    } else {
        code = show_file(&c);
    }
    client_close(&c);
    return code;
}

const struct cli_command CLI_LOG = {"log", "[--json]", "the daemon's last lines", "  weir log\n",
                                    run_log};

/* ---- version ---- */

static int run_version(int argc, char **argv) {
    struct arena a = arena_make(1 << 20);
    bool json = false;
    const struct option o[] = {{"--json", NULL, &json, NULL}};
    struct words w = {0};
    bool ok =
        options_read(&a, argc, argv, o, ARRAY_LEN(o), &w) && simple_words_fit("version", &w, 0);
    if (ok) {
        printf(json ? "{\"version\":\"%s\"}\n" : "weir %s\n", WEIR_VERSION);
    }
    arena_end(&a);
    return ok ? 0 : 2;
}

const struct cli_command CLI_VERSION = {"version", "[--json]", "the version", "  weir version\n",
                                        run_version};
