/* What weir wants to know of a GGUF file: its metadata, read from the head of the file within
 * limits. Private to engine/ and its tests. */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct gguf {
    struct str architecture;                            /* in the arena */
    struct str title;                                   /* general.name, "" not said */
    struct str size_label;                              /* "135M", "" not said */
    int64_t context_tokens;                             /* trained; 0 not said */
    int64_t layers, width, heads, kv_heads, key, value; /* of its attention; 0 not said */
    bool has_template, tools, embeddings;
};
/* What one token of context takes in memory, at two bytes a number; 0: the file does not say
 * enough. Where layers differ, or do without, it is the most that it can be. */
int64_t gguf_token_bytes(const struct gguf *g);
/* bytes: the beginning of the file. ERR_INVALID: no GGUF, or damaged. */
NODISCARD bool gguf_read(struct arena *a, struct str bytes, struct gguf *out, struct err *e);
/* The same for a file, in small pieces: it may be huge, on a slow disk, or change meanwhile. */
NODISCARD bool gguf_read_file(struct arena *a, const char *path, struct gguf *out, struct err *e);
