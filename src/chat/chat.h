/* The chat IR: the only thing that front-ends (api/) and backends (backend/) share. Requests as
 * messages of parts, tools and settings; answers as a stream of events. Everything lives in the
 * request's arena; texts are decoded UTF-8; JSON that weir only passes on keeps its bytes. */
#pragma once

#include "base/err.h"
#include "base/str.h"
#include "codec/json.h"
#include "label/label.h"

enum chat_dialect {
    DIALECT_OPENAI,
    DIALECT_ANTHROPIC,
    DIALECT_RESPONSES,
    DIALECT_OLLAMA,
    DIALECT_GEMINI,
    DIALECT_SCRIPTED,
    DIALECTS
};
extern const char *const DIALECT_NAMES[DIALECTS];

enum chat_role { CHAT_SYSTEM, CHAT_DEVELOPER, CHAT_USER, CHAT_ASSISTANT, CHAT_TOOL };

enum chat_part_kind {
    PART_TEXT,
    PART_IMAGE,
    PART_AUDIO,
    PART_FILE,        /* documents */
    PART_TOOL_CALL,   /* by the assistant */
    PART_TOOL_RESULT, /* parts holds what came back */
    PART_REASONING,
    PART_REFUSAL,
    PART_UNKNOWN, /* raw only */
};

struct chat_part {
    enum chat_part_kind kind;
    struct str text;       /* TEXT, REASONING, REFUSAL */
    struct str media_type; /* IMAGE, AUDIO, FILE: "image/png" */
    struct str data;       /* base64 as it came, "" if none */
    struct str url;        /* http(s) URL, "" if none; never fetched */
    struct str name;       /* TOOL_CALL: the function; FILE: the file's name */
    struct str id;         /* TOOL_CALL, TOOL_RESULT: the call's id */
    struct str arguments;  /* TOOL_CALL: JSON text of an object ("{}" when empty) */
    struct str signature;  /* REASONING: opaque, passed back */
    struct chat_part *parts;
    size_t part_count;
    bool is_error;  /* TOOL_RESULT */
    bool redacted;  /* REASONING: only the signature */
    struct str raw; /* UNKNOWN: the part's JSON */
    struct str why; /* UNKNOWN: what the client is told where it cannot go as it came */
};

struct chat_message {
    enum chat_role role;
    struct chat_part *parts;
    size_t part_count;
    struct str name; /* participant, "" if none */
};

struct chat_tool {
    struct str name;
    struct str description;
    struct str schema; /* JSON text of the parameters' schema; "" = any object */
    bool strict;
    bool skipped; /* of a kind that only its vendor runs (web_search …): kept out of the IR's use */
};

enum chat_choice { CHOICE_UNSET, CHOICE_AUTO, CHOICE_NONE, CHOICE_REQUIRED, CHOICE_NAMED };
enum chat_format { FORMAT_TEXT, FORMAT_JSON_OBJECT, FORMAT_JSON_SCHEMA };

/* What a caller says beside the dialect (SURFACE.md 5); every field only tightens. */
struct chat_claims {
    bool has_zone, has_label;
    enum zone zone;   /* furthest */
    enum level label; /* at least */
    struct str profile, project, conversation;
    struct str preview; /* id: send exactly what was previewed */
    bool receipt_in_body;
    /* owner only: files whose text is in the request, so that folder rules know them */
    struct chat_claim_file {
        struct str path;
        uint32_t message, part;
    } * files;
    size_t file_count;
};

struct chat_request {
    enum chat_dialect dialect;     /* of the client */
    struct str body;               /* as received */
    const struct jval *doc;        /* the parsed body */
    struct str model;              /* as asked */
    struct chat_message *messages; /* system prompts come first, as CHAT_SYSTEM messages */
    size_t message_count;
    struct chat_tool *tools;
    size_t tool_count;
    enum chat_choice choice;
    struct str choice_name; /* CHOICE_NAMED */
    bool parallel_calls;    /* default true */
    enum chat_format format;
    struct str format_name, schema; /* FORMAT_JSON_SCHEMA: JSON text */
    bool schema_strict;
    bool stream;
    bool include_usage; /* OpenAI's stream_options.include_usage; true for dialects that always tell
                         */
    int64_t max_tokens; /* 0: not said */
    bool has_temperature, has_top_p, has_seed;
    double temperature, top_p;
    int64_t seed, top_k; /* top_k 0: not said */
    double frequency_penalty, presence_penalty;
    struct str *stop;
    size_t stop_count;
    int n; /* answers wanted; 1 */
    bool logprobs;
    int top_logprobs;
    struct str logit_bias;       /* JSON object: token id → bias; "" not said */
    struct str reasoning_effort; /* "" not said */
    int64_t thinking_budget;     /* tokens; 0: not said */
    struct str user;
    struct chat_claims claims;
};

