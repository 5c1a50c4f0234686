/* What the score knows of a request: plain counts over the last user text. Cues are words and
 * shapes that public routing studies found to go with hard tasks; they are rules, not a model, and
 * the record names them. */
#include "base/eight.h"
#include "route/route.h"

#include <ctype.h>
#include <pthread.h>

enum { SCANNED = 4096 }; /* bytes of the last text; the beginning says what is wanted */

struct cue {
    const char *word;
    int weight;
};

static const struct cue MATHS[] = {
    {"prove", 50},     {"proof", 45},       {"theorem", 50},     {"lemma", 50},
    {"integral", 45},  {"derivative", 45},  {"equation", 35},    {"polynomial", 45},
    {"matrix", 35},    {"eigenvalue", 50},  {"probability", 35}, {"prime", 25},
    {"calculate", 25}, {"compute", 20},     {"solve", 25},       {"modulo", 35},
    {"geometry", 30},  {"triangle", 25},    {"sum of", 20},      {"how many", 15},
    {"beweise", 50},   {"berechne", 25},    {"\\frac", 50},      {"\\int", 50},
    {"\\sum", 50},     {"limit of", 35},    {"converge", 35},    {"logarithm", 30},
    {"factorial", 30}, {"combinatori", 45}, {"induction", 40},   {"irrational", 40}};
static const struct cue CODE[] = {{"```", 60},       {"def ", 25},        {"class ", 20},
                                  {"function", 20},  {"#include", 50},    {"import ", 20},
                                  {"segfault", 40},  {"stack trace", 35}, {"refactor", 40},
                                  {"debug", 30},     {"compile", 25},     {"unit test", 35},
                                  {"algorithm", 30}, {"regex", 30},       {"sql", 20},
                                  {"implement", 30}, {"python", 20},      {"javascript", 20},
                                  {"rust", 15},      {"c++", 25},         {"race condition", 45},
                                  {"deadlock", 45},  {"exception", 20},   {"() {", 30},
                                  {"=> {", 30},      {"return ", 10},     {"const ", 15},
                                  {"kernel", 15}};
static const struct cue REASONING[] = {
    {"why ", 12},       {"step by step", 35}, {"explain", 15},       {"compare", 20},
    {"trade-off", 35},  {"tradeoff", 35},     {"analyse", 25},       {"analyze", 25},
    {"evaluate", 25},   {"argue", 20},        {"pros and cons", 25}, {"design ", 20},
    {"plan ", 15},      {"strategy", 20},     {"implications", 30},  {"derive", 35},
    {"deduce", 35},     {"puzzle", 35},       {"riddle", 30},        {"what if", 15},
    {"root cause", 30}, {"critically", 30},   {"in depth", 25},      {"warum", 12},
    {"pourquoi", 12}};
static const struct cue WRITING[] = {{"essay", 45},      {"article", 35},  {"story", 35},
                                     {"blog", 30},       {"report", 25},   {"speech", 30},
                                     {"poem", 30},       {"chapter", 35},  {"screenplay", 40},
                                     {"1000 words", 45}, {"detailed", 15}, {"comprehensive", 25},
                                     {"proposal", 25}};
static const struct cue SIMPLE[] = {{"hello", 50},        {"hi ", 35},
                                    {"thanks", 45},       {"thank you", 45},
                                    {"good morning", 50}, {"translate", 40},
                                    {"summarise", 35},    {"summarize", 35},
                                    {"rephrase", 45},     {"fix the spelling", 55},
                                    {"correct the", 40},  {"shorten", 45},
                                    {"synonym", 50},      {"extract", 35},
                                    {"list the", 25},     {"say hello", 60},
                                    {"one word", 50},     {"one sentence", 30},
                                    {"rewrite", 35},      {"in german", 25},
                                    {"bullet points", 20}};

enum { OF_MATHS, OF_CODE, OF_REASONING, OF_WRITING, OF_SIMPLE, FIELDS };
enum { CUES = 160, BUCKET_BITS = 11 };

/* All cues, found by their first three bytes, in which letter case counts as little as in the rest;
 * none is shorter. */
static struct indexed {
    const char *word;
    uint32_t head, mask; /* its first four bytes, folded, and which of them it has */
    uint8_t len, weight, field;
    uint8_t next; /* the next one of its bucket; 0: none */
} cues[CUES];
static uint8_t first_of[1 << BUCKET_BITS]; /* 0: none */

/* Letters of both cases are one; so are some signs. */
static uint32_t folded(uint32_t head) {
    return head | 0x20202020;
}

static unsigned bucket_of(uint32_t folded_head) {
    return (folded_head << 8) * 0x9e3779b1U >> (32 - BUCKET_BITS);
}

