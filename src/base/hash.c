/* OpenSSL 3's SHA256() looks its algorithm up each time (0.25 us) and loads 2 MiB of providers for
 * that; the functions of 1.1, which it still has, are the algorithm itself. */
#define OPENSSL_API_COMPAT 10101
#include "base/hash.h"

#include <openssl/sha.h>
#include <pthread.h>
#include <sodium.h>

struct sha256 sha256_of(struct str s) {
    struct sha256 h;
    SHA256_CTX c;
    SHA256_Init(&c);
    SHA256_Update(&c, s.ptr ? s.ptr : "", s.len);
    SHA256_Final(h.bytes, &c);
    return h;
}

_Static_assert(crypto_shorthash_siphashx24_KEYBYTES == KEYED_KEY
                   && crypto_shorthash_siphashx24_BYTES == sizeof(struct keyed_hash),
               "as libsodium has it");

struct keyed_hash hash_keyed(const unsigned char key[KEYED_KEY], struct str s) {
    struct keyed_hash h;
    crypto_shorthash_siphashx24(h.bytes, (const unsigned char *)(s.ptr ? s.ptr : ""), s.len, key);
    return h;
}

void keyed_hex(const struct keyed_hash *h, char text[KEYED_HEX]) {
    sodium_bin2hex(text, KEYED_HEX, h->bytes, sizeof h->bytes);
}

void sha256_hex(const struct sha256 *h, char text[65]) {
    sodium_bin2hex(text, 65, h->bytes, sizeof h->bytes);
}

bool sha256_from_hex(struct str hex, struct sha256 *out) {
    size_t n = 0;
    struct sha256 h;
    if (hex.len != 64
        || sodium_hex2bin(h.bytes, sizeof h.bytes, hex.ptr, hex.len, NULL, &n, NULL) != 0
        || n != sizeof h.bytes) {
        return false;
    }
    *out = h;
    return true;
}

static unsigned char table_key[crypto_shorthash_KEYBYTES];
static pthread_once_t table_once = PTHREAD_ONCE_INIT;

static void make_table_key(void) {
    crypto_shorthash_keygen(table_key);
}

uint64_t hash_table(struct str s) {
    pthread_once(&table_once, make_table_key);
    uint64_t out = 0;
    crypto_shorthash((unsigned char *)&out, (const unsigned char *)(s.ptr ? s.ptr : ""), s.len,
                     table_key);
    return out;
}
