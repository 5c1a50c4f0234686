/* Pictures walked from segment to segment, of each format what may stay copied. */
#include "codec/image.h"

enum {
    SOI = 0xd8,
    EOI = 0xd9,
    SOS = 0xda,
    APP0 = 0xe0,
    APP1 = 0xe1,
    APP2 = 0xe2,
    APP14 = 0xee,
    APP15 = 0xef,
    COMMENT = 0xfe,
    TAG_ORIENTATION = 0x0112,
    TAG_GPS = 0x8825
};

struct walk {
    struct str in;
    size_t at;
    struct buf *out;
    struct image_cleaned *done;
};

static unsigned byte_at(struct str s, size_t i) {
    return (unsigned char)s.ptr[i];
}
static size_t number_at(struct str s, size_t i, size_t bytes, bool big) {
    size_t v = 0;
    for (size_t k = 0; k < bytes; k++) {
        v = v << 8 | byte_at(s, big ? i + k : i + bytes - 1 - k);
    }
    return v;
}
static bool has(const struct walk *w, size_t n) {
    return w->in.len - w->at >= n;
}
static void keep(struct walk *w, size_t n) {
    buf_add(w->out, str_sub(w->in, w->at, w->at + n));
    w->at += n;
}
static void drop(struct walk *w, size_t n) {
    w->at += n;
    w->done->removed++;
}

enum image_format image_format(struct str s) {
    if (str_starts(s, STR("\xff\xd8\xff"))) {
        return IMAGE_JPEG;
    }
    if (str_starts(s, STR("\x89PNG\r\n\x1a\n"))) {
        return IMAGE_PNG;
    }
    if (str_starts(s, STR("RIFF")) && s.len >= 12 && str_is(str_sub(s, 8, 12), "WEBP")) {
        return IMAGE_WEBP;
    }
    return str_starts(s, STR("GIF87a")) || str_starts(s, STR("GIF89a")) ? IMAGE_GIF : IMAGE_OTHER;
}

/* ---- EXIF ---- */

/* Of the first directory: which side is up (0 not said), and whether there is a place. */
static unsigned read_exif(struct str tiff, bool *position) {
    unsigned up = 0;
    if (tiff.len < 8) {
        return 0;
    }
    bool big = tiff.ptr[0] == 'M';
    size_t at = number_at(tiff, 4, 4, big);
    if (at > tiff.len || tiff.len - at < 2) {
        return 0;
    }
    size_t entries = number_at(tiff, at, 2, big);
    at += 2;
    for (size_t i = 0; i < entries && tiff.len - at >= 12; i++, at += 12) {
        size_t tag = number_at(tiff, at, 2, big);
        if (tag == TAG_ORIENTATION) {
            up = (unsigned)number_at(tiff, at + 8, 2, big);
        }
        *position = *position || tag == TAG_GPS;
    }
    return up <= 8 ? up : 0;
}

/* XMP is text. */
static bool tells_place(struct str xmp) {
    return str_contains(xmp, STR("GPSLatitude")) || str_contains(xmp, STR("GPSLongitude"));
}

static void note_exif(struct walk *w, struct str tiff) {
    (void)read_exif(tiff, &w->done->position);
}

/* ---- JPEG ---- */

/* An EXIF segment that says nothing but which side is up: this, and how. */
static const char ONLY_UP[] = "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0";
enum { UP_BYTES = 7 };

static void add_orientation(struct buf *out, unsigned up) {
    const char tail[UP_BYTES] = {(char)up};
    buf_add(out, STR("\xff\xe1\0\x22"));
    buf_add(out, (struct str){ONLY_UP, sizeof ONLY_UP - 1});
    buf_add(out, (struct str){tail, UP_BYTES});
}

static bool is_only_up(struct str data) {
    struct str head = {ONLY_UP, sizeof ONLY_UP - 1};
    return data.len == head.len + UP_BYTES && str_starts(data, head);
}

static bool jpeg_stays(unsigned marker, struct str data) {
    if (marker == APP1) {
        return is_only_up(data);
    }
    if (marker == APP2) {
        return str_starts(data, STR("ICC_PROFILE"));
    }
    if (marker == APP14) {
        return str_starts(data, STR("Adobe"));
    }
    if (marker == APP0) {
        return str_starts(data, STR("JFIF\0")) && data.len <= 16; /* longer ones hold a preview */
    }
    return (marker < APP1 || marker > APP15) && marker != COMMENT;
}

