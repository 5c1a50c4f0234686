/* How tokens are drawn where a request does not say. */
#include "engine/inside.h"

const struct engine_sampler_row ENGINE_SAMPLER_ROWS[ENGINE_SAMPLERS] = {
    [SAMPLER_TEMPERATURE] = {"temperature", "--temp", 0, 2},
    [SAMPLER_TOP_P] = {"top_p", "--top-p", 0, 1},
    [SAMPLER_TOP_K] = {"top_k", "--top-k", 0, 1000},
    [SAMPLER_MIN_P] = {"min_p", "--min-p", 0, 1},
    [SAMPLER_REPEAT_PENALTY] = {"repeat_penalty", "--repeat-penalty", 0.1, 10},
    [SAMPLER_MAX_TOKENS] = {"max_tokens", "--predict", 1, 10000000},
};

/* Families whose answers need another way than the engine's own. At its temperature of 0.8 the
 * small SmolLM2 wander off and then repeat themselves until the context is full; what is longer
 * than this is a repetition, whatever the way (docs/measured.md). */
static const struct {
    const char *starts;
    struct {
        enum engine_sampler sampler;
        double value;
    } way[ENGINE_SAMPLERS];
    size_t count;
} FAMILIES[] = {
    {"smollm2-",
     {{SAMPLER_TEMPERATURE, 0.2},
      {SAMPLER_TOP_P, 0.9},
      {SAMPLER_REPEAT_PENALTY, 1.1},
      {SAMPLER_MAX_TOKENS, 1024}},
     4},
};

struct engine_sampling sampling_of(struct str name) {
    struct engine_sampling out = {0};
    for (size_t i = 0; i < ARRAY_LEN(FAMILIES); i++) {
        if (!str_istarts(name, str_of(FAMILIES[i].starts))) {
            continue;
        }
        for (size_t k = 0; k < FAMILIES[i].count; k++) {
            out.has[FAMILIES[i].way[k].sampler] = true;
            out.value[FAMILIES[i].way[k].sampler] = FAMILIES[i].way[k].value;
        }
    }
    return out;
}

void sampling_merge(struct engine_sampling *into, const struct engine_sampling *over) {
    for (size_t i = 0; i < ENGINE_SAMPLERS; i++) {
        if (over->has[i]) {
            into->has[i] = true;
            into->value[i] = over->value[i];
        }
    }
}

size_t sampling_words(struct arena *a, const struct engine_sampling *s, const char **argv) {
    size_t n = 0;
    for (size_t i = 0; i < ENGINE_SAMPLERS; i++) {
        if (s->has[i]) {
            argv[n++] = ENGINE_SAMPLER_ROWS[i].option;
            argv[n++] = str_fmt(a, "%.10g", s->value[i]).ptr;
        }
    }
    return n;
}
