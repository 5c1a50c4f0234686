/* Sockets to listen on, bound but not yet in the loop, so that a failure leaves nothing behind. */
#pragma once

#include "base/err.h"
#include "base/str.h"

/* Binds every address to the same port into fds[count]; *used says how many are there: an IPv6
 * loopback that this system does not have is left out. *port: 0 picks one. */
NODISCARD bool listen_tcp(const struct str *addresses, size_t count, int *port, int *fds,
                          size_t *used, struct err *e);

/* A stream socket at `path`, 0600. A socket file that nobody answers on is replaced. */
NODISCARD bool listen_unix(const char *path, int *fd, struct err *e);
