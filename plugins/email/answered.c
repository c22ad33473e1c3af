#include "answered.h"

static bool by_recipient(const struct mail *mail, const struct email_self *self, struct email_token *ret)
{
    for (size_t i = 0; i < mail->recipients.n; i++) {
        if (email_token_of_address(self, mail->recipients.v[i], ret))
            return true;
    }
    return false;
}

/* The latest of our mails comes last. */
static bool by_reference(const struct mail *mail, const struct email_self *self, struct email_token *ret)
{
    for (size_t i = mail->references.n; i-- > 0;) {
        if (email_token_of_id(self, mail->references.v[i], ret))
            return true;
    }
    return false;
}

void answered_read(const struct mail *mail, const struct email_self *self, struct email_token *ret)
{
    if (!by_recipient(mail, self, ret) && !by_reference(mail, self, ret))
        *ret = (struct email_token){.kind = EMAIL_FOR_NOTHING};
}
