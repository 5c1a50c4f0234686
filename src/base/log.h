/* The daemon's log: one line an event on stderr, never a prompt, a key or a value found in one.
 * Any thread. The last lines are kept in memory for `weir log`. */
#pragma once

#include "base/str.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };
void log_level_set(enum log_level most);
PRINTF(2, 3) void log_line(enum log_level level, const char *fmt, ...);
#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARN, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)
/* Trouble that comes with each request, like a full disk: said at once, then counted and said
 * again once a minute at most. It is over when it did not come for a minute: some things still work
 * meanwhile. Zeroed at first; one thread at a time. */
struct log_trouble {
    int64_t since_ms, said_ms, last_ms;
    long long times, unsaid; /* since it began, since it was said */
};
PRINTF(2, 3)
void log_trouble(struct log_trouble *t, const char *fmt, ...);
/* It worked; `what` is said once it has for a minute. */
PRINTF(2, 3)
void log_trouble_over(struct log_trouble *t, const char *what, ...);
/* The last lines, oldest first, as one text. */
struct str log_recent(struct arena *a);
