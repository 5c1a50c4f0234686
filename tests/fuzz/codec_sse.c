/* Any bytes → events, whole and byte by byte: the same events. And what is written reads back. */
#include "codec/sse.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(what)                                   \
    do {                                              \
        if (!(what)) {                                \
            fprintf(stderr, "not true: %s\n", #what); \
            abort();                                  \
        }                                             \
    } while (0)

enum { MOST = 256 };

/* False: an event was too long; then `out` holds those before it that were drained. */
static bool decode(struct str bytes, size_t step, struct buf *out) {
    CLEANUP(sse_finish) struct sse s;
    struct err e = {0};
    sse_init(&s, MOST);
    for (size_t at = 0; at < bytes.len; at += step < bytes.len - at ? step : bytes.len - at) {
        struct sse_event ev;
        if (!sse_feed(&s, str_sub(bytes, at, step < bytes.len - at ? at + step : bytes.len), &e)) {
            CHECK(e.kind == ERR_TOO_LARGE);
            return false;
        }
        while (sse_next(&s, &ev)) {
            CHECK(ev.raw.len <= MOST + 1 && ev.data.len < ev.raw.len && ev.raw.len > 0);
            CHECK(str_find_char(ev.event, '\n') < 0 && str_find_char(ev.event, '\r') < 0);
            buf_addf(out, "%zu:%zu:", ev.event.len, ev.data.len);
            buf_add(out, ev.event);
            buf_add(out, ev.data);
        }
    }
    return true;
}

static void check_write(struct str data) {
    CLEANUP(sse_finish) struct sse s;
    AUTO_BUF b = {.max = SIZE_MAX / 4};
    struct sse_event ev;
    struct err e = {0};
    CHECK(sse_write(&b, "name", data));
    sse_init(&s, SIZE_MAX / 4);
    CHECK(sse_feed(&s, buf_str(&b), &e));
    CHECK(sse_next(&s, &ev) && str_is(ev.event, "name") && str_eq(ev.raw, buf_str(&b)));
    CHECK(str_find_char(data, '\r') >= 0 || str_eq(ev.data, data));
    CHECK(!sse_next(&s, &ev));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str bytes = {(const char *)data, size};
    AUTO_BUF whole = {.max = SIZE_MAX / 4};
    AUTO_BUF single = {.max = SIZE_MAX / 4};
    AUTO_BUF some = {.max = SIZE_MAX / 4};
    bool fine = decode(bytes, SIZE_MAX, &whole);
    CHECK(fine == decode(bytes, 1, &single));
    CHECK(fine == decode(bytes, 7, &some));
    CHECK(!fine || str_eq(buf_str(&whole), buf_str(&single)));
    CHECK(!fine || str_eq(buf_str(&whole), buf_str(&some)));
    check_write(bytes);
    return 0;
}
