/* `weir policy`. */
#include "cli/simple.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>

static int show(struct client *c) {
    int code = 0;
    const struct jval *v = client_get(c, "GET", STR("/weir/v1/policy"), STR(""), &code);
    if (!v || c->json) {
        return code;
    }
    if (!jval_bool(jval_get(v, "ok"), false)) {
        fprintf(stderr, "weir: the policy is broken, nothing leaves: " STR_FMT "\n",
                STR_ARG(simple_text(v, "why")));
    }
    out_text(stdout, simple_text(v, "text"));
    return 0;
}

static int check(struct client *c, const struct words *w) {
    struct str body = {0};
    struct err e = {0};
    if (w->count > 1
        && !file_read(&c->arena, str_cstr(&c->arena, w->list[1]), 1 << 20, &body, &e)) {
        fprintf(stderr, "weir: %s\n", e.text);
        return 1;
    }
    int code = 0;
    const struct jval *v = client_get(c, "POST", STR("/weir/v1/policy/check"), body, &code);
    if (!v) {
        return code;
    }
    bool ok = jval_bool(jval_get(v, "ok"), false);
    if (!c->json && !ok) {
        printf("broken: " STR_FMT "\n%s\n", STR_ARG(simple_text(v, "why")),
               w->count > 1 ? "It is not in force; the policy in force is unchanged."
                            : "Nothing leaves until this is mended: `weir policy edit`, or `weir "
                              "policy reset` goes back to a preset.");
    }
    for (struct jiter it = jval_iter(jval_get(v, "warnings")); !c->json && jiter_next(&it);) {
        printf("warning: " STR_FMT "\n", STR_ARG(jval_str(it.value)));
    }
    if (!c->json && ok) {
        printf("fine: %lld rule(s)\n", (long long)out_number(v, "rules", 0));
    }
    return ok ? 0 : 1;
}

/* "careful: private: forbidden; grant "clinic": pseudonymise" */
static struct str steps_text(struct arena *a, const struct jval *steps) {
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 16);
    for (struct jiter it = jval_iter(steps); jiter_next(&it);) {
        struct str kind = simple_text(it.value, "kind");
        buf_add(&b, b.len ? STR("; ") : STR(""));
        if (str_is(kind, "line") || str_is(kind, "device") || str_is(kind, "broken")) {
            buf_addf(&b, STR_FMT, STR_ARG(simple_text(it.value, "rule")));
        } else {
            buf_addf(&b, STR_FMT " \"" STR_FMT "\"", STR_ARG(kind),
                     STR_ARG(simple_text(it.value, "rule")));
        }
        if (!str_is(kind, "ask") && !str_is(kind, "deny")) {
            buf_addf(&b, ": " STR_FMT, STR_ARG(simple_text(it.value, "transform")));
        }
    }
    return str_dup(a, buf_str(&b));
}

static void show_permits(struct arena *a, const struct jval *permits, struct table *t,
                         struct str about) {
    for (struct jiter it = jval_iter(permits); jiter_next(&it);) {
        struct str permit = simple_text(it.value, "transform");
        if (jval_bool(jval_get(it.value, "ask"), false)) {
            permit = str_fmt(a, STR_FMT ", after approval (" STR_FMT ")", STR_ARG(permit),
                             STR_ARG(simple_text(it.value, "ask_rule")));
        }
        const struct jval *steps = jval_get(it.value, "steps");
        table_row(t, (struct str[]){about, simple_text(it.value, "backend"),
                                    simple_text(it.value, "zone"), permit,
                                    steps ? steps_text(a, steps) : simple_text(it.value, "rule")});
        about = STR("");
    }
}

struct policy_options {
    struct ask q;
    struct str file; /* a policy to be tried instead of the one in force */
};

static bool read_policy(struct client *c, const struct policy_options *o, struct str *out) {
    struct err e = {0};
    *out = STR("");
    if (o->file.len && !file_read(&c->arena, str_cstr(&c->arena, o->file), 1 << 20, out, &e)) {
        fprintf(stderr, "weir: %s\n", e.text);
        return false;
    }
    return true;
}

/* The members of an object, and the policy that is to be tried beside them. */
static struct str with_policy(struct client *c, struct str object, struct str policy) {
    struct err e = {0};
    const struct jval *v = json_parse(&c->arena, object, &JSON_LIMITS, &e);
    if (!policy.len || !jval_is(v, JOBJECT)) {
        return object;
    }
    AUTO_BUF b = {0};
    buf_init(&b, 256 << 20);
    struct jout j = jout_make(&b);
    jout_object(&j);
    for (struct jiter it = jval_iter(v); jiter_next(&it);) {
        jout_key_str(&j, it.key);
        jout_raw(&j, jval_print(&c->arena, it.value));
    }
    jout_kstr(&j, "policy", policy);
    jout_end_object(&j);
    return str_dup(&c->arena, buf_str(&b));
}

