#include "rooms/fallback.h"

#include <string.h>

#include "base/json.h"
#include "base/markup.h"
#include "delivery/words.h"
#include "rooms/cards.h"
#include "rooms/inside.h"
#include "rooms/post.h"
#include "rooms/reach.h"
#include "rooms/rooms.h"
#include "turn/live.h"

#define ANNOUNCES "the fallback announces" /* key of a DOC_META */
#define RECENT    HOUR                     /* what waits for longer was announced elsewhere, or is no news */
#define TOLD_MOST 50

/* ---- what waits to be announced ---- */

struct waiting {
    struct core *core;
    instant now;
    ARRAY(char *) keys; /* owned */
};

/* The key of the same message for another connector; "…:slack" becomes "…:irc". The caller frees it. NULL: it has no such end. */
static char *key_for(const struct action *action, const char *connector)
{
    size_t n = strlen(action->key), end = strlen(action->connector);
    if (n <= end || strcmp(action->key + n - end, action->connector) != 0)
        return NULL;
    return xasprintf("%.*s%s", (int)(n - end), action->key, connector);
}

/* Was it announced to another chat? */
static bool is_announced(const struct core *core, const struct action *action)
{
    for (size_t i = 0; i < links(core)->n; i++) {
        CLEANUP_FREE char *key = key_for(action, links(core)->v[i].name);
        const struct action *same = key ? outbox_get(core_outbox(core), key) : NULL;
        if (same && same->state == ACTION_DONE && reach_is_chat(core, &links(core)->v[i]))
            return true;
    }
    return false;
}

static bool take_waiting(void *ctx, const struct action *action)
{
    struct waiting *w = ctx;
    const struct link *link = link_find(w->core, action->connector);
    const struct incident *about = action->incident ? live_incident(w->core, action->incident) : NULL;
    if (link && reach_is_chat(w->core, link) && action_is_under_way(action) &&
        w->now - action->made_at <= RECENT && !(about && about->private) && !is_announced(w->core, action))
        *array_add(&w->keys) = xstrdup(action->key);
    return w->keys.n < TOLD_MOST;
}

static void announce_text(struct turn *turn, const struct link *to, const struct action *action,
                          const cJSON *body)
{
    struct core *core = turn_core(turn);
    struct place place = {.connector = to->name, .channel = core_settings(core)->announce};
    CLEANUP_FREE char *base = key_for(action, "");
    CLEANUP_STR struct str card = {0};
    const cJSON *shown = json_member(body, "card");
    if (text_empty(base))
        return;
    base[strlen(base) - 1] = '\0'; /* post() adds the colon */
    if (shown)
        json_tree(&(struct json_out){&card, false}, shown);
    post(turn, &place, action->incident ? live_incident(core, action->incident) : NULL, base, NULL,
         shown ? card.p : NULL, json_text_or(body, "text", ""));
}

static void announce_again(struct turn *turn, const struct link *to, const char *key)
{
    struct core *core = turn_core(turn);
    const struct action *action = outbox_get(core_outbox(core), key);
    CLEANUP_JSON cJSON *body = action ? cJSON_Parse(action->body) : NULL;
    const struct incident *about = action && action->incident ? live_incident(core, action->incident) : NULL;
    if (!outcome_is_announcement(core, action, body))
        return;
    if (about && text_starts(key, CARD_KEY))
        cards_announce_on(turn, about, to);
    else
        announce_text(turn, to, action, body);
}

/* What no chat has announced yet, in its order. */
static void announce_waiting(struct turn *turn, const struct link *to)
{
    struct waiting waiting = {.core = turn_core(turn), .now = turn_now(turn)};
    outbox_each(core_outbox(turn_core(turn)), take_waiting, &waiting);
    for (size_t i = 0; i < waiting.keys.n; i++) {
        announce_again(turn, to, waiting.keys.v[i]);
        free(waiting.keys.v[i]);
    }
    array_free(&waiting.keys);
}

/* ---- begun and ended ---- */

static void say(struct turn *turn, const struct link *link, const char *text)
{
    CLEANUP_FREE char *key = turn_key_as(turn, "fallback:");
    struct place place = {.connector = link->name, .channel = core_settings(turn_core(turn))->announce};
    post(turn, &place, NULL, key, NULL, NULL, text);
}

static void begin(struct turn *turn, const struct link *link)
{
    const struct core *core = turn_core(turn);
    CLEANUP_STR struct str text = {0};
    size_t chats = 0;
    str_add(&text, "No chat can be reached, so incidents are announced here until one is back");
    for (size_t i = 0; i < links(core)->n; i++) {
        const struct link *chat = &links(core)->v[i];
        if (!reach_is_chat(core, chat))
            continue;
        str_add(&text, chats++ ? "; " : " (");
        str_markup(&text, "%s: %s", chat->name, reach_why_not(chat));
    }
    str_addf(&text,
             "%s. What is said elsewhere waits there. On the machine itself, `tocsin chat` works as ever.",
             chats ? ")" : "");
    say(turn, link, text.p);
    announce_waiting(turn, link);
}

static void end(struct turn *turn, const struct link *link)
{
    const struct core *core = turn_core(turn);
    CLEANUP_STR struct str text = {0};
    size_t chats = 0;
    for (size_t i = 0; i < links(core)->n; i++) {
        const struct link *chat = &links(core)->v[i];
        if (reach_is_chat(core, chat) && !reach_why_not(chat))
            str_addf(&text, "%s%s", chats++ ? ", " : "Back: ", chat->name);
    }
    str_addf(&text, "%sIncidents are announced there again, and no longer here.", chats ? ". " : "");
    say(turn, link, text.p);
}

void fallback_update(struct turn *turn)
{
    struct core *core = turn_core(turn);
    const char *name = core_settings(core)->announce_fallback;
    const struct link *link = name ? link_find(core, name) : NULL;
    bool announces = reach_fallback(core), *told = &rooms_of(core)->fallback_told;
    if (!link || announces == *told)
        return;
    *told = announces;
    batch_doc(turn_batch(turn), DOC_META, ANNOUNCES, announces ? "{}" : NULL);
    (announces ? begin : end)(turn, link);
}

int fallback_load(struct core *core, struct error *err)
{
    struct journal_doc doc;
    int rc = journal_doc(core_journal(core), DOC_META, ANNOUNCES, &doc, err);
    rooms_of(core)->fallback_told = rc == 0;
    if (rc == 0)
        journal_doc_finish(&doc);
    return rc == ERR_NOT_FOUND ? 0 : rc;
}

instant fallback_tick(struct core *core, instant now)
{
    bool announces = reach_fallback(core);
    if (announces == rooms_of(core)->fallback_told || !core_ready(core, NULL))
        return 0;
    struct turn *turn = turn_begin(core, now);
    fallback_update(turn);
    turn_commit(turn, NULL, NULL);
    return 0;
}
