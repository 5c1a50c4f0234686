/* Escapes as programs write them into texts: %20, \n, \x20, \u0020. Pure. */
#pragma once

#include "base/str.h"

/* Does one end right before s.ptr[i]? Then what stands at i begins a word, although a letter or a
 * digit is in front of it. Percent signs and backslashes may be escaped themselves. */
bool escape_ends(struct str s, size_t i);
