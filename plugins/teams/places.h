/*
 * places - where conversations are reached, and what they are. Any thread; everything is in the host's store:
 *
 *     at/CONVERSATION    {"url", "tenant"}: told by the latest activity in it
 *     room/CONVERSATION  {"kind": "thread", "standard" or "private", "name", "purpose", "named": [users]}: an incident's
 *     talk/USER          the conversation with one person
 *     team               {"id", "name", "group", "url", "tenant"}: where the app was installed; group: Graph's id
 *
 * The id of a conversation is that of a channel, a chat or a person's talk; ";messageid=ROOT" behind it means a thread.
 */
#ifndef TEAMS_PLACES_H
#define TEAMS_PLACES_H

#include "api.h"

struct teams_place {
    char conversation[TEAMS_ID]; /* with its thread */
    char tenant[64];             /* "": unknown */
    char url[TEAMS_URL];         /* serviceUrl without a slash at its end */
};

struct teams_home {                          /* the team that incidents live in */
    char id[TEAMS_ID], group[64], name[128]; /* group, name "": not known yet */
    struct teams_place place;                /* its conversation is the id */
};

/* Splits "CHANNEL;messageid=ROOT"; *root is "" where there is no thread. False: the id is too long to be one. */
bool teams_split(const char *conversation, char channel[TEAMS_ID], char root[TEAMS_ID]);
/*
 * For Tocsin a reply in a channel's thread is "ROOT/ID": it is edited in its thread, and Tocsin says only its channel. These write
 * one, and split it: *root is "" for what begins a thread, or stands where there are none. False: an id is too long.
 */
bool teams_join_message(const char *root, const char *id, char message[TEAMS_ID]);
bool teams_split_message(const char *message, char root[TEAMS_ID], char id[TEAMS_ID]);
/* Can the conversation have threads: is it a team's channel? */
bool teams_is_channel(const char *conversation);
/* The tenant of an activity; "": it does not say. Borrowed. */
const char *teams_tenant(const cJSON *activity);

/* The tenant that we are in: `tenant`, or of a multi-tenant app the first of `tenants`. Borrowed. */
const char *teams_own_tenant(const struct teams_settings *set);

/* Keeps where this conversation and its team are reached, with the event that this thread emits next. */
void teams_note(struct teams *teams, const cJSON *activity);
/* The app was added to a team, or removed (`gone`): remembers or forgets it. */
void teams_note_team(struct teams *teams, const cJSON *activity, bool gone);
/* Where a channel and a thread in it are reached; thread: a message in it, or "". */
void teams_find(struct teams *teams, const char *channel, const char *thread, struct teams_place *ret_place);
/* False: `team` is not set, and the app is in no team yet. */
bool teams_home(struct teams *teams, struct teams_home *ret_home);
/* Makes sure that home->group is known. False: *reply says why not. The caller finishes *reply. */
bool teams_group(struct teams *teams, struct teams_home *home, struct teams_reply *reply);

/* Is this thread or channel an incident's? */
bool teams_is_room(struct teams *teams, const char *conversation);
/* What is kept of a room; NULL: it is none. The caller deletes. */
cJSON *teams_room(struct teams *teams, const char *conversation);
/* Keeps a room, which it takes over, with the outcome of the action that this thread performs. */
void teams_keep_room(struct teams *teams, const char *conversation, cJSON *room);

/* The conversation with one person, opened if need be. False: *reply, which the caller finishes, says why not. */
bool teams_talk(struct teams *teams, const char *user, struct teams_place *ret_place,
                struct teams_reply *reply);
/* Opens it anew: the kept one is gone. */
void teams_forget_talk(struct teams *teams, const char *user);

#endif
