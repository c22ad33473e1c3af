/*
 * sms - pages by SMS and telephone call, over the API that Twilio made and SignalWire has, too: the connector's one instance.
 *
 *     sms.c        settings; open; check; the descriptor
 *     api.c        what the API's answers and error codes mean
 *     page.c       page, page.end: sent once
 *     serve.c      callbacks: what became of a message or call, a key, an answer by SMS
 *     words.c      what a message says, in as few parts as it can (pure)
 *     twiml.c      what the platform is told to say (pure)
 *     signature.c  whether a callback is the platform's (pure)
 *
 * The API has no idempotency key. A page is noted before it is sent (kit/page.h), and its callbacks name the note. After an attempt of which
 * nobody knows whether it arrived, it is what a callback has told meanwhile, or else what the list of messages or calls has for that number.
 *
 * A person is their number. An answer acknowledges a page if it comes from its number and names its code, since senders can be forged. Store:
 * "person/NUMBER" {"useless": answers to messages that meant nothing}, "reply/NUMBER/CODE" {"page": mark}.
 */
#ifndef SMS_SMS_H
#define SMS_SMS_H

#include <stdint.h>

#include <tocsin/connector.h>
#include <tocsin/kit/instance.h>
#include <tocsin/kit/page.h>

#include "signature.h"

struct sms {
    struct kit_instance kit;
    struct signature_keys keys;
    const char *from, *service; /* our number; the messaging service, "": none */
    const char *public_url;     /* of this connector, without a slash at its end */
    int64_t parts;              /* of a message, at most */
};

extern const struct kit_api sms_api;

/* What an error code of the platform means and what to do; NULL: see its list. Static. */
const char *sms_reason(int64_t code);

void sms_page(struct kit_task *task);
void sms_page_end(struct kit_task *task);

#define SMS_KEY_BYTES 200
/* The keys of the store. False: the number or the code can be none. */
bool sms_person_key(const char *number, char key[SMS_KEY_BYTES]);
bool sms_reply_key(const char *number, const char *code, char key[SMS_KEY_BYTES]);

void sms_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response);

#endif
