/* Providers that need only a key. Prices are the vendors' public list prices in micro-dollars per
 * million tokens; quality is a prior for hard tasks on one scale with local models (route.h),
 * coarse on purpose. */
#include "hub/config.h"

#define MODEL(id_, ctx, img, file, in, out, q)                                                  \
    {                                                                                           \
        .id = STR_INIT(id_), .context = (ctx), .images = (img), .files = (file), .tools = true, \
        .schema = true, .price_in = (in), .price_out = (out), .quality = (q)                    \
    }

static const struct config_model OPENAI[] = {
    MODEL("gpt-5.2", 400000, true, true, 1750000, 14000000, 920),
    MODEL("gpt-5.1", 400000, true, true, 1250000, 10000000, 900),
    MODEL("gpt-5-mini", 400000, true, true, 250000, 2000000, 800),
    MODEL("gpt-5-nano", 400000, true, true, 50000, 400000, 700),
};
static const struct config_model ANTHROPIC[] = {
    MODEL("claude-opus-4-5", 200000, true, true, 5000000, 25000000, 930),
    MODEL("claude-sonnet-4-5", 200000, true, true, 3000000, 15000000, 900),
    MODEL("claude-haiku-4-5", 200000, true, true, 1000000, 5000000, 800),
};
static const struct config_model MISTRAL[] = {
    MODEL("mistral-large-latest", 128000, true, false, 2000000, 6000000, 820),
    MODEL("mistral-small-latest", 128000, true, false, 100000, 300000, 700),
};
static const struct config_model DEEPSEEK[] = {
    MODEL("deepseek-chat", 128000, false, false, 280000, 420000, 840),
    MODEL("deepseek-reasoner", 128000, false, false, 280000, 420000, 870),
};
static const struct config_model GROQ[] = {
    MODEL("openai/gpt-oss-120b", 131072, false, false, 150000, 600000, 790),
    MODEL("llama-3.3-70b-versatile", 131072, false, false, 590000, 790000, 740),
};

const struct provider_preset PROVIDER_PRESETS[] = {
    {"openai", DIALECT_OPENAI, "https://api.openai.com/v1", OPENAI, ARRAY_LEN(OPENAI)},
    {"anthropic", DIALECT_ANTHROPIC, "https://api.anthropic.com/v1", ANTHROPIC,
     ARRAY_LEN(ANTHROPIC)},
    {"mistral", DIALECT_OPENAI, "https://api.mistral.ai/v1", MISTRAL, ARRAY_LEN(MISTRAL)},
    {"deepseek", DIALECT_OPENAI, "https://api.deepseek.com/v1", DEEPSEEK, ARRAY_LEN(DEEPSEEK)},
    {"groq", DIALECT_OPENAI, "https://api.groq.com/openai/v1", GROQ, ARRAY_LEN(GROQ)},
    {"openrouter", DIALECT_OPENAI, "https://openrouter.ai/api/v1", NULL, 0},
    {"together", DIALECT_OPENAI, "https://api.together.xyz/v1", NULL, 0},
};
const size_t PROVIDER_PRESET_COUNT = ARRAY_LEN(PROVIDER_PRESETS);

const struct provider_preset *provider_preset(struct str name) {
    for (size_t i = 0; i < PROVIDER_PRESET_COUNT; i++) {
        if (str_is(name, PROVIDER_PRESETS[i].name)) {
            return &PROVIDER_PRESETS[i];
        }
    }
    return NULL;
}
