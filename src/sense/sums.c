/* Checksums that identity numbers share. */
#include "sense/sums.h"

bool sum_luhn(const char *digits, size_t n) {
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        int v = digits[n - 1 - i] - '0';
        if (i % 2) {
            v *= 2;
            v = v > 9 ? v - 9 : v;
        }
        sum += v;
    }
    return n > 0 && sum % 10 == 0;
}

int sum_weighted(const char *digits, const char *weights, int mod) {
    int sum = 0;
    for (size_t i = 0; weights[i]; i++) {
        sum += (digits[i] - '0') * (weights[i] - '0');
    }
    return sum % mod;
}

bool sum_mod11_10(const char *digits, size_t n) {
    int p = 10;
    for (size_t i = 0; i + 1 < n; i++) {
        int s = (digits[i] - '0' + p) % 10;
        p = (s ? s : 10) * 2 % 11;
    }
    return (11 - p) % 10 == digits[n - 1] - '0';
}

/* The dihedral group of ten: its product, and the permutation by place. */
bool sum_verhoeff(const char *digits, size_t n) {
    static const char *const product[] = {"0123456789", "1234067895", "2340178956", "3401289567",
                                          "4012395678", "5987604321", "6598710432", "7659821043",
                                          "8765932104", "9876543210"};
    static const char *const place[] = {"0123456789", "1576283094", "5803796142", "8916043527",
                                        "9453126870", "4286573901", "2793806415", "7046913258"};
    int c = 0;
    for (size_t i = 0; i < n; i++) {
        int digit = place[i % 8][digits[n - 1 - i] - '0'] - '0';
        c = product[c][digit] - '0';
    }
    return c == 0;
}

int sum_modulo(const char *digits, size_t n, int mod) {
    int rest = 0;
    for (size_t i = 0; i < n; i++) {
        rest = (rest * 10 + (digits[i] - '0')) % mod;
    }
    return rest;
}

bool is_date(int month, int day) {
    static const signed char days[] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month >= 1 && month <= 12 && day >= 1 && day <= days[month];
}
