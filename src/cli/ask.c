/* `weir ask`: a question, its answer as it comes, the receipt on stderr. */
#include "cli/simple.h"
#include "codec/utf8.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

enum { LARGEST_FILE = 32 << 20 };

struct answering {
    struct client *c;
    const struct ask *q;
    FILE *out;
    struct buf text;
    struct str receipt, error, error_code;
    bool thinking, ended_line;
    bool fresh; /* the output's file holds what was there before */
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal) {
    (void)signal;
    interrupted = 1;
}

/* What is in -o's file goes when there is something to take its place. */
static void make_fresh(struct answering *w) {
    if (w->fresh && ftruncate(fileno(w->out), 0) == 0) {
        w->fresh = false;
    }
}

static void show_delta(struct answering *w, const struct jval *delta) {
    struct str think = jval_str(jval_get(delta, "reasoning_content"));
    if (think.len && out_is_terminal(stderr)) {
        fprintf(stderr, "%s", out_dim(stderr));
        out_text(stderr, think);
        fprintf(stderr, "%s", out_plain(stderr));
        w->thinking = true;
    }
    struct str text = jval_str(jval_get(delta, "content"));
    if (!text.len) {
        return;
    }
    if (w->thinking) {
        fputs("\n", stderr);
        w->thinking = false;
    }
    make_fresh(w);
    out_text(w->out, text);
    fflush(w->out);
    buf_add(&w->text, text);
    w->ended_line = text.ptr[text.len - 1] == '\n';
}

static bool on_data(void *ctx, struct str event, struct str data) {
    (void)event;
    struct answering *w = ctx;
    struct err e = {0};
    if (str_is(data, "[DONE]")) {
        return true;
    }
    const struct jval *v = json_parse(&w->c->arena, data, &JSON_LIMITS, &e);
    const struct jval *error = jval_get(v, "error");
    if (error) {
        w->error = jval_str(jval_get(error, "message"));
        w->error_code = jval_str(jval_get(error, "code"));
    }
    show_delta(w, jval_get(jval_at(jval_get(v, "choices"), 0), "delta"));
    struct str line = jval_str(jval_get(jval_get(v, "weir"), "line"));
    if (line.len) {
        w->receipt = line;
    }
    return !interrupted;
}

static void add_claims(struct jout *j, const struct ask *q) {
    jout_key(j, "weir");
    jout_object(j);
    jout_kcstr(j, "receipt", "body");
    const struct {
        const char *key;
        struct str value;
    } claims[] = {{"zone", q->zone},       {"profile", q->profile},
                  {"label", q->label},     {"project", q->project},
                  {"preview", q->preview}, {"conversation", q->conversation}};
    for (size_t i = 0; i < ARRAY_LEN(claims); i++) {
        if (claims[i].value.len) {
            jout_kstr(j, claims[i].key, claims[i].value);
        }
    }
    if (q->file.len) {
        struct arena a = arena_make(1 << 20);
        jout_key(j, "files");
        jout_array(j);
        jout_object(j);
        jout_kstr(j, "path", path_resolve(&a, q->file));
        jout_ki64(j, "message", q->file_message);
        jout_ki64(j, "part", 0);
        jout_end_object(j);
        jout_end_array(j);
        arena_end(&a);
    }
    jout_end_object(j);
}

static struct str request(struct client *c, const struct ask *q, struct str messages) {
    AUTO_BUF b = {0};
    buf_init(&b, 256 << 20);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kstr(&j, "model", q->model.len ? q->model : STR("auto"));
    jout_kraw(&j, "messages", messages);
    jout_kbool(&j, "stream", !c->json);
    if (!c->json) {
        jout_kraw(&j, "stream_options", STR("{\"include_usage\":true}"));
    }
    add_claims(&j, q);
    jout_end_object(&j);
    return str_dup(&c->arena, buf_str(&b));
}

bool ask_approval(struct client *c, struct str message) {
    ptrdiff_t at = str_find(message, STR("weir approve "));
    if (at < 0 || isatty(STDIN_FILENO) != 1 || !out_is_terminal(stderr)) {
        return false;
    }
    struct str id = {0};
    struct str rest = {0};
    str_cut(str_sub(message, (size_t)at + 13, message.len), ';', &id, &rest);
    fprintf(stderr, "weir: " STR_FMT "\nSend it this once? [y/N] ", STR_ARG(message));
    char line[16];
    if (!fgets(line, sizeof line, stdin) || (line[0] != 'y' && line[0] != 'Y')) {
        return false;
    }
    int code = 0;
    bool json = c->json;
    c->json = false;
    bool ok = client_get(c, "POST", simple_path(c, "approvals/", str_trim(id), ""),
                         STR("{\"as\":\"once\"}"), &code)
              != NULL;
    c->json = json;
    return ok;
}

