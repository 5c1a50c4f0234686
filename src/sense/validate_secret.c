/* What a secret must be beyond its shape: random, and not what documentation and code write in its
 * place. */
#include "base/hash.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "sense/look.h"

static const char *const PLACEHOLDERS[] = {
    "xxxx",     "your", "example",    "placeholder", "changeme",   "<",
    "****",     "....", "insert",     "dummy",       "redacted",   "sample",
    "${",       "{{",   "not-needed", "notneeded",   "my-api",     "my_api",
    "test_key", "fake", "00000000",   "aaaaaaa",     "0123456789", "1234567890123456"};

enum verdict valid_entropy(const struct matched *m) {
    double bits = entropy(m->text);
    bool shown = bits < 4.5 && any_of(m->text, PLACEHOLDERS, ARRAY_LEN(PLACEHOLDERS));
    return shown || bits < 2.8 ? MATCH_NO : MATCH_YES;
}

/* Anthropic's begin the same and are another row's. */
enum verdict valid_openai(const struct matched *m) {
    return str_starts(m->text, STR("sk-ant-")) ? MATCH_NO : valid_entropy(m);
}

/* Keys that documentation and public programs show, by the first bytes of their SHA-256. */
enum verdict valid_google_key(const struct matched *m) {
    static const uint32_t shown[] = {0x27a9a429, 0x49f777db, 0xa6c814bc, 0x8731261c,
                                     0x37f8f09b, 0xeb540d2b, 0x2037abca, 0x3a8b61d0,
                                     0x4c98242d, 0xea9bb108, 0x3f370c9d, 0xa19f89ab,
                                     0xe4a5542b, 0xdc0fcf04, 0xf56e3234, 0x0b476bdf};
    struct sha256 h = sha256_of(m->text);
    uint32_t first = (uint32_t)h.bytes[0] << 24 | (uint32_t)h.bytes[1] << 16
                     | (uint32_t)h.bytes[2] << 8 | h.bytes[3];
    for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
        if (first == shown[i]) {
            return MATCH_NO;
        }
    }
    return valid_entropy(m);
}

static int classes(struct str s) {
    bool lower = false;
    bool upper = false;
    bool digit = false;
    bool other = false;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        lower = lower || islower(c);
        upper = upper || isupper(c);
        digit = digit || isdigit(c);
        other = other || ispunct(c);
    }
    return lower + upper + digit + other;
}

/* Something that is put in later: `${NAME}`, `{{ name }}`, `<name>`, `$NAME`, `%s`. */
static bool is_template(struct str v) {
    static const char *const begins[] = {"${", "{{", "<", "$(", "%(", "#{", "%{", "[", "***", "%s"};
    for (size_t i = 0; i < ARRAY_LEN(begins); i++) {
        if (str_starts(v, str_of(begins[i]))) {
            return true;
        }
    }
    size_t letters = 1;
    while (v.len && v.ptr[0] == '$' && letters < v.len
           && (isupper((unsigned char)v.ptr[letters]) || v.ptr[letters] == '_')) {
        letters++;
    }
    return letters > 1 && letters >= v.len;
}

static bool is_quoted(const struct matched *m) {
    unsigned char b = before(m);
    return (b == '"' || b == '\'' || b == '`') && after(m) == b;
}

/* How often letters change their case and letters and digits follow each other. */
static size_t changes(struct str s) {
    size_t n = 0;
    for (size_t i = 1; i < s.len; i++) {
        unsigned char a = (unsigned char)s.ptr[i - 1];
        unsigned char b = (unsigned char)s.ptr[i];
        n += isalnum(a) && isalnum(b)
             && ((isdigit(a) != 0) != (isdigit(b) != 0) || (isupper(a) != 0) != (isupper(b) != 0));
    }
    return n;
}

/* Signs that words, paths and expressions of code rarely have two of. */
static size_t odd_signs(struct str s) {
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        n += char_is_of(s.ptr[i], "$#@%^&*!?~");
    }
    return n;
}

static bool is_sentence(struct str v) {
    static const char *const words[] = {
        "the ", "your ", "enter", "must ", " be ",   "least", " is ", "user ", " of ", " for ",
        " to ", " a ",   " an ",  " in ",  "please", "not ",  "new ", "old ",  "here"};
    bool first = isupper((unsigned char)v.ptr[0]) != 0;
    return str_find_char(v, ' ') >= 0 && (first || any_of(v, words, ARRAY_LEN(words)));
}

