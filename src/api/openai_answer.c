/* Whole answers in OpenAI's words: chat.completion and the old text_completion; and what streams
 * share with them, usage and the reason of the end. */
#include "api/openai_answer.h"

#include "base/id.h"

#include <stdio.h>

static int64_t known(int64_t n) {
    return n < 0 ? 0 : n;
}

const char *openai_finish_reason(enum chat_stop stop, bool called) {
    switch (stop) {
    case STOP_LENGTH:
    case STOP_CONTEXT:
        return "length";
    case STOP_REFUSAL:
    case STOP_CONTENT_FILTER:
        return "content_filter";
    case STOP_TOOL:
        return "tool_calls";
    case STOP_NONE:
    case STOP_END:
    case STOP_SEQUENCE:
    case STOP_PAUSE:
        break;
    }
    return called ? "tool_calls" : "stop";
}

void openai_write_usage(struct jout *j, const struct chat_usage *u) {
    int64_t in = known(u->input_tokens);
    int64_t out = known(u->output_tokens);
    jout_object(j);
    jout_ki64(j, "prompt_tokens", in);
    jout_ki64(j, "completion_tokens", out);
    jout_ki64(j, "total_tokens", in + out);
    jout_key(j, "prompt_tokens_details");
    jout_object(j);
    jout_ki64(j, "cached_tokens", known(u->cached_tokens));
    jout_end_object(j);
    jout_key(j, "completion_tokens_details");
    jout_object(j);
    jout_ki64(j, "reasoning_tokens", known(u->reasoning_tokens));
    jout_end_object(j);
    jout_end_object(j);
}

/* All parts of one kind in one text; false: there are none. */
static bool joined(struct arena *a, const struct chat_answer *ans, enum chat_part_kind kind,
                   struct str *out) {
    size_t count = 0;
    size_t len = 0;
    for (size_t i = 0; i < ans->count; i++) {
        if (ans->parts[i].kind == kind && !ans->parts[i].redacted) {
            *out = ans->parts[i].text;
            len += out->len;
            count++;
        }
    }
    if (count < 2) {
        return count == 1;
    }
    char *p = arena_alloc(a, len + 1);
    *out = (struct str){p, len};
    for (size_t i = 0; i < ans->count; i++) {
        const struct chat_part *part = &ans->parts[i];
        if (part->kind == kind && !part->redacted && part->text.len) {
            memcpy(p, part->text.ptr, part->text.len);
            p += part->text.len;
        }
    }
    return true;
}

static bool write_calls(struct jout *j, const struct chat_answer *ans) {
    bool any = false;
    for (size_t i = 0; i < ans->count; i++) {
        const struct chat_part *part = &ans->parts[i];
        if (part->kind != PART_TOOL_CALL) {
            continue;
        }
        if (!any) {
            jout_key(j, "tool_calls");
            jout_array(j);
        }
        any = true;
        char made[40];
        snprintf(made, sizeof made, "call_%016llx", (unsigned long long)id_random_u64());
        jout_object(j);
        jout_kstr(j, "id", part->id.len ? part->id : str_of(made));
        jout_kcstr(j, "type", "function");
        jout_key(j, "function");
        jout_object(j);
        jout_kstr(j, "name", part->name);
        jout_kstr(j, "arguments", str_trim(part->arguments).len ? part->arguments : STR("{}"));
        jout_end_object(j);
        jout_end_object(j);
    }
    if (any) {
        jout_end_array(j);
    }
    return any;
}

static bool has_calls(const struct chat_answer *ans) {
    for (size_t i = 0; i < ans->count; i++) {
        if (ans->parts[i].kind == PART_TOOL_CALL) {
            return true;
        }
    }
    return false;
}

static void write_logprobs(struct jout *j, const struct chat_answer *ans) {
    jout_key(j, "logprobs");
    if (ans->logprobs.len == 0) {
        jout_null(j);
        return;
    }
    jout_object(j);
    jout_kraw(j, "content", ans->logprobs);
    jout_knull(j, "refusal");
    jout_end_object(j);
}

static void write_choice(struct api_call *c, struct jout *j, int i) {
    const struct chat_answer *ans = &c->answers[i];
    struct str text = {0};
    struct arena *a = &c->answer_arena;
    jout_object(j);
    jout_ki64(j, "index", i);
    jout_key(j, "message");
    jout_object(j);
    jout_kcstr(j, "role", "assistant");
    if (joined(a, ans, PART_TEXT, &text) || !has_calls(ans)) {
        jout_kstr(j, "content", text);
    } else {
        jout_knull(j, "content");
    }
    if (joined(a, ans, PART_REASONING, &text)) {
        jout_kstr(j, "reasoning_content", text);
    }
    if (joined(a, ans, PART_REFUSAL, &text)) {
        jout_kstr(j, "refusal", text);
    } else {
        jout_knull(j, "refusal");
    }
    bool called = write_calls(j, ans);
    jout_end_object(j);
    write_logprobs(j, ans);
    jout_kcstr(j, "finish_reason", openai_finish_reason(ans->stop, called));
    jout_end_object(j);
}

static void write_text_choice(struct api_call *c, struct jout *j, int i) {
    struct str text = STR("");
    joined(&c->answer_arena, &c->answers[i], PART_TEXT, &text);
    jout_object(j);
    jout_kstr(j, "text", text);
    jout_ki64(j, "index", i);
    jout_knull(j, "logprobs");
    jout_kcstr(j, "finish_reason", openai_finish_reason(c->answers[i].stop, false));
    jout_end_object(j);
}

static void write_answer(struct api_call *c, const struct hub_receipt *r, struct buf *out,
                         const char *object,
                         void (*choice)(struct api_call *c, struct jout *j, int i)) {
    struct jout j = jout_make(out);
    jout_object(&j);
    jout_kcstr(&j, "id", c->id);
    jout_kcstr(&j, "object", object);
    jout_ki64(&j, "created", c->created_s);
    jout_kcstr(&j, "model", c->model);
    jout_key(&j, "choices");
    jout_array(&j);
    for (int i = 0; c->answers && i < c->n; i++) {
        choice(c, &j, i);
    }
    jout_end_array(&j);
    jout_key(&j, "usage");
    openai_write_usage(&j, &c->usage);
    if (c->receipt) {
        jout_kraw(&j, "weir", r->json.len ? r->json : STR("null"));
    }
    jout_end_object(&j);
}

void openai_answer_chat(struct api_call *c, const struct hub_receipt *r, struct buf *out) {
    write_answer(c, r, out, "chat.completion", write_choice);
}

void openai_answer_text(struct api_call *c, const struct hub_receipt *r, struct buf *out) {
    write_answer(c, r, out, "text_completion", write_text_choice);
}
