/* A hash map from text to a pointer. Keys are copied. One thread at a time, or under the owner's
 * lock. */
#pragma once

#include "base/str.h"

struct map;
struct map *map_new(void);
void map_free(struct map *m); /* values are the caller's business; NULL is fine */
void *map_get(const struct map *m, struct str key); /* NULL: not there */
/* Sets, and returns what was there before (NULL: nothing). value must not be NULL. */
void *map_set(struct map *m, struct str key, void *value);
void *map_remove(struct map *m, struct str key); /* returns the value, NULL: not there */
size_t map_count(const struct map *m);
/* Walks in no particular order: start with *at = 0; false at the end. No set or remove meanwhile.
 */
bool map_next(const struct map *m, size_t *at, struct str *key, void **value);
AUTO_DEFINE(map);
