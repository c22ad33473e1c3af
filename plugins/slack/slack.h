/*
 * slack - the connector's one instance, which all its files share.
 *
 *     slack.c    settings; the descriptor; open, check, close
 *     api.c      one call of Slack's Web API, and what its answer means
 *     people.c   who a user id belongs to, cached for an hour
 *     out.c      actions -> calls, from one table; channels.c has the actions on channels, find.c looks up what an earlier
 *                attempt posted, parts.c changes long texts, inside.c knows which channels the app is in, answers.c reaches people in the others
 *     picture.c  uploads the picture of a card
 *     cards.c    neutral card or form -> Block Kit; split.c cuts long texts to Slack's limits (pure)
 *     socket.c   inbound by Socket Mode: WebSockets that carry envelopes
 *     serve.c    inbound by HTTP: Events API, slash commands, interactivity; signatures
 *     in.c       what Slack sent -> events of tocsin/connector.h; attached.c reads what a message says outside its text, text.c
 *                turns mrkdwn into plain text
 *
 * Sources: Slack's published description of its Web API (methods, arguments, error codes), and the types and code of its own
 * packages @slack/types, @slack/web-api, @slack/socket-mode and @slack/bolt.
 *
 * One struct slack serves all threads. Fields that are constant after open need no lock; each of the others names its own.
 */
#ifndef SLACK_SLACK_H
#define SLACK_SLACK_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include <tocsin/connector.h>
#include <tocsin/kit/http.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/signature.h>
#include <tocsin/kit/text.h>

#define SLACK_ID 32 /* bytes of an id, terminator included */

struct slack_people;
struct slack_names;
struct slack_sockets;
struct slack_replays;
struct slack_answers;
struct slack_inside;

struct slack_places {              /* where people are answered */
    struct slack_answers *answers; /* response URLs */
    struct slack_inside *inside;   /* the channels that the app is in */
};

struct slack {
    const struct tocsin_host *host;
    struct kit_http *http;
    /* settings, constant after open. The texts are owned; "" where not set */
    char *api_url;        /* ends with a slash */
    char *token;          /* xoxb-… */
    char *app_token;      /* xapp-…, for Socket Mode; "": HTTP */
    char *signing_secret; /* verifies requests by HTTP */
    int64_t sockets;      /* Socket Mode connections kept open */
    int64_t pace_ms;      /* pause between two messages of one action: Slack's rate limit for a channel */
    cJSON *customers;     /* {"C0123": "acme"}: the customer of each shared channel; never NULL */
    /* from auth.test in open; constant after it */
    char *team, *team_url, *bot_user, *bot_id;
    char *enterprise; /* workspaces of one Enterprise organisation trust each other; "": not part of one */
    char *scopes;     /* the granted ones, comma-separated; "" where Slack does not say */
    struct slack_people *people;        /* has its own lock */
    struct slack_names *names;          /* channels by name; has its own lock */
    struct slack_sockets *sockets_open; /* used by run; has its own lock */
    struct slack_replays *replays;      /* used by serve; has its own lock */
    struct slack_places places;         /* each has its own lock */
};

/* Whether a text is the id of a channel or a user: C0123ABCD (text.c). */
bool slack_is_id(const char *text);

#endif
