/* The evidence of each text of a JSONL file, for bench/sense_score.py: one line per text, "kind
 * from to" for each finding, with a tab between. */
#include "sense/sense.h"

#include <stdio.h>

int main(int argc, char **argv) {
    struct sense *s = NULL;
    struct err e = {0};
    FILE *f = argc == 3 ? fopen(argv[1], "r") : NULL;
    if (!f || !sense_new(NULL, 0, &s, &e)) {
        fprintf(stderr, "%s\n", e.text[0] ? e.text : "usage: bench_sense_lines FILE.jsonl FIELD");
        return 1;
    }
    char *line = NULL;
    size_t cap = 0;
    ssize_t n = 0;
    bool ok = true;
    while (ok && (n = getline(&line, &cap, f)) > 0) {
        struct arena a = arena_make(64UL << 20);
        const struct jval *v = json_parse(&a, (struct str){line, (size_t)n}, &JSON_LIMITS, &e);
        struct sense_text t = {.text = jval_str(jval_get(v, argv[2])), .role = ROLE_USER};
        struct sense_result r = {0};
        ok = v && sense_scan(s, &a, &t, 1, &SENSE_LIMITS, &r, &e);
        for (size_t i = 0; i < r.count; i++) {
            printf("%s" STR_FMT " %u %u", i ? "\t" : "", STR_ARG(r.evidence[i].kind),
                   r.evidence[i].from, r.evidence[i].to);
        }
        putchar('\n');
        arena_end(&a);
    }
    if (!ok) {
        fprintf(stderr, "%s\n", e.text);
    }
    free(line);
    fclose(f);
    sense_free(s);
    return ok ? 0 : 1;
}
