/* What is replaced, by what, and the last look. walk.c finds the places. */
#include "gate/disguise.h"

#include "gate/surrogate.h"

#include <ctype.h>

enum { LONGEST_ORIGINAL = 400, ROUNDS = 4, SHORTEST_SECRET_PART = 12 };

/* ---- what is replaced ---- */

static const struct {
    const char *kind;
    enum disguise_kind how;
    enum token_type type;
} KINDS[] = {
    {"name", DISGUISE_TOKEN, TOKEN_NAME},
    {"public_name", DISGUISE_TOKEN, TOKEN_NAME},
    {"email", DISGUISE_TOKEN, TOKEN_EMAIL},
    {"phone", DISGUISE_TOKEN, TOKEN_PHONE},
    {"address", DISGUISE_TOKEN, TOKEN_ADDRESS},
    {"birth_date", DISGUISE_TOKEN, TOKEN_DATE},
    {"employer", DISGUISE_TOKEN, TOKEN_ORG},
    {"private_organisation", DISGUISE_TOKEN, TOKEN_ORG},
    {"organisation", DISGUISE_TOKEN, TOKEN_ORG},
    {"place", DISGUISE_TOKEN, TOKEN_PLACE},
    {"uncertain_name", DISGUISE_BESIDE, TOKEN_NAME},
    {"example_email", DISGUISE_BESIDE, TOKEN_EMAIL},
    {"example_path", DISGUISE_BESIDE, TOKEN_USER},
    {"uncertain_term", DISGUISE_TALK, TOKEN_CODE},
    {"code_name", DISGUISE_BESIDE, TOKEN_CODE},
    {"small_organisation", DISGUISE_BESIDE, TOKEN_ORG},
    {"small_place", DISGUISE_BESIDE, TOKEN_PLACE},
    {"member_id", DISGUISE_TOKEN, TOKEN_ID},
    {"company_id", DISGUISE_TOKEN, TOKEN_ID},
    {"plate", DISGUISE_TOKEN, TOKEN_PLATE},
    {"device_id", DISGUISE_TOKEN, TOKEN_ID},
    {"ip", DISGUISE_TOKEN, TOKEN_IP},
    {"mac", DISGUISE_TOKEN, TOKEN_MAC},
    {"handle", DISGUISE_TOKEN, TOKEN_HANDLE},
    {"internal_host", DISGUISE_TOKEN, TOKEN_HOST},
    {"ticket", DISGUISE_TOKEN, TOKEN_ID},
    {"repository", DISGUISE_TOKEN, TOKEN_HOST},
    {"home_path", DISGUISE_TOKEN, TOKEN_USER},
    {"national_id", DISGUISE_TOKEN, TOKEN_ID},
    {"ssn", DISGUISE_TOKEN, TOKEN_ID},
    {"drivers_license", DISGUISE_TOKEN, TOKEN_ID},
    {"medical_id", DISGUISE_TOKEN, TOKEN_ID},
    {"passport", DISGUISE_TOKEN, TOKEN_ID},
    {"tax_id", DISGUISE_TOKEN, TOKEN_ID},
    {"card", DISGUISE_TOKEN, TOKEN_CARD},
    {"iban", DISGUISE_TOKEN, TOKEN_IBAN},
    {"bank_account", DISGUISE_TOKEN, TOKEN_ACCOUNT},
    {"crypto_address", DISGUISE_TOKEN, TOKEN_WALLET},
    {"coordinates", DISGUISE_TOKEN, TOKEN_PLACE},
    {"unreadable", DISGUISE_NEVER, TOKEN_TERM},
    {"undecided", DISGUISE_NOT, TOKEN_TERM},
    {"health", DISGUISE_NOT, TOKEN_TERM},
    {"finance", DISGUISE_NOT, TOKEN_TERM},
    {"legal", DISGUISE_NOT, TOKEN_TERM},
    {"minors", DISGUISE_NOT, TOKEN_TERM},
    {"health_mention", DISGUISE_NOT, TOKEN_TERM},
    {"finance_mention", DISGUISE_NOT, TOKEN_TERM},
    {"legal_mention", DISGUISE_NOT, TOKEN_TERM},
    {"person_word", DISGUISE_NOT, TOKEN_TERM},
    {"third_parties", DISGUISE_NOT, TOKEN_TERM},
    {"work", DISGUISE_NOT, TOKEN_TERM},
};

