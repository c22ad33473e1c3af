/*
 * record - what is known about one customer, as data: who they are, whom to write to, and where.
 *
 * Every text is UTF-8 as people wrote it, shown literally, and bounded; a record that breaks a rule is refused whole, with what
 * to write instead. The JSON of a record is its document, its event, and what the API and an import take. Pure.
 */
#ifndef TOCSIN_CUSTOMERS_RECORD_H
#define TOCSIN_CUSTOMERS_RECORD_H

#include <cjson/cJSON.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"

#define CUSTOMER_TEXT  100 /* bytes of a key, name, tier, role or alias */
#define CUSTOMER_EMAIL 254
#define CUSTOMER_ROWS  100 /* contacts, routes, aliases or domains of one customer */

enum customer_wish {
    WISH_NONE,
    WISH_NO_CONTACT,    /* nothing is ever sent to them */
    WISH_SECURITY_ONLY, /* only about security, and no incident says yet that it is: nothing is sent */
};

struct contact {
    char *name, *email, *role; /* any may be NULL, but not all */
};
struct customer_route { /* in order of preference */
    char *connector;    /* its name in the configuration */
    char *address;      /* there: a shared channel, a mailbox, a requester */
};

typedef ARRAY(char *) customer_words;

struct customer {
    char *key;      /* as alerts name them; equal in any case */
    char *name;     /* NULL: shown by the key */
    char *tier;     /* "gold"; NULL: none */
    char *owner;    /* person id; NULL: nobody */
    char *language; /* "de", "pt-BR"; NULL: not known */
    bool cares;     /* we watch over them */
    enum customer_wish wish;
    ARRAY(struct contact) contacts;
    ARRAY(struct customer_route) routes;
    customer_words aliases; /* other keys of theirs */
    customer_words domains; /* of their mail addresses, in lower case */
};

void customer_finish(struct customer *customer);                 /* frees its content, not the struct */
void customer_add_word(customer_words *words, const char *word); /* unless it is there, in any case */
void customer_copy(struct customer *to, const struct customer *from);
const char *customer_name(const struct customer *customer); /* the name, or else the key */

/* As a JSON object; empty fields are left out. The same record gives the same bytes. */
void customer_encode(const struct customer *customer, struct str *out);
/*
 * Reads a record, unknown members being refused. An absent member is empty. On an error *ret is empty, and the text says which
 * field is wrong and what to write.
 */
int customer_decode(const cJSON *object, struct customer *ret, struct error *err);

/* Is it an address that mail can be sent to: one @, no spaces or control characters, at most CUSTOMER_EMAIL bytes? */
bool email_is_valid(const char *text);
const char *wish_name(enum customer_wish wish); /* "no-contact", "security-only"; NULL for none */
/* Does the word stand for all customers: `all`, `everybody`, `affected`, `*`? */
bool customer_is_everybody(const char *typed);
/* Do they wish to hear of an incident, which is about security or not? */
bool customer_hears(const struct customer *record, bool security);
int wish_parse(const char *word, enum customer_wish *ret, struct error *err);

/*
 * Checks a text of a record: not empty, at most `most` bytes, one line, valid UTF-8. `field` names it in the error.
 */
int customer_check_text(const char *field, const char *text, size_t most, struct error *err);
int customer_check_language(const char *text, struct error *err);
int customer_check_domain(const char *text, struct error *err);

#endif
