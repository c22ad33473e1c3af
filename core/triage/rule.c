/* Commands in the name of a rule of the policy. */
#include "triage/inside.h"

int rule_do(struct turn *turn, uint64_t incident, struct command command, const char *rule, struct error *err)
{
    command.by = BY_RULE;
    command.automatic = true;
    command.rule = rule;
    return turn_do(turn, incident, &command, NULL, err);
}

void rule_relate(struct turn *turn, uint64_t a, uint64_t b, const char *why)
{
    const struct incident *first = turn_incident(turn, a), *second = turn_incident(turn, b);
    if (!first || !second || first->private || second->private)
        return;
    rule_do(turn, a, (struct command){.verb = "relate", .other = second, .text = why}, NULL, NULL);
    rule_do(turn, b, (struct command){.verb = "relate", .other = first, .text = why}, NULL, NULL);
}
