/*
 * heard - what an event of a connector says, as clean texts: valid UTF-8, cut to size. The caller frees what is returned. Pure.
 */
#ifndef TOCSIN_COMMAND_HEARD_H
#define TOCSIN_COMMAND_HEARD_H

#include <cjson/cJSON.h>

#include "base/str.h"

#define ID_BYTES   256 /* of an id on a platform */
#define NAME_BYTES 200 /* of a name, an address, a file's name */

/* A member's text. NULL: there is none. */
char *heard_text(const cJSON *object, const char *key, size_t most);
/* What was said, what was forwarded with it (NULL: nothing), and the files by name, size and link, so that readers of the timeline
   find the files, and search finds their names. */
char *heard_whole(const char *text, const char *more, const cJSON *files);
struct heard_about {              /* of a message; NULL: none */
    const char *channel, *thread; /* the message that it replies to */
    const char *commonmark;       /* the words with their formatting */
    const cJSON *files;
};
/* The same as JSON, for an event's data. */
void heard_data(const struct heard_about *about, struct str *out);

#endif
