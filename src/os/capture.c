/* A short command, run to its end on a worker thread: no shell, nothing on stdin, stderr dropped.
 */
#include "base/clock.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static bool start(const char *const *argv, int out[2], pid_t *pid, struct err *e) {
    if (pipe2(out, O_CLOEXEC) != 0) {
        return err_set(e, ERR_UNAVAILABLE, "cannot run %s: %m", argv[0]);
    }
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, out[1], 1);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    sigset_t plain; /* weir ignores it; commands expect it */
    sigemptyset(&plain);
    sigaddset(&plain, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &plain);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes, 0);
    int rc =
        posix_spawnp(pid, argv[0], &files, &attributes, (char *const *)(uintptr_t)argv, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    close(out[1]);
    if (rc != 0) {
        close(out[0]);
        errno = rc;
        return err_set(e, ERR_UNAVAILABLE, "cannot run %s: %m", argv[0]);
    }
    return true;
}

/* False: it is too late. */
static bool wait_readable(int fd, int64_t until_us) {
    for (;;) {
        int64_t left_ms = (until_us - clock_mono_us()) / 1000;
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int n = left_ms > 0 ? poll(&p, 1, (int)left_ms) : 0;
        if (n >= 0 || errno != EINTR) {
            return n > 0;
        }
    }
}

/* A command may close its output and run on. */
static bool wait_ended(pid_t pid, int64_t until_us) {
    AUTO_CLOSE int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    return fd < 0 || wait_readable(fd, until_us);
}

/* False: too long or too much. */
static bool drain(int fd, struct buf *b, int64_t until_us) {
    char bytes[4096];
    for (;;) {
        if (!wait_readable(fd, until_us)) {
            return false;
        }
        ssize_t n = read(fd, bytes, sizeof bytes);
        if (n == 0) {
            return true;
        }
        if (n > 0 && !buf_add(b, (struct str){bytes, (size_t)n})) {
            return false;
        }
        if (n < 0 && errno != EINTR) {
            return false;
        }
    }
}

bool proc_capture(struct arena *a, const char *const *argv, int timeout_ms, size_t max,
                  struct str *out, struct err *e) {
    int pipe_fds[2];
    pid_t pid = 0;
    TRY(start(argv, pipe_fds, &pid, e));
    AUTO_BUF b = {0};
    buf_init(&b, max);
    int64_t until_us = clock_mono_us() + timeout_ms * 1000LL;
    bool whole = drain(pipe_fds[0], &b, until_us) && wait_ended(pid, until_us);
    close(pipe_fds[0]);
    if (!whole) {
        kill(-pid, SIGKILL);
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (!whole) {
        return err_set(e, ERR_TIMEOUT, "%s took longer than %d ms or said more than %zu bytes",
                       argv[0], timeout_ms, max);
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return err_set(e, ERR_UNAVAILABLE, "%s failed (exit %d)", argv[0],
                       WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    }
    *out = str_dup(a, buf_str(&b));
    return true;
}
