/* `weir scan`, `detectors`, `label`. */
#include "cli/simple.h"
#include "codec/utf8.h"

static int act_scan(struct client *c, const struct words *w, void *ctx) {
    (void)ctx;
    struct str text = {0};
    struct err e = {0};
    bool file =
        w->count == 1 && !str_is(w->list[0], "-") && file_exists(str_cstr(&c->arena, w->list[0]));
    if (file) {
        if (!file_read(&c->arena, str_cstr(&c->arena, w->list[0]), 32 << 20, &text, &e)) {
            fprintf(stderr, "weir: %s\n", e.text);
            return 1;
        }
    } else if (w->count == 1 && !str_contains(w->list[0], STR(" ")) && !str_is(w->list[0], "-")) {
        fprintf(stderr,
                "weir scan: there is no file " STR_FMT "; a text comes in quotes or on stdin\n",
                STR_ARG(w->list[0]));
        return 1;
    } else if (!options_text(c, w, 0, &text)) {
        return 1;
    }
    if (!file && !text.len) {
        fprintf(stderr, "weir scan: name a file, or give a text in quotes or on stdin\n");
        return 2;
    }
    if (!utf8_is_valid(text)) {
        fprintf(stderr, "weir scan: this is not text (UTF-8); it would count as private, unread\n");
        return 1;
    }
    int code = 0;
    struct ask none = {0};
    const struct jval *v =
        client_get(c, "POST", STR("/weir/v1/scan"), simple_ask_body(c, text, &none), &code);
    if (!v || c->json) {
        return code;
    }
    printf("%s\n", str_cstr(&c->arena, simple_text(v, "label")));
    struct table t = {.a = &c->arena, .columns = 5};
    table_row(&t, (struct str[]){STR("KIND"), STR("DETECTOR"), STR("BYTES"), STR("VALIDATED"),
                                 STR("CONFIDENCE")});
    for (struct jiter it = jval_iter(jval_get(v, "evidence")); jiter_next(&it);) {
        table_row(
            &t,
            (struct str[]){
                simple_text(it.value, "kind"), simple_text(it.value, "detector"),
                str_fmt(&c->arena, "%lld-%lld", (long long)out_number(it.value, "from", 0),
                        (long long)out_number(it.value, "to", 0)),
                jval_bool(jval_get(it.value, "validated"), false) ? STR("yes") : STR("no"),
                str_fmt(&c->arena, "%lld %%", (long long)out_number(it.value, "confidence", 0))});
    }
    if (t.count > 1) {
        table_print(&t, stdout);
    }
    simple_show_look(stdout, v);
    return 0;
}

static int run_scan(int argc, char **argv) {
    struct client c = {0};
    const struct option o[] = {{"--json", NULL, &c.json, NULL}};
    return simple_run(argc, argv, o, ARRAY_LEN(o), SIMPLE_ANY_WORDS, act_scan, &c, NULL);
}

const struct cli_command CLI_SCAN = {
    "scan", "[FILE | TEXT] [--json]", "labels and evidence of a text: kinds and places",
    "  weir scan letter.txt\n  weir scan \"mail me at ada@example.net\"\n", run_scan};

/* All that is known of one row. */
static int show_detector(const struct jval *d) {
    static const char *const keys[][2] = {
        {"detector", "id"},    {"about", "about"},  {"kind", "kind"},
        {"level", "level"},    {"topic", "topic"},  {"checked", "validated"},
        {"switched on", "on"}, {"is one", "fires"}, {"is none", "not"}};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        const struct jval *v = jval_get(d, keys[i][1]);
        struct str text = jval_is(v, JSTRING)   ? jval_str(v)
                          : jval_bool(v, false) ? STR("yes")
                                                : STR("no");
        if (text.len) {
            printf("%-12s " STR_FMT "\n", keys[i][0], STR_ARG(text));
        }
    }
    return 0;
}

static int act_detectors(struct client *c, const struct words *w, void *ctx) {
    (void)ctx;
    int code = 0;
    bool json = c->json;
    c->json = json && !w->count; /* of one row, only that is printed */
    const struct jval *v = client_get(c, "GET", STR("/weir/v1/detectors"), STR(""), &code);
    if (!v || c->json) {
        return code;
    }
    struct table t = {.a = &c->arena, .columns = 6};
    table_row(&t, (struct str[]){STR("DETECTOR"), STR("KIND"), STR("LEVEL"), STR("TOPIC"),
                                 STR("ON"), STR("ABOUT")});
    for (struct jiter it = jval_iter(jval_get(v, "detectors")); jiter_next(&it);) {
        struct str id = simple_text(it.value, "id");
        if (w->count && str_eq(w->list[0], id)) {
            if (json) {
                printf(STR_FMT "\n", STR_ARG(jval_print(&c->arena, it.value)));
                return 0;
            }
            return show_detector(it.value);
        }
        table_row(
            &t, (struct str[]){id, simple_text(it.value, "kind"), simple_text(it.value, "level"),
                               simple_text(it.value, "topic"),
                               jval_bool(jval_get(it.value, "on"), false) ? STR("on") : STR("off"),
                               simple_text(it.value, "about")});
    }
    if (w->count) {
        fprintf(stderr,
                "weir detectors: there is no detector `" STR_FMT "`; `weir detectors` lists them\n",
                STR_ARG(w->list[0]));
        return 1;
    }
    table_print(&t, stdout);
    return 0;
}

