/* Finding model files: weir's own folder, folders of weir.toml, the Hugging Face cache, LM Studio's
 * folder, Ollama's store. Files are read in place, never moved. */
#include "codec/json.h"
#include "engine/gguf.h"
#include "engine/inside.h"
#include "os/os.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

enum { MOST_MODELS = 500, DEEPEST = 7 };

struct scan {
    struct arena *a;
    struct found *v;
    size_t n, cap;
    const char *source;
};

static bool is_quantisation(struct str s) {
    static const char *const starts[] = {"q", "iq", "tq", "mxfp"};
    if (str_ieq(s, STR("f16")) || str_ieq(s, STR("bf16")) || str_ieq(s, STR("f32"))) {
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
        struct str start = str_of(starts[i]);
        if (str_istarts(s, start) && s.len > start.len
            && isdigit((unsigned char)s.ptr[start.len])) {
            return true;
        }
    }
    return false;
}

struct str catalogue_name(struct arena *a, struct str file, struct str *quantisation) {
    *quantisation = (struct str){0};
    if (file.len > 5 && str_ieq(str_sub(file, file.len - 5, file.len), STR(".gguf"))) {
        file = str_sub(file, 0, file.len - 5);
    }
    ptrdiff_t part = str_find(file, STR("-00001-of-"));
    if (part > 0) {
        file = str_sub(file, 0, (size_t)part);
    }
    for (size_t i = file.len; i > 1; i--) {
        char c = file.ptr[i - 1];
        if (c == '.' || c == '-') {
            struct str tail = str_sub(file, i, file.len);
            if (is_quantisation(tail)) {
                *quantisation = str_dup(a, tail);
                file = str_sub(file, 0, i - 1);
            } else if (c == '-' && str_ieq(tail, STR("gguf"))) {
                file = str_sub(file, 0, i - 1);
                continue;
            }
            break;
        }
    }
    return str_lower(a, str_dup(a, file));
}

