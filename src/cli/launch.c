/* `weir launch CLIENT`: an agent or editor, pointed at weir; `weir open`: the page. */
#include "cli/simple.h"

#include <errno.h>
#include <stdlib.h>

enum { MOST_SETTINGS = 8, MOST_WORDS = 8 };

/* In values, {url} is weir's address and {model} what --model says. */
static const struct launched {
    const char *name; /* also the program's */
    const char *env[MOST_SETTINGS][2];
    const char *words[MOST_WORDS];
    const char *missing; /* why it cannot work yet, NULL: it can */
} CLIENTS[] = {
    {"claude",
     {{"ANTHROPIC_BASE_URL", "{url}"},
      {"ANTHROPIC_AUTH_TOKEN", "none"},
      {"ANTHROPIC_API_KEY", ""},
      {"ANTHROPIC_DEFAULT_OPUS_MODEL", "{model}"},
      {"ANTHROPIC_DEFAULT_SONNET_MODEL", "{model}"},
      {"ANTHROPIC_DEFAULT_HAIKU_MODEL", "{model}"},
      {"CLAUDE_CODE_SUBAGENT_MODEL", "{model}"},
      {"CLAUDE_CODE_ATTRIBUTION_HEADER", "0"}}, /* it changes with each request: no prefix lasts */
     {"--model", "{model}"},
     NULL},
    {"opencode",
     {{"OPENCODE_CONFIG_CONTENT",
       "{\"provider\":{\"weir\":{\"npm\":\"@ai-sdk/openai-compatible\",\"options\":{\"baseURL\":"
       "\"{url}/v1\",\"apiKey\":\"none\"},\"models\":{\"{model}\":{\"tool_call\":true}}}},"
       "\"model\":\"weir/{model}\",\"small_model\":\"weir/{model}\"}"}},
     {NULL},
     NULL},
    {"copilot",
     {{"COPILOT_PROVIDER_BASE_URL", "{url}/v1"},
      {"COPILOT_MODEL", "{model}"},
      {"COPILOT_OFFLINE", "true"}},
     {NULL},
     NULL},
    {"qwen",
     {{"OPENAI_BASE_URL", "{url}/v1"}, {"OPENAI_API_KEY", "none"}},
     {"--auth-type", "openai", "--model", "{model}"},
     NULL},
    {"aider",
     {{"OPENAI_API_BASE", "{url}/v1"}, {"OPENAI_API_KEY", "none"}},
     {"--model", "openai/{model}"},
     NULL},
    {"codex", {{NULL}}, {NULL}, "it speaks only the Responses API, which weir does not speak yet"},
};

struct launch_options {
    struct str model;
    bool print;
};

static struct str filled(struct client *c, const char *text, struct str model) {
    AUTO_BUF b = {0};
    buf_init(&b, 16 << 10);
    struct str rest = str_of(text);
    while (rest.len) {
        if (str_starts(rest, STR("{url}"))) {
            buf_addf(&b, "http://127.0.0.1:%d", c->port);
            rest = str_sub(rest, 5, rest.len);
        } else if (str_starts(rest, STR("{model}"))) {
            buf_add(&b, model);
            rest = str_sub(rest, 7, rest.len);
        } else {
            buf_add_char(&b, rest.ptr[0]);
            rest = str_sub(rest, 1, rest.len);
        }
    }
    buf_add_char(&b, 0);
    struct str out = str_dup(&c->arena, buf_str(&b));
    return str_sub(out, 0, out.len - 1);
}

/* For a shell: 'it'\''s' */
static void print_quoted(struct str s) {
    putchar('\'');
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\'') {
            fputs("'\\''", stdout);
        } else {
            putchar(s.ptr[i]);
        }
    }
    putchar('\'');
}

static void print_settings(struct client *c, const struct launched *l, struct str model) {
    for (size_t i = 0; i < MOST_SETTINGS && l->env[i][0]; i++) {
        printf("export %s=", l->env[i][0]);
        print_quoted(filled(c, l->env[i][1], model));
        printf("\n");
    }
    printf("%s", l->name);
    for (size_t i = 0; i < MOST_WORDS && l->words[i]; i++) {
        printf(" ");
        print_quoted(filled(c, l->words[i], model));
    }
    printf("\n");
}

static void print_json(struct client *c, const struct launched *l, struct str model) {
    AUTO_BUF b = {0};
    buf_init(&b, 64 << 10);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kcstr(&j, "client", l->name);
    jout_key(&j, "env");
    jout_object(&j);
    for (size_t i = 0; i < MOST_SETTINGS && l->env[i][0]; i++) {
        jout_kstr(&j, l->env[i][0], filled(c, l->env[i][1], model));
    }
    jout_end_object(&j);
    jout_key(&j, "words");
    jout_array(&j);
    for (size_t i = 0; i < MOST_WORDS && l->words[i]; i++) {
        jout_str(&j, filled(c, l->words[i], model));
    }
    jout_end_array(&j);
    jout_end_object(&j);
    printf(STR_FMT "\n", STR_ARG(buf_str(&b)));
}

