/*
 * inside - the app as its own files see it; pages use page.h and visit.h. Loop's thread only.
 */
#ifndef TOCSIN_APP_INSIDE_H
#define TOCSIN_APP_INSIDE_H

#include "app/page.h"
#include "web/place.h"
#include "base/map.h"
#include "web/guesses.h"
#include "web/kept.h"

#define APP_FILES 2 /* what browsers load: style, script */

struct app {
    struct app_parts parts;
    bool https;             /* browsers come by it, so cookies are for it alone */
    struct guesses guesses; /* attempts to sign in that failed */
    struct map sign_ins;    /* state -> struct sign_in that an identity provider is asked about */
    struct map followers;   /* session id -> struct token, for the live stream */
    struct kept files[APP_FILES];
    struct map templates; /* name of a file -> struct view_template, of the frame with that page in it */
    uint8_t place_key[PLACE_KEY]; /* of where parts of lists end */
    ARRAY(struct route *) tables; /* of pages: GET and POST */
    ARRAY(struct app_route *) contexts;
};

struct app_route { /* the context of a page's routes */
    struct app *app;
    const struct app_page *page;
};

/* cookie.c */
enum app_cookie { COOKIE_SESSION, COOKIE_VISIT }; /* of who is signed in; of a browser in which nobody is */
/* The cookie's value from the header; the caller frees. NULL: there is none. */
char *cookie_read(const struct app *app, enum app_cookie cookie, const char *header);
/* Adds the header to the answer. value NULL: takes it away. */
void cookie_set(struct http_request *request, const struct app *app, enum app_cookie cookie, const char *value);

/* visit.c */
/* `page`: NULL for the live stream. */
struct visit *visit_begin(struct app *app, struct http_request *request, const struct app_page *page);
/* False: the journal cannot be read now, which has been answered. */
bool visit_is_readable(struct visit *visit);
/* A browser in which nobody is signed in gets a cookie, so that its forms are its own. */
void visit_meet(struct visit *visit);
void visit_end(struct visit *visit);
/* NULL: there is none, or it ended with the token that it was begun with. */
const struct session *visit_living(const struct app *app, const struct session *session);
/* The same by the cookies of a browser; header NULL: it sent none. */
const struct session *visit_session(const struct app *app, const char *header);
/* After a commit: its session may be gone, or elsewhere in memory. */
void visit_come_back(struct visit *visit);
/* What somebody wrote into the form and may have nowhere else (app_page.words). NULL: nothing. */
const char *visit_words(struct visit *visit);
/* Has the form the right token? */
bool visit_is_ours(struct visit *visit);

/* provider.c: sign-ins that were begun with the identity provider are forgotten. */
void sign_ins_finish(struct app *app);
extern const struct route provider_routes[2];

/* complete.c, insights_file.c */
extern const struct route complete_route, insights_file_route;

/* view.c */
const char *app_file(const char *name); /* NULL: there is none */

#endif
