/* teams_cards - checks that Teams accepts a message, and that no text in it can pass for our own markup. For tests. */
#ifndef TOCSIN_TESTS_TEAMS_CARDS_H
#define TOCSIN_TESTS_TEAMS_CARDS_H

#include <cjson/cJSON.h>

/* What is wrong with Markdown made from somebody's text; NULL: nothing. `literal`: it must have no marks at all. */
const char *teams_markdown_fault(const char *text, int literal);
/* What is wrong with an Adaptive Card, or with a message of teams_message_of_…; NULL: nothing. */
const char *teams_card_fault(const cJSON *card);
const char *teams_message_fault(const cJSON *message);

#endif
