/* A link to a ticket that somebody pasted into an incident's channel: attaching it is offered there, once for each ticket. */
#include <inttypes.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/markup.h"
#include "delivery/link.h"
#include "rooms/buttons.h"
#include "rooms/rooms.h"
#include "tickets/inside.h"

#define OFFERS_MOST 3 /* in one message */
#define LINK_BYTES  2000

/* ---- what is there already ---- */

/* A fragment, and a slash at the end, lead to the same ticket. */
static size_t length_of(const char *link)
{
    size_t n = strcspn(link, "#");
    while (n && link[n - 1] == '/')
        n--;
    return n;
}

bool offers_same(const char *a, const char *b)
{
    size_t n = length_of(a);
    return n == length_of(b) && strncmp(a, b, n) == 0;
}

struct matching {
    const char *link;
    bool found;
};

static bool is_it(void *ctx, const struct ticket *ticket)
{
    struct matching *matching = ctx;
    matching->found = ticket->link && offers_same(ticket->link, matching->link);
    return !matching->found;
}

bool offers_attached(const struct core *core, const struct incident *incident, const char *link)
{
    struct matching matching = {link, false};
    if (incident->places.tickets.attached || incident->places.tickets.made.n)
        tickets_each(core, incident->id, NULL, 0, is_it, &matching);
    return matching.found;
}

/* Remembers it. True: it was offered before. */
static bool was_offered(struct turn *turn, const struct incident *incident, const char *link)
{
    struct tickets *tickets = tickets_state(turn_core(turn));
    CLEANUP_FREE char *key = xasprintf("%010" PRIu64 "\x1f%.*s", incident->id, (int)length_of(link), link);
    CLEANUP_FREE char *known = written_get(&tickets->rows, turn_core(turn), DOC_TICKET_OFFER, key);
    if (!known)
        written_put(&tickets->rows, turn, DOC_TICKET_OFFER, key, "{}");
    return known;
}

/* ---- the offer ---- */

static void offer(struct turn *turn, const struct incident *incident, const struct place *place,
                  const struct link *of, const char *link)
{
    CLEANUP_STR struct str card = {0}, text = {0};
    CLEANUP_FREE char *key = turn_key(turn), *line = xasprintf("attach %s", link);
    struct json_out j = {&card, false};
    text_address(link, &text);
    str_markup(&text, "\n\nIts customer then counts as affected, and is answered in it: `%s`", line);
    json_begin_object(&j);
    CLEANUP_FREE char *title = xasprintf("Attach this ticket of %s?", of->name);
    json_put_text(&j, "title", title);
    json_put_text(&j, "tone", "info");
    json_put_text(&j, "text", text.p);
    json_key(&j, "buttons");
    json_begin_array(&j);
    button_put_offer(&j, "Attach", line, "primary", incident->id, turn_now(turn));
    json_end_array(&j);
    json_end_object(&j);
    rooms_say(turn, place, incident->id, key, card.p, NULL);
}

/* The address that begins here. The caller frees it. */
static char *address_at(const char *p)
{
    size_t n = strcspn(p, " \t\n<>\"|`");
    const char *ends = memchr(p, '(', n) ? ".,;:!?]*_" : ".,;:!?])*_";
    while (n && strchr(ends, p[n - 1]))
        n--;
    const char *closing = memchr(p, ')', n); /* of [words](address) */
    if (closing && !memchr(p, '(', (size_t)(closing - p)))
        n = (size_t)(closing - p);
    return xstrndup(p, MIN(n, LINK_BYTES));
}

static const char *next_address(const char *p)
{
    const char *plain = strstr(p, "http://"), *safe = strstr(p, "https://");
    return !plain ? safe : !safe ? plain : MIN(plain, safe);
}

static void offer_all(struct turn *turn, const struct incident *incident, const struct place *place,
                      const char *text)
{
    struct core *core = turn_core(turn);
    size_t offered = 0;
    for (const char *p = next_address(text); p && offered < OFFERS_MOST; p = next_address(p + 1)) {
        CLEANUP_FREE char *link = address_at(p);
        const struct link *of = link_of_page(core, link);
        bool desk =
            of && of->can & TOCSIN_CAN_TICKETS && of->can & TOCSIN_CAN_DESK; /* a tracker has no customers */
        if (!desk || link_is_page(of, link) || offers_attached(core, incident, link) ||
            was_offered(turn, incident, link))
            continue;
        offer(turn, incident, place, of, link);
        offered++;
    }
}

void offers_follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    CLEANUP_JSON cJSON *data = NULL;
    bool open = status_is_open(incident->status);
    if (!open || !event->text || !event->name || text_starts(event->by, BY_APP) || !next_address(event->text))
        return;
    if (event->data)
        json_parse(event->data, strlen(event->data), SIZE_MAX, JSON_DEPTH, "said", &data, NULL);
    struct place place = {.connector = event->name, .channel = json_text_or(data, "channel", NULL)};
    if (place.channel)
        offer_all(turn, incident, &place, json_text_or(data, "commonmark", event->text));
}
