/* Disguising: originals in a body become their placeholders, everything else keeps its bytes. Every
 * string and key of the JSON is read decoded, texts with escapes inside of strings (tool arguments)
 * too. The same matcher with the same word boundaries looks again before the body leaves. Any
 * thread. */
#pragma once

#include "gate/vault.h"
#include "label/label.h"

/* Something that was found in a request's decoded texts. */
struct original {
    enum token_type type;
    struct str text;
};

enum disguise_kind {
    DISGUISE_NOT,    /* a fact, not an identifier: it stays as it is */
    DISGUISE_TOKEN,  /* *type says which placeholder */
    DISGUISE_BESIDE, /* the same, also where it is open: what else is hidden would be known by it */
    DISGUISE_TALK,   /* … in a talk; what programs say of their tools is full of it */
    DISGUISE_NEVER,  /* it cannot be disguised: what weir cannot read */
};
enum disguise_kind disguise_kind(struct str kind, enum token_type *type);
/* The part of a finding that is replaced: a name without its genitive, a home folder's user. False:
 * nothing that a placeholder could stand for, so the request cannot be disguised. */
NODISCARD bool disguise_original(enum token_type type, struct str found, struct original *out);

struct disguised {
    struct str body;
    int64_t originals; /* different ones that were replaced */
    struct replaced {
        enum token_type type;
        struct str token, original;
        bool is_face; /* a surrogate, no placeholder */
    } * replaced;     /* each spelling once */
    size_t count, cap;
    struct faces *faces; /* to put its surrogates back; NULL: there are none */
};
/* What stands for an original: NAME_1_k7q2mx, or where its kind has one, a made-up name or a number
 * of its shape. */
enum disguise_form { DISGUISE_PLACEHOLDER, DISGUISE_SURROGATE };
/* The body (valid JSON) with the book's originals, and these new ones, replaced. ERR_FORBIDDEN with
 * code policy_refused when something is left over. */
NODISCARD bool disguise_body(struct book *b, struct arena *a, const struct original *found,
                             size_t n, struct str body, enum disguise_form form,
                             struct disguised *out, struct err *e);
/* Is any of the book's originals in the body? The last look before it leaves. */
bool disguise_leaks(struct book *b, struct str body);
