/* IR → /v1/chat/completions, for the engine and for clients of other dialects. */
#include "backend/inner.h"

enum { LARGEST = 256 << 20 };

bool is_forced(const struct chat_request *rq, enum backend_quirks quirks) {
    return (quirks & BACKEND_ENGINE)
           && (rq->choice == CHOICE_REQUIRED || rq->choice == CHOICE_NAMED);
}

static bool wanted(const struct chat_request *rq, const struct chat_tool *t) {
    return !t->skipped && (rq->choice != CHOICE_NAMED || str_eq(t->name, rq->choice_name));
}

static struct str schema_of(const struct chat_tool *t) {
    return t->schema.len ? t->schema : STR("{\"type\":\"object\"}");
}

/* {name: const, arguments: the tool's schema}, any of the tools: what llama-server enforces (its
 * tool_choice it does not). */
struct str forced_schema(struct arena *a, const struct chat_request *rq) {
    AUTO_BUF b = {0};
    buf_init(&b, LARGEST);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_key(&j, "anyOf");
    jout_array(&j);
    for (size_t i = 0; i < rq->tool_count; i++) {
        const struct chat_tool *t = &rq->tools[i];
        if (!wanted(rq, t)) {
            continue;
        }
        jout_object(&j);
        jout_kcstr(&j, "type", "object");
        jout_key(&j, "properties");
        jout_object(&j);
        jout_key(&j, "name");
        jout_object(&j);
        jout_kstr(&j, "const", t->name);
        jout_end_object(&j);
        jout_kraw(&j, "arguments", schema_of(t));
        jout_end_object(&j);
        jout_kraw(&j, "required", STR("[\"name\",\"arguments\"]"));
        jout_kbool(&j, "additionalProperties", false);
        jout_end_object(&j);
    }
    jout_end_array(&j);
    jout_end_object(&j);
    return str_dup(a, buf_str(&b));
}

/* The tools told in the system text, because the schema alone does not say what they are for. */
static struct str forced_text(struct arena *a, const struct chat_request *rq) {
    AUTO_BUF b = {0};
    buf_init(&b, LARGEST);
    buf_add(&b, STR("Answer with one function call as JSON, {\"name\": …, \"arguments\": {…}}, and "
                    "nothing else. Fill the "
                    "arguments from what the user says. The functions:"));
    for (size_t i = 0; i < rq->tool_count; i++) {
        const struct chat_tool *t = &rq->tools[i];
        if (wanted(rq, t)) {
            buf_addf(&b, "\n- " STR_FMT ": " STR_FMT " Arguments: " STR_FMT, STR_ARG(t->name),
                     STR_ARG(t->description), STR_ARG(schema_of(t)));
        }
    }
    return str_dup(a, buf_str(&b));
}

static bool write_media(struct jout *j, const struct chat_part *p, enum backend_quirks quirks,
                        struct err *e) {
    if ((quirks & BACKEND_ENGINE) && p->kind == PART_FILE) {
        return err_set(e, ERR_INVALID,
                       "The local engine reads no files: send the text that is in it, or use a "
                       "provider's model that takes files.");
    }
    if ((quirks & BACKEND_ENGINE) && !p->data.len) {
        return err_set(e, ERR_INVALID,
                       "Images and files by URL are not fetched: send the data itself, as "
                       "data:image/png;base64,…");
    }
    AUTO_BUF url = {0};
    buf_init(&url, LARGEST);
    if (p->data.len) {
        buf_addf(&url, "data:" STR_FMT ";base64,", STR_ARG(p->media_type));
        buf_add(&url, p->data);
    } else {
        buf_add(&url, p->url);
    }
    jout_object(j);
    if (p->kind == PART_IMAGE) {
        jout_kcstr(j, "type", "image_url");
        jout_key(j, "image_url");
        jout_object(j);
        jout_kstr(j, "url", buf_str(&url));
        jout_end_object(j);
    } else if (p->kind == PART_AUDIO) {
        struct str head = {0};
        struct str format = {0};
        str_cut(p->media_type, '/', &head, &format);
        jout_kcstr(j, "type", "input_audio");
        jout_key(j, "input_audio");
        jout_object(j);
        jout_kstr(j, "data", p->data);
        jout_kstr(j, "format", format);
        jout_end_object(j);
    } else {
        jout_kcstr(j, "type", "file");
        jout_key(j, "file");
        jout_object(j);
        jout_kstr(j, "filename", p->name);
        jout_kstr(j, "file_data", buf_str(&url));
        jout_end_object(j);
    }
    jout_end_object(j);
    return true;
}

