/* The settings of an OpenAI request; see openai_read.c. */
#pragma once

#include "api/read.h"

/* Parses the body, the claims and the model. */
NODISCARD bool openai_open(struct reader *r, struct str body, struct chat_request *rq);
NODISCARD bool openai_read_tools(struct reader *r, struct chat_request *rq);
NODISCARD bool openai_read_format(struct reader *r, struct chat_request *rq);
NODISCARD bool openai_read_options(struct reader *r, struct chat_request *rq);
/* What completions have too: stream, lengths, temperature, stop … */
NODISCARD bool openai_read_sampling(struct reader *r, struct chat_request *rq);
