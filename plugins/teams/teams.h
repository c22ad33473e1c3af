/*
 * teams - the connector's one instance, which all its files share.
 *
 *     teams.c    settings; the descriptor; open, check, close
 *     serve.c    inbound: one activity a request; in.c makes events of it (text.c plain text, formatted.c its formatting,
 *                people.c who they are)
 *     shown.c    the cards that are shown, and the answers that a press waits for
 *     out.c      actions -> calls, from one table; channels.c has the actions on channels, graph.c those that Graph does, tags.c
 *                those on tags, send.c sends one message
 *     cards.c    neutral card or form -> Adaptive Card, within Teams' limits (pure)
 *     places.c   where conversations are reached, and which threads are incidents' rooms
 *     api.c      one call of the Bot Connector or of Graph, and what its answer means
 *     trust.c    whether a request is the Bot Service's: its token (jwt.c), its keys (keys.c), its tenant
 *     token.c    our own tokens, and the hosts that may see them (url.c)
 *
 * Sources: Microsoft's documentation of the Bot Framework, Teams and Graph, and the code of its own packages
 * botframework-connector, @microsoft/teams.api and @microsoft/teams.apps.
 *
 * One struct teams serves all threads. Fields that are constant after open need no lock; each of the others names its own.
 */
#ifndef TEAMS_TEAMS_H
#define TEAMS_TEAMS_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include <tocsin/connector.h>
#include <tocsin/kit/http.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/text.h>

#define TEAMS_ID  256 /* bytes of an id, terminator included */
#define TEAMS_URL 300 /* of a serviceUrl */

struct teams_tokens;
struct trust;
struct teams_people;
struct teams_shown;
struct teams_refusals;
struct teams_names;

/* The settings, constant after open. The texts are owned; "" where not set. URLs end without a slash. */
struct teams_settings {
    char *service_url;  /* where Teams is reached until it has told another address */
    char *login_url;    /* tokens */
    char *graph_url;    /* channels */
    char *metadata_url; /* keys of the Bot Service */
    char *issuer;       /* of its tokens */
    char *app_id, *secret;
    char *tenant;         /* ours; "": the app is multi-tenant */
    char *team, *channel; /* where incidents live */
    char *rooms;          /* "thread": an incident is a thread in `channel`; "channel": it has one of its own */
    cJSON *tenants;       /* who may use the bot besides `tenant`; an array of texts, never NULL */
    cJSON *trusted_hosts; /* hosts besides Microsoft's that may see our tokens; an array of texts, never NULL */
};

struct teams {
    const struct tocsin_host *host;
    struct kit_http *http;
    struct teams_settings set;
    struct trust *trust; /* has its own lock, like those below */
    struct teams_tokens *tokens;
    struct teams_names *names;       /* channels by name */
    struct teams_people *people;     /* who they are, for an hour */
    struct teams_shown *shown;       /* the latest cards */
    struct teams_refusals *refusals; /* requests that were not taken */
};

#endif
