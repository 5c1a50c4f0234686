/* Any bytes → names, addresses and topics: hits lie in the text, names in order and without
 * overlap, addresses too, and the same text gives the same hits. */
#include "sense/tagger.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(what)                                   \
    do {                                              \
        if (!(what)) {                                \
            fprintf(stderr, "not true: %s\n", #what); \
            abort();                                  \
        }                                             \
    } while (0)

struct seen {
    size_t len, end, block, mail, term, topic, person, count, sum;
};

static void on_hit(void *ctx, const struct tagger_hit *h) {
    struct seen *s = ctx;
    size_t *end = h->kind == TAGGER_ADDRESS        ? &s->block
                  : h->kind == TAGGER_EXAMPLE_MAIL ? &s->mail
                  : h->kind == TAGGER_TERM         ? &s->term
                                                   : &s->end;
    CHECK(h->from >= *end && h->from < h->to && h->to <= s->len);
    CHECK(h->kind > TAGGER_NONE && h->kind < TAGGER_KINDS);
    CHECK(h->confidence > 0 && h->confidence <= 100);
    *end = h->to;
    s->count++;
    s->sum = s->sum * 31 + h->from * 7 + h->to + (size_t)h->kind;
}

static void on_topic(void *ctx, const struct topic_hit *h) {
    struct seen *s = ctx;
    size_t *from = h->field == FIELD_PERSON ? &s->person : &s->topic;
    CHECK(h->from >= *from && h->from < h->to && h->to <= s->len);
    CHECK(h->field < FIELDS && h->confidence > 0 && h->confidence <= 100);
    *from = h->from;
    s->count++;
    s->sum = s->sum * 31 + h->from * 7 + (size_t)h->field * 2 + h->told;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct tagger_known first = {0};
    struct tagger_known second = {0};
    struct seen a = {.len = size};
    struct seen b = {.len = size};
    tagger_scan((struct str){(const char *)data, size}, &first, on_hit, on_topic, &a);
    tagger_scan((struct str){(const char *)data, size}, &second, on_hit, on_topic, &b);
    CHECK(a.count == b.count && a.sum == b.sum && first.count == second.count);
    return 0;
}
