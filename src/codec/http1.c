/* HTTP/1.1 messages: llhttp splits the bytes, this file collects the head, keeps the limits and
 * adds the refusals that llhttp leaves to its users. The head lies in one piece of memory of
 * head_bytes, so that pointers into it stay. One thread at a time. */
#include "codec/http1.h"

#include <llhttp.h>

const struct http1_limits HTTP1_LIMITS = {64u << 10, 128, 64u << 20};

struct http1 {
    llhttp_t parser;
    struct http1_limits limits;
    const struct http1_ops *ops;
    void *ctx;
    char *text; /* first line, names, values: limits.head_bytes */
    size_t text_len;
    struct http_header *headers; /* limits.headers */
    size_t header_count;
    struct http1_head head;
    struct str line; /* the first line with its end, as sent */
    size_t framing;  /* bytes since the message or its last piece of body began */
    size_t body_seen;
    const char *piece_end; /* where the last piece of body ended in what is being fed */
    bool in_name;
    bool has_head;
    bool is_done;
    bool no_body; /* the next final response has none */
    struct err failed;
};

/* ---- collecting ---- */

static int refuse(struct http1 *h, enum err_kind kind, const char *code, const char *why) {
    if (h->failed.kind == ERR_NONE) {
        err_code_at(&h->failed, __func__, kind, code, "%s", why);
    }
    return HPE_USER;
}

static int refuse_headers(struct http1 *h) {
    return refuse(h, ERR_TOO_LARGE, "headers_too_large", "the message's head is too large");
}

/* Appends to *s, which is the last piece in the head's memory. There is always room: no byte is
 * kept twice and no more than head_bytes bytes are read for a head. */
static int keep(struct http1 *h, struct str *s, const char *at, size_t len) {
    if (len > h->limits.head_bytes - h->text_len) {
        return refuse_headers(h);
    }
    if (s->len == 0) {
        s->ptr = h->text + h->text_len;
    }
    memcpy(h->text + h->text_len, at, len);
    h->text_len += len;
    s->len += len;
    return 0;
}

static struct http1 *of(llhttp_t *p) {
    return p->data;
}

static int on_name(llhttp_t *p, const char *at, size_t len) {
    struct http1 *h = of(p);
    if (h->has_head) {
        return 0; /* a trailer field: read over */
    }
    if (!h->in_name) {
        if (h->header_count == h->limits.headers) {
            return refuse_headers(h);
        }
        h->headers[h->header_count++] = (struct http_header){STR(""), STR("")};
        h->in_name = true;
    }
    return keep(h, &h->headers[h->header_count - 1].name, at, len);
}

static int on_name_end(llhttp_t *p) {
    of(p)->in_name = false;
    return 0;
}

static int on_value(llhttp_t *p, const char *at, size_t len) {
    struct http1 *h = of(p);
    if (h->has_head) {
        return 0;
    }
    return keep(h, &h->headers[h->header_count - 1].value, at, len);
}

/* ---- the head as a whole ---- */

static struct str trimmed(struct str s) {
    while (s.len && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t')) {
        s.len--;
    }
    return s;
}

/* "GET /path HTTP/1.1\r\n" with exactly one space each; llhttp takes more: RTSP, HTTP/0.9. */
static bool split_request(struct http1 *h) {
    struct str rest = {0};
    struct str version = {0};
    return str_cut(h->line, ' ', &h->head.method, &rest)
           && str_cut(rest, ' ', &h->head.target, &version) && h->head.method.len > 0
           && h->head.target.len > 0
           && (str_is(version, "HTTP/1.1\r\n") || str_is(version, "HTTP/1.0\r\n"));
}

static bool split_response(struct http1 *h) {
    int status = llhttp_get_status_code(&h->parser);
    h->head.status = status;
    return (str_starts(h->line, STR("HTTP/1.1 ")) || str_starts(h->line, STR("HTTP/1.0 ")))
           && status >= 100 && status <= 599;
}

/* What says where the body ends must say it once and clearly (RFC 9112, 6). */
static bool check_framing(struct http1 *h) {
    size_t lengths = 0;
    size_t codings = 0;
    for (size_t i = 0; i < h->header_count; i++) {
        struct http_header *f = &h->headers[i];
        f->value = trimmed(f->value);
        if (str_ieq(f->name, STR("content-length"))) {
            lengths++;
        } else if (str_ieq(f->name, STR("transfer-encoding"))) {
            codings += str_ieq(f->value, STR("chunked")) ? 1 : 2;
        }
    }
    return lengths <= 1 && codings <= 1 && (lengths == 0 || codings == 0)
           && (codings == 0 || h->head.minor == 1);
}

