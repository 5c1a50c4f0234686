/* What OpenAI's streams and whole answers share; see openai_answer.c. */
#pragma once

#include "api/inner.h"

const char *openai_finish_reason(enum chat_stop stop, bool called);
void openai_write_usage(struct jout *j, const struct chat_usage *u);
void openai_answer_chat(struct api_call *c, const struct hub_receipt *r, struct buf *out);
void openai_answer_text(struct api_call *c, const struct hub_receipt *r, struct buf *out);