static bool is_media(const struct chat_part *p) {
    return p->kind == PART_IMAGE || p->kind == PART_AUDIO || p->kind == PART_FILE;
}

static bool has_media(const struct chat_part *parts, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (is_media(&parts[i])) {
            return true;
        }
    }
    return false;
}

static struct str joined_text(struct arena *a, const struct chat_part *parts, size_t n) {
    struct chat_message m = {.parts = (struct chat_part *)(uintptr_t)parts, .part_count = n};
    return chat_message_text(a, &m);
}

static bool write_content(struct jout *j, struct arena *a, const struct chat_part *parts, size_t n,
                          enum backend_quirks quirks, struct err *e) {
    jout_key(j, "content");
    if (!has_media(parts, n)) {
        jout_str(j, joined_text(a, parts, n));
        return true;
    }
    jout_array(j);
    for (size_t i = 0; i < n; i++) {
        if (parts[i].kind == PART_TEXT) {
            jout_object(j);
            jout_kcstr(j, "type", "text");
            jout_kstr(j, "text", parts[i].text);
            jout_end_object(j);
        } else if (is_media(&parts[i])) {
            TRY(write_media(j, &parts[i], quirks, e));
        }
    }
    jout_end_array(j);
    return true;
}

/* Each result is a message of its own. */
static void write_results(struct jout *j, struct arena *a, const struct chat_message *m) {
    for (size_t i = 0; i < m->part_count; i++) {
        const struct chat_part *p = &m->parts[i];
        if (p->kind != PART_TOOL_RESULT) {
            continue;
        }
        struct str text = p->part_count ? joined_text(a, p->parts, p->part_count) : p->text;
        jout_object(j);
        jout_kcstr(j, "role", "tool");
        jout_kstr(j, "tool_call_id", p->id);
        jout_kstr(j, "content", p->is_error ? str_fmt(a, "Error: " STR_FMT, STR_ARG(text)) : text);
        jout_end_object(j);
    }
}

/* A tool can only say text here: what else the last run of results holds follows as the user's. */
static bool write_shown(struct jout *j, const struct chat_message *m, size_t n,
                        enum backend_quirks quirks, struct err *e) {
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < m[i].part_count; k++) {
            const struct chat_part *p = &m[i].parts[k];
            for (size_t x = 0; x < p->part_count; x++) {
                if (!is_media(&p->parts[x])) {
                    continue;
                }
                if (!any) {
                    jout_object(j);
                    jout_kcstr(j, "role", "user");
                    jout_key(j, "content");
                    jout_array(j);
                    any = true;
                }
                TRY(write_media(j, &p->parts[x], quirks, e));
            }
        }
    }
    if (any) {
        jout_end_array(j);
        jout_end_object(j);
    }
    return true;
}

static void write_calls(struct jout *j, const struct chat_message *m) {
    bool any = false;
    for (size_t i = 0; i < m->part_count; i++) {
        const struct chat_part *p = &m->parts[i];
        if (p->kind != PART_TOOL_CALL) {
            continue;
        }
        if (!any) {
            jout_key(j, "tool_calls");
            jout_array(j);
            any = true;
        }
        jout_object(j);
        jout_kstr(j, "id", p->id);
        jout_kcstr(j, "type", "function");
        jout_key(j, "function");
        jout_object(j);
        jout_kstr(j, "name", p->name);
        jout_kstr(j, "arguments", p->arguments.len ? p->arguments : STR("{}"));
        jout_end_object(j);
        jout_end_object(j);
    }
    if (any) {
        jout_end_array(j);
    }
}

static bool has_own_content(const struct chat_message *m) {
    for (size_t i = 0; i < m->part_count; i++) {
        if (m->parts[i].kind != PART_TOOL_RESULT) {
            return true;
        }
    }
    return m->part_count == 0;
}

