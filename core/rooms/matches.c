/* What connectors found of a customer: each match is offered as a route, and a person decides. */
#include <string.h>

#include "base/json.h"
#include "base/markup.h"
#include "customers/customers.h"
#include "customers/seek.h"
#include "delivery/words.h"
#include "rooms/buttons.h"
#include "rooms/inside.h"
#include "rooms/rooms.h"

#define ANSWER_MOST  ((size_t)64 << 10)
#define LABEL_BYTES  60
#define BUTTONS_MOST 5

struct match { /* borrowed from the answer */
    const char *address, *name, *email;
    bool route; /* of the customer already */
};

struct matches {
    struct match v[SEEK_MOST];
    size_t n;
    bool more;
};

/* ---- reading ---- */

static bool is_route(const struct customer *record, const char *connector, const char *address)
{
    for (size_t i = 0; record && i < record->routes.n; i++) {
        if (text_equal(record->routes.v[i].connector, connector) &&
            text_equal_nocase(record->routes.v[i].address, address))
            return true;
    }
    return false;
}

/* What could not be a route's address, or a line of a list, is left out. */
static bool read_match(const cJSON *row, struct match *ret)
{
    *ret = (struct match){.address = json_text_or(row, "address", ""),
                          .name = json_text_or(row, "name", NULL),
                          .email = json_text_or(row, "email", NULL)};
    if (ret->name && customer_check_text("name", ret->name, CUSTOMER_EMAIL, NULL))
        ret->name = NULL;
    if (ret->email && !email_is_valid(ret->email))
        ret->email = NULL;
    return customer_check_text("address", ret->address, CUSTOMER_EMAIL, NULL) == 0 &&
           !strpbrk(ret->address, " <>,");
}

/* False: it is no answer. */
static bool read_matches(const cJSON *answer, const struct customer *record, const char *connector,
                         struct matches *ret)
{
    const cJSON *rows = json_member(answer, "matches"), *row;
    *ret = (struct matches){.more = json_bool_or(answer, "more", false)};
    cJSON_ArrayForEach(row, rows)
    {
        struct match match;
        if (!read_match(row, &match))
            continue;
        match.route = is_route(record, connector, match.address);
        if (ret->n < SEEK_MOST)
            ret->v[ret->n++] = match;
        else
            ret->more = true;
    }
    return cJSON_IsArray(rows);
}

/* ---- saying ---- */

static const char *sought(const cJSON *body)
{
    return json_text_or(body, "email", json_text_or(body, "domain", json_text_or(body, "name", "")));
}

static void say(struct turn *turn, const struct action *action, const cJSON *body, const char *card,
                const char *text)
{
    CLEANUP_FREE char *key = xasprintf("%s:answer", action->key);
    struct place place = {.connector = json_text_or(body, "connector", NULL),
                          .channel = json_text_or(body, "place", NULL),
                          .asker = json_text_or(body, "asker", NULL)};
    if (place.connector && place.channel)
        rooms_say(turn, &place, 0, key, card, text);
}

static void list(const struct matches *matches, struct str *out)
{
    for (size_t i = 0; i < matches->n; i++) {
        const struct match *m = &matches->v[i];
        str_markup(out, "\n- %s", m->name ? m->name : m->address);
        if (m->email)
            str_markup(out, ", %s", m->email);
        if (m->name)
            str_markup(out, " (%s)", m->address);
        str_add(out, m->route ? ": a route of theirs already" : "");
    }
    if (matches->more)
        str_add(out, "\n- and others; look for something that only they have");
}

static void put_buttons(const struct turn *turn, const struct action *action, const char *key,
                        const struct matches *matches, struct json_out *j)
{
    size_t buttons = 0;
    json_key(j, "buttons");
    json_begin_array(j);
    for (size_t i = 0; i < matches->n && buttons < BUTTONS_MOST; i++) {
        const struct match *m = &matches->v[i];
        const char *name = m->name ? m->name : m->address;
        CLEANUP_FREE char *line = xasprintf("customer %s route %s %s", key, action->connector, m->address);
        CLEANUP_FREE char *label =
            xasprintf("Route to %.*s", (int)utf8_cut(name, strlen(name), LABEL_BYTES), name);
        if (m->route)
            continue;
        button_put_offer(j, label, line, buttons++ ? "" : "primary", 0, turn_now(turn));
    }
    json_end_array(j);
}

static void offer(struct turn *turn, const struct action *action, const cJSON *body, const char *key,
                  const struct matches *matches)
{
    CLEANUP_STR struct str card = {0}, text = {0}, title = {0};
    struct json_out j = {&card, false};
    words_begin_with(action->connector, &title);
    str_addf(&title, " knows %zu match%s for %s", matches->n, matches->n == 1 ? "" : "es", sought(body));
    list(matches, &text);
    str_markup(&text, "\n\nA press adds it to the routes of %s.", json_text_or(body, "key", ""));
    json_begin_object(&j);
    json_put_text(&j, "title", title.p);
    json_put_text(&j, "tone", "info");
    json_put_text(&j, "text", text.p + 1);
    put_buttons(turn, action, key, matches, &j);
    json_end_object(&j);
    say(turn, action, body, card.p, NULL);
}

static void say_none(struct turn *turn, const struct action *action, const cJSON *body, const char *key)
{
    CLEANUP_STR struct str text = {0};
    words_begin_with(action->connector, &text);
    str_markup(
        &text,
        " knows nobody for %s. Look for something else (`customer %s find acme.example`), or say where they "
        "are reached: `customer %s route %s …`.",
        sought(body), key, key, action->connector);
    say(turn, action, body, NULL, text.p);
}

void matches_found(struct turn *turn, const struct action *action, const cJSON *body, const char *answer)
{
    CLEANUP_JSON cJSON *given = NULL;
    struct matches matches;
    const char *known = json_text_or(body, "key", "");
    CLEANUP_FREE char *key = text_typed(known);
    if (answer)
        json_parse(answer, strlen(answer), ANSWER_MOST, JSON_DEPTH, "answer", &given, NULL);
    if (!read_matches(given, customers_get(turn_core(turn), known), action->connector, &matches))
        matches_failed(turn, action, body);
    else if (matches.n)
        offer(turn, action, body, key, &matches);
    else
        say_none(turn, action, body, key);
}

void matches_failed(struct turn *turn, const struct action *action, const cJSON *body)
{
    CLEANUP_STR struct str text = {0};
    words_begin_with(action->connector, &text);
    str_markup(&text, " could not look for %s", sought(body));
    words_add_reason(action->outcome.detail, "it gave no answer that I understand", &text);
    say(turn, action, body, NULL, text.p);
    if (action->state == ACTION_DEAD)
        outbox_drop(core_outbox(turn_core(turn)), action->id, turn_batch(turn), NULL);
}
