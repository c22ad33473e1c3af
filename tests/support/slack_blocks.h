/* slack_blocks - does Slack take these messages, and can nothing in them be mistaken for our own mark-up? For tests. */
#ifndef TOCSIN_TESTS_SLACK_BLOCKS_H
#define TOCSIN_TESTS_SLACK_BLOCKS_H

#include <cjson/cJSON.h>
#include <stddef.h>

/* What is wrong with mrkdwn made from somebody's text; NULL: nothing. Links are all that may stand in angle brackets. */
const char *slack_mrkdwn_fault(const char *text);
/* What is wrong with messages as slack_messages_of_… make them, or with a view; NULL: nothing. */
const char *slack_messages_fault(const cJSON *messages);
const char *slack_view_fault(const cJSON *view);

#endif
