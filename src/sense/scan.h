/* One text of a request, and its other readings, through all detectors. Private to sense.c and
 * scan.c. */
#pragma once

#include "sense/inside.h"
#include "sense/nobody.h"

/* What a thread needs to scan. */
struct scratch {
    struct spots *spots;
    struct pcre2_real_match_data_8 *extents;
};

struct scan {
    const struct sense *s;
    const struct plain_rows *plain;
    struct scratch *own;
    struct arena *a;
    const struct sense_limits *limits;
    struct sense_result *out;
    size_t cut;                    /* only what reaches over it counts; 0: everything */
    const struct sense_text *text; /* the request's text that is read now */
    bool is_key;                   /* it is the name of a field */
    struct str reading;            /* what is scanned: it, or another reading of it */
    size_t from, to;               /* where that reading lies in the text, when it is another one */
    const uint32_t *map;           /* where each of its bytes does; NULL: somewhere there */
    struct nobody nobody;          /* of that reading */
    int depth;
    struct tagger_known known; /* names that the request's texts gave so far */
    struct err *e;
    bool failed;
};

/* Adds what the text has; false: *e says why nothing may leave. */
NODISCARD bool scan_text(struct scan *k, const struct sense_text *text);
/* What the patterns and masks find in the present reading; false as above. */
NODISCARD bool scan_patterns(struct scan *k);
/* Of the policy's words and patterns; ctx: the scan. */
void scan_on_rule(void *ctx, size_t rule, size_t from, size_t to);
