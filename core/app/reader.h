/*
 * reader - who asks for a status page that has readers: by the session of a browser, or by a token. Loop's thread only.
 */
#ifndef TOCSIN_APP_READER_H
#define TOCSIN_APP_READER_H

#include "app/app.h"
#include "web/status.h"

/* `page`: its name in the policy. That there is no such page, and that somebody may not read it, are the same. Fills *ret for
   STATUS_READER. */
enum status_reader app_reader(struct app *app, struct http_request *request, const char *page,
                              struct status_asker *ret);
/* May that person read any of them? So they may sign in, though they may do nothing else here. */
bool reader_of_any(const struct core *core, const char *person, const char *token, instant now);

#endif
