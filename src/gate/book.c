/* Placeholders: NAME_1_k7q2mx is what, who, and the conversation's tag; NAME_1b_k7q2mx is another
 * spelling of the same. Letters, digits and underscores only: models, shells, paths and JSON leave
 * that alone. */
#include "gate/book.h"

#include <ctype.h>

const char *const TOKEN_NAMES[TOKEN_TYPES] = {
    "NAME", "EMAIL", "PHONE",  "ADDRESS", "DATE", "ORG",  "PLATE",
    "IP",   "MAC",   "HANDLE", "HOST",    "USER", "ID",   "CARD",
    "IBAN", "ACCT",  "WALLET", "PLACE",   "CODE", "TERM", "SECRET"};

enum { LETTERS = 26, MOST_FORMS = LETTERS * LETTERS, DIGITS = 6 };

/* ---- who is who ---- */

/* Lower case as far as ASCII goes: enough to know a person again. */
static struct str next_word(struct str *rest) {
    size_t from = 0;
    while (from < rest->len
           && (isspace((unsigned char)rest->ptr[from]) || rest->ptr[from] == '.'
               || rest->ptr[from] == ',')) {
        from++;
    }
    size_t to = from;
    while (to < rest->len && !isspace((unsigned char)rest->ptr[to]) && rest->ptr[to] != '.'
           && rest->ptr[to] != ',') {
        to++;
    }
    struct str word = str_sub(*rest, from, to);
    *rest = str_sub(*rest, to, rest->len);
    return word;
}

static bool has_word(struct str text, struct str word) {
    for (struct str w = next_word(&text); w.len; w = next_word(&text)) {
        if (str_ieq(w, word)) {
            return true;
        }
    }
    return false;
}

static bool is_within(struct str part, struct str whole) {
    for (struct str w = next_word(&part); w.len; w = next_word(&part)) {
        if (!has_word(whole, w)) {
            return false;
        }
    }
    return true;
}

/* The only one whose name holds these words, or is held by them; false: none, or several. */
static bool same_person(const struct book *b, struct str text, size_t *out) {
    size_t found = 0;
    for (size_t i = 0; i < b->count; i++) {
        const struct entity *t = &b->entities[i];
        if (t->type != TOKEN_NAME) {
            continue;
        }
        for (size_t f = 0; f < t->count; f++) {
            if (is_within(text, t->forms[f].text) || is_within(t->forms[f].text, text)) {
                *out = i;
                found++;
                break;
            }
        }
    }
    return found == 1;
}

static struct str key_of(struct arena *a, enum token_type type, struct str text) {
    return str_fmt(a, "%s/" STR_FMT, TOKEN_NAMES[type], STR_ARG(text));
}

static void add_form(struct book *b, size_t entity, struct str text, bool escaped) {
    struct entity *t = &b->entities[entity];
    struct form f = {.text = str_dup(&b->arena, text), .escaped = escaped};
    *arena_push(&b->arena, t->forms, t->count, t->cap) = f;
    map_set(b->by_text, key_of(&b->arena, t->type, f.text), (void *)(uintptr_t)(entity + 1));
    b->dirty = true;
}

static bool same_but_for_case(const struct book *b, enum token_type type, struct str text,
                              size_t *out) {
    for (size_t i = 0; i < b->count; i++) {
        for (size_t f = 0; b->entities[i].type == type && f < b->entities[i].count; f++) {
            if (str_ieq(b->entities[i].forms[f].text, text)) {
                *out = i;
                return true;
            }
        }
    }
    return false;
}

/* What was only a way to write it is looked for from now on. */
static void found_as(struct entity *t, struct str text) {
    for (size_t f = 0; f < t->count; f++) {
        t->forms[f].escaped = t->forms[f].escaped && !str_eq(t->forms[f].text, text);
    }
}

size_t book_entity(struct book *b, enum token_type type, struct str text) {
    struct arena a = arena_make(SIZE_MAX);
    size_t at = (size_t)(uintptr_t)map_get(b->by_text, key_of(&a, type, text));
    arena_end(&a);
    if (at) {
        found_as(&b->entities[at - 1], text);
        return at - 1;
    }
    if (!same_but_for_case(b, type, text, &at)
        && !(type == TOKEN_NAME && same_person(b, text, &at))) {
        at = b->count;
        struct entity t = {.type = type, .number = ++b->last[type]};
        *arena_push(&b->arena, b->entities, b->count, b->cap) = t;
    }
    add_form(b, at, text, false);
    return at;
}

