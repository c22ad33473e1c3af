/*
 * standing - how connectors stand as people need it, and a restart that somebody asks for: what the API and the app share. Loop's thread
 * only.
 */
#ifndef TOCSIN_WEB_STANDING_H
#define TOCSIN_WEB_STANDING_H

#include "host/supervisor.h"
#include "turn/core.h"

struct connector_standing {
    const char *state;  /* that of its process, or "held" or "unreachable"; borrowed until the next turn */
    const char *reason; /* why it is not well; NULL: it is. Borrowed likewise, or in `own` */
    instant since;
    char *own;
};
/* A process that runs is of no use while its platform refuses it, or does not answer. Finish *ret. */
void connector_standing(const struct core *core, const struct connector_info *info,
                        struct connector_standing *ret);
void connector_standing_finish(struct connector_standing *standing);

/* Restarts it, and tells the audit trail who did. ERR_NOT_FOUND: there is none of that name. */
int connector_restart(struct supervisor *supervisor, struct core *core, const char *name, const char *by,
                      instant now, struct error *err);

#endif
