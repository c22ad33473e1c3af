/*
 * Alertmanager and Grafana send alerts that belong together in one notification (its groupKey says which). So incidents that one
 * opens have to do with each other, and with those that its other alerts belong to already.
 */
#include "triage/firing.h"
#include "triage/inside.h"
#include "triage/triage.h"

#define RELATED_MOST 20 /* of one notification */

struct incidents {
    uint64_t v[RELATED_MOST];
    size_t n;
};

static void add(struct turn *turn, struct incidents *list, uint64_t id)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->v[i] == id)
            return;
    }
    const struct incident *incident = list->n < RELATED_MOST ? turn_incident(turn, id) : NULL;
    if (incident && status_is_open(incident->status))
        list->v[list->n++] = id;
}

void notification_relate(struct turn *turn, const struct alert *alerts, size_t n, const uint64_t *opened,
                         size_t n_opened)
{
    struct incidents all = {0};
    if (n_opened == 0 || n == 0 || !alerts[0].notification)
        return;
    for (size_t i = 0; i < n_opened; i++)
        add(turn, &all, opened[i]);
    for (size_t i = 0; i < n && all.n < RELATED_MOST; i++) {
        const struct group *group = triage_group_held(turn_core(turn), alerts[i].fingerprint);
        if (group && group->care.incident)
            add(turn, &all, group->care.incident);
    }
    for (size_t i = 0; i < MIN(n_opened, RELATED_MOST); i++) {
        for (size_t k = 0; k < all.n; k++) {
            if (all.v[k] != opened[i])
                rule_relate(turn, opened[i], all.v[k], "their alerts came in one notification");
        }
    }
}
