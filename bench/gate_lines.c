/* What the gate does with each text of a JSONL file, for bench/gate.py: one line of JSON per text,
 * {"found": [[kind, from, to] …], "hidden": [[from, to] …], "out": …}, places in bytes. `out` is
 * the text as it would leave disguised, with the placeholders that weir really writes; null when
 * weir refuses to disguise it. One thread. With ROW arguments only those rows of the table speak.
 *
 * `ask` prints instead what a local model is to be asked about each text, [[from, to, request] …];
 * with ANSWERS, a file beginning with @, its answers count: a line for each text, [[from, to, text
 * or null] …], null where there was none. */
#include "gate/book.h"
#include "gate/disguise.h"
#include "sense/sense.h"

#include <stdio.h>

struct tool {
    struct sense *sense;
    struct vault *vault;
    bool all; /* names that are open are hidden too */
    bool ask;
    FILE *answers; /* NULL: no model looks */
    size_t number;
};

static bool is_raised(struct str kind) {
    const struct kind_row *row = kind_find(kind);
    return !row || row->level > LEVEL_OPEN;
}

/* What is open altogether leaves as it is. */
static bool is_disguised(const struct tool *t, const struct sense_result *r) {
    bool any = t->all;
    for (size_t i = 0; i < r->count && !any; i++) {
        any = is_raised(r->evidence[i].kind);
    }
    return any;
}

/* The findings that a placeholder stands for; false: what was found cannot be disguised. */
static bool originals(const struct tool *t, struct arena *a, struct str text,
                      const struct sense_result *r, struct original **out, size_t *count) {
    struct original *found = arena_array(a, struct original, r->count + 1);
    size_t n = 0;
    for (size_t i = 0; i < r->count && is_disguised(t, r); i++) {
        enum token_type type = TOKEN_TERM;
        enum disguise_kind how = disguise_kind(r->evidence[i].kind, &type);
        bool hide = t->all || how == DISGUISE_BESIDE || how == DISGUISE_TALK
                    || is_raised(r->evidence[i].kind);
        if (how == DISGUISE_NOT || !hide) {
            continue;
        }
        struct str what = str_sub(text, r->evidence[i].from, r->evidence[i].to);
        if (how == DISGUISE_NEVER || !disguise_original(type, what, &found[n])) {
            return false;
        }
        n++;
    }
    *out = found;
    *count = n;
    return true;
}

/* Where the placeholders stand in for something: walks both texts at once. */
static void hidden_places(struct jout *j, struct arena *a, struct book *book, struct str text,
                          struct str out) {
    size_t at = 0;
    jout_key(j, "hidden");
    jout_array(j);
    for (size_t i = 0; i < out.len;) {
        struct token token = {0};
        struct str original = {0};
        if (token_read(str_sub(out, i, out.len), &token)) {
            original = book_original(book, a, &token);
        }
        if (!original.ptr) {
            i++;
            at++;
            continue;
        }
        jout_array(j);
        jout_i64(j, (int64_t)at);
        jout_i64(j, (int64_t)(at + original.len));
        jout_end_array(j);
        i += token.len;
        at += original.len;
    }
    jout_end_array(j);
    if (at != text.len) {
        fprintf(stderr, "what left is not the text with placeholders\n");
        exit(1);
    }
}

static void disguised(struct tool *t, struct jout *j, struct arena *a, struct str text,
                      const struct sense_result *r) {
    struct original *found = NULL;
    size_t n = 0;
    struct disguised d = {0};
    struct err e = {0};
    struct str name = str_fmt(a, "t%zu", t->number++);
    struct book *book = vault_book(t->vault, name, STR("owner"));
    AUTO_BUF body = {.max = SIZE_MAX / 4};
    buf_add(&body, STR("{\"text\":"));
    json_quote(&body, text);
    buf_add(&body, STR("}"));
    bool ok = originals(t, a, text, r, &found, &n)
              && disguise_body(book, a, found, n, buf_str(&body), DISGUISE_PLACEHOLDER, &d, &e)
              && !disguise_leaks(book, d.body);
    const struct jval *v = ok ? json_parse(a, d.body, &JSON_LIMITS, &e) : NULL;
    if (v) {
        struct str out = jval_str(jval_get(v, "text"));
        jout_kstr(j, "out", out);
        hidden_places(j, a, book, text, out);
    } else {
        jout_knull(j, "out");
    }
    book_drop(book);
    vault_forget(t->vault, name);
}

static void ask(struct jout *j, struct arena *a, const struct sense_text *text) {
    jout_array(j);
    for (size_t from = 0; sense_is_asked(text) && from < text->text.len;) {
        size_t to = sense_piece(text->text, from);
        jout_array(j);
        jout_i64(j, (int64_t)from);
        jout_i64(j, (int64_t)to);
        jout_raw(j, sense_ask(a, STR("model"), str_sub(text->text, from, to)));
        jout_end_array(j);
        from = to;
    }
    jout_end_array(j);
}

