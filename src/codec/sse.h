/* Server-sent events (HTML standard, "event stream interpretation"), both directions. No I/O. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct sse_event {
    struct str event; /* "" when not named */
    struct str data;  /* lines joined by \n */
    struct str raw;   /* the event's bytes as they came, blank line included */
};

/* A decoder over bytes that arrive in any pieces. Accepts LF, CR and CRLF; drops a leading BOM. */
struct sse {
    struct buf pending;
    struct buf data;   /* of an event with several data lines */
    size_t at;         /* bytes given out; the next event begins here */
    size_t block_from; /* where the unfinished event begins */
    size_t line_from;  /* where its unfinished line begins */
    size_t scanned;    /* no line end between line_from and here */
    size_t max_event;
    bool started;  /* past a byte order mark */
    bool after_cr; /* the last line ended in a bare CR at the very end: a LF now belongs to it */
    bool is_crlf;  /* the last line of this event ended in CRLF */
};
void sse_init(struct sse *s, size_t max_event_bytes);
void sse_finish(struct sse *s);
/* Gives bytes to the decoder, then drain with sse_next. False: an event longer than the maximum. */
NODISCARD bool sse_feed(struct sse *s, struct str bytes, struct err *e);
/* The next whole event, valid until the next call on s; false: none complete. Without comments. */
bool sse_next(struct sse *s, struct sse_event *out);
/* One event in one piece: `event: x\ndata: y\n\n`; event_opt may be NULL, data hold newlines. */
bool sse_write(struct buf *out, const char *event_opt, struct str data);
