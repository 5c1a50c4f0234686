/* Pictures lose what they say beside their pixels, and nothing else; broken ones are refused. */
#include "codec/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define SEGMENT(marker, len, data) "\xff" marker len data
#define JFIF SEGMENT("\xe0", "\0\x10", "JFIF\0\1\1\0\0\1\0\1\0\0")
#define PIXELS SEGMENT("\xda", "\0\x08", "\1\1\0\0\x3f\0") "pix\xff\0els\xff\xd0more\xff\xd9"
/* Big-endian; a directory of two: the picture lies on its side (6), and there is a place. */
#define EXIF        \
    "Exif\0\0MM\0*" \
    "\0\0\0\x08\0\2\x01\x12\0\3\0\0\0\1\0\6\0\0\x88\x25\0\4\0\0\0\1\0\0\0\x26\0\0\0\0secret"
#define EXIF_SEGMENT SEGMENT("\xe1", "\0\x34", EXIF)
#define SIDEWAYS \
    SEGMENT("\xe1", "\0\x22", "Exif\0\0MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0")

#define BYTES(literal) ((struct str){"" literal, sizeof(literal) - 1})

static void becomes(struct str in, struct str want, size_t removed, bool position) {
    struct arena a = arena_make(1 << 20);
    struct image_cleaned c = {0};
    struct image_cleaned again = {0};
    struct err e = {0};
    assert_true(image_clean(&a, in, &c, &e));
    assert_int_equal(c.bytes.len, want.len);
    assert_memory_equal(c.bytes.ptr, want.ptr, want.len);
    assert_int_equal(c.removed, removed);
    assert_int_equal(c.position, position);
    assert_true(image_clean(&a, c.bytes, &again, &e));
    assert_int_equal(again.removed, 0);
    assert_true(again.bytes.ptr == c.bytes.ptr);
    arena_end(&a);
}

static void is_refused(struct str in) {
    struct arena a = arena_make(1 << 20);
    struct image_cleaned c = {0};
    struct err e = {0};
    assert_false(image_clean(&a, in, &c, &e));
    assert_int_equal(e.kind, ERR_INVALID);
    arena_end(&a);
}

static void jpegs(void **state) {
    (void)state;
    becomes(BYTES("\xff\xd8" JFIF PIXELS), BYTES("\xff\xd8" JFIF PIXELS), 0, false);
    becomes(BYTES("\xff\xd8" JFIF EXIF_SEGMENT SEGMENT("\xfe", "\0\6", "note") PIXELS "behind"),
            BYTES("\xff\xd8" JFIF SIDEWAYS PIXELS), 3, true);
    becomes(BYTES("\xff\xd8" SEGMENT("\xe1", "\0\x1f", "http://ns.adobe.com/xap/1.0/\0") SEGMENT(
                "\xed", "\0\6", "IPTC") SEGMENT("\xe2", "\0\x0d", "ICC_PROFILE") PIXELS),
            BYTES("\xff\xd8" SEGMENT("\xe2", "\0\x0d", "ICC_PROFILE") PIXELS), 2, false);
    becomes(BYTES("\xff\xd8" SEGMENT("\xe1", "\0\x15", "exif:GPSLatitude=52") PIXELS),
            BYTES("\xff\xd8" PIXELS), 1, true);
    is_refused(BYTES("\xff\xd8\xff"));
    is_refused(BYTES("\xff\xd8" JFIF));
    is_refused(BYTES("\xff\xd8\xff\xe1\xff\xff" EXIF));
    is_refused(BYTES("\xff\xd8" JFIF "rubbish" PIXELS));
    is_refused(BYTES("\xff\xd8\xff\xe1\0\1" PIXELS));
}

#define PNG "\x89PNG\r\n\x1a\n"
#define IHDR "\0\0\0\x0dIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89"
#define IDAT "\0\0\0\4IDATpixl1234"
#define IEND "\0\0\0\0IEND\xae\x42\x60\x82"

static void pngs(void **state) {
    (void)state;
    becomes(BYTES(PNG IHDR IDAT IEND), BYTES(PNG IHDR IDAT IEND), 0, false);
    becomes(
        BYTES(PNG IHDR "\0\0\0\x0btEXtAuthor\0Anna1234" IDAT "\0\0\0\7tIMEabcdefg1234" IEND "tail"),
        BYTES(PNG IHDR IDAT IEND), 3, false);
    becomes(BYTES(PNG IHDR "\0\0\0\x1a"
                           "eXIfMM\0*\0\0\0\x08\0\1\x88\x25\0\4\0\0\0\1\0\0\0\x26\0\0\0\0"
                           "1234" IDAT IEND),
            BYTES(PNG IHDR IDAT IEND), 1, true);
    is_refused(BYTES(PNG IHDR IDAT));
    is_refused(BYTES(PNG "\xff\xff\xff\xffIDAT1234" IEND));
    is_refused(BYTES(PNG));
}

#define VP8X(flags) "VP8X\x0a\0\0\0" flags "\0\0\0\1\0\0\1\0\0"
#define VP8L "VP8L\3\0\0\0abc\0"

static void webps(void **state) {
    (void)state;
    becomes(BYTES("RIFF\x10\0\0\0WEBP" VP8L), BYTES("RIFF\x10\0\0\0WEBP" VP8L), 0, false);
    becomes(BYTES("RIFF\x4c\0\0\0WEBP" VP8X("\x1c") VP8L
                  "EXIF\x1a\0\0\0MM\0*\0\0\0\x08\0\1\x88\x25\0\4\0\0\0\1\0\0\0\x26\0\0\0\0"
                  "XMP \0\0\0\0"),
            BYTES("RIFF\x22\0\0\0WEBP" VP8X("\x10") VP8L), 2, true);
    is_refused(BYTES("RIFF\xff\0\0\0WEBP" VP8L));
    is_refused(BYTES("RIFF\x10\0\0\0WEBPVP8L\xff\0\0\0abc\0"));
}

#define GIF_HEAD "GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff"
#define GIF_LOOP "\x21\xff\x0bNETSCAPE2.0\3\1\0\0\0"
#define GIF_PICTURE "\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"

static void gifs(void **state) {
    (void)state;
    becomes(BYTES(GIF_HEAD GIF_LOOP GIF_PICTURE ";"), BYTES(GIF_HEAD GIF_LOOP GIF_PICTURE ";"), 0,
            false);
    becomes(BYTES(GIF_HEAD "\x21\xfe\4note\0"
                           "\x21\xff\x0bXMP DataXMP\1x\0" GIF_PICTURE ";more"),
            BYTES(GIF_HEAD GIF_PICTURE ";"), 3, false);
    is_refused(BYTES(GIF_HEAD GIF_PICTURE));
    is_refused(BYTES(GIF_HEAD "\x21\xfe\4no"));
    is_refused(BYTES("GIF89a\1\0\1\0\xff"));
}

static void others(void **state) {
    (void)state;
    is_refused(BYTES("%PDF-1.7"));
    is_refused(BYTES("\0\0\0\x18"
                     "ftypheic"));
    is_refused(BYTES("<svg/>"));
    is_refused(BYTES(""));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jpegs), cmocka_unit_test(pngs),   cmocka_unit_test(webps),
        cmocka_unit_test(gifs),  cmocka_unit_test(others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
