/*
 * cards - neutral cards, forms and CommonMark as Block Kit, cut to Slack's limits. Pure: it calls nobody.
 */
#ifndef SLACK_CARDS_H
#define SLACK_CARDS_H

#include <cjson/cJSON.h>

/* An array of messages ready to post, each {"text", "blocks"}; at least one. The first message of a card has its buttons and
   footer, however long the card's text is. `file`: of Slack's, which shows the card's picture; "": its words are shown. The caller deletes. */
cJSON *slack_messages_of_card(const cJSON *card, const char *file);
cJSON *slack_messages_of_text(const char *commonmark);
/* A modal view for a form; it carries `channel` for the answer. */
cJSON *slack_view_of_form(const cJSON *form, const char *channel);
/*
 * Cuts mrkdwn into parts of at most `most` bytes: between paragraphs, else lines, else words. It never cuts inside a link, a
 * mention, an entity or a character. A code block that continues in the next part is closed and reopened. The caller deletes
 * the array of texts.
 */
cJSON *slack_split(const char *mrkdwn, size_t most);

#endif
