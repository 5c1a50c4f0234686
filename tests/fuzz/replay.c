/* In builds without libFuzzer: runs a fuzz target over the files and folders named on the command
 * line, and over the empty input. */
#include "base/buf.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t runs;

/* A copy of exactly this size, so that a sanitizer sees reads past its end. */
static void run(struct str bytes) {
    AUTO_FREE uint8_t *exact = malloc(bytes.len ? bytes.len : 1);
    if (!exact) {
        abort();
    }
    if (bytes.len) {
        memcpy(exact, bytes.ptr, bytes.len);
    }
    (void)LLVMFuzzerTestOneInput(exact, bytes.len);
    runs++;
}

static void run_file(const char *path) {
    AUTO_BUF bytes = {.max = 64u << 20};
    FILE *f = fopen(path, "rb");
    if (!f) {
        fprintf(stderr, "%s: %m\n", path);
        exit(1);
    }
    char *room = NULL;
    size_t n = 1;
    while (n > 0 && (room = buf_room(&bytes, 65536))) {
        n = fread(room, 1, 65536, f);
        bytes.len += n;
    }
    (void)fclose(f);
    run(buf_str(&bytes));
}

static void run_path(const char *path) {
    struct stat st;
    struct dirent **names = NULL;
    if (stat(path, &st) != 0) {
        fprintf(stderr, "%s: %m\n", path);
        exit(1);
    }
    if (!S_ISDIR(st.st_mode)) {
        run_file(path);
        return;
    }
    int n = scandir(path, &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        char file[4096];
        if (names[i]->d_name[0] != '.') {
            snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);
            run_file(file);
        }
        free(names[i]);
    }
    free(names);
}

int main(int argc, char **argv) {
    run((struct str){NULL, 0});
    for (int i = 1; i < argc; i++) {
        run_path(argv[i]);
    }
    if (argc > 1 && runs < 2) {
        fputs("there is nothing to replay\n", stderr);
        return 1;
    }
    printf("%zu inputs\n", runs);
    return 0;
}
