/* `weir chat`: a conversation in the terminal, turn by turn through `weir ask`. */
#include "cli/simple.h"

#include <stdio.h>

static int chat_loop(struct client *c, struct ask *q) {
    client_tell_problems(c);
    AUTO_BUF messages = {0};
    buf_init(&messages, 128 << 20);
    buf_add(&messages, STR("["));
    bool tty = isatty(STDIN_FILENO) == 1;
    if (tty) {
        fprintf(stderr, "%sEnter sends, an empty line or Ctrl-D ends. /new begins anew.%s\n",
                out_dim(stderr), out_plain(stderr));
    }
    char *line = NULL;
    size_t cap = 0;
    int code = 0;
    for (;;) {
        if (tty) {
            fprintf(stderr, "%s> %s", out_bold(stderr), out_plain(stderr));
        }
        ssize_t n = getline(&line, &cap, stdin);
        struct str text = str_trim((struct str){line, n > 0 ? (size_t)n : 0});
        if (n <= 0 || (tty && !text.len)) {
            break;
        }
        if (!text.len) {
            continue;
        }
        if (str_is(text, "/new")) {
            buf_clear(&messages);
            buf_add(&messages, STR("["));
            continue;
        }
        size_t before = messages.len;
        buf_add(&messages, messages.len > 1 ? STR(",{\"role\":\"user\",\"content\":")
                                            : STR("{\"role\":\"user\",\"content\":"));
        json_quote(&messages, text);
        buf_add(&messages, STR("}"));
        struct str answer = {0};
        struct str whole = str_fmt(&c->arena, STR_FMT "]", STR_ARG(buf_str(&messages)));
        code = ask_run(c, q, whole, &answer);
        if (code != 0) {
            messages.len = before; /* the turn did not happen */
            continue;
        }
        buf_add(&messages, STR(",{\"role\":\"assistant\",\"content\":"));
        json_quote(&messages, answer);
        buf_add(&messages, STR("}"));
    }
    free(line);
    return code;
}

static int run_chat(int argc, char **argv) {
    struct client c = {.arena = arena_make(1 << 30)};
    struct ask q = {0};
    const struct option o[] = {
        {"--model", "-m", NULL, &q.model},     {"--zone", NULL, NULL, &q.zone},
        {"--profile", NULL, NULL, &q.profile}, {"--label", NULL, NULL, &q.label},
        {"--project", NULL, NULL, &q.project}, {"--no-receipt", NULL, &q.no_receipt, NULL}};
    struct words w = {0};
    int code = 2;
    if (options_read(&c.arena, argc, argv, o, ARRAY_LEN(o), &w)
        && simple_words_fit("chat", &w, 0)) {
        code = client_open(&c) ? chat_loop(&c, &q) : 1;
    }
    client_close(&c);
    return code;
}

const struct cli_command CLI_CHAT = {
    "chat", "[-m MODEL] [--zone ZONE] [--profile NAME]", "a conversation in the terminal",
    "  One line is one message; /new begins a new conversation; an empty line or Ctrl-D ends.\n\n"
    "  weir chat --zone device\n",
    run_chat};
