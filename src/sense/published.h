/* Texts that were written for everybody: the licence of a program and who holds its rights, the
 * history of its versions, its manual, a specification. By their set phrases and the form of their
 * lines, which letters and somebody's papers do not have; pure, nothing is allocated. Private to
 * sense/. */
#pragma once

#include "base/str.h"

enum published {
    PUBLISHED_NOT,
    PUBLISHED_MANUAL, /* a specification too: its words are names of things */
    PUBLISHED_HISTORY /* whoever is in it had a part in the program */
};
/* Both look at the first PUBLISHED_LOOKS bytes. */
enum { PUBLISHED_LOOKS = 1 << 14 };
/* By the form of its lines. */
enum published published_as(struct str text);
/* By what its licence says: who signed is an author; others may be spoken of. */
bool published_with_licence(struct str text);
