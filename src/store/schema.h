/* The schema of each file as steps forward; the file's user_version counts them. A step that was
 * released is never changed, only followed. Private to store/. */
#pragma once

#include "store/store.h"

struct store_schema {
    const char *const *steps;
    int count;
};
extern const struct store_schema STORE_SCHEMAS[STORE_HEAD + 1];
