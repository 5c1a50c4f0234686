/* JSON text without a tree: writing it, finding top-level members, replacing ranges. Any thread. */
#include "codec/json.h"
#include "codec/utf8.h"

/* ---- writing ---- */

static void add_escape(struct buf *out, unsigned char c) {
    static const char *const names[] = {
        ['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f",
        ['\r'] = "\\r", ['"'] = "\\\"", ['\\'] = "\\\\"};
    if (c < ARRAY_LEN(names) && names[c]) {
        buf_add(out, str_of(names[c]));
    } else {
        buf_addf(out, "\\u%04X", (unsigned)c);
    }
}

/* Eight bytes at once: the high bit of each that is below 0x20, a quote, a backslash, or not ASCII.
 */
static uint64_t special_in(uint64_t eight) {
    const uint64_t ones = 0x0101010101010101u;
    const uint64_t highs = 0x8080808080808080u;
    uint64_t low = eight - 0x20 * ones;
    uint64_t quote = (eight ^ '"' * ones) - ones;
    uint64_t slash = (eight ^ '\\' * ones) - ones;
    return (low | quote | slash | eight) & highs;
}

/* How many bytes from `at` on stand for themselves in a JSON string. Borrows between the bytes may
 * end the eight too early, never too late; the last look is byte by byte. */
static size_t plain_run(struct str s, size_t at) {
    size_t from = at;
    uint64_t eight = 0;
    while (s.len - at >= sizeof eight) {
        memcpy(&eight, s.ptr + at, sizeof eight);
        if (special_in(eight)) {
            break;
        }
        at += sizeof eight;
    }
    while (at < s.len) {
        unsigned char c = (unsigned char)s.ptr[at];
        if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\') {
            break;
        }
        at++;
    }
    return at - from;
}

bool json_quote(struct buf *out, struct str s) {
    buf_add_char(out, '"');
    for (size_t at = 0; at < s.len;) {
        size_t run = plain_run(s, at);
        buf_add(out, str_sub(s, at, at + run));
        at += run;
        if (at == s.len) {
            break;
        }
        unsigned char c = (unsigned char)s.ptr[at];
        if (c < 0x80) {
            add_escape(out, c);
            at++;
            continue;
        }
        size_t good = utf8_valid_run(str_sub(s, at, s.len));
        buf_add(out, good ? str_sub(s, at, at + good) : STR("\xef\xbf\xbd"));
        at += good ? good : 1;
    }
    return buf_add_char(out, '"');
}

struct jout jout_make(struct buf *out) {
    return (struct jout){out, 0, false};
}

/* A value or a key follows. */
static void begin(struct jout *j) {
    if (j->need_comma) {
        buf_add_char(j->out, ',');
    }
    j->need_comma = true;
}

static void open_with(struct jout *j, char c) {
    begin(j);
    buf_add_char(j->out, c);
    j->need_comma = false;
    j->depth++;
}

static void close_with(struct jout *j, char c) {
    buf_add_char(j->out, c);
    j->need_comma = true;
    j->depth--;
}

void jout_object(struct jout *j) {
    open_with(j, '{');
}

void jout_end_object(struct jout *j) {
    close_with(j, '}');
}

void jout_array(struct jout *j) {
    open_with(j, '[');
}

void jout_end_array(struct jout *j) {
    close_with(j, ']');
}

void jout_key(struct jout *j, const char *key) {
    jout_key_str(j, str_of(key));
}

void jout_key_str(struct jout *j, struct str key) {
    begin(j);
    json_quote(j->out, key);
    buf_add_char(j->out, ':');
    j->need_comma = false;
}

void jout_str(struct jout *j, struct str s) {
    begin(j);
    json_quote(j->out, s);
}

void jout_cstr(struct jout *j, const char *s_opt) {
    if (s_opt) {
        jout_str(j, str_of(s_opt));
    } else {
        jout_null(j);
    }
}

void jout_i64(struct jout *j, int64_t v) {
    begin(j);
    buf_add_i64(j->out, v);
}

void jout_bool(struct jout *j, bool v) {
    begin(j);
    buf_add(j->out, v ? STR("true") : STR("false"));
}

void jout_null(struct jout *j) {
    begin(j);
    buf_add(j->out, STR("null"));
}

