/* `weir completion`: commands and the words behind them, from the table. */
#include "cli/commands.h"

#include <stdio.h>

/* The words that may follow a command, as its line of help lists them: "[ls | show ROW | …]". */
static void print_verbs(const struct cli_command *c, const char *before, const char *behind) {
    struct str args = str_of(c->args);
    size_t n = 0;
    if (!str_starts(args, STR("["))) {
        return;
    }
    for (size_t at = 0; at < args.len; at++) {
        bool begins = at == 0 || str_starts(str_sub(args, at, args.len), STR("| "));
        struct str rest = str_sub(args, at + (at ? 2 : 1), args.len);
        if (!begins || !rest.len || rest.ptr[0] < 'a' || rest.ptr[0] > 'z') {
            continue;
        }
        size_t len = 0;
        while (len < rest.len
               && (rest.ptr[len] == '-' || (rest.ptr[len] >= 'a' && rest.ptr[len] <= 'z'))) {
            len++;
        }
        printf("%s" STR_FMT, n ? " " : before, STR_ARG(str_sub(rest, 0, len)));
        n++;
    }
    printf("%s", n ? behind : "");
}

static void print_names(void) {
    printf("serve");
    for (size_t i = 0; i < CLI_COMMAND_COUNT; i++) {
        printf(" %s", CLI_COMMANDS[i]->name);
    }
}

/* All rows: `before` NAME `between` VERBS `behind`. */
static void print_rows(const char *before, const char *between, const char *behind) {
    for (size_t i = 0; i < CLI_COMMAND_COUNT; i++) {
        char head[100];
        snprintf(head, sizeof head, "%s%s%s", before, CLI_COMMANDS[i]->name, between);
        print_verbs(CLI_COMMANDS[i], head, behind);
    }
}

static void bash(void) {
    printf("_weir() {\n  local cur=${COMP_WORDS[COMP_CWORD]} words=\n"
           "  if [ \"$COMP_CWORD\" = 1 ]; then\n    words='");
    print_names();
    printf("'\n  elif [ \"$COMP_CWORD\" = 2 ]; then\n    case ${COMP_WORDS[1]} in\n");
    print_rows("      ", ") words='", "' ;;\n");
    printf("    esac\n  fi\n  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n"
           "complete -o default -F _weir weir\n");
}

static void zsh(void) {
    printf("#compdef weir\nif (( CURRENT == 2 )); then\n  compadd -- ");
    print_names();
    printf("\nelif (( CURRENT == 3 )); then\n  case $words[2] in\n");
    print_rows("    ", ") compadd -- ", " ;;\n");
    printf("    *) _files ;;\n  esac\nelse\n  _files\nfi\n");
}

static void fish(void) {
    printf("complete -c weir -n __fish_use_subcommand -a '");
    print_names();
    printf("'\n");
    print_rows("complete -c weir -n '__fish_seen_subcommand_from ", "' -a '", "'\n");
}

static const struct {
    const char *name;
    void (*print)(void);
} SHELLS[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};

static int run(int argc, char **argv) {
    struct str shell = argc > 1 ? str_of(argv[1]) : STR("bash");
    for (size_t i = 0; argc < 3 && i < ARRAY_LEN(SHELLS); i++) {
        if (str_is(shell, SHELLS[i].name)) {
            SHELLS[i].print();
            return 0;
        }
    }
    fprintf(stderr, "weir completion: bash, zsh or fish\n");
    return 2;
}

const struct cli_command CLI_COMPLETION = {
    "completion", "bash | zsh | fish", "completion for a shell",
    "  weir completion bash > ~/.local/share/bash-completion/completions/weir\n", run};
