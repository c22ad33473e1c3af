/* One webhook: how it stands, and the log of its deliveries, newest first, each of which can be sent again. */
#include <inttypes.h>

#include "app/webhooks/endpoint.h"

#define PART 50

struct showing {
    const struct visit *visit;
    struct view *view;
    const char *name;
    uint64_t before, last; /* before: only deliveries of earlier events; 0: all. last: that is shown */
    size_t n;
    bool found, more;
};

static void add_endpoint(void *ctx, const struct webhook_endpoint *webhook)
{
    struct showing *showing = ctx;
    if (!text_equal(webhook->name, showing->name))
        return;
    endpoint_add(showing->visit, webhook, showing->view);
    showing->found = true;
}

static void add_delivery(struct showing *showing, const struct webhook_delivery *delivery)
{
    const struct visit *visit = showing->visit;
    struct view *item = view_item(showing->view, "deliveries");
    char name[INCIDENT_NAME];
    view_textf(item, "event", "%" PRIu64, delivery->seq);
    view_text(item, "type", delivery->type);
    view_text(item, "incident", delivery->incident ? incident_name(delivery->incident, name) : NULL);
    view_text(item, "outcome", webhook_state_name(delivery->state));
    view_flag(item, "failed", delivery->state == WEBHOOK_FAILED);
    view_time(item, "at", delivery->at, visit);
    view_time(item, "tried", delivery->tried_at, visit);
    view_textf(item, "attempts", "%d", delivery->attempts);
    view_text(item, "result", delivery->result);
    showing->last = delivery->seq;
    showing->n++;
}

static bool take(void *ctx, const struct webhook_delivery *delivery)
{
    struct showing *showing = ctx;
    if (showing->before && delivery->seq >= showing->before)
        return true;
    showing->more = showing->n == PART;
    if (!showing->more)
        add_delivery(showing, delivery);
    return !showing->more;
}

static int show(struct visit *visit, struct view *view, struct error *err)
{
    struct showing showing = {.visit = visit,
                              .view = view,
                              .name = http_parameter(visit->request, "name"),
                              .before = visit_query_number(visit, "before")};
    webhooks_each(visit->core, visit->person, add_endpoint, &showing);
    if (!showing.found)
        return error_set(err, ERR_NOT_FOUND, "No webhook is called so. [Webhooks](/app/webhooks) lists them.");
    webhooks_deliveries(visit->core, showing.name, visit->person, take, &showing);
    view_text(view, "heading", showing.name);
    view_markup(view, "trouble", webhooks_trouble(visit->core));
    view_flag(view, "nothing", showing.n == 0);
    view_flag(view, "is_earlier", showing.before != 0);
    if (showing.more)
        view_textf(view, "earlier", "%" PRIu64, showing.last);
    view_text(view, "live", "all");
    view_text(view, "every", PAGE_EVERY);
    return 0;
}

/* The buttons are command lines. */
static void act(struct visit *visit)
{
    const char *line = visit_field(visit, "line");
    if (text_starts(line, "webhooks resend ") || text_starts(line, "webhooks enable "))
        visit_command(visit, line, 0, NULL);
    else
        visit_say(visit, true, "That form is not of this page. Load it again, and repeat it.");
}

const struct app_page app_page_webhook = {.name = "webhook",
                                          .title = "Webhook",
                                          .path = "/app/webhooks/{name}",
                                          .needs = ACCESS_ADMINISTER,
                                          .show = show,
                                          .act = act};
