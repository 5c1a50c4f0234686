/* Bytes of a stranger → the readers of /v1/messages and /v1/messages/count_tokens. */
#include "api_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct subject CHAT = {anthropic_read, SHAPE_ANTHROPIC};
    static const struct subject COUNT = {anthropic_read_count, SHAPE_ANTHROPIC};
    struct str body = {(const char *)data, size};
    check_reader(&CHAT, body);
    check_reader(&COUNT, body);
    return 0;
}
