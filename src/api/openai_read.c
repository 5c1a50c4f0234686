/* POST /v1/chat/completions: body → chat IR. Strict in what it understands, every refusal names the
 * member; what it does not know is left alone. Worker thread. The settings are read in
 * openai_options.c. */
#include "api/inner.h"
#include "api/openai_options.h"

/* ---- content ---- */

static bool read_image(struct reader *r, const struct jval *v, const struct where *w,
                       struct parts *p) {
    const struct jval *image = jval_get(v, "image_url");
    struct str url = jval_str(image); /* some clients send the URL itself */
    if (!jval_is(image, JSTRING)) {
        if (!jval_is(image, JOBJECT)) {
            return image ? read_wrong_type(r, AT_KEY(w, "image_url"), image, "an object")
                         : read_missing(r, AT_KEY(w, "image_url"));
        }
        TRY(read_need_str(r, image, AT_KEY(w, "image_url"), "url", &url));
    }
    if (!part_from_url(parts_add(r->a, p, PART_IMAGE), url)) {
        return read_wrong_value(r, AT_KEY(AT_KEY(w, "image_url"), "url"),
                                "must be a data URL with base64, or http(s)");
    }
    return true;
}

static bool read_audio(struct reader *r, const struct jval *v, const struct where *w,
                       struct parts *p) {
    const struct jval *audio = jval_get(v, "input_audio");
    if (!jval_is(audio, JOBJECT)) {
        return read_missing(r, AT_KEY(w, "input_audio"));
    }
    struct chat_part *part = parts_add(r->a, p, PART_AUDIO);
    struct str format = {0};
    TRY(read_need_str(r, audio, AT_KEY(w, "input_audio"), "data", &part->data));
    TRY(read_need_str(r, audio, AT_KEY(w, "input_audio"), "format", &format));
    part->media_type = str_fmt(r->a, "audio/" STR_FMT, STR_ARG(format));
    return true;
}

static bool read_file(struct reader *r, const struct jval *v, const struct where *w,
                      struct parts *p) {
    const struct jval *file = jval_get(v, "file");
    if (!jval_is(file, JOBJECT)) {
        return read_missing(r, AT_KEY(w, "file"));
    }
    struct str data = {0};
    TRY(read_str(r, file, AT_KEY(w, "file"), "file_data", &data));
    if (!data.ptr) { /* an id of something uploaded: nothing that weir could read */
        parts_unknown(r, p, v, w);
        return true;
    }
    struct chat_part *part = parts_add(r->a, p, PART_FILE);
    TRY(read_str(r, file, AT_KEY(w, "file"), "filename", &part->name));
    if (!part_from_url(part, data)) {
        part->data = data;
        part->media_type = STR("application/octet-stream");
    }
    return true;
}

static bool read_part(struct reader *r, const struct jval *v, const struct where *w,
                      struct parts *p) {
    if (!jval_is(v, JOBJECT)) {
        return read_wrong_type(r, w, v, "an object");
    }
    struct str type = {0};
    TRY(read_need_str(r, v, w, "type", &type));
    if (str_is(type, "text")) {
        struct str text = {0};
        TRY(read_need_str(r, v, w, "text", &text));
        parts_text(r->a, p, text);
    } else if (str_is(type, "image_url")) {
        TRY(read_image(r, v, w, p));
    } else if (str_is(type, "input_audio")) {
        TRY(read_audio(r, v, w, p));
    } else if (str_is(type, "file")) {
        TRY(read_file(r, v, w, p));
    } else if (str_is(type, "refusal")) {
        TRY(read_need_str(r, v, w, "refusal", &parts_add(r->a, p, PART_REFUSAL)->text));
    } else {
        parts_unknown(r, p, v, w);
    }
    return true;
}

static bool read_content(struct reader *r, const struct jval *message, const struct where *w,
                         bool may_miss, struct parts *p) {
    const struct jval *content = jval_get(message, "content");
    if (jval_is(content, JSTRING)) {
        parts_text(r->a, p, jval_str(content));
        return true;
    }
    if (!content || jval_is(content, JNULL)) {
        return may_miss  ? true
               : content ? read_wrong_type(r, AT_KEY(w, "content"), content, "a string or an array")
                         : read_missing(r, AT_KEY(w, "content"));
    }
    if (!jval_is(content, JARRAY)) {
        return read_wrong_type(r, AT_KEY(w, "content"), content, "a string or an array");
    }
    size_t i = 0;
    for (struct jiter it = jval_iter(content); jiter_next(&it); i++) {
        TRY(read_part(r, it.value, AT_INDEX(AT_KEY(w, "content"), i), p));
    }
    return true;
}

