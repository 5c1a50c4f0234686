/* Answers of /v1/chat/completions → events. */
#include "backend/inner.h"
#include "base/id.h"

static enum chat_stop stop_of(struct str reason) {
    static const struct {
        const char *reason;
        enum chat_stop stop;
    } rows[] = {{"stop", STOP_END},
                {"length", STOP_LENGTH},
                {"tool_calls", STOP_TOOL},
                {"function_call", STOP_TOOL},
                {"content_filter", STOP_CONTENT_FILTER}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_is(reason, rows[i].reason)) {
            return rows[i].stop;
        }
    }
    return STOP_END;
}

static int64_t number(const struct jval *o, const char *key, int64_t otherwise) {
    int64_t n = 0;
    return jval_i64(jval_get(o, key), &n) ? n : otherwise;
}

static void begin(struct backend_reader *r, struct sink *s) {
    if (!r->began) {
        r->began = true;
        sink_tell(s, (struct chat_event){.kind = EVENT_START, .usage = r->usage});
    }
}

/* ---- usage ---- */

static void read_usage(struct backend_reader *r, const struct jval *v, struct sink *s) {
    const struct jval *u = jval_get(v, "usage");
    const struct jval *t = jval_get(v, "timings");
    struct chat_usage *out = &r->usage;
    if (!jval_is(u, JOBJECT) && !jval_is(t, JOBJECT)) {
        return;
    }
    if (jval_is(u, JOBJECT)) {
        out->input_tokens = number(u, "prompt_tokens", -1);
        out->output_tokens = number(u, "completion_tokens", -1);
        out->cached_tokens = number(jval_get(u, "prompt_tokens_details"), "cached_tokens", 0);
        out->reasoning_tokens =
            number(jval_get(u, "completion_tokens_details"), "reasoning_tokens", 0);
    }
    double d = 0;
    if (jval_double(jval_get(t, "predicted_per_second"), &d)) {
        out->tokens_per_second = d;
    }
    if (jval_double(jval_get(t, "prompt_ms"), &d)) {
        out->prompt_ms = d;
    }
    sink_tell(s, (struct chat_event){.kind = EVENT_USAGE, .usage = *out});
}

/* ---- tool calls ---- */

/* The engine's arguments are printed canonically once they are whole. */
static void close_call(struct backend_reader *r, struct sink *s) {
    if (r->open_call >= 0) {
        struct str text = chat_canonical_arguments(&r->scratch, buf_str(&r->arguments));
        sink_tell(s, (struct chat_event){.kind = EVENT_TOOL_ARGUMENTS,
                                         .index = r->open_call,
                                         .text = str_trim(text).len ? text : STR("{}")});
        buf_clear(&r->arguments);
        r->open_call = -1;
    }
}

static bool read_call(struct backend_reader *r, const struct jval *v, int choice, int position,
                      struct sink *s, struct err *e) {
    int64_t index = number(v, "index", position);
    if (index < 0 || index >= BACKEND_CALLS) {
        return err_set(e, ERR_UPSTREAM, "the backend calls more than %d tools", BACKEND_CALLS);
    }
    const struct jval *f = jval_get(v, "function");
    struct str arguments = jval_str(jval_get(f, "arguments"));
    bool engine = r->quirks & BACKEND_ENGINE;
    if (!r->call_began[index] || r->call_choice[index] != choice) {
        close_call(r, s);
        r->call_began[index] = true;
        r->call_choice[index] = choice;
        struct str id = jval_str(jval_get(v, "id"));
        sink_tell(s, (struct chat_event){.kind = EVENT_TOOL_CALL,
                                         .choice = choice,
                                         .index = (int)index,
                                         .id = id.len ? id : id_make(&r->scratch, "call_", 20),
                                         .name = jval_str(jval_get(f, "name"))});
        r->open_call = engine ? (int)index : -1;
    }
    if (engine) {
        return buf_add(&r->arguments, arguments)
               || err_set(e, ERR_UPSTREAM, "a tool call's arguments are too long");
    }
    if (arguments.len) {
        sink_tell(s, (struct chat_event){.kind = EVENT_TOOL_ARGUMENTS,
                                         .choice = choice,
                                         .index = (int)index,
                                         .text = arguments});
    }
    return true;
}

static bool read_calls(struct backend_reader *r, const struct jval *list, int choice,
                       struct sink *s, struct err *e) {
    int position = 0;
    for (struct jiter it = jval_iter(list); jiter_next(&it); position++) {
        TRY(read_call(r, it.value, choice, position, s, e));
    }
    return true;
}

