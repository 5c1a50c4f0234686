/* The table in memory, and what a validator sees. Private to sense/ and its build tool. */
#pragma once

#include "sense/sense.h"

/* Validated: a checksum agreed. Certain: and nothing else looks like it, wherever it stands. */
enum verdict { MATCH_NO, MATCH_YES, MATCH_VALIDATED, MATCH_CERTAIN };
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
    bool asked;          /* silent unless it is switched on */
    bool model;          /* a local model's word */
    const char *pattern; /* "" none: something else finds it */
    const char *masks;   /* how a number is written (masks.h); "" it is none */
    const char *near;    /* words of which one stands near it (masks.h) */
};
enum { MOST_ROWS = 512 };
extern const struct detector_row SENSE_TABLE[];
extern const size_t SENSE_TABLE_COUNT;

/* ---- validators ---- */
enum verdict valid_aws_secret(const struct matched *m);
enum verdict valid_card(const struct matched *m);
enum verdict valid_card_said(const struct matched *m);
enum verdict valid_coordinates(const struct matched *m);
enum verdict valid_compared(const struct matched *m);
enum verdict valid_cpf(const struct matched *m);
enum verdict valid_curl_header(const struct matched *m);
enum verdict valid_curl_user(const struct matched *m);
enum verdict valid_dni(const struct matched *m);
enum verdict valid_email(const struct matched *m);
enum verdict valid_entropy(const struct matched *m);
enum verdict valid_example_home(const struct matched *m);
enum verdict valid_generic(const struct matched *m);
enum verdict valid_google_key(const struct matched *m);
enum verdict valid_home_path(const struct matched *m);
enum verdict valid_iban(const struct matched *m);
enum verdict valid_internal_host(const struct matched *m);
enum verdict valid_ip(const struct matched *m);
enum verdict valid_ip6(const struct matched *m);
enum verdict valid_jwt(const struct matched *m);
enum verdict valid_mac(const struct matched *m);
enum verdict valid_member_id(const struct matched *m);
enum verdict valid_openai(const struct matched *m);
enum verdict valid_password(const struct matched *m);
enum verdict valid_phone(const struct matched *m);
enum verdict valid_phone_local(const struct matched *m);
enum verdict valid_phone_us(const struct matched *m);
enum verdict valid_date(const struct matched *m);
enum verdict valid_degrees(const struct matched *m);
enum verdict valid_phone_mobile(const struct matched *m);
enum verdict valid_phone_tr(const struct matched *m);
enum verdict valid_project(const struct matched *m);
enum verdict valid_ticket(const struct matched *m);
enum verdict valid_service_key(const struct matched *m);
enum verdict valid_ssn(const struct matched *m);
enum verdict valid_ssn_said(const struct matched *m);
enum verdict valid_table_name(const struct matched *m);
enum verdict valid_url_credentials(const struct matched *m);

/* ---- ids_europe.c, ids_world.c: identity and tax numbers ---- */
enum verdict valid_id_ar(const struct matched *m);
enum verdict valid_id_at(const struct matched *m);
enum verdict valid_id_au_tfn(const struct matched *m);
enum verdict valid_id_be(const struct matched *m);
enum verdict valid_id_bg(const struct matched *m);
enum verdict valid_id_ca(const struct matched *m);
enum verdict valid_id_ch(const struct matched *m);
enum verdict valid_id_cl(const struct matched *m);
enum verdict valid_id_cn(const struct matched *m);
enum verdict valid_id_cz(const struct matched *m);
enum verdict valid_id_de(const struct matched *m);
enum verdict valid_id_dk(const struct matched *m);
enum verdict valid_id_ee(const struct matched *m);
enum verdict valid_id_fi(const struct matched *m);
enum verdict valid_id_fr(const struct matched *m);
enum verdict valid_id_gr(const struct matched *m);
enum verdict valid_id_hr(const struct matched *m);
enum verdict valid_id_ie(const struct matched *m);
enum verdict valid_id_il(const struct matched *m);
enum verdict valid_id_in_aadhaar(const struct matched *m);
enum verdict valid_id_it(const struct matched *m);
enum verdict valid_id_jp(const struct matched *m);
enum verdict valid_id_kr(const struct matched *m);
enum verdict valid_id_lv(const struct matched *m);
enum verdict valid_id_mx(const struct matched *m);
enum verdict valid_id_nhs(const struct matched *m);
enum verdict valid_id_nl(const struct matched *m);
enum verdict valid_id_no(const struct matched *m);
enum verdict valid_id_nz(const struct matched *m);
enum verdict valid_id_pl(const struct matched *m);
enum verdict valid_id_pt(const struct matched *m);
enum verdict valid_id_ro(const struct matched *m);
enum verdict valid_id_ru_inn(const struct matched *m);
enum verdict valid_id_ru_snils(const struct matched *m);
enum verdict valid_id_se(const struct matched *m);
enum verdict valid_id_sg(const struct matched *m);
enum verdict valid_id_th(const struct matched *m);
enum verdict valid_id_tr(const struct matched *m);
enum verdict valid_id_tw(const struct matched *m);
enum verdict valid_id_ua(const struct matched *m);
enum verdict valid_id_uk(const struct matched *m);
enum verdict valid_id_kr_foreign(const struct matched *m);
enum verdict valid_id_ng(const struct matched *m);
enum verdict valid_postcode_uk(const struct matched *m);
enum verdict valid_tax_number_de(const struct matched *m);
enum verdict valid_id_yu(const struct matched *m);
enum verdict valid_id_za(const struct matched *m);