/* ---- calls ---- */

static bool read_function(struct reader *r, const struct jval *function, const struct where *w,
                          struct chat_part *call) {
    if (!jval_is(function, JOBJECT)) {
        return function ? read_wrong_type(r, w, function, "an object") : read_missing(r, w);
    }
    TRY(read_need_str(r, function, w, "name", &call->name));
    const struct jval *arguments = read_get(function, "arguments");
    if (jval_is(arguments, JOBJECT)) {
        call->arguments = jval_print(r->a, arguments);
    } else {
        TRY(read_str(r, function, w, "arguments", &call->arguments));
    }
    if (str_trim(call->arguments).len == 0) {
        call->arguments = STR("{}");
    }
    return true;
}

static bool read_calls(struct reader *r, const struct jval *message, const struct where *w,
                       struct parts *p) {
    const struct jval *calls = NULL;
    TRY(read_kind(r, message, w, "tool_calls", JARRAY, &calls));
    const struct where *at = AT_KEY(w, "tool_calls");
    size_t i = 0;
    for (struct jiter it = jval_iter(calls); jiter_next(&it); i++) {
        if (!jval_is(it.value, JOBJECT)) {
            return read_wrong_type(r, AT_INDEX(at, i), it.value, "an object");
        }
        struct str type = jval_str_or(jval_get(it.value, "type"), "function");
        if (!str_is(type, "function")) {
            parts_unknown(r, p, it.value, AT_INDEX(at, i));
            continue;
        }
        struct chat_part *call = parts_add(r->a, p, PART_TOOL_CALL);
        TRY(read_need_str(r, it.value, AT_INDEX(at, i), "id", &call->id));
        TRY(read_function(r, jval_get(it.value, "function"), AT_KEY(AT_INDEX(at, i), "function"),
                          call));
    }
    const struct jval *old = NULL; /* before there were tools */
    TRY(read_kind(r, message, w, "function_call", JOBJECT, &old));
    return !old
           || read_function(r, old, AT_KEY(w, "function_call"), parts_add(r->a, p, PART_TOOL_CALL));
}

static bool read_assistant(struct reader *r, const struct jval *message, const struct where *w,
                           struct parts *p) {
    struct str thought = {0};
    TRY(read_str(r, message, w, "reasoning", &thought));
    TRY(read_str(r, message, w, "reasoning_content", &thought));
    if (thought.len) {
        parts_add(r->a, p, PART_REASONING)->text = thought;
    }
    TRY(read_content(r, message, w, true, p));
    struct str refusal = {0};
    TRY(read_str(r, message, w, "refusal", &refusal));
    if (refusal.len) {
        parts_add(r->a, p, PART_REFUSAL)->text = refusal;
    }
    return read_calls(r, message, w, p);
}

static bool read_tool_result(struct reader *r, const struct jval *message, const struct where *w,
                             bool is_old, struct parts *p) {
    struct parts inner = {0};
    TRY(read_content(r, message, w, false, &inner));
    struct chat_part *result = parts_add(r->a, p, PART_TOOL_RESULT);
    result->parts = inner.v;
    result->part_count = inner.n;
    return is_old ? read_str(r, message, w, "name", &result->name)
                  : read_need_str(r, message, w, "tool_call_id", &result->id);
}

static bool read_message(struct reader *r, const struct jval *message, const struct where *w,
                         struct messages *out) {
    static const char *const names[] = {"system",    "developer", "user",
                                        "assistant", "tool",      "function"};
    static const enum chat_role roles[] = {CHAT_SYSTEM,    CHAT_DEVELOPER, CHAT_USER,
                                           CHAT_ASSISTANT, CHAT_TOOL,      CHAT_TOOL};
    if (!jval_is(message, JOBJECT)) {
        return read_wrong_type(r, w, message, "an object");
    }
    struct str role = {0};
    size_t i = 0;
    TRY(read_need_str(r, message, w, "role", &role));
    TRY(read_one_of(r, AT_KEY(w, "role"), role, names, ARRAY_LEN(names), &i));
    struct parts p = {0};
    if (roles[i] == CHAT_ASSISTANT) {
        TRY(read_assistant(r, message, w, &p));
    } else if (roles[i] == CHAT_TOOL) {
        TRY(read_tool_result(r, message, w, str_is(role, "function"), &p));
    } else {
        TRY(read_content(r, message, w, false, &p));
    }
    messages_add(r->a, out, roles[i], &p);
    return roles[i] == CHAT_TOOL || read_str(r, message, w, "name", &out->v[out->n - 1].name);
}

