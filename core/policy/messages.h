/*
 * messages - message{}: what is written to customers, prepared in several languages. Loop thread only.
 */
#ifndef TOCSIN_POLICY_MESSAGES_H
#define TOCSIN_POLICY_MESSAGES_H

#include "policy/policy.h"

/* Stands for the name of each recipient, in the text of a message that is not sent yet. */
#define MESSAGE_CUSTOMER "{{customer}}"

struct policy_message {
    const char *name, *when; /* when to use it; NULL: not said. Borrowed until the next load */
};
/* The active one with index i, from 0; false: there are no more. */
bool policy_message(const struct policy *policy, size_t i, struct policy_message *ret);
/* Its language with index i, from 0: a code such as "de". NULL: there are no more, or no such message. */
const char *policy_message_language(const struct policy *policy, const char *name, size_t i);
/* Its text in that language, for the incident: CommonMark, in which only MESSAGE_CUSTOMER is left to fill in. ERR_NOT_FOUND: there is
   none; ERR_INVALID: a placeholder has no value, and the text says which. */
int policy_message_text(const struct policy *policy, const char *name, const char *language,
                        const struct incident *incident, instant now, struct str *out, struct error *err);
/* The title of a post that begins with it, in that language (NULL: its first one), as plain text. NULL: it has none, or no such text. Borrowed
   until the next load. */
const char *policy_message_title(const struct policy *policy, const char *name, const char *language);
/* How soon customers must hear again, once they were told of the incident in its present state; 0: the policy does not say. */
duration policy_update_within(const struct policy *policy, const struct incident *incident);
/* Is the word the name of a message? */
bool policy_has_message(const struct policy *policy, const char *word);

#endif
