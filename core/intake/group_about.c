/* What a group is about: its texts, in one block. */
#include <string.h>

#include "base/mem.h"
#include "intake/group_edit.h"

static const char **text_at(struct problem *problem, size_t i)
{
    return (const char **)problem + i;
}

void group_set_texts(struct group *group, const struct problem *about)
{
    struct problem from = *about;
    size_t lengths[PROBLEM_TEXTS], all = 0;
    for (size_t i = 0; i < PROBLEM_TEXTS; i++)
        all += (lengths[i] = strlen(*text_at(&from, i))) + 1;
    char *block = xmalloc(all), *at = block;
    for (size_t i = 0; i < PROBLEM_TEXTS; i++) {
        *text_at(&group->about, i) = memcpy(at, *text_at(&from, i), lengths[i] + 1);
        at += lengths[i] + 1;
    }
    free(group->upkeep.text);
    group->upkeep.text = block;
    group->upkeep.text_bytes = (uint16_t)all;
    group->upkeep.changed = true;
}

void group_refresh_texts(struct group *group, const struct alert *alert)
{
    struct problem about = group->about;
    if (!*alert->about.release || strcmp(alert->about.release, about.release) == 0)
        return;
    about.release = alert->about.release;
    group_set_texts(group, &about);
}
