/* Inside mock: its state, and what its files call of each other.
 *
 *   mock.c        options, listening        mock_request.c  what a client wants
 *   mock_serve.c  one thread's connections  mock_answer.c   what all of them get */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MAX_REQUEST = 64 << 20,
    READ_STEP = 64 << 10,
    EVENT_BYTES = 512,
};

struct options {
    unsigned port, threads, events;
    size_t body_bytes;
    uint64_t pace_ns;
    const char *unix_path; /* instead of the port */
    bool keep_last;
};

struct bytes {
    const char *data;
    size_t len;
};

/* Rendered once; the threads only read it. */
struct answers {
    struct bytes plain, models, health, props, tokens, not_found, bad;
    struct bytes stream_head, event, stream_tail;
    size_t stamp_at; /* offset of the digits inside event */
};

struct conn {
    int fd;
    char *in;
    size_t in_len, in_cap;
    struct bytes out; /* what is still unsent */
    char *owned;      /* buffer behind out, when it belongs to this connection */
    bool streaming, blocked, queued, close_after, invited;
    unsigned events_left;
    uint64_t pace_ns, due;
    struct conn *prev, *next;
    char event[EVENT_BYTES];
};

struct worker {
    const struct options *opt;
    const struct answers *ans;
    int epoll, listener;
    /* Sorted by due time. Streams mostly share one pace, so a new one belongs near the end. */
    struct conn *first, *last;
    size_t queued;
};

struct request {
    struct bytes line, head, body;
    size_t total; /* bytes of the input that the request took */
    bool close;
};

enum parse { PARSE_MORE, PARSE_DONE, PARSE_BAD };
enum flush { FLUSH_DONE, FLUSH_BLOCKED, FLUSH_GONE };

/* mock.c */
void die(const char *what);
void *xrealloc(void *p, size_t n);

/* mock_answer.c */
struct bytes render(const char *status, const char *type, const char *body, size_t len);
void render_answers(struct answers *a, const struct options *opt);

/* mock_request.c */
struct bytes header(struct bytes head, const char *name);
bool value_is(struct bytes v, const char *word);
enum parse parse(struct conn *c, struct request *r);
bool has(struct bytes where, const char *what);
bool wants_stream(struct bytes body);
/* The number behind a marker in the prompt, or what is usual. */
uint64_t asked(struct bytes body, const char *marker, uint64_t usual);

/* mock_serve.c */
void *run_worker(void *arg);
