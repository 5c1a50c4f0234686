/* Child processes: what they say, how they end, what they may reach, and that they end with us. */
/* clang-format off: in this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
/* clang-format on */

#include "os/os.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

struct child {
    struct loop *loop;
    struct proc *proc;
    struct buf said;
    int lines, status, signal, exits;
    int kill_at_line; /* then it is sent SIGKILL */
};

static void on_line(void *ctx, struct str line) {
    struct child *c = ctx;
    buf_add(&c->said, line);
    buf_add_char(&c->said, '|');
    if (++c->lines == c->kill_at_line) {
        proc_kill(c->proc, SIGKILL);
    }
}

static void on_exit_(void *ctx, int status, int signum) {
    struct child *c = ctx;
    c->status = status;
    c->signal = signum;
    c->exits++;
    loop_stop(c->loop);
}

/* Runs it to its end. */
static void run(struct child *c, struct proc_options o) {
    struct err e = {0};
    c->loop = loop_new();
    buf_init(&c->said, 1 << 20);
    o.on_line_opt = on_line;
    o.on_exit = on_exit_;
    o.ctx = c;
    assert_true(proc_start(c->loop, &o, &c->proc, &e));
    assert_true(proc_pid(c->proc) > 1);
    loop_run(c->loop);
    loop_free(c->loop);
    assert_int_equal(c->exits, 1);
    buf_add_char(&c->said, 0);
}

#define SH(script)                 \
    (const char *const[]) {        \
        "sh", "-c", (script), NULL \
    }

static void lines_and_status_are_told(void **state) {
    (void)state;
    struct child c = {0};
    run(&c,
        (struct proc_options){.argv = SH("echo one; echo two >&2; echo; printf 'no end'; exit 7")});
    assert_string_equal(c.said.ptr, "one|two||no end|");
    assert_int_equal(c.status, 7);
    assert_int_equal(c.signal, 0);
    buf_finish(&c.said);
}

static void a_line_without_end_does_not_grow(void **state) {
    (void)state;
    struct child c = {0};
    run(&c,
        (struct proc_options){.argv = SH("head -c 300000 /dev/zero | tr '\\0' x; echo; echo y")});
    assert_int_equal(c.lines, 2);
    assert_true(c.said.len < 20000);
    assert_true(str_ends(buf_str(&c.said), STR("|y|\0")));
    buf_finish(&c.said);
}

static void a_kill_is_told_as_a_signal(void **state) {
    (void)state;
    struct child c = {.kill_at_line = 1};
    run(&c, (struct proc_options){.argv = SH("echo ready; exec cat /dev/zero > /dev/null")});
    assert_int_equal(c.signal, SIGKILL);
    buf_finish(&c.said);
}

static void little_is_inherited(void **state) {
    (void)state;
    setenv("WEIR_SECRET", "do-not-pass", 1);
    setenv("OPENAI_API_KEY", "do-not-pass", 1);
    struct child c = {0};
    run(&c, (struct proc_options){
                .argv = SH("env | grep -c do-not-pass; pwd; test -n \"$PATH\" && echo path; "
                           "cat | wc -c"),
                .cwd_opt = "/usr"});
    assert_string_equal(c.said.ptr, "0|/usr|path|0|"); /* and stdin is empty */
    buf_finish(&c.said);
    const char *const env[] = {"A=b", NULL};
    c = (struct child){0};
    run(&c, (struct proc_options){.argv = SH("echo $A; test -n \"$PATH\" && echo path"),
                                  .env_more_opt = env});
    assert_string_equal(c.said.ptr, "b|path|");
    buf_finish(&c.said);
}

static void ctrl_c_is_for_weir_alone(void **state) {
    (void)state;
    struct child c = {0};
    run(&c, (struct proc_options){.argv = SH("ps -o pgid= -p $$ || cut -d' ' -f5 /proc/$$/stat")});
    uint64_t group = 0;
    assert_true(str_to_u64(str_trim(str_sub(buf_str(&c.said), 0, c.said.len - 2)), &group));
    assert_int_not_equal((pid_t)group, getpgrp());
    buf_finish(&c.said);
}