static int explain(struct client *c, const struct words *w, const struct policy_options *o) {
    struct str text = {0};
    struct str policy = {0};
    if (!read_policy(c, o, &policy)) {
        return 1;
    }
    if (!options_text(c, w, 1, &text) || !str_trim(text).len) {
        fprintf(stderr, "weir policy explain: say what you would ask: weir policy explain \"…\"\n");
        return 2;
    }
    int code = 0;
    const struct jval *v =
        client_get(c, "POST", STR("/weir/v1/policy/explain"),
                   with_policy(c, simple_ask_body(c, text, &o->q), policy), &code);
    if (!v || c->json) {
        return code;
    }
    struct table t = {.a = &c->arena, .columns = 5};
    table_row(&t,
              (struct str[]){STR("ITEM"), STR("BACKEND"), STR("ZONE"), STR("PERMIT"), STR("WHY")});
    for (struct jiter it = jval_iter(jval_get(v, "items")); jiter_next(&it);) {
        struct str about = simple_text(it.value, "label");
        struct str by = simple_text(it.value, "raised_by");
        if (by.len) {
            about = str_fmt(&c->arena, STR_FMT ", by \"" STR_FMT "\"", STR_ARG(about), STR_ARG(by));
        }
        show_permits(&c->arena, jval_get(it.value, "permits"), &t, about);
    }
    show_permits(&c->arena, jval_get(v, "permits"), &t, STR("all together"));
    table_print(&t, stdout);
    return 0;
}

/* A file of cases: TOML or JSON, as POST policy/test takes it. */
/* TOML cases as they are, or as a member beside the policy that is to be tried. */
static struct str cases_body(struct client *c, struct str cases, struct str policy) {
    if (!policy.len || str_starts(str_trim(cases), STR("{"))) {
        return with_policy(c, cases, policy);
    }
    AUTO_BUF b = {0};
    buf_init(&b, 64 << 20);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kstr(&j, "text", cases);
    jout_kstr(&j, "policy", policy);
    jout_end_object(&j);
    return str_dup(&c->arena, buf_str(&b));
}

static int test(struct client *c, const struct words *w, const struct policy_options *o) {
    struct str body = {0};
    struct str policy = {0};
    if (!read_policy(c, o, &policy)) {
        return 1;
    }
    struct err e = {0};
    if (w->count != 2) {
        fprintf(stderr, "weir policy test: name one file of cases\n");
        return 2;
    }
    if (!file_read(&c->arena, str_cstr(&c->arena, w->list[1]), 4 << 20, &body, &e)) {
        fprintf(stderr, "weir: %s\n", e.text);
        return 1;
    }
    int code = 0;
    const struct jval *v =
        client_get(c, "POST", STR("/weir/v1/policy/test"), cases_body(c, body, policy), &code);
    if (!v) {
        return code;
    }
    int64_t failed = out_number(v, "failed", 1);
    size_t i = 0;
    for (struct jiter it = jval_iter(jval_get(v, "cases")); !c->json && jiter_next(&it);) {
        i++;
        if (!jval_bool(jval_get(it.value, "ok"), false)) {
            struct str name = simple_text(it.value, "name");
            printf("case %zu%s" STR_FMT ": expected " STR_FMT ", is " STR_FMT "%s (" STR_FMT
                   "; " STR_FMT ")\n",
                   i, name.len ? ", " : "", STR_ARG(name), STR_ARG(simple_text(it.value, "expect")),
                   STR_ARG(simple_text(it.value, "is")),
                   jval_bool(jval_get(it.value, "ask"), false) ? " after approval" : "",
                   STR_ARG(simple_text(it.value, "label")), STR_ARG(simple_text(it.value, "rule")));
        }
    }
    if (!c->json) {
        printf("%zu case(s), %lld failed\n", i, (long long)failed);
    }
    return failed ? 1 : 0;
}

static int put(struct client *c, struct str body) {
    int code = 0;
    const struct jval *v = client_get(c, "PUT", STR("/weir/v1/policy"), body, &code);
    if (v && !c->json) {
        printf("in force: preset " STR_FMT ", %lld rule(s)\n", STR_ARG(simple_text(v, "preset")),
               (long long)out_number(v, "rules", 0));
    }
    return code;
}

static int reset(struct client *c, const struct words *w) {
    struct str preset = w->count > 1 ? w->list[1] : STR("careful");
    AUTO_BUF b = {0};
    buf_init(&b, 1000);
    buf_add(&b, STR("{\"preset\":"));
    json_quote(&b, preset);
    buf_add(&b, STR("}"));
    return put(c, str_dup(&c->arena, buf_str(&b)));
}

