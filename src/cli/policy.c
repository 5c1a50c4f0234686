/* `weir policy`, `approvals`, `approve`, `deny`. */
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
        printf(
            "broken: " STR_FMT
            "\nNothing leaves until this is mended; `weir policy reset` goes back to a preset.\n",
            STR_ARG(simple_text(v, "why")));
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

static int explain(struct client *c, const struct words *w, const struct ask *q) {
    struct str text = {0};
    if (!options_text(c, w, 1, &text) || !str_trim(text).len) {
        fprintf(stderr, "weir policy explain: say what you would ask: weir policy explain \"…\"\n");
        return 2;
    }
    int code = 0;
    const struct jval *v =
        client_get(c, "POST", STR("/weir/v1/policy/explain"), simple_ask_body(c, text, q), &code);
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
static int test(struct client *c, const struct words *w) {
    struct str body = {0};
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
    const struct jval *v = client_get(c, "POST", STR("/weir/v1/policy/test"), body, &code);
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

static int run_editor(struct client *c, const char *file) {
    const char *editor = getenv("VISUAL");
    editor = editor && *editor ? editor : getenv("EDITOR");
    editor = editor && *editor ? editor : "vi";
    pid_t pid = fork();
    if (pid == 0) {
        execlp(editor, editor, file, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
        fprintf(stderr, "weir: the editor `%s` failed; set EDITOR\n", editor);
        return 1;
    }
    (void)c;
    return 0;
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
    struct str copy = str_fmt(&c->arena, STR_FMT ".edit", STR_ARG(path));
    if (!file_write(copy.ptr, text, 0600, &e) || run_editor(c, copy.ptr) != 0
        || !file_read(&c->arena, copy.ptr, 1 << 20, &text, &e)) {
        fprintf(stderr, "weir: %s\n", e.text);
        return 1;
    }
    code = put(c, text);
    if (code != 0) {
        fprintf(stderr, "weir: the policy in force is unchanged; your text is in " STR_FMT "\n",
                STR_ARG(copy));
        return code;
    }
    unlink(copy.ptr);
    return 0;
}

static int act_policy(struct client *c, const struct words *w, void *ctx) {
    static const char *const verbs[] = {"show", "check", "explain", "test", "edit", "reset"};
    if (!w->count || simple_word_is(w, 0, "show")) {
        return show(c);
    }
    if (simple_word_is(w, 0, "check")) {
        return check(c, w);
    }
    if (simple_word_is(w, 0, "explain")) {
        return explain(c, w, ctx);
    }
    if (simple_word_is(w, 0, "test")) {
        return test(c, w);
    }
    if (simple_word_is(w, 0, "reset")) {
        return reset(c, w);
    }
    if (simple_word_is(w, 0, "edit")) {
        return edit(c);
    }
    return simple_wrong("policy", w->list[0], verbs, ARRAY_LEN(verbs));
}

static int run_policy(int argc, char **argv) {
    struct client c = {0};
    struct ask q = {0};
    const struct option o[] = {{"--json", NULL, &c.json, NULL},
                               {"--label", NULL, NULL, &q.label},
                               {"--project", NULL, NULL, &q.project}};
    return simple_run(argc, argv, o, ARRAY_LEN(o), act_policy, &c, &q);
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
    "(the one that must decide); text may be left out.\n\n"
    "  weir policy explain \"My IBAN is …\"\n  weir policy reset careful\n",
    run_policy};

/* ---- approvals ---- */

static int act_approvals(struct client *c, const struct words *w, void *ctx) {
    (void)w;
    (void)ctx;
    int code = 0;
    const struct jval *v = client_get(c, "GET", STR("/weir/v1/approvals"), STR(""), &code);
    if (!v || c->json) {
        return code;
    }
    const struct jval *list = jval_get(v, "approvals");
    if (!jval_len(list)) {
        printf("nothing waits\n");
        return 0;
    }
    struct table t = {.a = &c->arena, .columns = 6};
    table_row(&t, (struct str[]){STR("ID"), STR("STATE"), STR("CALLER"), STR("TO"), STR("ZONE"),
                                 STR("LABEL")});
    for (struct jiter it = jval_iter(list); jiter_next(&it);) {
        table_row(&t,
                  (struct str[]){simple_text(it.value, "id"), simple_text(it.value, "state"),
                                 simple_text(it.value, "caller"), simple_text(it.value, "backend"),
                                 simple_text(it.value, "zone"), simple_text(it.value, "label")});
    }
    table_print(&t, stdout);
    return 0;
}

static int run_approvals(int argc, char **argv) {
    struct client c = {0};
    const struct option o[] = {{"--json", NULL, &c.json, NULL}};
    return simple_run(argc, argv, o, ARRAY_LEN(o), act_approvals, &c, NULL);
}

const struct cli_command CLI_APPROVALS = {"approvals", "[--json]", "what waits for you",
                                          "  weir approvals\n", run_approvals};

static const struct jval *post_answer(struct client *c, struct str id, const char *body,
                                      int *code) {
    return client_get(c, "POST", str_fmt(&c->arena, "/weir/v1/approvals/" STR_FMT, STR_ARG(id)),
                      str_of(body), code);
}

/* What would be written is shown before it is. */
static bool show_rule(struct client *c, struct str id, int *code) {
    bool json = c->json;
    c->json = false;
    const struct jval *v = post_answer(c, id, "{\"as\":\"rule\",\"show\":true}", code);
    c->json = json;
    if (v && !json) {
        printf("added to policy.toml:\n");
        out_text(stdout, simple_text(v, "rule"));
    }
    return v != NULL;
}

static int answer(struct client *c, const struct words *w, const char *as) {
    if (w->count != 1) {
        fprintf(stderr, "weir: name one approval; `weir approvals` lists them\n");
        return 2;
    }
    int code = 0;
    if (str_is(STR("rule"), as) && !show_rule(c, w->list[0], &code)) {
        return code;
    }
    const struct jval *v =
        post_answer(c, w->list[0], str_fmt(&c->arena, "{\"as\":\"%s\"}", as).ptr, &code);
    if (v && !c->json) {
        printf(STR_FMT ": " STR_FMT "\n", STR_ARG(simple_text(v, "id")),
               STR_ARG(simple_text(v, "state")));
    }
    return code;
}

struct approve_options {
    bool once, conversation, rule;
};

static int act_approve(struct client *c, const struct words *w, void *ctx) {
    const struct approve_options *a = ctx;
    if (a->once + a->conversation + a->rule > 1) {
        fprintf(stderr, "weir approve: one of --once, --conversation, --rule\n");
        return 2;
    }
    return answer(c, w, a->rule ? "rule" : a->conversation ? "conversation" : "once");
}

static int run_approve(int argc, char **argv) {
    struct client c = {0};
    struct approve_options a = {0};
    const struct option o[] = {{"--json", NULL, &c.json, NULL},
                               {"--once", NULL, &a.once, NULL},
                               {"--conversation", NULL, &a.conversation, NULL},
                               {"--rule", NULL, &a.rule, NULL}};
    return simple_run(argc, argv, o, ARRAY_LEN(o), act_approve, &c, &a);
}

const struct cli_command CLI_APPROVE = {
    "approve", "ID [--once | --conversation | --rule]", "lets a waiting request go",
    "      --once           the next such request within 15 minutes (the default)\n"
    "      --conversation   as long as this conversation brings nothing new\n"
    "      --rule           from now on, for this caller and these findings; the rule is shown and "
    "added\n\n"
    "  weir approve a7k2pq --once\n",
    run_approve};

static int act_deny(struct client *c, const struct words *w, void *ctx) {
    (void)ctx;
    return answer(c, w, "deny");
}

static int run_deny(int argc, char **argv) {
    struct client c = {0};
    const struct option o[] = {{"--json", NULL, &c.json, NULL}};
    return simple_run(argc, argv, o, ARRAY_LEN(o), act_deny, &c, NULL);
}

const struct cli_command CLI_DENY = {"deny", "ID",
                                     "refuses a waiting request, or takes an approval back",
                                     "  weir deny a7k2pq\n", run_deny};