/* ---- ids_america.c: what ids_world.c has not ---- */
enum verdict valid_aba_us(const struct matched *m);
enum verdict valid_itin_us(const struct matched *m);
enum verdict valid_mbi_us(const struct matched *m);
enum verdict valid_postcode_ca(const struct matched *m);
enum verdict valid_ssn_plain(const struct matched *m);
enum verdict valid_tin_ph(const struct matched *m);

/* ---- ids_company.c ---- */
enum verdict valid_abn_au(const struct matched *m);
enum verdict valid_acn_au(const struct matched *m);
enum verdict valid_brn_kr(const struct matched *m);
enum verdict valid_cif_es(const struct matched *m);
enum verdict valid_cnpj_br(const struct matched *m);
enum verdict valid_cvr_dk(const struct matched *m);
enum verdict valid_gstin_in(const struct matched *m);
enum verdict valid_nip_pl(const struct matched *m);
enum verdict valid_org_fi(const struct matched *m);
enum verdict valid_org_no(const struct matched *m);
enum verdict valid_org_se(const struct matched *m);
enum verdict valid_siren_fr(const struct matched *m);
enum verdict valid_uen_sg(const struct matched *m);
enum verdict valid_uid_ch(const struct matched *m);
enum verdict valid_vat_at(const struct matched *m);
enum verdict valid_vat_be(const struct matched *m);
enum verdict valid_vat_de(const struct matched *m);
enum verdict valid_vat_fr(const struct matched *m);
enum verdict valid_vat_gb(const struct matched *m);
enum verdict valid_vat_it(const struct matched *m);
enum verdict valid_vat_nl(const struct matched *m);

/* ---- ids_documents.c: passports, licences, plates, devices ---- */
enum verdict valid_id_card_de(const struct matched *m);
enum verdict valid_id_card_pl(const struct matched *m);
enum verdict valid_licence_de(const struct matched *m);
enum verdict valid_licence_kr(const struct matched *m);
enum verdict valid_licence_uk(const struct matched *m);
enum verdict valid_luhn(const struct matched *m);
enum verdict valid_passport_de(const struct matched *m);
enum verdict valid_passport_in(const struct matched *m);
enum verdict valid_passport_kr(const struct matched *m);
enum verdict valid_plate_de(const struct matched *m);
enum verdict valid_plate_ng(const struct matched *m);
enum verdict valid_plate_in(const struct matched *m);
enum verdict valid_plate_tr(const struct matched *m);
enum verdict valid_plate_uk(const struct matched *m);
enum verdict valid_shape(const struct matched *m);
enum verdict valid_vin(const struct matched *m);

/* ---- ids_health.c ---- */
enum verdict valid_bsnr_de(const struct matched *m);
enum verdict valid_dea_us(const struct matched *m);
enum verdict valid_kvnr_de(const struct matched *m);
enum verdict valid_lanr_de(const struct matched *m);
enum verdict valid_medicare_au(const struct matched *m);
enum verdict valid_npi_us(const struct matched *m);
enum verdict valid_rvnr_de(const struct matched *m);

/* ---- model.c: what a local model quotes ---- */
enum verdict valid_model_fact(const struct matched *m);
enum verdict valid_model_name(const struct matched *m);
enum verdict valid_model_number(const struct matched *m);

/* ---- wallets.c ---- */
enum verdict valid_base58check(const struct matched *m);
enum verdict valid_bech32(const struct matched *m);
