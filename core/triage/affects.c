#include "triage/affects.h"

#include <string.h>

#include "customers/customers.h"
#include "triage/crowd.h"
#include "triage/inside.h"
#include "triage/triage.h"

static bool tell(const struct group *group, const struct affected_reader *reader)
{
    const uint8_t *sketch = group_affected_registers(group);
    struct affected one;
    if (reader->key)
        return !group_affected_find(group, reader->key, &one) || reader->on(reader->ctx, &one);
    if (sketch && reader->sketch)
        reader->sketch(reader->ctx, sketch);
    for (size_t i = 0; i < group->affected.n; i++) {
        struct affected customer = group_affected_at(group, i);
        if (!reader->on(reader->ctx, &customer))
            return false;
    }
    return true;
}

/* An ended incident tells whom it affected, whatever its groups did since. */
static bool tell_kept(const struct core *core, uint64_t fingerprint, const struct incident *incident,
                      const struct affected_reader *reader, bool *ret_more)
{
    struct group kept;
    bool found = !status_is_open(incident->status) && crowd_kept(core, fingerprint, incident->id, &kept);
    if (!found)
        return false;
    *ret_more = tell(&kept, reader);
    group_affected_finish(&kept);
    return true;
}

static bool tell_group(struct core *core, uint64_t fingerprint, const struct incident *incident,
                       const struct affected_reader *reader)
{
    struct group read;
    bool more = true;
    if (tell_kept(core, fingerprint, incident, reader, &more))
        return more;
    const struct group *group = groups_peek(core, fingerprint, &read);
    if (group && group->care.incident == incident->id)
        more = tell(group, reader);
    group_finish(&read);
    return more;
}

void affects_each(struct core *core, const struct incident *incident, const struct affected_reader *reader)
{
    uint64_t fingerprint;
    for (size_t i = 0; i < incident->affected.alerts.n; i++) {
        if (fingerprint_parse(incident->affected.alerts.v[i].fingerprint, &fingerprint, NULL) == 0 &&
            !tell_group(core, fingerprint, incident, reader))
            return;
    }
}

/* ---- in step with the incident ---- */

void affects_name(struct turn *turn, const struct group *group, uint64_t incident, const char *by)
{
    const struct incident *into = turn_incident(turn, incident);
    for (size_t i = 0; i < group->affected.n && into->affected.customers.n < STATE_NAMED; i++) {
        struct affected c = group_affected_at(group, i);
        const struct customer *record = customers_get(turn_core(turn), c.key);
        const char *name = record ? customer_name(record) : c.name;
        turn_do(turn, incident,
                &(struct command){.verb = "customer",
                                  .by = by,
                                  .automatic = true,
                                  .name = c.key,
                                  .text = strcmp(name, c.key) == 0 ? NULL : name,
                                  .count = c.count},
                NULL, NULL);
    }
}

void affects_reopen(struct turn *turn, const struct incident *incident)
{
    for (size_t i = 0; i < incident->affected.alerts.n; i++) {
        struct group *group =
            triage_group(turn_core(turn), incident->affected.alerts.v[i].fingerprint, turn_now(turn));
        if (!group || group->care.incident != incident->id || !group->affected.over)
            continue;
        group->affected.over = false;
        group_table_touch(triage_of(turn_core(turn))->groups, group);
    }
}
