/* What a scan found: collected as it comes, then sorted, and what overlaps in one kind merged. */
#include "sense/inside.h"

static int by_place(const void *a, const void *b) {
    const struct evidence *x = a;
    const struct evidence *y = b;
    if (x->segment != y->segment) {
        return x->segment < y->segment ? -1 : 1;
    }
    if (x->from != y->from) {
        return x->from < y->from ? -1 : 1;
    }
    if (x->to != y->to) {
        return x->to < y->to ? -1 : 1;
    }
    return str_cmp(x->kind, y->kind);
}

/* The same thing, seen longer or twice. */
static void merge(struct evidence *into, const struct evidence *ev) {
    if (ev->validated > into->validated
        || (ev->validated == into->validated && ev->confidence > into->confidence)) {
        into->detector = ev->detector;
        into->validated = ev->validated;
        into->confidence = ev->confidence;
    }
    into->from = ev->from < into->from ? ev->from : into->from;
    into->to = ev->to > into->to ? ev->to : into->to;
}

static bool overlaps(const struct evidence *a, const struct evidence *b) {
    bool touch = a->from < b->to && b->from < a->to;
    return a->segment == b->segment && (touch || (a->from == b->from && a->to == b->to));
}

static void tidy(struct findings *f) {
    struct sense_result *r = f->out;
    if (r->count < 2) {
        return;
    }
    qsort(r->evidence, r->count, sizeof *r->evidence, by_place);
    size_t n = 0;
    for (size_t i = 0; i < r->count; i++) {
        struct evidence *ev = &r->evidence[i];
        bool known = false;
        /* Overlapping ones lie side by side; a few kinds may lie in between. */
        for (size_t k = n; k > 0 && n - k < 8 && !known; k--) {
            struct evidence *x = &r->evidence[k - 1];
            known = str_eq(x->kind, ev->kind) && overlaps(x, ev);
            if (known) {
                merge(x, ev);
            }
        }
        if (!known) {
            r->evidence[n++] = *ev;
        }
    }
    r->count = n;
}

/* Beyond the limit: one finding of each kind stands for all that follow in its segment. */
static void sum_up(struct findings *f, struct evidence ev) {
    struct sense_result *r = f->out;
    for (size_t i = r->count; i > 0 && r->evidence[i - 1].segment == ev.segment; i--) {
        struct evidence *x = &r->evidence[i - 1];
        if (str_eq(x->kind, ev.kind)) {
            merge(x, &ev);
            return;
        }
        if (i <= f->limit / 2) {
            break;
        }
    }
    *arena_push(f->a, r->evidence, r->count, r->cap) = ev;
}

void findings_add(struct findings *f, struct evidence ev) {
    struct sense_result *r = f->out;
    if (r->count && str_eq(r->evidence[r->count - 1].kind, ev.kind)
        && overlaps(&r->evidence[r->count - 1], &ev)) {
        merge(&r->evidence[r->count - 1], &ev);
        return;
    }
    if (r->count >= f->limit && !f->tidied) {
        tidy(f);
        f->tidied = r->count >= f->limit - f->limit / 8;
    }
    if (f->tidied && r->count >= f->limit) {
        sum_up(f, ev);
        return;
    }
    *arena_push(f->a, r->evidence, r->count, r->cap) = ev;
}

void findings_finish(struct findings *f) {
    tidy(f);
}
