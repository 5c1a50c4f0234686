/* `weir vault`: what stands behind the placeholders of each conversation. */
#include "cli/simple.h"

#include <stdio.h>

static int list(struct client *c) {
    int code = 0;
    const struct jval *v = client_get(c, "GET", STR("/weir/v1/vault"), STR(""), &code);
    if (!v || c->json) {
        return code;
    }
    const struct jval *all = jval_get(v, "conversations");
    for (struct jiter it = jval_iter(all); jiter_next(&it);) {
        printf(STR_FMT "  %lld disguised  " STR_FMT "\n",
               STR_ARG(simple_text(it.value, "conversation")),
               (long long)out_number(it.value, "originals", 0),
               STR_ARG(simple_text(it.value, "caller")));
    }
    if (!jval_len(all)) {
        printf("nothing was disguised yet\n");
    }
    return code;
}

static int export_one(struct client *c, struct str path) {
    int code = 0;
    const struct jval *v = client_get(c, "GET", path, STR(""), &code);
    if (!v || c->json) {
        return code;
    }
    for (struct jiter it = jval_iter(jval_get(v, "originals")); jiter_next(&it);) {
        for (struct jiter form = jval_iter(jval_get(it.value, "forms")); jiter_next(&form);) {
            printf(STR_FMT "  ", STR_ARG(form.key));
            out_text(stdout, jval_str(form.value));
            printf("\n");
        }
    }
    return code;
}

static int act(struct client *c, const struct words *w, void *ctx) {
    (void)ctx;
    static const char *const verbs[] = {"ls", "export", "rm"};
    if (!w->count || simple_word_is(w, 0, "ls")) {
        return simple_words_fit("vault", w, 1) ? list(c) : 2;
    }
    bool rm = simple_word_is(w, 0, "rm");
    if (!rm && !simple_word_is(w, 0, "export")) {
        return simple_wrong("vault", w->list[0], verbs, ARRAY_LEN(verbs));
    }
    if (w->count < 2) {
        fprintf(stderr, "weir vault: which conversation? `weir vault ls` lists them\n");
        return 2;
    }
    struct str path = simple_path(c, "vault/", w->list[1], "");
    if (!rm) {
        return export_one(c, path);
    }
    int code = 0;
    const struct jval *v = client_get(c, "DELETE", path, STR(""), &code);
    if (v && !c->json) {
        printf("forgotten: " STR_FMT "\n", STR_ARG(w->list[1]));
    }
    return code;
}

static int run(int argc, char **argv) {
    struct client c = {0};
    const struct option o[] = {{"--json", NULL, &c.json, NULL}};
    return simple_run(argc, argv, o, ARRAY_LEN(o), 2, act, &c, NULL);
}

const struct cli_command CLI_VAULT = {
    "vault", "[ls | export CONVERSATION | rm CONVERSATION] [--json]",
    "what stands behind placeholders, per conversation",
    "  Kept sealed on this device; export shows it in the clear, rm forgets it for good.\n\n"
    "  weir vault ls\n  weir vault export c0123456789abcdef\n",
    run};
