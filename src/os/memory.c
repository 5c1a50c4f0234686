/* What the allocator keeps for later and nobody uses: reading the detectors leaves megabytes, a
 * burst of streams tens of them. */
#include "os/os.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void memory_give_back(void) {
    malloc_trim(0);
}

int64_t memory_total(void) {
    return (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
}

int64_t memory_available(void) {
    static const char NAME[] = "MemAvailable:";
    int64_t kib = 0;
    char line[256];
    FILE *f = fopen("/proc/meminfo", "re");
    while (f && kib == 0 && fgets(line, sizeof line, f)) {
        if (strncmp(line, NAME, sizeof NAME - 1) == 0) {
            kib = strtoll(line + sizeof NAME - 1, NULL, 10);
        }
    }
    if (f) {
        fclose(f);
    }
    return kib * 1024;
}
