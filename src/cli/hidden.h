/* A line that the person types without seeing it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* From standard input; on a terminal without an echo, asked for with `prompt` on standard error.
 * The echo is back however this ends: Ctrl-C and its like end the program with 128 and their
 * number. False: nothing came. Main thread; once at a time. */
bool hidden_line(const char *prompt, char *line, size_t size);
