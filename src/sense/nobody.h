/* Names that stand for nobody, or for somebody who signed what everybody may have: people of
 * examples in specifications and manuals, authors of published works and programs, names of
 * methods. They raise nothing, and are hidden beside what does. Private to sense/. */
#pragma once

#include "sense/tagger.h"

/* What was found out about a text so far; zeros at its beginning. Each: 0 not asked, 1 no, 2 yes.
 */
struct nobody {
    uint8_t example, published, licence, source;
};

/* What a name is reported as: its kind, or a weaker one; TAGGER_NONE: not at all. */
enum tagger_kind nobody_kind(struct nobody *n, struct str text, const struct tagger_hit *h);
/* A list's address, one of an office (RFC 2142), or an author's in what is published. */
bool nobody_mail(struct nobody *n, struct str text, size_t from, size_t to);
/* What an address is reported as: it may be an author's name behind a year, or none. */
enum tagger_kind nobody_address(struct nobody *n, struct str text, size_t from, size_t to);

/* ---- nobody_address.c ---- */
/* Where the Free Software Foundation is, as every licence says; and that as a name. */
bool nobody_foundation(struct str text, size_t from);
bool nobody_franklin(struct str text, size_t from);
/* Not so of an expression, a day, years in which somebody held a right. */
bool nobody_is_address(struct str text, size_t from, size_t to);
/* The text is a program's or made by one, and nobody is spoken of near what sounds like somebody's
 * affairs: what is disabled there is a switch, a child a process; or it is an author's name. A
 * default is a setting in any text that does not speak of money. */
bool nobody_is_told_of(struct nobody *n, struct str text, size_t from, size_t to);
