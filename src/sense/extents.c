/* Where a match begins. Each row's pattern a second time, for PCRE2, tied to the end that
 * vectorscan told; only a few hundred bytes before that end are read. Compiled when a row matches
 * for the first time: most never do, and all of them are a megabyte and four milliseconds. */
#include "sense/inside.h"

#include <pthread.h>
#include <stdatomic.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { LONGEST_MATCH = 8192, STEPS = 200000, MOST_GROUPS = 100 };

/* NULL: not asked for yet. */
static _Atomic(pcre2_code *) codes[MOST_ROWS];
static pcre2_match_context *limits;

static pcre2_code *compile(size_t row) {
    int why = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)SENSE_TABLE[row].pattern, PCRE2_ZERO_TERMINATED,
                                     PCRE2_ENDANCHORED, &why, &offset, NULL);
    if (code) {
        pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
    }
    return code;
}

/* Of several threads that ask for a row at once the first one's stays. */
static const pcre2_code *code_of(size_t row) {
    pcre2_code *code = atomic_load(&codes[row]);
    if (code) {
        return code;
    }
    pcre2_code *made = compile(row);
    if (atomic_compare_exchange_strong(&codes[row], &code, made)) {
        return made;
    }
    pcre2_code_free(made);
    return code;
}

static void make_limits(void) {
    limits = pcre2_match_context_create(NULL);
    if (!limits) {
        abort();
    }
    pcre2_set_match_limit(limits, STEPS);
}

bool extents_check(struct err *e) {
    for (size_t i = 0; i < SENSE_TABLE_COUNT; i++) {
        if (*SENSE_TABLE[i].pattern && !code_of(i)) {
            return err_set(e, ERR_BUG, "PCRE2 does not take detector %s", SENSE_TABLE[i].face.id);
        }
    }
    return true;
}

struct pcre2_real_match_data_8 *extents_scratch(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_limits);
    return pcre2_match_data_create(MOST_GROUPS, NULL);
}

void extents_drop(struct pcre2_real_match_data_8 *own) {
    pcre2_match_data_free(own);
}

void extent_find(size_t row, struct str text, struct pcre2_real_match_data_8 *own, size_t *from,
                 size_t *to, size_t *lead) {
    const pcre2_code *code = code_of(row);
    size_t width = SENSE_WIDTHS[row] < LONGEST_MATCH ? SENSE_WIDTHS[row] : LONGEST_MATCH;
    *from = *to > width ? *to - width : 0;
    *lead = *from;
    if (!code) {
        return;
    }
    int rc = pcre2_match(code, (PCRE2_SPTR)text.ptr, *to, *from, 0, own, limits);
    if (rc < 0) {
        return;
    }
    const PCRE2_SIZE *v = pcre2_get_ovector_pointer(own);
    size_t group = rc > 1 ? 2 * ((size_t)rc - 1) : 0; /* the last that took part */
    *lead = v[0];
    *from = v[group];
    *to = v[group + 1];
}
