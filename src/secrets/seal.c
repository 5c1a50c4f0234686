/* Sealing: see secrets.h. Any thread. */
#include "base/id.h"
#include "os/os.h"
#include "secrets/secrets.h"

#include <sodium.h>
#include <sys/stat.h>

_Static_assert(SEAL_BYTES
                   == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
                          + crypto_aead_xchacha20poly1305_ietf_ABYTES,
               "a box is nonce, text and tag");

enum {
    KEY = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
};

struct seal {
    unsigned char key[KEY];
};

static struct seal *seal_new(void) {
    struct seal *s = sodium_init() < 0 ? NULL : sodium_malloc(sizeof *s);
    if (!s) {
        abort();
    }
    return s;
}

void seal_free(struct seal *s) {
    if (s) {
        sodium_free(s); /* wipes it */
    }
}

static bool make_key(const char *path, struct seal *s, struct err *e) {
    id_random(s->key, KEY);
    return file_write(path, (struct str){(const char *)s->key, KEY}, 0600, e);
}

static bool read_key(const char *path, struct seal *s, struct err *e) {
    struct arena a = arena_make(4096);
    struct str text = {0};
    bool ok = false;
    struct stat st = {0};
    if (stat(path, &st) != 0 || (st.st_mode & 077) || !file_is_private_to_owner(path)) {
        err_set(e, ERR_STORAGE, "%s is not its owner's alone, so it is no key: chmod 600", path);
    } else if (file_read(&a, path, 1024, &text, e)) {
        ok = text.len == KEY
             || err_set(e, ERR_STORAGE, "%s holds no key (%zu bytes, not %d)", path, text.len, KEY);
    }
    if (ok) {
        memcpy(s->key, text.ptr, KEY);
        sodium_memzero((char *)(uintptr_t)text.ptr, text.len);
    }
    arena_end(&a);
    return ok;
}

bool seal_open(const char *path, struct seal **out, struct err *e) {
    AUTO(seal) s = seal_new();
    TRY(file_exists(path) ? read_key(path, s, e) : make_key(path, s, e));
    *out = TAKE(s);
    return true;
}

static const unsigned char *bytes(struct str s) {
    return (const unsigned char *)(s.ptr ? s.ptr : "");
}

struct str seal_close_box(const struct seal *s, struct arena *a, struct str text,
                          struct str about) {
    unsigned char *box = arena_alloc(a, text.len + SEAL_BYTES);
    unsigned long long n = 0;
    id_random(box, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(box + NONCE, &n, bytes(text), text.len, bytes(about),
                                               about.len, NULL, box, s->key);
    return (struct str){(char *)box, NONCE + (size_t)n};
}

bool seal_open_box(const struct seal *s, struct arena *a, struct str box, struct str about,
                   struct str *text, struct err *e) {
    unsigned char *out = box.len < SEAL_BYTES ? NULL : arena_try(a, box.len - SEAL_BYTES + 1);
    unsigned long long n = 0;
    if (!out
        || crypto_aead_xchacha20poly1305_ietf_decrypt(out, &n, NULL, bytes(box) + NONCE,
                                                      box.len - NONCE, bytes(about), about.len,
                                                      bytes(box), s->key)
               != 0) {
        return err_set(e, ERR_STORAGE, "this was sealed with another key, or was changed");
    }
    *text = (struct str){(char *)out, (size_t)n};
    return true;
}
