/* The training of what sentences tell (train_said.py): a softmax by stochastic gradient. Reads from
 * standard input how many rows, columns and numbers of a vector there are (32 bits each); then of
 * each row its class, how many columns it has and which (32 bits each), and the sum of its words'
 * vectors (floats). Columns below FREE are what the sentence is like, the others are its words.
 * Writes the columns' weights and the vectors' matrix as floats, a line of CLASSES for each. One
 * thread, a fixed seed: the same rows make the same weights. */
#include "sense/topics_inside.h"

#include <math.h>
#include <stdio.h>

enum { CLASSES = FIELD_PERSON + 1, FREE = SAID_BUCKETS, EPOCHS = 12, MOST = 128 };
static const double RATE = 0.2, RATE_VECTOR = 0.1;
static const double KEEP = 0.97, KEEP_WORD = 0.95,
                    KEEP_VECTOR = 0.995; /* of a weight, each epoch */
/* Now and then the model has to do without a column. */
static const double DROP = 0.3, DROP_WORD = 0.6;

struct row {
    uint32_t gold, count;
    uint32_t *at;
    double *sum;
};

struct learner {
    struct row *rows;
    uint32_t row_count, columns, size; /* numbers of a vector */
    double (*weights)[CLASSES], (*matrix)[CLASSES];
    double (*sums)[CLASSES]; /* of both, over the later epochs */
    double *squares, *steep;
    uint64_t random;
};

static void *zeros(size_t n, size_t size) {
    void *out = calloc(n ? n : 1, size);
    if (!out) {
        abort();
    }
    return out;
}

static bool read_numbers(void *out, size_t n) {
    return fread(out, sizeof(uint32_t), n, stdin) == n;
}

static bool read_rows(struct learner *l) {
    uint32_t head[3];
    float sum[MOST];
    if (!read_numbers(head, 3) || head[2] > MOST) {
        return false;
    }
    l->row_count = head[0];
    l->columns = head[1];
    l->size = head[2];
    l->rows = zeros(l->row_count, sizeof *l->rows);
    for (uint32_t i = 0; i < l->row_count; i++) {
        struct row *r = &l->rows[i];
        if (!read_numbers(head, 2) || head[0] >= CLASSES || head[1] > MOST) {
            return false;
        }
        *r = (struct row){.gold = head[0], .count = head[1]};
        r->at = zeros(r->count, sizeof *r->at);
        r->sum = zeros(l->size, sizeof *r->sum);
        if (!read_numbers(r->at, r->count) || !read_numbers(sum, l->size)) {
            return false;
        }
        for (uint32_t d = 0; d < l->size; d++) {
            r->sum[d] = (double)sum[d];
        }
    }
    return true;
}

static double random_share(struct learner *l) {
    l->random ^= l->random << 13;
    l->random ^= l->random >> 7;
    l->random ^= l->random << 17;
    return (double)(l->random >> 11) / (double)(1ULL << 53);
}

/* What the model says too much of each class; returns its square. */
static double wrong(const struct learner *l, const struct row *r, const uint32_t *at, unsigned n,
                    double out[CLASSES]) {
    double all = 0;
    double best = -1e9;
    double square = 0;
    for (unsigned c = 0; c < CLASSES; c++) {
        out[c] = 0;
        for (unsigned i = 0; i < n; i++) {
            out[c] += l->weights[at[i]][c];
        }
        for (uint32_t d = 0; d < l->size; d++) {
            out[c] += r->sum[d] * l->matrix[d][c];
        }
        best = out[c] > best ? out[c] : best;
    }
    for (unsigned c = 0; c < CLASSES; c++) {
        out[c] = exp(out[c] - best);
        all += out[c];
    }
    for (unsigned c = 0; c < CLASSES; c++) {
        out[c] = out[c] / all - (c == r->gold);
        square += out[c] * out[c];
    }
    return square;
}

static void step(struct learner *l, const struct row *r) {
    uint32_t at[MOST];
    unsigned n = 0;
    for (uint32_t i = 0; i < r->count; i++) {
        if (random_share(l) >= (r->at[i] < FREE ? DROP : DROP_WORD)) {
            at[n++] = r->at[i];
        }
    }
    double by[CLASSES];
    double square = wrong(l, r, at, n, by);
    for (unsigned i = 0; i < n; i++) {
        l->squares[at[i]] += square;
        double rate = RATE / sqrt(l->squares[at[i]]);
        for (unsigned c = 0; c < CLASSES; c++) {
            l->weights[at[i]][c] -= rate * by[c];
        }
    }
    for (uint32_t d = 0; d < l->size; d++) {
        l->steep[d] += square * r->sum[d] * r->sum[d];
        double rate = RATE_VECTOR / sqrt(l->steep[d]) * r->sum[d];
        for (unsigned c = 0; c < CLASSES; c++) {
            l->matrix[d][c] -= rate * by[c];
        }
    }
}

static void keep(double *weights, double *sums, double share, bool late) {
    for (unsigned c = 0; c < CLASSES; c++) {
        weights[c] *= share;
        sums[c] += late ? weights[c] : 0;
    }
}

static void learn(struct learner *l) {
    uint32_t *order = zeros(l->row_count, sizeof *order);
    for (uint32_t i = 0; i < l->row_count; i++) {
        order[i] = i;
    }
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        for (uint32_t i = l->row_count; i > 1; i--) {
            uint32_t k = (uint32_t)(random_share(l) * i);
            uint32_t swap = order[i - 1];
            order[i - 1] = order[k];
            order[k] = swap;
        }
        for (uint32_t i = 0; i < l->row_count; i++) {
            step(l, &l->rows[order[i]]);
        }
        bool late = epoch >= EPOCHS / 3;
        for (uint32_t i = 0; i < l->columns; i++) {
            keep(l->weights[i], l->sums[i], i < FREE ? KEEP : KEEP_WORD, late);
        }
        for (uint32_t d = 0; d < l->size; d++) {
            keep(l->matrix[d], l->sums[l->columns + d], KEEP_VECTOR, late);
        }
    }
    free(order);
}

int main(void) {
    struct learner l = {.random = 88172645463325252ULL};
    if (!read_rows(&l)) {
        return 1;
    }
    size_t all = (size_t)l.columns + l.size;
    l.weights = zeros(l.columns, sizeof *l.weights);
    l.matrix = zeros(l.size, sizeof *l.matrix);
    l.sums = zeros(all, sizeof *l.sums);
    l.squares = zeros(l.columns, sizeof *l.squares);
    l.steep = zeros(l.size, sizeof *l.steep);
    for (uint32_t i = 0; i < l.columns; i++) {
        l.squares[i] = 1;
    }
    for (uint32_t d = 0; d < l.size; d++) {
        l.steep[d] = 1;
    }
    learn(&l);
    for (size_t i = 0; i < all; i++) {
        for (unsigned c = 0; c < CLASSES; c++) {
            float mean = (float)(l.sums[i][c] / (EPOCHS - EPOCHS / 3));
            fwrite(&mean, sizeof mean, 1, stdout);
        }
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
