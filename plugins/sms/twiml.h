/*
 * twiml - what Twilio is told to do: to speak, to listen for a key, to answer a message. Pure: any thread.
 *
 * All that is spoken is inside <Gather>, or a key that is pressed meanwhile would be lost.
 */
#ifndef SMS_TWIML_H
#define SMS_TWIML_H

#include <tocsin/kit/text.h>

/* Says `before` (NULL: nothing), what the page says and which key acknowledges it, twice, and passes a key to that address. */
void twiml_ask(const char *before, const char *page, const char *action, struct kit_text *out);
/* Says it and hangs up. */
void twiml_say(const char *text, struct kit_text *out);
/* Waits for a moment, then asks that address again. */
void twiml_wait(const char *address, struct kit_text *out);
/* Answers a message; NULL or "": with nothing. */
void twiml_reply(const char *text, struct kit_text *out);

#endif
