/* Subscribers from elsewhere, who confirmed there. */
#include <string.h>

#include "policy/statuspages.h"
#include "public/names.h"
#include "statuspage/statuspage.h"
#include "subscribers/inside.h"

static bool parse_kind(const char *name, enum subscriber_kind *ret)
{
    *ret = text_equal_nocase(name, "webhook") ? SUBSCRIBER_HOOK : SUBSCRIBER_MAIL;
    return *ret == SUBSCRIBER_HOOK || text_equal_nocase(name, "email");
}

static int take_components(const struct core *core, const cJSON *names, component_ids *ret, struct error *err)
{
    const cJSON *name;
    cJSON_ArrayForEach(name, names)
    {
        const char *component = statuspage_component(core, cJSON_GetStringValue(name));
        char id[PUBLIC_ID];
        if (!component)
            return error_set(err, ERR_INVALID, "The policy has no component '%.60s'.",
                             cJSON_IsString(name) ? name->valuestring : "");
        public_component_id(component, id);
        *array_add(ret) = xstrdup(id);
    }
    return 0;
}

static int take_row(struct turn *turn, const char *page, const cJSON *row, struct error *err)
{
    const struct core *core = turn_core(turn);
    const char *kind = json_text_or(row, "kind", "");
    struct subscriber subscriber = {.since = turn_now(turn), .vouched = true};
    int rc = parse_kind(kind, &subscriber.kind)
                 ? 0
                 : error_set(err, ERR_INVALID, "Only email and webhook can be taken, not '%.20s'.", kind);
    subscriber.page = xstrdup(page);
    subscriber.address = xstrdup(json_text_or(row, "address", ""));
    subscriber.language = xstrdup(json_text_or(row, "language", NULL));
    rc = rc ? rc : address_tidy(subscriber.kind, &subscriber.address, err);
    rc = rc ? rc : take_components(core, json_member(row, "components"), &subscriber.components, err);
    if (!rc && subscriber.kind == SUBSCRIBER_HOOK)
        subscriber.secret = hook_secret(core);
    if (!rc)
        subscribers_put(turn, &subscriber);
    subscriber_finish(&subscriber);
    return rc;
}

static void put_refused(const cJSON *row, const struct error *err, struct json_out *j)
{
    json_begin_object(j);
    json_put_int(j, "line", json_int_or(row, "line", 0));
    json_put_text(j, "why", err->text);
    json_end_object(j);
}

int subscribers_import(struct turn *turn, const char *page, const cJSON *rows, struct json_out *answer,
                       struct error *err)
{
    const cJSON *row;
    int64_t added = 0;
    if (!cJSON_IsArray(rows) || cJSON_GetArraySize(rows) > SUBSCRIBERS_AT_ONCE)
        return error_set(err, ERR_INVALID, "Send the subscribers as a list, at most %d at once.",
                         SUBSCRIBERS_AT_ONCE);
    CLEANUP_FREE char *name = subscribers_page(turn_core(turn), page, err);
    if (!name)
        return ERR_NOT_FOUND;
    json_begin_object(answer);
    json_key(answer, "refused");
    json_begin_array(answer);
    cJSON_ArrayForEach(row, rows)
    {
        struct error fault;
        if (take_row(turn, name, row, &fault))
            put_refused(row, &fault, answer);
        else
            added++;
    }
    json_end_array(answer);
    json_put_int(answer, "added", added);
    json_end_object(answer);
    return 0;
}
