/* The command `writeup`: whoever sees an incident reads its write-up, and whoever may act changes it. */
#include "command/handlers.h"
#include "writeups/writeups.h"

int run_writeup(struct request *request, struct error *err)
{
    const char *text = request_argument(request, ARGUMENT_TEXT), *const arguments[] = {text};
    CLEANUP_STR struct str answer = {0};
    struct call call = request_call(request, arguments, &answer);
    int rc = writeups_changes(text) ? request_access(request, ACCESS_ACT, err) : 0;
    rc = rc ? rc : writeups_command(&call, err);
    if (!rc)
        answer_text(request, str_text(&answer));
    return rc;
}
