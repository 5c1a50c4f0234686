/* Whose a name is (POLICY.md 1), by the lists and by what the text speaks of. */
#include "sense/whose.h"

enum {
    SURE_PERSON = 16,  /* what may be a name is somebody's only from this margin on … */
    SURE_TASK = 64,    /* … and in orders and questions from this */
    SURE_BEGINS = 48,  /* a single word with the sentence's capital is somebody */
    SURE_ALONE = 160,  /* a single word that is hardly one is somebody */
    SURE_PRIVATE = 64, /* an organisation is somebody's */
    FEWEST_OWN = 2,    /* words of papers make a text somebody's … */
    OWN_COUNTS = 4     /* … each of which outweighs so many of stories and of what is known */
};

bool tagger_is_known(const struct tagger_known *k, uint32_t hash) {
    unsigned n = k->count < TAGGER_KNOWN ? k->count : TAGGER_KNOWN;
    for (unsigned i = 0; i < n; i++) {
        if (k->hash[i] == hash) {
            return true;
        }
    }
    return false;
}

void tagger_know(struct tagger_known *k, uint32_t hash) {
    if (!tagger_is_known(k, hash)) {
        k->hash[k->count++ % TAGGER_KNOWN] = hash;
    }
}

bool span_is_capital_word(const struct span *s) {
    return span_is_single(s) && s->last_flags & WORD_CAPITAL && !(s->last_flags & WORD_IS_NAME);
}

/* Somebody everybody knows, as far as the lists say: a full name, or a single word, when either
 * nobody else is called so or the text is of such people. */
static bool is_listed(struct whose *k, const struct span *s) {
    bool titled = !span_is_single(s) && !(s->first_flags & WORD_IS_FIRST); /* "Queen Anne" */
    bool longer = s->leads || s->led || titled;
    bool often = s->first_flags & WORD_FIRST_OFTEN && s->last_flags & WORD_LAST_OFTEN;
    unsigned own = k->cues[CUE_ME] + k->cues[CUE_LETTER];
    if (often && own > k->cues[CUE_KNOWN] + k->cues[CUE_STORY] + k->cues[CUE_TASK]) {
        return false; /* "my boss James Brown" */
    }
    if (famous_name(s->name) || (longer && famous_is(k->text, s->begin, s->from, s->to))) {
        k->famous[k->famous_count++ % WHOSE_FAMOUS] = s->last;
        return true;
    }
    for (uint32_t i = 0; span_is_single(s) && i < k->famous_count && i < WHOSE_FAMOUS; i++) {
        if (k->famous[i] == s->last) {
            return true; /* "Al Capone … Capone" */
        }
    }
    if (!span_is_single(s) || !(s->last_flags & (WORD_PUBLIC | WORD_STORY))) {
        return false;
    }
    bool others = s->last_flags & (WORD_IS_FIRST | WORD_IS_LAST);
    bool about = k->cues[CUE_KNOWN] + k->cues[CUE_STORY] + k->cues[CUE_TASK] > 0;
    return !others || (about && !k->cues[CUE_ME]);
}

bool whose_affair(const struct whose *k) {
    unsigned own = k->cues[CUE_PAPER] + k->cues[CUE_LETTER] + (k->cues[CUE_ME] > 0);
    unsigned other = k->cues[CUE_STORY] + k->cues[CUE_COUNT] + k->cues[CUE_KNOWN];
    return own >= FEWEST_OWN && OWN_COUNTS * own > other;
}