static bool read_messages(struct reader *r, struct chat_request *rq) {
    const struct where *w = AT_KEY(NULL, "messages");
    const struct jval *list = jval_get(rq->doc, "messages");
    if (!list) {
        return read_missing(r, w);
    }
    if (!jval_is(list, JARRAY)) {
        return read_wrong_type(r, w, list, "an array");
    }
    struct messages out = {0};
    size_t i = 0;
    for (struct jiter it = jval_iter(list); jiter_next(&it); i++) {
        TRY(read_message(r, it.value, AT_INDEX(w, i), &out));
    }
    if (out.n == 0) {
        return read_wrong_value(r, w, "must hold at least one message");
    }
    rq->messages = out.v;
    rq->message_count = out.n;
    return true;
}

/* ---- the whole ---- */

bool openai_open(struct reader *r, struct str body, struct chat_request *rq) {
    struct chat_claims claims = rq->claims; /* the headers' */
    *rq = (struct chat_request){
        .dialect = DIALECT_OPENAI, .body = body, .parallel_calls = true, .n = 1, .claims = claims};
    rq->doc = json_parse(r->a, body, &JSON_LIMITS, r->e);
    if (!rq->doc) {
        return err_while(r->e, "The body is not valid JSON");
    }
    if (!jval_is(rq->doc, JOBJECT)) {
        return err_set(r->e, ERR_INVALID, "The body must be a JSON object.");
    }
    TRY(claims_from_body(r->a, read_get(rq->doc, "weir"), api_memory_of(r->a)->is_owner,
                         &rq->claims, r->e));
    TRY(read_need_str(r, rq->doc, NULL, "model", &rq->model));
    if (str_trim(rq->model).len == 0) {
        return read_wrong_value(r, AT_KEY(NULL, "model"), "must name a model");
    }
    return true;
}

bool openai_read(struct arena *a, struct str body, struct chat_request *rq, struct err *e) {
    struct reader r = {.a = a, .e = e};
    TRY(openai_open(&r, body, rq));
    TRY(read_messages(&r, rq));
    TRY(openai_read_tools(&r, rq));
    TRY(openai_read_format(&r, rq));
    TRY(openai_read_options(&r, rq));
    api_saw(a, rq);
    return true;
}

/* ---- POST /v1/completions ---- */

/* Members that mean nothing in a chat, or something else. */
static bool is_only_completions(struct str key) {
    static const char *const keys[] = {"prompt",  "suffix",   "echo",
                                       "best_of", "logprobs", "messages"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (str_is(key, keys[i])) {
            return true;
        }
    }
    return false;
}

/* The old form, a text to go on with, becomes a chat of one message: the body is written anew, so
 * that what leaves is what backends expect. */
bool completions_read(struct arena *a, struct str body, struct chat_request *rq, struct err *e) {
    struct reader r = {.a = a, .e = e};
    TRY(openai_open(&r, body, &(struct chat_request){.claims = rq->claims}));
    const struct jval *doc = json_parse(a, body, &JSON_LIMITS, e);
    struct str *prompts = NULL;
    struct str suffix = {0};
    size_t count = 0;
    if (!read_get(doc, "prompt")) {
        return read_missing(&r, AT_KEY(NULL, "prompt"));
    }
    TRY(read_strings(&r, doc, NULL, "prompt", true, 1, &prompts, &count));
    TRY(read_str(&r, doc, NULL, "suffix", &suffix));
    if (suffix.len) {
        return read_wrong_value(&r, AT_KEY(NULL, "suffix"), "filling in is not supported");
    }
    AUTO_BUF b = {0};
    buf_init(&b, JSON_LIMITS.bytes);
    struct jout j = jout_make(&b);
    jout_object(&j);
    for (struct jiter it = jval_iter(doc); jiter_next(&it);) {
        if (!is_only_completions(it.key)) {
            jout_key_str(&j, it.key);
            jout_raw(&j, jval_print(a, it.value));
        }
    }
    jout_key(&j, "messages");
    jout_array(&j);
    jout_object(&j);
    jout_kcstr(&j, "role", "user");
    jout_kstr(&j, "content", count ? prompts[0] : STR(""));
    jout_end_object(&j);
    jout_end_array(&j);
    jout_end_object(&j);
    if (b.failed) {
        return err_set(e, ERR_TOO_LARGE, "The body is too large.");
    }
    return openai_read(a, str_dup(a, buf_str(&b)), rq, e);
}
