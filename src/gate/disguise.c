/* What is replaced, and the walk over a body's strings. A string is read decoded; where that holds
 * escapes again (JSON inside of a string, code) it is decoded once more, and so on. Places found in
 * any reading are brought back to the body's bytes, so everything around them stays as it was. */
#include "gate/disguise.h"

#include "codec/utf8.h"
#include "gate/match.h"

#include <ctype.h>

enum { LONGEST_ORIGINAL = 400, DEEPEST = 4, ROUNDS = 4, SHORTEST_SECRET_PART = 12 };

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
    {"organisation", DISGUISE_TOKEN, TOKEN_ORG},
    {"place", DISGUISE_TOKEN, TOKEN_PLACE},
    {"uncertain_name", DISGUISE_BESIDE, TOKEN_NAME},
    {"example_email", DISGUISE_BESIDE, TOKEN_EMAIL},
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

/* ---- readings ---- */

struct reading {
    struct str text;
    const uint32_t *map; /* place in the text → place in the body; NULL: from + place */
    size_t from;
};

static size_t place_of(const struct reading *r, size_t i) {
    return r->map ? r->map[i] : r->from + i;
}

static int hex4(struct str s, size_t i) {
    int v = 0;
    for (size_t k = i; k < i + 4; k++) {
        if (k >= s.len || !isxdigit((unsigned char)s.ptr[k])) {
            return -1;
        }
        int c = tolower((unsigned char)s.ptr[k]);
        v = v * 16 + (c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return v;
}

/* One escape at i: what it says, and how long it is. */
static size_t escape_at(struct str s, size_t i, struct buf *out) {
    static const char from[] = "nrtbf\"\\/";
    static const char to[] = "\n\r\t\b\f\"\\/";
    char c = i + 1 < s.len ? s.ptr[i + 1] : 0;
    int code = c == 'u' ? hex4(s, i + 2) : -1;
    if (code >= 0) {
        size_t len = 6;
        uint32_t point = (uint32_t)code;
        int low =
            code >= 0xD800 && code < 0xDC00 && str_starts(str_sub(s, i + 6, s.len), STR("\\u"))
                ? hex4(s, i + 8)
                : -1;
        if (low >= 0xDC00 && low < 0xE000) {
            point = 0x10000 + (((uint32_t)code - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
            len = 12;
        }
        utf8_add(out, point);
        return len;
    }
    const char *found = c ? strchr(from, c) : NULL;
    if (found) {
        buf_add_char(out, to[found - from]);
        return 2;
    }
    buf_add_char(out, '\\');
    return 1;
}

static bool has_escape(struct str s) {
    return s.len && memchr(s.ptr, '\\', s.len);
}

static struct reading unescape(struct arena *a, const struct reading *r) {
    AUTO_BUF b = {0};
    buf_init(&b, r->text.len * 3 + 16);
    uint32_t *map = arena_array(a, uint32_t, r->text.len + 8);
    size_t n = 0;
    for (size_t i = 0; i < r->text.len;) {
        const char *next = memchr(r->text.ptr + i, '\\', r->text.len - i);
        size_t to = next ? (size_t)(next - r->text.ptr) : r->text.len;
        buf_add(&b, str_sub(r->text, i, to));
        for (; i < to; i++) {
            map[n++] = (uint32_t)place_of(r, i);
        }
        size_t len = i < r->text.len ? escape_at(r->text, i, &b) : 0;
        for (; n < b.len; n++) {
            map[n] = (uint32_t)place_of(r, i);
        }
        i += len;
    }
    map[n] = (uint32_t)place_of(r, r->text.len);
    return (struct reading){.text = str_dup(a, buf_str(&b)), .map = map};
}

/* ---- the walk ---- */

struct walk {
    const struct matcher *m;
    struct arena *a;
    struct str body;
    struct hits hits; /* places in the body */
    size_t depth;
    bool is_model; /* the value of the outermost "model" comes next */
};

/* Words of the dialects themselves. */
static bool is_constant(struct str s) {
    static const char *const words[] = {
        "role",         "content",     "type",       "text",         "messages",    "model",
        "name",         "parameters",  "properties", "required",     "function",    "tools",
        "stream",       "arguments",   "id",         "enum",         "items",       "tool_calls",
        "tool_call_id", "tool_use_id", "input",      "input_schema", "system",      "max_tokens",
        "user",         "assistant",   "tool",       "object",       "string",      "number",
        "integer",      "boolean",     "array",      "tool_use",     "tool_result", "thinking",
        "temperature",  "strict",      "auto",       "developer",    "description", "default",
        "source",       "media_type",  "data",       "image",        "metadata",    "user_id"};
    for (size_t i = 0; s.len <= 12 && i < ARRAY_LEN(words); i++) {
        if (str_is(s, words[i])) {
            return true;
        }
    }
    return false;
}

static void look(struct walk *w, const struct reading *r) {
    struct hits found = {0};
    matcher_find(w->m, w->a, r->text, &found);
    for (size_t i = 0; i < found.count; i++) {
        struct hit h = found.v[i];
        h.from = place_of(r, h.from);
        h.to = place_of(r, h.to);
        *arena_push(w->a, w->hits.v, w->hits.count, w->hits.cap) = h;
    }
}

static void on_string(struct walk *w, size_t from, size_t to) {
    struct reading r = {.text = str_sub(w->body, from, to), .from = from};
    if (is_constant(r.text)) {
        return;
    }
    for (int depth = 0; has_escape(r.text) && depth < DEEPEST; depth++) {
        struct reading deeper = unescape(w->a, &r);
        if (str_eq(deeper.text, r.text)) {
            break; /* backslashes that escape nothing */
        }
        r = deeper;
        look(w, &r);
    }
    if (!r.map) {
        look(w, &r);
    }
}

/* A number that is an original becomes a string. */
static void on_number(struct walk *w, size_t from, size_t to) {
    struct reading r = {.text = str_sub(w->body, from, to), .from = from};
    size_t before = w->hits.count;
    look(w, &r);
    if (w->hits.count > before) {
        struct hit *h = &w->hits.v[before];
        *h = (struct hit){from, to, h->entity, r.text, true};
        w->hits.count = before + 1;
    }
}

static size_t string_end(struct str s, size_t i) {
    while (i < s.len && s.ptr[i] != '"') {
        i += s.ptr[i] == '\\' ? 2 : 1;
    }
    return i < s.len ? i : s.len;
}

static void walk_body(struct walk *w) {
    struct str s = w->body;
    for (size_t i = 0; i < s.len;) {
        char c = s.ptr[i];
        if (c == '"') {
            size_t to = string_end(s, i + 1);
            bool is_model = w->is_model;
            w->is_model = w->depth == 1 && str_is(str_sub(s, i + 1, to), "model")
                          && str_starts(str_trim(str_sub(s, to + 1, to + 64)), STR(":"));
            if (!is_model) {
                on_string(w, i + 1, to);
            }
            i = to + 1;
        } else if (c == '-' || isdigit((unsigned char)c)) {
            size_t to = i + 1;
            while (to < s.len
                   && (isalnum((unsigned char)s.ptr[to]) || s.ptr[to] == '.' || s.ptr[to] == '+'
                       || s.ptr[to] == '-')) {
                to++;
            }
            on_number(w, i, to);
            i = to;
        } else {
            w->depth += c == '{' || c == '[';
            w->depth -= c == '}' || c == ']';
            i++;
        }
    }
}

static int by_place(const void *a, const void *b) {
    const struct hit *x = a;
    const struct hit *y = b;
    if (x->from != y->from) {
        return x->from < y->from ? -1 : 1;
    }
    return x->to == y->to ? 0 : x->to > y->to ? -1 : 1;
}

/* In order, without overlaps: the first and longest stays. True: something reached beyond it, and
 * is to be looked for again. */
static bool settle(struct hits *h) {
    bool again = false;
    if (h->count) {
        qsort(h->v, h->count, sizeof *h->v, by_place);
    }
    size_t kept = 0;
    for (size_t i = 0; i < h->count; i++) {
        if (!kept || h->v[i].from >= h->v[kept - 1].to) {
            h->v[kept++] = h->v[i];
        } else {
            again = again || h->v[i].to > h->v[kept - 1].to;
        }
    }
    h->count = kept;
    return again;
}

static struct hits find_all(struct book *b, struct arena *a, struct str body, bool *again) {
    struct matcher *m = arena_new(a, struct matcher);
    matcher_make(m, a, b);
    struct walk w = {.m = m, .a = a, .body = body};
    *again = false;
    if (m->count) {
        walk_body(&w);
        *again = settle(&w.hits);
    }
    return w.hits;
}

/* ---- replacing ---- */

static void note(struct disguised *d, struct arena *a, enum token_type type, struct str token,
                 struct str original) {
    for (size_t i = 0; i < d->count; i++) {
        if (str_eq(d->replaced[i].token, token)) {
            return;
        }
    }
    struct replaced r = {type, token, original};
    *arena_push(a, d->replaced, d->count, d->cap) = r;
}

static bool replace(struct book *b, struct arena *a, const struct hits *hits, struct disguised *d,
                    struct err *e) {
    struct json_edit *edits = arena_array(a, struct json_edit, hits->count);
    for (size_t i = 0; i < hits->count; i++) {
        const struct hit *h = &hits->v[i];
        struct str token = book_token(b, a, h->entity, h->text);
        if (!token.len) {
            return err_code(e, ERR_FORBIDDEN, "policy_refused",
                            "This conversation has more spellings of one name than weir keeps.");
        }
        note(d, a, b->entities[h->entity].type, token, h->text);
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

static void learn(struct book *b, const struct original *found, size_t n) {
    /* Whole names first, so that a part that follows is known as theirs. */
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < n; i++) {
            bool whole = found[i].type == TOKEN_NAME && str_find_char(found[i].text, ' ') >= 0;
            if (whole == (round == 0)) {
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
                   struct str body, struct disguised *out, struct err *e) {
    LOCKED(&b->lock);
    learn(b, found, n);
    *out = (struct disguised){.body = body};
    bool *seen = arena_array(a, bool, b->count + 1);
    /* What overlapped is found in the next round. */
    bool again = true;
    for (int round = 0; again && round < ROUNDS; round++) {
        struct hits hits = find_all(b, a, out->body, &again);
        count(out, seen, &hits);
        TRY(!hits.count || replace(b, a, &hits, out, e));
    }
    if (!again) {
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
