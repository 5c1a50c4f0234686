/* Trains the tagger of names: a softmax over hashed features, by stochastic gradient, with the
 * model's own guesses for the words before. Words and features are the scanner's own code's, so
 * that training and scanner cannot differ.
 *
 * Reads texts from standard input: length, the text, the number of names in it (UNKNOWN: a word
 * that may be a name is left out, all others are none), from, to and kind of each; 32 bits each.
 * Writes names.weights. One thread, a fixed seed: the same texts make the same weights. */
#include "sense/tagger_inside.h"

#include <math.h>
#include <stdio.h>

enum {
    FEATURES = FEATURE_STATIC + FEATURE_MOVING,
    SCALE = 16,
    EPOCHS = 5,
    MOST_NAMES = 4096,
    SEEN_BITS = 26,
    SEEN_SHIFT = 32 - SEEN_BITS,
    SELDOM = 3,   /* what was seen less often says nothing, and would only be in others' way */
    LEFT_OUT = -1 /* a word nobody said anything of */
};
static const uint32_t UNKNOWN = UINT32_MAX;
/* Now and then the model has to do without most of what one kind of feature says. */
static const double DROP = 0.15;
static const double DROP_GROUP = 0.55;
static const uint8_t AROUND[] = {2, 3, 4, 5, 14, 15, 16, 17, 25};
static const uint8_t ITSELF[] = {1, 18, 19, 20, 32};

struct name {
    uint32_t from, to, kind;
};

struct record {
    uint32_t text, number;
    int8_t gold;
    bool always;
    uint32_t at[FEATURE_STATIC], moving[FEATURE_MOVING];
};

struct learner {
    struct record *records;
    size_t count, cap;
    struct name names[MOST_NAMES];
    uint32_t name_count, text;
    uint64_t random;
    uint8_t *seen; /* how often each feature was; the highest bits of its hash */
    double (*weights)[FEATURE_CLASSES], (*sums)[FEATURE_CLASSES], *squares;
};

static void *grown(void *p, size_t size) {
    void *out = realloc(p, size);
    if (!out) {
        abort();
    }
    return out;
}

/* ---- reading ---- */

static bool maybe_name(const struct word *w) {
    return w->flags & WORD_IS_NAME && !(w->flags & (WORD_IS_COMMON | WORD_CAPITAL));
}

static int8_t gold_of(const struct learner *l, const struct word *w) {
    if (l->name_count == UNKNOWN) {
        bool name =
            maybe_name(w) || (w->shape != SHAPE_LOWER && (maybe_name(w - 1) || maybe_name(w + 1)));
        return name ? LEFT_OUT : 0;
    }
    int8_t out = 0;
    for (uint32_t i = 0; i < l->name_count; i++) {
        if (w->from < l->names[i].to && l->names[i].from < w->to) {
            out = (int8_t)l->names[i].kind;
        }
    }
    return out;
}

static void count(struct learner *l, uint32_t hash) {
    uint8_t *seen = &l->seen[hash >> SEEN_SHIFT];
    *seen = (uint8_t)(*seen + (*seen < SELDOM));
}

static void on_word(void *ctx, const struct word *w, const struct passage *p, uint32_t number) {
    struct learner *l = ctx;
    enum looked looked = feature_looked(w, p);
    if (looked == LOOKED_NEVER) {
        return;
    }
    if (l->count == l->cap) {
        l->cap = l->cap ? 2 * l->cap : 1 << 16;
        l->records = grown(l->records, l->cap * sizeof *l->records);
    }
    struct record *r = &l->records[l->count++];
    *r = (struct record){.text = l->text,
                         .number = number,
                         .gold = gold_of(l, w),
                         .always = looked == LOOKED_ALWAYS};
    feature_static(w, p, r->at);
    feature_moving(w, r->moving);
    for (unsigned i = 0; i < FEATURE_STATIC; i++) {
        count(l, r->at[i]);
    }
    for (unsigned i = 0; i < FEATURE_MOVING; i++) {
        for (uint32_t kinds = 0; kinds < (i ? 5U : 16U); kinds++) {
            count(l, feature_hash(FEATURE_STATIC + i, r->moving[i], kinds));
        }
    }
}

static bool read_number(uint32_t *out) {
    return fread(out, sizeof *out, 1, stdin) == 1;
}

static bool read_texts(struct learner *l) {
    static char text[1 << 20];
    uint32_t len = 0;
    for (; read_number(&len); l->text++) {
        if (len > sizeof text || fread(text, 1, len, stdin) != len
            || !read_number(&l->name_count)) {
            return false;
        }
        size_t n = l->name_count == UNKNOWN ? 0 : l->name_count;
        if (n > MOST_NAMES || fread(l->names, sizeof l->names[0], n, stdin) != n) {
            return false;
        }
        unsigned cues[CUES] = {0};
        tagger_words((struct str){text, len}, cues, on_word, l);
    }
    return true;
}

/* ---- learning ---- */

static uint64_t random_next(struct learner *l) {
    l->random ^= l->random << 13;
    l->random ^= l->random >> 7;
    l->random ^= l->random << 17;
    return l->random;
}

static double random_share(struct learner *l) {
    return (double)(random_next(l) >> 11) / (double)(1ULL << 53);
}

