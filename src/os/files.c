/* Files, folders and places. */
#include "base/id.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

bool file_read(struct arena *a, const char *path, size_t max, struct str *out, struct err *e) {
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe: no waiting */
    struct stat st = {0};
    if (fd < 0 || fstat(fd, &st) != 0) {
        return err_set(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_STORAGE, "cannot read %s: %m",
                       path);
    }
    if (!S_ISREG(st.st_mode)) {
        return err_set(e, ERR_INVALID, "%s is no file", path);
    }
    if ((uint64_t)st.st_size > max) {
        return err_set(e, ERR_TOO_LARGE, "%s is larger than %zu bytes", path, max);
    }
    size_t size = (size_t)st.st_size;
    char *p = arena_alloc(a, size + 1);
    size_t at = 0;
    while (at < size) {
        ssize_t n = read(fd, p + at, size - at);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return err_set(e, ERR_STORAGE, "cannot read %s: %m", path);
        }
        if (n == 0) {
            break;
        }
        at += (size_t)n;
    }
    *out = (struct str){p, at};
    return true;
}

static bool write_all(int fd, struct str bytes) {
    while (bytes.len) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        bytes = str_sub(bytes, (size_t)n, bytes.len);
    }
    return fsync(fd) == 0;
}

static void sync_parent(struct arena *a, const char *path) {
    struct str dir = str_of(path);
    while (dir.len > 1 && dir.ptr[dir.len - 1] != '/') {
        dir.len--;
    }
    AUTO_CLOSE int fd = open(dir.len ? str_cstr(a, dir) : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
    }
}

bool file_tail(struct arena *a, const char *path, size_t max, struct str *out, struct err *e) {
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st = {0};
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        return err_set(e, ERR_STORAGE, "cannot read %s: %m", path);
    }
    off_t from = st.st_size > (off_t)max ? st.st_size - (off_t)max : 0;
    char *p = arena_alloc(a, max);
    ssize_t n = pread(fd, p, max, from);
    if (n < 0) {
        return err_set(e, ERR_STORAGE, "cannot read %s: %m", path);
    }
    struct str text = {p, (size_t)n};
    ptrdiff_t line = from ? str_find_char(text, '\n') : -1;
    *out = str_sub(text, line >= 0 ? (size_t)line + 1 : 0, text.len);
    return true;
}

bool file_write(const char *path, struct str bytes, mode_t mode, struct err *e) {
    struct arena a = arena_make(64 << 10);
    struct stat st = {0};
    if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode)) {
        path = path_resolve(&a, str_of(path)).ptr;
    }
    char *temporary =
        str_cstr(&a, str_fmt(&a, "%s." STR_FMT ".new", path, STR_ARG(id_make(&a, "", 8))));
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    bool ok = fd >= 0 && fchmod(fd, mode) == 0 && write_all(fd, bytes);
    if (fd >= 0) {
        ok = close(fd) == 0 && ok;
    }
    ok = ok && rename(temporary, path) == 0;
    if (ok) {
        sync_parent(&a, path);
    } else {
        err_set(e, ERR_STORAGE, "cannot write %s: %m", path);
        if (fd >= 0) {
            unlink(temporary);
        }
    }
    arena_end(&a);
    return ok;
}

bool dir_make(const char *path, mode_t mode, struct err *e) {
    struct arena a = arena_make(64 << 10);
    char *p = str_cstr(&a, str_of(path));
    bool ok = true;
    for (size_t i = 1; ok && p[i - 1]; i++) {
        if (p[i] == '/' || p[i] == 0) {
            char keep = p[i];
            p[i] = 0;
            ok = mkdir(p, mode) == 0 || errno == EEXIST;
            p[i] = keep;
        }
    }
    struct stat st = {0};
    if (ok && (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))) {
        errno = ENOTDIR;
        ok = false;
    }
    arena_end(&a);
    return ok || err_set(e, ERR_STORAGE, "cannot make the folder %s: %m", path);
}

bool file_exists(const char *path) {
    struct stat st = {0};
    return stat(path, &st) == 0;
}

bool file_is_private_to_owner(const char *path) {
    struct stat st = {0};
    return stat(path, &st) == 0 && (st.st_uid == geteuid() || st.st_uid == 0)
           && !(st.st_mode & (S_IWGRP | S_IWOTH));
}

struct str path_join(struct arena *a, struct str dir, const char *name) {
    bool slash = dir.len && dir.ptr[dir.len - 1] == '/';
    return str_fmt(a, STR_FMT "%s%s", STR_ARG(dir), slash ? "" : "/", name);
}

/* The longest prefix that exists, resolved; the rest with "." and ".." taken out by hand. */
struct str path_resolve(struct arena *a, struct str path) {
    if (str_starts(path, STR("~/")) || str_is(path, "~")) {
        const char *home = getenv("HOME");
        path = str_fmt(a, "%s" STR_FMT, home ? home : "", STR_ARG(str_sub(path, 1, path.len)));
    }
    if (!path.len || path.ptr[0] != '/') {
        char cwd[PATH_MAX];
        if (getcwd(cwd, sizeof cwd)) {
            path = str_fmt(a, "%s/" STR_FMT, cwd, STR_ARG(path));
        }
    }
    struct str out = STR("/");
    struct str rest = path;
    while (rest.len) {
        struct str part = {0};
        str_cut(rest, '/', &part, &rest);
        if (!part.len || str_is(part, ".")) {
            continue;
        }
        if (str_is(part, "..")) {
            size_t n = out.len;
            while (n > 1 && out.ptr[n - 1] != '/') {
                n--;
            }
            out.len = n > 1 ? n - 1 : 1;
            continue;
        }
        out = str_fmt(a, STR_FMT "%s" STR_FMT, STR_ARG(out), out.len > 1 ? "/" : "", STR_ARG(part));
        char real[PATH_MAX];
        if (realpath(out.ptr, real)) {
            out = str_dup(a, str_of(real));
        }
    }
    return out;
}

static struct str place(struct arena *a, const char *variable, struct str home,
                        const char *otherwise) {
    const char *dir = getenv(variable);
    if (dir && dir[0] == '/') {
        return str_fmt(a, "%s/weir", dir);
    }
    return str_fmt(a, STR_FMT "/%s/weir", STR_ARG(home), otherwise);
}

struct places places_of(struct arena *a) {
    const char *home = getenv("HOME");
    struct places p = {.home = str_dup(a, str_of(home && *home ? home : "/"))};
    p.config = place(a, "XDG_CONFIG_HOME", p.home, ".config");
    p.data = place(a, "XDG_DATA_HOME", p.home, ".local/share");
    p.state = place(a, "XDG_STATE_HOME", p.home, ".local/state");
    p.cache = place(a, "XDG_CACHE_HOME", p.home, ".cache");
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    p.runtime = runtime && runtime[0] == '/' ? str_fmt(a, "%s/weir", runtime)
                                             : path_join(a, p.state, "run");
    return p;
}

bool places_make(const struct places *p, struct err *e) {
    const struct str *all[] = {&p->config, &p->data, &p->state, &p->cache, &p->runtime};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        TRY(dir_make(all[i]->ptr, 0700, e));
    }
    if (chmod(p->runtime.ptr, 0700) != 0) {
        return err_set(e, ERR_STORAGE, "cannot make " STR_FMT " private: %m", STR_ARG(p->runtime));
    }
    return true;
}
