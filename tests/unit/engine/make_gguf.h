/* Writes GGUF heads for tests: magic, version, counts, then the pairs one asks for. */
#pragma once

#include "base/buf.h"

enum { GGUF_U32 = 4, GGUF_STRING = 8, GGUF_ARRAY = 9, GGUF_U64 = 10 };

static inline void put_number(struct buf *b, uint64_t v, int bytes) {
    for (int i = 0; i < bytes; i++) {
        buf_add_char(b, (char)(i < 8 ? v >> (8 * i) : 0));
    }
}

static inline void put_text(struct buf *b, struct str s) {
    put_number(b, s.len, 8);
    buf_add(b, s);
}

static inline void put_head(struct buf *b, uint32_t version, uint64_t pairs) {
    buf_add(b, STR("GGUF"));
    put_number(b, version, 4);
    put_number(b, 0, 8); /* tensors */
    put_number(b, pairs, 8);
}

static inline void put_pair(struct buf *b, const char *key, const char *value) {
    put_text(b, str_of(key));
    put_number(b, GGUF_STRING, 4);
    put_text(b, str_of(value));
}

static inline void put_u32(struct buf *b, const char *key, uint32_t value) {
    put_text(b, str_of(key));
    put_number(b, GGUF_U32, 4);
    put_number(b, value, 4);
}

/* An array of n texts, as vocabularies are. */
static inline void put_texts(struct buf *b, const char *key, size_t n, struct str each) {
    put_text(b, str_of(key));
    put_number(b, GGUF_ARRAY, 4);
    put_number(b, GGUF_STRING, 4);
    put_number(b, n, 8);
    for (size_t i = 0; i < n; i++) {
        put_text(b, each);
    }
}

/* A head that a model of this architecture could have. */
static inline void put_model(struct buf *b, const char *architecture, uint32_t context) {
    char key[64];
    snprintf(key, sizeof key, "%s.context_length", architecture);
    put_head(b, 3, 3);
    put_pair(b, "general.architecture", architecture);
    put_pair(b, "general.name", "A Model");
    put_u32(b, key, context);
}
