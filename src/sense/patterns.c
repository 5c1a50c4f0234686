/* The patterns as two vectorscan databases. Rows whose matches all hold a digit, are short and have
 * no word of their own for vectorscan to look for would be tried at every byte, which takes longer
 * than all others together; they are set apart, and only looked for around digits. */
#include "base/log.h"
#include "sense/inside.h"

#include <hs.h>

/* ---- what a pattern's matches have in common ---- */

struct facts {
    bool digit;    /* each holds one */
    unsigned word; /* each holds a word at least so long */
};

static struct facts choices(const char **p);

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static struct facts group(const char **p) {
    if (**p == '?' && (*p)[1] != ':') { /* "(?i)" */
        *p = strchr(*p, ')') + 1;
        return (struct facts){0};
    }
    *p += **p == '?' ? 2 : 0;
    struct facts f = choices(p);
    (*p)++;
    return f;
}

static struct facts class(const char **p) {
    struct facts f = {.digit = **p != '^'};
    for (bool first = true; **p != ']' || first; first = false) {
        f.digit = f.digit && (is_digit(**p) || **p == '-');
        *p += **p == '\\' ? 2 : 1;
    }
    (*p)++;
    return f;
}

/* `letter`: it is one of a word. */
static struct facts element(const char **p, bool *letter) {
    char c = *(*p)++;
    *letter = is_letter(c);
    switch (c) {
    case '(':
        return group(p);
    case '[':
        return class(p);
    case '\\': /* "\b", "\." */
        (*p)++;
        return (struct facts){0};
    default:
        return (struct facts){.digit = is_digit(c)};
    }
}

/* Behind an element: how often it stands there. `none`: perhaps not at all. */
static bool often(const char **p, bool *none) {
    char c = **p;
    *none = c == '?' || c == '*' || (c == '{' && (*p)[1] == '0');
    if (c == '{') {
        *p = strchr(*p, '}') + 1;
    } else if (c == '?' || c == '*' || c == '+') {
        (*p)++;
    } else {
        return false;
    }
    *p += **p == '?' || **p == '+';
    return true;
}

static struct facts row_of_elements(const char **p) {
    struct facts all = {0};
    unsigned run = 0;
    while (**p && **p != '|' && **p != ')') {
        bool letter = false;
        bool none = false;
        struct facts f = element(p, &letter);
        run = often(p, &none) || !letter ? 0 : run + 1;
        f.word = f.word > run ? f.word : run;
        all.digit = all.digit || (f.digit && !none);
        all.word = f.word > all.word && !none ? f.word : all.word;
    }
    return all;
}

static struct facts choices(const char **p) {
    struct facts all = row_of_elements(p);
    while (**p == '|') {
        (*p)++;
        struct facts f = row_of_elements(p);
        all.digit = all.digit && f.digit;
        all.word = f.word < all.word ? f.word : all.word;
    }
    return all;
}

static bool is_of_number(const char *pattern) {
    enum { WORD_WORTH = 3 }; /* a word of so many letters is quick to find */
    const char *p = pattern;
    if (strstr(pattern, "\\x")) {
        return false; /* its digits are none of the text's */
    }
    struct facts f = choices(&p);
    return f.digit && f.word < WORD_WORTH && !*p && pattern_width(pattern) <= NUMBER_LONGEST;
}

size_t pattern_width(const char *pattern) {
    hs_expr_info_t *info = NULL;
    hs_compile_error_t *why = NULL;
    if (hs_expression_info(pattern, 0, &info, &why) != HS_SUCCESS) {
        hs_free_compile_error(why);
        return 0;
    }
    size_t width = info->max_width;
    free(info);
    return width;
}

/* ---- databases ---- */

bool patterns_compile(enum pattern_set set, struct hs_database **out, struct err *e) {
    struct arena a = arena_make(1 << 20);
    const char **patterns = arena_array(&a, const char *, SENSE_TABLE_COUNT);
    unsigned *flags = arena_array(&a, unsigned, SENSE_TABLE_COUNT);
    unsigned *ids = arena_array(&a, unsigned, SENSE_TABLE_COUNT);
    unsigned n = 0;
    for (size_t i = 0; i < SENSE_TABLE_COUNT; i++) {
        const char *pattern = SENSE_TABLE[i].pattern;
        bool wanted = set == PATTERNS_ALL || (set == PATTERNS_NUMBERS) == is_of_number(pattern);
        if (*pattern && wanted) {
            patterns[n] = pattern;
            flags[n] = 0; /* where matches begin costs more than all the rest: extents.c finds it */
            ids[n++] = (unsigned)i;
        }
    }
    hs_compile_error_t *why = NULL;
    hs_error_t rc = hs_compile_multi(patterns, flags, ids, n, HS_MODE_BLOCK, NULL, out, &why);
    if (rc != HS_SUCCESS) {
        const char *id =
            why && why->expression >= 0 ? SENSE_TABLE[ids[why->expression]].face.id : "?";
        err_set(e, ERR_BUG, "detector %s does not compile: %s", id,
                why ? why->message : "no reason given");
        hs_free_compile_error(why);
    }
    arena_end(&a);
    return rc == HS_SUCCESS;
}

bool patterns_open(struct hs_database *out[PATTERN_SETS], struct err *e) {
    bool fits = true;
    for (size_t i = 0; i < PATTERN_SETS && fits; i++) {
        const struct pattern_bytes *s = &SENSE_DB[i];
        fits = s->size
               && hs_deserialize_database((const char *)s->bytes, s->size, &out[i]) == HS_SUCCESS;
    }
    if (fits) {
        return true;
    }
    log_warn("the detectors were built for another processor; compiling them for this one");
    for (size_t i = 0; i < PATTERN_SETS; i++) {
        hs_free_database(out[i]);
        out[i] = NULL;
        TRY(patterns_compile((enum pattern_set)i, &out[i], e));
    }
    return true;
}