static struct str link_text(struct arena *a, const char *path) {
    char text[128];
    ssize_t n = readlink(path, text, sizeof text);
    assert_true(n > 0);
    return str_dup(a, (struct str){text, (size_t)n});
}

/* What proc_has_own_network says is true: the namespace differs and has nothing but a dead
 * loopback. */
static void no_network_is_what_it_says(void **state) {
    (void)state;
    struct arena a = arena_make(1 << 20);
    struct child c = {.loop = loop_new()};
    buf_init(&c.said, 1 << 20);
    struct err e = {0};
    struct proc_options o = {
        .argv = SH("readlink /proc/self/ns/net; grep -c : /proc/net/dev; wc -l < /proc/net/route"),
        .no_network = true,
        .on_line_opt = on_line,
        .on_exit = on_exit_,
        .ctx = &c};
    assert_true(proc_start(c.loop, &o, &c.proc, &e));
    bool own = proc_has_own_network(c.proc);
    loop_run(c.loop);
    loop_free(c.loop);
    struct str ours = link_text(&a, "/proc/self/ns/net");
    struct str theirs = {0};
    struct str rest = {0};
    str_cut(buf_str(&c.said), '|', &theirs, &rest);
    assert_true(str_starts(theirs, STR("net:[")));
    assert_int_equal(own, !str_eq(ours, theirs));
    if (own) {
        assert_true(str_is(rest, "1|0|") || str_is(rest, "1|1|")); /* lo; at most a heading */
    }
    buf_finish(&c.said);
    c = (struct child){0};
    run(&c, (struct proc_options){.argv = SH("readlink /proc/self/ns/net")});
    assert_true(str_starts(buf_str(&c.said), ours)); /* only when asked */
    buf_finish(&c.said);
    arena_end(&a);
}

static void without_roots_power(void **state) {
    (void)state;
    struct child c = {0};
    run(&c,
        (struct proc_options){
            .argv = SH("sed -n 's/^CapEff:\\t*0*$/none/p; s/^NoNewPrivs:\\t*//p' /proc/$$/status"),
            .no_network = true,
            .drop_root = true});
    assert_string_equal(c.said.ptr, "none|1|");
    buf_finish(&c.said);
}

static void a_program_that_is_not_there(void **state) {
    (void)state;
    struct loop *l = loop_new();
    struct child c = {.loop = l};
    buf_init(&c.said, 1 << 16);
    const char *const argv[] = {"/no/such/program", NULL};
    struct proc_options o = {.argv = argv, .on_line_opt = on_line, .on_exit = on_exit_, .ctx = &c};
    struct err e = {0};
    if (proc_start(l, &o, &c.proc, &e)) { /* found out by setpriv */
        loop_run(l);
        assert_int_not_equal(c.status, 0);
        assert_true(str_contains(buf_str(&c.said), STR("/no/such/program")));
    } else {
        assert_int_equal(e.kind, ERR_UNAVAILABLE);
        assert_int_equal(c.exits, 0);
    }
    loop_free(l);
    buf_finish(&c.said);
}

static void send_pid(void *ctx, struct str line) {
    struct child *c = ctx;
    pid_t pid = proc_pid(c->proc);
    if (!str_is(line, "started") || write(c->status, &pid, sizeof pid) != sizeof pid) {
        _exit(4);
    }
}

static void be_a_daemon(int ready, bool no_network) {
    struct child c = {.loop = loop_new(), .status = ready};
    struct err e = {0};
    struct proc_options o = {.argv = SH("echo started; exec sleep 1000"),
                             .no_network = no_network,
                             .drop_root = true,
                             .on_line_opt = send_pid,
                             .on_exit = on_exit_,
                             .ctx = &c};
    if (!proc_start(c.loop, &o, &c.proc, &e)) {
        _exit(3);
    }
    loop_run(c.loop);
    _exit(5);
}

