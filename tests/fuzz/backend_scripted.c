/* Any text as the script of the scripted backend: steps within its bounds, or an error that says
 * why; a plan ends. */
#include "backend/backend.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(what)                                   \
    do {                                              \
        if (!(what)) {                                \
            fprintf(stderr, "not true: %s\n", #what); \
            abort();                                  \
        }                                             \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = arena_make(512u << 20);
    struct chat_part part = {.kind = PART_TEXT, .text = {(const char *)data, size}};
    struct chat_message message = {.role = CHAT_USER, .parts = &part, .part_count = 1};
    struct chat_request rq = {
        .dialect = DIALECT_OPENAI, .messages = &message, .message_count = 1, .n = 1};
    struct scripted_step *steps = NULL;
    size_t count = 0;
    struct err e = {0};
    if (scripted_plan(&a, &rq, &steps, &count, &e)) {
        int64_t ms = 0;
        size_t bytes = 0;
        for (size_t i = 0; i < count; i++) {
            CHECK(steps[i].wait_ms >= 0);
            CHECK(!steps[i].cut || i + 1 == count);
            ms += steps[i].wait_ms;
            bytes += steps[i].event.text.len;
        }
        CHECK(ms <= 60000 && bytes <= 1 << 20);
    } else {
        CHECK(e.kind == ERR_INVALID && e.text[0]);
    }
    arena_end(&a);
    return 0;
}
