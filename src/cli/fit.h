/* `weir models fit`. */
#pragma once

#include "cli/client.h"

/* What this machine's memory can hold, as a table or as JSON; the exit code. */
int models_fit(struct client *c);
