/* The settings of an OpenAI request: tools and their choice, the answer's format, sampling. Absent
 * and null are the same; out of range is refused. */
#include "api/openai_options.h"

#include "api/inner.h"

/* ---- tools ---- */

static bool read_tool_function(struct reader *r, const struct jval *function, const struct where *w,
                               struct chat_tool *tool) {
    if (!jval_is(function, JOBJECT)) {
        return function ? read_wrong_type(r, w, function, "an object") : read_missing(r, w);
    }
    TRY(read_need_str(r, function, w, "name", &tool->name));
    if (tool->name.len == 0 || tool->name.len > 256) {
        return read_wrong_value(r, AT_KEY(w, "name"), "must have 1 to 256 characters");
    }
    TRY(read_str(r, function, w, "description", &tool->description));
    TRY(read_bool(r, function, w, "strict", &tool->strict));
    const struct jval *schema = NULL;
    TRY(read_kind(r, function, w, "parameters", JOBJECT, &schema));
    if (schema) {
        tool->schema = jval_print(r->a, schema);
    }
    return true;
}

static bool read_tool(struct reader *r, const struct jval *v, const struct where *w,
                      struct chat_tool *tool) {
    if (!jval_is(v, JOBJECT)) {
        return read_wrong_type(r, w, v, "an object");
    }
    struct str type = {0};
    TRY(read_need_str(r, v, w, "type", &type));
    if (str_is(type, "function")) {
        return read_tool_function(r, jval_get(v, "function"), AT_KEY(w, "function"), tool);
    }
    struct str name = jval_str(jval_get(jval_get_str(v, type), "name"));
    tool->name = name.len ? name : type;
    tool->skipped = true;
    return true;
}

static struct chat_tool *tool_named(struct chat_request *rq, struct str name) {
    for (size_t i = 0; i < rq->tool_count; i++) {
        if (!rq->tools[i].skipped && str_eq(rq->tools[i].name, name)) {
            return &rq->tools[i];
        }
    }
    return NULL;
}

static bool choose_named(struct reader *r, struct chat_request *rq, const struct jval *function,
                         const struct where *w) {
    if (!jval_is(function, JOBJECT)) {
        return function ? read_wrong_type(r, w, function, "an object") : read_missing(r, w);
    }
    TRY(read_need_str(r, function, w, "name", &rq->choice_name));
    rq->choice = CHOICE_NAMED;
    return tool_named(rq, rq->choice_name)
           || read_wrong_value(r, AT_KEY(w, "name"), "no such tool in 'tools'");
}

/* {"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[…]}}: the others are left out. */
static bool choose_allowed(struct reader *r, struct chat_request *rq, const struct jval *allowed,
                           const struct where *w) {
    static const char *const modes[] = {"auto", "required"};
    if (!jval_is(allowed, JOBJECT)) {
        return allowed ? read_wrong_type(r, w, allowed, "an object") : read_missing(r, w);
    }
    struct str mode = STR("auto");
    size_t i = 0;
    TRY(read_str(r, allowed, w, "mode", &mode));
    TRY(read_one_of(r, AT_KEY(w, "mode"), mode, modes, ARRAY_LEN(modes), &i));
    rq->choice = i == 0 ? CHOICE_AUTO : CHOICE_REQUIRED;
    const struct jval *list = NULL;
    TRY(read_kind(r, allowed, w, "tools", JARRAY, &list));
    bool *keep = arena_array(r->a, bool, rq->tool_count + 1);
    for (struct jiter it = jval_iter(list); jiter_next(&it);) {
        struct chat_tool *tool =
            tool_named(rq, jval_str(jval_get(jval_get(it.value, "function"), "name")));
        if (!tool) {
            return read_wrong_value(r, AT_KEY(w, "tools"), "no such tool in 'tools'");
        }
        keep[tool - rq->tools] = true;
    }
    for (size_t t = 0; t < rq->tool_count; t++) {
        rq->tools[t].skipped = rq->tools[t].skipped || !keep[t];
    }
    return true;
}

