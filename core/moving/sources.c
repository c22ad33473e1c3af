#include "moving/sources.h"

const struct moving_source *moving_source_at(size_t i)
{
    static const struct moving_source *const all[] = {
        &moving_pagerduty,    &moving_opsgenie,   &moving_oncall, &moving_goalert,
        &moving_alertmanager, &moving_statuspage, &moving_cstate};
    return i < ARRAY_SIZE(all) ? all[i] : NULL;
}

const struct moving_source *moving_source(const char *name)
{
    const struct moving_source *source;
    for (size_t i = 0; (source = moving_source_at(i)) && !text_equal(source->name, name); i++)
        ;
    return source;
}
