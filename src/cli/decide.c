/* `weir route`, `preview`, `why`, `replay`: where a request would run or did run, and why. */
#include "cli/simple.h"

static void show_evidence(FILE *f, const struct jval *v) {
    const struct jval *list = jval_get(v, "evidence");
    for (struct jiter it = jval_iter(list); jiter_next(&it);) {
        fprintf(f, "  found      " STR_FMT " in " STR_FMT ", bytes %lld to %lld%s\n",
                STR_ARG(simple_text(it.value, "kind")), STR_ARG(simple_text(it.value, "where")),
                (long long)out_number(it.value, "from", 0),
                (long long)out_number(it.value, "to", 0),
                jval_bool(jval_get(it.value, "validated"), false) ? ", validated" : "");
    }
}

static void show_candidates(const struct jval *v, struct arena *a) {
    struct table t = {.a = a, .columns = 6};
    table_row(&t, (struct str[]){STR("  CANDIDATE"), STR("ZONE"), STR("PERMIT"), STR("SCORE"),
                                 STR("WHY"), STR("RULE")});
    struct str chosen = simple_text(jval_get(v, "chosen"), "name");
    for (struct jiter it = jval_iter(jval_get(v, "candidates")); jiter_next(&it);) {
        bool feasible = jval_bool(jval_get(it.value, "feasible"), false);
        struct str name = simple_text(it.value, "name");
        struct str permit = simple_text(it.value, "transform");
        if (jval_bool(jval_get(it.value, "ask"), false)) {
            permit = str_fmt(a, STR_FMT ", after approval", STR_ARG(permit));
        }
        table_row(&t,
                  (struct str[]){
                      str_fmt(a, "%s " STR_FMT, str_eq(name, chosen) ? "→" : " ", STR_ARG(name)),
                      simple_text(it.value, "zone"), permit,
                      feasible ? str_fmt(a, "%lld", (long long)out_number(it.value, "score", 0))
                               : STR("-"),
                      simple_text(it.value, "why"), simple_text(it.value, "rule")});
    }
    table_print(&t, stdout);
}

static void show_decision(struct client *c, const struct jval *v, bool whole) {
    const struct jval *chosen = jval_get(v, "chosen");
    struct str name = simple_text(chosen, "name");
    if (name.len) {
        struct str zone = simple_text(chosen, "zone");
        bool near = str_is(zone, "device") || str_is(zone, "home");
        printf("%s%s " STR_FMT " · " STR_FMT "%s · " STR_FMT "\n", out_bold(stdout),
               near ? "⌂" : "☁", STR_ARG(zone), STR_ARG(name), out_plain(stdout),
               STR_ARG(simple_text(v, "why")));
    } else {
        printf("%snowhere%s: " STR_FMT "\n", out_bold(stdout), out_plain(stdout),
               STR_ARG(simple_text(v, "message")));
    }
    printf("  label      " STR_FMT "\n", STR_ARG(simple_text(v, "label")));
    struct str counter = simple_text(v, "counterfactual");
    if (counter.len) {
        printf("  otherwise  " STR_FMT "\n", STR_ARG(counter));
    }
    for (struct jiter it = jval_iter(jval_get(v, "unlisted")); jiter_next(&it);) {
        printf("  not asked  " STR_FMT ": its models are not known yet; `weir models` asks\n",
               STR_ARG(jval_str(it.value)));
    }
    if (!whole) {
        return;
    }
    struct str runner = simple_text(v, "runner_up");
    if (runner.len) {
        printf("  runner-up  " STR_FMT "\n", STR_ARG(runner));
    }
    show_evidence(stdout, v);
    simple_show_look(stdout, v);
    show_candidates(v, &c->arena);
}

struct dry_options {
    struct ask q;
    bool explain;
};

static int act_route(struct client *c, const struct words *w, void *ctx) {
    struct dry_options *d = ctx;
    struct str text = {0};
    if (!options_text(c, w, 0, &text) || !str_trim(text).len) {
        fprintf(stderr, "weir route: say what you would ask: weir route --explain \"…\"\n");
        return 2;
    }
    int code = 0;
    client_tell_problems(c);
    const struct jval *v =
        client_get(c, "POST", STR("/weir/v1/route"), simple_ask_body(c, text, &d->q), &code);
    if (!v) {
        return code;
    }
    if (!c->json) {
        show_decision(c, v, d->explain);
    }
    struct str refusal = simple_text(v, "refusal");
    return str_is(refusal, "needs_approval") ? 4 : refusal.len ? 3 : 0;
}

