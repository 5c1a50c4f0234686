/* Typing unseen. What ends the program meanwhile puts the terminal back first: a shell without an
 * echo is a fright, and the person has to know `stty sane`. */
#include "cli/hidden.h"

#include "base/attr.h"

#include <signal.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

static const int ENDING[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP};
static struct termios before; /* for the handler */

static void end_loudly(int signal) {
    tcsetattr(STDIN_FILENO, TCSANOW, &before);
    (void)!write(STDERR_FILENO, "\n", 1);
    _exit(128 + signal);
}

bool hidden_line(const char *prompt, char *line, size_t size) {
    if (tcgetattr(STDIN_FILENO, &before) != 0) {
        return fgets(line, (int)size, stdin) != NULL;
    }
    struct sigaction on = {.sa_handler = end_loudly};
    struct sigaction old[ARRAY_LEN(ENDING)];
    for (size_t i = 0; i < ARRAY_LEN(ENDING); i++) {
        sigaction(ENDING[i], &on, &old[i]);
    }
    struct termios quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    quiet.c_cc[VSUSP] = _POSIX_VDISABLE; /* else Ctrl-Z leaves a shell without an echo */
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    fputs(prompt, stderr);
    bool got = fgets(line, (int)size, stdin) != NULL;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fputs("\n", stderr);
    for (size_t i = 0; i < ARRAY_LEN(ENDING); i++) {
        sigaction(ENDING[i], &old[i], NULL);
    }
    return got;
}
