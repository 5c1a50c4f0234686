/* Child processes: they end with weir, may have no network of their own, and their output comes
 * line by line.
 *
 * The limits (a network namespace, another user, the parent's death) are set between fork and exec
 * by the helper commands of util-linux (unshare, setpriv), so that no code of ours runs in a forked
 * copy of a threaded process. */
#include "base/log.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <uv.h>

enum { LONGEST_LINE = 8192, WORDS = 64, MOST_ENV = 8 };

struct proc {
    uv_process_t uv;
    uv_pipe_t out;
    struct buf line;
    char *prefix;
    void (*on_line)(void *ctx, struct str line);
    void (*on_exit)(void *ctx, int exit_status, int term_signal);
    void *ctx;
    int status, signal;
    int open; /* handles not yet closed, and the exit not yet told */
    bool own_network;
    char chunk[4096];
};

int proc_pid(const struct proc *p) {
    return p->uv.pid;
}

bool proc_has_own_network(const struct proc *p) {
    return p->own_network;
}

void proc_kill(struct proc *p, int signum) {
    if (!uv_is_closing((const uv_handle_t *)&p->uv)) { /* else the pid may be someone else's */
        uv_process_kill(&p->uv, signum);
    }
}

static void tell_line(struct proc *p, struct str line) {
    if (p->prefix) {
        log_debug("%s" STR_FMT, p->prefix, STR_ARG(line));
    } else if (p->on_line) {
        p->on_line(p->ctx, line);
    }
}

static void drop_one(struct proc *p) {
    if (--p->open > 0) {
        return;
    }
    if (p->line.len) {
        tell_line(p, buf_str(&p->line));
    }
    if (p->on_exit) {
        p->on_exit(p->ctx, p->status, p->signal);
    }
    buf_finish(&p->line);
    free(p->prefix);
    free(p);
}

static void on_closed(uv_handle_t *h) {
    drop_one(h->data);
}

static void on_exit_(uv_process_t *u, int64_t status, int signum) {
    struct proc *p = u->data;
    p->status = (int)status;
    p->signal = signum;
    uv_close((uv_handle_t *)u, on_closed);
}

static void on_alloc(uv_handle_t *h, size_t size, uv_buf_t *out) {
    (void)size;
    struct proc *p = h->data;
    *out = uv_buf_init(p->chunk, sizeof p->chunk);
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b) {
    struct proc *p = s->data;
    if (n < 0) {
        uv_close((uv_handle_t *)s, on_closed);
        return;
    }
    for (ssize_t i = 0; i < n; i++) {
        if (b->base[i] == '\n') {
            tell_line(p, buf_str(&p->line));
            buf_clear(&p->line);
        } else if (p->line.len < LONGEST_LINE) {
            buf_add_char(&p->line, b->base[i]);
        }
    }
}

/* What the kernel allows, found once by trying. */
static bool try_command(const char *const *argv) {
    struct arena a = arena_make(64 << 10);
    struct str out = {0};
    struct err e = {0};
    bool ok = proc_capture(&a, argv, 3000, 4096, &out, &e);
    arena_end(&a);
    return ok;
}

struct ability {
    pthread_once_t once;
    bool net_as_root, net_as_user, setpriv;
};
static struct ability ability = {.once = PTHREAD_ONCE_INIT};

static void find_ability(void) {
    static const char *const root[] = {"unshare", "--net", "true", NULL};
    static const char *const user[] = {"unshare", "--user", "--map-current-user",
                                       "--net",   "true",   NULL};
    static const char *const priv[] = {"setpriv", "--pdeathsig", "TERM", "true", NULL};
    ability.net_as_root = geteuid() == 0 && try_command(root);
    ability.net_as_user = !ability.net_as_root && try_command(user);
    ability.setpriv = try_command(priv);
}

static size_t add_words(const char **argv, size_t n, const char *const *words) {
    for (size_t i = 0; words[i] && n < WORDS - 1; i++) {
        argv[n++] = words[i];
    }
    return n;
}

