/* `weir approvals`, `approve`, `deny`. */
#include "cli/simple.h"

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
    return simple_run(argc, argv, o, ARRAY_LEN(o), 0, act_approvals, &c, NULL);
}

const struct cli_command CLI_APPROVALS = {"approvals", "[--json]", "what waits for you",
                                          "  weir approvals\n", run_approvals};

static const struct jval *post_answer(struct client *c, struct str id, const char *body,
                                      int *code) {
    return client_get(c, "POST", simple_path(c, "approvals/", id, ""), str_of(body), code);
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
    if (w->count != 1 || !w->list[0].len) {
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
    return simple_run(argc, argv, o, ARRAY_LEN(o), 1, act_approve, &c, &a);
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
    return simple_run(argc, argv, o, ARRAY_LEN(o), 1, act_deny, &c, NULL);
}

const struct cli_command CLI_DENY = {"deny", "ID",
                                     "refuses a waiting request, or takes an approval back",
                                     "  weir deny a7k2pq\n", run_deny};
