/* IR → /v1/messages, for clients of other dialects. */
#include "backend/inner.h"

enum { LARGEST = 256 << 20, DEFAULT_MAX_TOKENS = 8192 };

static void write_text_block(struct jout *j, struct str text) {
    jout_object(j);
    jout_kcstr(j, "type", "text");
    jout_kstr(j, "text", text);
    jout_end_object(j);
}

static bool write_media(struct jout *j, const struct chat_part *p, struct err *e) {
    if (p->kind == PART_AUDIO) {
        return err_set(
            e, ERR_INVALID,
            "This provider's dialect has no audio; use a model of an OpenAI-compatible one.");
    }
    jout_object(j);
    jout_kcstr(j, "type", p->kind == PART_IMAGE ? "image" : "document");
    jout_key(j, "source");
    jout_object(j);
    if (p->data.len) {
        jout_kcstr(j, "type", "base64");
        jout_kstr(j, "media_type", p->media_type);
        jout_kstr(j, "data", p->data);
    } else {
        jout_kcstr(j, "type", "url");
        jout_kstr(j, "url", p->url);
    }
    jout_end_object(j);
    jout_end_object(j);
    return true;
}

static bool write_blocks(struct jout *j, const struct chat_part *parts, size_t n, struct err *e);

static bool write_result(struct jout *j, const struct chat_part *p, struct err *e) {
    jout_object(j);
    jout_kcstr(j, "type", "tool_result");
    jout_kstr(j, "tool_use_id", p->id);
    if (p->part_count) {
        jout_key(j, "content");
        jout_array(j);
        TRY(write_blocks(j, p->parts, p->part_count, e));
        jout_end_array(j);
    } else {
        jout_kstr(j, "content", p->text);
    }
    if (p->is_error) {
        jout_kbool(j, "is_error", true);
    }
    jout_end_object(j);
    return true;
}

static void write_call(struct jout *j, const struct chat_part *p) {
    jout_object(j);
    jout_kcstr(j, "type", "tool_use");
    jout_kstr(j, "id", p->id);
    jout_kstr(j, "name", p->name);
    jout_kraw(j, "input", p->arguments.len ? p->arguments : STR("{}"));
    jout_end_object(j);
}

static void write_reasoning(struct jout *j, const struct chat_part *p) {
    if (!p->signature.len) {
        return; /* reasoning of another vendor: its own model would refuse it */
    }
    jout_object(j);
    jout_kcstr(j, "type", p->redacted ? "redacted_thinking" : "thinking");
    if (p->redacted) {
        jout_kstr(j, "data", p->signature);
    } else {
        jout_kstr(j, "thinking", p->text);
        jout_kstr(j, "signature", p->signature);
    }
    jout_end_object(j);
}

static bool write_blocks(struct jout *j, const struct chat_part *parts, size_t n, struct err *e) {
    for (size_t i = 0; i < n; i++) {
        const struct chat_part *p = &parts[i];
        switch (p->kind) {
        case PART_TEXT:
        case PART_REFUSAL:
            if (p->text.len) {
                write_text_block(j, p->text);
            }
            break;
        case PART_IMAGE:
        case PART_AUDIO:
        case PART_FILE:
            TRY(write_media(j, p, e));
            break;
        case PART_TOOL_RESULT:
            TRY(write_result(j, p, e));
            break;
        case PART_TOOL_CALL:
            write_call(j, p);
            break;
        case PART_REASONING:
            write_reasoning(j, p);
            break;
        case PART_UNKNOWN:
            break;
        }
    }
    return true;
}

static bool is_system(const struct chat_message *m) {
    return m->role == CHAT_SYSTEM || m->role == CHAT_DEVELOPER;
}

static void write_system(struct jout *j, struct arena *a, const struct chat_request *rq) {
    AUTO_BUF b = {0};
    buf_init(&b, LARGEST);
    for (size_t i = 0; i < rq->message_count; i++) {
        if (is_system(&rq->messages[i])) {
            buf_add(&b, b.len ? STR("\n\n") : STR(""));
            buf_add(&b, chat_message_text(a, &rq->messages[i]));
        }
    }
    if (rq->format != FORMAT_TEXT) {
        buf_add(&b, b.len ? STR("\n\n") : STR(""));
        buf_add(&b, STR("Answer with one JSON object and nothing else, no Markdown."));
        if (rq->schema.len) {
            buf_addf(&b, " It must match this JSON schema: " STR_FMT, STR_ARG(rq->schema));
        }
    }
    if (b.len) {
        jout_kstr(j, "system", buf_str(&b));
    }
}

