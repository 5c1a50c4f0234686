/* Build tool: compiles the detectors' patterns and writes the database as a C file, so that the
 * daemon starts with it ready. */
#include "sense/inside.h"

#include <hs.h>
#include <stdio.h>

/* What the file will hold: this program itself has none. */
const unsigned char SENSE_DB[] = {0};
const size_t SENSE_DB_SIZE = 0;
const struct trigger SENSE_TRIGGERS[] = {{0, 0, 0}};
const uint16_t SENSE_TRIGGER_ROWS[] = {0};

static void write_all(FILE *f, const struct expressions *x, const char *bytes, size_t n) {
    fprintf(f, "#include \"sense/inside.h\"\n"
               "_Alignas(64) const unsigned char SENSE_DB[] = {");
    for (size_t i = 0; i < n; i++) {
        fprintf(f, "%s%d,", i % 32 ? "" : "\n", (unsigned char)bytes[i]);
    }
    fprintf(f, "};\nconst size_t SENSE_DB_SIZE = %zu;\nconst struct trigger SENSE_TRIGGERS[] = {",
            n);
    for (size_t i = 0; i < x->count; i++) {
        const struct trigger *t = &x->triggers[i];
        fprintf(f, "{%d,%d,%d},", t->width, t->row_first, t->row_count);
    }
    fprintf(f, "};\nconst uint16_t SENSE_TRIGGER_ROWS[] = {");
    for (size_t i = 0; i < x->row_count; i++) {
        fprintf(f, "%d,", x->rows[i]);
    }
    fprintf(f, "};\n");
}

int main(int argc, char **argv) {
    struct arena a = arena_make(64 << 20);
    struct expressions x = patterns_all(&a);
    struct hs_database *db = NULL;
    struct err e = {0};
    char *bytes = NULL;
    size_t n = 0;
    if (argc != 2 || !patterns_compile(&x, true, &db, &e)
        || hs_serialize_database(db, &bytes, &n) != HS_SUCCESS) {
        fprintf(stderr, "sense: %s\n", e.text[0] ? e.text : "usage: sense_compile FILE.c");
        return 1;
    }
    FILE *f = fopen(argv[1], "w");
    if (!f) {
        perror(argv[1]);
        return 1;
    }
    write_all(f, &x, bytes, n);
    free(bytes);
    hs_free_database(db);
    arena_end(&a);
    return fclose(f) == 0 ? 0 : 1;
}
