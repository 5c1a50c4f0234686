/* A disguised request's answer, event by event: texts, reasoning and refusals as they come, a tool
 * call's arguments when the call is whole, because only then it can be told whether it reaches
 * outward. One thread at a time. */
#pragma once

#include "chat/chat.h"
#include "gate/restore.h"

struct veil;
/* in_json: the answer's text is JSON (structured output). The book is held by the caller; tools_opt
 * and faces_opt (the request's surrogates) outlive the veil. */
struct veil *veil_new(struct book *book, struct faces *faces_opt, bool in_json,
                      const struct restore_tools *tools_opt);
void veil_free(struct veil *v); /* NULL is fine */
/* Tells on_event what can be told now; the texts are valid during the call. */
void veil_take(struct veil *v, const struct chat_event *ev,
               void (*on_event)(void *ctx, const struct chat_event *ev), void *ctx);
struct restore_counts veil_counts(const struct veil *v);
