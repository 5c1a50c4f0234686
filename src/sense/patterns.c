/* The table's patterns as one vectorscan database. */
#include "sense/inside.h"

#include "base/log.h"
#include "base/map.h"

#include <hs.h>

/* Copies a word, with what means something in an expression escaped. */
static const char *escaped(struct arena *a, struct str word) {
    char *out = arena_alloc(a, word.len * 2 + 1);
    size_t n = 0;
    for (size_t i = 0; i < word.len; i++) {
        if (strchr(".^$*+?()[]{}\\", word.ptr[i])) {
            out[n++] = '\\';
        }
        out[n++] = word.ptr[i];
    }
    return out;
}

/* One expression and a row that it wakes. */
struct pair {
    const char *text;
    unsigned flags;
    uint16_t width, row;
    size_t expression;
};

static size_t pairs_of(struct arena *a, struct pair **out) {
    struct pair *pairs = NULL;
    size_t n = 0;
    size_t cap = 0;
    for (size_t i = 0; i < SENSE_TABLE_COUNT; i++) {
        const struct detector_row *row = &SENSE_TABLE[i];
        unsigned flags = row->flags & ROW_CASELESS ? HS_FLAG_CASELESS : 0;
        struct pair p = {.text = row->pattern, .flags = flags, .row = (uint16_t)i};
        if (!(row->flags & ROW_WORDS)) {
            *arena_push(a, pairs, n, cap) = p;
            continue;
        }
        struct str rest = str_of(row->pattern);
        struct str word = {0};
        while (rest.len) {
            str_cut(rest, '|', &word, &rest);
            p.text = escaped(a, word);
            p.width = (uint16_t)word.len;
            *arena_push(a, pairs, n, cap) = p;
        }
    }
    *out = pairs;
    return n;
}

struct expressions patterns_all(struct arena *a) {
    struct pair *pairs = NULL;
    size_t n = pairs_of(a, &pairs);
    struct expressions x = {.text = arena_array(a, const char *, n),
                            .flags = arena_array(a, unsigned, n),
                            .ids = arena_array(a, unsigned, n),
                            .triggers = arena_array(a, struct trigger, n),
                            .rows = arena_array(a, uint16_t, n),
                            .row_count = n};
    struct map *seen = map_new();
    for (size_t i = 0; i < n; i++) {
        struct str key = str_fmt(a, "%u %s", pairs[i].flags, pairs[i].text);
        const struct pair *first = map_get(seen, key);
        pairs[i].expression = first ? first->expression : x.count;
        if (!first) {
            (void)map_set(seen, key, &pairs[i]);
            x.text[x.count] = pairs[i].text;
            x.flags[x.count] = pairs[i].flags;
            x.ids[x.count] = (unsigned)x.count;
            x.triggers[x.count].width = pairs[i].width;
            x.count++;
        }
        x.triggers[pairs[i].expression].row_count++;
    }
    map_free(seen);
    uint16_t at = 0;
    for (size_t i = 0; i < x.count; i++) {
        x.triggers[i].row_first = at;
        at = (uint16_t)(at + x.triggers[i].row_count);
        x.triggers[i].row_count = 0;
    }
    for (size_t i = 0; i < n; i++) {
        struct trigger *t = &x.triggers[pairs[i].expression];
        x.rows[t->row_first + t->row_count++] = pairs[i].row;
    }
    return x;
}

static bool failed(const struct expressions *x, hs_compile_error_t *why, struct err *e) {
    const char *text = why && why->expression >= 0 ? x->text[why->expression] : "?";
    err_set(e, ERR_BUG, "the detectors' pattern %s does not compile: %s", text,
            why ? why->message : "no reason given");
    hs_free_compile_error(why);
    return false;
}

static bool measure(struct expressions *x, struct err *e) {
    for (size_t i = 0; i < x->count; i++) {
        hs_expr_info_t *info = NULL;
        hs_compile_error_t *why = NULL;
        if (hs_expression_info(x->text[i], x->flags[i], &info, &why) != HS_SUCCESS) {
            return failed(x, why, e);
        }
        x->triggers[i].width = info->min_width == info->max_width ? (uint16_t)info->min_width : 0;
        free(info);
    }
    return true;
}

bool patterns_compile(struct expressions *x, bool widths, struct hs_database **out,
                      struct err *e) {
    TRY(!widths || measure(x, e));
    hs_compile_error_t *why = NULL;
    if (hs_compile_multi(x->text, x->flags, x->ids, (unsigned)x->count, HS_MODE_BLOCK, NULL, out,
                         &why)
        != HS_SUCCESS) {
        return failed(x, why, e);
    }
    return true;
}

bool patterns_open(struct hs_database **out, struct err *e) {
    if (SENSE_DB_SIZE
        && hs_deserialize_database((const char *)SENSE_DB, SENSE_DB_SIZE, out) == HS_SUCCESS) {
        return true;
    }
    log_warn("the detectors were built for another processor; compiling them for this one");
    struct arena a = arena_make(64 << 20);
    struct expressions x = patterns_all(&a);
    bool ok = patterns_compile(&x, false, out, e);
    arena_end(&a);
    return ok;
}
