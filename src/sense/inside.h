/* What the files of sense/ share. */
#pragma once

#include "sense/table.h"
#include "sense/tagger.h"

struct hs_database;
struct hs_scratch;

/* ---- patterns.c ---- */
struct pattern_bytes {
    const unsigned char *bytes;
    size_t size;
};
/* Made by the build: the database, and bytes of each row's longest match. */
extern const struct pattern_bytes SENSE_DB;
extern const uint16_t SENSE_WIDTHS[MOST_ROWS];

/* The table's patterns as a vectorscan database: made by the build, or here when it does not fit
 * this processor. The caller frees it. */
NODISCARD bool patterns_open(struct hs_database **out, struct err *e);
/* From the table; also the build tool's. */
NODISCARD bool patterns_compile(struct hs_database **out, struct err *e);
/* Bytes of the longest match; 0: it does not compile. */
size_t pattern_width(const char *pattern);

/* ---- spot.c ---- */
struct spots; /* what a thread needs; serves one text at a time */
/* NULL: no memory. */
struct spots *spots_new(const struct hs_scratch *model);
void spots_free(struct spots *s);
typedef void (*spot_fn)(void *ctx, size_t row, size_t end);
/* on_spot for each match of a row, with the byte behind it. */
NODISCARD bool spots_find(struct spots *s, const struct hs_database *db, struct str text,
                          spot_fn on_spot, void *ctx, struct err *e);

/* ---- extents.c ---- */
/* vectorscan says which row matched and where the match ends; this finds where it begins. */
/* Whether it can, for all rows; the build's. */
NODISCARD bool extents_check(struct err *e);
/* What a thread needs for it. NULL: no memory. */
struct pcre2_real_match_data_8 *extents_scratch(void);
void extents_drop(struct pcre2_real_match_data_8 *own);
/* The leftmost beginning of a match of the row that ends at `to`; the row's group, where its
 * pattern has one, is the match and lead what leads to it. Undecided: as much as the row could
 * match at most. */
void extent_find(size_t row, struct str text, struct pcre2_real_match_data_8 *own, size_t *from,
                 size_t *to, size_t *lead);

/* ---- detectors.c ---- */
/* SIZE_MAX: there is none. */
size_t detector_row_called(struct str id);
/* The rows that have no pattern; SIZE_MAX: nothing is reported. */
struct plain_rows {
    size_t names[TAGGER_KINDS];
    size_t topics[FIELDS][2]; /* mentioned, told */
    size_t password_key;
};
const struct plain_rows *detectors_plain(void);
/* Changes when what a row finds may. */
uint64_t detectors_version(void);

/* ---- sense.c ---- */
struct sense {
    struct hs_database *db;
    struct hs_scratch *scratch; /* the model for the threads' copies */
    struct rules *rules;
    uint64_t version;
    bool silent[]; /* the table's rows that are switched off */
};
/* What patterns and rules find that reaches over `cut`, as segment 0. */
NODISCARD bool scan_over(const struct sense *s, struct arena *a, struct str text, size_t cut,
                         struct sense_result *out, struct err *e);

/* ---- evidence.c ---- */
/* By place, the longer one first; what overlaps or touches and is of one kind becomes one. */
void evidence_order(struct arena *a, struct sense_result *out);

/* ---- model_ask.c ---- */
enum { MODEL_ITEMS = 8 }; /* so many things a model may say of a piece */
struct model_word {
    const char *word, *id; /* what the model calls it, "" nothing; the row */
};
extern const struct model_word MODEL_WORDS[];
extern const size_t MODEL_WORD_COUNT;

/* ---- rules.c ---- */
struct rules;
NODISCARD bool rules_new(const struct sense_rule *rules, size_t n, struct rules **out,
                         struct err *e);
void rules_free(struct rules *r);
/* on_hit for each match of a rule's word or pattern; own: of extents_scratch. False: a pattern ran
 * over its limits. */
NODISCARD bool rules_scan(const struct rules *r, struct str text,
                          struct pcre2_real_match_data_8 *own,
                          void (*on_hit)(void *ctx, size_t rule, size_t from, size_t to), void *ctx,
                          struct err *e);
struct str rules_name(const struct rules *r, size_t i);
uint64_t rules_version(const struct rules *r);

/* ---- decode.c ---- */
/* Another reading of a text: decoded, with the place in the text it was decoded from. */
struct reading {
    struct str text;
    size_t from, to;     /* in what it was decoded from */
    const uint32_t *map; /* where each byte of text, and its end, stands there; NULL: anywhere */
    bool binary;         /* base64 of something that is no text */
};
/* Calls back for each: percent-encoding, \u escapes, HTML entities, base64, invisible characters
 * taken out. */
void decode_readings(struct arena *a, struct str text,
                     void (*on_reading)(void *ctx, const struct reading *r), void *ctx);
