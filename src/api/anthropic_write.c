/* Answers in Anthropic's words: a message, or its events. Blocks come one after another with
 * indices from 0; a kind that changes closes the block and opens the next. */
#include "api/inner.h"
#include "base/id.h"

#include <stdio.h>

static int64_t known(int64_t n) {
    return n < 0 ? 0 : n;
}

static const char *stop_reason(enum chat_stop stop, bool called) {
    switch (stop) {
    case STOP_LENGTH:
        return "max_tokens";
    case STOP_SEQUENCE:
        return "stop_sequence";
    case STOP_TOOL:
        return "tool_use";
    case STOP_REFUSAL:
    case STOP_CONTENT_FILTER:
        return "refusal";
    case STOP_CONTEXT:
        return "model_context_window_exceeded";
    case STOP_PAUSE:
        return "pause_turn";
    case STOP_NONE:
    case STOP_END:
        break;
    }
    return called ? "tool_use" : "end_turn";
}

/* Here the parts of the prompt that came from a cache are not in input_tokens. The first event of a
 * stream needs a number already: until the backend has told its own, it is the route's. */
static void write_usage(struct jout *j, const struct api_call *c) {
    const struct chat_usage *u = &c->usage;
    int64_t input = u->input_tokens < 0 ? c->input_tokens : u->input_tokens;
    int64_t cached = known(u->cached_tokens);
    int64_t written = known(u->cache_write_tokens);
    jout_object(j);
    jout_ki64(j, "input_tokens", known(input - cached - written));
    jout_ki64(j, "cache_creation_input_tokens", written);
    jout_ki64(j, "cache_read_input_tokens", cached);
    jout_ki64(j, "output_tokens", known(u->output_tokens));
    jout_end_object(j);
}

static void begin(struct api_call *c) {
    snprintf(c->id, sizeof c->id, "msg_%012llx%012llx", (unsigned long long)id_random_u64() >> 16,
             (unsigned long long)id_random_u64() >> 16);
    json_quote(&c->prefix, str_of(c->model));
    c->model_json = buf_str(&c->prefix);
    c->anthropic.open = PART_UNKNOWN;
    c->anthropic.tool = -1;
}

/* ---- events ---- */

static struct buf *event_open(struct api_call *c, const char *name) {
    struct buf *out = reply_scratch(c);
    buf_addf(out, "event: %s\ndata: {\"type\":\"%s\"", name, name);
    return out;
}

static void event_close(struct api_call *c, struct buf *out) {
    buf_add(out, STR("}\n\n"));
    reply_send(c, buf_str(out));
}