/* A call, an index or a member of something: code that fetches the value. */
static bool is_expression(const struct matched *m) {
    unsigned char next = after(m);
    if (is_quoted(m)) {
        return false;
    }
    if (next == ';' || next == '(' || next == '[') {
        return true;
    }
    static const char *const signs[] = {"(", "->", "::", "[\"", "['"};
    return odd_signs(m->text) < 2
           && (any_of(m->text, signs, ARRAY_LEN(signs)) || char_is_of(m->text.ptr[0], "$&*"));
}

static const char *const NO_SECRET[] = {
    "xxxx",     "your",     "example",  "placeholder", "changeme", "****",     "....",
    "dummy",    "redacted", "sample",   "not-needed",  "my-api",   "my_api",   "fake",
    "00000000", "aaaaaaa",  "environ",  "getenv",      "process.", "config.",  "settings.",
    "self.",    "request",  "response", "https:",      "http:",    "function", "undefined",
    "args.",    "this.",    "params",   "import ",     "return"};

enum verdict valid_password(const struct matched *m) {
    static const char *const words[] = {
        "required", "incorrect", "invalid",   "changed", "forgotten", "wrong",  "expired",
        "empty",    "string",    "none",      "null",    "true",      "false",  "hash",
        "password", "passwd",    "protected", "stored",  "input(",    "secret", "optional",
        "varchar",  "boolean",   "reset",     "prompt",  "field",     "label"};
    struct str v = m->text;
    if (v.len < 6 || is_template(v) || is_expression(m) || any_of(v, words, ARRAY_LEN(words))
        || any_of(v, NO_SECRET, ARRAY_LEN(NO_SECRET))) {
        return MATCH_NO;
    }
    if (str_find_char(v, ' ') >= 0) {
        size_t at = m->from;
        while (at > 0 && char_is_of(m->whole.ptr[at - 1], "\"'` \t@")) {
            at--;
        }
        bool assigned = is_quoted(m) && at > 0 && m->whole.ptr[at - 1] == '=';
        return assigned && v.len >= 12 && !is_sentence(v) ? MATCH_YES : MATCH_NO;
    }
    char d[2];
    bool strong = digits_of(v, d, 1) > 0 || odd_signs(v) > 0 || 3 * changes(v) >= v.len;
    return strong && classes(v) >= 2 && entropy(v) >= 2.2 ? MATCH_YES : MATCH_NO;
}

/* Forty characters of base64; a hash in hexadecimal has no capitals. */
enum verdict valid_aws_secret(const struct matched *m) {
    char d[2];
    bool mixed = classes(m->text) >= 3 || (classes(m->text) == 2 && digits_of(m->text, d, 1) == 0);
    return mixed && entropy(m->text) >= 4.0 ? valid_entropy(m) : MATCH_NO;
}

enum verdict valid_compared(const struct matched *m) {
    return odd_signs(m->text) >= 2 || valid_generic(m) == MATCH_YES ? MATCH_YES : MATCH_NO;
}

/* Names of what is public, or of a thing about the secret and not itself. */
static bool is_about(const struct matched *m) {
    static const char *const public_[] = {
        "public", "csrf",       "secretsid", "xsrf",  "credentialid", "credentialsid",
        "_name",  "name ",      "_id ",      "keyid", "_count",       "tokenizer",
        "tokens", "token_type", "vault",     "_url",  "_path",        "_file",
        "_len",   "max_",       "pad_",      "eos_",  "bos_"};
    size_t from = m->from > 48 ? m->from - 48 : 0;
    size_t line = m->from;
    while (line > from && m->whole.ptr[line - 1] != '\n') {
        line--;
    }
    return any_of(str_sub(m->whole, line, m->from), public_, ARRAY_LEN(public_));
}

/* `isApiKeyProvider`, `testP256PrivateKey`: words of a program side by side. Of random letters and
 * digits in sixteen places one of some thousand looks so. */
static bool is_identifier(struct str s) {
    size_t words = 0;
    for (size_t i = 0; i < s.len;) {
        bool capital = isupper((unsigned char)s.ptr[i]) != 0;
        size_t to = i + capital;
        while (to < s.len && islower((unsigned char)s.ptr[to])) {
            to++;
        }
        size_t digits = to;
        while (digits < s.len && digits < to + 3 && isdigit((unsigned char)s.ptr[digits])) {
            digits++;
        }
        bool word = to - i >= 3 || (capital && to - i == 1 && digits > to); /* "Key", "P256" */
        if (!word && !(i == 0 && to - i == 2)) {
            return false;
        }
        words++;
        i = digits;
    }
    return words >= 3;
}

