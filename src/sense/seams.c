/* Where texts go on in the next one: what is cut in two there is found by scanning the end of what
 * was said so far together with the beginning of what follows. */
#include "sense/inside.h"

/* The longest that is sure to be found lies this far on both sides. */
enum { REACH = 512 };

static bool is_inside(char c) {
    return ((unsigned char)c & 0xc0) == 0x80; /* of a character of several bytes */
}

struct seam {
    const struct sense *s;
    struct arena *a;
    struct sense_result *out;
    const struct sense_text *before, *after;
    size_t carried; /* bytes of the texts before in `joined` */
    char joined[2 * REACH];
};

/* Evidence of this kind that each text has by itself at the seam: then it is known, and hidden
 * where that is asked for. */
static bool is_known(const struct seam *m, struct str kind, size_t from, size_t to) {
    for (size_t i = 0; i < m->out->count; i++) {
        const struct evidence *x = &m->out->evidence[i];
        bool ends = x->segment == m->before->segment && x->to > from;
        bool begins = x->segment == m->after->segment && x->from < to;
        if ((ends || begins) && str_eq(x->kind, kind)) {
            return true;
        }
    }
    return false;
}

static void add_piece(struct seam *m, struct evidence ev, uint32_t segment, size_t from,
                      size_t to) {
    ev.segment = segment;
    ev.from = (uint32_t)from;
    ev.to = (uint32_t)to;
    *arena_push(m->a, m->out->evidence, m->out->count, m->out->cap) = ev;
}

/* In the texts' own bytes: the texts before may all be shorter than what was found. */
static void add(struct seam *m, struct evidence ev) {
    size_t cut = m->carried;
    size_t end = m->before->text.len;
    size_t back = ev.from < cut ? cut - ev.from : 0;
    size_t from = back < end ? end - back : 0;
    if (ev.to <= cut) {
        size_t short_of = cut - ev.to;
        add_piece(m, ev, m->before->segment, from, short_of < end ? end - short_of : 0);
    } else if (ev.from >= cut) {
        add_piece(m, ev, m->after->segment, ev.from - cut, ev.to - cut);
    } else if (!is_known(m, ev.kind, from, ev.to - cut)) {
        ev.split = true;
        add_piece(m, ev, m->before->segment, from, end);
        add_piece(m, ev, m->after->segment, 0, ev.to - cut);
    }
}

static void add_rule(struct seam *m, struct str name) {
    for (size_t i = 0; i < m->out->rule_count; i++) {
        if (str_eq(m->out->rules_hit[i], name)) {
            return;
        }
    }
    *arena_push(m->a, m->out->rules_hit, m->out->rule_count, m->out->rule_cap) = name;
}

static bool look(struct seam *m, struct err *e) {
    size_t head = m->after->text.len < REACH ? m->after->text.len : REACH;
    while (head && head < m->after->text.len && is_inside(m->after->text.ptr[head])) {
        head--;
    }
    memcpy(m->joined + m->carried, m->after->text.ptr, head);
    struct sense_result found = {0};
    TRY(scan_over(m->s, m->a, (struct str){m->joined, m->carried + head}, m->carried, &found, e));
    for (size_t i = 0; i < found.count; i++) {
        add(m, found.evidence[i]);
    }
    for (size_t i = 0; i < found.rule_count; i++) {
        add_rule(m, found.rules_hit[i]);
    }
    return true;
}

/* What was said so far ends with this text now. */
static void carry(struct seam *m, const struct sense_text *t) {
    size_t tail = t->text.len < REACH ? t->text.len : REACH;
    size_t kept = m->carried + tail > REACH ? REACH - tail : m->carried;
    while (tail && is_inside(t->text.ptr[t->text.len - tail])) {
        tail--;
    }
    while (kept && is_inside(m->joined[m->carried - kept])) {
        kept--;
    }
    memmove(m->joined, m->joined + m->carried - kept, kept);
    memcpy(m->joined + kept, t->text.ptr + t->text.len - tail, tail);
    m->carried = kept + tail;
    m->before = t;
}

bool sense_seams(const struct sense *s, struct arena *a, const struct sense_text *texts, size_t n,
                 struct sense_result *out, struct err *e) {
    struct seam m = {.s = s, .a = a, .out = out};
    size_t before = out->count;
    for (size_t i = 0; i < n; i++) {
        const struct sense_text *t = &texts[i];
        if (!t->flows || t->opaque || t->is_key || !t->text.len) {
            continue;
        }
        m.after = t;
        TRY(!m.before || look(&m, e));
        carry(&m, t);
    }
    if (out->count > before) {
        evidence_order(a, out);
    }
    return true;
}
