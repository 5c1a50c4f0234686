/* Pictures leave without what they say beside their pixels. */
#pragma once

#include "chat/chat.h"

struct media {
    struct str body;
    size_t pictures, removed; /* pieces of metadata that were taken out of them */
    size_t positions;         /* pictures that held a place on the map */
};
/* The body of a request with each picture in it cleaned, wherever it stands (codec/image.h).
 * ERR_FORBIDDEN: one is of a format that weir cannot clean, or is broken. */
NODISCARD bool media_clean(struct arena *a, const struct chat_request *rq, struct str body,
                           struct media *out, struct err *e);
