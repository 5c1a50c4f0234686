/* links: policy label codec */
/* policy/ against the executable model of POLICY.md (policy_model.py beside this file): the model
 * draws policies and requests and says what may go where; we must say the same of every one. The
 * seeds are constants, every run is the same run. WEIR_CASES=n draws n cases a seed. */
#include "codec/json.h"
#include "policy/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { CASES = 12000, MOST_BACKENDS = 8 };
static const char *const SEEDS[] = {"7", "1234", "20261123"};
static const char HOME[] = "/home/me";

struct tally {
    size_t cases, permits, allowed, disguised, asked;
};

/* ---- the model, as a process ---- */

static FILE *model_start(const char *seed, const char *cases, pid_t *pid) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    (void)fflush(stdout);
    *pid = fork();
    assert_true(*pid >= 0);
    if (*pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execlp("python3", "python3", "-B", WEIR_SOURCE "/tests/property/policy_model.py", "--cases",
               cases, "--seed", seed, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    FILE *f = fdopen(ends[0], "r");
    assert_non_null(f);
    return f;
}

static void model_end(FILE *f, pid_t pid) {
    int status = 0;
    (void)fclose(f);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* ---- a case ---- */

static struct str home_path(struct arena *a, struct str path) {
    return str_starts(path, STR("~/"))
               ? str_fmt(a, "%s" STR_FMT, HOME, STR_ARG(str_sub(path, 1, path.len)))
               : path;
}

static struct item item_of(struct arena *a, const struct jval *v) {
    struct item i = {.role = ROLE_USER};
    assert_true(level_from(jval_str_or(jval_get(v, "level"), "open"), &i.level));
    assert_true(topic_from(jval_str(jval_get(v, "topic")), &i.topic));
    i.compartment = jval_str(jval_get(v, "compartment"));
    i.kind = jval_str(jval_get(v, "kind"));
    i.folder = home_path(a, jval_str(jval_get(v, "folder")));
    return i;
}

static struct label label_of(struct arena *a, const struct jval *segments) {
    struct label l = label_make(a);
    for (struct jiter s = jval_iter(segments); jiter_next(&s);) {
        for (struct jiter it = jval_iter(s.value); jiter_next(&it);) {
            struct item i = item_of(a, it.value);
            label_add(a, &l, i);
            label_add(a, &l, (struct item){.folder = i.folder, .role = ROLE_USER});
        }
    }
    return l;
}

static struct policy policy_of(struct arena *a, struct str text, const struct jval *backends) {
    struct str names[MOST_BACKENDS];
    size_t n = 0;
    for (struct jiter it = jval_iter(backends); jiter_next(&it) && n < MOST_BACKENDS;) {
        names[n++] = it.key;
    }
    struct policy_names known = {
        .providers = names, .provider_count = n, .check_providers = true, .home = str_of(HOME)};
    struct policy p = {0};
    struct err e = {0};
    if (!policy_read(a, text, "policy.toml", &known, &p, &e)) {
        fail_msg("%s\n" STR_FMT, e.text, STR_ARG(text));
    }
    return p;
}

static void compare(struct str line, const struct jval *expected, const struct permit *is,
                    struct str backend, struct tally *t) {
    struct str as = jval_str_or(jval_get(expected, "as"), "forbidden");
    bool ask = jval_bool(jval_get(expected, "ask"), false);
    bool same = str_is(as, TRANSFORM_NAMES[is->transform])
                && (is->transform == TRANSFORM_FORBIDDEN || is->ask == ask);
    if (!same) {
        fail_msg(STR_FMT ": the model says " STR_FMT "%s, we say %s%s (" STR_FMT ")\n" STR_FMT,
                 STR_ARG(backend), STR_ARG(as), ask ? " after approval" : "",
                 TRANSFORM_NAMES[is->transform], is->ask ? " after approval" : "",
                 STR_ARG(is->rule), STR_ARG(line));
    }
    t->permits++;
    t->allowed += is->transform != TRANSFORM_FORBIDDEN;
    t->disguised += is->transform == TRANSFORM_PSEUDONYMISE;
    t->asked += is->ask && is->transform != TRANSFORM_FORBIDDEN;
}

/* Read, shown, read again: the same policy. */
static void shown_is_the_same(struct arena *a, const struct policy *p,
                              const struct jval *backends) {
    struct policy again = policy_of(a, p->text, backends);
    assert_true(str_eq(p->text, again.text));
    assert_memory_equal(&p->hash, &again.hash, sizeof p->hash);
    assert_memory_equal(p->line, again.line, sizeof p->line);
    assert_false(policy_is_looser(p, &again) || policy_is_looser(&again, p));
}

static void check_case(struct arena *a, struct str line, struct tally *t) {
    struct err e = {0};
    const struct jval *v = json_parse(a, line, &JSON_LIMITS, &e);
    if (!v) {
        fail_msg("%s: " STR_FMT, e.text, STR_ARG(line));
    }
    const struct jval *request = jval_get(v, "request");
    struct policy_request rq = {.project = jval_str(jval_get(request, "project")),
                                .project_known =
                                    jval_bool(jval_get(request, "project_is_known"), false),
                                .caller = STR("owner"),
                                .date = "2026-11-23",
                                .minute = 600};
    struct policy p = policy_of(a, jval_str(jval_get(v, "policy")), jval_get(v, "backends"));
    struct label l = label_of(a, jval_get(request, "segments"));
    struct label raised = policy_raise(&p, a, &l, &rq);
    for (struct jiter it = jval_iter(jval_get(v, "backends")); jiter_next(&it);) {
        struct policy_backend b = {.name = it.key};
        assert_true(zone_from(jval_str(it.value), &b.zone));
        struct permit is = policy_permit(&p, &raised, &rq, &b);
        compare(line, jval_get_str(jval_get(v, "permit"), it.key), &is, it.key, t);
    }
    struct str *warnings = NULL;
    (void)policy_warnings(a, &p, &rq, NULL, &warnings);
    if (t->cases++ % 16 == 0) {
        shown_is_the_same(a, &p, jval_get(v, "backends"));
    }
}

static void check_seed(const char *seed, const char *cases, struct tally *t) {
    pid_t pid = 0;
    char *line = NULL;
    size_t cap = 0;
    ssize_t n = 0;
    FILE *f = model_start(seed, cases, &pid);
    while ((n = getline(&line, &cap, f)) > 0) {
        struct arena a = arena_make(16u << 20);
        check_case(&a, str_trim((struct str){line, (size_t)n}), t);
        arena_end(&a);
    }
    free(line);
    model_end(f, pid);
}

static void equals_model(void **state) {
    (void)state;
    const char *cases = getenv("WEIR_CASES");
    char number[16];
    struct tally t = {0};
    snprintf(number, sizeof number, "%d", CASES);
    for (size_t i = 0; i < ARRAY_LEN(SEEDS); i++) {
        check_seed(SEEDS[i], cases ? cases : number, &t);
    }
    printf("%zu cases, %zu permits: %zu allowed, %zu of them disguised, %zu after approval\n",
           t.cases, t.permits, t.allowed, t.disguised, t.asked);
    if (!cases) {
        assert_true(t.cases >= 20000);
        assert_true(t.allowed > 20000 && t.allowed < t.permits);
        assert_true(t.disguised > 1000 && t.asked > 1000);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(equals_model)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
