/* What the score knows of a request: plain counts over the last user text. Cues are words and
 * shapes that public routing studies found to go with hard tasks; they are rules, not a model, and
 * the record names them. */
#include "route/route.h"

#include <ctype.h>

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

/* A text in lower case, and which pairs of neighbours occur in it: most cues are ruled out by that
 * alone. */
struct words {
    struct str text;
    uint64_t pairs[1024]; /* a bit per pair of bytes, both cut to eight bits */
};

static bool may_hold(const struct words *w, const char *cue, size_t len) {
    for (size_t i = 0; i + 1 < len; i++) {
        unsigned pair = (unsigned)(unsigned char)cue[i] << 8 | (unsigned char)cue[i + 1];
        if (!(w->pairs[pair >> 6] & (1ULL << (pair & 63)))) {
            return false;
        }
    }
    return true;
}

/* A cue at the start of a word. */
static bool has(const struct words *w, const char *cue) {
    size_t len = strlen(cue);
    if (!may_hold(w, cue, len)) {
        return false;
    }
    bool letters = isalpha((unsigned char)cue[0]) != 0;
    const char *at = w->text.ptr;
    const char *end = at + w->text.len;
    while ((at = memmem(at, (size_t)(end - at), cue, len))) {
        if (!letters || at == w->text.ptr || !isalpha((unsigned char)at[-1])) {
            return true;
        }
        at++;
    }
    return false;
}

static int32_t weigh(const struct words *w, const struct cue *cues, size_t n) {
    int sum = 0;
    for (size_t i = 0; i < n && sum < 100; i++) {
        sum += has(w, cues[i].word) ? cues[i].weight : 0;
    }
    return sum > 100 ? 100 : sum;
}

/* Lines that end or begin as code does. */
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
        char last = line.ptr[line.len - 1];
        code += last == ';' || last == '{' || last == '}' || str_starts(line, STR("//"))
                || str_starts(line, STR("$ ")) || str_ends(line, STR("):"));
    }
    return lines > 2 ? code * 100 / lines : 0;
}

static int32_t formulas(struct str text) {
    int marks = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool digit_near = i > 0 && i + 1 < text.len && isalnum((unsigned char)text.ptr[i + 1]);
        marks += (c == '^' || c == '=' || c == '+' || c == '*') && digit_near;
    }
    return marks * 8 > 60 ? 60 : marks * 8;
}

static int32_t foreign(struct str text) {
    int letters = 0;
    int high = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        letters += isalpha(c) || c >= 0xc0;
        high += c >= 0xc0;
    }
    return letters ? high * 100 / letters : 0;
}

static int32_t most(int32_t a, int32_t b) {
    return a > b ? a : b;
}

static void look_at_parts(const struct chat_part *parts, size_t n, struct features *out) {
    for (size_t i = 0; i < n; i++) {
        out->images = out->images || parts[i].kind == PART_IMAGE;
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
    char lower[SCANNED];
    for (size_t i = 0; i < text.len; i++) {
        lower[i] = (char)tolower((unsigned char)text.ptr[i]);
    }
    struct words words = {.text = {lower, text.len}};
    for (size_t i = 0; i + 1 < text.len; i++) {
        unsigned pair = (unsigned)(unsigned char)lower[i] << 8 | (unsigned char)lower[i + 1];
        words.pairs[pair >> 6] |= 1ULL << (pair & 63);
    }
    out->maths = most(weigh(&words, MATHS, ARRAY_LEN(MATHS)), formulas(text));
    out->code = most(weigh(&words, CODE, ARRAY_LEN(CODE)), code_lines(text));
    out->reasoning = weigh(&words, REASONING, ARRAY_LEN(REASONING));
    out->writing = weigh(&words, WRITING, ARRAY_LEN(WRITING));
    out->simple = weigh(&words, SIMPLE, ARRAY_LEN(SIMPLE));
    out->non_english = foreign(text);
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
