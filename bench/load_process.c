/* What /proc says of a server and all that descend from it: CPU time and memory. */
#define _GNU_SOURCE
#include "load.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MAX_TREE = 512 };

/* The fields of /proc/PID/stat after the process name, or NULL. The name is in parentheses and may
 * hold any character, so its end is the last one. */
static const char *stat_fields(int pid, char *text, size_t size) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *f = fopen(path, "r");
    if (!f) {
        return NULL;
    }
    size_t n = fread(text, 1, size - 1, f);
    fclose(f);
    text[n] = 0;
    const char *end = strrchr(text, ')');
    return end ? end + 1 : NULL;
}

static int parent_of(int pid) {
    char text[1024];
    int parent = -1;
    const char *p = stat_fields(pid, text, sizeof text);
    return p && sscanf(p, " %*c %d", &parent) == 1 ? parent : -1;
}

static bool contains(const int *list, size_t n, int v) {
    for (size_t i = 0; i < n; i++) {
        if (list[i] == v) {
            return true;
        }
    }
    return false;
}

static size_t all_processes(int *out, size_t max) {
    DIR *d = opendir("/proc");
    if (!d) {
        die("/proc");
    }
    size_t n = 0;
    for (struct dirent *e; (e = readdir(d)) && n < max;) {
        if (isdigit((unsigned char)e->d_name[0])) {
            out[n++] = (int)strtol(e->d_name, NULL, 10);
        }
    }
    closedir(d);
    return n;
}

/* The process and all that descend from it. */
static size_t process_tree(int root, int *tree) {
    static int all[65536], parent[65536];
    size_t count = all_processes(all, 65536), n = 0;
    for (size_t i = 0; i < count; i++) {
        parent[i] = parent_of(all[i]);
    }
    tree[n++] = root;
    for (bool grew = true; grew;) {
        grew = false;
        for (size_t i = 0; i < count && n < MAX_TREE; i++) {
            if (contains(tree, n, parent[i]) && !contains(tree, n, all[i])) {
                tree[n++] = all[i];
                grew = true;
            }
        }
    }
    return n;
}

/* User and system time of all threads, also of those that have ended. */
static double cpu_by_stat(int pid) {
    char text[1024];
    unsigned long user = 0, system = 0;
    const char *p = stat_fields(pid, text, sizeof text);
    if (p) {
        sscanf(p, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
    }
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

/* The stat file counts in ticks of 10 ms; the CPU clock of the same process counts in ns. */
static double cpu_of(int pid) {
    clockid_t clock;
    struct timespec t;
    if (clock_getcpuclockid(pid, &clock) == 0 && clock_gettime(clock, &t) == 0) {
        return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
    }
    return cpu_by_stat(pid);
}

double arm_cpu(const struct arm *a) {
    int tree[MAX_TREE];
    double sum = 0;
    if (!a->pid || a->is_alone) {
        return a->pid ? cpu_of(a->pid) : 0;
    }
    size_t n = process_tree(a->pid, tree);
    for (size_t i = 0; i < n; i++) {
        sum += cpu_of(tree[i]);
    }
    return sum;
}

static long pss_of(int pid) {
    char path[64], line[256];
    long kb = 0;
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", pid);
    FILE *f = fopen(path, "r");
    if (!f) {
        return 0;
    }
    while (fgets(line, sizeof line, f)) {
        if (sscanf(line, "Pss: %ld", &kb) == 1) {
            break;
        }
    }
    fclose(f);
    return kb;
}

long arm_pss(const struct arm *a) {
    int tree[MAX_TREE];
    long sum = 0;
    if (!a->pid || a->is_alone) {
        return a->pid ? pss_of(a->pid) : 0;
    }
    size_t n = process_tree(a->pid, tree);
    for (size_t i = 0; i < n; i++) {
        sum += pss_of(tree[i]);
    }
    return sum;
}
