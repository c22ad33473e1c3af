#include "command/dispatch.h"

#include "access/audit.h"
#include "access/signin.h"
#include "customers/customers.h"
#include "drills/drills.h"
#include "heartbeats/heartbeats.h"
#include "oncall/oncall.h"
#include "people/people.h"
#include "review/review.h"
#include "shifts/shifts.h"
#include "statuspage/commands.h"
#include "subscribers/commands.h"
#include "tickets/tickets.h"
#include "turn/call.h"
#include "webhooks/webhooks.h"

static const struct {
    command_handler *run;
    call_handler *call;
} handlers[] = {
#define COMMAND(handler, ...)      {handler, NULL},
#define PART_COMMAND(handler, ...) {NULL, handler},
#include "command/commands.def"
};

/* Runs a command that a part brings. */
static int run_call(call_handler *handler, struct request *request, struct error *err)
{
    const char *arguments[COMMAND_ARGUMENTS] = {0};
    CLEANUP_STR struct str answer = {0};
    for (size_t i = 0; i < COMMAND_ARGUMENTS; i++) {
        const struct person *person = NULL;
        arguments[i] = request->parsed->arguments[i];
        if (arguments[i] && request->row->arguments[i].kind == ARGUMENT_PERSON) {
            int rc = request_person(request, arguments[i], &person, err);
            if (rc)
                return rc;
            arguments[i] = person->id;
        }
    }
    struct call call = request_call(request, arguments, &answer);
    int rc = handler(&call, err);
    if (!rc)
        answer_text(request, answer.len ? answer.p : "Done.");
    return rc;
}

int dispatch(struct request *request, struct error *err)
{
    size_t n, i = (size_t)(request->row - command_rows(&n));
    request->dispatch = dispatch;
    return handlers[i].call ? run_call(handlers[i].call, request, err) : handlers[i].run(request, err);
}
