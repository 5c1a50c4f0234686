/* Addresses of wallets, by the checksums in them. */
#include "base/hash.h"
#include "sense/numbers.h"

/* Base58Check: 25 bytes, the last four begin the double SHA-256 of the others. */
enum verdict valid_base58check(const struct matched *m) {
    static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    unsigned char bytes[25] = {0};
    for (size_t i = 0; i < m->text.len; i++) {
        const char *at = strchr(alphabet, m->text.ptr[i]);
        int carry = at ? (int)(at - alphabet) : -1;
        if (carry < 0) {
            return MATCH_NO;
        }
        for (int k = 24; k >= 0; k--) {
            carry += 58 * bytes[k];
            bytes[k] = (unsigned char)(carry & 0xff);
            carry >>= 8;
        }
        if (carry) {
            return MATCH_NO;
        }
    }
    struct sha256 once = sha256_of((struct str){(const char *)bytes, 21});
    struct sha256 twice = sha256_of((struct str){(const char *)once.bytes, sizeof once.bytes});
    return memcmp(twice.bytes, bytes + 21, 4) == 0 ? MATCH_VALIDATED : MATCH_NO;
}

static uint32_t bech32_step(uint32_t sum, uint32_t value) {
    static const uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                         0x2a1462b3};
    uint32_t top = sum >> 25;
    sum = (sum & 0x1ffffff) << 5 ^ value;
    for (int i = 0; i < 5; i++) {
        sum ^= top >> i & 1 ? generator[i] : 0;
    }
    return sum;
}

/* Bech32 and its later form: what stands before the last 1, then signs of five bits, six of them
 * the check. One case throughout. */
enum verdict valid_bech32(const struct matched *m) {
    static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    struct str s = m->text;
    size_t one = s.len;
    bool capital = id_is_letter(s.ptr[0]);
    while (one > 0 && s.ptr[one - 1] != '1') {
        one--;
    }
    uint32_t sum = 1;
    for (size_t i = 0; i + 1 < one; i++) {
        sum = bech32_step(sum, (uint32_t)(s.ptr[i] | 32) >> 5);
    }
    sum = bech32_step(sum, 0);
    for (size_t i = 0; i + 1 < one; i++) {
        sum = bech32_step(sum, (uint32_t)s.ptr[i] & 31);
    }
    for (size_t i = one; i < s.len; i++) {
        char c = s.ptr[i];
        const char *at = strchr(alphabet, id_is_letter(c) ? c + 32 : c);
        if (!at || !c || (!id_is_digit(c) && id_is_letter(c) != capital)) {
            return MATCH_NO;
        }
        sum = bech32_step(sum, (uint32_t)(at - alphabet));
    }
    return id_agreed(one > 1 && s.len - one >= 6 && (sum == 1 || sum == 0x2bc830a3));
}
