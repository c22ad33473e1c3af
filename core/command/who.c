#include "command/who.h"

#include "base/json.h"
#include "command/heard.h"

/* The address that another organisation states proves nothing here. */
const struct person *who_is(struct turn *turn, const char *connector, const cJSON *user)
{
    CLEANUP_FREE char *id = heard_text(user, "id", ID_BYTES), *name = heard_text(user, "name", NAME_BYTES),
                      *email = heard_text(user, "email", NAME_BYTES),
                      *zone = heard_text(user, "zone", NAME_BYTES);
    bool outside = json_bool_or(user, "outside", false);
    struct identity identity = {.connector = connector,
                                .user = id,
                                .name = text_empty(name) ? NULL : name,
                                .email = text_empty(email) || outside ? NULL : email,
                                .zone = zone};
    return text_empty(id) ? NULL : people_identify(turn, &identity);
}