size_t book_form(struct book *b, size_t entity, struct str spelling, bool escaped) {
    const struct entity *t = &b->entities[entity];
    size_t form = 0;
    while (form < t->count && !str_eq(t->forms[form].text, spelling)) {
        form++;
    }
    if (form == t->count && form < MOST_FORMS) {
        add_form(b, entity, spelling, escaped);
    }
    return form;
}

struct str book_token(struct book *b, struct arena *a, size_t entity, struct str spelling) {
    const struct entity *t = &b->entities[entity];
    size_t form = book_form(b, entity, spelling, false);
    if (form >= MOST_FORMS || t->number > 999999) {
        return (struct str){0};
    }
    char letters[3] = {0};
    if (form >= LETTERS) {
        letters[0] = (char)('a' + form / LETTERS - 1);
        letters[1] = (char)('a' + form % LETTERS);
    } else if (form) {
        letters[0] = (char)('a' + form);
    }
    return str_fmt(a, "%s_%u%s_%s", TOKEN_NAMES[t->type], t->number, letters, b->tag);
}

/* ---- reading ---- */

static bool is_tag_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool read_type(struct str text, struct token *out, size_t *at) {
    for (size_t i = 0; i < TOKEN_TYPES && text.len; i++) {
        if (text.ptr[0] != TOKEN_NAMES[i][0]) {
            continue;
        }
        struct str name = str_of(TOKEN_NAMES[i]);
        if (text.len > name.len && text.ptr[name.len] == '_' && str_starts(text, name)) {
            out->type = (enum token_type)i;
            *at = name.len + 1;
            return true;
        }
    }
    return false;
}

/* Everything behind the first word; *at stands where the text ends or stops fitting. */
static bool read_rest(struct str text, struct token *out, size_t *at) {
    size_t from = *at;
    uint32_t number = 0;
    while (*at < text.len && *at - from < DIGITS && isdigit((unsigned char)text.ptr[*at])) {
        number = number * 10 + (uint32_t)(text.ptr[(*at)++] - '0');
    }
    if (*at == from || text.ptr[from] == '0') {
        return false;
    }
    uint32_t letters[2] = {0};
    size_t count = 0;
    while (*at < text.len && count < 2 && text.ptr[*at] >= 'a' && text.ptr[*at] <= 'z') {
        letters[count++] = (uint32_t)(text.ptr[(*at)++] - 'a');
    }
    out->number = number;
    out->form = count == 2 ? (letters[0] + 1) * LETTERS + letters[1] : count ? letters[0] : 0;
    if (*at >= text.len || text.ptr[*at] != '_' || (count == 1 && !letters[0])) {
        return false;
    }
    from = ++*at;
    while (*at < text.len && *at - from < TOKEN_TAG && is_tag_char(text.ptr[*at])) {
        ++*at;
    }
    out->tag = str_sub(text, from, *at);
    out->len = *at;
    return out->tag.len == TOKEN_TAG;
}

bool token_read(struct str text, struct token *out) {
    size_t at = 0;
    return read_type(text, out, &at) && read_rest(text, out, &at);
}

bool token_may_begin(struct str text) {
    struct token t = {0};
    size_t at = 0;
    if (!read_type(text, &t, &at)) {
        for (size_t i = 0; i < TOKEN_TYPES; i++) {
            if ((!text.len || text.ptr[0] == TOKEN_NAMES[i][0])
                && str_starts(str_of(TOKEN_NAMES[i]), text)) {
                return true;
            }
        }
        return false;
    }
    return !read_rest(text, &t, &at) && at == text.len;
}

struct str book_original(struct book *b, struct arena *a, const struct token *t) {
    if (!str_is(t->tag, b->tag)) {
        return (struct str){0};
    }
    LOCKED(&b->lock);
    for (size_t i = 0; i < b->count; i++) {
        const struct entity *x = &b->entities[i];
        if (x->type == t->type && x->number == t->number) {
            return t->form < x->count ? str_dup(a, x->forms[t->form].text) : (struct str){0};
        }
    }
    return (struct str){0};
}
