/*
 * oncall - who is on call: the rotations of the policy at an instant, for pages and for people. Loop's thread only.
 */
#ifndef TOCSIN_ONCALL_ONCALL_H
#define TOCSIN_ONCALL_ONCALL_H

#include "policy/rotations.h"
#include "turn/call.h"

/* Who is on call then. Names are as the policy has them, borrowed until the next load. */
void oncall_at(const struct rotation *rotation, instant t, struct on_call *ret);
/* The same for a span: see rotation_shifts. */
void oncall_shifts(const struct rotation *rotation, instant from, instant until,
                   bool (*on)(void *ctx, const struct shift *shift), void *ctx);
/*
 * The time from `t` on during which the same people are on call: *ret begins at t. until 0: nothing changes within two turns and two
 * weeks.
 */
void oncall_stint(const struct rotation *rotation, instant t, struct shift *ret);
/* How somebody of a rotation is called; borrowed. */
const char *oncall_name(const struct core *core, const char *person);
/* Does that name of a rotation mean the person with that id? */
bool oncall_is(const struct core *core, const char *name, const char *person);
/* Adds "Ana and Bo", "nobody", as CommonMark. */
void oncall_names(const struct core *core, const struct on_call *on, struct str *out);
/* Why a page to the rotation reaches nobody now: "nobody is on call for payments until Mon 30 Nov 09:00 UTC, then Bo". Plain text. */
void oncall_nobody(const struct core *core, const struct rotation *rotation, instant now, struct str *out);

/* The command `oncall` (command.c). */
int oncall_command(const struct call *call, struct error *err);

#endif
