/* What most commands are: options, one call, its JSON shown. */
#pragma once

#include "cli/commands.h"

/* Opens the connection after the options and at most `most` words were read; act prints. */
enum { SIMPLE_ANY_WORDS = 1 << 20 };
int simple_run(int argc, char **argv, const struct option *o, size_t n, size_t most,
               int (*act)(struct client *c, const struct words *w, void *ctx), struct client *c,
               void *ctx);
struct str simple_text(const struct jval *v, const char *key);
/* {"text": …} with the claims of options that were given */
struct str simple_ask_body(struct client *c, struct str text, const struct ask *q);
/* What the local model did that looks at what leaves; nothing where none was asked. */
void simple_show_look(FILE *f, const struct jval *v);
/* "/weir/v1/" before a word of the command line, which may hold anything, and what follows it. */
struct str simple_path(struct client *c, const char *before, struct str word, const char *behind);
bool simple_word_is(const struct words *w, size_t i, const char *word);
/* A wrong word after a command: exit code 2. */
int simple_wrong(const char *command, struct str word, const char *const *known, size_t n);
/* More words than the command takes: told on stderr, false. */
bool simple_words_fit(const char *command, const struct words *w, size_t most);
/* What SURFACE.md names and later work brings: exit code 1. */
int simple_later(const char *what, const char *instead);
