/* text - what people write in Teams as plain text, and names as Teams wants them. Pure. */
#ifndef TEAMS_TEXT_H
#define TEAMS_TEXT_H

#include "teams.h"

struct teams_said_text {
    struct kit_text text; /* plain; mentioned people are <@ID>. The caller finishes it */
    cJSON *people;        /* [{"id", "name"}] of those; the caller deletes */
    bool mention, named;  /* it begins with our name, or has it later on; ours is left out of the text */
};

/* The text of a message without tags of mentions. */
void teams_read_text(const cJSON *activity, struct teams_said_text *ret);

/* Adds n bytes of text with its HTML entities as what they mean. */
void teams_decode(const char *text, size_t n, struct kit_text *out);
/* The name of a channel, as Graph allows it: at most 50 characters, and none that it forbids. `try` above 1 is appended. */
void teams_channel_name(const char *given, int try, struct kit_text *out);
/* "<at>Name</at>", with the name escaped. */
void teams_put_mention(const char *name, struct kit_text *out);

#endif
