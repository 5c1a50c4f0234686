/* The vault: placeholder ↔ original, per conversation. A book holds one conversation's originals
 * and its random tag; the same original gets the same placeholder in every turn. Books are kept in
 * memory and, sealed, in weir.db, as far as both are there. Any thread. */
#pragma once

#include "base/err.h"
#include "base/str.h"
#include "codec/json.h"
#include "secrets/secrets.h"
#include "store/store.h"

/* What a placeholder stands for; its first word says so: NAME_1_k7q2mx. */
enum token_type {
    TOKEN_NAME,
    TOKEN_EMAIL,
    TOKEN_PHONE,
    TOKEN_ADDRESS,
    TOKEN_DATE,
    TOKEN_ORG,
    TOKEN_PLATE,
    TOKEN_IP,
    TOKEN_MAC,
    TOKEN_HANDLE,
    TOKEN_HOST,
    TOKEN_USER, /* in the path of a home folder */
    TOKEN_ID,
    TOKEN_CARD,
    TOKEN_IBAN,
    TOKEN_ACCOUNT,
    TOKEN_WALLET,
    TOKEN_PLACE,
    TOKEN_CODE, /* what a project or a table is called */
    TOKEN_TERM, /* a word of one of the policy's rules */
    TOKEN_SECRET,
    TOKEN_TYPES
};
extern const char *const TOKEN_NAMES[TOKEN_TYPES];
enum { TOKEN_TAG = 6, TOKEN_LONGEST = 7 + 1 + 6 + 2 + 1 + TOKEN_TAG };

struct vault;
struct book;
/* Without store or seal (tests): memory alone. Both outlive the vault. */
enum { VAULT_BOOKS = 4096 }; /* conversations; the oldest makes room */
struct vault *vault_new(struct store *store_opt, const struct seal *seal_opt);
void vault_free(struct vault *v); /* NULL is fine */
/* Brings the newest books back. A box that does not open is left out, and said in the log. */
NODISCARD bool vault_load(struct vault *v, struct err *e);

/* The conversation's book, made when there is none; give it back with book_drop. */
struct book *vault_book(struct vault *v, struct str conversation, struct str caller);
void book_drop(struct book *b); /* NULL is fine */
/* Queues the book's new originals for the disk; never waits. */
void vault_keep(struct vault *v, struct book *b);

/* Conversations with caller, time and number of originals: members of an array that is open. */
void vault_list(struct vault *v, struct jout *j);
/* One book in the clear: an object with its originals. ERR_NOT_FOUND. */
NODISCARD bool vault_export(struct vault *v, struct str conversation, struct jout *j,
                            struct err *e);
/* Forgets it, here and on the disk; waits until that is durable. ERR_NOT_FOUND, ERR_STORAGE. */
NODISCARD bool vault_remove(struct vault *v, struct str conversation, struct err *e);
/* The same without waiting, and nothing happens when there is none. */
void vault_forget(struct vault *v, struct str conversation);
