/* Collecting a stream of events into one answer. */
#include "chat/chat.h"

void chat_answer_init(struct chat_answer *ans, struct arena *a, size_t max_bytes) {
    *ans = (struct chat_answer){.arena = a, .max_bytes = max_bytes};
    ans->usage = (struct chat_usage){.input_tokens = -1, .output_tokens = -1};
    buf_init(&ans->logprobs_buf, max_bytes);
}

static bool too_long(struct chat_answer *ans, struct err *e) {
    return err_set(e, ERR_UPSTREAM, "the answer is longer than %zu bytes", ans->max_bytes);
}

static struct chat_part *new_part(struct chat_answer *ans, enum chat_part_kind kind) {
    size_t n = ans->count;
    *arena_push(ans->arena, ans->texts, n, ans->text_cap) = (struct buf){0};
    buf_init(&ans->texts[ans->count], ans->max_bytes);
    *arena_push(ans->arena, ans->parts, ans->count, ans->cap) = (struct chat_part){.kind = kind};
    return &ans->parts[ans->count - 1];
}

static bool append(struct chat_answer *ans, size_t part, struct str text, struct err *e) {
    ans->bytes += text.len;
    return (ans->bytes <= ans->max_bytes && buf_add(&ans->texts[part], text)) || too_long(ans, e);
}

/* Text goes on where text of the same kind was; a finished reasoning block (signed) is not
 * continued. */
static bool add_text(struct chat_answer *ans, enum chat_part_kind kind, struct str text,
                     struct err *e) {
    struct chat_part *last = ans->count ? &ans->parts[ans->count - 1] : NULL;
    if (!last || last->kind != kind || last->signature.len || last->redacted) {
        new_part(ans, kind);
    }
    return append(ans, ans->count - 1, text, e);
}

static bool add_signature(struct chat_answer *ans, const struct chat_event *ev, bool redacted) {
    struct chat_part *last = ans->count ? &ans->parts[ans->count - 1] : NULL;
    if (redacted || !last || last->kind != PART_REASONING) {
        last = new_part(ans, PART_REASONING);
    }
    last->redacted = redacted;
    last->signature =
        str_fmt(ans->arena, STR_FMT STR_FMT, STR_ARG(last->signature), STR_ARG(ev->text));
    return true;
}

/* The calls are counted in the order they came. */
static ptrdiff_t call_at(const struct chat_answer *ans, int index) {
    int seen = 0;
    for (size_t i = 0; i < ans->count; i++) {
        if (ans->parts[i].kind == PART_TOOL_CALL && seen++ == index) {
            return (ptrdiff_t)i;
        }
    }
    return -1;
}

static bool add_call(struct chat_answer *ans, const struct chat_event *ev) {
    struct chat_part *p = new_part(ans, PART_TOOL_CALL);
    p->id = str_dup(ans->arena, ev->id);
    p->name = str_dup(ans->arena, ev->name);
    ans->bytes += ev->id.len + ev->name.len;
    return true;
}

static bool add_arguments(struct chat_answer *ans, const struct chat_event *ev, struct err *e) {
    ptrdiff_t at = call_at(ans, ev->index);
    if (at < 0) {
        return err_set(e, ERR_UPSTREAM, "arguments of a tool call that did not begin");
    }
    return append(ans, (size_t)at, ev->text, e);
}

static bool add_logprobs(struct chat_answer *ans, struct str raw, struct err *e) {
    const struct jval *v = json_parse(ans->arena, raw, &JSON_LIMITS, e);
    if (!v) {
        return false;
    }
    for (struct jiter it = jval_iter(jval_get(v, "content")); jiter_next(&it);) {
        struct str entry = jval_print(ans->arena, it.value);
        ans->bytes += entry.len;
        if (ans->bytes > ans->max_bytes
            || !buf_add(&ans->logprobs_buf, ans->logprobs_buf.len ? STR(",") : STR("["))
            || !buf_add(&ans->logprobs_buf, entry)) {
            return too_long(ans, e);
        }
    }
    return true;
}

bool chat_answer_add(struct chat_answer *ans, const struct chat_event *ev, struct err *e) {
    switch (ev->kind) {
    case EVENT_TEXT:
        return add_text(ans, PART_TEXT, ev->text, e);
    case EVENT_REASONING:
        return add_text(ans, PART_REASONING, ev->text, e);
    case EVENT_REFUSAL:
        return add_text(ans, PART_REFUSAL, ev->text, e);
    case EVENT_SIGNATURE:
        return add_signature(ans, ev, false);
    case EVENT_REDACTED_REASONING:
        return add_signature(ans, ev, true);
    case EVENT_TOOL_CALL:
        return add_call(ans, ev);
    case EVENT_TOOL_ARGUMENTS:
        return add_arguments(ans, ev, e);
    case EVENT_LOGPROBS:
        return add_logprobs(ans, ev->raw, e);
    case EVENT_USAGE:
        ans->usage = ev->usage;
        return true;
    case EVENT_STOP:
        ans->stop = ev->stop;
        ans->stop_sequence = str_dup(ans->arena, ev->stop_sequence);
        return true;
    case EVENT_START:
    case EVENT_WIRE:
    case EVENT_ERROR:
        return true;
    }
    return true;
}

void chat_answer_end(struct chat_answer *ans) {
    for (size_t i = 0; i < ans->count; i++) {
        struct chat_part *p = &ans->parts[i];
        struct str text = str_dup(ans->arena, buf_str(&ans->texts[i]));
        if (p->kind == PART_TOOL_CALL) {
            p->arguments = text.len ? text : STR("{}");
        } else {
            p->text = text;
        }
        buf_finish(&ans->texts[i]);
    }
    if (ans->logprobs_buf.len) {
        buf_add(&ans->logprobs_buf, STR("]"));
        ans->logprobs = str_dup(ans->arena, buf_str(&ans->logprobs_buf));
    }
    buf_finish(&ans->logprobs_buf);
}
