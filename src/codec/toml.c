/* The parts of TOML that need no parser: looking up and quoting. Pure functions, any thread. */
#include "codec/toml.h"

#include "codec/utf8.h"

const struct tval *tval_get(const struct tval *table, const char *key) {
    for (size_t i = 0; table && table->kind == TTABLE && i < table->count; i++) {
        if (str_is(table->items[i].key, key)) {
            return &table->items[i];
        }
    }
    return NULL;
}

static const char *escape_of(uint32_t cp) {
    switch (cp) {
    case '\b':
        return "\\b";
    case '\t':
        return "\\t";
    case '\n':
        return "\\n";
    case '\f':
        return "\\f";
    case '\r':
        return "\\r";
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    default:
        return NULL;
    }
}

bool toml_quote(struct buf *out, struct str s) {
    size_t at = 0;
    uint32_t cp = 0;
    buf_add_char(out, '"');
    while (utf8_next(s, &at, &cp)) {
        const char *escape = escape_of(cp);
        if (escape) {
            buf_add(out, str_of(escape));
        } else if (cp < 0x20 || cp == 0x7f) {
            buf_addf(out, "\\u%04X", (unsigned)cp);
        } else {
            utf8_add(out, cp);
        }
    }
    return buf_add_char(out, '"');
}