static void send_start(struct api_call *c) {
    if (c->anthropic.started) {
        return;
    }
    c->anthropic.started = true;
    struct buf *out = event_open(c, "message_start");
    buf_addf(out,
             ",\"message\":{\"id\":\"%s\",\"type\":\"message\",\"role\":\"assistant\",\"model\":",
             c->id);
    buf_add(out, c->model_json);
    buf_add(out, STR(",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":"));
    struct jout j = jout_make(out);
    write_usage(&j, c);
    buf_add(out, STR("}"));
    event_close(c, out);
}

/* `tail` closes the delta behind the text. */
static void send_delta(struct api_call *c, const char *head, struct str text) {
    struct buf *out = event_open(c, "content_block_delta");
    buf_addf(out, ",\"index\":%d,\"delta\":%s", c->anthropic.block, head);
    json_quote(out, text);
    buf_add(out, STR("}"));
    event_close(c, out);
}

static void send_signature(struct api_call *c, struct str text) {
    c->anthropic.is_signed = true;
    send_delta(c, "{\"type\":\"signature_delta\",\"signature\":", text);
}

static void block_close(struct api_call *c) {
    if (c->anthropic.open == PART_UNKNOWN) {
        return;
    }
    if (c->anthropic.open == PART_REASONING && !c->anthropic.is_signed) {
        send_signature(c, STR("")); /* clients wait for one */
    }
    struct buf *out = event_open(c, "content_block_stop");
    buf_addf(out, ",\"index\":%d", c->anthropic.block);
    event_close(c, out);
    c->anthropic.block++;
    c->anthropic.open = PART_UNKNOWN;
    c->anthropic.tool = -1;
}

/* Closes what is open and begins a block; the caller prints its body. */
static struct buf *block_open(struct api_call *c, enum chat_part_kind kind) {
    block_close(c);
    c->anthropic.open = kind;
    c->anthropic.is_signed = false;
    struct buf *out = event_open(c, "content_block_start");
    buf_addf(out, ",\"index\":%d,\"content_block\":", c->anthropic.block);
    return out;
}

static void open_as(struct api_call *c, enum chat_part_kind kind, struct str block) {
    if (c->anthropic.open != kind) {
        struct buf *out = block_open(c, kind);
        buf_add(out, block);
        event_close(c, out);
    }
}

static struct str call_id(const char made[40], struct str id) {
    return id.len ? id : str_of(made);
}

static void make_call_id(char made[40]) {
    snprintf(made, 40, "toolu_%016llx", (unsigned long long)id_random_u64());
}

static void send_tool(struct api_call *c, const struct chat_event *ev) {
    char made[40];
    make_call_id(made);
    struct buf *out = block_open(c, PART_TOOL_CALL);
    c->anthropic.tool = ev->index;
    c->anthropic.called = true;
    buf_add(out, STR("{\"type\":\"tool_use\",\"id\":"));
    json_quote(out, call_id(made, ev->id));
    buf_add(out, STR(",\"name\":"));
    json_quote(out, ev->name);
    buf_add(out, STR(",\"input\":{}}"));
    event_close(c, out);
}

static void send_arguments(struct api_call *c, const struct chat_event *ev) {
    if (ev->text.len == 0) {
        return;
    }
    if (c->anthropic.open != PART_TOOL_CALL || c->anthropic.tool != ev->index) {
        /* Blocks cannot be gone back to. */
        call_fail(c, ERR_UPSTREAM, "The backend mixed the arguments of several tool calls.");
        return;
    }
    send_delta(c, "{\"type\":\"input_json_delta\",\"partial_json\":", ev->text);
}

static void send_redacted(struct api_call *c, struct str data) {
    struct buf *out = block_open(c, PART_REASONING);
    c->anthropic.is_signed = true;
    buf_add(out, STR("{\"type\":\"redacted_thinking\",\"data\":"));
    json_quote(out, data);
    buf_add(out, STR("}"));
    event_close(c, out);
    block_close(c);
}

static void keep_stop(struct api_call *c, const struct chat_event *ev) {
    c->anthropic.stop = ev->stop;
    if (ev->stop_sequence.len && !c->anthropic.stop_sequence) {
        c->anthropic.stop_sequence = strndup(ev->stop_sequence.ptr, ev->stop_sequence.len);
    }
    block_close(c);
}

static void event(struct api_call *c, const struct chat_event *ev) {
    if (ev->kind == EVENT_WIRE || ev->kind == EVENT_USAGE || ev->choice != 0) {
        return;
    }
    send_start(c);
    switch (ev->kind) {
    case EVENT_TEXT:
    case EVENT_REFUSAL:
        open_as(c, PART_TEXT, STR("{\"type\":\"text\",\"text\":\"\"}"));
        send_delta(c, "{\"type\":\"text_delta\",\"text\":", ev->text);
        break;
    case EVENT_REASONING:
        open_as(c, PART_REASONING,
                STR("{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}"));
        send_delta(c, "{\"type\":\"thinking_delta\",\"thinking\":", ev->text);
        break;
    case EVENT_SIGNATURE:
        open_as(c, PART_REASONING,
                STR("{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}"));
        send_signature(c, ev->text);
        break;
    case EVENT_REDACTED_REASONING:
        send_redacted(c, ev->text);
        break;
    case EVENT_TOOL_CALL:
        send_tool(c, ev);
        break;
    case EVENT_TOOL_ARGUMENTS:
        send_arguments(c, ev);
        break;
    case EVENT_STOP:
        keep_stop(c, ev); /* told at the end, when the usage is known */
        break;
    case EVENT_START:
    case EVENT_LOGPROBS:
    case EVENT_USAGE:
    case EVENT_WIRE:
    case EVENT_ERROR:
        break;
    }
}

static void write_stop(struct jout *j, enum chat_stop stop, struct str sequence, bool called) {
    jout_kcstr(j, "stop_reason", stop_reason(stop, called));
    if (stop == STOP_SEQUENCE && sequence.ptr) {
        jout_kstr(j, "stop_sequence", sequence);
    } else {
        jout_knull(j, "stop_sequence");
    }
}

static void done(struct api_call *c, const struct hub_receipt *r) {
    if (c->mode != MODE_WIRE) {
        send_start(c);
        block_close(c);
    }
    if (!c->anthropic.delta_sent) {
        struct buf *out = event_open(c, "message_delta");
        buf_add(out, STR(",\"delta\":"));
        struct jout j = jout_make(out);
        jout_object(&j);
        write_stop(&j, c->anthropic.stop, str_of(c->anthropic.stop_sequence), c->anthropic.called);
        jout_end_object(&j);
        buf_add(out, STR(",\"usage\":"));
        j = jout_make(out);
        write_usage(&j, c);
        event_close(c, out);
    }
    struct buf *out = event_open(c, "message_stop");
    if (c->receipt) {
        buf_add(out, STR(",\"weir\":"));
        buf_add(out, r->json.len ? r->json : STR("null"));
    }
    event_close(c, out);
}

static void error(struct api_call *c, const struct err *e) {
    struct buf *out = reply_scratch(c);
    buf_add(out, STR("event: error\ndata: "));
    error_write(out, SHAPE_ANTHROPIC, e, str_of(c->request_id));
    buf_add(out, STR("\n\n"));
    reply_send(c, buf_str(out));
}

static void waiting(struct api_call *c) {
    reply_send(c, STR("event: ping\ndata: {\"type\":\"ping\"}\n\n"));
}

/* ---- whole answers ---- */

/* A call's arguments as the object that clients expect; what is no object is kept as a text in one.
 */
static void write_input(struct api_call *c, struct jout *j, struct str arguments) {
    struct err e = {0};
    struct str text = str_trim(arguments);
    const struct jval *v = text.len ? json_parse(&c->answer_arena, text, &JSON_LIMITS, &e) : NULL;
    jout_key(j, "input");
    if (jval_is(v, JOBJECT)) {
        jout_raw(j, text);
        return;
    }
    jout_object(j);
    if (text.len) {
        jout_kstr(j, "arguments", text);
    }
    jout_end_object(j);
}

static void write_reasoning(struct jout *j, const struct chat_part *part) {
    if (part->redacted) {
        jout_kcstr(j, "type", "redacted_thinking");
        jout_kstr(j, "data", part->signature);
        return;
    }
    jout_kcstr(j, "type", "thinking");
    jout_kstr(j, "thinking", part->text);
    jout_kstr(j, "signature", part->signature);
}

static bool write_block(struct api_call *c, struct jout *j, const struct chat_part *part) {
    char made[40];
    jout_object(j);
    if (part->kind == PART_TOOL_CALL) {
        make_call_id(made);
        jout_kcstr(j, "type", "tool_use");
        jout_kstr(j, "id", call_id(made, part->id));
        jout_kstr(j, "name", part->name);
        write_input(c, j, part->arguments);
    } else if (part->kind == PART_REASONING) {
        write_reasoning(j, part);
    } else {
        jout_kcstr(j, "type", "text");
        jout_kstr(j, "text", part->text);
    }
    jout_end_object(j);
    return part->kind == PART_TOOL_CALL;
}

static void answer(struct api_call *c, const struct hub_receipt *r, struct buf *out) {
    static const struct chat_answer nothing;
    const struct chat_answer *ans = c->answers ? &c->answers[0] : &nothing;
    struct jout j = jout_make(out);
    bool called = false;
    jout_object(&j);
    jout_kcstr(&j, "id", c->id);
    jout_kcstr(&j, "type", "message");
    jout_kcstr(&j, "role", "assistant");
    jout_kcstr(&j, "model", c->model);
    jout_key(&j, "content");
    jout_array(&j);
    for (size_t i = 0; i < ans->count; i++) {
        called = write_block(c, &j, &ans->parts[i]) || called;
    }
    jout_end_array(&j);
    write_stop(&j, ans->stop, ans->stop_sequence, called);
    jout_key(&j, "usage");
    write_usage(&j, c);
    if (c->receipt) {
        jout_kraw(&j, "weir", r->json.len ? r->json : STR("null"));
    }
    jout_end_object(&j);
}

const struct api_dialect API_ANTHROPIC = {
    .channel = "anthropic",
    .dialect = DIALECT_ANTHROPIC,
    .read = anthropic_read,
    .begin = begin,
    .event = event,
    .wire = anthropic_wire,
    .waiting = waiting,
    .done = done,
    .error = error,
    .answer = answer,
};
