/*
 * commonmark - renders the CommonMark of cards and messages for the place it goes to. One parser (md4c), several targets.
 *
 * The input may be hostile. Whatever it is, the output has these properties:
 *   - It is UTF-8, without control characters except newline and tab (and, for a terminal and IRC, the formatting added here).
 *   - Raw HTML shows as text, and whatever the target could mistake for markup or a mention is escaped. For KIT_SLACK, ":fire:" is
 *     an emoji unless one of its colons has a backslash before it.
 *   - Links lead to http, https or mailto only; of any other link just the text remains. Images become links.
 *   - For KIT_TEAMS, only what messages and the TextBlocks of Adaptive Cards both know is markup: bold, italic, lists and links.
 *   - For KIT_GITHUB and KIT_JIRA, text names nobody, refers to no issue and shows no emoji.
 *   - For KIT_SLACK, a link to time:SECONDS (since 1970) shows each reader the time in their own zone. The text remains for the
 *     other targets.
 *   - HTML contains only the tags p, br, hr, h1 to h6, ul, ol, li, blockquote, pre, code, strong, em, del and a, all closed and
 *     nested properly, and only the attributes href of a and start of ol. It is a fragment for the inside of a <div>.
 *
 * The functions append to a text that the caller owns (kit/text.h). They return false if it failed, for lack of memory or
 * because of its limit; it may then end in the middle of a tag, so discard it. Pure: any thread.
 */
#ifndef TOCSIN_KIT_COMMONMARK_H
#define TOCSIN_KIT_COMMONMARK_H

#include <stdbool.h>
#include <stddef.h>

#include <tocsin/kit/text.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KIT_COMMONMARK_MOST ((size_t)64 << 10) /* bytes of input that are rendered; "…" replaces the rest */

enum kit_target {
    KIT_PLAIN,    /* text without marks: the text part of an e-mail, a notification, an SMS */
    KIT_TERMINAL, /* the same with ANSI colours */
    KIT_SLACK,    /* Slack's mrkdwn */
    KIT_HTML,     /* the HTML part of an e-mail, web chats, Matrix */
    KIT_IRC,      /* IRC's formatting: a character switches a style on or off, also over several lines */
    KIT_TEAMS,    /* Microsoft Teams: the Markdown of messages and Adaptive Cards */
    KIT_GITHUB,   /* the Markdown of issues on GitHub and Gitea */
    KIT_JIRA,     /* the wiki markup of Jira */
    KIT_TARGETS
};

/* U+2060, invisible: for KIT_SLACK and KIT_JIRA it stands before characters that would be taken for formatting, or for the end of an
   emoji's name. */
#define KIT_JOINER "\xe2\x81\xa0"

/* Renders n bytes of CommonMark, without a newline at its end. */
bool kit_commonmark(const char *text, size_t n, enum kit_target target, struct kit_text *out);
/*
 * Escapes n bytes of text that is not CommonMark (a card's title, a field, a name), so that the target shows it literally.
 * For KIT_HTML the result may also stand between the quotes of an attribute. Newlines stay newlines.
 */
bool kit_escape(const char *text, size_t n, enum kit_target target, struct kit_text *out);
/* The contrary of KIT_IRC: adds what somebody wrote on IRC, without styles, colours and other control characters. */
bool kit_irc_plain(const char *text, struct kit_text *out);
/* May this address be shown as a link: does it begin with http://, https:// or mailto:, followed by something? */
bool kit_is_link(const char *url);

#ifdef __cplusplus
}
#endif
#endif