static bool read_choice(struct reader *r, struct chat_request *rq, const char *key) {
    static const char *const words[] = {"none", "auto", "required"};
    static const enum chat_choice choices[] = {CHOICE_NONE, CHOICE_AUTO, CHOICE_REQUIRED};
    const struct where *w = AT_KEY(NULL, key);
    const struct jval *v = read_get(rq->doc, key);
    if (!v) {
        return true;
    }
    size_t i = 0;
    if (jval_is(v, JSTRING)) {
        TRY(read_one_of(r, w, jval_str(v), words, ARRAY_LEN(words), &i));
        rq->choice = choices[i];
    } else if (!jval_is(v, JOBJECT)) {
        return read_wrong_type(r, w, v, "a string or an object");
    } else if (str_is(jval_str_or(jval_get(v, "type"), "function"), "allowed_tools")) {
        TRY(choose_allowed(r, rq, jval_get(v, "allowed_tools"), AT_KEY(w, "allowed_tools")));
    } else if (jval_get(v, "function") || !jval_get(v, "name")) {
        TRY(choose_named(r, rq, jval_get(v, "function"), AT_KEY(w, "function")));
    } else { /* function_call's form; also sent by some for tool_choice */
        TRY(choose_named(r, rq, v, w));
    }
    if (rq->choice == CHOICE_REQUIRED && rq->tool_count == 0) {
        return read_wrong_value(r, w, "needs 'tools'");
    }
    return true;
}

bool openai_read_tools(struct reader *r, struct chat_request *rq) {
    const struct jval *tools = NULL;
    const struct jval *functions = NULL;
    TRY(read_kind(r, rq->doc, NULL, "tools", JARRAY, &tools));
    TRY(read_kind(r, rq->doc, NULL, "functions", JARRAY, &functions));
    rq->tools = arena_array(r->a, struct chat_tool, jval_len(tools) + jval_len(functions) + 1);
    size_t i = 0;
    for (struct jiter it = jval_iter(tools); jiter_next(&it); i++) {
        TRY(read_tool(r, it.value, AT_INDEX(AT_KEY(NULL, "tools"), i), &rq->tools[i]));
    }
    for (struct jiter it = jval_iter(functions); jiter_next(&it); i++) {
        const struct where *w = AT_INDEX(AT_KEY(NULL, "functions"), i - jval_len(tools));
        TRY(read_tool_function(r, it.value, w, &rq->tools[i]));
    }
    rq->tool_count = i;
    TRY(read_choice(r, rq, "function_call"));
    TRY(read_choice(r, rq, "tool_choice"));
    return read_bool(r, rq->doc, NULL, "parallel_tool_calls", &rq->parallel_calls);
}

/* ---- format ---- */

bool openai_read_format(struct reader *r, struct chat_request *rq) {
    static const char *const types[] = {"text", "json_object", "json_schema"};
    static const enum chat_format formats[] = {FORMAT_TEXT, FORMAT_JSON_OBJECT, FORMAT_JSON_SCHEMA};
    const struct where *w = AT_KEY(NULL, "response_format");
    const struct jval *format = NULL;
    TRY(read_kind(r, rq->doc, NULL, "response_format", JOBJECT, &format));
    if (!format) {
        return true;
    }
    struct str type = {0};
    size_t i = 0;
    TRY(read_need_str(r, format, w, "type", &type));
    TRY(read_one_of(r, AT_KEY(w, "type"), type, types, ARRAY_LEN(types), &i));
    rq->format = formats[i];
    if (rq->format != FORMAT_JSON_SCHEMA) {
        return true;
    }
    const struct where *at = AT_KEY(w, "json_schema");
    const struct jval *holder = read_get(format, "json_schema");
    if (!jval_is(holder, JOBJECT)) {
        return holder ? read_wrong_type(r, at, holder, "an object") : read_missing(r, at);
    }
    TRY(read_need_str(r, holder, at, "name", &rq->format_name));
    TRY(read_bool(r, holder, at, "strict", &rq->schema_strict));
    const struct jval *schema = jval_get(holder, "schema");
    if (!schema) {
        return read_missing(r, AT_KEY(at, "schema"));
    }
    TRY(read_schema(r, AT_KEY(at, "schema"), schema));
    rq->schema = jval_print(r->a, schema);
    return true;
}

