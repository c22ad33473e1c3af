/*
 * status - the status pages, as the public reads them: from memory, with what caches and browsers need to know.
 *
 *     /status/…            the public page
 *     /status/p/NAME/KEY/… a private one, for whoever has its key
 *     /status/for/NAME/…   a private one, for whoever is signed in and one of its readers
 *
 * A key follows from a secret of the installation and the page's name, so none is kept; a page that does not exist and a key that is
 * wrong are answered alike, and so are a page that does not exist and one that somebody may not read. Who asks is looked at anew for each
 * request. The Host of a request never gets into an answer. No cookie is set, and only pages that have readers read one.
 *
 * Loop's thread only.
 */
#ifndef TOCSIN_WEB_STATUS_H
#define TOCSIN_WEB_STATUS_H

#include "base/secret.h"
#include "public/model.h"
#include "web/server.h"

#define STATUS_PREFIX   "/status"
#define STATUS_FOR      STATUS_PREFIX "/for"
#define STATUS_KEY_TEXT SECRET_HASH_TEXT

struct status_edition; /* status_files.h */

enum status_reader {                   /* who asks for a page that has readers */
                     STATUS_READER,    /* one of them */
                     STATUS_NO_READER, /* somebody else; or there is no such page */
                     STATUS_NOBODY,    /* nobody is signed in, and no valid token was sent */
                     STATUS_LATER,     /* it cannot be known now: the journal is not available */
};

struct status_asker {   /* one of the readers; borrowed from a session or a token, until the loop goes on */
    const char *person; /* NULL: a tool */
    const char *tool;   /* the name of its token; NULL: a person */
};

struct status_settings {
    struct uv_loop_s *loop;
    void *ctx;
    /* The newest model of the page with that name; NULL: of the public one. NULL: there is none. The caller owns the reference. */
    struct public_page *(*page)(void *ctx, const char *name);
    /* A new edition of the public page is served; borrowed. NULL: nobody wants to know. */
    void (*rendered)(void *ctx, struct status_edition *edition);
    const char *secret; /* that keys follow from; NULL: private pages with keys are not shown. Copied */
    /* Fills *ret for STATUS_READER. */
    enum status_reader (*reader)(void *ctx, struct http_request *request, const char *name,
                                 struct status_asker *ret);
    const char *signin; /* where people sign in, to which "?back=PATH" is added. Copied */
};

struct status_server;

struct status_server *status_create(const struct status_settings *settings);
/* Adds the routes; to any number of servers, which must be destroyed before `status` is, or never run again. */
void status_serve(struct status_server *status, struct server *server);
/* There are new models. */
void status_changed(struct status_server *status);
/* False: files are being rendered for somebody; `drained` is called when they are. */
bool status_drain(struct status_server *status, void (*drained)(void *ctx), void *ctx);
/* Once it has drained. NULL is allowed. */
void status_destroy(struct status_server *status);

/* The key of a private page; `number`: which of its keys, from 1. */
void status_key(const char *secret, const char *name, int64_t number, char ret[STATUS_KEY_TEXT]);
/* Is it that? secret NULL: no. */
bool status_is_key(const char *secret, const char *name, int64_t number, const char *given);

/* Does one of the readers ask for the page with the name in the path? Else it has been answered: with the way to the sign-in, or as if there
   were no such page. */
bool status_is_read(const struct status_server *status, struct http_request *request, struct status_asker *ret);

/* What a page may load and do. */
#define STATUS_POLICY                                                                                          \
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "      \
    "form-action 'self'; base-uri 'none'"

#endif
