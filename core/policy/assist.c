#include "policy/assist.h"

#include "base/mem.h"
#include "base/str.h"

static const char *const names[ASSIST_FIELDS + 1] = {
    [ASSIST_TITLE] = "title",         [ASSIST_SERVICE] = "service", [ASSIST_STATUS] = "status",
    [ASSIST_SEVERITY] = "severity",   [ASSIST_TIMES] = "times",     [ASSIST_PAST] = "past",
    [ASSIST_TIMELINE] = "timeline",   [ASSIST_ALERTS] = "alerts",   [ASSIST_PEOPLE] = "people",
    [ASSIST_CUSTOMERS] = "customers", [ASSIST_PRIVATE] = "private",
};

const char *assist_field_name(enum assist_field field)
{
    return names[field];
}

static int refuse(const char *name, struct error *err)
{
    CLEANUP_STR struct str known = {0};
    str_add_list(&known, names, "and");
    return error_set(err, ERR_INVALID, "no field is called '%.40s'; there are %s", name ? name : "", known.p);
}

int assist_fields(const cJSON *send, unsigned *ret, struct error *err)
{
    const cJSON *one;
    unsigned fields = 0;
    cJSON_ArrayForEach(one, send)
    {
        const char *name = cJSON_GetStringValue(one);
        size_t i = 0;
        while (i < ASSIST_FIELDS && !text_equal(names[i], name))
            i++;
        if (i == ASSIST_FIELDS)
            return refuse(name, err);
        fields |= 1u << i;
    }
    *ret = fields;
    return 0;
}