static int run_detectors(int argc, char **argv) {
    struct client c = {0};
    const struct option o[] = {{"--json", NULL, &c.json, NULL}};
    return simple_run(argc, argv, o, ARRAY_LEN(o), 1, act_detectors, &c, NULL);
}

const struct cli_command CLI_DETECTORS = {
    "detectors", "[DETECTOR] [--json]",
    "the table of what is recognised, or one row with its examples",
    "  weir detectors\n  weir detectors iban\n", run_detectors};

/* ---- label ---- */

static int change(struct client *c, const char *key, struct str value, const char *as_opt) {
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 20);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kstr(&j, key, value);
    if (as_opt) {
        jout_kcstr(&j, "as", as_opt);
    }
    jout_end_object(&j);
    int code = 0;
    const struct jval *v =
        client_get(c, "POST", STR("/weir/v1/labels"), str_dup(&c->arena, buf_str(&b)), &code);
    if (v && !c->json) {
        printf("done, and recorded in the ledger\n");
    }
    return code;
}

/* What never-flag takes is one whole finding: parts of a longer text stay flagged. */
static void tell_parts(struct client *c, struct str text) {
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 20);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kstr(&j, "text", text);
    jout_end_object(&j);
    struct reply r;
    struct err e = {0};
    if (!client_call(c, "POST", STR("/weir/v1/scan"), buf_str(&b), &r, &e)) {
        return;
    }
    const struct jval *found = jval_get(r.json, "evidence");
    struct str whole = str_trim(text);
    AUTO_BUF parts = {0};
    buf_init(&parts, 4096);
    for (struct jiter it = jval_iter(found); jiter_next(&it);) {
        struct str part = str_sub(text, (size_t)out_number(it.value, "from", 0),
                                  (size_t)out_number(it.value, "to", 0));
        if (str_eq(part, whole)) {
            return;
        }
        buf_addf(&parts, "%s\"" STR_FMT "\" (" STR_FMT ")", parts.len ? ", " : "", STR_ARG(part),
                 STR_ARG(simple_text(it.value, "kind")));
    }
    if (parts.len) {
        fprintf(stderr,
                "weir: nothing is found as this whole text; what is found in it stays flagged: ");
        out_text(stderr, buf_str(&parts));
        fprintf(stderr, "\n");
    }
}

static int show_labels(struct client *c) {
    int code = 0;
    const struct jval *v = client_get(c, "GET", STR("/weir/v1/labels"), STR(""), &code);
    if (!v || c->json) {
        return code;
    }
    for (struct jiter it = jval_iter(jval_get(v, "conversations")); jiter_next(&it);) {
        struct str treat = simple_text(it.value, "treat");
        printf(STR_FMT "  " STR_FMT "%s" STR_FMT "\n", STR_ARG(simple_text(it.value, "id")),
               STR_ARG(simple_text(it.value, "label")), treat.len ? "; treated as " : "",
               STR_ARG(treat));
    }
    printf("%lld text(s) are never flagged\n", (long long)out_number(v, "never_flag", 0));
    return 0;
}

static int never_flag(struct client *c, const struct words *w, bool undo) {
    struct str text = {0};
    if (!options_text(c, w, 1, &text)) {
        return 1;
    }
    int code = change(c, undo ? "flag_again" : "never_flag", text, NULL);
    if (code == 0 && !undo) {
        tell_parts(c, text);
    }
    return code;
}

static int act_label(struct client *c, const struct words *w, void *ctx) {
    static const char *const verbs[] = {"show", "treat", "never-flag", "reset"};
    const bool *undo = ctx;
    if (!w->count || simple_word_is(w, 0, "show")) {
        return simple_words_fit("label", w, 1) ? show_labels(c) : 2;
    }
    if (simple_word_is(w, 0, "reset") && w->count == 2) {
        return change(c, "reset", w->list[1], NULL);
    }
    if (simple_word_is(w, 0, "treat") && w->count == 4 && simple_word_is(w, 2, "as")) {
        return change(c, "treat", w->list[1], str_cstr(&c->arena, w->list[3]));
    }
    if (simple_word_is(w, 0, "never-flag") && w->count >= 2) {
        return never_flag(c, w, *undo);
    }
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        if (simple_word_is(w, 0, verbs[i])) {
            fprintf(stderr,
                    "weir label: show, treat ID as LEVEL, never-flag TEXT [--undo], or reset ID\n");
            return 2;
        }
    }
    return simple_wrong("label", w->list[0], verbs, ARRAY_LEN(verbs));
}

static int run_label(int argc, char **argv) {
    struct client c = {0};
    bool undo = false;
    const struct option o[] = {{"--json", NULL, &c.json, NULL}, {"--undo", NULL, &undo, NULL}};
    return simple_run(argc, argv, o, ARRAY_LEN(o), SIMPLE_ANY_WORDS, act_label, &c, &undo);
}

const struct cli_command CLI_LABEL = {
    "label", "[show | treat ID as LEVEL | never-flag TEXT [--undo] | reset ID]",
    "what is known, and your word on it",
    "  ID is a conversation's, as `weir label show` and `weir why --json` print it. Secrets stay "
    "secrets.\n\n"
    "  weir label never-flag \"support@example.net\"\n  weir label reset c0123456789abcdef\n",
    run_label};
