/* The table of commands, help, and finding the right one. */
#include "cli/commands.h"

#include <stdio.h>

const struct cli_command *const CLI_COMMANDS[] = {
    &CLI_ASK,    &CLI_CHAT,      &CLI_START,     &CLI_STOP,       &CLI_RESTART, &CLI_STATUS,
    &CLI_MODELS, &CLI_ENGINE,    &CLI_PROVIDERS, &CLI_ROUTE,      &CLI_PREVIEW, &CLI_WHY,
    &CLI_REPLAY, &CLI_LEDGER,    &CLI_POLICY,    &CLI_APPROVALS,  &CLI_APPROVE, &CLI_DENY,
    &CLI_SCAN,   &CLI_DETECTORS, &CLI_LABEL,     &CLI_GATE,       &CLI_VAULT,   &CLI_KEYS,
    &CLI_DOCTOR, &CLI_CONFIG,    &CLI_LOG,       &CLI_COMPLETION, &CLI_VERSION};
const size_t CLI_COMMAND_COUNT = ARRAY_LEN(CLI_COMMANDS);

static void usage(FILE *f) {
    fprintf(
        f, "weir: one endpoint for every AI client and every model; what is private stays here.\n\n"
           "  weir \"a question of two words or more\"     … | weir \"summarise this\"\n\n");
    fprintf(f, "  %-11s %s\n", "serve", "the daemon in the foreground (--port N, 0: any free one)");
    for (size_t i = 0; i < CLI_COMMAND_COUNT; i++) {
        fprintf(f, "  %-11s %s\n", CLI_COMMANDS[i]->name, CLI_COMMANDS[i]->summary);
    }
    fprintf(f, "\nweir COMMAND --help says more. Every command that prints data takes --json.\n");
}

static const struct cli_command *find(struct str name) {
    for (size_t i = 0; i < CLI_COMMAND_COUNT; i++) {
        if (str_is(name, CLI_COMMANDS[i]->name)) {
            return CLI_COMMANDS[i];
        }
    }
    return NULL;
}

static void help(const struct cli_command *c, FILE *f) {
    fprintf(f, "weir %s %s\n  %s\n\n%s\n", c->name, c->args, c->summary, c->help);
}

static int wrong_word(const char *word) {
    const char *names[64];
    size_t n = 0;
    names[n++] = "serve";
    for (size_t i = 0; i < CLI_COMMAND_COUNT && n < ARRAY_LEN(names); i++) {
        names[n++] = CLI_COMMANDS[i]->name;
    }
    const char *near = str_nearest(str_of(word), names, n);
    fprintf(stderr,
            "weir: there is no command `%s`%s%s%s. A question has two words or more: weir ask "
            "\"%s\"; weir --help "
            "lists the commands.\n",
            word, near ? "; did you mean `" : "", near ? near : "", near ? "`?" : "", word);
    return 2;
}

static bool wants_help(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        struct str word = str_of(argv[i]);
        if (str_is(word, "--")) {
            return false;
        }
        if (str_is(word, "--help") || str_is(word, "-h")) {
            return true;
        }
    }
    return false;
}

/* A question needs no command: two words or more, or one argument with a blank in it, or options
 * and then words. */
static int question(int argc, char **argv) {
    argv[0] = (char *)(uintptr_t)CLI_ASK.name;
    return CLI_ASK.run(argc, argv);
}

int cli_main(int argc, char **argv, int (*serve)(int argc, char **argv)) {
    if (argc < 2) {
        if (isatty(STDIN_FILENO) != 1) {
            return question(argc, argv);
        }
        usage(stdout);
        return 0;
    }
    struct str word = str_of(argv[1]);
    if (str_is(word, "--help") || str_is(word, "-h") || str_is(word, "help")) {
        const struct cli_command *about = argc > 2 ? find(str_of(argv[2])) : NULL;
        if (about) {
            help(about, stdout);
        } else {
            usage(stdout);
        }
        return 0;
    }
    if (str_is(word, "--version")) {
        return CLI_VERSION.run(1, argv + 1);
    }
    if (str_is(word, "serve")) {
        if (wants_help(argc - 1, argv + 1)) {
            printf("weir serve [--port N] [--debug]\n  the daemon in the foreground\n\n  weir "
                   "serve --port 0     any free "
                   "port; $XDG_RUNTIME_DIR/weir/weir.json names it\n");
            return 0;
        }
        return serve(argc - 1, argv + 1);
    }
    if (str_is(word, "pull")) {
        fprintf(stderr, "weir: downloads of models come later; put a GGUF file into the models "
                        "folder (weir doctor names "
                        "it).\n");
        return 1;
    }
    const struct cli_command *c = find(word);
    if (c) {
        if (wants_help(argc - 1, argv + 1)) {
            help(c, stdout);
            return 0;
        }
        return c->run(argc - 1, argv + 1);
    }
    bool words = str_contains(word, STR(" ")) || argc > 2 || word.ptr[0] == '-';
    return words ? question(argc, argv) : wrong_word(argv[1]);
}