static void jpeg_note(struct walk *w, unsigned marker, struct str data) {
    static const struct str exif = STR_INIT("Exif\0\0");
    if (marker != APP1) {
        return;
    }
    if (str_starts(data, exif)) {
        unsigned up = read_exif(str_sub(data, exif.len, data.len), &w->done->position);
        if (up > 1) {
            add_orientation(w->out, up);
        }
    }
    w->done->position = w->done->position || tells_place(data);
}

/* These have no length: pixels go on behind them. */
static bool is_restart(unsigned marker) {
    return marker >= 0xd0 && marker <= 0xd7;
}

/* The coded pixels up to the next marker that is one. */
static void jpeg_pixels(struct walk *w) {
    size_t i = w->at;
    while (i + 1 < w->in.len) {
        unsigned next = byte_at(w->in, i + 1);
        if (byte_at(w->in, i) == 0xff && next != 0 && next != 0xff && !is_restart(next)) {
            break;
        }
        i++;
    }
    i = i + 1 < w->in.len ? i : w->in.len;
    keep(w, i - w->at);
}

static bool jpeg_clean(struct walk *w) {
    keep(w, 2);
    bool pixels = false;
    while (has(w, 2)) {
        unsigned marker = byte_at(w->in, w->at + 1);
        if (byte_at(w->in, w->at) != 0xff) {
            return false;
        }
        if (marker == 0xff) { /* filling */
            w->at++;
            continue;
        }
        if (marker == EOI) {
            keep(w, 2);
            if (has(w, 1)) {
                drop(w, w->in.len - w->at);
            }
            return pixels;
        }
        if (is_restart(marker) && pixels) { /* behind what stood among them */
            jpeg_pixels(w);
            continue;
        }
        size_t n = has(w, 4) ? number_at(w->in, w->at + 2, 2, true) : 0;
        if (n < 2 || is_restart(marker) || !has(w, n + 2) || marker == SOI || marker < 0xc0) {
            return false;
        }
        struct str data = str_sub(w->in, w->at + 4, w->at + 2 + n);
        if (jpeg_stays(marker, data)) {
            keep(w, n + 2);
        } else {
            jpeg_note(w, marker, data);
            drop(w, n + 2);
        }
        if (marker == SOS) {
            pixels = true;
            jpeg_pixels(w);
        }
    }
    return pixels && w->at == w->in.len;
}

/* ---- PNG ---- */

static bool is_one_of(struct str name, const char *names) {
    for (; *names; names += 4) {
        if (memcmp(name.ptr, names, 4) == 0) {
            return true;
        }
    }
    return false;
}

static bool png_clean(struct walk *w) {
    keep(w, 8);
    while (has(w, 12)) {
        size_t n = number_at(w->in, w->at, 4, true);
        if (!has(w, 12) || w->in.len - w->at - 12 < n) {
            return false;
        }
        struct str name = str_sub(w->in, w->at + 4, w->at + 8);
        struct str data = str_sub(w->in, w->at + 8, w->at + 8 + n);
        if (str_is(name, "IEND")) {
            keep(w, n + 12);
            if (has(w, 1)) {
                drop(w, w->in.len - w->at);
            }
            return true;
        }
        if (is_one_of(name, "IHDRPLTEIDATtRNSgAMAcHRMsRGBiCCPcICPsBITbKGDpHYsacTLfcTLfdAT")) {
            keep(w, n + 12);
            continue;
        }
        if (str_is(name, "eXIf")) {
            note_exif(w, data);
        }
        w->done->position = w->done->position || tells_place(data);
        drop(w, n + 12);
    }
    return false;
}

/* ---- WebP ---- */

