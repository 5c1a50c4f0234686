/* What the files that read policy.toml share. Private to policy/. */
#pragma once

#include "codec/toml.h"
#include "policy/rules.h"

struct reader {
    struct arena *a;
    const char *file;
    const struct policy_names *names;
    struct policy *p;
    struct err *e;
    const struct tval *root;
};

/* "policy.toml:3:9: …"; false. */
PRINTF(4, 5) bool reader_bad(struct reader *r, int line, int column, const char *fmt, ...);
#define BAD(r, v, ...) reader_bad((r), (v)->line, (v)->column, __VA_ARGS__)
#define BAD_KEY(r, v, ...) reader_bad((r), (v)->key_line, (v)->key_column, __VA_ARGS__)

/* A text from the file, short and without control characters: for messages. */
const char *reader_show(struct reader *r, struct str s);
/* "; did you mean `x`?", else "; there are a, b and c". */
const char *reader_hint(struct reader *r, struct str word, const char *const *words, size_t n);
/* The same for a word that may be one of many: "; did you mean `x`?", else `otherwise`. */
const char *reader_near(struct reader *r, struct str word, const char *const *words, size_t n,
                        const char *otherwise);

/* A table that holds nothing but these keys; `example` says how it is written. */
bool reader_keys(struct reader *r, const struct tval *t, const char *what, const char *example,
                 const char *const *keys, size_t n);
/* The value as one of names[from…]; what is "zone", "level" … */
bool reader_one_of(struct reader *r, const struct tval *v, const char *what,
                   const char *const *names, size_t from, size_t n, int *out);
bool reader_zone(struct reader *r, const struct tval *v, enum zone *out);
bool reader_level(struct reader *r, const struct tval *v, enum level *out);
bool reader_transform(struct reader *r, const struct tval *v, enum transform *out);
/* A text, or a list of some. */
bool reader_texts(struct reader *r, const struct tval *v, const char *example, struct texts *out);
/* The i-th text's place. */
static inline const struct tval *reader_nth(const struct tval *v, size_t i) {
    return v->kind == TARRAY ? &v->items[i] : v;
}
static inline size_t reader_length(const struct tval *v) {
    return v->kind == TARRAY ? v->count : 1;
}
const char *const *reader_kind_names(struct reader *r);

/* `match = { … }` (read_match.c) and all of [[rule]] (read_rule.c). */
bool reader_match(struct reader *r, const struct tval *t, struct policy_rule *rule);
bool reader_rules(struct reader *r, const struct tval *t);
