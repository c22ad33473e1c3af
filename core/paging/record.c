/* What the files of this part share. */
#include "paging/inside.h"

int paging_record(struct turn *turn, uint64_t incident, struct command command)
{
    command.by = command.by ? command.by : BY_SYSTEM;
    command.automatic = true;
    return turn_do(turn, incident, &command, NULL, NULL);
}

const char *paging_name(struct turn *turn, const char *person)
{
    const char *name = people_name(turn_core(turn), person);
    return name ? name : person;
}
