/* The part. */
#include "assist/assist.h"

#include "assist/inside.h"

static void unload(struct core *core)
{
    assist_drop_requests(assist_of(core));
    assist_unload(core);
}

const struct part assist_part = {.name = "assist",
                                 .state_size = sizeof(struct assist),
                                 .load = assist_load,
                                 .unload = unload,
                                 .tick = assist_tick};

void assist_use(struct core *core, const struct assist_way *way)
{
    struct assist *assist = assist_of(core);
    assist_drop_requests(assist);
    assist->way = way ? *way : (struct assist_way){0};
    assist->fields = 0;
    assist_fields(json_member(assist->way.settings, "send"), &assist->fields, NULL);
}
