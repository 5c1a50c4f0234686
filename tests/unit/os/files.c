/* Files, folders, paths and places. */
/* clang-format off: in this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
/* clang-format on */

#include "os/os.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <semaphore.h>
#include <sys/stat.h>

static char dir[64];
static struct arena arena;

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at) {
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static int begin(void **state) {
    (void)state;
    arena = arena_make(1 << 20);
    snprintf(dir, sizeof dir, "/tmp/weir-os-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    arena_end(&arena);
    return nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static char *in(const char *name) {
    return str_cstr(&arena, path_join(&arena, str_of(dir), name));
}

static int entries(const char *path) {
    int n = 0;
    DIR *d = opendir(path);
    assert_non_null(d);
    for (struct dirent *at; (at = readdir(d));) {
        n += at->d_name[0] != '.';
    }
    closedir(d);
    return n;
}

static mode_t mode_of(const char *path) {
    struct stat st = {0};
    assert_int_equal(lstat(path, &st), 0);
    return st.st_mode & 07777;
}

static void what_is_written_is_read(void **state) {
    (void)state;
    struct err e = {0};
    struct str out = {0};
    assert_true(file_write(in("a"), STR("first\0half"), 0600, &e));
    assert_true(file_read(&arena, in("a"), 100, &out, &e));
    assert_true(str_eq(out, STR("first\0half")));
    assert_int_equal(mode_of(in("a")), 0600);
    assert_true(file_write(in("a"), STR(""), 0640, &e));
    assert_true(file_read(&arena, in("a"), 0, &out, &e));
    assert_int_equal(out.len, 0);
    assert_int_equal(mode_of(in("a")), 0640);
    assert_int_equal(entries(dir), 1); /* no temporary file stays */
}

static void reading_says_why_not(void **state) {
    (void)state;
    struct err e = {0};
    struct str out = {0};
    assert_false(file_read(&arena, in("none"), 100, &out, &e));
    assert_int_equal(e.kind, ERR_NOT_FOUND);
    assert_false(file_read(&arena, dir, 100, &out, &e));
    assert_int_equal(e.kind, ERR_INVALID);
    assert_true(file_write(in("big"), STR("12345"), 0600, &e));
    assert_false(file_read(&arena, in("big"), 4, &out, &e));
    assert_int_equal(e.kind, ERR_TOO_LARGE);
    assert_true(file_read(&arena, in("big"), 5, &out, &e));
    assert_int_equal(mkfifo(in("pipe"), 0600), 0);
    assert_false(file_read(&arena, in("pipe"), 100, &out, &e)); /* and does not wait for a writer */
    assert_int_equal(e.kind, ERR_INVALID);
}

static void a_failed_write_leaves_the_old_file(void **state) {
    (void)state;
    struct err e = {0};
    assert_false(file_write(in("no/such/folder"), STR("x"), 0600, &e));
    assert_int_equal(e.kind, ERR_STORAGE);
    assert_int_equal(mkdir(in("busy"), 0700), 0);
    assert_true(file_write(in("busy/file"), STR("x"), 0600, &e));
    assert_false(file_write(in("busy"), STR("x"), 0600, &e)); /* a folder cannot be replaced */
    assert_true(file_exists(in("busy/file")));
    assert_int_equal(entries(dir), 1);
}

static void a_link_stays_a_link(void **state) {
    (void)state;
    struct err e = {0};
    struct str out = {0};
    assert_int_equal(mkdir(in("dotfiles"), 0700), 0);
    assert_true(file_write(in("dotfiles/policy"), STR("old"), 0600, &e));
    assert_int_equal(symlink("dotfiles/policy", in("policy")), 0);
    assert_true(file_write(in("policy"), STR("new"), 0600, &e));
    struct stat st = {0};
    assert_int_equal(lstat(in("policy"), &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_true(file_read(&arena, in("dotfiles/policy"), 100, &out, &e));
    assert_true(str_is(out, "new"));
}

struct writer {
    const char *path;
    struct str text;
    bool ok;
};

static void *write_often(void *arg) {
    struct writer *w = arg;
    struct err e = {0};
    w->ok = true;
    for (int i = 0; i < 20; i++) {
        w->ok = file_write(w->path, w->text, 0600, &e) && w->ok;
    }
    return NULL;
}

static void two_writers_never_mix(void **state) {
    (void)state;
    const char *path = in("shared");
    struct writer w[2] = {{path, STR("aaaaaaaaaaaaaaaa"), false}, {path, STR("bbbb"), false}};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, write_often, &w[i]), 0);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        assert_true(w[i].ok);
    }
    struct err e = {0};
    struct str out = {0};
    assert_true(file_read(&arena, path, 100, &out, &e));
    assert_true(str_eq(out, w[0].text) || str_eq(out, w[1].text));
    assert_int_equal(entries(dir), 1);
}

static void folders_come_with_their_parents(void **state) {
    (void)state;
    struct err e = {0};
    assert_true(dir_make(in("x/y/z"), 0700, &e));
    assert_int_equal(mode_of(in("x")), 0700);
    assert_int_equal(mode_of(in("x/y/z")), 0700);
    assert_true(dir_make(in("x/y/z"), 0700, &e));
    assert_true(dir_make(in("x/y/"), 0700, &e));
    assert_true(file_write(in("file"), STR(""), 0600, &e));
    assert_false(dir_make(in("file"), 0700, &e));
    assert_int_equal(e.kind, ERR_STORAGE);
    assert_false(dir_make(in("file/below"), 0700, &e));
}

static void private_means_nobody_else_writes(void **state) {
    (void)state;
    struct err e = {0};
    assert_true(file_write(in("f"), STR(""), 0644, &e));
    assert_true(file_is_private_to_owner(in("f")));
    static const mode_t open_modes[] = {0664, 0646, 0666, 0620, 0602};
    for (size_t i = 0; i < ARRAY_LEN(open_modes); i++) {
        assert_int_equal(chmod(in("f"), open_modes[i]), 0);
        assert_false(file_is_private_to_owner(in("f")));
    }
    assert_false(file_is_private_to_owner(in("none")));
    if (geteuid() == 0) { /* only root can give a file away */
        assert_int_equal(chmod(in("f"), 0600), 0);
        assert_int_equal(chown(in("f"), 65534, 65534), 0);
        assert_false(file_is_private_to_owner(in("f")));
    }
}

static void check_resolve(const char *path, const char *want) {
    struct str out = path_resolve(&arena, str_of(path));
    assert_string_equal(str_cstr(&arena, out), want);
}

static void paths_are_resolved_as_far_as_they_exist(void **state) {
    (void)state;
    struct err e = {0};
    assert_true(dir_make(in("real/deep"), 0700, &e));
    assert_int_equal(symlink("real", in("link")), 0);
    assert_int_equal(symlink(in("real/deep"), in("far")), 0);
    check_resolve(in("link/deep"), in("real/deep"));
    check_resolve(in("link/none/x"), in("real/none/x"));
    check_resolve(in("far/.."), in("real")); /* of what the link points to */
    check_resolve(in("none/../link"), in("real"));
    check_resolve(in("./real//deep/./"), in("real/deep"));
    check_resolve("/..", "/");
    check_resolve("/", "/");
    setenv("HOME", in("real"), 1);
    check_resolve("~/deep", in("real/deep"));
    check_resolve("~", in("real"));
    check_resolve("~/../link/x", in("real/x"));
    char here[4096];
    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(chdir(dir), 0);
    check_resolve("link/deep", in("real/deep"));
    check_resolve("", dir);
    assert_int_equal(chdir(here), 0);
    assert_string_equal(path_join(&arena, STR("/a"), "b").ptr, "/a/b");
    assert_string_equal(path_join(&arena, STR("/"), "b").ptr, "/b");
}

static void places_follow_the_environment(void **state) {
    (void)state;
    static const char *const all[] = {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME",
                                      "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        unsetenv(all[i]);
    }
    setenv("HOME", dir, 1);
    struct places p = places_of(&arena);
    assert_string_equal(p.config.ptr, in(".config/weir"));
    assert_string_equal(p.data.ptr, in(".local/share/weir"));
    assert_string_equal(p.state.ptr, in(".local/state/weir"));
    assert_string_equal(p.cache.ptr, in(".cache/weir"));
    assert_string_equal(p.runtime.ptr, in(".local/state/weir/run"));
    assert_int_equal(entries(dir), 0); /* only reads */
    setenv("XDG_RUNTIME_DIR", in("run"), 1);
    setenv("XDG_CONFIG_HOME", "relative", 1); /* which the specification tells us to ignore */
    p = places_of(&arena);
    assert_string_equal(p.runtime.ptr, in("run/weir"));
    assert_string_equal(p.config.ptr, in(".config/weir"));
    struct err e = {0};
    assert_true(dir_make(p.runtime.ptr, 0755, &e));
    assert_true(places_make(&p, &e));
    assert_int_equal(mode_of(p.runtime.ptr), 0700); /* made private */
    assert_int_equal(mode_of(p.data.ptr), 0700);
}

/* ---- watching ---- */

struct watched {
    struct loop *loop;
    struct watch *watch;
    char names[4][32];
    int count, stop_at;
};

static void on_file(void *arg, const char *name) {
    struct watched *w = arg;
    if (w->count < 4) {
        snprintf(w->names[w->count], sizeof w->names[0], "%s", name);
    }
    if (++w->count == w->stop_at) {
        watch_stop(w->watch);
        loop_stop(w->loop);
    }
}

static void touch(const char *path) {
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("x", f);
    fclose(f);
}

static void whole_files_are_told_and_nothing_after_the_stop(void **state) {
    (void)state;
    struct watched w = {.loop = loop_new(), .stop_at = 3};
    struct err e = {0};
    assert_true(watch_start(w.loop, dir, on_file, &w, &w.watch, &e));
    touch(in("one"));
    assert_int_equal(rename(in("one"), in("two")), 0);
    assert_int_equal(unlink(in("two")), 0);
    touch(in("three")); /* in the same read, after the watch has been stopped */
    loop_run(w.loop);
    assert_int_equal(w.count, 3);
    assert_string_equal(w.names[0], "one");
    assert_string_equal(w.names[1], "two");
    assert_string_equal(w.names[2], "two");
    loop_free(w.loop);
}

static void a_folder_that_is_not_there_cannot_be_watched(void **state) {
    (void)state;
    struct loop *l = loop_new();
    struct watch *w = NULL;
    struct err e = {0};
    assert_false(watch_start(l, in("none"), on_file, NULL, &w, &e));
    assert_int_equal(e.kind, ERR_UNAVAILABLE);
    watch_stop(NULL);
    loop_free(l);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_written_is_read, begin, end),
        cmocka_unit_test_setup_teardown(reading_says_why_not, begin, end),
        cmocka_unit_test_setup_teardown(a_failed_write_leaves_the_old_file, begin, end),
        cmocka_unit_test_setup_teardown(a_link_stays_a_link, begin, end),
        cmocka_unit_test_setup_teardown(two_writers_never_mix, begin, end),
        cmocka_unit_test_setup_teardown(folders_come_with_their_parents, begin, end),
        cmocka_unit_test_setup_teardown(private_means_nobody_else_writes, begin, end),
        cmocka_unit_test_setup_teardown(paths_are_resolved_as_far_as_they_exist, begin, end),
        cmocka_unit_test_setup_teardown(places_follow_the_environment, begin, end),
        cmocka_unit_test_setup_teardown(whole_files_are_told_and_nothing_after_the_stop, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_folder_that_is_not_there_cannot_be_watched, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
