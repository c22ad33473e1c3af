#include "customers/seek.h"

#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/markup.h"
#include "delivery/link.h"
#include "people/people.h"
#include "sight/sight.h"

#define SEEK_KEY "seek:" /* prefix of the key of an action that looks a customer up */

/* The best of what the record has. */
static const char *known_of(const struct customer *record)
{
    for (size_t i = 0; i < record->contacts.n; i++) {
        if (record->contacts.v[i].email)
            return record->contacts.v[i].email;
    }
    return record->domains.n ? record->domains.v[0] : customer_name(record);
}

static const char *kind_of(const char *what)
{
    return email_is_valid(what) ? "email" : customer_check_domain(what, NULL) == 0 ? "domain" : "name";
}

/* What is needed when the answer comes, too; the connector reads the first three. */
static char *body_of(const struct call *call, const struct customer *record, const char *what,
                     const struct place *here)
{
    struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_text(&j, kind_of(what), what);
    json_put_text(&j, "key", record->key);
    json_put_int(&j, "most", SEEK_MOST);
    json_put_text(&j, "by", call->by);
    json_put_text(&j, "connector", here->connector);
    json_put_text(&j, "place", here->channel);
    json_put_text_if(&j, "asker", here->asker);
    json_end_object(&j);
    return str_take(&body);
}

/* Lists those that are asked. */
static size_t ask_all(const struct call *call, const char *body, struct str *names)
{
    const struct core *core = turn_core(call->turn);
    size_t n = 0;
    for (size_t i = 0; i < links(core)->n; i++) {
        const struct link *link = &links(core)->v[i];
        CLEANUP_FREE char *key = turn_key_as(call->turn, SEEK_KEY);
        struct action action = {
            .key = key, .kind = "desk.find", .channel = "", .body = (char *)(uintptr_t)body, .lane = LANE_ROOM};
        if (!(link->can & TOCSIN_CAN_DESK_FIND))
            continue;
        sight_send(call->turn, &action, NULL, &(struct place){.connector = link->name});
        str_markup(names, n++ ? ", %s" : "%s", link->name);
    }
    return n;
}

static int refuse(const struct customer *record, const char *what, struct error *err)
{
    CLEANUP_FREE char *key = text_typed(record->key);
    bool mail = email_is_valid(what);
    return error_markup(
        err, ERR_NOT_FOUND,
        "No connector here can look customers up. Say where they are reached: `customer %s route "
        "%s`.",
        key, mail ? "email ops@acme.example" : "slack C0123ABCD");
}

int customers_seek(const struct call *call, const struct customer *record, const char *typed, struct error *err)
{
    const char *what = typed ? typed : known_of(record), *slash = call->where ? strchr(call->where, '/') : NULL;
    CLEANUP_FREE char *connector = slash ? xstrndup(call->where, (size_t)(slash - call->where)) : NULL;
    CLEANUP_STR struct str names = {0};
    if (!slash)
        return error_markup(err, ERR_REFUSED,
                            "Ask this in a chat: what is found is shown there, with a button for each match.");
    int rc = customer_check_text("What to look for", what, CUSTOMER_EMAIL, err);
    if (rc)
        return rc && err ? error_markup(err, rc, "%s", err->text) : rc;
    struct place here = {.connector = connector,
                         .channel = slash + 1,
                         .asker = people_user(turn_core(call->turn), call->person, connector)};
    CLEANUP_FREE char *body = body_of(call, record, what, &here);
    if (!ask_all(call, body, &names))
        return refuse(record, what, err);
    str_markup(call->answer, "I am looking for %s (", what);
    str_add(call->answer, names.p);
    str_add(call->answer, ").");
    return 0;
}
