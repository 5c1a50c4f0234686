/* GGUF metadata (the format's specification: magic, version, counts, then typed key-value pairs,
 * little-endian). */
#include "engine/gguf.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum { MOST_PAIRS = 4096, LONGEST_KEY = 256, MOST_DEPTH = 4 };
static const size_t HEAD_BYTES = 256UL << 20;

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
    struct str s;
    size_t at;
    bool short_;
};

static bool take(struct cursor *c, size_t n, const char **out) {
    if (c->short_ || n > c->s.len - c->at) {
        c->short_ = true;
        return false;
    }
    *out = c->s.ptr + c->at;
    c->at += n;
    return true;
}

static uint64_t number(struct cursor *c, size_t size) {
    const char *p = NULL;
    uint64_t v = 0;
    if (take(c, size, &p)) {
        for (size_t i = size; i > 0; i--) {
            v = v << 8 | (unsigned char)p[i - 1];
        }
    }
    return v;
}

static struct str text(struct cursor *c) {
    uint64_t n = number(c, 8);
    const char *p = NULL;
    return n <= c->s.len && take(c, (size_t)n, &p) ? (struct str){p, (size_t)n}
                                                   : (c->short_ = true, (struct str){0});
}

static void skip(struct cursor *c, uint64_t type, int depth) {
    const char *p = NULL;
    if (type == T_STRING) {
        text(c);
    } else if (type == T_ARRAY) {
        uint64_t inner = number(c, 4);
        uint64_t n = number(c, 8);
        if (inner < TYPES && SIZES[inner]) {
            if (n > c->s.len || !take(c, (size_t)n * SIZES[inner], &p)) {
                c->short_ = true;
            }
            return;
        }
        if (depth >= MOST_DEPTH || inner >= TYPES) {
            c->short_ = true;
            return;
        }
        for (uint64_t i = 0; i < n && !c->short_; i++) {
            skip(c, inner, depth + 1);
        }
    } else if (type < TYPES) {
        take(c, SIZES[type], &p);
    } else {
        c->short_ = true;
    }
}

static void take_pair(struct arena *a, struct cursor *c, struct str key, uint64_t type,
                      struct gguf *out) {
    if (str_is(key, "general.architecture") && type == T_STRING) {
        out->architecture = str_dup(a, str_sub(text(c), 0, 64));
    } else if (str_ends(key, STR(".context_length")) && (type == T_U32 || type == T_U64)) {
        out->context_tokens = (int64_t)(number(c, SIZES[type]) & 0x7fffffff);
    } else if (str_is(key, "tokenizer.chat_template") && type == T_STRING) {
        struct str t = text(c);
        out->has_template = true;
        out->tools = str_contains(t, STR("tools"));
    } else {
        out->embeddings = out->embeddings || str_ends(key, STR(".pooling_type"));
        skip(c, type, 0);
    }
}

bool gguf_read(struct arena *a, struct str bytes, struct gguf *out, struct err *e) {
    *out = (struct gguf){0};
    struct cursor c = {.s = bytes};
    const char *magic = NULL;
    if (!take(&c, 4, &magic) || memcmp(magic, "GGUF", 4) != 0) {
        return err_set(e, ERR_INVALID, "it is no GGUF file");
    }
    uint64_t version = number(&c, 4);
    number(&c, 8); /* tensors */
    uint64_t pairs = number(&c, 8);
    if (c.short_ || version < 2 || version > 3 || pairs > MOST_PAIRS) {
        return err_set(e, ERR_INVALID, "its GGUF header is damaged or of an unknown version");
    }
    for (uint64_t i = 0; i < pairs && !c.short_; i++) {
        struct str key = text(&c);
        uint64_t type = number(&c, 4);
        if (!c.short_ && key.len <= LONGEST_KEY) {
            take_pair(a, &c, key, type, out);
        } else {
            c.short_ = true;
        }
    }
    if (c.short_) {
        return err_set(e, ERR_INVALID, "it is cut or damaged: fetch it again");
    }
    if (!out->architecture.len) {
        return err_set(e, ERR_INVALID, "it does not say its architecture: no model file");
    }
    return true;
}

bool gguf_read_file(struct arena *a, const char *path, struct gguf *out, struct err *e) {
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st = {0};
    if (fd < 0 || fstat(fd, &st) != 0) {
        return err_set(e, ERR_NOT_FOUND, "it cannot be read: %m");
    }
    if (st.st_size < 24) {
        return err_set(e, ERR_INVALID, "it is cut or damaged: fetch it again");
    }
    size_t n = (size_t)st.st_size < HEAD_BYTES ? (size_t)st.st_size : HEAD_BYTES;
    void *p = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED) {
        return err_set(e, ERR_STORAGE, "it cannot be read: %m");
    }
    bool ok = gguf_read(a, (struct str){p, n}, out, e);
    munmap(p, n);
    return ok;
}
