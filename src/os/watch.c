/* Watching a folder: only whole files count (closed after writing, or renamed into place), folders
 * that came, and what went away. */
#include "os/os.h"

#include <errno.h>
#include <sys/inotify.h>
#include <uv.h>

struct watch {
    uv_poll_t uv;
    int fd;
    bool stopped; /* by fn itself, perhaps with more to read */
    void (*fn)(void *arg, const char *name);
    void *arg;
};

static void on_readable(uv_poll_t *u, int status, int events) {
    (void)events;
    struct watch *w = u->data;
    _Alignas(struct inotify_event) char bytes[4096];
    ssize_t n = status == 0 ? read(w->fd, bytes, sizeof bytes) : 0;
    for (ssize_t at = 0; at < n && !w->stopped;) {
        const struct inotify_event *ev = (const void *)(bytes + at);
        bool is_begun = (ev->mask & IN_CREATE) && !(ev->mask & IN_ISDIR); /* a file to be written */
        if (ev->len && !is_begun) {
            w->fn(w->arg, ev->name);
        }
        at += (ssize_t)(sizeof *ev + ev->len);
    }
}

bool watch_start(struct loop *l, const char *dir, void (*fn)(void *arg, const char *name),
                 void *arg, struct watch **out, struct err *e) {
    int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (fd < 0
        || inotify_add_watch(fd, dir, IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE) < 0) {
        err_set(e, ERR_UNAVAILABLE, "cannot watch %s: %m", dir);
        if (fd >= 0) {
            close(fd);
        }
        return false;
    }
    struct watch *w = calloc(1, sizeof *w);
    if (!w) {
        abort();
    }
    *w = (struct watch){.fd = fd, .fn = fn, .arg = arg};
    uv_poll_init(loop_uv(l), &w->uv, fd);
    w->uv.data = w;
    uv_poll_start(&w->uv, UV_READABLE, on_readable);
    *out = w;
    return true;
}

static void free_watch(uv_handle_t *h) {
    struct watch *w = h->data;
    close(w->fd);
    free(w);
}

void watch_stop(struct watch *w) {
    if (w) {
        w->stopped = true;
        uv_poll_stop(&w->uv);
        uv_close((uv_handle_t *)&w->uv, free_watch);
    }
}
