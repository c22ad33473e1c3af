/*
 * slack - what the files of this connector share.
 *
 *     api.c      one call of Slack's Web API, and what its answer means
 *     out.c      actions -> calls, one table; find.c looks up what an earlier attempt did
 *     cards.c    a neutral card, a CommonMark text, a form -> Block Kit within Slack's limits (pure)
 *     socket.c   Socket Mode: WebSockets that Slack sends envelopes through
 *     serve.c    the same by HTTP: Events API, slash commands, interactivity; signatures
 *     in.c       what Slack sent -> events of tocsin/connector.h (pure, but for people.c)
 *     people.c   who a user id is; remembered for a while
 *     settings.c slack.c   settings; the descriptor, check, begin and end
 *
 * One struct slack serves all threads. What is constant after open needs no lock; the rest says which.
 */
#ifndef SLACK_SLACK_H
#define SLACK_SLACK_H

#include <cjson/cJSON.h>
#include <pthread.h>
#include <stdbool.h>

#include <tocsin/connector.h>

#include "kit/http.h"

struct slack_people;
struct slack_sockets;

struct slack {
    const struct tocsin_host *host;
    struct kit_http *http;
    /* settings.c; constant after open. Texts owned; "" where not set */
    char *api_url;        /* ends with a slash */
    char *token;          /* xoxb-… */
    char *app_token;      /* xapp-…: Socket Mode; "" means by HTTP */
    char *signing_secret; /* of requests by HTTP */
    int64_t sockets;      /* Socket Mode connections kept open */
    cJSON *customers;     /* {"C0123": "acme"}: who is talked with in a shared channel; never NULL */
    /* auth.test, in open; constant after it */
    char *team, *bot_user, *bot_id;
    struct slack_people *people;     /* a lock of its own */
    struct slack_sockets *transport; /* NULL until run; see socket.c */
};

/* api.c. Any thread. */
struct slack_reply {
    enum kit_outcome outcome;
    long status;
    bool ok;                /* answered, 200, and "ok": true */
    int64_t retry_after_ms; /* of a 429 */
    char error[80];         /* Slack's word: "channel_not_found"; "" when there is none */
    char detail[240];       /* for a person; never a secret */
    cJSON *body;            /* NULL when it was no JSON object */
};
/* Calls a method with a JSON body; the arguments are taken over. `token` NULL: the bot's. */
void slack_call(struct slack *slack, const char *method, cJSON *arguments, const char *token,
                struct slack_reply *reply);
/* The same with arguments in a form body, for the methods that take no JSON (users.*, conversations.history, ...). */
void slack_get(struct slack *slack, const char *method, cJSON *arguments, struct slack_reply *reply);
void slack_reply_finish(struct slack_reply *reply);
/* The outcome of an action by one table of Slack's error words. */
void slack_result(const struct slack_reply *reply, struct tocsin_result *result);

/* out.c */
void slack_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result);
/* socket.c, serve.c */
int32_t slack_run(void *self, struct tocsin_error *error);
void slack_stop(void *self);
void slack_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response);

/* people.c: "id", "name", "email", "zone", "bot" of a user id, asked for once an hour; caller deletes. Never NULL: the id alone
   where Slack does not tell. */
struct slack_people *slack_people_create(void);
void slack_people_destroy(struct slack_people *people);
cJSON *slack_person(struct slack *slack, const char *user);
/* By e-mail address; false: nobody, or not to be told. */
bool slack_person_by_email(struct slack *slack, const char *email, char user[32]);

/*
 * in.c. What Slack sent (a Socket Mode payload, or the same by HTTP) to one event, or none. `kind`: "events_api",
 * "slash_commands", "interactive". *ret_event is NULL where Tocsin has no use for it.
 */
void slack_event(struct slack *slack, const char *kind, const cJSON *payload, cJSON **ret_event);

#endif
