/* Streams in OpenAI's words: chunks of chat.completion, and of the old text_completion. Chunks are
 * printed into the scratch buffer behind a prefix that is made once per call. Whole answers:
 * openai_answer.c. */
#include "api/inner.h"
#include "api/openai_answer.h"
#include "base/id.h"

#include <stdio.h>

static bool bit(const uint64_t *bits, int i) {
    return bits[i / 64] >> (i % 64) & 1;
}

static void set_bit(uint64_t *bits, int i) {
    bits[i / 64] |= (uint64_t)1 << (i % 64);
}

static int choice_of(const struct chat_event *ev) {
    return ev->choice < 0 || ev->choice >= API_CHOICES ? 0 : ev->choice;
}

static void make_id(struct api_call *c, const char *prefix) {
    uint64_t random[2] = {id_random_u64(), id_random_u64()};
    snprintf(c->id, sizeof c->id, "%s%012llx%012llx", prefix, (unsigned long long)random[0] >> 16,
             (unsigned long long)random[1] >> 16);
}

static void make_prefix(struct api_call *c, const char *object) {
    buf_clear(&c->prefix);
    buf_add(&c->prefix, STR("data: {\"id\":\""));
    buf_add(&c->prefix, str_of(c->id));
    buf_add(&c->prefix, STR("\",\"object\":\""));
    buf_add(&c->prefix, str_of(object));
    buf_add(&c->prefix, STR("\",\"created\":"));
    buf_add_i64(&c->prefix, c->created_s);
    buf_add(&c->prefix, STR(",\"model\":"));
    size_t from = c->prefix.len;
    json_quote(&c->prefix, str_of(c->model));
    size_t to = c->prefix.len;
    buf_add(&c->prefix, STR(",\"choices\":["));
    c->model_json = str_sub(buf_str(&c->prefix), from, to);
    c->openai.tool = -1;
}

static void begin_chat(struct api_call *c) {
    make_id(c, "chatcmpl-");
    make_prefix(c, "chat.completion.chunk");
}

static void begin_text(struct api_call *c) {
    make_id(c, "cmpl-");
    make_prefix(c, "text_completion");
}

/* ---- chunks ---- */

static struct buf *chunk_open(struct api_call *c, int choice) {
    struct buf *out = reply_scratch(c);
    buf_add(out, buf_str(&c->prefix));
    buf_add(out, STR("{\"index\":"));
    buf_add_i64(out, choice);
    buf_add_char(out, ',');
    return out;
}

static void chunk_close(struct api_call *c, struct buf *out) {
    buf_add(out, c->include_usage ? STR("}],\"usage\":null}\n\n") : STR("}]}\n\n"));
    reply_send(c, buf_str(out));
}

/* `delta` is printed up to where the text stands, `tail` closes it. */
static void send_delta(struct api_call *c, int choice, struct str delta, struct str text,
                       struct str tail) {
    struct buf *out = chunk_open(c, choice);
    buf_add(out, STR("\"delta\":{"));
    buf_add(out, delta);
    json_quote(out, text);
    buf_add(out, tail);
    buf_add(out, STR("},\"logprobs\":null,\"finish_reason\":null"));
    chunk_close(c, out);
}

static void send_role(struct api_call *c, int choice) {
    if (!bit(c->openai.begun, choice)) {
        set_bit(c->openai.begun, choice);
        send_delta(c, choice, STR("\"role\":\"assistant\",\"content\":"), STR(""),
                   STR(",\"refusal\":null"));
    }
}

static void send_arguments(struct api_call *c, int choice, int index, struct str text) {
    char head[64];
    int n = snprintf(head, sizeof head,
                     "\"tool_calls\":[{\"index\":%d,\"function\":{\"arguments\":", index);
    send_delta(c, choice, (struct str){head, (size_t)n}, text, STR("}}]"));
}

/* A call without any arguments gets an empty object: clients parse what they have collected. */
static void close_tool(struct api_call *c) {
    if (c->openai.tool >= 0) {
        send_arguments(c, c->openai.tool_choice, c->openai.tool, STR("{}"));
        c->openai.tool = -1;
    }
}

static void send_tool(struct api_call *c, int choice, const struct chat_event *ev) {
    close_tool(c);
    set_bit(c->openai.called, choice);
    c->openai.tool = ev->index;
    c->openai.tool_choice = choice;
    char made[40];
    snprintf(made, sizeof made, "call_%016llx", (unsigned long long)id_random_u64());
    struct buf *out = chunk_open(c, choice);
    buf_addf(out, "\"delta\":{\"tool_calls\":[{\"index\":%d,\"id\":", ev->index);
    json_quote(out, ev->id.len ? ev->id : str_of(made));
    buf_add(out, STR(",\"type\":\"function\",\"function\":{\"name\":"));
    json_quote(out, ev->name);
    buf_add(out, STR(",\"arguments\":\"\"}}]},\"logprobs\":null,\"finish_reason\":null"));
    chunk_close(c, out);
}

static void send_logprobs(struct api_call *c, int choice, struct str raw) {
    struct buf *out = chunk_open(c, choice);
    buf_add(out, STR("\"delta\":{},\"logprobs\":"));
    buf_add(out, raw);
    buf_add(out, STR(",\"finish_reason\":null"));
    chunk_close(c, out);
}

