/* Fetching a key by the way weir.toml names, into memory that is locked and wiped. */
#include "secrets/secrets.h"

#include "base/clock.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum { LONGEST = 16 << 10, COMMAND_MS = 10000 };

struct secret {
    size_t size; /* of the mapping */
    size_t len;
    char bytes[];
};

static void wipe(void *p, size_t n) {
    explicit_bzero(p, n);
}

/* Trailing line ends are the tool's, not the key's. */
static bool make(struct str value, struct secret **out, struct err *e) {
    value = str_trim(value);
    if (!value.len) {
        return err_set(e, ERR_UNAUTHORIZED, "the key is empty");
    }
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c < 0x20 || c == 0x7f) {
            return err_set(e, ERR_UNAUTHORIZED,
                           "the key has several lines or control characters; it must be one line");
        }
    }
    size_t size = sizeof(struct secret) + value.len + 1;
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        return err_set(e, ERR_UNAVAILABLE, "no memory for a key: %m");
    }
    if (mlock(p, size) == 0) {
        madvise(p, size, MADV_DONTDUMP);
    }
    struct secret *s = p;
    s->size = size;
    s->len = value.len;
    memcpy(s->bytes, value.ptr, value.len);
    *out = s;
    return true;
}

bool secret_of_value(struct str value, struct secret **out, struct err *e) {
    return make(value, out, e);
}

static bool from_command(const struct secret_ref *ref, struct secret **out, struct err *e) {
    struct arena a = arena_make(LONGEST * 4UL);
    struct str text = {0};
    bool ok = proc_capture(&a, ref->command, COMMAND_MS, LONGEST, &text, e);
    if (!ok) {
        err_while(e, "the key's command");
        e->kind = ERR_UNAUTHORIZED;
    } else {
        ok = make(text, out, e);
        wipe((char *)(uintptr_t)text.ptr, text.len);
    }
    arena_end(&a);
    return ok;
}

static bool read_fd(int fd, const char *path, struct secret **out, struct err *e) {
    char bytes[4096];
    ssize_t n = read(fd, bytes, sizeof bytes);
    bool ok = n >= 0 && (size_t)n < sizeof bytes;
    if (!ok) {
        err_set(e, ERR_UNAUTHORIZED, "cannot read the key file %s: it is too long for a key, or %m",
                path);
    } else {
        ok = make((struct str){bytes, (size_t)n}, out, e) || err_while(e, "%s", path);
    }
    wipe(bytes, sizeof bytes);
    return ok;
}

static bool from_file(const char *path, struct secret **out, struct err *e) {
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st = {0};
    if (fd < 0 || fstat(fd, &st) != 0) {
        return err_set(e, ERR_UNAUTHORIZED, "cannot read the key file %s: %m", path);
    }
    if (!S_ISREG(st.st_mode) || (st.st_mode & (S_IRWXG | S_IRWXO))
        || (st.st_uid != geteuid() && st.st_uid != 0)) {
        return err_set(e, ERR_UNAUTHORIZED,
                       "others can reach the key file %s, so it is not used: chmod 600 %s", path,
                       path);
    }
    return read_fd(fd, path, out, e);
}

bool secret_fetch(const struct secret_ref *ref, struct secret **out, struct err *e) {
    *out = NULL;
    switch (ref->source) {
    case SECRET_COMMAND:
        return from_command(ref, out, e);
    case SECRET_FILE:
        return from_file(ref->path, out, e);
    case SECRET_ENV: {
        const char *value = getenv(ref->env);
        if (!value || !*value) {
            return err_set(e, ERR_UNAUTHORIZED,
                           "the environment variable %s of the daemon is not set", ref->env);
        }
        return make(str_of(value), out, e);
    }
    default:
        return err_set(e, ERR_UNAUTHORIZED, "no key is configured");
    }
}

void secret_free(struct secret *s) {
    if (s) {
        size_t size = s->size;
        wipe(s, size);
        munmap(s, size);
    }
}

struct str secret_reveal(const struct secret *s) {
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): never NULL */
    return (struct str){s->bytes, s->len};
}

bool secret_store_file(struct arena *a, struct str dir, struct str name, struct str value,
                       struct str *path, struct err *e) {
    if (str_contains(name, STR("/")) || str_starts(name, STR("."))) {
        return err_set(e, ERR_INVALID, "a key's file cannot be called `" STR_FMT "`",
                       STR_ARG(name));
    }
    struct secret *checked = NULL;
    TRY(make(value, &checked, e));
    TRY(dir_make(str_cstr(a, dir), 0700, e));
    *path = path_join(a, dir, str_cstr(a, name));
    bool ok = file_write(path->ptr, secret_reveal(checked), 0600, e);
    secret_free(checked);
    return ok;
}
