/* The table of commands, help, and finding the right one. */
#include "cli/commands.h"

#include <stdio.h>

const struct cli_command *const CLI_COMMANDS[] = {
    &CLI_ASK,        &CLI_CHAT,   &CLI_START,     &CLI_STOP,      &CLI_RESTART,   &CLI_STATUS,
    &CLI_MODELS,     &CLI_PULL,   &CLI_ENGINE,    &CLI_PROVIDERS, &CLI_ROUTE,     &CLI_PREVIEW,
    &CLI_WHY,        &CLI_REPLAY, &CLI_LEDGER,    &CLI_POLICY,    &CLI_APPROVALS, &CLI_APPROVE,
    &CLI_DENY,       &CLI_SCAN,   &CLI_DETECTORS, &CLI_LABEL,     &CLI_GATE,      &CLI_VAULT,
    &CLI_KEYS,       &CLI_LAUNCH, &CLI_OPEN,      &CLI_DOCTOR,    &CLI_CONFIG,    &CLI_LOG,
    &CLI_COMPLETION, &CLI_VERSION};
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
            "weir: there is no command `%s`%s%s%s A question has two words or more, in quotes: "
            "weir \"%s …\"; `weir --help` lists the commands.\n",
            word, near ? "; did you mean `" : "", near ? near : "", near ? "`?" : ".", word);
    return 2;
}

static void serve_help(void) {
    printf("weir serve [--port N] [--debug]\n  the daemon in the foreground\n\n  weir serve --port "
           "0     any free port; $XDG_RUNTIME_DIR/weir/weir.json names it\n");
}

static int help_on(const char *word_opt) {
    const struct cli_command *about = word_opt ? find(str_of(word_opt)) : NULL;
    if (about) {
        help(about, stdout);
    } else if (word_opt && str_is(str_of(word_opt), "serve")) {
        serve_help();
    } else if (word_opt) {
        return wrong_word(word_opt);
    } else {
        usage(stdout);
    }
    return 0;
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

/* A question needs no command: an argument with a blank in it, or options and then words. A first
 * word without a blank is a command, right or wrong: a slip must not send what follows to a model.
 */
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
        return help_on(argc > 2 ? argv[2] : NULL);
    }
    if (str_is(word, "--version")) {
        return CLI_VERSION.run(argc - 1, argv + 1);
    }
    if (str_is(word, "serve")) {
        if (wants_help(argc - 1, argv + 1)) {
            serve_help();
            return 0;
        }
        return serve(argc - 1, argv + 1);
    }
    const struct cli_command *c = find(word);
    if (c) {
        if (wants_help(argc - 1, argv + 1)) {
            help(c, stdout);
            return 0;
        }
        return c->run(argc - 1, argv + 1);
    }
    bool words = str_find_char(word, ' ') >= 0 || str_find_char(word, '\n') >= 0
                 || str_starts(word, STR("-"));
    return words ? question(argc, argv) : wrong_word(argv[1]);
}