static void send_stop(struct api_call *c, int choice, enum chat_stop stop) {
    close_tool(c);
    set_bit(c->openai.stopped, choice);
    struct buf *out = chunk_open(c, choice);
    buf_addf(out, "\"delta\":{},\"logprobs\":null,\"finish_reason\":\"%s\"",
             openai_finish_reason(stop, bit(c->openai.called, choice)));
    chunk_close(c, out);
}

static void event_chat(struct api_call *c, const struct chat_event *ev) {
    int choice = choice_of(ev);
    if (ev->kind == EVENT_USAGE || ev->kind == EVENT_WIRE) {
        return;
    }
    send_role(c, choice);
    switch (ev->kind) {
    case EVENT_TEXT:
        send_delta(c, choice, STR("\"content\":"), ev->text, STR(""));
        break;
    case EVENT_REASONING:
        send_delta(c, choice, STR("\"reasoning_content\":"), ev->text, STR(""));
        break;
    case EVENT_REFUSAL:
        send_delta(c, choice, STR("\"refusal\":"), ev->text, STR(""));
        break;
    case EVENT_TOOL_CALL:
        send_tool(c, choice, ev);
        break;
    case EVENT_TOOL_ARGUMENTS:
        if (ev->text.len) {
            c->openai.tool = c->openai.tool == ev->index ? -1 : c->openai.tool;
            send_arguments(c, choice, ev->index, ev->text);
        }
        break;
    case EVENT_LOGPROBS:
        send_logprobs(c, choice, ev->raw);
        break;
    case EVENT_STOP:
        send_stop(c, choice, ev->stop);
        break;
    case EVENT_START:
    case EVENT_SIGNATURE:
    case EVENT_REDACTED_REASONING:
    case EVENT_USAGE:
    case EVENT_WIRE:
    case EVENT_ERROR:
        break;
    }
}

static void event_text(struct api_call *c, const struct chat_event *ev) {
    int choice = choice_of(ev);
    if (ev->kind != EVENT_TEXT && ev->kind != EVENT_STOP) {
        return;
    }
    struct buf *out = chunk_open(c, choice);
    buf_add(out, STR("\"text\":"));
    json_quote(out, ev->kind == EVENT_TEXT ? ev->text : STR(""));
    buf_add(out, STR(",\"logprobs\":null,\"finish_reason\":"));
    if (ev->kind == EVENT_STOP) {
        set_bit(c->openai.stopped, choice);
        json_quote(out, str_of(openai_finish_reason(ev->stop, false)));
    } else {
        buf_add(out, STR("null"));
    }
    chunk_close(c, out);
}

/* ---- ends ---- */

/* The chunk without choices: usage where it was asked for, the receipt likewise. */
static void send_last(struct api_call *c, const struct hub_receipt *r) {
    bool with_usage = c->include_usage && !c->openai.usage_sent;
    if (!with_usage && !c->receipt) {
        return;
    }
    struct buf *out = reply_scratch(c);
    buf_add(out, buf_str(&c->prefix));
    buf_add(out, STR("]"));
    if (c->include_usage) {
        buf_add(out, STR(",\"usage\":"));
        struct jout j = jout_make(out);
        openai_write_usage(&j, &c->usage);
    }
    if (c->receipt) {
        buf_add(out, STR(",\"weir\":"));
        buf_add(out, r->json.len ? r->json : STR("null"));
    }
    buf_add(out, STR("}\n\n"));
    reply_send(c, buf_str(out));
}

static void done(struct api_call *c, const struct hub_receipt *r) {
    if (c->mode != MODE_WIRE) { /* what never came: an answer always begins and stops */
        for (int i = 0; i < c->n; i++) {
            if (!bit(c->openai.stopped, i)) {
                struct chat_event stop = {.kind = EVENT_STOP, .choice = i, .stop = STOP_END};
                c->d->event(c, &stop);
            }
        }
    }
    send_last(c, r);
    reply_send(c, STR("data: [DONE]\n\n"));
}

static void error(struct api_call *c, const struct err *e) {
    struct buf *out = reply_scratch(c);
    buf_add(out, STR("data: "));
    error_write(out, SHAPE_OPENAI, e, (struct str){0});
    buf_add(out, STR("\n\n"));
    reply_send(c, buf_str(out));
}

static void waiting(struct api_call *c) {
    reply_send(c, STR(": keep-alive\n\n"));
}

const struct api_dialect API_OPENAI = {
    .channel = "openai",
    .dialect = DIALECT_OPENAI,
    .read = openai_read,
    .begin = begin_chat,
    .event = event_chat,
    .wire = openai_wire,
    .waiting = waiting,
    .done = done,
    .error = error,
    .answer = openai_answer_chat,
};
const struct api_dialect API_COMPLETIONS = {
    .channel = "openai",
    .dialect = DIALECT_OPENAI,
    .read = completions_read,
    .begin = begin_text,
    .event = event_text,
    .waiting = waiting,
    .done = done,
    .error = error,
    .answer = openai_answer_text,
};