/* The next line of the answers, as evidence of the text. */
static bool look(struct tool *t, struct arena *a, const struct sense_text *text,
                 struct sense_result *r, struct err *e) {
    char *line = NULL;
    size_t cap = 0;
    ssize_t n = getline(&line, &cap, t->answers);
    const struct jval *v =
        n > 0 ? json_parse(a, (struct str){line, (size_t)n}, &JSON_LIMITS, e) : NULL;
    bool undecided = false;
    for (struct jiter it = jval_iter(v); jiter_next(&it);) {
        int64_t from = 0;
        int64_t to = 0;
        struct err ignored = {0};
        struct sense_result said = {0};
        bool whole = jval_i64(jval_at(it.value, 0), &from) && jval_i64(jval_at(it.value, 1), &to);
        struct str piece = str_sub(text->text, (size_t)from, (size_t)to);
        struct str answer = jval_str(jval_at(it.value, 2));
        undecided |= !whole || !sense_answer(t->sense, a, piece, answer, &said, &ignored);
        for (size_t i = 0; i < said.count; i++) {
            said.evidence[i].from += (uint32_t)from;
            said.evidence[i].to += (uint32_t)from;
        }
        sense_join(a, r, &said);
    }
    struct evidence whole = {0};
    if (undecided && sense_undecided(t->sense, text, &whole)) {
        sense_join(a, r, &(struct sense_result){.evidence = &whole, .count = 1});
    }
    free(line);
    return v || err_set(e, ERR_INVALID, "there are fewer answers than texts");
}

static bool one(struct tool *t, struct str line, struct err *e) {
    struct arena a = arena_make(64UL << 20);
    const struct jval *v = json_parse(&a, line, &JSON_LIMITS, e);
    struct sense_text text = {.text = jval_str(jval_get(v, "text")), .role = ROLE_USER};
    struct sense_result r = {0};
    bool ok = v && sense_scan(t->sense, &a, &text, 1, &SENSE_LIMITS, &r, e)
              && (!t->answers || look(t, &a, &text, &r, e));
    if (ok && t->ask) {
        AUTO_BUF b = {.max = SIZE_MAX / 4};
        struct jout j = jout_make(&b);
        text.flows = true;
        ask(&j, &a, &text);
        printf(STR_FMT "\n", STR_ARG(buf_str(&b)));
    } else if (ok) {
        AUTO_BUF b = {.max = SIZE_MAX / 4};
        struct jout j = jout_make(&b);
        jout_object(&j);
        jout_key(&j, "found");
        jout_array(&j);
        for (size_t i = 0; i < r.count; i++) {
            jout_array(&j);
            jout_str(&j, r.evidence[i].kind);
            jout_i64(&j, r.evidence[i].from);
            jout_i64(&j, r.evidence[i].to);
            jout_end_array(&j);
        }
        jout_end_array(&j);
        disguised(t, &j, &a, text.text, &r);
        jout_end_object(&j);
        printf(STR_FMT "\n", STR_ARG(buf_str(&b)));
    }
    arena_end(&a);
    return ok;
}

static bool only(struct sense *s, char **ids, int n, struct err *e) {
    size_t count = 0;
    const struct detector *rows = sense_detectors(&count);
    for (size_t i = 0; i < count && n; i++) {
        TRY(sense_switch(s, str_of(rows[i].id), false, e));
    }
    for (int i = 0; i < n; i++) {
        TRY(sense_switch(s, str_of(ids[i]), true, e));
    }
    return true;
}

int main(int argc, char **argv) {
    struct tool t = {.all = argc >= 3 && str_is(str_of(argv[2]), "all"),
                     .ask = argc >= 3 && str_is(str_of(argv[2]), "ask")};
    struct err e = {0};
    FILE *f = argc >= 3 ? fopen(argv[1], "r") : NULL;
    int rows = argc >= 4 && argv[3][0] == '@' ? 4 : 3;
    t.answers = rows == 4 ? fopen(argv[3] + 1, "r") : NULL;
    if (!f || (rows == 4 && !t.answers) || !sense_new(NULL, 0, &t.sense, &e)
        || !only(t.sense, argv + rows, argc - rows, &e)) {
        fprintf(stderr, "%s\n",
                e.text[0] ? e.text
                          : "usage: bench_gate_lines FILE.jsonl all|raised|ask [@ANSWERS] [ROW …]");
        return 1;
    }
    t.vault = vault_new(NULL, NULL);
    char *line = NULL;
    size_t cap = 0;
    ssize_t n = 0;
    bool ok = true;
    while (ok && (n = getline(&line, &cap, f)) > 0) {
        ok = one(&t, (struct str){line, (size_t)n}, &e);
    }
    if (!ok) {
        fprintf(stderr, "%s\n", e.text);
    }
    free(line);
    fclose(f);
    if (t.answers) {
        fclose(t.answers);
    }
    vault_free(t.vault);
    sense_free(t.sense);
    return ok ? 0 : 1;
}
