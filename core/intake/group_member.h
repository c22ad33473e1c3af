/*
 * group_member - the members of a group that are firing: one for each set of labels that name a replica ("instance", "pod", …).
 *
 * An alert is looked up by its member's hash alone; the rest is beside it, and is touched only when something about a member changes.
 * At most GROUP_MEMBERS are told apart. Members that recovered lately are remembered for two reasons: people may not have been told
 * yet, and one that comes back soon flaps. The group owns all of it.
 */
#ifndef TOCSIN_INTAKE_GROUP_MEMBER_H
#define TOCSIN_INTAKE_GROUP_MEMBER_H

#include "intake/alert.h"

#define GROUP_MEMBERS 64
#define MEMBER_NAME   64 /* bytes of a name */

struct group;

struct group_member {
    char *name;   /* NULL: none */
    instant ends; /* when it is over unless it is sent again; 0: when its sender says so */
    bool told;    /* people know that it fires */
};

struct group_gone { /* a member that recovered lately */
    uint64_t member;
    instant at;
    char *name; /* NULL: nobody has to be told */
};

struct group_firing {           /* the members that are firing */
    uint64_t *v;                /* NULL: none */
    struct group_member *about; /* one for each of them */
    instant due;                /* the time of the group's own that the table watches; 0: none */
    uint8_t n, n_gone;
    bool crowded; /* more members fired than can be kept: the sender's resolves do not settle it */
};

/* Member 0 means none: the group itself. */
void group_add_member(struct group *group, const struct alert *alert, instant now);
/* True when no member fires any more. */
bool group_drop_member(struct group *group, const struct alert *alert, instant now);
/* Drops those whose end has passed; true when that was the last of the group. */
bool group_drop_ended(struct group *group, instant now);
void group_drop_all(struct group *group);

/* People know which members fire; or (a new incident) they know nothing yet. */
void group_members_told(struct group *group, bool told);

/* From the group's document. */
void group_load_member(struct group *group, uint64_t member, const struct group_member *about);
void group_load_gone(struct group *group, const struct group_gone *gone);

void group_members_finish(struct group *group);
size_t group_members_bytes(const struct group *group);

#endif
