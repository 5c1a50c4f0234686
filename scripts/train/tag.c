/* What the tagger finds, for measuring: reads texts from standard input, each behind its length (32
 * bits), and writes a record for each hit: text, from, to, kind (32 bits each); topics from 16 on,
 * a told one is odd. */
#include "sense/tagger.h"

#include <stdio.h>

static uint32_t text_number;

static void on_hit(void *ctx, const struct tagger_hit *h) {
    uint32_t out[4] = {text_number, (uint32_t)h->from, (uint32_t)h->to, h->kind};
    fwrite(out, sizeof out, 1, ctx);
}

static void on_topic(void *ctx, const struct topic_hit *h) {
    uint32_t kind = 16 + 2 * (uint32_t)h->field + h->told;
    uint32_t out[4] = {text_number, (uint32_t)h->from, (uint32_t)h->to, kind};
    fwrite(out, sizeof out, 1, ctx);
}

int main(void) {
    static char text[1 << 20];
    uint32_t len = 0;
    for (; fread(&len, sizeof len, 1, stdin) == 1; text_number++) {
        if (len > sizeof text || fread(text, 1, len, stdin) != len) {
            return 1;
        }
        struct tagger_known known = {0};
        tagger_scan((struct str){text, len}, &known, on_hit, on_topic, stdout);
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
