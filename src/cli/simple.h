/* What most commands are: options, one call, its JSON shown. */
#pragma once

#include "cli/commands.h"

/* Opens the connection after the options were read; act prints. */
int simple_run(int argc, char **argv, const struct option *o, size_t n,
               int (*act)(struct client *c, const struct words *w, void *ctx), struct client *c,
               void *ctx);
struct str simple_text(const struct jval *v, const char *key);
/* {"text": …} with the claims of options that were given */
struct str simple_ask_body(struct client *c, struct str text, const struct ask *q);
bool simple_word_is(const struct words *w, size_t i, const char *word);
/* A wrong word after a command: exit code 2. */
int simple_wrong(const char *command, struct str word, const char *const *known, size_t n);
