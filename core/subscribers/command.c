/* The commands `subscribe` and `unsubscribe`: a channel is told of what a status page says. */
#include <string.h>

#include "base/markup.h"
#include "policy/statuspages.h"
#include "statuspage/statuspage.h"
#include "subscribers/commands.h"
#include "subscribers/inside.h"

char *subscribers_page(const struct core *core, const char *name, struct error *err)
{
    const struct status_page *page = policy_status_page(core_policy(core), name);
    if (page)
        return xstrdup(page->name);
    error_set(err, ERR_NOT_FOUND,
              "There is no %s status page%s%.100s%s. The policy declares them with status_page{}.",
              name ? "such" : "public", name ? ": '" : "", name ? name : "", name ? "'" : "");
    return NULL;
}

/* Takes "--page NAME" off the end. The caller frees both; *ret_page NULL: the public one. */
static char *without_page(const char *text, char **ret_page)
{
    const char *option = text ? strstr(text, "--page ") : NULL;
    *ret_page = NULL;
    if (!option)
        return xstrdup(text ? text : "");
    option += strlen("--page ");
    *ret_page = xstrndup(option, strcspn(option, " "));
    return xstrndup(text, (size_t)(option - text) - strlen("--page "));
}

static int take_component(const struct core *core, char *name, struct subscriber *ret, struct error *err)
{
    char id[PUBLIC_ID];
    name = text_trim(name);
    if (!*name)
        return 0;
    if (!statuspage_component(core, name))
        return error_markup(err, ERR_NOT_FOUND, "There is no component '%.60s'. `component` lists them.", name);
    public_component_id(name, id);
    *array_add(&ret->components) = xstrdup(id);
    return 0;
}

/* "Checkout, Search": names may have spaces. */
static int take_components(const struct core *core, char *text, struct subscriber *ret, struct error *err)
{
    int rc = 0;
    char *rest = text;
    while (!rc && rest)
        rc = take_component(core, strsep(&rest, ","), ret, err);
    return rc;
}

/* The channel in which it was asked, on that page. */
static int begin(const struct call *call, const char *page, struct subscriber *ret, struct error *err)
{
    *ret = (struct subscriber){.kind = SUBSCRIBER_CHANNEL, .since = turn_now(call->turn), .vouched = true};
    if (!call->where)
        return error_set(err, ERR_INVALID, "A channel subscribes: type this in the one that is to be told.");
    ret->page = subscribers_page(turn_core(call->turn), page, err);
    ret->address = xstrdup(call->where);
    return ret->page ? 0 : ERR_NOT_FOUND;
}

int subscribers_subscribe_command(const struct call *call, struct error *err)
{
    CLEANUP_FREE char *page = NULL, *components = without_page(call->arguments[0], &page);
    struct subscriber channel;
    int rc = begin(call, page, &channel, err);
    rc = rc ? rc : take_components(turn_core(call->turn), components, &channel, err);
    if (!rc && !core_settings(turn_core(call->turn))->status_secret)
        rc = error_set(
            err, ERR_REFUSED,
            "Nobody can subscribe yet: set status_secret in tocsin.lua; `openssl rand -hex 20` makes one.");
    if (!rc) {
        subscribers_put(call->turn, &channel);
        str_markup(call->answer,
                   channel.components.n
                       ? "This channel is told of what the status page %s says about these components. "
                         "`unsubscribe` ends that."
                       : "This channel is told of all that the status page %s says. `unsubscribe` ends that.",
                   channel.page);
    }
    subscriber_finish(&channel);
    return rc;
}

int subscribers_unsubscribe_command(const struct call *call, struct error *err)
{
    CLEANUP_FREE char *page = NULL;
    struct subscriber channel, known = {0};
    free(without_page(call->arguments[0], &page));
    int rc = begin(call, page, &channel, err);
    CLEANUP_FREE char *key = rc ? NULL : subscriber_key(&channel);
    if (!rc && !subscriber_get(turn_core(call->turn), key, &known))
        rc = error_markup(err, ERR_NOT_FOUND, "This channel does not subscribe to the status page %s.",
                          channel.page);
    if (!rc) {
        subscriber_delete(call->turn, key);
        str_markup(call->answer, "This channel is no longer told of what the status page %s says.",
                   channel.page);
    }
    subscriber_finish(&known);
    subscriber_finish(&channel);
    return rc;
}