/* The buckets that count this time. */
static unsigned pick(struct learner *l, const struct record *r, uint32_t before,
                     uint32_t out[FEATURES]) {
    double drop[FEATURES];
    unsigned n = 0;
    for (unsigned i = 0; i < FEATURES; i++) {
        drop[i] = DROP;
    }
    bool around = random_share(l) < 0.5;
    const uint8_t *group = around ? AROUND : ITSELF;
    for (size_t i = 0; i < (around ? sizeof AROUND : sizeof ITSELF); i++) {
        drop[group[i]] = DROP_GROUP;
    }
    for (unsigned i = 0; i < FEATURES; i++) {
        if (random_share(l) <= drop[i]) {
            continue;
        }
        unsigned moving = i - FEATURE_STATIC;
        uint32_t kinds = moving ? before % 4 + 1 : before;
        uint32_t hash = i < FEATURE_STATIC ? r->at[i] : feature_hash(i, r->moving[moving], kinds);
        if (l->seen[hash >> SEEN_SHIFT] >= SELDOM) {
            out[n++] = feature_bucket(hash);
        }
    }
    return n;
}

/* One step; returns what the model would have said. */
static unsigned step(struct learner *l, const struct record *r, uint32_t before) {
    uint32_t at[FEATURES];
    unsigned n = pick(l, r, before, at);
    double scores[FEATURE_CLASSES] = {0};
    for (unsigned i = 0; i < n; i++) {
        for (unsigned c = 0; c < FEATURE_CLASSES; c++) {
            scores[c] += l->weights[at[i]][c];
        }
    }
    unsigned guess = 0;
    for (unsigned c = 1; c < FEATURE_CLASSES; c++) {
        guess = scores[c] > scores[guess] ? c : guess;
    }
    double best = scores[guess];
    double all = 0;
    for (unsigned c = 0; c < FEATURE_CLASSES; c++) {
        scores[c] = exp(scores[c] - best);
        all += scores[c];
    }
    double size = 0;
    for (unsigned c = 0; c < FEATURE_CLASSES; c++) {
        scores[c] = scores[c] / all - (c == (unsigned)r->gold);
        size += scores[c] * scores[c];
    }
    for (unsigned i = 0; i < n; i++) {
        l->squares[at[i]] += size;
        double rate = 0.25 / sqrt(l->squares[at[i]]);
        for (unsigned c = 0; c < FEATURE_CLASSES; c++) {
            l->weights[at[i]][c] -= rate * scores[c];
        }
    }
    return guess;
}

/* The words of one text in order, each knowing what was said of the two before it. */
static size_t learn_text(struct learner *l, size_t from, size_t *right) {
    uint32_t before = 0;
    uint32_t last = UINT32_MAX - 9;
    size_t seen = 0;
    for (size_t i = from; i < l->count && l->records[i].text == l->records[from].text; i++) {
        const struct record *r = &l->records[i];
        uint32_t gap = r->number - last;
        uint32_t kinds = gap == 1 ? before : gap == 2 ? before % 4 * 4 : 0;
        last = r->number;
        unsigned guess = 0;
        if (r->gold != LEFT_OUT && (r->always || kinds % 4)) {
            guess = step(l, r, kinds);
            *right += guess == (unsigned)r->gold;
            seen++;
        }
        before = guess + 4 * (kinds % 4);
    }
    return seen;
}

static void learn(struct learner *l) {
    size_t *starts = grown(NULL, (l->count + 1) * sizeof *starts);
    size_t texts = 0;
    for (size_t i = 0; i < l->count; i++) {
        if (!i || l->records[i].text != l->records[i - 1].text) {
            starts[texts++] = i;
        }
    }
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        size_t right = 0;
        size_t seen = 0;
        for (size_t i = texts; i > 1; i--) {
            size_t k = random_next(l) % i;
            size_t swap = starts[i - 1];
            starts[i - 1] = starts[k];
            starts[k] = swap;
        }
        for (size_t i = 0; i < texts; i++) {
            seen += learn_text(l, starts[i], &right);
        }
        for (size_t i = 0; i < FEATURE_BUCKETS; i++) {
            for (unsigned c = 0; c < FEATURE_CLASSES; c++) {
                l->weights[i][c] *= 0.995;
                l->sums[i][c] += epoch ? l->weights[i][c] : 0;
            }
        }
        fprintf(stderr, "epoch %d: %.4f of %zu words\n", epoch, (double)right / (double)seen, seen);
    }
    free(starts);
}

static void print_weights(const struct learner *l) {
    printf("# names.weights 1: a line of four weights (none, person, organisation, place; "
           "sixteenths) for each bucket; scripts/train/train_names.py made it\n");
    for (size_t i = 0; i < FEATURE_BUCKETS; i++) {
        for (unsigned c = 0; c < FEATURE_CLASSES; c++) {
            long w = lrint(l->sums[i][c] / (EPOCHS - 1) * SCALE);
            printf("%ld%c",
                   w > 127    ? 127
                   : w < -127 ? -127
                              : w,
                   c + 1 < FEATURE_CLASSES ? ' ' : '\n');
        }
    }
}

int main(void) {
    static struct learner l = {.random = 0x2545f4914f6cdd1dULL};
    l.weights = calloc(FEATURE_BUCKETS, sizeof *l.weights);
    l.sums = calloc(FEATURE_BUCKETS, sizeof *l.sums);
    l.seen = calloc(1UL << SEEN_BITS, 1);
    l.squares = calloc(FEATURE_BUCKETS, sizeof *l.squares);
    if (!l.weights || !l.sums || !l.squares || !l.seen || !read_texts(&l)) {
        fprintf(stderr, "train_learn: the texts cannot be read\n");
        return 1;
    }
    for (size_t i = 0; i < FEATURE_BUCKETS; i++) {
        l.squares[i] = 0.5;
    }
    learn(&l);
    print_weights(&l);
    free(l.records);
    free(l.seen);
    free(l.weights);
    free(l.sums);
    free(l.squares);
    return fflush(stdout) == 0 ? 0 : 1;
}
