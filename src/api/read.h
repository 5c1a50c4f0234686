/* Checked reading of a request's members for the dialects. A reader says where it stands in the
 * words of its dialect, and every failure names the member. Worker thread; everything lives in the
 * arena. */
#pragma once

#include "base/err.h"
#include "chat/chat.h"
#include "codec/json.h"

struct reader {
    struct arena *a;
    struct err *e;
    bool dots; /* "messages.0.content", Anthropic's way; else "messages[0].content" */
};

/* A place in the document: its parent, then a key or an index. */
struct where {
    const struct where *up; /* NULL: the document itself */
    const char *key;        /* NULL: an element */
    size_t index;
};
#define AT_KEY(up_, key_) (&(const struct where){(up_), (key_), 0})
#define AT_INDEX(up_, i_) (&(const struct where){(up_), NULL, (i_)})

/* All return false. */
bool read_missing(struct reader *r, const struct where *w);
bool read_wrong_type(struct reader *r, const struct where *w, const struct jval *v,
                     const char *expected);
bool read_wrong_value(struct reader *r, const struct where *w, const char *why);

/* The member; NULL when it is absent or null. */
const struct jval *read_get(const struct jval *o, const char *key);
NODISCARD bool read_need_str(struct reader *r, const struct jval *o, const struct where *w,
                             const char *key, struct str *out);
/* Absent and null leave *out as it is. */
NODISCARD bool read_str(struct reader *r, const struct jval *o, const struct where *w,
                        const char *key, struct str *out);
NODISCARD bool read_bool(struct reader *r, const struct jval *o, const struct where *w,
                         const char *key, bool *out);
NODISCARD bool read_int(struct reader *r, const struct jval *o, const struct where *w,
                        const char *key, int64_t min, int64_t max, int64_t *out);
NODISCARD bool read_double(struct reader *r, const struct jval *o, const struct where *w,
                           const char *key, double min, double max, bool *has_opt, double *out);
/* An array of strings, at most max; or one string where `single` allows it. */
NODISCARD bool read_strings(struct reader *r, const struct jval *o, const struct where *w,
                            const char *key, bool single, size_t max, struct str **out,
                            size_t *count);
/* Absent is fine; if there, of that kind. */
NODISCARD bool read_kind(struct reader *r, const struct jval *o, const struct where *w,
                         const char *key, enum jkind kind, const struct jval **out);
/* One of the words, else false. */
NODISCARD bool read_one_of(struct reader *r, const struct where *w, struct str value,
                           const char *const *words, size_t n, size_t *out);
/* Looks sound as a JSON Schema, as far as can be told without resolving references. */
NODISCARD bool read_schema(struct reader *r, const struct where *w, const struct jval *schema);

/* A growing message. */
struct parts {
    struct chat_part *v;
    size_t n, cap;
};
struct chat_part *parts_add(struct arena *a, struct parts *p, enum chat_part_kind kind);
void parts_text(struct arena *a, struct parts *p, struct str text);
/* A part that only the same dialect can take; w is where it stands. */
void parts_unknown(struct reader *r, struct parts *p, const struct jval *v, const struct where *w);
/* "data:image/png;base64,…" into media type and data, http(s) into url; false: neither. */
NODISCARD bool part_from_url(struct chat_part *p, struct str url);

/* A growing list of messages. */
struct messages {
    struct chat_message *v;
    size_t n, cap;
};
void messages_add(struct arena *a, struct messages *m, enum chat_role role, const struct parts *p);
