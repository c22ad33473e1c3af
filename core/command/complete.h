/*
 * complete - how a line that somebody has begun to type may go on: commands, options, people, severities and whatever else an argument can be,
 * from the command table. What they may not use, and incidents that they may not see, are not offered. Loop's thread only.
 */
#ifndef TOCSIN_COMMAND_COMPLETE_H
#define TOCSIN_COMMAND_COMPLETE_H

#include "command/table.h"
#include "turn/core.h"

struct completing {
    const char *person; /* as in struct asker */
    enum access has;    /* the role that they have here */
    uint64_t here;      /* the incident that a line is about which names none; 0: none */
    size_t most;        /* so many lines at most */
};
/* `line` is the whole line as it would stand, `hint` what it does or means (plain text; NULL: nothing). Both are borrowed for the call. */
typedef void complete_on(void *ctx, const char *line, const char *hint);
void command_complete(struct core *core, const struct completing *who, const char *typed, complete_on *on,
                      void *ctx);

#endif
