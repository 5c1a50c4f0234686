/* Gathers the words that score as names into spans. */
#include "sense/spans.h"

enum { MOST_WORDS = 12 }; /* of one name; more are a list without commas */

static bool goes_together(const struct span *s, const struct word *w, uint8_t kind) {
    bool plain = w->shape == SHAPE_LOWER && w->flags & WORD_IS_COMMON;
    if (s->kind != kind || w->line || (plain && s->capital)) {
        return false; /* "Metadata keys" */
    }
    switch ((enum gap)w->gap) {
    case GAP_BLANK:
    case GAP_HYPHEN:
    case GAP_NOTHING:
        return true;
    case GAP_DOT:
    case GAP_STOP:
        return kind == TAGGER_PERSON && (w[-1].length == 1 || w[-1].flags & WORD_TITLE);
    case GAP_OTHER:
        return kind == TAGGER_ORGANISATION; /* "Smith & Sons" */
    default:
        return false;
    }
}

static bool has_capital(const struct word *w) {
    return w->shape != SHAPE_LOWER && w->shape != SHAPE_DIGITS && w->shape != SHAPE_OTHER
           && !w->line;
}

static void extend(struct span *s, const struct word *w, int margin) {
    bool name = w->flags & (WORD_PLACE_BIG | WORD_ORG);
    s->named = s->named || name;
    s->famous = s->famous && (name || w->flags & (WORD_IS_COMMON | WORD_CAPITAL | WORD_ORG_PART));
    s->to = w->to;
    s->last = w->hash;
    s->last_flags = w->flags;
    s->name = word_hash_name(s->name, w->hash);
    s->after = w[1].gap;
    s->leads = w[1].gap == GAP_BLANK /* "the Great", "VIII" */
               && (has_capital(&w[1]) || (w[1].flags & WORD_FUNCTION && has_capital(&w[2])));
    s->numbered = w[1].shape == SHAPE_DIGITS
                  && (w[1].gap == GAP_STOP || w[1].gap == GAP_CODE || w[1].gap == GAP_OTHER);
    s->words++;
    s->margin = (int16_t)(margin > s->margin ? margin : s->margin);
}

/* Two words with a capital side by side that scored as different things are one name, when what
 * they are known as says so: its kind, else TAGGER_NONE. */
static uint8_t kind_together(const struct span *s, const struct word *w, uint8_t kind) {
    const unsigned plain = WORD_IS_COMMON | WORD_CAPITAL | WORD_ORG_PART | WORD_ROLE | WORD_TITLE;
    bool beside = (w->gap == GAP_BLANK || w->gap == GAP_HYPHEN) && !w->line;
    if (!beside || !s->capital || w->shape == SHAPE_LOWER || s->kind == kind) {
        return TAGGER_NONE;
    }
    if (kind == TAGGER_ORGANISATION && w->flags & WORD_ORG_PART) {
        return TAGGER_ORGANISATION; /* "Wayne Enterprises" */
    }
    if (w->gap == GAP_HYPHEN) {
        return s->kind;
    }
    unsigned ends = WORD_FUNCTION | WORD_CAPITAL | WORD_ROLE | WORD_TITLE;
    if (kind == TAGGER_NONE && s->kind == TAGGER_ORGANISATION) {
        return w->flags & ends ? TAGGER_NONE : s->kind; /* "Omni Consumer Products" */
    }
    if (s->kind == TAGGER_PERSON && kind == TAGGER_NONE && w[-1].shape == SHAPE_INITIAL) {
        return w->flags & ends ? TAGGER_NONE : TAGGER_PERSON; /* "Stephan M Urner" */
    }
    bool first = span_is_single(s) && s->first_flags & WORD_IS_FIRST;
    bool last = w->flags & WORD_IS_LAST || !(w->flags & plain);
    if (first && (kind == TAGGER_PERSON || (s->kind == TAGGER_PERSON && last))) {
        return TAGGER_PERSON; /* "Sofia Hernandez", "Priya Ueda" */
    }
    return TAGGER_NONE;
}

void spans_begin(struct spans *k) {
    k->count = 0;
    k->last_number = k->particle_number = UINT32_MAX - 4;
    k->employs_number = 0;
}

uint8_t spans_join(struct spans *k, const struct word *w, uint8_t kind, int margin,
                   uint32_t number) {
    struct span *last = k->count ? &k->spans[k->count - 1] : NULL;
    bool next = number == k->last_number + 1;
    bool particle = number == k->particle_number + 1 && (kind == TAGGER_PERSON || has_capital(w));
    next = next && last && last->words < MOST_WORDS;
    bool on = last && kind != TAGGER_NONE && (next || particle) && goes_together(last, w, kind);
    uint8_t together = on ? kind : last && next ? kind_together(last, w, kind) : TAGGER_NONE;
    if (together != TAGGER_NONE) {
        last->kind = together;
        extend(last, w, margin);
        k->last_number = number;
    }
    return together;
}

void spans_add(struct spans *k, const struct word *w, const struct passage *p, uint8_t kind,
               int margin, uint32_t number) {
    struct span s = {.from = w->from,
                     .begin = w[-2].from,
                     .first = w->hash,
                     .first_flags = w->flags,
                     .kind = kind,
                     .before = w->gap,
                     .line = w->line,
                     .capital = w->shape != SHAPE_LOWER,
                     .margin = INT16_MIN,
                     .famous = true};
    s.cue = w->line && w->gap == GAP_LINE ? 0 : w[-1].cue ? w[-1].cue : w[-2].cue;
    s.led = has_capital(&w[-1]) && !(w[-1].flags & WORD_FUNCTION)
            && (w->gap == GAP_BLANK || w->gap == GAP_STOP || w->gap == GAP_DOT);
    s.code = p->code;
    s.year = w[-1].shape == SHAPE_DIGITS;
    s.employs = k->employs_number && number - k->employs_number < 5;
    extend(&s, w, margin);
    k->spans[k->count++] = s;
    k->last_number = number;
}
