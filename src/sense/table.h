/* The table in memory, and what a validator sees. Private to sense/ and its build tool. */
#pragma once

#include "sense/sense.h"

enum verdict { MATCH_NO, MATCH_YES, MATCH_VALIDATED };
struct matched {
    struct str text;  /* what matched */
    struct str whole; /* the text around it */
    size_t from;      /* its place in there */
};
struct detector_row {
    struct detector face;
    enum verdict (*validate)(const struct matched *m); /* NULL: the pattern is enough */
    int confidence;
    bool anywhere;
    const char *pattern; /* "" none: something else finds it */
};
extern const struct detector_row SENSE_TABLE[];
extern const size_t SENSE_TABLE_COUNT;

/* ---- validators ---- */
enum verdict valid_base58check(const struct matched *m);
enum verdict valid_card(const struct matched *m);
enum verdict valid_coordinates(const struct matched *m);
enum verdict valid_cpf(const struct matched *m);
enum verdict valid_dni(const struct matched *m);
enum verdict valid_email(const struct matched *m);
enum verdict valid_entropy(const struct matched *m);
enum verdict valid_generic(const struct matched *m);
enum verdict valid_home_path(const struct matched *m);
enum verdict valid_iban(const struct matched *m);
enum verdict valid_ip(const struct matched *m);
enum verdict valid_ip6(const struct matched *m);
enum verdict valid_jwt(const struct matched *m);
enum verdict valid_mac(const struct matched *m);
enum verdict valid_password(const struct matched *m);
enum verdict valid_phone(const struct matched *m);
enum verdict valid_phone_us(const struct matched *m);
enum verdict valid_ssn(const struct matched *m);
enum verdict valid_url_credentials(const struct matched *m);
