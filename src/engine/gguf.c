/* GGUF metadata (the format's specification: magic, version, counts, then typed key-value pairs,
 * little-endian). A file is read through a window and never mapped: one that shrinks while weir
 * reads it must not bring weir down. */
#include "engine/gguf.h"

#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

enum { MOST_PAIRS = 4096, LONGEST_KEY = 256, MOST_DEPTH = 4, WINDOW = 64 << 10 };
static const uint64_t LONGEST_TEXT = 4 << 20; /* that is wanted: templates are the longest */
static const uint64_t LONGEST_HEAD = 256 << 20;

enum gguf_type {
    T_U8,
    T_I8,
    T_U16,
    T_I16,
    T_U32,
    T_I32,
    T_F32,
    T_BOOL,
    T_STRING,
    T_ARRAY,
    T_U64,
    T_I64,
    T_F64,
    TYPES
};
static const size_t SIZES[TYPES] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

struct cursor {
    struct buf window; /* of a file; unused when all bytes are at hand */
    struct str s;      /* the bytes at hand */
    size_t at;         /* in them */
    uint64_t from;     /* where in the file they begin */
    uint64_t size;     /* of the file, as far as we read */
    int fd;            /* -1: all bytes are at hand */
    bool bad;
};

static uint64_t left(const struct cursor *c) {
    return c->size - c->from - c->at;
}

static void pass(struct cursor *c, uint64_t n) {
    if (c->bad || n > left(c)) {
        c->bad = true;
    } else if (n <= c->s.len - c->at) {
        c->at += (size_t)n;
    } else {
        c->from += c->at + n;
        c->at = 0;
        c->s.len = 0;
    }
}

/* Makes n bytes available at the cursor. */
static bool fill(struct cursor *c, size_t n) {
    if (c->bad || n > left(c)) {
        return false;
    }
    if (n <= c->s.len - c->at) {
        return true;
    }
    if (c->fd < 0) {
        return false;
    }
    c->from += c->at;
    c->at = 0;
    c->s.len = 0;
    buf_clear(&c->window);
    uint64_t all = c->size - c->from;
    size_t want = n > WINDOW ? n : (size_t)(all < WINDOW ? all : WINDOW);
    while (c->window.len < want) {
        char *room = buf_room(&c->window, want - c->window.len);
        ssize_t got =
            room ? pread(c->fd, room, want - c->window.len, (off_t)(c->from + c->window.len)) : 0;
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            break;
        }
        c->window.len += (size_t)got;
    }
    c->s = buf_str(&c->window);
    return c->s.len >= n;
}

/* Valid until the next call. */
static struct str take(struct cursor *c, uint64_t n) {
    if (n > LONGEST_TEXT || !fill(c, (size_t)n)) {
        c->bad = true;
        return (struct str){0};
    }
    struct str s = {c->s.ptr + c->at, (size_t)n};
    c->at += (size_t)n;
    return s;
}

static uint64_t number(struct cursor *c, size_t size) {
    struct str s = take(c, size);
    uint64_t v = 0;
    for (size_t i = s.len; i > 0; i--) {
        v = v << 8 | (unsigned char)s.ptr[i - 1];
    }
    return v;
}

static struct str text(struct cursor *c) {
    return take(c, number(c, 8));
}

static void skip(struct cursor *c, uint64_t type, int depth) {
    if (type == T_STRING) {
        pass(c, number(c, 8));
    } else if (type == T_ARRAY) {
        uint64_t inner = number(c, 4);
        uint64_t n = number(c, 8);
        if (c->bad || inner >= TYPES || depth >= MOST_DEPTH || n > left(c)) {
            c->bad = true;
        } else if (SIZES[inner]) {
            pass(c, n * SIZES[inner]);
        } else {
            for (uint64_t i = 0; i < n && !c->bad; i++) {
                skip(c, inner, depth + 1);
            }
        }
    } else if (type < TYPES) {
        pass(c, SIZES[type]);
    } else {
        c->bad = true;
    }
}

/* Where a number of this key goes; NULL: nobody wants it. */
static int64_t *place_of(struct gguf *out, struct str key) {
    const struct {
        struct str end;
        int64_t *at;
    } rows[] = {{STR_INIT(".context_length"), &out->context_tokens},
                {STR_INIT(".block_count"), &out->layers},
                {STR_INIT(".embedding_length"), &out->width},
                {STR_INIT(".attention.head_count"), &out->heads},
                {STR_INIT(".attention.head_count_kv"), &out->kv_heads},
                {STR_INIT(".attention.key_length"), &out->key},
                {STR_INIT(".attention.value_length"), &out->value}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_ends(key, rows[i].end)) {
            return rows[i].at;
        }
    }
    return NULL;
}

