/* What the training of the topics sees of a text, by the scanner's own code. Reads texts from
 * standard input, each behind its length (32 bits), and writes a record for each word of a topic:
 * text, from, to, field (32 bits each), the buckets (16 bits each). With `said` a record for each
 * sentence instead: text, how many buckets, how many words (32 bits each), the buckets (16 bits
 * each), from and to of each word (32 bits each). */
#include "sense/topics_inside.h"

#include <stdio.h>

struct look {
    struct str text;
    struct topics topics;
    struct topic_sink sink;
    uint32_t number;
};

static void on_look(void *ctx, const struct topic_word *w, enum topic_field field,
                    const uint16_t at[TOPIC_FEATURES]) {
    struct look *l = ctx;
    uint32_t head[4] = {l->number, w->from, w->to, field};
    fwrite(head, sizeof head, 1, stdout);
    fwrite(at, sizeof *at, TOPIC_FEATURES, stdout);
}

static void on_said(void *ctx, const struct topic_sentence *s, const uint16_t *at, unsigned count) {
    struct look *l = ctx;
    uint32_t words[SENTENCE_WORDS][2];
    uint32_t n = 0;
    for (unsigned i = 0; i < s->count; i++) {
        if (!s->words[i].sign) { /* a part of a path says nothing */
            words[n][0] = s->words[i].from;
            words[n++][1] = s->words[i].to;
        }
    }
    uint32_t head[3] = {l->number, count, n};
    fwrite(head, sizeof head, 1, stdout);
    fwrite(at, sizeof *at, count, stdout);
    fwrite(words, sizeof words[0], n, stdout);
}

static void nothing(void *ctx, const struct topic_word *w, enum topic_field field,
                    const uint16_t at[TOPIC_FEATURES]) {
    (void)ctx, (void)w, (void)field, (void)at;
}

static void on_word(void *ctx, const struct word *w, const struct passage *p, uint32_t number) {
    (void)p;
    (void)number;
    struct look *l = ctx;
    topics_word(&l->topics, l->text, w, &l->sink);
}

int main(int argc, char **argv) {
    static char text[1 << 20];
    bool said = argc > 1 && strcmp(argv[1], "said") == 0;
    struct look l = {
        .sink = {.on_look = said ? nothing : on_look, .on_said = said ? on_said : NULL, .ctx = &l}};
    uint32_t len = 0;
    for (; fread(&len, sizeof len, 1, stdin) == 1; l.number++) {
        if (len > sizeof text || fread(text, 1, len, stdin) != len) {
            return 1;
        }
        l.text = (struct str){text, len};
        unsigned cues[CUES] = {0};
        tagger_words(l.text, cues, on_word, &l);
        topics_end(&l.topics, l.text, &l.sink);
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
