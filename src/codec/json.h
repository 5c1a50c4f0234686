/* JSON in and out: yyjson behind limits, arenas and raw numbers. Strict RFC 8259, UTF-8 checked,
 * duplicate keys refused, nothing after the document. Numbers keep their text.
 *
 * A `const struct jval *` lives in the arena it was parsed into; the input may go away. NULL stands
 * for "not there" in every reader, so that lookups chain: jval_str(jval_get(v, "a"), …). */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct jval;

enum jkind { JNULL, JBOOL, JNUMBER, JSTRING, JARRAY, JOBJECT };

struct json_limits {
    size_t bytes; /* longest document */
    size_t depth; /* deepest nesting */
};
extern const struct json_limits JSON_LIMITS; /* 64 MiB, 128 levels */

/* NULL on failure; the error names byte offset, line and column. ERR_INVALID, or ERR_TOO_LARGE. */
NODISCARD const struct jval *json_parse(struct arena *a, struct str text,
                                        const struct json_limits *l, struct err *e);

enum jkind jval_kind(const struct jval *v);          /* NULL: JNULL */
bool jval_is(const struct jval *v, enum jkind kind); /* false for NULL */
/* NULL: no object, no such key */
const struct jval *jval_get(const struct jval *v, const char *key);
const struct jval *jval_get_str(const struct jval *v, struct str key);
size_t jval_len(const struct jval *v); /* elements or members; 0 for the rest */
/* An array's element; O(i) in mixed arrays. */
const struct jval *jval_at(const struct jval *v, size_t i);

/* for (struct jiter it = jval_iter(v); jiter_next(&it);) … it.key (objects), it.value */
struct jiter {
    struct str key;
    const struct jval *value;
    const struct jval *next_;
    size_t left_;
    bool object_;
};
struct jiter jval_iter(const struct jval *v); /* empty for anything but array and object */
bool jiter_next(struct jiter *it);

struct str jval_str(const struct jval *v); /* "" unless a string */
struct str jval_str_or(const struct jval *v, const char *otherwise);
struct str jval_raw_number(const struct jval *v); /* "" unless a number */
bool jval_bool(const struct jval *v, bool otherwise);
/* Exact integers only: 1, 1.0 and 1e3 are, 1.5 is not. False otherwise; *out untouched. */
NODISCARD bool jval_i64(const struct jval *v, int64_t *out);
NODISCARD bool jval_double(const struct jval *v, double *out);
/* The value printed again, compact, members in their order, numbers as they came. */
struct str jval_print(struct arena *a, const struct jval *v);

/* Where a top-level member of an object's text lies: [key_from, to) with the key, [from, to) the
 * value. */
struct json_span {
    struct str key;  /* raw between the quotes, escapes not decoded */
    size_t key_from; /* offset of the key's opening quote */
    size_t from, to; /* the value */
};
/* The top-level members of `text` (already known to be valid JSON, an object), at most max.
 * Returns how many there are, which may be more than max; 0 if it is no object. */
size_t json_spans(struct str text, struct json_span *out, size_t max);

/* Replaces ranges: edits are sorted by `from`, do not overlap. */
struct json_edit {
    size_t from, to;
    struct str with;
};
bool json_splice(struct buf *out, struct str text, const struct json_edit *edits, size_t n);
/* The edit that takes member i out of the object together with one comma: the one before it, for
 * the first the one behind. Edits of neighbours may overlap: cut one, then look again. */
struct json_edit json_cut_member(struct str text, const struct json_span *spans, size_t n,
                                 size_t i);

/* Writing: a small state machine over a buf; commas come by themselves. Text that is not UTF-8 is
 * written with U+FFFD in the bad places. */
struct jout {
    struct buf *out;
    unsigned depth;
    bool need_comma;
};
struct jout jout_make(struct buf *out);
void jout_object(struct jout *j);     /* { */
void jout_end_object(struct jout *j); /* } */
void jout_array(struct jout *j);      /* [ */
void jout_end_array(struct jout *j);  /* ] */
void jout_key(struct jout *j, const char *key);
void jout_key_str(struct jout *j, struct str key);
void jout_str(struct jout *j, struct str s);
void jout_cstr(struct jout *j, const char *s_opt); /* NULL writes null */
void jout_i64(struct jout *j, int64_t v);
void jout_double(struct jout *j, double v); /* shortest that reads back; NaN and infinity: null */
void jout_bool(struct jout *j, bool v);
void jout_null(struct jout *j);
void jout_raw(struct jout *j, struct str json); /* a value that is JSON already */
/* key and value in one call */
void jout_kstr(struct jout *j, const char *key, struct str s);
void jout_kcstr(struct jout *j, const char *key, const char *s_opt);
void jout_ki64(struct jout *j, const char *key, int64_t v);
void jout_kdouble(struct jout *j, const char *key, double v);
void jout_kbool(struct jout *j, const char *key, bool v);
void jout_knull(struct jout *j, const char *key);
void jout_kraw(struct jout *j, const char *key, struct str json);
/* s as a JSON string with quotes */
bool json_quote(struct buf *out, struct str s);
