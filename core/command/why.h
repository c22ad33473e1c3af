/*
 * why - one part of what `why` explains about an incident. Only files of this folder include it.
 */
#ifndef TOCSIN_COMMAND_WHY_H
#define TOCSIN_COMMAND_WHY_H

#include "command/handlers.h"
#include "journal/journal.h"

#define EVENTS_MOST  5000  /* of a stream that are read */
#define ANSWER_BYTES 12000 /* of the whole explanation */

enum topic { OF_DECLARED = 1, OF_PAGE = 2, OF_END = 4, OF_QUIET = 8, OF_SENT = 16, OF_POST = 32, OF_ALL = 63 };

struct report {
    const struct request *request;
    struct str *out;
    enum topic topic; /* of this pass */
    unsigned wanted;  /* the topics of all passes */
    size_t n;         /* lines of this pass so far */
};

/* why_report.c. Counts one more line. False: there is no room for it. */
bool report_has_room(struct report *t);
/* The caller finishes *ret. False: the event cannot be read. */
bool report_decode(const struct journal_event *row, struct event *ret);
/* Writes an event as a line, as the asker may see it. */
void report_event(const struct report *t, const struct event *event);

/* why_posted.c: is it posted about, who wrote and approved what, and what does the public read now? */
int why_posted(struct report *t, struct error *err);

#endif