enum disguise_kind disguise_kind(struct str kind, enum token_type *type) {
    for (size_t i = 0; i < ARRAY_LEN(KINDS); i++) {
        if (str_is(kind, KINDS[i].kind)) {
            *type = KINDS[i].type;
            return KINDS[i].how;
        }
    }
    /* Secrets, a rule's words, and kinds nobody described. */
    const struct kind_row *row = kind_find(kind);
    *type = row && row->level == LEVEL_SECRET ? TOKEN_SECRET : TOKEN_TERM;
    return DISGUISE_TOKEN;
}

static struct str trim_name(struct str s) {
    static const struct str tails[] = {STR_INIT("'s"), STR_INIT("’s"), STR_INIT("'"),
                                       STR_INIT("’"),  STR_INIT(","),  STR_INIT(":")};
    s = str_trim(s);
    for (size_t i = 0; i < ARRAY_LEN(tails); i++) {
        if (s.len > tails[i].len && str_ends(s, tails[i])) {
            s.len -= tails[i].len;
        }
    }
    return str_trim(s);
}

/* "/home/anna/x" → "anna" */
static struct str user_of(struct str path) {
    static const char *const homes[] = {"/home/", "/Users/", "\\Users\\"};
    for (size_t i = 0; i < ARRAY_LEN(homes); i++) {
        ptrdiff_t from = str_find(path, str_of(homes[i]));
        if (from >= 0) {
            size_t at = (size_t)from + strlen(homes[i]);
            size_t to = at;
            while (to < path.len
                   && (isalnum((unsigned char)path.ptr[to]) || path.ptr[to] == '.'
                       || path.ptr[to] == '-' || path.ptr[to] == '_')) {
                to++;
            }
            return str_sub(path, at, to);
        }
    }
    return (struct str){0};
}

bool disguise_original(enum token_type type, struct str found, struct original *out) {
    struct str text = type == TOKEN_NAME ? trim_name(found) : str_trim(found);
    out->type = type;
    if (type == TOKEN_USER) {
        text = user_of(found);
        if (!text.len) {
            out->type = TOKEN_TERM; /* a home of another form: as it stands */
            text = str_trim(found);
        }
    }
    out->text = text;
    return text.len >= 2 && text.len <= LONGEST_ORIGINAL;
}

static int by_place(const void *a, const void *b) {
    const struct hit *x = a;
    const struct hit *y = b;
    if (x->from != y->from) {
        return x->from < y->from ? -1 : 1;
    }
    return x->to == y->to ? 0 : x->to > y->to ? -1 : 1;
}

/* In order, without overlaps: the weightier one stays, else the first and longest. True: something
 * reached beyond it, and is to be looked for again. */
static bool settle(const struct book *b, struct hits *h) {
    bool again = h->again;
    if (h->count) {
        qsort(h->v, h->count, sizeof *h->v, by_place);
    }
    size_t kept = 0;
    for (size_t i = 0; i < h->count; i++) {
        struct hit *last = kept ? &h->v[kept - 1] : NULL;
        if (!last || h->v[i].from >= last->to) {
            h->v[kept++] = h->v[i];
        } else if (h->v[i].to > last->to) {
            again = true;
            int weight = match_weight(b->entities[h->v[i].entity].type);
            bool wins = weight > match_weight(b->entities[last->entity].type);
            *last = wins ? h->v[i] : *last;
        }
    }
    h->count = kept;
    return again;
}

static struct hits find_all(struct book *b, struct arena *a, struct str body, bool *again) {
    struct matcher *m = arena_new(a, struct matcher);
    matcher_make(m, a, b);
    struct hits hits = {0};
    *again = false;
    if (m->count) {
        matcher_walk(m, a, body, &hits);
        *again = settle(b, &hits);
    }
    return hits;
}

