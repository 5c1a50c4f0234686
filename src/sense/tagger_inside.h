/* What the files of the tagger share, its build tool and its training. Private to sense/.
 *
 *   text ──words.c, passage.c──▶ words ──features.c──▶ numbers ──score.c──▶ a kind for each
 *        ──spans.c──▶ names ──whose.c, tagger.c──▶ hits
 */
#pragma once

#include "sense/tagger.h"

/* What words.txt says of a word, a bit for each letter of WORD_LETTERS. */
#define WORD_LETTERS "FfLlPpCcoOtrwxdk"
enum word_flags {
    WORD_FIRST_OFTEN = 1 << 0,
    WORD_FIRST = 1 << 1,
    WORD_LAST_OFTEN = 1 << 2,
    WORD_LAST = 1 << 3,
    WORD_PLACE_BIG = 1 << 4,
    WORD_PLACE = 1 << 5,
    WORD_FUNCTION = 1 << 6, /* of every text */
    WORD_COMMON = 1 << 7,
    WORD_ORG = 1 << 8,      /* a known organisation */
    WORD_ORG_PART = 1 << 9, /* of organisations' names */
    WORD_TITLE = 1 << 10,
    WORD_ROLE = 1 << 11,
    WORD_PUBLIC = 1 << 12,  /* a surname of public life */
    WORD_STORY = 1 << 13,   /* a name from stories */
    WORD_CAPITAL = 1 << 14, /* common, and written with a capital */
    WORD_PARTICLE = 1 << 15,
    WORD_IS_FIRST = WORD_FIRST_OFTEN | WORD_FIRST,
    WORD_IS_LAST = WORD_LAST_OFTEN | WORD_LAST,
    WORD_IS_PLACE = WORD_PLACE_BIG | WORD_PLACE,
    WORD_IS_COMMON = WORD_FUNCTION | WORD_COMMON,
    WORD_IS_NAME =
        WORD_IS_FIRST | WORD_IS_LAST | WORD_IS_PLACE | WORD_ORG | WORD_PUBLIC | WORD_STORY
};

/* What a word says about the text it stands in: one line of cues.txt for each. */
enum cue {
    CUE_NONE,
    CUE_ME,      /* the writer speaks of himself */
    CUE_STORY,   /* a story, an exercise */
    CUE_COUNT,   /* a sum to work out */
    CUE_KNOWN,   /* what is known to everybody: works, history, science */
    CUE_LETTER,  /* a letter, a form, a file about somebody */
    CUE_NAMES,   /* a name comes next */
    CUE_EMPLOYS, /* where somebody works comes next */
    CUE_TASK,    /* an order to write, explain or sort something */
    CUE_THEY,    /* somebody else is spoken of */
    CUE_GERMAN,
    CUE_OTHERS,        /* French, Spanish, Italian, Portuguese, Dutch */
    CUE_STREET,        /* "Street" */
    CUE_STREET_BEFORE, /* "rue" */
    CUE_UNIT,          /* "Apt", "Box" */
    CUE_PAPER,         /* an application, a letter, a company's papers */
    CUES
};

enum shape {
    SHAPE_LOWER,
    SHAPE_CAPITAL, /* Anna */
    SHAPE_UPPER,   /* ANNA */
    SHAPE_INITIAL, /* A */
    SHAPE_MIXED,   /* McArthur */
    SHAPE_DIGITS,  /* 1985, B2B */
    SHAPE_OTHER    /* no capital letters in that script; camelCase */
};

/* What stands between a word and the one before. */
enum gap {
    GAP_NOTHING,
    GAP_BLANK,
    GAP_COMMA,
    GAP_STOP, /* . ! ? with a blank */
    GAP_COLON,
    GAP_QUOTE,
    GAP_BRACKET,
    GAP_HYPHEN,
    GAP_DASH,
    GAP_APOSTROPHE,
    GAP_LINE,
    GAP_DOT, /* and no blank */
    GAP_AT,
    GAP_CODE, /* / \ _ = < > and the like, and no blank */
    GAP_OTHER,
    GAPS
};

struct word {
    uint32_t from, to;
    uint32_t hash;   /* of the folded word */
    uint32_t prefix; /* the first three folded letters */
    uint32_t suffix; /* the last four, the last one in the highest byte */
    /* what the lists say */
    uint16_t flags;
    uint16_t said; /* in topics: its place among the words whose sense is known */
    uint8_t cue;
    uint8_t part, group; /* in topics: enum part, of a topic's words (topics_inside.h) */
    bool leads;          /* may begin a topic's term of two words */
    /* how it is written */
    uint8_t shape, gap, length;
    bool line;  /* the first of its line */
    bool glued; /* a part of an address, a path or code */
};

/* Of neither the Latin letters nor digits. */
static inline bool word_is_foreign(const struct word *w) {
    return (w->prefix & 0xff) >= 0xcd;
}

