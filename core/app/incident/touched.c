/* Whom and what an incident touches: its alert groups with how they went lately, and customers with what was said between us. */
#include <inttypes.h>

#include "app/incident/sections.h"
#include "app/spark.h"
#include "comms/comms.h"
#include "impact/impact.h"
#include "triage/triage.h"

#define ALERTS    50
#define CUSTOMERS 50
#define CROWD                                                                                                  \
    500 /* of more customers than these, those of the state are shown: a page must not gather thousands */

/* ---- alert groups ---- */

static void add_alert(const struct visit *visit, const struct state_alert *alert, struct view *view)
{
    struct view *item = view_item(view, "alerts");
    struct group read;
    const struct group *group = triage_group_seen(visit->core, alert->fingerprint, visit->person, &read);
    view_text(item, "alert", alert->title);
    view_query(item, "fingerprint", alert->fingerprint);
    view_textf(item, "count", "%" PRId64, group ? MAX(group->tally.count, alert->count) : alert->count);
    view_time(item, "seen", group ? group->times.last_seen : 0, visit);
    view_flag(item, "resolved", alert->resolved);
    view_flag(item, "muted", group && group_muted(group, visit->now));
    view_spark(item, "spark", group, visit->now);
    group_finish(&read);
}

/* Those that fire first, the latest of them first. */
void section_alerts(const struct visit *visit, const struct incident *incident, struct view *view)
{
    const struct state_affected *affected = &incident->affected;
    size_t n = 0;
    view_flag(view, "any_alerts", affected->alerts.n > 0);
    for (int resolved = 0; resolved < 2; resolved++) {
        for (size_t i = affected->alerts.n; i-- > 0 && n < ALERTS;) {
            if (affected->alerts.v[i].resolved != resolved)
                continue;
            add_alert(visit, &affected->alerts.v[i], view);
            n++;
        }
    }
    if (affected->alerts.n > n)
        view_textf(view, "more_alerts", "%zu", affected->alerts.n - n);
}

/* ---- customers ---- */

struct listing {
    const struct visit *visit;
    const struct incident *incident;
    struct view *view;
    size_t n;
};

static void add_customer(struct listing *listing, const struct impact_row *row)
{
    const struct visit *visit = listing->visit;
    struct view *item = view_item(listing->view, "customers");
    struct comms_talk talk = comms_talk(visit->core, listing->incident, row->key, row->since, visit->now);
    view_text(item, "customer", row->name);
    view_query(item, "key", row->key);
    view_text(item, "tier", row->record ? row->record->tier : NULL);
    view_time(item, "since", row->since, visit);
    view_time(item, "told", talk.told_at, visit);
    view_time(item, "wrote", talk.wrote_at, visit);
    view_flag(item, "waits", talk.wrote_at > talk.told_at);
    listing->n++;
}

static void add_crowd(struct listing *listing)
{
    const struct state_affected *affected = &listing->incident->affected;
    for (size_t i = 0; i < affected->customers.n && listing->n < CUSTOMERS; i++) {
        struct state_customer *customer = &affected->customers.v[i];
        struct impact_row row = {.key = customer->key,
                                 .name = text_empty(customer->name) ? customer->key : customer->name,
                                 .since = customer->since};
        add_customer(listing, &row);
    }
}

static void add_all(struct listing *listing)
{
    struct impact impact;
    impact_of(listing->visit->core, listing->incident, false, &impact);
    for (size_t i = 0; i < impact.rows.n && listing->n < CUSTOMERS; i++)
        add_customer(listing, &impact.rows.v[i]);
    impact_finish(&impact);
}

void section_customers(const struct visit *visit, const struct incident *incident, struct view *view)
{
    struct listing listing = {visit, incident, view, 0};
    CLEANUP_STR struct str total = {0}, more = {0};
    int64_t all = incident_customers(incident);
    if (all > CROWD)
        add_crowd(&listing);
    else
        add_all(&listing);
    impact_number(all, incident->affected.estimated, &total);
    view_flag(view, "any_customers", listing.n > 0);
    view_text(view, "customer_count", str_text(&total));
    if (all > (int64_t)listing.n) {
        impact_number(all - (int64_t)listing.n, incident->affected.estimated, &more);
        view_text(view, "more_customers", more.p);
    }
}
