/*
 * push - pages as notifications of an app on the telephone, by ntfy or by Pushover: the connector's one instance.
 *
 *     push.c       settings; open; the descriptor; which service does what
 *     ntfy.c       ntfy: a button in the notification acknowledges, by an address of ours that only it has
 *     pushover.c   Pushover: it asks again until somebody acknowledges, and its receipt says so
 *
 * A page is noted before it is sent (kit/page.h). The note of ntfy's has a secret, which is in the button's address. ntfy knows a notification
 * by a name that we give it, so what is sent again replaces it. Pushover knows none: what was cut off is sent again.
 */
#ifndef PUSH_PUSH_H
#define PUSH_PUSH_H

#include <pthread.h>
#include <stdint.h>

#include <tocsin/connector.h>
#include <tocsin/kit/instance.h>
#include <tocsin/kit/page.h>

struct push;

/* What a service does. `page` and `end` are actions; what fails sets the task's result. */
struct push_service {
    const char *name; /* in the setting `service` */
    const char *url;  /* where it is unless `url` says otherwise */
    struct kit_api api;
    void (*begin)(struct push *push); /* of open(), when the settings are good */
    /* What is wrong with the settings or with a person's id, and what to write; NULL: nothing. */
    const char *(*fault)(const struct push *push);
    const char *(*user_fault)(const char *user);
    void (*page)(struct kit_task *task, struct kit_page *page);
    void (*end)(struct kit_task *task, struct kit_page *page);
    void (*check)(struct kit_task *task);
    /* Makes a round every interval for what the service does not tell by itself; NULL: nothing. */
    kit_round *round;
    void (*serve)(struct push *push, const struct tocsin_request *request, struct tocsin_response *response);
};

extern const struct push_service push_ntfy, push_pushover;

struct push {
    struct kit_instance kit;
    const struct push_service *service;
    const char *token, *public_url; /* "": none */
    int64_t retry_s, expire_s;      /* Pushover's */
    pthread_mutex_t lock;
    cJSON *open; /* receipts that are asked for: {receipt: {"at", "delivered"}}; under the lock */
};

static inline struct push *push_of(const struct kit_task *task)
{
    return task->api->self;
}

/* Adds a text, cut between characters to that many bytes. */
static inline void push_cut(const struct kit_text *text, size_t most, struct kit_text *out)
{
    kit_text_addn(out, kit_text_get(text), kit_utf8_cut(kit_text_get(text), text->n, most));
}

/* What a receipt of Pushover's says: the event, which the caller deletes; NULL: nothing yet. *ended: nothing more will come. Pure. */
cJSON *pushover_event(const char *receipt, const cJSON *answer, bool *ended);

#endif
