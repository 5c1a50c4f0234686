/* Printing for people: escaped where a terminal listens, coloured only there. */
#pragma once

#include "cli/client.h"

#include <stdio.h>

/* Text from outside: on a terminal, control characters but newline and tab are shown escaped. */
void out_text(FILE *f, struct str s);
bool out_is_terminal(FILE *f);
/* "\033[2m" … or "" without colour (NO_COLOR, no terminal). */
const char *out_dim(FILE *f);
const char *out_bold(FILE *f);
const char *out_red(FILE *f);
const char *out_plain(FILE *f);
/* "1.4 kB", "98 MB" */
struct str out_size(struct arena *a, int64_t bytes);
/* A number of an object; otherwise when it is not there. */
int64_t out_number(const struct jval *v, const char *key, int64_t otherwise);

/* A table: header and rows of cells, columns as wide as their longest. */
enum { OUT_COLUMNS = 10 };
struct table {
    struct arena *a;
    size_t columns;
    struct str (*rows)[OUT_COLUMNS];
    size_t count, cap;
};
void table_row(struct table *t, const struct str *cells);
void table_print(const struct table *t, FILE *f);

/* Options of a command, in any order with its words. */
struct option {
    const char *name;   /* "--json" */
    const char *letter; /* "-m", NULL */
    bool *flag;         /* without a value … */
    struct str *value;  /* … or with one */
};
struct words {
    struct str *list;
    size_t count;
};
/* False: told on stderr (exit 2). "--" ends the options. */
bool options_read(struct arena *a, int argc, char **argv, const struct option *o, size_t n,
                  struct words *words);
/* All words joined by blanks; without words (or "-") what comes on stdin when that is no terminal.
 */
bool options_text(struct client *c, const struct words *w, size_t from, struct str *out);
