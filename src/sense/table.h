/* The table of detectors in memory, and what their checks see. Private to sense/.
 *
 * A row's pattern is a trigger: it finds a place fast (no start of match is asked for, that is what
 * makes it fast); the row's check then reads the text around it and moves the match to what it
 * found. Rows with one trigger share its matches. */
#pragma once

#include "sense/sense.h"

enum verdict { MATCH_NO, MATCH_YES, MATCH_VALIDATED };

struct detector_row;
struct matched {
    const struct detector_row *row;
    struct str whole; /* the text that is read */
    size_t from, to;  /* the match; from is to where the trigger's width varies. Checks move both */
};

enum row_flags {
    ROW_CODE = 1,     /* also in keys and names of fields */
    ROW_CASELESS = 2, /* the pattern's letters in any case */
    ROW_WORDS = 4,    /* the pattern is words between `|`, no expression */
    ROW_CHECKED = 8,  /* the check parses or computes; it does not just look around */
    ROW_NUMBER = 16,  /* `shape` says how it is written */
};

struct detector_row {
    struct detector face;
    unsigned flags;
    int confidence;
    const char *pattern;
    enum verdict (*check)(struct matched *m); /* NULL: the pattern, or the shape, is enough */
    const char *near;  /* words between `|`, one of which must stand close; "" none */
    const char *shape; /* numbers: shape.c; tokens: what characters may follow; "" none */
    int floor;         /* tokens: least entropy, hundredths of a bit per character */
};
extern const struct detector_row SENSE_TABLE[];
extern const size_t SENSE_TABLE_COUNT;

/* ---- shape.c ---- */
/* Finds what the row's shape describes at `at`; moves the match. */
bool shape_matches(struct matched *m, size_t at);

/* ---- the checks, one file per family ---- */
#define CHECK(name) enum verdict check_##name(struct matched *m);
#include "sense/checks.def"
#undef CHECK