static bool write_message(struct jout *j, struct arena *a, const struct chat_message *m,
                          enum backend_quirks quirks, struct err *e) {
    static const char *const roles[] = {"system", "system", "user", "assistant", "tool"};
    write_results(j, a, m);
    if (!has_own_content(m)) {
        return true;
    }
    jout_object(j);
    jout_kcstr(j, "role", m->role == CHAT_TOOL ? "user" : roles[m->role]);
    if (m->name.len && !(quirks & BACKEND_ENGINE)) {
        jout_kstr(j, "name", m->name);
    }
    TRY(write_content(j, a, m->parts, m->part_count, quirks, e));
    if (m->role == CHAT_ASSISTANT) {
        write_calls(j, m);
    }
    jout_end_object(j);
    return true;
}

static void write_tools(struct jout *j, const struct chat_request *rq, enum backend_quirks quirks) {
    bool none = rq->choice == CHOICE_NONE;
    size_t usable = 0;
    for (size_t i = 0; i < rq->tool_count; i++) {
        usable += !rq->tools[i].skipped;
    }
    if (!usable || none || is_forced(rq, quirks)) {
        return;
    }
    jout_key(j, "tools");
    jout_array(j);
    for (size_t i = 0; i < rq->tool_count; i++) {
        const struct chat_tool *t = &rq->tools[i];
        if (t->skipped) {
            continue;
        }
        jout_object(j);
        jout_kcstr(j, "type", "function");
        jout_key(j, "function");
        jout_object(j);
        jout_kstr(j, "name", t->name);
        if (t->description.len) {
            jout_kstr(j, "description", t->description);
        }
        jout_kraw(j, "parameters", schema_of(t));
        if (t->strict && !(quirks & BACKEND_ENGINE)) {
            jout_kbool(j, "strict", true);
        }
        jout_end_object(j);
        jout_end_object(j);
    }
    jout_end_array(j);
    if (rq->choice == CHOICE_REQUIRED) {
        jout_kcstr(j, "tool_choice", "required");
    } else if (rq->choice == CHOICE_NAMED) {
        jout_key(j, "tool_choice");
        jout_object(j);
        jout_kcstr(j, "type", "function");
        jout_key(j, "function");
        jout_object(j);
        jout_kstr(j, "name", rq->choice_name);
        jout_end_object(j);
        jout_end_object(j);
    }
    if (!rq->parallel_calls) {
        jout_kbool(j, "parallel_tool_calls", false);
    }
}

static void write_schema(struct jout *j, struct str name, struct str schema, bool strict) {
    jout_key(j, "response_format");
    jout_object(j);
    jout_kcstr(j, "type", "json_schema");
    jout_key(j, "json_schema");
    jout_object(j);
    jout_kstr(j, "name", name);
    if (strict) {
        jout_kbool(j, "strict", true);
    }
    jout_kraw(j, "schema", schema);
    jout_end_object(j);
    jout_end_object(j);
}

static void write_format(struct jout *j, struct arena *a, const struct chat_request *rq,
                         enum backend_quirks quirks) {
    if (is_forced(rq, quirks)) {
        write_schema(j, STR("call"), forced_schema(a, rq), false);
    } else if (rq->format == FORMAT_JSON_SCHEMA) {
        write_schema(j, rq->format_name.len ? rq->format_name : STR("answer"),
                     rq->schema.len ? rq->schema : STR("{\"type\":\"object\"}"), rq->schema_strict);
    } else if (rq->format == FORMAT_JSON_OBJECT && (quirks & BACKEND_ENGINE)) {
        write_schema(j, STR("object"), STR("{\"type\":\"object\"}"),
                     false); /* json_object alone is not enforced */
    } else if (rq->format == FORMAT_JSON_OBJECT) {
        jout_kraw(j, "response_format", STR("{\"type\":\"json_object\"}"));
    }
}

