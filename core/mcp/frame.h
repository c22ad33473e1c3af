/*
 * frame - marks around what Tocsin keeps: parts of it were written by alerts, customers and other people, and none of that is an
 * instruction. The mark is random, so that no text can end it.
 */
#ifndef TOCSIN_MCP_FRAME_H
#define TOCSIN_MCP_FRAME_H

#include "base/str.h"
#include "turn/core.h"

void frame_data(const struct core *core, const char *text, struct str *out);

#endif
