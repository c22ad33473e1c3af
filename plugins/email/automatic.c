#include "automatic.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "phrases.h"

#define HOPS_MOST 50

static const struct sign {
    const char *header, *value; /* value "": any */
    enum automatic means;
} signs[] = {
    {"Auto-Submitted", "auto-replied", BY_ANSWERER},
    {"X-Autoreply", "", BY_ANSWERER},
    {"X-Autorespond", "", BY_ANSWERER},
    {"X-Autoresponder", "", BY_ANSWERER},
    {"X-Auto-Reply", "", BY_ANSWERER},
    {"X-MS-Exchange-Inbox-Rules-Loop", "", BY_ANSWERER},
    {"Precedence", "auto_reply", BY_ANSWERER},
    {"Content-Type", "method=reply", BY_ANSWERER},
    {"Content-Type", "method=\"reply", BY_ANSWERER},
    {"Auto-Submitted", "auto-generated", BY_MAILER},
    {"Auto-Submitted", "auto-notified", BY_MAILER},
    {"Precedence", "bulk", BY_MAILER},
    {"Precedence", "junk", BY_MAILER},
    {"Precedence", "list", BY_MAILER},
    {"List-Unsubscribe", "", BY_MAILER},
    {"List-Id", "", BY_MAILER},
    {"List-Post", "", BY_MAILER},
    {"Feedback-ID", "", BY_MAILER},
};

static bool begins_with_any(const char *text, const char *const *phrases)
{
    for (; *phrases; phrases++) {
        if (strncasecmp(text, *phrases, strlen(*phrases)) == 0)
            return true;
    }
    return false;
}

/* "Automatic reply: …", also behind "Re: ". */
static bool says_away(const char *subject)
{
    while (strncasecmp(subject, "re: ", 4) == 0 || strncasecmp(subject, "aw: ", 4) == 0)
        subject += 4;
    return begins_with_any(subject, phrases_away);
}

static bool is_a_role(const char *from)
{
    static const char *const locals[] = {"mailer-daemon@", "postmaster@", "noreply@",       "no-reply@",
                                         "no_reply@",      "donotreply@", "do-not-reply@",  "bounce",
                                         "owner-",         "root@",       "notifications@", NULL};
    const char *at = strchr(from, '@');
    bool request = at && at - from > 8 && strncmp(at - 8, "-request", 8) == 0;
    return begins_with_any(from, locals) || request;
}

static bool is_ours(const struct mail *mail, const struct email_self *self)
{
    struct email_token token;
    return email_is_self(self, mail->from) || (*mail->id && email_token_of_id(self, mail->id, &token));
}

enum automatic automatic_sender(const struct mail *mail, const struct email_self *self)
{
    enum automatic found = BY_PERSON;
    if (is_ours(mail, self))
        return BY_OURSELVES;
    if (mail_count(mail, "Received") > HOPS_MOST)
        return BY_LOOP;
    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]) && found == BY_PERSON; i++) {
        if (mail_has(mail, signs[i].header, signs[i].value))
            found = signs[i].means;
    }
    if (found != BY_ANSWERER && says_away(mail->subject))
        return BY_ANSWERER;
    return found == BY_PERSON && is_a_role(mail->from) ? BY_MAILER : found;
}
