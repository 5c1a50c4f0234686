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
    struct buf data;
    size_t scanned;
    bool started;
};
void sse_init(struct sse *s, size_t max_event_bytes);
void sse_finish(struct sse *s);
/* Gives bytes to the decoder, then drain with sse_next. False: an event longer than the maximum. */
NODISCARD bool sse_feed(struct sse *s, struct str bytes, struct err *e);
/* The next whole event, valid until the next call on s; false: none complete. Comments are skipped. */
bool sse_next(struct sse *s, struct sse_event *out);
/* One event in one piece: `event: x\ndata: y\n\n`; event_opt may be NULL; data may hold newlines. */
bool sse_write(struct buf *out, const char *event_opt, struct str data);
