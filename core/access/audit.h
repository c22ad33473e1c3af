/*
 * audit - the trail of what concerns access: sign-ins and sign-outs, tokens, approvals, settings. Each is an event of the system in
 * the journal, which administrators alone read. Loop's thread only.
 */
#ifndef TOCSIN_ACCESS_AUDIT_H
#define TOCSIN_ACCESS_AUDIT_H

#include "engine/event.h"
#include "turn/call.h"

/* Something was set: "the connector slack was restarted". */
void audit_setting(struct turn *turn, const char *by, const char *text);

/* Is it of the trail? */
bool audit_has(enum event_type type);
/* Newest first, before that version of the system's stream (0: the end), as somebody sees it who administers. */
int audit_each(struct core *core, const char *viewer, uint64_t before, size_t limit,
               bool (*on)(void *ctx, const struct event *event), void *ctx, struct error *err);

/* `audit` */
call_handler audit_command;
/* For the part: an approval is told to the trail. */
void audit_follow(struct turn *turn, const struct event *event, const struct incident *incident);

#endif
