/* `weir ledger`, `weir gate`. */
#include "cli/simple.h"
#include "codec/url.h"

struct ledger_options {
    struct str limit, provider, zone, caller, rule, since, until, format, out_file;
    bool body;
};

static struct str url_quote(struct arena *a, struct str s) {
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 16);
    url_encode(&b, s);
    return str_dup(a, buf_str(&b));
}

/* "?limit=20&zone=cloud…": what was asked for, as a query. */
static struct str query_of(struct arena *a, const struct ledger_options *o, struct str first) {
    const struct {
        const char *key;
        struct str value;
    } filters[] = {{"target", o->provider}, {"zone", o->zone},   {"caller", o->caller},
                   {"rule", o->rule},       {"since", o->since}, {"until", o->until}};
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 16);
    buf_add(&b, first);
    for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
        if (filters[i].value.len) {
            buf_addf(&b, "&%s=" STR_FMT, filters[i].key, STR_ARG(url_quote(a, filters[i].value)));
        }
    }
    return str_dup(a, buf_str(&b));
}

static int list(struct client *c, const struct ledger_options *o) {
    int code = 0;
    struct arena *a = &c->arena;
    struct str path = query_of(a, o,
                               str_fmt(a, "/weir/v1/ledger?limit=" STR_FMT,
                                       STR_ARG(o->limit.len ? url_quote(a, o->limit) : STR("20"))));
    const struct jval *v = client_get(c, "GET", path, STR(""), &code);
    if (!v || c->json) {
        return code;
    }
    const struct jval *rows = jval_get(v, "rows");
    if (!jval_len(rows)) {
        printf("nothing has left\n");
        return 0;
    }
    struct table t = {.a = a, .columns = 8};
    table_row(&t, (struct str[]){STR("ROW"), STR("TIME"), STR("KIND"), STR("TO"), STR("ZONE"),
                                 STR("BYTES"), STR("RULE"), STR("SHA-256")});
    for (struct jiter it = jval_iter(rows); jiter_next(&it);) {
        const struct jval *r = it.value;
        int64_t bytes = out_number(r, "bytes", -1);
        table_row(&t,
                  (struct str[]){
                      str_fmt(a, "%lld", (long long)out_number(r, "id", 0)), simple_text(r, "time"),
                      simple_text(r, "note").len ? simple_text(r, "note") : simple_text(r, "kind"),
                      simple_text(r, "target"), simple_text(r, "zone"),
                      bytes >= 0 ? str_fmt(a, "%lld", (long long)bytes) : STR(""),
                      simple_text(r, "rule"), str_sub(simple_text(r, "sha256"), 0, 16)});
    }
    table_print(&t, stdout);
    return 0;
}

static int show(struct client *c, struct str id, bool body) {
    int code = 0;
    const struct jval *v =
        client_get(c, "GET", simple_path(c, "ledger/", id, body ? "?body=1" : ""), STR(""), &code);
    if (v && body && !c->json) {
        out_text(stdout, simple_text(v, "body"));
        return code;
    }
    for (struct jiter it = jval_iter(v); v && !c->json && jiter_next(&it);) {
        printf("%-14.*s ", STR_ARG(it.key));
        out_text(stdout,
                 jval_is(it.value, JSTRING) ? jval_str(it.value) : jval_print(&c->arena, it.value));
        printf("\n");
    }
    return code;
}

static int verify(struct client *c) {
    int code = 0;
    const struct jval *v = client_get(c, "POST", STR("/weir/v1/ledger/verify"), STR(""), &code);
    if (!v) {
        return code;
    }
    bool ok = jval_bool(jval_get(v, "ok"), false);
    if (!c->json && ok) {
        printf("the chain is whole: %lld row(s), head " STR_FMT "\n",
               (long long)out_number(v, "rows", 0),
               STR_ARG(str_sub(simple_text(v, "head"), 0, 16)));
    } else if (!c->json) {
        printf("BROKEN at row %lld: " STR_FMT "\n", (long long)out_number(v, "first_broken", 0),
               STR_ARG(simple_text(v, "why")));
    }
    return ok ? 0 : 1;
}

static int export_all(struct client *c, const struct ledger_options *o) {
    struct reply r = {0};
    struct err e = {0};
    struct arena *a = &c->arena;
    struct str format = o->format.len ? url_quote(a, o->format) : STR("jsonl");
    struct str path =
        query_of(a, o, str_fmt(a, "/weir/v1/ledger/export?format=" STR_FMT, STR_ARG(format)));
    if (!client_call(c, "GET", path, STR(""), &r, &e)) {
        fprintf(stderr, "weir: %s\n", e.text);
        return 1;
    }
    if (r.status >= 400) {
        return client_error(&r);
    }
    if (o->out_file.len) {
        if (!file_write(str_cstr(&c->arena, o->out_file), r.body, 0600, &e)) {
            fprintf(stderr, "weir: %s\n", e.text);
            return 1;
        }
        return 0;
    }
    out_text(stdout, r.body);
    return 0;
}