static bool webp_clean(struct walk *w) {
    enum { HAS_EXIF = 8, HAS_XMP = 4 };
    size_t size = number_at(w->in, 4, 4, false);
    if (size < 4 || size > w->in.len - 8) {
        return false;
    }
    size_t end = 8 + size;
    keep(w, 12);
    while (w->at < end) {
        if (end - w->at < 8) {
            return false;
        }
        size_t n = number_at(w->in, w->at + 4, 4, false);
        size_t padded = n + n % 2;
        if (n > end - w->at - 8) {
            return false;
        }
        padded = padded > end - w->at - 8 ? n : padded;
        struct str name = str_sub(w->in, w->at, w->at + 4);
        struct str data = str_sub(w->in, w->at + 8, w->at + 8 + n);
        if (is_one_of(name, "VP8 VP8LVP8XALPHANIMANMFICCP")) {
            size_t flags = w->out->len + 8;
            keep(w, padded + 8);
            if (str_is(name, "VP8X") && n && !w->out->failed) {
                w->out->ptr[flags] = (char)(w->out->ptr[flags] & ~(HAS_EXIF | HAS_XMP));
            }
            continue;
        }
        if (str_is(name, "EXIF")) {
            bool led = str_starts(data, STR("Exif"));
            note_exif(w, led ? str_sub(data, 6, data.len) : data);
        }
        w->done->position = w->done->position || tells_place(data);
        drop(w, padded + 8);
    }
    if (w->in.len > end) {
        drop(w, w->in.len - end);
    }
    size = w->out->len - 8;
    for (size_t i = 0; i < 4 && !w->out->failed; i++) {
        w->out->ptr[4 + i] = (char)(size >> (8 * i) & 0xff);
    }
    return true;
}

/* ---- GIF ---- */

/* Bytes of blocks that each say their length, up to the empty one; 0: they do not end. */
static size_t gif_blocks(const struct walk *w, size_t at) {
    size_t from = at;
    while (at < w->in.len) {
        size_t n = byte_at(w->in, at);
        at += n + 1;
        if (!n) {
            return at - from;
        }
    }
    return 0;
}

static size_t gif_colours(unsigned flags) {
    return flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

static bool gif_extension(struct walk *w) {
    enum { GRAPHIC = 0xf9, PLAIN = 0x01, APPLICATION = 0xff };
    unsigned label = byte_at(w->in, w->at + 1);
    size_t n = gif_blocks(w, w->at + 2);
    if (!n) {
        return false;
    }
    struct str data = str_sub(w->in, w->at + 2, w->at + 2 + n);
    bool looped = label == APPLICATION
                  && (str_starts(data, STR("\x0bNETSCAPE2.0"))
                      || str_starts(data, STR("\x0b"
                                              "ANIMEXTS1.0")));
    if (label == GRAPHIC || label == PLAIN || looped) {
        keep(w, n + 2);
    } else {
        w->done->position = w->done->position || tells_place(data);
        drop(w, n + 2);
    }
    return true;
}

static bool gif_clean(struct walk *w) {
    enum { TRAILER = 0x3b, EXTENSION = 0x21, PICTURE = 0x2c };
    if (!has(w, 13) || !has(w, 13 + gif_colours(byte_at(w->in, 10)))) {
        return false;
    }
    keep(w, 13 + gif_colours(byte_at(w->in, 10)));
    while (has(w, 1)) {
        unsigned kind = byte_at(w->in, w->at);
        if (kind == TRAILER) {
            keep(w, 1);
            if (has(w, 1)) {
                drop(w, w->in.len - w->at);
            }
            return true;
        }
        if (kind == EXTENSION) {
            if (!has(w, 3) || !gif_extension(w)) {
                return false;
            }
            continue;
        }
        size_t head = has(w, 11) ? 11 + gif_colours(byte_at(w->in, w->at + 9)) : 0;
        size_t n = kind == PICTURE && head && has(w, head) ? gif_blocks(w, w->at + head) : 0;
        if (!n) {
            return false;
        }
        keep(w, head + n);
    }
    return false;
}

bool image_clean(struct arena *a, struct str bytes, struct image_cleaned *out, struct err *e) {
    static bool (*const clean[])(struct walk *) = {NULL, jpeg_clean, png_clean, webp_clean,
                                                   gif_clean};
    *out = (struct image_cleaned){.bytes = bytes};
    enum image_format format = image_format(bytes);
    if (format == IMAGE_OTHER) {
        return err_set(e, ERR_INVALID, "it is no JPEG, PNG, WebP or GIF");
    }
    AUTO_BUF b = {0};
    buf_init(&b, bytes.len + 64);
    struct walk w = {.in = bytes, .out = &b, .done = out};
    if (!clean[format](&w) || b.failed) {
        return err_set(e, ERR_INVALID, "it is broken");
    }
    if (out->removed) {
        out->bytes = str_dup(a, buf_str(&b));
    }
    return true;
}
