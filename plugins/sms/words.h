/*
 * words - what an SMS says, in as few parts as it can, and what a call says. Pure: any thread.
 *
 * An SMS is of 7-bit characters (GSM 03.38), 160 in one message or 153 in each part of a longer one, or, where one character is not among
 * them, of 16-bit units, 70 or 67. Each part is paid for. So dashes, quotes and the like, which people do not miss, become those of ASCII.
 */
#ifndef SMS_WORDS_H
#define SMS_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include <tocsin/kit/page.h>
#include <tocsin/kit/text.h>

#define WORDS_PARTS_MOST 10 /* a message has at most 1600 characters */

/* How many parts a text takes. No character is in two of them. */
size_t words_parts(const char *text);
/* Adds a text with its dashes, quotes, spaces and dots as the 7-bit alphabet has them. */
void words_simplify(const char *text, struct kit_text *out);
/*
 * Adds what the SMS of a page says: its title, how to acknowledge it, and its link. The title is cut between characters so that it all has
 * at most `most` parts. `code`: NULL or "": a reply means nothing.
 */
void words_sms(const struct kit_page_words *words, const char *code, size_t most, struct kit_text *out);
/* Adds what a call says of a page: its title, cut. */
void words_say(const struct kit_page_words *words, struct kit_text *out);

/* Is it a telephone number as E.164 has it: +491701234567? */
bool words_is_number(const char *text);

#endif