/* EDITOR may have words of its own: "code --wait". */
static bool run_editor(struct client *c, char *file) {
    enum { MOST_WORDS = 32 };
    const char *editor = getenv("VISUAL");
    editor = editor && *editor ? editor : getenv("EDITOR");
    editor = editor && *editor ? editor : "vi";
    char *argv[MOST_WORDS + 2] = {NULL};
    size_t n = 0;
    struct str rest = str_of(editor);
    struct str word = {0};
    while (rest.len && n < MOST_WORDS) {
        str_cut(rest, ' ', &word, &rest);
        if (word.len) {
            argv[n++] = str_cstr(&c->arena, word);
        }
    }
    argv[n] = file;
    pid_t pid = fork();
    if (pid == 0) {
        execvp(argv[0], argv);
        _exit(127);
    }
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
        fprintf(stderr, "weir: the editor `%s` failed; EDITOR names another one\n", editor);
        return false;
    }
    return true;
}

/* Edits a copy; only a policy that checks takes the place of the one in force. */
static int edit(struct client *c) {
    int code = 0;
    bool json = c->json;
    c->json = false;
    const struct jval *v = client_get(c, "GET", STR("/weir/v1/policy"), STR(""), &code);
    c->json = json;
    if (!v) {
        return code;
    }
    struct err e = {0};
    struct str path = simple_text(v, "path");
    struct str text = STR("preset = \"careful\"\n");
    if (file_exists(str_cstr(&c->arena, path))
        && !file_read(&c->arena, str_cstr(&c->arena, path), 1 << 20, &text, &e)) {
        fprintf(stderr, "weir: %s\n", e.text);
        return 1;
    }
    char *copy = str_cstr(&c->arena, str_fmt(&c->arena, STR_FMT ".edit", STR_ARG(path)));
    bool goes_on = file_exists(copy);
    if (goes_on) {
        fprintf(stderr, "weir: going on with your text of before, %s; delete it to begin anew\n",
                copy);
    } else if (!file_write(copy, text, 0600, &e)) {
        fprintf(stderr, "weir: %s\n", e.text);
        return 1;
    }
    if (!run_editor(c, copy)) {
        if (!goes_on) {
            unlink(copy);
        }
        return 1;
    }
    if (!file_read(&c->arena, copy, 1 << 20, &text, &e)) {
        fprintf(stderr, "weir: %s\n", e.text);
        return 1;
    }
    code = put(c, text);
    if (code != 0) {
        fprintf(stderr, "weir: the policy in force is unchanged; your text is in %s\n", copy);
        return code;
    }
    unlink(copy);
    return 0;
}

static int act_policy(struct client *c, const struct words *w, void *ctx) {
    static const char *const verbs[] = {"show", "check", "explain", "test", "edit", "reset"};
    if (!w->count || simple_word_is(w, 0, "show")) {
        return simple_words_fit("policy", w, 1) ? show(c) : 2;
    }
    if (simple_word_is(w, 0, "check")) {
        return simple_words_fit("policy", w, 2) ? check(c, w) : 2;
    }
    if (simple_word_is(w, 0, "explain")) {
        return explain(c, w, ctx);
    }
    if (simple_word_is(w, 0, "test")) {
        return test(c, w, ctx);
    }
    if (simple_word_is(w, 0, "reset")) {
        return simple_words_fit("policy", w, 2) ? reset(c, w) : 2;
    }
    if (simple_word_is(w, 0, "edit")) {
        return simple_words_fit("policy", w, 1) ? edit(c) : 2;
    }
    return simple_wrong("policy", w->list[0], verbs, ARRAY_LEN(verbs));
}

static int run_policy(int argc, char **argv) {
    struct client c = {0};
    struct policy_options p = {0};
    const struct option o[] = {{"--json", NULL, &c.json, NULL},
                               {"--label", NULL, NULL, &p.q.label},
                               {"--project", NULL, NULL, &p.q.project},
                               {"--policy", NULL, NULL, &p.file}};
    return simple_run(argc, argv, o, ARRAY_LEN(o), SIMPLE_ANY_WORDS, act_policy, &c, &p);
}

const struct cli_command CLI_POLICY = {
    "policy", "[show | check [FILE] | explain TEXT | test FILE | edit | reset [PRESET]]",
    "the policy in force",
    "  show prints it as TOML, presets included. check names mistakes by file, line and column, "
    "and "
    "rules that do\n  nothing. explain lists every line and rule that bears on a text, for each "
    "backend. test runs cases and exits\n  with 1 when one comes out otherwise; a file of them:\n\n"
    "      [[case]]\n"
    "      text   = \"I was diagnosed with asthma\"\n"
    "      to     = \"cloud\"           # device, home, trusted, cloud, or a provider's name\n"
    "      expect = \"forbidden\"       # as_is, pseudonymise, forbidden, ask\n\n"
    "  A case may also have name, label (a level), items ([{ level, topic, kind, compartment, "
    "folder, file, tool, role }]),\n  caller, project, conversation, client, date, time and rule "
    "(the one that must decide); text may be left out.\n"
    "      --policy FILE   with explain and test: that policy instead of the one in force\n\n"
    "  weir policy explain \"My IBAN is …\"\n  weir policy reset careful\n",
    run_policy};