/* This process becomes the client; it returns only when that failed. */
static int become(struct client *c, const struct launched *l, const struct words *w,
                  struct str model) {
    const char **argv = arena_array(&c->arena, const char *, w->count + MOST_WORDS + 2);
    size_t n = 0;
    argv[n++] = l->name;
    for (size_t i = 0; i < MOST_WORDS && l->words[i]; i++) {
        argv[n++] = filled(c, l->words[i], model).ptr;
    }
    for (size_t i = 1; i < w->count; i++) {
        argv[n++] = str_cstr(&c->arena, w->list[i]);
    }
    argv[n] = NULL;
    for (size_t i = 0; i < MOST_SETTINGS && l->env[i][0]; i++) {
        setenv(l->env[i][0], filled(c, l->env[i][1], model).ptr, 1);
    }
    execvp(l->name, (char *const *)(uintptr_t)argv);
    fprintf(stderr,
            errno == ENOENT ? "weir launch: %s is not installed (not in PATH)\n"
                            : "weir launch: cannot start %s: %m\n",
            l->name);
    return 1;
}

static const struct launched *client_named(struct str name) {
    for (size_t i = 0; i < ARRAY_LEN(CLIENTS); i++) {
        if (str_is(name, CLIENTS[i].name)) {
            return &CLIENTS[i];
        }
    }
    return NULL;
}

static int act_launch(struct client *c, const struct words *w, void *ctx) {
    const struct launch_options *o = ctx;
    const struct launched *l = client_named(w->list[0]);
    struct str model = o->model.len ? o->model : STR("auto");
    if (o->print || c->json) {
        (c->json ? print_json : print_settings)(c, l, model);
        return 0;
    }
    return become(c, l, w, model);
}

static int run_launch(int argc, char **argv) {
    struct client c = {.arena = arena_make(1 << 30)};
    struct launch_options l = {0};
    const struct option o[] = {{"--json", NULL, &c.json, NULL},
                               {"--print", NULL, &l.print, NULL},
                               {"--model", "-m", NULL, &l.model}};
    struct words w = {0};
    if (!options_read(&c.arena, argc, argv, o, ARRAY_LEN(o), &w)) {
        client_close(&c);
        return 2;
    }
    const char *names[ARRAY_LEN(CLIENTS)];
    for (size_t i = 0; i < ARRAY_LEN(CLIENTS); i++) {
        names[i] = CLIENTS[i].name;
    }
    const struct launched *client = w.count ? client_named(w.list[0]) : NULL;
    int code = 2;
    if (!w.count) {
        fprintf(stderr, "weir launch: name a client: weir launch claude\n");
    } else if (!client) {
        code = simple_wrong("launch", w.list[0], names, ARRAY_LEN(names));
    } else if (client->missing) {
        fprintf(stderr, "weir launch: %s cannot be pointed at weir: %s\n", client->name,
                client->missing);
        code = 1;
    } else {
        code = client_open(&c) ? act_launch(&c, &w, &l) : 1;
    }
    client_close(&c);
    return code;
}

const struct cli_command CLI_LAUNCH = {
    "launch", "CLIENT [--print] [-m MODEL] [--json] [-- WORDS]",
    "starts an agent or editor pointed at weir",
    "  CLIENT is claude, opencode, copilot, qwen or aider. Words behind -- go to it.\n\n"
    "      --print         the settings for a shell; nothing is started\n"
    "  -m, --model MODEL   what it asks for, else auto\n\n"
    "  weir launch claude\n  weir launch opencode --print\n  weir launch claude -- -p \"What does "
    "this project do?\"\n",
    run_launch};

/* ---- the page ---- */

static int act_open(struct client *c, const struct words *w, void *ctx) {
    (void)w;
    const bool *print = ctx;
    struct str page = str_fmt(&c->arena, "http://127.0.0.1:%d/", c->port);
    if (c->json) {
        printf("{\"page\":\"" STR_FMT "\"}\n", STR_ARG(page));
        return 0;
    }
    printf(STR_FMT "\n", STR_ARG(page));
    fflush(stdout);
    if (!*print && (getenv("DISPLAY") || getenv("WAYLAND_DISPLAY"))) {
        execlp("xdg-open", "xdg-open", page.ptr, (char *)NULL);
        fprintf(stderr, "weir open: there is no xdg-open; open the address in a browser\n");
    }
    return 0;
}

static int run_open(int argc, char **argv) {
    struct client c = {0};
    bool print = false;
    const struct option o[] = {{"--json", NULL, &c.json, NULL}, {"--print", NULL, &print, NULL}};
    return simple_run(argc, argv, o, ARRAY_LEN(o), 0, act_open, &c, &print);
}

const struct cli_command CLI_OPEN = {
    "open", "[--print] [--json]", "the page: its address, and a browser where there is a desktop",
    "      --print   only the address\n\n  weir open\n", run_open};
