/* The command line's connection to the daemon: HTTP/1.1 over its Unix socket, blocking. */
#pragma once

#include "base/err.h"
#include "codec/json.h"
#include "os/os.h"

struct client {
    struct arena arena; /* of the whole command */
    struct places places;
    struct str socket;
    int port;
    bool json; /* --json */
};

/* Tells on stderr what is not in force and what is shut: a line each, nothing when all is well. */
void client_tell_problems(struct client *c);
/* Finds the running daemon, or starts one and says so on stderr. False: already told on stderr. */
NODISCARD bool client_open(struct client *c);
void client_close(struct client *c);
/* Is one running? Never starts it. */
bool client_find(struct client *c);
/* Starts a daemon of its own in the background and waits until it answers. */
NODISCARD bool client_start(struct client *c, struct err *e);

struct reply {
    int status;
    struct str body;
    struct str code;         /* weir-code */
    struct str decision;     /* weir-decision */
    const struct jval *json; /* NULL: not JSON */
};
/* One exchange. body_opt "" sends none. False: no connection. */
NODISCARD bool client_call(struct client *c, const char *method, struct str path, struct str body,
                           struct reply *out, struct err *e);
/* A stream: each SSE event's data goes to on_data; other answers into *out. on_data false stops. */
NODISCARD bool client_stream(struct client *c, struct str path, struct str body,
                             bool (*on_data)(void *ctx, struct str event, struct str data),
                             void *ctx, struct reply *out, struct err *e);
/* The call, its error told on stderr, its JSON; NULL: failed, *code is the exit code. */
const struct jval *client_get(struct client *c, const char *method, struct str path,
                              struct str body, int *code);
/* Tells an error answer on stderr; the exit code for it (SURFACE.md 2). */
int client_error(const struct reply *r);
struct str client_error_text(const struct reply *r);
