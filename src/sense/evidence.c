/* Evidence in order: sorted by place, what is the same made one. */
#include "sense/inside.h"

enum { JOINED_WITHIN = 64 };

static bool is_before(const struct evidence *x, const struct evidence *y) {
    if (x->segment != y->segment) {
        return x->segment < y->segment;
    }
    return x->from != y->from ? x->from < y->from : x->to > y->to;
}

/* By place, the longer one first; what was found first stays first. Most of it comes in order. */
static void sort(struct arena *a, struct evidence *v, size_t n) {
    struct evidence *other = NULL;
    for (size_t i = 1; i < n && !other; i++) {
        if (is_before(&v[i], &v[i - 1])) {
            other = arena_array(a, struct evidence, n);
        }
    }
    for (size_t width = 1; other && width < n; width *= 2) {
        for (size_t at = 0; at < n; at += 2 * width) {
            size_t middle = at + width < n ? at + width : n;
            size_t end = middle + width < n ? middle + width : n;
            size_t x = at;
            size_t y = middle;
            for (size_t i = at; i < end; i++) {
                bool second = x == middle || (y < end && is_before(&v[y], &v[x]));
                other[i] = v[second ? y++ : x++];
            }
        }
        memcpy(v, other, n * sizeof *v);
    }
}

/* The same thing, seen longer or twice, is one: of a kind, what overlaps or touches. */
static void join(struct sense_result *out) {
    size_t n = 0;
    for (size_t i = 0; i < out->count; i++) {
        const struct evidence *ev = &out->evidence[i];
        struct evidence *same = NULL;
        for (size_t k = n; k > 0 && !same && n - k < JOINED_WITHIN; k--) {
            struct evidence *x = &out->evidence[k - 1];
            if (x->segment != ev->segment) {
                break;
            }
            same = x->to >= ev->from && str_eq(x->kind, ev->kind) ? x : NULL;
        }
        if (!same) {
            out->evidence[n++] = *ev;
            continue;
        }
        same->to = ev->to > same->to ? ev->to : same->to;
        same->split = same->split || ev->split;
        same->validated = same->validated || ev->validated;
        same->confidence = ev->confidence > same->confidence ? ev->confidence : same->confidence;
    }
    out->count = n;
}

void evidence_order(struct arena *a, struct sense_result *out) {
    sort(a, out->evidence, out->count);
    join(out);
}
