/* Any bytes as the answer of a backend that speaks Anthropic: see backend_read.h. */
#include "backend_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_backend(DIALECT_ANTHROPIC, data, size);
    return 0;
}