#define DRY_OPTIONS(d, c)                                                               \
    {"--json", NULL, &(c).json, NULL}, {"--model", "-m", NULL, &(d).q.model},           \
        {"--zone", NULL, NULL, &(d).q.zone}, {"--profile", NULL, NULL, &(d).q.profile}, \
        {"--label", NULL, NULL, &(d).q.label}, {                                        \
        "--project", NULL, NULL, &(d).q.project                                         \
    }

static int run_route(int argc, char **argv) {
    struct client c = {0};
    struct dry_options d = {0};
    const struct option o[] = {DRY_OPTIONS(d, c), {"--explain", NULL, &d.explain, NULL}};
    return simple_run(argc, argv, o, ARRAY_LEN(o), SIMPLE_ANY_WORDS, act_route, &c, &d);
}

const struct cli_command CLI_ROUTE = {"route", "[--explain] [-m MODEL] [--zone ZONE] TEXT",
                                      "where this would run and why; nothing is sent",
                                      "      --explain   evidence, candidates, permits and scores, "
                                      "too\n\n  weir route --explain \"Prove that 2 is prime\"\n",
                                      run_route};

static int act_preview(struct client *c, const struct words *w, void *ctx) {
    struct dry_options *d = ctx;
    struct str text = {0};
    if (!options_text(c, w, 0, &text) || !str_trim(text).len) {
        fprintf(stderr, "weir preview: say what you would ask: weir preview \"…\"\n");
        return 2;
    }
    int code = 0;
    client_tell_problems(c);
    const struct jval *v =
        client_get(c, "POST", STR("/weir/v1/preview"), simple_ask_body(c, text, &d->q), &code);
    if (!v) {
        return code;
    }
    struct str refusal = simple_text(v, "code");
    if (c->json) {
        return str_is(refusal, "needs_approval") ? 4 : refusal.len ? 3 : 0;
    }
    fprintf(stderr, "label      " STR_FMT "\n", STR_ARG(simple_text(v, "label")));
    show_evidence(stderr, v);
    simple_show_look(stderr, v);
    if (!simple_text(v, "backend").len) {
        fprintf(stderr, STR_FMT "\n", STR_ARG(simple_text(v, "refusal")));
        return str_is(refusal, "needs_approval") ? 4 : 3;
    }
    bool leaves = jval_bool(jval_get(v, "leaves"), false);
    fprintf(stderr, "route      " STR_FMT " (" STR_FMT ")\n", STR_ARG(simple_text(v, "model")),
            STR_ARG(simple_text(v, "zone")));
    if (!leaves) {
        fprintf(stderr, "nothing would leave this device\n");
        return 0;
    }
    fprintf(stderr,
            "to         " STR_FMT "\ntransform  " STR_FMT "\nbytes      %lld\nsha256     " STR_FMT
            "\npreview    " STR_FMT "\n",
            STR_ARG(simple_text(v, "url")), STR_ARG(simple_text(v, "transform")),
            (long long)out_number(v, "left_bytes", 0), STR_ARG(simple_text(v, "sha256")),
            STR_ARG(simple_text(v, "id")));
    for (struct jiter it = jval_iter(jval_get(v, "placeholders")); jiter_next(&it);) {
        fprintf(stderr, "disguised  " STR_FMT " for ",
                STR_ARG(simple_text(it.value, "placeholder")));
        out_text(stderr, simple_text(it.value, "original"));
        fprintf(stderr, "\n");
    }
    double cost = 0;
    if (jval_double(jval_get(v, "cost_usd"), &cost)) {
        fprintf(stderr, "cost       about $%.4f\n", cost);
    }
    out_text(stdout, simple_text(v, "body"));
    printf("\n");
    return 0;
}

static int run_preview(int argc, char **argv) {
    struct client c = {0};
    struct dry_options d = {0};
    const struct option o[] = {DRY_OPTIONS(d, c)};
    return simple_run(argc, argv, o, ARRAY_LEN(o), SIMPLE_ANY_WORDS, act_preview, &c, &d);
}

