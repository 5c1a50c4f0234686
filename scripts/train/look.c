/* What the training of the topics sees of a text, by the scanner's own code. Reads texts from
 * standard input, each behind its length (32 bits), and writes a record for each word of a topic:
 * text, from, to, field (32 bits each), the buckets (16 bits each). */
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

static void on_word(void *ctx, const struct word *w, const struct passage *p, uint32_t number) {
    (void)p;
    (void)number;
    struct look *l = ctx;
    topics_word(&l->topics, l->text, w, &l->sink);
}

int main(void) {
    static char text[1 << 20];
    struct look l = {.sink = {.on_look = on_look, .ctx = &l}};
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
