/* The four presets (POLICY.md 2): files of the same form as policy.toml, in presets/, put into the
 * program as they are. */
#include "policy/rules.h"

const char *const POLICY_PRESETS[4] = {"local-only", "careful", "balanced", "cloud-first"};

/* The assembler finds the file by the compiler's include path. The byte behind it ends the text. */
#define EMBED(symbol, file)                                                  \
    __asm__(".section .rodata\n" #symbol ":\n.incbin \"policy/presets/" file \
            "\"\n.byte 0\n.previous\n");                                     \
    extern const char symbol[] __attribute__((visibility("hidden")))

EMBED(preset_local_only, "local-only.toml");
EMBED(preset_careful, "careful.toml");
EMBED(preset_balanced, "balanced.toml");
EMBED(preset_cloud_first, "cloud-first.toml");

static const char *const TEXTS[4] = {preset_local_only, preset_careful, preset_balanced,
                                     preset_cloud_first};

struct str policy_preset_text(const char *name) {
    for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++) {
        if (str_is(str_of(name), POLICY_PRESETS[i])) {
            return str_of(TEXTS[i]);
        }
    }
    return (struct str){0};
}

bool policy_preset(struct arena *a, struct str name, struct policy *out) {
    if (!policy_preset_text(str_cstr(a, name)).ptr) {
        return false;
    }
    struct err e = {0};
    struct str text = str_fmt(a, "preset = \"" STR_FMT "\"\n", STR_ARG(name));
    return policy_read(a, text, "policy.toml", NULL, out, &e);
}

struct str policy_append_rule(struct arena *a, struct str text, struct str rule_toml) {
    bool ends = !text.len || text.ptr[text.len - 1] == '\n';
    return str_fmt(a, STR_FMT "%s\n" STR_FMT, STR_ARG(text), ends ? "" : "\n", STR_ARG(rule_toml));
}
