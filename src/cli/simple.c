/* Shared by the commands that ask once and show. */
#include "cli/simple.h"

#include "codec/url.h"

int simple_run(int argc, char **argv, const struct option *o, size_t n, size_t most,
               int (*act)(struct client *c, const struct words *w, void *ctx), struct client *c,
               void *ctx) {
    struct words w = {0};
    int code = 2;
    if (!c->arena.limit) {
        c->arena = arena_make(1 << 30);
    }
    if (options_read(&c->arena, argc, argv, o, n, &w) && simple_words_fit(argv[0], &w, most)) {
        code = client_open(c) ? act(c, &w, ctx) : 1;
    }
    client_close(c);
    return code;
}

struct str simple_text(const struct jval *v, const char *key) {
    return jval_str(jval_get(v, key));
}

struct str simple_path(struct client *c, const char *before, struct str word, const char *behind) {
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 20);
    buf_addf(&b, "/weir/v1/%s", before);
    url_encode(&b, word);
    buf_addf(&b, "%s", behind);
    return str_dup(&c->arena, buf_str(&b));
}

bool simple_word_is(const struct words *w, size_t i, const char *word) {
    return i < w->count && str_is(w->list[i], word);
}

struct str simple_ask_body(struct client *c, struct str text, const struct ask *q) {
    AUTO_BUF b = {0};
    buf_init(&b, 128 << 20);
    struct jout j = jout_make(&b);
    const struct {
        const char *key;
        struct str value;
    } members[] = {{"model", q->model},
                   {"zone", q->zone},
                   {"profile", q->profile},
                   {"label", q->label},
                   {"project", q->project}};
    jout_object(&j);
    jout_kstr(&j, "text", text);
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        if (members[i].value.len) {
            jout_kstr(&j, members[i].key, members[i].value);
        }
    }
    jout_end_object(&j);
    return str_dup(&c->arena, buf_str(&b));
}

int simple_wrong(const char *command, struct str word, const char *const *known, size_t n) {
    const char *near = str_nearest(word, known, n);
    fprintf(stderr, "weir %s: there is no `" STR_FMT "`%s%s%s; weir %s --help\n", command,
            STR_ARG(word), near ? "; did you mean `" : "", near ? near : "", near ? "`?" : "",
            command);
    return 2;
}

bool simple_words_fit(const char *command, const struct words *w, size_t most) {
    if (w->count <= most) {
        return true;
    }
    fprintf(stderr, "weir %s: I do not know what `" STR_FMT "` means here; weir %s --help\n",
            command, STR_ARG(w->list[most]), command);
    return false;
}

int simple_later(const char *what, const char *instead) {
    fprintf(stderr, "weir %s: not there yet; %s\n", what, instead);
    return 1;
}

void simple_show_look(FILE *f, const struct jval *v) {
    const struct jval *look = jval_get(v, "model_look");
    long long undecided = out_number(look, "undecided", 0);
    if (!look) {
        return;
    }
    fprintf(f,
            "  model      " STR_FMT ": " STR_FMT ", " STR_FMT "; %lld piece(s) asked, %lld known",
            STR_ARG(simple_text(look, "model")), STR_ARG(simple_text(look, "state")),
            STR_ARG(simple_text(look, "why")), (long long)out_number(look, "asked", 0),
            (long long)out_number(look, "known", 0));
    if (undecided) {
        fprintf(f, ", %lld undecided: their texts count one level higher", undecided);
    }
    fprintf(f, "\n");
}
