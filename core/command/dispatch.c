#include "command/dispatch.h"

#include "people/people.h"
#include "turn/call.h"

static const struct {
    command_handler *run;
    call_handler *call;
} handlers[] = {
#define COMMAND(handler, ...)      {handler, NULL},
#define PART_COMMAND(handler, ...) {NULL, handler},
#include "command/commands.def"
};

/* A command of a part's. */
static int run_call(call_handler *handler, struct asking *ask, struct error *err)
{
    const char *arguments[COMMAND_ARGUMENTS] = {0};
    CLEANUP_STR struct str answer = {0};
    for (size_t i = 0; i < COMMAND_ARGUMENTS; i++) {
        const struct person *person = NULL;
        arguments[i] = ask->parsed->arguments[i];
        if (arguments[i] && ask->row->arguments[i].kind == ARGUMENT_PERSON) {
            int rc = ask_person(ask, arguments[i], &person, err);
            if (rc)
                return rc;
            arguments[i] = person->id;
        }
    }
    struct call call = {ask->turn, ask->incident, ask->asker->person, ask->by, ask->zone, arguments, &answer};
    int rc = handler(&call, err);
    if (!rc)
        answer_line(ask, "%s", answer.len ? answer.p : "Done.");
    return rc;
}

int dispatch(struct asking *ask, struct error *err)
{
    size_t n, i = (size_t)(ask->row - command_rows(&n));
    return handlers[i].call ? run_call(handlers[i].call, ask, err) : handlers[i].run(ask, err);
}
