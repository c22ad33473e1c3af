/* The part, what others read of it, and what people do with it. */
#include "webhooks/webhooks.h"

#include <inttypes.h>
#include <string.h>

#include <tocsin/connector.h>

#include "access/audit.h"
#include "base/markup.h"
#include "base/moment.h"
#include "delivery/link.h"
#include "sight/sight.h"
#include "webhooks/inside.h"

#define LIST_MOST 20

const struct part webhooks_part = {.name = "webhooks",
                                   .state_size = sizeof(struct webhooks),
                                   .load = webhooks_load,
                                   .unload = webhooks_unload,
                                   .tick = feed_tick,
                                   .delivery.outcome = webhooks_outcome,
                                   .delivery.pointless = webhooks_pointless,
                                   .delivery.body = webhooks_body};

/* ---- reading ---- */

/* As its event is; that of an incident need not be read. */
static bool is_visible(struct core *core, const struct webhook_delivery *delivery, const char *viewer)
{
    struct event event;
    if (delivery->incident && delivery->other != OTHER_UNKNOWN)
        return sight_incident(core, delivery->incident, viewer) &&
               (!delivery->other || sight_incident(core, delivery->other, viewer));
    if (endpoint_event(core, delivery->seq, &event))
        return false;
    bool visible = sight_event_visible(core, &event, viewer);
    event_finish(&event);
    return visible;
}

/* What was taken, is under way, and was given up, as far as the viewer may know of it. */
static void describe(struct core *core, const struct endpoint *endpoint, const char *viewer,
                     struct webhook_endpoint *ret)
{
    const cJSON *events = json_member(endpoint->settings, "events");
    *ret = (struct webhook_endpoint){.name = endpoint_name(endpoint),
                                     .host = endpoint->host,
                                     .events = cJSON_GetArraySize(events) ? events : NULL,
                                     .private = json_bool_or(endpoint->settings, "private", false),
                                     .disabled_at = endpoint->disabled_at,
                                     .why = endpoint->why};
    for (size_t i = 0; i < endpoint->log.n; i++) {
        const struct webhook_delivery *delivery = &endpoint->log.v[i];
        if (!is_visible(core, delivery, viewer))
            continue;
        ret->waiting += delivery->state == WEBHOOK_WAITING;
        ret->failed += delivery->state == WEBHOOK_FAILED;
        if (delivery->state == WEBHOOK_WAITING)
            ret->failing_since = instant_earlier(ret->failing_since, delivery->failing_since);
        if (delivery->state == WEBHOOK_DELIVERED)
            ret->taken_at = MAX(ret->taken_at, delivery->tried_at);
    }
}

void webhooks_each(struct core *core, const char *viewer,
                   void (*on)(void *ctx, const struct webhook_endpoint *webhook), void *ctx)
{
    const struct webhooks *webhooks = webhooks_of(core);
    for (size_t i = 0; i < webhooks->endpoints.n; i++) {
        struct webhook_endpoint endpoint;
        describe(core, &webhooks->endpoints.v[i], viewer, &endpoint);
        on(ctx, &endpoint);
    }
}

bool webhooks_deliveries(struct core *core, const char *name, const char *viewer,
                         bool (*on)(void *ctx, const struct webhook_delivery *delivery), void *ctx)
{
    const struct endpoint *endpoint = endpoint_find(core, name);
    bool more = endpoint != NULL;
    for (size_t i = endpoint ? endpoint->log.n : 0; more && i-- > 0;)
        more = !is_visible(core, &endpoint->log.v[i], viewer) || on(ctx, &endpoint->log.v[i]);
    return endpoint != NULL;
}

/* ---- sending again ---- */

const char *webhooks_trouble(const struct core *core)
{
    return link_with(core, TOCSIN_CAN_HOOKS) ? NULL
                                             : "Nothing is sent, since the connector webhook is not up. Add "
                                               "`webhook = {}` to `connectors` in "
                                               "tocsin.lua if it is not there.";
}

static int no_endpoint(const char *name, struct error *err)
{
    return error_markup(err, ERR_NOT_FOUND, "No webhook is called '%s'. `webhooks` lists them.", name);
}

int webhooks_resend(struct turn *turn, const char *delivery, const char *viewer, struct error *err)
{
    struct core *core = turn_core(turn);
    const char *slash = delivery ? strchr(delivery, '/') : NULL;
    CLEANUP_FREE char *name = slash ? xstrndup(delivery, (size_t)(slash - delivery)) : xstrdup(delivery);
    struct endpoint *endpoint = name ? endpoint_find(core, name) : NULL;
    struct webhook_delivery *found =
        endpoint && slash ? endpoint_log_find(endpoint, strtoull(slash + 1, NULL, 10)) : NULL;
    if (!endpoint && name)
        return no_endpoint(name, err);
    if (!found || !is_visible(core, found, viewer))
        return error_markup(
            err, ERR_NOT_FOUND,
            "No such delivery is remembered. `webhooks %s` lists them; type `webhooks resend %s/1042`.",
            name ? name : "crm", name ? name : "crm");
    if (endpoint->disabled_at)
        return error_markup(err, ERR_REFUSED, "The webhook %s is disabled. Type `webhooks enable %s`.", name,
                            name);
    CLEANUP_FREE char *key = feed_key(endpoint, found);
    const struct action *action = found->state == WEBHOOK_WAITING ? outbox_get(core_outbox(core), key) : NULL;
    if (action)
        return outbox_again(core_outbox(core), action->id, turn_now(turn), turn_batch(turn), err);
    if (webhooks_trouble(core))
        return error_set(err, ERR_REFUSED, "%s", webhooks_trouble(core));
    feed_queue(turn, endpoint, found);
    return 0;
}

