/* Paging: gets the attention of one person on every platform that can. */
#include <inttypes.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/markup.h"
#include "people/people.h"
#include "rooms/post.h"
#include "rooms/rooms.h"

/* Pages a user of the platform, or whoever has that e-mail address there. */
static void page_user(struct turn *turn, const struct incident *incident, const struct link *link,
                      const char *person, const char *user, const char *email, const char *text)
{
    CLEANUP_STR struct str body = {0}, card = {0}, said = {0};
    CLEANUP_FREE char *key = turn_key(turn);
    struct card_context context = rooms_card_context(turn_core(turn), turn_now(turn), NULL);
    context.whole = false;
    struct json_out j = {&body, false};
    struct place place = {.connector = link->name, .to = user, .person = person};
    json_begin_object(&j);
    json_put_text(&j, user ? "user" : "email", user ? user : email);
    text_literal(text, &said);
    json_put_text_if(&j, "text", said.len ? said.p : NULL);
    if (incident) {
        card_incident(incident, &context, &card);
        json_key(&j, "card");
        json_raw(&j, card.p);
    }
    json_end_object(&j);
    CLEANUP_FREE char *order = xasprintf("page:%s", user ? user : email);
    struct action action = {.key = key, .kind = "page", .channel = order, .body = body.p, .lane = LANE_PAGE};
    sight_send(turn, &action, incident, &place);
}

/* Pages on every platform. An unknown e-mail address is tried on platforms that can look it up, unless the incident is private.
   False: reached nowhere. */
static bool page_everywhere(struct turn *turn, const struct incident *incident, const char *whom,
                            const char *text)
{
    struct core *core = turn_core(turn);
    const struct person *person = people_find(core, whom);
    bool open = !incident || !incident->private;
    const char *email = person ? person->email : open && strchr(whom, '@') ? whom : NULL;
    bool reached = false;
    for (size_t i = 0; (person || email) && i < links(core)->n; i++) {
        const struct link *link = &links(core)->v[i];
        const char *user = person ? people_user(core, person->id, link->name) : NULL;
        if (!(link->can & TOCSIN_CAN_PAGE) || (!user && !(email && link->can & TOCSIN_CAN_EMAILS)))
            continue;
        page_user(turn, incident, link, person ? person->id : NULL, user, email, text);
        reached = true;
    }
    return reached;
}

/* Somebody who cannot be reached, or a rotation, is called by name in the announcements. */
void rooms_page(struct turn *turn, const struct incident *incident, const char *whom, const char *text)
{
    struct core *core = turn_core(turn);
    if (page_everywhere(turn, incident, whom, text))
        return;
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str said = {0};
    str_markup(&said, "@%s, you are needed", whom);
    if (incident)
        str_markup(&said, " for %s %s", incident_name(incident->id, name), incident->title);
    if (text)
        str_markup(&said, ": %s", text);
    if (incident && incident->private) {
        CLEANUP_FREE char *key = turn_key_as(turn, PAGE_KEY);
        rooms_say_incident(turn, incident->id, key, NULL, said.p);
        return;
    }
    for (size_t i = 0; i < links(core)->n; i++) {
        struct place place = {.connector = links(core)->v[i].name, .channel = core_settings(core)->announce};
        CLEANUP_FREE char *key = turn_key_as(turn, PAGE_KEY);
        if (links(core)->v[i].can & TOCSIN_CAN_POST)
            post(turn, &place, incident, key, NULL, NULL, said.p);
    }
}
