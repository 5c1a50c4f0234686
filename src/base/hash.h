/* Hashes: SHA-256 (OpenSSL) where a promise rests on it, keyed SipHash (libsodium) for tables. */
#pragma once

#include "base/str.h"

struct sha256 {
    unsigned char bytes[32];
};

struct sha256 sha256_of(struct str s);
/* 64 lower-case hex digits into text[65]. */
void sha256_hex(const struct sha256 *h, char text[65]);
NODISCARD bool sha256_from_hex(struct str hex, struct sha256 *out);
static inline bool sha256_eq(const struct sha256 *a, const struct sha256 *b) {
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}
/* For what is known again by a text: nobody without the key can say which text it was, or make two
 * that are alike. SipHash-2-4 of 128 bits: 0.7 us for 2 KB, where BLAKE2b takes 2.2. */
enum { KEYED_KEY = 16 };
struct keyed_hash {
    unsigned char bytes[16];
};
struct keyed_hash hash_keyed(const unsigned char key[KEYED_KEY], struct str s);
static inline bool keyed_eq(const struct keyed_hash *a, const struct keyed_hash *b) {
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}
/* 32 lower-case hex digits. */
enum { KEYED_HEX = 33 };
void keyed_hex(const struct keyed_hash *h, char text[KEYED_HEX]);

/* For hash tables: keyed per process, so that outsiders cannot choose collisions. */
uint64_t hash_table(struct str s);
