/* Checksums that identity numbers share. Pure. */
#pragma once

#include "base/str.h"

bool sum_luhn(const char *digits, size_t n);
/* Sum of digit times weight ('0'..'9', ':' is 10, ';' 11 …), modulo `mod`. As many as weights. */
int sum_weighted(const char *digits, const char *weights, int mod);
bool sum_mod11_10(const char *digits, size_t n); /* ISO 7064 */
bool sum_verhoeff(const char *digits, size_t n);
/* The number in n digits, modulo mod. */
int sum_modulo(const char *digits, size_t n, int mod);
/* Month and day could be. */
bool is_date(int month, int day);
