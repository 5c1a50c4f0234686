/* Relaying a backend's events as they came, with ranges replaced: the model is the one that was
 * asked for, usage is told only where it was asked for, and a backend's own weir* members are
 * dropped. Nothing is printed again. */
#include "api/inner.h"

#include <stdio.h>

enum { MEMBERS = 32, LONGEST_EVENT = 64 << 20 };

static bool key_is(struct str key, const char *name) {
    return str_eq(key, str_of(name));
}

/* Takes out one weir* member; false: there is none. */
static bool cut_one(struct buf *out, struct str text) {
    struct json_span spans[MEMBERS];
    size_t n = json_spans(text, spans, MEMBERS);
    for (size_t i = 0; i < n && i < MEMBERS; i++) {
        if (str_starts(spans[i].key, STR("weir"))) {
            struct json_edit cut = json_cut_member(text, spans, n, i);
            buf_clear(out);
            return json_splice(out, text, &cut, 1);
        }
    }
    return false;
}

static struct str clean(struct buf *spare, struct str text) {
    if (!str_contains(text, STR("\"weir"))) {
        return text;
    }
    AUTO_BUF next = {0};
    buf_init(&next, spare->max);
    while (cut_one(&next, text)) {
        struct buf swap = *spare;
        *spare = next;
        next = swap;
        text = buf_str(spare);
    }
    return text;
}

/* One event in one write. */
static void send(struct api_call *c, struct str head, struct str text,
                 const struct json_edit *edits, size_t n) {
    struct buf *out = reply_scratch(c);
    buf_add(out, head);
    json_splice(out, text, edits, n);
    buf_add(out, STR("\n\n"));
    reply_send(c, buf_str(out));
}

static struct str member(struct str text, const struct json_span *span) {
    return str_sub(text, span->from, span->to);
}

/* What matters of a chunk. */
struct chunk {
    struct json_span spans[MEMBERS];
    size_t n;
    ptrdiff_t model, usage;
    bool has_choices, has_usage;
};

static void look(struct str text, struct chunk *k) {
    k->n = json_spans(text, k->spans, MEMBERS);
    k->n = k->n > MEMBERS ? MEMBERS : k->n;
    for (size_t i = 0; i < k->n; i++) {
        struct str key = k->spans[i].key;
        struct str value = member(text, &k->spans[i]);
        if (key_is(key, "model")) {
            k->model = (ptrdiff_t)i;
        } else if (key_is(key, "usage")) {
            k->usage = (ptrdiff_t)i;
            k->has_usage = !str_is(value, "null");
        } else if (key_is(key, "choices")) {
            k->has_choices = value.len > 2 && str_trim(str_sub(value, 1, value.len - 1)).len > 0;
        }
    }
}

/* ---- OpenAI ---- */

void openai_wire(struct api_call *c, const struct chat_event *ev) {
    AUTO_BUF spare = {0};
    buf_init(&spare, LONGEST_EVENT);
    struct str text = clean(&spare, ev->wire);
    struct chunk k = {.model = -1, .usage = -1};
    look(text, &k);
    if (k.has_usage && !k.has_choices && (!c->include_usage || c->receipt)) {
        return; /* not asked for, or it comes with the receipt */
    }
    c->openai.usage_sent = c->openai.usage_sent || k.has_usage;
    struct json_edit edits[2];
    size_t n = 0;
    if (k.model >= 0) {
        edits[n++] = (struct json_edit){k.spans[k.model].from, k.spans[k.model].to, c->model_json};
    }
    if (k.usage >= 0 && !c->include_usage) {
        edits[n++] = json_cut_member(text, k.spans, k.n, (size_t)k.usage);
    }
    if (n == 2 && edits[1].from < edits[0].from) {
        struct json_edit swap = edits[0];
        edits[0] = edits[1];
        edits[1] = swap;
    }
    send(c, STR("data: "), text, edits, n);
}

/* ---- Anthropic ---- */

/* message_start: the model is in the object `message`. */
static size_t model_edit(struct api_call *c, struct str text, struct json_edit *edit) {
    struct json_span spans[MEMBERS];
    size_t n = json_spans(text, spans, MEMBERS);
    for (size_t i = 0; i < n && i < MEMBERS; i++) {
        if (!key_is(spans[i].key, "message")) {
            continue;
        }
        struct json_span inner[MEMBERS];
        size_t m = json_spans(member(text, &spans[i]), inner, MEMBERS);
        for (size_t k = 0; k < m && k < MEMBERS; k++) {
            if (key_is(inner[k].key, "model")) {
                *edit = (struct json_edit){spans[i].from + inner[k].from,
                                           spans[i].from + inner[k].to, c->model_json};
                return 1;
            }
        }
    }
    return 0;
}

static struct str event_type(struct str text, const struct chat_event *ev) {
    if (ev->wire_event.len) {
        return ev->wire_event;
    }
    struct json_span spans[MEMBERS];
    size_t n = json_spans(text, spans, MEMBERS);
    for (size_t i = 0; i < n && i < MEMBERS; i++) {
        if (key_is(spans[i].key, "type")) {
            return str_sub(text, spans[i].from + 1, spans[i].to - 1);
        }
    }
    return STR("");
}

void anthropic_wire(struct api_call *c, const struct chat_event *ev) {
    AUTO_BUF spare = {0};
    buf_init(&spare, LONGEST_EVENT);
    struct str text = clean(&spare, ev->wire);
    struct str type = event_type(text, ev);
    if (str_is(type, "message_stop") || str_is(type, "error")) {
        return; /* ours to say */
    }
    struct json_edit edit = {0};
    size_t n = 0;
    if (str_is(type, "message_start")) {
        c->anthropic.started = true;
        n = model_edit(c, text, &edit);
    }
    c->anthropic.delta_sent = c->anthropic.delta_sent || str_is(type, "message_delta");
    char head[96];
    int len =
        snprintf(head, sizeof head, "event: " STR_FMT "\ndata: ", STR_ARG(str_sub(type, 0, 64)));
    send(c, (struct str){head, (size_t)len}, text, &edit, n);
}