static bool fill_head(struct http1 *h) {
    h->head.headers = h->headers;
    h->head.header_count = h->header_count;
    h->head.minor = llhttp_get_http_minor(&h->parser);
    bool is_request = llhttp_get_type(&h->parser) == HTTP_REQUEST;
    if (!(is_request ? split_request(h) : split_response(h)) || !check_framing(h)) {
        return false;
    }
    struct str expect = http1_header(&h->head, "expect");
    h->head.content_length = -1;
    if (h->parser.flags & F_CONTENT_LENGTH) {
        uint64_t length = h->parser.content_length;
        h->head.content_length = length > INT64_MAX ? INT64_MAX : (int64_t)length;
    }
    h->head.chunked = (h->parser.flags & F_CHUNKED) != 0;
    h->head.keep_alive = llhttp_should_keep_alive(&h->parser) != 0;
    h->head.upgrade = llhttp_get_upgrade(&h->parser) != 0;
    h->head.expect_continue = is_request && str_ieq(expect, STR("100-continue"));
    return true;
}

static int on_headers_complete(llhttp_t *p) {
    struct http1 *h = of(p);
    if (!fill_head(h)) {
        return refuse(h, ERR_INVALID, NULL, "the message's head is not HTTP/1.1 as it must be");
    }
    h->has_head = true;
    if (!h->ops->on_head(h->ctx, &h->head)) {
        return refuse(h, ERR_INVALID, NULL, "the message was refused");
    }
    bool is_final = llhttp_get_type(p) == HTTP_RESPONSE && h->head.status >= 200;
    if (is_final && h->no_body) {
        h->no_body = false;
        return 1; /* llhttp: no body follows, whatever the head says */
    }
    if (h->head.content_length > 0 && (uint64_t)h->head.content_length > h->limits.body_bytes) {
        return refuse(h, ERR_TOO_LARGE, NULL, "the message's body is too large");
    }
    return 0;
}

/* ---- body and end ---- */

static int on_body(llhttp_t *p, const char *at, size_t len) {
    struct http1 *h = of(p);
    size_t room = h->limits.body_bytes - h->body_seen;
    size_t take = len < room ? len : room;
    h->body_seen += take;
    h->piece_end = at + len;
    if (take > 0 && !h->ops->on_body(h->ctx, (struct str){at, take})) {
        return refuse(h, ERR_INVALID, NULL, "the message's body was refused");
    }
    if (take < len) {
        return refuse(h, ERR_TOO_LARGE, NULL, "the message's body is too large");
    }
    return 0;
}

/* A chunk says its size before it comes: a body that would be too large is refused by that. */
static int on_chunk_header(llhttp_t *p) {
    struct http1 *h = of(p);
    if (p->content_length > h->limits.body_bytes - h->body_seen) {
        return refuse(h, ERR_TOO_LARGE, NULL, "the message's body is too large");
    }
    return 0;
}

static int on_message_complete(llhttp_t *p) {
    struct http1 *h = of(p);
    h->is_done = true;
    h->ops->on_end(h->ctx);
    return HPE_PAUSED;
}

static const llhttp_settings_t SETTINGS = {
    .on_header_field = on_name,
    .on_header_field_complete = on_name_end,
    .on_header_value = on_value,
    .on_headers_complete = on_headers_complete,
    .on_body = on_body,
    .on_chunk_header = on_chunk_header,
    .on_message_complete = on_message_complete,
};

/* ---- the parser ---- */

struct http1 *http1_new(enum http1_kind kind, const struct http1_limits *l,
                        const struct http1_ops *ops, void *ctx) {
    struct http1 *h = calloc(1, sizeof *h);
    if (!h) {
        abort();
    }
    h->limits = *l;
    h->ops = ops;
    h->ctx = ctx;
    llhttp_init(&h->parser, kind == HTTP1_REQUEST ? HTTP_REQUEST : HTTP_RESPONSE, &SETTINGS);
    h->parser.data = h;
    return h;
}

void http1_free(struct http1 *h) {
    if (h) {
        free(h->text);
        free(h->headers);
        free(h);
    }
}

void http1_next(struct http1 *h) {
    llhttp_init(&h->parser, llhttp_get_type(&h->parser), &SETTINGS);
    h->parser.data = h;
    h->text_len = 0;
    h->header_count = 0;
    h->head = (struct http1_head){0};
    h->line = (struct str){0};
    h->framing = 0;
    h->body_seen = 0;
    h->in_name = h->has_head = h->is_done = false;
    h->failed = (struct err){0};
}

void http1_expect_no_body(struct http1 *h) {
    h->no_body = true;
}

bool http1_is_done(const struct http1 *h) {
    return h->is_done;
}

/* The memory for a head, when its first byte is there: a connection that never speaks needs none.
 */
