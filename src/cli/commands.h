/* The commands' rows; one file per family. */
#pragma once

#include "cli/cli.h"
#include "cli/out.h"

extern const struct cli_command CLI_ASK, CLI_CHAT, CLI_START, CLI_STOP, CLI_RESTART, CLI_STATUS,
    CLI_MODELS, CLI_PULL, CLI_ENGINE, CLI_PROVIDERS, CLI_ROUTE, CLI_PREVIEW, CLI_WHY, CLI_REPLAY,
    CLI_LEDGER, CLI_POLICY, CLI_APPROVALS, CLI_APPROVE, CLI_DENY, CLI_SCAN, CLI_DETECTORS,
    CLI_LABEL, CLI_GATE, CLI_VAULT, CLI_KEYS, CLI_LAUNCH, CLI_OPEN, CLI_DOCTOR, CLI_CONFIG, CLI_LOG,
    CLI_COMPLETION, CLI_VERSION;
extern const struct cli_command *const CLI_COMMANDS[];
extern const size_t CLI_COMMAND_COUNT;

/* A question and its answer. */
struct ask {
    struct str text, model, zone, profile, label, project, conversation, preview, file, out_file;
    bool cont, no_receipt;
    int64_t file_message; /* the message that holds the file's text */
};
/* Sends the messages (a JSON array), prints the answer as it comes and the receipt on stderr;
 * *answer_opt gets the text. The exit code. */
int ask_run(struct client *c, const struct ask *q, struct str messages, struct str *answer_opt);
/* Shows the approval that a refusal waits for and asks for it, on a terminal. True: approved, try
 * again. */
bool ask_approval(struct client *c, struct str message);
