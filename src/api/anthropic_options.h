/* The settings of an Anthropic request; see anthropic_read.c. */
#pragma once

#include "api/read.h"

NODISCARD bool anthropic_read_tools(struct reader *r, struct chat_request *rq);
NODISCARD bool anthropic_read_options(struct reader *r, struct chat_request *rq);