/* ---- word_hash.c ---- */
enum { WORD_ROOM = 32 }; /* letters of a word that count */
/* Eight letters at a time, from WORD_HASH_SEED + the word's length on. */
#define WORD_HASH_SEED 0x51ed270b153a4d2fULL
static inline uint64_t word_hash_step(uint64_t h, uint64_t eight) {
    h = (h ^ eight) * 0x9e3779b97f4a7c15ULL;
    return h ^ h >> 29;
}
/* Never 0. */
static inline uint32_t word_hash_end(uint64_t h) {
    return ((uint32_t)(h >> 32) ^ (uint32_t)h) | 1U << 20;
}
/* Of a folded word: small letters, no accents, digits all alike. */
uint32_t word_hash(struct str folded);
/* Of a name of several words: begin with 0, one step for each word's hash. */
static inline uint32_t word_hash_name(uint32_t name, uint32_t word) {
    uint32_t h = ((name << 5 | name >> 27) ^ word) * 0x2c1b3c6dU;
    h ^= h >> 15;
    return h ? h : 1;
}

/* ---- words.c ---- */
/* The next word from *at on; false: there is none. */
bool word_next(struct str text, size_t *at, struct word *out);

/* ---- features.c ---- */
enum {
    FEATURE_BITS = 17,
    FEATURE_BUCKETS = 1 << FEATURE_BITS,
    FEATURE_STATIC = 30,
    FEATURE_MOVING = 5, /* that need the kinds of the words before */
    FEATURE_CLASSES = 4 /* none, person, organisation, place */
};
/* Which words are looked at: never, always, or only behind a word that is a name. */
enum looked { LOOKED_NEVER, LOOKED_ALWAYS, LOOKED_BEHIND };

/* Words in a row and what is known of the part of the text they stand in. `word` may be read from
 * [-2] to [2]. */
struct passage {
    uint8_t capitals; /* 0: hardly any, 1: as usual, 2: mostly */
    uint8_t language; /* 0: English, 1: German, 2: others */
    bool code;        /* of a program */
    bool foreign;     /* most of it is in another script */
    unsigned *cues;   /* how many of each in the text so far */
};
enum looked feature_looked(const struct word *w, const struct passage *p);
/* Hashes; those that move are hashed once more with the kinds of the two words before: previous + 4
 * × the one before it, of which only the first feature knows the second. */
void feature_static(const struct word *w, const struct passage *p, uint32_t out[FEATURE_STATIC]);
void feature_moving(const struct word *w, uint32_t out[FEATURE_MOVING]);
/* All bits; the highest are the best. Inline: some dozens for each word that is judged. */
static inline uint32_t feature_hash(unsigned id, uint32_t a, uint32_t b) {
    uint32_t h = (a ^ (b * 0x9e3779b1U)) * 0x85ebca6bU + id * 0xc2b2ae35U;
    h ^= h >> 15;
    return h * 0x27d4eb2fU;
}
static inline uint32_t feature_bucket(uint32_t hash) {
    return hash >> (32 - FEATURE_BITS);
}
/* ---- passage.c ---- */
/* Reads a text in passages; on_word for each word that may be looked at. `cues` begins as zeros and
 * counts what the text so far spoke of; passages point to it. The training's. */
void tagger_words(struct str text, unsigned cues[CUES],
                  void (*on_word)(void *ctx, const struct word *w, const struct passage *p,
                                  uint32_t number),
                  void *ctx);

/* ---- score.c ---- */
/* The class that the word scores best as, TAGGER_NONE where that is none, and how much better than
 * none the best other one is. `before`: kinds of the two words before, as of feature_moving. */
uint8_t name_score(const struct word *w, const struct passage *p, uint32_t before, int *margin);

/* ---- famous.c ---- */
/* A name that the lists know (known.txt), by word_hash_name. */
bool famous_name(uint32_t name);
/* Whether what stands at [from, to), with the words around it from `begin` on, is called as
 * somebody everybody knows: "Alexander" in "Alexander the Great", "Simpson" behind "O.J.". */
bool famous_is(struct str text, uint32_t begin, uint32_t from, uint32_t to);

/* ---- story.c ---- */
/* A text that poses a problem of an exercise book, or wants a story to be made up; nobody's own
 * affairs. */
bool story_is(struct str text);

/* ---- made by the build from data/ ---- */
enum { WORD_SLOTS = 1 << 17, PUBLIC_SLOTS = 1 << 12 };
/* The hash's highest bits, the cue (WORD_CUE), the flags; 0: free. */
enum { WORD_CHECK = 20, WORD_CUE = 16 };
extern const uint32_t WORD_TABLE[WORD_SLOTS];
extern const uint32_t PUBLIC_TABLE[PUBLIC_SLOTS]; /* hash of a full name; 0: free */
/* A byte for each class, 128 more than the weight. */
extern const uint32_t NAME_WEIGHTS[FEATURE_BUCKETS];
extern const uint64_t SENSE_MODEL_VERSION;