void jout_raw(struct jout *j, struct str json) {
    begin(j);
    buf_add(j->out, json.len ? json : STR("null"));
}

void jout_kstr(struct jout *j, const char *key, struct str s) {
    jout_key(j, key);
    jout_str(j, s);
}

void jout_kcstr(struct jout *j, const char *key, const char *s_opt) {
    jout_key(j, key);
    jout_cstr(j, s_opt);
}

void jout_ki64(struct jout *j, const char *key, int64_t v) {
    jout_key(j, key);
    jout_i64(j, v);
}

void jout_kdouble(struct jout *j, const char *key, double v) {
    jout_key(j, key);
    jout_double(j, v);
}

void jout_kbool(struct jout *j, const char *key, bool v) {
    jout_key(j, key);
    jout_bool(j, v);
}

void jout_knull(struct jout *j, const char *key) {
    jout_key(j, key);
    jout_null(j);
}

void jout_kraw(struct jout *j, const char *key, struct str json) {
    jout_key(j, key);
    jout_raw(j, json);
}

/* ---- ranges ---- */

static size_t skip_blanks(struct str s, size_t at) {
    while (at < s.len
           && (s.ptr[at] == ' ' || s.ptr[at] == '\t' || s.ptr[at] == '\n' || s.ptr[at] == '\r')) {
        at++;
    }
    return at;
}

/* Behind the string whose opening quote is at `at`. */
static size_t skip_string(struct str s, size_t at) {
    size_t from = at + 1;
    for (size_t i = from; i < s.len;) {
        ptrdiff_t quote = str_find_char(str_sub(s, i, s.len), '"');
        if (quote < 0) {
            break;
        }
        i += (size_t)quote;
        size_t slashes = 0;
        while (i - slashes > from && s.ptr[i - slashes - 1] == '\\') {
            slashes++;
        }
        i++;
        if (slashes % 2 == 0) {
            return i;
        }
    }
    return s.len;
}

/* Behind the value that begins at `at`. */
static size_t skip_value(struct str s, size_t at) {
    size_t depth = 0;
    while (at < s.len) {
        char c = s.ptr[at];
        if (c == '"') {
            at = skip_string(s, at);
            if (depth == 0) {
                return at;
            }
            continue;
        }
        if (c == '{' || c == '[') {
            depth++;
        } else if (depth == 0 && (c == ',' || c == '}' || c == ']' || skip_blanks(s, at) != at)) {
            return at;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            return at + 1;
        }
        at++;
    }
    return at;
}

size_t json_spans(struct str text, struct json_span *out, size_t max) {
    size_t n = 0;
    size_t at = skip_blanks(text, 0);
    if (at == text.len || text.ptr[at] != '{') {
        return 0;
    }
    at = skip_blanks(text, at + 1);
    while (at < text.len && text.ptr[at] == '"') {
        struct json_span span = {.key_from = at};
        at = skip_string(text, at);
        span.key = str_sub(text, span.key_from + 1, at - 1);
        at = skip_blanks(text, at);
        span.from = skip_blanks(text, at + 1); /* behind the colon */
        span.to = span.from = span.from > text.len ? text.len : span.from;
        at = span.to = skip_value(text, span.from);
        if (n < max) {
            out[n] = span;
        }
        n++;
        at = skip_blanks(text, at);
        if (at == text.len || text.ptr[at] != ',') {
            break;
        }
        at = skip_blanks(text, at + 1);
    }
    return n;
}

bool json_splice(struct buf *out, struct str text, const struct json_edit *edits, size_t n) {
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        if (edits[i].from < at || edits[i].to < edits[i].from || edits[i].to > text.len) {
            return false;
        }
        buf_add(out, str_sub(text, at, edits[i].from));
        buf_add(out, edits[i].with);
        at = edits[i].to;
    }
    return buf_add(out, str_sub(text, at, text.len));
}

struct json_edit json_cut_member(struct str text, const struct json_span *spans, size_t n,
                                 size_t i) {
    (void)text; /* the spans know */
    if (i > 0) {
        return (struct json_edit){spans[i - 1].to, spans[i].to,
                                  STR("")}; /* with the comma before it */
    }
    return (struct json_edit){spans[0].key_from, n > 1 ? spans[1].key_from : spans[0].to, STR("")};
}