static bool have(const struct scan *s, struct str name) {
    for (size_t i = 0; i < s->n; i++) {
        if (str_eq(s->v[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* The same file by another way: a link, a folder that is named twice. */
static bool have_file(const struct scan *s, const struct stat *st) {
    for (size_t i = 0; i < s->n; i++) {
        if (s->v[i].device == st->st_dev && s->v[i].inode == st->st_ino) {
            return true;
        }
    }
    return false;
}

static void add_file(struct scan *s, struct str path, struct str name, struct str quantisation) {
    struct stat st = {0};
    if (s->n >= MOST_MODELS || stat(path.ptr, &st) != 0 || !S_ISREG(st.st_mode)
        || have_file(s, &st)) {
        return;
    }
    if (have(s, name)) { /* another quantisation of the same model */
        name = quantisation.len ? str_lower(
                   s->a, str_fmt(s->a, STR_FMT ":" STR_FMT, STR_ARG(name), STR_ARG(quantisation)))
                                : name;
        if (have(s, name)) {
            return;
        }
    }
    struct found f = {.name = name,
                      .path = path,
                      .source = str_of(s->source),
                      .quantisation = quantisation,
                      .size_bytes = st.st_size,
                      .modified_s = st.st_mtime,
                      .device = st.st_dev,
                      .inode = st.st_ino};
    struct gguf head = {0};
    struct err e = {0};
    if (gguf_read_file(s->a, path.ptr, &head, &e)) {
        f.architecture = head.architecture;
        f.title = head.title;
        f.size_label = head.size_label;
        f.trained_tokens = head.context_tokens;
        f.token_bytes = gguf_token_bytes(&head);
        f.tools = head.tools;
        f.embeddings = head.embeddings;
    } else {
        f.problem = str_fmt(s->a, STR_FMT ": %s", STR_ARG(path), e.text);
    }
    *arena_push(s->a, s->v, s->n, s->cap) = f;
}

static bool is_model_file(struct str file) {
    if (file.len < 6 || !str_ieq(str_sub(file, file.len - 5, file.len), STR(".gguf"))
        || str_istarts(file, STR("mmproj"))) {
        return false;
    }
    return !str_contains(file, STR("-of-0")) || str_contains(file, STR("-00001-of-"));
}

static int by_name(const void *a, const void *b) {
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* In the order of names, so that the same files give the same catalogue. */
static void scan_dir(struct scan *s, struct str dir, int depth) {
    DIR *d = opendir(dir.ptr);
    if (!d || depth > DEEPEST) {
        if (d) {
            closedir(d);
        }
        return;
    }
    struct str *names = NULL;
    size_t n = 0;
    size_t cap = 0;
    for (struct dirent *at; (at = readdir(d)) && n < 10000;) {
        if (at->d_name[0] != '.') {
            *arena_push(s->a, names, n, cap) = str_dup(s->a, str_of(at->d_name));
        }
    }
    closedir(d);
    if (n) {
        qsort(names, n, sizeof *names, by_name);
    }
    for (size_t i = 0; i < n; i++) {
        struct str path = path_join(s->a, dir, names[i].ptr);
        struct stat st = {0};
        if (is_model_file(names[i])) {
            struct str quantisation = {0};
            struct str name = catalogue_name(s->a, names[i], &quantisation);
            add_file(s, path, name, quantisation);
        } else if (stat(path.ptr, &st) == 0 && S_ISDIR(st.st_mode)) {
            scan_dir(s, path, depth + 1);
        }
    }
}

/* Ollama's store: manifests name the blob that is the model. */
static void scan_ollama_manifest(struct scan *s, struct str root, struct str path,
                                 struct str name) {
    struct err e = {0};
    struct str text = {0};
    if (!file_read(s->a, path.ptr, 1 << 20, &text, &e)) {
        return;
    }
    const struct jval *doc = json_parse(s->a, text, &JSON_LIMITS, &e);
    for (struct jiter it = jval_iter(jval_get(doc, "layers")); doc && jiter_next(&it);) {
        struct str digest = jval_str(jval_get(it.value, "digest"));
        if (str_is(jval_str(jval_get(it.value, "mediaType")), "application/vnd.ollama.image.model")
            && str_starts(digest, STR("sha256:")) && !str_contains(digest, STR("/"))) {
            struct str blob = str_fmt(s->a, STR_FMT "/blobs/sha256-" STR_FMT, STR_ARG(root),
                                      STR_ARG(str_sub(digest, 7, digest.len)));
            add_file(s, blob, name, (struct str){0});
        }
    }
}

static void scan_ollama(struct scan *s, struct str root, struct str dir, struct str name,
                        int depth) {
    DIR *d = opendir(dir.ptr);
    for (struct dirent *at; d && depth < 5 && (at = readdir(d));) {
        if (at->d_name[0] == '.') {
            continue;
        }
        struct str path = path_join(s->a, dir, at->d_name);
        struct stat st = {0};
        if (stat(path.ptr, &st) != 0) {
            continue;
        }
        if (S_ISDIR(st.st_mode)) {
            scan_ollama(s, root, path, str_lower(s->a, str_dup(s->a, str_of(at->d_name))),
                        depth + 1);
        } else {
            bool latest = str_is(str_of(at->d_name), "latest");
            struct str full =
                latest ? name : str_fmt(s->a, STR_FMT ":%s", STR_ARG(name), at->d_name);
            scan_ollama_manifest(s, root, path, full);
        }
    }
    if (d) {
        closedir(d);
    }
}

size_t catalogue_scan(struct arena *a, const struct catalogue_options *o, struct found **out) {
    struct scan s = {.a = a, .source = "weir"};
    scan_dir(&s, path_join(a, o->data_dir, "models"), 0);
    s.source = "dir";
    for (size_t i = 0; i < o->dir_count; i++) {
        scan_dir(&s, str_dup(a, o->dirs[i]), 0);
    }
    s.source = "huggingface";
    scan_dir(&s, path_join(a, o->home, ".cache/huggingface/hub"), 0);
    s.source = "lmstudio";
    scan_dir(&s, path_join(a, o->home, ".lmstudio/models"), 0);
    scan_dir(&s, path_join(a, o->home, ".cache/lm-studio/models"), 0);
    s.source = "ollama";
    struct str ollama = path_join(a, o->home, ".ollama/models");
    scan_ollama(&s, ollama, path_join(a, ollama, "manifests"), STR(""), 0);
    *out = s.v;
    return s.n;
}
