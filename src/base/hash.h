/* Hashes: SHA-256 (OpenSSL) where a promise rests on it, keyed SipHash (libsodium) for tables. */
#pragma once

#include "base/str.h"

struct sha256 {
    unsigned char bytes[32];
};

struct sha256 sha256_of(struct str s);
/* HMAC-free keyed hash: BLAKE2b-256 with the given 32-byte key. For answers' parts and text caches.
 */
struct sha256 hash_keyed(const unsigned char key[32], struct str s);
/* 64 lower-case hex digits into text[65]. */
void sha256_hex(const struct sha256 *h, char text[65]);
NODISCARD bool sha256_from_hex(struct str hex, struct sha256 *out);
static inline bool sha256_eq(const struct sha256 *a, const struct sha256 *b) {
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}
/* For hash tables: keyed per process, so that outsiders cannot choose collisions. */
uint64_t hash_table(struct str s);
