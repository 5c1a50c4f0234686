#include "base/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

static _Atomic int64_t fake_ms;

int64_t clock_wall_ms(void) {
    int64_t fake = atomic_load(&fake_ms);
    if (fake) {
        return fake;
    }
    struct timespec t = {0};
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_mono_us(void) {
    struct timespec t = {0};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void clock_fake(int64_t wall_ms) {
    atomic_store(&fake_ms, wall_ms);
}

struct str clock_rfc3339(struct arena *a, int64_t wall_ms) {
    time_t s = (time_t)(wall_ms / 1000);
    struct tm tm = {0};
    gmtime_r(&s, &tm);
    char text[32];
    size_t n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return str_dup(a, (struct str){text, n});
}

void clock_local(int64_t wall_ms, char date[11], int *minute) {
    time_t s = (time_t)(wall_ms / 1000);
    struct tm tm = {0};
    localtime_r(&s, &tm);
    strftime(date, 11, "%Y-%m-%d", &tm);
    *minute = tm.tm_hour * 60 + tm.tm_min;
}

bool clock_from_text(struct str text, bool end, int64_t *wall_ms) {
    char copy[32];
    struct tm tm = {.tm_isdst = -1};
    if (text.len >= sizeof copy) {
        return false;
    }
    memcpy(copy, text.ptr ? text.ptr : "", text.len);
    copy[text.len] = 0;
    const char *rest = strptime(copy, "%Y-%m-%d", &tm);
    if (rest && !*rest) {
        int day = tm.tm_mday;
        tm.tm_mday += end;
        time_t s = mktime(&tm);
        *wall_ms = (int64_t)s * 1000 - end;
        return s != -1 && (end || tm.tm_mday == day);
    }
    tm = (struct tm){0};
    rest = strptime(copy, "%Y-%m-%dT%H:%M:%SZ", &tm);
    *wall_ms = rest ? (int64_t)timegm(&tm) * 1000 : 0;
    return rest && !*rest;
}
