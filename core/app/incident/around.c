/* What stands around an incident: where it is talked about, links and tickets, whom it paged, what it left to do, what the public reads. */
#include <inttypes.h>

#include "app/incident/sections.h"
#include "delivery/link.h"
#include "followups/followups.h"
#include "paging/paging.h"
#include "public/names.h"
#include "sight/sight.h"
#include "statuspage/statuspage.h"
#include "template/words.h"
#include "tickets/tickets.h"

/* ---- places ---- */

static void add_rooms(const struct visit *visit, const struct state_places *places, struct view *view)
{
    view_flag(view, "any_rooms", places->channels.n > 0);
    for (size_t i = 0; i < places->channels.n; i++) {
        const struct state_channel *channel = &places->channels.v[i];
        const struct link *link = link_find(visit->core, channel->connector);
        struct view *item = view_item(view, "rooms");
        view_text(item, "room", channel->name ? channel->name : channel->channel);
        view_text(item, "connector", channel->connector);
        view_flag(item, "private_room", channel->private);
        view_flag(item, "away", !link || !link->up);
    }
}

static void add_links(const struct state_places *places, struct view *view)
{
    view_flag(view, "any_links", places->links.n > 0);
    for (size_t i = 0; i < places->links.n; i++) {
        const struct state_link *link = &places->links.v[i];
        struct view *item = view_item(view, "links");
        view_text(item, "label", link->label ? link->label : link->url);
        view_text(item, "url", words_is_link(link->url) ? link->url : NULL);
    }
}

/* Only those that the visitor may see. */
static void add_related(const struct visit *visit, const struct state_places *places, struct view *view)
{
    bool any = false;
    for (size_t i = 0; i < places->related.n; i++) {
        const struct incident *other = sight_incident(visit->core, places->related.v[i], visit->person);
        char name[INCIDENT_NAME];
        if (!other)
            continue;
        struct view *item = view_item(view, "related");
        view_text(item, "other", incident_name(other->id, name));
        view_text(item, "other_title", other->title);
        view_text(item, "other_status", status_name(other->status));
        any = true;
    }
    view_flag(view, "any_related", any);
}

void section_places(const struct visit *visit, const struct incident *incident, struct view *view)
{
    const struct state_places *places = &incident->places;
    CLEANUP_STR struct str tickets = {0};
    add_rooms(visit, places, view);
    add_links(places, view);
    add_related(visit, places, view);
    if (places->tickets.attached || places->tickets.made.n)
        tickets_write(visit->core, incident, &tickets);
    view_markup(view, "tickets", tickets.p);
}

/* ---- pages ---- */

void section_pages(const struct visit *visit, const struct incident *incident, struct view *view)
{
    CLEANUP_STR struct str pages = {0};
    if (incident->people.pages.all.n)
        paging_list(visit->core, incident, visit->now, visit_zone(visit), &pages);
    view_markup(view, "pages", pages.p);
}

/* ---- follow-ups ---- */

struct listing {
    const struct visit *visit;
    struct view *view;
    bool any;
};

static bool add_followup(void *ctx, const struct followup *followup)
{
    static const char *const states[] = {NULL, "done", "dropped"};
    struct listing *listing = ctx;
    struct view *item = view_item(listing->view, "followups");
    view_textf(item, "number", "%" PRId64, followup->number);
    view_text(item, "work", followup->text);
    view_person(item, "owner", followup->owner, listing->visit);
    view_text(item, "over", states[followup->state]);
    view_text(item, "why", followup->why);
    view_time(item, "due", followup->due, listing->visit);
    view_flag(item, "late", followup->state == FOLLOWUP_OPEN && followup->due <= listing->visit->now);
    if (followup->ticket)
        view_textf(item, "ticket", "%s %s", followup->connector, followup->ticket);
    listing->any = true;
    return true;
}

void section_followups(const struct visit *visit, const struct incident *incident, struct view *view)
{
    struct listing listing = {visit, view, false};
    followups_each_open(visit->core, incident->id, add_followup, &listing);
    followups_each_over(visit->core, incident->id, add_followup, &listing);
    view_flag(view, "any_followups", listing.any);
}

/* ---- the status page ---- */

static bool add_post(void *ctx, const struct standing_post *post)
{
    struct listing *listing = ctx;
    struct view *item = view_item(listing->view, "posts");
    view_textf(item, "number", "%" PRId64, post->number);
    view_text(item, "post_title", post->title);
    view_text(item, "post_status", public_status_name(post->status));
    view_time(item, "began", post->began, listing->visit);
    view_time(item, "ended", post->over, listing->visit);
    listing->any = true;
    return true;
}

void section_posts(const struct visit *visit, const struct incident *incident, struct view *view)
{
    struct listing listing = {visit, view, false};
    statuspage_each_of(visit->core, incident->id, add_post, &listing);
    view_flag(view, "any_posts", listing.any);
    view_clock(view, "next_word", incident->comms.next_word, visit);
    view_flag(view, "word_late", incident->comms.next_word && incident->comms.next_word <= visit->now);
}
