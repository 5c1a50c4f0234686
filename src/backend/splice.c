/* A body for a provider that speaks the client's dialect: the client's own bytes, ranges replaced.
 */
#include "backend/inner.h"

enum { MEMBERS = 256, EDITS = 8 };

static bool key_is(const struct json_span *s, const char *name) {
    return str_is(s->key, name);
}

static void insert(struct json_edit *edits, size_t *n, struct json_edit e) {
    size_t i = (*n)++;
    while (i > 0 && edits[i - 1].from > e.from) {
        edits[i] = edits[i - 1];
        i--;
    }
    edits[i] = e;
}

bool splice_build(struct arena *a, const struct chat_request *rq, struct str model, bool ask_usage,
                  struct str *out, struct err *e) {
    struct json_span *spans = arena_array(a, struct json_span, MEMBERS);
    size_t n = json_spans(rq->body, spans, MEMBERS);
    if (n > MEMBERS) {
        return err_set(e, ERR_INVALID, "the request has more than %d members", MEMBERS);
    }
    AUTO_BUF name = {0};
    buf_init(&name, 4096);
    json_quote(&name, model);
    struct json_edit edits[EDITS];
    size_t count = 0;
    bool has_options = false;
    size_t after_model = 0;
    for (size_t i = 0; i < n; i++) {
        if (key_is(&spans[i], "model")) {
            insert(edits, &count, (struct json_edit){spans[i].from, spans[i].to, buf_str(&name)});
            after_model = spans[i].to;
        } else if (key_is(&spans[i], "weir") && count < EDITS - 3) {
            insert(edits, &count, json_cut_member(rq->body, spans, n, i));
        } else if (key_is(&spans[i], "stream_options") && ask_usage) {
            has_options = true;
            insert(edits, &count,
                   (struct json_edit){spans[i].from, spans[i].to, STR("{\"include_usage\":true}")});
        }
    }
    if (!after_model) {
        return err_set(e, ERR_INVALID, "the request names no model");
    }
    if (ask_usage && !has_options) {
        insert(edits, &count,
               (struct json_edit){after_model, after_model,
                                  STR(",\"stream_options\":{\"include_usage\":true}")});
    }
    AUTO_BUF b = {0};
    buf_init(&b, rq->body.len + 8192);
    if (!json_splice(&b, rq->body, edits, count)) {
        return err_set(e, ERR_BUG, "the request could not be rewritten");
    }
    *out = str_dup(a, buf_str(&b));
    return true;
}
