/* Finds evidence: one pass of vectorscan over all patterns (compiled at build time), validators,
 * then detectors that need context. Reports kinds and byte ranges, never values. Undecided counts
 * one level higher. A scanner is immutable and may be used by any number of threads. */
#pragma once

#include "base/err.h"
#include "codec/json.h"
#include "label/label.h"

/* One row of the detector table, for `weir detectors` and the tests. */
struct detector {
    const char *id;    /* "email", "aws-access-key" */
    const char *kind;  /* LABEL_KINDS' name */
    const char *about; /* one line */
    const char *fires; /* an example that must fire (made up) */
    const char * not ; /* one that must not */
    bool validated;    /* a checksum or a parser confirms a match */
    bool pattern;      /* found by one; else by a small model, or a key's name */
    bool asked;        /* silent unless it is switched on */
    bool model;        /* a small local model's word: silent unless one is asked (below) */
};
const struct detector *sense_detectors(size_t *count);

/* words and pattern of a policy rule, compiled into the scanner; evidence of kind "rule:<name>". */
struct sense_rule {
    struct str name;
    struct str where; /* for errors: "policy.toml:4:18", "" none */
    const struct str *words;
    size_t word_count;
    struct str pattern; /* PCRE2, "" none */
};

struct sense;
/* ERR_INVALID names the rule whose pattern does not compile (offset, why). */
NODISCARD bool sense_new(const struct sense_rule *rules, size_t rule_count, struct sense **out,
                         struct err *e);
void sense_free(struct sense *s);
/* ERR_INVALID: there is no such row; says which may be meant. */
NODISCARD bool sense_row_exists(struct str id, struct err *e);
/* The row speaks, or is silent; before the scanner is used. ERR_INVALID: there is no such row. */
NODISCARD bool sense_switch(struct sense *s, struct str id, bool on, struct err *e);
bool sense_speaks(const struct sense *s, size_t row);
/* A number that changes whenever the same text could be judged otherwise. */
uint64_t sense_version(const struct sense *s);

/* One decoded text of a request. Texts of one segment are scanned each for itself. */
struct sense_text {
    struct str text;
    uint32_t segment; /* index that evidence carries */
    bool is_key;      /* a JSON key: where it is the name of a field, it is no prose */
    struct str key;   /* the key whose value this is, "" none: `"password": "…"` */
    bool flows;       /* goes on in the next one that flows: what is said in messages */
    bool declared;    /* what a program says of its tools: names only where they are whole */
    bool opaque;      /* cannot be read as text (image, audio, binary): `private` without a topic */
    enum label_role role;
};

struct sense_result {
    struct evidence *evidence; /* sorted by segment, from */
    size_t count, cap;
    struct str *rules_hit; /* names of policy rules whose words or pattern matched */
    size_t rule_count, rule_cap;
};

struct sense_limits {
    size_t bytes;        /* all texts together */
    size_t evidence;     /* more than this: the rest is summed up per kind */
    int64_t deadline_us; /* clock_mono_us() at which to give up; 0 none */
};
extern const struct sense_limits SENSE_LIMITS; /* 64 MiB, 10,000, none */

/* Scans everything, decoded forms (percent-encoding, base64 of text) included. Any failure means:
 * nothing may leave (the caller denies). ERR_TOO_LARGE, ERR_TIMEOUT, ERR_BUG. */
NODISCARD bool sense_scan(const struct sense *s, struct arena *a, const struct sense_text *texts,
                          size_t n, const struct sense_limits *l, struct sense_result *out,
                          struct err *e);

/* Names that the texts of a request gave so far, for those behind them; zeros at its beginning. */
enum { TAGGER_KNOWN = 64 };
struct tagger_known {
    uint32_t hash[TAGGER_KNOWN]; /* of the folded word; the oldest gives way */
    unsigned count;
};
/* The next text of a request by itself. *known: of the texts before it, then with what it gives. */
NODISCARD bool sense_scan_next(const struct sense *s, struct arena *a,
                               const struct sense_text *text, const struct sense_limits *l,
                               struct tagger_known *known, struct sense_result *out, struct err *e);

/* Adds what only shows where one text that flows goes on in the next: patterns and the policy's
 * words that are cut in two, over parts of a message or messages. texts and out as of sense_scan.
 */
NODISCARD bool sense_seams(const struct sense *s, struct arena *a, const struct sense_text *texts,
                           size_t n, struct sense_result *out, struct err *e);

/* ---- a small local model's word (docs/detectors.md). It adds evidence and takes none away ---- */
enum { SENSE_PIECE = 1500 }; /* bytes of a text that a model is asked about at once */
/* Whether a model is asked about the text: what is said or has several words, and what a program
 * does not declare. */
bool sense_is_asked(const struct sense_text *text);
/* Where the piece that begins at `from` ends: behind a paragraph, a line, a sentence, a word. */
size_t sense_piece(struct str text, size_t from);
/* The question as a request for /v1/chat/completions, whose answer is held to a JSON schema. */
struct str sense_ask(struct arena *a, struct str model, struct str piece);
/* The answer's text as evidence of the piece, as segment 0, in order. Only what really stands there
 * counts, as whole words, of a kind that was asked for and whose row speaks; so many items at most.
 * ERR_UPSTREAM: it is not the JSON that was asked for. */
NODISCARD bool sense_answer(const struct sense *s, struct arena *a, struct str piece,
                            struct str answer, struct sense_result *out, struct err *e);
/* A number that changes whenever a model could be asked otherwise, or its answer read otherwise. */
uint64_t sense_ask_version(void);
/* The evidence that a model was to look through the text and did not. False: its row is silent. */
bool sense_undecided(const struct sense *s, const struct sense_text *text, struct evidence *out);
/* Adds evidence, keeps the order; both are in order. Nothing that was there changes. */
void sense_join(struct arena *a, struct sense_result *into, const struct sense_result *more);

/* Test seam: what happens to every scan from now on. */
enum sense_trouble { SENSE_FINE, SENSE_FAILS, SENSE_NO_MEMORY };
void sense_fail_scans(enum sense_trouble trouble);
