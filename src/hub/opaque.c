/* Which of a request's strings nobody reads: images, sound and documents in base64. Everything else
 * is scanned, whatever it is called. */
#include "codec/base64.h"
#include "codec/utf8.h"
#include "hub/inner.h"

enum { SHORTEST = 64, HEAD = 64, LONGEST_TAIL = 3 /* of a character that the head cuts */ };

static bool is_base64(struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!letter && c != '+' && c != '/' && c != '-' && c != '_' && c != '=' && c != '\n'
            && c != '\r') {
            return false;
        }
    }
    return s.len > 0;
}

/* "data:image/png;base64,AAAA" → what stands behind the comma; ptr NULL: no such URL. */
static struct str payload_of(struct str text) {
    struct str head = {0};
    struct str payload = {0};
    if (!str_istarts(text, STR("data:")) || !str_cut(text, ',', &head, &payload)
        || !str_ends(head, STR(";base64"))) {
        return (struct str){0};
    }
    return payload;
}

bool opaque_is(struct str text, struct str key, bool in_source, struct str *payload) {
    *payload = payload_of(text);
    if (payload->ptr) {
        return is_base64(*payload);
    }
    *payload = text;
    bool named =
        str_is(key, "file_data") || (str_is(key, "data") && (in_source || text.len >= SHORTEST));
    return named && is_base64(text);
}

bool opaque_reads_as_text(struct arena *a, struct str payload) {
    struct str bytes = {0};
    size_t len = payload.len < HEAD ? payload.len : HEAD;
    if (!base64_decode(a, str_sub(payload, 0, len), &bytes)) {
        return false;
    }
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.ptr[i];
        if (c < 0x20 && c != '\n' && c != '\r' && c != '\t') {
            return false;
        }
    }
    for (size_t cut = 0; cut <= LONGEST_TAIL && cut < bytes.len; cut++) {
        if (utf8_is_valid(str_sub(bytes, 0, bytes.len - cut))) {
            return true;
        }
    }
    return false;
}
