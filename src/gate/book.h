/* One book from the inside. Private to gate/ and its tests. */
#pragma once

#include "base/map.h"
#include "gate/vault.h"
#include "os/os.h"

#include <stdatomic.h>

/* One spelling of an original, with a placeholder of its own: the number says who it is, the letter
 * behind it which spelling, so that putting back is exact. */
struct form {
    struct str text;
    struct str face; /* the surrogate that stands for it; "" none was needed so far */
    bool escaped;    /* how another one is written with escapes: found by that one */
};

struct entity {
    enum token_type type;
    uint32_t number;
    struct form *forms; /* the first one is what it was found as */
    size_t count, cap;
};

struct book {
    atomic_int refs;
    bool gone;            /* taken out: what is under way with it is not kept again */
    pthread_mutex_t lock; /* everything below but tag, conversation and caller */
    char tag[TOKEN_TAG + 1];
    struct str conversation, caller;
    struct arena arena;
    struct entity *entities;
    size_t count, cap;
    struct map *by_text; /* "NAME/Anna Krause" → its entity's index + 1 */
    uint32_t last[TOKEN_TYPES];
    _Atomic int64_t at_ms;
    bool dirty;
};

/* The entity of this spelling, found or made; the book's lock is held. Names that share words are
 * one person's. */
size_t book_entity(struct book *b, enum token_type type, struct str text);
/* The placeholder of a spelling of an entity; "" when there are too many. The lock is held. */
struct str book_token(struct book *b, struct arena *a, size_t entity, struct str spelling);

/* The form of a spelling, made where it is new, then as `escaped` says; the lock is held. */
size_t book_form(struct book *b, size_t entity, struct str spelling, bool escaped);

/* A placeholder as it is read. */
struct token {
    enum token_type type;
    uint32_t number;
    uint32_t form;
    size_t len;
    struct str tag;
};
/* Does a whole placeholder begin here, of whatever conversation? */
bool token_read(struct str text, struct token *out);
/* Could `text`, all of it, be the beginning of one? */
bool token_may_begin(struct str text);
/* Its original, a copy in a; ptr NULL: never given out, or another conversation's. Takes the lock.
 */
struct str book_original(struct book *b, struct arena *a, const struct token *t);