int64_t gguf_token_bytes(const struct gguf *g) {
    enum { LARGEST = 1 << 16, MOST_BYTES = 16 << 20 /* more than any model needs */ };
    int64_t head = g->heads > 0 ? g->width / g->heads : 0;
    int64_t key = g->key > 0 ? g->key : head;
    int64_t value = g->value > 0 ? g->value : head;
    int64_t kv_heads = g->kv_heads > 0 ? g->kv_heads : g->heads;
    bool sane = g->layers <= LARGEST && kv_heads <= LARGEST && key <= LARGEST && value <= LARGEST;
    int64_t bytes = sane ? g->layers * kv_heads * (key + value) * 2 : 0;
    return bytes <= MOST_BYTES ? bytes : 0;
}

static void take_pair(struct arena *a, struct cursor *c, struct str key, uint64_t type,
                      struct gguf *out) {
    if (str_is(key, "general.architecture") && type == T_STRING) {
        out->architecture = str_dup(a, str_sub(text(c), 0, 64));
    } else if (str_is(key, "general.name") && type == T_STRING) {
        out->title = str_dup(a, str_sub(text(c), 0, 200));
    } else if (str_is(key, "general.size_label") && type == T_STRING) {
        out->size_label = str_dup(a, str_sub(text(c), 0, 32));
    } else if ((type == T_U32 || type == T_U64) && place_of(out, key)) {
        uint64_t n = number(c, SIZES[type]);
        *place_of(out, key) = n <= INT32_MAX ? (int64_t)n : INT32_MAX;
    } else if (str_is(key, "tokenizer.chat_template") && type == T_STRING) {
        out->has_template = true;
        out->tools = str_contains(text(c), STR("tools"));
    } else {
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): place_of's NULL is not `out` */
        out->embeddings = out->embeddings || str_ends(key, STR(".pooling_type"));
        skip(c, type, 0);
    }
}

static bool read_head(struct arena *a, struct cursor *c, struct gguf *out, struct err *e) {
    *out = (struct gguf){0};
    if (!str_is(take(c, 4), "GGUF")) {
        return err_set(e, ERR_INVALID, "it is no GGUF file");
    }
    uint64_t version = number(c, 4);
    pass(c, 8); /* tensors */
    uint64_t pairs = number(c, 8);
    if (c->bad || version < 2 || version > 3 || pairs > MOST_PAIRS) {
        return err_set(e, ERR_INVALID, "its GGUF header is damaged or of an unknown version");
    }
    for (uint64_t i = 0; i < pairs && !c->bad; i++) {
        char name[LONGEST_KEY];
        struct str key = text(c);
        if (key.len > sizeof name) {
            c->bad = true;
            break;
        }
        if (key.len) { /* the window moves on */
            memcpy(name, key.ptr, key.len);
        }
        uint64_t type = number(c, 4);
        if (!c->bad) {
            take_pair(a, c, (struct str){name, key.len}, type, out);
        }
    }
    if (c->bad) {
        return err_set(e, ERR_INVALID, "it is cut or damaged: fetch it again");
    }
    if (!out->architecture.len) {
        return err_set(e, ERR_INVALID, "it does not say its architecture: no model file");
    }
    return true;
}

bool gguf_read(struct arena *a, struct str bytes, struct gguf *out, struct err *e) {
    struct cursor c = {.s = bytes, .size = bytes.len, .fd = -1};
    return read_head(a, &c, out, e);
}

bool gguf_read_file(struct arena *a, const char *path, struct gguf *out, struct err *e) {
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st = {0};
    if (fd < 0 || fstat(fd, &st) != 0) {
        return err_set(e, ERR_NOT_FOUND, "it cannot be read: %m");
    }
    if (!S_ISREG(st.st_mode)) {
        return err_set(e, ERR_INVALID, "it is no file");
    }
    uint64_t size = (uint64_t)st.st_size;
    struct cursor c = {.size = size < LONGEST_HEAD ? size : LONGEST_HEAD, .fd = fd};
    buf_init(&c.window, LONGEST_TEXT + WINDOW);
    bool ok = read_head(a, &c, out, e);
    buf_finish(&c.window);
    return ok;
}
