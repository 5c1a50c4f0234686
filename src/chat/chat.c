/* Small questions about a request. */
#include "chat/chat.h"

#include "base/eight.h"

const char *const DIALECT_NAMES[DIALECTS] = {"openai", "anthropic", "responses",
                                             "ollama", "gemini",    "scripted"};

struct str chat_message_text(struct arena *a, const struct chat_message *m) {
    if (m->part_count == 1 && m->parts[0].kind == PART_TEXT) {
        return m->parts[0].text;
    }
    AUTO_BUF b = {0};
    buf_init(&b, SIZE_MAX / 2);
    bool first = true;
    for (size_t i = 0; i < m->part_count; i++) {
        if (m->parts[i].kind == PART_TEXT || m->parts[i].kind == PART_REFUSAL) {
            buf_add(&b, first ? STR("") : STR("\n"));
            buf_add(&b, m->parts[i].text);
            first = false;
        }
    }
    return str_dup(a, buf_str(&b));
}

static const struct chat_part *unknown_of(const struct chat_part *parts, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const struct chat_part *inner = parts[i].kind == PART_UNKNOWN
                                            ? &parts[i]
                                            : unknown_of(parts[i].parts, parts[i].part_count);
        if (inner) {
            return inner;
        }
    }
    return NULL;
}

const struct chat_part *chat_unknown(const struct chat_request *rq) {
    const struct chat_part *found = NULL;
    for (size_t i = 0; i < rq->message_count && !found; i++) {
        found = unknown_of(rq->messages[i].parts, rq->messages[i].part_count);
    }
    return found;
}

const struct chat_message *chat_last_user(const struct chat_request *rq) {
    for (size_t i = rq->message_count; i > 0; i--) {
        if (rq->messages[i - 1].role == CHAT_USER) {
            return &rq->messages[i - 1];
        }
    }
    return NULL;
}

/* Latin text has about four bytes a token; other scripts about two, and their bytes have the high
 * bit. */
static int64_t tokens_of(struct str s) {
    int64_t high = 0;
    size_t i = 0;
    for (; i + 8 <= s.len; i += 8) {
        high += eight_count(eight_at(s.ptr + i) & EIGHT(0x80));
    }
    for (; i < s.len; i++) {
        high += (unsigned char)s.ptr[i] >> 7;
    }
    return ((int64_t)s.len - high) / 4 + high / 2 + (s.len > 0);
}

enum { IMAGE_TOKENS = 1000, MESSAGE_TOKENS = 4 };

static int64_t tokens_of_parts(const struct chat_part *parts, size_t n) {
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        const struct chat_part *p = &parts[i];
        bool media = p->kind == PART_IMAGE || p->kind == PART_AUDIO || p->kind == PART_FILE;
        sum += media ? IMAGE_TOKENS
                     : tokens_of(p->text) + tokens_of(p->arguments) + tokens_of(p->name)
                           + tokens_of(p->raw);
        sum += tokens_of_parts(p->parts, p->part_count);
    }
    return sum;
}

int64_t chat_estimate_tokens(const struct chat_request *rq) {
    int64_t sum = 0;
    for (size_t i = 0; i < rq->message_count; i++) {
        sum += MESSAGE_TOKENS + tokens_of_parts(rq->messages[i].parts, rq->messages[i].part_count);
    }
    for (size_t i = 0; i < rq->tool_count; i++) {
        const struct chat_tool *t = &rq->tools[i];
        sum +=
            MESSAGE_TOKENS + tokens_of(t->name) + tokens_of(t->description) + tokens_of(t->schema);
    }
    return sum + tokens_of(rq->schema);
}

struct str chat_canonical_arguments(struct arena *a, struct str arguments) {
    struct err e = {0};
    const struct jval *v = json_parse(a, arguments, &JSON_LIMITS, &e);
    return v ? jval_print(a, v) : arguments;
}