static void add_cue(uint8_t at, const struct cue *c, uint8_t field) {
    size_t len = strlen(c->word);
    size_t in_head = len < 4 ? len : 4;
    struct indexed *x = &cues[at];
    *x = (struct indexed){
        .word = c->word, .len = (uint8_t)len, .weight = (uint8_t)c->weight, .field = field};
    memcpy(&x->head, c->word, in_head);
    x->head = folded(x->head);
    memset(&x->mask, 0xff, in_head);
    uint8_t *first = &first_of[bucket_of(x->head)];
    x->next = *first;
    *first = at;
}

static void index_cues(void) {
    static const struct {
        const struct cue *cues;
        size_t count;
    } fields[FIELDS] = {[OF_MATHS] = {MATHS, ARRAY_LEN(MATHS)},
                        [OF_CODE] = {CODE, ARRAY_LEN(CODE)},
                        [OF_REASONING] = {REASONING, ARRAY_LEN(REASONING)},
                        [OF_WRITING] = {WRITING, ARRAY_LEN(WRITING)},
                        [OF_SIMPLE] = {SIMPLE, ARRAY_LEN(SIMPLE)}};
    _Static_assert(ARRAY_LEN(MATHS) + ARRAY_LEN(CODE) + ARRAY_LEN(REASONING) + ARRAY_LEN(WRITING)
                           + ARRAY_LEN(SIMPLE)
                       < CUES,
                   "no room for the cues");
    cues[0] = (struct indexed){.head = UINT32_MAX, .mask = UINT32_MAX};
    uint8_t n = 1;
    for (size_t f = 0; f < FIELDS; f++) {
        for (size_t i = 0; i < fields[f].count; i++) {
            add_cue(n++, &fields[f].cues[i], (uint8_t)f);
        }
    }
}

/* What a text is made of. */
struct counts {
    int letters;          /* of ASCII */
    int high;             /* bytes that begin letters of other scripts */
    int marks;            /* of formulas */
    int32_t cues[FIELDS]; /* what they add up to, 100 at most; each counts once */
    bool seen[CUES];
};

/* Up to four bytes, zeros behind. */
static inline uint32_t head_at(struct str text, size_t at) {
    uint32_t head = 0;
    if (at + sizeof head <= text.len) {
        memcpy(&head, text.ptr + at, sizeof head);
        return head;
    }
    for (unsigned i = 0; at + i < text.len; i++) {
        head |= (uint32_t)(unsigned char)text.ptr[at + i] << (8 * i);
    }
    return head;
}

static bool fits(const struct indexed *c, uint32_t head) {
    return ((head ^ c->head) & c->mask) == 0;
}

static void try_cues(struct str text, size_t at, uint32_t head, struct counts *out) {
    for (uint8_t i = first_of[bucket_of(head)]; i; i = cues[i].next) {
        const struct indexed *c = &cues[i];
        if (fits(c, head) && !out->seen[i]
            && str_ieq(str_sub(text, at, at + c->len), (struct str){c->word, c->len})) {
            out->seen[i] = true;
            out->cues[c->field] += c->weight;
        }
    }
}

/* Whether there is a cue in the bucket cannot be foreseen, as many words begin with the letters of
 * one; that it fits is rare. So the empty bucket has a cue, too, that hardly fits. */
static inline void look_for_cues(struct str text, size_t at, struct counts *out) {
    uint32_t head = folded(head_at(text, at));
    const struct indexed *c = &cues[first_of[bucket_of(head)]];
    if (fits(c, head) || c->next) {
        try_cues(text, at, head, out);
    }
}

/* A sign of a formula: "x^2", "a=b". */
static bool is_mark(struct str text, size_t at) {
    char c = text.ptr[at];
    bool mark = c == '^' || c == '=' || c == '*' || c == '+';
    return mark && at > 0 && at + 1 < text.len && isalnum((unsigned char)text.ptr[at + 1]);
}

enum { BLOCK = 64 };

/* A bit for each byte that is 0x80 instead of 0. */
static uint64_t bits_of(const unsigned char is[BLOCK]) {
    uint64_t bits = 0;
    for (unsigned i = 0; i < BLOCK; i += 8) {
        bits |= (uint64_t)eight_bits(eight_at((const char *)is + i)) << i;
    }
    return bits;
}

/* Counts the bytes of a block. Returns a bit for each at which a cue may begin: a sign, or the
 * first letter of a word. *before: 1 where the last byte was a letter. No branches, so that many
 * bytes go at once. */