/* ---- sampling ---- */

static bool read_bias(struct reader *r, struct chat_request *rq) {
    const struct where *w = AT_KEY(NULL, "logit_bias");
    const struct jval *bias = read_get(rq->doc, "logit_bias");
    if (bias && !jval_is(bias, JOBJECT)) {
        return read_wrong_type(r, w, bias, "an object");
    }
    for (struct jiter it = jval_iter(bias); jiter_next(&it);) {
        double d = 0;
        if (!jval_double(it.value, &d) || d < -100 || d > 100) {
            return read_wrong_value(r, w, "every bias must be a number between -100 and 100");
        }
    }
    if (jval_len(bias)) {
        rq->logit_bias = jval_print(r->a, bias);
    }
    return true;
}

bool openai_read_sampling(struct reader *r, struct chat_request *rq) {
    const struct jval *doc = rq->doc;
    int64_t n = 1;
    TRY(read_bool(r, doc, NULL, "stream", &rq->stream));
    const struct jval *so = NULL;
    TRY(read_kind(r, doc, NULL, "stream_options", JOBJECT, &so));
    TRY(read_bool(r, so, AT_KEY(NULL, "stream_options"), "include_usage", &rq->include_usage));
    TRY(read_int(r, doc, NULL, "max_tokens", 1, INT64_MAX, &rq->max_tokens));
    TRY(read_int(r, doc, NULL, "max_completion_tokens", 1, INT64_MAX, &rq->max_tokens));
    TRY(read_double(r, doc, NULL, "temperature", 0, 2, &rq->has_temperature, &rq->temperature));
    TRY(read_double(r, doc, NULL, "top_p", 0, 1, &rq->has_top_p, &rq->top_p));
    TRY(read_double(r, doc, NULL, "frequency_penalty", -2, 2, NULL, &rq->frequency_penalty));
    TRY(read_double(r, doc, NULL, "presence_penalty", -2, 2, NULL, &rq->presence_penalty));
    TRY(read_int(r, doc, NULL, "top_k", 0, INT64_MAX, &rq->top_k));
    TRY(read_int(r, doc, NULL, "n", 1, API_CHOICES, &n));
    rq->n = (int)n;
    rq->has_seed = read_get(doc, "seed") != NULL;
    TRY(read_int(r, doc, NULL, "seed", INT64_MIN, INT64_MAX - 1, &rq->seed));
    TRY(read_strings(r, doc, NULL, "stop", true, 4, &rq->stop, &rq->stop_count));
    TRY(read_str(r, doc, NULL, "user", &rq->user));
    return read_bias(r, rq);
}

bool openai_read_options(struct reader *r, struct chat_request *rq) {
    static const char *const efforts[] = {"none", "minimal", "low", "medium",
                                          "high", "xhigh",   "max"};
    const struct jval *doc = rq->doc;
    size_t i = 0;
    int64_t top = 0;
    TRY(openai_read_sampling(r, rq));
    TRY(read_bool(r, doc, NULL, "logprobs", &rq->logprobs));
    TRY(read_int(r, doc, NULL, "top_logprobs", 0, 20, &top));
    rq->top_logprobs = (int)top;
    if (top > 0 && !rq->logprobs) {
        return read_wrong_value(r, AT_KEY(NULL, "top_logprobs"), "needs 'logprobs' to be true");
    }
    TRY(read_str(r, doc, NULL, "reasoning_effort", &rq->reasoning_effort));
    if (rq->reasoning_effort.len) {
        TRY(read_one_of(r, AT_KEY(NULL, "reasoning_effort"), rq->reasoning_effort, efforts,
                        ARRAY_LEN(efforts), &i));
    }
    const struct jval *metadata = NULL;
    TRY(read_kind(r, doc, NULL, "metadata", JOBJECT, &metadata));
    bool store = false;
    return read_bool(r, doc, NULL, "store", &store);
}