static int failed(struct answering *w, const struct reply *r, const struct err *e) {
    if (w->text.len && !w->ended_line) {
        fputs("\n", w->out);
    }
    if (interrupted) {
        return 130;
    }
    if (e->kind) {
        fprintf(stderr, "%sweir: %s%s\n", out_red(stderr), e->text, out_plain(stderr));
        return 1;
    }
    if (w->error.len) {
        fprintf(stderr, "%sweir: ", out_red(stderr));
        out_text(stderr, w->error);
        fprintf(stderr, "%s\n", out_plain(stderr));
        return str_is(w->error_code, "needs_approval") ? 4
               : str_is(w->error_code, "policy_refused")
                       || str_is(w->error_code, "no_backend_permitted")
                       || str_is(w->error_code, "gate_closed")
                   ? 3
                   : 1;
    }
    return client_error(r);
}

/* The text of an answer that came whole, for the next turn. */
static struct str answer_of(const struct jval *v) {
    return jval_str(jval_get(jval_get(jval_at(jval_get(v, "choices"), 0), "message"), "content"));
}

int ask_run(struct client *c, const struct ask *q, struct str messages, struct str *answer_opt) {
    struct answering w = {.c = c, .q = q, .out = stdout, .ended_line = true};
    buf_init(&w.text, 64 << 20);
    if (q->out_file.len) {
        w.out = fopen(str_cstr(&c->arena, q->out_file), "ae");
        w.fresh = true;
        if (!w.out) {
            fprintf(stderr, "weir: cannot write " STR_FMT ": %m\n", STR_ARG(q->out_file));
            return 1;
        }
    }
    interrupted = 0;
    struct sigaction on = {.sa_handler = on_interrupt};
    sigaction(SIGINT, &on, NULL);
    struct str body = request(c, q, messages);
    struct reply r = {0};
    struct err e = {0};
    bool ok = client_stream(c, STR("/v1/chat/completions"), body, on_data, &w, &r, &e);
    if (ok && str_is(r.code, "needs_approval") && ask_approval(c, client_error_text(&r))) {
        ok = client_stream(c, STR("/v1/chat/completions"), body, on_data, &w, &r, &e);
    }
    int code = 0;
    if (ok && c->json && r.status < 400) {
        make_fresh(&w);
        fprintf(w.out, STR_FMT "\n", STR_ARG(r.body));
        buf_add(&w.text, answer_of(r.json));
        w.ended_line = true;
    }
    if (!ok || interrupted || w.error.len || r.status >= 400) {
        code = failed(&w, &r, &e);
    } else {
        make_fresh(&w);
        if (!w.ended_line) {
            fputs("\n", w.out);
        }
        if (!q->no_receipt && w.receipt.len) {
            fflush(w.out);
            fprintf(stderr, "%s", out_dim(stderr));
            out_text(stderr, w.receipt);
            fprintf(stderr, "%s\n", out_plain(stderr));
        }
    }
    if (answer_opt) {
        *answer_opt = str_dup(&c->arena, buf_str(&w.text));
    }
    buf_finish(&w.text);
    if (w.out != stdout && fclose(w.out) != 0) {
        fprintf(stderr, "weir: cannot write " STR_FMT ": %m\n", STR_ARG(q->out_file));
        code = 1;
    }
    return code;
}

/* ---- the last conversation, for -c ---- */

static struct str last_path(struct client *c) {
    return path_join(&c->arena, c->places.state, "last-ask.json");
}

static void write_message(struct jout *j, const char *role, struct str text) {
    jout_object(j);
    jout_kcstr(j, "role", role);
    jout_kstr(j, "content", text);
    jout_end_object(j);
}

static bool add_before(struct client *c, struct jout *j, int64_t *messages) {
    struct str text = {0};
    struct err e = {0};
    if (!file_read(&c->arena, last_path(c).ptr, 64 << 20, &text, &e)) {
        fprintf(stderr, "weir: there is no conversation to continue yet; ask without -c first\n");
        return false;
    }
    const struct jval *v = json_parse(&c->arena, text, &JSON_LIMITS, &e);
    for (struct jiter it = jval_iter(v); jiter_next(&it);) {
        jout_raw(j, jval_print(&c->arena, it.value));
        ++*messages;
    }
    return true;
}

static void keep(struct client *c, struct str messages, struct str answer) {
    AUTO_BUF b = {0};
    buf_init(&b, 128 << 20);
    buf_add(&b, str_sub(messages, 0, messages.len - 1));
    buf_add(&b, STR(",{\"role\":\"assistant\",\"content\":"));
    json_quote(&b, answer);
    buf_add(&b, STR("}]"));
    struct err e = {0};
    if (!file_write(last_path(c).ptr, buf_str(&b), 0600, &e)) {
        fprintf(stderr, "weir: this answer cannot be continued with -c: %s\n", e.text);
    }
}