/* The answer was forced to be {"name": …, "arguments": {…}}: it is a tool call. */
static bool tell_forced(struct backend_reader *r, struct sink *s, struct err *e) {
    struct err why = {0};
    const struct jval *v = json_parse(&r->scratch, buf_str(&r->forced), &JSON_LIMITS, &why);
    struct str name = jval_str(jval_get(v, "name"));
    if (!name.len || !jval_get(v, "arguments")) {
        return err_set(e, ERR_UPSTREAM,
                       "the model's tool call ended unfinished; a larger max_tokens may help");
    }
    sink_tell(s, (struct chat_event){.kind = EVENT_TOOL_CALL,
                                     .id = id_make(&r->scratch, "call_", 20),
                                     .name = name});
    sink_tell(s, (struct chat_event){.kind = EVENT_TOOL_ARGUMENTS,
                                     .text = jval_print(&r->scratch, jval_get(v, "arguments"))});
    return true;
}

/* ---- one choice of a chunk or of an answer ---- */

static void tell_text(struct sink *s, enum chat_event_kind kind, int choice, const struct jval *v) {
    struct str text = jval_str(v);
    if (text.len) {
        sink_tell(s, (struct chat_event){.kind = kind, .choice = choice, .text = text});
    }
}

static bool read_content(struct backend_reader *r, const struct jval *delta, int choice,
                         struct sink *s, struct err *e) {
    if (is_forced(r->rq, r->quirks)) {
        return buf_add(&r->forced, jval_str(jval_get(delta, "content")))
               || err_set(e, ERR_UPSTREAM, "a tool call's arguments are too long");
    }
    const struct jval *reasoning = jval_get(delta, "reasoning_content");
    tell_text(s, EVENT_REASONING, choice, reasoning ? reasoning : jval_get(delta, "reasoning"));
    tell_text(s, EVENT_TEXT, choice, jval_get(delta, "content"));
    tell_text(s, EVENT_REFUSAL, choice, jval_get(delta, "refusal"));
    return read_calls(r, jval_get(delta, "tool_calls"), choice, s, e);
}

static bool finish_choice(struct backend_reader *r, struct str reason, int choice, struct sink *s,
                          struct err *e) {
    enum chat_stop stop = stop_of(reason);
    if (is_forced(r->rq, r->quirks)) {
        TRY(tell_forced(r, s, e));
        stop = STOP_TOOL;
    }
    close_call(r, s);
    r->stops++;
    sink_tell(s, (struct chat_event){.kind = EVENT_STOP, .choice = choice, .stop = stop});
    return true;
}

static bool read_choice(struct backend_reader *r, const struct jval *c, const char *member,
                        struct sink *s, struct err *e) {
    int64_t index = number(c, "index", 0);
    if (index < 0 || index >= BACKEND_CHOICES) {
        return err_set(e, ERR_UPSTREAM, "the backend gave more than %d answers", BACKEND_CHOICES);
    }
    TRY(read_content(r, jval_get(c, member), (int)index, s, e));
    const struct jval *logprobs = jval_get(c, "logprobs");
    if (jval_is(logprobs, JOBJECT)) {
        sink_tell(s, (struct chat_event){.kind = EVENT_LOGPROBS,
                                         .choice = (int)index,
                                         .raw = jval_print(&r->scratch, logprobs)});
    }
    struct str reason = jval_str(jval_get(c, "finish_reason"));
    return !reason.len || finish_choice(r, reason, (int)index, s, e);
}

bool openai_event(struct backend_reader *r, const struct jval *v, struct sink *s, struct err *e) {
    begin(r, s);
    for (struct jiter it = jval_iter(jval_get(v, "choices")); jiter_next(&it);) {
        TRY(read_choice(r, it.value, "delta", s, e));
    }
    read_usage(r, v, s);
    return true;
}

bool openai_answer(struct backend_reader *r, const struct jval *v, struct sink *s, struct err *e) {
    if (!jval_is(jval_get(v, "choices"), JARRAY)) {
        return err_set(e, ERR_UPSTREAM, "the backend's answer has no choices");
    }
    begin(r, s);
    for (struct jiter it = jval_iter(jval_get(v, "choices")); jiter_next(&it);) {
        TRY(read_choice(r, it.value, "message", s, e));
    }
    if (!r->stops) {
        return err_set(e, ERR_UPSTREAM, "the backend's answer is unfinished");
    }
    read_usage(r, v, s);
    return true;
}

bool openai_end(struct backend_reader *r, struct sink *s, struct err *e) {
    (void)s;
    int wanted = r->rq->n > 1 ? r->rq->n : 1;
    if (r->stops < wanted) {
        return err_set(e, ERR_UPSTREAM, "the backend's stream was cut before its end");
    }
    return true;
}
