/* The settings of an Anthropic request: tools and their choice, thinking, the answer's format,
 * sampling. */
#include "api/anthropic_options.h"

#include "api/inner.h"

static bool read_tool(struct reader *r, const struct jval *v, const struct where *w,
                      struct chat_tool *tool) {
    if (!jval_is(v, JOBJECT)) {
        return read_wrong_type(r, w, v, "an object");
    }
    struct str type = STR("custom");
    TRY(read_str(r, v, w, "type", &type));
    TRY(read_need_str(r, v, w, "name", &tool->name));
    if (tool->name.len == 0 || tool->name.len > 256) {
        return read_wrong_value(r, AT_KEY(w, "name"), "must have 1 to 256 characters");
    }
    if (!str_is(type, "custom")) { /* run by the vendor */
        tool->skipped = true;
        return true;
    }
    const struct jval *schema = NULL;
    TRY(read_str(r, v, w, "description", &tool->description));
    TRY(read_bool(r, v, w, "strict", &tool->strict));
    TRY(read_kind(r, v, w, "input_schema", JOBJECT, &schema));
    if (!schema) {
        return read_missing(r, AT_KEY(w, "input_schema"));
    }
    tool->schema = jval_print(r->a, schema);
    return true;
}

static bool read_choice(struct reader *r, struct chat_request *rq) {
    static const char *const types[] = {"auto", "none", "any", "tool"};
    static const enum chat_choice choices[] = {CHOICE_AUTO, CHOICE_NONE, CHOICE_REQUIRED,
                                               CHOICE_NAMED};
    const struct where *w = AT_KEY(NULL, "tool_choice");
    const struct jval *v = NULL;
    TRY(read_kind(r, rq->doc, NULL, "tool_choice", JOBJECT, &v));
    if (!v) {
        return true;
    }
    struct str type = {0};
    size_t i = 0;
    bool alone = false;
    TRY(read_need_str(r, v, w, "type", &type));
    TRY(read_one_of(r, AT_KEY(w, "type"), type, types, ARRAY_LEN(types), &i));
    TRY(read_bool(r, v, w, "disable_parallel_tool_use", &alone));
    rq->parallel_calls = !alone;
    rq->choice = choices[i];
    if (rq->choice == CHOICE_REQUIRED && rq->tool_count == 0) {
        return read_wrong_value(r, w, "needs tools");
    }
    if (rq->choice != CHOICE_NAMED) {
        return true;
    }
    TRY(read_need_str(r, v, w, "name", &rq->choice_name));
    for (size_t t = 0; t < rq->tool_count; t++) {
        if (str_eq(rq->tools[t].name, rq->choice_name)) {
            return true;
        }
    }
    return read_wrong_value(r, AT_KEY(w, "name"), "no such tool in tools");
}

bool anthropic_read_tools(struct reader *r, struct chat_request *rq) {
    const struct jval *tools = NULL;
    TRY(read_kind(r, rq->doc, NULL, "tools", JARRAY, &tools));
    rq->tools = arena_array(r->a, struct chat_tool, jval_len(tools) + 1);
    size_t i = 0;
    for (struct jiter it = jval_iter(tools); jiter_next(&it); i++) {
        TRY(read_tool(r, it.value, AT_INDEX(AT_KEY(NULL, "tools"), i), &rq->tools[i]));
    }
    rq->tool_count = i;
    return read_choice(r, rq);
}

static bool read_format(struct reader *r, struct chat_request *rq, const struct jval *format,
                        const struct where *w) {
    struct str type = {0};
    if (!format) {
        return true;
    }
    TRY(read_need_str(r, format, w, "type", &type));
    if (!str_is(type, "json_schema")) {
        return read_wrong_value(r, AT_KEY(w, "type"), "must be json_schema");
    }
    const struct jval *schema = jval_get(format, "schema");
    if (!schema) {
        return read_missing(r, AT_KEY(w, "schema"));
    }
    TRY(read_schema(r, AT_KEY(w, "schema"), schema));
    rq->format = FORMAT_JSON_SCHEMA;
    rq->format_name = STR("answer");
    rq->schema = jval_print(r->a, schema);
    rq->schema_strict = true;
    return true;
}

static bool read_output(struct reader *r, struct chat_request *rq) {
    const struct where *w = AT_KEY(NULL, "output_config");
    const struct jval *output = NULL;
    const struct jval *format = NULL;
    TRY(read_kind(r, rq->doc, NULL, "output_format", JOBJECT, &format)); /* its older place */
    TRY(read_format(r, rq, format, AT_KEY(NULL, "output_format")));
    TRY(read_kind(r, rq->doc, NULL, "output_config", JOBJECT, &output));
    TRY(read_str(r, output, w, "effort", &rq->reasoning_effort));
    TRY(read_kind(r, output, w, "format", JOBJECT, &format));
    return read_format(r, rq, format, AT_KEY(w, "format"));
}

static bool read_thinking(struct reader *r, struct chat_request *rq) {
    const struct where *w = AT_KEY(NULL, "thinking");
    const struct jval *thinking = NULL;
    TRY(read_kind(r, rq->doc, NULL, "thinking", JOBJECT, &thinking));
    if (!thinking) {
        return true;
    }
    struct str type = {0};
    TRY(read_need_str(r, thinking, w, "type", &type));
    if (str_is(type, "enabled") && !read_get(thinking, "budget_tokens")) {
        return read_missing(r, AT_KEY(w, "budget_tokens"));
    }
    if (str_is(type, "disabled")) {
        rq->reasoning_effort = STR("none");
        return true;
    }
    return read_int(r, thinking, w, "budget_tokens", 1, INT64_MAX, &rq->thinking_budget);
}

bool anthropic_read_options(struct reader *r, struct chat_request *rq) {
    const struct jval *doc = rq->doc;
    TRY(read_bool(r, doc, NULL, "stream", &rq->stream));
    TRY(read_int(r, doc, NULL, "max_tokens", 1, INT64_MAX, &rq->max_tokens));
    TRY(read_double(r, doc, NULL, "temperature", 0, 1, &rq->has_temperature, &rq->temperature));
    TRY(read_double(r, doc, NULL, "top_p", 0, 1, &rq->has_top_p, &rq->top_p));
    TRY(read_int(r, doc, NULL, "top_k", 0, INT64_MAX, &rq->top_k));
    TRY(read_strings(r, doc, NULL, "stop_sequences", false, 8192, &rq->stop, &rq->stop_count));
    const struct jval *metadata = NULL;
    TRY(read_kind(r, doc, NULL, "metadata", JOBJECT, &metadata));
    TRY(read_str(r, metadata, AT_KEY(NULL, "metadata"), "user_id", &rq->user));
    TRY(read_output(r, rq));
    return read_thinking(r, rq);
}