struct chat_usage {
    int64_t input_tokens;  /* all of the prompt, cached part included; -1 unknown */
    int64_t cached_tokens; /* of them read from a cache */
    int64_t cache_write_tokens;
    int64_t output_tokens; /* -1 unknown */
    int64_t reasoning_tokens;
    double tokens_per_second; /* decode; 0 unknown. From the engine's timings, never guessed */
    double prompt_ms;         /* 0 unknown */
};

enum chat_stop {
    STOP_NONE,
    STOP_END,
    STOP_LENGTH,
    STOP_SEQUENCE,
    STOP_TOOL,
    STOP_REFUSAL,
    STOP_CONTENT_FILTER,
    STOP_CONTEXT,
    STOP_PAUSE
};

enum chat_event_kind {
    EVENT_START,              /* the backend has accepted; usage may hold input tokens */
    EVENT_TEXT,               /* text: a piece of the answer */
    EVENT_REASONING,          /* text */
    EVENT_SIGNATURE,          /* text: the reasoning block's signature */
    EVENT_REDACTED_REASONING, /* text: opaque data */
    EVENT_REFUSAL,            /* text */
    EVENT_TOOL_CALL,          /* index, id, name: a call begins */
    EVENT_TOOL_ARGUMENTS,     /* index, text: a fragment of its JSON */
    EVENT_LOGPROBS,           /* raw: OpenAI's logprobs object for the text just before */
    EVENT_USAGE,              /* usage: replaces what was known */
    EVENT_STOP,               /* stop, stop_sequence */
    EVENT_WIRE,               /* nothing the IR knows; only `wire` */
    EVENT_ERROR,              /* err: the stream ends here */
};

struct chat_event {
    enum chat_event_kind kind;
    int index; /* of the tool call, from 0; of the choice for n > 1 in `choice` */
    int choice;
    struct str text;
    struct str id, name;
    struct str raw;
    struct chat_usage usage;
    enum chat_stop stop;
    struct str stop_sequence;
    struct err err;
    /* For relaying verbatim where dialects match: the JSON of the backend's stream event that this
     * came from, on the first of the events made from it; "" on the others, and from backends whose
     * bytes need normalising. */
    struct str wire;
    struct str wire_event; /* its SSE event name, "" none */
};

/* A whole answer, collected from events: for replies without stream, and for what finish() keeps.
 */
struct chat_answer {
    struct arena *arena;
    struct chat_part *parts; /* TEXT, REASONING, REFUSAL, TOOL_CALL in order */
    size_t count, cap;
    struct chat_usage usage;
    enum chat_stop stop;
    struct str stop_sequence;
    struct buf *texts; /* per part, while it grows */
    size_t text_cap;
    struct str logprobs; /* JSON array of content entries, "" none */
    struct buf logprobs_buf;
    size_t max_bytes, bytes;
};
void chat_answer_init(struct chat_answer *ans, struct arena *a, size_t max_bytes);
/* False: the answer grew over the maximum. */
NODISCARD bool chat_answer_add(struct chat_answer *ans, const struct chat_event *ev, struct err *e);
/* Closes the parts: their texts are then in the arena. Frees what was growing. Call once, always.
 */
void chat_answer_end(struct chat_answer *ans);

/* Text of a message's TEXT and REFUSAL parts joined by newlines. */
struct str chat_message_text(struct arena *a, const struct chat_message *m);
/* The first part of a kind that the IR has no words for, or NULL. It goes only where the client's
 * own bytes go. */
const struct chat_part *chat_unknown(const struct chat_request *rq);
/* Whether it is a key or a constant of the dialects ("role", "tool_use"): it holds nothing of the
 * person's, and is never an original. */
bool chat_is_word(struct str s);
/* The last user message, or NULL. */
const struct chat_message *chat_last_user(const struct chat_request *rq);
/* Rough tokens of a text: bytes / 4 for Latin text, more for others. For feasibility, never for
 * bills. */
int64_t chat_estimate_tokens(const struct chat_request *rq);
/* Canonical JSON of a call's arguments (parse, print compact); the text itself if it does not
 * parse. */
struct str chat_canonical_arguments(struct arena *a, struct str arguments);
