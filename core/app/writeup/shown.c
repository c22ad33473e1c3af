#include "app/writeup/shown.h"

#include <inttypes.h>

#include "base/markup.h"
#include "policy/writeups.h"

void shown_incident(const struct visit *visit, const struct incident *incident, struct view *view)
{
    char name[INCIDENT_NAME];
    instant finished = incident->activity.written_at;
    view_text(view, "name", incident_name(incident->id, name));
    view_text(view, "about", incident->title);
    view_textf(view, "heading", "%s %s", name, incident->title);
    view_time(view, "finished", finished, visit);
    view_time(view, "owed", finished ? 0 : policy_writeup_due(core_policy(visit->core), incident), visit);
}

int shown_version(const struct visit *visit, const struct incident *incident, int64_t version,
                  struct writeup *ret, struct error *err)
{
    char name[INCIDENT_NAME];
    if (version > 0 && version <= incident->activity.writeup &&
        writeup_get(visit->core, incident, version, ret))
        return 0;
    return version
               ? error_markup(err, ERR_NOT_FOUND, "The write-up of %s has no such version.",
                              incident_name(incident->id, name))
               : error_markup(err, ERR_NOT_FOUND, "%s has no write-up. The command `writeup draft` drafts one.",
                              incident_name(incident->id, name));
}

void shown_add(const struct visit *visit, const struct writeup *writeup, struct view *view)
{
    view_textf(view, "version", "%" PRId64, writeup->version);
    view_person(view, "author", writeup->by, visit);
    view_time(view, "at", writeup->at, visit);
}
