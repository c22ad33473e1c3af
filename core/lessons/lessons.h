/*
 * lessons - when an incident is declared, its room reads in one line which past incident was like it, what fixed that one, and what it
 * left to do; where one is enough alike to be worth a line (sight/query.h).
 *
 * The policy asks for it by the command `recall`, which marks the incident. A tick looks it up once that turn is durable, one incident at
 * a time, so a declaration waits for nothing. Only what everybody may see is named, whoever reads the room. Loop's thread only.
 */
#ifndef TOCSIN_LESSONS_LESSONS_H
#define TOCSIN_LESSONS_LESSONS_H

#include "turn/part.h"

extern const struct part lessons_part;

#endif
