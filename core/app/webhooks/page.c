/* The programs that are told of events: how each stands. */
#include "app/webhooks/endpoint.h"

struct listing {
    const struct visit *visit;
    struct view *view;
    size_t n;
};

static void list_one(void *ctx, const struct webhook_endpoint *webhook)
{
    struct listing *listing = ctx;
    endpoint_add(listing->visit, webhook, view_item(listing->view, "webhooks"));
    listing->n++;
}

static int show(struct visit *visit, struct view *view, struct error *err)
{
    struct listing listing = {visit, view, 0};
    (void)err;
    webhooks_each(visit->core, visit->person, list_one, &listing);
    view_markup(view, "trouble", listing.n ? webhooks_trouble(visit->core) : NULL);
    view_text(view, "live", "all");
    view_text(view, "every", PAGE_EVERY);
    return 0;
}

const struct app_page app_page_webhooks = {.name = "webhooks",
                                           .title = "Webhooks",
                                           .path = "/app/webhooks",
                                           .word = "Webhooks",
                                           .place = 65,
                                           .needs = ACCESS_ADMINISTER,
                                           .show = show};
