/*
 * chat_type - typing at a terminal: line editing, history and completion with libedit. One per process, as libedit's callbacks
 * have no context argument.
 */
#ifndef TOCSIN_CLI_CHAT_TYPE_H
#define TOCSIN_CLI_CHAT_TYPE_H

#include <stdbool.h>
#include <stddef.h>

struct typing {
    void (*on_line)(const char *line); /* without spaces at both ends; NULL: end of input */
    const char *(*room)(size_t index); /* for completion after /join; returns NULL after the last one */
    const char *history;               /* file; NULL: no history is kept */
    const char *question; /* shown at ^C while text is typed; a second ^C ends; NULL: the first does */
};

void typing_begin(const struct typing *typing); /* borrowed until typing_end */
void typing_read(void);                         /* call it when standard input is readable */
void typing_show(const char *text);             /* prints whole lines above the line being typed */
bool typing_begun(void);                        /* is there text on the line? */
bool typing_interrupted(void);                  /* by Ctrl-C or another terminating signal */
void typing_end(void);                          /* saves the history and restores the terminal */

#endif