enum verdict valid_generic(const struct matched *m) {
    static const char *const code[] = {"_TOKEN", "_KEY",    "_SECRET", "token_",
                                       "_token", "secret_", "_secret"};
    struct str v = m->text;
    if (v.len < 8 || is_template(v) || is_expression(m) || str_find_char(v, ' ') >= 0
        || is_identifier(v) || any_of(v, code, ARRAY_LEN(code))
        || any_of(v, NO_SECRET, ARRAY_LEN(NO_SECRET)) || is_about(m)) {
        return MATCH_NO;
    }
    if (odd_signs(v) >= 2) {
        return classes(v) >= 2 && entropy(v) >= 2.8 ? MATCH_YES : MATCH_NO;
    }
    char d[2];
    size_t dots = 0;
    for (size_t i = 0; i < v.len; i++) {
        dots += v.ptr[i] == '.';
    }
    bool host = dots >= 2 && changes(v) * 4 < v.len;
    bool strong = digits_of(v, d, 1) > 0 || 3 * changes(v) >= v.len;
    return v.len >= 16 && strong && !host && classes(v) >= 2 && entropy(v) >= 3.2 ? MATCH_YES
                                                                                  : MATCH_NO;
}

/* As no word has: five consonants in a row. */
static bool is_jumbled(struct str s) {
    size_t run = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = (char)(s.ptr[i] | 32);
        run = c >= 'a' && c <= 'z' && !char_is_of(c, "aeiou") ? run + 1 : 0;
        if (run >= 5) {
            return true;
        }
    }
    return false;
}

/* Letters and digits in no order: no word, no path, no name of a variable. */
enum verdict valid_service_key(const struct matched *m) {
    unsigned char next = after(m);
    char d[100];
    size_t digits = digits_of(m->text, d, sizeof d - 1);
    bool path = str_find_char(m->text, '/') >= 0 && (m->text.len < 60 || digits < 6);
    bool goes_on = isalnum(next) || next == '(' || next == '.';
    if (goes_on || path || any_of(m->text, PLACEHOLDERS, ARRAY_LEN(PLACEHOLDERS))) {
        return MATCH_NO;
    }
    size_t words = 0; /* letters in a row */
    size_t longest = 0;
    for (size_t i = 0; i < m->text.len; i++) {
        words = isalpha((unsigned char)m->text.ptr[i]) ? words + 1 : 0;
        longest = words > longest ? words : longest;
    }
    bool mixed = (digits >= 2 && longest <= m->text.len / 2) || (digits && is_jumbled(m->text));
    double least = digits == m->text.len ? 2.2 : 2.8;
    return mixed && entropy(m->text) >= least ? MATCH_YES : MATCH_NO;
}

enum verdict valid_curl_header(const struct matched *m) {
    static const char *const shown[] = {"key",    "token", "secret", "pass",
                                        "bearer", "abc",   "123456"};
    bool example = any_of(m->text, PLACEHOLDERS, ARRAY_LEN(PLACEHOLDERS))
                   || (entropy(m->text) < 4 && any_of(m->text, shown, ARRAY_LEN(shown)));
    return !example && entropy(m->text) >= 2.7 && classes(m->text) >= 2 ? MATCH_YES : MATCH_NO;
}

enum verdict valid_curl_user(const struct matched *m) {
    static const char *const shown[] = {":pass", ":pw",   ":secret", ":token", ":key", ":xxx",
                                        ":***",  ":test", ":yyy",    "[",      ":$"};
    return m->text.len < 6 || any_of(m->text, shown, ARRAY_LEN(shown))
                   || any_of(m->text, PLACEHOLDERS, ARRAY_LEN(PLACEHOLDERS))
               ? MATCH_NO
               : MATCH_YES;
}

enum verdict valid_url_credentials(const struct matched *m) {
    static const char *const shown[] = {
        "user:password@", "username:password@", "user:pass@", "<",   "${", "{{", "$(", "%s",
        ":password@",     "user:pwd@",          ":***@",      ":xxx"};
    return any_of(m->text, shown, ARRAY_LEN(shown)) ? MATCH_NO : MATCH_YES;
}

/* The header of a JWT is JSON with an `alg`. */
enum verdict valid_jwt(const struct matched *m) {
    struct str head = {0};
    struct str rest = {0};
    str_cut(m->text, '.', &head, &rest);
    struct arena a = arena_make(64 << 10);
    struct err e = {0};
    struct str json = {0};
    bool read = base64_decode(&a, head, &json);
    const struct jval *v = read ? json_parse(&a, json, &JSON_LIMITS, &e) : NULL;
    bool signed_ = jval_get(v, "alg") != NULL;
    arena_end(&a);
    return signed_ ? MATCH_VALIDATED : MATCH_YES;
}
