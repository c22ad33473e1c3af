/*
 * teams - the connector's one instance, which all its files share.
 *
 *     teams.c    settings; the descriptor; open, check, close
 *     trust.c    whether a request is the Bot Service's: its token, its keys (keys.c), its tenant
 *     token.c    our own tokens, and the hosts that may see them
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
    bool own_channels;    /* each incident has a channel of its own, else a thread in `channel` */
    cJSON *tenants;       /* who may use the bot besides `tenant`; an array of texts, never NULL */
    cJSON *trusted_hosts; /* hosts besides Microsoft's that may see our tokens; an array of texts, never NULL */
};

struct teams {
    const struct tocsin_host *host;
    struct kit_http *http;
    struct teams_settings set;
};

#endif
