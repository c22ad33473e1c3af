/*
 * people - who a user id belongs to, cached for an hour. Any thread: the cache has its own lock.
 */
#ifndef SLACK_PEOPLE_H
#define SLACK_PEOPLE_H

#include "api.h"

struct slack_people *slack_people_create(void);
void slack_people_destroy(struct slack_people *people);
/* "id", "name", "email", "zone", "bot", "outside", "team", "enterprise" of a user. Asks Slack at most once an hour and waits no
   longer than this thread's deadline. Never NULL: where Slack does not answer, the id and what was known before. The caller deletes. */
cJSON *slack_person(struct slack *slack, const char *user);
/* Asks Slack about somebody ahead of time. */
void slack_person_expect(struct slack *slack, const char *user);
/* Looks a person up by e-mail address. False: nobody has it, or Slack did not answer; *reply, which the caller finishes, says which. */
bool slack_person_by_email(struct slack *slack, const char *email, char user[SLACK_ID],
                           struct slack_reply *reply);

#endif
