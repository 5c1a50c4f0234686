/* Compiler attributes and the cleanup vocabulary. Four spellings, no more: AUTO_FREE, AUTO_CLOSE,
 * AUTO(type), LOCKED (os.h); and TAKE to give away what would otherwise be cleaned up. */
#pragma once

#include <stdlib.h>
#include <unistd.h>

#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define NODISCARD __attribute__((warn_unused_result))
#define UNUSED __attribute__((unused))
/* A large array that is written before it is read: the zeros that the build puts into every
 * variable
 * (-ftrivial-auto-var-init) would cost more than what it is for. */
#define UNSET __attribute__((uninitialized))
#define CLEANUP(fn) __attribute__((cleanup(fn)))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

static inline void auto_free_(void *p) {
    free(*(void **)p);
}
static inline void auto_close_(const int *fd) {
    if (*fd >= 0) {
        close(*fd);
    }
}
#define AUTO_FREE CLEANUP(auto_free_)
#define AUTO_CLOSE CLEANUP(auto_close_)

/* After `AUTO_DEFINE(thing);` a variable `AUTO(thing) t` calls thing_free(t) at the end of its
 * block. */
#define AUTO_DEFINE(type)                                   \
    static inline void type##_auto(struct type *const *p) { \
        type##_free(*p);                                    \
    }                                                       \
    struct type
#define AUTO(type) CLEANUP(type##_auto) struct type *

/* Hands the pointer on and forgets it here. */
#define TAKE(p)                     \
    __extension__({                 \
        __typeof__(p) taken_ = (p); \
        (p) = NULL;                 \
        taken_;                     \
    })

/* Straight-line steps: return false as soon as one fails; the error is already recorded. */
#define TRY(step)         \
    do {                  \
        if (!(step)) {    \
            return false; \
        }                 \
    } while (0)
