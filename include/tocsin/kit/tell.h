/*
 * tell - desk.tell: a message to a customer, or a note, goes into the ticket of its conversation, or into one that is opened for it.
 *
 *     static bool reply(const struct kit_message *message) { … }
 *     static void open_ticket(const struct kit_message *message) { … }
 *     static void desk_tell(struct kit_task *task) { kit_tell(task, reply, open_ticket); }
 *
 * For connectors that are a struct kit_instance. The setting `customers`, if there is one, has the addresses of customers whom the
 * directory has no route for: { acme = "ops@acme.example" }.
 */
#ifndef TOCSIN_KIT_TELL_H
#define TOCSIN_KIT_TELL_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include <tocsin/kit/api.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kit_message {
    struct kit_task *task;
    const char *html;    /* what it says; never empty */
    const char *subject; /* of a ticket that is opened for it */
    const char *
        thread; /* the remote id of the first or the latest message of its conversation, or a ticket's; "": there is none */
    const char *address; /* where the customer is reached; NULL: not known */
    bool internal;       /* a note, which only the desk's own people read */
};

/* Writes it into the ticket of its thread, once. False: there is no such ticket, or none any more. */
typedef bool kit_reply(const struct kit_message *message);
/* Opens a ticket for it, once; it has an address, and is no note. */
typedef void kit_open(const struct kit_message *message);

/* Performs desk.tell. Both functions set the result of the task; it is REFUSED for what is empty and for a note without a ticket, and DONE
   without an id where the customer has no address. */
void kit_tell(struct kit_task *task, kit_reply *reply, kit_open *open);

/* The customer whose address in the setting `customers` is none; NULL: all are. Borrowed. */
const char *kit_wrong_customer(const cJSON *settings, bool (*is_address)(const char *text));

#ifdef __cplusplus
}
#endif
#endif