const struct cli_command CLI_PREVIEW = {"preview", "[-m MODEL] [--zone ZONE] TEXT",
                                        "the exact bytes that would leave; nothing is sent",
                                        "  The bytes come on stdout, what is known about them on "
                                        "stderr.\n\n  weir preview \"What is a weir?\"\n",
                                        run_preview};

/* ---- why and replay ---- */

static struct str decision_path(struct client *c, const struct words *w, const char *behind) {
    return simple_path(c, "decisions/", w->count ? w->list[0] : STR("last"), behind);
}

static int act_why(struct client *c, const struct words *w, void *ctx) {
    (void)ctx;
    int code = 0;
    const struct jval *v = client_get(c, "GET", decision_path(c, w, ""), STR(""), &code);
    if (!v || c->json) {
        return code;
    }
    printf("decision " STR_FMT " of " STR_FMT ", asked `" STR_FMT "` by " STR_FMT "\n",
           STR_ARG(simple_text(v, "id")), STR_ARG(simple_text(v, "time")),
           STR_ARG(simple_text(v, "asked")), STR_ARG(simple_text(v, "caller")));
    show_decision(c, v, true);
    int64_t left = out_number(v, "left_bytes", 0);
    printf("  outcome    " STR_FMT ", " STR_FMT "\n", STR_ARG(simple_text(v, "state")),
           STR_ARG(left ? str_fmt(&c->arena, "%lld bytes left", (long long)left)
                        : STR("nothing left")));
    struct str said = simple_text(v, "outcome");
    if (said.len) {
        printf("  you said   " STR_FMT "\n", STR_ARG(said));
    }
    int64_t disguised = out_number(v, "disguised", 0);
    if (disguised) {
        printf("  disguised  %lld; in the answer %lld put back, %lld kept because the call reaches "
               "outward, %lld unknown\n",
               (long long)disguised, (long long)out_number(v, "restored", 0),
               (long long)out_number(v, "unresolved", 0), (long long)out_number(v, "invented", 0));
    }
    int64_t metadata = out_number(v, "image_metadata", 0);
    if (metadata) {
        printf("  pictures   %lld pieces of metadata taken out; %lld held a place\n",
               (long long)metadata, (long long)out_number(v, "image_positions", 0));
    }
    for (struct jiter it = jval_iter(jval_get(v, "ledger")); jiter_next(&it);) {
        printf("  ledger     weir ledger show " STR_FMT "\n", STR_ARG(jval_raw_number(it.value)));
    }
    return 0;
}

static int run_why(int argc, char **argv) {
    struct client c = {0};
    const struct option o[] = {{"--json", NULL, &c.json, NULL}};
    return simple_run(argc, argv, o, ARRAY_LEN(o), 1, act_why, &c, NULL);
}

const struct cli_command CLI_WHY = {"why", "[ID] [--json]",
                                    "the decision behind an answer (the last one, without ID)",
                                    "  weir why\n  weir why 7f3akq\n", run_why};

static int act_replay(struct client *c, const struct words *w, void *ctx) {
    (void)ctx;
    int code = 0;
    const struct jval *v = client_get(c, "POST", decision_path(c, w, "/replay"), STR(""), &code);
    if (!v) {
        return code;
    }
    bool same = jval_bool(jval_get(v, "same"), false);
    if (!c->json) {
        struct str now = simple_text(v, "now");
        printf("%s: " STR_FMT " (" STR_FMT ")\n", same ? "the same" : "DIFFERENT",
               STR_ARG(now.len ? now : STR("nowhere")), STR_ARG(simple_text(v, "reason")));
    }
    return same ? 0 : 1;
}

static int run_replay(int argc, char **argv) {
    struct client c = {0};
    const struct option o[] = {{"--json", NULL, &c.json, NULL}};
    return simple_run(argc, argv, o, ARRAY_LEN(o), 1, act_replay, &c, NULL);
}

const struct cli_command CLI_REPLAY = {"replay", "[ID] [--json]",
                                       "decides again from the record: must come out the same",
                                       "  weir replay\n", run_replay};
