/* Answers of /v1/messages → events. */
#include "backend/inner.h"

static enum chat_stop stop_of(struct str reason) {
    static const struct {
        const char *reason;
        enum chat_stop stop;
    } rows[] = {{"end_turn", STOP_END},
                {"max_tokens", STOP_LENGTH},
                {"stop_sequence", STOP_SEQUENCE},
                {"tool_use", STOP_TOOL},
                {"refusal", STOP_REFUSAL},
                {"pause_turn", STOP_PAUSE},
                {"model_context_window_exceeded", STOP_CONTEXT}};
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

/* Its input_tokens leaves out what came from and went to the cache. */
static bool read_usage(struct backend_reader *r, const struct jval *u) {
    if (!jval_is(u, JOBJECT)) {
        return false;
    }
    struct chat_usage *out = &r->usage;
    int64_t input = number(u, "input_tokens", -1);
    if (input >= 0) {
        out->cached_tokens = number(u, "cache_read_input_tokens", 0);
        out->cache_write_tokens = number(u, "cache_creation_input_tokens", 0);
        out->input_tokens = input + out->cached_tokens + out->cache_write_tokens;
    }
    out->output_tokens = number(u, "output_tokens", out->output_tokens);
    return true;
}

static bool block_index(const struct jval *v, int64_t *out, struct err *e) {
    *out = number(v, "index", 0);
    return (*out >= 0 && *out < BACKEND_CALLS)
           || err_set(e, ERR_UPSTREAM, "the backend's answer has more than %d blocks",
                      BACKEND_CALLS);
}

static void tell_text(struct sink *s, enum chat_event_kind kind, struct str text) {
    if (text.len) {
        sink_tell(s, (struct chat_event){.kind = kind, .text = text});
    }
}

static void begin_block(struct backend_reader *r, int64_t index, const struct jval *b,
                        struct sink *s) {
    struct str type = jval_str(jval_get(b, "type"));
    r->block_call[index] = -1;
    if (str_is(type, "tool_use")) {
        r->block_call[index] = r->calls;
        sink_tell(s, (struct chat_event){.kind = EVENT_TOOL_CALL,
                                         .index = r->calls,
                                         .id = jval_str(jval_get(b, "id")),
                                         .name = jval_str(jval_get(b, "name"))});
        if (jval_len(jval_get(b, "input"))) {
            sink_tell(s,
                      (struct chat_event){.kind = EVENT_TOOL_ARGUMENTS,
                                          .index = r->calls,
                                          .text = jval_print(&r->scratch, jval_get(b, "input"))});
        }
        r->calls++;
    } else if (str_is(type, "redacted_thinking")) {
        tell_text(s, EVENT_REDACTED_REASONING, jval_str(jval_get(b, "data")));
    } else if (str_is(type, "thinking")) {
        tell_text(s, EVENT_REASONING, jval_str(jval_get(b, "thinking")));
        tell_text(s, EVENT_SIGNATURE, jval_str(jval_get(b, "signature")));
    } else if (str_is(type, "text")) {
        tell_text(s, EVENT_TEXT, jval_str(jval_get(b, "text")));
    }
}

static void read_delta(struct backend_reader *r, int64_t index, const struct jval *d,
                       struct sink *s) {
    struct str type = jval_str(jval_get(d, "type"));
    if (str_is(type, "text_delta")) {
        tell_text(s, EVENT_TEXT, jval_str(jval_get(d, "text")));
    } else if (str_is(type, "thinking_delta")) {
        tell_text(s, EVENT_REASONING, jval_str(jval_get(d, "thinking")));
    } else if (str_is(type, "signature_delta")) {
        tell_text(s, EVENT_SIGNATURE, jval_str(jval_get(d, "signature")));
    } else if (str_is(type, "input_json_delta") && r->block_call[index] >= 0) {
        struct str text = jval_str(jval_get(d, "partial_json"));
        if (text.len) {
            sink_tell(s, (struct chat_event){.kind = EVENT_TOOL_ARGUMENTS,
                                             .index = r->block_call[index],
                                             .text = text});
        }
    }
}

static void read_message_delta(struct backend_reader *r, const struct jval *v, struct sink *s) {
    const struct jval *d = jval_get(v, "delta");
    struct str reason = jval_str(jval_get(d, "stop_reason"));
    if (read_usage(r, jval_get(v, "usage"))) {
        sink_tell(s, (struct chat_event){.kind = EVENT_USAGE, .usage = r->usage});
    }
    if (reason.len) {
        r->stops = 1;
        sink_tell(s, (struct chat_event){.kind = EVENT_STOP,
                                         .stop = stop_of(reason),
                                         .stop_sequence = jval_str(jval_get(d, "stop_sequence"))});
    }
}

bool anthropic_event(struct backend_reader *r, struct str name, const struct jval *v,
                     struct sink *s, struct err *e) {
    struct str type = jval_str(jval_get(v, "type"));
    type = type.len ? type : name;
    int64_t index = 0;
    if (str_is(type, "message_start")) {
        const struct jval *m = jval_get(v, "message");
        read_usage(r, jval_get(m, "usage"));
        r->began = true;
        sink_tell(s, (struct chat_event){.kind = EVENT_START, .usage = r->usage});
    } else if (str_is(type, "content_block_start")) {
        TRY(block_index(v, &index, e));
        begin_block(r, index, jval_get(v, "content_block"), s);
    } else if (str_is(type, "content_block_delta")) {
        TRY(block_index(v, &index, e));
        read_delta(r, index, jval_get(v, "delta"), s);
    } else if (str_is(type, "message_delta")) {
        read_message_delta(r, v, s);
    } else if (str_is(type, "message_stop")) {
        sink_flush(s);
        r->ended = true;
    }
    return true;
}

bool anthropic_answer(struct backend_reader *r, const struct jval *v, struct sink *s,
                      struct err *e) {
    const struct jval *content = jval_get(v, "content");
    if (!jval_is(content, JARRAY)) {
        return err_set(e, ERR_UPSTREAM, "the backend's answer has no content");
    }
    read_usage(r, jval_get(v, "usage"));
    sink_tell(s, (struct chat_event){.kind = EVENT_START, .usage = r->usage});
    int64_t index = 0;
    for (struct jiter it = jval_iter(content); jiter_next(&it) && index < BACKEND_CALLS; index++) {
        begin_block(r, index, it.value, s);
    }
    sink_tell(s, (struct chat_event){.kind = EVENT_USAGE, .usage = r->usage});
    r->stops = 1;
    sink_tell(s, (struct chat_event){.kind = EVENT_STOP,
                                     .stop = stop_of(jval_str(jval_get(v, "stop_reason"))),
                                     .stop_sequence = jval_str(jval_get(v, "stop_sequence"))});
    return true;
}
