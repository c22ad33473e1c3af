/* formatted - what people formatted in Teams, as CommonMark. Pure. */
#ifndef TEAMS_FORMATTED_H
#define TEAMS_FORMATTED_H

#include "teams.h"

/*
 * Reads the HTML that comes with a message's text: bold, italic, struck out, code, quotes, lists and links; all else is literal. People
 * who are mentioned are <@ID>, by the activity's entities, and our own mention is left out. False: nothing was formatted.
 */
bool teams_formatted(const cJSON *activity, struct kit_text *out);

#endif
