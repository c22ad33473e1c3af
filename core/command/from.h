/*
 * from - the alert group that `declare from FINGERPRINT [title]` names. Only files of this folder include it.
 */
#ifndef TOCSIN_COMMAND_FROM_H
#define TOCSIN_COMMAND_FROM_H

#include "command/handlers.h"
#include "intake/alert.h"

struct from {
    char fingerprint[FINGERPRINT_TEXT]; /* "": the text is a title */
    char *title;                        /* the one that was typed, else the group's */
    bool private;                       /* its last incident was */
};

/* Refused: the asker sees no such group, or it belongs to an open incident. */
int from_read(const struct request *request, const char *text, struct from *ret, struct error *err);
void from_finish(struct from *from);

#endif