/* ---- surrogates ---- */

static struct form *form_of(const struct book *b, const struct hit *h) {
    const struct entity *t = &b->entities[h->entity];
    for (size_t f = 0; f < t->count; f++) {
        if (str_eq(t->forms[f].text, h->text)) {
            return &t->forms[f];
        }
    }
    return NULL;
}

/* "" none: it gets a placeholder. So does what touches another one, because a surrogate is a word
 * and placeholders end in letters. */
static struct str face_of(const struct book *b, const struct hits *hits, size_t i) {
    const struct hit *h = &hits->v[i];
    bool touches = (i && hits->v[i - 1].to == h->from)
                   || (i + 1 < hits->count && hits->v[i + 1].from == h->to);
    const struct form *f = h->is_number || touches ? NULL : form_of(b, h);
    return f ? f->face : STR("");
}

static void make_faces(struct book *b, struct arena *a, const struct hits *hits, bool names) {
    for (size_t i = 0; i < hits->count; i++) {
        const struct hit *h = &hits->v[i];
        book_form(b, h->entity, h->text, h->is_escaped);
        struct form *f = form_of(b, h);
        if (f && !f->face.len && !h->is_escaped
            && (b->entities[h->entity].type == TOKEN_NAME) == names) {
            f->face = str_dup(&b->arena, surrogate_make(b, a, h->entity, f->text));
            b->dirty = true;
        }
    }
}

static void drop_faces(struct entity *t) {
    for (size_t f = 0; f < t->count; f++) {
        t->forms[f].face = STR("");
    }
}

/* A surrogate that stands in the body anyway, whole or in part, would be put back where nothing was
 * taken out; one that holds an original would give it away. False: some had to go. */
static bool faces_are_good(struct book *b, struct arena *a, struct str body,
                           const struct hits *hits) {
    struct disguised d = {0};
    struct matcher *originals = arena_new(a, struct matcher);
    matcher_make(originals, a, b);
    size_t *entities = arena_array(a, size_t, hits->count + 1);
    bool good = true;
    for (size_t i = 0; i < hits->count; i++) {
        const struct hit *h = &hits->v[i];
        struct str face = face_of(b, hits, i);
        struct hits within = {0};
        matcher_find(originals, a, face, &within);
        if (within.count) {
            drop_faces(&b->entities[h->entity]);
            good = false;
        } else if (face.len) {
            entities[d.count] = h->entity;
            *arena_push(a, d.replaced, d.count, d.cap) =
                (struct replaced){b->entities[h->entity].type, face, h->text, true};
        }
    }
    struct faces *faces = faces_make(a, &d);
    if (faces) {
        struct hits there = {0};
        matcher_walk(&faces->matcher, a, body, &there);
        for (size_t i = 0; i < there.count; i++) {
            drop_faces(&b->entities[entities[there.v[i].entity]]);
        }
        good = good && !there.count;
    }
    return good;
}

/* Each hit's form gets its surrogate; those that find none stay without. */
static void give_faces(struct book *b, struct arena *a, struct str body, const struct hits *hits) {
    enum { TRIES = 12 };
    bool good = false;
    for (int i = 0; i < TRIES && !good; i++) {
        make_faces(b, a, hits, true); /* mailboxes are called after them */
        make_faces(b, a, hits, false);
        good = faces_are_good(b, a, body, hits);
    }
    if (good) {
        return;
    }
    for (size_t i = 0; i < hits->count; i++) {
        drop_faces(&b->entities[hits->v[i].entity]);
    }
}

/* ---- replacing ---- */

static void note(struct disguised *d, struct arena *a, enum token_type type, struct str token,
                 struct str original, bool is_face) {
    for (size_t i = 0; i < d->count; i++) {
        if (str_eq(d->replaced[i].token, token)) {
            return;
        }
    }
    struct replaced r = {type, token, original, is_face};
    *arena_push(a, d->replaced, d->count, d->cap) = r;
}