/* The command with what goes before it. */
static bool wrap(const struct proc_options *o, const char **argv, bool *own_network,
                 struct err *e) {
    pthread_once(&ability.once, find_ability);
    size_t n = 0;
    if (o->no_network && ability.net_as_root) {
        n = add_words(argv, n, (const char *const[]){"unshare", "--net", NULL});
        *own_network = true;
    } else if (o->no_network && ability.net_as_user) {
        n = add_words(
            argv, n,
            (const char *const[]){"unshare", "--user", "--map-current-user", "--net", NULL});
        *own_network = true;
    }
    if (ability.setpriv) {
        n = add_words(
            argv, n,
            (const char *const[]){"setpriv", "--pdeathsig", "KILL", "--no-new-privs", NULL});
        if (o->drop_root
            && geteuid() == 0) { /* its files stay readable, the rest of root's power is gone */
            n = add_words(
                argv, n,
                (const char *const[]){"--inh-caps", "-all", "--bounding-set", "-all", NULL});
        }
    }
    size_t before = n;
    n = add_words(argv, n, o->argv);
    argv[n] = NULL;
    size_t words = 0;
    while (o->argv[words]) {
        words++;
    }
    return n - before == words || err_set(e, ERR_BUG, "a command of more than %d words", WORDS);
}

static void environment(struct arena *a, const char *const *more_opt, char **env) {
    static const char *const keep[] = {"PATH", "HOME", "LANG"};
    size_t n = 0;
    for (; more_opt && *more_opt && n + ARRAY_LEN(keep) + 1 < MOST_ENV; more_opt++) {
        env[n++] = (char *)(uintptr_t)*more_opt;
    }
    for (size_t i = 0; i < ARRAY_LEN(keep); i++) {
        const char *v = getenv(keep[i]);
        if (v) {
            env[n++] = str_cstr(a, str_fmt(a, "%s=%s", keep[i], v));
        }
    }
    env[n] = NULL;
}

bool proc_start(struct loop *l, const struct proc_options *o, struct proc **out, struct err *e) {
    const char *argv[WORDS];
    bool own_network = false;
    TRY(wrap(o, argv, &own_network, e));
    struct proc *p = calloc(1, sizeof *p);
    if (!p) {
        abort();
    }
    p->own_network = own_network;
    p->prefix = o->log_prefix_opt ? strdup(o->log_prefix_opt) : NULL;
    p->on_line = o->on_line_opt;
    p->on_exit = o->on_exit;
    p->ctx = o->ctx;
    buf_init(&p->line, 2UL * LONGEST_LINE);
    int fds[2] = {-1, -1};
    if (pipe2(fds, O_CLOEXEC) != 0) {
        err_set(e, ERR_UNAVAILABLE, "cannot start %s: %m", o->argv[0]);
        free(p->prefix);
        free(p);
        return false;
    }
    struct arena a = arena_make(1 << 20);
    char *env[MOST_ENV];
    environment(&a, o->env_more_opt, env);
    uv_pipe_init(loop_uv(l), &p->out, 0);
    p->out.data = p;
    uv_pipe_open(&p->out, fds[0]); /* a fresh pipe cannot be refused */
    uv_stdio_container_t io[3] = {{.flags = UV_IGNORE},
                                  {.flags = UV_INHERIT_FD, .data.fd = fds[1]},
                                  {.flags = UV_INHERIT_FD, .data.fd = fds[1]}};
    uv_process_options_t uo = {.exit_cb = on_exit_,
                               .file = argv[0],
                               .args = (char **)(uintptr_t)argv,
                               .env = env,
                               .cwd = o->cwd_opt,
                               .flags = UV_PROCESS_DETACHED, /* Ctrl-C is for weir alone */
                               .stdio_count = 3,
                               .stdio = io};
    p->uv.data = p;
    int rc = uv_spawn(loop_uv(l), &p->uv, &uo);
    close(fds[1]);
    arena_end(&a);
    if (rc != 0) {
        p->open = 2;
        p->on_exit = NULL;
        uv_close((uv_handle_t *)&p->uv, on_closed);
        uv_close((uv_handle_t *)&p->out, on_closed);
        return err_set(e, ERR_UNAVAILABLE, "cannot start %s: %s", o->argv[0], uv_strerror(rc));
    }
    p->open = 2;
    uv_read_start((uv_stream_t *)&p->out, on_alloc, on_read);
    *out = p;
    return true;
}
