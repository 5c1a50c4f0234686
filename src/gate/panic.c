/* The panic switch: a flag that every sending looks at, and a file `gate-shut` in the state folder
 * that remembers it over restarts. The file being there means shut, whatever it holds and even when
 * it cannot be read; so a crash between two steps errs on the closed side. */
#include "base/clock.h"
#include "gate/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

static void path_of(const struct panic *p, struct arena *a, char **out) {
    *out = str_cstr(a, path_join(a, str_of(p->dir), "gate-shut"));
}

void panic_init(struct panic *p, const char *state_dir) {
    CLEANUP(arena_end) struct arena a = arena_make(1 << 16);
    p->dir = strdup(state_dir);
    if (!p->dir) {
        abort();
    }
    pthread_mutex_init(&p->lock, NULL);
    char *path = NULL;
    path_of(p, &a, &path);
    struct stat st = {0};
    bool gone = lstat(path, &st) != 0 && errno == ENOENT;
    atomic_init(&p->shut, !gone);
}

void panic_finish(struct panic *p) {
    free(p->dir);
    p->dir = NULL;
    pthread_mutex_destroy(&p->lock);
}

static bool forget(const char *path, const char *dir, struct err *e) {
    if (unlink(path) != 0 && errno != ENOENT) {
        return err_set(e, ERR_STORAGE, "cannot remove %s: %m", path);
    }
    AUTO_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0) {
        return err_set(e, ERR_STORAGE, "cannot write %s to disk: %m", dir);
    }
    return true;
}

bool panic_set(struct panic *p, bool shut, struct str who, struct err *e) {
    LOCKED(&p->lock);
    CLEANUP(arena_end) struct arena a = arena_make(1 << 16);
    char *path = NULL;
    path_of(p, &a, &path);
    if (!shut) {
        TRY(forget(path, p->dir, e));
        atomic_store(&p->shut, false);
        return true;
    }
    atomic_store(&p->shut, true);
    struct str at = clock_rfc3339(&a, clock_wall_ms());
    struct str text = str_fmt(&a, "shut " STR_FMT " by " STR_FMT "\n", STR_ARG(at), STR_ARG(who));
    if (!file_write(path, text, 0600, e)) {
        e->kind = ERR_STORAGE;
        return err_while(e, "the gate is shut, but will not stay so over a restart");
    }
    return true;
}
