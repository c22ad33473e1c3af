#include "delivery/words.h"

#include <ctype.h>
#include <string.h>

#include "base/markup.h"
#include "base/mem.h"

#define INITIALS 3 /* letters of a name, at most, that are all capitals: irc, rt */

static const struct kind_words {
    const char *kind, *to_do, *done;
} table[] = {
    {"post", "post a message", "posted a message"},
    {"edit", "update a card", "updated a card"},
    {"delete", "delete a message", "deleted a message"},
    {"page", "page somebody", "paged somebody"},
    {"pin", "pin a message", "pinned a message"},
    {"form", "show a form", "shown a form"},
    {"channel.open", "open a channel", "opened a channel"},
    {"channel.topic", "set the topic of a channel", "set the topic of a channel"},
    {"channel.invite", "invite somebody to a channel", "invited somebody to a channel"},
    {"channel.remove", "remove somebody from a channel", "removed somebody from a channel"},
    {"channel.archive", "archive a channel", "archived a channel"},
    {"channel.bookmark", "add a bookmark to a channel", "added a bookmark to a channel"},
    {"desk.tell", "send a message to a customer", "sent a message to a customer"},
    {"subscriber.tell", "send a message to a subscriber", "sent a message to a subscriber"},
    {"desk.find", "look a customer up", "looked a customer up"},
    {"person.find", "look somebody up", "looked somebody up"},
    {"ticket.create", "make a ticket", "made a ticket"},
    {"ticket.follow", "look a ticket up", "looked a ticket up"},
    {"ticket.comment", "add a note to a ticket", "added a note to a ticket"},
    {"ticket.state", "close or reopen a ticket", "closed or reopened a ticket"},
    {"group.members", "update a user group", "updated a user group"},
};

static const struct kind_words *find(const char *kind)
{
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        if (strcmp(table[i].kind, kind) == 0)
            return &table[i];
    }
    return NULL;
}

const char *words_to_do(const char *kind)
{
    const struct kind_words *words = find(kind);
    return words ? words->to_do : kind;
}

const char *words_done(const char *kind)
{
    const struct kind_words *words = find(kind);
    return words ? words->done : kind;
}

void words_begin_with(const char *connector, struct str *out)
{
    size_t n = strlen(connector), capitals = n <= INITIALS ? n : 1;
    for (size_t i = 0; i < n; i++)
        str_addc(out, i < capitals ? (char)toupper((unsigned char)connector[i]) : connector[i]);
}

void words_add_reason(const char *reason, const char *fallback, struct str *out)
{
    reason = text_empty(reason) ? fallback : reason;
    if (reason)
        str_markup(out, ": %s", reason);
    if (!strchr(".!?", out->p[out->len - 1]))
        str_addc(out, '.');
}