/* Open: known to everybody, or nobody at all (POLICY.md 1). */
static enum tagger_kind person_kind(struct whose *k, const struct span *s) {
    if (k->story && span_is_single(s) && !tagger_is_known(k->known, s->last)) {
        return TAGGER_PUBLIC;
    }
    bool introduced = s->cue == CUE_NAMES || s->cue == CUE_LETTER;
    unsigned me = k->cues[CUE_ME];
    unsigned letter = k->cues[CUE_LETTER] + k->cues[CUE_NAMES];
    if (introduced) {
        return TAGGER_PERSON;
    }
    if (is_listed(k, s)) {
        return TAGGER_PUBLIC;
    }
    if (s->margin < SURE_PERSON) {
        return TAGGER_UNCERTAIN; /* perhaps no name at all: hidden with the others, but nobody's */
    }
    bool named = (s->first_flags | s->last_flags) & WORD_IS_FIRST;
    bool common = span_is_single(s) && s->last_flags & (WORD_IS_COMMON | WORD_CAPITAL);
    bool joined = s->before == GAP_CODE || s->before == GAP_OTHER; /* "high→max" */
    bool small = !s->capital && (common || !named || s->year || joined);
    if (span_is_single(s) && (s->code || s->numbered || small) && s->margin < SURE_ALONE) {
        return TAGGER_UNCERTAIN; /* a value in a program, "Exper. 7", "15 min", "violet" */
    }
    bool begins = s->line || s->before == GAP_STOP;
    bool often = s->last_flags & (WORD_IS_FIRST | WORD_LAST_OFTEN);
    if (span_is_single(s) && begins && !often && s->margin < SURE_BEGINS) {
        return TAGGER_UNCERTAIN; /* "Parts of it" */
    }
    bool doubtful = common && s->margin < SURE_TASK && !(named && s->capital);
    if (doubtful || span_is_capital_word(s)) {
        return TAGGER_UNCERTAIN; /* "Parts", "violet"; "Greek" */
    }
    if (k->affair && s->capital && !s->code) {
        return TAGGER_PERSON;
    }
    bool whole =
        named || (!span_is_single(s) && s->capital); /* "a biography of Tjorven Vestergaard" */
    if (k->cues[CUE_TASK] && me + letter <= 2 && !(whole && s->margin >= SURE_TASK)) {
        return TAGGER_UNCERTAIN;
    }
    bool exercise = k->cues[CUE_STORY] >= 2 || (k->cues[CUE_COUNT] >= 2 && k->cues[CUE_STORY] + 1);
    if (span_is_single(s) && exercise && me <= 1 && letter <= 1) {
        return TAGGER_PUBLIC;
    }
    unsigned known = k->cues[CUE_KNOWN];
    bool about = known >= (k->cues[CUE_TASK] ? 2 : 4) && known > me + letter;
    return about ? TAGGER_PUBLIC : TAGGER_PERSON;
}

/* "CVPR": what a field calls its own, rather than whose it is. */
static bool is_acronym(const struct whose *k, const struct span *s) {
    bool upper = span_is_single(s);
    for (uint32_t i = s->from; i < s->to && upper; i++) {
        upper = k->text.ptr[i] >= 'A' && k->text.ptr[i] <= 'Z';
    }
    return upper;
}

/* An organisation that few know, in somebody's affairs or, said for sure, in own ones or at the
 * head of code: whose it is. Behind a year it is who holds a right. */
static bool is_private(const struct whose *k, const struct span *s) {
    unsigned own = k->cues[CUE_ME] + k->cues[CUE_LETTER] + k->cues[CUE_NAMES] + k->cues[CUE_PAPER];
    bool about = s->code || (own > 1 && own > k->cues[CUE_KNOWN]);
    bool sure = s->words > 1 && s->margin >= SURE_PRIVATE && about;
    return (sure || (k->affair && s->capital && !s->code && !is_acronym(k, s))) && !s->year;
}

static enum tagger_kind organisation_kind(const struct whose *k, const struct span *s) {
    if (s->employs) {
        return TAGGER_EMPLOYER;
    }
    if (s->famous && s->named) {
        return k->affair ? TAGGER_SMALL_ORGANISATION : TAGGER_ORGANISATION;
    }
    return is_private(k, s) ? TAGGER_PRIVATE_ORGANISATION : TAGGER_SMALL_ORGANISATION;
}

enum tagger_kind whose_is(struct whose *k, const struct span *s) {
    bool place = span_is_single(s) && s->last_flags & WORD_PLACE_BIG
                 && !(s->last_flags & (WORD_FIRST_OFTEN | WORD_IS_LAST));
    bool introduced = s->cue == CUE_NAMES || s->cue == CUE_LETTER;
    enum tagger_kind big = k->affair ? TAGGER_SMALL_PLACE : TAGGER_PLACE;
    switch (s->kind) {
    case TAGGER_PERSON:
        return place && (!introduced || s->after == GAP_CODE) ? big /* "Asia/Tokyo" */
                                                              : person_kind(k, s);
    case TAGGER_ORGANISATION:
        return organisation_kind(k, s);
    case TAGGER_PLACE:
        return s->famous && s->named ? big : TAGGER_SMALL_PLACE;
    default:
        return TAGGER_UNCERTAIN;
    }
}