/* Roles alternate in this dialect: neighbours of one role become one message. */
static bool write_messages(struct jout *j, const struct chat_request *rq, struct err *e) {
    jout_key(j, "messages");
    jout_array(j);
    int open = -1;
    for (size_t i = 0; i < rq->message_count; i++) {
        const struct chat_message *m = &rq->messages[i];
        if (is_system(m) || !m->part_count) {
            continue;
        }
        int role = m->role == CHAT_ASSISTANT;
        if (role != open) {
            if (open >= 0) {
                jout_end_array(j);
                jout_end_object(j);
            }
            jout_object(j);
            jout_kcstr(j, "role", role ? "assistant" : "user");
            jout_key(j, "content");
            jout_array(j);
            open = role;
        }
        TRY(write_blocks(j, m->parts, m->part_count, e));
    }
    if (open >= 0) {
        jout_end_array(j);
        jout_end_object(j);
    }
    jout_end_array(j);
    return true;
}

static void write_choice(struct jout *j, const struct chat_request *rq) {
    static const char *const types[] = {"auto", "auto", "none", "any", "tool"};
    if (rq->choice == CHOICE_UNSET && rq->parallel_calls) {
        return;
    }
    jout_key(j, "tool_choice");
    jout_object(j);
    jout_kcstr(j, "type", types[rq->choice]);
    if (rq->choice == CHOICE_NAMED) {
        jout_kstr(j, "name", rq->choice_name);
    }
    if (!rq->parallel_calls && rq->choice != CHOICE_NONE) {
        jout_kbool(j, "disable_parallel_tool_use", true);
    }
    jout_end_object(j);
}

static void write_tools(struct jout *j, const struct chat_request *rq) {
    bool any = false;
    for (size_t i = 0; i < rq->tool_count; i++) {
        const struct chat_tool *t = &rq->tools[i];
        if (t->skipped) {
            continue;
        }
        if (!any) {
            jout_key(j, "tools");
            jout_array(j);
            any = true;
        }
        jout_object(j);
        jout_kstr(j, "name", t->name);
        if (t->description.len) {
            jout_kstr(j, "description", t->description);
        }
        jout_kraw(j, "input_schema", t->schema.len ? t->schema : STR("{\"type\":\"object\"}"));
        jout_end_object(j);
    }
    if (any) {
        jout_end_array(j);
        write_choice(j, rq);
    }
}

static void write_settings(struct jout *j, const struct chat_request *rq) {
    jout_ki64(j, "max_tokens", rq->max_tokens > 0 ? rq->max_tokens : DEFAULT_MAX_TOKENS);
    if (rq->has_temperature) {
        jout_kdouble(j, "temperature",
                     rq->temperature > 1 ? 1 : rq->temperature); /* its scale ends at 1 */
    }
    if (rq->has_top_p) {
        jout_kdouble(j, "top_p", rq->top_p);
    }
    if (rq->top_k > 0) {
        jout_ki64(j, "top_k", rq->top_k);
    }
    if (rq->stop_count) {
        jout_key(j, "stop_sequences");
        jout_array(j);
        for (size_t i = 0; i < rq->stop_count; i++) {
            jout_str(j, rq->stop[i]);
        }
        jout_end_array(j);
    }
    if (rq->thinking_budget > 0) {
        jout_key(j, "thinking");
        jout_object(j);
        jout_kcstr(j, "type", "enabled");
        jout_ki64(j, "budget_tokens", rq->thinking_budget);
        jout_end_object(j);
    }
    if (rq->stream) {
        jout_kbool(j, "stream", true);
    }
}

bool anthropic_build(struct arena *a, const struct chat_request *rq, struct str model,
                     enum backend_quirks quirks, struct backend_body *out, struct err *e) {
    out->path = STR("/messages");
    if (backend_is_verbatim(DIALECT_ANTHROPIC, quirks, rq)) {
        return splice_build(a, rq, model, false, &out->bytes, e);
    }
    TRY(refuse_unknown(rq, e));
    if (rq->n > 1) {
        return err_set(e, ERR_INVALID,
                       "This provider's dialect gives one answer a request: leave out `n`.");
    }
    AUTO_BUF b = {0};
    buf_init(&b, LARGEST);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kstr(&j, "model", model);
    write_system(&j, a, rq);
    TRY(write_messages(&j, rq, e));
    write_tools(&j, rq);
    write_settings(&j, rq);
    jout_end_object(&j);
    if (b.failed) {
        return err_set(e, ERR_TOO_LARGE, "the request is too large for the backend");
    }
    out->bytes = str_dup(a, buf_str(&b));
    return true;
}