static uint64_t count_block(const char *s, uint64_t *before, struct counts *out) {
    UNSET unsigned char is_letter[BLOCK];
    UNSET unsigned char is_sign[BLOCK];
    unsigned char letters = 0;
    unsigned char high = 0;
    for (unsigned i = 0; i < BLOCK; i++) {
        unsigned char c = (unsigned char)s[i];
        unsigned char letter = (unsigned char)((c | 0x20) - 'a') <= 'z' - 'a';
        unsigned char seen = (unsigned char)(c - '!') <= '~' - '!';
        is_letter[i] = letter ? 0x80 : 0;
        is_sign[i] = (seen & !letter) ? 0x80 : 0;
        letters = (unsigned char)(letters + letter);
        high = (unsigned char)(high + (c >= 0xc0));
    }
    out->letters += letters;
    out->high += high;
    uint64_t in_word = bits_of(is_letter);
    uint64_t begins = in_word & ~(in_word << 1 | *before);
    *before = in_word >> (BLOCK - 1);
    return begins | bits_of(is_sign);
}

/* Cues that begin with a letter count at the start of a word only. */
static void count(struct str text, struct counts *out) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, index_cues);
    uint64_t before = 0;
    for (size_t i = 0; i < text.len; i += BLOCK) {
        char last[BLOCK] = {0};
        bool whole = text.len - i >= BLOCK;
        if (!whole) {
            memcpy(last, text.ptr + i, text.len - i);
        }
        uint64_t starts = count_block(whole ? text.ptr + i : last, &before, out);
        for (; starts; starts &= starts - 1) {
            size_t at = i + (unsigned)__builtin_ctzll(starts);
            look_for_cues(text, at, out);
            out->marks += is_mark(text, at);
        }
    }
    for (size_t f = 0; f < FIELDS; f++) {
        out->cues[f] = out->cues[f] > 100 ? 100 : out->cues[f];
    }
}

/* Ends or begins as code does: ");", "):", "// a", "$ ls". */
static bool is_code(struct str line) {
    char first = line.ptr[0];
    char second = line.len > 1 ? line.ptr[1] : '\0';
    char last = line.ptr[line.len - 1];
    char before = line.len > 1 ? line.ptr[line.len - 2] : '\0';
    return last == ';' || last == '{' || last == '}' || (last == ':' && before == ')')
           || (first == '/' && second == '/') || (first == '$' && second == ' ');
}

/* Per cent of the lines. */
static int32_t code_lines(struct str text) {
    int lines = 0;
    int code = 0;
    struct str line = {0};
    while (text.len) {
        str_cut(text, '\n', &line, &text);
        line = str_trim(line);
        if (!line.len) {
            continue;
        }
        lines++;
        code += is_code(line);
    }
    return lines > 2 ? code * 100 / lines : 0;
}

static int32_t formulas(const struct counts *c) {
    return c->marks * 8 > 60 ? 60 : c->marks * 8;
}

static int32_t most(int32_t a, int32_t b) {
    return a > b ? a : b;
}

static void look_at_parts(const struct chat_part *parts, size_t n, struct features *out) {
    for (size_t i = 0; i < n; i++) {
        out->images = out->images || parts[i].kind == PART_IMAGE || parts[i].kind == PART_UNKNOWN;
        out->audio = out->audio || parts[i].kind == PART_AUDIO;
        out->files = out->files || parts[i].kind == PART_FILE;
        look_at_parts(parts[i].parts, parts[i].part_count, out);
    }
}

static bool ends_with_result(const struct chat_request *rq) {
    if (!rq->message_count) {
        return false;
    }
    const struct chat_message *m = &rq->messages[rq->message_count - 1];
    return m->role == CHAT_TOOL || (m->part_count && m->parts[0].kind == PART_TOOL_RESULT);
}

static void look_at_text(struct str text, struct features *out) {
    out->last_chars = (int64_t)text.len;
    text = str_sub(text, 0, SCANNED);
    struct counts counts = {0};
    count(text, &counts);
    out->maths = most(counts.cues[OF_MATHS], formulas(&counts));
    out->code = most(counts.cues[OF_CODE], code_lines(text));
    out->reasoning = counts.cues[OF_REASONING];
    out->writing = counts.cues[OF_WRITING];
    out->simple = counts.cues[OF_SIMPLE];
    int letters = counts.letters + counts.high;
    out->non_english = letters ? counts.high * 100 / letters : 0;
}

void route_features(const struct chat_request *rq, struct features *out) {
    *out = (struct features){.input_tokens = chat_estimate_tokens(rq),
                             .max_tokens = rq->max_tokens,
                             .tools = rq->tool_count > 0,
                             .forced_tool =
                                 rq->choice == CHOICE_REQUIRED || rq->choice == CHOICE_NAMED,
                             .schema = rq->format != FORMAT_TEXT,
                             .in_tool_loop = ends_with_result(rq)};
    for (size_t i = 0; i < rq->message_count; i++) {
        out->turns += rq->messages[i].role == CHAT_USER;
        look_at_parts(rq->messages[i].parts, rq->messages[i].part_count, out);
    }
    const struct chat_message *last = chat_last_user(rq);
    for (size_t i = 0; last && i < last->part_count; i++) {
        if (last->parts[i].kind == PART_TEXT) {
            look_at_text(last->parts[i].text, out);
        }
    }
}
