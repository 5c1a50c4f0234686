/* Text that programs are made of or write: source code, configuration, tables of settings, logs. By
 * the form of its lines; pure, nothing is allocated. Private to sense/. */
#pragma once

#include "base/str.h"

/* Most of its lines are no sentences. Looks at the first SOURCE_LOOKS bytes. */
enum { SOURCE_LOOKS = 1 << 13 };
bool source_is(struct str text);
