/*
 * status - the status pages, as the public reads them: from memory, with what caches and browsers need to know.
 *
 *     /status/…            the public page
 *     /status/p/NAME/KEY/… a private one, for whoever has its key
 *
 * A key follows from a secret of the installation and the page's name, so none is kept; a page that does not exist and a key that is
 * wrong are answered alike. The Host of a request never gets into an answer. No cookie is set, and none is read.
 *
 * Loop's thread only.
 */
#ifndef TOCSIN_WEB_STATUS_H
#define TOCSIN_WEB_STATUS_H

#include "base/secret.h"
#include "public/model.h"
#include "web/server.h"

#define STATUS_PREFIX   "/status"
#define STATUS_KEY_TEXT SECRET_HASH_TEXT

struct status_edition; /* status_files.h */

struct status_settings {
    struct uv_loop_s *loop;
    void *ctx;
    /* The newest model of the page with that name; NULL: of the public one. NULL: there is none. The caller owns the reference. */
    struct public_page *(*page)(void *ctx, const char *name);
    /* A new edition of the public page is served; borrowed. NULL: nobody wants to know. */
    void (*rendered)(void *ctx, struct status_edition *edition);
    const char *secret; /* that keys follow from; NULL: private pages are not shown. Copied */
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

/* What a page may load and do. */
#define STATUS_POLICY                                                                                          \
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "      \
    "form-action 'self'; base-uri 'none'"

#endif
