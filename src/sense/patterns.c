/* The patterns as one vectorscan database. */
#include "base/log.h"
#include "sense/inside.h"

#include <hs.h>
#include <sys/mman.h>
#include <unistd.h>

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

bool patterns_compile(struct hs_database **out, struct err *e) {
    struct arena a = arena_make(1 << 20);
    const char **patterns = arena_array(&a, const char *, SENSE_TABLE_COUNT);
    unsigned *flags = arena_array(&a, unsigned, SENSE_TABLE_COUNT);
    unsigned *ids = arena_array(&a, unsigned, SENSE_TABLE_COUNT);
    unsigned n = 0;
    for (size_t i = 0; i < SENSE_TABLE_COUNT; i++) {
        if (*SENSE_TABLE[i].pattern) {
            patterns[n] = SENSE_TABLE[i].pattern;
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

/* The database is a copy on the heap; what it was read from need not stay in memory. It is read
 * from the program again when a new policy makes a scanner. */
static void give_back(struct pattern_bytes b) {
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t from = ((uintptr_t)b.bytes + page - 1) / page * page;
    uintptr_t to = ((uintptr_t)b.bytes + b.size) / page * page;
    if (from < to) {
        madvise((void *)from, to - from, MADV_DONTNEED); /* clean pages of a file */
    }
}

bool patterns_open(struct hs_database **out, struct err *e) {
    if (SENSE_DB.size
        && hs_deserialize_database((const char *)SENSE_DB.bytes, SENSE_DB.size, out)
               == HS_SUCCESS) {
        give_back(SENSE_DB);
        return true;
    }
    log_warn("the detectors were built for another processor; compiling them for this one");
    return patterns_compile(out, e);
}