int webhooks_enable(struct turn *turn, const char *name, const char *by, struct error *err)
{
    struct endpoint *endpoint = endpoint_find(turn_core(turn), name);
    CLEANUP_FREE char *set = xasprintf("the webhook %s was enabled", name);
    if (!endpoint)
        return no_endpoint(name, err);
    if (!endpoint->disabled_at)
        return error_markup(err, ERR_REFUSED, "The webhook %s is not disabled.", name);
    endpoint->disabled_at = 0;
    replace_text(&endpoint->why, NULL);
    endpoint_write(turn, endpoint);
    audit_setting(turn, by, set);
    return 0;
}

/* ---- the command ---- */

struct listing {
    const struct call *call;
    const char *name;
    bool failed; /* those that were given up are listed, else the others */
    size_t n, left;
};

static void add_time(const struct call *call, instant t)
{
    moment_format(t, turn_now(call->turn), call->zone, call->answer);
}

static void list_endpoint(void *ctx, const struct webhook_endpoint *webhook)
{
    struct listing *listing = ctx;
    struct str *out = listing->call->answer;
    str_add(out, listing->n++ ? "\n- " : "- ");
    str_markup(out, "**%s** to %s: ", webhook->name, webhook->host);
    if (webhook->disabled_at) {
        str_add(out, "disabled ");
        add_time(listing->call, webhook->disabled_at);
        str_markup(out, ", since it took nothing (%s). `webhooks enable %s` goes on.", webhook->why,
                   webhook->name);
        return;
    }
    str_add(out, webhook->taken_at ? "last took an event " : "has taken no event yet");
    if (webhook->taken_at)
        add_time(listing->call, webhook->taken_at);
    if (webhook->waiting)
        str_addf(out, ", %zu under way", webhook->waiting);
    if (webhook->failed)
        str_markup(out, ", %zu not taken (`webhooks %s` lists them)", webhook->failed, webhook->name);
    str_add(out, ".");
}

static bool list_delivery(void *ctx, const struct webhook_delivery *delivery)
{
    struct listing *listing = ctx;
    struct str *out = listing->call->answer;
    char name[INCIDENT_NAME];
    if ((delivery->state == WEBHOOK_FAILED) != listing->failed)
        return true;
    str_add(out, listing->n++ ? "\n- " : "- ");
    str_markup(out, "`%s/%" PRIu64 "` %s", listing->name, delivery->seq, delivery->type);
    if (delivery->incident)
        str_addf(out, " of %s", incident_name(delivery->incident, name));
    str_addf(out, ": %s", webhook_state_name(delivery->state));
    if (delivery->tried_at) {
        str_addf(out, ", %d attempt%s, last ", delivery->attempts, delivery->attempts == 1 ? "" : "s");
        add_time(listing->call, delivery->tried_at);
    }
    if (delivery->result)
        str_markup(out, " (%s)", delivery->result);
    return --listing->left > 0;
}

/* What was not taken comes first: somebody may want to send it again. */
static bool list_deliveries(struct core *core, struct listing *listing)
{
    bool is = true;
    for (int failed = 1; is && failed >= 0; failed--) {
        listing->failed = failed;
        listing->left = LIST_MOST;
        is = webhooks_deliveries(core, listing->name, listing->call->person, list_delivery, listing);
    }
    return is;
}

static int list(const struct call *call, const char *name, struct error *err)
{
    struct core *core = turn_core(call->turn);
    struct listing listing = {.call = call, .name = name};
    *call->alone = true;
    if (!name)
        webhooks_each(core, call->person, list_endpoint, &listing);
    else if (!list_deliveries(core, &listing))
        return no_endpoint(name, err);
    if (listing.n && !name && webhooks_trouble(core))
        str_addf(call->answer, "\n\n%s", webhooks_trouble(core));
    if (!listing.n)
        str_add(call->answer,
                name ? "Nothing was sent there yet."
                     : "There are no webhooks. `webhooks` in tocsin.lua names them; see docs/api.md.");
    return 0;
}

int webhooks_command(const struct call *call, struct error *err)
{
    const char *what = call->arguments[0], *which = call->arguments[1];
    int rc = 0;
    if (text_equal_nocase(what, "resend"))
        rc = webhooks_resend(call->turn, which, call->person, err);
    else if (text_equal_nocase(what, "enable"))
        rc = which ? webhooks_enable(call->turn, which, call->by, err)
                   : error_set(err, ERR_INVALID, "Say which webhook: `webhooks enable crm`.");
    else
        return list(call, what, err);
    if (!rc)
        str_add(call->answer, text_equal_nocase(what, "resend") ? "It is sent again." : "It goes on.");
    return rc;
}