static void reserve(struct http1 *h) {
    if (!h->text) {
        h->text = malloc(h->limits.head_bytes);
        h->headers = calloc(h->limits.headers + 1, sizeof *h->headers);
        if (!h->text || !h->headers) {
            abort();
        }
    }
}

/* The first line is kept as sent, before llhttp sees it; empty lines in front of it are not part of
 * it. llhttp ends a status line at a CR alone; then the two of us would not mean the same line. */
static void keep_line(struct http1 *h, struct str bytes) {
    if (h->line.len && h->line.ptr[h->line.len - 1] == '\n') {
        return;
    }
    size_t from = 0;
    while (h->line.len == 0 && from < bytes.len
           && (bytes.ptr[from] == '\r' || bytes.ptr[from] == '\n')) {
        from++;
    }
    bytes = str_sub(bytes, from, bytes.len);
    ptrdiff_t end = str_find_char(bytes, '\n');
    size_t before = h->line.len;
    (void)keep(h, &h->line, bytes.ptr, end < 0 ? bytes.len : (size_t)end + 1);
    for (size_t i = before; i < h->line.len; i++) {
        if (i > 0 && h->line.ptr[i - 1] == '\r' && h->line.ptr[i] != '\n') {
            refuse(h, ERR_INVALID, NULL, "a carriage return alone in the first line");
            return;
        }
    }
}

/* One piece, no longer than what may come without a byte of body. Returns the bytes taken. */
static size_t feed_piece(struct http1 *h, struct str piece) {
    h->piece_end = NULL;
    if (!h->has_head) {
        keep_line(h, piece);
        if (h->failed.kind != ERR_NONE) {
            return 0;
        }
    }
    llhttp_errno_t why = llhttp_execute(&h->parser, piece.ptr, piece.len);
    size_t taken = piece.len;
    if (why == HPE_PAUSED || why == HPE_PAUSED_UPGRADE) {
        taken = (size_t)(llhttp_get_error_pos(&h->parser) - piece.ptr);
    } else if (why != HPE_OK) {
        const char *reason = llhttp_get_error_reason(&h->parser);
        refuse(h, ERR_INVALID, NULL, reason ? reason : llhttp_errno_name(why));
    }
    h->framing = h->piece_end ? (size_t)(piece.ptr + taken - h->piece_end) : h->framing + taken;
    return taken;
}

bool http1_feed(struct http1 *h, struct str bytes, size_t *used, struct err *e) {
    *used = 0;
    reserve(h);
    while (!h->is_done && h->failed.kind == ERR_NONE && *used < bytes.len) {
        size_t allowed = h->limits.head_bytes - h->framing;
        if (allowed == 0) {
            refuse_headers(h);
            break;
        }
        struct str rest = str_sub(bytes, *used, bytes.len);
        *used += feed_piece(h, str_sub(rest, 0, allowed));
    }
    if (h->failed.kind != ERR_NONE) {
        *e = h->failed;
        return false;
    }
    return true;
}

bool http1_eof(struct http1 *h, struct err *e) {
    if (h->failed.kind == ERR_NONE && !h->is_done && h->line.len > 0) {
        llhttp_errno_t why = llhttp_finish(&h->parser);
        if (!h->is_done || (why != HPE_OK && why != HPE_PAUSED)) {
            refuse(h, ERR_INVALID, NULL, "the connection was closed in the middle of a message");
        }
    }
    if (h->failed.kind != ERR_NONE) {
        *e = h->failed;
        return false;
    }
    return true;
}

/* ---- helpers ---- */

struct str http1_header(const struct http1_head *head, const char *name) {
    for (size_t i = 0; i < head->header_count; i++) {
        if (str_ieq(head->headers[i].name, str_of(name))) {
            return head->headers[i].value;
        }
    }
    return (struct str){NULL, 0};
}

bool http1_is_clean(struct str value) {
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            return false;
        }
    }
    return true;
}

const char *http1_reason(int status) {
    static const struct {
        int status;
        const char *text;
    } rows[] = {
        {100, "Continue"},
        {101, "Switching Protocols"},
        {103, "Early Hints"},
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {402, "Payment Required"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {407, "Proxy Authentication Required"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {411, "Length Required"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {416, "Range Not Satisfiable"},
        {417, "Expectation Failed"},
        {421, "Misdirected Request"},
        {422, "Unprocessable Content"},
        {425, "Too Early"},
        {426, "Upgrade Required"},
        {428, "Precondition Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {451, "Unavailable For Legal Reasons"},
        {499, "Client Closed Request"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
        {507, "Insufficient Storage"},
        {529, "Overloaded"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].status == status) {
            return rows[i].text;
        }
    }
    return "Unknown";
}
