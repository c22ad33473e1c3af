/* The names of changes, and which of them are news. */
#include <string.h>

#include "base/mem.h"
#include "intake/group.h"

static const char *const change_names[] = {
    [GROUP_NOTHING] = "nothing",     [GROUP_NEW] = "new",
    [GROUP_REGRESSED] = "regressed", [GROUP_WORSE] = "worse",
    [GROUP_SPREAD] = "spread",       [GROUP_MOVED] = "moved",
    [GROUP_RESOLVED] = "resolved",   [GROUP_ACKNOWLEDGED] = "acknowledged",
};

const char *group_change_name(enum group_change change)
{
    return change_names[change];
}

bool group_change_is_news(enum group_change change)
{
    return change >= GROUP_NEW && change <= GROUP_SPREAD;
}

enum group_change group_change_parse(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(change_names); i++) {
        if (strcmp(change_names[i], name) == 0)
            return (enum group_change)i;
    }
    return GROUP_NOTHING;
}