/* A daemon that is killed takes its children with it, also those without network. */
static void children_end_with_us(void **state) {
    bool no_network = *state != NULL;
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t daemon = fork();
    assert_true(daemon >= 0);
    if (daemon == 0) {
        be_a_daemon(ready[1], no_network);
    }
    pid_t child = 0;
    close(ready[1]);
    assert_int_equal(read(ready[0], &child, sizeof child), sizeof child);
    close(ready[0]);
    kill(daemon, SIGKILL);
    int status = 0;
    assert_int_equal(waitpid(daemon, &status, 0), daemon);
    assert_int_equal(waitpid(child, &status, 0), child); /* now ours; alive it would hang here */
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
}

/* ---- capture ---- */

static bool capture(struct arena *a, const char *script, int ms, size_t max, struct str *out,
                    struct err *e) {
    *e = (struct err){0};
    return proc_capture(a, SH(script), ms, max, out, e);
}

static void capture_takes_the_output(void **state) {
    (void)state;
    struct arena a = arena_make(1 << 20);
    struct str out = {0};
    struct err e = {0};
    assert_true(capture(&a, "echo secret; echo noise >&2", 20000, 100, &out, &e));
    assert_true(str_is(out, "secret\n"));
    assert_true(capture(&a, "cat", 20000, 100, &out, &e)); /* stdin is empty */
    assert_int_equal(out.len, 0);
    assert_true(capture(&a, "printf 12345", 20000, 5, &out, &e));
    assert_true(str_is(out, "12345"));
    arena_end(&a);
}

static void capture_says_why_not(void **state) {
    (void)state;
    struct arena a = arena_make(1 << 20);
    struct str out = {0};
    struct err e = {0};
    assert_false(capture(&a, "exit 3", 20000, 100, &out, &e));
    assert_int_equal(e.kind, ERR_UNAVAILABLE);
    assert_non_null(strstr(e.text, "exit 3"));
    assert_false(capture(&a, "printf 123456; exec sleep 1000", 20000, 5, &out, &e));
    assert_int_equal(e.kind, ERR_TIMEOUT);
    assert_false(capture(&a, "sleep 1000 & sleep 1000", 50, 100, &out, &e)); /* with its children */
    assert_int_equal(e.kind, ERR_TIMEOUT);
    assert_false(capture(&a, "exec >&-; sleep 1000", 50, 100, &out, &e)); /* silent but running */
    assert_int_equal(e.kind, ERR_TIMEOUT);
    const char *const argv[] = {"/no/such/program", NULL};
    assert_false(proc_capture(&a, argv, 1000, 100, &out, &e));
    assert_int_equal(e.kind, ERR_UNAVAILABLE);
    arena_end(&a);
}

/* weir ignores SIGPIPE; `yes | head -1` must still end. */
static void capture_gives_signals_back(void **state) {
    (void)state;
    struct arena a = arena_make(1 << 20);
    struct str out = {0};
    struct err e = {0};
    signal(SIGPIPE, SIG_IGN);
    assert_true(capture(&a, "grep SigIgn /proc/self/status", 20000, 100, &out, &e));
    unsigned long long ignored = strtoull(str_cstr(&a, str_sub(out, 7, out.len)), NULL, 16);
    assert_int_equal(ignored >> (SIGPIPE - 1) & 1, 0);
    signal(SIGPIPE, SIG_DFL);
    arena_end(&a);
}

int main(void) {
    static int yes;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_and_status_are_told),
        cmocka_unit_test(a_line_without_end_does_not_grow),
        cmocka_unit_test(a_kill_is_told_as_a_signal),
        cmocka_unit_test(little_is_inherited),
        cmocka_unit_test(ctrl_c_is_for_weir_alone),
        cmocka_unit_test(no_network_is_what_it_says),
        cmocka_unit_test(without_roots_power),
        cmocka_unit_test(a_program_that_is_not_there),
        cmocka_unit_test(children_end_with_us),
        cmocka_unit_test_prestate(children_end_with_us, &yes),
        cmocka_unit_test(capture_takes_the_output),
        cmocka_unit_test(capture_says_why_not),
        cmocka_unit_test(capture_gives_signals_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
