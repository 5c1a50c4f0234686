/* Build tool: compiles the detectors' patterns and writes the database as a C file, so that the
 * daemon starts with it ready. */
#include "sense/inside.h"

#include <hs.h>
#include <stdio.h>

/* What this program itself does not need. */
const struct pattern_bytes SENSE_DB = {NULL, 0};
const uint16_t SENSE_WIDTHS[MOST_ROWS];

static bool print_database(FILE *f, struct err *e) {
    struct hs_database *db = NULL;
    char *bytes = NULL;
    size_t n = 0;
    if (!patterns_compile(&db, e)) {
        return false;
    }
    bool ok = hs_serialize_database(db, &bytes, &n) == HS_SUCCESS;
    fprintf(f, "_Alignas(64) static const unsigned char bytes[] = {");
    for (size_t i = 0; i < n; i++) {
        fprintf(f, "%s%u,", i % 32 ? "" : "\n", (unsigned char)bytes[i]);
    }
    fprintf(f, "};\nconst struct pattern_bytes SENSE_DB = {bytes, sizeof bytes};\n");
    free(bytes);
    hs_free_database(db);
    return ok || err_set(e, ERR_BUG, "the database cannot be written");
}

/* Bytes of each row's longest match. */
static void print_widths(FILE *f) {
    fprintf(f, "const uint16_t SENSE_WIDTHS[MOST_ROWS] = {");
    for (size_t i = 0; i < SENSE_TABLE_COUNT; i++) {
        size_t width = pattern_width(SENSE_TABLE[i].pattern);
        fprintf(f, "%zu,", width > UINT16_MAX ? (size_t)UINT16_MAX : width);
    }
    fprintf(f, "};\n");
}

int main(int argc, char **argv) {
    struct err e = {0};
    FILE *f = argc == 2 ? fopen(argv[1], "w") : NULL;
    if (!f) {
        fprintf(stderr, "usage: sense_compile FILE.c\n");
        return 1;
    }
    fprintf(f, "#include \"sense/inside.h\"\n");
    bool ok = extents_check(&e) && print_database(f, &e);
    print_widths(f);
    if (!ok) {
        fprintf(stderr, "sense: %s\n", e.text);
    }
    return fclose(f) == 0 && ok ? 0 : 1;
}
