/* The channels of an incident, and the cards that stand in them. */
#include "engine/fold.h"

#include <string.h>

void fold_channel(struct incident *incident, const struct event *event)
{
    for (size_t i = 0; i < incident->places.channels.n; i++) {
        struct state_channel *channel = &incident->places.channels.v[i];
        if (strcmp(channel->connector, event->name) != 0 || strcmp(channel->channel, event->value) != 0)
            continue;
        if (event->flag) {
            replace_text(&channel->name, event->text ? event->text : channel->name);
        } else {
            free(channel->connector);
            free(channel->channel);
            free(channel->name);
            array_remove(&incident->places.channels, i);
        }
        return;
    }
    if (event->flag)
        *array_add(&incident->places.channels) =
            (struct state_channel){xstrdup(event->name), xstrdup(event->value), xstrdup(event->text),
                                   event->count == 1, MIRRORED_BY_POLICY};
}

void fold_mirrored(struct incident *incident, const struct event *event)
{
    enum mirrored mirrored = event->flag ? MIRRORED_ON : MIRRORED_OFF;
    incident->places.mirrored = event->name ? incident->places.mirrored : mirrored;
    for (size_t i = 0; i < incident->places.channels.n; i++) {
        struct state_channel *channel = &incident->places.channels.v[i];
        if (!event->name)
            channel->mirrored = MIRRORED_BY_POLICY;
        else if (text_equal(channel->connector, event->name) && text_equal(channel->channel, event->value))
            channel->mirrored = mirrored;
    }
}

void fold_card(struct incident *incident, const struct event *event)
{
    for (size_t i = 0; i < incident->places.cards.n; i++) {
        struct state_card *card = &incident->places.cards.v[i];
        if (strcmp(card->connector, event->name) == 0 && strcmp(card->channel, event->value) == 0) {
            replace_text(&card->message, event->text);
            return;
        }
    }
    *array_add(&incident->places.cards) =
        (struct state_card){xstrdup(event->name), xstrdup(event->value), xstrdup(event->text)};
}
