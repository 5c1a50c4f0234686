/* What the files of sense/ share. */
#pragma once

#include "sense/table.h"

struct hs_database;
struct hs_scratch;

/* ---- patterns.c ---- */
/* What a match of the database with this number means. */
struct trigger {
    uint16_t width;     /* of the match in bytes; 0: varies */
    uint16_t row_first; /* in the list of rows */
    uint16_t row_count;
};
/* Made by the build tool: the database for this machine, the triggers, and which rows each wakes. */
extern const unsigned char SENSE_DB[];
extern const size_t SENSE_DB_SIZE;
extern const struct trigger SENSE_TRIGGERS[];
extern const uint16_t SENSE_TRIGGER_ROWS[];

/* All patterns of the table, each once. In the arena. */
struct expressions {
    const char **text;
    unsigned *flags, *ids;
    struct trigger *triggers;
    uint16_t *rows;
    size_t count, row_count;
};
struct expressions patterns_all(struct arena *a);
/* The triggers' widths too when asked: only the build tool needs to. */
NODISCARD bool patterns_compile(struct expressions *x, bool widths, struct hs_database **out,
                                struct err *e);
/* The database that the build made, or, when it does not fit this processor, one made here. */
NODISCARD bool patterns_open(struct hs_database **out, struct err *e);

/* ---- rules.c ---- */
struct rules;
NODISCARD bool rules_new(const struct sense_rule *rules, size_t n, struct rules **out,
                         struct err *e);
void rules_free(struct rules *r);
/* on_hit for each match of a rule's word or pattern. False: a pattern ran over its limits. */
NODISCARD bool rules_scan(const struct rules *r, struct str text,
                          void (*on_hit)(void *ctx, size_t rule, size_t from, size_t to), void *ctx,
                          struct err *e);
struct str rules_name(const struct rules *r, size_t i);
struct str rules_kind(const struct rules *r, size_t i); /* "rule:<name>" */
uint64_t rules_version(const struct rules *r);

/* ---- decode.c ---- */
/* Another reading of a text: decoded, with the place in the text it was decoded from. */
struct reading {
    struct str text;
    size_t from, to; /* in what it was decoded from */
    bool binary;     /* base64 of something that is no text */
};
/* Calls back for each: the text with percent-encoding, escapes, entities and invisible characters
 * undone; each piece of base64 or hexadecimal. False: the arena's limit. */
NODISCARD bool decode_readings(struct arena *a, struct str text,
                               void (*on_reading)(void *ctx, const struct reading *r), void *ctx);

/* ---- findings.c ---- */
/* What one scan found so far: sorted and merged at the end. Beyond the limit there is one finding
 * per kind and segment. */
struct findings {
    struct arena *a;
    struct sense_result *out;
    size_t limit;
    bool tidied; /* nothing to gain from merging again before the end */
};
void findings_add(struct findings *f, struct evidence ev);
void findings_finish(struct findings *f);
