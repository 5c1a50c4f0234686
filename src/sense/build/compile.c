/* Build tool: compiles the detectors' patterns and writes the database as a C file, so that the
 * daemon starts with it ready. */
#include "sense/inside.h"

#include <hs.h>
#include <stdio.h>

/* The database that this program itself does not need. */
const unsigned char SENSE_DB[] = {0};
const size_t SENSE_DB_SIZE = 0;

int main(int argc, char **argv) {
    struct hs_database *db = NULL;
    struct err e = {0};
    char *bytes = NULL;
    size_t n = 0;
    if (argc != 2 || !patterns_compile(&db, &e)
        || hs_serialize_database(db, &bytes, &n) != HS_SUCCESS) {
        fprintf(stderr, "sense: %s\n", e.text[0] ? e.text : "usage: sense_compile FILE.c");
        return 1;
    }
    FILE *f = fopen(argv[1], "w");
    if (!f) {
        perror(argv[1]);
        return 1;
    }
    fprintf(f, "#include <stddef.h>\nextern const unsigned char SENSE_DB[];\nextern const size_t "
               "SENSE_DB_SIZE;\n"
               "_Alignas(64) const unsigned char SENSE_DB[] = {");
    for (size_t i = 0; i < n; i++) {
        fprintf(f, "%s%u,", i % 32 ? "" : "\n", (unsigned char)bytes[i]);
    }
    fprintf(f, "};\nconst size_t SENSE_DB_SIZE = %zu;\n", n);
    free(bytes);
    hs_free_database(db);
    return fclose(f) == 0 ? 0 : 1;
}
