/*
 * chat_type - typing at a terminal: line editing, history, completion, through libedit. One a process, whose callbacks
 * have no argument.
 */
#ifndef TOCSIN_CLI_CHAT_TYPE_H
#define TOCSIN_CLI_CHAT_TYPE_H

#include <stdbool.h>
#include <stddef.h>

struct typing {
    void (*on_line)(const char *line); /* without spaces at its ends; NULL: the end of input */
    const char *(*room)(size_t index); /* for completion after /join; NULL: no more */
    const char *history;               /* file; NULL: none is kept */
};

void typing_begin(const struct typing *typing); /* borrowed until typing_end */
void typing_read(void);                         /* when standard input can be read */
void typing_show(const char *text);             /* whole lines, above what is being typed */
bool typing_interrupted(void);                  /* by ^C or another signal that asks for the end */
void typing_end(void);                          /* keeps the history, leaves the terminal as it was */

#endif
