/* The command line: one file per command and a table. A client of the daemon over its Unix socket
 * like any other; blocking; its own process. Answers on stdout, everything else on stderr. */
#pragma once

#include "base/err.h"

#include <stdbool.h>

struct cli_command {
    const char *name;
    const char *args;                  /* "[--json] ID" */
    const char *summary;               /* one line, for `weir --help` */
    const char *help;                  /* options and an example */
    int (*run)(int argc, char **argv); /* argv[0] is the command's name; returns the exit code */
};
/* `serve` is main.c's: it needs the hub. Returns the exit code (SURFACE.md 2). */
int cli_main(int argc, char **argv, int (*serve)(int argc, char **argv));
