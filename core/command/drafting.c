/* What messages to customers and posts for the status page share while they are drafted. */
#include "base/json.h"
#include "base/markup.h"
#include "command/posting.h"
#include "comms/comms.h"
#include "policy/messages.h"

/* The message in its first language, and in the others as JSON. */
int message_expand(const struct request *request, const char *name, struct str *text, struct str *languages,
                   struct error *err)
{
    const struct policy *policy = core_policy(request->core);
    struct json_out j = {languages, false};
    const char *language = policy_message_language(policy, name, 0);
    int rc = policy_message_text(policy, name, language, request->incident, request->now, text, err);
    json_begin_object(&j);
    for (size_t i = 1; !rc && (language = policy_message_language(policy, name, i)); i++) {
        CLEANUP_STR struct str one = {0};
        rc = policy_message_text(policy, name, language, request->incident, request->now, &one, err);
        if (!rc)
            json_put_text(&j, language, str_text(&one));
    }
    json_end_object(&j);
    return rc && err ? error_markup(err, rc, "This message cannot be used here: %s", err->text) : rc;
}

void approve_own_draft(struct request *request)
{
    CLEANUP_STR struct str text = {0};
    struct approve_request approval = {.by = request->by,
                                       .most = request->asker->most,
                                       .automatic = request->asker->automatic,
                                       .number = request->incident->comms.drafted};
    if (comms_approve(request->turn, request->incident, &approval, &text, NULL) == 0) {
        str_clear(&request->answer->text); /* it waits no longer */
        answer_text(request, text.p);
    }
}
