/* Randomness and identifiers, through one door. The generator is libsodium's (the kernel's). */
#pragma once

#include "base/str.h"

void id_random(void *out, size_t n); /* for keys and nonces: straight from the kernel */
uint64_t id_random_u64(void);
/* prefix + n lower-case base-32 characters (5 bits each) of randomness: "d" + "7f3akq…" */
struct str id_make(struct arena *a, const char *prefix, size_t n);
