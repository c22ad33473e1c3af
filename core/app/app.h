/*
 * app - the responders' web under /app/: who is signed in, and the pages.
 *
 * This folder has what all pages share: sessions of browsers (visit.h), the ways to sign in (enter.h), the frame (layout.mustache,
 * style.css, app.js). Each page is a folder of its own below (page.h). Every page works without its script; that only keeps it up to
 * date through the live stream. Loop's thread only.
 */
#ifndef TOCSIN_APP_APP_H
#define TOCSIN_APP_APP_H

#include "host/supervisor.h"
#include "policy/sources.h"
#include "turn/core.h"
#include "web/alerts.h"
#include "web/server.h"
#include "web/token.h"

struct app;
struct provider;
struct app_parts { /* the caller owns them all */
    struct server *server;
    struct tokens *tokens;
    struct core *core;
    struct supervisor *supervisor; /* of the connectors */
    struct alerts_intake *alerts;
    const struct sources *(*sources)(void); /* of alerts, as they are now */
    const char *journal;                    /* its path */
    instant (*clock)(void);
    struct provider *provider; /* of identities, which outlives the app; NULL: there is none */
    const char *provider_name; /* as people call it */
    const char *name;          /* of this installation */
    bool home_is_status;       /* where / leads: to the status page, or else to the open incidents */
};

/* Adds its routes to the server. */
struct app *app_create(const struct app_parts *parts);
void app_destroy(struct app *app); /* after server_destroy; NULL is fine */

#endif
