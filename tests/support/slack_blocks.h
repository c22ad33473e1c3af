/* slack_blocks - checks that Slack accepts messages and views, and that no text in them can pass for our own markup. For tests. */
#ifndef TOCSIN_TESTS_SLACK_BLOCKS_H
#define TOCSIN_TESTS_SLACK_BLOCKS_H

#include <cjson/cJSON.h>
#include <stddef.h>

/* What is wrong with mrkdwn made from somebody's text; NULL: nothing. Only links may stand in angle brackets. */
const char *slack_mrkdwn_fault(const char *text);
/* What is wrong with the result of slack_messages_of_… or slack_view_of_form; NULL: nothing. */
const char *slack_messages_fault(const cJSON *messages);
const char *slack_view_fault(const cJSON *view);

#endif