static int act_ledger(struct client *c, const struct words *w, void *ctx) {
    static const char *const verbs[] = {"ls", "show", "verify", "export"};
    const struct ledger_options *o = ctx;
    if (!simple_word_is(w, 0, "show") && !simple_words_fit("ledger", w, 1)) {
        return 2;
    }
    if (!w->count || simple_word_is(w, 0, "ls")) {
        return list(c, o);
    }
    if (simple_word_is(w, 0, "verify")) {
        return verify(c);
    }
    if (simple_word_is(w, 0, "export")) {
        return export_all(c, o);
    }
    if (!simple_word_is(w, 0, "show")) {
        return simple_wrong("ledger", w->list[0], verbs, ARRAY_LEN(verbs));
    }
    if (w->count != 2) {
        fprintf(stderr, "weir ledger show: name one row\n");
        return 2;
    }
    return show(c, w->list[1], o->body);
}

static int run_ledger(int argc, char **argv) {
    struct client c = {0};
    struct ledger_options l = {0};
    const struct option o[] = {
        {"--json", NULL, &c.json, NULL},         {"--limit", "-n", NULL, &l.limit},
        {"--provider", NULL, NULL, &l.provider}, {"--zone", NULL, NULL, &l.zone},
        {"--caller", NULL, NULL, &l.caller},     {"--rule", NULL, NULL, &l.rule},
        {"--since", NULL, NULL, &l.since},       {"--until", NULL, NULL, &l.until},
        {"--body", NULL, &l.body, NULL},         {"--format", NULL, NULL, &l.format},
        {"--output", "-o", NULL, &l.out_file}};
    return simple_run(argc, argv, o, ARRAY_LEN(o), 2, act_ledger, &c, &l);
}

const struct cli_command CLI_LEDGER = {
    "ledger", "[ls | show ROW | verify | export] [--json]",
    "what left, when, to whom, by which rule",
    "  -n, --limit N          rows to list\n"
    "      --provider NAME    only what went there; also --zone, --caller, --rule (its name)\n"
    "      --since, --until   a day (2026-11-23), a moment (2026-11-23T20:24:44Z), or back from "
    "now "
    "(7d)\n"
    "      --body             with show: the very bytes, if [ledger] bodies in weir.toml keeps "
    "them\n"
    "      --format FORMAT    export as jsonl or csv; the same filters count\n"
    "  -o, --output FILE      export into a file\n\n"
    "  verify names the first row that is missing or was changed. It does not show what was "
    "changed "
    "by somebody\n  who rewrote ledger and head together: keep a copy of the head elsewhere for "
    "that (docs/ledger.md).\n\n"
    "  weir ledger --zone cloud --since 7d\n  weir ledger verify\n"
    "  weir ledger export --format csv -o ledger.csv\n",
    run_ledger};

static int act_gate(struct client *c, const struct words *w, void *ctx) {
    (void)ctx;
    static const char *const verbs[] = {"status", "close", "open"};
    int code = 0;
    if (!w->count || simple_word_is(w, 0, "status")) {
        const struct jval *v = client_get(c, "GET", STR("/weir/v1/status"), STR(""), &code);
        if (v && !c->json) {
            printf("the gate is " STR_FMT "\n", STR_ARG(simple_text(v, "gate")));
        }
        return code;
    }
    bool shut = simple_word_is(w, 0, "close");
    if (!shut && !simple_word_is(w, 0, "open")) {
        return simple_wrong("gate", w->list[0], verbs, ARRAY_LEN(verbs));
    }
    const struct jval *v = client_get(
        c, "POST", shut ? STR("/weir/v1/gate/close") : STR("/weir/v1/gate/open"), STR(""), &code);
    if (v && !c->json) {
        printf("the gate is " STR_FMT "%s\n", STR_ARG(simple_text(v, "gate")),
               shut ? ": nothing leaves until `weir gate open`" : "");
    }
    return code;
}

static int run_gate(int argc, char **argv) {
    struct client c = {0};
    const struct option o[] = {{"--json", NULL, &c.json, NULL}};
    return simple_run(argc, argv, o, ARRAY_LEN(o), 1, act_gate, &c, NULL);
}

const struct cli_command CLI_GATE = {
    "gate", "[status | close | open]", "the panic switch",
    "  close cuts what goes outward at once; it stays closed over restarts.\n\n"
    "  weir gate close\n",
    run_gate};
