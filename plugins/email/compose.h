/*
 * compose - builds a mail: multipart/alternative with text and HTML, made from CommonMark or a card, whose picture is a part beside the HTML.
 *
 * Header injection is impossible by construction: addresses and ids must be valid (address.h), or nothing is built; in names and
 * subjects control characters become spaces, and GMime encodes what is not ASCII. Lines end in CR LF, no bare CR or LF
 * is left, no line is longer than 998 bytes. Pure: any thread, after mail_init (parse.h).
 */
#ifndef EMAIL_COMPOSE_H
#define EMAIL_COMPOSE_H

#include <stdint.h>

#include <cjson/cJSON.h>

#include <tocsin/kit/picture.h>
#include <tocsin/kit/text.h>

/* What a mail says, in both forms. Start with {0}; the texts are owned. */
struct email_words {
    struct kit_text plain, html; /* html: a fragment */
};

void email_words_finish(struct email_words *words);
/* Appends CommonMark, and a line of literal text. */
void email_words_add(struct email_words *words, const char *commonmark);
void email_words_note(struct email_words *words, const char *text);
/* Appends a card: title, fields, picture, text, what to answer to run its commands, footer. `picture_id`: of the part that the HTML shows;
   NULL: there is none, so the picture's words stand there, too. */
void email_words_card(struct email_words *words, const cJSON *card, const char *picture_id);

/* A mail. Everything is borrowed; "" or NULL where there is none. */
struct email_mail {
    const char *from, *from_name, *reply_to;
    const char *to, *to_name;
    const char *subject;
    const char *id;                /* Message-ID without <>, as are the next two */
    const char *const *references; /* oldest first; the last one is the mail that this one answers */
    size_t reference_count;        /* those that are not valid ids are left out, as are repetitions */
    int64_t date_s;                /* since 1970 */
    bool urgent;
    bool quiet; /* asks the reader's software not to answer by itself */
    /* List-Unsubscribe: an address of ours, and an address that takes a POST (RFC 8058); either may be missing */
    const char *unsubscribe_mail, *unsubscribe_url;
    const struct email_words *words;
    const struct kit_picture *picture; /* NULL: none */
    const char *picture_id;            /* like `id` */
};

/* Appends the whole mail. False: an address or the id is not valid, or memory ran out; `out` is then unchanged or failed. */
bool email_compose(const struct email_mail *mail, struct kit_text *out);

#endif
