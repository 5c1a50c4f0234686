/* Problems of exercise books and prompts for stories: "Tom has $20 and spends $4.50. How much is
 * left?", "Write a story about a girl named Mia". Whoever is called by a bare first name there is
 * nobody (POLICY.md 1). Read only where such a name was found, and only in short texts. */
#include "sense/tagger_inside.h"

#include <pthread.h>

enum {
    MOST_BYTES = 1500,
    OPENING = 12,      /* words that say what is to be done */
    NEAR = 6,          /* words from "write" to "story" */
    NUMBERS = 2,       /* of a sum */
    NUMBER_LENGTH = 6, /* more digits are a phone number, an account … */
    ROOM = 40
};

enum role {
    ROLE_HOW,
    ROLE_MUCH,
    ROLE_HOW_MUCH,
    ROLE_NUMBER,
    ROLE_WRITE,
    ROLE_STORY,
    ROLE_ADVICE,
    ROLES
};

static const char *const ROLE_WORDS[ROLES] = {
    [ROLE_HOW] = "how wie",
    [ROLE_MUCH] =
        "many much old long far fast tall big heavy viel viele alt lange weit schnell gross hoch",
    [ROLE_HOW_MUCH] =
        "wieviel wieviele combien cuanto cuanta cuantos cuantas quanto quanta quanti quante "
        "quantos quantas hoeveel percentage probability fraction ratio",
    [ROLE_NUMBER] =
        "two three four five six seven eight nine ten eleven twelve twenty thirty fifty hundred "
        "twice thrice half double triple dozen zwei drei vier doppelt halb dos tres cuatro deux "
        "trois quatre due tre quattro",
    [ROLE_WRITE] =
        "write invent compose continue create schreib schreibe erzahl erzahle erfinde "
        "escribe cuenta inventa ecris raconte invente scrivi racconta escreva escreve conte "
        "schrijf vertel",
    [ROLE_STORY] =
        "story stories tale fairytale fable novel screenplay geschichte kurzgeschichte marchen "
        "fabel "
        "roman cuento historia histoire fabula storia racconto romanzo historinha verhaal sprookje",
    [ROLE_ADVICE] = "should recommend advise normal soll sollte devrait debe deberia dovrebbe"};

/* Hashes of each role's words; made once. */
static uint32_t hashes[ROLES][ROOM];

static void read_roles(void) {
    for (unsigned i = 0; i < ROLES; i++) {
        struct str rest = str_of(ROLE_WORDS[i]);
        struct str word = {0};
        size_t n = 0;
        bool more = true;
        while (more && n < ROOM) {
            more = str_cut(rest, ' ', &word, &rest);
            hashes[i][n++] = word_hash(word);
        }
    }
}

static bool is(enum role role, const struct word *w) {
    for (size_t i = 0; i < ROOM && hashes[role][i]; i++) {
        if (hashes[role][i] == w->hash) {
            return true;
        }
    }
    return false;
}

/* Somebody's own: the writer's, of a letter, with an address or a number. */
static bool is_own(const struct word *w) {
    bool number = w->shape == SHAPE_DIGITS && w->length >= NUMBER_LENGTH;
    return w->cue == CUE_ME || w->cue == CUE_LETTER || w->gap == GAP_AT || number
           || is(ROLE_ADVICE, w);
}

bool story_is(struct str text) {
    if (text.len > MOST_BYTES) {
        return false;
    }
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, read_roles);
    struct word w;
    size_t at = 0;
    unsigned words = 0;
    unsigned numbers = 0;
    unsigned written = MOST_BYTES; /* words since "write" */
    bool how = false;
    bool asks = false;
    bool tale = false;
    while (word_next(text, &at, &w)) {
        if (is_own(&w)) {
            return false;
        }
        asks = asks || is(ROLE_HOW_MUCH, &w) || (how && is(ROLE_MUCH, &w));
        how = is(ROLE_HOW, &w);
        numbers += w.shape == SHAPE_DIGITS || is(ROLE_NUMBER, &w);
        written = words++ < OPENING && is(ROLE_WRITE, &w) ? 0 : written + 1;
        tale = tale || (written <= NEAR && is(ROLE_STORY, &w));
    }
    return tale || (asks && numbers >= NUMBERS);
}
