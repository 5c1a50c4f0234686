/* The kernel's edge: the loop, worker threads, child processes, files and places.
 *
 * One loop thread owns every uv handle. Other threads reach it by loop_post only. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#include <pthread.h>
#include <sys/types.h>

struct uv_loop_s;

/* ---- loop ---- */
struct loop;
struct loop *loop_new(void);
void loop_free(struct loop *l); /* after loop_run has returned */
void loop_run(struct loop *l);  /* on the calling thread, until loop_stop */
void loop_stop(struct loop *l); /* any thread */
struct uv_loop_s *loop_uv(struct loop *l);
bool loop_is_current(const struct loop *l); /* called on its thread? */
/* fn(arg) on the loop thread, soon, in order. Any thread. After loop_stop nothing runs any more. */
void loop_post(struct loop *l, void (*fn)(void *arg), void *arg);

struct timer;
/* fn(arg) after `after_ms`, then every `every_ms` (0: once). Loop thread only. A timer that fires
 * once frees itself after fn: forget it there. What still runs is freed with the loop. */
struct timer *timer_start(struct loop *l, int64_t after_ms, int64_t every_ms, void (*fn)(void *arg),
                          void *arg);
void timer_stop(struct timer *t); /* also frees; NULL is fine; allowed inside fn */

/* fn(arg, signal) on the loop thread whenever the signal comes. Loop thread only. */
NODISCARD bool loop_on_signal(struct loop *l, int signal, void (*fn)(void *arg, int signal),
                              void *arg, struct err *e);
/* fn(arg) on the loop thread after a file in `dir` was written and closed, renamed into place or
 * deleted. Loop thread only; name is the file's name within dir. */
struct watch;
NODISCARD bool watch_start(struct loop *l, const char *dir, void (*fn)(void *arg, const char *name),
                           void *arg, struct watch **out, struct err *e);
void watch_stop(struct watch *w);

/* ---- workers ---- */
struct workers;
struct workers *workers_new(struct loop *l, int threads);
/* What runs comes to its end, what waits does not begin. ended_opt follows on the loop when no
 * thread runs any more: until then the loop must run, for work may wait for it. Once. */
void workers_end(struct workers *w, void (*ended_opt)(void *ctx), void *ctx);
void workers_free(
    struct workers *w); /* waits for what runs; what waits is dropped after its `done` */
/* work(arg) on a worker, then done_opt(arg) on the loop thread. Any thread. */
void workers_run(struct workers *w, void (*work)(void *arg), void (*done_opt)(void *arg),
                 void *arg);

/* ---- memory ---- */
/* Free memory goes back to the system. Takes milliseconds: not on the loop thread. */
void memory_give_back(void);
int64_t memory_total(void);     /* bytes of this machine */
int64_t memory_available(void); /* bytes that a new program could have; 0 unknown */

/* ---- locks ---- */
static inline void unlock_(pthread_mutex_t *const *m) {
    pthread_mutex_unlock(*m);
}
static inline pthread_mutex_t *lock_(pthread_mutex_t *m) {
    pthread_mutex_lock(m);
    return m;
}
/* Holds the lock to the end of the block. */
#define LOCKED(m) CLEANUP(unlock_) UNUSED pthread_mutex_t *held_ = lock_(m)

/* ---- child processes ---- */
struct proc;
struct proc_options {
    const char *const *argv;         /* NULL-terminated; argv[0] is a path or looked up in PATH */
    const char *const *env_more_opt; /* "A=1", …, NULL: beside PATH, HOME and LANG, which it gets */
    const char *cwd_opt;
    bool no_network; /* in a network namespace of its own where the kernel allows */
    bool drop_root;  /* without any capability when weir runs as root */
    const char
        *log_prefix_opt; /* its stdout and stderr go line by line to the log, with this prefix */
    void (*on_line_opt)(void *ctx, struct str line); /* else here */
    void (*on_exit)(void *ctx, int exit_status, int term_signal);
    void *ctx;
};
/* Loop thread only. The proc frees itself after on_exit. */
NODISCARD bool proc_start(struct loop *l, const struct proc_options *o, struct proc **out,
                          struct err *e);
