/* What a picture says beside its pixels: taken out of JPEG, PNG, WebP and GIF. No I/O; reads any
 * bytes. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

enum image_format { IMAGE_OTHER, IMAGE_JPEG, IMAGE_PNG, IMAGE_WEBP, IMAGE_GIF };

/* By its first bytes. */
enum image_format image_format(struct str bytes);

struct image_cleaned {
    struct str bytes; /* the picture as it came where nothing was taken out */
    size_t removed;   /* segments, chunks and what stood behind the end */
    bool position;    /* one of them held a place on the map */
};
/* Keeps what a viewer needs: pixels, palette, animation, colour profile, and which side of a JPEG
 * is up (of EXIF only that). Takes out EXIF, XMP, IPTC, comments, texts, times, previews, and all
 * that is not known. ERR_INVALID: another format, or one that cannot be walked from end to end. */
NODISCARD bool image_clean(struct arena *a, struct str bytes, struct image_cleaned *out,
                           struct err *e);
