/* POST /v1/messages and /v1/messages/count_tokens: body → chat IR. Strict in what it understands,
 * every refusal names the member; what it does not know is left alone. Worker thread. The settings
 * are read in anthropic_options.c. */
#include "api/anthropic_options.h"
#include "api/inner.h"

/* A picture's or document's source; false when it is of a kind that weir cannot look into. */
static bool source_known(struct str type) {
    return str_is(type, "base64") || str_is(type, "url");
}

static bool read_source(struct reader *r, const struct jval *source, const struct where *w,
                        struct chat_part *part) {
    if (str_is(jval_str(jval_get(source, "type")), "url")) {
        TRY(read_need_str(r, source, w, "url", &part->url));
        return str_istarts(part->url, STR("http://")) || str_istarts(part->url, STR("https://"))
               || read_wrong_value(r, AT_KEY(w, "url"), "must be http(s)");
    }
    TRY(read_need_str(r, source, w, "media_type", &part->media_type));
    return read_need_str(r, source, w, "data", &part->data);
}

static bool read_blocks(struct reader *r, const struct jval *list, const struct where *w,
                        struct parts *p);

static bool read_document(struct reader *r, const struct jval *v, const struct where *w,
                          struct parts *p) {
    const struct jval *source = jval_get(v, "source");
    const struct where *at = AT_KEY(w, "source");
    struct str type = {0};
    struct str title = {0};
    TRY(read_need_str(r, source, at, "type", &type));
    TRY(read_str(r, v, w, "title", &title));
    if (str_is(type, "text")) {
        struct str text = {0};
        TRY(read_need_str(r, source, at, "data", &text));
        if (title.len) {
            parts_text(r->a, p, title);
        }
        parts_text(r->a, p, text);
        return true;
    }
    if (str_is(type, "content")) {
        const struct jval *content = jval_get(source, "content");
        if (jval_is(content, JSTRING)) {
            parts_text(r->a, p, jval_str(content));
            return true;
        }
        return read_blocks(r, content, AT_KEY(at, "content"), p);
    }
    if (!source_known(type)) {
        parts_unknown(r, p, v, w);
        return true;
    }
    struct chat_part *part = parts_add(r->a, p, PART_FILE);
    part->name = title;
    return read_source(r, source, at, part);
}

static bool read_image(struct reader *r, const struct jval *v, const struct where *w,
                       struct parts *p) {
    const struct jval *source = jval_get(v, "source");
    struct str type = {0};
    TRY(read_need_str(r, source, AT_KEY(w, "source"), "type", &type));
    if (!source_known(type)) {
        parts_unknown(r, p, v, w);
        return true;
    }
    return read_source(r, source, AT_KEY(w, "source"), parts_add(r->a, p, PART_IMAGE));
}

static bool read_tool_use(struct reader *r, const struct jval *v, const struct where *w,
                          struct parts *p) {
    struct chat_part *call = parts_add(r->a, p, PART_TOOL_CALL);
    TRY(read_need_str(r, v, w, "id", &call->id));
    TRY(read_need_str(r, v, w, "name", &call->name));
    const struct jval *input = NULL;
    TRY(read_kind(r, v, w, "input", JOBJECT, &input));
    call->arguments = input ? jval_print(r->a, input) : STR("{}");
    return true;
}

static bool read_tool_result(struct reader *r, const struct jval *v, const struct where *w,
                             struct parts *p) {
    struct parts inner = {0};
    struct str id = {0};
    bool is_error = false;
    TRY(read_need_str(r, v, w, "tool_use_id", &id));
    TRY(read_bool(r, v, w, "is_error", &is_error));
    const struct jval *content = read_get(v, "content");
    if (jval_is(content, JSTRING)) {
        parts_text(r->a, &inner, jval_str(content));
    } else if (content) {
        TRY(read_blocks(r, content, AT_KEY(w, "content"), &inner));
    }
    struct chat_part *result = parts_add(r->a, p, PART_TOOL_RESULT);
    result->id = id;
    result->is_error = is_error;
    result->parts = inner.v;
    result->part_count = inner.n;
    return true;
}

static bool read_search_result(struct reader *r, const struct jval *v, const struct where *w,
                               struct parts *p) {
    struct str title = {0};
    struct str source = {0};
    TRY(read_str(r, v, w, "title", &title));
    TRY(read_str(r, v, w, "source", &source));
    parts_text(r->a, p, str_fmt(r->a, STR_FMT "\n" STR_FMT, STR_ARG(title), STR_ARG(source)));
    return read_blocks(r, jval_get(v, "content"), AT_KEY(w, "content"), p);
}

static bool read_block(struct reader *r, const struct jval *v, const struct where *w,
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
        return true;
    }
    if (str_is(type, "thinking")) {
        struct chat_part *part = parts_add(r->a, p, PART_REASONING);
        TRY(read_need_str(r, v, w, "thinking", &part->text));
        return read_str(r, v, w, "signature", &part->signature);
    }
    if (str_is(type, "redacted_thinking")) {
        struct chat_part *part = parts_add(r->a, p, PART_REASONING);
        part->redacted = true;
        return read_need_str(r, v, w, "data", &part->signature);
    }
    static const struct {
        const char *type;
        bool (*read)(struct reader *r, const struct jval *v, const struct where *w,
                     struct parts *p);
    } others[] = {
        {"image", read_image},
        {"document", read_document},
        {"tool_use", read_tool_use},
        {"tool_result", read_tool_result},
        {"search_result", read_search_result},
    };
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        if (str_is(type, others[i].type)) {
            return others[i].read(r, v, w, p);
        }
    }
    parts_unknown(r, p, v, w);
    return true;
}