int proc_pid(const struct proc *p);
void proc_kill(struct proc *p, int signal);
bool proc_has_own_network(const struct proc *p); /* whether no_network really took effect */
/* Runs a short command to its end on the calling (worker) thread: no shell, stdin empty, stderr
 * dropped, at most timeout_ms, at most max bytes of output into the arena. */
NODISCARD bool proc_capture(struct arena *a, const char *const *argv, int timeout_ms, size_t max,
                            struct str *out, struct err *e);

/* ---- files ---- */
NODISCARD bool file_read(struct arena *a, const char *path, size_t max, struct str *out,
                         struct err *e);
/* The end of a file, from the beginning of a line: at most max bytes. */
NODISCARD bool file_tail(struct arena *a, const char *path, size_t max, struct str *out,
                         struct err *e);
/* Atomically: a temporary file beside it, fsync, rename, fsync of the directory. A symbolic link
 * stays one: the file it points to is replaced. */
NODISCARD bool file_write(const char *path, struct str bytes, mode_t mode, struct err *e);
NODISCARD bool dir_make(const char *path, mode_t mode, struct err *e); /* with its parents */
bool file_exists(const char *path);
/* Owned by this user (or root) and writable by nobody else: the condition for `command`, `file`,
 * `env`. */
bool file_is_private_to_owner(const char *path);
/* "~/x" → home; symbolic links, "." and ".." resolved as far as the path exists. */
struct str path_resolve(struct arena *a, struct str path);
struct str path_join(struct arena *a, struct str dir, const char *name);

/* ---- places (DESIGN.md 9) ---- */
struct places {
    struct str config;  /* $XDG_CONFIG_HOME/weir */
    struct str data;    /* $XDG_DATA_HOME/weir */
    struct str state;   /* $XDG_STATE_HOME/weir */
    struct str cache;   /* $XDG_CACHE_HOME/weir */
    struct str runtime; /* $XDG_RUNTIME_DIR/weir, or state/run when there is none */
    struct str home;
};
/* Only reads the environment; creates nothing. */
struct places places_of(struct arena *a);
/* Makes them, 0700. */
NODISCARD bool places_make(const struct places *p, struct err *e);

/* ---- which network this computer is in: the gateway of its default route, by hardware address,
 * and the subnet that it is reached on. Linux and IPv4; read anew each time. Any thread, no
 * waiting.
 * ---- */
struct net {
    char interface[16];
    char gateway[16];      /* "192.168.1.1" */
    unsigned char mac[6];  /* of the gateway */
    uint32_t subnet, mask; /* host byte order */
};
/* ERR_NOT_FOUND says what is missing: no default route, or a gateway that was not heard of. */
NODISCARD bool net_here(struct net *out, struct err *e);
/* The same from the kernel's tables, /proc/net/route and /proc/net/arp. Pure. */
NODISCARD bool net_read(struct str routes, struct str neighbours, struct net *out, struct err *e);
/* What weir.toml's `network` names: 32 digits of SHA-256 over all of it but the interface. */
enum { NET_FINGERPRINT = 32 };
void net_fingerprint(const struct net *n, char out[NET_FINGERPRINT + 1]);
/* Is a numeric address of this computer one on that network? */
bool net_holds(const struct net *n, const char *numeric);

/* ---- streams: what an upstream (a provider through the gate, or an engine) tells its caller ----
 */
struct http_header;
struct stream_ops {
    /* All on the loop thread, in this order; on_end comes exactly once unless the stream was
     * cancelled. */
    void (*on_head)(void *ctx, int status, const struct http_header *headers, size_t count);
    void (*on_data)(void *ctx, struct str bytes);
    void (*on_end)(void *ctx, const struct err *e_opt); /* NULL: complete */
};
