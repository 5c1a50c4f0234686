/* The answers, rendered once at start. */
#define _GNU_SOURCE
#include "mock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STAMP_MARK "[ts="
#define CHUNK_JSON                                                    \
    "{\"id\":\"chatcmpl-mock\",\"object\":\"chat.completion.chunk\"," \
    "\"created\":1700000000,\"model\":\"mock\",\"choices\":[{\"index\":0,"

struct bytes render(const char *status, const char *type, const char *body, size_t len) {
    char *out = NULL;
    int head = asprintf(&out,
                        "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
                        "X-Mock: 1\r\n\r\n",
                        status, type, len);
    if (head < 0) {
        die("asprintf");
    }
    out = xrealloc(out, (size_t)head + len);
    memcpy(out + head, body, len);
    return (struct bytes){out, (size_t)head + len};
}

static struct bytes render_json(const char *status, const char *body) {
    return render(status, "application/json", body, strlen(body));
}

/* Pads the content so that the whole body has the size asked for, where that is possible. */
static struct bytes render_plain(size_t size) {
    static const char before[] =
        "{\"id\":\"chatcmpl-mock\",\"object\":\"chat.completion\",\"created\":1700000000,"
        "\"model\":\"mock\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
        "\"content\":\"";
    static const char after[] = "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":8,"
                                "\"completion_tokens\":8,\"total_tokens\":16},\"x_mock\":\"kept\"}";
    size_t fixed = sizeof before - 1 + sizeof after - 1;
    size_t pad = size > fixed ? size - fixed : 0;
    char *body = xrealloc(NULL, fixed + pad);
    memcpy(body, before, sizeof before - 1);
    for (size_t i = 0; i < pad; i++) {
        body[sizeof before - 1 + i] = i % 8 == 7 ? ' ' : 'w';
    }
    memcpy(body + sizeof before - 1 + pad, after, sizeof after - 1);
    struct bytes out = render("200 OK", "application/json", body, fixed + pad);
    free(body);
    return out;
}

static struct bytes chunk(const char *payload, const char *end) {
    char *out = NULL;
    int n = asprintf(&out, "%zx\r\n%s\r\n%s", strlen(payload), payload, end);
    if (n < 0) {
        die("asprintf");
    }
    return (struct bytes){out, (size_t)n};
}

static void render_stream(struct answers *a) {
    static const char head[] =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
        "Cache-Control: no-cache\r\nTransfer-Encoding: chunked\r\nX-Mock: 1\r\n\r\n";
    a->stream_head = (struct bytes){head, sizeof head - 1};
    a->event = chunk("data: " CHUNK_JSON "\"delta\":{\"content\":\"" STAMP_MARK
                     "00000000000000000000] \"},\"finish_reason\":null}],\"x_mock\":\"kept\"}\n\n",
                     "");
    a->stream_tail = chunk("data: " CHUNK_JSON "\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
                           "data: [DONE]\n\n",
                           "0\r\n\r\n");
    const char *mark = strstr(a->event.data, STAMP_MARK);
    a->stamp_at = (size_t)(mark - a->event.data) + strlen(STAMP_MARK);
    if (a->event.len > EVENT_BYTES) {
        abort(); /* the text above outgrew the buffer in struct conn */
    }
}

void render_answers(struct answers *a, const struct options *opt) {
    a->plain = render_plain(opt->body_bytes);
    a->models = render_json("200 OK",
                            "{\"object\":\"list\",\"data\":[{\"id\":\"mock\","
                            "\"object\":\"model\",\"created\":1700000000,\"owned_by\":\"mock\"}]}");
    a->health = render_json("200 OK", "{\"status\":\"ok\"}");
    a->props = render_json("200 OK", "{\"total_slots\":512,\"default_generation_settings\":"
                                     "{\"n_ctx\":8192}}");
    a->tokens = render_json("200 OK", "{\"tokens\":[1]}");
    a->not_found = render_json("404 Not Found", "{\"error\":{\"message\":\"no such path\"}}");
    a->bad = render_json("400 Bad Request", "{\"error\":{\"message\":\"bad request\"}}");
    render_stream(a);
}