static bool replace(struct book *b, struct arena *a, const struct hits *hits,
                    enum disguise_form form, struct disguised *d, struct err *e) {
    struct json_edit *edits = arena_array(a, struct json_edit, hits->count);
    for (size_t i = 0; i < hits->count; i++) {
        const struct hit *h = &hits->v[i];
        struct str face = form == DISGUISE_SURROGATE ? face_of(b, hits, i) : STR("");
        book_form(b, h->entity, h->text, h->is_escaped);
        struct str token = face.len ? face : book_token(b, a, h->entity, h->text);
        if (!token.len) {
            return err_code(e, ERR_FORBIDDEN, "policy_refused",
                            "This conversation has more spellings of one name than weir keeps.");
        }
        note(d, a, b->entities[h->entity].type, token, h->text, face.len > 0);
        edits[i] = (struct json_edit){
            h->from, h->to, h->is_number ? str_fmt(a, "\"" STR_FMT "\"", STR_ARG(token)) : token};
    }
    AUTO_BUF out = {0};
    buf_init(&out, d->body.len + hits->count * (TOKEN_LONGEST + 2) + 64);
    if (!json_splice(&out, d->body, edits, hits->count)) {
        return err_set(e, ERR_BUG, "the request could not be rewritten");
    }
    d->body = str_dup(a, buf_str(&out));
    return true;
}

/* Whole names first, so that a part that follows is known as theirs; codes last: what has a better
 * word for it keeps that. */
static int round_of(const struct original *o) {
    bool whole = o->type == TOKEN_NAME && str_find_char(o->text, ' ') >= 0;
    return whole ? 0 : o->type == TOKEN_CODE ? 2 : 1;
}

static void learn(struct book *b, const struct original *found, size_t n) {
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < n; i++) {
            if (round_of(&found[i]) == round) {
                book_entity(b, found[i].type, found[i].text);
            }
        }
    }
}

static void count(struct disguised *out, bool *seen, const struct hits *hits) {
    for (size_t i = 0; i < hits->count; i++) {
        out->originals += !seen[hits->v[i].entity];
        seen[hits->v[i].entity] = true;
    }
}

bool disguise_body(struct book *b, struct arena *a, const struct original *found, size_t n,
                   struct str body, enum disguise_form form, struct disguised *out, struct err *e) {
    LOCKED(&b->lock);
    learn(b, found, n);
    *out = (struct disguised){.body = body};
    bool *seen = arena_array(a, bool, b->count + 1);
    /* What overlapped is found in the next round. */
    bool again = true;
    for (int round = 0; again && round < ROUNDS; round++) {
        struct hits hits = find_all(b, a, out->body, &again);
        count(out, seen, &hits);
        if (form == DISGUISE_SURROGATE) {
            give_faces(b, a, body, &hits);
        }
        TRY(!hits.count || replace(b, a, &hits, form, out, e));
    }
    if (!again) {
        out->faces = faces_make(a, out);
        return true;
    }
    return err_code(e, ERR_FORBIDDEN, "policy_refused",
                    "This request could not be disguised: originals were left over.");
}

/* No part of a secret either. */
static bool leaks_secret(const struct book *b, struct str body) {
    for (size_t i = 0; i < b->count; i++) {
        for (size_t f = 0; b->entities[i].type == TOKEN_SECRET && f < b->entities[i].count; f++) {
            struct str s = b->entities[i].forms[f].text;
            for (size_t k = 0; k + SHORTEST_SECRET_PART <= s.len; k++) {
                if (str_contains(body, str_sub(s, k, k + SHORTEST_SECRET_PART))) {
                    return true;
                }
            }
        }
    }
    return false;
}

bool disguise_leaks(struct book *b, struct str body) {
    LOCKED(&b->lock);
    struct arena a = arena_make(SIZE_MAX);
    bool again = false;
    bool leaks = find_all(b, &a, body, &again).count > 0 || leaks_secret(b, body);
    arena_end(&a);
    return leaks;
}
