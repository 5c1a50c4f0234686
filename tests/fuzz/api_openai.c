/* Bytes of a stranger → the readers of /v1/chat/completions and /v1/completions. */
#include "api_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct subject CHAT = {openai_read, SHAPE_OPENAI};
    static const struct subject TEXT = {completions_read, SHAPE_OPENAI};
    struct str body = {(const char *)data, size};
    check_reader(&CHAT, body);
    check_reader(&TEXT, body);
    return 0;
}
