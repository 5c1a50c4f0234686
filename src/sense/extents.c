/* Where a match begins. Each row's pattern a second time, for PCRE2, tied to the end that
 * vectorscan told; only a few hundred bytes before that end are read. */
#include "sense/inside.h"

#include <pthread.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { LONGEST_MATCH = 8192, STEPS = 200000, MOST_GROUPS = 100 };

struct extent {
    pcre2_code *code; /* NULL: the row has no pattern */
    size_t width;     /* bytes of its longest match */
};

static struct extent *extents;
static pcre2_match_context *limits;
static const char *not_made; /* the row that PCRE2 does not take */

static bool make(const char *pattern, size_t width, struct extent *x) {
    x->width = width > LONGEST_MATCH ? LONGEST_MATCH : width;
    int code = 0;
    PCRE2_SIZE offset = 0;
    x->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_ENDANCHORED, &code,
                            &offset, NULL);
    if (x->code) {
        pcre2_jit_compile(x->code, PCRE2_JIT_COMPLETE);
    }
    return x->code != NULL;
}

static void make_all(void) {
    extents = calloc(SENSE_TABLE_COUNT, sizeof *extents);
    limits = pcre2_match_context_create(NULL);
    if (!extents || !limits) {
        abort();
    }
    pcre2_set_match_limit(limits, STEPS);
    for (size_t i = 0; i < SENSE_TABLE_COUNT && !not_made; i++) {
        if (*SENSE_TABLE[i].pattern
            && !make(SENSE_TABLE[i].pattern, SENSE_WIDTHS[i], &extents[i])) {
            not_made = SENSE_TABLE[i].face.id;
        }
    }
}

bool extents_open(struct err *e) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_all);
    return !not_made || err_set(e, ERR_BUG, "detector %s does not compile", not_made);
}

struct pcre2_real_match_data_8 *extents_scratch(void) {
    return pcre2_match_data_create(MOST_GROUPS, NULL);
}

void extents_drop(struct pcre2_real_match_data_8 *own) {
    pcre2_match_data_free(own);
}

void extent_find(size_t row, struct str text, struct pcre2_real_match_data_8 *own, size_t *from,
                 size_t *to, size_t *lead) {
    const struct extent *x = &extents[row];
    *from = *to > x->width ? *to - x->width : 0;
    *lead = *from;
    int rc = pcre2_match(x->code, (PCRE2_SPTR)text.ptr, *to, *from, 0, own, limits);
    if (rc < 0) {
        return;
    }
    const PCRE2_SIZE *v = pcre2_get_ovector_pointer(own);
    size_t group = rc > 1 ? 2 * ((size_t)rc - 1) : 0; /* the last that took part */
    *lead = v[0];
    *from = v[group];
    *to = v[group + 1];
}
