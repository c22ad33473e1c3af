/* out - how actions become calls: perform() itself. Any thread. */
#ifndef TEAMS_OUT_H
#define TEAMS_OUT_H

#include <tocsin/connector.h>

void teams_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result);

#endif