/* A file is a part of its own, so that folder rules know where the text comes from. */
static bool add_file(struct client *c, const struct ask *q, struct jout *j) {
    struct err e = {0};
    struct str text = {0};
    if (!file_read(&c->arena, str_cstr(&c->arena, q->file), LARGEST_FILE, &text, &e)) {
        fprintf(stderr, "weir: %s\n", e.text);
        return false;
    }
    if (!utf8_is_valid(text)) {
        fprintf(stderr, "weir: " STR_FMT " is not text (UTF-8); weir attaches text files for now\n",
                STR_ARG(q->file));
        return false;
    }
    jout_object(j);
    jout_kcstr(j, "role", "user");
    jout_key(j, "content");
    jout_array(j);
    jout_object(j);
    jout_kcstr(j, "type", "text");
    jout_kstr(j, "text", text);
    jout_end_object(j);
    jout_object(j);
    jout_kcstr(j, "type", "text");
    jout_kstr(j, "text", q->text);
    jout_end_object(j);
    jout_end_array(j);
    jout_end_object(j);
    return true;
}

static int run_question(struct client *c, struct ask *q) {
    client_tell_problems(c);
    AUTO_BUF b = {0};
    buf_init(&b, 128 << 20);
    struct jout j = jout_make(&b);
    jout_array(&j);
    if (q->cont && !add_before(c, &j, &q->file_message)) {
        return 1;
    }
    if (q->file.len) {
        if (!add_file(c, q, &j)) {
            return 1;
        }
    } else {
        write_message(&j, "user", q->text);
    }
    jout_end_array(&j);
    struct str messages = str_dup(&c->arena, buf_str(&b));
    struct str answer = {0};
    int code = ask_run(c, q, messages, &answer);
    if (code == 0) {
        keep(c, messages, answer);
    }
    return code;
}

/* Text on stdin beside a question is what the question is about. */
static bool whole_text(struct client *c, const struct words *w, struct ask *q) {
    if (!options_text(c, w, 0, &q->text)) {
        return false;
    }
    if (w->count && isatty(STDIN_FILENO) != 1 && !q->file.len) {
        struct words none = {0};
        struct str piped = {0};
        if (!options_text(c, &none, 0, &piped)) {
            return false;
        }
        if (str_trim(piped).len) {
            q->text = str_fmt(&c->arena, STR_FMT "\n\n" STR_FMT, STR_ARG(q->text), STR_ARG(piped));
        }
    }
    if (!str_trim(q->text).len && !q->file.len) {
        fprintf(stderr, "weir ask: ask something: weir ask \"What is a weir?\"\n");
        return false;
    }
    return true;
}

static int run(int argc, char **argv) {
    struct client c = {.arena = arena_make(1 << 30)};
    struct ask q = {0};
    const struct option o[] = {{"--model", "-m", NULL, &q.model},
                               {"--file", "-f", NULL, &q.file},
                               {"--continue", "-c", &q.cont, NULL},
                               {"--zone", NULL, NULL, &q.zone},
                               {"--profile", NULL, NULL, &q.profile},
                               {"--label", NULL, NULL, &q.label},
                               {"--project", NULL, NULL, &q.project},
                               {"--output", "-o", NULL, &q.out_file},
                               {"--no-receipt", NULL, &q.no_receipt, NULL},
                               {"--conversation", NULL, NULL, &q.conversation},
                               {"--preview", NULL, NULL, &q.preview},
                               {"--json", NULL, &c.json, NULL}};
    struct words w = {0};
    int code = 2;
    if (options_read(&c.arena, argc, argv, o, ARRAY_LEN(o), &w) && whole_text(&c, &w, &q)) {
        code = client_open(&c) ? run_question(&c, &q) : 1;
    }
    client_close(&c);
    return code;
}

const struct cli_command CLI_ASK = {
    "ask", "[OPTIONS] TEXT", "asks `auto`, streams the answer, then the receipt",
    "  -m, --model MODEL     a model, or auto:fast, auto:best, auto:cheap, auto:private\n"
    "  -f, --file FILE       attach a text file\n"
    "  -c, --continue        continue the last conversation\n"
    "      --zone ZONE       no further than device, home, trusted or cloud\n"
    "      --profile NAME    fast, balanced, best, cheap, private, or one of your own\n"
    "      --label LEVEL     at least personal, private or secret\n"
    "      --project NAME    for rules of the policy\n"
    "      --preview ID      send exactly what `weir preview` showed, or nothing\n"
    "  -o, --output FILE     write the answer there\n"
    "      --no-receipt      no receipt on stderr\n\n"
    "  weir ask \"What does a weir in a river do?\"\n  weir ask -f letter.txt --zone device "
    "\"Summarise this\"\n",
    run};
