/*
 * address - which texts are mail addresses and message ids, and the addresses and ids of our own that carry a signature.
 *
 * A token stands in three places: in a plus-address that an answer goes to, in the envelope that a bounce comes back to, and
 * in a Message-ID. It says what the mail was about and whom it went to, so nothing has to be kept for a mail that was sent:
 *
 *     m KEY . INCIDENT . PARTY . TAG        all lower case, 49 bytes and the digits of the incident
 *
 * KEY is made from the idempotency key of the action ("" in the address for answers, which is the same for a whole
 * conversation), PARTY from the address that it went to, TAG is an HMAC over the rest. A valid tag shows that we made the
 * token; whoever has seen the mail can copy it. Everything here is pure: any thread.
 */
#ifndef EMAIL_ADDRESS_H
#define EMAIL_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EMAIL_ADDRESS 256 /* bytes of an address, terminator included */
#define EMAIL_ID      256 /* bytes of a Message-ID without <>, terminator included */
#define EMAIL_KEY     14
#define EMAIL_PARTY   11
#define EMAIL_TAG     17
#define EMAIL_TOKEN   80
#define EMAIL_LOCAL   15 /* most bytes of our own local part, so that a signed address fits into 64 */

/* Is this one address: ASCII, local@domain, without comments, quotes, or anything that could end a header or a command? */
bool email_address_valid(const char *text);
/* Is this a Message-ID without <> that may stand in a header? */
bool email_id_valid(const char *text);
/* The part behind the @; "" if there is none. Borrowed. */
const char *email_domain(const char *address);
/* Does it name the same mailbox? Without regard to case. */
bool email_address_same(const char *a, const char *b);
/* Is `domain` the same as `of`, or below it? Without regard to case. */
bool email_domain_within(const char *domain, const char *of);

enum email_kind {
    EMAIL_FOR_NOTHING = 0,
    EMAIL_FOR_MESSAGE = 'm',     /* left part of a Message-ID */
    EMAIL_FOR_ANSWER = 'r',      /* answers of a customer */
    EMAIL_FOR_BOUNCE = 'b',      /* envelope sender */
    EMAIL_FOR_CHANNEL = 'c',     /* answers in a channel */
    EMAIL_FOR_UNSUBSCRIBE = 'u', /* no more mail that goes to many */
    EMAIL_FOR_SUBSCRIBER =
        's',               /* envelope sender and Message-ID of what goes to subscribers of a status page */
    EMAIL_FOR_TOPIC = 't', /* Message-ID that begins a thread; no such mail is ever sent */
};

struct email_token {
    enum email_kind kind;
    char key[EMAIL_KEY]; /* "": none */
    uint64_t incident;   /* 0: none */
    char party[EMAIL_PARTY];
};

/* Our own mailbox, and what we sign with. */
struct email_self {
    char address[EMAIL_ADDRESS];
    char local[EMAIL_LOCAL + 1];
    const char *domain;           /* in `address` */
    char separator;               /* '+', or what the mail server uses */
    const char *secret, *earlier; /* earlier: the secret before this one; "": none. Borrowed */
};

/* Takes our own address apart. NULL, or what is wrong with it. */
const char *email_self_init(struct email_self *self, const char *address, char separator, const char *secret,
                            const char *earlier);
/* KEY of an idempotency key, and PARTY of an address or a channel's name. */
void email_key(const struct email_self *self, const char *action, char key[EMAIL_KEY]);
void email_party(const struct email_self *self, const char *address, char party[EMAIL_PARTY]);
/* The token as text. */
void email_token_write(const struct email_self *self, const struct email_token *token, char text[EMAIL_TOKEN]);
/* Reads n bytes that must be a token with a valid tag. False: they are not; *ret is then undefined. */
bool email_token_read(const struct email_self *self, const char *text, size_t n, struct email_token *ret);

/* local+TOKEN@domain, and TOKEN@domain. */
void email_token_address(const struct email_self *self, const struct email_token *token,
                         char address[EMAIL_ADDRESS]);
void email_token_id(const struct email_self *self, const struct email_token *token, char id[EMAIL_ID]);
/* The token in an address of ours, or in a Message-ID of ours. False: there is none that is valid. */
bool email_token_of_address(const struct email_self *self, const char *address, struct email_token *ret);
bool email_token_of_id(const struct email_self *self, const char *id, struct email_token *ret);
/* Is this our own address, with or without something behind the separator? */
bool email_is_self(const struct email_self *self, const char *address);

#endif
