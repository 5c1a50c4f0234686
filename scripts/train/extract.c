/* What the training sees of a text, by the scanner's own code. Reads texts from standard input,
 * each behind its length (32 bits), and writes a record for each word that may be looked at: text,
 * number, from, to, always (32 bits each), the static buckets (16 bits each), the moving ones'
 * first half (32 bits each). */
#include "sense/tagger_inside.h"

#include <stdio.h>

static uint32_t text_number;

static bool maybe_name(const struct word *w) {
    return w->flags & WORD_IS_NAME && !(w->flags & (WORD_IS_COMMON | WORD_CAPITAL));
}

static void on_word(void *ctx, const struct word *w, const struct passage *p, uint32_t number) {
    FILE *out = ctx;
    uint16_t at[FEATURE_STATIC];
    uint32_t moving[FEATURE_MOVING];
    enum looked looked = feature_looked(w, p);
    if (looked == LOOKED_NEVER) {
        return;
    }
    feature_static(w, p, at);
    feature_moving(w, moving);
    bool name =
        maybe_name(w) || (w->shape != SHAPE_LOWER && (maybe_name(w - 1) || maybe_name(w + 1)));
    uint32_t head[6] = {text_number, number, w->from, w->to, looked == LOOKED_ALWAYS, name};
    fwrite(head, sizeof head, 1, out);
    fwrite(at, sizeof at, 1, out);
    fwrite(moving, sizeof moving, 1, out);
}

int main(void) {
    static char text[1 << 20];
    uint32_t len = 0;
    for (; fread(&len, sizeof len, 1, stdin) == 1; text_number++) {
        if (len > sizeof text || fread(text, 1, len, stdin) != len) {
            return 1;
        }
        unsigned cues[CUES] = {0};
        tagger_words((struct str){text, len}, cues, on_word, stdout);
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
