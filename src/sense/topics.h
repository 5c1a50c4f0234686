/* Finds health, money, law, children, work and other people's affairs in sentences: words of a
 * topic are judged by what stands around them (a small linear model, scripts/train), for "I have a
 * fever" tells a fact and "what causes a fever?" does not. Pure: nothing is allocated, any number
 * of threads. Words come one by one from the tagger's pass. */
#pragma once

#include "base/str.h"

enum topic_field {
    FIELD_HEALTH,
    FIELD_FINANCE,
    FIELD_LEGAL,
    FIELD_MINORS,
    FIELD_WORK,
    FIELD_THIRD,
    FIELD_PERSON, /* "my husband": by rule, not by the model */
    FIELDS
};

struct topic_hit {
    enum topic_field field;
    bool told;          /* a fact; else it is only mentioned */
    size_t from, to;    /* bytes */
    uint8_t confidence; /* per cent */
};
typedef void (*topic_hit_fn)(void *ctx, const struct topic_hit *hit);
