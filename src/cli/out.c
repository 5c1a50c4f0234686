/* Tables, escapes, options. */
#include "cli/out.h"

#include "codec/utf8.h"

#include <stdlib.h>

bool out_is_terminal(FILE *f) {
    return isatty(fileno(f)) == 1;
}

void out_text(FILE *f, struct str s) {
    if (!out_is_terminal(f)) {
        fwrite(s.ptr, 1, s.len, f);
        return;
    }
    AUTO_BUF b = {0};
    buf_init(&b, 8 * s.len + 64);
    utf8_escape_controls(&b, s);
    fwrite(b.ptr, 1, b.len, f);
}

static const char *colour(FILE *f, const char *code) {
    const char *no = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    bool plain = (no && *no) || !out_is_terminal(f) || (term && str_is(str_of(term), "dumb"));
    return plain ? "" : code;
}

const char *out_dim(FILE *f) {
    return colour(f, "\033[2m");
}
const char *out_bold(FILE *f) {
    return colour(f, "\033[1m");
}
const char *out_red(FILE *f) {
    return colour(f, "\033[31m");
}
const char *out_plain(FILE *f) {
    return colour(f, "\033[0m");
}

struct str out_size(struct arena *a, int64_t bytes) {
    if (bytes < 1000) {
        return str_fmt(a, "%lld B", (long long)bytes);
    }
    static const char *const units[] = {"kB", "MB", "GB", "TB"};
    double v = (double)bytes / 1000;
    size_t u = 0;
    while (v >= 1000 && u + 1 < ARRAY_LEN(units)) {
        v /= 1000;
        u++;
    }
    return str_fmt(a, v < 10 ? "%.1f %s" : "%.0f %s", v, units[u]);
}

int64_t out_number(const struct jval *v, const char *key, int64_t otherwise) {
    int64_t n = 0;
    return jval_i64(jval_get(v, key), &n) ? n : otherwise;
}

void table_row(struct table *t, const struct str *cells) {
    struct str *row = *arena_push(t->a, t->rows, t->count, t->cap);
    for (size_t i = 0; i < t->columns; i++) {
        row[i] = cells[i];
    }
}

static size_t width(struct str s) {
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        n += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
    }
    return n;
}

void table_print(const struct table *t, FILE *f) {
    size_t widths[OUT_COLUMNS] = {0};
    for (size_t r = 0; r < t->count; r++) {
        for (size_t i = 0; i < t->columns; i++) {
            size_t w = width(t->rows[r][i]);
            widths[i] = w > widths[i] ? w : widths[i];
        }
    }
    for (size_t r = 0; r < t->count; r++) {
        fputs(r ? "" : out_dim(f), f);
        for (size_t i = 0; i < t->columns; i++) {
            out_text(f, t->rows[r][i]);
            size_t pad = i + 1 < t->columns ? widths[i] - width(t->rows[r][i]) + 2 : 0;
            fprintf(f, "%*s", (int)pad, "");
        }
        fprintf(f, "%s\n", r ? "" : out_plain(f));
    }
}

/* ---- options ---- */

static bool unknown(const char *command, const char *word, const struct option *o, size_t n) {
    const char *names[32];
    size_t count = 0;
    for (size_t i = 0; i < n && count < ARRAY_LEN(names); i++) {
        names[count++] = o[i].name;
    }
    const char *near = str_nearest(str_of(word), names, count);
    fprintf(stderr, "weir %s: unknown option %s%s%s%s; weir %s --help shows them\n", command, word,
            near ? " (did you mean " : "", near ? near : "", near ? "?)" : "", command);
    return false;
}

static const struct option *find(struct str word, const struct option *o, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (str_is(word, o[i].name) || (o[i].letter && str_is(word, o[i].letter))) {
            return &o[i];
        }
    }
    return NULL;
}

/* What these options take is the same wherever they stand. */
static bool value_fits(const char *command, const struct option *o) {
    static const struct {
        const char *option;
        const char *words[4];
        const char *text;
    } fixed[] = {
        {"--zone", {"device", "home", "trusted", "cloud"}, "device, home, trusted or cloud"},
        {"--label", {"open", "personal", "private", "secret"}, "open, personal, private or secret"},
        {"--format", {"jsonl", "csv"}, "jsonl or csv"},
    };
    size_t f = 0;
    while (f < ARRAY_LEN(fixed) && strcmp(o->name, fixed[f].option) != 0) {
        f++;
    }
    if (f == ARRAY_LEN(fixed)) {
        return true;
    }
    size_t n = 0;
    for (; n < ARRAY_LEN(fixed[f].words) && fixed[f].words[n]; n++) {
        if (str_is(*o->value, fixed[f].words[n])) {
            return true;
        }
    }
    const char *near = str_nearest(*o->value, fixed[f].words, n);
    fprintf(stderr, "weir %s: %s is %s%s%s%s\n", command, o->name, fixed[f].text,
            near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    return false;
}

bool options_read(struct arena *a, int argc, char **argv, const struct option *o, size_t n,
                  struct words *words) {
    words->list = arena_array(a, struct str, (size_t)argc + 1);
    bool ended = false;
    for (int i = 1; i < argc; i++) {
        struct str word = str_of(argv[i]);
        if (ended || word.len < 2 || word.ptr[0] != '-') {
            words->list[words->count++] = word;
            continue;
        }
        if (str_is(word, "--")) {
            ended = true;
            continue;
        }
        struct str name = word;
        struct str value = {0};
        bool joined = str_starts(word, STR("--")) && str_cut(word, '=', &name, &value);
        const struct option *opt = find(name, o, n);
        if (!opt || (opt->flag && joined)) {
            return unknown(argv[0], argv[i], o, n);
        }
        if (opt->flag) {
            *opt->flag = true;
        } else if (joined) {
            *opt->value = value;
        } else if (i + 1 < argc) {
            *opt->value = str_of(argv[++i]);
        } else {
            fprintf(stderr, "weir %s: %s needs a value\n", argv[0], argv[i]);
            return false;
        }
        if (!opt->flag && !value_fits(argv[0], opt)) {
            return false;
        }
    }
    return true;
}

static bool read_stdin(struct client *c, struct str *out) {
    AUTO_BUF b = {0};
    buf_init(&b, 64 << 20);
    char bytes[8192];
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, stdin)) > 0;) {
        if (!buf_add(&b, (struct str){bytes, n})) {
            fprintf(stderr, "weir: what comes on stdin is longer than 64 MiB\n");
            return false;
        }
    }
    *out = str_dup(&c->arena, buf_str(&b));
    return true;
}

bool options_text(struct client *c, const struct words *w, size_t from, struct str *out) {
    AUTO_BUF b = {0};
    buf_init(&b, 64 << 20);
    for (size_t i = from; i < w->count; i++) {
        if (str_is(w->list[i], "-") && w->count == from + 1) {
            return read_stdin(c, out);
        }
        buf_addf(&b, "%s" STR_FMT, b.len ? " " : "", STR_ARG(w->list[i]));
    }
    if (!b.len && isatty(STDIN_FILENO) != 1) {
        return read_stdin(c, out);
    }
    *out = str_dup(&c->arena, buf_str(&b));
    return true;
}
