/* Time, through one door so that tests can set it. */
#pragma once

#include "base/str.h"

#include <stdint.h>

int64_t clock_wall_ms(void);      /* Unix time */
int64_t clock_mono_us(void);      /* never goes back */
void clock_fake(int64_t wall_ms); /* tests: wall time from now on; 0 ends it */
/* "2026-11-23T20:24:44Z" (RFC 3339) */
struct str clock_rfc3339(struct arena *a, int64_t wall_ms);
/* Local calendar: "2026-11-23" into date[11], minutes since midnight into *minute. */
void clock_local(int64_t wall_ms, char date[11], int *minute);
/* "2026-11-23" (local; the day's first moment, or with `end` its last) or RFC 3339 in UTC
 * ("2026-11-23T20:24:44Z"). False: neither. */
NODISCARD bool clock_from_text(struct str text, bool end, int64_t *wall_ms);
