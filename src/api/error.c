/* Errors in the words of each dialect: status, type, code, param, and the overflow texts that
 * agents look for. Pure. */
#include "api/inner.h"

int reply_status(enum api_shape shape, const struct err *e) {
    if (shape == SHAPE_ANTHROPIC && e->kind == ERR_UNAVAILABLE) {
        return 529; /* overloaded: its clients wait and try again */
    }
    if (e->code && str_is(str_of(e->code), "context_length_exceeded")) {
        return 400;
    }
    return err_row(e->kind)->http_status;
}

/* ---- overflow ---- */

/* The number that ends just before `at`, blanks between; -1: none. */
static int64_t number_before(struct str s, size_t at) {
    while (at > 0 && s.ptr[at - 1] == ' ') {
        at--;
    }
    size_t from = at;
    while (from > 0 && s.ptr[from - 1] >= '0' && s.ptr[from - 1] <= '9') {
        from--;
    }
    int64_t n = -1;
    return str_to_i64(str_sub(s, from, at), &n) ? n : -1;
}

/* The first number behind `words`; -1: none. */
static int64_t number_behind(struct str s, struct str words) {
    ptrdiff_t found = str_find(s, words);
    if (found < 0) {
        return -1;
    }
    size_t from = (size_t)found + words.len;
    while (from < s.len && (s.ptr[from] < '0' || s.ptr[from] > '9')) {
        from++;
    }
    size_t to = from;
    while (to < s.len && s.ptr[to] >= '0' && s.ptr[to] <= '9') {
        to++;
    }
    int64_t n = -1;
    return str_to_i64(str_sub(s, from, to), &n) ? n : -1;
}

/* Finds how long the prompt was and how long it may be in what a backend said. */
static bool overflow_numbers(struct str text, int64_t *tokens, int64_t *most) {
    ptrdiff_t at = str_find(text, STR(" tokens > ")); /* Anthropic's way */
    if (at >= 0) {
        *tokens = number_before(text, (size_t)at);
        *most = number_behind(text, STR(" tokens > "));
        return *tokens > 0 && *most > 0;
    }
    static const struct str limits[] = {STR_INIT("maximum context length is"),
                                        STR_INIT("available context size"), STR_INIT("context of"),
                                        STR_INIT("context window of")};
    for (size_t i = 0; i < ARRAY_LEN(limits) && *most <= 0; i++) {
        *most = number_behind(text, limits[i]);
    }
    static const struct str lengths[] = {STR_INIT("resulted in"), STR_INIT("requested"),
                                         STR_INIT("request ("), STR_INIT("prompt has"),
                                         STR_INIT("prompt of")};
    for (size_t i = 0; i < ARRAY_LEN(lengths) && *tokens <= 0; i++) {
        *tokens = number_behind(text, lengths[i]);
    }
    return *tokens > 0 && *most > 0;
}

static void overflow_text(enum api_shape shape, struct err *e) {
    int64_t tokens = -1;
    int64_t most = -1;
    struct str text = str_of(e->text);
    bool known = overflow_numbers(text, &tokens, &most);
    long long t = tokens;
    long long m = most;
    const char *code = e->code;
    if (known && shape == SHAPE_ANTHROPIC) {
        err_set(e, ERR_INVALID, "prompt is too long: %lld tokens > %lld maximum", t, m);
    } else if (known) {
        err_set(e, ERR_INVALID,
                "This model's maximum context length is %lld tokens. However, your messages "
                "resulted in %lld tokens. Please reduce the length of the messages.",
                m, t);
    } else if (shape == SHAPE_ANTHROPIC) {
        err_while(e, "prompt is too long");
    } else if (most > 0) {
        err_while(e, "This model's maximum context length is %lld tokens", m);
    } else {
        err_while(e, "The input exceeds the context window of this model");
    }
    e->code = code;
}

/* ---- shapes ---- */

static const char *openai_code(const struct err *e) {
    if (e->code) {
        return e->code;
    }
    return e->kind == ERR_UNAUTHORIZED   ? "invalid_api_key"
           : e->kind == ERR_RATE_LIMITED ? "rate_limit_exceeded"
                                         : NULL;
}

/* Our readers name the member in the first quotes. */
static struct str openai_param(const struct err *e) {
    static const char *const codes[] = {"missing_required_parameter", "invalid_type",
                                        "invalid_value", "unknown_parameter"};
    bool ours = false;
    for (size_t i = 0; e->code && i < ARRAY_LEN(codes); i++) {
        ours = ours || str_is(str_of(e->code), codes[i]);
    }
    struct str before = {0};
    struct str rest = {0};
    struct str param = {0};
    struct str after = {0};
    if (ours && str_cut(str_of(e->text), '\'', &before, &rest)
        && str_cut(rest, '\'', &param, &after)) {
        return param;
    }
    if (e->code && str_is(str_of(e->code), "model_not_found")) {
        return STR("model");
    }
    return (struct str){0};
}

static void write_openai(struct jout *j, const struct err *e) {
    struct str param = openai_param(e);
    jout_object(j);
    jout_key(j, "error");
    jout_object(j);
    jout_kcstr(j, "message", e->text);
    jout_kcstr(j, "type", err_row(e->kind)->openai_type);
    if (param.len) {
        jout_kstr(j, "param", param);
    } else {
        jout_knull(j, "param");
    }
    jout_kcstr(j, "code", openai_code(e));
    jout_end_object(j);
    jout_end_object(j);
}

static void write_anthropic(struct jout *j, const struct err *e, struct str request_id) {
    jout_object(j);
    jout_kcstr(j, "type", "error");
    jout_key(j, "error");
    jout_object(j);
    jout_kcstr(j, "type", err_row(e->kind)->anthropic_type);
    jout_kcstr(j, "message", e->text);
    if (e->code) {
        jout_key(j, "details");
        jout_object(j);
        jout_kcstr(j, "error_code", e->code);
        jout_end_object(j);
    }
    jout_end_object(j);
    if (request_id.len) {
        jout_kstr(j, "request_id", request_id);
    } else {
        jout_knull(j, "request_id");
    }
    jout_end_object(j);
}

static void write_own(struct jout *j, const struct err *e) {
    jout_object(j);
    jout_key(j, "error");
    jout_object(j);
    jout_kcstr(j, "message", e->text);
    jout_kcstr(j, "code", e->code);
    jout_kcstr(j, "type", err_row(e->kind)->name);
    jout_end_object(j);
    jout_end_object(j);
}

void error_write(struct buf *out, enum api_shape shape, const struct err *e_in,
                 struct str request_id) {
    struct err e = *e_in;
    if (e.code && str_is(str_of(e.code), "context_length_exceeded")) {
        e.kind = ERR_INVALID;
        overflow_text(shape, &e);
    }
    struct jout j = jout_make(out);
    switch (shape) {
    case SHAPE_OPENAI:
        write_openai(&j, &e);
        break;
    case SHAPE_ANTHROPIC:
        write_anthropic(&j, &e, request_id);
        break;
    case SHAPE_OLLAMA:
        jout_object(&j);
        jout_kcstr(&j, "error", e.text);
        jout_end_object(&j);
        break;
    case SHAPE_OWN:
        write_own(&j, &e);
        break;
    }
}
