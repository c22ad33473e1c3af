/*
 * shifts - what follows when somebody else is on call: it is journaled, and whoever comes on gets the note. Loop's thread only.
 *
 * Who is on call in a rotation is a document, compared with what the policy and the agreements say whenever that may have changed. Each
 * change is one event (`handed_over`), in one turn with the document and the messages that follow, so a note is sent once, whatever
 * happens. What was missed while tocsind did not run is made up for; only whoever is on call now is told. A change of the policy or of
 * an agreement counts from the moment when it is seen: what was before stays as it was.
 */
#ifndef TOCSIN_SHIFTS_SHIFTS_H
#define TOCSIN_SHIFTS_SHIFTS_H

#include "turn/call.h"
#include "turn/part.h"

extern const struct part shifts_part;

/* The command `shift [ROTATION]`: the note as it would read now. */
call_handler shifts_command;
/* The command `fairness [ROTATION [MONTHS | propose]]`: what each carried, or the order of the next quarter. */
call_handler fairness_command;

#endif
