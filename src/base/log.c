#include "base/log.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>

enum { KEPT_LINES = 200, LINE_BYTES = 512, MINUTE_MS = 60000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char kept[KEPT_LINES][LINE_BYTES];
static size_t written;
static enum log_level shown = LOG_INFO;

void log_level_set(enum log_level most) {
    pthread_mutex_lock(&lock);
    shown = most;
    pthread_mutex_unlock(&lock);
}

void log_line(enum log_level level, const char *fmt, ...) {
    static const char *const names[] = {"error", "warn", "info", "debug"};
    char line[LINE_BYTES];
    int64_t now = clock_wall_ms();
    char date[11];
    int minute = 0;
    clock_local(now, date, &minute);
    int n = snprintf(line, sizeof line, "%s %02d:%02d:%02d.%03d %s ", date, minute / 60,
                     minute % 60, (int)(now / 1000 % 60), (int)(now % 1000), names[level]);
    va_list args;
    va_start(args, fmt);
    if (n > 0 && (size_t)n < sizeof line) {
        vsnprintf(line + n, sizeof line - (size_t)n, fmt, args);
    }
    va_end(args);
    pthread_mutex_lock(&lock);
    if (level <= shown) {
        fprintf(stderr, "%s\n", line);
        memcpy(kept[written++ % KEPT_LINES], line, sizeof line);
    }
    pthread_mutex_unlock(&lock);
}

/* A clock that was set back counts as a minute. */
static bool is_a_minute(int64_t from_ms, int64_t to_ms) {
    return to_ms < from_ms || to_ms - from_ms >= MINUTE_MS;
}

void log_trouble(struct log_trouble *t, const char *fmt, ...) {
    int64_t now = clock_wall_ms();
    bool begins = t->times++ == 0;
    t->last_ms = now;
    if (!begins && !is_a_minute(t->said_ms, now)) {
        t->unsaid++;
        return;
    }
    char text[LINE_BYTES];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (begins) {
        t->since_ms = now;
        log_error("%s", text);
    } else {
        log_error("%s (and %lld times more before)", text, t->unsaid);
    }
    t->said_ms = now;
    t->unsaid = 0;
}

void log_trouble_over(struct log_trouble *t, const char *what, ...) {
    int64_t now = clock_wall_ms();
    if (!t->times || !is_a_minute(t->last_ms, now)) {
        return;
    }
    char text[LINE_BYTES];
    va_list args;
    va_start(args, what);
    vsnprintf(text, sizeof text, what, args);
    va_end(args);
    log_info("%s; it had failed %lld times within %lld s", text, t->times,
             (long long)((t->last_ms - t->since_ms) / 1000));
    *t = (struct log_trouble){0};
}

struct str log_recent(struct arena *a) {
    struct str out = {"", 0};
    pthread_mutex_lock(&lock);
    size_t from = written > KEPT_LINES ? written - KEPT_LINES : 0;
    char *p = arena_alloc(a, (written - from) * LINE_BYTES + 1);
    size_t len = 0;
    for (size_t i = from; i < written; i++) {
        size_t n = strlen(kept[i % KEPT_LINES]);
        memcpy(p + len, kept[i % KEPT_LINES], n);
        p[len + n] = '\n';
        len += n + 1;
    }
    pthread_mutex_unlock(&lock);
    out = (struct str){p, len};
    return out;
}