static bool read_blocks(struct reader *r, const struct jval *list, const struct where *w,
                        struct parts *p) {
    if (!list) {
        return read_missing(r, w);
    }
    if (!jval_is(list, JARRAY)) {
        return read_wrong_type(r, w, list, "a string or a list of blocks");
    }
    size_t i = 0;
    for (struct jiter it = jval_iter(list); jiter_next(&it); i++) {
        TRY(read_block(r, it.value, AT_INDEX(w, i), p));
    }
    return true;
}

static bool read_content(struct reader *r, const struct jval *holder, const struct where *w,
                         const char *key, struct parts *p) {
    const struct jval *content = jval_get(holder, key);
    if (jval_is(content, JSTRING)) {
        parts_text(r->a, p, jval_str(content));
        return true;
    }
    return read_blocks(r, content, AT_KEY(w, key), p);
}

/* What a tool gave back comes inside a user's message; in the IR it has a message of its own. */
static void split(struct arena *a, struct messages *out, enum chat_role role,
                  const struct parts *p) {
    size_t from = 0;
    for (size_t i = 1; i <= p->n; i++) {
        bool is_tool = p->v[from].kind == PART_TOOL_RESULT;
        if (i == p->n || (p->v[i].kind == PART_TOOL_RESULT) != is_tool) {
            struct parts run = {.v = p->v + from, .n = i - from};
            messages_add(a, out, is_tool ? CHAT_TOOL : role, &run);
            from = i;
        }
    }
    if (p->n == 0) {
        messages_add(a, out, role, p);
    }
}

static bool read_messages(struct reader *r, struct chat_request *rq) {
    static const char *const names[] = {"user", "assistant", "system"};
    static const enum chat_role roles[] = {CHAT_USER, CHAT_ASSISTANT, CHAT_SYSTEM};
    const struct where *w = AT_KEY(NULL, "messages");
    struct messages out = {0};
    if (read_get(rq->doc, "system")) {
        struct parts p = {0};
        TRY(read_content(r, rq->doc, NULL, "system", &p));
        messages_add(r->a, &out, CHAT_SYSTEM, &p);
    }
    const struct jval *list = jval_get(rq->doc, "messages");
    if (!list) {
        return read_missing(r, w);
    }
    if (!jval_is(list, JARRAY)) {
        return read_wrong_type(r, w, list, "a list");
    }
    size_t i = 0;
    for (struct jiter it = jval_iter(list); jiter_next(&it); i++) {
        const struct where *at = AT_INDEX(w, i);
        if (!jval_is(it.value, JOBJECT)) {
            return read_wrong_type(r, at, it.value, "an object");
        }
        struct str role = {0};
        struct parts p = {0};
        size_t which = 0;
        TRY(read_need_str(r, it.value, at, "role", &role));
        TRY(read_one_of(r, AT_KEY(at, "role"), role, names, ARRAY_LEN(names), &which));
        TRY(read_content(r, it.value, at, "content", &p));
        split(r->a, &out, roles[which], &p);
    }
    if (i == 0) {
        return read_wrong_value(r, w, "at least one message is required");
    }
    rq->messages = out.v;
    rq->message_count = out.n;
    return true;
}

static bool read_all(struct arena *a, struct str body, bool is_count, struct chat_request *rq,
                     struct err *e) {
    struct reader r = {.a = a, .e = e, .dots = true};
    struct chat_claims claims = rq->claims; /* the headers' */
    *rq = (struct chat_request){.dialect = DIALECT_ANTHROPIC,
                                .body = body,
                                .parallel_calls = true,
                                .n = 1,
                                .include_usage = true,
                                .claims = claims};
    rq->doc = json_parse(a, body, &JSON_LIMITS, e);
    if (!rq->doc) {
        return err_while(e, "The body is not valid JSON");
    }
    if (!jval_is(rq->doc, JOBJECT)) {
        return err_set(e, ERR_INVALID, "The body must be a JSON object.");
    }
    TRY(claims_from_body(a, read_get(rq->doc, "weir"), api_memory_of(a)->is_owner, &rq->claims, e));
    TRY(read_need_str(&r, rq->doc, NULL, "model", &rq->model));
    if (str_trim(rq->model).len == 0) {
        return read_wrong_value(&r, AT_KEY(NULL, "model"), "must name a model");
    }
    if (!is_count && !read_get(rq->doc, "max_tokens")) {
        return read_missing(&r, AT_KEY(NULL, "max_tokens"));
    }
    TRY(read_messages(&r, rq));
    TRY(anthropic_read_tools(&r, rq));
    TRY(anthropic_read_options(&r, rq));
    if (is_count) {
        rq->stream = false;
    }
    api_saw(a, rq);
    return true;
}

bool anthropic_read(struct arena *a, struct str body, struct chat_request *rq, struct err *e) {
    return read_all(a, body, false, rq, e);
}

bool anthropic_read_count(struct arena *a, struct str body, struct chat_request *rq,
                          struct err *e) {
    return read_all(a, body, true, rq, e);
}
