/* Words and patterns of policy rules: PCRE2 with limits, compiled once. */
#include "base/hash.h"
#include "sense/inside.h"

#include <ctype.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { MATCH_LIMIT = 200000, DEPTH_LIMIT = 2000, LONGEST_PATTERN = 4096 };

struct rules {
    struct arena arena;
    struct str *names;
    pcre2_code **codes; /* two per rule: words, pattern; NULL none */
    size_t count;
    pcre2_match_context *limits;
    uint64_t version;
};

/* Any of the words, letters of any case, at the start of a word where it begins with a letter or
 * digit. */
static struct str words_pattern(struct arena *a, const struct sense_rule *r) {
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 20);
    for (size_t i = 0; i < r->word_count; i++) {
        struct str w = r->words[i];
        buf_add(&b, i ? STR("|") : STR(""));
        unsigned char first = (unsigned char)w.ptr[0];
        buf_add(&b, isalnum(first) || first >= 0x80 ? STR("(?<![\\p{L}\\p{N}])") : STR(""));
        for (size_t k = 0; k < w.len; k++) {
            unsigned char c = (unsigned char)w.ptr[k];
            if (c < 0x80 && !isalnum(c)) {
                buf_add_char(&b, '\\');
            }
            buf_add_char(&b, (char)c);
        }
    }
    return str_dup(a, buf_str(&b));
}

static bool compile(struct str pattern, bool words, const struct sense_rule *rule, pcre2_code **out,
                    struct err *e) {
    int code = 0;
    PCRE2_SIZE offset = 0;
    const char *colon = rule->where.len ? ": " : "";
    if (!words && pattern.len > LONGEST_PATTERN) {
        return err_set(e, ERR_INVALID,
                       STR_FMT "%sthe rule \"" STR_FMT "\": its pattern is longer than %d bytes",
                       STR_ARG(rule->where), colon, STR_ARG(rule->name), LONGEST_PATTERN);
    }
    uint32_t flags = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_UTF_CHECK
                     | (words ? PCRE2_CASELESS : 0);
    *out = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len,
                         flags & ~(uint32_t)PCRE2_NO_UTF_CHECK, &code, &offset, NULL);
    if (!*out) {
        PCRE2_UCHAR why[160];
        pcre2_get_error_message(code, why, sizeof why);
        return err_set(e, ERR_INVALID,
                       STR_FMT "%sthe rule \"" STR_FMT
                               "\": its pattern does not compile at character %zu: %s",
                       STR_ARG(rule->where), colon, STR_ARG(rule->name), (size_t)offset + 1,
                       (const char *)why);
    }
    pcre2_jit_compile(*out, PCRE2_JIT_COMPLETE);
    return true;
}

bool rules_new(const struct sense_rule *rules, size_t n, struct rules **out, struct err *e) {
    struct rules *r = calloc(1, sizeof *r);
    if (!r) {
        abort();
    }
    r->arena = arena_make(16 << 20);
    r->names = arena_array(&r->arena, struct str, n + 1);
    r->codes = arena_array(&r->arena, pcre2_code *, 2 * n + 1);
    r->count = n;
    r->limits = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(r->limits, MATCH_LIMIT);
    pcre2_set_depth_limit(r->limits, DEPTH_LIMIT);
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        r->names[i] = str_dup(&r->arena, rules[i].name);
        struct str words =
            rules[i].word_count ? words_pattern(&r->arena, &rules[i]) : (struct str){0};
        ok = (!words.len || compile(words, true, &rules[i], &r->codes[2 * i], e))
             && (!rules[i].pattern.len
                 || compile(rules[i].pattern, false, &rules[i], &r->codes[2 * i + 1], e));
        struct sha256 h =
            sha256_of(str_fmt(&r->arena, STR_FMT "\n" STR_FMT "\n" STR_FMT, STR_ARG(r->names[i]),
                              STR_ARG(words), STR_ARG(rules[i].pattern)));
        uint64_t part = 0;
        memcpy(&part, h.bytes, sizeof part);
        r->version = r->version * 31 + part;
    }
    if (!ok) {
        rules_free(r);
        return false;
    }
    *out = r;
    return true;
}

void rules_free(struct rules *r) {
    if (r) {
        for (size_t i = 0; i < 2 * r->count; i++) {
            pcre2_code_free(r->codes[i]);
        }
        pcre2_match_context_free(r->limits);
        struct arena a = r->arena;
        arena_end(&a);
        free(r);
    }
}

struct str rules_name(const struct rules *r, size_t i) {
    return r->names[i];
}

uint64_t rules_version(const struct rules *r) {
    return r->version;
}

bool rules_scan(const struct rules *r, struct str text, pcre2_match_data *own,
                void (*on_hit)(void *ctx, size_t rule, size_t from, size_t to), void *ctx,
                struct err *e) {
    for (size_t i = 0; i < 2 * r->count; i++) {
        if (!r->codes[i]) {
            continue;
        }
        size_t at = 0;
        int rc = 0;
        while (at <= text.len
               && (rc = pcre2_match(r->codes[i], (PCRE2_SPTR)(text.ptr ? text.ptr : ""), text.len,
                                    at, 0, own, r->limits))
                      >= 0) {
            const PCRE2_SIZE *v = pcre2_get_ovector_pointer(own);
            on_hit(ctx, i / 2, v[0], v[1]);
            at = v[1] > v[0] ? v[1] : v[1] + 1;
            /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): text.len is 0 then */
            while (at < text.len && ((unsigned char)text.ptr[at] & 0xc0) == 0x80) {
                at++;
            }
        }
        if (rc < 0 && rc != PCRE2_ERROR_NOMATCH) {
            return err_set(e, ERR_TOO_LARGE,
                           "the pattern of the rule \"" STR_FMT "\" takes too long on this text",
                           STR_ARG(r->names[i / 2]));
        }
    }
    return true;
}