static void write_settings(struct jout *j, const struct chat_request *rq, struct str model,
                           enum backend_quirks quirks) {
    bool newer = !(quirks & BACKEND_ENGINE)
                 && (str_starts(model, STR("gpt-5")) || str_starts(model, STR("o")));
    if (rq->max_tokens > 0) {
        jout_ki64(j, newer ? "max_completion_tokens" : "max_tokens", rq->max_tokens);
    }
    if (rq->has_temperature) {
        jout_kdouble(j, "temperature", rq->temperature);
    }
    if (rq->has_top_p) {
        jout_kdouble(j, "top_p", rq->top_p);
    }
    if (rq->has_seed) {
        jout_ki64(j, "seed", rq->seed);
    }
    if (rq->top_k > 0 && (quirks & BACKEND_ENGINE)) {
        jout_ki64(j, "top_k", rq->top_k);
    }
    if (rq->frequency_penalty != 0) {
        jout_kdouble(j, "frequency_penalty", rq->frequency_penalty);
    }
    if (rq->presence_penalty != 0) {
        jout_kdouble(j, "presence_penalty", rq->presence_penalty);
    }
    if (rq->stop_count) {
        jout_key(j, "stop");
        jout_array(j);
        for (size_t i = 0; i < rq->stop_count; i++) {
            jout_str(j, rq->stop[i]);
        }
        jout_end_array(j);
    }
    if (rq->n > 1) {
        jout_ki64(j, "n", rq->n);
    }
    if (rq->logprobs) {
        jout_kbool(j, "logprobs", true);
        if (rq->top_logprobs > 0) {
            jout_ki64(j, "top_logprobs", rq->top_logprobs);
        }
    }
    if (rq->logit_bias.len) {
        jout_kraw(j, "logit_bias", rq->logit_bias);
    }
    if (rq->reasoning_effort.len && !(quirks & BACKEND_ENGINE)) {
        jout_kstr(j, "reasoning_effort", rq->reasoning_effort);
    }
}

static bool write_messages(struct jout *j, struct arena *a, const struct chat_request *rq,
                           enum backend_quirks quirks, struct err *e) {
    jout_key(j, "messages");
    jout_array(j);
    bool forced = is_forced(rq, quirks);
    bool told = !forced;
    size_t results = 0; /* messages in a row that tools wrote */
    for (size_t i = 0; i < rq->message_count; i++) {
        const struct chat_message *m = &rq->messages[i];
        if (!told && m->role != CHAT_SYSTEM && m->role != CHAT_DEVELOPER) {
            jout_object(j);
            jout_kcstr(j, "role", "system");
            jout_kstr(j, "content", forced_text(a, rq));
            jout_end_object(j);
            told = true;
        }
        TRY(write_message(j, a, m, quirks, e));
        results = m->role == CHAT_TOOL ? results + 1 : 0;
        if (results && (i + 1 == rq->message_count || m[1].role != CHAT_TOOL)) {
            TRY(write_shown(j, m + 1 - results, results, quirks, e));
        }
    }
    jout_end_array(j);
    return true;
}

static bool write_all(struct arena *a, const struct chat_request *rq, struct str model,
                      enum backend_quirks quirks, struct str *out, struct err *e) {
    AUTO_BUF b = {0};
    buf_init(&b, LARGEST);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kstr(&j, "model", model);
    TRY(write_messages(&j, a, rq, quirks, e));
    write_tools(&j, rq, quirks);
    write_format(&j, a, rq, quirks);
    write_settings(&j, rq, model, quirks);
    if (rq->stream || (quirks & BACKEND_ENGINE)) {
        /* The engine is always read as a stream: a client that hangs up then stops it at the next
         * token. */
        jout_kbool(&j, "stream", true);
        jout_kraw(&j, "stream_options", STR("{\"include_usage\":true}"));
    }
    if (quirks & BACKEND_ENGINE) {
        jout_kbool(&j, "cache_prompt", true);
    }
    jout_end_object(&j);
    if (b.failed) {
        return err_set(e, ERR_TOO_LARGE, "the request is too large for the backend");
    }
    *out = str_dup(a, buf_str(&b));
    return true;
}

bool openai_build(struct arena *a, const struct chat_request *rq, struct str model,
                  enum backend_quirks quirks, struct backend_body *out, struct err *e) {
    out->path = STR("/chat/completions");
    if (backend_is_verbatim(DIALECT_OPENAI, quirks, rq)) {
        return splice_build(a, rq, model, rq->stream, &out->bytes, e);
    }
    TRY(refuse_unknown(rq, e));
    return write_all(a, rq, model, quirks, &out->bytes, e);
}
