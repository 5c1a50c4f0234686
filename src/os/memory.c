/* What the allocator keeps for later and nobody uses: reading the detectors leaves megabytes, a
 * burst of streams tens of them. */
#include "os/os.h"

#include <malloc.h>

void memory_give_back(void) {
    malloc_trim(0);
}
