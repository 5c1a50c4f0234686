/* The scanner: what it was made of, and scans of requests. Any failure is told; the caller then
 * lets nothing leave. */
#include "sense/masks.h"
#include "sense/scan.h"
#include "sense/tagger.h"

#include <hs.h>
#include <pthread.h>
#include <stdatomic.h>

const struct sense_limits SENSE_LIMITS = {64UL << 20, 10000, 0};

static _Atomic enum sense_trouble trouble;

void sense_fail_scans(enum sense_trouble t) {
    atomic_store(&trouble, t);
}

/* ---- its life ---- */

bool sense_new(const struct sense_rule *rules, size_t rule_count, struct sense **out,
               struct err *e) {
    struct sense *s = calloc(1, sizeof *s + SENSE_TABLE_COUNT * sizeof s->silent[0]);
    if (!s) {
        abort();
    }
    size_t rows = 0;
    const struct detector *faces = sense_detectors(&rows);
    for (size_t i = 0; i < rows; i++) {
        s->silent[i] = faces[i].asked;
    }
    masks_open();
    if (!patterns_open(&s->db, e) || !rules_new(rules, rule_count, &s->rules, e)) {
        sense_free(s);
        return false;
    }
    if (hs_alloc_scratch(s->db, &s->scratch) != HS_SUCCESS) {
        sense_free(s);
        return err_set(e, ERR_BUG, "no memory for the scanner");
    }
    s->version = detectors_version() ^ rules_version(s->rules) ^ tagger_version();
    *out = s;
    return true;
}

void sense_free(struct sense *s) {
    if (s) {
        rules_free(s->rules);
        hs_free_scratch(s->scratch);
        hs_free_database(s->db);
        free(s);
    }
}

uint64_t sense_version(const struct sense *s) {
    return s->version;
}

bool sense_switch(struct sense *s, struct str id, bool on, struct err *e) {
    TRY(sense_row_exists(id, e));
    size_t row = detector_row_called(id);
    if (s->silent[row] == on) {
        s->silent[row] = !on;
        s->version ^= (row + 1) * 0x9e3779b97f4a7c15U;
    }
    return true;
}

bool sense_speaks(const struct sense *s, size_t row) {
    return !s->silent[row];
}

/* ---- what a thread needs ---- */

static pthread_key_t scratch_key;

static void free_scratch(void *p) {
    struct scratch *own = p;
    if (own) {
        spots_free(own->spots);
        extents_drop(own->extents);
        free(own);
    }
}

static void make_key(void) {
    if (pthread_key_create(&scratch_key, free_scratch) != 0) {
        abort();
    }
}

/* The thread's, made once: the table is the same for every scanner of the process. */
static bool own_scratch(const struct sense *s, struct scratch **out) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    if (atomic_load(&trouble) == SENSE_NO_MEMORY) {
        return false;
    }
    pthread_once(&once, make_key);
    *out = pthread_getspecific(scratch_key);
    if (*out) {
        return true;
    }
    struct scratch *own = calloc(1, sizeof *own);
    bool ok = own && (own->spots = spots_new(s->scratch)) != NULL
              && (own->extents = extents_scratch()) != NULL
              && pthread_setspecific(scratch_key, own) == 0;
    if (!ok) {
        free_scratch(own);
    }
    *out = own;
    return ok;
}

static bool begin(struct scan *k, struct err *e) {
    k->e = e;
    if (atomic_load(&trouble) == SENSE_FAILS) {
        return err_set(e, ERR_BUG, "the scanner failed (a test says so)");
    }
    return own_scratch(k->s, &k->own) || err_set(e, ERR_BUG, "no memory for the scanner");
}

/* ---- requests ---- */

bool sense_scan(const struct sense *s, struct arena *a, const struct sense_text *texts, size_t n,
                const struct sense_limits *l, struct sense_result *out, struct err *e) {
    *out = (struct sense_result){0};
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++) {
        bytes += texts[i].text.len;
    }
    if (bytes > l->bytes) {
        return err_set(e, ERR_TOO_LARGE, "%zu bytes are more than weir scans at once (%zu)", bytes,
                       l->bytes);
    }
    struct scan k = {.s = s, .plain = detectors_plain(), .a = a, .limits = l, .out = out};
    TRY(begin(&k, e));
    for (size_t i = 0; i < n; i++) {
        TRY(scan_text(&k, &texts[i]));
    }
    evidence_order(a, out);
    return true;
}

bool sense_scan_next(const struct sense *s, struct arena *a, const struct sense_text *text,
                     const struct sense_limits *l, struct tagger_known *known,
                     struct sense_result *out, struct err *e) {
    *out = (struct sense_result){0};
    struct scan k = {
        .s = s, .plain = detectors_plain(), .a = a, .limits = l, .out = out, .known = *known};
    TRY(begin(&k, e) && scan_text(&k, text));
    *known = k.known;
    evidence_order(a, out);
    return true;
}

bool scan_over(const struct sense *s, struct arena *a, struct str text, size_t cut,
               struct sense_result *out, struct err *e) {
    const struct sense_text whole = {.text = text};
    struct scan k = {.s = s,
                     .plain = detectors_plain(),
                     .a = a,
                     .limits = &SENSE_LIMITS,
                     .out = out,
                     .text = &whole,
                     .reading = text,
                     .cut = cut,
                     .e = e};
    *out = (struct sense_result){0};
    if (!own_scratch(s, &k.own)) {
        return err_set(e, ERR_BUG, "no memory for the scanner");
    }
    return scan_patterns(&k) && rules_scan(s->rules, text, k.own->extents, scan_on_rule, &k, e);
}
